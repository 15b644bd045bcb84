"""Runs one command and prints what it took, as JSON: ``python -I -S launch.py LOG MARK COMMAND...``

A process starts with the peak memory of the one that made it, so this small one stands between the benchmark and what
it measures, and imports next to nothing. With a MARK the command's output and errors are read, and time ends with the
first line that holds it. Children that the command waited for are counted with it.
"""

import os
import sys
import time


def main() -> None:
    """Standard output and error of the command go to the file LOG; wall and CPU time in seconds, memory in bytes."""
    log, mark, *command = sys.argv[1:]
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    read, write = os.pipe() if mark else (-1, out)
    null = os.open(os.devnull, os.O_RDONLY)
    actions = [(os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, write, 1), (os.POSIX_SPAWN_DUP2, write, 2)]
    start = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
    wall = 0.0
    if mark:
        os.close(write)
        wall = _until(read, out, mark.encode(), start)
    _, status, used = os.wait4(child, 0)
    wall = wall or time.perf_counter() - start
    code = os.waitstatus_to_exitcode(status)
    peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(f'{{"wall": {wall}, "cpu": {used.ru_utime + used.ru_stime}, "peak": {peak}, "code": {code}}}')


def _until(pipe: int, log: int, mark: bytes, start: float) -> float:
    """Seconds until the mark stood in a whole line, 0 if it never did; all that is read goes to the log."""
    held, seen = b"", 0.0
    while data := os.read(pipe, 1 << 16):
        os.write(log, data)
        if not seen:
            held += data
            if mark in held[: held.rfind(b"\n") + 1]:
                seen = time.perf_counter() - start
    return seen


main()

"""Stage: sandbox, other processes: is one alive, end one at once, and the guard that ends an orphaned server."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path


def alive(pid: int) -> bool:
    """Whether a process runs. One that has ended and waits to be collected by its parent does not."""
    if sys.platform == "win32":
        return _alive_on_windows(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text("utf-8", "replace").rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):  # no /proc here, or the process ended between the two questions
        return True


def end_at_once(pid: int) -> None:
    """SIGKILL, or what comes nearest. The pid must have been named by the one who asks.

    Raises:
        ValueError: for a pid that no client can have: this process, the first one, or none.
        OSError: when there is no such process, or it is not ours to end.
    """
    if pid <= 1 or pid == os.getpid():
        raise ValueError(f"{pid} is not the pid of a client")
    os.kill(pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)


class Guard:
    """Watches the process that a server was started for.

    A direct child is told apart by its changed parent even where the dead parent's pid lives on.
    """

    def __init__(self) -> None:
        self.pid: int | None = None
        self.closing = False
        self._is_parent = False

    def watch(self, pid: int) -> bool:
        """Watch this process from now on; False when the server has already decided to end."""
        if self.closing:
            return False
        self.pid = pid
        self._is_parent = os.getppid() == pid
        return True

    def gone(self) -> bool:
        """Whether the watched process has ended."""
        if self.pid is None:
            return False
        return (self._is_parent and os.getppid() != self.pid) or not alive(self.pid)


def _alive_on_windows(pid: int) -> bool:
    import ctypes  # only there, and only there does it know `windll`

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    handle = kernel.OpenProcess(0x00100000, False, pid)  # SYNCHRONIZE
    if not handle:
        return False
    running = kernel.WaitForSingleObject(handle, 0) == 0x102  # WAIT_TIMEOUT
    kernel.CloseHandle(handle)
    return bool(running)

"""A further process for stages 1 to 3: both of its ends, the one that asks and the one that works."""

from __future__ import annotations

import copyreg
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from types import MappingProxyType
from typing import IO, Any

from ftlint import few
from ftlint.collecting import few_collections
from ftlint.counting import count
from ftlint.errors import FtlintError
from ftlint.judging import Task
from ftlint.keep import Kind
from ftlint.spill import STORE, File


def _again(proxy: MappingProxyType[Any, Any]) -> tuple[Any, ...]:
    return MappingProxyType, (dict(proxy),)


copyreg.pickle(MappingProxyType, _again)  # the catalogue's tables are read-only, and go along with a task


_LIFE = "import sys; sys.path[:] = sys.argv[1:]; from ftlint.process import serve; serve()"
_LAST_SECONDS = 10
"""For a process that has closed its output to end by itself, so that it can be told how it ended."""
PIPE_BYTES = 1024 * 1024
"""A pipe and its buffer hold an answer, so that one that is written is not waited for, and is read at once."""


class WorkerDied(FtlintError):
    """A process ended before its work was done; there is no report of a part of a file."""


class Worker:
    """Another process of ours: asked through its standard input, it answers on its standard output."""

    def __init__(self) -> None:
        self._shared: list[File] = []  # for what it hands over and is more than it may hold in memory
        group: dict[str, Any]
        if sys.platform == "win32":
            group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
        else:
            self._shared.append(File())
            # Ctrl-C is for this process, which then ends the others.
            group = {"process_group": 0, "pass_fds": [file.handle for file in self._shared]}
        errors = None if os.environ.get("FTLINT_DEBUG") == "1" else subprocess.DEVNULL
        self._process = subprocess.Popen(  # noqa: S603 (our own interpreter, with our own code)
            [sys.executable, "-P", "-c", _LIFE, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            bufsize=PIPE_BYTES,
            **group,
        )
        assert self._process.stdout is not None
        _widen(self._process.stdout)
        self._task: Task | None = None

    def ready(self) -> None:
        """Wait until it has loaded what it needs."""
        self._answer()

    def meet(self, task: Task) -> None:
        """Wait until it has loaded what this task needs, of which it is told once; so is the file that both have."""
        if task is not self._task:
            files = [file.handle for file in self._shared] if self._task is None else []
            self._task = task
            self._say(*files, task)
            self._answer()

    def ask(self, task: Task, work: Callable[..., Any], item: object, before: dict[Kind, int]) -> Any:
        """What it says."""
        self.meet(task)
        self._say((work, item, before))
        return self._answer()

    def _say(self, *questions: Any) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):  # one that is gone will not answer either
            for each in questions:
                pickle.dump(each, self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()

    def end(self) -> None:
        """End it now."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Close the pipes to it, once no thread reads from it."""
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(OSError):
                pipe.close()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        try:
            answer = pickle.load(self._process.stdout)  # noqa: S301 (from our own process)
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_LAST_SECONDS)
            self.end()
            code = self._process.returncode
            how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
            raise WorkerDied(
                f"a process of this check {how} before its work was done",
                "if the memory was not enough, use fewer: --jobs 1",
            ) from None
        if isinstance(answer, FtlintError):
            raise answer
        return answer


def _widen(pipe: IO[bytes]) -> None:
    """Let a pipe hold an answer; where the system refuses that, the one who writes it waits a little."""
    if sys.platform == "linux":
        import fcntl

        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


def serve() -> None:
    """The life of another process: do the work that is asked for, until nobody asks any more."""
    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what anything prints is no answer
    with suppress(BrokenPipeError), few_collections():
        _put(None, answers)
        task: Task | None = None
        while (question := _get(questions)) is not None:
            if isinstance(question, Task):
                task = question
                _put(_loaded(task), answers)
            elif isinstance(question, int):
                STORE.given = File(question)
            else:
                assert task is not None
                _put(_done(task, *question), answers)


def _loaded(task: Task) -> FtlintError | None:
    """Load what a task needs; what went wrong, or None."""
    try:
        task.prepare()
        if task.context.settings.tokens:
            few.bound(task.context.encoding, 0)
            count(["?"], task.context.encoding)
    except FtlintError as error:
        return error
    return None


def _done(task: Task, work: Callable[..., Any], item: object, before: dict[Kind, int]) -> Any:
    try:
        return work(task, item, before)
    except FtlintError as error:
        return error
    except Exception as error:  # whatever it is, the first process says it
        return WorkerDied(f"a process of this check failed ({type(error).__name__})", "--jobs 1 tells where")


def _get(stream: IO[bytes]) -> Any:
    try:
        return pickle.load(stream)  # noqa: S301 (from the process that started this one)
    except EOFError:
        return None


def _put(answer: object, stream: IO[bytes]) -> None:
    pickle.dump(answer, stream, pickle.HIGHEST_PROTOCOL)
    stream.flush()

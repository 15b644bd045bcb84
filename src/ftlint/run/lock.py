"""One process per run: an operating-system lock that dies with its holder, so that no stale lock needs clearing."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType

from ftlint.errors import InputError, UsageError

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

    def _release(handle: int) -> None:
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _release(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)


class RunLock:
    """Holds a run for this process, as a context manager.

    Raises:
        UsageError: another process (or another call in this one) holds the run.
        InputError: the run's folder cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def __enter__(self) -> RunLock:
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            folder = self._path.parent
            raise InputError(f"cannot write in {folder}: {error.strerror}", "look at its permissions") from error
        try:
            _take(handle)
        except OSError:
            os.close(handle)
            raise UsageError(
                f"another process is working on the run in {self._path.parent}",
                "wait until it ends, or end it; the run itself loses nothing",
            ) from None
        self._handle = handle
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._handle is not None:
            _release(self._handle)
            os.close(self._handle)
            self._handle = None

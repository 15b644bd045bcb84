"""Beside stage 3: where columns (column.py) go when they are more than a process is to hold in memory: in a file.

The file has no name by which it could be left behind, however the process ends, and no other user may read it.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import Any
from weakref import ReferenceType, WeakValueDictionary, ref

from ftlint.errors import FtlintError

LIMIT = 40_000_000
"""Bytes that all columns of a process together hold in memory before any is put into the file."""
LEAST = 65_536
"""Bytes of a column that are put there at a time, once there is a file; the memory is for other things then."""
FEWEST = 4096
"""The same above the limit."""


class File:
    """A file without a name in the folder for temporary files; it is gone when no column has a part in it.

    Raises:
        FtlintError: there is no such folder, or no room in it.
    """

    def __init__(self, handle: int | None = None) -> None:
        self.handle = _open() if handle is None else handle
        self._lock = threading.Lock()  # several checks may run at once
        self._end = 0

    def put(self, data: bytearray) -> int:
        """Append data; returns where they begin."""
        at = 0
        with self._lock, memoryview(data) as left:
            start = self._end
            try:
                while at < len(left):
                    at += _write(self.handle, left[at:], start + at)
            except OSError as error:
                raise _no_room(error) from error
            self._end += at
        return start

    def get(self, start: int, size: int) -> bytes:
        """The data that begin there."""
        found = b""
        while len(found) < size:
            try:
                with self._lock:
                    more = _read(self.handle, size - len(found), start + len(found))
            except OSError as error:
                raise _no_room(error) from error
            if not more:
                raise FtlintError("the temporary file of this check was cut by another program", _REMEDY)
            found = found + more if found else more
        return found

    def __del__(self) -> None:
        if hasattr(self, "handle"):
            os.close(self.handle)

    def __reduce__(self) -> tuple[Any, ...]:
        """For the process that gave it to this one, which has it under the same handle."""
        return _handed, (self.handle,)


def _open() -> int:
    import tempfile  # with all that it needs, which a check of a small file does without

    try:
        with tempfile.TemporaryFile(prefix="ftlint-", buffering=0) as file:
            return os.dup(file.fileno())
    except OSError as error:
        raise _no_room(error) from error


def _handed(handle: int) -> File:
    """The same file in the process that gave it away: one object for it, however often it comes."""
    told = os.fstat(handle)
    key = told.st_dev, told.st_ino
    file = _FILES.get(key)
    if file is None:
        file = _FILES[key] = File(os.dup(handle))
    return file


_FILES: WeakValueDictionary[tuple[int, int], File] = WeakValueDictionary()


_REMEDY = "make room there, or set TMPDIR to another folder; a million rows take about 250 MB"


def _no_room(error: OSError) -> FtlintError:
    import tempfile

    where = f" {tempfile.tempdir}" if tempfile.tempdir else ""
    reason = str(error.strerror)  # it may name folders
    reason = reason[:1].lower() + reason[1:]
    return FtlintError(f"the folder for temporary files{where} cannot be used: {reason}", _REMEDY)


if sys.platform == "win32":

    def _write(handle: int, data: memoryview, at: int) -> int:
        os.lseek(handle, at, os.SEEK_SET)
        return os.write(handle, data)

    def _read(handle: int, size: int, at: int) -> bytes:
        os.lseek(handle, at, os.SEEK_SET)
        return os.read(handle, size)
else:
    _write = os.pwrite
    _read = os.pread


class Store:
    """How much the columns of this process hold in memory, and the file for what is more.

    Attributes:
        given: a file that the process was given by the one that started it, and hands its columns over in; or None.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self.held = 0
        self.given: File | None = None
        self._file: ReferenceType[File] | None = None

    def count(self, size: int) -> int:
        """So many bytes more are held, or fewer; returns from how many on a column is to be put into the file."""
        self.held += size
        if self.held > self.limit:
            return FEWEST
        return sys.maxsize if self._file is None or self._file() is None else LEAST

    def file(self) -> File:
        """The file; it is made when it is first needed."""
        file = self.given or (self._file() if self._file is not None else None)
        if file is None:
            file = File()
            self._file = ref(file)
        return file


STORE = Store()

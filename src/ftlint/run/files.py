"""What every stage of a run leaves on disk: whole files that appear at once, and logs that lose at most a torn line."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from ftlint.errors import InputError, UsageError

_BLOCK = 1 << 20
_TEMPORARY = ".tmp"


def dump(value: Any) -> str:
    """Compact JSON on one line, other scripts written as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def sync_folder(folder: Path) -> None:
    """Make a new or renamed entry of the folder durable (a no-op where folders cannot be opened).

    Raises:
        InputError: the disk is full.
    """
    if os.name == "nt":
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise _cannot_write(folder, error) from error


@contextlib.contextmanager
def atomic_writer(path: Path) -> Iterator[BinaryIO]:
    """A binary file that takes the name ``path`` only once it is complete and on disk.

    Raises:
        InputError: the folder cannot be written, or its disk is full.
    """
    import tempfile  # which a check that writes no file does not need

    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=_TEMPORARY, dir=path.parent)
    except OSError as error:
        raise _cannot_write(path, error) from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _cannot_write(path, error) from error
        raise


def sweep(folder: Path) -> None:
    """Remove what ``atomic_writer`` left behind in this folder when it was killed; nobody may be writing there."""
    for path in folder.glob(f".*{_TEMPORARY}"):
        path.unlink(missing_ok=True)


def _cannot_write(path: Path, error: OSError) -> InputError:
    return InputError(f"cannot write {path}: {error.strerror}", "look at the folder's permissions and the disk's space")


def write_atomic(path: Path, data: bytes | str) -> None:
    """Write a whole file at once: temporary file, fsync, rename, fsync of the folder.

    Raises:
        InputError: the folder cannot be written.
    """
    with atomic_writer(path) as out:
        out.write(data.encode() if isinstance(data, str) else data)


def sha256_file(path: Path) -> tuple[str, int]:
    """The SHA-256 (hex) and the size in bytes of what is on disk now.

    Raises:
        InputError: the file is missing or cannot be read.
    """
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as source:
            while block := source.read(_BLOCK):
                digest.update(block)
                size += len(block)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", "put the file back, or mend the path") from error
    return digest.hexdigest(), size


def read_log(path: Path) -> list[dict[str, Any]]:
    """The records of an append-only log; a torn last line (the writer was killed) is left out.

    Raises:
        UsageError: a line in the middle is damaged, which no crash of ours can cause.
        InputError: the file cannot be read.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", "look at its permissions") from error
    records: list[dict[str, Any]] = []
    for number, line in enumerate(lines, start=1):
        record = _record(line)
        if record is not None:
            records.append(record)
        elif line and number < len(lines):
            raise UsageError(
                f"line {number} of {path} is damaged", "restore the file from a copy, or move its run's folder away"
            )
    return records


def _record(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


class Log:
    """An append-only JSONL file; every record is on disk before ``append`` returns, unless it is told not to wait.

    Raises:
        InputError: the file cannot be opened for writing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            _mend_tail(path)
            fresh = not path.exists()
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            raise _cannot_write(path, error) from error
        if fresh:
            try:
                sync_folder(path.parent)
            except InputError:
                self._file.close()
                raise

    def append(self, record: dict[str, Any], *, sync: bool = True) -> None:
        """Write one line and fsync.

        Args:
            record: the line.
            sync: False leaves the fsync to ``sync``: the line survives this process, but not a power cut until then.

        Raises:
            InputError: the disk is full; the file is what it was.
        """
        line = dump(record).encode("utf-8", "surrogatepass") + b"\n"
        before = os.fstat(self._file.fileno()).st_size
        try:
            while line:
                line = line[self._file.write(line) :]
            if sync:
                os.fsync(self._file.fileno())
        except OSError as error:
            with contextlib.suppress(OSError):  # else the next Log of this file cuts the torn line off
                self._file.truncate(before)
            raise _cannot_write(self._path, error) from error

    def sync(self) -> None:
        """Have every line on disk.

        Raises:
            InputError: the disk fails.
        """
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise _cannot_write(self._path, error) from error

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Log:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _mend_tail(path: Path) -> None:
    """End the file with a newline: keep a whole record that lacks only that, cut a torn one off."""
    if not path.exists():
        return
    with path.open("r+b") as file:
        content = file.read()
        if not content or content.endswith(b"\n"):
            return
        start = content.rfind(b"\n") + 1
        if _record(content[start:]) is None:
            file.truncate(start)
        else:
            file.seek(0, os.SEEK_END)
            file.write(b"\n")
        file.flush()
        os.fsync(file.fileno())

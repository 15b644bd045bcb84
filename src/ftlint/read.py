"""Stage 1: bytes to batches of lines. Knows offsets and terminators, nothing of JSON."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ftlint.errors import InputError
from ftlint.model import Line, Role

MAX_LINE_BYTES = 64 * 1024 * 1024
"""A longer line is a finding of its own and is not parsed; the project's own bound, not a service's."""
CHUNK_BYTES = 4 * 1024 * 1024
BATCH_BYTES = 16 * 1024 * 1024
HEAD_BYTES = 1024 * 1024
STDIN = "<stdin>"
"""What standard input is called."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to check: a path, or bytes that came from standard input.

    Attributes:
        name: what findings call it.
        role: training or validation file.
        path: where it is, or None when ``content`` holds it.
    """

    name: str
    role: Role
    path: Path | None
    content: bytes | None = None

    def open(self) -> BinaryIO:
        """The bytes from the start; raises InputError for what cannot be read, with the remedy."""
        if self.content is not None:
            return io.BytesIO(self.content)
        assert self.path is not None
        try:
            if self.path.exists() and not (self.path.is_file() or self.path.is_dir()):
                remedy = "write it to a file, or to standard input: ftlint check -"
                raise InputError(f"{self.name} is a pipe or a device, which cannot be read twice", remedy)
            return self.path.open("rb")
        except IsADirectoryError:
            raise InputError(f"{self.name} is a directory, not a file", "name the .jsonl files in it") from None
        except FileNotFoundError:
            raise InputError(f"{self.name} does not exist", "check the path") from None
        except PermissionError:
            raise InputError(f"{self.name} may not be read", "check its permissions") from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise InputError(f"{self.name} cannot be read: {reason.lower()}", "check the path") from None

    def head(self) -> bytes:
        """The first megabyte, for telling what kind of file it is."""
        with self.open() as stream:
            return stream.read(HEAD_BYTES)


class Reader:
    """Reads one source once, as batches of lines; afterwards it knows size, hash and where each line starts.

    Attributes:
        lines: number of lines seen. ``bytes`` and ``sha256`` are those of everything read.
        too_long: numbers of the lines above MAX_LINE_BYTES, with their length in bytes; they are in no batch.
        crlf: number of lines that end in CR LF; ``first_crlf`` is the first one.
        final_newline: the last line is terminated.
    """

    def __init__(self, source: Source, *, batch_lines: int = 1000, skip: int = 0, hashed: bool = True) -> None:
        self.source = source
        self.batch_lines = batch_lines
        self.skip = skip
        self.lines = 0
        self.bytes = 0
        self.crlf = 0
        self.first_crlf: int | None = None
        self.final_newline = True
        self.too_long: list[tuple[int, int]] = []
        self._hash = hashlib.sha256() if hashed else None

    @property
    def sha256(self) -> str:
        """Hexadecimal hash of the bytes read so far; of the file, when all batches were taken."""
        if self._hash is None:
            raise ValueError("this reader was asked not to hash")
        return self._hash.hexdigest()

    def batches(self) -> Iterator[list[Line]]:
        """Lists of at most ``batch_lines`` lines and about 16 MB, in order."""
        batch: list[Line] = []
        size = 0
        for line in self._split():
            batch.append(line)
            size += len(line.raw)
            if len(batch) >= self.batch_lines or size >= BATCH_BYTES:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def _split(self) -> Iterator[Line]:
        pending = _Pending(self.skip)
        with self.source.open() as stream:
            for chunk in _chunks(stream, self.source.name):
                if self._hash is not None:
                    self._hash.update(chunk)
                data = chunk[self.skip :] if self.bytes == 0 else chunk
                self.bytes += len(chunk)
                pieces = data.split(b"\n")
                last = pieces.pop()
                for piece in pieces:
                    line = self._line(pending, piece, terminated=True)
                    if line is not None:
                        yield line
                pending.add(last)
        if pending.length:
            self.final_newline = False
            line = self._line(pending, b"", terminated=False)
            if line is not None:
                yield line

    def _line(self, pending: _Pending, piece: bytes, *, terminated: bool) -> Line | None:
        self.lines += 1
        offset, length, raw = pending.take(piece, terminated=terminated)
        if raw is None:
            self.too_long.append((self.lines, length))
            return None
        if terminated and raw.endswith(b"\r"):
            self.crlf += 1
            if self.first_crlf is None:
                self.first_crlf = self.lines
            raw = raw[:-1]
        return Line(self.lines, offset, raw, terminated)


class _Pending:
    """The beginning of a line whose end has not been read yet; forgets the bytes of one that is too long."""

    def __init__(self, offset: int) -> None:
        self.offset = offset
        self.length = 0
        self.parts: list[bytes] = []

    def add(self, piece: bytes) -> None:
        self.length += len(piece)
        if self.length > MAX_LINE_BYTES:
            self.parts.clear()
        elif piece:
            self.parts.append(piece)

    def take(self, piece: bytes, *, terminated: bool) -> tuple[int, int, bytes | None]:
        offset = self.offset
        length = self.length + len(piece)
        raw = None if length > MAX_LINE_BYTES else b"".join((*self.parts, piece)) if self.parts else piece
        self.offset += length + terminated
        self.length = 0
        self.parts.clear()
        return offset, length, raw


def _chunks(stream: BinaryIO, name: str) -> Iterator[bytes]:
    try:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            f"{name} could not be read to its end: {reason.lower()}", "check the path and the disk"
        ) from None


def lines_at(source: Source, numbers: Container[int], last: int, *, skip: int = 0) -> Iterator[Line]:
    """The given lines of a source in order, read in one pass that stops after ``last``; one batch is held at a time."""
    reader = Reader(source, skip=skip, hashed=False)
    for batch in reader.batches():
        yield from (line for line in batch if line.number in numbers)
        if reader.lines >= last:
            return


def read_lines(source: Source, numbers: set[int], *, skip: int = 0) -> dict[int, Line]:
    """The given lines of a source by number, for the few that are asked about together."""
    return {line.number: line for line in lines_at(source, numbers, max(numbers, default=0), skip=skip)}

"""Stage 1: bytes to batches of lines. Knows offsets and terminators, nothing of JSON."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Container, Iterator, Sequence
from dataclasses import field
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ftlint.errors import InputError
from ftlint.lines import Lines, joined
from ftlint.model import Line, Role
from ftlint.records import dataclass

MAX_LINE_BYTES = 64 * 1024 * 1024
"""A longer line is a finding of its own and is not parsed; the project's own bound, not a service's."""
CHUNK_BYTES = 1024 * 1024
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

    @property
    def size(self) -> int:
        """Its bytes, as far as that can be told before it is read."""
        if self.path is None:
            return len(self.content or b"")
        return self.path.stat().st_size if self.path.exists() else 0

    def head(self) -> bytes:
        """The first megabyte, for telling what kind of file it is."""
        with self.open() as stream:
            return stream.read(HEAD_BYTES)


class Piece(NamedTuple):
    """A run of whole lines of a file that can be read by itself.

    Attributes:
        number: of its first line. ``start`` and ``end``: offsets in bytes, end exclusive.
    """

    number: int
    start: int
    end: int


@dataclass
class Extent:
    """What the reader of a run of lines knows of them; merges with that of the lines that follow.

    Attributes:
        lines: number of lines seen. ``bytes``: of everything read.
        too_long: numbers of the lines above MAX_LINE_BYTES, with their length in bytes; they are in no batch.
        crlf: number of lines that end in CR LF; ``first_crlf`` is the first one.
    """

    lines: int = 0
    bytes: int = 0
    crlf: int = 0
    first_crlf: int | None = None
    too_long: list[tuple[int, int]] = field(default_factory=list)

    def merge(self, later: Extent) -> None:
        """Take in what is known of the lines that follow."""
        self.lines += later.lines
        self.bytes += later.bytes
        self.crlf += later.crlf
        self.first_crlf = later.first_crlf if self.first_crlf is None else self.first_crlf
        self.too_long += later.too_long


class Reader:
    """Reads one source once, as batches of lines; afterwards it knows size, hash and line ends.

    Args:
        batch_lines: lines in a batch, at most. ``first_lines``: in the first one, if those are to be fewer.
        skip: bytes at the start that belong to no line (a byte order mark).
        hashed: the hash of all bytes is wanted.
        piece: only this part is read (and ``skip`` lies before it or is its start).

    Attributes:
        extent: what was read so far; it runs ahead of the batches, by up to a chunk.
        final_newline: the last line is terminated.
    """

    def __init__(
        self,
        source: Source,
        *,
        batch_lines: int = 2000,
        first_lines: int | None = None,
        skip: int = 0,
        hashed: bool = True,
        piece: Piece | None = None,
    ) -> None:
        self.source = source
        self.batch_lines = batch_lines
        self.first_lines = min(first_lines or batch_lines, batch_lines)
        self.skip = skip
        self.piece = piece
        self.extent = Extent()
        self.final_newline = True
        self._cutter = _Cutter(self.extent, *(piece[:2] if piece else (1, skip)))
        self._hash = hashlib.sha256() if hashed else None

    @property
    def lines(self) -> int:
        """Number of lines read so far."""
        return self.extent.lines

    @property
    def bytes(self) -> int:
        """Number of bytes read so far."""
        return self.extent.bytes

    @property
    def crlf(self) -> int:
        """Number of lines that end in CR LF."""
        return self.extent.crlf

    @property
    def first_crlf(self) -> int | None:
        """Number of the first line that ends in CR LF."""
        return self.extent.first_crlf

    @property
    def too_long(self) -> list[tuple[int, int]]:
        """Numbers of the lines above MAX_LINE_BYTES, with their length in bytes."""
        return self.extent.too_long

    @property
    def sha256(self) -> str:
        """Hexadecimal hash of the bytes read so far; of the file, when all batches were taken."""
        if self._hash is None:
            raise ValueError("this reader was asked not to hash")
        return self._hash.hexdigest()

    def batches(self) -> Iterator[Sequence[Line]]:
        """Runs of at most ``batch_lines`` lines and about 16 MB, in order."""
        batch: Sequence[Line] = []
        size, most = 0, self.first_lines
        for lines, length in self._split():
            at = 0
            while len(batch) + len(lines) - at >= most:
                end = at + most - len(batch)
                yield joined(batch, lines[at:end])
                batch, at, size, most = [], end, 0, self.batch_lines
            batch = joined(batch, lines[at:])
            size += length
            if size >= BATCH_BYTES and batch:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def _split(self) -> Iterator[tuple[Sequence[Line], int]]:
        """The lines that end in each chunk, and the size of the chunk."""
        with self.source.open() as stream:
            if self.piece is not None:
                stream.seek(self.piece.start)
            for chunk in chunks(stream, self.source.name, self.piece.end - self.piece.start if self.piece else None):
                if self._hash is not None:
                    self._hash.update(chunk)
                data = chunk[self.skip :] if self.piece is None and self.extent.bytes == 0 else chunk
                self.extent.bytes += len(chunk)
                yield self._cutter.cut(data), len(data)
        last = self._cutter.last()
        self.final_newline = last is None
        yield last or [], 0


class _Cutter:
    """Cuts chunks into lines; the beginning of a line whose end has not been read yet waits here.

    The bytes of a line that is too long are forgotten.
    """

    def __init__(self, extent: Extent, number: int, offset: int) -> None:
        self.extent = extent
        self.first = number
        self.offset = offset
        self.length = 0
        self.parts: list[bytes] = []

    def cut(self, data: bytes) -> Sequence[Line]:
        """The lines that end in this chunk; columns of them where there is no CR in it and none is too long."""
        pieces = data.split(b"\n")
        rest = pieces.pop()
        lines: Sequence[Line] = []
        if pieces:
            longest = max(self.length + len(pieces[0]), len(data))
            ending = pieces[0] or (self.parts[-1] if self.parts else b"")
            if b"\r" in data or ending.endswith(b"\r") or longest > MAX_LINE_BYTES:
                lines = [line for piece in pieces for line in self._line(piece)]
            else:
                pieces[0] = b"".join((*self.parts, pieces[0]))
                lines = self._plain(pieces, self.length + len(data) - len(rest))
        self.length += len(rest)
        if self.length > MAX_LINE_BYTES:
            self.parts.clear()
        elif rest:
            self.parts.append(rest)
        return lines

    def last(self) -> list[Line] | None:
        """The line that no newline ends, unless it is too long; None where there is none."""
        return list(self._line(b"", terminated=False)) if self.length else None

    def _plain(self, raws: list[bytes], size: int) -> Lines:
        """Lines of so many bytes with their newlines."""
        lines = Lines(raws, self.first + self.extent.lines, self.offset, self.offset + size)
        self.length = 0
        self.parts.clear()
        self.extent.lines += len(raws)
        self.offset = lines.end
        return lines

    def _line(self, piece: bytes, *, terminated: bool = True) -> Iterator[Line]:
        """The line that this piece ends, unless it is too long."""
        number, offset, length = self.first + self.extent.lines, self.offset, self.length + len(piece)
        raw = b"".join((*self.parts, piece))
        self.length = 0
        self.parts.clear()
        self.extent.lines += 1
        self.offset += length + terminated
        if length > MAX_LINE_BYTES:
            self.extent.too_long.append((number, length))
            return
        if terminated and raw.endswith(b"\r"):
            self.extent.crlf += 1
            if self.extent.first_crlf is None:
                self.extent.first_crlf = number
            raw = raw[:-1]
        yield Line(number, offset, raw, terminated)


def chunks(stream: BinaryIO, name: str, size: int | None = None, *, chunk_bytes: int | None = None) -> Iterator[bytes]:
    """So many bytes of a stream, or all of them, a chunk at a time; raises InputError where reading fails."""
    left, most = size, chunk_bytes or CHUNK_BYTES
    try:
        while chunk := stream.read(most if left is None else min(left, most)):
            left = None if left is None else left - len(chunk)
            yield chunk
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            f"{name} could not be read to its end: {reason.lower()}", "check the path and the disk"
        ) from None


def lines_at(
    source: Source, numbers: Container[int], last: int, *, skip: int = 0, piece: Piece | None = None
) -> Iterator[Line]:
    """The given lines of a source in order, read in one pass that stops after ``last``; one batch is held at a time.

    Where they are known to lie in one piece, only that is read.
    """
    for batch in Reader(source, skip=skip, hashed=False, piece=piece).batches():
        yield from (line for line in batch if line.number in numbers)
        if batch[-1].number >= last:
            return


def read_lines(source: Source, numbers: set[int], *, skip: int = 0) -> dict[int, Line]:
    """The given lines of a source by number, for the few that are asked about together."""
    return {line.number: line for line in lines_at(source, numbers, max(numbers, default=0), skip=skip)}

"""Stage 1 for what is remembered: where the lines of a file end, and stretches cut where their content says so."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import repeat
from typing import TYPE_CHECKING, Any

from xxhash import xxh3_128, xxh3_128_digest

from ftlint.read import MAX_LINE_BYTES, Extent, Source, chunks

if TYPE_CHECKING:
    import numpy as np

    Offsets = np.ndarray[Any, np.dtype[np.int64]]
    Flags = np.ndarray[Any, np.dtype[np.bool_]]

RARE = 0x1F
"""A stretch ends behind a line of whose mark none of these bits is set: one in 32, wherever it stands in the file."""
DIGEST = 16
"""Bytes of a digest."""
_ODD = 0x9E3779B97F4A7C15


SHORT, MANY = 32, 100_000
"""Where so many lines are shorter than this on average, in bytes, to remember them would cost more than to judge them.
"""


class UnfitError(Exception):
    """A line is longer than what is judged, or the lines are many and short: nothing is remembered of the file."""


class Cut:
    """The lines of a file, and its stretches, so that a change moves no border of a stretch but its own.

    A digest is XXH3 in 128 bits with a seed that nobody knows who writes a file: two rows have the same by no chance
    worth naming, and by no design.

    Args:
        skip: bytes before the first line.
        seed: of the digests.
        hashed: the hash of the whole is wanted.
        each: the digests of the lines are wanted.

    Attributes:
        rows: digest of each line, without its line feed, if they were wanted.
        ends: offset behind each line. ``starting``: whether it surely begins a row, whatever stands above it.
        firsts: index of the first line of each stretch. ``digests``: of their bytes.
        terminated: a line end closes the last line.
        sha256: hexadecimal hash of the file, if it was wanted.

    Raises:
        InputError: the file cannot be read.
        UnfitError: its lines are too long, or too short.
    """

    def __init__(self, source: Source, skip: int, seed: int, *, hashed: bool, each: bool = False) -> None:
        import numpy as np

        self.skip = skip
        self.seed = seed
        self.extent = Extent(bytes=skip)
        self.digests: list[bytes] = []
        rows: list[bytes] = []
        self.terminated = True
        self._whole = hashlib.sha256() if hashed else None
        self._taken = xxh3_128(seed=seed)
        self._open = False
        ends: list[Offsets] = []
        starting: list[Flags] = []
        borders: list[Offsets] = [np.zeros(1, np.int64)]
        for data in self._runs(source):
            column = np.frombuffer(data, np.uint8)
            behind = np.flatnonzero(column == 10) + 1
            if not data.endswith(b"\n"):
                behind = np.append(behind, len(data))
            begin = np.concatenate((np.zeros(1, np.int64), behind[:-1]))
            if int(np.max(behind - begin)) > MAX_LINE_BYTES:
                raise UnfitError
            last = np.flatnonzero(_marks(column, begin, behind) & np.uint64(RARE) == 0)
            self._digest(data, behind[last].tolist())
            if each:
                rows.append(b"".join(map(xxh3_128_digest, data.split(b"\n")[: behind.size], repeat(seed))))
            borders.append(last + 1 + self.extent.lines)
            starting.append(_begins(column, begin))
            self._take(data, column, behind)
            if MANY < self.extent.lines > self.extent.bytes // SHORT:
                raise UnfitError
            ends.append(behind + (self.extent.bytes - len(data)))
        self.ends: Offsets = np.concatenate(ends) if ends else np.zeros(0, np.int64)
        self.starting: Flags = np.concatenate(starting) if starting else np.zeros(0, np.bool_)
        self.rows = b"".join(rows)
        self.firsts: Offsets = np.concatenate(borders)
        if self._open:
            self.digests.append(self._taken.digest())
        else:
            self.firsts = self.firsts[:-1]
        self.sha256 = self._whole.hexdigest() if self._whole is not None else ""

    def _runs(self, source: Source) -> Iterator[bytes]:
        """The file as runs of whole lines."""
        parts: list[bytes] = []  # of a line whose end has not been read yet
        held = 0
        with source.open() as stream:
            head = stream.read(self.skip)
            if self._whole is not None:
                self._whole.update(head)
            for chunk in chunks(stream, source.name):
                if self._whole is not None:
                    self._whole.update(chunk)
                at = chunk.rfind(b"\n") + 1
                if at:
                    yield b"".join((*parts, memoryview(chunk)[:at]))
                    parts, held = [], 0
                parts.append(chunk[at:])
                held += len(chunk) - at
                if held > MAX_LINE_BYTES:
                    raise UnfitError
        if held:
            self.terminated = False
            yield b"".join(parts)

    def _digest(self, data: bytes, borders: list[int]) -> None:
        """Take the digests of the stretches that end at these places; the last one may go on."""
        start = 0
        with memoryview(data) as view:
            for at, end in enumerate(borders):
                if at == 0 and self._open:
                    self._taken.update(view[:end])
                    self.digests.append(self._taken.digest())
                else:
                    self.digests.append(xxh3_128_digest(view[start:end], self.seed))
                start = end
            if borders or not self._open:
                self._taken = xxh3_128(seed=self.seed)
            self._open = start < len(data) or (self._open and not borders)
            self._taken.update(view[start:])

    def _take(self, data: bytes, column: np.ndarray[Any, np.dtype[np.uint8]], behind: Offsets) -> None:
        """Count what the reader of a file counts."""
        extent = self.extent
        if b"\r" in data:
            import numpy as np

            ends = behind[(behind > 1) & (column[behind - 1] == 10)]
            found = np.flatnonzero(column[ends - 2] == 13)
            extent.crlf += len(found)
            if extent.first_crlf is None and len(found):
                extent.first_crlf = extent.lines + int(np.searchsorted(behind, ends[found[0]])) + 1
        extent.lines += len(behind)
        extent.bytes += len(data)


def _marks(
    column: np.ndarray[Any, np.dtype[np.uint8]], begin: Offsets, behind: Offsets
) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """A number for each line, of its length and four bytes in its middle."""
    import numpy as np

    middle, last = (begin + behind) >> 1, behind - 1
    mixed = (behind - begin).astype(np.uint64)
    for step in range(4):
        mixed = mixed << np.uint64(8) | column[np.minimum(middle + step, last)]
    found: np.ndarray[Any, np.dtype[np.uint64]] = (mixed * np.uint64(_ODD)) >> np.uint64(40)
    return found


def _begins(column: np.ndarray[Any, np.dtype[np.uint8]], begin: Offsets) -> Flags:
    """Whether a line begins with a brace and a quote, or with a space between them."""
    import numpy as np

    second = column[np.minimum(begin + 1, len(column) - 1)]
    third = column[np.minimum(begin + 2, len(column) - 1)]
    found: Flags = (column[begin] == ord("{")) & ((second == ord('"')) | ((second == 32) & (third == ord('"'))))
    return found

"""Stage 1 for several processes: where a file can be cut so that each piece can be judged by itself."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import BinaryIO

from ftlint.read import Piece, Source, chunks

FIRST_BYTES = 512 * 1024
"""The first piece, of which something may be told soon; each of the next is twice as long."""


class Pieces:
    """Cuts a file into pieces, about as long as a chunk that is read here, and hashes it on the way.

    A piece begins where a line begins with a brace and a quote: such a line begins a row whatever stands above it, even
    below a row that line breaks have torn (``checks/syntax.py``), so that each piece can be judged by itself.

    Attributes:
        taken: the pieces so far. ``sha256``: hexadecimal hash of the file, once all of them were taken.
    """

    def __init__(self, source: Source, skip: int, chunk_bytes: int) -> None:
        self.source = source
        self.skip = skip
        self.chunk_bytes = chunk_bytes
        self.taken: list[Piece] = []
        self.sha256 = ""

    def __iter__(self) -> Iterator[Piece]:
        for piece in self._cut():
            self.taken.append(piece)
            yield piece

    def _cut(self) -> Iterator[Piece]:
        digest = hashlib.sha256()
        number = following = 1
        start = self.skip
        at = 0
        with self.source.open() as stream:
            for chunk in self._chunks(stream):
                digest.update(chunk)
                cut = _row_start(chunk)
                if cut is not None:
                    yield Piece(number, start, at + cut)
                    start, number = at + cut, following + chunk.count(b"\n", 0, cut)
                following += chunk.count(b"\n")
                at += len(chunk)
        self.sha256 = digest.hexdigest()
        if at > start:
            yield Piece(number, start, at)

    def _chunks(self, stream: BinaryIO) -> Iterator[bytes]:
        size = FIRST_BYTES
        while size < self.chunk_bytes:
            yield from chunks(stream, self.source.name, size)
            size *= 2
        yield from chunks(stream, self.source.name, chunk_bytes=self.chunk_bytes)


_QUOTE = re.compile(rb'[ \t]*"')


def _row_start(data: bytes) -> int | None:
    """Where the last line begins that surely begins a row, or None."""
    at = data.rfind(b"\n{")
    while at >= 0 and not _QUOTE.match(data, at + 2):
        at = data.rfind(b"\n{", 0, at)
    return at + 1 if at >= 0 else None

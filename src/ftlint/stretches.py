"""Stage 1 for what is remembered: a file cut where its content says so, so that a change moves no cut but its own."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ftlint.read import Piece, Source, chunks

RARE = 0x1FF
"""A stretch ends behind a line whose checksum has none of these bits: one in 512, wherever it stands in the file."""
LEAST, MOST = 64, 4096
"""Lines in a stretch."""
_ROW_START = re.compile(rb'\{[ \t]*"')


class Stretch(NamedTuple):
    """A piece of a file, and the SHA-256 of its bytes."""

    piece: Piece
    digest: bytes


class Stretches:
    """Cuts a file into stretches; each begins a row for sure, so that it can be judged by itself (``pieces.py``).

    Attributes:
        sha256: hexadecimal hash of the file, once all stretches were taken.
    """

    def __init__(self, source: Source, skip: int) -> None:
        self.source = source
        self.skip = skip
        self.sha256 = ""

    def __iter__(self) -> Iterator[Stretch]:
        digest = hashlib.sha256()
        number, start = 1, self.skip
        held: list[bytes] = []
        rest = b""
        with self.source.open() as stream:
            digest.update(stream.read(self.skip))
            for chunk in chunks(stream, self.source.name):
                digest.update(chunk)
                lines = (rest + chunk).split(b"\n")
                rest = lines.pop()
                first = 0
                for at in _ends(lines, rest, len(held)):
                    held += lines[first : at + 1]
                    first = at + 1
                    found = _stretch([*held, b""], number, start)
                    number, start, held = number + len(held), found.piece.end, []
                    yield found
                held += lines[first:]
        self.sha256 = digest.hexdigest()
        if held or rest:
            yield _stretch([*held, rest], number, start)


def _stretch(lines: Sequence[bytes], number: int, start: int) -> Stretch:
    whole = b"\n".join(lines)
    return Stretch(Piece(number, start, start + len(whole)), hashlib.sha256(whole).digest())


def _ends(lines: Sequence[bytes], rest: bytes, held: int) -> Iterator[int]:
    """The places of the lines behind which a stretch ends; ``held`` lines of it stand before."""
    for at, checksum in enumerate(map(zlib.crc32, lines)):
        held += 1
        if (held >= LEAST and not checksum & RARE) or held >= MOST:
            following = lines[at + 1] if at + 1 < len(lines) else rest
            if _ROW_START.match(following):
                yield at
                held = 0

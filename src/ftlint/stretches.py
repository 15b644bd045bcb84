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
        whole, taken = hashlib.sha256(), hashlib.sha256()
        number, start, end, held = 1, self.skip, self.skip, 0
        parts: list[bytes] = []  # of a line whose end has not been read yet
        with self.source.open() as stream:
            whole.update(stream.read(self.skip))
            for chunk in chunks(stream, self.source.name):
                whole.update(chunk)
                parts.append(chunk)
                if b"\n" not in chunk:
                    continue
                lines = b"".join(parts).split(b"\n")
                parts = [lines.pop()]
                first = 0
                for at in _ends(lines, parts[0], held):
                    end += _take(lines[first : at + 1], taken)
                    yield Stretch(Piece(number, start, end), taken.digest())
                    number += held + at + 1 - first
                    start, held, first, taken = end, 0, at + 1, hashlib.sha256()
                end += _take(lines[first:], taken)
                held += len(lines) - first
        self.sha256 = whole.hexdigest()
        rest = b"".join(parts)
        if held or rest:
            taken.update(rest)
            yield Stretch(Piece(number, start, end + len(rest)), taken.digest())


def _take(lines: Sequence[bytes], into: hashlib._Hash) -> int:
    """Hash lines, with their ends, and tell how many bytes they are."""
    data = b"\n".join((*lines, b""))
    into.update(data)
    return len(data)


def _ends(lines: Sequence[bytes], rest: bytes, held: int) -> Iterator[int]:
    """The places of the lines behind which a stretch ends; ``held`` lines of it stand before."""
    for at, checksum in enumerate(map(zlib.crc32, lines)):
        held += 1
        if (held >= LEAST and not checksum & RARE) or held >= MOST:
            following = lines[at + 1] if at + 1 < len(lines) else rest
            if _ROW_START.match(following):
                yield at
                held = 0

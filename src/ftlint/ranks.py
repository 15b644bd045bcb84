"""Tokens looked up in the vocabulary's file itself, so that no dictionary of 200,000 tokens is made first.

An index stands beside each vocabulary: a hash table of the places where its lines begin, counted from 1; 0 is free.
"""

from __future__ import annotations

import sys
from array import array
from binascii import b2a_base64, crc32
from mmap import mmap

from ftlint import vocabulary

NO_TOKEN = sys.maxsize


class Ranks:
    """The order of one vocabulary's tokens. Raises FtlintError where a file of it is damaged or missing."""

    def __init__(self, encoding: str) -> None:
        known = vocabulary.check(encoding)
        self._lines = vocabulary.mapped(f"{encoding}.tiktoken", known.lines_xxh3)
        self._slots = _numbers(vocabulary.mapped(f"{encoding}.index", known.index_xxh3))
        self._last = len(self._slots) - 1

    def place(self, token: bytes) -> int:
        """Where the token's line begins, smaller for an earlier rank; ``NO_TOKEN`` for bytes that are no token."""
        word = b2a_base64(token, newline=False) + b" "
        slot = crc32(word) & self._last
        while place := self._slots[slot]:
            if self._lines[place - 1 : place - 1 + len(word)] == word:
                return place
            slot = (slot + 1) & self._last
        return NO_TOKEN


def index(lines: bytes) -> bytes:
    """The index of a vocabulary's file: little-endian numbers of 4 bytes, half of them or more free."""
    every = lines.splitlines(keepends=True)
    slots = array("I", bytes(8 << len(every).bit_length()))
    last = len(slots) - 1
    place = 1
    for line in every:
        slot = crc32(line[: line.index(b" ") + 1]) & last
        while slots[slot]:
            slot = (slot + 1) & last
        slots[slot] = place
        place += len(line)
    if sys.byteorder == "big":
        slots.byteswap()
    return slots.tobytes()


def _numbers(data: mmap) -> memoryview[int] | array[int]:
    if sys.byteorder == "little":
        return memoryview(data).cast("I")
    slots = array("I", data[:])
    slots.byteswap()
    return slots

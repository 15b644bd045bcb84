"""Which 16-byte digests stand more than once in long columns, without a Python object for each of them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

DIGEST = 16
"""Bytes of a digest."""
MANY = 20_000
"""Digests that are worth an array."""


def heads(column: bytes | bytearray) -> list[int]:
    """The first 64 bits of each digest of a column."""
    with memoryview(column) as raw, raw.cast("Q") as words, words[::2] as firsts:
        return firsts.tolist()


def repeated(columns: Iterable[bytes | bytearray]) -> set[int]:
    """First halves of the digests that stand more than once in all columns together."""
    held = list(columns)
    if sum(map(len, held)) >= MANY * DIGEST:
        import numpy as np

        firsts = np.concatenate([np.frombuffer(column, np.uint64)[::2] for column in held])
        firsts.sort()
        again: set[int] = set(firsts[1:][firsts[1:] == firsts[:-1]].tolist())
        return again
    found: list[int] = []
    for column in held:
        found += heads(column)
    found.sort()
    return {one for one, other in pairwise(found) if one == other}


def shared(column: bytes | bytearray, others: Iterable[bytes | bytearray]) -> set[int]:
    """First halves of the digests of a column that stand in one of the others too."""
    found: set[int] = set()
    wanted = set(heads(column))
    for other in others:
        found |= wanted.intersection(heads(other))
    return found


def places(column: bytes | bytearray, wanted: set[int]) -> Iterator[tuple[int, bytes]]:
    """Row and whole digest of those rows of a column whose first half is among the wanted."""
    for at, head in enumerate(heads(column)) if wanted else ():
        if head in wanted:
            yield at, bytes(column[at * DIGEST : (at + 1) * DIGEST])


def copies(columns: Sequence[bytes | bytearray]) -> set[tuple[int, int]]:
    """Column and row of each digest that stood before, in an earlier column or further up."""
    found = set()
    seen: set[bytes] = set()
    wanted = repeated(columns)
    for number, column in enumerate(columns):
        for at, digest in places(column, wanted):
            if digest in seen:
                found.add((number, at))
            seen.add(digest)
    return found


def numbers() -> array[int]:
    """An empty column of line numbers, 4 bytes each."""
    return array("I")

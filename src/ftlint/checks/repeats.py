"""Which keys stand more than once in long columns, without a Python object for each of them."""

from __future__ import annotations

import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Words = np.ndarray[Any, np.dtype[np.uint64]]

DIGEST = 16
"""Bytes of a digest."""
_WORTH = 20_000
"""Rows from which the import of numpy, 0.1 s, costs less than it saves."""


def worth_numpy(rows: int) -> bool:
    """Whether so many rows are worth the import of numpy. What is found is the same with and without it."""
    return rows >= _WORTH or "numpy" in sys.modules


def groups(keys: bytes | bytearray, more: int = 1, without: bytes | bytearray = b"") -> list[list[int]]:
    """Places of each 8-byte key that stands more than so many times, the largest group first.

    Args:
        without: a flag for each place: those that are set are counted, but not listed. A group of one is left out.
    """
    if not worth_numpy(len(keys) // 8):
        return _plain_groups(keys, more, without)
    from ftlint.checks.buckets import buckets

    found = [rows.tolist() for rows in buckets(keys, more, without).each()]
    return sorted(found, key=lambda rows: (-len(rows), rows[0]))


def _plain_groups(keys: bytes | bytearray, more: int, without: bytes | bytearray) -> list[list[int]]:
    with memoryview(keys) as raw, raw.cast("Q") as words:
        column = words.tolist()
    often = {key for key, times in Counter(column).items() if times > more}
    found: dict[int, list[int]] = {}
    for row, key in enumerate(column) if often else ():
        if key in often and not (without and without[row]):
            found.setdefault(key, []).append(row)
    return [rows for rows in sorted(found.values(), key=len, reverse=True) if len(rows) > 1]


def heads(column: bytes | bytearray) -> list[int]:
    """The first 64 bits of each digest of a column."""
    with memoryview(column) as raw, raw.cast("Q") as words, words[::2] as firsts:
        return firsts.tolist()


def repeated(columns: Iterable[bytes | bytearray]) -> set[int]:
    """First halves of the digests that stand more than once in all columns together."""
    held = list(columns)
    if held and worth_numpy(sum(map(len, held)) // DIGEST):
        import numpy as np

        firsts = np.concatenate([_heads(each) for each in held])
        firsts.sort()
        return set(firsts[1:][firsts[1:] == firsts[:-1]].tolist())
    found: list[int] = []
    for each in held:
        found += heads(each)
    found.sort()
    return {one for one, other in pairwise(found) if one == other}


def _heads(column: bytes | bytearray) -> Words:
    import numpy as np

    return np.frombuffer(column, np.uint64)[::2]


def shared(column: bytes | bytearray, others: Iterable[bytes | bytearray]) -> set[int]:
    """First halves of the digests of a column that stand in one of the others too."""
    found: set[int] = set()
    if worth_numpy(len(column) // DIGEST):
        import numpy as np

        mine = _heads(column)
        for other in others:
            found.update(np.intersect1d(mine, _heads(other)).tolist())
        return found
    wanted = set(heads(column))
    for other in others:
        found |= wanted.intersection(heads(other))
    return found


def places(column: bytes | bytearray, wanted: set[int]) -> Iterator[tuple[int, bytes]]:
    """Row and whole digest of those rows of a column whose first half is among the wanted."""
    for at in _places(column, wanted) if wanted else ():
        yield at, bytes(column[at * DIGEST : (at + 1) * DIGEST])


def _places(column: bytes | bytearray, wanted: set[int]) -> Iterable[int]:
    if not worth_numpy(len(column) // DIGEST):
        return (at for at, head in enumerate(heads(column)) if head in wanted)
    import numpy as np

    found: list[int] = np.flatnonzero(np.isin(_heads(column), np.fromiter(wanted, np.uint64, len(wanted)))).tolist()
    return found


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

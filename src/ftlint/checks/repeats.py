"""Which keys stand more than once in long columns: a part of the keys at a time, and no Python object for each."""

from __future__ import annotations

import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, compress, pairwise
from typing import TYPE_CHECKING, Any

from ftlint.cells import DIGEST, Chain
from ftlint.column import STEP, Column

if TYPE_CHECKING:
    import numpy as np

    Words = np.ndarray[Any, np.dtype[np.uint64]]
    Places = np.ndarray[Any, np.dtype[np.intp]]
    Octets = np.ndarray[Any, np.dtype[np.uint8]]
    Rows = np.ndarray[Any, np.dtype[np.uint32]]
    Flags = np.ndarray[Any, np.dtype[np.bool_]]
    Weights = np.ndarray[Any, np.dtype[np.float64]]

Digests = bytes | bytearray | Column
_WORTH = 20_000
"""Rows from which the import of numpy, 0.1 s, costs less than it saves."""
LARGE_BYTES = 32 * 1024 * 1024
"""A file that mostly holds so many rows for each of two processes."""
_ODD = 0x9E3779B97F4A7C15
FAR = 65_536
"""Bytes between two rows that are not read with them."""
PART = 1 << 17
"""About so many keys are compared at a time, so that it takes as little memory for many rows as for fewer."""


def worth_numpy(rows: int) -> bool:
    """Whether so many rows are worth the import of numpy. What is found is the same with and without it."""
    return rows >= _WORTH or "numpy" in sys.modules


def prepare(rows: int) -> None:
    """Import numpy as soon as it is worth it, while other processes are still at work, and not when they are done."""
    if worth_numpy(rows):
        import numpy  # noqa: F401


class Groups:
    """Groups of rows, each a list that is made when it is taken."""

    def __init__(self, rows: Any, starts: Places, ends: Places) -> None:
        self._rows = rows
        self._starts = starts
        self._ends = ends

    def __iter__(self) -> Iterator[list[int]]:
        for at in range(0, self._starts.size, STEP):
            starts, ends = self._starts[at : at + STEP], self._ends[at : at + STEP]
            for first, last in zip(starts.tolist(), ends.tolist(), strict=True):
                yield self._rows[first:last].tolist()


def groups(keys: bytes | bytearray, more: int = 1, without: bytes | bytearray = b"") -> Groups | Sequence[list[int]]:
    """Places of each 8-byte key that stands more than so many times, the largest group first.

    Args:
        without: a flag for each place: those that are set are counted, but not listed. A group of one is left out.
    """
    if not worth_numpy(len(keys) // 8):
        return _plain_groups(keys, more, without)
    import numpy as np

    return largest_first(*grouped(np.frombuffer(keys, np.uint64), more, without))


def largest_first(listed: Rows, sizes: Places) -> Groups:
    """Groups that stand one behind the other, in order of their sizes and of their first rows."""
    import numpy as np

    ends = np.cumsum(sizes)
    starts = ends - sizes
    order = np.lexsort((listed[starts], -sizes))
    return Groups(listed, starts[order], ends[order])


def grouped(column: Words, more: int, without: bytes | bytearray) -> tuple[Rows, Places]:
    """The same groups in no order: their places one behind the other, and how many each of them has."""
    import numpy as np

    found, counts = [np.empty(0, np.uint32)], [np.empty(0, np.intp)]
    for rows in _crowded(column, more):
        keys = column[rows]
        order = np.argsort(keys, kind="stable")
        rows, keys = rows[order], keys[order]
        sizes = _sizes(keys)
        stay = np.repeat(sizes > more, sizes)
        if without:
            stay &= np.frombuffer(without, np.uint8)[rows] == 0
        rows, sizes = rows[stay], _sizes(keys[stay])
        found.append(rows[np.repeat(sizes > 1, sizes)].astype(np.uint32))
        counts.append(sizes[sizes > 1])
    return np.concatenate(found), np.concatenate(counts)


def _sizes(ordered: Words) -> Places:
    """How often each value of an ordered column stands in it."""
    import numpy as np

    return np.diff(np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1], [True])))[: ordered.size + 1])


def _plain_groups(keys: bytes | bytearray, more: int, without: bytes | bytearray) -> list[list[int]]:
    with memoryview(keys) as raw, raw.cast("Q") as words:
        column = words.tolist()
    if len(set(column)) == len(column):
        return []
    often = {key for key, times in Counter(column).items() if times > more}
    found: dict[int, list[int]] = {}
    for row, key in enumerate(column) if often else ():
        if key in often and not (without and without[row]):
            found.setdefault(key, []).append(row)
    return [rows for rows in sorted(found.values(), key=len, reverse=True) if len(rows) > 1]


def _parts(column: Words) -> Iterator[Places]:
    """Places of the keys, equal ones in one part."""
    import numpy as np

    count = -(-column.size // PART)
    if count < 2:
        yield np.arange(column.size)
        return
    numbers = np.empty(column.size, np.uint16)
    for at in range(0, column.size, PART):
        mixed = column[at : at + PART] * np.uint64(_ODD)
        numbers[at : at + PART] = (mixed >> np.uint64(40)) % np.uint64(count)
    for number in range(count):
        yield np.flatnonzero(numbers == number)


def _crowded(column: Words, more: int = 1) -> Iterator[Places]:
    """The crowded ones of each part."""
    if column.size <= PART:
        yield crowded(column, more)
    else:
        yield from (part[crowded(column[part], more)] for part in _parts(column))


def crowded(column: Words, more: int = 1) -> Places:
    """Places of the keys that stand more than so many times, and of a few others: keys are seated, and some share."""
    import numpy as np

    mixed = column * np.uint64(_ODD)
    bits = (4 * column.size).bit_length()
    found = _seated(mixed >> np.uint64(64 - bits), more)
    if found.size:  # those that shared a seat by chance are seated apart
        fewer = min((8 * found.size).bit_length(), 64 - bits)
        found = found[_seated(mixed[found] << np.uint64(bits) >> np.uint64(64 - fewer), more)]
    return found


def _seated(seats: Words, more: int) -> Places:
    """Those whose seat is taken more than so many times."""
    import numpy as np

    at = seats.view(np.int64)
    return np.flatnonzero(np.take(np.bincount(at) > more, at, mode="clip"))  # which is quicker than to look for errors


def same(columns: Sequence[Column]) -> Iterator[list[int]]:
    """Rows that have one digest, two or more, in order; rows count through all columns."""
    held = Chain(columns)
    if not worth_numpy(len(held)):
        found: dict[bytes, list[int]] = {}
        for row, digest in enumerate(_digests(held.blocks())):
            found.setdefault(digest, []).append(row)
        yield from (rows for rows in found.values() if len(rows) > 1)
        return
    import numpy as np

    firsts = _heads(held)
    for rows in _crowded(firsts) if columns else ():
        seconds = gathered(held, rows).view(np.uint64)[:, 1]
        rows = rows[order := np.lexsort((rows, seconds, firsts[rows]))]
        ones, others = firsts[rows], seconds[order]
        breaks = (ones[1:] != ones[:-1]) | (others[1:] != others[:-1])
        ends = np.flatnonzero(np.append(breaks, rows.size > 0)) + 1
        starts = np.concatenate(([0], ends[:-1]))[: ends.size]
        several = ends - starts > 1
        yield from Groups(rows, starts[several], ends[several])


def firsts(held: Chain, rows: Sequence[int]) -> list[int]:
    """Of very many rows the first one of each digest, in order."""
    import numpy as np

    digests = gathered(held, np.array(rows)).view(f"V{DIGEST}").ravel()
    _, found = np.unique(digests, return_index=True)
    return [rows[at] for at in np.sort(found).tolist()]


def again(columns: Sequence[Column]) -> Iterator[tuple[int, int, int]]:
    """Each row whose digest stood before, the first row with it, and how many there are, in order of rows."""
    found, firsts, sizes = array("Q"), array("I"), array("I")
    for rows in same(columns):
        found.extend([row << 32 | len(firsts) for row in rows[1:]])
        firsts.append(rows[0])
        sizes.append(len(rows))
    for each in in_order(found):
        group = each & 0xFFFFFFFF
        yield each >> 32, firsts[group], sizes[group]


def in_order(column: array[int]) -> array[int]:
    """A column of unsigned integers of 64 bits, sorted; it may be the same one."""
    if not worth_numpy(len(column)):
        return array("Q", sorted(column))
    import numpy as np

    np.frombuffer(column, np.uint64).sort()
    return column


def distinct(one: Column, other: Column) -> Iterator[set[tuple[int, int]]]:
    """The different pairs of the first halves of digests that stand beside each other, a part at a time."""
    if not worth_numpy(len(one)):
        yield set(zip(heads(one), heads(other), strict=True))
        return
    firsts, seconds = _heads(one), _heads(other)
    for rows in _parts(firsts):
        yield set(zip(firsts[rows].tolist(), seconds[rows].tolist(), strict=True))


def heads(column: Digests) -> Iterator[int]:
    """The first 64 bits of each digest of a column."""
    return chain.from_iterable(array("Q", block)[::2] for block in _blocks(column))


def _blocks(column: Digests | Chain) -> Iterable[bytes]:
    return (bytes(column),) if isinstance(column, bytes | bytearray) else column.blocks()


def _digests(blocks: Iterable[bytes]) -> Iterator[bytes]:
    return (block[at : at + DIGEST] for block in blocks for at in range(0, len(block), DIGEST))


def _heads(column: Digests | Chain) -> Words:
    import numpy as np

    found, at = np.empty(_length(column), np.uint64), 0
    for block in (column,) if isinstance(column, bytes | bytearray) else column.views():
        some = np.frombuffer(block, np.uint64)[::2]
        found[at : at + some.size] = some
        at += some.size
    return found


def gathered(held: Chain, rows: Places | Rows) -> Octets:
    """The bytes of some rows, as a table; from a file, what lies between them is read only where that is quicker."""
    import numpy as np

    if len(held.columns) == 1 and not (apart := held.columns[0].held_apart())[0]:
        return np.frombuffer(apart[1], np.uint8).reshape(-1, held.width)[rows]
    order = np.argsort(rows, kind="stable")
    ordered = rows[order]
    found = np.empty((rows.size, held.width), np.uint8)
    for column, start, end in zip(held.columns, held.starts, held.starts[1:], strict=False):
        stored, tail = column.held_apart()
        first, middle, last = np.searchsorted(ordered, (start, start + stored, end)).tolist()
        if last > middle:
            table = np.frombuffer(tail, np.uint8).reshape(-1, held.width)
            found[order[middle:last]] = table[ordered[middle:last] - (start + stored)]
        places = ordered[first:middle] - start
        far = (np.diff(places) > FAR // held.width) | (np.diff(places // STEP) > 0)
        ends = np.append(np.flatnonzero(far), places.size - 1) + 1
        for at, until in pairwise([0, *ends.tolist()] if places.size else []):
            least = int(places[at])
            block = np.frombuffer(column.read(least, int(places[until - 1]) + 1), np.uint8).reshape(-1, held.width)
            found[order[first + at : first + until]] = block[places[at:until] - least]
    return found


def shared(column: Digests, others: Iterable[Digests]) -> set[int]:
    """First halves of the digests of a column that stand in one of the others too."""
    found: set[int] = set()
    if not worth_numpy(_length(column)):
        wanted = set(heads(column))
        for other in others:
            found.update(wanted.intersection(heads(other)))
        return found
    import numpy as np

    mine = np.unique(_heads(column))
    for other in others if mine.size else ():
        for block in _blocks(other):
            some = np.frombuffer(block, np.uint64)[::2]
            found.update(some[_among(some, mine)].tolist())
    return found


def places(column: Digests, wanted: set[int]) -> Iterator[tuple[int, bytes]]:
    """Row and whole digest of those rows of a column whose first half is among the wanted."""
    start = 0
    for block in _blocks(column) if wanted else ():
        held = map(wanted.__contains__, array("Q", block)[::2])
        for at in compress(range(len(block) // DIGEST), held):
            yield start + at, block[at * DIGEST : (at + 1) * DIGEST]
        start += len(block) // DIGEST


def _among(some: Words, ordered: Words) -> Flags:
    """Which of them are among some others, which are in order and at least one."""
    import numpy as np

    at = np.searchsorted(ordered, some)
    at[at == ordered.size] = 0
    found: Flags = ordered[at] == some
    return found


def _length(column: Digests | Chain) -> int:
    return len(column) // DIGEST if isinstance(column, bytes | bytearray) else len(column)

"""Rows that share a key, and the pairs of them that are worth a look, by numpy: what ``alike`` does for large files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

Words = np.ndarray[Any, np.dtype[np.uint64]]
Places = np.ndarray[Any, np.dtype[np.intp]]
Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

_ODD = np.uint64(0x9E3779B97F4A7C15)
_ONES = np.uint64(0x0101_0101_0101_0101)
_CROWD = 50
"""Times from which it is cheaper to count the rows of a seat than to order all rows."""
_ROWS = 8192
"""Rows that are compared with others at a time."""
_FIRST = 48
"""Slots that are compared first: where too many of them differ, the others cannot make up for it."""


class Buckets(NamedTuple):
    """Rows by key, those of a key in order; ``starts`` is where each bucket begins, and at last where all end."""

    rows: Places
    starts: Places

    @property
    def sizes(self) -> Places:
        """Rows of each bucket."""
        return np.diff(self.starts)

    def kept(self, wanted: Flags) -> Buckets:
        """Some of the buckets."""
        sizes = self.sizes
        return Buckets(self.rows[np.repeat(wanted, sizes)], np.append(0, np.cumsum(sizes[wanted])))

    def each(self) -> Iterator[Places]:
        """The rows of one bucket after another."""
        for first, last in pairwise(self.starts.tolist()):
            yield self.rows[first:last]


def buckets(keys: bytes | bytearray, more: int = 1, without: bytes | bytearray = b"") -> Buckets:
    """The rows of each 8-byte key that stands more than so many times.

    Args:
        without: a flag for each row: those that are set are counted, but not listed. A bucket of one is left out.
    """
    column: Words = np.frombuffer(keys, np.uint64)
    rows = _repeated(column) if more < _CROWD else _crowded(column, more)
    found = _cut(rows, column)
    found = found.kept(found.sizes > more)
    if without:
        stay = np.frombuffer(without, np.uint8)[found.rows] == 0
        found = _cut(found.rows[stay], column)
        found = found.kept(found.sizes > 1)
    return found


def _repeated(column: Words) -> Places:
    """The rows of all keys that stand more than once, and of some others, ordered by key and then by row."""
    bits = np.uint64(max(column.size - 1, 1).bit_length())
    mixed = column * _ODD
    mixed >>= bits  # the row takes the place of the last bits, without which two keys may look the same
    mixed <<= bits
    mixed |= np.arange(column.size, dtype=np.uint64)
    mixed.sort()
    differ = mixed[1:] ^ mixed[:-1]
    differ >>= bits
    member = np.zeros(column.size, np.bool_)
    np.equal(differ, 0, out=member[1:])
    member[:-1] |= differ == 0
    del differ
    mixed = mixed[member]
    rows = (mixed & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.intp)
    mixed >>= bits
    held = column[rows]
    if np.array_equal(held[1:] == held[:-1], mixed[1:] == mixed[:-1]):
        return rows
    rows.sort()
    return rows[np.argsort(column[rows], kind="stable")]


def _crowded(column: Words, more: int) -> Places:
    """The same for keys that stand many times. The keys have seats, and mostly few share one: hardly a row is left."""
    bits = max(column.size // 4, 1).bit_length()
    seats = ((column * _ODD) >> np.uint64(64 - bits)).view(np.int64)
    rows = np.flatnonzero((np.bincount(seats) > more)[seats])
    return rows[np.argsort(column[rows], kind="stable")]


def _cut(rows: Places, column: Words) -> Buckets:
    """Rows that are ordered by key, cut into buckets."""
    held = column[rows]
    new = np.ones(rows.size + 1, np.bool_)
    np.not_equal(held[1:], held[:-1], out=new[1:-1])
    return Buckets(rows, np.flatnonzero(new) if rows.size else np.zeros(1, np.intp))


def pairs(held: Buckets, border: int, few: int, full: bytes | bytearray) -> Iterator[tuple[Places, Places]]:
    """Each row of a bucket beside the first ones of it, some thousand rows at a time.

    Rows before the border stand beside earlier ones alone; those behind it beside the first ones before the border, and
    then beside the first of the earlier ones behind it.

    Args:
        few: rows of either side of the border that a row stands beside, at most.
        full: for each row 1 if it stands beside none before the border, plus 2 if beside none behind it.
    """
    first = 0
    while first < held.starts.size - 1:
        end = max(int(np.searchsorted(held.starts, held.starts[first] + _ROWS, "right")) - 1, first + 1)
        rows, starts = held.rows[held.starts[first] : held.starts[end]], held.starts[first : end + 1]
        begins, sizes = starts[:-1] - starts[0], np.diff(starts)
        early = np.repeat(np.add.reduceat(rows < border, begins, dtype=np.intp), sizes)
        rank = np.arange(rows.size) - np.repeat(begins, sizes)
        begins = np.repeat(begins, sizes)
        flags = np.frombuffer(full, np.uint8)[rows]
        at = np.flatnonzero(flags & 1 == 0)
        yield _beside(rows, at, begins[at], np.minimum(np.minimum(rank, early), few)[at])
        at = np.flatnonzero((rank > early) & (flags & 2 == 0))
        yield _beside(rows, at, (begins + early)[at], np.minimum(rank - early, few)[at])
        first = end


def _beside(rows: Places, at: Places, first: Places, count: Places) -> tuple[Places, Places]:
    """The row at each place, beside so many rows from another place on."""
    ends = np.cumsum(count)
    others = np.arange(ends[-1] if ends.size else 0) + np.repeat(first - (ends - count), count)
    return rows[np.repeat(at, count)], rows[others]


def equal(slots: Sequence[Bytes], starts: Sequence[int], rows: Places, others: Places, least: int) -> Places:
    """Which pairs of rows share so many slots, by their number.

    Args:
        slots: of each file, a line of slots for each row; ``starts``: the number of the first row of each file.
    """
    total = slots[0].shape[1]
    part = _shared(slots, starts, rows, others, 0, _FIRST)
    likely = np.flatnonzero(part >= np.uint64(max(least - (total - _FIRST), 0)))
    rest = _shared(slots, starts, rows[likely], others[likely], _FIRST, total)
    return likely[part[likely] + rest >= np.uint64(least)]


def _shared(
    slots: Sequence[Bytes], starts: Sequence[int], rows: Places, others: Places, first: int, last: int
) -> Words:
    """How many slots of a stretch the rows of each pair share."""
    same = _taken(slots, starts, rows, first, last) == _taken(slots, starts, others, first, last)
    found: Words = same.view(np.uint64).sum(axis=1) * _ONES >> np.uint64(56)
    return found


def _taken(slots: Sequence[Bytes], starts: Sequence[int], rows: Places, first: int, last: int) -> Bytes:
    if len(slots) == 1:
        return slots[0].view(np.uint64)[:, first // 8 : last // 8][rows].view(np.uint8)
    found = np.empty((rows.size, last - first), np.uint8)
    for each, start in zip(slots, starts, strict=False):
        mine = np.flatnonzero((rows >= start) & (rows < start + len(each)))
        found[mine] = each[rows[mine] - start, first:last]
    return found

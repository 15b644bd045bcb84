"""FT502 and FT505 in a large file: rows that share a band, as numpy arrays. alike.py does the same row by row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ftlint.checks import repeats
from ftlint.checks.alike import ALIKE, BANDS, CROWD, ENOUGH, FEW, FIRST
from ftlint.checks.sketches import SLOTS
from ftlint.checks.templates import words
from ftlint.checks.weighing import closely, equal_slots

if TYPE_CHECKING:
    from ftlint.cells import Chain
    from ftlint.checks.alike import Table
    from ftlint.checks.repeats import Flags, Places, Rows, Words

    Bits = np.ndarray[Any, np.dtype[np.unsignedinteger[Any]]]

KEYS = 1 << 19
"""Keys that are made of the sketches at a time, 4 MB, where those of one band are not more."""
ROWS = 2048
"""Rows that share a band, in whole groups, whose pairs are made at a time."""


class Bands:
    """Finds the pairs of a table.

    Args:
        told: a flag for each row: those that are set are not compared.
        bound: where more rows share a band, it belongs to a template.
    """

    def __init__(self, table: Table, told: bytearray, bound: int) -> None:
        self._table = table
        self._told = told
        self._bound = bound
        self._low: list[Bits] = []

    def compare(self) -> None:
        """Note which rows are alike."""
        table, templates = self._table, self._table.templates
        for _, column in _keys(table.held, range(FIRST)):
            for group in repeats.largest_first(*repeats.grouped(column, self._bound, self._told)):
                templates.mark(group)
        table.note_same(self._told)
        self._low = _low_bits(table.held)
        for band, column in _keys(table.held, range(BANDS)):
            listed, sizes = self._few(*repeats.grouped(column, 1, self._told))
            if len(templates):
                listed, sizes = _some(listed, sizes, ~self._of_template(listed, sizes, column, band))
            for rows, others in _pairs(listed, sizes, table.border):
                self._note(rows, others)

    def _few(self, listed: Rows, sizes: Places) -> tuple[Rows, Places]:
        """The groups that are of no template by their size; the others are marked."""
        many = sizes > self._bound
        if not many.any():
            return listed, sizes
        for rows in repeats.largest_first(*_some(listed, sizes, many)):
            self._table.templates.mark(rows)
        return _some(listed, sizes, ~many)

    def _of_template(self, listed: Rows, sizes: Places, column: Words, band: int) -> Flags:
        """Which groups are of a template by what their rows share."""
        templates, found = self._table.templates, np.zeros(sizes.size, np.bool_)
        more = np.flatnonzero(sizes > FEW)
        if more.size:
            listed, sizes = _some(listed, sizes, sizes > FEW)
            marks = np.frombuffer(templates.marks, np.int32)[listed]
            place = np.where(marks >= 0, np.arange(listed.size), listed.size)
            first = np.minimum.reduceat(place, np.cumsum(sizes) - sizes)
            more, first = more[first < listed.size], first[first < listed.size]
            slots, apart = (held[marks[first]] for held in templates.words(band))
            differ = (column[listed[first]] ^ slots) | apart
            found[more] = np.count_nonzero(differ.view(np.uint8).reshape(-1, 8), axis=1) <= 1
        return found

    def _note(self, rows: Rows, others: Rows) -> None:
        """Note those pairs that are alike, are not known yet, and for which there is room."""
        table = self._table
        differ = np.zeros(rows.size, np.uint8)
        for low in self._low:
            differ += np.bitwise_count(low[rows] ^ low[others])
            likely = differ <= int((1 - ALIKE) * SLOTS)
            rows, others, differ = rows[likely], others[likely], differ[likely]
        if not rows.size:
            return
        known, beside = self._known(rows, others)
        left = ~known & (beside < ENOUGH)
        rows, others, beside = rows[left], others[left], beside[left]
        one, two = (repeats.gathered(table.held, some) for some in (rows, others))
        near = equal_slots(one, two) >= ALIKE * SLOTS
        near[near] = closely(table, rows[near], others[near], one[near], two[near])
        rows, others, beside = rows[near], others[near], beside[near]
        kept = beside + _numbered(rows, others < table.border) < ENOUGH
        for row, other in zip(rows[kept].tolist(), others[kept].tolist(), strict=True):
            table.found.add(row, other)

    def _known(self, rows: Rows, others: Rows) -> tuple[Flags, Places]:
        """Which pairs are noted, and how many are noted of the row with a row of the same kind of file as the other."""
        known, beside, border = np.zeros(rows.size, np.bool_), np.zeros(rows.size, np.intp), self._table.border
        for at, noted in self._table.found.walk(rows):
            known[at] |= noted == others[at]
            beside[at] += (noted < border) == (others[at] < border)
        return known, beside


def _some(listed: Rows, sizes: Places, which: Flags) -> tuple[Rows, Places]:
    """Some of the groups that stand one behind the other."""
    return listed[np.repeat(which, sizes)], sizes[which]


def _pairs(listed: Rows, sizes: Places, border: int) -> Iterator[tuple[Rows, Rows]]:
    """Each row of a group beside the first ones before it of either kind of file, the pairs of a row in one run."""
    ends = np.cumsum(sizes)
    first = start = 0
    while first < sizes.size:
        last = max(int(np.searchsorted(ends, start + ROWS, "right")), first + 1)
        end = int(ends[last - 1])
        yield _paired(listed[start:end], sizes[first:last], border)
        first, start = last, end


def _paired(listed: Rows, sizes: Places, border: int) -> tuple[Rows, Rows]:
    starts = np.cumsum(sizes) - sizes
    late = listed >= border
    early = np.repeat(np.add.reduceat(~late, starts, dtype=np.intp), sizes)
    before = np.arange(listed.size) - np.repeat(starts, sizes)
    trained = np.minimum(np.minimum(before, early), CROWD)
    counts = trained + np.where(late, np.minimum(before - early, CROWD), 0)
    row = np.repeat(np.arange(listed.size), counts)
    number = np.arange(row.size) - np.repeat(np.cumsum(counts) - counts, counts)
    beyond = number >= trained[row]
    other = (np.repeat(starts, sizes))[row] + number + np.where(beyond, (early - trained)[row], 0)
    return listed[row], listed[other]


def _numbered(rows: Rows, kinds: Flags) -> Places:
    """The place of each pair among those of the same row and kind, which stand one after the other."""
    places = np.arange(rows.size)
    fresh = np.ones(rows.size, np.bool_)
    fresh[1:] = (rows[1:] != rows[:-1]) | (kinds[1:] != kinds[:-1])
    return places - np.maximum.accumulate(np.where(fresh, places, 0))


def _keys(held: Chain, bands: range) -> Iterator[tuple[int, Words]]:
    """Bands, and the slots that each row has in them, which are to be used before the next ones are asked for."""
    step = min(max(1, KEYS // max(len(held), 1)), len(bands))
    made = np.empty((step, len(held)), np.uint64)
    for first in range(bands.start, bands.stop, step):
        some, at = range(first, min(first + step, bands.stop)), 0
        for block in held.views():
            until = at + len(block) // SLOTS
            for band in some:
                words(block, band, made[band - first, at:until])
            at = until
        yield from zip(some, made, strict=False)


def _low_bits(held: Chain) -> list[Bits]:
    """A bit of each slot: rows that differ in too many of them are not alike, and their slots are not fetched."""
    found: list[Bits] = [np.empty(len(held), kind) for kind in (np.uint64, np.uint32, np.uint16)]
    start = 0
    for block in held.views():
        bits = np.packbits(np.frombuffer(block, np.uint8).reshape(-1, SLOTS) & 1, axis=1)
        first = 0
        for low in found:
            some = np.ascontiguousarray(bits[:, first : first + low.itemsize])
            low[start : start + len(bits)] = some.view(low.dtype)[:, 0]
            first += low.itemsize
        start += len(bits)
    return found

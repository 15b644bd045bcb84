"""Pairs of rows whose sketches are alike: bands of slots find them, templates are put aside, slots are compared."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from operator import eq
from typing import NamedTuple

from ftlint.checks.sketches import ANSWER, CALLS, LABEL, SHORT, SLOTS, TURNS, Sketches

BANDS = 18
WIDTH = 6
"""Slots of a band: of rows that are 0.8 alike 99.6 % share one of 18 bands, of rows that are 0.2 alike 0.1 %."""
ALIKE = 0.8
"""Share of equal slots from which two rows are near-copies."""
ANSWERED = 6
"""Equal slots of the answers' sketches below which two rows have different answers."""
LABELLED = 0.9
"""The same where the answers are labels, and prompts do not begin and end the same."""
TELLING = 12
"""Slots that must be left when those of a template are put aside."""
FEW = 4
"""So many rows may share a band in a small file without being taken for rows of a template."""
SHARED = 0.04
"""The same as a share of the rows: where more rows share a band, it belongs to a template."""
MANY = 100
"""The same in a large file."""
FIRST = 6
"""Bands in which templates are looked for before rows are compared."""
LOOK = 8
"""Rows of a band that are looked at to know what is of the template."""
CROWD = 12
"""Rows of one band and file role that a row is compared with."""
ENOUGH = 8
"""Rows of one file role that are kept for a row as possible near-copies."""


class Match(NamedTuple):
    """A row, an earlier row that it is like, and how much (0..1). Rows count through all states."""

    row: int
    other: int
    alike: float


class _Template(NamedTuple):
    slots: int
    apart: int  # 0xFF in each slot that its rows do not share


class Table:
    """The sketches of all files, one after the other; the first ``training`` files are compared with all others."""

    def __init__(self, states: Sequence[Sketches], training: int) -> None:
        self.states = states
        self.starts = [0, *accumulate(len(state.lines) for state in states)]
        self.border = self.starts[training]
        self._templates: list[_Template] = []
        self._marks: array[int] = array("i")

    def place(self, row: int) -> tuple[int, int]:
        """Number of the state that holds a row, and its place there."""
        number = bisect_right(self.starts, row) - 1
        return number, row - self.starts[number]

    def matches(self, copies: frozenset[int]) -> Iterator[list[Match]]:
        """For each row, one list: the earlier rows it may be a near-copy of, the most alike first.

        Args:
            copies: rows that are told as copies of an earlier one, and are not compared.
        """
        self._marks = array("i", [-1]) * self.starts[-1]
        bound = max(FEW, min(SHARED * self.starts[-1], MANY))
        for band in range(FIRST):
            for rows in self._buckets(band, copies, bound):
                self._mark(rows)
        found = self._same(copies)
        for band in range(BANDS):
            for rows in self._buckets(band, copies, 1):
                if len(rows) > bound:
                    self._mark(rows)
                elif len(rows) <= FEW or not self._of_template(rows, band):
                    self._compare(rows, found)
        for row in sorted(found):
            likely = (Match(row, other, self._alike(row, other)) for other in found[row])
            yield sorted((one for one in likely if one.alike >= ALIKE), key=lambda one: (-one.alike, one.other))

    def _same(self, copies: frozenset[int]) -> dict[int, list[int]]:
        """Rows that say the same up to case and white space, beside the first one of each kind of file."""
        keys: list[int] = []
        for state in self.states:
            keys += [one << 32 | other for one, other in zip(state.letters, state.texts, strict=True)]
        often = {one for one, other in pairwise(sorted(keys)) if one == other}
        firsts: tuple[dict[int, int], dict[int, int]] = ({}, {})
        found: dict[int, list[int]] = {}
        for row, key in enumerate(keys) if often else ():
            if key in often and row not in copies:
                for first in firsts[: 1 + (row >= self.border)]:
                    if key in first:
                        found.setdefault(row, []).append(first[key])
                firsts[row >= self.border].setdefault(key, row)
        return found

    def _buckets(self, band: int, copies: frozenset[int], bound: float) -> Iterator[list[int]]:
        """Groups of more than so many rows that share the slots of a band, the largest first."""
        packed = bytearray(8 * self.starts[-1])
        for at in range(WIDTH):
            packed[at::8] = b"".join([state.slots[band * WIDTH + at :: SLOTS] for state in self.states])
        keys = memoryview(packed).cast("Q").tolist()
        often = {key for key, times in Counter(keys).items() if times > bound}
        groups: dict[int, list[int]] = {}
        for row, key in enumerate(keys) if often else ():
            if key in often and row not in copies:
                groups.setdefault(key, []).append(row)
        return (rows for rows in sorted(groups.values(), key=len, reverse=True) if len(rows) > 1)

    def _compare(self, rows: list[int], found: dict[int, list[int]]) -> None:
        """Note which rows of a bucket are alike, each beside the first ones of either kind of file."""
        kinds = [
            [row for row in rows if row < self.border][:CROWD],
            [row for row in rows if row >= self.border][:CROWD],
        ]
        held = {row: self._slots(row) for kind in kinds for row in kind}
        for row in rows[1:]:
            slots = held.get(row) or self._slots(row)
            known = found.get(row, [])
            for kind in kinds if row >= self.border else kinds[:1]:
                room = ENOUGH - sum((other < self.border) == (kind is kinds[0]) for other in known)
                for other in kind:
                    if other >= row or room <= 0:
                        break
                    if other not in known and self._close(row, other, slots, held[other]):
                        known.append(other)
                        room -= 1
            if known:
                found[row] = known

    def _slots(self, row: int) -> int:
        number, at = self.place(row)
        return int.from_bytes(self.states[number].slots[at * SLOTS : (at + 1) * SLOTS], "little")

    def _mark(self, rows: list[int]) -> None:
        """Note the template of the rows of a bucket."""
        sample = [rows[at * (len(rows) - 1) // (LOOK - 1)] for at in range(LOOK)]
        if all(self._marks[row] >= 0 for row in sample):
            return
        self._templates.append(_template([self._slots(row) for row in sample]))
        for row in rows:
            if self._marks[row] < 0:
                self._marks[row] = len(self._templates) - 1

    def _of_template(self, rows: list[int], band: int) -> bool:
        """Whether all but one of the slots that rows share in a band are those of a template."""
        row = next((row for row in rows if self._marks[row] >= 0), None)
        if row is None:
            return False
        template = self._templates[self._marks[row]]
        differ = ((self._slots(row) ^ template.slots) | template.apart) >> 8 * WIDTH * band
        return (differ & (1 << 8 * WIDTH) - 1).to_bytes(WIDTH, "little").count(0) >= WIDTH - 1

    def _close(self, row: int, other: int, one: int, two: int) -> bool:
        """Whether two rows are alike, which calls may be in spite of a template."""
        if _equal(one, two) < ALIKE * SLOTS:
            return False
        number, at = self.place(row)
        return bool(self.states[number].kinds[at] & CALLS) or self._beyond(row, other, one, two) >= ALIKE

    def _beyond(self, row: int, other: int, one: int, two: int) -> float:
        """How much two rows are alike beyond the template of one of them; 0 where too little is left to tell."""
        mark = max(self._marks[row], self._marks[other])
        aside = _common(one, two, self._templates[mark]) if mark >= 0 else 0
        left = SLOTS - aside
        return (_equal(one, two) - aside) / left if left >= TELLING else 0.0

    def _alike(self, row: int, other: int) -> float:
        """How much two rows are alike; 0 for what is another example, or cannot be judged."""
        (number, at), (others, place) = self.place(row), self.place(other)
        one, two = self.states[number], self.states[others]
        kinds = one.kinds[at] | two.kinds[place]
        if (one.kinds[at] ^ two.kinds[place]) & TURNS:  # one conversation, told up to another turn, is no copy
            return 0.0
        if one.letters[at] == two.letters[place]:  # the same text with other numbers is another exercise
            return float(one.texts[at] == two.texts[place])
        answers = one.answers[at * ANSWER : (at + 1) * ANSWER], two.answers[place * ANSWER : (place + 1) * ANSWER]
        slots = self._slots(row), self._slots(other)
        if kinds & SHORT or (kinds & CALLS and answers[0] != answers[1]):
            return 0.0
        if kinds & CALLS:
            return _equal(*slots) / SLOTS
        alike = self._beyond(row, other, *slots)
        unlike = _equal_bytes(*answers) < ANSWERED or (kinds & LABEL and alike < LABELLED)
        # Where prompts begin or end otherwise, it is another question about a text, or another text for a task.
        return 0.0 if unlike and one.edges[at] != two.edges[place] else alike


def _equal_bytes(one: bytes | bytearray, other: bytes | bytearray) -> int:
    return sum(map(eq, one, other))


def _common(one: int, other: int, template: _Template) -> int:
    """Slots in which two rows have the value of a template."""
    return _zeros((one ^ other) | (one ^ template.slots) | template.apart)


def _template(held: list[int]) -> _Template:
    """The values that all but a quarter of some rows have in a slot."""
    most, apart = bytearray(), bytearray()
    for column in zip(*(slots.to_bytes(SLOTS, "little") for slots in held), strict=True):
        value = max(column, key=column.count)
        most.append(value)
        apart.append(0 if column.count(value) * 4 >= len(column) * 3 else 255)
    return _Template(int.from_bytes(most, "little"), int.from_bytes(apart, "little"))


def _equal(one: int, other: int) -> int:
    return _zeros(one ^ other)


def _zeros(differ: int) -> int:
    return differ.to_bytes(SLOTS, "little").count(0)

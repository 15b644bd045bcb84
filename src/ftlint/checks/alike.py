"""Pairs of rows whose sketches are alike: bands of slots find them, templates are put aside, slots are compared."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from math import ceil
from operator import eq
from typing import TYPE_CHECKING, NamedTuple

from ftlint.checks import repeats
from ftlint.checks.sketches import ANSWER, CALLS, LABEL, SHORT, SLOTS, TURNS, Sketches

if TYPE_CHECKING:
    from ftlint.checks.buckets import Buckets

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
PAIRS = 20_000
"""Pairs that are compared at a time."""


_Found = dict[int, list[int]]


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
        told = bytearray(self.starts[-1] if copies else 0)
        for row in copies:
            told[row] = 1
        bound = int(max(FEW, min(SHARED * self.starts[-1], MANY)))
        found = (self._found_widely if repeats.worth_numpy(self.starts[-1]) else self._found)(told, bound)
        for row in sorted(found):
            likely = (Match(row, other, self._alike(row, other)) for other in found[row])
            yield sorted((one for one in likely if one.alike >= ALIKE), key=lambda one: (-one.alike, one.other))

    def _found(self, told: bytearray, bound: int) -> _Found:
        for band in range(FIRST):
            for rows in repeats.groups(self._keys(band), bound, told):
                self._mark(rows)
        found = self._same(told)
        for band in range(BANDS):
            buckets = repeats.groups(self._keys(band), 1, told)
            for rows in buckets:
                if len(rows) > bound:
                    self._mark(rows)
            few = (rows for rows in buckets if len(rows) <= bound)
            self._compare((rows for rows in few if len(rows) <= FEW or not self._of_template(rows, band)), found)
        return found

    def _found_widely(self, told: bytearray, bound: int) -> _Found:
        """The same by numpy."""
        import numpy as np

        from ftlint.checks import buckets

        slots = [np.frombuffer(state.slots, np.uint8).reshape(-1, SLOTS) for state in self.states]
        marks = np.frombuffer(self._marks, np.int32)
        for band in range(FIRST):
            self._mark_all(buckets.buckets(self._keys(band), bound, told))
        found = self._same(told)
        full = bytearray(self.starts[-1])
        for band in range(BANDS):
            held = buckets.buckets(self._keys(band), 1, told)
            self._mark_all(held.kept(held.sizes > bound))
            held = held.kept(held.sizes <= bound)
            if held.rows.size and marks.max() >= 0:
                marked = np.logical_or.reduceat(marks[held.rows] >= 0, held.starts[:-1]) & (held.sizes > FEW)
                asked = held.kept(marked)
                marked[marked] = [self._of_template(rows.tolist(), band) for rows in asked.each()]
                held = held.kept(~marked)
            for rows, others in buckets.pairs(held, self.border, CROWD, full):
                likely = buckets.equal(slots, self.starts, rows, others, ceil(ALIKE * SLOTS))
                for row, other in zip(rows[likely].tolist(), others[likely].tolist(), strict=True):
                    if other not in found.get(row, ()):
                        self._keep(row, other, found)
                        full[row] = self._full(found.get(row, ()))
        return found

    def _mark_all(self, held: Buckets) -> None:
        """Note the templates of crowded buckets, the largest first."""
        for rows in sorted(held.each(), key=lambda rows: (-len(rows), rows[0])):
            self._mark(rows.tolist())

    def _same(self, told: bytearray) -> _Found:
        """Rows that say the same up to case and white space, beside the first one of each kind of file."""
        found: _Found = {}
        for rows in repeats.groups(b"".join([state.texts for state in self.states]), 1, told):
            for kind in self._kinds(rows):
                for row in rows if kind else ():
                    if kind[0] < row and (row >= self.border or kind[0] < self.border):
                        found.setdefault(row, []).append(kind[0])
        return found

    def _kinds(self, rows: list[int]) -> tuple[list[int], list[int]]:
        """The first ones of some rows in either kind of file."""
        border = bisect_left(rows, self.border)
        return rows[:border][:CROWD], rows[border:][:CROWD]

    def _keys(self, band: int) -> bytearray:
        """The slots of a band, 8 bytes a row."""
        packed = bytearray(8 * self.starts[-1])
        first = band * WIDTH
        if not repeats.worth_numpy(self.starts[-1]):
            for at in range(WIDTH):
                packed[at::8] = b"".join([state.slots[first + at :: SLOTS] for state in self.states])
            return packed
        import numpy as np

        keys = np.frombuffer(packed, np.uint8).reshape(-1, 8)
        for state, start in zip(self.states, self.starts, strict=False):
            slots = np.frombuffer(state.slots, np.uint8).reshape(-1, SLOTS)
            keys[start : start + len(slots), :WIDTH] = slots[:, first : first + WIDTH]
        return packed

    def _compare(self, buckets: Iterable[list[int]], found: _Found) -> None:
        """Note which rows of each bucket are alike, each beside the first ones of either kind of file."""
        pairs: list[tuple[int, int]] = []
        for rows in buckets:
            pairs += self._pairs(rows, found)
            if len(pairs) > PAIRS:
                self._note(pairs, found)
                pairs = []
        self._note(pairs, found)

    def _pairs(self, rows: list[int], found: _Found) -> Iterator[tuple[int, int]]:
        """Pairs of a bucket that are not known yet, of rows for which there is room."""
        kinds = self._kinds(rows)
        for row in rows[1:]:
            known = found.get(row, ())
            for kind in kinds if row >= self.border else kinds[:1]:
                if self._room(known, kind):
                    yield from [(row, other) for other in kind if other < row and other not in known]

    def _room(self, known: Sequence[int], kind: Sequence[int]) -> bool:
        """Whether a row keeps another possible near-copy from the kind of file that these rows are in."""
        if len(known) < ENOUGH or not kind:
            return bool(kind)
        return sum((kind[0] < self.border) == (other < self.border) for other in known) < ENOUGH

    def _note(self, pairs: list[tuple[int, int]], found: _Found) -> None:
        for (row, other), equal in zip(pairs, self._equal(pairs), strict=True):
            if equal >= ALIKE * SLOTS:
                self._keep(row, other, found)

    def _keep(self, row: int, other: int, found: _Found) -> None:
        if self._room(found.get(row, ()), [other]) and self._close(row, other):
            found.setdefault(row, []).append(other)

    def _full(self, known: Sequence[int]) -> int:
        """Whether a row keeps no other possible near-copy from the training files (1), from the other ones (2)."""
        return (not self._room(known, [0])) + 2 * (not self._room(known, [self.border])) if len(known) >= ENOUGH else 0

    def _equal(self, pairs: list[tuple[int, int]]) -> list[int]:
        """How many slots the rows of each pair share."""
        held = {row: self._slots(row) for pair in pairs for row in pair}
        return [_zeros(held[row] ^ held[other]) for row, other in pairs]

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

    def _close(self, row: int, other: int) -> bool:
        """Whether two rows that share enough slots do so beyond a template, which calls need not."""
        number, at = self.place(row)
        calls = bool(self.states[number].kinds[at] & CALLS)
        return calls or self._beyond(row, other, self._slots(row), self._slots(other)) >= ALIKE

    def _beyond(self, row: int, other: int, one: int, two: int) -> float:
        """How much two rows are alike beyond the template of one of them; 0 where too little is left to tell."""
        mark = max(self._marks[row], self._marks[other])
        aside = _common(one, two, self._templates[mark]) if mark >= 0 else 0
        left = SLOTS - aside
        return (_zeros(one ^ two) - aside) / left if left >= TELLING else 0.0

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
            return _zeros(slots[0] ^ slots[1]) / SLOTS
        alike = self._beyond(row, other, *slots)
        unlike = _unlike(*answers) or (kinds & LABEL and alike < LABELLED)
        # Where prompts begin or end otherwise, it is another question about a text, or another text for a task.
        return 0.0 if unlike and one.edges[at] != two.edges[place] else alike


def _unlike(one: bytes | bytearray, other: bytes | bytearray) -> bool:
    """Whether two answers are different; those that are most of their rows are not, where the rows are alike."""
    return any(one) and any(other) and sum(map(eq, one, other)) < ANSWERED


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


def _zeros(differ: int) -> int:
    return differ.to_bytes(SLOTS, "little").count(0)

"""Pairs of rows whose sketches are alike: bands of slots find them, templates are put aside, slots are compared."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import takewhile
from operator import eq
from typing import NamedTuple

from ftlint.cells import Chain
from ftlint.checks import repeats
from ftlint.checks.found import Found
from ftlint.checks.sketches import CALLS, LABEL, SHORT, SLOTS, TURNS, Sketches
from ftlint.checks.templates import WIDTH, Templates, zeros

BANDS = 18
ALIKE = 0.8
"""Share of equal slots from which two rows are near-copies."""
ANSWERED = 6
"""Equal slots of the answers' sketches below which two rows have different answers."""
LABELLED = 0.9
"""The same where the answers are labels, and prompts do not begin and end the same."""
FEW = 4
"""So many rows may share a band in a small file without being taken for rows of a template."""
SHARED = 0.04
"""The same as a share of the rows: where more rows share a band, it belongs to a template."""
MANY = 100
"""The same in a large file."""
FIRST = 6
"""Bands in which templates are looked for before rows are compared."""
CROWD = 12
"""Rows of one band and file role that a row is compared with."""
ENOUGH = 8
"""Rows of one file role that are kept for a row as possible near-copies."""


class Match(NamedTuple):
    """A row, an earlier row that it is like, and how much (0..1). Rows count through all states."""

    row: int
    other: int
    alike: float


class Table:
    """The sketches of all files, one after the other; the first ``training`` files are compared with all others."""

    def __init__(self, states: Sequence[Sketches], training: int) -> None:
        self.states = states
        self.held = Chain([state.slots for state in states])
        self.starts = self.held.starts
        self.border = self.starts[training]
        self.place = self.held.place
        self.templates = Templates(self.held)
        self.found = Found(len(self.held))
        self._large = repeats.worth_numpy(len(self.held))

    def compare(self, told: bytearray) -> None:
        """Find the earlier rows that each row may be a near-copy of.

        Args:
            told: a flag for each row: those that are set are told as copies of an earlier one, and are not compared.
        """
        bound = int(max(FEW, min(SHARED * len(self.held), MANY)))
        if self._large:
            from ftlint.checks.bands import Bands

            Bands(self, told, bound).compare()
            return
        for band in range(FIRST):
            for rows in repeats.groups(self._keys(band), bound, told):
                self.templates.mark(rows)
        self.note_same(told)
        for band in range(BANDS):
            buckets = repeats.groups(self._keys(band), 1, told)
            for rows in buckets:
                if len(rows) > bound:
                    self.templates.mark(rows)
            for rows in buckets:
                if len(rows) <= FEW or (len(rows) <= bound and not self.templates.of_template(rows, band)):
                    self._note(rows)

    def matches(self, first: int, last: int) -> Iterator[list[Match]]:
        """For each of some rows, one list: the earlier rows it may be a near-copy of, the most alike first."""
        if self._large:
            from ftlint.checks import weighing

            yield from weighing.matches(self, first, last)
            return
        for row in self.found.rows(first, last):
            likely = (Match(row, other, self._alike(row, other)) for other in self.found.others(row))
            yield sorted((one for one in likely if one.alike >= ALIKE), key=lambda one: (-one.alike, one.other))

    def note_same(self, told: bytearray) -> None:
        """Note rows that say the same up to case and white space, beside the first one of each kind of file."""
        for rows in repeats.groups(b"".join(Chain([state.texts for state in self.states]).blocks()), 1, told):
            for kind in self._kinds(rows):
                for row in rows if kind else ():
                    if kind[0] < row and (row >= self.border or kind[0] < self.border):
                        self.found.add(row, kind[0])

    def _kinds(self, rows: list[int]) -> tuple[list[int], list[int]]:
        """The first ones of some rows in either kind of file."""
        border = bisect_left(rows, self.border)
        return rows[:border][:CROWD], rows[border:][:CROWD]

    def _keys(self, band: int) -> bytearray:
        """The slots of a band, 8 bytes a row."""
        packed, first = bytearray(8 * len(self.held)), band * WIDTH
        for at in range(WIDTH):
            packed[at::8] = b"".join([block[first + at :: SLOTS] for block in self.held.blocks()])
        return packed

    def _note(self, rows: list[int]) -> None:
        """Note which rows of a group are alike, each beside the first ones of either kind of file."""
        kinds, held = self._kinds(rows), {row: self._slots(row) for row in rows}
        for row in rows[1:]:
            known = self.found.others(row)
            for kind in kinds if row >= self.border else kinds[:1]:
                room = ENOUGH - sum((kind[0] < self.border) == (other < self.border) for other in known if kind)
                for other in takewhile(row.__gt__, kind):
                    if room > 0 and other not in known and self._close(row, other, held[row], held[other]):
                        self.found.add(row, other)
                        room -= 1

    def _slots(self, row: int) -> int:
        return int.from_bytes(self.held.row(row), "little")

    def _close(self, row: int, other: int, one: int, two: int) -> bool:
        """Whether two rows share enough slots, and do so beyond a template, which calls need not."""
        if zeros(one ^ two) < ALIKE * SLOTS:
            return False
        number, at = self.place(row)
        return bool(self.states[number].kinds[at] & CALLS) or self.templates.beyond(row, other, one, two) >= ALIKE

    def _alike(self, row: int, other: int) -> float:
        """How much two rows are alike; 0 for what is another example, or cannot be judged."""
        (number, at), (others, place) = self.place(row), self.place(other)
        one, two = self.states[number], self.states[others]
        kinds = one.kinds[at] | two.kinds[place]
        if (one.kinds[at] ^ two.kinds[place]) & TURNS:  # one conversation, told up to another turn, is no copy
            return 0.0
        if one.letters[at] == two.letters[place]:  # the same text with other numbers is another exercise
            return float(one.texts[at] == two.texts[place])
        answers = one.answers[at], two.answers[place]
        slots = self._slots(row), self._slots(other)
        if kinds & SHORT or (kinds & CALLS and answers[0] != answers[1]):
            return 0.0
        if kinds & CALLS:
            return zeros(slots[0] ^ slots[1]) / SLOTS
        alike = self.templates.beyond(row, other, *slots)
        unlike = _equal_bytes(*answers) < ANSWERED or (kinds & LABEL and alike < LABELLED)
        # Where prompts begin or end otherwise, it is another question about a text, or another text for a task.
        return 0.0 if unlike and one.edges[at] != two.edges[place] else alike


def _equal_bytes(one: bytes, other: bytes) -> int:
    return sum(map(eq, one, other))

"""Pairs of rows whose sketches are alike: bands of slots find them, templates are put aside, slots are compared."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, islice
from operator import eq
from typing import NamedTuple

from ftlint.cells import Chain
from ftlint.checks import repeats
from ftlint.checks.sketches import CALLS, LABEL, SHORT, SLOTS, TURNS, Sketches

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
_ONES = 0x0101_0101_0101_0101


class Match(NamedTuple):
    """A row, an earlier row that it is like, and how much (0..1). Rows count through all states."""

    row: int
    other: int
    alike: float


class _Template(NamedTuple):
    slots: int
    apart: int  # 0xFF in each slot that its rows do not share


class _Found:
    """Rows beside the earlier ones that they may be near-copies of: 4 bytes a row, and 8 for each such pair.

    Attributes:
        last: of each row the number of the pair that was noted last, or 0.
    """

    def __init__(self, rows: int) -> None:
        self.last = array("I", bytes(4 * rows))
        self._before = array("I", [0])
        self._others = array("I", [0])

    def add(self, row: int, other: int) -> None:
        """Note a pair."""
        self._before.append(self.last[row])
        self._others.append(other)
        self.last[row] = len(self._others) - 1

    def others(self, row: int) -> list[int]:
        """The earlier rows of a row."""
        found, pair = [], self.last[row]
        while pair:
            found.append(self._others[pair])
            pair = self._before[pair]
        return found

    def rows(self, first: int, last: int) -> Iterator[int]:
        """Those of some rows that have any."""
        return compress(range(first, last), islice(self.last, first, last))


class Table:
    """The sketches of all files, one after the other; the first ``training`` files are compared with all others."""

    def __init__(self, states: Sequence[Sketches], training: int) -> None:
        self.states = states
        self._held = Chain([state.slots for state in states])
        self.starts = self._held.starts
        self.border = self.starts[training]
        self.place = self._held.place
        self._templates: list[_Template] = []
        self._marks: array[int] = array("i")
        self._found = _Found(0)
        self._lows: repeats.Octets | None = None

    def compare(self, told: bytearray) -> None:
        """Find the earlier rows that each row may be a near-copy of.

        Args:
            told: a flag for each row: those that are set are told as copies of an earlier one, and are not compared.
        """
        self._marks = array("i", [-1]) * self.starts[-1]
        self._found = _Found(self.starts[-1])
        bound = int(max(FEW, min(SHARED * self.starts[-1], MANY)))
        for band in range(FIRST):
            for rows in repeats.groups(self._keys(band), bound, told):
                self._mark(rows)
        self._same(told)
        self._lows = self._low_bits() if repeats.worth_numpy(self.starts[-1]) else None
        for band in range(BANDS):
            buckets = repeats.groups(self._keys(band), 1, told)
            for rows in buckets:
                if len(rows) > bound:
                    self._mark(rows)
            few = (rows for rows in buckets if len(rows) <= bound)
            self._compare(rows for rows in few if len(rows) <= FEW or not self._of_template(rows, band))
        self._lows = None

    def matches(self, first: int, last: int) -> Iterator[list[Match]]:
        """For each of some rows, one list: the earlier rows it may be a near-copy of, the most alike first."""
        for row in self._found.rows(first, last):
            likely = (Match(row, other, self._alike(row, other)) for other in self._found.others(row))
            yield sorted((one for one in likely if one.alike >= ALIKE), key=lambda one: (-one.alike, one.other))

    def _same(self, told: bytearray) -> None:
        """Note rows that say the same up to case and white space, beside the first one of each kind of file."""
        for rows in repeats.groups(b"".join(Chain([state.texts for state in self.states]).blocks()), 1, told):
            for kind in self._kinds(rows):
                for row in rows if kind else ():
                    if kind[0] < row and (row >= self.border or kind[0] < self.border):
                        self._found.add(row, kind[0])

    def _kinds(self, rows: list[int]) -> tuple[list[int], list[int]]:
        """The first ones of some rows in either kind of file."""
        border = bisect_left(rows, self.border)
        return rows[:border][:CROWD], rows[border:][:CROWD]

    def _keys(self, band: int) -> bytearray:
        """The slots of a band, 8 bytes a row."""
        packed = bytearray(8 * self.starts[-1])
        first, start = band * WIDTH, 0
        if not repeats.worth_numpy(self.starts[-1]):
            for at in range(WIDTH):
                packed[at::8] = b"".join([block[first + at :: SLOTS] for block in self._held.blocks()])
            return packed
        import numpy as np

        keys = np.frombuffer(packed, np.uint8).reshape(-1, 8)
        for block in self._held.views():
            slots = np.frombuffer(block, np.uint8).reshape(-1, SLOTS)
            keys[start : start + len(slots), :WIDTH] = slots[:, first : first + WIDTH]
            start += len(slots)
        return packed

    def _low_bits(self) -> repeats.Octets:
        """A bit of each slot: rows that differ in too many of them are not alike, and their slots are not fetched."""
        import numpy as np

        found, start = np.empty((self.starts[-1], -(-SLOTS // 8)), np.uint8), 0
        for block in self._held.views():
            bits = np.packbits(np.frombuffer(block, np.uint8).reshape(-1, SLOTS) & 1, axis=1)
            found[start : start + len(bits)] = bits
            start += len(bits)
        return found

    def _compare(self, buckets: Iterable[list[int]]) -> None:
        """Note which rows of each bucket are alike, each beside the first ones of either kind of file."""
        pairs: list[tuple[int, int]] = []
        for rows in buckets:
            pairs += self._pairs(rows)
            if len(pairs) > PAIRS:
                self._note(pairs)
                pairs = []
        self._note(pairs)

    def _pairs(self, rows: list[int]) -> Iterator[tuple[int, int]]:
        """Pairs of a bucket that are not known yet, of rows for which there is room."""
        kinds, found = self._kinds(rows), self._found
        for row in rows[1:]:
            known = found.others(row) if found.last[row] else ()
            for kind in kinds if row >= self.border else kinds[:1]:
                if self._room(known, kind):
                    yield from [(row, other) for other in kind if other < row and other not in known]

    def _room(self, known: Sequence[int], kind: Sequence[int]) -> bool:
        """Whether a row keeps another possible near-copy from the kind of file that these rows are in."""
        if len(known) < ENOUGH or not kind:
            return bool(kind)
        return sum((kind[0] < self.border) == (other < self.border) for other in known) < ENOUGH

    def _note(self, pairs: list[tuple[int, int]]) -> None:
        for (row, other), equal in zip(pairs, self._equal(pairs), strict=True):
            if equal >= ALIKE * SLOTS and self._room(self._found.others(row), [other]) and self._close(row, other):
                self._found.add(row, other)

    def _equal(self, pairs: list[tuple[int, int]]) -> list[int]:
        """How many slots the rows of each pair share."""
        if self._lows is None or not repeats.worth_numpy(len(pairs)):
            held = {row: self._slots(row) for pair in pairs for row in pair}
            return [_zeros(held[row] ^ held[other]) for row, other in pairs]
        import numpy as np

        rows = np.array(pairs, np.intp).reshape(-1, 2)
        differ = self._lows[rows[:, 0]] ^ self._lows[rows[:, 1]]
        likely = np.flatnonzero(np.bitwise_count(differ).sum(axis=1) <= (1 - ALIKE) * SLOTS)
        one, other = (repeats.gathered(self._held, column) for column in rows[likely].T)
        same = (one == other).view(np.uint64)
        found = np.zeros(len(rows), np.intp)
        found[likely] = same.sum(axis=1) * np.uint64(_ONES) >> np.uint64(56)
        return found.tolist()

    def _slots(self, row: int) -> int:
        return int.from_bytes(self._held.row(row), "little")

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
        answers = one.answers[at], two.answers[place]
        slots = self._slots(row), self._slots(other)
        if kinds & SHORT or (kinds & CALLS and answers[0] != answers[1]):
            return 0.0
        if kinds & CALLS:
            return _zeros(slots[0] ^ slots[1]) / SLOTS
        alike = self._beyond(row, other, *slots)
        unlike = _equal_bytes(*answers) < ANSWERED or (kinds & LABEL and alike < LABELLED)
        # Where prompts begin or end otherwise, it is another question about a text, or another text for a task.
        return 0.0 if unlike and one.edges[at] != two.edges[place] else alike


def _equal_bytes(one: bytes, other: bytes) -> int:
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


def _zeros(differ: int) -> int:
    return differ.to_bytes(SLOTS, "little").count(0)

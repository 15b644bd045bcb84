"""Beside alike.py: templates, the slots that many rows share and that do not tell two of them apart."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ftlint.cells import Chain
from ftlint.checks.sketches import SLOTS

if TYPE_CHECKING:
    from ftlint.checks.repeats import Octets, Words

WIDTH = 6
"""Slots of a band: of rows that are 0.8 alike 99.6 % share one of 18 bands, of rows that are 0.2 alike 0.1 %."""
TELLING = 12
"""Slots that must be left when those of a template are put aside."""
LOOK = 8
"""Rows of a band that are looked at to know what is of the template."""


class Template(NamedTuple):
    """What its rows share: the values of the slots, and 0xFF in each slot that they do not share."""

    slots: int
    apart: int


class Templates:
    """The templates of some rows.

    Attributes:
        marks: of each row the number of its template, or -1.
    """

    def __init__(self, held: Chain) -> None:
        self._held = held
        self._templates: list[Template] = []
        self._slots = bytearray()  # the same as tables
        self._apart = bytearray()
        self.marks = array("i", [-1]) * len(held)

    def __len__(self) -> int:
        return len(self._templates)

    def mark(self, rows: Sequence[int]) -> None:
        """Note the template of rows that share a band."""
        marks = self.marks
        sample = [rows[at * (len(rows) - 1) // (LOOK - 1)] for at in range(LOOK)]
        if all(marks[row] >= 0 for row in sample):
            return
        slots, apart = _template([self._held.row(row) for row in sample])
        self._slots += slots
        self._apart += apart
        self._templates.append(Template(int.from_bytes(slots, "little"), int.from_bytes(apart, "little")))
        for row in rows:
            if marks[row] < 0:
                marks[row] = len(self._templates) - 1

    def of_template(self, rows: Sequence[int], band: int) -> bool:
        """Whether all but one of the slots that rows share in a band are those of a template."""
        row = next((row for row in rows if self.marks[row] >= 0), None)
        if row is None:
            return False
        template = self._templates[self.marks[row]]
        slots = int.from_bytes(self._held.row(row), "little")
        differ = ((slots ^ template.slots) | template.apart) >> 8 * WIDTH * band
        return (differ & (1 << 8 * WIDTH) - 1).to_bytes(WIDTH, "little").count(0) >= WIDTH - 1

    def beyond(self, row: int, other: int, one: int, two: int) -> float:
        """How much two rows are alike beyond the template of one of them; 0 where too little is left to tell."""
        mark = max(self.marks[row], self.marks[other])
        aside = _common(one, two, self._templates[mark]) if mark >= 0 else 0
        left = SLOTS - aside
        return (zeros(one ^ two) - aside) / left if left >= TELLING else 0.0

    def tables(self) -> tuple[Octets, Octets]:
        """By numpy, the slots of all templates, and where they are apart; no template may be added meanwhile."""
        import numpy as np

        slots, apart = (np.frombuffer(held, np.uint8).reshape(-1, SLOTS) for held in (self._slots, self._apart))
        return slots, apart

    def words(self, band: int) -> tuple[Words, Words]:
        """The same of one band, as its keys are."""
        return words(self._slots, band), words(self._apart, band)


def words(slots: bytes | bytearray | memoryview, band: int, out: Words | None = None) -> Words:
    """By numpy, the slots of a band of each row."""
    import numpy as np

    found: Words = np.ndarray((len(slots) // SLOTS,), "<u8", slots, WIDTH * band, (SLOTS,))
    return np.bitwise_and(found, np.uint64((1 << 8 * WIDTH) - 1), out=out)


def zeros(differ: int) -> int:
    """How many slots are 0 in the difference of two sketches."""
    return differ.to_bytes(SLOTS, "little").count(0)


def _common(one: int, other: int, template: Template) -> int:
    """Slots in which two rows have the value of a template."""
    return zeros((one ^ other) | (one ^ template.slots) | template.apart)


def _template(held: list[bytes]) -> tuple[bytes, bytes]:
    """The values that all but a quarter of some rows have in a slot."""
    most, apart = bytearray(), bytearray()
    for column in zip(*held, strict=True):
        value = max(column, key=column.count)
        most.append(value)
        apart.append(0 if column.count(value) * 4 >= len(column) * 3 else 255)
    return bytes(most), bytes(apart)

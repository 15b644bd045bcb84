"""Beside alike.py: the earlier rows that each row may be a near-copy of, as lists that are linked through columns."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import compress, islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftlint.checks.repeats import Places, Rows


class Found:
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

    def walk(self, rows: Places | Rows) -> Iterator[tuple[Places, Rows]]:
        """By numpy, the n-th earlier row of all these rows at once: which of them have one, and which it is.

        Nothing may be added before the end of the walk.
        """
        import numpy as np

        before, others = np.frombuffer(self._before, np.uint32), np.frombuffer(self._others, np.uint32)
        at, pairs = np.arange(rows.size), np.frombuffer(self.last, np.uint32)[rows]
        while True:
            at, pairs = at[pairs > 0], pairs[pairs > 0]
            if not at.size:
                return
            yield at, others[pairs]
            pairs = before[pairs]

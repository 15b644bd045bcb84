"""Beside stage 3: columns of digests and of numbers, and columns one after the other."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain
from typing import Any

from ftlint.column import Column

DIGEST = 16
"""Bytes of a digest."""


class Chain:
    """Columns one after the other, as if they were one."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.starts = [0, *accumulate(map(len, columns))]
        self.width = columns[0].width if columns else 0

    def __len__(self) -> int:
        return self.starts[-1]

    def place(self, row: int) -> tuple[int, int]:
        """Number of the column that holds a row, and its place there."""
        number = bisect_right(self.starts, row) - 1
        return number, row - self.starts[number]

    def row(self, row: int) -> bytes:
        """The bytes of one row."""
        number, at = self.place(row)
        return self.columns[number].row(at)

    def blocks(self) -> Iterator[bytes]:
        """All rows in order, some at a time."""
        return chain.from_iterable(column.blocks() for column in self.columns)

    def views(self) -> Iterator[bytes | memoryview]:
        """The same without copies, as of one column."""
        return chain.from_iterable(column.views() for column in self.columns)


class Cells(Column):
    """A column of so many bytes a row, which are given as they are."""

    __getitem__ = Column.row

    def __iter__(self) -> Iterator[bytes]:
        return (block[at : at + self.width] for block in self.blocks() for at in range(0, len(block), self.width))


class Numbers(Column):
    """A column of integers of a type that ``array`` knows."""

    def __init__(self, typecode: str = "I") -> None:
        self.typecode = typecode
        self._marks: list[int] = []  # every so manieth number
        super().__init__(array(typecode).itemsize)

    @property
    def _kind(self) -> Any:
        return self.typecode

    def extend(self, numbers: Iterable[int]) -> None:
        """Append numbers."""
        more = array(self.typecode)
        more.extend(numbers)
        self += more

    def __getitem__(self, at: int) -> int:
        return int.from_bytes(self.row(at), sys.byteorder)

    def __iter__(self) -> Iterator[int]:
        return chain.from_iterable(array(self.typecode, block) for block in self.blocks())

    def tolist(self) -> list[int]:
        """All of them."""
        return list(self)

    def held(self) -> array[int]:
        """All of them in memory, for what outlives the check and its file."""
        found = array(self.typecode)
        for block in self.blocks():
            found.frombytes(block)
        return found

    def find(self, number: int) -> int | None:
        """Place of a number in a column that is in order."""
        step = self._ahead
        if len(self._marks) * step < len(self):
            self._marks = [self[at] for at in range(0, len(self), step)]
        first = max(bisect_right(self._marks, number) - 1, 0) * step
        some = array(self.typecode, self.read(first, first + step))
        at = bisect_left(some, number)
        return first + at if at < len(some) and some[at] == number else None

    def moved(self, by: int) -> Numbers:
        """A column of the same numbers, each increased by so much."""
        column = Numbers(self.typecode)
        column.extend([number + by for number in self])
        return column

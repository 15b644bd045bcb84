"""Beside stage 3: columns of what is remembered of each row; what is above the limit in all (spill.py) is in a file."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, NamedTuple, Self

from ftlint.spill import STORE, File

STEP = 8192
"""Rows that are read at a time."""
AHEAD = 4096
"""Bytes that are read where one row is asked for."""
NEAR = 8
"""So many times that are held."""


class _Part(NamedTuple):
    """Where some rows of a column begin in a file."""

    file: File
    start: int


class Column:
    """Rows of so many bytes each, which are only appended to. It can be sent to another process."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._parts: list[_Part] = []
        self._ends: list[int] = []  # of the parts, in rows
        self._tail = bytearray()  # the rows behind them
        self._ahead = AHEAD // width
        self._near: dict[int, bytes] = {}

    def __iadd__(self, more: bytes | bytearray | memoryview | array[int] | Column) -> Self:
        """Append whole rows, or all of another column."""
        if isinstance(more, Column):
            if more._parts:
                self._spill()
                before = len(self)
                self._parts += more._parts
                self._ends += [before + end for end in more._ends]
            more = more._tail
        before = len(self._tail)
        self._tail += more
        if len(self._tail) >= STORE.count(len(self._tail) - before):
            self._spill()
        return self

    def _spill(self) -> None:
        if self._tail:
            rows, file = len(self), STORE.file()
            self._parts.append(_Part(file, file.put(self._tail)))
            self._ends.append(rows)
            STORE.count(-len(self._tail))
            self._tail = bytearray()

    def __del__(self) -> None:
        if hasattr(self, "_tail"):
            STORE.count(-len(self._tail))

    @property
    def _stored(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __len__(self) -> int:
        return self._stored + len(self._tail) // self.width

    def read(self, first: int, last: int) -> bytes:
        """The bytes of some rows; ``last`` is exclusive, and may lie beyond the end."""
        found, width, stored, last = [], self.width, self._stored, min(last, len(self))
        number = bisect_right(self._ends, first)
        while first < min(last, stored):
            begin, end = self._ends[number - 1] if number else 0, min(last, self._ends[number])
            file, start = self._parts[number]
            found.append(file.get(start + (first - begin) * width, (end - first) * width))
            first, number = end, number + 1
        if first < last:
            with memoryview(self._tail) as tail:
                found.append(bytes(tail[(first - stored) * width : (last - stored) * width]))
        return found[0] if len(found) == 1 else b"".join(found)

    def blocks(self) -> Iterator[bytes]:
        """All rows in order, STEP of them at a time."""
        return (self.read(at, at + STEP) for at in range(0, len(self), STEP))

    def views(self) -> Iterator[bytes | memoryview]:
        """The same without a copy of what is in memory; nothing may be appended while such a view is held."""
        for at in range(0, self._stored, STEP):
            yield self.read(at, min(at + STEP, self._stored))
        size = STEP * self.width
        for at in range(0, len(self._tail), size):
            yield memoryview(self._tail)[at : at + size]

    def held_apart(self) -> tuple[int, memoryview]:
        """How many rows are in a file, and a view of those behind them; as for ``views``, nothing may be appended."""
        return self._stored, memoryview(self._tail)

    def row(self, at: int) -> bytes:
        """The bytes of one row.

        Raises:
            IndexError: there is no such row.
        """
        if at < 0:
            raise IndexError(at)
        if not self._ends:
            found = bytes(self._tail[at * self.width : (at + 1) * self.width])
        else:
            number, place = divmod(at, self._ahead)
            found = self._around(number)[place * self.width : (place + 1) * self.width]
            if not found and at < len(self):  # rows have been appended since
                del self._near[number]
                return self.row(at)
        if not found:
            raise IndexError(at)
        return found

    def _around(self, number: int) -> bytes:
        """Some rows; those that were asked for last are held, since often the next row stands near one of them."""
        found = self._near.get(number)
        if found is None:
            if len(self._near) >= NEAR:
                self._near.clear()
            found = self._near[number] = self.read(number * self._ahead, (number + 1) * self._ahead)
        return found

    def __bytes__(self) -> bytes:
        return self.read(0, len(self))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Column):
            return NotImplemented
        alike = (self._kind, len(self)) == (other._kind, len(other))
        return alike and all(one == two for one, two in zip(self.blocks(), other.blocks(), strict=True))

    __hash__ = None  # type: ignore[assignment]

    @property
    def _kind(self) -> Any:
        return self.width

    def __reduce__(self) -> tuple[Any, ...]:
        """With the places of what is in a file that the other process has too, and whole where it has none."""
        if STORE.given is None:
            return made, (type(self), self._kind, bytes(self))
        return handed, (type(self), self._kind, bytes(self._tail), self._parts, self._ends)


def made(kind: type[Column], width: Any, content: bytes) -> Column:
    """A column of that content, which came from somewhere else."""
    column = kind(width)
    column._tail += content
    STORE.count(len(content))
    return column


def handed(kind: type[Column], width: Any, content: bytes, parts: list[_Part], ends: list[int]) -> Column:
    """The same with parts before that content which are in a file."""
    column = made(kind, width, content)
    column._parts, column._ends = parts, ends
    return column

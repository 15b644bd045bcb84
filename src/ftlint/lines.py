"""Stage 1: a run of whole lines as columns; a ``Line`` is made for those that are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from itertools import accumulate, count, repeat
from operator import add, attrgetter
from typing import overload

from ftlint.model import Line

_LINE: Callable[[tuple[int, int, bytes, bool]], Line] = partial(tuple.__new__, Line)
"""A line from its fields, without the call of a function in Python for each."""
_RAW, _NUMBER = attrgetter("raw"), attrgetter("number")


class Lines(Sequence[Line]):
    """Lines that follow one another in a file, each with a newline at its end and nothing else beside it.

    Attributes:
        raws: their bytes, without terminators.
        number: of the first one. ``offset``: of its first byte; ``end``: of the byte behind the last newline.
    """

    def __init__(self, raws: list[bytes], number: int, offset: int, end: int) -> None:
        self.raws = raws
        self.number = number
        self.offset = offset
        self.end = end

    @property
    def numbers(self) -> range:
        """The number of each line."""
        return range(self.number, self.number + len(self.raws))

    @cached_property
    def offsets(self) -> list[int]:
        """The offset of each line, and the end of the last one."""
        return list(map(add, accumulate(map(len, self.raws), initial=self.offset), count()))

    def __len__(self) -> int:
        return len(self.raws)

    @overload
    def __getitem__(self, at: int) -> Line: ...
    @overload
    def __getitem__(self, at: slice) -> Lines: ...
    def __getitem__(self, at: int | slice) -> Line | Lines:
        if isinstance(at, slice):
            first, last, step = at.indices(len(self))
            if step != 1:
                raise ValueError("lines that do not follow one another are no run of lines")
            last = max(first, last)
            return Lines(self.raws[first:last], self.number + first, self.offsets[first], self.offsets[last])
        at = range(len(self))[at]
        raw = self.raws[at]
        offset = self.end - len(raw) - 1 if at == len(self) - 1 else self.offsets[at]
        return Line(self.number + at, offset, raw, True)

    def __iter__(self) -> Iterator[Line]:
        return map(_LINE, zip(self.numbers, self.offsets, self.raws, repeat(True)))


def joined(one: Sequence[Line], two: Sequence[Line]) -> Sequence[Line]:
    """One run of lines and the one that follows it, as columns where both are."""
    if not one or not two:
        return one or two
    if isinstance(one, Lines) and isinstance(two, Lines) and one.end == two.offset:  # else one between was too long
        return Lines(one.raws + two.raws, one.number, one.offset, two.end)
    return [*one, *two]


def raws_of(lines: Sequence[Line]) -> list[bytes]:
    """The bytes of each line."""
    return lines.raws if isinstance(lines, Lines) else list(map(_RAW, lines))


def numbers_of(lines: Sequence[Line]) -> Sequence[int]:
    """The number of each line."""
    return lines.numbers if isinstance(lines, Lines) else list(map(_NUMBER, lines))

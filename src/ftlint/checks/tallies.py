"""Beside the checks of FT3, FT5 and FT6: how often each number stands in a column, and where some of them stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ftlint.cells import Numbers
from ftlint.checks import repeats

if TYPE_CHECKING:
    import numpy as np

    Values = np.ndarray[Any, np.dtype[np.unsignedinteger[Any]]]

SMALL = 1 << 16
"""Numbers below it are counted without being sorted."""


def times(column: Numbers) -> Counter[int]:
    """How often each number stands in a column."""
    if not repeats.worth_numpy(len(column)):
        return Counter(column)
    found = Counter[int]()
    for _, (numbers,) in parts(column):
        found.update(tally(numbers))
    return found


def parts(*columns: Numbers) -> Iterator[tuple[int, list[Values]]]:
    """By numpy, columns of one length a part at a time: the first row of the part, and the numbers of each column."""
    import numpy as np

    for at in range(0, len(columns[0]), repeats.PART):
        last = at + repeats.PART
        yield at, [np.frombuffer(column.read(at, last), column.typecode) for column in columns]


def tally(numbers: Values) -> dict[int, int]:
    """How often each of some numbers stands among them."""
    import numpy as np

    large = numbers >= SMALL
    few = np.bincount(numbers[~large] if large.any() else numbers)
    held = np.flatnonzero(few)
    found = dict(zip(held.tolist(), few[held].tolist(), strict=True))
    values, counts = np.unique(numbers[large], return_counts=True)
    found.update(zip(values.tolist(), counts.tolist(), strict=True))
    return found

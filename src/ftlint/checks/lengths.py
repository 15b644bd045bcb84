"""FT3 over the dataset: how long each example is, and the few that are far longer than the rest."""

from __future__ import annotations

import bisect
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from itertools import accumulate, compress
from typing import TypeVar

from ftlint.cells import Numbers
from ftlint.checks import tallies
from ftlint.checks.base import Batch, Context, FileResult
from ftlint.counted import NOT_COUNTED
from ftlint.model import Problem
from ftlint.records import dataclass

Number = TypeVar("Number", int, float)

LEAST_EXAMPLES = 50
TIMES = 8
"""An outlier is so many times as long as the median example."""
SPREAD = 6.0
"""And so many robust standard deviations above it, on a logarithmic scale."""
LEAST_DEVIATION = 0.1
"""For files whose examples are all of nearly one length."""
MOST = 0.01
"""Where more examples than this share are so long, long examples belong to the data."""


@dataclass
class Lengths:
    """Tokens of each counted example, and its line number, in order."""

    tokens: Numbers = field(default_factory=Numbers)
    lines: Numbers = field(default_factory=Numbers)

    def add(self, batch: Batch, _: Context) -> None:
        """Take in the next batch of the file."""
        totals = batch.tokens.totals
        if totals.count(NOT_COUNTED) == len(totals):
            return
        lines = batch.numbers
        if NOT_COUNTED in totals:
            lines = [line for line, tokens in zip(lines, totals, strict=True) if tokens != NOT_COUNTED]
            totals = [tokens for tokens in totals if tokens != NOT_COUNTED]
        self.tokens.extend(totals)
        self.lines.extend(lines)

    def merge(self, later: Lengths) -> None:
        """Take in the state of the lines that follow."""
        self.tokens += later.tokens
        self.lines += later.lines


def outliers(files: Sequence[FileResult], context: Context) -> Iterator[tuple[int, Problem]]:
    """FT305, where all examples were counted."""
    for file in files if context.settings.tokens else ():
        lengths: Lengths = file.states["lengths"]
        if len(lengths.tokens) < LEAST_EXAMPLES:
            continue
        times = tallies.times(lengths.tokens)
        median, limit = bound(times)
        if max(times) <= limit:
            continue
        if sum(held for tokens, held in times.items() if tokens > limit) > MOST * len(lengths.tokens):
            continue
        far = compress(zip(lengths.lines, lengths.tokens, strict=True), map(limit.__lt__, lengths.tokens))
        for number, tokens in far:
            values = {"tokens": tokens, "median": median, "times": tokens // max(median, 1)}
            yield file.index, Problem("FT305", number, (), values=values, data={"tokens": tokens})


def bound(tokens: Iterable[int]) -> tuple[int, float]:
    """The median, and the length above which an example is an outlier: by median absolute deviation of logarithms.

    Args:
        tokens: the lengths, or how often each of them occurs.
    """
    times = Counter(tokens)  # far fewer lengths than examples
    median = _median_low(times)
    middle = math.log(median + 1)
    apart: Counter[float] = Counter()
    for value, held in times.items():
        apart[abs(math.log(value + 1) - middle)] += held
    far = math.exp(middle + SPREAD * max(_median_low(apart) * 1.4826, LEAST_DEVIATION))
    return median, max(far, TIMES * (median + 1))


def _median_low(times: Counter[Number]) -> Number:
    """``statistics.median_low`` of values of which it is known how often each of them occurs."""
    values = sorted(times)
    below = (times.total() - 1) // 2
    return values[bisect.bisect_right(list(accumulate(times[value] for value in values)), below)]

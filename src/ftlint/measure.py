"""Tokens of a batch in one call to the tokenizer, and of a file as figures that merge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import field
from itertools import accumulate

from ftlint.cells import Numbers
from ftlint.checks.base import Batch, Context
from ftlint.counted import NOT_COUNTED, Counted, counted
from ftlint.model import TokenStats
from ftlint.records import dataclass
from ftlint.tokens import could_exceed

BINS = 24
"""Bars of the histogram; one more holds what lies beyond its axis."""
FEWEST = 10
"""Examples from which one of them can be an outlier."""
FAR = 2
"""An outlier is so many times as long as the longest of the other 99 %."""


@dataclass
class FileTokens:
    """Token totals of the examples of one file; far fewer than examples. Merges by adding up.

    Attributes:
        totals: how many counted examples have so many tokens. ``trained``: the sum of what the model learns to produce.
        estimated: some overhead is an estimate.
        each: where they are wanted, the figures of each counted example (``Counted.each``).
    """

    totals: Counter[int] = field(default_factory=Counter)
    trained: int = 0
    estimated: bool = False
    each: Numbers | None = None

    def add(self, tokens: Counted) -> None:
        """Take in the next batch of the file."""
        totals = tokens.totals
        self.totals.update([t for t in totals if t != NOT_COUNTED] if NOT_COUNTED in totals else totals)
        self.trained += tokens.trained
        self.estimated = self.estimated or tokens.estimated
        if self.each is not None:
            self.each.extend(tokens.each())

    def merge(self, later: FileTokens) -> None:
        """Take in the figures of the lines that follow."""
        self.totals.update(later.totals)
        self.trained += later.trained
        self.estimated = self.estimated or later.estimated
        if self.each is not None and later.each is not None:
            self.each += later.each

    def stats(self, encoding: str, limit: int | None) -> TokenStats:
        """The figures of the report. Percentiles are nearest-rank: p5 is at 0.05, p95 at 0.95."""
        times = sorted(self.totals.items())
        if not times:
            return TokenStats(0, 0, 0, 0, 0, 0, encoding, limit=limit)
        most, examples = times[-1][0], self.totals.total()
        top = max(_axis(times, examples), 1)
        bars = [0] * (BINS + (most > top))
        for value, held in times:
            bars[BINS if value > top else min(value * BINS // top, BINS - 1)] += held
        every = sum(value * held for value, held in times)
        return TokenStats(
            total=every,
            trained=self.trained,
            max=most,
            p5=_rank(times, examples, 0.05),
            p50=_rank(times, examples, 0.50),
            p95=_rank(times, examples, 0.95),
            encoding=encoding,
            billed=every if limit is None else sum(min(value, limit) * n for value, n in times),
            limit=limit,
            over_limit=0 if limit is None else sum(n for value, n in times if value > limit),
            histogram=tuple(bars),
            histogram_max=top,
            estimated=self.estimated,
        )


def _axis(times: list[tuple[int, int]], examples: int) -> int:
    """Where the bars end: at the largest value that is no outlier, so that few far away do not squeeze all others."""
    most, left = times[-1][0], max(examples // 100, 1)
    for value, held in reversed(times):
        left -= held
        if left < 0:
            return most if examples < FEWEST else max(near for near, _ in times if near <= FAR * value)
    return most


def _rank(times: list[tuple[int, int]], examples: int, share: float) -> int:
    """The smallest value that at least this share of all values does not exceed; values in order, with their counts."""
    wanted = max(-(-int(share * 100) * examples // 100), 1)
    seen = accumulate(n for _, n in times)
    return next(value for (value, _), held in zip(times, seen, strict=True) if held >= wanted)


def measure(batch: Batch, context: Context, into: FileTokens) -> None:
    """Set ``batch.tokens``, one entry per example, and add them up.

    Without token counting only lines whose bytes could exceed the limit are counted, since a token has at least one
    byte; the others are None, and the file's figures are not used.
    """
    wanted = range(len(batch.examples)) if context.settings.tokens else _suspects(batch, context.limit)
    batch.tokens = counted(batch.values, wanted, batch.format, context.encoding, batch.talks, batch.tooled)
    into.add(batch.tokens)


def _suspects(batch: Batch, limit: int | None) -> Sequence[int]:
    """The places of the examples that could have more tokens than the limit; of short lines only odd ones could."""
    if limit is None:
        return ()
    raws = batch.raws
    short = max(map(len, raws), default=0) <= limit
    return [at for at in (batch.talks.odd if short else range(len(raws))) if could_exceed(raws[at], limit)]

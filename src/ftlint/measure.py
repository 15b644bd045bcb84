"""Tokens of a batch in one call to the tokenizer, and of a file as figures that merge."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from ftlint.checks.base import Batch, Context
from ftlint.model import Example, TokenStats
from ftlint.tokens import ExampleTokens, could_exceed, count, plan, total

BINS = 24
"""Bars of the histogram."""


@dataclass
class FileTokens:
    """Token totals per example of one file, in order; merges by joining.

    Attributes:
        totals: tokens per counted example. ``trained``: the sum of what the model learns to produce.
        estimated: some overhead is an estimate.
    """

    totals: array[int] = field(default_factory=lambda: array("Q"))
    trained: int = 0
    estimated: bool = False

    def add(self, tokens: ExampleTokens) -> None:
        """Take in one example."""
        self.totals.append(tokens.total)
        self.trained += tokens.trained
        self.estimated = self.estimated or tokens.estimated

    def stats(self, encoding: str, limit: int | None) -> TokenStats:
        """The figures of the report. Percentiles are nearest-rank: p5 is at 0.05, p95 at 0.95."""
        ordered = sorted(self.totals)
        if not ordered:
            return TokenStats(0, 0, 0, 0, 0, 0, encoding, limit=limit)
        top = max(ordered[-1], 1)
        bars = [0] * BINS
        for value in ordered:
            bars[min(value * BINS // top, BINS - 1)] += 1
        return TokenStats(
            total=sum(ordered),
            trained=self.trained,
            max=ordered[-1],
            p5=_rank(ordered, 0.05),
            p50=_rank(ordered, 0.50),
            p95=_rank(ordered, 0.95),
            encoding=encoding,
            billed=sum(min(value, limit) for value in ordered) if limit is not None else sum(ordered),
            limit=limit,
            over_limit=sum(value > limit for value in ordered) if limit is not None else 0,
            histogram=tuple(bars),
            histogram_max=top,
            estimated=self.estimated,
        )


def _rank(ordered: list[int], share: float) -> int:
    """The smallest value that at least this share of all values does not exceed."""
    return ordered[max(-(-int(share * 100) * len(ordered) // 100), 1) - 1]


def measure(batch: Batch, context: Context, into: FileTokens) -> None:
    """Set ``batch.tokens``, one entry per example, and add them up.

    Without token counting only lines whose bytes could exceed the limit are counted, since a token has at least one
    byte; the others are None, and the file's figures are not used.
    """
    wanted = [_wanted(example, context) for example in batch.examples]
    plans = [
        plan(example.value, batch.format, context.encoding) if want else []
        for example, want in zip(batch.examples, wanted, strict=True)
    ]
    parts = [part for parts in plans for part in parts]
    counts = count([part.text for part in parts], context.encoding) if parts else []
    at = 0
    batch.tokens = []
    for want, parts in zip(wanted, plans, strict=True):
        tokens = total(parts, counts[at : at + len(parts)]) if want else None
        at += len(parts)
        batch.tokens.append(tokens)
        if tokens is not None:
            into.add(tokens)


def _wanted(example: Example, context: Context) -> bool:
    return context.settings.tokens or (context.limit is not None and could_exceed(example.line.raw, context.limit))

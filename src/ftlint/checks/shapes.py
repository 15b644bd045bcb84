"""FT1 and FT2, checks of single rows that find nothing in plain ones, nor where all is well with tools and calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ftlint.checks.base import Batch, BatchCheck, Context
from ftlint.model import Example, Problem


def per_odd(check: Callable[[Example, Batch, Context], Iterator[Problem]]) -> BatchCheck:
    """A check of one example as a check of a batch."""

    def run(batch: Batch, context: Context) -> Iterator[Problem]:
        for example in batch.odd:
            yield from check(example, batch, context)

    return run

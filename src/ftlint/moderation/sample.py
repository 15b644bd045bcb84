"""Moderation, stage 0: a random sample of the examples, where the user asked for no more than that."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator

from ftlint.moderation.units import Row

Rows = Callable[[], Iterable[Row]]
SEED = 20_240_926
"""Fixed, so that a repeated pass asks for the same examples, which the cache knows."""


def sampled(rows: Rows, most: int) -> tuple[Rows, int]:
    """At most so many of the examples, in their order, and how many there are in all.

    Args:
        rows: the examples; read once here, and once each time that the sample is read.
        most: examples in the sample; all of them where there are no more.
    """
    total = sum(1 for _ in rows())
    if total <= most:
        return rows, total
    chosen = frozenset(random.Random(SEED).sample(range(total), most))  # noqa: S311 (no secret)

    def some() -> Iterator[Row]:
        return (row for number, row in enumerate(rows()) if number in chosen)

    return some, total

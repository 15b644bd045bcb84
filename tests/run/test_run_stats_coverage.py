"""The 95 % intervals hold the true difference in 93 to 97 % of 2,000 simulated evaluations."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from ftlint.run.stats import paired

SIMULATIONS = 2000


def normal(source: random.Random) -> float:
    return source.gauss(3.0, 15.0)


def rouge_like(source: random.Random) -> float:
    """The difference of two scores between 0 and 100, many of them equal, as two systems of one family give."""
    if source.random() < 0.15:
        return 0.0
    return 100 * (source.betavariate(2, 3) - source.betavariate(2, 4))


TRUE = {normal: 3.0, rouge_like: 0.85 * 100 * (2 / 5 - 2 / 6)}


@pytest.mark.slow
@pytest.mark.parametrize(("draw", "n"), [(normal, 40), (rouge_like, 40)])
def test_coverage(draw: Callable[[random.Random], float], n: int) -> None:
    source = random.Random(20_261_122)
    true = TRUE[draw]
    by_t = by_bootstrap = agreed = 0
    for number in range(SIMULATIONS):
        found = paired([draw(source) for _ in range(n)], seed=number)
        assert found.low is not None and found.high is not None  # noqa: PT018
        assert found.boot_low is not None and found.boot_high is not None  # noqa: PT018
        by_t += found.low <= true <= found.high
        by_bootstrap += found.boot_low <= true <= found.boot_high
        agreed += bool(found.agree)
    assert 0.93 <= by_t / SIMULATIONS <= 0.97
    assert 0.93 <= by_bootstrap / SIMULATIONS <= 0.97
    assert agreed / SIMULATIONS > 0.95

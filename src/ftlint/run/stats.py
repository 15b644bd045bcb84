"""Paired comparison of two systems: mean difference, 95 % intervals (t and bootstrap), wins, a careful verdict."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

LEAST = 30
"""Pairs below which there is no verdict: the t interval leans on the mean of many differences being near normal."""

CONFIDENCE = 0.95
_RESAMPLES = 4000
_DRAWS = 8_000_000  # fewer resamples of very many examples, whose interval is narrow anyway
_TIE = 1e-9


@dataclass(frozen=True, slots=True)
class Paired:
    """The difference between two systems on the examples that both answered, in points of the metric (0..100).

    Attributes:
        mean: of the differences, left minus right; None without a pair.
        low: lower end of the 95 % t interval, ``high`` its upper end; None below two pairs.
        boot_low: lower end of the bootstrap percentile interval, ``boot_high`` its upper end.
        agree: both intervals say the same about 0; None where there is no interval.
        wins: examples on which the left system scores higher.
        verdict: ``better``, ``worse``, or None: the interval holds 0, or there are too few pairs.
    """

    n: int
    mean: float | None
    low: float | None
    high: float | None
    boot_low: float | None
    boot_high: float | None
    agree: bool | None
    wins: int
    ties: int
    losses: int
    verdict: str | None


def paired(differences: Sequence[float], seed: int = 42, confidence: float = CONFIDENCE) -> Paired:
    """Compare two systems by the differences of their scores, example by example.

    Args:
        differences: left minus right, one per example that both systems answered.
        seed: of the bootstrap.
        confidence: of both intervals, and with them of the verdict.
    """
    n = len(differences)
    wins = sum(value > _TIE for value in differences)
    losses = sum(value < -_TIE for value in differences)
    counts = (wins, n - wins - losses, losses)
    mean = math.fsum(differences) / n if n else None
    if mean is None or n < 2:
        return Paired(n, mean, None, None, None, None, None, *counts, None)
    spread = math.sqrt(math.fsum((value - mean) ** 2 for value in differences) / (n - 1))
    half = t_quantile((1 + confidence) / 2, n - 1) * spread / math.sqrt(n)
    low, high = mean - half, mean + half
    boot_low, boot_high = bootstrap(differences, seed, confidence)
    side = _side(low, high)
    verdict = side if n >= LEAST else None
    return Paired(n, mean, low, high, boot_low, boot_high, side == _side(boot_low, boot_high), *counts, verdict)


def _side(low: float, high: float) -> str | None:
    return "better" if low > _TIE else "worse" if high < -_TIE else None


def bootstrap(values: Sequence[float], seed: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The percentile interval of the mean over seeded resamples (nearest rank)."""
    source = random.Random(seed)  # noqa: S311 (a reproducible sample, no secret)
    n = len(values)
    count = max(400, min(_RESAMPLES, _DRAWS // n))
    means = sorted(sum(source.choices(values, k=n)) / n for _ in range(count))
    tail = (1 - confidence) / 2
    return means[math.ceil(tail * count) - 1], means[math.ceil((1 - tail) * count) - 1]


def t_quantile(probability: float, freedom: float) -> float:
    """The quantile of Student's t distribution, by bisection of its distribution function.

    Args:
        probability: between 0.5 and 1, exclusive.
        freedom: degrees of freedom, greater than 0.
    """
    low, high = 0.0, 1.0
    while t_cdf(high, freedom) < probability:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if t_cdf(middle, freedom) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def t_cdf(value: float, freedom: float) -> float:
    """P(T <= value) of Student's t distribution for a value of at least 0."""
    return 1 - beta_ratio(freedom / (freedom + value * value), freedom / 2, 0.5) / 2


def beta_ratio(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), by its continued fraction (Lentz's method)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    if x < (a + 1) / (a + b + 2):
        return math.exp(log_front) * _fraction(x, a, b) / a
    return 1 - math.exp(log_front) * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    tiny = 1e-300
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > tiny else tiny)
    result = d
    for m in range(1, 1000):
        for factor in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 + factor * d
            d = 1 / (d if abs(d) > tiny else tiny)
            c = 1 + factor / c
            c = c if abs(c) > tiny else tiny
            result *= c * d
        if abs(c * d - 1) < 1e-16:
            break
    return result

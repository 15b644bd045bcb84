"""Intervals against scipy, and a verdict that says no more than they allow."""

from __future__ import annotations

import random

import pytest

from ftlint.run.stats import bootstrap, paired, t_cdf, t_quantile

scipy_stats = pytest.importorskip("scipy.stats")


@pytest.mark.parametrize("freedom", [1, 2, 3, 5, 10, 29, 30, 99, 199, 999, 10_000, 1e6])
@pytest.mark.parametrize("probability", [0.6, 0.9, 0.975, 0.995, 0.9999])
def test_the_t_quantile_is_scipy_s(freedom: float, probability: float) -> None:
    assert t_quantile(probability, freedom) == pytest.approx(scipy_stats.t.ppf(probability, freedom), rel=1e-9)


@pytest.mark.parametrize("value", [0.0, 0.1, 1.0, 2.5, 8.0, 40.0])
def test_the_t_distribution_is_scipy_s(value: float) -> None:
    for freedom in (1, 4, 33, 1000):
        assert t_cdf(value, freedom) == pytest.approx(scipy_stats.t.cdf(value, freedom), abs=1e-12)


def sample(n: int, mean: float, spread: float, seed: int = 1) -> list[float]:
    source = random.Random(seed)
    return [source.gauss(mean, spread) for _ in range(n)]


def test_the_interval_is_scipy_s() -> None:
    values = sample(57, 2.0, 9.0)
    expected = scipy_stats.ttest_1samp(values, 0).confidence_interval(0.95)
    found = paired(values)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-9)
    assert found.mean == pytest.approx(sum(values) / 57)
    assert found.n == found.wins + found.ties + found.losses == 57


def test_the_bootstrap_is_near_scipy_s_and_the_same_every_time() -> None:
    values = sample(80, 3.0, 10.0)
    expected = scipy_stats.bootstrap(
        (values,), lambda x, axis: x.mean(axis=axis), method="percentile", rng=1, n_resamples=9999
    ).confidence_interval
    found = bootstrap(values, 42)
    assert found == pytest.approx((expected.low, expected.high), abs=0.3)
    assert found == bootstrap(values, 42)
    assert found != bootstrap(values, 43)


@pytest.mark.parametrize(
    ("values", "verdict", "agree"),
    [
        (sample(60, 5.0, 3.0), "better", True),
        (sample(60, -5.0, 3.0), "worse", True),
        (sample(60, 0.1, 9.0), None, True),
        (sample(29, 50.0, 1.0), None, True),
        ([1.0] * 30, "better", True),
        ([0.0] * 40, None, True),
        ([0.0] * 39 + [80.0], None, True),
        ([5.0], None, None),
        ([], None, None),
    ],
)
def test_there_is_a_verdict_only_when_the_figures_carry_it(
    values: list[float], verdict: str | None, agree: bool | None
) -> None:
    found = paired(values)
    assert (found.verdict, found.agree) == (verdict, agree)
    if len(values) < 2:
        assert (found.low, found.high) == (None, None)


def test_disagreeing_intervals_are_said_to_disagree() -> None:
    values = [0.0] * 45 + [20.0] * 3 + [60.0]
    found = paired(values)
    assert found.low is not None
    assert found.boot_low is not None
    assert found.agree is ((found.low > 0) == (found.boot_low > 0))


def test_ties_are_counted_as_ties() -> None:
    found = paired([0.0, 1e-12, -1e-12, 1.0, -2.0])
    assert (found.wins, found.ties, found.losses) == (1, 3, 1)

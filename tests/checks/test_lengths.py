"""FT305: the few examples that are far longer than the rest; "FT305" has no example on its page."""

from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.judged import TODAY, assistant, conversation, rows, user
from ftlint import engine
from ftlint.checks.lengths import LEAST_DEVIATION, SPREAD, TIMES, bound
from ftlint.model import Finding, Level, Role
from ftlint.settings import Settings


def lengths(*sizes: int, **changes: object) -> list[Finding]:
    """The findings of the rule on examples with answers of so many words."""
    made = [
        conversation(user(f"Tell me about the number {n}."), assistant(" ".join(f"w{n}x{k}" for k in range(size))))
        for n, size in enumerate(sizes)
    ]
    settings = Settings(today=TODAY, select=("FT305",), **changes)  # type: ignore[arg-type]
    return list(engine.check([("-", Role.TRAIN)], settings, stdin=rows(*made).encode()).findings)


USUAL = [20 + n % 30 for n in range(120)]


def test_one_that_is_fifty_times_as_long() -> None:
    found = lengths(*USUAL[:60], 1750, *USUAL[60:])
    assert [(finding.code, finding.level, finding.line) for finding in found] == [("FT305", Level.INFO, 61)]
    assert "times the median" in found[0].message


def test_among_examples_of_one_length() -> None:
    assert [finding.line for finding in lengths(*[30] * 110, 600)] == [111]


@pytest.mark.parametrize(
    "sizes",
    [
        USUAL,
        [*USUAL, 150],
        [*USUAL, 1],
        [30] * 60,
        [*USUAL[:40], 3000],
        [2 + int(1.08**n) for n in range(100)],
        [*USUAL, *[1500] * 5],
        [20, 900] * 40,
    ],
    ids=["usual", "four times", "short", "equal", "few examples", "heavy tail", "several long ones", "two kinds"],
)
def test_lengths_that_belong_to_the_data(sizes: list[int]) -> None:
    assert lengths(*sizes) == []


def test_it_is_not_judged_where_tokens_are_not_counted() -> None:
    assert lengths(*USUAL, 1750, tokens=False) == []


def test_the_bound_is_never_below_eight_medians() -> None:
    assert bound([100] * 50) == (100, 8 * 101)
    median, limit = bound([10, 100, 1000] * 20)
    assert median == 100
    assert limit > 1_000_000


@given(st.lists(st.integers(0, 60) | st.integers(0, 10**6), min_size=1, max_size=80))
def test_the_bound_is_that_of_the_plain_medians(tokens: list[int]) -> None:
    median = statistics.median_low(tokens)
    middle = math.log(median + 1)
    deviation = statistics.median_low([abs(math.log(value + 1) - middle) for value in tokens]) * 1.4826
    far = math.exp(middle + SPREAD * max(deviation, LEAST_DEVIATION))
    assert bound(tokens) == (median, max(far, TIMES * (median + 1)))

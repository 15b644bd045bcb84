"""The histogram of tokens: bars up to an axis that no outlier stretches, and one more for what is beyond."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftlint.measure import BINS, FileTokens
from ftlint.model import TokenStats
from ftlint.reports import Options
from ftlint.reports.figures import beyond
from ftlint.reports.html_charts import histogram
from ftlint.reports.summary import render
from samples import FILE, report


def stats(*totals: int, limit: int | None = None) -> TokenStats:
    return FileTokens(Counter(totals)).stats("o200k_base", limit)


@pytest.mark.parametrize(
    ("totals", "axis", "far"),
    [
        ((*range(100, 200), 50_000), 199, 1),
        ((*range(100, 120), 50_000), 119, 1),
        ((*range(100, 300), 310, 320, 50_000, 60_000), 320, 2),
        ((*range(100, 200), 390), 390, 0),
        ((10, 20, 50_000), 50_000, 0),
        ((7,) * 30, 7, 0),
        ((*(10,) * 50, *(50_000,) * 50), 50_000, 0),
        ((0,) * 20, 1, 0),
    ],
)
def test_the_axis_ends_before_the_outliers(totals: tuple[int, ...], axis: int, far: int) -> None:
    found = stats(*totals)
    counts, left = beyond(found)
    assert (found.histogram_max, left, len(counts)) == (axis, far, BINS)
    assert sum(counts) + left == len(totals)


@given(st.lists(st.integers(0, 5_000_000), min_size=1, max_size=200))
def test_every_example_is_in_one_bar(totals: list[int]) -> None:
    found = stats(*totals)
    counts, far = beyond(found)
    assert sum(counts) + far == len(totals)
    assert far == sum(total > found.histogram_max for total in totals)
    assert far <= max(len(totals) // 100, 1)


def test_bars_are_of_equal_width() -> None:
    found = stats(*range(1, 49))
    assert found.histogram == (1, *(2,) * (BINS - 2), 3)


def test_what_is_beyond_stands_apart_on_the_terminal_and_on_the_page() -> None:
    found = stats(*range(100, 200), 50_000, limit=65_536)
    page = histogram(found)
    assert "199 to 50,000 tokens: 1 example" in page
    assert ">to 50k</text>" in page
    assert 'class="error"' not in page
    over = histogram(stats(*range(100, 200), 50_000, limit=40_000))
    assert over.count('class="error"') == 1
    shown = render(report(files=(replace(FILE, tokens=found),)), Options())
    assert "to 199 and 1 beyond · limit 65,536" in shown
    plain = histogram(stats(*range(100, 200)))
    assert "to 50k" not in plain

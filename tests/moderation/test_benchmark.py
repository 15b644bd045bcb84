"""The benchmark in simulated time keeps what it promises: requests, minutes, resumed and repeated passes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:
    sys.path.append(str(ROOT))

from benchmarks.moderation.__main__ import promises, table  # noqa: E402
from benchmarks.moderation.data import ASSISTANT, SYSTEM, USER, examples  # noqa: E402
from benchmarks.moderation.passes import scenario  # noqa: E402
from benchmarks.moderation.service import billed  # noqa: E402

from ftlint.moderation import tier_limits  # noqa: E402


@pytest.mark.parametrize(
    ("count", "by_length", "silent"),
    [(10_000, False, False), (1_000, True, False), (1_000, False, True), (1_000, True, True)],
)
def test_the_first_tier(count: int, by_length: bool, silent: bool) -> None:
    found = scenario(count, by_length=by_length, silent=silent)
    assert promises(found, "1", by_length=by_length) == []
    script, first, changed, half, rest = found
    limits = tier_limits("1")
    assert script.requests - script.refused == 3 * count
    assert 50 * first.requests <= 3 * count, "the script's retries left out"
    assert first.minutes <= 1.1 * first.floor(limits)
    assert first.tokens < 1.04 * (count * (USER + ASSISTANT) + SYSTEM), "the roles in front cost little"
    assert (first.strings, first.coverage) == (count + 1, 1.0)
    assert (half.coverage < 1, rest.coverage) == (True, 1.0)
    assert half.strings + rest.strings == count + 1
    assert half.repeated == rest.repeated == 0
    assert changed.strings == count // 100
    assert table(found, "1").count("\n") == 6


def test_the_examples_are_what_they_are_said_to_be() -> None:
    rows = examples(50)
    assert {tuple(billed(text.text) for text in row.texts) for row in rows} == {(SYSTEM, USER, ASSISTANT)}
    assert len({row.texts[1].text for row in rows}) == 50
    changed = examples(50, changed=5)
    assert [one == other for one, other in zip(rows, changed, strict=True)] == [False] * 5 + [True] * 45

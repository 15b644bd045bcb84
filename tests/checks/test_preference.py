"""FT153: pairs whose two outputs say the same."""

from __future__ import annotations

from typing import Any

import pytest

from checks.judged import codes, judged, one, rows, user
from ftlint.model import Level


def pair(preferred: str, other: str) -> dict[str, Any]:
    return {
        "input": {"messages": [user()]},
        "preferred_output": [{"role": "assistant", "content": preferred}],
        "non_preferred_output": [{"role": "assistant", "content": other}],
    }


@pytest.mark.parametrize(
    ("preferred", "other"),
    [
        ("A piano tuner does.", "A piano tuner does."),
        ("A piano tuner does.", " A piano tuner does.\n"),
        ("調律師です。", "調律師です。"),
        ("Une école de musique", "Une e\u0301cole de musique"),
    ],
)
def test_outputs_that_say_the_same(preferred: str, other: str) -> None:
    finding = one(judged(rows(pair(preferred, other))))
    assert (finding.code, finding.level, finding.json_path) == ("FT153", Level.WARNING, "$.non_preferred_output")


@pytest.mark.parametrize(
    ("preferred", "other"),
    [
        ("A piano tuner does.", "A piano tuner does not."),
        ("A piano tuner does.", "a piano tuner does."),
        ("First this.\nThen that.", "First this. Then that."),
        ("def f():\n    return 1", "def f():\n  return 1"),
        ("調律師です。", "調律師だ。"),
    ],
)
def test_outputs_that_differ(preferred: str, other: str) -> None:
    assert codes(rows(pair(preferred, other))) == []


def test_two_empty_outputs_are_told_as_such() -> None:
    assert codes(rows(pair("", " "))) == ["FT207", "FT207"]


def test_broken_outputs_are_the_schemas_finding() -> None:
    row = pair("a tuner", "a tuner")
    row["non_preferred_output"] = "a tuner"
    assert codes(rows(row)) == ["FT152"]

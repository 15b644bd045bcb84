"""Suspects: the likeliest first, by what the service said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ftlint.model import Finding, Level, Place
from ftlint.run.classify import FailureKind
from ftlint.run.clues import Clues
from ftlint.run.suspects import NOT_THE_FILE, suspects
from samples import ROLE, report

NO_CLUES = Clues()
BLOCKED = FailureKind.BLOCKED_TRAINING_FILE


def finding(code: str, line: int | None, level: Level = Level.WARNING, **changes: Any) -> Finding:
    return replace(ROLE, code=code, line=line, level=level, data={}, related=(), **changes)


def ranked(
    kind: FailureKind, *findings: Finding, clues: Clues = NO_CLUES, example_line: int | None = None
) -> list[str]:
    return [item.finding.code for item in suspects(report(*findings), kind, clues, example_line)]


def test_of_a_blocked_file() -> None:
    found = [finding(code, 3) for code in ("FT701", "FT706", "FT114", "FT502", "FT902", "FT709", "FT903", "FT613")]
    assert ranked(BLOCKED, *found) == ["FT903", "FT902", "FT709", "FT613", "FT706", "FT701"]


def test_what_is_flagged_comes_before_what_is_watched() -> None:
    watched, flagged = finding("FT903", 1), replace(finding("FT901", 9), data={"flagged": True})
    assert ranked(BLOCKED, watched, flagged) == ["FT901", "FT903"]


def test_a_line_that_the_service_names() -> None:
    found = [finding("FT901", 3), finding("FT606", 8, Level.INFO)]
    assert ranked(BLOCKED, *found, clues=Clues(lines=(8,))) == ["FT606", "FT901"]


@pytest.mark.parametrize(
    ("category", "code"), [("reasoning extraction", "FT612"), ("advice", "FT621"), ("sensitive", "FT709")]
)
def test_a_category_that_the_service_names(category: str, code: str) -> None:
    found = [finding("FT901", 3), finding(code, 5)]
    assert ranked(BLOCKED, *found, clues=Clues(categories=(category,)))[0] == code


def test_a_scored_category_that_the_service_names() -> None:
    hate = replace(finding("FT902", 7), data={"categories": ["hate"]})
    assert ranked(BLOCKED, finding("FT903", 1), hate, clues=Clues(categories=("hate",))) == ["FT902", "FT903"]


def test_of_a_format_error() -> None:
    found = [finding(code, line, Level.ERROR) for code, line in (("FT114", 2), ("FT115", 9), ("FT101", 5))]
    found += [finding("FT709", 1), finding("FT502", 4)]
    clues = Clues(example=5, rules=("FT115",))
    assert ranked(FailureKind.FORMAT_ERROR, *found, clues=clues, example_line=5) == ["FT101", "FT115", "FT114"]


@pytest.mark.parametrize("kind", sorted(NOT_THE_FILE))
def test_no_suspect_where_the_file_is_not_the_cause(kind: FailureKind) -> None:
    assert ranked(kind, finding("FT901", 3), finding("FT114", 2, Level.ERROR)) == []


def test_of_an_unknown_failure() -> None:
    found = [finding("FT114", 2, Level.ERROR), finding("FT709", 4), finding("FT502", 1, Level.INFO)]
    assert ranked(FailureKind.UNKNOWN, *found) == ["FT709", "FT114"]


def test_places_of_one_rule_stand_together_the_riskiest_first() -> None:
    first, second = (replace(finding("FT902", line), data={"risk": risk}) for line, risk in ((3, 0.2), (8, 4.0)))
    profile = replace(finding("FT709", 1), related=(Place(ROLE.path, 2), Place(ROLE.path, 5)))
    items = suspects(report(first, second, profile), BLOCKED, NO_CLUES)
    assert [(item.finding.code, item.count, [place.line for place in item.places]) for item in items] == [
        ("FT902", 2, [8, 3]),
        ("FT709", 1, [1, 2, 5]),
    ]


def test_an_accepted_finding_is_a_suspect_too() -> None:
    made = replace(report(), accepted=(finding("FT709", 1),))
    assert [item.finding.code for item in suspects(made, BLOCKED, NO_CLUES)] == ["FT709"]


def test_a_part_without_a_verdict_is_no_suspect() -> None:
    assert ranked(FailureKind.UNKNOWN, finding("FT909", 1, Level.ERROR)) == []

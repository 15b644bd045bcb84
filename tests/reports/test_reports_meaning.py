"""What moderation findings mean is said where there are any, and never that a file will pass."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ftlint.model import Level, ModerationSummary
from ftlint.reports import Options, render
from ftlint.reports.meaning import BRIEF, SENTENCES, is_blocker, sentences
from samples import ROLE, report

RAN = ModerationSummary("complete", coverage=1.0)
FLAGGED = replace(ROLE, code="FT901", name="flagged-content", data={})


def test_a_page_explains_it_where_moderation_ran_or_something_was_found() -> None:
    assert sentences(report(ROLE)) == ()
    assert sentences(report(moderation=RAN)) == sentences(report(FLAGGED)) == SENTENCES
    for fmt in ("html", "markdown"):
        assert "two gates" in render(report(moderation=RAN), fmt)
        assert "two gates" not in render(report(ROLE), fmt)


def test_the_terminal_says_it_in_a_line_where_there_is_a_likely_blocker() -> None:
    assert BRIEF in render(report(FLAGGED, moderation=RAN), "full", Options())
    assert BRIEF not in render(report(ROLE, moderation=RAN), "full", Options())


@pytest.mark.parametrize(
    ("code", "level", "expected"),
    [
        ("FT901", Level.ERROR, True),
        ("FT902", Level.WARNING, True),
        ("FT709", Level.WARNING, True),
        ("FT902", Level.INFO, False),
        ("FT909", Level.ERROR, False),
        ("FT701", Level.WARNING, False),
    ],
)
def test_likely_blockers(code: str, level: Level, expected: bool) -> None:
    assert is_blocker(code, level) is expected


def test_no_sentence_promises_anything() -> None:
    assert not any("will pass" in sentence or "safe to" in sentence for sentence in SENTENCES)

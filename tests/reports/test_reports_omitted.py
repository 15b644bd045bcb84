"""Findings that a report counts and does not hold: every format says so, and a saved report still knows them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ftlint.cli.statistics import statistics
from ftlint.model import Level, Omitted
from ftlint.reports import FORMATS, Options, render
from ftlint.reports.json_ import from_json
from samples import FLAGGED, INFO, ROLE, report

PATH = "data/train.jsonl"
REPORT = report(
    ROLE,
    INFO,
    accepted=(replace(ROLE, accepted="by design"),),
    omitted=(
        Omitted(PATH, "FT114", Level.ERROR, 41, lines=range(200, 241)),
        Omitted(PATH, "FT114", Level.ERROR, 7, accepted=True),
        Omitted(PATH, "FT305", Level.INFO, 68_000),
    ),
)
TOLD = [name for name in FORMATS if name not in ("json", "jsonl")]


@pytest.mark.parametrize("name", TOLD)
def test_every_format_says_how_many_are_not_kept(name: str) -> None:
    shown = render(REPORT, name).replace("&#46;", ".")
    assert "and 41 more of" in shown
    assert "and 68,000 more of" in shown
    assert "not kept" in shown
    assert "not kept" not in render(report(ROLE, INFO), name)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("options", [Options(), Options(verbose=True, max_per_rule=1)], ids=["plain", "verbose"])
def test_a_saved_report_shows_the_same(name: str, options: Options) -> None:
    again = from_json(render(REPORT, "json"))
    assert again == REPORT
    assert render(again, name, options) == render(REPORT, name, options)


def test_counts_are_those_of_all_findings() -> None:
    tree = json.loads(render(REPORT, "json"))
    assert tree["summary"] == {
        "error": 42, "warning": 0, "info": 68_001, "accepted": 8, "by_code": {"FT114": 42, "FT305": 68_001},
    }  # fmt: skip
    assert tree["omitted"] == [
        {"path": PATH, "code": "FT114", "level": "error", "count": 41, "accepted": False},
        {"path": PATH, "code": "FT114", "level": "error", "count": 7, "accepted": True},
        {"path": PATH, "code": "FT305", "level": "info", "count": 68_000, "accepted": False},
    ]
    assert json.loads(render(REPORT, "jsonl").splitlines()[-1])["omitted"] == tree["omitted"]
    assert "42  FT114" in statistics(REPORT, "full")
    for name in ("full", "markdown", "html", "github", "sarif"):
        assert "68,001" in render(REPORT, name), name


def test_a_report_of_before_has_none() -> None:
    tree = json.loads(render(REPORT, "json"))
    del tree["omitted"]
    assert from_json(json.dumps(tree)).omitted == ()


@pytest.mark.parametrize("wrong", [{"count": "7"}, {"level": "bad"}, {"path": None}, {"accepted": 1}])
def test_a_damaged_entry_is_refused(wrong: dict[str, object]) -> None:
    tree = json.loads(render(REPORT, "json"))
    tree["omitted"][0] |= wrong
    with pytest.raises(ValueError, match="not a report of ftlint"):
        from_json(json.dumps(tree))


def test_the_rest_of_an_error_fails_in_junit_and_that_of_an_info_does_not() -> None:
    shown = render(REPORT, "junit")
    assert 'tests="4" failures="2"' in shown
    assert shown.count("<failure ") == 2
    assert shown.count("<system-out>") == 2


def test_likely_blockers_that_are_not_held_are_counted() -> None:
    left = (Omitted(PATH, "FT905", Level.ERROR, 5), Omitted(PATH, "FT905", Level.ERROR, 3, accepted=True))
    shown = render(report(FLAGGED, replace(FLAGGED, code="FT905"), omitted=left), "full")
    assert "7 likely blockers found offline" in shown


def test_info_findings_fold_to_one_line_with_their_whole_number() -> None:
    shown = render(REPORT, "full")
    assert (
        "info[FT305]: length-outlier, 68,001 times, first at data/train.jsonl:9:1 "
        "(1 with -v, and 68,000 more of FT305, not kept)" in shown
    )
    assert "… and 68,000 more of FT305, not kept" in render(
        replace(REPORT, findings=(ROLE, INFO)), "full", Options(verbose=True)
    )


def test_the_text_is_laid_out_as_before() -> None:
    """Findings are written one by one into the JSON report; it is still the text that one call would write."""
    text = render(REPORT, "json")
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"

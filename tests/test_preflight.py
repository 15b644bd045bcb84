"""The report with a moderator's verdicts in it: what no verdict was given on is never taken for clean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conftest import chat
from ftlint import engine
from ftlint.model import Level, Report, Role, Verdict
from ftlint.services.interface import Rejected, Score
from ftlint.settings import ModerationSettings, Settings

PICTURE = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
ROWS = [chat(f"Who came at {n}?", f"Ann came at {n}, and Bob at {n + 1}") for n in range(12)]


class Quiet:
    """A moderator that finds nothing in anything."""

    name = "fake"
    model = "m"

    async def score(self, texts: Sequence[str]) -> list[Score]:
        return [Score(False, {"hate": 0.0001})] * len(texts)

    async def score_image(self, url: str) -> Score:
        return Score(False, {"violence": 0.0001})

    async def close(self) -> None:
        return


class Blind(Quiet):
    """A moderator that refuses every image."""

    async def score_image(self, url: str) -> Score:
        raise Rejected("the image could not be downloaded", status=400)


def passed(path: Path, settings: Settings, moderator: type[Quiet] = Quiet) -> Report:
    """The report of a check whose moderation has answered everything it was asked."""
    settings = replace(settings, moderation=ModerationSettings(cache=False))
    files = [(path, Role.TRAIN)]
    return engine.preflight(files, settings, moderator(), engine.check(files, settings))


def test_a_file_without_findings_is_clean(write: Callable[..., Path], settings: Settings) -> None:
    report = passed(write(ROWS), settings)
    assert (report.verdict, report.moderation.status, report.moderation.coverage) == (Verdict.CLEAN, "complete", 1.0)


@pytest.mark.parametrize(
    "changes", [{}, {"ignore": ("FT909",)}, {"severity": {"FT909": Level.INFO}}], ids=["error", "off", "info"]
)
def test_a_picture_without_a_verdict_leaves_the_check_open_whatever_the_rule_is_set_to(
    write: Callable[..., Path], settings: Settings, changes: dict[str, Any]
) -> None:
    report = passed(write([*ROWS, seen()]), replace(settings, **changes), Blind)
    assert (report.verdict, report.moderation.status) == (Verdict.INCOMPLETE, "partial")
    assert [finding.code for finding in report.findings if finding.code == "FT909"] == ["FT909"][
        : "ignore" not in changes
    ]


def seen() -> dict[str, Any]:
    made: Any = chat("What is this?", "A cat on a wall")
    made["messages"][0]["content"] = [{"type": "text", "text": "What is this?"}, PICTURE]
    return dict(made)


def test_a_picture_with_a_verdict_is_no_reason_against_a_file(write: Callable[..., Path], settings: Settings) -> None:
    report = passed(write([*ROWS, seen()]), settings)
    assert (report.verdict, report.moderation.status, report.moderation.coverage) == (Verdict.CLEAN, "complete", 1.0)


SILENCED = ("FT101", "FT105", "FT106", "FT107", "FT110", "FT118")


@pytest.mark.parametrize("row", ["[1, 2]", '{"messages": [', '{"prompt": "a", "completion": "b"}', '{"text": "a"}'])
@pytest.mark.parametrize(
    "changes",
    [{"ignore": SILENCED}, {"severity": dict.fromkeys(SILENCED, Level.INFO)}],
    ids=["off", "info"],
)
@pytest.mark.parametrize("model", ["gpt-4.1-mini-2025-04-14", "gpt-4.1-mini"], ids=["snapshot", "alias"])
def test_a_row_that_could_not_be_sent_is_not_passed_over(
    write: Callable[..., Path], settings: Settings, row: str, changes: dict[str, Any], model: str
) -> None:
    """A warning about the whole file (here: of an alias) says nothing about the row."""
    report = passed(write([*ROWS[:6], row, *ROWS[6:]]), replace(settings, model=model, **changes))
    assert (report.verdict, report.moderation.status) == (Verdict.INCOMPLETE, "partial")
    (silent,) = [finding for finding in report.findings if finding.code == "FT909"]
    assert (silent.level, silent.line) == (Level.ERROR, 7)


def test_a_row_whose_error_is_told_closes_the_gate_by_that(write: Callable[..., Path], settings: Settings) -> None:
    report = passed(write([*ROWS, "[1, 2]"]), settings)
    assert (report.verdict, report.moderation.status) == (Verdict.FINDINGS, "complete")
    assert [finding.code for finding in report.findings if finding.level is Level.ERROR] == ["FT105"]


def test_a_file_in_no_known_format_is_never_clean(write: Callable[..., Path], settings: Settings) -> None:
    path = write([{"instruction": f"say {n}", "output": f"{n}"} for n in range(12)])
    assert passed(path, settings).verdict is Verdict.FINDINGS
    report = passed(path, replace(settings, ignore=("FT1",)))
    assert (report.verdict, report.moderation.status, report.moderation.unique) == (Verdict.INCOMPLETE, "partial", 0)

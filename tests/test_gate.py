"""The gate: verdict, reasons and exit code, over small reports."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ftlint import gate
from ftlint.model import Finding, Level, ModerationSummary, Verdict
from samples import COMPLETE, COST, INFO, NOT_RUN, ROLE, report

WARNING = replace(ROLE, level=Level.WARNING)
PARTIAL = replace(COMPLETE, status="partial", coverage=0.97, reason="quota")
SAMPLED = replace(COMPLETE, status="sampled", coverage=0.1)


@pytest.mark.parametrize(
    ("findings", "moderation", "fail_on", "required", "expected"),
    [
        ([], NOT_RUN, Level.WARNING, False, Verdict.OFFLINE_CLEAN),
        ([], NOT_RUN, Level.WARNING, True, Verdict.INCOMPLETE),
        ([], COMPLETE, Level.WARNING, True, Verdict.CLEAN),
        ([], COMPLETE, Level.WARNING, False, Verdict.CLEAN),
        ([ROLE], COMPLETE, Level.WARNING, True, Verdict.FINDINGS),
        ([ROLE], NOT_RUN, Level.WARNING, False, Verdict.FINDINGS),
        ([INFO], NOT_RUN, Level.WARNING, False, Verdict.OFFLINE_CLEAN),
        ([INFO], NOT_RUN, Level.INFO, False, Verdict.FINDINGS),
        ([WARNING], NOT_RUN, Level.ERROR, False, Verdict.OFFLINE_CLEAN),
        ([WARNING], NOT_RUN, Level.WARNING, False, Verdict.FINDINGS),
        ([ROLE], PARTIAL, Level.WARNING, False, Verdict.INCOMPLETE),
        ([], SAMPLED, Level.WARNING, False, Verdict.INCOMPLETE),
        ([], replace(COMPLETE, coverage=0.999), Level.WARNING, False, Verdict.INCOMPLETE),
        ([ROLE], NOT_RUN, Level.WARNING, True, Verdict.INCOMPLETE),
    ],
)
def test_the_order_is_incomplete_findings_offline_clean_clean(
    findings: list[Finding], moderation: ModerationSummary, fail_on: Level, required: bool, expected: Verdict
) -> None:
    assert gate.verdict(findings, moderation, fail_on, required) is expected


def test_the_gate_is_open_on_a_clean_report_with_a_known_cost() -> None:
    clean = report(moderation=COMPLETE, verdict=Verdict.CLEAN)
    assert gate.reasons(clean, moderation_required=True, max_cost=5) == []
    assert gate.reasons(report(INFO), moderation_required=False) == []


def test_every_reason_is_named_at_once() -> None:
    bad = report(ROLE, WARNING, WARNING, INFO, moderation=PARTIAL, verdict=Verdict.INCOMPLETE)
    assert gate.reasons(bad, moderation_required=True, max_cost=4) == [
        "1 error, 2 warnings at or above `warning`",
        "moderation has a verdict on 97 % of the texts only: quota",
        "the estimated cost of $4.82 is over the budget of $4.00",
    ]


@pytest.mark.parametrize(
    ("moderation", "required", "word"),
    [
        (NOT_RUN, True, "required and was not run: --offline"),
        (NOT_RUN, False, None),
        (SAMPLED, False, "sample"),
        (PARTIAL, False, "97 %"),
        (replace(COMPLETE, coverage=0.99999), True, "99.9 %"),
    ],
)
def test_a_moderation_that_is_not_complete_closes_the_gate(
    moderation: ModerationSummary, required: bool, word: str | None
) -> None:
    found = gate.reasons(report(moderation=moderation), moderation_required=required)
    assert (word in found[0] and len(found) == 1) if word else found == []


def test_an_unknown_cost_closes_the_gate_and_a_price_of_zero_does_not() -> None:
    unknown = report(cost=replace(COST, usd=None))
    assert "not known" in gate.reasons(unknown, moderation_required=False)[0]
    assert "not known" in gate.reasons(report(cost=None), moderation_required=False, max_cost=5)[0]
    free = report(cost=replace(COST, usd=0.0, price_as_of="user"))
    assert gate.reasons(free, moderation_required=False, max_cost=0) == []


def test_findings_at_the_level_that_counts_close_the_gate() -> None:
    only_info = report(INFO, fail_on=Level.INFO, verdict=Verdict.FINDINGS)
    assert gate.reasons(only_info, moderation_required=False) == ["1 info finding at or above `info`"]


@pytest.mark.parametrize(
    ("verdict", "moderation", "exit_zero", "code"),
    [
        (Verdict.CLEAN, COMPLETE, False, 0),
        (Verdict.OFFLINE_CLEAN, NOT_RUN, False, 0),
        (Verdict.FINDINGS, NOT_RUN, False, 1),
        (Verdict.FINDINGS, NOT_RUN, True, 0),
        (Verdict.INCOMPLETE, PARTIAL, False, 3),
        (Verdict.INCOMPLETE, PARTIAL, True, 3),
        (Verdict.INCOMPLETE, NOT_RUN, False, 1),
        (Verdict.INCOMPLETE, NOT_RUN, True, 1),
        (Verdict.INCOMPLETE, SAMPLED, False, 1),
    ],
)
def test_exit_codes(verdict: Verdict, moderation: ModerationSummary, exit_zero: bool, code: int) -> None:
    assert gate.exit_code(report(verdict=verdict, moderation=moderation), exit_zero) == code

"""Stage 6, the gate: a report and a policy make a verdict, the reasons, and an exit code. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from ftlint.model import Finding, GuardSummary, Level, ModerationSummary, Report, Verdict
from ftlint.reports.figures import dollars, percent
from ftlint.text import plural

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_SERVICE = 3


def counts_against(finding: Finding, fail_on: Level) -> bool:
    """The finding stands at or above the level that closes the gate (accepted findings never reach this)."""
    return finding.level.rank <= fail_on.rank


def moderation_complete(moderation: ModerationSummary) -> bool:
    """A full pass ran, and every unit has a verdict."""
    return moderation.status == "complete" and moderation.coverage >= 1


def verdict(
    findings: Iterable[Finding],
    moderation: ModerationSummary,
    fail_on: Level,
    moderation_required: bool,
    guard: GuardSummary | None = None,
) -> Verdict:
    """The one policy of ``check`` and of ``run``: incomplete, then findings, then offline-clean, then clean.

    Args:
        findings: what stands, accepted findings left out.
        moderation: what the pass did.
        fail_on: the level at which a finding counts.
        moderation_required: a pass that did not run leaves the check incomplete.
        guard: what the guard model said, where one was asked; it lifts nothing, and what it left open stays open.
    """
    ran = moderation.status != "not-run"
    if guard is not None and guard.status != "complete":
        return Verdict.INCOMPLETE
    if (ran or moderation_required) and not moderation_complete(moderation):
        return Verdict.INCOMPLETE
    if any(counts_against(finding, fail_on) for finding in findings):
        return Verdict.FINDINGS
    return Verdict.CLEAN if ran else Verdict.OFFLINE_CLEAN


def reasons(report: Report, *, moderation_required: bool, max_cost: float | None = None) -> list[str]:
    """Why nothing may be submitted on this report; an empty list means that the gate is open.

    Args:
        report: what the check found; its ``fail_on`` is the level that counts.
        moderation_required: every unit must have a verdict.
        max_cost: the budget in USD, or None for no budget. A cost that is not known closes the gate either way:
            a price that the user gives, zero included, is known.
    """
    found = (
        _findings(report),
        _moderation(report.moderation, moderation_required),
        _guard(report.guard),
        _cost(report, max_cost),
    )
    return [reason for reason in found if reason]


def exit_code(report: Report, exit_zero: bool = False) -> int:
    """The exit code of a check (README): 3 a service failed, 1 findings or a closed gate, 0 clean.

    ``exit_zero`` forgives findings, never a check that is not complete.
    """
    if report.verdict is Verdict.INCOMPLETE:
        return EXIT_SERVICE if a_service_failed(report) else EXIT_FINDINGS
    if report.verdict is Verdict.FINDINGS and not exit_zero:
        return EXIT_FINDINGS
    return EXIT_CLEAN


def a_service_failed(report: Report) -> bool:
    """The check is not complete because a service that was asked did not answer everything."""
    guard = report.guard is not None and report.guard.status != "complete"
    return guard or report.moderation.status == "partial"


def tally(report: Report) -> str:
    """``12 errors, 1 warning`` for what counts against the report; empty when nothing does."""
    counts = report.counts()
    return ", ".join(
        plural(counts[level], "info finding" if level is Level.INFO else level.value)
        for level in Level
        if counts[level] and level.rank <= report.fail_on.rank
    )


def _findings(report: Report) -> str | None:
    found = tally(report)
    return f"{found} at or above `{report.fail_on.value}`" if found else None


def _moderation(moderation: ModerationSummary, required: bool) -> str | None:
    because = f": {moderation.reason}" if moderation.reason else ""
    if moderation.status == "not-run":
        return f"moderation is required and was not run{because}" if required else None
    if moderation.status == "sampled":
        return "moderation looked at a sample only"
    if not moderation_complete(moderation):
        return f"moderation has a verdict on {percent(moderation.coverage)} of the texts only{because}"
    return None


def _guard(guard: GuardSummary | None) -> str | None:
    if guard is None or guard.status == "complete":
        return None
    because = f": {guard.reason}" if guard.reason else ""
    return f"the guard model has a verdict on {guard.judged:,} of {plural(guard.units, 'text')} only{because}"


def _cost(report: Report, max_cost: float | None) -> str | None:
    usd = report.cost.usd if report.cost else None
    if usd is None:
        return "the cost of the job is not known; give the price in `[price]`, or 0 where it costs nothing"
    if max_cost is not None and usd > max_cost:
        return f"the estimated cost of {dollars(usd)} is over the budget of {dollars(max_cost)}"
    return None

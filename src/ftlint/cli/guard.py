"""The guard model for ``check``: whether it is asked, what is said before it is, and what a failure means."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from ftlint import gate
from ftlint.cli.moderate import Mode, Request, personal
from ftlint.engine import make_context
from ftlint.guarding import guarded, guarding
from ftlint.model import GuardSummary, Report
from ftlint.moderation.judge import WATCHED
from ftlint.preflight import personal_rows
from ftlint.progress import Progress
from ftlint.services import build
from ftlint.settings import GuardConfig
from ftlint.text import plural


def second_opinion(report: Report, request: Request, progress: Progress, *, trusted: bool) -> Report:
    """The report with the guard model's findings, where one is asked for.

    Args:
        trusted: the user gave its address (flag, environment), not a configuration file, which may have come with
            somebody else's repository.

    Raises:
        UsageError: it needs a key, and there is none.
        Stopped: Ctrl-C; carries the report of what was known by then.
    """
    config = request.settings.services.guard
    if config is None:
        return report
    reason = _refusal(config, request, trusted=trusted)
    if reason is not None:
        return replace(report, notes=(*report.notes, f"the guard model was not asked: {reason}"))
    guard = build.guard(config)
    work = guarding(request.files, config, request.settings, report, stdin=request.stdin)
    if work.left:
        told = f"{plural(work.left, 'text')}, one by one, to {guard.model} at {build.host(config.service)}"
        count = partial(personal_rows, request.files, request.settings, stdin=request.stdin)
        progress.say(f"guard model: sending {told}; {personal(report, request.settings, count)}")
    return guarded(work, guard, report, request.files, request.settings, stdin=request.stdin, progress=progress)


def _refusal(config: GuardConfig, request: Request, *, trusted: bool) -> str | None:
    if request.mode is Mode.OFFLINE:
        return "--offline"
    if WATCHED not in make_context(request.settings).active:
        return f"{WATCHED} is not selected"
    if request.mode is Mode.AUTO and not trusted and not build.on_this_machine(config.service):
        return f"the configuration file names {build.host(config.service)}; --online sends the texts there"
    return None


def unanswered(report: Report, request: Request, reason: str) -> Report:
    """The report after a guard model that was asked for and could not be asked at all: the check is not complete."""
    config = request.settings.services.guard
    assert config is not None
    summary = GuardSummary("partial", build.name(config.service), build.guard_model(config), reason=reason)
    note = f"the guard model gave no verdict on any text: {reason}"
    moderation = report.moderation
    verdict = gate.verdict(report.findings, moderation, report.fail_on, moderation.required, summary)
    return replace(report, guard=summary, notes=(*report.notes, note), verdict=verdict)

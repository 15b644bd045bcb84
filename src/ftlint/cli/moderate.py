"""Moderation for ``check``: whether it runs, what is said before anything is sent, and what a report says when not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

from ftlint import engine
from ftlint.checks import registry
from ftlint.errors import ServiceFailed, Stopped, UsageError
from ftlint.model import ModerationSummary, Report, Verdict
from ftlint.progress import Progress
from ftlint.records import dataclass
from ftlint.settings import ServiceConfig, Settings
from ftlint.text import plural

PATIENCE = 60.0
"""Seconds that a pass may take without being asked for."""


class Mode(StrEnum):
    """What the user said about the network."""

    OFFLINE = "offline"
    ONLINE = "online"
    AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Request:
    """Everything that the moderation of one check depends on.

    Attributes:
        trusted: the moderator's address is the provider's own or was given by the user (flag, environment), not by
            a configuration file, which may have come with somebody else's repository.
        again: the command that runs the check again, without ``--offline``.
        batch: by the Batch API.
    """

    files: engine.Files
    settings: Settings
    mode: Mode
    trusted: bool
    again: str | None
    stdin: bytes | None = None
    batch: bool = False


def moderated(report: Report, request: Request, progress: Progress) -> Report:
    """The report with moderation in it, or with the reason why it was not run.

    Raises:
        UsageError: ``--online``, and there is no key.
        ServiceFailed: the service failed before anything was learnt.
    """
    reason = refusal(request)
    if reason is not None:
        return _not_run(report, reason)
    from ftlint.services.interface import ServiceError

    try:
        return _asked(report, request, progress)
    except ServiceError as error:
        raise ServiceFailed(error.message) from error


def _asked(report: Report, request: Request, progress: Progress) -> Report:
    config = request.settings.services.moderator
    from ftlint.preflight import moderation_plan, preflight
    from ftlint.services import build

    plan = moderation_plan(request.files, request.settings, stdin=request.stdin)
    if plan.units == 0:
        return _not_run(report, "there is no text to score")
    told = f"{plan.what}, about {plan.tokens:,} tokens, {duration(plan.seconds)}"
    if plan.today < plan.requests:
        told += f" ({plan.today:,} of {plan.requests:,} requests today; the tier allows {plan.day:,} a day)"
    if request.mode is Mode.AUTO and plan.seconds > PATIENCE:
        command = f"; run it with: {request.again} --online" if request.again else "; --online runs it"
        progress.say(f"moderation: {told}{command}")
        return _not_run(report, f"it would take {duration(plan.seconds)}; --online runs it")
    batches = build.batches(config) if request.batch else None
    if plan.sends and batches is not None:
        told = f"{plan.what}, about {plan.tokens:,} tokens"
        progress.say(
            f"moderation: {told}, go to {build.host(config)} as files of a batch, and stay there until it is done "
            f"(24 h at most) and they are deleted again; {_personal(report, request)}"
        )
    elif plan.sends:
        progress.say(f"moderation: sending {told}, to {build.host(config)}; {_personal(report, request)}")
    made = preflight(
        request.files,
        request.settings,
        build.moderator(config),
        report,
        progress=progress,
        stdin=request.stdin,
        batches=batches,
    )
    if made.moderation.status == "partial" and request.again and made.moderation.coverage < 1:
        online = "" if request.batch or " --online" in request.again else " --online"
        progress.say(f"moderation: what has a verdict is kept; go on with: {request.again}{online}")
    return made


def refusal(request: Request) -> str | None:
    """Why nothing is sent, known before any plan is made; None where nothing speaks against it.

    Raises:
        UsageError: ``--online`` cannot be done.
    """
    config = request.settings.services.moderator
    if request.mode is Mode.OFFLINE:
        return "--offline"
    from ftlint.services import build

    if not engine.make_context(request.settings).active.intersection(registry.MODERATION):
        return "its rules are not selected"
    if request.mode is Mode.AUTO and request.settings.provider != "openai":
        return f"the provider is {request.settings.provider}; --online sends the texts to {build.host(config)}"
    if request.mode is Mode.AUTO and not request.trusted:
        return f"the configuration file names {build.host(config)}; --online sends the texts there"
    if build.has_key(config):
        return None
    if request.mode is Mode.ONLINE:
        raise UsageError(f"--online needs a key: {_no_key(config)}", _remedy(config))
    return _no_key(config)


def _no_key(config: ServiceConfig) -> str:
    if not config.api_key_env:
        return "the moderator has an address of its own and no api_key_env"
    return f"{config.api_key_env} is not set"


def _remedy(config: ServiceConfig) -> str:
    if not config.api_key_env:
        return 'name the variable that holds its key: [services.moderator] api_key_env = "..."'
    return f"export {config.api_key_env}=..., or leave --online away"


def _personal(report: Report, request: Request) -> str:
    from ftlint.preflight import personal_rows

    return personal(
        report, request.settings, lambda: personal_rows(request.files, request.settings, stdin=request.stdin)
    )


def personal(report: Report, settings: Settings, count: Callable[[], int] | None = None) -> str:
    """How many rows of what is sent hold personal data, as the privacy rules found.

    Args:
        count: counts them where not all of these rules were selected; without it that is said.
    """
    narrowed = settings.select != ("ALL",) or any(word.upper().startswith("FT7") for word in settings.ignore)
    if narrowed and count is not None:
        return plural(count(), "row holds", "rows hold") + " personal data or secrets"
    found = (*report.findings, *report.accepted)
    rows = {(finding.path, finding.line) for finding in found if finding.code.startswith("FT7") and finding.line}
    left = (entry for entry in report.omitted if entry.code.startswith("FT7"))
    rows |= {(entry.path, number) for entry in left for number in entry.lines if number}
    counted = plural(len(rows), "row holds", "rows hold") + " personal data or secrets"
    return counted + (" (not all privacy rules were selected)" if narrowed else "")


def duration(seconds: float) -> str:
    """``8 s``, ``12 min``, ``3.5 h``."""
    if seconds < 90:
        return f"{max(round(seconds), 1)} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _not_run(report: Report, reason: str) -> Report:
    return replace(report, moderation=replace(report.moderation, reason=reason))


def interrupted(report: Report, stop: KeyboardInterrupt) -> Report:
    """The offline report after Ctrl-C in the middle of moderation: how far it came; the scores are cached."""
    if isinstance(stop, Stopped):
        return stop.report
    return failed(report, "interrupted")


def failed(report: Report, reason: str) -> Report:
    """The offline report after a pass that ended without a word about any text."""
    moderation = ModerationSummary("partial", reason=reason, required=report.moderation.required)
    return replace(report, moderation=moderation, verdict=Verdict.INCOMPLETE)

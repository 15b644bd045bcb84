"""Stage 4, online: a guard model's second opinion in the report. It adds findings; what it leaves open stays open."""

from __future__ import annotations

import dataclasses

from ftlint import gate
from ftlint.context import Files, Progress, make_context, sources
from ftlint.model import Report
from ftlint.moderation.guard import Guarded, Guarding
from ftlint.preflight import Stopped, formats_of, rows_of, stamped
from ftlint.privacy import mask, mask_secrets
from ftlint.read import Source
from ftlint.services import build
from ftlint.services.interface import Moderator
from ftlint.settings import GuardConfig, Settings
from ftlint.stale import join


def guarding(
    files: Files, config: GuardConfig, settings: Settings, report: Report | None = None, *, stdin: bytes | None = None
) -> Guarding:
    """A pass of the guard model that is ready to run; what the cache knows of it is known.

    Args:
        report: what the offline check found; its hashes are relied on where it is given.
    """
    found = sources(files, stdin)
    formats = [file.format for file in report.files] if report is not None else formats_of(found, settings)
    hashes = [file.sha256 for file in report.files] if report is not None else None
    return Guarding(
        lambda: rows_of(found, formats, hashes),
        settings.moderation,
        mask_secrets,
        build.name(config.service),
        build.guard_model(config),
    )


def guarded(
    work: Guarding,
    guard: Moderator,
    report: Report,
    files: Files,
    settings: Settings,
    *,
    stdin: bytes | None = None,
    progress: Progress | None = None,
) -> Report:
    """The report with the guard model's findings added. Moderation's own status and coverage stay what they are.

    Raises:
        InputError: a file changed since it was checked.
        Stopped: Ctrl-C; carries the report of what was known by then.
    """
    result = work.run(guard, progress=progress)
    made = _joined(report, result, sources(files, stdin), settings)
    if result.interrupted:
        raise Stopped(made)
    return made


def _joined(report: Report, result: Guarded, found: list[Source], settings: Settings) -> Report:
    context = make_context(settings)
    standing = join([*stamped(result.problems, found, context)], context)
    findings = (*report.findings, *standing.findings)
    moderation = report.moderation
    regions = settings.phone_regions
    notes = (mask(note, regions) for note in result.notes)  # a server's words may quote what it was sent
    reason = mask(result.summary.reason, regions) if result.summary.reason else None
    return dataclasses.replace(
        report,
        findings=findings,
        accepted=(*report.accepted, *standing.accepted),
        guard=dataclasses.replace(result.summary, reason=reason),
        notes=(*report.notes, *notes),
        verdict=gate.verdict(findings, moderation, report.fail_on, moderation.required, result.summary),
    )

"""Stage 4, online: the files' texts before a moderator, and the report with its verdicts added. Fails closed."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator

from ftlint import catalog, gate, moderation, parse
from ftlint.checks import registry
from ftlint.checks.base import Context
from ftlint.checks.file import sniff
from ftlint.checks.profile import Profiles, groups
from ftlint.context import Files, Progress, active_for, make_context, sources
from ftlint.errors import InputError, Stopped
from ftlint.formats import decide, deviates, row_format
from ftlint.imagelines import ImageLines
from ftlint.model import Example, Finding, Format, Level, Place, Problem, Report
from ftlint.moderation import Judged, Plan, Row, RowImage
from ftlint.moderation.plan import is_risky
from ftlint.moderation.plan import personal_rows as count_personal_rows
from ftlint.privacy import mask_secrets
from ftlint.read import Reader, Source, read_lines
from ftlint.services import build
from ftlint.services.interface import Batches, Moderator
from ftlint.settings import ServiceConfig, Settings
from ftlint.stale import join
from ftlint.stamp import Stamper
from ftlint.text import plural
from ftlint.texts import images_of, texts_of

_NOT_MODERATED = "FT909"
_WHOLE_FILE = "FT107"  # shown at the first row, and true of all of them
UNREADABLE = "they could not be read, and the rule that says so is switched off"


def moderation_plan(files: Files, settings: Settings, *, stdin: bytes | None = None) -> Plan:
    """What a moderation pass would send, and how long it would take; sends nothing and needs no key."""
    config = settings.services.moderator
    found = sources(files, stdin)
    return moderation.plan_only(
        lambda: rows_of(found, formats_of(found, settings)),
        settings.moderation,
        name=build.name(config),
        model=catalog.load_moderation().model,
        mask=_mask,
        subjects=_subjects(found, formats_of(found, settings), settings),
        limits=_limits(config),
    )


def preflight(
    files: Files,
    settings: Settings,
    moderator: Moderator,
    report: Report,
    *,
    stdin: bytes | None = None,
    progress: Progress | None = None,
    batches: Batches | None = None,
) -> Report:
    """The offline report with the moderator's verdicts added; as ``screened``, without the problems."""
    return screened(files, settings, moderator, report, stdin=stdin, progress=progress, batches=batches)[0]


def screened(
    files: Files,
    settings: Settings,
    moderator: Moderator,
    report: Report,
    *,
    stdin: bytes | None = None,
    progress: Progress | None = None,
    batches: Batches | None = None,
) -> tuple[Report, tuple[Judged, ...]]:
    """The offline report with the moderator's verdicts added, and the problems with all of their places.

    Args:
        files: the files that ``report`` is about.
        report: what the offline check found; its formats and hashes are relied on.
        batches: of the moderator's service; then the texts are scored by batch.

    Returns:
        The report; what has no verdict is a finding in it, and its moderation is ``partial``. The problems, ranked.

    Raises:
        InputError: a file changed since it was checked.
        Stopped: Ctrl-C; carries the report of what was known by then.
    """
    found = sources(files, stdin)
    formats = [summary.format for summary in report.files]
    hashes = [summary.sha256 for summary in report.files]
    images = ImageLines(found)
    try:
        result = moderation.preflight(
            lambda: rows_of(found, formats, hashes, images),
            moderator,
            settings.moderation,
            mask=_mask,
            subjects=_subjects(found, formats, settings),
            risky=_risky(report),
            limits=_limits(settings.services.moderator),
            read_image=images.read,
            progress=progress,
            batches=batches,
        )
    except moderation.PreflightInterrupted as stop:
        raise Stopped(_joined(report, stop.preflight, found, settings)) from None
    return _joined(report, result, found, settings), tuple(result.problems)


def _joined(report: Report, result: moderation.Preflight, found: list[Source], settings: Settings) -> Report:
    """The report with a pass in it, and with what the pass could not look at."""
    context = make_context(settings)
    formats = [summary.format for summary in report.files]
    unread = list(_unread(report, found, formats, context))
    summary = result.summary
    if unread:  # also where the rule that says so is off: that is no verdict either
        summary = dataclasses.replace(summary, status="partial", reason=UNREADABLE)
    unseen = unread if _NOT_MODERATED in context.active else ()
    standing = join([*stamped(result.problems, found, context), *unseen], context)
    findings = (*report.findings, *standing.findings)
    return dataclasses.replace(
        report,
        findings=findings,
        accepted=(*report.accepted, *standing.accepted),
        moderation=summary,
        skipped=tuple(item for item in report.skipped if item.code not in registry.MODERATION),
        notes=(*report.notes, *result.warnings),
        verdict=gate.verdict(findings, summary, report.fail_on, summary.required, report.guard),
    )


def _unread(report: Report, found: list[Source], formats: list[Format], context: Context) -> Iterator[Finding]:
    """A row that could not be sent is an error of its own; where that rule is switched off, it is said here."""
    errors = [finding for finding in report.findings if finding.level is Level.ERROR]
    told = {(finding.path, None if finding.code == _WHOLE_FILE else finding.line or None) for finding in errors}
    counted = (left for left in report.omitted if left.level is Level.ERROR and not left.accepted)
    told |= {(left.path, number or None) for left in counted for number in left.lines}
    for source, fmt in zip(found, formats, strict=True):
        stamper = Stamper(source.name, context.settings, context.book)
        skipped: list[int] = []
        for _ in _examples(Reader(source, skip=sniff(source.head()).skip), fmt, skipped):
            pass
        silent = [number for number in skipped if (stamper.path, number) not in told]
        if silent and (stamper.path, None) not in told:  # an error of the whole file speaks for all of its rows
            values = {"count": len(silent), "what": plural(len(silent), "row"), "reason": UNREADABLE}
            line = read_lines(source, {silent[0]}, skip=sniff(source.head()).skip).get(silent[0])
            yield stamper(Problem(_NOT_MODERATED, silent[0], values=values), line)


def unread(files: Files, report: Report, *, stdin: bytes | None = None) -> list[Place]:
    """The rows that no moderator can be shown: broken ones, and those in another format than their file."""
    found: list[Place] = []
    for source, summary in zip(sources(files, stdin), report.files, strict=True):
        skipped: list[int] = []
        for _ in _examples(Reader(source, skip=sniff(source.head()).skip), summary.format, skipped):
            pass
        found += [Place(source.name, number) for number in skipped]
    return found


def _risky(report: Report) -> set[Place]:
    """The rows that an offline rule suspects of what a moderator looks for."""
    suspects = [finding for finding in (*report.findings, *report.accepted) if is_risky(finding.code)]
    return {place for f in suspects if f.line for place in (Place(f.path, f.line), *f.related)}


def personal_rows(files: Files, settings: Settings, *, stdin: bytes | None = None) -> int:
    """How many rows hold personal data or secrets, whatever rules are selected."""
    found = sources(files, stdin)
    return count_personal_rows(rows_of(found, formats_of(found, settings)), settings.phone_regions)


def _limits(config: ServiceConfig) -> moderation.Limits | None:
    """The published limits of the tier hold at the provider's own address only."""
    return None if build.metered(config) and config.base_url is None else moderation.UNMETERED


def formats_of(found: list[Source], settings: Settings) -> list[Format]:
    """The format of each file: as it was declared, or as most of its rows are."""
    return [settings.format or decide(source, sniff(source.head()).skip)[0] for source in found]


def _mask(text: str) -> str:
    """What is starred out before a text is sent: secrets. Personal data stays: it is part of what is to be judged."""
    return mask_secrets(text)


def _subjects(found: list[Source], formats: list[Format], settings: Settings) -> list[Collection[Place]]:
    """The rows of each person of whom a profile is told, whether or not the rule that says so is on."""
    states = []
    for source, fmt in zip(found, formats, strict=True):
        state = Profiles()
        if fmt is not Format.UNKNOWN:
            for example in _examples(Reader(source, skip=sniff(source.head()).skip), fmt):
                state.read(texts_of(example, fmt), settings.phone_regions)
        states.append((source.name, state))
    return groups(states)


def rows_of(
    found: list[Source], formats: list[Format], hashes: list[str] | None = None, lines: ImageLines | None = None
) -> Iterator[Row]:
    """Every example of every file; raises InputError when a file is not the one that was hashed.

    Args:
        lines: is told where the lines stand that hold images.
    """
    for index, (source, fmt) in enumerate(zip(found, formats, strict=True)):
        if fmt is Format.UNKNOWN:
            continue
        reader = Reader(source, skip=sniff(source.head()).skip)
        for example in _examples(reader, fmt):
            images: list[RowImage] = []
            if b"image_url" in example.line.raw and fmt is not Format.COMPLETION:
                images = [RowImage(*image) for image in images_of(example, fmt)]
            if images and lines is not None:
                lines.add(source.name, example.line)
            yield Row(source.name, source.role, example.line.number, texts_of(example, fmt), images)
        if hashes is not None and reader.sha256 != hashes[index]:
            raise InputError(f"{source.name} changed while it was checked", "check it again when nothing writes to it")


def _examples(reader: Reader, fmt: Format, skipped: list[int] | None = None) -> Iterator[Example]:
    """The rows that can be sent. ``skipped`` gets the numbers of those that do not parse or are in another format, and
    of those in no format that is known: nobody can tell where all of their texts are."""
    for lines in reader.batches():
        for line in lines:
            try:
                value, canonical = parse.parse(line)
            except parse.Unparsable:
                value, canonical = None, b""
            usable = isinstance(value, dict) and deviates(value, fmt) is None
            if usable:
                yield Example(line, value, canonical)
            if skipped is not None and line.raw.strip() and (not usable or row_format(value) is Format.UNKNOWN):
                skipped.append(line.number)


def stamped(judged: list[Judged], found: list[Source], context: Context) -> Iterator[Finding]:
    """Findings in the order of risk, which is the order of the judged problems."""
    by_name = {source.name: source for source in found}
    wanted: dict[str, set[int]] = {}
    for item in judged:
        if item.problem.line is not None:
            wanted.setdefault(item.path, set()).add(item.problem.line)
    lines = {
        name: read_lines(by_name[name], numbers, skip=sniff(by_name[name].head()).skip)
        for name, numbers in wanted.items()
    }
    active = {name: active_for(context, name) for name in wanted}
    for item in judged:
        if item.problem.code in active.get(item.path, context.active):
            stamper = Stamper(item.path, context.settings, context.book)
            number = item.problem.line
            yield stamper(item.problem, lines[item.path].get(number) if number is not None else None)

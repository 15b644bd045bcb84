"""``ftlint fix --drop``: rows that moderation flags or watches go to a file of their own; never in place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ftlint.errors import InputError, ServiceFailed, UsageError
from ftlint.model import Role
from ftlint.text import plural, safe

if TYPE_CHECKING:
    from ftlint.cli.fix import Given
    from ftlint.fix.hold import Held
    from ftlint.model import Report
    from ftlint.moderation import Judged
    from ftlint.settings import Settings

_USAGE = "ftlint fix train.jsonl --drop flagged -o clean.jsonl --quarantine held.jsonl"


def drop(given: Given) -> int:
    """Screen one file, and divide it; with a cache from an earlier check that sends nothing again.

    Raises:
        UsageError: the options do not go together, there is no key, or only a configuration file names the address.
        ServiceFailed: a text has no verdict; nothing is written.
        InputError: a file cannot be read or written, or no row would be left.
    """
    from ftlint.cli.common import resolve
    from ftlint.cli.output import note, write
    from ftlint.fix.hold import divide, held

    path, clean, quarantine = _paths(given)
    assert given.drop is not None
    flags = given.flags() | {"services.moderator.base-url": given.base_url, "select": None, "ignore": None}
    resolved = resolve(given.config, given.isolated, given.today, start=path.parent, flags=flags)
    if resolved.file is not None and resolved.origins["services.moderator.base-url"] == str(resolved.file):
        # the file may have come with the data: it does not decide where texts and a key go
        named = resolved.settings.services.moderator.base_url
        raise UsageError(f"the configuration file names {safe(str(named))} for the texts", "repeat it: --base-url URL")
    report, judged = _screened(path, resolved.settings)
    if report.moderation.status != "complete" or report.moderation.coverage < 1:
        reason = report.moderation.reason or "not every text has a verdict"
        raise ServiceFailed(f"{reason}; nothing was written", "ftlint check says which rows; mend them or try again")
    found = held(judged, str(path), given.drop)
    if found.lines and len(found.lines) >= report.files[0].examples:
        raise InputError("every row would be held back; nothing was written", _remedy(found))
    kept, aside = divide(path, found.lines, clean, quarantine, report.files[0].sha256)
    codes = ", ".join(f"{code} {count:,}" for code, count in found.by_code.items())
    write(f"{clean}: {plural(kept, 'line')}\n{quarantine}: {plural(aside, 'line')}{f' ({codes})' if codes else ''}\n")
    if found.shared:
        note(f"note: {_remedy(found)}")
    return 0


def _remedy(found: Held) -> str:
    if not found.shared:
        return "look at the rows: ftlint check"
    return (
        f"{plural(len(found.shared), 'row is', 'rows are')} held for a text that they share: change that text instead"
    )


def _paths(given: Given) -> tuple[Path, Path, Path]:
    if given.unsafe_fixes or given.diff or given.select or given.ignore:
        raise UsageError("--drop does nothing else: not with --unsafe-fixes, --diff, --select or --ignore", _USAGE)
    if len(given.paths) != 1 or "-" in given.paths:
        raise UsageError("--drop takes one file", _USAGE)
    if not given.output or not given.quarantine:
        raise UsageError("--drop writes two files, and never in place: name --output and --quarantine", _USAGE)
    named = [Path(given.paths[0]), Path(given.output), Path(given.quarantine)]
    if len({path.resolve() for path in named}) < len(named):
        raise UsageError("the file, --output and --quarantine must be three different files", _USAGE)
    for target in named[1:]:
        if target.is_dir() or not target.resolve().parent.is_dir():
            raise InputError(f"cannot write {target}: it is a folder, or in one that does not exist")
    if not named[0].is_file():
        raise InputError(f"there is no file {named[0]}")
    return named[0], named[1], named[2]


def _screened(path: Path, settings: Settings) -> tuple[Report, tuple[Judged, ...]]:
    """The report with moderation run to its end, and its problems."""
    from dataclasses import replace

    from ftlint import engine
    from ftlint.cli.moderate import duration, personal
    from ftlint.preflight import screened, unread
    from ftlint.progress import Progress
    from ftlint.services import build

    settings = replace(settings, accepted=None)  # an acceptance says that a row may stay, and --drop is asked for
    moderator = build.moderator(settings.services.moderator)
    files: list[tuple[Path | Literal["-"], Role]] = [(path, Role.TRAIN)]
    with Progress(quiet=False) as progress:
        report = engine.check(files, settings, progress=progress)
        progress.clear()
        if missed := unread(files, report):
            raise InputError(
                f"{missed[0].path}:{missed[0].line} cannot be read, so nothing can judge it; nothing was written",
                "ftlint check names what is wrong with it",
            )
        plan = engine.moderation_plan(files, settings)
        if plan.sends:
            told = f"{plan.what}, about {plan.tokens:,} tokens, {duration(plan.seconds)}"
            host = build.host(settings.services.moderator)
            progress.say(f"moderation: sending {told}, to {host}; {personal(report, settings)}")
        return screened(files, settings, moderator, report, progress=progress)

"""Stage 4, acceptances at work: accepted findings step aside, and entries that hold nothing any more are findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ftlint.accept import Acceptance, Acceptances, load
from ftlint.checks.base import Context
from ftlint.filecheck import FileOutcome
from ftlint.keep import Keeper
from ftlint.model import Finding, Format, Omitted, Problem
from ftlint.records import dataclass
from ftlint.stamp import Stamper

STALE = "FT019"
_JUDGED = ("file", "line", "example", "text")
"""Rules that look at one file alone, so that a finding that is not there is gone."""


@dataclass(frozen=True)
class Standing:
    """What is left of the findings, what is accepted, what is counted only, and the entries that are stale."""

    findings: list[Finding]
    accepted: list[Finding]
    omitted: tuple[Omitted, ...] = ()
    stale: frozenset[Acceptance] = frozenset()


def settle(book: Acceptances | None, outcomes: Sequence[FileOutcome], context: Context) -> Standing:
    """The findings of all files together, and one for each stale or expired entry."""
    keepers = [outcome.keeper for outcome in outcomes]
    faults = dict(_faults(book, outcomes, context)) if book is not None else {}
    if book is not None and STALE in context.active:
        stamper = Stamper(str(book.path), context.settings, context.book)
        keepers.append(Keeper(stamper, context.active, context.settings.kept))
        for entry, fault in faults.items():
            values = {"rule": entry.rule, "file": entry.path, "fault": fault}
            keepers[-1].take(Problem(STALE, entry.line, values=values), None)
    return Standing(
        [finding for keeper in keepers for finding in keeper.findings],
        [finding for keeper in keepers for finding in keeper.accepted],
        tuple(left for keeper in keepers for left in keeper.omitted),
        frozenset(faults),
    )


def join(findings: Sequence[Finding], context: Context) -> Standing:
    """The same for findings that moderation adds later; whether an entry is stale is known before."""
    if context.settings.accepted is None:
        return Standing(list(findings), [])
    standing, accepted, _ = load(context.settings.accepted).split(findings, context.settings.today)
    return Standing(standing, accepted)


def _faults(book: Acceptances, outcomes: Sequence[FileOutcome], context: Context) -> Iterator[tuple[Acceptance, str]]:
    """Entries for the files of this check that hold no longer, and why; what is not certain is left alone."""
    by_path = {book.relative(outcome.source.name): outcome for outcome in outcomes}
    used = {entry for outcome in outcomes for entry in outcome.keeper.used}
    fired = {(code, book.relative(at.keeper.stamper.path)) for at in outcomes for code in at.keeper.fired}
    for entry in book.entries:
        outcome = by_path.get(entry.path)
        if outcome is None:
            continue
        if entry.expired(context.settings.today):
            yield entry, f"expired on {entry.expires}"
        elif entry.rule not in context.book.rules:
            yield entry, "is for a rule that does not exist"
        elif entry not in used and _gone(entry, outcome, outcomes, fired, context):
            yield entry, "matches nothing any more"


def _gone(
    entry: Acceptance,
    outcome: FileOutcome,
    outcomes: Sequence[FileOutcome],
    fired: set[tuple[str, str]],
    context: Context,
) -> bool:
    if outcome.result.format is Format.UNKNOWN and entry.kind == "content_sha256":
        return False  # its rows were not looked at
    if entry.kind == "content_sha256":
        digest = bytes.fromhex(entry.sha256)[:16]
        if not any(digest in other.result.states["digests"].lines for other in outcomes):
            return True
    rule = context.book.rules[entry.rule]
    # A limit depends on the model that was named, a leak on the other file, a score on the service: not certain.
    if rule.needs == "offline" and rule.applies in _JUDGED and not rule.code.startswith("FT3"):
        return entry.rule in context.active
    return entry.kind == "message_sha256" and (entry.rule, entry.path) in fired

"""``ftlint accept``: let findings stand, with a reason, by hash; one by one, a rule at a time, or out again."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from ftlint.accept import NAME, NEVER, Acceptance, Acceptances, categories_of, load, score_of
from ftlint.cli.common import Amount, config_options, resolve
from ftlint.config import Resolved
from ftlint.errors import InputError, UsageError
from ftlint.model import Finding, Report, Role
from ftlint.settings import EVERYTHING
from ftlint.text import plural

_HASH = re.compile(r"[0-9a-fA-F]{8,64}")


@dataclass(frozen=True, slots=True)
class Given:
    """The command line of ``accept``, as click parsed it."""

    words: tuple[str, ...]
    rule: tuple[str, ...]
    category: tuple[str, ...]
    max_score: float | None
    reason: str | None
    expires: str | None
    report: str | None
    validation: tuple[str, ...]
    model: str | None
    provider: str | None
    prune: bool
    dry_run: bool
    config: tuple[str, ...]
    isolated: bool
    today: str | None

    @property
    def hashes(self) -> tuple[str, ...]:
        """The words that are hashes; a file of such a name is meant as the file."""
        return tuple(word.lower() for word in self.words if _HASH.fullmatch(word) and not Path(word).exists())

    @property
    def files(self) -> tuple[str, ...]:
        """The words that are files."""
        return tuple(word for word in self.words if word.lower() not in self.hashes)


@click.command("accept", short_help="Let findings stand, with a reason, in ftlint-accepted.toml.")
@click.argument("words", nargs=-1, metavar="[HASH|FILE]...")
@click.option("--rule", multiple=True, metavar="RULE", help="Accept what this rule found (code or name, repeatable).")
@click.option("--category", multiple=True, metavar="NAME", help="Moderation: only in these categories (repeatable).")
@click.option("--max-score", type=Amount(0, 1), help="Moderation: only up to this score.")
@click.option("--reason", metavar="TEXT", help="Why; it is written into the file.")
@click.option("--expires", metavar="DATE", help="The last day on which it holds (YYYY-MM-DD).")
@click.option("--report", metavar="FILE.json", help="Take the findings of a saved report; no check is run.")
@click.option("--validation", multiple=True, metavar="FILE", help="A validation file (repeatable).")
@click.option("--model", metavar="MODEL", help="The base model, as for `check`.")
@click.option("--provider", metavar="NAME", help="Where the job will run, as for `check`.")
@click.option("--prune", is_flag=True, help="Remove stale and expired acceptances instead.")
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@config_options
def accept(**given: Any) -> int:
    """Accept findings: `ftlint accept 7f3ac19e --reason "our own address" train.jsonl`, or all of a rule.

    HASH is the beginning (8 digits or more) of the `content_sha256` or `example_sha256` of a report. The files are
    checked offline, or `--report` names a saved report; what moderation found is in reports only. The acceptances go to
    `ftlint-accepted.toml` beside the configuration: hashes and reasons, never a text.
    """
    return _accept(Given(**given))


def _accept(given: Given) -> int:
    from ftlint.cli.output import write

    _refuse(given)
    start = Path(given.files[0]).parent if given.files else None
    flags = {"model": given.model, "provider": given.provider}
    resolved = resolve(given.config, given.isolated, given.today, start=start, flags=flags)
    target = resolved.settings.accepted or resolved.root / NAME
    book = load(target)
    if given.prune:
        return _prune(given, resolved, book)
    rules = _rules(given, resolved)
    report = _saved(given.report) if given.report else _checked(given, resolved, book)
    _must_be_whole(given, report, rules)
    chosen = [finding for finding in report.findings if _chosen(finding, given, rules)]
    _must_match(given, report, rules)
    today = resolved.settings.today
    more = {"expires": _day(given.expires), "max_score": given.max_score}
    assert given.reason is not None
    added = {book.entry(finding, given.reason, today, **more) for finding in chosen}
    if added and not given.dry_run:
        _save(book.with_entries(added), target)
    counted = Counter(finding.code for finding in chosen)
    told = ", ".join(f"{code} {count:,}" for code, count in sorted(counted.items()))
    verb = "would accept" if given.dry_run else "accepted"
    write(f"{target}: {verb} {plural(len(chosen), 'finding')}{f' ({told})' if told else ''}\n")
    return 0


def _refuse(given: Given) -> None:
    """What is wrong with the command line as such."""
    if given.prune:
        if given.rule or given.hashes or given.reason or given.report:
            raise UsageError("--prune takes files only", "ftlint accept --prune train.jsonl")
        return
    if not given.rule and not given.hashes:
        raise UsageError(
            "neither a hash nor a rule is named; there is no blanket acceptance", "--rule FT701, or a hash of a report"
        )
    if not given.reason or not given.reason.strip():
        raise UsageError("an acceptance needs a reason", '--reason "why this may stand"')
    if not given.files and not given.report:
        raise UsageError("no file is named", "name the training file, or a saved report with --report")
    if given.files and given.report:
        raise UsageError("--report takes the place of files", "name one or the other")


def _rules(given: Given, resolved: Resolved) -> frozenset[str]:
    from ftlint.rulebook import load_book

    book = load_book(resolved.settings.rules)
    rules = frozenset(book.find(word).code for word in given.rule)
    for code in sorted(rules & NEVER.keys()):
        raise UsageError(f"{code} cannot be accepted", NEVER[code])
    online = sorted(code for code in rules if book.rules[code].needs == "api")
    if online and not given.report:
        raise UsageError(
            f"{online[0]} is found by moderation, and no moderation is run here",
            "ftlint check --online --also json=report.json FILE, then accept with --report report.json",
        )
    if (given.category or given.max_score is not None) and not all(code.startswith("FT9") for code in rules):
        raise UsageError("--category and --max-score are for moderation's rules only", "--rule FT902 --category sexual")
    return rules


def _chosen(finding: Finding, given: Given, rules: frozenset[str]) -> bool:
    if finding.code in NEVER or (rules and finding.code not in rules):
        return False
    if given.hashes and not any(_has(finding, start) for start in given.hashes):
        return False
    if given.category and not set(categories_of(finding) or ("",)) <= set(given.category):
        return False
    return given.max_score is None or score_of(finding, categories_of(finding)) <= given.max_score


def _has(finding: Finding, start: str) -> bool:
    return any((digest or "").startswith(start) for digest in (finding.content_sha256, finding.example_sha256))


def _must_be_whole(given: Given, report: Report, rules: frozenset[str]) -> None:
    """A saved report that only counts some findings of a rule cannot say which examples they are about."""
    left = [code for code in report.omitted_by_code() if code in rules] if not given.hashes else []
    if left:
        raise UsageError(
            f"the report holds only some of the findings of {left[0]}", "name the files in place of --report"
        )


def _must_match(given: Given, report: Report, rules: frozenset[str]) -> None:
    """Every hash that was named is that of one example with a finding, accepted already or not."""
    for start in given.hashes:
        held = [finding for finding in (*report.findings, *report.accepted) if _has(finding, start)]
        held = [finding for finding in held if not rules or finding.code in rules]
        if not held:
            raise UsageError(f"no finding has the hash {start}", "`--output-format json` shows the hashes")
        contents = {finding.content_sha256 for finding in held if finding.content_sha256}
        lines = {finding.example_sha256 for finding in held}
        if min(len(contents) or len(lines), len(lines)) > 1:
            raise UsageError(f"the hash {start} is the beginning of several", "give more of its digits")


def _checked(given: Given, resolved: Resolved, book: Acceptances) -> Report:
    from ftlint import engine

    settings = replace(resolved.settings, accepted=book.path, kept=EVERYTHING)
    return engine.check(_files(given.files, given.validation), settings)


def _files(paths: Sequence[str], validation: Sequence[str]) -> list[tuple[Path, Role]]:
    return [(Path(path), Role.TRAIN) for path in paths] + [(Path(path), Role.VALIDATION) for path in validation]


def _saved(name: str) -> Report:
    """A saved report; refused when a file has changed since, for its hashes are then those of other texts."""
    from ftlint.reports.json_ import from_json

    try:
        report = from_json(Path(name).read_bytes())
    except OSError as error:
        raise InputError(f"cannot read {name}: {(error.strerror or '').lower()}") from error
    except ValueError as error:
        raise InputError(f"{name}: {error}", "ftlint check --output-format json writes one") from None
    for file in report.files:
        path = Path(file.path)
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() != file.sha256:
            raise InputError(f"{file.path} has changed since {name} was written", "check it again")
    return report


def _day(given: str | None) -> datetime.date | None:
    if given is None:
        return None
    try:
        return datetime.date.fromisoformat(given)
    except ValueError:
        raise UsageError(f"--expires is not a date: {given}", "write it as 2027-03-31") from None


def _prune(given: Given, resolved: Resolved, book: Acceptances) -> int:
    """Remove what is stale for the files that were named, or for all that the entries name."""
    from ftlint import engine
    from ftlint.cli.output import write

    named = [*given.files] or sorted(
        {str(path) for entry in book.entries if (path := book.path.parent / entry.path).is_file()} - {*given.validation}
    )
    stale: frozenset[Acceptance] = frozenset()
    if book.entries and (named or given.validation):
        stale = engine.stale_acceptances(
            _files(named, given.validation), replace(resolved.settings, accepted=book.path)
        )
    if stale and not given.dry_run:
        _save(book.without(set(stale)), book.path)
    for entry in sorted(stale, key=lambda entry: entry.sort_key):
        write(f"{entry.path}: {entry.rule} {entry.sha256[:12]}: {entry.reason}\n")
    verb = "would remove" if given.dry_run else "removed"
    write(f"{book.path}: {verb} {plural(len(stale), 'acceptance')}, {len(book.entries) - len(stale):,} kept\n")
    return 0


def _save(book: Acceptances, path: Path) -> None:
    from ftlint.cli.output import save

    save(path, book.dump().encode("utf-8"))

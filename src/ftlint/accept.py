"""Acceptances: findings that somebody looked at and lets stand. They live beside the data and hold hashes, no text."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import Any

from ftlint.errors import ConfigError, InputError
from ftlint.globs import relative
from ftlint.model import Finding
from ftlint.records import dataclass
from ftlint.text import safe

NAME = "ftlint-accepted.toml"
VERSION = 1
NEVER = {
    "FT019": "a stale acceptance is removed, not accepted: ftlint accept --prune",
    "FT909": "a text without a verdict cannot be accepted; run moderation again",
}
"""Rules whose findings no acceptance covers, and what to do instead."""
KINDS = ("content_sha256", "example_sha256", "message_sha256")
"""What a hash is of: the parsed example, a line that is no example, or the message of a finding about a file."""

_HEAD = """\
# Findings that were looked at and are accepted. `ftlint accept` writes this file; commit it beside the data.
# It holds hashes, never a text: an entry ends to hold as soon as its example changes.

version = 1
"""
_KEYS = {"rule", "path", "reason", "date", "expires", "categories", "max_score", *KINDS}
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Acceptance:
    """One entry of the file.

    Attributes:
        rule: the code of the rule.
        path: the file it was accepted in, relative to the acceptances; an example may move to another one.
        kind: one of ``KINDS``; ``sha256`` is in hexadecimal.
        reason: why it is accepted, in the words of whoever did it.
        expires: the last day on which it holds, or None.
        categories: of a moderation finding; one that concerns another category too is not covered.
        max_score: a moderation finding with a higher score in these categories is not covered (0 to 1).
        line: where the entry stands in the file, or None.
    """

    rule: str
    path: str
    kind: str
    sha256: str
    reason: str
    date: datetime.date | None = None
    expires: datetime.date | None = None
    categories: tuple[str, ...] = ()
    max_score: float | None = None
    line: int | None = field(default=None, compare=False)

    @property
    def sort_key(self) -> tuple[str, ...]:
        """The order of the file: by data file, then rule, then hash."""
        return (self.path, self.rule, self.kind, self.sha256, *self.categories)

    def expired(self, today: datetime.date) -> bool:
        """The last day has passed."""
        return self.expires is not None and self.expires < today


@dataclass(frozen=True)
class Acceptances:
    """A file of acceptances; ``path`` need not exist yet."""

    path: Path
    entries: tuple[Acceptance, ...] = ()

    def relative(self, name: str) -> str:
        """A data file's name as entries hold it; standard input keeps its own."""
        return name if name.startswith("<") else safe(relative(Path(name), self.path.parent))

    def split(
        self, findings: Iterable[Finding], today: datetime.date
    ) -> tuple[list[Finding], list[Finding], set[Acceptance]]:
        """What stands, what is accepted (with the reason), and the entries that were used."""
        matcher = Matcher(self, today)
        standing: list[Finding] = []
        accepted: list[Finding] = []
        used: set[Acceptance] = set()
        for finding in findings:
            if held := matcher.held(finding):
                accepted.append(replace(finding, accepted=safe(held[0].reason)))
                used.update(held)
            else:
                standing.append(finding)
        return standing, accepted, used

    def covers(self, entry: Acceptance, finding: Finding) -> bool:
        """Whether an entry with the finding's rule and hash is about it: the same file, categories and scores."""
        if entry.kind != "content_sha256" and entry.path != self.relative(finding.path):
            return False
        concerned = categories_of(finding)
        if entry.categories and not set(concerned) <= set(entry.categories):
            return False
        return entry.max_score is None or score_of(finding, entry.categories) <= entry.max_score

    def entry(self, finding: Finding, reason: str, today: datetime.date, **more: Any) -> Acceptance:
        """The entry that covers a finding; ``more`` are ``expires`` and ``max_score``."""
        kind, digest = key_of(finding)
        return Acceptance(
            rule=finding.code,
            path=self.relative(finding.path),
            kind=kind,
            sha256=digest,
            reason=reason,
            date=today,
            categories=categories_of(finding),
            **more,
        )

    def with_entries(self, added: Iterable[Acceptance]) -> Acceptances:
        """These entries too; one for the same finding takes the place of the older one."""
        held = {entry.sort_key: entry for entry in (*self.entries, *added)}
        return replace(self, entries=tuple(held[key] for key in sorted(held)))

    def without(self, removed: set[Acceptance]) -> Acceptances:
        """All but these entries."""
        return replace(self, entries=tuple(entry for entry in self.entries if entry not in removed))

    def dump(self) -> str:
        """The file's text."""
        return _HEAD + "".join(_block(entry) for entry in sorted(self.entries, key=lambda entry: entry.sort_key))


class Matcher:
    """The entries that hold on a day, by what they cover.

    Attributes:
        codes: the rules that have such an entry; a finding of another rule need not be asked about.
    """

    def __init__(self, book: Acceptances, today: datetime.date) -> None:
        self._book = book
        self._index: dict[tuple[str, str, str], list[Acceptance]] = {}
        for entry in book.entries:
            if not entry.expired(today) and entry.rule not in NEVER:
                self._index.setdefault((entry.rule, entry.kind, entry.sha256), []).append(entry)
        self.codes = frozenset(rule for rule, _, _ in self._index)

    def held(self, finding: Finding) -> list[Acceptance]:
        """The entries that cover a finding; its frame and the reason on it do not matter."""
        if finding.code not in self.codes:
            return []
        entries = self._index.get((finding.code, *key_of(finding)), ())
        return [entry for entry in entries if self._book.covers(entry, finding)]


def key_of(finding: Finding) -> tuple[str, str]:
    """What identifies a finding besides its rule: the kind of hash, and the hash."""
    if finding.content_sha256:
        return "content_sha256", finding.content_sha256
    if finding.example_sha256:
        return "example_sha256", finding.example_sha256
    return "message_sha256", hashlib.sha256(finding.message.encode("utf-8", "replace")).hexdigest()


def categories_of(finding: Finding) -> tuple[str, ...]:
    """The categories of a moderation finding that are flagged or watched; empty for other rules."""
    named = finding.data.get("categories") if finding.code.startswith("FT9") else None
    return tuple(sorted(str(name) for name in named)) if isinstance(named, list | tuple) else ()


def score_of(finding: Finding, categories: Sequence[str] = ()) -> float:
    """The highest score of a finding in these categories (in all, when none is named); above 1 when it has none."""
    scores = finding.data.get("scores")
    if not isinstance(scores, dict):
        return 2.0
    return max((float(scores[name]) for name in categories or scores if name in scores), default=2.0)


def load(path: Path) -> Acceptances:
    """The acceptances of a file; none when it does not exist.

    Raises:
        InputError: the file cannot be read.
        ConfigError: it is no TOML, of another version, or an entry is wrong; the message names the entry.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return Acceptances(path)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: the file is not UTF-8", "save it as UTF-8 text") from None
    import tomllib

    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: invalid TOML: {error}") from None
    if tree.get("version") != VERSION:
        raise ConfigError(f"{path}: `version` is not {VERSION}", "an older or newer ftlint wrote it")
    unknown = sorted(tree.keys() - {"version", "accepted"})
    entries = tree.get("accepted", [])
    if unknown or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ConfigError(f"{path}: it holds something else than [[accepted]]", "`ftlint accept` writes the entries")
    lines = [number for number, line in enumerate(text.split("\n"), 1) if line.strip() == "[[accepted]]"]
    places: Sequence[int | None] = lines if len(lines) == len(entries) else [None] * len(entries)
    return Acceptances(
        path, tuple(_entry(path, n, *pair) for n, pair in enumerate(zip(entries, places, strict=True), 1))
    )


def _entry(path: Path, number: int, table: dict[str, Any], line: int | None) -> Acceptance:
    def refuse(fact: str, remedy: str = "`ftlint accept` writes the entries") -> ConfigError:
        return ConfigError(f"{path}: acceptance {number}: {fact}", remedy)

    if unknown := sorted(table.keys() - _KEYS):
        raise refuse(f"unknown key `{unknown[0]}`")
    for key in ("rule", "path", "reason"):
        if not isinstance(table.get(key), str) or not table[key].strip():
            raise refuse(f"`{key}` is missing or no text")
    kinds = [kind for kind in KINDS if kind in table]
    if len(kinds) != 1 or not _HASH.fullmatch(str(table[kinds[0]])):
        raise refuse("there is no single hash: one of " + ", ".join(KINDS), "there is no blanket acceptance")
    for key in ("date", "expires"):
        if key in table and type(table[key]) is not datetime.date:
            raise refuse(f"`{key}` is no date", "write it without quotes: 2026-11-21")
    categories = table.get("categories", [])
    if not isinstance(categories, list) or not all(isinstance(name, str) for name in categories):
        raise refuse("`categories` is no list of names")
    score = table.get("max_score")
    if score is not None and (isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1):
        raise refuse("`max_score` is no number from 0 to 1")
    return Acceptance(
        rule=table["rule"],
        path=table["path"],
        kind=kinds[0],
        sha256=table[kinds[0]],
        reason=table["reason"],
        date=table.get("date"),
        expires=table.get("expires"),
        categories=tuple(sorted(categories)),
        max_score=None if score is None else float(score),
        line=line,
    )


def _block(entry: Acceptance) -> str:
    pairs: list[tuple[str, str]] = [
        ("rule", _string(entry.rule)),
        ("path", _string(entry.path)),
        (entry.kind, _string(entry.sha256)),
    ]
    if entry.categories:
        pairs.append(("categories", "[" + ", ".join(map(_string, entry.categories)) + "]"))
    if entry.max_score is not None:
        pairs.append(("max_score", repr(float(entry.max_score))))
    pairs.append(("reason", _string(entry.reason)))
    pairs += [(key, day.isoformat()) for key, day in (("date", entry.date), ("expires", entry.expires)) if day]
    return "\n[[accepted]]\n" + "".join(f"{key} = {value}\n" for key, value in pairs)


def _string(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's, save for DEL and lone surrogates."""
    quoted = json.dumps(text.encode("utf-8", "replace").decode(), ensure_ascii=False)
    return quoted.replace("\x7f", "\\u007f")

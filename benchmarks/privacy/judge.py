"""ftlint's engine over the set, row by row, and the count of what it found, missed and found wrongly."""

from __future__ import annotations

import datetime
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.privacy.dataset import CODES, Case, Label
from ftlint import engine
from ftlint.model import Finding, Role
from ftlint.settings import ModerationSettings, Settings

TODAY = datetime.date(2026, 11, 22)
# FT704, FT705 and FT723 report several kinds; the kind that a finding names says which row of the table it belongs to.
_BY_KIND = {"iban": "iban", "us-ssn": "ssn", "jp-my-number": "my-number", "jwt": "jwt"}
_REST = {"FT704": "account", "FT705": "other-id", "FT723": "password"}
_BY_CODE = {code: kind for kind, code in CODES.items() if code not in _REST}


@dataclass(frozen=True)
class Hit:
    """One finding in one message.

    Attributes:
        start: of the first place that it names, with ``end``, as characters of the message.
        count: how many places of its kind the message has.
    """

    kind: str
    code: str
    message: int
    start: int
    end: int
    count: int


@dataclass
class Tally:
    """The figures of one kind. ``wrong``: found where there is none; ``whole``: found, and no character left out."""

    demanded: int = 0
    found: int = 0
    whole: int = 0
    right: int = 0
    wrong: int = 0

    @property
    def precision(self) -> float | None:
        """The share of what is reported that is right."""
        total = self.right + self.wrong
        return self.right / total if total else None

    @property
    def recall(self) -> float | None:
        """The share of what is there that is reported."""
        return self.found / self.demanded if self.demanded else None


@dataclass
class Verdict:
    """Figures by kind, and the cases behind them, as (kind, case, text of the span)."""

    kinds: dict[str, Tally] = field(default_factory=lambda: {kind: Tally() for kind in CODES})
    missed: list[tuple[str, Case, str]] = field(default_factory=list)
    wrong: list[tuple[str, Case, str]] = field(default_factory=list)


def judge(cases: Sequence[Case]) -> Verdict:
    """Check all rows in one file, and compare."""
    verdict = Verdict()
    for case, hits in zip(cases, _hits(cases), strict=True):
        _compare(case, hits, verdict)
    return verdict


def _hits(cases: Sequence[Case]) -> list[list[Hit]]:
    settings = Settings(
        today=TODAY, select=("FT7",), ignore=("FT709",), tokens=False, moderation=ModerationSettings(cache=False)
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.jsonl"
        path.write_text("".join(case.line() + "\n" for case in cases), encoding="utf-8")
        report = engine.check([(path, Role.TRAIN)], settings)
    hits: list[list[Hit]] = [[] for _ in cases]
    for finding in report.findings:
        assert finding.line is not None, finding
        hits[finding.line - 1].append(_hit(cases[finding.line - 1], finding))
    return hits


def _hit(case: Case, finding: Finding) -> Hit:
    """The finding with its columns turned into characters of the message that it points at."""
    assert finding.json_path in ("$.messages[0].content", "$.messages[1].content"), finding.json_path
    assert finding.column is not None
    assert finding.end_column is not None
    message = int(finding.json_path[11])
    line, text = case.line(), case.texts[message]
    before = line.index('"content": ')
    if message:
        before = line.index('"content": ', before + len(json.dumps(case.texts[0], ensure_ascii=False)))
    column = before + len('"content": "')
    columns = {}
    for at, char in enumerate(text):
        columns[column] = at
        column += len(json.dumps(char, ensure_ascii=False)) - 2
    columns[column] = len(text)
    kind = _BY_KIND.get(str(finding.data["kind"])) or _REST.get(finding.code) or _BY_CODE[finding.code]
    start, end = columns[finding.column - 1], columns[finding.end_column - 1]
    return Hit(kind, finding.code, message, start, end, int(finding.data["count"]))


def _compare(case: Case, hits: Sequence[Hit], verdict: Verdict) -> None:
    """A label is found when a hit of its rule covers half of it; one place stands for the others of its count.

    A hit that covers less of a label is no discovery, and not wrong either.
    """
    found: set[Label] = set()
    for hit in hits:
        fitting = [label for label in case.labels if _fits(label, hit)]
        touched = [label for label in fitting if _shared(label, hit) > 0]
        found |= {label for label in touched if _shared(label, hit) * 2 >= label.end - label.start}
        further = [label for label in fitting if label not in touched and label not in found][: hit.count - 1]
        found |= set(further)
        right = min(hit.count, len(further) + len(touched))
        verdict.kinds[hit.kind].right += right
        verdict.kinds[hit.kind].wrong += hit.count - right
        if right < hit.count:
            verdict.wrong.append((hit.kind, case, case.texts[hit.message][hit.start : hit.end]))
    for label in case.labels:
        if label.demanded:
            _count(case, label, hits, label in found, verdict)


def _count(case: Case, label: Label, hits: Sequence[Hit], found: bool, verdict: Verdict) -> None:
    tally = verdict.kinds[label.kinds[0]]
    tally.demanded += 1
    if not found:
        verdict.missed.append((label.kinds[0], case, case.texts[label.message][label.start : label.end]))
        return
    tally.found += 1
    near = [hit for hit in hits if _fits(label, hit) and _shared(label, hit) > 0]
    covered = {at for hit in near for at in range(hit.start, hit.end)}
    blank = {at for at in range(label.start, label.end) if case.texts[label.message][at].isspace()}
    # of the second place of a count the report does not say where it is
    tally.whole += not near or set(range(label.start, label.end)) <= covered | blank


def _fits(label: Label, hit: Hit) -> bool:
    return label.message == hit.message and hit.code in {CODES[kind] for kind in label.kinds}


def _shared(label: Label, hit: Hit) -> int:
    return min(label.end, hit.end) - max(label.start, hit.start)

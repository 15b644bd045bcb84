"""Which findings may lie behind a failure, the likeliest first. Evidence, no proof: no service's filter is public."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ftlint.model import Finding, Level, Place, Report, Role
from ftlint.run.classify import FailureKind
from ftlint.run.clues import REASONING, Clues

NOT_THE_FILE = frozenset({FailureKind.INELIGIBLE, FailureKind.QUOTA, FailureKind.TRANSIENT, FailureKind.CANCELLED})
"""Failures that say nothing about the data."""
_NO_VERDICT = "FT909"
_CONTENT = (
    ("FT903", "FT901", "FT904", "FT902", "FT709", "FT905"),
    ("FT612", "FT613", "FT622", "FT707", "FT706", "FT705", "FT703", "FT621"),
    ("FT704", "FT702", "FT701", "FT720", "FT721", "FT723", "FT722", "FT603", "FT616"),
)
"""Rules about what filters are known to mind, in tiers, each in order: shared and flagged texts, profiles of a person,
reasoning traces, rule-like prompts, personas, personal data (cases that users reported, 2023 to 2026)."""
_BY_CATEGORY = {
    REASONING: ("FT612", "FT613"),
    "advice": ("FT621",),
    "sensitive": ("FT709", "FT707", "FT706", "FT705", "FT703", "FT702", "FT701"),
    "highly-sensitive": ("FT709", "FT705", "FT703", "FT720", "FT721"),
    "sexual/minors": ("FT905",),
}
_PLACES = 20


@dataclass(frozen=True, slots=True)
class Suspect:
    """What one rule found, as far as it may explain the failure.

    Attributes:
        finding: the worst one, for its message.
        places: the first places of all of them; ``count`` says how many there are.
        named: the service itself named one of the places, the category or the kind of defect.
    """

    finding: Finding
    places: tuple[Place, ...]
    count: int
    named: bool


def suspects(report: Report, kind: FailureKind, clues: Clues, example_line: int | None = None) -> list[Suspect]:
    """The findings that may explain the failure, by rule and file, the likeliest first; accepted ones count too.

    Args:
        example_line: the line of the example that the service names, if it does.
    """
    if kind in NOT_THE_FILE:
        return []
    groups: dict[tuple[int, ...], list[Finding]] = {}
    validation = {file.path for file in report.files if file.role is Role.VALIDATION}
    lines = {*clues.lines, *([example_line] if example_line is not None else [])}
    for finding in (*report.findings, *report.accepted):
        key = _key(finding, kind, clues, finding.line in lines, finding.path in validation)
        if key is not None:
            groups.setdefault(key, []).append(finding)
    return [_suspect(key, found) for key, found in sorted(groups.items(), key=lambda item: item[0])]


def _key(
    finding: Finding, kind: FailureKind, clues: Clues, at_named_line: bool, in_validation: bool
) -> tuple[int, ...] | None:
    """Sorts suspects: named by the service, tier, place in the tier, the file it spoke of, the rule; None for none."""
    code = int(finding.code[2:]) if finding.code[2:].isdigit() else 999
    about_validation = kind is FailureKind.BLOCKED_VALIDATION_FILE
    other_file = int(in_validation != about_validation)
    if kind is FailureKind.FORMAT_ERROR:
        hinted = finding.code in clues.rules
        if finding.level is not Level.ERROR and not hinted:
            return None
        if finding.code.startswith(("FT6", "FT7", "FT9")):
            return None
        return (0 if at_named_line and hinted else 1 if at_named_line else 2 if hinted else 3, other_file, code)
    rank = _rank(finding)
    if rank is None:
        serious = kind is FailureKind.UNKNOWN and finding.level is Level.ERROR and finding.code != _NO_VERDICT
        return (3, 0, 0, other_file, code) if serious else (-1, 0, 0, other_file, code) if at_named_line else None
    named = at_named_line or _named(finding, clues)
    return (-1 if named else 0, *rank, other_file, code)


def _rank(finding: Finding) -> tuple[int, int] | None:
    for tier, codes in enumerate(_CONTENT):
        if finding.code in codes:
            flagged = bool(finding.data.get("flagged"))
            return tier, -1 if flagged else codes.index(finding.code)
    return None


def _named(finding: Finding, clues: Clues) -> bool:
    scored = finding.data.get("categories")
    if isinstance(scored, list | tuple) and any(category in clues.categories for category in scored):
        return True
    return any(finding.code in _BY_CATEGORY.get(category, ()) for category in clues.categories)


def _suspect(key: tuple[int, ...], found: list[Finding]) -> Suspect:
    worst = max(found, key=lambda finding: (_risk(finding), -(finding.line or 0)))
    ranked = sorted(found, key=lambda finding: (-_risk(finding), finding.path, finding.line or 0))
    places = list(dict.fromkeys(_places(ranked)))
    return Suspect(worst, tuple(places[:_PLACES]), len(found), key[0] < 0 or (len(key) == 3 and key[0] < 3))


def _places(found: Iterable[Finding]) -> Iterable[Place]:
    for finding in found:
        if finding.line is not None:
            yield Place(finding.path, finding.line)
        yield from finding.related


def _risk(finding: Finding) -> float:
    risk = finding.data.get("risk")
    return float(risk) if isinstance(risk, int | float) else 0.0

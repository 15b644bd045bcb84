"""What of a finding may be shown, and in which order: the two questions that every format asks."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath

from ftlint.model import Finding, Report

Lines = set[tuple[str, int | None]]


def flagged_lines(report: Report) -> Lines:
    """Lines whose text moderation flagged: no rule's frame may show them, accepted or not."""
    everything = (*report.findings, *report.accepted)
    return {(finding.path, finding.line) for finding in everything if finding.frame and finding.frame.hidden}


def withheld(finding: Finding, flagged: Lines, *, show_text: bool) -> bool:
    """The finding's frame is not to be shown: its line was flagged, or its text was left out of a saved report."""
    if finding.frame is None:
        return False
    lost = finding.frame.hidden and not finding.frame.text
    return lost or (not show_text and (finding.path, finding.line) in flagged)


def hidden_length(finding: Finding) -> int:
    """Characters of the span, as far as they are known."""
    if finding.column and finding.end_column:
        return finding.end_column - finding.column
    return finding.frame.end - finding.frame.start if finding.frame else 0


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """By level; within a level in the order of the report, which for moderation is that of the risk."""
    return sorted(findings, key=lambda finding: finding.level.rank)


def by_rule(report: Report) -> list[list[Finding]]:
    """Findings of one rule together: the worst level first, likely blockers before all else, then the most frequent."""
    counts = report.by_code()
    groups: dict[str, list[Finding]] = {}
    for finding in worst_first(report.findings):
        groups.setdefault(finding.code, []).append(finding)
    return sorted(
        groups.values(),
        key=lambda group: (
            group[0].level.rank,
            not group[0].code.startswith("FT9"),
            -counts[group[0].code],
            group[0].code,
        ),
    )


def not_kept(count: int, code: str) -> str:
    """What every format says of findings that a report counts and does not hold."""
    return f"and {count:,} more of {code}, not kept"


def fair_shares(counts: Sequence[int], room: int) -> list[int]:
    """How many of each group are shown when only ``room`` are: small groups whole, large ones alike, in order."""
    shares = [0] * len(counts)
    left = room
    waiting = sorted(range(len(counts)), key=lambda index: (counts[index], -index))
    for position, index in enumerate(waiting):
        shares[index] = min(counts[index], left // (len(waiting) - position))
        left -= shares[index]
    return shares


def fingerprints(findings: Iterable[Finding]) -> Iterator[str]:
    """One identity per finding that outlives moved lines and serialising again: from the content, never the line.

    Copies of an example have one content; they are told apart by their order.
    """
    seen: Counter[str] = Counter()
    for finding in findings:
        content = finding.content_sha256 or finding.example_sha256 or ("" if finding.line is None else finding.message)
        parts = (finding.code, uri(finding.path), content, finding.json_path or "")
        base = hashlib.sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()
        yield base if not seen[base] else hashlib.sha256(f"{base}:{seen[base]}".encode()).hexdigest()
        seen[base] += 1


def uri(path: str) -> str:
    """A path as code hosts compare it: forward slashes, no leading ``./``."""
    return PurePath(path).as_posix()

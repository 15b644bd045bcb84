"""``ftlint check --statistics``: how often each rule fired, the most frequent first."""

from __future__ import annotations

import json

from ftlint.errors import UsageError
from ftlint.model import Finding, Report

FORMATS = ("full", "concise", "json")


def statistics(report: Report, name: str) -> str:
    """One line per rule: count, code, level, name, and what fixes it; as JSON a list of objects."""
    counts = report.by_code()
    first: dict[str, Finding] = {}
    for finding in report.findings:
        first.setdefault(finding.code, finding)
    ranked = sorted(counts, key=lambda code: (-counts[code], code))
    if name == "json":
        rows = [
            {
                "code": code,
                "name": first[code].name,
                "level": first[code].level.value,
                "count": counts[code],
                "fix": first[code].fix,
            }
            for code in ranked
        ]
        return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
    width = max((len(f"{count:,}") for count in counts.values()), default=0)
    lines = (
        f"{counts[code]:>{width},}  {code}  {first[code].level.value:<8} {first[code].name}{_mark(first[code])}"
        for code in ranked
    )
    return "".join(f"{line}\n" for line in lines)


def refuse(name: str) -> None:
    """Refuse a format that has no table of counts.

    Raises:
        UsageError: it has none.
    """
    if name not in FORMATS:
        raise UsageError(f"--statistics has no format `{name}`", f"use one of {', '.join(FORMATS)}")


def _mark(finding: Finding) -> str:
    return {"safe": " [*]", "unsafe": " [*, unsafe]"}.get(finding.fix or "", "")

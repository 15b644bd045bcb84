"""The format ``concise``: one plain line per finding, for editors, pipes and logs."""

from __future__ import annotations

from ftlint.model import Finding, Report
from ftlint.reports import Options
from ftlint.reports.shown import not_kept
from ftlint.text import log_line, safe


def render(report: Report, options: Options) -> str:
    """One line per finding, ``path:line:column: code message``; empty when nothing was found."""
    return "".join(line(finding, options) + "\n" for finding in report.findings) + omitted(report, options)


def omitted(report: Report, options: Options) -> str:
    """A line for each file and rule of which not all findings are held."""
    paths = dict.fromkeys(left.path for left in report.omitted)
    return "".join(
        options.fit(log_line(f"{safe(path)}: {not_kept(count, safe(code))}")) + "\n"
        for path in paths
        for code, count in report.omitted_by_code(path).items()
    )


def line(finding: Finding, options: Options) -> str:
    """``train.jsonl:118:693: FT114 unknown role `asistant` [*]``; ``[*]`` marks a safe fix."""
    mark = " [*]" if finding.fix == "safe" else ""
    return options.fit(log_line(f"{place(finding)}: {safe(finding.code)} {safe(finding.message)}{mark}"))


def place(finding: Finding) -> str:
    """``path``, ``path:line`` or ``path:line:column``, as much as is known."""
    parts = [safe(finding.path), finding.line, finding.column if finding.line else None]
    return ":".join(str(part) for part in parts if part is not None)

"""The format ``github``: workflow commands, which GitHub shows as annotations beside the file."""

from __future__ import annotations

from ftlint.model import Finding, Level, Report
from ftlint.reports import Options, sentence
from ftlint.reports.shown import not_kept, uri, worst_first
from ftlint.text import plural, safe

ANNOTATIONS = 10
"""What GitHub shows of each level for one step of a workflow; the rest would be dropped in silence."""
_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "notice"}


def render(report: Report, options: Options) -> str:  # noqa: ARG001 (nothing of an annotation can be chosen)
    """The worst findings, at most ten, then the summary as a notice."""
    ranked = worst_first(report.findings)
    shown = ranked[:ANNOTATIONS]
    if len(shown) == ANNOTATIONS and shown[0].level is Level.INFO:
        shown.pop()  # ten notices would push out the eleventh, the summary
    left = report.total() - len(shown)
    told = sentence.one_line(report) + (f"; {plural(left, 'further finding')} not annotated" if left else "")
    told += "".join(f"; {not_kept(count, code)}" for code, count in report.omitted_by_code().items())
    return "".join(_annotation(finding) for finding in shown) + f"::notice title=ftlint::{_data(told)}\n"


def _annotation(finding: Finding) -> str:
    place = {"file": uri(finding.path), "line": finding.line, "endLine": finding.line}
    if finding.line and finding.column and finding.end_column:
        place |= {"col": finding.column, "endColumn": finding.end_column}
    place["title"] = f"{finding.code} {finding.name}"
    properties = ",".join(f"{key}={_property(str(value))}" for key, value in place.items() if value is not None)
    path = f" ({finding.json_path})" if finding.json_path else ""
    text = _data(safe(finding.message + path)) + (f"%0Ahelp: {_data(safe(finding.help))}" if finding.help else "")
    return f"::{_COMMANDS[finding.level]} {properties}::{text}\n"


def _data(text: str) -> str:
    """Text after the second ``::``; only these three characters could end it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Text of a property; two characters more would end it."""
    return _data(safe(text)).replace(":", "%3A").replace(",", "%2C")

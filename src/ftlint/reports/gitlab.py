"""The format ``gitlab``: a Code Quality report, which GitLab shows in the merge request."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from ftlint.model import Finding, Level, Omitted, Report
from ftlint.reports import Options
from ftlint.reports.json_ import plain
from ftlint.reports.shown import fingerprints, not_kept, uri

_SEVERITIES = {Level.ERROR: "critical", Level.WARNING: "major", Level.INFO: "info"}


def render(report: Report, options: Options) -> str:  # noqa: ARG001 (a format for programs has no options)
    """A JSON list with an entry per finding; GitLab does not show ``check_name``, so the text names the rule."""
    marks = fingerprints(report.findings)
    entries = [_entry(finding, mark) for finding, mark in zip(report.findings, marks, strict=True)]
    entries += [_rest(left) for left in report.omitted if not left.accepted]
    return orjson.dumps(plain(entries), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def _entry(finding: Finding, fingerprint: str) -> dict[str, Any]:
    return {
        "description": f"{finding.code} {finding.name}: {finding.message}",
        "check_name": finding.code,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.level],
        "location": {"path": uri(finding.path), "lines": {"begin": finding.line or 1}},
    }


def _rest(left: Omitted) -> dict[str, Any]:
    """One entry for the findings of a rule that are not held."""
    return {
        "description": not_kept(left.count, left.code),
        "check_name": left.code,
        "fingerprint": hashlib.sha256(f"{left.code} {left.level} of {uri(left.path)}, not kept".encode()).hexdigest(),
        "severity": _SEVERITIES[left.level],
        "location": {"path": uri(left.path), "lines": {"begin": 1}},
    }

"""The format ``junit``: what CI servers read as test results; a suite per file, a test case per finding."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape

from ftlint.model import Finding, Omitted, Report, Verdict
from ftlint.reports import Options, sentence
from ftlint.reports.concise import place
from ftlint.reports.shown import not_kept
from ftlint.text import safe

_ILLEGAL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report, options: Options) -> str:  # noqa: ARG001 (a format for programs has no options)
    """Findings at or above ``fail_on`` are failures, the others pass with a note; a check not finished is an error."""
    paths = dict.fromkeys([*(file.path for file in report.files), *(finding.path for finding in report.findings)])
    suites = [_suite(path, [found for found in report.findings if found.path == path], report) for path in paths]
    if report.verdict is Verdict.INCOMPLETE:
        told = f'<error message="{_text(sentence.moderation(report))}" type="incomplete"/>'
        suites.append(
            '  <testsuite name="moderation" tests="1" failures="0" errors="1" skipped="0">\n'
            f'    <testcase classname="ftlint" name="moderation">{told}</testcase>\n  </testsuite>\n'
        )
    failed = _failures(report.findings, _omitted(report), report)
    tests = sum(suite.count("<testcase ") for suite in suites)
    errors = int(report.verdict is Verdict.INCOMPLETE)
    head = f'<testsuites name="ftlint" tests="{tests}" failures="{failed}" errors="{errors}">\n'
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + head + "".join(suites) + "</testsuites>\n"


def _suite(path: str, findings: list[Finding], report: Report) -> str:
    failed = _failures(findings, _omitted(report, path), report)
    cases = list(_cases(path, findings, report))
    counts = f'tests="{len(cases)}" failures="{failed}" errors="0" skipped="0"'
    return f'  <testsuite name="{_text(path)}" {counts}>\n{"".join(cases)}  </testsuite>\n'


def _cases(path: str, findings: list[Finding], report: Report) -> Iterator[str]:
    """A suite without a test case is an error to some readers: a file without findings is one that passed."""
    if not findings:
        yield f'    <testcase classname="{_text(path)}" name="ftlint"/>\n'
    for finding in findings:
        where = f" at {finding.line}:{finding.column or 1}" if finding.line else ""
        name = f'classname="{_text(path)}" name="{_text(f"{finding.code} {finding.name}{where}")}"'
        line = f' line="{finding.line}"' if finding.line else ""
        yield f"    <testcase {name}{line}>{_outcome(finding, report)}</testcase>\n"
    for left in _omitted(report, path):  # one case for all that are counted only
        told = _text(f"{path}: {not_kept(left.count, left.code)}")
        failure = f'<failure message="{told}" type="{left.level.value}"/>'
        outcome = failure if _fails(left, report) else f"<system-out>{told}</system-out>"
        yield f'    <testcase classname="{_text(path)}" name="{_text(left.code)}, not kept">{outcome}</testcase>\n'


def _omitted(report: Report, path: str | None = None) -> list[Omitted]:
    return [left for left in report.omitted if not left.accepted and path in (None, left.path)]


def _outcome(finding: Finding, report: Report) -> str:
    details = [f"{place(finding)}: {finding.code} {finding.message}"]
    details += [f"path: {finding.json_path}"] if finding.json_path else []
    details += [f"help: {finding.help}"] if finding.help else []
    told = "\n".join(_text(detail) for detail in details)
    if not _fails(finding, report):
        return f"<system-out>{told}</system-out>"
    return f'<failure message="{_text(finding.message)}" type="{finding.level.value}">{told}</failure>'


def _failures(findings: Iterable[Finding], left: Iterable[Omitted], report: Report) -> int:
    return sum(_fails(finding, report) for finding in findings) + sum(_fails(entry, report) for entry in left)


def _fails(finding: Finding | Omitted, report: Report) -> bool:
    return finding.level.rank <= report.fail_on.rank


def _text(text: str) -> str:
    """Text for an attribute or an element: inert, quoted, and without what XML 1.0 cannot hold."""
    return escape(_ILLEGAL.sub(lambda match: f"\\u{ord(match[0]):04x}", safe(text)))

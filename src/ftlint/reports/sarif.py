"""The format ``sarif``, version 2.1.0: what code hosts take for their security and quality views."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import orjson

from ftlint.model import Finding, Level, Report, Verdict
from ftlint.reports import Options, sentence
from ftlint.reports.json_ import plain
from ftlint.reports.shown import Lines, fingerprints, flagged_lines, not_kept, uri, withheld, worst_first
from ftlint.rulebook import Rule
from ftlint.text import plural, safe

RESULTS = 5000
"""GitHub keeps as many results of a run, the worst ones (its documentation of SARIF limits, 2026)."""
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "note"}
_EXAMPLES = re.compile(r"^## (?:Example|Use instead)\n.*?(?=^## |\Z)", re.M | re.S)


def render(report: Report, options: Options) -> str:
    """A SARIF log with one run; beyond 5,000 findings the least bad ones are left out, and that is noted in it."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report, options)]}
    return orjson.dumps(log, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def _run(report: Report, options: Options) -> dict[str, Any]:
    ranked = worst_first(report.findings) + list(report.accepted)
    marks = dict(zip(map(id, ranked), fingerprints(ranked), strict=True))
    shown = ranked[:RESULTS]
    codes = sorted({finding.code for finding in shown})
    index = {code: position for position, code in enumerate(codes)}
    flagged = flagged_lines(report)
    results = [
        {"ruleIndex": index[finding.code], **_result(finding, marks[id(finding)], flagged, options)}
        for finding in shown
    ]
    version = {"version": report.tool_version, "semanticVersion": report.tool_version}
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "ftlint", **version}},
        "columnKind": "unicodeCodePoints",
        "artifacts": [_artifact(file.path, file.bytes, file.sha256) for file in report.files],
        "invocations": [_invocation(report, len(ranked))],
        "results": results,
        "properties": {"verdict": report.verdict, "findings": report.total(), "byCode": report.by_code()},
    }
    run = plain(run)
    run["tool"]["driver"]["rules"] = _rules(codes, shown, options)  # with line breaks
    return run


def _artifact(path: str, size: int, sha256: str) -> dict[str, Any]:
    return {"location": {"uri": _uri(path)}, "length": size, "encoding": "utf-8", "hashes": {"sha-256": sha256}}


def _invocation(report: Report, count: int) -> dict[str, Any]:
    told = [_notice("note", sentence.one_line(report)), *(_notice("note", note) for note in report.notes)]
    if count > RESULTS:
        left = plural(count - RESULTS, "finding")
        told.append(_notice("warning", f"{left} left out: {RESULTS:,} are kept, the worst ones; properties count all"))
    told += [_notice("warning", not_kept(count, code)) for code, count in report.omitted_by_code().items()]
    if report.verdict is Verdict.INCOMPLETE:
        told.append(_notice("error", sentence.moderation(report)))
    return {"executionSuccessful": report.verdict is not Verdict.INCOMPLETE, "toolExecutionNotifications": told}


def _notice(level: str, text: str) -> dict[str, Any]:
    return {"level": level, "message": {"text": text}}


def _rules(codes: list[str], shown: list[Finding], options: Options) -> list[dict[str, Any]]:
    """The rules that fired; one of the user's own, whose page is not at hand, has its name only."""
    book = options.pages
    first: dict[str, Finding] = {}
    for finding in shown:
        first.setdefault(finding.code, finding)
    return [_rule(book[code]) if code in book else {"id": code, "name": safe(first[code].name)} for code in codes]


def _rule(rule: Rule) -> dict[str, Any]:
    shown = "\n".join(safe(line.expandtabs(4)) for line in rule.body.split("\n"))
    page = _EXAMPLES.sub("", shown).strip()  # an example is one long line: no help in a side bar
    return {
        "id": rule.code,
        "name": safe(rule.name),
        "shortDescription": {"text": safe(rule.summary)},
        "fullDescription": {"text": _first_paragraph(shown) or safe(rule.summary)},
        "help": {"text": page or safe(rule.summary), "markdown": page or safe(rule.summary)},
        "defaultConfiguration": {"level": _LEVELS[rule.level]},
        "properties": {"tags": [rule.applies, rule.needs], "fix": rule.fix},
    }


def _first_paragraph(body: str) -> str:
    """What the rule does, as one line."""
    text = body.partition("\n\n")[2].partition("\n\n")[0]
    return " ".join(text.split())


def _result(finding: Finding, mark: str, flagged: Lines, options: Options) -> dict[str, Any]:
    text = finding.message + (f"; help: {finding.help}" if finding.help else "")
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "level": _LEVELS[finding.level],
        "message": {"text": text.replace("](", "] (")},  # `[text](target)` would be a link
        "locations": [_location(finding, flagged, options)],
        "partialFingerprints": {"primaryLocationLineHash": f"{mark[:16]}:1", "ftlint/v1": mark},
        "properties": {"fix": finding.fix, "contentSha256": finding.content_sha256},
    }
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, "physicalLocation": _physical(place.path, {"startLine": max(place.line, 1)})}
            for number, place in enumerate(finding.related[:20], 1)
        ]
    if finding.accepted is not None:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": finding.accepted}]
    return result


def _location(finding: Finding, flagged: Lines, options: Options) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": finding.line or 1}  # code hosts refuse a place without a line
    if finding.line and finding.column and finding.end_column:
        region |= {"startColumn": finding.column, "endColumn": finding.end_column}
    if finding.frame and not withheld(finding, flagged, show_text=options.show_text):
        region["snippet"] = {"text": finding.frame.text[finding.frame.start : finding.frame.end]}
    location: dict[str, Any] = {"physicalLocation": _physical(finding.path, region)}
    if finding.json_path:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.json_path}]
    return location


def _physical(path: str, region: dict[str, Any]) -> dict[str, Any]:
    return {"artifactLocation": {"uri": _uri(path)}, "region": region}


def _uri(path: str) -> str:
    """A relative or absolute path as a URI reference; ``:`` would make its first part a scheme."""
    return quote(uri(path).encode("utf-8", "backslashreplace"), safe="/~")

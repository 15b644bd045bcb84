"""The format ``json``, version 1: what scripts depend on. Keys are added, never renamed, and never come and go.

It holds all that the other formats show, so that a saved report can be rendered again. The text of flagged lines is
left out unless it is asked for: the keys stay, the text is empty.
"""

from __future__ import annotations

import enum
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import orjson

from ftlint.model import (
    Cost,
    FileSummary,
    Finding,
    Format,
    Frame,
    GuardSummary,
    Level,
    ModerationSummary,
    Omitted,
    Place,
    Report,
    Role,
    Skipped,
    TokenStats,
    Verdict,
)
from ftlint.reports import Options
from ftlint.reports.shown import Lines, flagged_lines, withheld
from ftlint.text import safe

_INT64 = 2**63
_OMITTED = ("path", "code", "level", "count", "accepted")
_NEAREST = ("category", "score", "path", "line")
_NOT_ASCII = re.compile("[^\x00-\x7f]+")
_NESTED = re.compile(rb"\n")
_T = TypeVar("_T")


def render(report: Report, options: Options) -> str:
    """The report as JSON, indented by two, with a final newline; in ASCII where the reader's end is not UTF-8.

    Of the options, ``show_text`` counts as well.
    """
    flagged = flagged_lines(report)

    def listed(findings: tuple[Finding, ...]) -> list[orjson.Fragment]:
        trees = (plain(finding_tree(finding, flagged, show_text=options.show_text)) for finding in findings)
        return [
            orjson.Fragment(_NESTED.sub(rb"\n    ", orjson.dumps(tree, option=orjson.OPT_INDENT_2))) for tree in trees
        ]

    tree = _tree(report, listed(report.findings), listed(report.accepted))
    text = orjson.dumps(tree, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()
    return text if options.unicode else _NOT_ASCII.sub(lambda match: json.dumps(match[0])[1:-1], text)


def to_json(report: Report, *, show_text: bool = False) -> dict[str, Any]:
    """The report as plain dicts and lists, in the order of keys that the README gives."""
    flagged = flagged_lines(report)

    def listed(findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
        return [plain(finding_tree(finding, flagged, show_text=show_text)) for finding in findings]

    return _tree(report, listed(report.findings), listed(report.accepted))


def report_tree(report: Report) -> dict[str, Any]:
    """The same with no finding in it, for formats that write those one by one."""
    return _tree(report, [], [])


def _tree(report: Report, findings: Sequence[Any], accepted: Sequence[Any]) -> dict[str, Any]:
    """The whole report; findings are plain already, or even text, so that not all of them are trees at one time."""
    tree: dict[str, Any] = plain(
        {
            "version": report.version,
            "tool": {"name": "ftlint", "version": report.tool_version},
            "verdict": report.verdict,
            "files": [_file(file) for file in report.files],
            "findings": (),
            "summary": summary_tree(report),
            "cost": _cost(report.cost),
            "moderation": _moderation(report.moderation),
            "skipped": [{"code": skipped.code, "reason": skipped.reason} for skipped in report.skipped],
            "accepted": (),
            "costs": [_cost(cost) for cost in report.costs],
            "fail_on": report.fail_on,
            "notes": report.notes,
            "guard": _guard(report.guard),
            "omitted": [{name: getattr(left, name) for name in _OMITTED} for left in report.omitted],
        }
    )
    return {**tree, "findings": findings, "accepted": accepted}


def summary_tree(report: Report) -> dict[str, Any]:
    """The value of ``summary``: findings per level and per rule, those too that are counted only."""
    counts = {level.value: count for level, count in report.counts().items()}
    return {**counts, "accepted": report.accepted_total(), "by_code": report.by_code()}


def _file(file: FileSummary) -> dict[str, Any]:
    return {
        "path": file.path,
        "role": file.role,
        "sha256": file.sha256,
        "bytes": file.bytes,
        "lines": file.lines,
        "examples": file.examples,
        "format": file.format,
        "tokens": _tokens(file.tokens),
    }


def _tokens(tokens: TokenStats | None) -> dict[str, Any] | None:
    if tokens is None:
        return None
    return {field.name: getattr(tokens, field.name) for field in fields(tokens)}


def finding_tree(finding: Finding, flagged: Lines, *, show_text: bool) -> dict[str, Any]:
    """One finding as JSON holds it, not yet made plain (``plain``)."""
    return {
        "code": finding.code,
        "name": finding.name,
        "level": finding.level,
        "message": finding.message,
        "help": finding.help,
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "end_column": finding.end_column,
        "json_path": finding.json_path,
        "example_sha256": finding.example_sha256,
        "content_sha256": finding.content_sha256,
        "related": [{"path": place.path, "line": place.line} for place in finding.related],
        "fix": finding.fix,
        "data": finding.data,
        "accepted": finding.accepted,
        "frame": _frame(finding, hidden=withheld(finding, flagged, show_text=show_text)),
    }


def _frame(finding: Finding, *, hidden: bool) -> dict[str, Any] | None:
    frame = finding.frame
    if frame is None:
        return None
    if hidden:
        frame = Frame("", 0, 0, frame.cut_left, frame.cut_right, hidden=True)
    return {field.name: getattr(frame, field.name) for field in fields(frame)}


def _cost(cost: Cost | None) -> dict[str, Any] | None:
    if cost is None:
        return None
    names = ("model", "epochs", "billed_tokens", "usd", "price_as_of", "estimated_epochs")
    return {name: getattr(cost, name) for name in names}


def _moderation(moderation: ModerationSummary) -> dict[str, Any]:
    names = ("status", "model", "segments", "unique", "cached", "requests", "coverage", "reason", "required")
    nearest = [dict(zip(_NEAREST, entry, strict=True)) for entry in moderation.nearest]
    return {**{name: getattr(moderation, name) for name in names}, "nearest": nearest}


def _guard(guard: GuardSummary | None) -> dict[str, Any] | None:
    return None if guard is None else {field.name: getattr(guard, field.name) for field in fields(guard)}


def plain(value: Any) -> Any:
    """What every JSON reader takes: inert text, finite numbers of at most 64 bits, string keys."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, str):
        return safe(value)
    if isinstance(value, int):
        return value if -_INT64 <= value < _INT64 else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, dict):
        return {safe(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
        return [plain(item) for item in items]
    return safe(str(value))


def from_json(content: bytes | str) -> Report:
    """A saved report, whole; the text of flagged lines only if it was saved with ``--show-text``.

    What an older version has not saved (frames, histogram, costs per model) is left empty.

    Raises:
        ValueError: the bytes are not a report of version 1; the message is for the user.
    """
    try:
        tree = orjson.loads(content)
        version = tree["version"]
        if version == 1:
            return _report(tree)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"this is not a report of ftlint ({type(error).__name__})") from None
    raise ValueError(f"this is a report of version {version}, and version 1 is known here")


def _report(tree: dict[str, Any]) -> Report:
    cost = _take(Cost, tree["cost"]) if tree["cost"] else None
    return Report(
        version=tree["version"],
        tool_version=str(tree["tool"]["version"]),
        verdict=Verdict(tree["verdict"]),
        files=tuple(_load_file(file) for file in tree["files"]),
        findings=tuple(_load_finding(finding) for finding in tree["findings"]),
        accepted=tuple(_load_finding(finding) for finding in tree.get("accepted", ())),
        cost=cost,
        costs=tuple(_take(Cost, entry) for entry in tree["costs"]) if "costs" in tree else (cost,) if cost else (),
        moderation=_load_moderation(tree["moderation"]),
        skipped=tuple(_take(Skipped, skipped) for skipped in tree["skipped"]),
        fail_on=Level(tree.get("fail_on", Level.WARNING)),
        notes=tuple(str(note) for note in tree.get("notes", ())),
        guard=_take(GuardSummary, tree["guard"]) if tree.get("guard") else None,
        omitted=tuple(_take(Omitted, left, level=Level(left["level"])) for left in tree.get("omitted", ())),
    )


def _load_moderation(tree: dict[str, Any]) -> ModerationSummary:
    nearest = tuple(tuple(entry[key] for key in _NEAREST) for entry in tree.get("nearest", ()))
    for category, score, path, line in nearest:
        _all((category, path), str)
        _all((score,), float, int)
        _all((line,), int)
    return _take(ModerationSummary, tree, nearest=nearest)


def _load_file(tree: dict[str, Any]) -> FileSummary:
    counted = tree["tokens"]
    tokens = _take(TokenStats, counted, histogram=_all(counted.get("histogram", ()), int)) if counted else None
    return _take(FileSummary, tree, role=Role(tree["role"]), format=Format(tree["format"]), tokens=tokens)


def _load_finding(tree: dict[str, Any]) -> Finding:
    related = tuple(_take(Place, place) for place in tree["related"])
    frame = _load_frame(tree["frame"]) if tree.get("frame") else None
    return _take(Finding, tree, level=Level(tree["level"]), related=related, frame=frame)


def _load_frame(tree: dict[str, Any]) -> Frame:
    frame = _take(Frame, tree)
    if not 0 <= frame.start <= frame.end <= len(frame.text):
        raise ValueError("a frame's span is outside its text")
    return frame


def _all(values: Iterable[Any], *kinds: type) -> tuple[Any, ...]:
    """The values; a TypeError where one is of another type."""
    found = tuple(values)
    if not all(type(value) in kinds for value in found):
        raise TypeError
    return found


def _take(cls: type[_T], tree: Mapping[str, Any], **replaced: Any) -> _T:
    """The record from a JSON object; keys that a later version has added are left out, wrong types are a TypeError."""
    taken = dict(replaced)
    for name, kinds in _kinds(cls).items():  # type: ignore[arg-type]
        if name not in tree or name in taken:
            continue
        value = tree[name]
        if type(value) not in kinds:
            raise TypeError(name)
        taken[name] = value
    return cls(**taken)


@cache
def _kinds(cls: Any) -> dict[str, tuple[type, ...]]:
    """What JSON holds for each field of a record; fields that no JSON report has (frames, tuples) are left out."""
    found = {}
    for name, hint in get_type_hints(cls).items():
        kinds = tuple(get_origin(kind) or kind for kind in (get_args(hint) if isinstance(hint, UnionType) else (hint,)))
        if set(kinds) <= {str, int, float, bool, dict, NoneType}:
            found[name] = (*kinds, int) if float in kinds else kinds
    return found

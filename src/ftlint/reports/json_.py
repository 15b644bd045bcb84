"""The format ``json``, version 1: what scripts depend on. Keys are added, never renamed, and never come and go."""

from __future__ import annotations

import enum
import json
import math
import re
from collections.abc import Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import orjson

from ftlint.model import (
    Cost,
    FileSummary,
    Finding,
    Format,
    Level,
    ModerationSummary,
    Place,
    Report,
    Role,
    Skipped,
    TokenStats,
    Verdict,
)
from ftlint.reports import Options
from ftlint.text import safe

_INT64 = 2**63
_NOT_ASCII = re.compile("[^\x00-\x7f]+")
_T = TypeVar("_T")


def render(report: Report, options: Options) -> str:
    """The report as JSON, indented by two, with a final newline; in ASCII where the reader's end is not UTF-8."""
    text = orjson.dumps(to_json(report), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()
    return text if options.unicode else _NOT_ASCII.sub(lambda match: json.dumps(match[0])[1:-1], text)


def to_json(report: Report) -> dict[str, Any]:
    """The report as plain dicts and lists, in the order of keys that the README gives."""
    counts = report.counts()
    tree: dict[str, Any] = _plain(
        {
            "version": report.version,
            "tool": {"name": "ftlint", "version": report.tool_version},
            "verdict": report.verdict,
            "files": [_file(file) for file in report.files],
            "findings": [_finding(finding) for finding in report.findings],
            "summary": {
                **{level.value: counts[level] for level in Level},
                "accepted": len(report.accepted),
                "by_code": report.by_code(),
            },
            "cost": _cost(report.cost),
            "moderation": _moderation(report.moderation),
            "skipped": [{"code": skipped.code, "reason": skipped.reason} for skipped in report.skipped],
        }
    )
    return tree


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
    names = ("total", "trained", "max", "p5", "p50", "p95", "encoding")
    return {name: getattr(tokens, name) for name in names}


def _finding(finding: Finding) -> dict[str, Any]:
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
    }


def _cost(cost: Cost | None) -> dict[str, Any] | None:
    if cost is None:
        return None
    names = ("model", "epochs", "billed_tokens", "usd", "price_as_of", "estimated_epochs")
    return {name: getattr(cost, name) for name in names}


def _moderation(moderation: ModerationSummary) -> dict[str, Any]:
    names = ("status", "model", "segments", "unique", "cached", "requests", "coverage", "reason")
    return {name: getattr(moderation, name) for name in names}


def _plain(value: Any) -> Any:
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
        return {safe(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
        return [_plain(item) for item in items]
    return safe(str(value))


def from_json(content: bytes | str) -> Report:
    """A saved report, as far as its JSON holds it: no code frames, no histogram, no accepted findings.

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
        accepted=(),
        cost=cost,
        costs=(cost,) if cost else (),
        moderation=_take(ModerationSummary, tree["moderation"]),
        skipped=tuple(_take(Skipped, skipped) for skipped in tree["skipped"]),
        fail_on=Level.WARNING,
    )


def _load_file(tree: dict[str, Any]) -> FileSummary:
    tokens = _take(TokenStats, tree["tokens"]) if tree["tokens"] else None
    return _take(FileSummary, tree, role=Role(tree["role"]), format=Format(tree["format"]), tokens=tokens)


def _load_finding(tree: dict[str, Any]) -> Finding:
    related = tuple(_take(Place, place) for place in tree["related"])
    return _take(Finding, tree, level=Level(tree["level"]), related=related)


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

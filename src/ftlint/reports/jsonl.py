"""The format ``jsonl``: one JSON object per finding, then one for the report; for tools that read line by line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from ftlint.model import Report
from ftlint.reports import Options
from ftlint.reports.json_ import finding_tree, plain, report_tree
from ftlint.reports.shown import flagged_lines

_LAST = (
    "version",
    "tool",
    "verdict",
    "files",
    "summary",
    "cost",
    "moderation",
    "skipped",
    "costs",
    "fail_on",
    "notes",
    "guard",
    "omitted",
)


def render(report: Report, options: Options) -> str:
    """Lines with ``"type": "finding"`` and the keys of the JSON report; the last line has ``"type": "report"``."""
    return "".join(orjson.dumps(tree).decode() + "\n" for tree in _lines(report, options))


def _lines(report: Report, options: Options) -> Iterator[dict[str, Any]]:
    flagged = flagged_lines(report)
    for finding in (*report.findings, *report.accepted):  # an accepted one has its reason in `accepted`
        yield {"type": "finding", **plain(finding_tree(finding, flagged, show_text=options.show_text))}
    tree = report_tree(report)
    yield {"type": "report", **{key: tree[key] for key in _LAST}}

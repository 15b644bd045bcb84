"""Check the text of one file, as the engine does, and look at what it found."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from typing import Any

from ftlint import engine
from ftlint.model import Finding, Role
from ftlint.settings import Settings

TODAY = datetime.date(2026, 11, 22)
GOOD = (
    '{"messages": [{"role": "user", "content": "Who tunes a piano?"}, '
    '{"role": "assistant", "content": "A piano tuner, usually once or twice a year."}]}'
)


def judged(content: bytes | str, **changes: Any) -> list[Finding]:
    """The findings on one training file, without the one about its few examples."""
    raw = content.encode() if isinstance(content, str) else content
    report = engine.check([("-", Role.TRAIN)], Settings(today=TODAY, **changes), stdin=raw)
    return [finding for finding in report.findings if finding.code != "FT401"]


def codes(content: bytes | str, **changes: Any) -> list[str]:
    """Only the codes, in the order of the report."""
    return [finding.code for finding in judged(content, **changes)]


def rows(*values: Any) -> str:
    """Objects as JSONL."""
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)


def conversation(*messages: Any, **more: Any) -> dict[str, Any]:
    """A row of these messages and further keys."""
    return {"messages": list(messages), **more}


def user(content: Any = "Who tunes a piano?", **more: Any) -> dict[str, Any]:
    """A message of the user."""
    return {"role": "user", "content": content, **more}


def assistant(content: Any = "A piano tuner, usually once or twice a year.", **more: Any) -> dict[str, Any]:
    """A message of the assistant."""
    return {"role": "assistant", "content": content, **more}


def one(findings: Sequence[Finding]) -> Finding:
    """The only finding."""
    assert [finding.code for finding in findings] == [finding.code for finding in findings[:1]], findings
    return findings[0]

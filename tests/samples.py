"""Small fixed reports, built by hand, that the tests of formats and gate share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ftlint.model import (
    Cost,
    FileSummary,
    Finding,
    Format,
    Frame,
    Level,
    ModerationSummary,
    Place,
    Report,
    Role,
    Skipped,
    TokenStats,
    Verdict,
)

TOKENS = TokenStats(
    total=321_488,
    trained=120_344,
    max=70_113,
    p5=88,
    p50=541,
    p95=1870,
    encoding="o200k_base",
    billed=316_911,
    limit=65_536,
    over_limit=2,
    histogram=(1, 3, 9, 20, 40, 18, 6, 1, 0, 2),
    histogram_max=80_000,
)
FILE = FileSummary("data/train.jsonl", Role.TRAIN, "a" * 64, 1_840_000, 101, 100, Format.CHAT, TOKENS)
COST = Cost("gpt-4.1-mini-2025-04-14", 3, 964_466, 4.822, "2026-11-01", estimated_epochs=True)
NOT_RUN = ModerationSummary("not-run", reason="--offline")
COMPLETE = ModerationSummary(
    "complete", "omni-moderation-2024-09-26", 120, 100, 20, 4, 1.0, nearest=(("sexual/minors", 0.016, "t.jsonl", 40),)
)


def framed(text: str, span: str, **frame: Any) -> Frame:
    """A frame whose span is the given piece of the text."""
    start = text.index(span)
    return Frame(text, start, start + len(span), **{"cut_left": False, "cut_right": False, **frame})


ROLE = Finding(
    code="FT114",
    name="unknown-role",
    level=Level.ERROR,
    message="unknown role `asistant`",
    help="replace it with `assistant`",
    path="data/train.jsonl",
    line=118,
    column=693,
    end_column=703,
    json_path="$.messages[2].role",
    example_sha256="b" * 64,
    content_sha256="c" * 64,
    related=(Place("data/train.jsonl", 7),),
    fix="safe",
    data={"role": "asistant"},
    frame=framed(
        '"user", "content": "hi"}, {"role": "asistant", "content": "ok"}], "tools',
        '"asistant"',
        cut_left=True,
        cut_right=True,
    ),
)
WHOLE = Finding("FT401", "too-few-examples", Level.ERROR, "4 examples, the minimum is 10", None, "data/train.jsonl")
INFO = Finding(
    "FT305", "length-outlier", Level.INFO, "70,113 tokens, the median is 541", None, "data/train.jsonl", 9, 1, 2
)
FLAGGED = Finding(
    code="FT901",
    name="flagged-content",
    level=Level.ERROR,
    message="flagged: harassment/threatening 0.94",
    help="drop or rewrite the example",
    path="data/train.jsonl",
    line=21,
    column=57,
    end_column=90,
    json_path="$.messages[1].content",
    content_sha256="7f3a" * 16,
    frame=framed('"content": "SOMETHING NOT TO BE SHOWN", "role"', "SOMETHING NOT TO BE SHOWN", hidden=True),
)


def report(*findings: Finding, **changes: Any) -> Report:
    """A report with these findings; anything else can be replaced."""
    base = Report(
        version=1,
        tool_version="0.1.0",
        verdict=Verdict.FINDINGS if findings else Verdict.OFFLINE_CLEAN,
        files=(FILE,),
        findings=findings,
        accepted=(),
        cost=COST,
        costs=(COST,),
        moderation=NOT_RUN,
        skipped=(Skipped("FT409", "no budget was given"),),
        fail_on=Level.WARNING,
    )
    return replace(base, **changes)

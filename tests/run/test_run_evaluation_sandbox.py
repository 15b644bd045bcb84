"""Checkpoints, tools, a judge and the moderation of answers with the real client and the sandbox, which is strict."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ftlint.run import pipeline
from ftlint.settings import Settings

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

DIALOGUE = Path(__file__).parents[2] / "fixtures" / "dialogue"
TOOL = {"name": "look", "description": "Look it up.", "parameters": {"type": "object", "properties": {}}}
EXTRA = """
[evaluate]
metrics = ["rougeL", "tool_calls"]
checkpoints = true
[evaluate.judge]
model = "grader"
"""


def with_a_tool(row: dict[str, Any], number: int) -> dict[str, Any]:
    answer: dict[str, Any] = {"role": "assistant", "content": row["summary"]}
    if number % 3 == 0:
        call = {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
        answer = {"role": "assistant", "tool_calls": [call]}
    messages = [{"role": "user", "content": row["dialogue"]}, answer]
    return {"messages": messages, "tools": [{"type": "function", "function": TOOL}]}


def test_everything_that_looks_at_answers_rehearses(tmp_path: Path, settings: Settings) -> None:
    for name in ("train", "validation", "heldout"):
        rows = [json.loads(line) for line in (DIALOGUE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
        examples = [with_a_tool(row, number) for number, row in enumerate(rows)]
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(example) + "\n" for example in examples))
    text = '[dataset]\ntrain = "train.jsonl"\nvalidation = "validation.jsonl"\nheldout = "heldout.jsonl"\n'
    text += (
        '[train]\nmodel = "gpt-4.1-mini-2025-04-14"\n[train.hyperparameters]\nn_epochs = 3\n[gate]\nfail_on = "error"\n'
    )
    (tmp_path / "run.toml").write_text(text + EXTRA)
    result = pipeline.run(
        tmp_path / "run.toml", settings=settings, confirm=lambda plan: False, runs=tmp_path / "runs", rehearse=True
    )
    report = result.report
    kinds = [row.kind for row in report.systems]
    assert kinds[:3] == ["base", "tuned", "checkpoint"]
    tuned = report.systems[1]
    assert (tuned.missing, tuned.counts["tool_calls"]) == (0, 12)
    assert 0 < tuned.scores["tool_calls"] < 100  # it calls what the most similar training row called
    assert report.systems[0].scores["tool_calls"] == 0
    assert tuned.counts["rougeL"] == 24
    assert report.judge is not None
    assert (report.judge["unparsable"], report.judge["missing"]) == (0, 0)
    assert report.judge["asked"] > 0
    assert all(0 < system.scores["judge"] < 100 for system in report.systems[:2])
    assert {row["missing"] for row in report.outputs.values()} == {0}
    assert (result.folder / "report.html").read_text(encoding="utf-8").count("checkpoint") > 1

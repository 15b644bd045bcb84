"""The JSON report, version 1: keys, order, types, and that what it holds comes back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ftlint.model import Format, Level, Role, Skipped, Verdict
from ftlint.reports import Options, render
from ftlint.reports.json_ import from_json
from samples import COMPLETE, FILE, FLAGGED, INFO, ROLE, WHOLE, report

KEYS = {
    "": ["version", "tool", "verdict", "files", "findings", "summary", "cost", "moderation", "skipped"],
    "tool": ["name", "version"],
    "files": ["path", "role", "sha256", "bytes", "lines", "examples", "format", "tokens"],
    "tokens": ["total", "trained", "max", "p5", "p50", "p95", "encoding"],
    "findings": [
        "code", "name", "level", "message", "help", "path", "line", "column", "end_column", "json_path",
        "example_sha256", "content_sha256", "related", "fix", "data",
    ],
    "summary": ["error", "warning", "info", "accepted", "by_code"],
    "cost": ["model", "epochs", "billed_tokens", "usd", "price_as_of", "estimated_epochs"],
    "moderation": ["status", "model", "segments", "unique", "cached", "requests", "coverage", "reason"],
    "skipped": ["code", "reason"],
}  # fmt: skip


def test_keys_and_their_order_are_those_of_version_1() -> None:
    tree = json.loads(render(report(ROLE, WHOLE), "json"))
    assert list(tree) == KEYS[""]
    for name in ("tool", "summary", "cost", "moderation"):
        assert list(tree[name]) == KEYS[name]
    for name in ("files", "skipped"):
        assert list(tree[name][0]) == KEYS[name]
    assert list(tree["files"][0]["tokens"]) == KEYS["tokens"]
    assert [list(finding) for finding in tree["findings"]] == [KEYS["findings"]] * 2


def test_a_finding_and_the_summary_to_the_letter() -> None:
    tree = json.loads(render(report(ROLE, WHOLE, INFO, accepted=(FLAGGED,)), "json"))
    assert tree["findings"][0] == {
        "code": "FT114",
        "name": "unknown-role",
        "level": "error",
        "message": "unknown role `asistant`",
        "help": "replace it with `assistant`",
        "path": "data/train.jsonl",
        "line": 118,
        "column": 693,
        "end_column": 703,
        "json_path": "$.messages[2].role",
        "example_sha256": "b" * 64,
        "content_sha256": "c" * 64,
        "related": [{"path": "data/train.jsonl", "line": 7}],
        "fix": "safe",
        "data": {"role": "asistant"},
    }
    whole = tree["findings"][1]
    assert [whole[key] for key in ("line", "column", "end_column", "json_path", "fix")] == [None] * 5
    by_code = {"FT114": 1, "FT305": 1, "FT401": 1}
    assert tree["summary"] == {"error": 2, "warning": 0, "info": 1, "accepted": 1, "by_code": by_code}
    assert tree["verdict"] == "findings"
    assert tree["version"] == 1


def test_the_keys_depend_on_no_option() -> None:
    loud = Options(verbose=True, color=True, encoding="ascii", show_text=True, max_per_rule=1, summary=False)
    assert render(report(ROLE, FLAGGED), "json", loud) == render(report(ROLE, FLAGGED), "json")


def test_what_is_not_known_is_null() -> None:
    tree = json.loads(render(report(cost=None, files=(replace(FILE, tokens=None),)), "json"))
    assert tree["cost"] is None
    assert tree["files"][0]["tokens"] is None
    assert tree["moderation"]["model"] is None


def test_hostile_and_odd_data_come_out_as_valid_inert_json() -> None:
    data = {"a\x1b[31m": ("\u202ex", float("nan"), 10**30, {"s"}), "level": Level.ERROR, "lone": "\ud800"}
    text = render(report(replace(ROLE, data=data, path="\x1b]0;x\x07.jsonl")), "json")
    found = json.loads(text)["findings"][0]
    assert found["data"] == {
        "a\\x1b[31m": ["\\u202ex", "nan", str(10**30), ["s"]],
        "level": "error",
        "lone": "\\ud800",
    }
    assert found["path"] == "\\x1b]0;x\\x07.jsonl"
    assert "NaN" not in text


def test_a_saved_report_comes_back() -> None:
    first = report(ROLE, WHOLE, INFO, moderation=COMPLETE)
    text = render(first, "json")
    again = from_json(text)
    assert render(again, "json") == text
    assert again.verdict is Verdict.FINDINGS
    assert again.findings[1] == WHOLE
    assert (again.files[0].role, again.files[0].format) == (Role.TRAIN, Format.CHAT)
    assert again.skipped == (Skipped("FT409", "no budget was given"),)


def test_keys_that_a_later_version_adds_are_passed_over() -> None:
    tree = json.loads(render(report(ROLE), "json"))
    tree["new"] = tree["findings"][0]["new"] = tree["files"][0]["new"] = tree["moderation"]["new"] = 1
    assert from_json(json.dumps(tree)).findings[0].code == "FT114"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"version": 1}', '{"version": 2}', "null", b"\xff"])
def test_anything_else_is_refused(content: str | bytes) -> None:
    with pytest.raises(ValueError, match="report"):
        from_json(content)

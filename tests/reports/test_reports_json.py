"""The JSON report, version 1: keys, order, types, and that what it holds comes back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ftlint.model import Format, Level, Role, Skipped, Verdict
from ftlint.reports import FORMATS, Options, render
from ftlint.reports.json_ import from_json
from samples import COMPLETE, COST, FILE, FLAGGED, INFO, ROLE, WHOLE, report

KEYS = {
    "": [
        "version", "tool", "verdict", "files", "findings", "summary", "cost", "moderation", "skipped",
        "accepted", "costs", "fail_on", "notes", "guard", "omitted",
    ],
    "tool": ["name", "version"],
    "files": ["path", "role", "sha256", "bytes", "lines", "examples", "format", "tokens"],
    "tokens": [
        "total", "trained", "max", "p5", "p50", "p95", "encoding", "billed", "limit", "over_limit", "histogram",
        "histogram_max", "estimated",
    ],
    "findings": [
        "code", "name", "level", "message", "help", "path", "line", "column", "end_column", "json_path",
        "example_sha256", "content_sha256", "related", "fix", "data", "accepted", "frame",
    ],
    "frame": ["text", "start", "end", "cut_left", "cut_right", "hidden"],
    "summary": ["error", "warning", "info", "accepted", "by_code"],
    "cost": ["model", "epochs", "billed_tokens", "usd", "price_as_of", "estimated_epochs"],
    "moderation": [
        "status", "model", "segments", "unique", "cached", "requests", "coverage", "reason", "required", "nearest",
    ],
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
    assert list(tree["findings"][0]["frame"]) == KEYS["frame"]
    assert tree["findings"][1]["frame"] is None


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
        "accepted": None,
        "frame": {
            "text": '"user", "content": "hi"}, {"role": "asistant", "content": "ok"}], "tools',
            "start": 35,
            "end": 45,
            "cut_left": True,
            "cut_right": True,
            "hidden": False,
        },
    }
    whole = tree["findings"][1]
    assert [whole[key] for key in ("line", "column", "end_column", "json_path", "fix")] == [None] * 5
    by_code = {"FT114": 1, "FT305": 1, "FT401": 1}
    assert tree["summary"] == {"error": 2, "warning": 0, "info": 1, "accepted": 1, "by_code": by_code}
    assert tree["verdict"] == "findings"
    assert tree["version"] == 1


def test_the_keys_depend_on_no_option() -> None:
    loud = Options(verbose=True, color=True, encoding="ascii", max_per_rule=1, summary=False)
    assert render(report(ROLE, FLAGGED), "json", loud) == render(report(ROLE, FLAGGED), "json")
    shown, plain = (json.loads(render(report(FLAGGED), "json", Options(show_text=show))) for show in (True, False))
    for tree in (shown, plain):
        tree["findings"][0]["frame"] |= {"text": "", "start": 0, "end": 0}
    assert shown == plain


def test_the_text_of_a_flagged_line_is_left_out_under_every_rule_and_given_on_demand() -> None:
    role = replace(ROLE, line=FLAGGED.line, frame=replace(FLAGGED.frame, hidden=False))
    for made in (report(FLAGGED, role), report(role, accepted=(replace(FLAGGED, accepted="it is a quotation"),))):
        assert "NOT TO BE SHOWN" not in render(made, "json")
        assert "NOT TO BE SHOWN" in render(made, "json", Options(show_text=True))
        again = from_json(render(made, "json"))
        assert all(finding.frame and finding.frame.hidden for finding in (*again.findings, *again.accepted))


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


def test_a_saved_report_comes_back_whole() -> None:
    other = replace(COST, model="gpt-4.1-2025-04-14", usd=None, price_as_of=None)
    accepted = (replace(INFO, accepted="it is long on purpose"),)
    first = report(
        ROLE, WHOLE, INFO, moderation=COMPLETE, accepted=accepted, cost=None, costs=(COST, other), notes=("a note",),
        fail_on=Level.ERROR,
    )  # fmt: skip
    text = render(first, "json")
    again = from_json(text)
    assert again == first
    assert render(again, "json") == text
    for name in FORMATS:
        assert render(again, name) == render(first, name), name


def test_a_report_that_an_older_version_saved_is_read() -> None:
    tree = json.loads(render(report(ROLE, moderation=COMPLETE), "json"))
    for key in ("accepted", "costs", "fail_on", "notes", "guard"):
        del tree[key]
    for key in ("histogram", "histogram_max", "limit"):
        del tree["files"][0]["tokens"][key]
    del tree["findings"][0]["frame"], tree["moderation"]["nearest"]
    again = from_json(json.dumps(tree))
    assert (again.verdict, again.costs, again.fail_on) == (Verdict.FINDINGS, (COST,), Level.WARNING)
    assert (again.files[0].role, again.files[0].format) == (Role.TRAIN, Format.CHAT)
    assert again.skipped == (Skipped("FT409", "no budget was given"),)
    assert "unknown-role" in render(again, "html")


@pytest.mark.parametrize("change", [{"start": 99999}, {"end": -1}, {"text": None}, {"start": "a"}])
def test_a_broken_frame_is_refused(change: dict[str, object]) -> None:
    tree = json.loads(render(report(ROLE), "json"))
    tree["findings"][0]["frame"] |= change
    with pytest.raises(ValueError, match="not a report"):
        from_json(json.dumps(tree))


def test_keys_that_a_later_version_adds_are_passed_over() -> None:
    tree = json.loads(render(report(ROLE), "json"))
    tree["new"] = tree["findings"][0]["new"] = tree["files"][0]["new"] = tree["moderation"]["new"] = 1
    assert from_json(json.dumps(tree)).findings[0].code == "FT114"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"version": 1}', '{"version": 2}', "null", b"\xff"])
def test_anything_else_is_refused(content: str | bytes) -> None:
    with pytest.raises(ValueError, match="report"):
        from_json(content)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("findings", 0, "line"), "\x1b[31m"),
        (("findings", 0, "message"), None),
        (("findings", 0, "code"), 5),
        (("files", 0, "bytes"), "x"),
        (("files", 0, "lines"), True),
        (("files", 0, "tokens", "p50"), 1.5),
        (("files", 0, "tokens", "histogram"), ["x"]),
        (("cost", "usd"), "x"),
        (("moderation", "coverage"), None),
        (("skipped", 0, "reason"), []),
    ],
)
def test_a_value_of_a_wrong_type_is_refused(path: tuple[str | int, ...], value: object) -> None:
    tree = json.loads(render(report(ROLE, moderation=COMPLETE), "json"))
    node = tree
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    with pytest.raises(ValueError, match="not a report"):
        from_json(json.dumps(tree))


def test_a_report_that_contradicts_itself_is_shown_all_the_same() -> None:
    tree = json.loads(render(report(ROLE), "json")) | {"findings": []}
    tree["files"][0]["tokens"]["histogram"] = [-1, 3]
    again = from_json(json.dumps(tree))
    for name in FORMATS:
        assert render(again, name) or name in ("concise", "jsonl", "github")

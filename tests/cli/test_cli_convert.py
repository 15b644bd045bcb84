"""Rows to chat examples: templates, recognised columns, what is left out and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ftlint.cli import main
from ftlint.cli.rows import convert_rows
from ftlint.errors import ConfigError, FtlintError, InputError, UsageError


def turns(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"role": role, "content": content} for role, content in pairs]


def said(speaker: str, value: str) -> dict[str, str]:
    return {"from": speaker, "value": value}


QA = turns(("user", "q"), ("assistant", "a"))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"question": "q", "answer": "a"}, QA),
        ({"prompt": "q", "completion": "a"}, QA),
        ({"question": "q", "answers": ["a", "b"]}, QA),
        ({"question": "q", "answers": {"text": ["a"], "answer_start": [0]}}, QA),
        ({"instruction": "q", "input": "", "output": "a"}, QA),
        ({"instruction": "q", "input": "x", "output": "a"}, turns(("user", "q\n\nx"), ("assistant", "a"))),
        ({"instruction": "q", "output": "a", "system": "s"}, turns(("system", "s"), ("user", "q"), ("assistant", "a"))),
        ({"question": 4, "answer": 2.5}, turns(("user", "4"), ("assistant", "2.5"))),
        (
            {"conversations": [said("system", "s"), said("human", "q"), said("gpt", "a")]},
            turns(("system", "s"), ("user", "q"), ("assistant", "a")),
        ),
        ({"conversations": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}, QA),
    ],
)  # fmt: skip
def test_columns_that_are_recognised(row: dict[str, Any], expected: list[dict[str, str]]) -> None:
    converted = convert_rows([row], None, None, None)
    assert converted.examples == [expected]
    assert converted.left_out == []


def test_templates_and_a_system_message() -> None:
    rows = [{"dialogue": "d {x}", "summary": "s", "topic": "t", "id": 1}]
    converted = convert_rows(rows, "Summarise {{this}}:\n{dialogue}", "{summary}", "About {topic}.")
    expected = turns(("system", "About t."), ("user", "Summarise {this}:\nd {x}"), ("assistant", "s"))
    assert converted.examples == [expected]
    assert converted.dropped == ["id"]


def test_a_system_template_replaces_the_rows_own() -> None:
    converted = convert_rows([{"question": "q", "answer": "a", "system": "old"}], None, None, "new")
    assert converted.examples == [[{"role": "system", "content": "new"}, *QA]]


@pytest.mark.parametrize(
    "row",
    [
        {"question": "", "answer": "a"},
        {"question": "q", "answer": None},
        {"question": " ", "answer": "a"},
        {"answer": "a"},
    ],
)
def test_rows_without_a_question_or_an_answer_are_counted(row: dict[str, Any]) -> None:
    converted = convert_rows([{"question": "q", "answer": "a"}, row], None, None, None)
    assert (converted.examples, converted.left_out) == ([QA], [2])
    by_template = convert_rows([{"question": "q", "answer": "a"}, row], "Say: {question}", "{answer}", None)
    assert by_template.left_out == [2]


@pytest.mark.parametrize(
    ("rows", "user", "error", "message"),
    [
        ([{"messages": []}], None, UsageError, "chat examples already"),
        ([{"text": "x"}], None, UsageError, "not recognised: text"),
        ([{"question": "q", "answer": "a"}], "{qestion}", ConfigError, "no column `qestion`"),
        ([{"question": "q", "answer": "a"}], "{question", ConfigError, "single"),
        ([{"question": "q", "answer": ["a"]}], "{question}", ConfigError, "holds a list"),
        ([{"conversations": [{"from": "tool", "value": "x"}]}], None, InputError, "row 1: the turn of `tool`"),
        ([{"conversations": "x"}], None, InputError, "row 1: `conversations`"),
    ],
)
def test_rows_that_are_refused(
    rows: list[dict[str, Any]], user: str | None, error: type[FtlintError], message: str
) -> None:
    with pytest.raises(error, match=message):
        convert_rows(rows, user, "{answer}" if user else None, None)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "qa.csv", tmp_path / "chat.jsonl"
    source.write_text("question,answer,id\n質問,答え,1\n,x,2\n", encoding="utf-8")
    assert main(["convert", str(source), "-o", str(target)]) == 0
    expected = {"messages": turns(("user", "質問"), ("assistant", "答え"))}
    assert [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()] == [expected]
    assert target.read_bytes().endswith(b"\n")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        f"{target}: 1 example from question and answer",
        "left out: 1 row without a question or an answer (row 2)",
        "columns not used: id",
        f"next: ftlint check {target}",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.jsonl", "-o", "x"], "there is no file missing.jsonl"),
        (["missing", "-o", "x"], "there is no file missing"),
        ([".", "-o", "x"], "is a folder"),
        (["qa.jsonl", "-o", "qa.jsonl"], "is the source itself"),
        (["qa.jsonl", "-o", "no/x"], "in one that does not exist"),
        (["qa.jsonl", "-o", "x", "--user", "{question}"], "--user and --answer go together"),
        (["empty.jsonl", "-o", "x"], "the columns are not recognised: none"),
        (["blank.jsonl", "-o", "x"], "has no row with a question and an answer"),
        (["broken.jsonl", "-o", "x"], "broken.jsonl, line 1"),
        (["lone.jsonl", "-o", "x"], "half a surrogate pair"),
    ],
)
def test_what_the_command_refuses(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "qa.jsonl").write_text('{"question": "q", "answer": "a"}\n')
    (tmp_path / "blank.jsonl").write_text('{"question": "q", "answer": ""}\n')
    (tmp_path / "lone.jsonl").write_text('{"question": "q", "answer": "\\ud800"}\n')
    (tmp_path / "broken.jsonl").write_text("{\n")
    (tmp_path / "empty.jsonl").write_text("")
    assert main(["convert", *arguments]) == 2
    assert message in capsys.readouterr().err.splitlines()[0]
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("speaker", [["human"], None, 5])
def test_a_turn_without_a_speaker_is_told_with_its_row(speaker: Any) -> None:
    row = {"conversations": [{"from": speaker, "value": "q"}]}
    with pytest.raises(InputError, match="row 2: a turn without a speaker"):
        convert_rows([{"conversations": [said("human", "q"), said("gpt", "a")]}, row], None, None, None)


def test_a_column_that_holds_no_text_is_told_with_its_row() -> None:
    with pytest.raises(ConfigError, match=r"^row 2: column `answer` holds an object"):
        convert_rows([{"question": "q", "answer": "a"}, {"question": "q", "answer": {}}], None, None, None)

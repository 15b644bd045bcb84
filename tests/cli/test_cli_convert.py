"""``ftlint convert``: what it writes, what it says, what it refuses, and that its output passes ``ftlint check``."""

from __future__ import annotations

import json
import os
import shlex
import stat
from pathlib import Path
from typing import Any

import pytest

from ftlint import api
from ftlint.cli import main


def turns(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"role": role, "content": content} for role, content in pairs]


def jsonl(path: Path, rows: list[Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def run(command: str) -> int:
    return main(command.split())


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "qa.csv", tmp_path / "chat.jsonl"
    source.write_text("question,answer,id\n質問,答え,1\n,x,2\n", encoding="utf-8")
    assert main(["convert", str(source), "-o", str(target)]) == 0
    assert lines(target) == [{"messages": turns(("user", "質問"), ("assistant", "答え"))}]
    assert target.read_bytes().endswith(b"\n")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        f"{target}: 1 chat example from question and answer",
        "left out: 1 row without a question or an answer (row 2)",
        "columns not used: id",
        f"next: ftlint check {target}",
    ]


def test_reasons_are_told_apart_with_the_first_five_rows(capsys: pytest.CaptureFixture[str]) -> None:
    rows: list[Any] = [{"question": "q", "answer": ""}] * 7 + [{"question": "q", "answer": {}}]
    jsonl(Path("qa.jsonl"), [*rows, {"question": "q", "answer": "a"}])
    assert main(["convert", "qa.jsonl", "-o", "chat.jsonl"]) == 0
    assert capsys.readouterr().err.splitlines()[1:3] == [
        "left out: 7 rows without a question or an answer (row 1, 2, 3, 4, 5 ...)",
        "left out: 1 row with something else than text: column `answer` holds an object (row 8)",
    ]


QA = [
    {"question": f"What is thing number {n}?", "answer": f"It is the one after number {n - 1}."} for n in range(1, 31)
]


def test_a_split_is_told_and_passes_the_check(capsys: pytest.CaptureFixture[str]) -> None:
    jsonl(Path("qa.jsonl"), [*QA, *QA[:3]])
    command = "convert qa.jsonl -o train.jsonl --validation 0.2 --validation-output val.jsonl --seed 7"
    assert run(command) == 0
    err = capsys.readouterr().err.splitlines()
    assert err[:2] == [
        "train.jsonl: 26 chat examples from question and answer",
        "val.jsonl: 7 examples, 21.2% of all (seed 7; as asked)",
    ]
    assert err[-1] == "next: ftlint check train.jsonl --validation val.jsonl"
    report = api.check("train.jsonl", validation="val.jsonl", select=["FT504", "FT505", "FT0", "FT1", "FT2"])
    assert report.findings == ()
    both = (Path("train.jsonl").read_bytes(), Path("val.jsonl").read_bytes())
    assert run(command) == 0
    assert (Path("train.jsonl").read_bytes(), Path("val.jsonl").read_bytes()) == both


def test_a_share_that_the_groups_do_not_allow_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"question": "q", "answer": f"a{n}"} for n in range(8)] + [{"question": "p", "answer": "a"}]
    jsonl(Path("qa.jsonl"), rows)
    assert run("convert qa.jsonl -o t.jsonl --split 3 --validation-output v.jsonl") == 0
    assert "v.jsonl: 1 example, 11.1% of all (seed 42; 3 were asked for; groups stay whole)" in capsys.readouterr().err


def test_both_files_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jsonl(Path("qa.jsonl"), QA)
    Path("train.jsonl").write_text("old")
    real, synced = os.fsync, []

    def full(handle: int) -> None:
        synced.append(handle)
        if len(synced) == 2:  # the training file is on disk, and has not taken its name
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr("ftlint.run.together.os.fsync", full)
    assert run("convert qa.jsonl -o train.jsonl --validation 3 --validation-output val.jsonl") == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["qa.jsonl", "train.jsonl"]
    assert Path("train.jsonl").read_text() == "old"


def test_permissions_links_and_devices(capsys: pytest.CaptureFixture[str]) -> None:
    jsonl(Path("qa.jsonl"), QA)
    Path("real.jsonl").write_text("old")
    Path("real.jsonl").chmod(0o640)
    Path("link.jsonl").symlink_to("real.jsonl")
    mask = os.umask(0o022)
    try:
        assert run("convert qa.jsonl -o new.jsonl --validation 3 --validation-output link.jsonl") == 0
    finally:
        os.umask(mask)
    assert stat.S_IMODE(Path("new.jsonl").stat().st_mode) == 0o644
    assert stat.S_IMODE(Path("real.jsonl").stat().st_mode) == 0o640
    assert Path("link.jsonl").is_symlink()
    assert len(lines(Path("real.jsonl"))) == 3
    assert main(["convert", "qa.jsonl", "-o", os.devnull]) == 0
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize(
    ("rows", "options", "fmt"),
    [
        (QA, "", "chat"),
        (QA, "--to reinforcement", "reinforcement"),
        (QA, "--user {question} --field answer={answer} --system Brief.", "reinforcement"),
        ([{"p": "q", "x": "a", "y": "b"}], "--user {p} --preferred {x} --non-preferred {y}", "preference"),
        ([{"prompt": "q", "chosen": "a", "rejected": "b"}], "", "preference"),
        ([{"prompt": "q", "chosen": "a", "rejected": "b"}], "--to chat", "chat"),
        ([{"instruction": "q", "input": "", "output": "a"}], "--system {instruction}", "chat"),
    ],
)
def test_what_is_written_passes_the_check(rows: list[Any], options: str, fmt: str) -> None:
    jsonl(Path("rows.jsonl"), rows)
    assert main(["convert", "rows.jsonl", "-o", "made.jsonl", *shlex.split(options)]) == 0
    report = api.check("made.jsonl", select=["FT0", "FT1", "FT2"])
    assert report.findings == ()
    assert report.files[0].format == fmt


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("array.json", json.dumps(QA)),
        ("chat.json", json.dumps([{"messages": turns(("user", "q"), ("assistant", "a"))}])),
        ("pretty.jsonl", json.dumps(QA[0], indent=2)),
        ("table.jsonl", "question,answer\nWhat is it?,It is this.\nAnd that?,That too.\n"),
        ("table.csv", "質問;回答\nこれは何ですか;りんごです\nあれは;なしです\n"),
        ("alpaca.jsonl", '{"instruction": "q", "input": "", "output": "a"}\n'),
        ("sharegpt.jsonl", '{"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]}\n'),
        ("dialogue.jsonl", '{"dialogue": "d", "summary": "s"}\n'),
        ("news.jsonl", '{"article": "d", "highlights": "s", "id": "1"}\n'),
        ("labels.jsonl", '{"text": "d", "label": 1}\n'),
        ("math.jsonl", '{"problem": "d", "ground_truth": "4"}\n'),
        ("squad.jsonl", '{"question": "d", "context": "c", "answers": {"text": ["a"], "answer_start": [0]}}\n'),
        ("it's pairs.jsonl", '{"prompt": "q", "chosen": "a", "rejected": "b"}\n'),
    ],
)
def test_the_command_that_a_finding_prints_works(name: str, content: str) -> None:
    """FT014, FT015, FT017 and FT107: a printed convert command without blanks to fill in runs as it is."""
    Path(name).write_text(content, encoding="utf-8")
    (finding,) = api.check(name, select=["FT014", "FT015", "FT017", "FT107"]).findings
    printed = shlex.split(finding.help or "")
    command = printed[1:] if printed[:2] == ["ftlint", "convert"] else ["convert", "FILE", "-o", "made.jsonl"]
    if "{column}" in command:
        command = command[:4]
    command[1] = name
    assert main([*command[:3], "made.jsonl", *command[4:]]) == 0
    assert api.check("made.jsonl", select=["FT0", "FT1", "FT2"]).findings == ()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("missing.jsonl -o x", "there is no file missing.jsonl"),
        ("missing.xlsx -o x", "there is no file missing.xlsx"),
        ("missing -o x", "there is no file missing"),
        (". -o x", "is a folder"),
        ("qa.jsonl -o qa.jsonl", "is the source itself"),
        ("qa.jsonl -o hard.jsonl", "is the source itself"),
        ("qa.jsonl -o x --validation 1 --validation-output ./qa.jsonl", "is the source itself"),
        ("qa.jsonl -o x --validation 1 --validation-output ./x", "both the training and the validation examples"),
        ("qa.jsonl -o x --validation 1", "--validation and --validation-output go together"),
        ("qa.jsonl -o x --validation-output y", "--validation and --validation-output go together"),
        ("qa.jsonl -o x --split test --validation-output y", "takes a share or a number, not `test`"),
        ("qa.jsonl -o x --validation 1 --validation-output y", "leave nothing to train on"),
        ("qa.jsonl -o no/x", "in one that does not exist"),
        ("qa.jsonl -o x --user {question}", "--user and --answer go together"),
        ("qa.jsonl -o x --answer {answer}", "--user and --answer go together"),
        ("qa.jsonl -o x --preferred {answer}", "--preferred needs --user"),
        ("qa.jsonl -o x --user {question} --preferred {answer}", "--user needs --non-preferred"),
        ("qa.jsonl -o x --user {question} --answer {answer} --field a={answer}", "do not go with reinforcement"),
        ("qa.jsonl -o x --to chat --field a={answer}", "do not go with chat"),
        ("qa.jsonl -o x --to preference", "give no preference pairs"),
        ("qa.jsonl -o x --field messages={answer}", "--field takes NAME=TEMPLATE"),
        ("qa.jsonl -o x --field answer", "--field takes NAME=TEMPLATE"),
        ("qa.jsonl -o x --user {question} --field a={b}", "--field a: there is no column `b`"),
        ("qa.jsonl -o x --sheet one", "has no sheets"),
        ("org/name -o x --sheet one", "has no sheets"),
        ("empty.jsonl -o x", "empty.jsonl has no rows"),
        ("header.csv -o x", "header.csv has no rows"),
        ("blank.jsonl -o x", "no row that makes an example: 1 row without a question or an answer"),
        ("broken.jsonl -o x", "broken.jsonl, line 2"),
        ("lone.jsonl -o x", "half a surrogate pair"),
        ("qa.jsonl", "missing option '-o'"),
    ],
)
def test_what_the_command_refuses(capsys: pytest.CaptureFixture[str], arguments: str, message: str) -> None:
    Path("qa.jsonl").write_text('{"question": "q", "answer": "a"}\n')
    Path("hard.jsonl").hardlink_to("qa.jsonl")
    Path("blank.jsonl").write_text('{"question": "q", "answer": ""}\n')
    Path("lone.jsonl").write_text('{"question": "q", "answer": "\\ud800"}\n')
    Path("broken.jsonl").write_text("{\n")
    Path("empty.jsonl").write_text("")
    Path("header.csv").write_text("question,answer\n")
    assert main(["convert", *arguments.split()]) == 2
    assert message in capsys.readouterr().err.splitlines()[0]
    assert not Path("x").exists()


def test_a_column_s_name_cannot_act_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    jsonl(Path("qa.jsonl"), [{"question": "q", "answer": "a", "\x1b[2Jmail anna.berg@bergpost.no": "x"}])
    assert run("convert qa.jsonl -o chat.jsonl") == 0
    err = capsys.readouterr().err
    assert "\x1b" not in err
    assert "anna.berg" not in err

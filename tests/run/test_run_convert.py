"""From rows to training, validation and held-out files; and what is left out, and said to be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ftlint.errors import ConfigError, InputError
from ftlint.run.convert import convert
from ftlint.run.heldout import HeldOut, Parts, load_heldout, split_example
from ftlint.run.load import load_spec
from run.world import RUN_TOML, project, rows, write_rows


def converted(folder: Path, text: str | None = None, **data: list[dict[str, Any]]) -> tuple[dict[str, Any], Path]:
    path = project(folder)
    if text is not None:
        path.write_text(text, encoding="utf-8")
    for name, values in data.items():
        write_rows(folder / f"{name}.jsonl", values)
    out = folder / "out"
    out.mkdir()
    return convert(load_spec(path), out), out


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_bytes().decode().splitlines()]


def test_files_are_compact_chat_jsonl(tmp_path: Path) -> None:
    text = RUN_TOML.replace("[prompt]", '[prompt]\nsystem = "Be {{brief}}."')
    ja = [{"dialogue": "田中: 来週の会議は\n佐藤: 火曜です", "summary": "会議は火曜。"}]
    found, out = converted(tmp_path, text, train=ja)
    content = (out / "train.jsonl").read_bytes()
    assert content.decode() == (
        '{"messages":[{"role":"system","content":"Be {brief}."},'
        '{"role":"user","content":"Sum up: 田中: 来週の会議は\\n佐藤: 火曜です"},'
        '{"role":"assistant","content":"会議は火曜。"}]}\n'
    )
    assert found["files"]["train"]["bytes"] == len(content)
    assert found["heldout"] == {"examples": 32, "overlap": 0, "is_validation": False}
    heldout = load_heldout(out / "heldout.jsonl")
    assert [message["role"] for message in heldout[0].messages] == ["system", "user"]
    assert heldout[0].references == [rows(201, 1)[0]["summary"]]
    assert heldout[0].lead == rows(201, 1)[0]["dialogue"]


def test_rows_with_an_empty_column_are_left_out_and_counted(tmp_path: Path) -> None:
    train = [*rows(1, 3), {"dialogue": "  ", "summary": "x"}, {"dialogue": "y", "summary": None}, {"dialogue": "z"}]
    found, out = converted(tmp_path, train=train, heldout=[*rows(1, 2), {"dialogue": None, "summary": "s"}])
    assert found["left_out"] == {"train": 3, "heldout": 1}
    assert len(lines(out / "train.jsonl")) == 3
    assert found["heldout"]["overlap"] == 2


def test_an_unknown_column_names_those_that_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"run.toml: prompt.user: there is no column `dialog`") as caught:
        converted(tmp_path, RUN_TOML.replace("{dialogue}", "{dialog}"))
    assert "id, dialogue, summary" in (caught.value.hint or "")


def test_several_references_from_columns_templates_and_lists(tmp_path: Path) -> None:
    text = RUN_TOML.replace("[prompt]", '[prompt]\nreferences = ["s1", "<{s2}>", "many"]')
    row = {"dialogue": "d", "s1": "one", "s2": "two", "many": ["three", " ", "four"]}
    bare = {"dialogue": "e", "s1": None, "s2": "", "many": []}
    _, out = converted(tmp_path, text, heldout=[row, bare])
    (example,) = load_heldout(out / "heldout.jsonl")
    assert example.references == ["one", "<two>", "three", "four"]


def test_the_held_out_part_is_the_validation_part_by_default(tmp_path: Path) -> None:
    found, out = converted(tmp_path, RUN_TOML.replace('heldout = { source = "heldout.jsonl" }', ""))
    assert found["heldout"]["is_validation"]
    assert [e.references for e in load_heldout(out / "heldout.jsonl")] == [[row["summary"]] for row in rows(101, 4)]


def test_a_sample_of_the_held_out_examples_keeps_their_order(tmp_path: Path) -> None:
    found, out = converted(tmp_path, RUN_TOML + "\n[evaluate]\nsample = 5\n")
    ids = [example.id for example in load_heldout(out / "heldout.jsonl")]
    assert found["heldout"]["examples"] == 5
    assert ids == sorted(ids)
    assert ids != [1, 2, 3, 4, 5]


def test_half_a_surrogate_pair_is_named_with_its_row(tmp_path: Path) -> None:
    project(tmp_path)
    (tmp_path / "train.jsonl").write_text(
        '{"dialogue": "a", "summary": "b"}\n{"dialogue": "\\ud83d", "summary": "b"}\n'
    )
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match=r"example 2 of train.jsonl holds half a surrogate pair"):
        convert(load_spec(tmp_path / "run.toml"), tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def chat(*turns: tuple[str, Any], **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": content} for role, content in turns], **more}


READY = '[dataset]\ntrain = "train.jsonl"\nvalidation = "validation.jsonl"\n[train]\nmodel = "m"\n'


def test_ready_files_stay_where_they_are(tmp_path: Path) -> None:
    good = chat(("system", "s"), ("user", "q"), ("assistant", "first"), ("user", "more"), ("assistant", "last"))
    good["messages"][2]["weight"] = 0
    other = json.loads(json.dumps(good).replace("more", "else"))
    tools = chat(("user", "q"), ("assistant", "a"), tools=[])
    found, out = converted(tmp_path, READY, train=[good], validation=[other, good, tools, chat(("user", "q"))])
    assert found["files"]["train"]["path"] == str(tmp_path / "train.jsonl")
    assert found["left_out"] == {"heldout": 2}
    assert found["heldout"] == {"examples": 1, "overlap": 1, "is_validation": True}
    (example,) = load_heldout(out / "heldout.jsonl")
    assert example == HeldOut(
        1,
        [
            {"role": "system", "content": "s"},
            {"role": "user", "content": "q"},
            {"role": "assistant", "content": "first"},
            {"role": "user", "content": "else"},
        ],
        ["last"],
        "else",
    )


def test_ready_files_that_are_broken_are_the_check_s_to_judge(tmp_path: Path) -> None:
    project(tmp_path).write_text(READY)
    (tmp_path / "train.jsonl").write_bytes(b"\xff\n{broken\n\n" + b"[" * 100_000 + b"\n")
    (tmp_path / "validation.jsonl").write_bytes(b"")
    (tmp_path / "out").mkdir()
    found = convert(load_spec(tmp_path / "run.toml"), tmp_path / "out")
    assert found["heldout"]["examples"] == 0


def test_a_missing_ready_file(tmp_path: Path) -> None:
    project(tmp_path).write_text(READY.replace("train.jsonl", "absent.jsonl"))
    with pytest.raises(InputError, match=r"cannot read .*absent.jsonl"):
        convert(load_spec(tmp_path / "run.toml"), tmp_path)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (chat(("user", "q"), ("assistant", "a")), "a"),
        (chat(("user", "q"), ("assistant", [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}])), "a\nb"),
        (chat(("user", "q"), ("assistant", "a"), ("user", "thanks")), "a"),
        (chat(("user", "q"), ("assistant", None)), None),
        (chat(("user", "q"), ("assistant", " ")), None),
        (chat(("assistant", "a")), None),
        (chat(("user", "q")), None),
        ({"messages": ["x"]}, None),
        ({"messages": None}, None),
        ([1], None),
        (None, None),
    ],
)
def test_the_last_assistant_turn_is_the_reference(value: Any, expected: str | None) -> None:
    found = split_example(value)
    assert (found.answer if found else None) == expected


def test_preference_examples_are_compared_with_the_preferred_output() -> None:
    value = {
        "input": {"messages": [{"role": "user", "content": "q"}]},
        "preferred_output": [{"role": "assistant", "content": "good"}],
        "non_preferred_output": [{"role": "assistant", "content": "bad"}],
    }
    assert split_example(value) == Parts([{"role": "user", "content": "q"}], "good", [], {})
    assert split_example({**value, "preferred_output": []}) is None
    assert split_example({**value, "input": {"messages": [], "tools": []}}) is None
    assert split_example({**value, "input": 3}) is None


def test_reinforcement_examples_are_compared_with_what_the_template_names(tmp_path: Path) -> None:
    text = READY.replace("[train]", '[evaluate]\nreference = "answer"\n[train]\nmethod = "reinforcement"')
    text += 'grader = { type = "string_check", reference = "{{ item.answer }}" }\n'
    asked = [chat(("user", f"{n} plus {n}?"), answer=str(2 * n)) for n in range(4)]
    found, out = converted(tmp_path, text, train=asked[:2], validation=[*asked[1:], chat(("user", "none"))])
    assert found["heldout"] == {"examples": 2, "overlap": 1, "is_validation": True}
    assert found["left_out"] == {"heldout": 1}
    assert [example.references for example in load_heldout(out / "heldout.jsonl")] == [["4"], ["6"]]

"""Rows to examples: templates, recognised columns, what is left out, what is changed, and what no format can take."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftlint import api
from ftlint.errors import ConfigError, FtlintError, UsageError
from ftlint.model import Format
from ftlint.rows.convert import Converted, convert_rows
from ftlint.rows.plan import Wanted

CHAT, PREFERENCE, REINFORCEMENT = Format.CHAT, Format.PREFERENCE, Format.REINFORCEMENT


def turns(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"role": role, "content": content} for role, content in pairs]


def said(speaker: str, value: Any) -> dict[str, Any]:
    return {"from": speaker, "value": value}


def made(converted: Converted) -> list[Any]:
    return [json.loads(example.line.raw) for example in converted.examples]


def chat(row: dict[str, Any], **wanted: Any) -> Any:
    converted = convert_rows([row], Wanted(**wanted))
    assert converted.left_out == {}
    assert converted.target is CHAT
    return made(converted)[0]


Q, A = ("user", "q"), ("assistant", "a")
QA = turns(Q, A)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"question": "q", "answer": "a"}, QA),
        ({"Question ": "q", "ANSWER": "a"}, QA),
        ({"質問": "q", "回答": "a"}, QA),
        ({"ユーザー": "q", "アシスタント": "a"}, QA),
        ({"System Prompt": "s", "question": "q", "answer": "a"}, turns(("system", "s"), Q, A)),
        (
            {"system_message": "s", "conversations": [said("human", "q"), said("gpt", "a")]},
            turns(("system", "s"), Q, A),
        ),
        ({"指示": "q", "入力": "", "出力": "a"}, QA),
        ({"prompt": "q", "completion": "a"}, QA),
        ({"prompt": turns(("system", "s"), Q), "completion": turns(A)}, turns(("system", "s"), Q, A)),
        ({"prompt": "q", "response": "a"}, QA),
        ({"question": "q", "answers": ["a"]}, QA),
        ({"question": "q", "answers": {"text": ["a"], "answer_start": [0]}}, QA),
        ({"instruction": "q", "output": "a"}, QA),
        ({"instruction": "q", "input": "", "output": "a"}, QA),
        ({"instruction": "q", "input": None, "output": "a"}, QA),
        ({"instruction": "q", "input": "x", "output": "a"}, turns(("user", "q\n\nx"), A)),
        ({"instruction": "q", "context": "x", "response": "a"}, turns(("user", "q\n\nx"), A)),
        ({"instruction": "q", "output": "a", "system": "s"}, turns(("system", "s"), Q, A)),
        (
            {"instruction": "q", "output": "a", "history": [["one", "two"]]},
            turns(("user", "one"), ("assistant", "two"), Q, A),
        ),
        ({"question": 4, "answer": 2.5}, turns(("user", "4"), ("assistant", "2.5"))),
        ({"question": "q", "answer": True}, turns(Q, ("assistant", "true"))),
        ({"question": " q ", "answer": "a\n"}, turns(("user", " q "), ("assistant", "a\n"))),
        ({"conversations": [said("system", "s"), said("human", "q"), said("gpt", "a")]}, turns(("system", "s"), Q, A)),
        ({"conversations": [said("human", "q"), said("gpt", "a")], "system": "s"}, turns(("system", "s"), Q, A)),
        ({"conversations": QA}, QA),
        ({"conversations": json.dumps([said("human", "q"), said("gpt", "a")])}, QA),
        ({"messages": QA}, QA),
        ({"messages": json.dumps(QA)}, QA),
    ],
)
def test_columns_that_are_recognised(row: dict[str, Any], expected: list[dict[str, str]]) -> None:
    assert chat(row) == {"messages": expected}


def test_chat_examples_stay_what_they_are() -> None:
    tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}
    call = {"id": "x", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    messages = [
        {"role": "user", "content": [{"type": "text", "text": "q"}]},
        {"role": "assistant", "content": None, "tool_calls": [call], "weight": 0},
        {"role": "tool", "tool_call_id": "x", "content": ""},
        {"role": "assistant", "content": "a", "weight": 1},
    ]
    row = {"messages": messages, "tools": [tool], "parallel_tool_calls": False}
    assert chat(row) == row


def test_what_loaders_of_datasets_add_is_left_away_and_said() -> None:
    messages = [{"role": "user", "content": "q", "tool_calls": None}, {"role": "assistant", "content": "a", "id": "7"}]
    converted = convert_rows([{"messages": messages, "source": "x"}], Wanted())
    assert made(converted) == [{"messages": QA}]
    assert converted.changed == {"keys that hold null left away": [1], "the key `id` of messages left away": [1]}
    assert converted.dropped == ["source"]


FUNCTION = {"name": "weather", "description": "d", "parameters": {"type": "object", "properties": {}}}


def test_tool_calls_of_sharegpt() -> None:
    row = {
        "conversations": [
            said("human", "q"),
            said("function_call", '{"name": "weather", "arguments": {"town": "京都"}}'),
            said("observation", '{"sky": "grey"}'),
            said("gpt", "a"),
        ],
        "tools": json.dumps([FUNCTION]),
    }
    found = chat(row)
    call = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"town": "京都"}'}}
    assert found["messages"][1:3] == [
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": '{"sky": "grey"}'},
    ]
    assert found["tools"] == [{"type": "function", "function": FUNCTION}]


TWO = json.dumps([{"name": "weather", "arguments": {"n": n}} for n in (1, 2)])


@pytest.mark.parametrize(
    ("calls", "tools", "reason"),
    [
        ([said("function_call", "weather()")], [FUNCTION], "with a tool call that is no JSON"),
        ([said("function_call", "{}")], [FUNCTION], "with a tool call without a name"),
        ([said("observation", "x")], [FUNCTION], "with a tool's result that no tool call asked for"),
        ([said("function_call", TWO), said("observation", "x"), said("observation", "y")], [FUNCTION], None),
        ([said("function_call", TWO), said("observation", "x")], [FUNCTION], "no result of its own"),
        ([said("function_call", '{"name": "weather"}')], [FUNCTION], "no result of its own"),
        ([said("function_call", '{"name": "weather"}'), said("observation", "x")], None, "FT137 undeclared-tool"),
        (
            [said("function_call", '{"name": "weather"}'), said("observation", "x")],
            "no list",
            "whose `tools` are no list of functions",
        ),
    ],
)
def test_a_tool_call_that_is_not_exact_is_left_out_and_named(calls: Any, tools: Any, reason: str | None) -> None:
    row = {"conversations": [said("human", "q"), *calls, said("gpt", "a")], "tools": tools}
    converted = convert_rows([row], Wanted())
    if reason is None:
        assert converted.left_out == {}
    else:
        assert [reason in found for found in converted.left_out] == [True]


def test_a_call_may_end_a_conversation() -> None:
    call = said("function_call", '{"name": "weather", "arguments": {}}')
    found = chat({"conversations": [said("human", "q"), call], "tools": [FUNCTION]})
    assert found["messages"][-1]["tool_calls"][0]["function"]["name"] == "weather"


def test_templates_and_a_system_message() -> None:
    rows = [{"dialogue": "d {x}", "summary": "s", "topic": "t", "id": 1}]
    wanted = Wanted(user="Summarise {{this}}:\n{dialogue}", answer="{summary}", system="About {topic}.")
    converted = convert_rows(rows, wanted)
    expected = turns(("system", "About t."), ("user", "Summarise {this}:\nd {x}"), ("assistant", "s"))
    assert made(converted) == [{"messages": expected}]
    assert converted.dropped == ["id"]


def test_a_system_template_replaces_the_rows_own() -> None:
    row = {"question": "q", "answer": "a", "system": "old"}
    assert chat(row, system="new")["messages"] == turns(("system", "new"), Q, A)


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
    for wanted in (Wanted(), Wanted(user="Say: {question}", answer="{answer}")):
        converted = convert_rows([{"question": "q", "answer": "a"}, row], wanted)
        assert len(converted.examples) == 1
        assert converted.left_out == {"without a question or an answer": [2]}


@pytest.mark.parametrize(
    ("rows", "user", "error", "message"),
    [
        ([{"text": "x"}], None, UsageError, "not recognised: text"),
        ([], None, UsageError, "not recognised: none"),
        ([{"question": "q", "answer": "a"}], "{qestion}", ConfigError, "no column `qestion`"),
        ([{"question": "q", "answer": "a"}], "{question", ConfigError, "single"),
    ],
)
def test_columns_that_are_refused(rows: list[Any], user: str | None, error: type[FtlintError], message: str) -> None:
    with pytest.raises(error, match=message):
        convert_rows(rows, Wanted(user=user, answer="{answer}" if user else None))


DEEP: Any = "x"
for _ in range(300):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"question": "q", "answer": {}}, "with something else than text: column `answer` holds an object"),
        ({"question": "q", "answer": [1]}, "with something else than text: column `answer` holds a list"),
        ({"question": "q", "answer": "\ud83d"}, "with half a surrogate pair"),
        ({"question": "q", "answer": b"x"}, "column `answer` holds no text"),
        ({"messages": "x"}, "whose messages are no list of messages"),
        ({"messages": []}, "whose messages are no list of messages"),
        ({"messages": [1]}, "whose messages are no list of messages"),
        ({"messages": turns(Q)}, "FT201 no-assistant-message"),
        ({"messages": turns(Q, ("asistant", "a"))}, "FT114 unknown-role"),
        ({"messages": [*turns(Q), {"role": "assistant", "content": DEEP}]}, "nested too deeply"),
        ({"prompt": "q", "reference": float("inf")}, "with a number that JSON readers do not take"),
        ({"messages": [*QA, {"role": "assistant", "content": "b", "weight": 2}]}, "FT123 invalid-weight"),
        ({"conversations": "x"}, "whose `conversations` is not a list of turns"),
        ({"conversations": [said("narrator", "x")]}, "with a turn of `narrator`"),
        ({"conversations": [said("human", {"a": 1})]}, "with a turn that holds no text"),
        ({"conversations": [{"from": ["human"], "value": "q"}]}, "with a turn without a speaker"),
        ({"conversations": [{"from": None, "value": "q"}]}, "with a turn without a speaker"),
        ({"conversations": []}, "without a question or an answer"),
        ({"instruction": "q", "output": "a", "history": [["x"]]}, "whose `history`"),
    ],
)
def test_a_row_that_makes_no_example_is_named_with_the_reason(row: dict[str, Any], reason: str) -> None:
    converted = convert_rows([row], Wanted())
    assert converted.examples == []
    ((found, rows),) = converted.left_out.items()
    assert reason in found
    assert rows == [1]


def test_several_answers_are_said() -> None:
    converted = convert_rows([{"question": "q", "answers": ["a", "b"]}], Wanted())
    assert made(converted) == [{"messages": QA}]
    assert converted.changed == {"the first of several answers used": [1]}


BEST, WORST = "good", "bad"
PAIR = {
    "input": {"messages": turns(Q)},
    "preferred_output": turns(("assistant", BEST)),
    "non_preferred_output": turns(("assistant", WORST)),
}
GOOD, BAD = turns(("assistant", BEST)), turns(("assistant", WORST))


@pytest.mark.parametrize(
    "row",
    [
        PAIR,
        {"input": PAIR["input"], "preferred_completion": GOOD, "non_preferred_completion": BAD},
        {"prompt": "q", "chosen": BEST, "rejected": WORST},
        {"question": "q", "chosen": BEST, "rejected": WORST, "system": ""},
        {"prompt": "q", "chosen": GOOD, "rejected": BAD},
        {"prompt": turns(Q), "chosen": GOOD, "rejected": BAD},
        {"prompt": "q", "chosen": [*turns(Q), *GOOD], "rejected": [*turns(Q), *BAD], "messages": [*turns(Q), *GOOD]},
        {"chosen": [*turns(Q), *GOOD], "rejected": [*turns(Q), *BAD]},
        {"chosen": "\n\nHuman: q\n\nAssistant: good", "rejected": "\n\nHuman: q\n\nAssistant: bad"},
        {"instruction": "q", "input": "", "chosen": BEST, "rejected": WORST},
        {"指示": "q", "preferred": BEST, "dispreferred": WORST},
        {"user": "q", "response_chosen": BEST, "response_rejected": WORST},
        {"conversations": [said("human", "q")], "chosen": said("gpt", BEST), "rejected": said("gpt", WORST)},
    ],
)
def test_preference_pairs(row: dict[str, Any]) -> None:
    converted = convert_rows([row], Wanted())
    assert (converted.left_out, converted.target) == ({}, PREFERENCE)
    assert made(converted) == [PAIR]


@pytest.mark.parametrize("columns", [("instruction", "input"), ("instruction", "context"), ("指示", "入力")])
def test_a_pair_keeps_what_its_instruction_is_about(columns: tuple[str, str]) -> None:
    row = {columns[0]: "q", columns[1]: "x", "chosen": BEST, "rejected": WORST}
    converted = convert_rows([row], Wanted())
    assert made(converted) == [{**PAIR, "input": {"messages": turns(("user", "q\n\nx"))}}]
    assert converted.dropped == []


def test_preference_pairs_by_templates_with_a_system_message() -> None:
    wanted = Wanted(user="{q}", preferred="{x}", non_preferred="{y}", system="s")
    (found,) = made(convert_rows([{"q": "q", "x": BEST, "y": WORST}], wanted))
    assert found == {**PAIR, "input": {"messages": turns(("system", "s"), Q)}}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"prompt": "q", "chosen": "", "rejected": "b"}, "without a prompt or one of the two answers"),
        ({"prompt": "", "chosen": "a", "rejected": "b"}, "without a prompt or one of the two answers"),
        ({"chosen": "a", "rejected": "b"}, "without a prompt or one of the two answers"),
        ({"chosen": [*turns(Q), *GOOD], "rejected": [*turns(("user", "p")), *BAD]}, "differ before the last answer"),
        ({"prompt": "p", "chosen": [*turns(Q), *GOOD], "rejected": [*turns(Q), *BAD]}, "without the prompt"),
        ({"chosen": turns(Q), "rejected": turns(Q)}, "does not end with an answer"),
        ({**PAIR, "input": "q"}, "whose `input`"),
        ({**PAIR, "preferred_output": [*GOOD, *GOOD]}, "not one answer"),
        ({**PAIR, "preferred_output": [{"role": "user", "content": "x"}]}, "FT152"),
    ],
)
def test_a_pair_that_is_none_is_named(row: dict[str, Any], reason: str) -> None:
    converted = convert_rows([row], Wanted())
    assert reason in next(iter(converted.left_out))
    assert converted.examples == []


def test_a_pair_as_a_chat_example_takes_the_better_answer() -> None:
    converted = convert_rows([{"prompt": "q", "chosen": "a", "rejected": "b"}], Wanted(to=CHAT))
    assert made(converted) == [{"messages": QA}]
    assert converted.dropped == ["rejected"]


def test_questions_and_answers_are_no_pairs() -> None:
    with pytest.raises(UsageError, match="question and answer give no preference pairs"):
        convert_rows([{"question": "q", "answer": "a"}], Wanted(to=PREFERENCE))


ASK = turns(Q)


@pytest.mark.parametrize(
    ("row", "wanted", "expected"),
    [
        ({"prompt": "q", "reference_answer": 7}, Wanted(), {"messages": ASK, "reference_answer": 7}),
        ({"prompt": ASK, "reward_model": {"gold": 1}}, Wanted(), {"messages": ASK, "reward_model": {"gold": 1}}),
        ({"messages": ASK, "target": 98}, Wanted(), {"messages": ASK, "target": 98}),
        ({"question": "q", "answer": "a"}, Wanted(to=REINFORCEMENT), {"messages": ASK, "answer": "a"}),
        ({"messages": QA}, Wanted(to=REINFORCEMENT), {"messages": ASK, "reference_answer": "a"}),
        ({"prompt": "q", "n": None, "x": [1]}, Wanted(to=REINFORCEMENT), {"messages": ASK, "x": [1]}),
        (
            {"t": "q", "n": 4, "u": "kg"},
            Wanted(user="{t}", fields={"value": "{n}", "text": "{n} {u}"}),
            {"messages": ASK, "value": 4, "text": "4 kg"},
        ),
    ],
)
def test_reinforcement(row: dict[str, Any], wanted: Wanted, expected: dict[str, Any]) -> None:
    converted = convert_rows([row], wanted)
    assert (converted.left_out, converted.target) == ({}, REINFORCEMENT)
    assert made(converted) == [expected]


def test_reinforcement_takes_its_instructions_from_the_developer() -> None:
    converted = convert_rows([{"prompt": "q", "reference": "r"}], Wanted(system="s"))
    assert made(converted)[0]["messages"] == turns(("developer", "s"), Q)
    assert len(converted.changed) == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"prompt": "", "reference": "r"}, "without a question at the end of the prompt"),
        ({"prompt": "q", "reference": None}, "without a reference for the grader"),
        ({"prompt": "q", "reference": ""}, "without a reference for the grader"),
    ],
)
def test_a_row_without_a_question_or_a_reference(row: dict[str, Any], reason: str) -> None:
    assert convert_rows([row], Wanted()).left_out == {reason: [1]}


_TEXT = st.sampled_from(
    ["", " ", "q", "[]", "[1", '[{"role": "user", "content": "q"}]', "\ud800", "\0", "\n\nHuman: x"]
)
_LEAF = st.none() | st.booleans() | st.integers() | st.floats() | _TEXT
_MESSAGE = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("role", "from", "content", "value", "tool_calls", "weight", "name"), _LEAF)
).map(lambda found: {**found, **({"role": "user"} if found.get("role") == "q" else {})})  # fmt: skip
_TURN = st.builds(said, st.sampled_from(["human", "gpt", "function_call", "observation", "system", "x"]), _LEAF)
_LISTS = st.lists(_MESSAGE | _TURN | _LEAF, max_size=3)
_LISTS = st.lists(_MESSAGE | _TURN | _LEAF, max_size=3)
_VALUE = _LEAF | _LISTS | _MESSAGE | st.sampled_from([QA, ASK, [FUNCTION]])
_COLUMNS = (
    "messages", "conversations", "tools", "system", "prompt", "chosen", "rejected", "question", "answer", "answers",
    "instruction", "input", "output", "history", "preferred_output", "non_preferred_output", "reference",
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(
    st.sets(st.sampled_from(_COLUMNS), min_size=1, max_size=5).flatmap(
        lambda names: st.lists(st.fixed_dictionaries(dict.fromkeys(sorted(names), _VALUE)), min_size=1, max_size=4)
    ),
    st.sampled_from([None, CHAT, PREFERENCE, REINFORCEMENT]),
)
def test_whatever_the_rows_hold_they_are_converted_or_named(
    tmp_path_factory: pytest.TempPathFactory, found: list[dict[str, Any]], to: Format | None
) -> None:
    try:
        converted = convert_rows(found, Wanted(to=to))
    except UsageError:
        return
    out = [number for numbers in converted.left_out.values() for number in numbers]
    assert len(out) == len(set(out))
    assert len(converted.examples) + len(out) == len(found)
    if converted.examples:
        path = tmp_path_factory.mktemp("any") / "made.jsonl"
        path.write_bytes(b"".join(example.line.raw + b"\n" for example in converted.examples))
        report = api.check(path, format=converted.target, select=["FT0", "FT1"])
        assert [finding for finding in report.findings if finding.level == "error"] == []

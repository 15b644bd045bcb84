"""FT2, conversations: who speaks last, empty answers, and calls with their results."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.judged import assistant, codes, conversation, judged, one, rows, user
from ftlint.model import Format, Level

TOOLS = [{"type": "function", "function": {"name": "look_up", "parameters": {"type": "object", "properties": {}}}}]
SYSTEM = {"role": "system", "content": "You answer in one sentence."}
PAIR = {
    "input": {"messages": [user()]},
    "preferred_output": [assistant()],
    "non_preferred_output": [assistant("Nobody knows.")],
}


def calls(*ids: str | None, **more: Any) -> dict[str, Any]:
    """An assistant message that calls ``look_up`` once for each id; a call without an id for None."""
    function = {"name": "look_up", "arguments": "{}"}
    made = [{"type": "function", "function": function, **({} if given is None else {"id": given})} for given in ids]
    return {"role": "assistant", "tool_calls": made, **more}


def result(given: Any = "call_1", content: str = "Usually once a year.") -> dict[str, Any]:
    """The result of a call; without an id for None."""
    return {"role": "tool", "content": content, **({} if given is None else {"tool_call_id": given})}


def tooled(*messages: Any) -> str:
    return rows(conversation(*messages, tools=TOOLS))


def test_an_example_without_an_answer() -> None:
    finding = one(judged(rows(conversation(SYSTEM, user()))))
    assert (finding.code, finding.level, finding.json_path) == ("FT201", Level.ERROR, "$.messages")


@pytest.mark.parametrize(
    "message",
    [
        {"role": "asistant", "content": "A piano tuner."},
        {"content": "A piano tuner."},
        {"role": ["assistant"], "content": "A piano tuner."},
        "A piano tuner.",
    ],
)
def test_an_answer_whose_role_is_broken_is_told_once(message: Any) -> None:
    assert codes(rows(conversation(user(), message)))[0] in ("FT113", "FT114", "FT115")
    assert "FT201" not in codes(rows(conversation(user(), message)))
    assert "FT202" not in codes(rows(conversation(user(), assistant(), message)))
    row = {**conversation(user(), message), "reference": "a tuner"}
    assert "FT161" not in codes(rows(row), format=Format.REINFORCEMENT)


def test_an_example_that_ends_with_a_question() -> None:
    finding = one(judged(rows(conversation(user(), assistant(), user("And a harp?")))))
    assert (finding.code, finding.level, finding.json_path) == ("FT202", Level.WARNING, "$.messages[2]")
    assert "`user`" in finding.message


def test_an_example_that_ends_with_a_result() -> None:
    finding = one(judged(tooled(user(), calls("call_1"), result())))
    assert (finding.code, finding.json_path) == ("FT202", "$.messages[2]")
    assert "`tool`" in finding.message


@pytest.mark.parametrize("last", [assistant(), calls("call_1"), assistant(None, refusal="No.")])
def test_an_example_may_end_with_an_answer_a_call_or_a_refusal(last: dict[str, Any]) -> None:
    assert codes(tooled(SYSTEM, user(), last)) == []


def test_a_reinforcement_example_ends_with_the_question() -> None:
    good = [{**conversation(user(word)), "reference": word} for word in ("piano", "harp")]
    bad = {**conversation(user(), assistant()), "reference": "a tuner"}
    finding = one(judged(rows(*good, bad)))
    assert (finding.code, finding.line, finding.json_path) == ("FT161", 3, "$.messages[1]")
    assert "`assistant`" in finding.message


EMPTY = ["", " ", "\n\t", "\u3000", "\xa0", [{"type": "text", "text": ""}], [{"type": "text", "text": " "}] * 2]


@pytest.mark.parametrize("content", EMPTY)
def test_an_empty_answer(content: Any) -> None:
    finding = one(judged(rows(conversation(user(), assistant(content)))))
    assert (finding.code, finding.level, finding.json_path) == ("FT207", Level.ERROR, "$.messages[1].content")


def test_an_empty_answer_in_the_middle() -> None:
    assert codes(rows(conversation(user(), assistant(""), user("Hello?"), assistant()))) == ["FT207"]


@pytest.mark.parametrize(
    "message",
    [
        calls("call_1"),
        calls("call_1", content=""),
        assistant("", refusal="I would rather not."),
        assistant("0"),
        assistant([{"type": "text", "text": ""}, {"type": "text", "text": "Yes."}]),
    ],
)
def test_an_answer_that_says_something_is_not_empty(message: dict[str, Any]) -> None:
    assert codes(tooled(user(), message)) == []


def test_an_empty_question_is_no_empty_answer() -> None:
    assert "FT207" not in codes(rows(conversation(user(""), assistant())))


def test_empty_outputs_of_a_pair() -> None:
    found = judged(
        rows(PAIR, {**PAIR, "preferred_output": [assistant("  ")]}, {**PAIR, "non_preferred_output": [assistant("")]}),
        select=("FT2",),
    )
    assert [(finding.code, finding.line, finding.json_path) for finding in found] == [
        ("FT207", 2, "$.preferred_output[0].content"),
        ("FT207", 3, "$.non_preferred_output[0].content"),
    ]


def test_an_empty_completion() -> None:
    row = {"prompt": "Who tunes a piano?", "completion": "\n"}
    finding = one(judged(rows(row)))
    assert (finding.code, finding.json_path) == ("FT207", "$.completion")


def test_calls_and_results_that_belong_together() -> None:
    good = [
        user(),
        calls("a", "b"),
        result("b"),
        result("a"),
        assistant(),
        user(),
        calls("c"),
        result("c"),
        assistant(),
    ]
    assert codes(tooled(*good)) == []
    assert codes(rows({**PAIR, "input": {"messages": [user(), calls("a"), result("a")], "tools": TOOLS}})) == []


@pytest.mark.parametrize(
    ("messages", "path", "named"),
    [
        ([user(), result(), assistant()], "$.messages[1].tool_call_id", "with the id `call_1`"),
        ([user(), calls("a"), result("a"), result("a"), assistant()], "$.messages[3].tool_call_id", "with the id `a`"),
        ([user(), calls("a"), result("a"), assistant(), result("a"), assistant()], "$.messages[4].tool_call_id", "`a`"),
        ([user(), assistant(), result(None), assistant()], "$.messages[2]", "without an id"),
        ([user(), assistant(), result(7), assistant()], "$.messages[2].tool_call_id", "without an id"),
    ],
)
def test_a_result_without_a_call(messages: list[Any], path: str, named: str) -> None:
    finding = one(judged(tooled(*messages)))
    assert (finding.code, finding.level, finding.json_path) == ("FT209", Level.ERROR, path)
    assert named in finding.message


def test_a_result_with_the_wrong_id_leaves_the_call_open() -> None:
    found = judged(tooled(user(), calls("call_1"), result("call_2"), assistant()))
    assert {(finding.code, finding.json_path) for finding in found} == {
        ("FT209", "$.messages[2].tool_call_id"),
        ("FT210", "$.messages[1].tool_calls[0]"),
    }


@pytest.mark.parametrize(
    ("messages", "path"),
    [
        ([user(), calls("a"), assistant()], "$.messages[1].tool_calls[0]"),
        ([user(), calls("a", "b"), result("a"), assistant()], "$.messages[1].tool_calls[1]"),
        ([user(), calls("a"), user("Never mind."), assistant()], "$.messages[1].tool_calls[0]"),
        ([user(), calls("a"), calls("b")], "$.messages[1].tool_calls[0]"),
        ([user(), calls("a"), user("Wait."), result("a"), assistant()], "$.messages[1].tool_calls[0]"),
    ],
)
def test_a_call_without_a_result(messages: list[Any], path: str) -> None:
    found = [finding for finding in judged(tooled(*messages)) if finding.code == "FT210"]
    assert (one(found).json_path, found[0].level) == (path, Level.WARNING)


def test_a_call_that_ends_the_example_needs_no_result() -> None:
    assert codes(tooled(user(), calls("a", "b"))) == []


def test_two_calls_with_one_id_take_two_results() -> None:
    assert codes(tooled(user(), calls("a", "a"), result("a"), result("a"), assistant())) == ["FT211"]


def test_a_call_without_an_id_is_the_schemas_finding_alone() -> None:
    assert codes(tooled(user(), calls(None), result("a"), assistant())) == ["FT133"]
    assert codes(tooled(user(), calls(None), assistant())) == ["FT133"]


def test_results_of_the_old_functions_have_no_ids() -> None:
    call = {"role": "assistant", "function_call": {"name": "look_up", "arguments": "{}"}}
    answer = {"role": "function", "name": "look_up", "content": "Once a year."}
    found = codes(rows(conversation(user(), call, answer, assistant(), functions=[TOOLS[0]["function"]])))
    assert {"FT209", "FT210", "FT137"}.isdisjoint(found)


IDS = st.sampled_from(["a", "b", "c"])
TURN = st.one_of(
    st.just(user()), st.just(assistant()), st.builds(calls, IDS), st.builds(calls, IDS, IDS), st.builds(result, IDS)
)


@given(st.lists(TURN, max_size=12))
def test_a_finding_for_every_result_and_every_call_that_stands_alone(messages: list[dict[str, Any]]) -> None:
    """Pairs are made as the chat endpoint makes them: per assistant message, from the tool messages right after it."""
    unmatched_calls = unmatched_results = 0
    at = 0
    while at < len(messages):
        open_ids = [call["id"] for call in messages[at].get("tool_calls", [])]
        ends = at == len(messages) - 1
        at += messages[at]["role"] != "tool"
        while at < len(messages) and messages[at]["role"] == "tool":
            given_id = messages[at]["tool_call_id"]
            if given_id in open_ids:
                open_ids.remove(given_id)
            else:
                unmatched_results += 1
            at += 1
        unmatched_calls += 0 if ends else len(open_ids)
    found = codes(tooled(user(), *messages, assistant())) if messages else []
    expected_calls = unmatched_calls + (len(messages[-1].get("tool_calls", [])) if messages else 0)
    assert (found.count("FT209"), found.count("FT210")) == (unmatched_results, expected_calls)


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([user(), None, result("a"), assistant()], "FT113"),
        ([user(), {**calls("a"), "role": "asistant"}, result("a"), assistant()], "FT114"),
        ([user(), {"role": "assistant", "tool_calls": {"id": "a"}}, result("a"), assistant()], "FT133"),
        ([user(), calls("a"), {**result("a"), "role": "tol"}, assistant()], "FT114"),
        ([user(), calls("a"), "result", assistant()], "FT113"),
        ([user(), calls(""), result("a"), assistant()], "FT133"),
    ],
)
def test_a_broken_message_is_not_told_again_as_a_missing_call_or_result(messages: list[Any], code: str) -> None:
    assert codes(tooled(*messages)) == [code]


@pytest.mark.parametrize("given", [None, 7, ["a"]])
def test_a_result_without_an_id_is_not_told_again_as_an_unanswered_call(given: Any) -> None:
    assert codes(tooled(user(), calls("a"), result(given), assistant())) == ["FT209"]

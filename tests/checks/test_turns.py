"""FT2, the order of turns: who speaks when, and what is left alone."""

from __future__ import annotations

from typing import Any

import pytest

from checks.judged import assistant, codes, conversation, judged, one, rows, user
from ftlint.checks.turns import judge
from ftlint.model import Format, Level

SYSTEM = {"role": "system", "content": "You answer in one sentence."}
DEVELOPER = {"role": "developer", "content": "You answer in one sentence."}
TOOLS = [{"type": "function", "function": {"name": "look_up"}}]
CALL = {"id": "a", "type": "function", "function": {"name": "look_up", "arguments": "{}"}}
RESULT = {"role": "tool", "tool_call_id": "a", "content": "once a year"}


def calls() -> dict[str, Any]:
    return {"role": "assistant", "tool_calls": [CALL]}


def pair(*messages: Any) -> dict[str, Any]:
    outputs = {"preferred_output": [assistant()], "non_preferred_output": [assistant("Nobody.")]}
    return {"input": {"messages": list(messages)}, **outputs}


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "nobody asks": (conversation(SYSTEM, assistant()), "FT203", "$.messages"),
    "only the assistant": (conversation(assistant()), "FT203", "$.messages"),
    "nobody asks for a pair": (pair(SYSTEM), "FT203", "$.input.messages"),
    "a system message behind the question": (conversation(user(), SYSTEM, assistant()), "FT204", "$.messages[1]"),
    "a system message at the end": (conversation(user(), assistant(), SYSTEM, assistant("So?")), "FT204",
                                    "$.messages[2]"),
    "a late one of a pair": (pair(user(), SYSTEM), "FT204", "$.input.messages[1]"),
    "two system messages": (conversation(SYSTEM, SYSTEM, user(), assistant()), "FT205", "$.messages[1]"),
    "three of them": (conversation(SYSTEM, SYSTEM, SYSTEM, user(), assistant()), "FT205", "$.messages[1]"),
    "two questions": (conversation(user(), user("And a harp?"), assistant()), "FT206", "$.messages[1]"),
    "two questions later on": (conversation(user(), assistant(), user(), user("So?"), assistant()), "FT206",
                               "$.messages[3]"),
    "three questions": (conversation(user(), user("And a harp?"), user("Or a lute?"), assistant()), "FT206",
                        "$.messages[1]"),
    "two answers": (conversation(user(), assistant(), assistant("A tuner.")), "FT206", "$.messages[2]"),
    "an answer before its call": (conversation(user(), assistant("Wait."), calls(), tools=TOOLS), "FT206",
                                  "$.messages[2]"),
    "one person twice": (conversation(user(name="kim"), user("And?", name="kim"), assistant()), "FT206",
                         "$.messages[1]"),
    "a pair whose input answers": (pair(user(), assistant("Well.")), "FT206", "$.input.messages[1]"),
    "a developer message": (conversation(DEVELOPER, user(), assistant()), "FT213", "$.messages[0]"),
}  # fmt: skip

RIGHT: dict[str, dict[str, Any]] = {
    "a question and an answer": conversation(user(), assistant()),
    "a system message first": conversation(SYSTEM, user(), assistant()),
    "several turns": conversation(SYSTEM, user(), assistant(), user("And a harp?"), assistant("A harp tuner.")),
    "the assistant begins": conversation(assistant("Hello, how can I help?"), user(), assistant()),
    "a call and its result": conversation(user(), calls(), RESULT, assistant(), tools=TOOLS),
    "two results": conversation(
        user(), {"role": "assistant", "tool_calls": [CALL, {**CALL, "id": "b"}]}, RESULT,
        {**RESULT, "tool_call_id": "b"}, assistant(), tools=TOOLS,
    ),
    "a call behind a result": conversation(
        user(), calls(), RESULT, {"role": "assistant", "tool_calls": [{**CALL, "id": "b"}]},
        {**RESULT, "tool_call_id": "b"}, assistant(), tools=TOOLS,
    ),
    "two people": conversation(user(name="kim"), user("And a harp?", name="lee"), assistant()),
    "a pair": pair(user()),
    "a pair with a system message": pair(SYSTEM, user()),
    "a pair of a longer conversation": pair(user(), assistant(), user("And a harp?")),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_turns_in_a_wrong_order(name: str) -> None:
    row, code, path = WRONG[name]
    finding = one(judged(rows(row)))
    assert (finding.code, finding.json_path) == (code, path)
    assert finding.level is (Level.INFO if code == "FT213" else Level.WARNING)


@pytest.mark.parametrize("name", RIGHT)
def test_turns_in_a_right_order(name: str) -> None:
    assert codes(rows(RIGHT[name])) == []


def test_a_second_system_message_in_the_middle_is_late_and_one_too_many() -> None:
    assert codes(rows(conversation(SYSTEM, user(), SYSTEM, assistant()))) == ["FT204", "FT205"]


def test_a_row_without_an_answer_is_told_once() -> None:
    assert codes(rows(conversation(SYSTEM))) == ["FT201"]


def test_a_call_without_a_result_is_told_once() -> None:
    assert codes(rows(conversation(user(), calls(), assistant(), tools=TOOLS))) == ["FT210"]


def test_a_role_that_is_not_known_may_be_the_missing_one() -> None:
    found = codes(rows(conversation(SYSTEM, {"role": "human", "content": "Who?"}, assistant()), conversation(user())))
    assert found == ["FT114", "FT201"]


def test_reinforcement_takes_developers_and_refuses_the_system() -> None:
    good = {**conversation(DEVELOPER, user()), "reference": "a tuner"}
    assert codes(rows(good)) == []
    bad = {**conversation(user(), SYSTEM, user("And a harp?")), "reference": "a tuner"}
    assert codes(rows(bad)) == ["FT160"]
    twice = {**conversation(DEVELOPER, user(), user("And a harp?")), "reference": "a tuner"}
    assert codes(rows(twice)) == ["FT206"]


def test_completions_have_no_turns() -> None:
    assert codes(rows({"prompt": "Who tunes a piano?", "completion": "A piano tuner does."})) == []


def test_a_sequence_of_roles_is_judged_once() -> None:
    assert judge(("user", "assistant"), Format.CHAT) == ()
    assert judge((), Format.CHAT) == ()
    assert judge(("user", ""), Format.CHAT) == ()

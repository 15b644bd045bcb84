"""FT2, what messages hold: empty ones, weights, ids of calls."""

from __future__ import annotations

from typing import Any

import pytest

from checks.judged import assistant, codes, conversation, judged, one, rows, user
from ftlint.model import Level

TOOLS = [{"type": "function", "function": {"name": "look_up"}}]
PICTURE = {"type": "image_url", "image_url": {"url": "https://example.org/piano.png", "detail": "low"}}


def call(given: Any = "a") -> dict[str, Any]:
    return {"id": given, "type": "function", "function": {"name": "look_up", "arguments": "{}"}}


def system(content: Any) -> dict[str, Any]:
    return {"role": "system", "content": content}


def said(text: str) -> dict[str, str]:
    return {"type": "text", "text": text}


def result(content: str, given: str = "a") -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": given, "content": content}


@pytest.mark.parametrize(
    ("row", "path", "role"),
    [
        (conversation(user(""), assistant()), "$.messages[0].content", "user"),
        (conversation(user(" \n\t"), assistant()), "$.messages[0].content", "user"),
        (conversation(user("\u3000"), assistant()), "$.messages[0].content", "user"),
        (conversation(user([said(""), said(" ")]), assistant()), "$.messages[0].content", "user"),
        (conversation(system(""), user(), assistant()), "$.messages[0].content", "system"),
        (conversation(user(), assistant("", weight=0), user("So?"), assistant()), "$.messages[1].content", "assistant"),
    ],
)
def test_a_message_that_says_nothing(row: dict[str, Any], path: str, role: str) -> None:
    finding = one(judged(rows(row)))
    assert (finding.code, finding.level, finding.json_path) == ("FT208", Level.WARNING, path)
    assert f"the {role} message" in finding.message


@pytest.mark.parametrize(
    "row",
    [
        conversation(user("?"), assistant()),
        conversation(user([PICTURE]), assistant("It is a grand piano.")),
        conversation(user([said(""), PICTURE]), assistant("It is a grand piano.")),
        conversation(user(), assistant(None, tool_calls=[call()]), result(""), assistant(), tools=TOOLS),
        conversation(user(), assistant("", tool_calls=[call()]), tools=TOOLS),
        conversation(user(), assistant("", refusal="I would rather not.")),
        {"prompt": "", "completion": "Once upon a time there was a piano."},
    ],
)
def test_a_message_that_says_something_or_need_not(row: dict[str, Any]) -> None:
    assert codes(rows(row)) == []


def test_an_empty_answer_that_is_trained_is_an_error() -> None:
    assert codes(rows(conversation(user(), assistant("")))) == ["FT207"]
    assert codes(rows(conversation(user(), assistant("", weight=1)))) == ["FT207"]


@pytest.mark.parametrize(
    ("messages", "path"),
    [
        ([user(), assistant(weight=0)], "$.messages[1].weight"),
        ([user(), assistant(weight=0.0)], "$.messages[1].weight"),
        ([user(), assistant(weight=0), user("So?"), assistant("A tuner.", weight=0)], "$.messages[3].weight"),
    ],
)
def test_a_row_that_trains_nothing(messages: list[Any], path: str) -> None:
    finding = one(judged(rows(conversation(*messages))))
    assert (finding.code, finding.level, finding.json_path) == ("FT212", Level.ERROR, path)


@pytest.mark.parametrize(
    "messages",
    [
        [user(), assistant()],
        [user(), assistant(weight=1)],
        [user(), assistant(weight=0), user("So?"), assistant("A tuner.")],
        [user(), assistant(weight=0), user("So?"), assistant("A tuner.", weight=1)],
        [user("What is a weight of 0 good for in a list of messages?"), assistant('It is written "weight": 0.')],
    ],
)
def test_a_row_that_trains_something(messages: list[Any]) -> None:
    assert codes(rows(conversation(*messages))) == []


@pytest.mark.parametrize("weight", [2, "0", None, False])
def test_a_broken_weight_is_the_schemas_finding_alone(weight: Any) -> None:
    assert codes(rows(conversation(user(), assistant(weight=weight)))) == ["FT123"]


def test_the_same_id_twice_in_one_message() -> None:
    messages = [user(), assistant(None, tool_calls=[call("a"), call("b"), call("a"), call("a")])]
    finding = one(judged(rows(conversation(*messages, tools=TOOLS))))
    assert (finding.code, finding.level) == ("FT211", Level.WARNING)
    assert finding.json_path == "$.messages[1].tool_calls[2].id"
    assert "`a`" in finding.message


def test_the_same_id_in_a_later_turn() -> None:
    turn = [user(), assistant(None, tool_calls=[call("a")]), result("x"), assistant()]
    assert codes(rows(conversation(*turn, *turn, tools=TOOLS))) == ["FT211"]


def test_ids_of_their_own() -> None:
    turn = [user(), assistant(None, tool_calls=[call("a"), call("b")]), result("x"), result("y", "b"), assistant()]
    made = rows(conversation(*turn, tools=TOOLS), conversation(*turn[:-1], assistant("Soon."), tools=TOOLS))
    assert codes(made, select=("FT2",)) == []


def test_broken_ids_are_the_schemas_finding() -> None:
    row = conversation(user(), assistant(None, tool_calls=[call(3), call(3)]), tools=TOOLS)
    assert codes(rows(row)) == ["FT133"] * 2

"""FT1, tools: definitions, calls, arguments, and calls of what is not declared."""

from __future__ import annotations

from typing import Any

import pytest

from checks.judged import assistant, codes, conversation, judged, one, rows, user
from ftlint.model import Finding, Format, Level

FUNCTION = {"name": "look_up", "description": "Looks a word up.", "parameters": {"type": "object", "properties": {}}}
TOOL = {"type": "function", "function": FUNCTION}


def call(name: Any = "look_up", arguments: Any = "{}", given: str = "call_1") -> dict[str, Any]:
    return {"id": given, "type": "function", "function": {"name": name, "arguments": arguments}}


def calling(*made: Any, tools: Any = (TOOL,), **more: Any) -> str:
    """A row that ends with these calls."""
    given = list(tools) if isinstance(tools, tuple) else tools
    message = {"role": "assistant", "tool_calls": list(made)}
    return rows(conversation(user(), message, **({} if given is None else {"tools": given}), **more))


def defined(tool: Any) -> str:
    """A row that declares a tool and does not call it."""
    return rows(conversation(user(), assistant(), tools=[tool]))


def pair(**more: Any) -> dict[str, Any]:
    return {
        "input": {"messages": [user()], **more},
        "preferred_output": [assistant()],
        "non_preferred_output": [assistant("Nobody knows.")],
    }


def told(findings: list[Finding]) -> tuple[str, str | None]:
    finding = one(findings)
    assert finding.level is Level.ERROR
    return finding.code, finding.json_path


def test_good_definitions_and_calls() -> None:
    assert codes(defined(TOOL)) == []
    assert codes(defined({"type": "function", "function": {"name": "ping"}})) == []
    assert codes(defined({"type": "function", "function": {**FUNCTION, "strict": True}})) == []
    assert codes(calling(call(), call(arguments='{"word": "ハープ"}', given="call_2"))) == []
    assert codes(rows(pair(tools=[TOOL], parallel_tool_calls=False))) == []


@pytest.mark.parametrize(
    ("tool", "path"),
    [
        ({"type": "function", **FUNCTION}, "$.tools[0]"),
        ({"function": FUNCTION}, "$.tools[0]"),
        ({"type": "web_search", "function": FUNCTION}, "$.tools[0].type"),
        ({"type": "function", "function": {"description": "Looks a word up."}}, "$.tools[0].function"),
        ({"type": "function", "function": {**FUNCTION, "description": 3}}, "$.tools[0].function.description"),
        ({"type": "function", "function": {**FUNCTION, "strict": "yes"}}, "$.tools[0].function.strict"),
        ({"type": "function", "function": "look_up"}, "$.tools[0].function"),
    ],
)
def test_a_broken_definition(tool: Any, path: str) -> None:
    assert told(judged(defined(tool))) == ("FT130", path)


def test_tools_that_are_no_list() -> None:
    assert told(judged(rows(conversation(user(), assistant(), tools={"look_up": FUNCTION})))) == ("FT130", "$.tools")


@pytest.mark.parametrize("name", ["look up", "look.up", "", "é", "x" * 65, 7, "辞書"])
def test_a_name_that_the_service_does_not_take(name: Any) -> None:
    found = judged(defined({"type": "function", "function": {**FUNCTION, "name": name}}))
    assert told(found) == ("FT131", "$.tools[0].function.name")


@pytest.mark.parametrize("name", ["a", "x" * 64, "A-b_9"])
def test_a_name_that_the_service_takes(name: str) -> None:
    assert codes(defined({"type": "function", "function": {**FUNCTION, "name": name}})) == []


@pytest.mark.parametrize("parameters", ['{"type": "object"}', [], 3, True])
def test_parameters_that_are_no_object(parameters: Any) -> None:
    found = judged(defined({"type": "function", "function": {**FUNCTION, "parameters": parameters}}))
    assert told(found) == ("FT132", "$.tools[0].function.parameters")


@pytest.mark.parametrize(
    ("made", "place"),
    [
        ({"type": "function", "function": {"name": "look_up", "arguments": "{}"}}, "[0]"),
        ({"id": "a", "function": {"name": "look_up", "arguments": "{}"}}, "[0]"),
        ({"id": "a", "type": "function"}, "[0]"),
        ({"id": "a", "type": "function", "function": {"arguments": "{}"}}, "[0].function"),
        ({"id": "a", "type": "function", "function": {"name": "look_up"}}, "[0].function"),
        ({"id": "", "type": "function", "function": {"name": "look_up", "arguments": "{}"}}, "[0].id"),
        ({"id": "a", "type": "tool", "function": {"name": "look_up", "arguments": "{}"}}, "[0].type"),
        ("look_up()", "[0]"),
    ],
)
def test_a_malformed_call(made: Any, place: str) -> None:
    assert told(judged(calling(made))) == ("FT133", f"$.messages[1].tool_calls{place}")


def test_an_empty_list_of_calls() -> None:
    message = {"role": "assistant", "content": "A piano tuner does it.", "tool_calls": []}
    assert told(judged(rows(conversation(user(), message)))) == ("FT133", "$.messages[1].tool_calls")


@pytest.mark.parametrize("arguments", [{"word": "harp"}, [], None, 3, False])
def test_arguments_that_are_no_string(arguments: Any) -> None:
    found = judged(calling(call(arguments=arguments)))
    assert told(found) == ("FT134", "$.messages[1].tool_calls[0].function.arguments")


@pytest.mark.parametrize(
    "arguments", ["", " ", "null", "[1]", '"x"', "3", "{", "{'word': 'harp'}", '{"a": NaN}', '{"a": 1,}']
)
def test_arguments_that_hold_no_object(arguments: str) -> None:
    found = judged(calling(call(arguments=arguments)))
    assert told(found) == ("FT135", "$.messages[1].tool_calls[0].function.arguments")
    assert "not a JSON object: " in found[0].message


def test_the_place_where_the_arguments_break_is_shown() -> None:
    text = calling(call(arguments='{"word": "ハープ", x}'))
    finding = one(judged(text))
    assert finding.column is not None
    assert text[finding.column - 1] == "x"
    assert finding.end_column == finding.column + 1


def test_the_old_function_call_is_looked_at_as_well() -> None:
    message = {"role": "assistant", "function_call": {"name": "look_up", "arguments": "{"}}
    found = judged(rows(conversation(user(), message, functions=[FUNCTION])))
    assert [(finding.code, finding.json_path) for finding in found if finding.code != "FT138"] == [
        ("FT135", "$.messages[1].function_call.arguments")
    ]


def test_a_call_of_what_is_not_declared() -> None:
    finding = one(judged(calling(call("look_upp"))))
    assert told([finding]) == ("FT137", "$.messages[1].tool_calls[0].function.name")
    assert finding.help == "did you mean `look_up`?"
    far = one(judged(calling(call("translate"))))
    assert far.help is not None
    assert "`look_up`" in far.help


def test_a_call_without_any_tools() -> None:
    finding = one(judged(calling(call(), tools=None)))
    assert finding.code == "FT137"
    assert finding.help is not None
    assert "no tools at all" in finding.help


def test_a_call_of_an_old_function() -> None:
    message = {"role": "assistant", "function_call": {"name": "look_up", "arguments": "{}"}}
    assert "FT137" not in codes(rows(conversation(user(), message, functions=[FUNCTION])))
    assert "FT137" in codes(rows(conversation(user(), message, functions=[{"name": "other"}])))


def test_a_call_in_the_input_of_a_pair() -> None:
    messages = [
        user(),
        {"role": "assistant", "tool_calls": [call()]},
        {"role": "tool", "tool_call_id": "call_1", "content": "x"},
    ]
    row = pair(tools=[TOOL])
    row["input"]["messages"] = messages
    assert codes(rows(row)) == []
    row["input"]["tools"] = []
    assert told(judged(rows(row))) == ("FT137", "$.input.messages[1].tool_calls[0].function.name")


@pytest.mark.parametrize(
    "tools", [{"look_up": FUNCTION}, [{"type": "function", **FUNCTION}], ["look_up"], [{"type": "function"}]]
)
def test_a_broken_definition_is_told_once_and_not_as_undeclared(tools: Any) -> None:
    assert codes(calling(call(), tools=tools)) == ["FT130"]


def test_a_custom_call_has_no_arguments_to_look_at() -> None:
    made = {"id": "c", "type": "custom", "custom": {"name": "shell", "input": "ls"}}
    assert {"FT135", "FT137"}.isdisjoint(codes(calling(made)))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"preferred_output": None}, [("FT150", "$")]),
        ({"input": []}, [("FT150", "$.input")]),
        ({"preferred_output": "A piano tuner."}, [("FT152", "$.preferred_output")]),
        ({"preferred_output": []}, [("FT152", "$.preferred_output")]),
        ({"non_preferred_output": [assistant(), assistant("No.")]}, [("FT152", "$.non_preferred_output")]),
        ({"non_preferred_output": [user()]}, [("FT152", "$.non_preferred_output[0].role")]),
        ({"preferred_output": [assistant([{"type": "text", "text": "x"}])]},
         [("FT154", "$.preferred_output[0].content")]),
        ({"preferred_output": [{"role": "assistant", "content": "x", "tool_calls": [call()]}]},
         [("FT154", "$.preferred_output[0].tool_calls")]),
    ],
)  # fmt: skip
def test_broken_pairs(change: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    row = {key: value for key, value in {**pair(tools=[TOOL]), **change}.items() if value is not None}
    found = judged(rows(pair(), pair(), row), format=Format.PREFERENCE, ignore=("FT5",))
    assert [(finding.code, finding.json_path) for finding in found if finding.line == 3] == expected


@pytest.mark.parametrize("old", ["preferred_completion", "chosen"])
def test_outputs_under_another_name(old: str) -> None:
    row = pair()
    row[old] = row.pop("preferred_output")
    finding = one(judged(rows(row), format=Format.PREFERENCE))
    assert (finding.code, finding.json_path) == ("FT151", f"$.{old}")
    assert finding.help is not None
    assert "`preferred_output`" in finding.help


def test_azure_takes_several_messages_as_an_output() -> None:
    row = {**pair(), "preferred_output": [assistant("First."), assistant("Then.")]}
    assert codes(rows(row)) == ["FT152"]
    assert codes(rows(row), provider="azure") == []


@pytest.mark.parametrize("role", ["system", "function"])
def test_roles_that_reinforcement_does_not_take(role: str) -> None:
    first = {"role": role, "content": "Answer in one word.", **({"name": "f"} if role == "function" else {})}
    row = {**conversation(first, user()), "reference": "a tuner"}
    assert told(judged(rows(row), format=Format.REINFORCEMENT)) == ("FT160", "$.messages[0].role")


def test_completions_need_both_texts() -> None:
    good = {"prompt": "Who tunes a piano?", "completion": "A piano tuner."}
    found = judged(
        rows(good, {"prompt": "Who tunes a harp?", "completion": 3}, {"completion": "The player."}),
        format=Format.COMPLETION,
    )
    assert [(finding.code, finding.line, finding.json_path) for finding in found] == [
        ("FT170", 2, "$.completion"),
        ("FT170", 3, "$"),
    ]
    assert "`prompt` is missing" in found[1].message

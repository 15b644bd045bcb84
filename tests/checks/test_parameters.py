"""FT132 and FT136: schemas that are none, and arguments that do not fit; FT138, the old way to call."""

from __future__ import annotations

import json
from typing import Any

import pytest

from checks.judged import assistant, codes, conversation, judged, one, rows, user
from ftlint.model import Level

CITY = {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"},
                                         "unit": {"enum": ["celsius", "kelvin"]}}, "required": ["city"]}  # fmt: skip


def declared(parameters: Any) -> list[dict[str, Any]]:
    return [{"type": "function", "function": {"name": "forecast", "parameters": parameters}}]


def calling(arguments: Any, parameters: Any = CITY, **more: Any) -> str:
    function = {"name": "forecast", "arguments": arguments if isinstance(arguments, str) else json.dumps(arguments)}
    call = {"id": "a", "type": "function", "function": function}
    return rows(conversation(user(), {"role": "assistant", "tool_calls": [call]}, tools=declared(parameters), **more))


@pytest.mark.parametrize(
    ("arguments", "spot", "fact"),
    [
        ({}, "{}", "`city` is missing"),
        ({"city": 7}, "7", "`city` is `7`, not of the type string"),
        ({"city": None}, "null", "not of the type string"),
        ({"city": "Lyon", "days": "3"}, '\\"3\\"', "`days` is `3`, not of the type integer"),
        ({"city": "Lyon", "days": 2.5}, "2.5", "`2.5`"),
        ({"city": "Lyon", "unit": "rankine"}, '\\"rankine\\"', "not one of"),
        ({"city": "Lyon", "town": "Lyon"}, '\\"town\\"', "`town` is not declared"),
    ],
)
def test_arguments_that_do_not_fit(arguments: Any, spot: str, fact: str) -> None:
    text = calling(arguments)
    finding = one(judged(text))
    assert (finding.code, finding.level) == ("FT136", Level.WARNING)
    assert finding.json_path == "$.messages[1].tool_calls[0].function.arguments"
    assert fact in finding.message
    assert "`forecast`" in finding.message
    assert finding.column is not None
    assert finding.end_column is not None
    assert text[finding.column - 1 : finding.end_column - 1] == spot


@pytest.mark.parametrize("depth", [250, 255, 260, 1000])
@pytest.mark.parametrize("more", [{}, {"days": "3"}])
def test_arguments_that_are_nested_too_deep_to_say_where_they_do_not_fit(depth: int, more: dict[str, Any]) -> None:
    given = json.dumps({**more, "city": []}).replace("[]", "[" * depth + "]" * depth)
    found = judged(calling(given))
    assert {finding.code for finding in found} == {"FT136"}
    said = "not of the type string" if depth < 255 else "they do not fit, and are nested too deep to say where"
    assert any(said in finding.message for finding in found)


def test_every_misfit_of_a_call_is_told_and_their_number_is_bounded() -> None:
    assert codes(calling({"days": "x", "unit": 1})) == ["FT136"] * 3
    assert codes(calling({"city": "Lyon", **{f"more{n}": n for n in range(50)}})) == ["FT136"] * 10


@pytest.mark.parametrize(
    ("arguments", "parameters"),
    [
        ({"city": "Lyon"}, CITY),
        ({"city": "Lyon", "days": 3, "unit": "kelvin"}, CITY),
        ({"city": "Lyon", "days": 3.0}, CITY),
        ({"anything": 1}, {"type": "object"}),
        ({"anything": 1}, {"type": "object", "properties": {}}),
        ({"anything": 1}, {}),
        ({"anything": 1}, None),
        ({"a": 1, "b": 2}, {"type": "object", "properties": {"a": {}}, "additionalProperties": True}),
        ({"a": 1, "b": 2}, {"type": "object", "properties": {"a": {}}, "patternProperties": {"^b": {}}}),
        ({"a": 1}, {"type": "object", "properties": {"a": {"$ref": "http://127.0.0.1:9/schema"}}}),
        ({"a": 1}, {"type": "object", "properties": {"a": {"$ref": "file:///etc/passwd"}}}),
        ({"a": 1}, {"type": "object", "properties": {"a": {"$ref": "#/$defs/nowhere"}}}),
        (
            {"a": "x"},
            {"type": "object", "properties": {"a": {"$ref": "#/$defs/s"}}, "$defs": {"s": {"type": "string"}}},
        ),
        ({"a": 1}, {"type": "object", "properties": {"a": {"minimum": 0, "exclusiveMinimum": True}}}),
        ({"a": "b"}, {"type": "object", "properties": {"a": {"pattern": "^(?!x)"}}}),
        ({"a": "a" * 60 + "b"}, {"type": "object", "properties": {"a": {"type": "string", "format": "date"}}}),
    ],
)
def test_arguments_that_fit_or_cannot_be_judged(arguments: Any, parameters: Any) -> None:
    assert codes(calling(arguments, parameters)) == []


def test_a_pattern_that_backtracks_for_ever_does_not() -> None:
    slow = {"type": "object", "properties": {"a": {"pattern": "^(a+)+$"}}}
    assert codes(calling({"a": "a" * 5000 + "b"}, slow)) == ["FT136"]


def test_arguments_are_judged_by_the_function_that_is_called() -> None:
    tools = [*declared(CITY), {"type": "function", "function": {"name": "ping", "parameters": {"type": "object"}}}]
    call = {"id": "a", "type": "function", "function": {"name": "ping", "arguments": '{"x": 1}'}}
    row = conversation(user(), {"role": "assistant", "tool_calls": [call]}, tools=tools)
    assert codes(rows(row)) == []
    call["function"] = {"name": "unheard_of", "arguments": '{"x": 1}'}
    assert codes(rows(row)) == ["FT137"]


def test_arguments_that_are_no_json_are_told_once() -> None:
    assert codes(calling("{city: 1}")) == ["FT135"]
    assert codes(calling("[]")) == ["FT135"]


@pytest.mark.parametrize(
    ("parameters", "path", "fact"),
    [
        ({"type": "string"}, ".type", "of the type string"),
        ({"type": ["string", "null"]}, ".type", "of the type"),
        ({"type": "object", "properties": {"city": {"type": "str"}}}, ".properties.city.type", "`type` is str"),
        ({"type": "object", "properties": {"city": {"type": "STRING"}}}, ".properties.city.type", "STRING"),
        ({"type": "object", "properties": {"city": {"required": True}}}, ".properties.city.required", "`required`"),
        ({"type": "object", "properties": ["city"]}, ".properties", "`properties` is"),
        ({"type": "object", "properties": {"city": "string"}}, ".properties.city", "`city` is string"),
    ],
)
def test_parameters_that_are_no_schema_of_an_object(parameters: Any, path: str, fact: str) -> None:
    finding = one(judged(rows(conversation(user(), assistant(), tools=declared(parameters)))))
    assert (finding.code, finding.level) == ("FT132", Level.ERROR)
    assert finding.json_path == f"$.tools[0].function.parameters{path}"
    assert fact in finding.message


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        None,
        CITY,
        {"type": "object"},
        {"type": ["object", "null"]},
        {"properties": {"a": {"type": ["string", "null"]}}, "strict": True, "x-note": 1},
        {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "definitions": {}},
        {"$schema": "http://127.0.0.1:9/unheard-of", "type": "object"},
        {"type": "object", "properties": {"n": {"type": "number", "minimum": 0, "exclusiveMinimum": True}}},
        {"type": "object", "required": []},
        {"type": "object", "properties": {"type": {"type": "string"}, "required": {"type": "boolean"}}},
        {"anyOf": [{"type": "object"}]},
    ],
)
def test_parameters_that_are_a_schema(parameters: Any) -> None:
    assert codes(rows(conversation(user(), assistant(), tools=declared(parameters)))) == []


def test_a_broken_schema_silences_the_arguments() -> None:
    assert codes(calling({"city": 1}, {"type": "object", "properties": {"city": {"type": "str"}}})) == ["FT132"]


def test_a_schema_as_deep_as_a_row_may_be() -> None:
    deep: dict[str, Any] = {"type": "string"}
    for _ in range(110):
        deep = {"type": "object", "properties": {"a": deep}}
    assert codes(calling({"a": {"a": {}}}, deep)) == []


OLD = {"name": "forecast", "parameters": CITY}


@pytest.mark.parametrize(
    ("row", "path", "old"),
    [
        (conversation(user(), assistant(), functions=[OLD]), "$.functions", "functions"),
        (
            conversation(user(), assistant(None, function_call={"name": "forecast", "arguments": '{"city": "Lyon"}'}),
                         tools=declared(CITY)),
            "$.messages[1].function_call", "function_call",
        ),
        (
            conversation(user(), {"role": "function", "name": "forecast", "content": "rain"}, assistant()),
            "$.messages[1].role", "function",
        ),
    ],
)  # fmt: skip
def test_the_old_way_to_call(row: dict[str, Any], path: str, old: str) -> None:
    finding = one(judged(rows(row)))
    assert (finding.code, finding.level, finding.json_path) == ("FT138", Level.WARNING, path)
    assert f"`{old}`" in finding.message


@pytest.mark.parametrize(
    "row",
    [
        conversation(user(), assistant(), tools=declared(CITY)),
        conversation(user("What are functions, and what is a function_call?"), assistant('"functions" are a list.')),
        conversation(user(), assistant(function_call=None)),
    ],
)
def test_the_new_way_to_call(row: dict[str, Any]) -> None:
    assert codes(rows(row)) == []


def test_old_arguments_are_judged_too() -> None:
    call = {"name": "forecast", "arguments": "{}"}
    row = conversation(user(), assistant(None, function_call=call), functions=[OLD])
    assert sorted(codes(rows(row))) == ["FT136", "FT138"]

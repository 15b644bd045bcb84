"""Defects of a row's shape: FT110 to FT170, in chat, tool-call, preference, reinforcement and completion files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.detection.base import Row, encode
from benchmarks.detection.field import Field, Kind, Planted

Change = Callable[[Row], object]


def _row(change: Change, name: str = "chat") -> Callable[[Field], Planted]:
    return lambda field: field.edit(change, name)


def _message(index: int, change: Change, name: str = "chat") -> Callable[[Field], Planted]:
    return lambda field: field.message(index, change, name)


def _put(index: int, **values: Any) -> Callable[[Field], Planted]:
    return _message(index, lambda message: message.update(values))


def _drop(index: int, key: str) -> Callable[[Field], Planted]:
    return _message(index, lambda message: message.pop(key))


def _rename(old: str, new: str) -> Change:
    def change(holder: Row) -> None:
        holder[new] = holder.pop(old)

    return change


def _call(change: Change) -> Callable[[Field], Planted]:
    """The first tool call of a row that has one changed."""

    def inner(row: Row) -> None:
        calls = [message["tool_calls"] for message in row["messages"] if message.get("tool_calls")]
        change(calls[0][0])

    return _called(inner)


def _called(change: Change) -> Callable[[Field], Planted]:
    """A row of the tool file that has a call and its answer changed."""

    def plant(field: Field) -> Planted:
        rows = field.rows("chat_tools")
        usable = [at for at, row in enumerate(rows[1:-1], 1) if _simple(row)]
        return _replaced(rows, field.rng.choice(usable), change)

    return plant


def _simple(row: Row) -> bool:
    calls = [call for message in row["messages"] for call in message.get("tool_calls", [])]
    return len(calls) == 1 and bool(row.get("tools")) and any(m["role"] == "tool" for m in row["messages"])


def _replaced(rows: list[Row], at: int, change: Change) -> Planted:
    change(rows[at])
    return Planted(encode(rows), frozenset({at + 1}))


def _tool(change: Change) -> Callable[[Field], Planted]:
    return _called(lambda row: change(row["tools"][0]["function"]))


def _part(index: int, *parts: Row) -> Callable[[Field], Planted]:
    return _put(index, content=list(parts))


def _side(side: str, change: Callable[[list[Row]], object]) -> Callable[[Field], Planted]:
    return _row(lambda row: change(row[side]), "preference")


_AUDIO = {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}}
_FILE = {"type": "file", "file": {"file_id": "file-0001"}}
_REFUSAL = {"type": "refusal", "refusal": "Not this one."}
_OLD_CALL = {"role": "assistant", "content": None, "function_call": {"name": "find_bus", "arguments": '{"line": 4}'}}
_OLD_TURNS = (
    {"role": "user", "content": "When does line 4 leave?"},
    _OLD_CALL,
    {"role": "function", "name": "find_bus", "content": '{"leaves": "10:12"}'},
    {"role": "assistant", "content": "At twelve minutes past ten."},
)
_FUNCTIONS = [{"name": "find_bus", "parameters": {"type": "object", "properties": {"line": {"type": "integer"}}}}]

MESSAGES = [
    Kind("messages missing", "FT110", "error", _row(lambda _: {"notes": "to be written"}), (18,)),
    Kind("messages misspelt", "FT110", "error", _row(_rename("messages", "mesages")), (18,), also=("FT118",)),
    Kind(
        "ShareGPT row in a chat file",
        "FT110",
        "error",
        _row(
            lambda _: {
                "conversations": [
                    {"from": "human", "value": "Where is it?"},
                    {"from": "gpt", "value": "Under the stairs."},
                ]
            }
        ),
        (22,),
    ),
    Kind("messages empty", "FT111", "error", _row(lambda row: row["messages"].clear()), (19,)),
    Kind("messages is an object", "FT112", "error", _row(lambda row: row.update(messages=row["messages"][1])), (19,)),
    Kind("messages is a string", "FT112", "error", _row(lambda row: row.update(messages="user: hello")), (19,)),
    Kind("message is a string", "FT113", "error", _row(lambda row: row["messages"].insert(1, "Where is it?")), (19,)),
    Kind("misspelt role", "FT114", "error", _put(-1, role="asistant"), (21,)),
    Kind("ShareGPT roles", "FT114", "error", _put(-1, role="gpt"), (22,)),
    Kind("role in capitals", "FT114", "error", _put(1, role="User"), (21,)),
    Kind("role missing", "FT115", "error", _drop(1, "role"), (20,)),
    Kind("content missing", "FT116", "error", _drop(1, "content"), (23,)),
    Kind("answer without content", "FT116", "error", _drop(-1, "content"), (23,)),
    Kind("content null", "FT117", "error", _put(1, content=None), (25,)),
    Kind("answer null, no tool call", "FT116", "error", _put(-1, content=None), (25,)),
    Kind("content a number", "FT117", "error", _put(1, content=42), (24,)),
    Kind("content a boolean", "FT117", "error", _put(-1, content=True), (24,)),
    Kind(
        "answer a list of strings", "FT117", "error", _put(-1, content=["Under the", "stairs."]), (24,), also=("FT120",)
    ),
    Kind("unknown key of the row", "FT118", "error", _row(lambda row: row.update(source="forum")), (34,)),
    Kind("unknown key of a message", "FT119", "error", _put(1, timestamp=1731400000), (33,)),
    Kind("misspelt key of a message", "FT119", "error", _put(-1, wieght=1), (33,)),
    Kind("audio part", "FT120", "error", _part(1, {"type": "text", "text": "What is said?"}, _AUDIO)),
    Kind("file part", "FT120", "error", _part(1, {"type": "text", "text": "What is said?"}, _FILE)),
    Kind("part without text", "FT120", "error", _part(1, {"type": "text"})),
    Kind("refusal part of the user", "FT121", "error", _part(1, _REFUSAL), also=("FT120",)),
    Kind("name that is a number", "FT122", "error", _put(1, name=7)),
    Kind("weight of 2", "FT123", "error", _put(-1, weight=2), (36,)),
    Kind("weight a fraction", "FT123", "error", _put(-1, weight=0.5), (36,)),
    Kind("weight a boolean", "FT123", "error", _put(-1, weight=True), (36,)),
    Kind("weight on the user's message", "FT124", "error", _put(1, weight=1), (35,)),
]

TOOLS = [
    Kind(
        "tool without function",
        "FT130",
        "error",
        _called(lambda row: row["tools"][0].pop("function")),
        (47,),
        also=("FT137",),
    ),
    Kind(
        "tool of another type", "FT130", "error", _called(lambda row: row["tools"][0].update(type="retrieval")), (47,)
    ),
    Kind(
        "tool name with a space",
        "FT131",
        "error",
        _tool(lambda f: f.update(name="get the weather")),
        (47,),
        also=("FT137",),
    ),
    Kind("tool parameters a list", "FT132", "error", _tool(lambda f: f.update(parameters=["city"])), (47,)),
    Kind(
        "tool parameters no JSON Schema",
        "FT132",
        "error",
        _tool(lambda f: f.update(parameters={"type": "objekt"})),
        (47,),
    ),
    Kind("tool call without id", "FT133", "error", _call(lambda call: call.pop("id")), (42,), also=("FT209", "FT210")),
    Kind("tool call without function", "FT133", "error", _call(lambda call: call.pop("function"))),
    Kind(
        "arguments an object",
        "FT134",
        "error",
        _call(lambda call: call["function"].update(arguments={"city": "Lyon"})),
        (41,),
    ),
    Kind(
        "arguments not JSON",
        "FT135",
        "error",
        _call(lambda call: call["function"].update(arguments="{city: Lyon}")),
        (40,),
    ),
    Kind(
        "argument that the schema does not have",
        "FT136",
        "warning",
        _call(lambda call: call["function"].update(arguments='{"colour": "green"}')),
        (46,),
    ),
    Kind(
        "call to an undeclared tool",
        "FT137",
        "error",
        _call(lambda call: call["function"].update(name="order_taxi")),
        (44,),
    ),
    Kind("tool calls without tools", "FT137", "error", _called(lambda row: row.pop("tools")), (45,)),
    Kind("deprecated functions", "FT138", "warning", lambda f: f.turns(*_OLD_TURNS, functions=_FUNCTIONS)),
]

OTHER_FORMATS = [
    Kind(
        "preference without the rejected side",
        "FT150",
        "error",
        _row(lambda row: row.pop("non_preferred_output"), "preference"),
    ),
    Kind(
        "preference key of an old specification",
        "FT151",
        "error",
        _row(_rename("preferred_output", "preferred_completion"), "preference"),
    ),
    Kind(
        "two messages on a side", "FT152", "error", _side("preferred_output", lambda side: side.append(dict(side[0])))
    ),
    Kind("side without a message", "FT152", "error", _side("non_preferred_output", lambda side: side.clear())),
    Kind(
        "both sides alike",
        "FT153",
        "warning",
        _row(lambda row: row.update(non_preferred_output=row["preferred_output"]), "preference"),
    ),
    Kind(
        "tool call on a preference side",
        "FT154",
        "error",
        _side(
            "preferred_output",
            lambda side: side[0].update(
                content=None,
                tool_calls=[{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
            ),
        ),
        also=("FT116", "FT137", "FT207"),
    ),
    Kind(
        "system role in reinforcement",
        "FT160",
        "error",
        _row(lambda row: row["messages"][0].update(role="system"), "reinforcement"),
    ),
    Kind(
        "reinforcement row ends with the answer",
        "FT161",
        "error",
        _row(lambda row: row["messages"].append({"role": "assistant", "content": "60"}), "reinforcement"),
    ),
    Kind(
        "grader field missing in one row",
        "FT162",
        "error",
        _row(lambda row: row.pop("reference_answer"), "reinforcement"),
        settings={"run": True, "job": {"grader_fields": ("reference_answer",)}},
        also=("FT412",),
    ),
    Kind("completion missing", "FT170", "error", _row(lambda row: row.pop("completion"), "completion"), (23,)),
    Kind(
        "prompt is a list",
        "FT170",
        "error",
        _row(lambda row: row.update(prompt=["Write", "a label"]), "completion"),
        (24,),
    ),
]

SCHEMA = [*MESSAGES, *TOOLS, *OTHER_FORMATS]

"""Stage 2: which rows with tools are as they should be. All others go the way on which each check walks the row."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import orjson

from ftlint.checks import parameters
from ftlint.checks.schema import screen
from ftlint.model import Format
from ftlint.talks import ROLES
from ftlint.texts import described_in
from ftlint.toolrows import NO_TOOL_ROWS, TOOL, Course, Fit, ToolRows, Toolset, calling, course

_Read = tuple[Course, list[str], list[str]]
LARGEST = 65_536
"""Bytes of a list of tools that is kept in mind; ``MOST`` texts of a conversation whose course is. Others are rare."""
MOST = 256
_PLAIN = {"messages": [{"role": "user", "content": "?"}]}


def tool_rows(values: Sequence[dict[str, Any]], places: Sequence[int]) -> ToolRows:
    """Those of the rows at these places that are as they should be."""
    found: list[tuple[int, Course, Toolset, list[str]]] = []
    texts: list[str] = []
    ends = [0]
    for at in places:
        value = values[at]
        tools = _tools(value)
        read = None if tools is None else _read(value["messages"], tools)
        if tools is not None and read is not None:
            taken, said, names = read
            found.append((at, taken, tools, names))
            texts += said
            ends.append(len(texts))
    if not found:
        return NO_TOOL_ROWS
    rows, courses, toolsets, called = zip(*found, strict=True)
    return ToolRows(rows, courses, toolsets, texts, ends, called)


def _tools(value: dict[str, Any]) -> Toolset | None:
    """The tools of a row that has no more than those and messages; None where they are not valid."""
    tools = value.get("tools")
    if type(tools) is not list or type(value.get("messages")) is not list:
        return None
    if len(value) != 2 and not (len(value) == 3 and type(value.get("parallel_tool_calls")) is bool):
        return None
    try:
        written = orjson.dumps(tools)
    except orjson.JSONEncodeError:  # nested deeper than that writes
        return None
    return _toolset(written) if len(written) <= LARGEST else None


@functools.lru_cache(maxsize=64)
def _toolset(written: bytes) -> Toolset | None:
    tools = orjson.loads(written)
    if not tools or not screen(Format.CHAT).is_valid({**_PLAIN, "tools": tools}):
        return None
    functions: dict[str, Fit | None] = dict.fromkeys(tool["function"]["name"] for tool in tools)
    for _, name, schema in parameters.declared_in({"tools": tools}):
        if parameters.fault(schema) is not None:
            return None
        functions[name] = parameters.fit(schema)
    described = described_in({"tools": tools})
    frames = tuple((path, role, kind, trained) for _, _, path, role, kind, trained in described)
    try:
        declared = orjson.dumps([tools, None], option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        return None
    return Toolset(tools, functions, [text.text for text in described], frames, declared)


def _read(messages: list[Any], tools: Toolset) -> _Read | None:
    """The course of a conversation, its texts, and what it calls; None where anything is amiss."""
    try:
        return _course(messages, tools)
    except (KeyError, TypeError, ValueError):  # another shape; a function that is not declared; arguments of no JSON
        return None


def _course(messages: list[Any], tools: Toolset) -> _Read | None:
    steps: list[str | int] = []
    texts: list[str] = []
    names: list[str] = []
    ids: list[str] = []
    waiting: list[str] = []
    for message in messages:
        role, size = message["role"], len(message)
        if role == TOOL and size == 3:
            waiting.remove(message["tool_call_id"])
            text = message["content"]
            if type(text) is not str:
                return None
            steps.append(TOOL)
            texts.append(text)
        elif waiting:
            return None
        elif role == "assistant" and "tool_calls" in message:
            waiting = _take_calls(message, tools, steps, texts, names)
            ids += waiting
        else:
            text = message["content"]
            if size != 2 or role not in ROLES or type(text) is not str or not text or text.isspace():
                return None
            steps.append(role)
            texts.append(text)
    if not steps or len(set(ids)) != len(ids) or (waiting and steps[-1] == TOOL) or len(texts) > MOST:
        return None
    return course(tuple(steps)), texts, names


def _take_calls(
    message: dict[str, Any], tools: Toolset, steps: list[str | int], texts: list[str], names: list[str]
) -> list[str]:
    """The ids of the calls of a message; the steps, texts and names of a conversation get what it adds to them.

    Raises:
        KeyError, TypeError, ValueError: anything is amiss.
    """
    calls = message["tool_calls"]
    content = message["content"] if len(message) > 2 else None
    if type(content) is str:
        texts.append(content)
    elif content is not None:
        raise TypeError
    if type(calls) is not list or not calls or len(message) > 3:
        raise TypeError
    ids = []
    for call in calls:
        function, given = call["function"], call["id"]
        name, arguments = function["name"], function["arguments"]
        fit = tools.functions[name]
        if len(call) != 3 or len(function) != 2 or call["type"] != "function" or type(arguments) is not str:
            raise TypeError
        value = orjson.loads(arguments)
        if type(given) is not str or not given or type(value) is not dict:
            raise TypeError
        if fit is not None and not (fit.is_valid(value) and (fit.names is None or fit.names.issuperset(value))):
            raise ValueError
        names.append(name)
        ids.append(given)
        texts.append(arguments)
    steps.append(calling(len(calls), silent=content is None))
    return ids

"""Tokens of an example: which strings are counted, and the documented constants round them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ftlint.catalog import Overhead, load_estimates
from ftlint.model import Format
from ftlint.vocabulary import ENCODINGS, SPECIAL_TOKENS, count

__all__ = ["ENCODINGS", "SPECIAL_TOKENS", "ExampleTokens", "Part", "count", "plan", "total"]


class Part(NamedTuple):
    """One string to be counted, and a constant that comes on top.

    Attributes:
        text: counted with the encoding; may be empty where only the constant matters.
        trained: the model learns to produce it.
        answer: it belongs to the last assistant message, which the service cuts off first.
        constant: tokens added, documented or estimated.
        estimated: no published figure covers it (tools, tool calls, images).
    """

    text: str
    trained: bool = False
    answer: bool = False
    constant: int = 0
    estimated: bool = False


class ExampleTokens(NamedTuple):
    """Tokens of one example.

    Attributes:
        total: everything that is billed for one epoch, not clipped at the limit.
        trained: of what the model learns to produce.
        answer: of the last assistant message, the first to be cut off.
        estimated: some of it is an estimate.
    """

    total: int
    trained: int
    answer: int
    estimated: bool


def plan(value: dict[str, Any], fmt: Format, encoding: str) -> list[Part]:
    """The parts of one example. Odd shapes are passed over: they are other rules' findings, and nothing raises."""
    overhead = load_estimates().overhead[encoding]
    if fmt is Format.COMPLETION:
        prompt, completion = value.get("prompt"), value.get("completion")
        return [
            Part(prompt if isinstance(prompt, str) else ""),
            Part(completion if isinstance(completion, str) else "", True, True),
        ]
    if fmt is Format.PREFERENCE:
        return list(_preference(value, overhead))
    return [*_messages(value.get("messages"), overhead), *_tools(value, overhead), Part("", constant=overhead.priming)]


def total(parts: Sequence[Part], counts: Sequence[int]) -> ExampleTokens:
    """The sums over an example's parts, given the token count of each part's text."""
    sizes = [count + part.constant for part, count in zip(parts, counts, strict=True)]
    return ExampleTokens(
        sum(sizes),
        sum(size for part, size in zip(parts, sizes, strict=True) if part.trained),
        sum(size for part, size in zip(parts, sizes, strict=True) if part.answer),
        any(part.estimated for part in parts),
    )


def _preference(value: dict[str, Any], overhead: Overhead) -> Iterator[Part]:
    """Prompt and both outputs; what a service bills for a pair is not published, so this is an estimate."""
    given = value.get("input")
    holder = given if isinstance(given, dict) else {}
    for part in _messages(holder.get("messages"), overhead):
        yield part._replace(trained=False, answer=False)
    yield from _tools(holder, overhead)
    for key in ("preferred_output", "non_preferred_output"):
        for part in _messages(value.get(key), overhead):
            yield part._replace(estimated=True)
    yield Part("", constant=overhead.priming)


def _messages(messages: Any, overhead: Overhead) -> Iterator[Part]:
    found = [message for message in messages if isinstance(message, dict)] if isinstance(messages, list) else []
    last = next((at for at in reversed(range(len(found))) if found[at].get("role") == "assistant"), -1)
    for at, message in enumerate(found):
        for part in _message(message, overhead):
            trained = part.trained and message.get("weight") != 0
            yield part._replace(trained=trained, answer=at == last and part.trained)


def _message(message: dict[str, Any], overhead: Overhead) -> Iterator[Part]:
    role = message.get("role")
    speaks = role == "assistant"
    yield Part(role if isinstance(role, str) else "", constant=overhead.message)
    if isinstance(message.get("name"), str):
        yield Part(message["name"], constant=overhead.name)
    for key in ("content", "refusal"):
        node = message.get(key)
        if isinstance(node, str):
            yield Part(node, speaks)
        elif isinstance(node, list):
            yield from _content_parts(node, speaks)
    calls = message.get("tool_calls")
    functions = [call.get("function") for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
    for function in (*functions, message.get("function_call")):
        if isinstance(function, dict):
            for key in ("name", "arguments"):
                if isinstance(function.get(key), str):
                    yield Part(function[key], speaks, estimated=True)


def _content_parts(parts: list[Any], speaks: bool) -> Iterator[Part]:
    image = load_estimates().image
    for part in parts:
        if not isinstance(part, dict):
            continue
        for key in ("text", "refusal"):
            if isinstance(part.get(key), str):
                yield Part(part[key], speaks)
        picture = part.get("image_url")
        if isinstance(picture, dict):
            low = picture.get("detail") == "low"
            yield Part("", constant=image.low if low else image.unknown_size, estimated=not low)


def _tools(holder: dict[str, Any], overhead: Overhead) -> Iterator[Part]:
    """The published estimate for tool definitions: name, description and one level of parameters."""
    tools = holder.get("tools")
    entries = [tool.get("function") for tool in tools if isinstance(tool, dict)] if isinstance(tools, list) else []
    older = holder.get("functions")
    entries += older if isinstance(older, list) else []
    functions = [entry for entry in entries if isinstance(entry, dict)]
    for function in functions:
        label = f"{_text(function.get('name'))}:{_text(function.get('description')).removesuffix('.')}"
        yield Part(label, constant=overhead.function_start, estimated=True)
        parameters = function.get("parameters")
        properties = parameters.get("properties") if isinstance(parameters, dict) else None
        if isinstance(properties, dict) and properties:
            yield Part("", constant=overhead.properties_start, estimated=True)
            for key, schema in properties.items():
                yield from _property(key, schema, overhead)
    if functions:
        yield Part("", constant=overhead.functions_end, estimated=True)


def _property(key: str, schema: Any, overhead: Overhead) -> Iterator[Part]:
    described = schema if isinstance(schema, dict) else {}
    kind, text = _text(described.get("type")), _text(described.get("description")).removesuffix(".")
    yield Part(f"{key}:{kind}:{text}", constant=overhead.property, estimated=True)
    choices = described.get("enum")
    if isinstance(choices, list) and choices:
        yield Part("", constant=overhead.enum_start, estimated=True)
        for choice in choices:
            yield Part(_text(choice), constant=overhead.enum_item, estimated=True)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

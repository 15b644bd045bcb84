"""FT2, the conversation: who speaks, in which order, and whether calls and results belong together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ftlint.checks.base import Batch, Context, per_example
from ftlint.model import Example, Format, Problem

Message = dict[str, Any]


def messages_of(example: Example, fmt: Format) -> tuple[tuple[str | int, ...], list[tuple[int, Message]]]:
    """The path of the messages of a row, and those that are objects, with their index."""
    base: tuple[str | int, ...] = ("input", "messages") if fmt is Format.PREFERENCE else ("messages",)
    node: Any = example.value
    for step in base:
        node = node.get(step) if isinstance(node, dict) else None
    messages = node if isinstance(node, list) else []
    return base, [(index, message) for index, message in enumerate(messages) if isinstance(message, dict)]


def _conversation(example: Example, batch: Batch, context: Context) -> Iterator[Problem]:
    base, messages = messages_of(example, batch.format)
    if not messages:
        return
    line = example.line.number
    roles = [message.get("role") for _, message in messages]
    if batch.format is Format.CHAT:
        if "assistant" not in roles:
            yield Problem("FT201", line, base)
        elif roles[-1] != "assistant":
            last = messages[-1][0]
            yield Problem("FT202", line, (*base, last), values={"role": str(roles[-1])})
    if batch.format is Format.REINFORCEMENT and roles[-1] != "user":
        yield Problem("FT161", line, (*base, messages[-1][0]), values={"role": str(roles[-1])})


def _answers(example: Example, batch: Batch, context: Context) -> Iterator[Problem]:
    base, messages = messages_of(example, batch.format)
    line = example.line.number
    if batch.format is Format.COMPLETION:
        if is_empty(example.value.get("completion")):
            yield Problem("FT207", line, ("completion",))
        return
    for index, message in messages:
        if message.get("role") == "assistant" and not _calls_or_refuses(message) and is_empty(message.get("content")):
            yield Problem("FT207", line, (*base, index, "content"))
    for key in ("preferred_output", "non_preferred_output"):
        outputs = example.value.get(key) if batch.format is Format.PREFERENCE else None
        for index, message in enumerate(outputs if isinstance(outputs, list) else []):
            if isinstance(message, dict) and is_empty(message.get("content")):
                yield Problem("FT207", line, (key, index, "content"))


def _calls_or_refuses(message: Message) -> bool:
    return bool(message.get("tool_calls") or message.get("function_call") or message.get("refusal"))


def is_empty(content: Any) -> bool:
    """A text, or a list of text parts, that holds nothing but white space; None and odd types are the schema's."""
    if isinstance(content, str):
        return not content.strip()
    if isinstance(content, list) and content:
        return all(
            isinstance(part, dict) and part.get("type") == "text" and is_empty(part.get("text")) for part in content
        )
    return False


def call_ids(message: Message) -> list[tuple[int, str]]:
    """Index and id of each well-formed tool call of a message."""
    calls = message.get("tool_calls")
    return [
        (index, call["id"])
        for index, call in enumerate(calls if isinstance(calls, list) else [])
        if isinstance(call, dict) and isinstance(call.get("id"), str)
    ]


def _tool_results(example: Example, batch: Batch, context: Context) -> Iterator[Problem]:
    """FT209 and FT210: each result answers an open call, and each call is answered, unless it ends the example."""
    base, messages = messages_of(example, batch.format)
    line = example.line.number
    open_calls: dict[str, tuple[int, int]] = {}
    for position, (index, message) in enumerate(messages):
        role = message.get("role")
        if role == "tool":
            given = message.get("tool_call_id")
            if isinstance(given, str) and given in open_calls:
                del open_calls[given]
                continue
            path = (*base, index, "tool_call_id") if "tool_call_id" in message else (*base, index)
            yield Problem("FT209", line, path, values={"id": str(given) if given is not None else "none"})
            continue
        for call, (at, number) in open_calls.items():
            yield Problem("FT210", line, (*base, at, "tool_calls", number), values={"id": call})
        open_calls.clear()
        if role == "assistant" and position < len(messages) - 1:
            open_calls = {call: (index, number) for number, call in call_ids(message)}
    for call, (at, number) in open_calls.items():
        yield Problem("FT210", line, (*base, at, "tool_calls", number), values={"id": call})


conversation = per_example(_conversation)
answers = per_example(_answers)
tool_results = per_example(_tool_results)

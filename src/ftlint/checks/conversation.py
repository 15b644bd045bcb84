"""FT2, the messages: what they hold, what of them is trained, and whether calls and results belong together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ftlint.checks.answered import has_blank
from ftlint.checks.base import Batch, Context
from ftlint.checks.schema import ROLES
from ftlint.checks.shapes import per_odd
from ftlint.model import Example, Format, JsonPath, Problem

Message = dict[str, Any]


def messages_of(example: Example, fmt: Format) -> tuple[tuple[str | int, ...], list[tuple[int, Message]]]:
    """The path of the messages of a row, and those that are objects, with their index."""
    base, messages = given_messages(example, fmt)
    return base, [(index, message) for index, message in enumerate(messages) if isinstance(message, dict)]


def given_messages(example: Example, fmt: Format) -> tuple[tuple[str | int, ...], list[Any]]:
    """The path of the messages of a row, and the list as it stands there; empty where there is no list."""
    holder: Any = example.value.get("input") if fmt is Format.PREFERENCE else example.value
    node = holder.get("messages") if isinstance(holder, dict) else None
    return _IN_INPUT if fmt is Format.PREFERENCE else _AT_TOP, node if isinstance(node, list) else []


_AT_TOP = ("messages",)
_IN_INPUT = ("input", "messages")


def answers(batch: Batch, context: Context) -> Iterator[Problem]:
    """FT207 and FT208: messages that say nothing. Of plain rows only those of a batch with an empty text are read."""
    for example in batch.examples if has_blank(batch) else batch.odd:
        yield from _answers(example, batch, context)


def _answers(example: Example, batch: Batch, _: Context) -> Iterator[Problem]:
    base, messages = messages_of(example, batch.format)
    line = example.line.number
    if batch.format is Format.COMPLETION:
        if is_empty(example.value.get("completion")):
            yield Problem("FT207", line, ("completion",))
        return
    for index, message in messages:
        if not is_empty(message.get("content")):
            continue
        role = message.get("role")
        if role == "assistant" and not _calls_or_refuses(message):
            trained = batch.format is Format.CHAT and not is_untrained(message)
            yield Problem("FT207" if trained else "FT208", line, (*base, index, "content"), values={"role": role})
        elif role in _SPEAKERS:
            yield Problem("FT208", line, (*base, index, "content"), values={"role": role})
    for key in ("preferred_output", "non_preferred_output"):
        outputs = example.value.get(key) if batch.format is Format.PREFERENCE else None
        for index, message in enumerate(outputs if isinstance(outputs, list) else []):
            if isinstance(message, dict) and is_empty(message.get("content")):
                yield Problem("FT207", line, (key, index, "content"))


_SPEAKERS = ("system", "developer", "user")
"""Roles whose empty message says nothing; an empty result of a tool says that there was nothing to return."""


def is_untrained(message: Message) -> bool:
    """The message has the weight 0, so the model does not learn to produce it."""
    weight = message.get("weight")
    return weight == 0 and not isinstance(weight, bool)


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


def _tool_results(example: Example, batch: Batch, _: Context) -> Iterator[Problem]:
    """FT209 and FT210: each result answers an open call, and each call is answered, unless it ends the example."""
    base, messages = messages_of(example, batch.format)
    if not _calls_are_known(example, batch.format):
        return
    line = example.line.number
    waiting: list[tuple[str | None, JsonPath]] = []
    for position, (index, message) in enumerate(messages):
        if message.get("role") == "tool":
            given = message.get("tool_call_id")
            if not _answered(waiting, given):
                path = (*base, index, "tool_call_id") if "tool_call_id" in message else (*base, index)
                named = ("with the id `", given, "`") if isinstance(given, str) else "without an id"
                yield Problem("FT209", line, path, values={"named": named})
                if not isinstance(given, str):
                    del waiting[:1]  # it is meant for a call, and that one is not unanswered too
            continue
        yield from _unanswered(waiting, line)
        last = position == len(messages) - 1
        waiting = [] if last or message.get("role") != "assistant" else list(_calls(message, (*base, index)))
    yield from _unanswered(waiting, line)


def _calls_are_known(example: Example, fmt: Format) -> bool:
    """Whether every message has a role and a list of calls, if any; else the one that is missed may be there."""
    return all(
        isinstance(message, dict) and message.get("role") in ROLES and isinstance(message.get("tool_calls", []), list)
        for message in given_messages(example, fmt)[1]
    )


def _calls(message: Message, base: JsonPath) -> Iterator[tuple[str | None, JsonPath]]:
    """Id and path of each tool call of a message; no id where the call is malformed, which is the schema's finding."""
    calls = message.get("tool_calls")
    for number, call in enumerate(calls if isinstance(calls, list) else []):
        given = call.get("id") if isinstance(call, dict) else None
        yield given if isinstance(given, str) and given else None, (*base, "tool_calls", number)


def _answered(waiting: list[tuple[str | None, JsonPath]], given: Any) -> bool:
    """Whether a result with this id belongs to a waiting call, which then waits no longer."""
    wanted = given if isinstance(given, str) else None
    for number, (call, _) in enumerate(waiting):
        if call is None or call == wanted:
            del waiting[number]
            return True
    return False


def _unanswered(waiting: list[tuple[str | None, JsonPath]], line: int) -> Iterator[Problem]:
    for call, path in waiting:
        if call is not None:
            yield Problem("FT210", line, path, values={"id": call})


def _nothing_trained(example: Example, batch: Batch, _: Context) -> Iterator[Problem]:
    """FT212: every message of the assistant has the weight 0."""
    if batch.format is not Format.CHAT or b'"weight"' not in example.line.raw:
        return
    base, messages = messages_of(example, batch.format)
    spoken = [(index, message) for index, message in messages if message.get("role") == "assistant"]
    if spoken and all(is_untrained(message) for _, message in spoken):
        last = spoken[-1][0]
        yield Problem("FT212", example.line.number, (*base, last, "weight"), values={"count": len(spoken)})


def _call_ids(example: Example, batch: Batch, _: Context) -> Iterator[Problem]:
    """FT211: the second of two tool calls with the same id, once per id."""
    if b'"tool_calls"' not in example.line.raw:
        return
    base, messages = messages_of(example, batch.format)
    seen: dict[str, int] = {}
    for index, message in messages:
        for given, path in _calls(message, (*base, index)):
            if given is None:
                continue
            seen[given] = seen.get(given, 0) + 1
            if seen[given] == 2:
                yield Problem("FT211", example.line.number, (*path, "id"), values={"id": given})


nothing_trained = per_odd(_nothing_trained)
call_ids = per_odd(_call_ids)
tool_results = per_odd(_tool_results)

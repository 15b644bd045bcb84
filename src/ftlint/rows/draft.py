"""What a row becomes before its target is known: a conversation, with the other answer of a pair where there is one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ftlint.errors import ConfigError
from ftlint.privacy import mask
from ftlint.run.template import as_text

Row = Mapping[str, Any]
Message = dict[str, Any]

NO_TURNS = "without a question or an answer"
_KEYS = frozenset(
    {"role", "content", "name", "weight", "tool_calls", "tool_call_id", "function_call", "refusal", "audio"}
)


class Unfit(Exception):
    """A row makes no example; the message ends the phrase ``3 rows ...``."""


@dataclass
class Draft:
    """A row that was read.

    Attributes:
        messages: the conversation, the (preferred) answer last, if there is one.
        other: the answer that is not preferred, or None.
        extras: ``tools`` and the other keys that go beside the messages.
        given: the messages stood in the row as such, and empty ones are the check's to judge.
        changed: what is not as it was in the row, each a phrase.
    """

    messages: list[Message]
    other: Message | None = None
    extras: dict[str, Any] = field(default_factory=dict)
    given: bool = False
    changed: set[str] = field(default_factory=set)


def turn(role: str, content: str) -> Message:
    """A plain message."""
    return {"role": role, "content": content}


def text_of(row: Row, column: str) -> str:
    """The column as text, ``""`` where it has no value.

    Raises:
        Unfit: it holds a list or an object.
    """
    value = row.get(column)
    try:
        return "" if value is None else as_text(value, column, "row")
    except ConfigError as error:
        raise Unfit(f"with something else than text: {error.message.removeprefix('row: ')}") from None


def told(row: Row, column: str, role: str, draft: Draft) -> list[Message]:
    """The column as messages: a text is one of the given role, a list of messages is what it is."""
    value = unpacked(row.get(column))
    if isinstance(value, list) and value and all(isinstance(item, dict) and "role" in item for item in value):
        return cleaned(value, draft)
    return [turn(role, text_of(row, column))]


def unpacked(value: Any) -> Any:
    """A list that a table holds as JSON text (or an object where a list is meant) as the list; else the value."""
    if isinstance(value, str) and value.lstrip()[:1] == "[":
        try:
            found = json.loads(value)
        except (ValueError, RecursionError):
            return value
        return found if isinstance(found, list) else value
    return value


def cleaned(messages: Any, draft: Draft) -> list[Message]:
    """Messages without keys that hold null (which loaders of datasets add) and without keys that no message has.

    Raises:
        Unfit: it is no list of messages.
    """
    if not isinstance(messages, list) or not messages or not all(isinstance(message, dict) for message in messages):
        raise Unfit("whose messages are no list of messages")
    return [_cleaned(message, draft) for message in messages]


def _cleaned(message: Message, draft: Draft) -> Message:
    calls = bool(message.get("tool_calls") or message.get("function_call") or message.get("refusal"))
    kept = {}
    for key, value in message.items():
        if value is None and not (key == "content" and calls):
            draft.changed.add("keys that hold null left away")
        elif key not in _KEYS:
            draft.changed.add(f"the key `{mask(key[:40])}` of messages left away")
        elif key == "tool_calls" and isinstance(value, list):
            kept[key] = [_call(call, draft) for call in value]
        else:
            kept[key] = value
    return kept


def _call(call: Any, draft: Draft) -> Any:
    function = call.get("function") if isinstance(call, dict) else None
    if not isinstance(function, dict) or not isinstance(function.get("arguments"), dict):
        return call
    draft.changed.add("arguments of tool calls written as JSON text")
    return {**call, "function": {**function, "arguments": json_text(function["arguments"])}}


def json_text(value: Any) -> str:
    """A value as the JSON text that arguments of tool calls are."""
    return json.dumps(value, ensure_ascii=False)


def tools_of(row: Row, draft: Draft) -> None:
    """Take the row's ``tools`` (a list, or a list as JSON text) into the draft, each in the form that is trained on.

    Raises:
        Unfit: they are no list of functions.
    """
    value = row.get("tools")
    if value is None or value in ("", [], "[]"):
        return
    found = unpacked(value)
    if not isinstance(found, list) or not all(isinstance(tool, dict) for tool in found):
        raise Unfit("whose `tools` are no list of functions")
    draft.extras["tools"] = [
        tool if "function" in tool else {"type": "function", "function": tool} if "name" in tool else tool
        for tool in found
    ]  # fmt: skip


def blank(message: Message) -> bool:
    """The message says nothing and calls nothing."""
    if message.get("tool_calls") or message.get("function_call") or message.get("refusal"):
        return False
    content = message.get("content")
    return not content or (isinstance(content, str) and not content.strip())

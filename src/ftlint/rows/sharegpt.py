"""ShareGPT conversations: turns of ``from`` and ``value``, and tool calls where it is exact who answers whom."""

from __future__ import annotations

import json
from typing import Any

from ftlint.privacy import mask
from ftlint.rows.draft import Draft, Message, Row, Unfit, cleaned, json_text, text_of, tools_of, turn, unpacked

_SPEAKERS = {
    "human": "user", "user": "user", "gpt": "assistant", "assistant": "assistant", "model": "assistant",
    "chatgpt": "assistant", "bing": "assistant", "bard": "assistant", "bot": "assistant", "system": "system",
}  # fmt: skip
_CALLS = frozenset({"function_call", "function-call", "tool_call"})
_RESULTS = frozenset({"observation", "function_response", "function-response", "tool_response", "tool"})


def read_sharegpt(row: Row, column: str) -> Draft:
    """The conversation of a row, with its ``system`` and its ``tools``.

    Raises:
        Unfit: a turn has no place in a conversation of user and assistant, or a tool call is not exact.
    """
    draft = Draft([])
    value = unpacked(row.get(column))
    if value is None:
        return draft
    system = text_of(row, "system")
    draft.messages = [turn("system", system)] if system.strip() else []
    draft.messages += conversation(value, column, draft)
    tools_of(row, draft)
    return draft


def conversation(value: Any, column: str, draft: Draft) -> list[Message]:
    """The turns of a conversation as messages.

    Raises:
        Unfit: as for ``read_sharegpt``.
    """
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise Unfit(f"whose `{column}` is not a list of turns")
    if value and all("role" in each and "from" not in each for each in value) and _native(value):
        return cleaned(value, draft)
    messages: list[Message] = []
    waiting: list[str] = []  # ids of calls without a result so far
    for each in value:
        speaker = each.get("from", each.get("role"))
        said = each.get("value", each.get("content"))
        if not isinstance(speaker, str):
            raise Unfit("with a turn without a speaker in `from`")
        if waiting and speaker not in _RESULTS:
            raise Unfit("with a tool call that has no result of its own")
        if speaker in _CALLS:
            calls = _calls(said, sum(len(message.get("tool_calls", ())) for message in messages))
            waiting = [call["id"] for call in calls]
            messages.append({"role": "assistant", "tool_calls": calls})
        elif speaker in _RESULTS:
            messages.append(_result(said, waiting))
        elif speaker in _SPEAKERS:
            messages.append(turn(_SPEAKERS[speaker], _plain(said)))
        else:
            raise Unfit(f"with a turn of `{mask(speaker[:40])}`, which has no place in a training example")
    return messages


def _native(turns: list[dict[str, Any]]) -> bool:
    """The turns are messages of the trained form already."""
    return all(each["role"] in ("system", "developer", "user", "assistant", "tool") for each in turns) and any(
        each.get("tool_calls") or each["role"] == "tool" or isinstance(each.get("content"), list) for each in turns
    )


def _plain(said: Any) -> str:
    if said is None:
        return ""
    if not isinstance(said, str | int | float):
        raise Unfit("with a turn that holds no text")
    return text_of({"value": said}, "value")


def _calls(said: Any, before: int) -> list[dict[str, Any]]:
    """The tool calls of a turn, which are JSON: an object of name and arguments, or a list of them."""
    try:
        found = json.loads(said) if isinstance(said, str) else said
    except (ValueError, RecursionError):
        raise Unfit("with a tool call that is no JSON") from None
    listed = found if isinstance(found, list) else [found]
    if not listed or not all(isinstance(each, dict) and isinstance(each.get("name"), str) for each in listed):
        raise Unfit("with a tool call without a name")
    calls = []
    for number, each in enumerate(listed, start=before + 1):
        arguments = each.get("arguments", each.get("parameters", {}))
        text = arguments if isinstance(arguments, str) else json_text(arguments)
        function = {"name": each["name"], "arguments": text}
        calls.append({"id": f"call_{number}", "type": "function", "function": function})
    return calls


def _result(said: Any, waiting: list[str]) -> Message:
    """A tool's result, for the call that waits for it: of several calls the first that has none."""
    if not waiting:
        raise Unfit("with a tool's result that no tool call asked for")
    content = said if isinstance(said, str) else json_text(said)
    return {"role": "tool", "tool_call_id": waiting.pop(0), "content": content}

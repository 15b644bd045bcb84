"""Stage: sandbox, the stand-in model's tool calls. It calls what the most similar training row called, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ftlint.sandbox.messages import last_user_text, text_of
from ftlint.sandbox.wire import new_id
from ftlint.sandbox.words import words

Call = dict[str, str]
_MOST_ROWS = 500  # kept of a training file: the first ones


def taught(rows: Sequence[Mapping[str, Any]], method: str) -> list[dict[str, Any]]:
    """Per example, what it was asked and what it calls, `[]` for an answer in words; empty where no example calls.

    Plain JSON. Reinforcement examples have no answers.
    """
    found = [_row(*split) for row in rows[:_MOST_ROWS] if (split := _split(row, method)) is not None]
    return found if any(row["calls"] for row in found) else []


def choose(rows: Iterable[Mapping[str, Any]], body: Mapping[str, Any]) -> list[Call]:
    """The calls that answer a request: those of the nearest row, as far as their tools are offered.

    Where a call is demanded (`tool_choice`) and no row has one to give, the first tool allowed is called with `{}`.
    """
    choice = body.get("tool_choice") or "auto"
    offered = [name for tool in body.get("tools") or () if (name := (tool.get("function") or {}).get("name"))]
    if isinstance(choice, dict):
        offered = [name for name in offered if name == (choice.get("function") or {}).get("name")]
    if choice == "none" or not offered:
        return []
    demanded = choice != "auto"
    role, asked = _asked(body["messages"])
    near = [row for row in rows if row["role"] == role and (row["calls"] or not demanded)]
    best = max(near, key=lambda row: _likeness(set(row["words"]), asked), default=None)
    calls: list[Call] = [] if best is None else list(best["calls"])
    if all(call["name"] in offered for call in calls) and (calls or not demanded):
        return calls
    return [{"name": offered[0], "arguments": "{}"}] if demanded else []


def message_of(calls: Sequence[Call]) -> dict[str, Any]:
    """The assistant's message that makes these calls; each gets a fresh id."""
    made = [{"id": new_id("call_"), "type": "function", "function": dict(call)} for call in calls]
    return {"role": "assistant", "content": None, "refusal": None, "tool_calls": made}


def _split(row: Mapping[str, Any], method: str) -> tuple[Sequence[Any], Mapping[str, Any]] | None:
    """What is asked, and the last turn that is trained on."""
    if method == "dpo":
        return row["input"]["messages"], row["preferred_output"][0]
    messages = row["messages"]
    for number in range(len(messages) - 1, -1, -1):
        if messages[number]["role"] == "assistant" and messages[number].get("weight", 1) == 1:
            return messages[:number], messages[number]
    return None


def _row(messages: Sequence[Mapping[str, Any]], turn: Mapping[str, Any]) -> dict[str, Any]:
    role, asked = _asked(messages)
    calls = [
        {"name": call["function"]["name"], "arguments": call["function"]["arguments"]}
        for call in turn.get("tool_calls") or ()
    ]
    return {"role": role, "words": sorted(asked), "calls": calls}


def _asked(messages: Sequence[Mapping[str, Any]]) -> tuple[str, set[str]]:
    """Who spoke last (a tool's result is answered otherwise than a question), and the words of the question."""
    last = messages[-1] if messages else {}
    return str(last.get("role", "")), {*words(last_user_text(messages)), *words(text_of(last.get("content")))}


def _likeness(one: set[str], other: set[str]) -> float:
    """Words shared, of all words: 0 to 1."""
    return len(one & other) / max(1, len(one | other))

"""Tool calls of an example and of an answer: what is offered, what is called, whether calls are equal."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

OFFER = ("tools", "tool_choice", "parallel_tool_calls")
"""The keys of an example that go along with the question."""

Call = dict[str, str]
"""``name`` and ``arguments``, the latter as JSON text."""


def offer_of(holder: Mapping[str, Any]) -> dict[str, Any] | None:
    """What an example offers: ``tools`` and their settings; empty where there are none.

    Returns:
        None where it cannot be offered: tools that are no list of objects, or the older ``functions``.
    """
    if "functions" in holder:
        return None
    if "tools" not in holder:
        return {}
    tools = holder["tools"]
    if not isinstance(tools, list) or not tools or not all(isinstance(tool, dict) for tool in tools):
        return None
    return {key: holder[key] for key in OFFER if holder.get(key) is not None}


def calls_of(message: Mapping[str, Any]) -> list[Call] | None:
    """The calls of an assistant's turn; None where one of them has no name or no arguments in text."""
    given = message.get("tool_calls") or []
    found: list[Call] = []
    for call in given if isinstance(given, list) else [None]:
        function = call.get("function") if isinstance(call, dict) else None
        if not isinstance(function, dict):
            return None
        name, arguments = function.get("name"), function.get("arguments", "")
        if not isinstance(name, str) or not isinstance(arguments, str):
            return None
        found.append({"name": name, "arguments": arguments})
    return found


def score(reference: Sequence[Call], answer: Sequence[Call]) -> float:
    """100 where the same tools are called with equal arguments, in any order, as often; else 0."""
    return 100.0 * (Counter(map(_canonical, reference)) == Counter(map(_canonical, answer)))


def shown(calls: Sequence[Call]) -> str:
    """The calls as one line each."""
    return "\n".join(f"{call['name']}({call['arguments']})" for call in calls)


def _canonical(call: Call) -> tuple[str, str]:
    text = call["arguments"].strip()
    try:
        value = json.loads(text) if text else {}
        return call["name"], json.dumps(_plain(value), sort_keys=True)
    except (ValueError, RecursionError):  # broken JSON equals nothing but itself
        return call["name"], f"broken: {text}"


def _plain(value: Any) -> Any:
    """The value so that numbers that are equal in JSON are written alike: 1.0 as 1."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value

"""What FT502 and FT505 compare: what is said in a row, as prompt and answer, without case and white space."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from ftlint.checks.columns import plain
from ftlint.model import Example, Format
from ftlint.texts import RESERVED

_SHARED = ("system", "developer")
_WIDE = re.compile("[０-９]")
_LOWER = bytes(range(256)).lower()
_SPACE = bytes([*range(9, 14), *range(28, 33)])
_NARROW = {ord(wide): str(digit) for digit, wide in enumerate("０１２３４５６７８９")}


class Said(NamedTuple):
    """What was said in a row: all before the last turn, and that."""

    prompt: str
    answer: str
    turns: int
    calls: bool


def said_in(example: Example, fmt: Format) -> Said:
    """What was said in a row: no system prompt and no tools, which rows share."""
    value = example.value
    if fmt is Format.COMPLETION:
        prompt, completion = value.get("prompt"), value.get("completion")
        return Said(
            prompt if isinstance(prompt, str) else "", completion if isinstance(completion, str) else "", 2, False
        )
    calls = False
    if fmt is Format.PREFERENCE:
        given = value.get("input")
        turns, _ = _turns(given.get("messages") if isinstance(given, dict) else None)
        turns += _turns(value.get("non_preferred_output"))[0]
        last, calls = _turns(value.get("preferred_output"))
        turns += last
    else:
        turns, calls = _turns(value.get("messages"))
        if fmt is Format.REINFORCEMENT:
            reference = {key: node for key, node in value.items() if key not in RESERVED}
            turns.append(orjson.dumps(reference, option=orjson.OPT_SORT_KEYS).decode())
    answer = turns.pop() if turns else ""
    return Said("\n".join(turns), answer, len(turns) + 1, calls)


def said_plainly(messages: Any) -> tuple[str, str, int, bool] | None:
    """The same for a chat whose messages are a role and a string each, in a fraction of the time; None for others."""
    try:
        if max(map(len, messages)) != 2:
            return None
        turns = [message["content"] for message in messages if message["role"] not in _SHARED]
        answer = turns.pop()
        prompt = "\n".join(turns)
    except (TypeError, KeyError, IndexError, ValueError):  # no list, no object, no text or no turn at all
        return None
    return (prompt, answer, len(turns) + 1, False) if isinstance(answer, str) else None


def _turns(messages: Any) -> tuple[list[str], bool]:
    """The text of each turn, and whether the last one calls functions."""
    found = []
    names: list[str] = []
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, dict) and message.get("role") not in _SHARED:
            content = message.get("content")
            text = content if isinstance(content, str) else plain(content)
            calls = message.get("tool_calls")
            names = _names(calls) if isinstance(calls, list) else []
            found.append(" ".join([text, *names]) if names else text)
    return found, bool(names)


def _names(calls: list[Any]) -> list[str]:
    made = [call.get("function") for call in calls if isinstance(call, dict)]
    return [f"{call.get('name')} {call.get('arguments')}" for call in made if isinstance(call, dict)]


def squeeze(text: str) -> str:
    """A text without upper case, white space and NUL; digits are narrow."""
    if text.isascii():
        return text.encode().translate(_LOWER, _SPACE + b"\0").decode("ascii")
    text = "".join(text.casefold().split()).replace("\0", "")
    return text.translate(_NARROW) if _WIDE.search(text) else text


def squeezed(texts: Sequence[str]) -> list[str]:
    """Texts, each squeezed; those in ASCII all at once."""
    ascii_only = [text for text in texts if text.isascii()]
    found = "\0".join(ascii_only).encode().translate(_LOWER, _SPACE).decode("ascii").split("\0")
    if len(found) != len(ascii_only):  # none at all, or one that holds a NUL
        return [squeeze(text) for text in texts]
    if len(found) == len(texts):
        return found
    ready = iter(found)
    return [next(ready) if text.isascii() else squeeze(text) for text in texts]

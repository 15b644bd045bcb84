"""JSON in every layout that people have: lines, one array, objects over several lines, a wrapped list."""

from __future__ import annotations

import json
import re
from typing import Any

from ftlint.errors import InputError

Row = dict[str, Any]

_SPACE = re.compile(r"[ \t\r\n]*")
_WRAPPERS = frozenset({"data", "rows", "examples", "items", "records", "dataset", "instances", "samples", "train"})
"""Keys under which a list of rows stands in an object."""
_ROW_KEYS = frozenset({"messages", "conversations", "conversation", "prompt", "completion", "chosen", "rejected",
                       "answers", "tools", "turns", "preferred_output", "non_preferred_output"})  # fmt: skip
"""Keys that hold a list in a row: an object with one of them alone is a row, and no wrapper."""


class _NotTaken(ValueError):
    """JSON that is right, and that is not taken all the same."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _NotTaken(f"the key `{twice[:60]}` stands twice in one object")
    return found


def _constant(word: str) -> None:
    """``NaN`` is how pandas writes a value that is missing; an infinity is a number that JSON has no place for."""
    if word != "NaN":
        raise _NotTaken(f"holds {word}, which is no JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_constant)


def read_json(text: str, name: str) -> list[Row]:
    """The rows of a JSON text, in their order.

    Args:
        text: JSON Lines, an array of objects, objects one after the other, or one object that wraps a list.
        name: the file, for messages.

    Raises:
        InputError: it is broken, holds something else than objects, or an object holds a key twice.
    """
    start = _space(text, 0)
    if text[start : start + 1] == "[":
        return [_object(value, name, f"item {number}") for number, value in enumerate(_array(text, name), start=1)]
    rows = _lines(text, name)
    return _unwrapped(rows[0], name) if len(rows) == 1 else rows


def _array(text: str, name: str) -> list[Any]:
    try:
        values: list[Any] = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise _refusal(error, name, 1) from None
    return values


def _lines(text: str, name: str) -> list[Row]:
    """One object per line; where a line is none, the same text as objects that do not mind line ends."""
    rows: list[Row] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = _DECODER.decode(line)
        except json.JSONDecodeError as error:
            flowing = _flowing(text, name, strict=not rows)
            if flowing is None:
                raise _refusal(error, name, number) from None
            return flowing
        except (ValueError, RecursionError) as error:
            raise _refusal(error, name, number) from None
        rows.append(_object(value, name, f"line {number}"))
    return rows


def _flowing(text: str, name: str, *, strict: bool) -> list[Row] | None:
    """Objects one after the other; None where they are broken and ``strict`` is off."""
    rows: list[Row] = []
    at = _space(text, 0)
    while at < len(text):
        try:
            value, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            if not strict:
                return None
            raise _refusal(error, name, text.count("\n", 0, at) + 1, whole=True) from None
        rows.append(_object(value, name, f"object {len(rows) + 1}"))
        at = _space(text, end)
    return rows


def _unwrapped(only: Row, name: str) -> list[Row]:
    """The rows of an object that wraps one list of objects, or the object itself."""
    lists = {
        key: value
        for key, value in only.items()
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value)
    }
    named = [key for key in lists if key.lower() in _WRAPPERS]
    if not named and len(only) == 1:
        named = [key for key in lists if key.lower() not in _ROW_KEYS]
    if len(named) > 1:
        listed = ", ".join(f"`{key}`" for key in named)
        raise InputError(f"{name} holds several lists of rows: {listed}", "write each one into a file of its own")
    return list(lists[named[0]]) if named else [only]


def _space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _refusal(error: Exception, name: str, line: int, *, whole: bool = False) -> InputError:
    if isinstance(error, RecursionError):
        return InputError(f"{name}, line {line}: nested too deeply")
    if isinstance(error, json.JSONDecodeError):
        at = error.lineno if whole else line + error.lineno - 1
        hint = "JSON objects, one per line or one after the other, or one array of them"
        return InputError(f"{name}, line {at}: {error.msg.lower()} (character {error.colno})", hint)
    if isinstance(error, _NotTaken):
        return InputError(f"{name}, line {line}: {error}", "mend the line")
    return InputError(f"{name}, line {line}: holds a number with thousands of digits")


def _object(value: Any, name: str, where: str) -> Row:
    if not isinstance(value, dict):
        raise InputError(f"{name}, {where}: not a JSON object", "a row is an object whose keys are the columns")
    return value

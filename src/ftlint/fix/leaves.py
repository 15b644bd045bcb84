"""The strings of a row that may hold a value: which of them may be changed, and which pieces of one make up a value."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from ftlint.model import JsonPath, Text
from ftlint.parse import unescape_map

KEY = "a key cannot be changed"
FIXED = "the row does not hold together without this text"
NUMBER = "a number cannot hold a placeholder"
INNER_KEY = "a key inside the text cannot be changed"

_ROOTS = frozenset({"messages", "tools", "functions", "input", "preferred_output", "non_preferred_output"})
"""Below these keys the service reads the row; what else a row holds is the user's own."""
_STRUCTURE = frozenset({"role", "type", "id", "tool_call_id", "name", "url", "detail", "format", "strict"})
_IN_SCHEMA = frozenset({"description", "title", "enum", "const", "default", "examples"})
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s{}\[\],:"]+', re.DOTALL)
_COLON = re.compile(r"\s*:")


class Leaf(NamedTuple):
    """One string of a row, or a key, or a number.

    Attributes:
        path: where it stands; for a key, where its object stands.
        before: what the text answers, for a date that only the question makes a birth date.
        stays: why it cannot be changed, or None.
    """

    path: JsonPath
    text: str
    before: str
    stays: str | None


class Piece(NamedTuple):
    """Part of a text that is to be replaced; ``quoted``: it is a number that becomes a string."""

    start: int
    end: int
    quoted: bool = False


def leaves(value: Any, texts: Sequence[Text]) -> Iterator[Leaf]:
    """Every string, key and whole number of a row in order.

    Args:
        texts: those strings of the row that a person or a model reads.
    """
    questions = _questions(texts)
    names = {text.path for text in texts if text.kind == "name" and text.role in ("function", "tool")}
    stack: list[tuple[JsonPath, Any]] = [((), value)]
    while stack:
        path, node = stack.pop()
        if isinstance(node, str):
            stays = None if (path in questions and path not in names) or _free(path) else FIXED
            if stays is None or not node.startswith("data:"):  # an image, not a text
                yield Leaf(path, node, questions.get(path, ""), stays)
        elif isinstance(node, dict):
            yield from (Leaf(path, key, "", KEY) for key in node)
            stack.extend(((*path, key), child) for key, child in reversed(node.items()))
        elif isinstance(node, list):
            stack.extend(((*path, index), node[index]) for index in reversed(range(len(node))))
        elif isinstance(node, int) and not isinstance(node, bool):
            yield Leaf(path, str(node), "", NUMBER)


def _questions(texts: Sequence[Text]) -> dict[JsonPath, str]:
    """For each text, the one of somebody else right before it."""
    found: dict[JsonPath, str] = {}
    before: Text | None = None
    for text in texts:
        found[text.path] = before.text if before is not None and before.role != text.role else ""
        before = text
    return found


def _free(path: JsonPath) -> bool:
    """Whether a string that is no text of the example may be changed."""
    if not path or path[0] not in _ROOTS:
        return True
    if "tools" in path[:2] or "functions" in path[:2]:
        key = next((step for step in reversed(path) if isinstance(step, str)), "")
        return key in _IN_SCHEMA
    return path[-1] not in _STRUCTURE


def pieces(text: str, start: int, end: int) -> Iterator[Piece | None]:
    """What to replace so that a span is gone and a text that is JSON stays so; None for a part that cannot be."""
    tokens = _tokens(text) if text[:1] in "{[ \n\r\t" else None
    if tokens is None:
        yield Piece(start, end)
        return
    for first, last, is_key in tokens:
        if last <= start or first >= end:
            continue
        if is_key:
            if first <= start and end <= last:
                yield None
        elif text[first] == '"':
            inner = _snapped(text, first + 1, last - 1, max(start, first + 1), min(end, last - 1))
            if any(map(str.isalnum, text[inner.start : inner.end])):
                yield inner
        elif text[first] in "-0123456789":
            yield Piece(first, last, True)


def _snapped(text: str, first: int, last: int, start: int, end: int) -> Piece:
    """A part of the string between first and last, grown so that it cuts no escape in two."""
    if start >= end or "\\" not in text[first:last]:
        return Piece(start, max(start, end))
    offsets = unescape_map(text[first:last])[1]
    begin = offsets[bisect.bisect_right(offsets, start - first) - 1]
    stop = offsets[bisect.bisect_left(offsets, end - first)]
    return Piece(first + begin, first + stop)


@lru_cache(maxsize=4)
def _tokens(text: str) -> list[tuple[int, int, bool]] | None:
    """Strings, numbers and words of a text that is a JSON object or list, each told whether it is a key."""
    try:
        if not isinstance(orjson.loads(text), dict | list):
            return None
    except orjson.JSONDecodeError:
        return None
    return [(*match.span(), _COLON.match(text, match.end()) is not None) for match in _TOKEN.finditer(text)]


def same_shape(before: Any, after: Any, changed: set[JsonPath]) -> bool:
    """Whether two rows differ in nothing but the strings at the given paths, and JSON in these is still as it was."""
    stack: list[tuple[JsonPath, Any, Any]] = [((), before, after)]
    while stack:
        path, old, new = stack.pop()
        if type(old) is not type(new):
            return False
        if isinstance(old, dict):
            if list(old) != list(new):
                return False
            stack.extend(((*path, key), old[key], new[key]) for key in old)
        elif isinstance(old, list):
            if len(old) != len(new):
                return False
            stack.extend(((*path, index), *pair) for index, pair in enumerate(zip(old, new, strict=True)))
        elif old != new and not (path in changed and _same_inside(old, new)):
            return False
    return True


def _same_inside(old: str, new: str) -> bool:
    """A text that is JSON keeps its brackets and keys."""
    tokens = _tokens(old) if old[:1] in "{[ \n\r\t" else None
    return tokens is None or _skeleton(old, tokens) == _skeleton(new, _tokens(new) or [])


def _skeleton(text: str, tokens: list[tuple[int, int, bool]]) -> str:
    kept, at = [], 0
    for first, last, is_key in tokens:
        kept += [text[at:first], text[first:last] if is_key else "0"]
        at = last
    return "".join((*kept, text[at:]))

"""All that is to be masked in one row, found in whole texts: for frames and messages, which see pieces of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ftlint.model import JsonPath, Line
from ftlint.parse import Places, Unparsable, parse, unescape_map
from ftlint.privacy.find import Found, everything
from ftlint.privacy.mask import STAR
from ftlint.privacy.screen import may_hold

_SHORTEST = 4
_PIECE = 6
_LONGEST_PIECE = 200
_LONGEST_ROW = 1_000_000
_LABELS = frozenset({"role", "type", "id", "name", "tool_call_id"})
"""What stands under these keys does not come between a question and its answer."""


class Concealed(NamedTuple):
    """What is to be masked.

    Attributes:
        spans: columns in the decoded line, from 0, end exclusive.
        values: the strings themselves.
    """

    spans: tuple[tuple[int, int], ...] = ()
    values: tuple[str, ...] = ()


def conceal(line: Line, places: Places, regions: Sequence[str] = ()) -> Concealed:
    """Personal data and secrets in every string of a row, keys and unknown places too; nothing for a broken row."""
    if len(places.text) > _LONGEST_ROW:  # what a frame or message shows is still masked by what it holds itself
        return Concealed()
    if "\\" not in places.text and not may_hold(places.text):
        return Concealed()
    try:
        value = parse(line)[0]
    except Unparsable:
        return Concealed()
    spans: list[tuple[int, int]] = []
    values: set[str] = set()
    before = ""
    for path, text, is_key in _strings(value):
        hits = everything(text, regions, "" if is_key else before)
        values.update(text[hit.start : hit.end] for hit in hits if hit.end - hit.start >= _SHORTEST)
        if hits and not is_key:
            spans.extend(_columns(places, path, hits))
        if not is_key and path and path[-1] not in _LABELS:
            before = text
    return Concealed(tuple(spans), tuple(sorted(values, key=len, reverse=True)))


def _columns(places: Places, path: JsonPath, hits: Sequence[Found]) -> Iterator[tuple[int, int]]:
    """Where the hits in the string at a path stand in the line."""
    start, end = places.locate(path)
    raw = places.text[start + 1 : end - 1]
    offsets = unescape_map(raw)[1] if "\\" in raw else range(len(raw) + 1)
    for hit in hits:
        if hit.end < len(offsets):
            yield start + 1 + offsets[hit.start], start + 1 + offsets[hit.end]


def mask_known(text: str, values: Sequence[str]) -> str:
    """The text with every given value starred out, and with the pieces of them that its two ends hold."""
    for value in values:
        text = text.replace(value, STAR * len(value))
        piece = text.rstrip("…")
        least = max(_PIECE, len(value) // 4)
        if len(piece) >= least and piece in value:
            return STAR * len(text)
        for length in range(min(len(value), len(piece), _LONGEST_PIECE) - 1, least - 1, -1):
            if piece.endswith(value[:length]):
                at = len(piece) - length
                text = text[:at] + STAR * length + text[at + length :]
            elif piece.startswith(value[-length:]):
                text = STAR * length + text[length:]
            else:
                continue
            break
    return text


def _strings(value: Any) -> Iterator[tuple[JsonPath, str, bool]]:
    """Every string with its path, in the order of the text; a key is told as such."""
    stack: list[tuple[JsonPath, Any]] = [((), value)]
    while stack:
        path, node = stack.pop()
        if isinstance(node, str):
            yield path, node, False
        elif isinstance(node, dict):
            for key in node:
                yield path, key, True
            stack.extend(((*path, key), child) for key, child in reversed(node.items()))
        elif isinstance(node, list):
            stack.extend(((*path, index), node[index]) for index in reversed(range(len(node))))

"""Stage 2: lines to examples, and from a JSON path back to columns for the few lines that have a finding."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from itertools import repeat
from json.decoder import scanstring  # type: ignore[attr-defined]
from operator import attrgetter
from typing import Any, overload

import orjson

from ftlint.model import Example, JsonPath, Line

_SPACE = re.compile(r"[ \t\n\r]*")
_LOW_HALF = re.compile(r"\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_PIECE = re.compile(r'[^"\\]+|\\u[0-9a-fA-F]{4}|(?:\\[^u])+')
_DECODER = json.JSONDecoder(strict=False, parse_int=str, parse_float=str)
_RAW = attrgetter("raw")
canonical: Callable[[Any], bytes] = partial(orjson.dumps, option=orjson.OPT_SORT_KEYS)
"""The canonical JSON of a value."""
REFUSED = object()
"""Stands for the value of a line that is unparsable."""


class Unparsable(ValueError):
    """The line is no JSON as the strict parser has it; ``checks/syntax.py`` says why."""


def parse(line: Line) -> tuple[Any, bytes]:
    """The line's JSON value, and its canonical JSON (sorted keys, no spaces, UTF-8).

    Raises:
        Unparsable: invalid UTF-8 or JSON, NaN, lone surrogates, numbers beyond a double, or nested too deep.
    """
    try:
        value = orjson.loads(line.raw)
        return value, orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):  # what is nested deep fails in the second call
        raise Unparsable from None


def values_of(raws: Sequence[bytes]) -> list[Any] | None:
    """The JSON values of many lines, in order; None where one of them is none. They may be nested too deep."""
    try:
        return list(map(orjson.loads, raws))
    except orjson.JSONDecodeError:
        return None


def parse_all(lines: Sequence[Line], values: list[Any] | None = None) -> tuple[list[Any], list[bytes]]:
    """As ``parse``, for many lines: values and canonical JSON, in order; REFUSED and ``b""`` for what is unparsable.

    Args:
        values: what ``values_of`` these lines gave, where it is at hand.
    """
    try:
        values = list(map(orjson.loads, map(_RAW, lines))) if values is None else values
        return values, list(map(canonical, values))
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):  # a line is unparsable
        return parse_each(lines)


def parse_each(lines: Sequence[Line]) -> tuple[list[Any], list[bytes]]:
    """The same, line by line, where it is known that one is unparsable."""
    values: list[Any] = []
    texts: list[bytes] = []
    for line in lines:
        try:
            value, text = parse(line)
        except Unparsable:
            value, text = REFUSED, b""
        values.append(value)
        texts.append(text)
    return values, texts


class Bare(Example):
    """An example whose canonical JSON is made when it is asked for, which few rules do."""

    __slots__ = ()

    @property
    def canonical(self) -> bytes:
        """As of every example."""
        return canonical(self.value)


class Examples(Sequence[Example]):
    """The examples of parsed lines. One is made where it is asked for by its place, all where they are gone through.

    Args:
        texts: their canonical JSON, or None where no rule is active that asks for it.
    """

    def __init__(
        self, lines: Sequence[Line], values: Sequence[dict[str, Any]], texts: Sequence[bytes] | None = None
    ) -> None:
        self._lines = lines
        self._values = values
        self._texts = texts

    @cached_property
    def canonicals(self) -> Sequence[bytes]:
        """The canonical JSON of each."""
        return list(map(canonical, self._values)) if self._texts is None else self._texts

    @cached_property
    def _made(self) -> list[Example]:
        if self._texts is None:
            return list(map(_BARE, zip(self._lines, self._values, repeat(b""))))
        return list(map(_EXAMPLE, zip(self._lines, self._values, self._texts, strict=True)))

    def __len__(self) -> int:
        return len(self._values)

    @overload
    def __getitem__(self, at: int) -> Example: ...
    @overload
    def __getitem__(self, at: slice) -> list[Example]: ...
    def __getitem__(self, at: int | slice) -> Example | list[Example]:
        if isinstance(at, slice) or "_made" in self.__dict__:
            return self._made[at]
        line, value = self._lines[at], self._values[at]
        return Bare(line, value, b"") if self._texts is None else Example(line, value, self._texts[at])

    def __iter__(self) -> Iterator[Example]:
        return iter(self._made)


_Fields = tuple[Line, dict[str, Any], bytes]
_EXAMPLE: Callable[[_Fields], Example] = partial(tuple.__new__, Example)
"""An example from its fields, without the call of a function in Python for each."""
_BARE: Callable[[_Fields], Example] = partial(tuple.__new__, Bare)


def content_hash(canonical: bytes) -> bytes:
    """SHA-256 of the canonical JSON."""
    return hashlib.sha256(canonical).digest()


def example_hash(line: Line) -> str:
    """SHA-256 of the line's raw bytes without terminator, in hexadecimal."""
    return hashlib.sha256(line.raw).hexdigest()


def locate(text: str, path: JsonPath, *, key: bool = False, span: tuple[int, int] | None = None) -> tuple[int, int]:
    """Where a node stands in a line of valid JSON: ``Places(text).locate``, for a line that is asked about once."""
    return Places(text).locate(path, key=key, span=span)


class Places:
    """Where the nodes of one line stand. An object or list is read once, however many findings lie in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._objects: dict[int, dict[str, tuple[tuple[int, int], int]]] = {}
        self._lists: dict[int, list[int]] = {}

    def locate(self, path: JsonPath, *, key: bool = False, span: tuple[int, int] | None = None) -> tuple[int, int]:
        """Where a node stands.

        Args:
            path: keys and indexes from the root; of duplicate keys the last one counts, as for the parser.
            key: the last key itself instead of its value.
            span: offsets inside the decoded string at ``path``, instead of the whole node.

        Returns:
            Offsets in characters, from 0, end exclusive. A path that does not exist gives the deepest part that does.
        """
        start = _skip(self.text, 0)
        for depth, step in enumerate(path):
            found = self._member(start, step) if isinstance(step, str) else self._item(start, step)
            if found is None:
                return start, _end(self.text, start)
            key_span, start = found
            if key and depth == len(path) - 1 and key_span is not None:
                return key_span
        if span is not None and self.text[start : start + 1] == '"':
            return _inside(self.text, start + 1, span)
        return start, _end(self.text, start)

    def _member(self, at: int, name: str) -> tuple[tuple[int, int], int] | None:
        if self.text[at] != "{":
            return None
        if at not in self._objects:
            self._objects[at] = dict(_members(self.text, at))
        return self._objects[at].get(name)

    def _item(self, at: int, index: int) -> tuple[None, int] | None:
        if self.text[at] != "[":
            return None
        if at not in self._lists:
            self._lists[at] = list(_items(self.text, at))
        starts = self._lists[at]
        return (None, starts[index]) if index < len(starts) else None


def _end(text: str, at: int) -> int:
    return int(_DECODER.raw_decode(text, at)[1])


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _members(text: str, at: int) -> Iterator[tuple[str, tuple[tuple[int, int], int]]]:
    """Each key of the object at ``at``, where it stands, and where its value starts."""
    at = _skip(text, at + 1)
    while text[at] == '"':
        name, end = scanstring(text, at + 1, False)
        value = _skip(text, _skip(text, end) + 1)
        yield name, ((at, end), value)
        at = _next(text, value)


def _items(text: str, at: int) -> Iterator[int]:
    """Where each element of the list at ``at`` starts."""
    at = _skip(text, at + 1)
    while text[at] != "]":
        yield at
        at = _next(text, at)


def _next(text: str, value: int) -> int:
    """The start of the member after the value at ``value``, or the closing bracket."""
    end = _skip(text, _end(text, value))
    return _skip(text, end + 1) if text[end] == "," else end


def _inside(text: str, at: int, span: tuple[int, int]) -> tuple[int, int]:
    first, last = span
    decoded = 0
    start = None
    high = False
    while match := _PIECE.match(text, at):
        piece = match[0]
        step = _step(piece)
        if step:
            length, high = len(piece) // step, False
        else:
            unit = int(piece[2:], 16)
            length = 0 if high and 0xDC00 <= unit < 0xE000 else 1
            high = 0xD800 <= unit < 0xDC00
        if start is None and first < decoded + length:
            start = at + (first - decoded) * step
        if last <= decoded + length and (start is not None or last <= first):
            end = at + (last - decoded) * step if step else match.end()
            end = _low_half(text, end) if not step else end
            return (start if start is not None else end), max(end, start or 0)
        decoded += length
        at = match.end()
    return (at if start is None else start), at


def _step(piece: str) -> int:
    """Characters of the line for one of the string; 0 for an escape by number, of which two may make one."""
    return 1 if piece[0] != "\\" else 0 if piece[1] == "u" else 2


def _low_half(text: str, at: int) -> int:
    """Past the second half of an escaped surrogate pair, if one starts here."""
    match = _LOW_HALF.match(text, at)
    return match.end() if match else at


_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "/": "/", "\\": "\\", '"': '"'}
_ESCAPE = re.compile(
    r'\\(?:(["\\/bfnrt])|u(?:([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|([0-9a-fA-F]{4})))'
)


def unescape(raw: str) -> str:
    """Any slice of a line with its JSON escapes decoded; what is no whole escape stays as it is."""
    return _ESCAPE.sub(_decoded, raw) if "\\" in raw else raw


def unescape_map(raw: str) -> tuple[str, list[int]]:
    """The same, and where each character comes from.

    Returns:
        The decoded text, and for each of its characters (plus one past the end) the offset in ``raw``.
    """
    offsets: list[int] = []
    at = 0
    for match in _ESCAPE.finditer(raw):
        offsets.extend(range(at, match.start() + 1))
        at = match.end()
    offsets.extend(range(at, len(raw) + 1))
    return unescape(raw), offsets


def _decoded(match: re.Match[str]) -> str:
    """One character, also for a surrogate pair."""
    simple, high, low, unit = match.groups()
    if simple:
        return _SIMPLE[simple]
    if high:
        return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + (int(low, 16) - 0xDC00))
    return chr(int(unit, 16))

"""The texts of examples, flattened: what tokens, quality, privacy and moderation look at. Odd shapes never raise."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate, chain, compress, count, pairwise, repeat, starmap
from operator import sub
from typing import Any, overload

import orjson

from ftlint.model import Example, Format, JsonPath, Text
from ftlint.talks import Talks
from ftlint.toolrows import NO_TOOL_ROWS, Frame, ToolRows, frames_of

DEFINITION = "tool-definition"
"""Role of the texts in an example's tool definitions."""
_PLAIN = ("user", "assistant", "system", "developer")
_SAID = frozenset({"content", "reference"})
RESERVED = frozenset({"messages", "tools", "parallel_tool_calls"})
"""The only keys of a reinforcement row that are not reference data."""


class Texts(Sequence[Text]):
    """The texts of a batch, in order: columns for what looks at all of them, a ``Text`` for what looks at one.

    Attributes:
        strings: the texts. ``roles``: the role of each.
        ends: 0, and for each row the number of texts up to its end.
        numbers: the line number of each row.
        made: those of rows that are neither plain nor with tools as they should be, by their index.
        frames: what the texts of the latter are, by the place of the row.
    """

    def __init__(
        self,
        strings: list[str],
        roles: list[str],
        ends: list[int],
        numbers: Sequence[int],
        made: dict[int, Text],
        frames: dict[int, Sequence[Frame]] | None = None,
    ) -> None:
        self.strings = strings
        self.roles = roles
        self.ends = ends
        self.numbers = numbers
        self.made = made
        self.frames = frames or {}

    def __len__(self) -> int:
        return len(self.strings)

    @overload
    def __getitem__(self, index: int) -> Text: ...
    @overload
    def __getitem__(self, index: slice) -> list[Text]: ...
    def __getitem__(self, index: int | slice) -> Text | list[Text]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        if index < 0:
            index += len(self)
        if index in self.made:
            return self.made[index]
        text, role = self.strings[index], self.roles[index]
        row = bisect_right(self.ends, index) - 1
        at = index - self.ends[row]
        if row in self.frames:
            return Text(text, self.numbers[row], *self.frames[row][at])
        path = _content_of(("messages",), at)
        return Text(text, self.numbers[row], path, role, "content", role == "assistant")

    def __iter__(self) -> Iterator[Text]:
        return map(self.__getitem__, range(len(self)))

    @cached_property
    def lines(self) -> list[int]:
        """The line number of each text."""
        sizes = map(sub, self.ends[1:], self.ends)
        return list(chain.from_iterable(starmap(repeat, zip(self.numbers, sizes, strict=True))))

    @cached_property
    def answers(self) -> list[int]:
        """Indexes of the texts of the assistant, in order."""
        return list(compress(count(), map("assistant".__eq__, self.roles)))

    @cached_property
    def beside(self) -> set[int]:
        """Indexes of the texts that are no part of what is said: names, calls, their results, and definitions."""
        found = {index for index, text in self.made.items() if text.kind not in _SAID}
        held: dict[int, list[int]] = {}
        for row, frames in self.frames.items():
            places = held.get(id(frames))
            if places is None:
                places = held[id(frames)] = [at for at, frame in enumerate(frames) if frame[2] not in _SAID]
            found.update(map(self.ends[row].__add__, places))
        return found

    def row(self, index: int) -> tuple[int, int]:
        """Where the row of a text begins and ends among the texts."""
        row = bisect_right(self.ends, index) - 1
        return self.ends[row], self.ends[row + 1]

    def of_line(self, number: int) -> list[Text]:
        """The texts of a row."""
        row = bisect_left(self.numbers, number)
        return self[self.ends[row] : self.ends[row + 1]]


def columned(texts: Sequence[Text]) -> Texts:
    """The columns of texts of whole rows, in order."""
    sizes = Counter([text.line for text in texts])
    strings, roles = [text.text for text in texts], [text.role for text in texts]
    return Texts(strings, roles, list(accumulate(sizes.values(), initial=0)), list(sizes), dict(enumerate(texts)))


def flattened(
    examples: Sequence[Example], numbers: Sequence[int], talks: Talks, fmt: Format, tooled: ToolRows = NO_TOOL_ROWS
) -> Texts:
    """The texts of all examples.

    Args:
        numbers: of the lines of these examples. ``talks``, ``tooled``: their columns.
    """
    if not talks.odd:
        return Texts(talks.texts, talks.speakers, talks.ends, numbers, {})
    found = Texts([], [], [0], numbers, {})
    nth = {row: at for at, row in enumerate(tooled.places)}
    for row, (example, roles, (start, end)) in enumerate(zip(examples, talks.roles, pairwise(talks.ends), strict=True)):
        if row in nth:
            _add_tooled(found, tooled, nth[row])
        elif roles is None:
            made = texts_of(example, fmt)
            found.made.update(enumerate(made, len(found)))
            found.strings.extend([text.text for text in made])
            found.roles.extend([text.role for text in made])
        else:
            found.strings.extend(talks.texts[start:end])
            found.roles.extend(roles)
        found.ends.append(len(found))
    return found


def _add_tooled(found: Texts, tooled: ToolRows, at: int) -> None:
    course, toolset = tooled.courses[at], tooled.toolsets[at]
    found.frames[len(found.ends) - 1] = frames_of(course, toolset)
    found.strings.extend(tooled.texts[tooled.ends[at] : tooled.ends[at + 1]])
    found.strings.extend(toolset.descriptions)
    found.roles.extend(course.roles)
    found.roles.extend([DEFINITION] * len(toolset.descriptions))


def texts_of(example: Example, fmt: Format) -> list[Text]:
    """All strings of an example that a person or a model reads, in order of their place."""
    value = example.value
    line = example.line.number
    if fmt is Format.COMPLETION:
        return list(_completion(value, line))
    if fmt is Format.PREFERENCE:
        return list(_preference(value, line))
    found = [*_messages(value.get("messages"), ("messages",), line), *_tools(value, (), line)]
    if fmt is Format.REINFORCEMENT:
        for key, node in value.items():
            if key not in RESERVED:
                found.extend(_strings(node, (key,), line, "reference", "reference"))
    return found


def images_of(example: Example, fmt: Format) -> list[tuple[JsonPath, str]]:
    """Path and address (https or data URL) of every image in an example's messages."""
    value = example.value
    holder = value.get("input") if fmt is Format.PREFERENCE else value
    base: JsonPath = ("input", "messages") if fmt is Format.PREFERENCE else ("messages",)
    messages = holder.get("messages") if isinstance(holder, dict) else None
    found: list[tuple[JsonPath, str]] = []
    for index, message in enumerate(messages if isinstance(messages, list) else []):
        parts = message.get("content") if isinstance(message, dict) else None
        for number, part in enumerate(parts if isinstance(parts, list) else []):
            image = part.get("image_url") if isinstance(part, dict) else None
            if isinstance(image, dict) and isinstance(image.get("url"), str):
                found.append(((*base, index, "content", number, "image_url", "url"), image["url"]))
    return found


def _completion(value: dict[str, Any], line: int) -> Iterator[Text]:
    for key, role in (("prompt", "user"), ("completion", "assistant")):
        if isinstance(value.get(key), str):
            yield Text(value[key], line, (key,), role, "content", role == "assistant")


def _preference(value: dict[str, Any], line: int) -> Iterator[Text]:
    given = value.get("input")
    if isinstance(given, dict):
        for text in _messages(given.get("messages"), ("input", "messages"), line):
            yield text._replace(trained=False)
        yield from _tools(given, ("input",), line)
    yield from _messages(value.get("preferred_output"), ("preferred_output",), line)
    for text in _messages(value.get("non_preferred_output"), ("non_preferred_output",), line):
        yield text._replace(trained=False)  # what the model learns not to say


def _messages(messages: Any, base: JsonPath, line: int) -> Iterator[Text]:
    if not isinstance(messages, list):
        return
    for index, message in enumerate(messages):
        if not isinstance(message, dict):
            continue
        content, role = message.get("content"), message.get("role")
        if len(message) == 2 and isinstance(content, str) and role in _PLAIN:  # nearly all messages of nearly all files
            yield Text(content, line, _content_of(base, index), role, "content", role == "assistant")
        else:
            yield from _message(message, (*base, index), line)


@lru_cache(maxsize=4096)
def _content_of(base: JsonPath, index: int) -> JsonPath:
    return (*base, index, "content")


def _message(message: dict[str, Any], base: JsonPath, line: int) -> Iterator[Text]:
    given = message.get("role")
    role = given if isinstance(given, str) else "unknown"
    trained = role == "assistant" and message.get("weight") != 0
    kind = "tool-result" if role in ("tool", "function") else "content"
    for key in ("content", "refusal"):
        node = message.get(key)
        if isinstance(node, str):
            yield Text(node, line, (*base, key), role, kind, trained)
        elif isinstance(node, list):
            yield from _parts(node, (*base, key), line, role, kind, trained)
    if isinstance(message.get("name"), str):
        yield Text(message["name"], line, (*base, "name"), role, "name", False)
    calls = message.get("tool_calls")
    if isinstance(calls, list):
        for index, call in enumerate(calls):
            if isinstance(call, dict):
                yield from _call(call.get("function"), (*base, "tool_calls", index, "function"), line, role, trained)
    yield from _call(message.get("function_call"), (*base, "function_call"), line, role, trained)


def _parts(parts: list[Any], base: JsonPath, line: int, role: str, kind: str, trained: bool) -> Iterator[Text]:
    for index, part in enumerate(parts):
        if isinstance(part, dict):
            for key in ("text", "refusal"):
                if isinstance(part.get(key), str):
                    yield Text(part[key], line, (*base, index, key), role, kind, trained)


def _call(call: Any, base: JsonPath, line: int, role: str, trained: bool) -> Iterator[Text]:
    if isinstance(call, dict) and isinstance(call.get("arguments"), str):
        yield Text(call["arguments"], line, (*base, "arguments"), role, "arguments", trained)


def _tools(holder: dict[str, Any], base: JsonPath, line: int) -> Iterator[Text]:
    for key in ("tools", "functions"):
        declared = holder.get(key)
        if isinstance(declared, list):
            for path, text in _described(declared):
                yield Text(text, line, (*base, key, *path), DEFINITION, "tool-description", False)


def described_in(holder: dict[str, Any]) -> list[Text]:
    """The texts in the tools of a row, as if it were the first one."""
    return list(_tools(holder, (), 1))


def _described(declared: list[Any]) -> Sequence[tuple[JsonPath, str]]:
    try:
        return _known(orjson.dumps(declared))
    except orjson.JSONEncodeError:  # nested deeper than that writes
        return _descriptions(declared)


@lru_cache(maxsize=64)
def _known(declared: bytes) -> Sequence[tuple[JsonPath, str]]:
    """The rows of a file mostly declare the same tools."""
    return _descriptions(orjson.loads(declared))


def _descriptions(declared: list[Any]) -> Sequence[tuple[JsonPath, str]]:
    """Every ``description`` inside tool definitions, at any depth (the parser bounds the depth)."""
    stack: list[tuple[Any, JsonPath]] = [(declared, ())]
    found: list[tuple[JsonPath, str]] = []
    while stack:
        item, path = stack.pop()
        if isinstance(item, dict):
            for key, child in item.items():
                if key == "description" and isinstance(child, str):
                    found.append(((*path, key), child))
                elif isinstance(child, dict | list):
                    stack.append((child, (*path, key)))
        elif isinstance(item, list):
            stack.extend((child, (*path, index)) for index, child in enumerate(item))
    return sorted(found, key=lambda each: [str(step) for step in each[0]])


def _strings(node: Any, base: JsonPath, line: int, role: str, kind: str) -> Iterator[Text]:
    if isinstance(node, str):
        yield Text(node, line, base, role, kind, False)
    elif isinstance(node, dict):
        for key, child in node.items():
            yield from _strings(child, (*base, key), line, role, kind)
    elif isinstance(node, list):
        for index, child in enumerate(node):
            yield from _strings(child, (*base, index), line, role, kind)

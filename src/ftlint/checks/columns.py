"""What the dataset-wide rules of FT5 and FT6 remember of each row: its prompt and last answer, as digests and flags."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import orjson

from ftlint.checks import repeats
from ftlint.checks.base import Batch, Context
from ftlint.checks.repeats import DIGEST
from ftlint.checks.signs import signs
from ftlint.checks.writing import Script, script_of
from ftlint.model import Example, Format, JsonPath
from ftlint.texts import RESERVED

CODES = frozenset({"FT502", "FT503", "FT505", "FT506", "FT507", "FT508", "FT606", "FT615", "FT617", "FT620"})

JUDGED = frozenset({"FT508", "FT606", "FT615", "FT617", "FT620"})
"""Rules that need more of an answer than its digest."""


class Answer(NamedTuple):
    """The last answer of a row that is trained, and all that stands before it.

    Attributes:
        path: of the answer's text, or of its message where it only calls functions.
        text: the answer's text, ``""`` where it has none; ``calls``: name and arguments of its calls.
        prompt: everything the model sees before it; ``asked``: the text of the last message in it.
    """

    path: JsonPath
    text: str
    calls: list[Any]
    prompt: Any
    asked: str


def answer_of(example: Example, fmt: Format) -> Answer | None:
    """The last trained answer, or None where the row has none (or is not in shape, which the schema tells)."""
    value = example.value
    if fmt is Format.COMPLETION:
        prompt, text = value.get("prompt"), value.get("completion")
        if isinstance(prompt, str) and isinstance(text, str):
            return Answer(("completion",), text, [], prompt, prompt)
        return None
    if fmt is Format.PREFERENCE:
        given, outputs = value.get("input"), value.get("preferred_output")
        if not isinstance(given, dict) or not isinstance(outputs, list) or len(outputs) != 1:
            return None
        return _answer(outputs[0], ("preferred_output", 0), given.get("messages"), _declared(given))
    messages = value.get("messages")
    if fmt is not Format.CHAT or not isinstance(messages, list):
        return None
    for index in range(len(messages) - 1, -1, -1):
        message = messages[index]
        if isinstance(message, dict) and message.get("role") == "assistant":
            trained = message.get("weight") != 0
            return _answer(message, ("messages", index), messages[:index], _declared(value)) if trained else None
    return None


def graded(example: Example) -> Answer | None:
    """The messages of a reinforcement row, with what the grader compares as the answer."""
    messages = example.value.get("messages")
    if not isinstance(messages, list) or not messages:
        return None
    reference = {key: node for key, node in example.value.items() if key not in RESERVED}
    return Answer(("messages",), "", [reference], [messages, _declared(example.value)], "")


def _declared(holder: dict[str, Any]) -> list[Any]:
    return [holder.get("tools"), holder.get("functions")]


def _answer(message: Any, path: JsonPath, before: Any, declared: list[Any]) -> Answer | None:
    if not isinstance(message, dict) or not isinstance(before, list) or not before:
        return None
    content = message.get("content")
    text = plain(content) or plain(message.get("refusal"))
    calls = message.get("tool_calls")
    made = [call.get("function") for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
    if message.get("function_call") is not None:
        made.append(message["function_call"])
    if not text.strip() and not made:
        return None
    last = before[-1]
    asked = plain(last.get("content")) if isinstance(last, dict) else ""
    return Answer((*path, "content") if plain(content) else path, text, made, [before, declared], asked)


def _signs(answer: Answer, asked_in: Script, answered_in: Script) -> int:
    """The signs of an answer that has a text and calls nothing."""
    if answer.calls:
        return 0
    return signs(answer.text, answer.asked, partial(told, answer.prompt), asked_in, answered_in)


def told(prompt: Any) -> str:
    """The texts of all messages in front of an answer, joined."""
    if isinstance(prompt, str):
        return prompt
    return "\n".join(plain(message.get("content")) for message in prompt[0] if isinstance(message, dict))


def plain(content: Any) -> str:
    """The text of a message's content, its text parts joined."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    texts = [part.get("text") for part in content if isinstance(part, dict)]
    return "\n".join(text for text in texts if isinstance(text, str))


def digest(value: Any) -> bytes:
    """16 bytes of the SHA-256 of a JSON value with sorted keys."""
    try:
        data = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:  # as deep as a row may be, and a list or two round it
        data = json.dumps(value, sort_keys=True).encode()
    return hashlib.sha256(data).digest()[:DIGEST]


def _anonymous(prompt: Any) -> Any:
    """A prompt without the ids of its calls, which are others in each row."""
    if isinstance(prompt, str) or not any(isinstance(each, dict) and "tool_call_id" in each for each in prompt[0]):
        return prompt
    return [[_without_ids(message) for message in prompt[0]], prompt[1]]


def _without_ids(message: Any) -> Any:
    if not isinstance(message, dict):
        return message
    kept = {key: value for key, value in message.items() if key != "tool_call_id"}
    calls = kept.get("tool_calls")
    if isinstance(calls, list):
        kept["tool_calls"] = [{**call, "id": None} if isinstance(call, dict) else call for call in calls]
    return kept


_NESTED = 200
"""Brackets in arguments beyond which they count as the text that they are: no parser is asked how deep they go."""


def _made(call: Any) -> Any:
    """A call, with its arguments as what they say: the order of keys and white space do not count."""
    arguments = call.get("arguments") if isinstance(call, dict) else None
    if not isinstance(arguments, str) or arguments.count("{") + arguments.count("[") > _NESTED:
        return call
    try:
        return {**call, "arguments": orjson.loads(arguments)}
    except orjson.JSONDecodeError:
        return call


class Row(NamedTuple):
    """One remembered row."""

    line: int
    prompt: bytes
    answer: bytes
    path: JsonPath
    size: int
    signs: int
    asked_in: int
    answered_in: int


@dataclass
class Rows:
    """The rows of a file that have a trained answer, in order, column by column: 48 bytes each."""

    lines: array[int] = field(default_factory=repeats.numbers)
    prompts: bytearray = field(default_factory=bytearray)
    answers: bytearray = field(default_factory=bytearray)
    paths: array[int] = field(default_factory=repeats.numbers)
    known: dict[JsonPath, int] = field(default_factory=dict)
    sizes: array[int] = field(default_factory=repeats.numbers)
    signs: array[int] = field(default_factory=lambda: array("H"))
    scripts: bytearray = field(default_factory=bytearray)
    _paths: list[JsonPath] = field(default_factory=list, compare=False, repr=False)

    def add(self, batch: Batch, context: Context) -> None:
        """Take in the next batch of the file."""
        if not CODES & context.active:
            return
        judged = bool(JUDGED & context.active)
        for example in batch.examples:
            answer = graded(example) if batch.format is Format.REINFORCEMENT else answer_of(example, batch.format)
            if answer is not None:
                self._append(example.line.number, answer, judged=judged)

    def _append(self, line: int, answer: Answer, *, judged: bool) -> None:
        asked_in = script_of(answer.asked) if judged else Script.UNKNOWN
        answered_in = script_of(answer.text) if judged and not answer.calls else Script.UNKNOWN
        self.lines.append(line)
        self.prompts += digest(_anonymous(answer.prompt))
        text = " ".join(answer.text.split()).casefold().rstrip(".。．")
        self.answers += digest([text, [_made(call) for call in answer.calls]] if answer.calls else text)
        self.paths.append(self.known.setdefault(answer.path, len(self.known)))
        self.sizes.append(len(answer.text.strip()))
        self.signs.append(_signs(answer, asked_in, answered_in) if judged else 0)
        self.scripts += bytes((asked_in, answered_in))

    def merge(self, later: Rows) -> None:
        """Take in the state of the lines that follow."""
        moved = {number: self.known.setdefault(path, len(self.known)) for path, number in later.known.items()}
        self.lines += later.lines
        self.prompts += later.prompts
        self.answers += later.answers
        self.paths.extend(moved[number] for number in later.paths)
        self.sizes += later.sizes
        self.signs += later.signs
        self.scripts += later.scripts

    def pair(self, at: int) -> tuple[bytes, bytes]:
        """Digests of prompt and answer of one row."""
        cut = slice(at * DIGEST, (at + 1) * DIGEST)
        return bytes(self.prompts[cut]), bytes(self.answers[cut])

    def __len__(self) -> int:
        return len(self.lines)

    def row(self, at: int) -> Row:
        """One row, with all that is known of it."""
        prompt, answer = self.pair(at)
        asked_in, answered_in = self.scripts[2 * at], self.scripts[2 * at + 1]
        path = self._path(self.paths[at])
        return Row(self.lines[at], prompt, answer, path, self.sizes[at], self.signs[at], asked_in, answered_in)

    def _path(self, number: int) -> JsonPath:
        if len(self._paths) != len(self.known):
            self._paths = list(self.known)
        return self._paths[number]

    def __iter__(self) -> Iterator[Row]:
        return map(self.row, range(len(self)))

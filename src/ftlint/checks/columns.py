"""What the dataset-wide rules of FT5 and FT6 remember of each row: its prompt and last answer, as digests and flags."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, NamedTuple

from ftlint.cells import DIGEST, Cells, Numbers
from ftlint.checks import digests
from ftlint.checks.base import Batch, Context
from ftlint.checks.shapes import shapes
from ftlint.checks.signs import FINISHED, finished, signs
from ftlint.checks.writing import scripts_of
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
    calls: Sequence[Any]
    prompt: Any
    asked: str


def answers(batch: Batch) -> list[Answer | None]:
    """The last trained answer of each row of a batch, as ``answer_of`` gives it."""
    held: list[Answer | None] | None = batch.columns.get("answers")
    if held is None:
        held = batch.columns["answers"] = _answers(batch)
    return held


def _answers(batch: Batch) -> list[Answer | None]:
    """In a plain row the place of the answer follows from the roles, and all before it is its prompt."""
    column = shapes(batch).roles
    places = {roles: _last(roles) for roles in set(column) if roles is not None}
    found: list[Answer | None] = []
    for example, roles in zip(batch.examples, column, strict=True):
        if roles is None:
            found.append(answer_of(example, batch.format))
            continue
        at, path = places[roles]
        messages = example.value["messages"]
        text = messages[at]["content"]
        if at > 0 and text and not text.isspace():
            asked = messages[at - 1]["content"]
            found.append(_new(Answer, (path, text, (), [messages[:at], _UNDECLARED], asked)))
        else:
            found.append(None)
    return found


def _last(roles: tuple[str, ...]) -> tuple[int, JsonPath]:
    """Index and path of the last answer; 0 where there is none, or nothing before it."""
    at = max((at for at, role in enumerate(roles) if role == "assistant"), default=0)
    return at, ("messages", at, "content")


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


_new = tuple.__new__
"""Makes a named tuple in half the time."""
_UNDECLARED: Final = [None, None]
"""What a plain row declares: neither tools nor functions."""


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


def _signs(held: Sequence[Answer], scripts: bytearray) -> list[int]:
    """The signs of answers; most are whole sentences, and that is all there is to them. What calls has none."""
    return [
        FINISHED
        if (asked_in == answered_in or not answered_in) and not answer.calls and finished(answer.text)
        else 0
        if answer.calls
        else signs(answer.text, answer.asked, partial(told, answer.prompt), asked_in, answered_in)
        for answer, asked_in, answered_in in zip(held, scripts[::2], scripts[1::2], strict=True)
    ]


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

    lines: Numbers = field(default_factory=Numbers)
    prompts: Cells = field(default_factory=partial(Cells, DIGEST))
    answers: Cells = field(default_factory=partial(Cells, DIGEST))
    paths: Numbers = field(default_factory=Numbers)
    known: dict[JsonPath, int] = field(default_factory=dict)
    sizes: Numbers = field(default_factory=Numbers)
    signs: Numbers = field(default_factory=partial(Numbers, "H"))
    scripts: Cells = field(default_factory=partial(Cells, 2))
    _paths: list[JsonPath] = field(default_factory=list, compare=False, repr=False)

    def add(self, batch: Batch, context: Context) -> None:
        """Take in the next batch of the file."""
        if not CODES & context.active:
            return
        graded_rows = batch.format is Format.REINFORCEMENT
        found = [graded(example) for example in batch.examples] if graded_rows else answers(batch)
        numbers = [
            example.line.number for example, answer in zip(batch.examples, found, strict=True) if answer is not None
        ]
        held = [answer for answer in found if answer is not None]
        self.extend(numbers, held, judged=bool(JUDGED & context.active))

    def extend(self, lines: Sequence[int], held: Sequence[Answer], *, judged: bool) -> None:
        """Take in the answers of further rows; scripts and signs only if they are judged."""
        self.lines.extend(lines)
        self.prompts += digests.of_prompts([answer.prompt for answer in held])
        self.answers += digests.of_answers([answer.text for answer in held], [answer.calls for answer in held])
        known = self.known
        self.paths.extend([known.setdefault(answer.path, len(known)) for answer in held])
        self.sizes.extend([len(answer.text.strip()) for answer in held])
        scripts = bytearray(2 * len(held))
        if judged:
            scripts[::2] = scripts_of([answer.asked for answer in held])
            scripts[1::2] = scripts_of(["" if answer.calls else answer.text for answer in held])
        self.scripts += scripts
        self.signs.extend(_signs(held, scripts) if judged else bytes(len(held)))

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
        return self.prompts[at], self.answers[at]

    def __len__(self) -> int:
        return len(self.lines)

    def row(self, at: int) -> Row:
        """One row, with all that is known of it."""
        prompt, answer = self.pair(at)
        asked_in, answered_in = self.scripts[at]
        return Row(self.lines[at], prompt, answer, self.path(at), self.sizes[at], self.signs[at], asked_in, answered_in)

    def path(self, at: int) -> JsonPath:
        """The path of the answer of one row."""
        if len(self._paths) != len(self.known):
            self._paths = list(self.known)
        return self._paths[self.paths[at]]

    def __iter__(self) -> Iterator[Row]:
        return map(self.row, range(len(self)))

"""FT2 over the dataset: rows whose system prompt is not the one that nearly all rows share."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import field
from typing import Any

from ftlint.cells import Numbers
from ftlint.checks.base import Batch, Context, FileResult
from ftlint.checks.conversation import given_messages
from ftlint.lazy import lazy
from ftlint.model import Example, Format, JsonPath, Place, Problem
from ftlint.records import dataclass
from ftlint.talks import SYSTEM
from ftlint.toolrows import ToolRows

MOST_PROMPTS = 1000
"""A file with more different system prompts has no common one."""
KEPT_CHARACTERS = 4000
"""Of each system prompt, for the comparison."""
PROMPTED = (Format.CHAT, Format.PREFERENCE)
"""Formats whose rows may begin with a system prompt."""
LEAST_ROWS = 10
COMMON = 0.9
"""Share of the rows that the common prompt has to have."""
STRAY_ROWS = 50
STRAY = 0.01
"""Rows with any other prompt are strays where there are so many rows and the others are at most this share."""
_MISSING, _UNCLEAR = ("", 0), ("", -1)
"""What a row without a system prompt is remembered by, and one of which that cannot be told."""
_OTHERS = ("user", "assistant", "tool", "function")
_WORD = lazy(r"[぀-ヿ㐀-䶿一-鿿가-힣]|\w+")
"""A word, or a character of the scripts that put no space between words."""


@dataclass
class Prompts:
    """Line numbers by system prompt (the first message), and those of the rows without any.

    Attributes:
        lines: by prompt, cut at KEPT_CHARACTERS, and its length; empty once there are more than MOST_PROMPTS.
        missing: rows without a system message. ``rows``: rows that could have one. ``unclear``: those that could not.
        many: there are more than MOST_PROMPTS, and ``witnesses`` are rows with so many different ones.
    """

    lines: dict[tuple[str, int], Numbers] = field(default_factory=dict)
    missing: Numbers = field(default_factory=Numbers)
    rows: int = 0
    many: bool = False
    unclear: Numbers = field(default_factory=Numbers)
    witnesses: list[int] = field(default_factory=list)

    def add(self, batch: Batch, _: Context) -> None:
        """Take in the next batch of the file."""
        if batch.format not in PROMPTED:
            return
        held = _by_key(batch)
        self.unclear.extend(held.pop(_UNCLEAR, ()))
        self.rows += sum(map(len, held.values()))
        self.missing.extend(held.pop(_MISSING, ()))
        for key, numbers in held.items() if not self.many else ():
            self._held(key).extend(numbers)
        self.bound()

    def merge(self, later: Prompts) -> None:
        """Take in the state of the lines that follow."""
        self.rows += later.rows
        self.missing += later.missing
        self.unclear += later.unclear
        self.witnesses = self.witnesses or later.witnesses
        self.many = self.many or later.many
        for prompt, numbers in later.lines.items():
            held = self._held(prompt)
            held += numbers
        self.bound()

    def _held(self, prompt: tuple[str, int]) -> Numbers:
        held = self.lines.get(prompt)
        if held is None:
            held = self.lines[prompt] = Numbers()
        return held

    def bound(self) -> None:
        """Forget the prompts where there are too many."""
        if self.many or len(self.lines) > MOST_PROMPTS:
            self.many = True
            self.witnesses = self.witnesses or sorted(held[0] for held in self.lines.values())
            self.lines.clear()


def _by_key(batch: Batch) -> dict[tuple[str, int], list[int]]:
    """The line numbers of the rows with each system prompt, in order; in most batches all have the same."""
    prompts, numbers = _prompts(batch), batch.numbers
    if prompts and prompts.count(prompts[0]) == len(prompts):
        return {_key(prompts[0]): list(numbers)}
    keys = {prompt: _key(prompt) for prompt in dict.fromkeys(prompts)}
    held: dict[tuple[str, int], list[int]] = {key: [] for key in keys.values()}
    for prompt, number in zip(prompts, numbers, strict=True):
        held[keys[prompt]].append(number)
    return held


def _key(prompt: str | None) -> tuple[str, int]:
    """What a prompt is remembered by: its beginning and its length."""
    if not prompt:
        return _UNCLEAR if prompt is None else _MISSING
    stripped = prompt.strip()
    return (stripped[:KEPT_CHARACTERS], len(stripped)) if stripped else _UNCLEAR


def _prompts(batch: Batch) -> list[str | None]:
    """The system prompt of each row, as ``_prompt`` gives it; where a plain row has one, or none, its roles tell."""
    talks = batch.talks
    if all(roles is not None and roles[0] in SYSTEM for roles in batch.kinds):
        return [text or None for text in map(talks.texts.__getitem__, talks.ends[:-1])]
    others = {
        roles: None if any(role in SYSTEM for role in roles) else ""
        for roles in batch.kinds
        if roles is not None and roles[0] not in SYSTEM
    }
    tooled = dict(zip(batch.tooled.places, _of_tooled(batch.tooled), strict=True))
    return [
        (tooled[at] if at in tooled else _prompt(batch.examples[at], batch.format))
        if roles is None
        else others[roles]
        if roles in others
        else talks.texts[start] or None
        for at, (roles, start) in enumerate(zip(talks.roles, talks.ends[:-1], strict=True))
    ]


def _of_tooled(tooled: ToolRows) -> Iterator[str | None]:
    """The same of each row with tools that is as it should be."""
    for course, start in zip(tooled.courses, tooled.ends, strict=False):
        if course.kinds[0] in SYSTEM:
            yield tooled.texts[start]
        else:
            yield None if any(kind in SYSTEM for kind in course.kinds) else ""


def _prompt(example: Example, fmt: Format) -> str | None:
    """The system prompt that opens a row, ``""`` for a row without one, None where it cannot be told."""
    _, messages = given_messages(example, fmt)
    if not messages or not all(isinstance(message, dict) for message in messages):
        return None
    if messages[0].get("role") not in SYSTEM:
        late = any(message.get("role") in SYSTEM for message in messages)
        return None if late or messages[0].get("role") not in _OTHERS else ""
    return _text(messages[0].get("content")) or None


def _text(content: Any) -> str:
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        content = "".join(part for part in parts if isinstance(part, str))
    return content.strip() if isinstance(content, str) else ""


def drifting(files: Sequence[FileResult], _: Context) -> Iterator[tuple[int, Problem]]:
    """FT214 for the few rows whose prompt is a variant of the common one, or a stray in a large file."""
    for file in files:
        prompts: Prompts = file.states["prompts"]
        if len(prompts.lines) < 2:
            continue
        common, numbers = max(prompts.lines.items(), key=lambda item: (len(item[1]), -item[1][0]))
        rows = sum(len(held) for held in prompts.lines.values())
        if rows < LEAST_ROWS or len(numbers) < COMMON * rows:
            continue
        strays = rows >= STRAY_ROWS and rows - len(numbers) <= STRAY * rows
        for prompt, held in prompts.lines.items():
            if prompt != common and (strays or is_variant(prompt[0], common[0])):
                values = {"count": len(numbers), "rows": rows, "line": numbers[0], "common": common[0]}
                place = (Place(file.path, numbers[0]),)
                for number in held:
                    yield file.index, Problem("FT214", number, _path(file), values=values, related=place)


def _path(file: FileResult) -> JsonPath:
    base: JsonPath = ("input", "messages") if file.format is Format.PREFERENCE else ("messages",)
    return (*base, 0, "content")


def is_variant(one: str, other: str) -> bool:
    """The same prompt with a slip in it: other spacing, case or punctuation, misspelt words, a word more or less.

    A word that is replaced by quite another one is no slip: prompts differ so on purpose.
    """
    import difflib  # which prompts that are all alike do not need

    words, others = (_WORD.findall(unicodedata.normalize("NFKC", text).casefold()) for text in (one, other))
    if words == others:
        return True
    budget = max(1, len(others) // 10)
    for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(None, words, others, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        if kind == "replace" and not _alike("".join(words[i1:i2]), "".join(others[j1:j2])):
            return False
        budget -= max(i2 - i1, j2 - j1)
        if budget < 0:
            return False
    return True


def _alike(one: str, other: str) -> bool:
    import difflib

    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio() >= 0.7


def missing(files: Sequence[FileResult], _: Context) -> Iterator[tuple[int, Problem]]:
    """FT215 for the few rows without a system prompt in a file where nearly all have one."""
    for file in files:
        prompts: Prompts = file.states["prompts"]
        if prompts.rows < LEAST_ROWS or len(prompts.missing) > (1 - COMMON) * prompts.rows:
            continue
        for number in prompts.missing:
            values = {"count": prompts.rows - len(prompts.missing), "rows": prompts.rows}
            yield file.index, Problem("FT215", number, _path(file)[:-2], values=values)

"""What every check is given: a batch of lines with its columns, the context, and the shape of dataset-wide state."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field
from functools import cached_property
from itertools import accumulate
from typing import Any, Protocol, Self

from ftlint.catalog import Model, Provider
from ftlint.counted import Counted
from ftlint.encoded import Encoded, encode
from ftlint.model import Example, Format, Line, Problem, Role, Text
from ftlint.parse import Examples
from ftlint.records import dataclass
from ftlint.rulebook import Book
from ftlint.settings import Settings
from ftlint.talks import Talks, none_plain, talks
from ftlint.texts import Texts, flattened
from ftlint.toolrows import NO_TOOL_ROWS, ToolRows


@dataclass(frozen=True, slots=True)
class Context:
    """What all checks of one run share. Everything in it is decided before the first batch.

    Attributes:
        active: codes of the rules that run.
        provider: the provider's profile; ``model``: the given model, or None when only common limits hold.
        limit: tokens per example that every model in question takes, or None when unknown.
        encoding: the tokenizer of the models in question.
    """

    settings: Settings
    book: Book
    active: frozenset[str]
    provider: Provider
    model: Model | None
    limit: int | None
    encoding: str


@dataclass
class Batch:
    """A run of consecutive lines of one file, with the columns that checks lean on, each made once.

    Attributes:
        examples: rows that parsed to an object and are judged in the file's format.
        columns: what several checks derive from the rows, by the name of its maker, so that it is made once.
    """

    role: Role
    format: Format
    lines: Sequence[Line]
    examples: Sequence[Example] = field(default_factory=list)
    tokens: Counted = field(default_factory=Counted)
    columns: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def talks(self) -> Talks:
        """The plain rows as columns; only rows of the chat format are plain."""
        if self.format is not Format.CHAT:
            return none_plain(len(self.examples))
        return talks(self.values)

    @cached_property
    def values(self) -> list[dict[str, Any]]:
        """The parsed rows."""
        return [example.value for example in self.examples]

    @cached_property
    def raws(self) -> list[bytes]:
        """The bytes of the rows."""
        return [example.line.raw for example in self.examples]

    @cached_property
    def numbers(self) -> Sequence[int]:
        """The line numbers of the rows."""
        return [example.line.number for example in self.examples]

    @cached_property
    def canonicals(self) -> Sequence[bytes]:
        """The canonical JSON of the rows."""
        held = self.examples
        return held.canonicals if isinstance(held, Examples) else [example.canonical for example in held]

    @cached_property
    def kinds(self) -> set[tuple[str, ...] | None]:
        """The sequences of roles of the plain rows, and None where there are rows of another kind."""
        return set(self.talks.roles)

    @cached_property
    def tooled(self) -> ToolRows:
        """The rows with tools that are as they should be, as columns; only rows of the chat format are."""
        if self.format is not Format.CHAT or not any("tools" in self.values[at] for at in self.talks.odd):
            return NO_TOOL_ROWS
        from ftlint.checks.toolsets import tool_rows  # which rows without tools do not need

        return tool_rows(self.values, self.talks.odd)

    @cached_property
    def odd_at(self) -> Sequence[int]:
        """The places of the rows that are neither plain nor with tools as they should be."""
        if not self.tooled.places:
            return self.talks.odd
        tooled = set(self.tooled.places)
        return [at for at in self.talks.odd if at not in tooled]

    @cached_property
    def odd(self) -> list[Example]:
        """Those rows."""
        return [self.examples[at] for at in self.odd_at]

    @cached_property
    def texts(self) -> Texts:
        """The texts of all examples, flattened, in order."""
        return flattened(self.examples, self.numbers, self.talks, self.format, self.tooled)

    @cached_property
    def encoded(self) -> Encoded | None:
        """The texts in UTF-8; None where they are to be looked at one by one."""
        return encode(self.texts.strings)

    @cached_property
    def seen(self) -> dict[str, list[int]] | None:
        """By screen (checks/screens.py) the indexes of the texts that may hold it; None where every check looks."""
        from ftlint.checks.screens import seen

        return seen(self.encoded or self.texts.strings)

    def may(self, screen: str) -> Sequence[Text]:
        """The texts that may hold what a screen looks for, in order; all of them where there was no scan."""
        return self.texts if self.seen is None else [self.texts[index] for index in self.seen[screen]]

    def may_say(self, screen: str) -> Sequence[Text]:
        """Those of them that are part of what is said; all texts where there was no scan."""
        if self.seen is None:
            return self.texts
        return [self.texts[index] for index in self.seen[screen] if index not in self.texts.beside]

    @cached_property
    def joined(self) -> Joined:
        """All texts of the batch as one string, so that a pattern is searched once per batch, not once per text."""
        return Joined(self.texts)


class Joined:
    """Texts joined by NUL, which JSON strings of a real dataset do not hold and no pattern matches."""

    def __init__(self, texts: Sequence[Text]) -> None:
        self.texts = texts
        strings = texts.strings if isinstance(texts, Texts) else [text.text for text in texts]
        self.starts = list(accumulate(map(len, strings), lambda at, size: at + size + 1, initial=0))[:-1]
        self.whole = "\0".join(strings)

    def at(self, start: int, end: int) -> tuple[Text, tuple[int, int]] | None:
        """The text that holds a match, and the match's offsets in it; None for one that crosses a border."""
        index = bisect.bisect_right(self.starts, start) - 1
        text = self.texts[index]
        first = start - self.starts[index]
        last = end - self.starts[index]
        return (text, (first, last)) if last <= len(text.text) else None


BatchCheck = Callable[[Batch, Context], Iterable[Problem]]


class State(Protocol):
    """What a dataset-wide rule remembers of a file: small, picklable, the same for any cut into batches."""

    def add(self, batch: Batch, context: Context) -> None:
        """Take in the next batch of the file."""

    def merge(self, later: Self) -> None:
        """Take in the state of the lines that follow."""


@dataclass
class FileResult:
    """All that is known of a file after its last batch.

    Attributes:
        index: place of the file among those checked.
        nonblank: lines that were meant to be examples; ``examples``: those that parsed to objects.
    """

    index: int
    path: str
    role: Role
    format: Format
    bytes: int
    lines: int
    nonblank: int
    examples: int
    states: dict[str, Any]


DatasetCheck = Callable[[Sequence[FileResult], Context], Iterator[tuple[int, Problem]]]
"""Runs once, over all files; yields the index of the file and the problem. An index of -1 is no file's: the job's."""

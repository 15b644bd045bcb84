"""Stage 2: the rows of a batch that declare tools and call them as they should, as columns beside the plain rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from ftlint.model import JsonPath
from ftlint.talks import SYSTEM

CALLS = "+"
"""Stands behind the role of an assistant message that calls a tool."""
TOOL = "tool"

Frame = tuple[JsonPath, str, str, bool]
"""Of a text its path, its role, its kind, and whether it is trained."""


class Toolset:
    """What a list of tools means to the rows that declare it; nearly all rows of a file declare the same.

    Attributes:
        tools: that list.
        functions: by name of each function, what tells whether arguments fit it; None where nothing is asked of them.
        descriptions: the texts in it. ``frames``: what they are.
        declared: the canonical JSON of this list and of the deprecated ``functions``, which are not there.
        tokens: what it costs, by encoding, as far as it has been counted.
    """

    __slots__ = ("declared", "descriptions", "frames", "functions", "tokens", "tools")

    def __init__(
        self,
        tools: list[Any],
        functions: dict[str, Fit | None],
        descriptions: Sequence[str],
        frames: tuple[Frame, ...],
        declared: bytes,
    ) -> None:
        self.tools = tools
        self.functions = functions
        self.descriptions = descriptions
        self.frames = frames
        self.declared = declared
        self.tokens: dict[str, int] = {}


class Fit(NamedTuple):
    """Whether arguments fit a function: the schema's own word, and the names of them, where no others are allowed."""

    is_valid: Callable[[Any], bool]
    names: frozenset[str] | None


class Course:
    """The course that a conversation takes; the rows of a file take few different ones. Compared by identity.

    Attributes:
        kinds: the role of each message, with ``CALLS`` behind it where it calls.
        frames: of each text of the messages, in order. ``roles``: of whom each is; ``trained``: whether it is.
        spots: of each message the index of its content among these texts; None where it has none.
        turns: of each message but system prompts where its texts begin and end, and where its arguments begin: None
            where it does not call.
        answer: index of the last message of the assistant; 0 where there is none, or nothing before it.
        ends_calling: that one calls.
        paths: of this message, and of its content. ``answered``: a call before it has its result.
        told: index of this content among the texts, where it calls nothing and what it answers is the text before it.
    """

    __slots__ = (
        "answer",
        "answered",
        "ends_calling",
        "frames",
        "kinds",
        "paths",
        "roles",
        "spots",
        "told",
        "trained",
        "turns",
    )

    def __init__(self, steps: Sequence[str | int]) -> None:
        calls = [type(step) is int for step in steps]
        self.kinds = tuple(["assistant" + CALLS if type(step) is int else str(step) for step in steps])
        self.spots: list[int | None] = []
        self.turns: list[tuple[int, int | None, int]] = []
        frames: list[Frame] = []
        for at, step in enumerate(steps):
            said, first = type(step) is str or int(step) % 2 == 0, len(frames)
            self.spots.append(first if said else None)
            frames.extend(_frames(at, step))
            if step not in SYSTEM:
                self.turns.append((first, first + said if calls[at] else None, len(frames)))
        self.frames = tuple(frames)
        self.roles = [frame[1] for frame in frames]
        self.trained = [frame[3] for frame in frames]
        spoken = [at for at, step in enumerate(steps) if calls[at] or step == "assistant"]
        last = spoken[-1] if spoken else 0
        self.answer = last
        self.ends_calling = calls[last]
        self.answered = TOOL in steps[:last]
        path: JsonPath = ("messages", last)
        self.paths: tuple[JsonPath, JsonPath] = (path, (*path, "content"))
        text, before = (self.spots[last], self.spots[last - 1]) if last else (None, None)
        self.told = text if text is not None and before == text - 1 and not self.ends_calling else None


def _frames(at: int, step: str | int) -> Iterator[Frame]:
    """Those of the texts of one message."""
    base: JsonPath = ("messages", at)
    if isinstance(step, str):
        yield (*base, "content"), step, "tool-result" if step == TOOL else "content", step == "assistant"
        return
    calls, silent = divmod(step, 2)
    if not silent:
        yield (*base, "content"), "assistant", "content", True
    for number in range(calls):
        yield (*base, "tool_calls", number, "function", "arguments"), "assistant", "arguments", True


course = lru_cache(maxsize=512)(Course)
"""The course of a conversation by its steps: the role of each message; of one that calls ``calling`` instead."""


def calling(calls: int, *, silent: bool) -> int:
    """How many calls a message makes, and that it has no text beside them, as one number."""
    return 2 * calls + silent


class ToolRows(NamedTuple):
    """Rows with tools, in which nothing is amiss that has to do with their shape, their tools and their calls.

    The messages have a role and a text each; or, of the assistant, calls of declared functions whose arguments fit,
    each with an id of its own; or they answer one of these calls by its id. No text but a result and what is said
    beside a call is empty. Every call is answered right away, but for those of the last message. The tools are valid.

    Attributes:
        places: which rows of the batch these are, ascending.
        texts: of the messages of all these rows, in order: each content that is a string, and the arguments of calls.
        ends: 0, and for each of these rows the number of texts up to its end.
        names: what each row calls, in order.
    """

    places: Sequence[int]
    courses: Sequence[Course]
    toolsets: Sequence[Toolset]
    texts: list[str]
    ends: list[int]
    names: Sequence[Sequence[str]]


class Asked(NamedTuple):
    """What stands before an answer of such a row; ``answered``: a call in it has its result."""

    messages: list[dict[str, Any]]
    toolset: Toolset
    answered: bool


NO_TOOL_ROWS = ToolRows((), (), (), [], [0], ())


@lru_cache(maxsize=256)
def frames_of(row: Course, toolset: Toolset) -> tuple[Frame, ...]:
    """Of each text of a row with this course and these tools."""
    return row.frames + toolset.frames

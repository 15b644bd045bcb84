"""What the moderation tests share: rows, a moderator that does as it is told, and a clock that only sleeping moves."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ftlint.model import Role, Text
from ftlint.moderation import Levels, Row
from ftlint.services.interface import Rejected, Score, ServiceError

LEVELS = Levels({"sexual/minors": 0.01, "hate/threatening": 0.05})
MARK = re.compile(r"⟦([a-z/-]+)=([0-9.]+)⟧")


def text(content: str, role: str = "user", line: int = 1, index: int = 0, kind: str = "content") -> Text:
    """One text of a chat example."""
    return Text(content, line, ("messages", index, "content"), role, kind, role == "assistant")


def row(line: int, *messages: tuple[str, str], path: str = "train.jsonl") -> Row:
    """A chat example from (role, content) pairs."""
    texts = [text(content, role, line, index) for index, (role, content) in enumerate(messages)]
    return Row(path, Role.TRAIN, line, texts)


def same(value: str) -> str:
    """A mask that hides nothing."""
    return value


def truth(value: str) -> Score:
    """The only right verdict on a string: its markers, such as ⟦hate=0.9⟧; flagged from 0.5 on."""
    scores = {"hate": 1e-5, "sexual/minors": 1e-6}
    for category, number in MARK.findall(value):
        scores[category] = max(float(number), scores.get(category, 0.0))
    flagged = tuple(category for category, score in scores.items() if score >= 0.5)
    return Score(bool(flagged), scores, flagged)


@dataclass
class Clock:
    """Stands still until someone sleeps."""

    now: float = 1_000.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


Fault = Callable[[Sequence[str]], "list[Score] | None"]
"""Raises, or answers wrongly; None means: no fault after all."""


class FakeModerator:
    """Tells the truth, except where the schedule has a fault for the next call."""

    name = "fake (nowhere)"
    model = "fake-1"

    def __init__(self, *faults: Fault | None, always: Fault | None = None) -> None:
        self.faults = list(faults)
        self.always = always
        self.calls: list[list[str]] = []
        self.closed = 0
        self.running = 0
        self.most_running = 0

    async def score(self, texts: Sequence[str]) -> list[Score]:
        self.calls.append(list(texts))
        self.running += 1
        self.most_running = max(self.running, self.most_running)
        try:
            await asyncio.sleep(0)
            fault = self.faults.pop(0) if self.faults else self.always
            wrong = fault(texts) if fault is not None else None
            return [truth(value) for value in texts] if wrong is None else wrong
        finally:
            self.running -= 1

    async def score_image(self, url: str) -> Score:
        raise Rejected("no images here", status=400)

    async def close(self) -> None:
        self.closed += 1

    @property
    def sent(self) -> list[str]:
        return [value for call in self.calls for value in call]


def fails(error: ServiceError) -> Fault:
    """A call that ends with this error."""

    def fault(_: Sequence[str]) -> list[Score] | None:
        raise error

    return fault


def refuses(offender: str) -> Fault:
    """400 for every request that holds the offender."""

    def fault(texts: Sequence[str]) -> list[Score] | None:
        if any(offender in value for value in texts):
            raise Rejected("this input is not valid", status=400)
        return None

    return fault


def one_result(texts: Sequence[str]) -> list[Score] | None:
    """The classical broken mock: a single result for any number of inputs."""
    return [Score(False, {"hate": 0.0})] if len(texts) > 1 else None

"""Moderation, stage 2: which units go first, how they share requests, and how long that will take."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from ftlint import catalog
from ftlint.moderation.limit import Limits
from ftlint.moderation.units import Kind, Unit

MOST_STRINGS = 128
CONCURRENCY = 8
_LATENCY = 0.7  # seconds per request: 90 % of recorded answers took less
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Plan:
    """What a pass would do.

    Attributes:
        segments: units before identical ones were made one; ``units`` after.
        cached: units whose verdict is known already.
        texts: units that would be sent.
        tokens: estimated tokens of those, as the service may bill them.
        requests: estimated requests.
        seconds: estimated duration. What is scored again to place a finding comes on top.
        name: the moderator: provider and host.
        rows: examples that were read.
    """

    segments: int
    units: int
    cached: int
    texts: int
    tokens: int
    requests: int
    seconds: float
    name: str
    model: str
    rows: int


@dataclass(frozen=True, slots=True)
class Pack:
    """Units that share a request."""

    units: tuple[Unit, ...]

    @property
    def tokens(self) -> int:
        """Estimated tokens of all of them."""
        return sum(unit.tokens for unit in self.units)

    def halves(self) -> tuple[Pack, Pack]:
        """The same units in two packs."""
        middle = len(self.units) // 2
        return Pack(self.units[:middle]), Pack(self.units[middle:])

    def singles(self) -> list[Pack]:
        """Every unit in a pack of its own."""
        return [Pack((unit,)) for unit in self.units]


def riskiest_first(units: Iterable[Unit]) -> list[Unit]:
    """Shared texts, then units that stand in many places, then in order of the file."""
    return sorted(units, key=lambda unit: (unit.kind is not Kind.SHARED, -len(unit.spots)))


class Packer:
    """Hands out packs from the front. How many strings a request may hold is undocumented, so it is learnt."""

    def __init__(self, units: Iterable[Unit], tokens_per_request: int) -> None:
        self._queue = deque(units)
        self._tokens = tokens_per_request
        self._strings = catalog.load_moderation().units.array_start
        self._most = MOST_STRINGS

    def next(self) -> Pack | None:
        """The next pack, or None when nothing is left. A unit that is too large by itself goes alone."""
        taken: list[Unit] = []
        tokens = 0
        while self._queue and len(taken) < self._strings:
            if taken and tokens + self._queue[0].tokens > self._tokens:
                break
            tokens += self._queue[0].tokens
            taken.append(self._queue.popleft())
        return Pack(tuple(taken)) if taken else None

    def accepted(self, strings: int) -> None:
        """A pack of so many strings was taken: a full one earns larger ones."""
        if strings >= self._strings:
            self._strings = min(self._strings * 2, self._most)

    def too_many(self, strings: int) -> None:
        """So many strings were refused although each of them is fine; never ask for as many again."""
        self._most = max(1, strings // 2)
        self._strings = min(self._strings, self._most)


def estimate(units: Iterable[Unit], limits: Limits) -> tuple[int, int, float]:
    """Tokens, requests and seconds that scoring these units takes, without latency surprises and 429s."""
    packer = Packer(riskiest_first(units), limits.tokens_per_request)
    tokens = requests = 0
    while (pack := packer.next()) is not None:
        tokens += pack.tokens
        requests += 1
        packer.accepted(len(pack.units))
    return tokens, requests, _seconds(tokens, requests, limits)


def _seconds(tokens: int, requests: int, limits: Limits) -> float:
    """The first minute's budget is there from the start; the rest comes in at the limit's pace."""
    waits = [math.ceil(requests / CONCURRENCY) * _LATENCY]
    for amount, limit in ((tokens, limits.tokens_per_minute), (requests, limits.requests_per_minute)):
        if limit:
            waits.append((amount - limit) * 60 / limit + _LATENCY)
    if limits.requests_per_day:
        waits.append(float((requests - 1) // limits.requests_per_day * _DAY))
    return max(waits) if requests else 0.0

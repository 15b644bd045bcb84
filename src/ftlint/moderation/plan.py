"""Moderation, stage 2: which units go first, how they share requests, and how long that will take."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ftlint import catalog
from ftlint.moderation.limit import Limits
from ftlint.moderation.units import Kind, Row, Unit
from ftlint.privacy import find
from ftlint.text import plural

MOST_STRINGS = 128
CONCURRENCY = 8
_LATENCY = 0.7  # seconds per request: 90 % of recorded answers took less
_DAY = 86_400
_FIRST_KINDS = (Kind.SHARED, Kind.SUBJECT)
RISKY = ("FT603", "FT612", "FT613", "FT616", "FT621", "FT622", "FT7", "FT9")
"""Offline findings of these rules make a row a likelier suspect: refusals, reasoning, jailbreaks, personas, advice,
personal data, and words that should not stand together."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a pass would do.

    Attributes:
        segments: units before identical ones were made one; ``units`` after.
        cached: units whose verdict is known already.
        texts: strings that would be sent; ``images`` beside them.
        tokens: estimated tokens of those, as the service may bill them.
        requests: estimated requests.
        seconds: estimated duration, to the very end. What is scored again to place a finding comes on top.
        name: the moderator: provider and host.
        rows: examples that were read.
        day: requests that the tier allows in a day, or None.
        spent: requests of the last 24 hours that are known.
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
    day: int | None = None
    spent: int = 0
    images: int = 0

    @property
    def sends(self) -> bool:
        """Something would be sent."""
        return bool(self.texts or self.images)

    @property
    def what(self) -> str:
        """``12 texts``, or ``12 texts and 3 images``."""
        texts = plural(self.texts, "text")
        return f"{texts} and {plural(self.images, 'image')}" if self.images else texts

    @property
    def today(self) -> int:
        """How many of the requests the day's budget still holds; the pass ends there, and is resumed another day.

        It does not sleep until then: hours of silence are no progress, and what is known by then is kept.
        """
        return self.requests if self.day is None else min(self.requests, max(self.day - self.spent, 0))


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


def is_risky(code: str) -> bool:
    """An offline finding of this rule makes its rows be scored sooner."""
    return code.startswith(RISKY)


def riskiest_first(units: Iterable[Unit], risky: Collection[tuple[int, int]] = ()) -> list[Unit]:
    """Shared texts, then subjects, then rows with a risky finding, then what stands in many places, then by the file.

    Args:
        units: in order of the file.
        risky: file number and line of the rows that an offline rule suspects.
    """

    def rank(unit: Unit) -> tuple[int, bool, int]:
        kind = _FIRST_KINDS.index(unit.kind) if unit.kind in _FIRST_KINDS else len(_FIRST_KINDS)
        suspected = bool(risky) and any((spot.file, spot.line) in risky for spot in unit.spots)
        return kind, not suspected, -len(unit.spots)

    return sorted(units, key=rank)


def personal_rows(rows: Iterable[Row], regions: Collection[str] = ()) -> int:
    """How many rows hold personal data that is to be sent; ``regions`` as for ``privacy.find``."""
    return sum(any(find(text.text, tuple(regions)) for text in row.texts) for row in rows)


class Packer:
    """Hands out packs from the front. How many strings a request may hold is undocumented, so it is learnt."""

    def __init__(self, units: Iterable[Unit], tokens_per_request: int) -> None:
        self._queue = deque(units)
        self._tokens = tokens_per_request
        self._strings = catalog.load_moderation().units.array_start
        self._most = MOST_STRINGS

    def next(self, most_tokens: int | None = None, most_strings: int | None = None) -> Pack | None:
        """The next pack, or None when nothing is left. A unit that is too large by itself goes alone.

        Args:
            most_tokens: where a request turns out to hold less than what was planned; so ``most_strings``.
        """
        taken: list[Unit] = []
        tokens, limit = 0, min(self._tokens, most_tokens or self._tokens)
        strings = min(self._strings, most_strings or self._strings)
        while self._queue and len(taken) < strings:
            if taken and tokens + self._queue[0].tokens > limit:
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


def estimate(units: Iterable[Unit], limits: Limits, spent: int = 0) -> tuple[int, int, float]:
    """Tokens, requests and seconds that scoring these units takes, without latency surprises and 429s.

    Args:
        spent: requests of the last 24 hours that are known. Beyond the day's budget the seconds count whole days.
    """
    found = list(units)
    alone = [unit for unit in found if unit.kind is Kind.IMAGE]
    packer = Packer(riskiest_first(unit for unit in found if unit.kind is not Kind.IMAGE), limits.tokens_per_request)
    tokens, requests = sum(unit.tokens for unit in alone), len(alone)
    while (pack := packer.next()) is not None:
        tokens += pack.tokens
        requests += 1
        packer.accepted(len(pack.units))
    return tokens, requests, _seconds(tokens, requests, limits, spent)


def _seconds(tokens: int, requests: int, limits: Limits, spent: int) -> float:
    """The first minute's budget is there from the start; the rest comes in at the limit's pace."""
    waits = [math.ceil(requests / CONCURRENCY) * _LATENCY]
    for amount, limit in ((tokens, limits.tokens_per_minute), (requests, limits.requests_per_minute)):
        if limit:
            waits.append((amount - limit) * 60 / limit + _LATENCY)
    if limits.requests_per_day:
        known = min(spent, limits.requests_per_day)
        waits.append(float((requests + known - 1) // limits.requests_per_day * _DAY))
    return max(waits) if requests else 0.0

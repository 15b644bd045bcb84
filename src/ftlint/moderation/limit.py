"""Moderation, stage 3: how fast strings may be sent. One gate for all workers: budgets that learn, one global pause.

The moderation endpoint sends no rate-limit headers, so the published limits of the user's tier are kept on this side;
tokens per minute is the one that binds. A bucket starts full, as the service's own does.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from ftlint import catalog
from ftlint.moderation.budget import Budget, stated

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]

_MARGIN = 0.05  # seconds that a pause may be longer than what is left of it: two clocks are never the same


@dataclass(frozen=True, slots=True)
class Limits:
    """What the service allows, per minute and per day; None where it does not say."""

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    requests_per_day: int | None = None

    @property
    def tokens_per_request(self) -> int:
        """The most that one request may hold: a request above the minute's budget could never succeed."""
        most = catalog.load_moderation().units.request_tokens
        return min(self.tokens_per_minute // 2, most) if self.tokens_per_minute else most


UNMETERED = Limits()
"""For servers that publish no limits: only their 429s tell."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One request that was let through.

    Attributes:
        trouble: how often there had been trouble by then: an answer tells something new only if there was none since.
        probe: it is the one that tries whether the trouble is over; nobody else may start until it is answered.
    """

    tokens: int
    strings: int
    trouble: int
    probe: bool


class Gate:
    """Lets requests through one after the other, as the budgets allow.

    After a 429 or an outage there is one pause for all. Who comes first when it is over sends a probe and holds the
    gate until that is answered, so that a limit is met by one client that waits and not by many that hammer.

    Attributes:
        closed: held by whoever waits for a turn, or for the answer to a probe.
        sent: requests of this pass, failed ones included.
    """

    def __init__(self, limits: Limits, clock: Clock, sleep: Sleep, jitter: Callable[[], float] = random.random) -> None:
        """Open a gate.

        Args:
            jitter: from 0 to 1; how much of the spread is added to a pause that the service did not ask for.
        """
        self.closed = asyncio.Lock()
        self.limits = limits
        self.jitter = jitter
        self.tokens = Budget(limits.tokens_per_minute, clock)
        self.requests = Budget(limits.requests_per_minute, clock)
        self.sent = 0
        self._by_strings = False
        self._clock = clock
        self._sleep = sleep
        self._trouble = 0
        self._troubled = self._reduced = False
        self._pause = self._until = 0.0

    @property
    def tokens_per_request(self) -> int:
        """The most that one request may hold, as far as is known now."""
        most = self.limits.tokens_per_request
        return most if self.tokens.rate is None else max(min(most, int(self.tokens.rate / 2)), 1)

    @property
    def strings_per_request(self) -> int | None:
        """The same in strings, where the service counts each of them as a request."""
        return None if not self._by_strings or self.requests.rate is None else max(int(self.requests.rate / 2), 1)

    async def turn(self, tokens: int, strings: int = 1) -> Turn:
        """Wait until the pause is over and one more request is within the budgets. The caller holds ``closed``."""
        while True:
            count = self._count(strings)
            if self._pause:
                await self._sit_out()
            elif (wait := max(self.tokens.wait(tokens), self.requests.wait(count))) > 0:
                await self._sleep(wait)
            else:
                break
        self.tokens.take(tokens)
        self.requests.take(count)
        self.sent += 1
        return Turn(tokens, strings, self._trouble, self._troubled)

    def answered(self, turn: Turn) -> None:
        """The service does answer: budgets grow; the trouble that this request was sent after is over."""
        if turn.trouble < self._trouble:
            return
        self._troubled = self._reduced = False
        self._pause = 0.0
        self.tokens.answered(turn.tokens)
        self.requests.answered(self._count(turn.strings))

    def refused(self, turn: Turn, words: str, *, again: bool = False) -> None:
        """A 429 with these words. Of several requests that were on their way together, the first one's counts.

        Args:
            again: it has been refused so often since that the first time was not enough.
        """
        limit = stated(words)
        self.tokens.take(-turn.tokens)  # what is refused is not used up
        if turn.trouble < self._trouble:
            return
        if self._reduced and not again:
            return  # a probe that came too early says nothing new
        self._reduced = True
        if limit is None:
            self.tokens.refused(amount=turn.tokens)
            return
        if limit.what == "requests":
            # undocumented: whether an array is one request; this is where a service would say that it is not
            self._by_strings = self._by_strings or 1 < (limit.requested or 1) <= turn.strings
        if limit.period == "min":
            budget = self.tokens if limit.what == "tokens" else self.requests
            budget.refused(limit.limit, limit.used)

    def pause(self, turn: Turn, seconds: float) -> None:
        """From now on, for so long, nothing is sent by anybody; then one probe."""
        until = self._clock() + seconds
        if not self._pause or until > self._until:
            self._pause, self._until = seconds, until
        if turn.trouble == self._trouble:
            self._trouble += 1
        self._troubled = True

    def too_large(self, tokens: int, strings: int) -> bool:
        """A request of this size is beyond what is now known to fit."""
        return tokens > self.tokens_per_request or strings > (self.strings_per_request or strings)

    def _count(self, strings: int) -> int:
        return strings if self._by_strings else 1

    async def _sit_out(self) -> None:
        """Wait as long as was asked, or what is left of it; a pause that grew meanwhile is waited for as well."""
        until = self._until
        await self._sleep(min(self._pause, max(until - self._clock() + _MARGIN, 0.0)))
        if self._until <= until:
            self._pause = 0.0

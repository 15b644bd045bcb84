"""Moderation, stage 3: how fast strings may be sent. One gate for all workers: a budget per minute, one global pause.

The moderation endpoint sends no rate-limit headers, so the published limits of the user's tier are kept on this side;
tokens per minute is the one that binds. The bucket starts full, as the service's own does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from ftlint import catalog

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]


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


class _Bucket:
    """Fills by ``rate`` per second up to a minute's worth."""

    def __init__(self, per_minute: int | None, clock: Clock) -> None:
        self._capacity = float(per_minute) if per_minute else None
        self._level = self._capacity or 0.0
        self._clock = clock
        self._at = clock()

    def wait(self, amount: float) -> float:
        """Seconds until ``amount`` is there; more than a bucketful waits for a bucketful."""
        if self._capacity is None:
            return 0.0
        now = self._clock()
        self._level = min(self._capacity, self._level + (now - self._at) * self._capacity / 60)
        self._at = now
        missing = min(amount, self._capacity) - self._level
        # a rounding error must not become a wait that a clock cannot show
        return missing * 60 / self._capacity if missing > 1e-6 else 0.0

    def take(self, amount: float) -> None:
        """Take it out; the level may go below zero."""
        self._level -= amount


class Gate:
    """Lets requests through one after the other, as the budget allows.

    Whoever met a 429 or an outage holds the gate while it waits and tries again: nobody else starts a request
    meanwhile, so that a limit is met by one client that waits and not by many that hammer.
    """

    def __init__(self, limits: Limits, clock: Clock, sleep: Sleep) -> None:
        self.closed = asyncio.Lock()
        self._tokens = _Bucket(limits.tokens_per_minute, clock)
        self._requests = _Bucket(limits.requests_per_minute, clock)
        self._sleep = sleep

    async def turn(self, tokens: int) -> None:
        """Wait until one more request with so many tokens is within the budget. The caller holds ``closed``."""
        while (wait := max(self._tokens.wait(tokens), self._requests.wait(1))) > 0:
            await self._sleep(wait)
        self._tokens.take(tokens)
        self._requests.take(1)

    async def pause(self, seconds: float) -> None:
        """Wait before another attempt. The caller holds ``closed``."""
        await self._sleep(seconds)

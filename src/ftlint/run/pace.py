"""How many answers are asked for at the same time: few at first, more while all goes well, else fewer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from ftlint.services.interface import QuotaError, ServiceError
from ftlint.services.retry import backoff

START = 8
"""Requests at the same time in the beginning."""
_GROWTH = 2
"""Places that each answer adds until the first trouble: the limit triples with every round."""


class Pace:
    """Places for requests. The limit triples with every round of answers, and halves when a request goes wrong.

    After the first trouble it grows by one per round only. A rate limit (429) stops everybody for one pause: the
    service's own ``retry-after``, or the schedule of ``services.retry``.

    Args:
        most: the limit never goes beyond it.
        pause: waits for seconds.

    Attributes:
        limit: requests that may be on their way now, rounded down.
        peak: the most that were on their way.
        pauses: taken so far.
    """

    def __init__(self, most: int, pause: Callable[[float], Awaitable[None]]) -> None:
        self.limit = float(min(START, most))
        self.peak = 0
        self.pauses = 0
        self._most = most
        self._pause = pause
        self._active = 0
        self._hurrying = True
        self._in_a_row = 0  # pauses without an answer in between
        self._deaf = 0  # outcomes of requests that were sent before the limit was halved: they tell the same trouble
        self._freed = asyncio.Event()
        self._open = asyncio.Event()
        self._open.set()

    async def take(self) -> None:
        """Wait for a place."""
        while not self._open.is_set() or self._active >= int(self.limit):
            if not self._open.is_set():
                await self._open.wait()
                continue
            self._freed.clear()
            await self._freed.wait()
        self._active += 1
        self.peak = max(self.peak, self._active)

    def give(self) -> None:
        """Give a place back."""
        self._active -= 1
        self._deaf = max(0, self._deaf - 1)
        self._freed.set()

    def answered(self) -> None:
        """A request went well."""
        self._in_a_row = 0
        self.limit = min(self._most, self.limit + (_GROWTH if self._hurrying else 1 / self.limit))

    def slower(self, error: ServiceError) -> None:
        """A request went wrong, and is going to be tried again."""
        if not error.retryable or self._deaf:
            return
        self._hurrying = False
        self._deaf = self._active
        self.limit = max(1.0, self.limit / 2)

    async def sit_out(self, error: QuotaError, *, placed: bool = True) -> bool:
        """Wait until a rate limit has passed, together with everybody else.

        Args:
            error: what the service said.
            placed: the caller holds a place, which is free for others meanwhile.

        Returns:
            False where waiting is of no use: the service asks for too long a wait, or has been waited for enough.
        """
        if not placed:
            return await self._sit_out(error)
        self.give()
        try:
            passed = await self._sit_out(error)
            await self.take()
        except BaseException:
            self._active += 1  # the caller gives back what it believes to hold
            raise
        return passed

    async def _sit_out(self, error: QuotaError) -> bool:
        if not self._open.is_set():
            await self._open.wait()
            return True
        wait = backoff(error, self._in_a_row + 1)
        if wait is None:
            return False
        self._in_a_row += 1
        self.pauses += 1
        self.slower(error)
        self._open.clear()
        try:
            await self._pause(wait)
        finally:
            self._open.set()
        return True

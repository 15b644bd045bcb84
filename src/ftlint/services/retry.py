"""Services: when to ask again. Capped back-off without jitter, so that a schedule can be told beforehand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from ftlint.services.interface import ServiceError

T = TypeVar("T")

ATTEMPTS = 8
"""Attempts per request, the first one included: with the delays below, a minute of trouble is sat out."""
MAX_WAIT = 120.0
"""Seconds. A service that asks for more is not waited for; openai's own client draws the line at the same place."""
_FIRST = 0.5
_CAP = 30.0
_CAP_UNREACHED = 4.0


def backoff(error: ServiceError, attempt: int) -> float | None:
    """Seconds to wait after the ``attempt``-th attempt (from 1) failed, or None when another one is of no use.

    The service's own ``retry_after`` wins over the schedule 0.5, 1, 2, 4, 8, 16, 30. Where nothing answered at all
    the waits stop growing at 4 seconds: no limit has to pass there, the machine is probably offline.
    """
    if not error.retryable or attempt >= ATTEMPTS:
        return None
    if error.retry_after is not None:
        return error.retry_after if error.retry_after <= MAX_WAIT else None
    return float(min(_FIRST * 2 ** (attempt - 1), _CAP_UNREACHED if error.status is None else _CAP))


def retrying(call: Callable[[], T], sleep: Callable[[float], None] = time.sleep) -> T:
    """The call's result, asked for again while the error may pass. Only for calls that are safe to repeat.

    Raises:
        ServiceError: the last one.
    """
    attempt = 1
    while True:
        try:
            return call()
        except ServiceError as error:
            delay = backoff(error, attempt)
            if delay is None:
                raise
        sleep(delay)
        attempt += 1


async def aretrying(
    call: Callable[[], Awaitable[T]],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    worth: Callable[[ServiceError], bool] = lambda _: True,
) -> T:
    """As ``retrying``, for a coroutine function; errors that are not ``worth`` it are raised at once.

    Raises:
        ServiceError: the last one.
    """
    attempt = 1
    while True:
        try:
            return await call()
        except ServiceError as error:
            delay = backoff(error, attempt) if worth(error) else None
            if delay is None:
                raise
        await sleep(delay)
        attempt += 1

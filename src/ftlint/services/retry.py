"""Services: when to ask again: what the service asks for, else a capped back-off with as much jitter as is wanted."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
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
_SPREAD = 0.25
_AS_ASKED = 3
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|[smhd]))+")
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhd])")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}


def backoff(error: ServiceError, attempt: int, jitter: float = 0.0) -> float | None:
    """Seconds to wait after the ``attempt``-th attempt (from 1) failed, or None when another one is of no use.

    The service's own ``retry_after`` wins over the schedule 0.5, 1, 2, 4, 8, 16, 30, and is kept to exactly, three
    times; it may be rounded down, or nought, so later waits are at least 0.5, 1, 2, 4. Where nothing answered at all
    the waits stop growing at 4 seconds: no limit has to pass there, the machine is probably offline.

    Args:
        jitter: from 0 to 1: so much of a quarter of the wait is added, lest clients that failed together come back
            together.
    """
    if not error.retryable or attempt >= ATTEMPTS:
        return None
    if error.retry_after is not None:
        least = _FIRST * 2 ** (attempt - _AS_ASKED - 1) if attempt > _AS_ASKED else 0.0
        return max(error.retry_after, least) if error.retry_after <= MAX_WAIT else None
    wait = min(_FIRST * 2 ** (attempt - 1), _CAP_UNREACHED if error.status is None else _CAP)
    return float(wait * (1 + _SPREAD * jitter))


def reset_after(headers: Mapping[str, str]) -> float | None:
    """Seconds until the limits of ``x-ratelimit-reset-requests`` and ``-tokens`` are full again; None without them.

    They hold durations such as ``8.64s`` or ``6m0s``. Where requests remain, they are not what to wait for (their
    reset may be a day away); tokens may be, also where some remain. Names of headers are in lower case, or the
    mapping does not mind.
    """
    requests_are_spent = headers.get("x-ratelimit-remaining-requests", "0").strip() in ("0", "")
    names = ("requests", "tokens") if requests_are_spent else ("tokens",)
    waits = [_duration(headers.get(f"x-ratelimit-reset-{name}", "").strip().lower()) for name in names]
    return max((wait for wait in waits if wait is not None), default=None)


def _duration(text: str) -> float | None:
    if not _DURATION.fullmatch(text):
        return None
    return sum(float(amount) * _SECONDS[unit] for amount, unit in _AMOUNT.findall(text))


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

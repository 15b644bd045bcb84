"""Moderation, stage 3: sends packs of strings and keeps the verdicts. What has no verdict in the end has a reason.

How failures are met: 429, 5xx and outages are waited for, by one worker for all, with at least eight attempts; an
answer with the wrong number of results is refused and every string asked for again singly; a refused array is halved
until the offender is alone; a wrong key ends the pass at once. An error is never a verdict and never reaches the cache.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from ftlint.moderation.cache import Cache
from ftlint.moderation.limit import Gate
from ftlint.moderation.plan import CONCURRENCY, Pack, Packer
from ftlint.moderation.units import Unit
from ftlint.services.interface import (
    AuthError,
    BadAnswer,
    Moderator,
    QuotaError,
    Rejected,
    Score,
    ServiceError,
    Unreachable,
)
from ftlint.services.retry import ATTEMPTS, MAX_WAIT, backoff
from ftlint.text import plural

_BAD_ATTEMPTS = 3
_HOPELESS = 8
"""So many single strings refused or badly answered, and not one verdict: the service does not do what it is asked."""
_PATIENCE = 4
"""So many requests in a row, each with all its attempts, may fail in the middle of a pass."""
_PER_STRING = frozenset({400, 413, 422})


class Progress(Protocol):
    """Is told how far a stage is."""

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """``done`` of ``total`` units of the stage have a verdict, or will not get one."""


class Reason(NamedTuple):
    """Why a unit has no verdict: the kind of failure, and the service's own words (which may differ each time)."""

    kind: str
    words: str = ""


INTERRUPTED = Reason("interrupted")


@dataclass
class Screening:
    """What is known so far; grows while the pass runs, so that an interrupted one keeps what it has.

    Attributes:
        scores: verdicts by digest; ``cached`` of them come from earlier passes.
        missing: why a unit has no verdict, by digest.
        requests: sent, failed ones included.
        stopped: the error that ended the pass early.
    """

    scores: dict[bytes, Score] = field(default_factory=dict)
    missing: dict[bytes, Reason] = field(default_factory=dict)
    cached: int = 0
    requests: int = 0
    stopped: ServiceError | None = None

    def give_up(self, units: Iterable[Unit], reason: Reason) -> None:
        """Every unit that has neither verdict nor reason gets this reason."""
        for unit in units:
            if unit.digest not in self.scores:
                self.missing.setdefault(unit.digest, reason)


async def screen(
    units: Iterable[Unit],
    texts: Mapping[bytes, str],
    moderator: Moderator,
    screening: Screening,
    *,
    cache: Cache | None,
    gate: Gate,
    tokens_per_request: int,
    stage: str = "moderation",
    progress: Progress | None = None,
) -> None:
    """Score the units that have no verdict yet, in the order given; afterwards each one has a verdict or a reason.

    Args:
        units: all units of this stage.
        texts: the strings of those without a verdict, by digest.
        screening: is added to.
        cache: takes the verdicts as they come, or None.

    Raises:
        Exception: anything that is not a ServiceError, after the other workers have ended.
    """
    everything = list(units)
    todo = [unit for unit in everything if unit.digest not in screening.scores]
    done = len(everything) - len(todo)

    def settled(count: int) -> None:
        nonlocal done
        done += count
        if progress is not None:
            progress(stage, done, len(everything))

    settled(0)
    workers = _Workers(texts, moderator, screening, cache, gate, Packer(todo, tokens_per_request), settled)
    tasks = [asyncio.create_task(workers.run()) for _ in range(min(CONCURRENCY, len(todo)))]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        error = screening.stopped
        screening.give_up(todo, describe(error) if error else INTERRUPTED)


@dataclass
class _Workers:
    """What the workers of one stage share."""

    texts: Mapping[bytes, str]
    moderator: Moderator
    screening: Screening
    cache: Cache | None
    gate: Gate
    packer: Packer
    settled: Callable[[int], None]
    answered: bool = False
    hopeless: int = 0
    outages: int = 0

    async def run(self) -> None:
        """Take packs until none is left or the pass is stopped."""
        while self.screening.stopped is None and (pack := self.packer.next()) is not None:
            await self._see_through(pack)

    async def _see_through(self, first: Pack) -> None:
        """One pack, and the smaller ones that it falls into, until every unit has a verdict or a reason."""
        queue = deque([first])
        refused = offender = False
        largest = 0
        while queue and self.screening.stopped is None:
            pack = queue.popleft()
            error = await self._send(pack)
            strings = len(pack.units)
            if error is None:
                largest = max(largest, strings)
                self.packer.accepted(strings)
                continue
            self._count(error, strings)
            if self._is_final(error):
                self.screening.stopped = self.screening.stopped or error
            elif strings == 1:
                offender = offender or isinstance(error, Rejected)
                self._lost(pack, error)
            elif isinstance(error, BadAnswer):
                queue.extend(pack.singles())
            elif isinstance(error, Rejected):  # one of the strings, or their number: halve at once, down to one
                refused = True
                queue.extendleft(reversed(pack.halves()))
            else:  # brings the service down each time: the other half first, whose answer shows that it still works
                queue.extend(pack.halves())
        if refused and not offender and not queue:
            self.packer.too_many(2 * largest)

    async def _send(self, pack: Pack) -> ServiceError | None:
        """Ask for the verdicts of one pack, and keep them; the error that remains after the attempts, or None.

        From the first failure that may pass, this worker holds the gate until it has an answer.
        """
        async with self.gate.closed:
            if self.screening.stopped is not None:
                return self.screening.stopped
            await self.gate.turn(pack.tokens)
        error = await self._attempt(pack)
        if error is None or self._pause(pack, error, 1) is None:
            return error
        async with self.gate.closed:
            attempt = 1
            while error is not None and self.screening.stopped is None:
                pause = self._pause(pack, error, attempt)
                if pause is None:
                    return error
                await self.gate.pause(pause)
                await self.gate.turn(pack.tokens)
                error = await self._attempt(pack)
                attempt += 1
        return error

    def _pause(self, pack: Pack, error: ServiceError, attempt: int) -> float | None:
        if isinstance(error, BadAnswer) and (len(pack.units) > 1 or attempt >= _BAD_ATTEMPTS):
            return None
        return backoff(error, attempt)

    async def _attempt(self, pack: Pack) -> ServiceError | None:
        """One request. Its verdicts are kept only when there is exactly one for each string."""
        self.screening.requests += 1
        try:
            scores = await self.moderator.score([self.texts[unit.digest] for unit in pack.units])
        except ServiceError as error:
            return error
        if len(scores) != len(pack.units):
            return BadAnswer(f"asked for {len(pack.units)} verdicts, got {len(scores)}")
        verdicts = {unit.digest: score for unit, score in zip(pack.units, scores, strict=True)}
        self.screening.scores.update(verdicts)
        for digest in verdicts:
            self.screening.missing.pop(digest, None)
        if self.cache is not None:
            self.cache.put(verdicts)
        self.answered = True
        self.outages = 0
        self.settled(len(verdicts))
        return None

    def _lost(self, pack: Pack, error: ServiceError) -> None:
        """These units get no verdict."""
        self.screening.give_up(pack.units, describe(error))
        self.settled(len(pack.units))

    def _count(self, error: ServiceError, strings: int) -> None:
        """Outages since the last answer, and single strings that failed before there was any answer."""
        if isinstance(error, Unreachable):
            self.outages += 1
        elif strings == 1 and not self.answered:
            self.hopeless += 1

    def _is_final(self, error: ServiceError) -> bool:
        """Nothing better can be expected of the rest: a wrong key or address, or a service that stays away.

        One refused string says nothing about the next. One pack that always makes the service fail says little either,
        as long as others are answered.
        """
        if isinstance(error, Unreachable):
            patience = _PATIENCE if self.answered else 1 if error.status is None else 2
            return self.outages >= patience
        if isinstance(error, BadAnswer) or _is_about_strings(error):
            return self.hopeless >= _HOPELESS
        return True


def _is_about_strings(error: ServiceError) -> bool:
    """The request's content was refused, not its address, model or sender."""
    return isinstance(error, Rejected) and error.status in _PER_STRING and error.code != "model_not_found"


def describe(error: ServiceError) -> Reason:
    """Why there is no verdict, as the finding says it."""
    status = f" ({error.status})" if error.status is not None else ""
    return Reason(_kind(error) + status, error.message)


def _kind(error: ServiceError) -> str:
    if isinstance(error, AuthError):
        return "the key was refused"
    if isinstance(error, QuotaError):
        if error.retryable and (error.retry_after or 0) > MAX_WAIT:
            return f"the service asks to wait {error.retry_after:.0f} s"
        return "rate limit" if error.retryable else "no quota left"
    if isinstance(error, Unreachable):
        return f"no answer in {plural(ATTEMPTS, 'attempt')}"
    return "an answer that cannot be trusted" if isinstance(error, BadAnswer) else "the service refused it"

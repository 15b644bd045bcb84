"""Moderation, stage 3: sends packs of strings and keeps the verdicts. What has no verdict in the end has a reason.

How failures are met: 429, 5xx and outages are waited for, by one worker for all, with at least eight attempts; an
answer with the wrong number of results is refused and every string asked for again singly; a refused array is halved
until the offender is alone; a wrong key ends the pass at once, and so does the end of the day's budget. An error is
never a verdict and never reaches the cache, nor does an answer that leaves out categories.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from ftlint import catalog
from ftlint.moderation.cache import Cache
from ftlint.moderation.limit import Gate, Turn
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
from ftlint.text import plural, safe

_BAD_ATTEMPTS = 3
_DOUBT = 4
"""So many refusals in a row for the rate, in spite of pauses, and it is halved once more."""
_HOPELESS = 8
"""So many single strings refused or badly answered, and not one verdict: the service does not do what it is asked."""
_PATIENCE = 4
"""So many requests in a row, each with all its attempts, may fail in the middle of a pass."""
_PER_STRING = frozenset({400, 413, 422})
_OPENAI = "openai ("


_TOO_LARGE = QuotaError("more than what is known to fit into a request", status=429)


class DaySpent(QuotaError):
    """The day's requests are used up, by this side's own count. Not waited for: the pass is resumed another day."""

    retryable = False


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
    # What OpenAI's endpoint scores is published; of others it is what their first answer scores.
    expected = frozenset(catalog.load_moderation().categories) if moderator.name.startswith(_OPENAI) else None
    packer = Packer(todo, tokens_per_request)
    workers = _Workers(texts, moderator, screening, cache, gate, packer, settled, expected)
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
    expected: frozenset[str] | None
    answered: bool = False
    hopeless: int = 0
    outages: int = 0

    async def run(self) -> None:
        """Take packs until none is left or the pass is stopped."""
        while self.screening.stopped is None and (pack := self._next()) is not None:
            await self._see_through(pack)

    def _next(self) -> Pack | None:
        return self.packer.next(self.gate.tokens_per_request, self.gate.strings_per_request)

    async def _see_through(self, first: Pack) -> None:
        """One pack, and the smaller ones that it falls into, until every unit has a verdict or a reason."""
        queue = deque([first])
        refused = offender = False
        largest = 0
        while queue and self.screening.stopped is None:
            pack = queue.popleft()
            strings = len(pack.units)
            error = await self._send(pack)
            if error is None:
                largest = max(largest, strings)
                self.packer.accepted(strings)
                continue
            if self._is_too_large(pack, error):
                queue.extendleft(reversed(pack.halves()))
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
            elif isinstance(error, QuotaError):  # too much at once, however long one waits
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
            turn = await self._turn(pack)
            if not isinstance(turn, Turn):
                return turn
            if turn.probe:
                return await self._insist(pack, await self._attempt(pack, turn, 1))
        error = await self._attempt(pack, turn, 1)
        if error is None or self._wait(pack, error, 1) is None:
            return error
        async with self.gate.closed:
            return await self._insist(pack, error)

    async def _insist(self, pack: Pack, error: ServiceError | None) -> ServiceError | None:
        """After the first attempt, all further ones. The caller holds the gate: nobody else starts meanwhile."""
        attempt = 1
        while error is not None and self._wait(pack, error, attempt) is not None:
            turn = await self._turn(pack)
            if not isinstance(turn, Turn):
                return turn
            attempt += 1
            error = await self._attempt(pack, turn, attempt)
        return error

    async def _turn(self, pack: Pack) -> Turn | ServiceError:
        """Leave to send the pack, or why nothing is sent any more."""
        if (end := self.screening.stopped or self._day_spent()) is not None:
            return end
        if self._is_too_large(pack, _TOO_LARGE):  # learnt since it was packed
            return _TOO_LARGE
        turn = await self.gate.turn(pack.tokens, len(pack.units))
        if self.cache is not None:
            self.cache.spend()
        return turn

    def _day_spent(self) -> DaySpent | None:
        """The error that ends the pass when the day's requests are used up, known ones of other passes included."""
        most = self.gate.limits.requests_per_day
        if most is None:
            return None
        spent = max(self.cache.spent() if self.cache is not None else 0, self.gate.sent)
        if spent < most:
            return None
        return DaySpent(f"{spent:,} of {most:,} in 24 hours; what is known by now is kept, the same command goes on")

    def _wait(self, pack: Pack, error: ServiceError, attempt: int) -> float | None:
        """Seconds to wait before another attempt with the same pack, or None when there is to be none."""
        return None if self._is_too_large(pack, error) else self._pause(pack, error, attempt)

    def _pause(self, pack: Pack, error: ServiceError, attempt: int) -> float | None:
        """Seconds in which nobody is to send anything, or None."""
        if isinstance(error, BadAnswer) and (len(pack.units) > 1 or attempt >= _BAD_ATTEMPTS):
            return None
        return backoff(error, attempt, self.gate.jitter())

    async def _attempt(self, pack: Pack, turn: Turn, attempt: int) -> ServiceError | None:
        """One request. Its verdicts are kept only when there is exactly one whole one for each string."""
        self.screening.requests += 1
        try:
            scores = await self.moderator.score([self.texts[unit.digest] for unit in pack.units])
            self._trust(scores, len(pack.units))
        except ServiceError as error:
            if isinstance(error, QuotaError):
                self.gate.refused(turn, error.message, again=attempt % _DOUBT == 0)
            if (seconds := self._pause(pack, error, attempt)) is not None:
                self.gate.pause(turn, seconds)
            return error
        verdicts = {unit.digest: score for unit, score in zip(pack.units, scores, strict=True)}
        self.screening.scores.update(verdicts)
        for digest in verdicts:
            self.screening.missing.pop(digest, None)
        if self.cache is not None:
            self.cache.put(verdicts)
        self.gate.answered(turn)
        self.answered = True
        self.outages = 0
        self.settled(len(verdicts))
        return None

    def _trust(self, scores: Sequence[Score], strings: int) -> None:
        """One verdict for each string, and none that leaves out a category: what was not scored is not clean.

        Raises:
            BadAnswer: it is not so.
        """
        if len(scores) != strings:
            raise BadAnswer(f"asked for {strings} verdicts, got {len(scores)}")
        if self.expected is None:
            self.expected = frozenset(scores[0].scores)
        for score in scores:
            if left_out := self.expected - score.scores.keys():
                raise BadAnswer(f"a verdict says nothing about {safe(', '.join(sorted(left_out)))[:200]}")

    def _is_too_large(self, pack: Pack, error: ServiceError) -> bool:
        """Refused for its size, as far as is known: no wait makes room for it, but it can be divided."""
        limited = isinstance(error, QuotaError) and error.retryable
        return limited and len(pack.units) > 1 and self.gate.too_large(pack.tokens, len(pack.units))

    def _lost(self, pack: Pack, error: ServiceError) -> None:
        """These units get no verdict."""
        self.screening.give_up(pack.units, describe(error))
        self.settled(len(pack.units))

    def _count(self, error: ServiceError, strings: int) -> None:
        """Outages since the last answer, and single strings that failed before there was any answer."""
        if isinstance(error, Unreachable) or _is_rate_limit(error):
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
        if _is_rate_limit(error):
            return self.outages >= _PATIENCE
        if isinstance(error, BadAnswer) or _is_about_strings(error):
            return self.hopeless >= _HOPELESS
        return True


def _is_rate_limit(error: ServiceError) -> bool:
    """A 429 that may let something smaller, or later, through."""
    return isinstance(error, QuotaError) and error.retryable and (error.retry_after or 0) <= MAX_WAIT


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
    if isinstance(error, DaySpent):
        return "the day's requests are used up"
    if isinstance(error, QuotaError):
        if error.retryable and (error.retry_after or 0) > MAX_WAIT:
            return f"the service asks to wait {error.retry_after:.0f} s"
        return "rate limit" if error.retryable else "no quota left"
    if isinstance(error, Unreachable):
        return f"no answer in {plural(ATTEMPTS, 'attempt')}"
    return "an answer that cannot be trusted" if isinstance(error, BadAnswer) else "the service refused it"

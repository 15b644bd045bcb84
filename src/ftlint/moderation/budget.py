"""Moderation, stage 3: a budget per minute that learns. A refusal makes it smaller at once, answers larger, slowly.

Published limits may be old, may be shared with other programs, and the tokens held against them are estimates. What the
words of a 429 say counts for more than either.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

_DECREASE = 0.5
_STEP = 0.05  # of the published budget, for each minute's worth of it that went through without a refusal
_SLOW_STEP = 0.01  # the same, near the last refusal and above what is published
_NEAR = 0.9
_LEAST, _MOST = 1 / 32, 4.0  # times the published budget
_REST = 10.0  # minutes' worth without growth above what is published; doubles with each refusal there
_HEADROOM = 0.99  # of what the service says is left: its figures are rounded
_STATED = re.compile(
    r"(tokens|requests) per (min|day)\w*[\s.:]*(?:\([A-Z]+\))?[\s.:]*Limit[\s:]*(\d[\d,]{0,11})"
    r"(?:\D+Used[\s:]*(\d[\d,]{0,11})\D+Requested[\s:]*(\d[\d,]{0,11}))?",
    re.IGNORECASE,
)


class Stated(NamedTuple):
    """What a 429 says of itself: "... on tokens per min (TPM): Limit 10000, Used 9000, Requested 2000. ..."."""

    what: str
    period: str
    limit: int
    used: int | None
    requested: int | None


def stated(words: str) -> Stated | None:
    """The limit that the words of a 429 name, or None."""
    match = _STATED.search(words)
    if match is None:
        return None
    limit, used, requested = (int(value.replace(",", "")) if value else None for value in match.group(3, 4, 5))
    return Stated(match[1].lower(), match[2].lower(), limit or 1, used, requested)


class Budget:
    """So much per minute: a bucket that holds a minute's worth, and learns how large that really is.

    Attributes:
        published: what the service says it allows per minute, or None.
        rate: what is used of it at present; None while nothing is known, and nothing is held back then.
    """

    def __init__(self, per_minute: int | None, clock: Callable[[], float]) -> None:
        self.published = float(per_minute) if per_minute else None
        self.rate = self.published
        self._level = self.published or 0.0
        self._clock = clock
        self._at = clock()
        self._near = self.published or 0.0  # where the last refusal came
        self._earned = 0.0
        self._rest, self._next_rest = _REST, _REST * 2
        self._calm = True  # a minute's worth was answered since the last refusal
        self._recent: deque[tuple[float, float]] = deque()
        self._sum = self._best = 0.0

    def wait(self, amount: float) -> float:
        """Seconds until ``amount`` is there; more than a bucketful waits for a bucketful."""
        if self.rate is None:
            return 0.0
        self._refill(self.rate)
        missing = min(amount, self.rate) - self._level
        # a rounding error must not become a wait that a clock cannot show
        return missing * 60 / self.rate if missing > 1e-6 else 0.0

    def take(self, amount: float) -> None:
        """Take it out, or put it back (below zero); the level may go below zero."""
        self._level -= amount
        if self.rate is None:
            self._observe(amount)

    def answered(self, amount: float) -> None:
        """So much of it was answered: the budget earns its growth."""
        if self.rate is None or self.published is None:
            return
        self._earned += amount
        if self._earned < self.rate:
            return
        self._earned -= self.rate
        self._calm = True
        if self._rest > 0 and self.rate >= self.published:
            self._rest -= 1
            return
        step = _STEP if self.rate < _NEAR * self._near else _SLOW_STEP
        self._set(self.rate + step * self.published)

    def refused(self, limit: int | None = None, used: int | None = None, amount: float = 0.0) -> None:
        """The service said that this was too much.

        A refusal above the published budget ends the experiment: back to what is published, and a longer rest before
        the next one. One that comes with figures which agree with the budget says how full the bucket is, the first
        time (another program, or an earlier pass, has used the rest). Otherwise the budget is halved.

        Args:
            limit: what the service says it allows per minute; it knows better than a table.
            used: what it says is used of that.
            amount: what was refused without a word: less than that is left, perhaps half.
        """
        if not self._learn(limit) or self.rate is None or self.published is None:
            return
        explained = limit is not None and used is not None and self._calm and self.rate <= limit
        self._near, self._earned, self._calm = self.rate, 0.0, False
        if self.rate > self.published:
            self._set(self.published)
            self._rest, self._next_rest = self._next_rest, self._next_rest * 2
        elif not explained:
            self._set(self.rate * _DECREASE)
        if limit is not None and used is not None:
            self._level = min(self._level, limit * _HEADROOM - used)
        elif amount:
            self._level = min(self._level, amount / 2)

    def _learn(self, limit: int | None) -> bool:
        """What is published, from the service's own words or from the best minute so far; False: nothing is known."""
        if limit is not None:
            self.published = float(limit)
        elif self.published is None:
            if not self._best:
                return False  # not a minute yet: the pause is all that can be learnt
            self.published = self._best
        if self.rate is None:
            self.rate = self.published
            self._level, self._at = 0.0, self._clock()
        return True

    def _observe(self, amount: float) -> None:
        """Where nothing is published: the best minute so far, once there has been a whole one."""
        now = self._clock()
        self._recent.append((now, amount))
        self._sum += amount
        while now - self._recent[0][0] >= 60:
            self._best = max(self._best, self._sum - amount)
            self._sum -= self._recent.popleft()[1]

    def _set(self, rate: float) -> None:
        assert self.published is not None
        if self.rate is not None:
            self._refill(self.rate)
        self.rate = min(max(rate, self.published * _LEAST), self.published * _MOST)
        self._level = min(self._level, self.rate)

    def _refill(self, rate: float) -> None:
        now = self._clock()
        self._level = min(rate, self._level + (now - self._at) * rate / 60)
        self._at = now

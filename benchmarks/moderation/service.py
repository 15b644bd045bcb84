"""A stand-in for the moderation endpoint: published limits, enforced in simulated time, in the real one's words."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ftlint.moderation import Limits
from ftlint.services.interface import QuotaError, Rejected, Score
from ftlint.services.openai_errors import retry_after

LATENCY = 0.47
"""Seconds: the median of recorded answers (0.27) and a round trip of 0.2."""
_MINUTE, _DAY = 60.0, 86_400.0


def billed(text: str) -> int:
    """Tokens of one string: a quarter of its ASCII characters and all other bytes, rounded up."""
    ascii_only = len(text.encode("ascii", "ignore"))
    return -(-ascii_only // 4) + len(text.encode()) - ascii_only


@dataclass
class _Bucket:
    """What the service allows in a period; comes back evenly, as its "try again in 8.64s" of 10,000 a day shows."""

    what: str
    limit: float
    period: float
    level: float
    at: float

    def lacks(self, amount: float, now: float) -> float:
        """Seconds until so much is there."""
        self.level = min(self.limit, self.level + (now - self.at) * self.limit / self.period)
        self.at = now
        return max(amount - self.level, 0.0) * self.period / self.limit

    def words(self, amount: float, wait: float) -> str:
        used = self.limit - self.level
        return (
            f"Rate limit reached for omni-moderation on {self.what}: Limit {self.limit:.0f}, Used {used:.0f}, "
            f"Requested {amount:.0f}. Please try again in {wait:.3f}s."
        )


@dataclass
class Service:
    """The moderator of a benchmark.

    Attributes:
        limits: enforced.
        by_length: an array counts as so many requests as it has strings; else as one. Which is true is undocumented.
        silent: a 429 says neither what was exceeded nor how long to wait.
        before: called before each request is looked at, for interruptions.
        requests: HTTP requests, refused ones included; ``counted`` is what the service makes of them.
        refused: answered with a 429.
        tokens: billed.
        verdicts: how often each string (by hash) got a verdict.
    """

    limits: Limits
    clock: Callable[[], float]
    by_length: bool = False
    silent: bool = False
    before: Callable[[Service], None] | None = None
    name: str = "openai (stand-in)"
    model: str = "omni-moderation-2024-09-26"
    requests: int = 0
    counted: int = 0
    refused: int = 0
    tokens: int = 0
    running: int = 0
    verdicts: Counter[bytes] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        given = (
            ("tokens per min (TPM)", self.limits.tokens_per_minute, _MINUTE),
            ("requests per min (RPM)", self.limits.requests_per_minute, _MINUTE),
            ("requests per day (RPD)", self.limits.requests_per_day, _DAY),
        )
        now = self.clock()
        self._buckets = [_Bucket(what, float(most), period, float(most), now) for what, most, period in given if most]

    async def score(self, texts: Sequence[str]) -> list[Score]:
        """One quiet verdict per string, after the latency; raises QuotaError above a limit."""
        self.requests += 1
        if self.before is not None:
            self.before(self)
        self._admit(texts)
        await asyncio.sleep(LATENCY)
        self.verdicts.update(hashlib.sha256(text.encode()).digest() for text in texts)
        return [quiet(text) for text in texts]

    def _admit(self, texts: Sequence[str]) -> None:
        tokens, requests = sum(map(billed, texts)), len(texts) if self.by_length else 1
        self.counted += requests
        amounts = [float(tokens if bucket.what.startswith("tokens") else requests) for bucket in self._buckets]
        now = self.clock()
        for bucket, amount in zip(self._buckets, amounts, strict=True):
            wait = bucket.lacks(amount, now)
            if wait > 1e-6:
                self.refused += 1
                words = "Rate limit reached." if self.silent else bucket.words(amount, wait)
                raise QuotaError(words, status=429, code="rate_limit_exceeded", retry_after=retry_after({}, words))
        for bucket, amount in zip(self._buckets, amounts, strict=True):
            bucket.level -= amount
        self.tokens += tokens

    async def score_image(self, url: str) -> Score:  # noqa: ARG002
        """There are no images here."""
        raise Rejected("no images here", status=400)

    async def close(self) -> None:
        """Nothing to close."""


def quiet(text: str) -> Score:
    """A verdict far from every level, in all categories, that depends on the text."""
    from ftlint import catalog

    digest = hashlib.sha256(text.encode()).digest()
    names = catalog.load_moderation().categories
    return Score(False, {name: digest[number] * 1e-7 + 1e-7 for number, name in enumerate(names)})

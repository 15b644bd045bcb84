"""What is measured: the script that sends one message per request, and ftlint's real pass, on the same stand-in."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.moderation.clock import Time, simulated
from benchmarks.moderation.data import examples
from benchmarks.moderation.service import Service
from ftlint.moderation import Limits, Preflight, PreflightInterrupted, Row, preflight, tier_limits
from ftlint.services.interface import QuotaError
from ftlint.settings import ModerationSettings


@dataclass(frozen=True)
class Outcome:
    """One pass.

    Attributes:
        requests: HTTP requests; ``counted`` is what the service made of them, ``refused`` those answered with a 429.
        strings: verdicts given; ``repeated``: those given for a string that had one already.
        tokens: billed.
        coverage: share of the strings that have a verdict in the end.
    """

    name: str
    requests: int
    counted: int
    refused: int
    strings: int
    repeated: int
    tokens: int
    minutes: float
    coverage: float

    def floor(self, limits: Limits) -> float:
        """Minutes that these tokens take at the published pace."""
        return self.tokens / limits.tokens_per_minute if limits.tokens_per_minute else 0.0


def naive(rows: list[Row], service: Service, time: Time) -> Outcome:
    """Message by message, one after the other; on a 429 it waits as it is told, or a second."""

    async def main() -> None:
        for row in rows:
            for text in row.texts:
                while True:
                    try:
                        await service.score([text.text])
                        break
                    except QuotaError as error:
                        await asyncio.sleep(error.retry_after or 1.0)

    return _measured("one call per message", service, time, lambda: (time.run(main), 1.0)[1])


def ours(name: str, rows: list[Row], service: Service, time: Time, cache: Path, *, tier: str = "1") -> Outcome:
    """ftlint's own pass: collecting, packing, scheduling and cache are the real ones."""

    def run() -> float:
        try:
            return _pass(rows, service, time, cache, tier).summary.coverage
        except PreflightInterrupted as stop:
            return stop.preflight.summary.coverage

    return _measured(name, service, time, run)


def _pass(rows: list[Row], service: Service, time: Time, cache: Path, tier: str) -> Preflight:
    settings = ModerationSettings(cache_dir=cache, tier=tier)
    return preflight(
        lambda: rows, service, settings, mask=lambda text: text, clock=time, sleep=asyncio.sleep, now=time.wall
    )


def _measured(name: str, service: Service, time: Time, run: Callable[[], float]) -> Outcome:
    before = (service.requests, service.counted, service.refused, service.tokens)
    known = service.verdicts.copy()
    start = time()
    coverage = run()
    minutes = (time() - start) / 60
    after = (service.requests, service.counted, service.refused, service.tokens)
    requests, counted, refused, tokens = (b - a for a, b in zip(before, after, strict=True))
    fresh = service.verdicts - known
    # naive scripts repeat within a pass, a resumed one could across passes: both are verdicts beyond the first
    repeated = sum(count if known[key] else count - 1 for key, count in fresh.items())
    return Outcome(name, requests, counted, refused, fresh.total(), repeated, tokens, minutes, coverage)


def interrupted_at(request: int) -> Callable[[Service], None]:
    """Ctrl-C, pressed when the service gets its so-manieth request."""

    def press(service: Service) -> None:
        if service.requests == request:
            service.before = None
            signal.raise_signal(signal.SIGINT)

    return press


def scenario(count: int, *, tier: str = "1", by_length: bool = False, silent: bool = False) -> list[Outcome]:
    """The script; ftlint's first pass, and one after 1 % of the rows changed; one that is interrupted, and resumed.

    Every series meets a service of its own that nobody has asked anything that day.
    """
    limits = tier_limits(tier)
    rows = examples(count)
    found: list[Outcome] = []
    with simulated() as time, tempfile.TemporaryDirectory() as folder:

        def service() -> Service:
            return Service(limits, time, by_length, silent)

        found.append(naive(rows, service(), time))
        first = service()
        found.append(ours("ftlint, first pass", rows, first, time, Path(folder, "a"), tier=tier))
        changed = examples(count, changed=count // 100)
        found.append(ours("ftlint, 1 % of the rows changed", changed, first, time, Path(folder, "a"), tier=tier))
        second = service()
        second.before = interrupted_at(found[1].requests // 2)
        found.append(ours("ftlint, interrupted half-way", rows, second, time, Path(folder, "b"), tier=tier))
        found.append(ours("ftlint, resumed", rows, second, time, Path(folder, "b"), tier=tier))
    return found

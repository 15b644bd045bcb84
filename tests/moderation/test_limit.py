"""The gate: budgets that learn from 429s, one pause for all, one probe at a time."""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from ftlint.moderation import Limits, tier_limits
from ftlint.moderation.budget import Budget, stated
from ftlint.moderation.cache import Cache
from ftlint.moderation.limit import UNMETERED, Gate
from ftlint.moderation.screen import DaySpent, Screening, screen
from ftlint.services.interface import QuotaError, Score, Unreachable
from ftlint.services.retry import backoff, reset_after

from .conftest import Clock, FakeModerator, fails
from .test_screen import run, texts, units_of

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:
    sys.path.append(str(ROOT))

from benchmarks.moderation.clock import Time  # noqa: E402
from benchmarks.moderation.service import Service  # noqa: E402

TPM = Limits(tokens_per_minute=10_000)
LONG = [f"{number} " + "x" * 1_200 for number in range(1_000)]


def test_the_words_of_a_429() -> None:
    words = (
        "Rate limit reached for text-moderation-007 in organization org-x on tokens per min (TPM): Limit 150000, "
        "Used 138657, Requested 20493. Please try again in 3.66s."
    )
    assert stated(words) == ("tokens", "min", 150_000, 138_657, 20_493)
    assert stated("on requests per day (RPD): Limit 10,000, Used 10,000, Requested 1.") == (
        "requests", "day", 10_000, 10_000, 1,
    )  # fmt: skip
    assert stated("on requests per min. Limit: 60 / min. Please try again in 1s.") == (
        "requests", "min", 60, None, None,
    )  # fmt: skip
    for silent in ("", "slow down", "tokens per min: Limit many", "Limit 5", "tokens per min (TPM): Limit 0"):
        assert stated(silent) is None or stated(silent).limit == 1  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"x-ratelimit-reset-tokens": "6m0s"}, 360.0),
        ({"x-ratelimit-reset-tokens": "120ms", "x-ratelimit-reset-requests": "8.64s"}, 8.64),
        (
            {
                "x-ratelimit-reset-tokens": "42.5s",
                "x-ratelimit-reset-requests": "14h24m0s",
                "x-ratelimit-remaining-requests": "1200",
                "x-ratelimit-remaining-tokens": "300",
            },
            42.5,
        ),
        ({"x-ratelimit-reset-requests": "1d2h", "x-ratelimit-remaining-requests": "0"}, 93_600.0),
        ({"x-ratelimit-reset-tokens": "soon"}, None),
        ({"x-ratelimit-reset-tokens": "1792000000"}, None),
        ({}, None),
    ],
)
def test_the_headers_of_a_429(headers: dict[str, str], wait: float | None) -> None:
    assert reset_after(headers) == wait


def test_waits_grow_to_a_cap_with_as_much_jitter_as_is_wanted() -> None:
    silent, down = QuotaError("slow", status=429), Unreachable("no route")
    assert [backoff(silent, n) for n in range(1, 9)] == [0.5, 1, 2, 4, 8, 16, 30, None]
    assert [backoff(silent, n, 1.0) for n in (1, 7)] == [0.625, 37.5]
    assert [backoff(down, n) for n in range(1, 8)] == [0.5, 1, 2, 4, 4, 4, 4]
    rounded_down = QuotaError("slow", status=429, retry_after=0.0)
    assert [backoff(rounded_down, n, 1.0) for n in range(1, 8)] == [0, 0, 0, 0.5, 1, 2, 4]
    assert backoff(QuotaError("slow", status=429, retry_after=12.5), 1, 1.0) == 12.5, "as asked, exactly"
    assert backoff(QuotaError("tomorrow", status=429, retry_after=121.0), 1) is None


def test_a_silent_refusal_halves_the_budget_and_answers_bring_it_back_slowly() -> None:
    clock = Clock()
    budget = Budget(10_000, clock)
    budget.refused()
    assert budget.rate == 5_000
    budget.refused()
    assert budget.rate == 2_500
    steps = []
    for _ in range(200):
        before = budget.rate
        budget.answered(budget.rate)
        steps.append(budget.rate - before)
    assert steps[0] == 500, "a twentieth of what is published, for each minute's worth"
    assert set(steps) <= {500.0, 100.0, 0.0}, "and a hundredth near the last refusal and above what is published"
    assert budget.rate > 10_000
    for _ in range(40):
        budget.refused()
    assert budget.rate == 10_000 / 32


def test_nothing_above_what_is_published_is_tried_at_first_and_a_refusal_there_ends_it_for_long() -> None:
    budget = Budget(10_000, Clock())

    def minutes_at_rest() -> int:
        count = 0
        while budget.rate == 10_000:
            budget.answered(10_000)
            count += 1
        return count

    rests = []
    for _ in range(3):
        rests.append(minutes_at_rest())
        assert budget.rate == 10_100
        budget.refused()
    assert rests == [11, 21, 41]


def test_a_refusal_with_figures_that_agree_only_corrects_what_is_left() -> None:
    clock = Clock()
    budget = Budget(10_000, clock)
    budget.take(2_000)
    budget.refused(10_000, 9_000)
    assert budget.rate == 10_000
    assert budget.wait(5_000) == pytest.approx(24.6), "with a hundredth to spare"
    budget.refused(10_000, 9_500)
    assert budget.rate == 5_000, "twice in a minute's worth: somebody else uses the same limit"


@pytest.mark.parametrize("limit", [4_000, 40_000])
def test_the_service_knows_its_limit_better_than_the_table(limit: int) -> None:
    budget = Budget(10_000, Clock())
    budget.refused(limit, limit - 100)
    assert budget.published == limit
    assert budget.rate == min(limit, 10_000)


def test_a_server_without_published_limits_is_learnt_after_a_minute() -> None:
    clock = Clock()
    budget = Budget(None, clock)
    for _ in range(30):
        budget.take(100)
        clock.now += 1
    budget.refused()
    assert (budget.rate, budget.wait(1e9)) == (None, 0.0)
    for _ in range(60):
        budget.take(100)
        clock.now += 1
    budget.refused()
    assert budget.rate == 3_000


@pytest.fixture
def time() -> Iterator[Time]:
    made = Time()
    yield made
    made.close()
    made.close()


def passed(service: Service, time: Time, contents: Sequence[str], limits: Limits, cache: Cache | None = None) -> float:
    """Minutes that a pass over these texts takes; every one of them has its verdict in the end."""
    units = units_of(*contents)
    screening = Screening()
    gate = Gate(limits, time, asyncio.sleep, random.Random(7).random)
    start = time()
    time.run(
        lambda: screen(
            units.units.values(),
            units.texts,
            service,
            screening,
            cache=cache,
            gate=gate,
            tokens_per_request=limits.tokens_per_request,
        )
    )
    assert screening.stopped is None
    assert len(screening.scores) == len(units.units)
    return (time() - start) / 60


@pytest.mark.parametrize("silent", [False, True])
@pytest.mark.parametrize("real", [2_000, 5_000, 9_000, 10_000])
def test_an_over_estimated_limit_is_corrected(time: Time, real: int, silent: bool) -> None:
    service = Service(Limits(tokens_per_minute=real), time, silent=silent)
    minutes = passed(service, time, LONG[:600], TPM)
    assert minutes < (1.3 if silent else 1.1) * service.tokens / real
    assert service.refused < service.requests / 8


def test_an_under_enforced_limit_is_exploited_only_slowly(time: Time) -> None:
    service = Service(Limits(tokens_per_minute=100_000), time)
    minutes = passed(service, time, LONG, TPM)
    floor = service.tokens / 10_000
    assert 0.9 * floor < minutes < floor, "an hour brings less than a tenth"
    assert service.refused == 0


class Watched(Service):
    """Remembers how many requests are on their way that were sent after a refusal and before the next answer."""

    troubled = False
    fresh = 0
    most_fresh = 0
    starts: list[float]

    async def score(self, texts: Sequence[str]) -> list[Score]:
        after_trouble = self.troubled
        self.fresh += after_trouble
        self.most_fresh = max(self.most_fresh, self.fresh)
        try:
            scores = await super().score(texts)
        except QuotaError:
            self.troubled = True
            raise
        finally:
            self.fresh -= after_trouble
        if after_trouble:
            self.troubled = False
        return scores


@pytest.mark.parametrize("silent", [False, True])
def test_during_a_pause_there_is_one_probe_and_nothing_else(time: Time, silent: bool) -> None:
    service = Watched(Limits(tokens_per_minute=60_000), time, silent=silent)
    passed(service, time, LONG, UNMETERED)
    assert service.refused > (3 if silent else 0), "the words of one 429 are enough to learn from"
    assert service.most_fresh == 1


def test_those_who_waited_for_the_budget_do_not_come_together_after_a_pause(time: Time) -> None:
    """A minute's pause fills the budget for all eight of them; the service is down for longer than that."""
    sent: list[float] = []
    together: list[int] = []

    class Down(FakeModerator):
        async def score(self, texts: Sequence[str]) -> list[Score]:
            sent.append(time())
            self.running += 1
            together.append(self.running)
            await asyncio.sleep(3)
            self.running -= 1
            if len(sent) >= 2 and time() < 200:
                raise Unreachable("down", status=503, retry_after=60.0)
            return await super().score(texts)

    passed(Down(), time, LONG[:200], Limits(tokens_per_minute=10_000))  # type: ignore[arg-type]
    probes = [count for at, count in zip(sent, together, strict=True) if 3 < at < 203]
    assert len(probes) >= 3
    assert set(probes) == {1}


def test_a_pause_holds_for_those_who_wait_for_the_budget_too(time: Time) -> None:
    """One worker sleeps until there are tokens again when the answer to another one's request asks for a minute."""
    sent: list[float] = []

    class Slow(FakeModerator):
        async def score(self, texts: Sequence[str]) -> list[Score]:
            sent.append(time())
            await asyncio.sleep(5)
            if len(sent) == 2:
                raise QuotaError("slow", status=429, retry_after=60.0)
            return await super().score(texts)

    limits = Limits(tokens_per_minute=10_000)
    passed(Slow(), time, LONG[:100], limits)  # type: ignore[arg-type]
    assert sent[:2] == [0, 0]
    assert sent[2] == pytest.approx(65, abs=0.1)


def test_an_array_that_counts_as_its_length_is_learnt_from_the_words_of_a_429(time: Time) -> None:
    service = Service(Limits(requests_per_minute=100, tokens_per_minute=1_000_000), time, by_length=True)
    minutes = passed(service, time, texts(1_000), Limits(requests_per_minute=100, tokens_per_minute=1_000_000))
    assert minutes < 1.25 * 1_000 / 100
    assert service.refused <= 8


def test_a_pack_above_the_real_limit_is_divided_not_repeated(time: Time) -> None:
    service = Service(Limits(tokens_per_minute=1_500), time)
    passed(service, time, LONG[:30], Limits(tokens_per_minute=100_000))
    assert service.refused < 20


def test_the_days_budget_ends_the_pass_and_its_requests_are_remembered(tmp_path: Path) -> None:
    limits = Limits(requests_per_day=10)
    now = [1e9]
    units = units_of(*(f"{number} " + "x" * 3_700 for number in range(400)))
    sent: list[str] = []
    known = 0
    for requests in (10, 0, 10):
        cache = Cache("s", tmp_path, lambda: now[0])
        moderator = FakeModerator()
        todo = units_of(*(text.removeprefix("user: ") for d, text in units.texts.items() if cache.get(d) is None))
        screening, clock, _ = run(moderator, todo, cache, limits)
        assert isinstance(screening.stopped, DaySpent)
        assert {reason.kind for reason in screening.missing.values()} == {"the day's requests are used up"}
        assert (screening.requests, cache.spent(), clock.slept) == (requests, 10, [])
        known += len(screening.scores)
        sent += moderator.sent
        cache.close()
        if requests == 0:
            now[0] += 86_400 + 61
    assert len(sent) == len(set(sent)) == known == 160


def test_without_a_cache_the_pass_counts_its_own_requests() -> None:
    screening, _, _ = run(
        FakeModerator(),
        units_of(*(f"{number} " + "x" * 3_700 for number in range(100))),
        limits=Limits(requests_per_day=3),
    )
    assert (screening.requests, isinstance(screening.stopped, DaySpent)) == (3, True)


def test_retries_count_against_the_day() -> None:
    screening, _, _ = run(
        FakeModerator(always=fails(Unreachable("down", status=503))), units_of("a"), limits=Limits(requests_per_day=3)
    )
    assert screening.requests == 3
    assert isinstance(screening.stopped, DaySpent)


def test_the_tiers_have_their_day() -> None:
    assert [tier_limits(tier).requests_per_day for tier in ("free", "1", "2")] == [5_000, 10_000, None]

"""Sending: what is done about each failure, and that no failure becomes a verdict."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from ftlint.moderation.cache import Cache
from ftlint.moderation.collect import collect
from ftlint.moderation.limit import UNMETERED, Gate, Limits
from ftlint.moderation.screen import Screening, screen
from ftlint.moderation.units import Units
from ftlint.services.interface import AuthError, BadAnswer, QuotaError, Rejected, Score, ServiceError, Unreachable

from .conftest import Clock, FakeModerator, fails, one_result, refuses, row, same, truth

SLOW = QuotaError("slow down", status=429)
DOWN = Unreachable("overloaded", status=503)


def units_of(*contents: str) -> Units:
    return collect(lambda: [row(n, ("user", content)) for n, content in enumerate(contents, 1)], same)


def texts(count: int) -> list[str]:
    return [f"text {number}" for number in range(count)]


def run(
    moderator: FakeModerator, units: Units, cache: Cache | None = None, limits: Limits = UNMETERED
) -> tuple[Screening, Clock, list[tuple[str, int, int | None]]]:
    clock = Clock()
    screening = Screening()
    told: list[tuple[str, int, int | None]] = []

    async def main() -> None:
        await screen(
            units.units.values(),
            units.texts,
            moderator,
            screening,
            cache=cache,
            gate=Gate(limits, clock, clock.sleep, lambda: 0.0),
            tokens_per_request=limits.tokens_per_request,
            progress=lambda *step: told.append(step),
        )

    asyncio.run(main())
    assert screening.requests == len(moderator.calls)
    assert len(screening.scores) + len(screening.missing) == len(units.units)
    assert all(score == truth(units.texts[digest]) for digest, score in screening.scores.items())
    return screening, clock, told


def test_every_text_is_sent_once_in_packs() -> None:
    moderator = FakeModerator()
    units = units_of(*texts(100))
    screening, clock, told = run(moderator, units)
    assert len(screening.scores) == 100
    assert sorted(moderator.sent) == sorted(units.texts.values())
    assert len(moderator.calls) <= 4
    assert clock.slept == []
    assert told[0] == ("moderation", 0, 100)
    assert told[-1] == ("moderation", 100, 100)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


def test_requests_run_side_by_side() -> None:
    moderator = FakeModerator()
    run(moderator, units_of(*(f"{number} " + "x" * 3_700 for number in range(80))))
    assert moderator.most_running == 8


def test_a_rate_limit_is_waited_for_as_the_service_asks() -> None:
    moderator = FakeModerator(fails(QuotaError("slow", status=429, retry_after=12.5)))
    screening, clock, _ = run(moderator, units_of("a", "b"))
    assert (len(screening.scores), clock.slept) == (2, [12.5])


def test_while_one_waits_nobody_else_starts() -> None:
    moderator = FakeModerator(fails(SLOW), fails(SLOW), fails(SLOW))
    run_at_the_failure: list[int] = []

    class Watching(Clock):
        async def sleep(self, seconds: float) -> None:
            await asyncio.sleep(0)
            before = len(moderator.calls)
            for _ in range(20):
                await asyncio.sleep(0)
            run_at_the_failure.append(len(moderator.calls) - before)
            await super().sleep(seconds)

    clock = Watching()
    units = units_of(*(f"{number} " + "x" * 3_700 for number in range(60)))
    screening = Screening()

    async def main() -> None:
        gate = Gate(UNMETERED, clock, clock.sleep, lambda: 0.0)
        await screen(
            units.units.values(), units.texts, moderator, screening, cache=None, gate=gate, tokens_per_request=1_000
        )

    asyncio.run(main())
    assert len(screening.scores) == 60
    assert run_at_the_failure
    assert set(run_at_the_failure) == {0}


@pytest.mark.parametrize("error", [SLOW, DOWN, Unreachable("no route")])
def test_seven_failures_are_sat_out(error: ServiceError) -> None:
    moderator = FakeModerator(*[fails(error)] * 7)
    screening, clock, _ = run(moderator, units_of("a"))
    assert len(screening.scores) == 1
    assert len(clock.slept) == 7
    assert clock.slept == sorted(clock.slept)
    assert max(clock.slept) <= 30


def test_a_dead_network_ends_the_pass_after_eight_attempts() -> None:
    moderator = FakeModerator(always=fails(Unreachable("cannot reach host: refused")))
    screening, clock, _ = run(moderator, units_of(*(f"{n} " + "x" * 3_700 for n in range(80))))
    assert screening.scores == {}
    assert {reason.kind for reason in screening.missing.values()} == {"no answer in 8 attempts"}
    assert sum(clock.slept) < 30
    assert isinstance(screening.stopped, Unreachable)
    assert len(moderator.calls) <= 8 + 8


def test_a_service_that_is_down_ends_the_pass_after_two_packs() -> None:
    moderator = FakeModerator(always=fails(DOWN))
    screening, clock, _ = run(moderator, units_of(*(f"{n} " + "x" * 3_700 for n in range(80))))
    assert screening.scores == {}
    assert screening.stopped is DOWN
    assert sum(clock.slept) == pytest.approx(2 * 61.5)


@pytest.mark.parametrize("position", [0, 11, 29])
def test_a_text_that_brings_the_service_down_is_found(position: int) -> None:
    def poison(contents: object) -> list[Score] | None:
        if "poison" in str(contents):
            raise DOWN
        return None

    moderator = FakeModerator(always=poison)
    contents = [f"{n} " + "x" * 3_700 for n in range(30)]
    contents[position] = "poison " + "x" * 3_700
    screening, _, _ = run(moderator, units_of(*contents))
    assert screening.stopped is None
    assert len(screening.scores) == 29


def test_a_service_that_goes_away_in_the_middle_ends_the_pass() -> None:
    moderator = FakeModerator(None, None, always=fails(DOWN))
    screening, clock, _ = run(moderator, units_of(*(f"{n} " + "x" * 3_700 for n in range(400))))
    assert len(screening.scores) == 16
    assert screening.stopped is DOWN
    assert sum(clock.slept) == pytest.approx(4 * 61.5, abs=2), "who failed together shares the first pause"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (AuthError("bad key", status=401), "the key was refused (401)"),
        (QuotaError("no money", status=429, code="insufficient_quota"), "no quota left (429)"),
        (QuotaError("tomorrow", status=429, retry_after=7_200.0), "the service asks to wait 7200 s (429)"),
        (Rejected("no such page", status=404), "the service refused it (404)"),
        (Rejected("no such model", status=400, code="model_not_found"), "the service refused it (400)"),
    ],
)
def test_what_cannot_get_better_ends_the_pass_at_once(error: ServiceError, kind: str) -> None:
    moderator = FakeModerator(always=fails(error))
    screening, clock, _ = run(moderator, units_of(*texts(500)))
    assert len(moderator.calls) <= 8
    assert clock.slept == []
    assert screening.stopped is error
    assert {reason.kind for reason in screening.missing.values()} == {kind}


def test_a_key_that_is_refused_later_keeps_what_is_known() -> None:
    moderator = FakeModerator(None, always=fails(AuthError("revoked", status=401)))
    screening, _, _ = run(moderator, units_of(*texts(500)))
    assert len(screening.scores) == 32
    assert len(screening.missing) == 468


def test_a_wrong_number_of_results_is_asked_for_again_singly() -> None:
    moderator = FakeModerator(always=one_result)
    screening, _, _ = run(moderator, units_of(*texts(40)))
    assert len(screening.scores) == 40
    assert {len(call) for call in moderator.calls[2:]} == {1}


def test_too_many_results_are_no_better() -> None:
    moderator = FakeModerator(lambda sent: [truth(value) for value in sent] + [Score(False, {"hate": 0.0})])
    screening, _, _ = run(moderator, units_of(*texts(3)))
    assert [len(call) for call in moderator.calls] == [3, 1, 1, 1]
    assert len(screening.scores) == 3


def test_a_single_text_without_a_usable_answer_is_given_up_after_three() -> None:
    def broken(sent: object) -> list[Score] | None:
        if "text 1" in str(sent):
            raise BadAnswer("not JSON")
        return None

    moderator = FakeModerator(always=broken)
    screening, _, _ = run(moderator, units_of(*texts(3)))
    assert len(screening.scores) == 2
    assert [str(reason.kind) for reason in screening.missing.values()] == ["an answer that cannot be trusted"]
    assert sum(call == ["user: text 1"] for call in moderator.calls) == 3


def test_a_refused_array_is_halved_until_the_offender_is_alone() -> None:
    moderator = FakeModerator(always=refuses("text 5"))
    screening, _, _ = run(moderator, units_of(*texts(32)[:5], "text 5", *texts(32)[6:]))
    assert len(screening.scores) == 31
    assert [reason.words for reason in screening.missing.values()] == ["this input is not valid"]
    assert len(moderator.calls) == 11, "1 + 2 per halving of 32"
    assert screening.stopped is None


def test_a_service_with_smaller_arrays_is_learnt() -> None:
    def at_most_ten(sent: object) -> list[Score] | None:
        if len(list(sent)) > 10:  # type: ignore[call-overload]
            raise Rejected("array too long", status=400)
        return None

    moderator = FakeModerator(always=at_most_ten)
    screening, _, _ = run(moderator, units_of(*(f"{number} " + "x" * 500 for number in range(640))))
    assert len(screening.scores) == 640
    refused = sum(len(call) > 10 for call in moderator.calls)
    assert refused <= 8 * 3, "only the first request of each worker learns"


def test_a_service_that_refuses_everything_is_left() -> None:
    moderator = FakeModerator(always=fails(Rejected("what is this", status=400)))
    screening, _, _ = run(moderator, units_of(*texts(2_000)))
    assert screening.scores == {}
    assert len(moderator.calls) < 100
    assert isinstance(screening.stopped, Rejected)


def test_errors_never_reach_the_cache(tmp_path: Path) -> None:
    units = units_of(*texts(4), "bad one")
    cache = Cache("scope", tmp_path, lambda: 1e9)
    screening, _, _ = run(FakeModerator(always=refuses("bad one")), units, cache)
    assert sorted(digest for digest in units.units if cache.get(digest) is not None) == sorted(screening.scores)
    assert len(screening.scores) == 4
    cache.close()


def test_a_bug_is_not_an_answer() -> None:
    def bug(_: object) -> list[Score] | None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(FakeModerator(always=bug), units_of(*texts(100)))


def test_the_budget_paces_the_requests() -> None:
    clock_units = units_of(*(f"{number} " + "x" * 3_700 for number in range(30)))
    screening, clock, _ = run(FakeModerator(), clock_units, limits=Limits(tokens_per_minute=10_000))
    tokens = sum(unit.tokens for unit in clock_units.units.values())
    assert len(screening.scores) == 30
    assert sum(clock.slept) == pytest.approx((tokens - 10_000) * 60 / 10_000)

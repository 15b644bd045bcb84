"""Packs, their order, the budget, and how long all that takes."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftlint.errors import ConfigError, UsageError
from ftlint.moderation import Limits, tier_limits, watch_levels
from ftlint.moderation.limit import UNMETERED, Gate
from ftlint.moderation.plan import Pack, Packer, Plan, estimate, is_risky, personal_rows, riskiest_first
from ftlint.moderation.units import Kind, Spot, Unit

from .conftest import Clock, row


def unit(number: int, tokens: int = 10, kind: Kind = Kind.EXAMPLE, places: int = 1) -> Unit:
    return Unit(number.to_bytes(32), kind, tokens, [Spot(0, line) for line in range(places)])


def drained(packer: Packer) -> list[Pack]:
    packs = []
    while (pack := packer.next()) is not None:
        packs.append(pack)
    return packs


def test_shared_texts_come_first_then_what_stands_in_many_places() -> None:
    units = [
        unit(1),
        unit(2, places=3),
        unit(3),
        unit(4, kind=Kind.SHARED, places=2),
        unit(5, kind=Kind.SHARED, places=9),
    ]
    assert [int.from_bytes(u.digest) for u in riskiest_first(units)] == [5, 4, 2, 1, 3]


def test_subjects_come_second_and_suspected_rows_third() -> None:
    def at(number: int, *lines: int, kind: Kind = Kind.EXAMPLE) -> Unit:
        return Unit(number.to_bytes(32), kind, 10, [Spot(0, line) for line in lines])

    units = [at(1, 1), at(2, 2, 9), at(3, 3), at(4, 4, 5, kind=Kind.SUBJECT), at(5, 6, kind=Kind.SHARED), at(6, 7)]
    order = [int.from_bytes(u.digest) for u in riskiest_first(units, {(0, 7), (0, 3), (1, 1)})]
    assert order == [5, 4, 3, 6, 2, 1]


@pytest.mark.parametrize(
    ("code", "risky"), [("FT701", True), ("FT905", True), ("FT613", True), ("FT601", False), ("FT114", False)]
)
def test_what_makes_a_row_a_suspect(code: str, risky: bool) -> None:
    assert is_risky(code) is risky


def test_rows_with_personal_data_are_counted_once_each() -> None:
    rows = [
        row(1, ("user", "write to mia.keller@posteo.de"), ("assistant", "mia.keller@posteo.de it is")),
        row(2, ("user", "how are you?")),
        row(3, ("assistant", "call +49 30 901820")),
    ]
    assert personal_rows(rows) == 2


def test_a_pack_holds_less_where_less_has_turned_out_to_fit() -> None:
    packer = Packer([unit(number, 100) for number in range(42)], 8_000)
    packs = [packer.next(*most) for most in ((None, None), (500, None), (8_000, 3), (50, None), (None, None))]
    assert [len(pack.units) for pack in packs if pack is not None] == [32, 5, 3, 1, 1]


def test_the_day_in_a_plan() -> None:
    def plan(requests: int, day: int | None, spent: int) -> Plan:
        return Plan(1, 1, 0, 1, 1, requests, 1.0, "n", "m", 1, day, spent)

    assert [plan(*given).today for given in ((30, None, 9), (30, 100, 0), (30, 100, 80), (30, 100, 400))] == [
        30, 30, 20, 0,
    ]  # fmt: skip
    units = [unit(number, 5_000) for number in range(11)]
    limits = Limits(requests_per_day=100)
    assert estimate(units, limits, spent=89)[2] < 60
    assert estimate(units, limits, spent=90)[2] == 86_400


@settings(deadline=None)
@given(st.lists(st.integers(1, 9_000), max_size=200), st.integers(500, 8_000))
def test_packs_hold_every_unit_once_and_stay_within_the_request(tokens: list[int], most: int) -> None:
    units = [unit(number, count) for number, count in enumerate(tokens)]
    packs = drained(Packer(units, most))
    assert [u for pack in packs for u in pack.units] == units
    assert all(pack.tokens <= most or len(pack.units) == 1 for pack in packs)
    assert all(len(pack.units) <= 32 for pack in packs)


def test_arrays_grow_while_they_are_taken_and_shrink_for_good() -> None:
    packer = Packer([unit(n, 1) for n in range(1_000)], 8_000)
    sizes = []
    for _ in range(4):
        pack = packer.next()
        assert pack is not None
        sizes.append(len(pack.units))
        packer.accepted(len(pack.units))
    assert sizes == [32, 64, 128, 128]
    packer.too_many(128)
    packer.accepted(64)
    pack = packer.next()
    assert pack is not None
    assert len(pack.units) == 64


def test_halves_and_singles() -> None:
    pack = Pack(tuple(unit(n) for n in range(5)))
    left, right = pack.halves()
    assert (left.units + right.units, len(left.units)) == (pack.units, 2)
    assert [len(single.units) for single in pack.singles()] == [1] * 5


@pytest.mark.parametrize(
    ("tier", "count", "tokens", "requests", "seconds"),
    [
        ("1", 10_000, 200, 400, 11_940.7),  # 10,000 tokens per minute bind: 3.3 hours
        ("5", 10_000, 200, 251, 180.7),
        ("free", 100, 40, 3, 0.7),
    ],
)
def test_estimates(tier: str, count: int, tokens: int, requests: int, seconds: float) -> None:
    found = estimate([unit(number, tokens) for number in range(count)], tier_limits(tier))
    assert found == (count * tokens, requests, pytest.approx(seconds))


def test_days_count_where_requests_per_day_do() -> None:
    assert estimate([unit(n, 5_000) for n in range(11)], Limits(requests_per_day=5))[2] == 2 * 86_400
    assert estimate([], tier_limits("1")) == (0, 0, 0.0)


def test_a_request_is_at_most_half_a_minutes_budget() -> None:
    assert tier_limits("1").tokens_per_request == 5_000
    assert tier_limits("5").tokens_per_request == 8_000
    assert UNMETERED.tokens_per_request == 8_000
    with pytest.raises(UsageError, match="no usage tier `9`"):
        tier_limits("9")


def test_watch_levels_are_published_and_can_be_moved() -> None:
    levels = watch_levels({"hate": 0.5, "my-own-server/category": 0.3})
    assert (levels.level("hate"), levels.level("sexual/minors"), levels.level("self-harm")) == (0.5, 0.01, 0.05)
    assert (levels.level("my-own-server/category"), levels.level("unheard-of")) == (0.3, 0.15)
    with pytest.raises(ConfigError) as caught:
        watch_levels({"sexual/minor": 0.1})
    assert caught.value.hint == "did you mean `sexual/minors`?"
    with pytest.raises(ConfigError):
        watch_levels({"hate": 1.5})


def test_the_gate_lets_through_what_the_minute_allows() -> None:
    clock = Clock()

    async def main() -> list[float]:
        gate = Gate(Limits(tokens_per_minute=6_000, requests_per_minute=None), clock, clock.sleep)
        passed = []
        for _ in range(5):
            async with gate.closed:
                await gate.turn(3_000)
            passed.append(clock.now - 1_000)
        return passed

    assert asyncio.run(main()) == pytest.approx([0, 0, 30, 60, 90])


def test_the_gate_counts_requests_and_survives_a_request_above_the_budget() -> None:
    clock = Clock()

    async def main() -> float:
        gate = Gate(Limits(tokens_per_minute=100, requests_per_minute=60), clock, clock.sleep)
        for _ in range(3):
            await gate.turn(1_000)
        return clock.now - 1_000

    assert asyncio.run(main()) == pytest.approx(2 * 600)

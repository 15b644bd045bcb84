"""The pace of requests: it grows while all is well, halves on trouble, and a rate limit stops everybody once."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from ftlint.run.pace import START, Pace
from ftlint.services.interface import QuotaError, Unreachable


class Naps:
    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        await asyncio.sleep(0)


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 30))


@pytest.mark.parametrize(("most", "start"), [(3, 3), (128, START)])
def test_it_begins_small_and_grows_to_the_most(most: int, start: int) -> None:
    async def main() -> None:
        pace = Pace(most, Naps())
        assert pace.limit == start
        for _ in range(200):
            await pace.take()
            pace.answered()
            pace.give()
        assert pace.limit == most
        assert pace.peak == 1

    run(main())


def test_no_more_are_on_their_way_than_the_limit_says() -> None:
    async def main() -> None:
        pace = Pace(4, Naps())
        most = now = 0

        async def one() -> None:
            nonlocal most, now
            await pace.take()
            now += 1
            most = max(most, now)
            await asyncio.sleep(0)
            now -= 1
            pace.give()

        await asyncio.gather(*(one() for _ in range(50)))
        assert (most, pace.peak) == (4, 4)

    run(main())


def test_one_trouble_halves_once_however_many_requests_tell_it() -> None:
    async def main() -> None:
        pace = Pace(128, Naps())
        for _ in range(8):
            await pace.take()
        for _ in range(8):
            pace.slower(Unreachable("timeout"))
        assert pace.limit == START / 2
        for _ in range(8):
            pace.give()
        pace.slower(Unreachable("timeout"))
        assert pace.limit == START / 4
        pace.answered()
        assert pace.limit == START / 4 + 1 / 2

    run(main())


def test_a_rate_limit_is_one_pause_for_all() -> None:
    async def main() -> None:
        naps = Naps()
        pace = Pace(128, naps)
        for _ in range(8):
            await pace.take()

        async def one() -> bool:
            passed = await pace.sit_out(QuotaError("429", retry_after=7.0))
            pace.give()
            return passed

        assert all(await asyncio.gather(*(one() for _ in range(8))))
        assert naps.taken == [7.0]
        assert (pace.limit, pace.pauses) == (START / 2, 1)

    run(main())


def test_pauses_in_a_row_grow_and_end_and_an_answer_begins_anew() -> None:
    async def main() -> None:
        naps = Naps()
        pace = Pace(8, naps)
        while await pace.sit_out(QuotaError("429", status=429), placed=False):
            pass
        assert naps.taken == [0.5, 1, 2, 4, 8, 16, 30]
        pace.answered()
        assert await pace.sit_out(QuotaError("429", status=429), placed=False)
        assert naps.taken[-1] == 0.5
        assert not await pace.sit_out(QuotaError("429", retry_after=900.0), placed=False)

    run(main())

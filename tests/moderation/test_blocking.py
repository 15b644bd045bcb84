"""Work that a caller waits for, where an event loop already runs: Ctrl-C ends it, whenever it comes."""

from __future__ import annotations

import asyncio
import threading

import pytest

from ftlint.moderation import blocking


def test_ctrl_c_while_the_thread_starts_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[threading.Thread] = []

    class Interrupted(threading.Thread):
        def start(self) -> None:
            made.append(self)
            super().start()
            raise KeyboardInterrupt

    async def cell() -> None:
        with pytest.raises(KeyboardInterrupt):
            blocking.run_blocking(lambda: asyncio.Event().wait())

    monkeypatch.setattr(blocking, "Thread", Interrupted)
    asyncio.run(cell())
    made[0].join(60)
    assert not made[0].is_alive()


def test_what_the_work_raises_is_raised_and_its_result_is_given() -> None:
    async def two() -> int:
        return 2

    async def failing() -> int:
        raise ValueError("no")

    async def cell() -> int:
        with pytest.raises(ValueError, match="no"):
            blocking.run_blocking(failing)
        return blocking.run_blocking(two)

    assert asyncio.run(cell()) == 2

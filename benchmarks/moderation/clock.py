"""Simulated time: an event loop that jumps to the next moment at which anything happens. Hours pass in seconds."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar
from unittest import mock

T = TypeVar("T")

EPOCH = 1_800_000_000.0


class _Selector(selectors.BaseSelector):
    """Waits for files as the real one does, but never for time."""

    def __init__(self) -> None:
        self._real = selectors.DefaultSelector()
        self.now = 0.0

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.modify(fileobj, events, data)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = self._real.select(0 if timeout is not None else None)
        if timeout is not None and timeout > 0 and not ready:
            self.now += timeout
        return ready

    def close(self) -> None:
        self._real.close()

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._simulated = _Selector()
        super().__init__(self._simulated)

    def time(self) -> float:
        return self._simulated.now


class Time:
    """Runs coroutines in simulated time, which goes on from one to the next."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner(loop_factory=_Loop)

    def __call__(self) -> float:
        """Seconds since the beginning."""
        return self._runner.get_loop().time()

    def wall(self) -> float:
        """Seconds since the epoch, as a simulated calendar has it."""
        return EPOCH + self()

    def run(self, main: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The coroutine's result; raises what it raises, and KeyboardInterrupt after Ctrl-C."""
        return self._runner.run(main())

    def close(self) -> None:
        """Close the event loop."""
        self._runner.close()


@contextmanager
def simulated() -> Iterator[Time]:
    """Moderation passes in this block run in simulated time; nothing else of them is replaced."""
    time = Time()
    try:
        with mock.patch("ftlint.moderation.preflight.run_blocking", time.run):
            yield time
    finally:
        time.close()

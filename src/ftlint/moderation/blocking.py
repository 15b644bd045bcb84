"""Moderation: asynchronous work for a caller that waits, also where an event loop already runs (a notebook)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, TypeVar

T = TypeVar("T")

_LOOK = 0.2  # seconds


def run_blocking(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """The coroutine's result. Ctrl-C cancels it, lets it clean up, and is raised again.

    Raises:
        KeyboardInterrupt: Ctrl-C.
        Exception: whatever the coroutine raises.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(main())
    return _in_a_thread(main)


def _in_a_thread(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    cancel: list[Callable[[], object]] = []
    stop = False

    async def watched() -> T:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        if task is not None:
            cancel.append(lambda: loop.call_soon_threadsafe(task.cancel))
        if stop:
            raise asyncio.CancelledError
        return await main()

    with ThreadPoolExecutor(1, thread_name_prefix="ftlint-moderation") as pool:
        future = pool.submit(lambda: asyncio.run(watched()))
        try:
            while not wait([future], _LOOK).done:  # on Windows, a wait without an end is deaf to Ctrl-C
                pass
            return future.result()
        except KeyboardInterrupt:
            stop = True
            for call in cancel:
                with contextlib.suppress(RuntimeError):  # it has just ended by itself, and its loop is closed
                    call()
            wait([future])
            raise

"""Moderation: asynchronous work for a caller that waits, also where an event loop already runs (a notebook)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, wait
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")

_LOOK = 0.2  # seconds
_START = 5.0  # seconds that a thread may take to begin


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

    done: Future[T] = Future()

    def work() -> None:
        try:
            done.set_result(asyncio.run(watched()))
        except BaseException as error:  # the caller raises it
            done.set_exception(error)

    thread = Thread(target=work, name="ftlint-moderation")
    try:
        thread.start()
        while not wait([done], _LOOK).done:  # on Windows, a wait without an end is deaf to Ctrl-C
            pass
    except KeyboardInterrupt:  # it may come before the thread is known to run, which then sees that it has to stop
        stop = True
        for call in cancel:
            with contextlib.suppress(RuntimeError):  # it has just ended by itself, and its loop is closed
                call()
        wait([done], None if thread.ident else _START)
        raise
    return done.result()

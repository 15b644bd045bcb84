"""Taking a remote step exactly once, whatever dies in between.

The step is journalled before it is taken. Where it may have happened without our knowing (the process was killed, the
connection broke), the service is asked what it has before anything is sent again, several times, because a server may
finish a request some seconds after its client died. Where that does not settle it, a person is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from ftlint.run.classify import classify
from ftlint.run.context import Run
from ftlint.services.interface import AuthError, QuotaError, Rejected, ServiceError

T = TypeVar("T")

LOOKS = (0.0, 1.0, 1.0, 2.0, 2.0, 3.0)
"""Seconds before each look for a step that may have happened: nine in all, a server may be five late."""
_TRIES = 3
_NOT_READY = re.compile(r"not (?:yet )?(?:ready|processed)|(?:still|being) process|file .*pending", re.IGNORECASE)
_READY_WAITS = (2.0, 5.0, 10.0, 20.0, 40.0, 60.0, 60.0, 60.0)


def settled(
    run: Run,
    step: str,
    *,
    answer: str | None,
    fetch: Callable[[str], T],
    find: Callable[[], T | None],
    make: Callable[[], T],
) -> T:
    """Take a remote step once: adopt what an earlier attempt left behind, else make it.

    Args:
        answer: what a person said of an earlier attempt: an id, ``none``, or None.
        fetch: the thing with an id that a person gave.
        find: the thing that an earlier attempt made, or None; raises UsageError where that cannot be told.
        make: sends the request.
    """
    attempted = step in run.state.intents
    try:
        if answer is not None and answer != "none":
            return fetch(answer)
        if attempted and answer is None and (found := _look(run, step, find)) is not None:
            return found
        for attempt in range(1, _TRIES + 1):
            try:
                return _make(run, step, make)
            except ServiceError as error:
                if attempt == _TRIES or not _may_have_happened(error):
                    raise
                run.tell(step, f"no clear answer: {error.message}; looking whether it happened", attempt=attempt)
            if (found := _look(run, step, find)) is not None:
                return found
        raise AssertionError("unreachable: the last attempt raises")
    except ServiceError as error:
        raise _step_error(run, step, error) from error


def _make(run: Run, step: str, make: Callable[[], T]) -> T:
    """Send the request; a file that is still being processed is waited for, since that refusal made nothing."""
    for wait in _READY_WAITS:
        run.journal.intent(step)
        try:
            return make()
        except Rejected as error:
            if not _NOT_READY.search(error.message):
                raise
            run.tell(step, f"waiting: {error.message}", seconds=wait)
            run.tools.sleep(wait)
    run.journal.intent(step)
    return make()


def _may_have_happened(error: ServiceError) -> bool:
    """The request may have been carried out all the same; a refusal says that it was not."""
    return not isinstance(error, (AuthError, QuotaError, Rejected))


def _look(run: Run, step: str, find: Callable[[], T | None]) -> T | None:
    for wait in LOOKS:
        run.tools.sleep(wait)
        if (found := find()) is not None:
            run.journal.note(step, adopted=getattr(found, "id", None))
            run.tell(step, "found what an earlier attempt had done", id=getattr(found, "id", None))
            return found
    return None


def _step_error(run: Run, step: str, error: ServiceError) -> Exception:
    if isinstance(error, Rejected):
        return run.refused(step, classify(error))
    return run.service_failed(step, error)

"""Beside all stages: how often Python looks for dead cycles while a command runs, and that it does not at its end."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

COLLECT_AFTER = 50_000
"""Objects made and not freed before dead cycles are looked for."""


@contextmanager
def few_collections() -> Iterator[None]:
    """Look for dead cycles less often: parsed rows are trees, and what is looked through is the data of all rows."""
    before = gc.get_threshold()
    if before[0]:
        gc.set_threshold(max(before[0], COLLECT_AFTER), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def for_one_command() -> None:
    """For a process that runs one command and ends: look less often, and at its end, when all memory is given back, not
    at all. Of a check of ten rows it took a sixth of the time."""
    gc.set_threshold(max(gc.get_threshold()[0], COLLECT_AFTER), *gc.get_threshold()[1:])
    atexit.register(gc.freeze)

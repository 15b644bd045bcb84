"""Beside stage 3: how often Python looks for dead cycles while rows are judged."""

from __future__ import annotations

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

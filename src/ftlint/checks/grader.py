"""FT1, reinforcement: what the grader reads of a row has to be there, in every row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ftlint.checks.base import Batch, Context
from ftlint.model import Format, Problem


def fields(batch: Batch, context: Context) -> Iterator[Problem]:
    """FT162, where the grader of the job is known: once for each field that a row does not have."""
    wanted = context.settings.job.grader_fields if context.settings.job else ()
    if batch.format is not Format.REINFORCEMENT or not wanted:
        return
    paths = [(name, name.split(".")) for name in dict.fromkeys(wanted)]
    for example in batch.examples:
        for name, steps in paths:
            if not _holds(example.value, steps):
                yield Problem("FT162", example.line.number, (), values={"field": name})


def _holds(value: Any, steps: list[str]) -> bool:
    for step in steps:
        if isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            return False
    return True

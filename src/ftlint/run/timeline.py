"""When each stage of a run began and ended, and what it left at the service; from the journal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ftlint.run.files import read_log
from ftlint.run.journal import fold

STAGES = ("convert", "check", "gate", "baseline", "upload", "submit", "follow", "evaluate", "compare")
_OF_A_JOB = ("submit", "follow", "evaluate")
_IDS = {
    "upload": ("train", "validation"),
    "submit": ("job_id",),
    "follow": ("fine_tuned_model",),
    "baseline": ("model",),
    "evaluate": ("model",),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One stage.

    Attributes:
        began, ended: seconds since 1970; ``ended`` is None for a stage that did not come to its end.
        ids: what the service called the things that the stage made or used.
    """

    stage: str
    began: float
    ended: float | None
    ids: tuple[str, ...]


def timeline(journal: Path) -> tuple[Step, ...]:
    """The stages in the order of a run; those that never began are left out.

    Raises:
        UsageError: the journal is damaged.
        InputError: it cannot be read.
    """
    return tuple(_steps(read_log(journal)))


def _stages(records: list[dict[str, Any]]) -> list[str]:
    """The names of the stages; those of each job of a sweep stand where those of a single job would."""
    numbers = fold(records).jobs()
    if not numbers:
        return list(STAGES)
    before, after = STAGES[: STAGES.index(_OF_A_JOB[0])], STAGES[STAGES.index(_OF_A_JOB[-1]) + 1 :]
    return [*before, *(f"{stage}@{number}" for number in numbers for stage in _OF_A_JOB), *after]


def _steps(records: list[dict[str, Any]]) -> Iterable[Step]:
    for stage in _stages(records):
        own = [record for record in records if record.get("stage") == stage]
        times = [float(record["at"]) for record in own if isinstance(record.get("at"), int | float)]
        if not times:
            continue
        done = next((record for record in reversed(own) if record.get("event") == "done"), None)
        data = (done or {}).get("data") or {}
        ids = tuple(str(data[key]) for key in _IDS.get(stage.partition("@")[0], ()) if data.get(key))
        yield Step(stage, times[0], float(done["at"]) if done else None, ids)

"""Measures commands: each in a process of its own, in alternating rounds, so that a slow minute slows all alike."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LAUNCH = Path(__file__).with_name("launch.py")


@dataclass(frozen=True)
class Sample:
    """What one run took: wall and CPU time in seconds, the largest process in bytes."""

    wall: float
    cpu: float
    peak: int


@dataclass(frozen=True)
class Thing:
    """Something to measure.

    Attributes:
        name: what the table calls it.
        command: the program and its arguments.
        rows: rows of the corpus, 0 where the figure per row means nothing.
        part: rows of the file that the command gets, where that is the beginning of the corpus and time is scaled.
        small: the same command on ten rows, for the start-up time, which is not scaled.
        mark: time ends with the first line of output that holds it.
        before: done before each run, outside the measurement.
        environment: what it needs beyond the usual; None takes a variable away.
        codes: exit codes of a run that went well.
    """

    name: str
    command: Sequence[str]
    rows: int = 0
    part: int | None = None
    small: Sequence[str] = ()
    mark: str = ""
    before: Callable[[], None] | None = None
    environment: Mapping[str, str | None] = field(default_factory=dict)
    codes: frozenset[int] = frozenset({0})


def run(command: Sequence[str], environment: Mapping[str, str | None], log: Path, mark: str = "") -> tuple[Sample, int]:
    """One run and its exit code; what it printed is in the log."""
    every = {**os.environ, **environment}
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(LAUNCH), str(log), mark, *command],
        env={name: value for name, value in every.items() if value is not None},
        cwd=log.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr[-2000:]}")
    told = json.loads(done.stdout)
    return Sample(told["wall"], told["cpu"], told["peak"]), told["code"]


def once(thing: Thing, log: Path) -> Sample:
    """One run of a thing, scaled to the whole corpus.

    Raises:
        RuntimeError: it ended with an exit code that is not among those of a good run.
    """
    if thing.before:
        thing.before()
    sample, code = run(thing.command, thing.environment, log, thing.mark)
    if code not in thing.codes:
        said = log.read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"{thing.name} ended with {code}: {said[-2000:]}")
    if not thing.part:
        return sample
    start, _ = run(thing.small, thing.environment, log)
    return scaled(sample, start, thing.rows / thing.part)


def scaled(sample: Sample, start: Sample, factor: float) -> Sample:
    """Time beyond the start-up grows with the rows; memory is left as it was measured, which favours the thing."""
    return Sample(
        start.wall + max(0.0, sample.wall - start.wall) * factor,
        start.cpu + max(0.0, sample.cpu - start.cpu) * factor,
        sample.peak,
    )


def rounds(things: Sequence[Thing], count: int, folder: Path, tell: Callable[[str], None]) -> dict[str, list[Sample]]:
    """A, B, C, A, B, C, ...: the samples by the name of the thing."""
    taken: dict[str, list[Sample]] = {thing.name: [] for thing in things}
    for number in range(1, count + 1):
        for thing in things:
            tell(f"round {number} of {count}: {thing.name}")
            taken[thing.name].append(once(thing, folder / "log.txt"))
    return taken


def median(samples: Sequence[Sample]) -> Sample:
    """The median of each figure by itself."""
    return Sample(
        statistics.median(each.wall for each in samples),
        statistics.median(each.cpu for each in samples),
        int(statistics.median(each.peak for each in samples)),
    )

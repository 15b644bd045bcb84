"""ftlint, the floor and the notebook's algorithm on the large files of each kind."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from benchmarks.speed import floor
from benchmarks.speed.measure import Thing
from benchmarks.speed.section import VOCABULARY, Goal, Plan, Ratio, Section, titled

ALL = "ftlint, all rules"
FAR = "ftlint without near-duplicates"
TWO = "ftlint, all rules, two processes"
FLOOR = "the floor"
NOTEBOOK = "the notebook's algorithm"


def english(plan: Plan) -> Section:
    """The corpus that most promises are about."""
    return _compared(plan, "english")


def japanese(plan: Plan) -> Section:
    """The same in Japanese."""
    return _compared(plan, "japanese")


def tools(plan: Plan) -> Section:
    """Tool calls, which the notebook's algorithm dies of."""
    return _beside_the_floor(plan, "tools", plan.rows)


def long(plan: Plan) -> Section:
    """Few rows of many turns."""
    return _beside_the_floor(plan, "long", max(plan.rows // 50, 20))


def floor_of(plan: Plan, path: Path, rows: int) -> Thing:
    """Read, parse, count."""
    command = [sys.executable, str(Path(floor.__file__)), str(path), str(VOCABULARY)]
    return Thing(FLOOR, command, rows, environment=plan.environment)


def notebook_of(plan: Plan, path: Path, rows: int) -> Thing:
    """Everything that the cells of the notebook compute."""
    command = [sys.executable, "-m", "benchmarks.notebook", str(path)]
    return Thing(NOTEBOOK, command, rows, environment=plan.environment)


def _compared(plan: Plan, kind: str) -> Section:
    path, rows = plan.corpus(kind, plan.rows), plan.rows
    things = [
        floor_of(plan, path, rows),
        plan.ftlint(FAR, path, "--jobs", "1", "--ignore", "FT502,FT505", rows=rows),
        plan.ftlint(ALL, path, "--jobs", "1", rows=rows),
        plan.ftlint(TWO, path, "--jobs", "2", rows=rows),
        notebook_of(plan, path, rows),
    ]
    ratios = [
        Ratio(FAR, FLOOR, Goal("most", 2.0)),
        Ratio(ALL, FLOOR, Goal("most", 3.0)),
        Ratio(ALL, TWO, Goal("least", 1.7)),
        Ratio(NOTEBOOK, ALL, Goal("least", 3.5)),
        Ratio(NOTEBOOK, TWO, Goal("least", 6.0)),
        Ratio(TWO, None, Goal("most", 400), "peak"),
    ]
    return Section(titled(path, rows, kind), things, ratios, lambda: _alike(plan))


def _beside_the_floor(plan: Plan, kind: str, rows: int) -> Section:
    path = plan.corpus(kind, rows)
    things = [floor_of(plan, path, rows), plan.ftlint(ALL, path, "--jobs", "1", rows=rows)]
    return Section(titled(path, rows, kind), things, [Ratio(ALL, FLOOR)])


def _alike(plan: Plan) -> Iterable[str]:
    """Whether the number of processes shows in the report."""
    one, two = (plan.report(name).read_bytes() for name in (ALL, TWO))
    yield f"The reports of one and of two processes are {'identical' if one == two else 'NOT identical'}."

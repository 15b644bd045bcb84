"""``ftlint runs compare``: several finished runs side by side, and their tuned models paired example by example."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ftlint.errors import UsageError
from ftlint.reports.figures import dollars
from ftlint.run.convert import HELDOUT
from ftlint.run.files import sha256_file
from ftlint.run.metrics import TITLES
from ftlint.run.report import TUNED
from ftlint.run.stats import Paired, paired


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run: its tuned model's mean scores (0 to 100) and what its training cost (USD, None is unknown)."""

    run_id: str
    rehearsal: str | None
    model: str
    tuned_model: str
    scores: dict[str, float]
    n: int
    verdict: str
    usd: float | None


@dataclass(frozen=True, slots=True)
class Across:
    """Runs in the order in which they were named.

    Attributes:
        differences: per later run, its tuned model minus the first run's, by metric; None where the two were not
            evaluated on the same held-out examples, so that no pairing means anything.
    """

    rows: tuple[RunRow, ...]
    differences: tuple[dict[str, Paired] | None, ...]


def compare_runs(folders: Sequence[Path], seed: int = 42) -> Across:
    """Compare finished runs.

    Args:
        folders: at least two (see ``runs.find_run``).
        seed: of the bootstrap.

    Raises:
        UsageError: fewer than two, or a run that is not finished.
    """
    if len(folders) < 2:
        raise UsageError("there is nothing to compare with one run", "ftlint runs compare ID ID")
    reports = [_report(folder) for folder in folders]
    heldout = [sha256_file(folder / HELDOUT)[0] for folder in folders]
    differences = [
        _difference(report, reports[0], seed) if digest == heldout[0] else None
        for report, digest in zip(reports[1:], heldout[1:], strict=True)
    ]
    return Across(tuple(_row(report) for report in reports), tuple(differences))


def _report(folder: Path) -> dict[str, Any]:
    path = folder / "report.json"
    try:
        tree: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise UsageError(f"the run {folder.name} is not finished", f"ftlint run --resume {folder.name}") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {path}: {error}", f"ftlint run --resume {folder.name} writes it again") from None
    return tree


def _row(report: dict[str, Any]) -> RunRow:
    tuned = next(row for row in report["systems"] if row["name"] == TUNED)
    return RunRow(
        run_id=report["run_id"],
        rehearsal=report["rehearsal"],
        model=report["model"],
        tuned_model=report["tuned_model"],
        scores=tuned["scores"],
        n=tuned["n"],
        verdict=report["verdict"],
        usd=report["spending"]["trained"],
    )


def _difference(left: dict[str, Any], right: dict[str, Any], seed: int) -> dict[str, Paired]:
    one, other = left["examples"], right["examples"]
    both = [key for key in one if TUNED in one[key] and TUNED in other.get(key, {})]
    metrics = [metric for metric in left["metrics"] if metric in right["metrics"]]

    def compare(metric: str) -> Paired:
        pairs = [(one[key][TUNED].get(metric), other[key][TUNED].get(metric)) for key in both]
        return paired([left - right for left, right in pairs if left is not None and right is not None], seed)

    return {metric: compare(metric) for metric in metrics}


def lines(across: Across) -> Iterator[str]:
    """The comparison as plain text: a line per run, then its difference to the first one."""
    for row in across.rows:
        scores = ", ".join(f"{TITLES.get(metric, metric)} {score:.2f}" for metric, score in row.scores.items())
        usd = "cost unknown" if row.usd is None else dollars(row.usd)
        verdict = "no verdict" if row.verdict == "none" else f"{row.verdict} than its base model"
        yield f"{row.run_id}  {row.tuned_model}  n {row.n}  {scores}  {usd}  {verdict}"
        if row.rehearsal:
            yield f"  {row.rehearsal}"
    for row, difference in zip(across.rows[1:], across.differences, strict=True):
        yield f"{row.run_id} - {across.rows[0].run_id}"
        if difference is None:
            yield "  not paired: they were evaluated on different held-out examples"
        else:
            yield from (f"  {_told(metric, one)}" for metric, one in difference.items())


def _told(metric: str, one: Paired) -> str:
    title = TITLES.get(metric, metric)
    if one.mean is None or one.low is None or one.high is None:
        return f"{title}: {one.n} answered by both"
    verdict = one.verdict or "no verdict"
    counts = f"{one.wins} better, {one.ties} equal, {one.losses} worse"
    return f"{title}: {one.mean:+.2f} ({one.low:+.2f} to {one.high:+.2f}), {counts}: {verdict}"

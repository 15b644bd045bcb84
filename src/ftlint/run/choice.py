"""The stage ``report`` of a sweep: which job's model is reported as the tuned one, and what that choice is worth.

The best of k on the same held-out examples looks better than it is. That is said, and the intervals of all jobs against
the base model are widened (Bonferroni: 1 - 0.05 / k each), so that they hold together at 95 %.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from ftlint.reports.figures import percent
from ftlint.run import costs
from ftlint.run.context import Run
from ftlint.run.metrics import TITLES
from ftlint.run.report import BASE, FAILED, LEFT, TUNED, SweepLine
from ftlint.run.scores import Table, difference
from ftlint.run.stats import CONFIDENCE, Paired
from ftlint.run.systems import trained
from ftlint.text import plural, safe

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Choice:
    """What is reported as the tuned model.

    Attributes:
        run: the run; ``job`` is its job that made the model: in a run with one job, the run itself.
        gains: of the evaluated jobs of a sweep, against the base model by the gate's metric; ``scores``: their means.
        confidence: of the intervals against the base model.
    """

    run: Run
    job: Run
    gains: dict[str, Paired]
    scores: dict[str, float]
    confidence: float = CONFIDENCE

    def renamed(self, found: Mapping[str, T]) -> dict[str, T]:
        """The systems with the chosen one called ``tuned``, right after the base model."""
        first = {name: found[name] for name in (BASE, self.job.system) if name in found}
        rest = {name: value for name, value in found.items() if name not in first}
        return {TUNED if name == self.job.system else name: value for name, value in (first | rest).items()}

    def confidence_against(self, name: str) -> float:
        """Of the intervals of tuned against another system."""
        return self.confidence if name == BASE else CONFIDENCE

    @property
    def told(self) -> str:
        """How the model was chosen; empty for a run with one job."""
        if self.job.number is None:
            return ""
        if len(self.gains) == 1:
            return f"job {self.job.number}, the only one of the sweep that was evaluated"
        return f"job {self.job.number}, the best of {len(self.gains)} on these same examples, an optimistic choice"

    def notes(self) -> Iterator[str]:
        """What a reader of a sweep must know."""
        if self.job.number is None:
            return
        count = len(self.gains)
        if count > 1:
            metric = TITLES[self.run.spec.gate.metric]
            yield (
                f"tuned is job {self.job.number}, the best of {count} by {metric} on the same held-out examples;"
                " choosing it so is optimistic, and its gain on new examples is likely to be smaller: the intervals of"
                f" the jobs against the base model are of {percent(self.confidence)}, so that they hold together"
                f" at {percent(CONFIDENCE)} (Bonferroni); examples that no job was chosen on would tell more"
            )
        found = self.run.state.done["jobs"]
        failed = [one for one in found["jobs"] if one["status"] == FAILED]
        for one in failed:
            yield f"job {one['job']} failed, and what it cost is not known: {safe(one['why'])}"
        left = [str(one["job"]) for one in found["jobs"] if one["status"] == LEFT]
        if left:
            named = f"{plural(len(left), 'job')} of the sweep ({', '.join(left)})"
            yield f"{named} not begun: {safe(str(found['stopped']))}"

    def lines(self) -> tuple[SweepLine, ...]:
        """A line per job of a sweep."""
        if self.job.number is None:
            return ()
        planned = costs.job_costs(self.run)
        return tuple(self._line(found, planned[found["job"] - 1]) for found in self.run.state.done["jobs"]["jobs"])

    def _line(self, found: Mapping[str, str | int], planned: costs.JobCost) -> SweepLine:
        number = int(found["job"])
        job = self.run.job(number)
        done = job.state.done
        why = found.get("why")
        return SweepLine(
            job=number,
            changes=self.run.spec.train.sweep[number - 1].told,
            status=str(found["status"]),
            why=None if why is None else str(why),
            job_id=done.get("submit", {}).get("job_id"),
            tuned_model=done.get("follow", {}).get("fine_tuned_model"),
            score=self.scores.get(job.system),
            gain=self.gains.get(job.system),
            planned=planned.usd,
            trained=costs.trained_usd(job, planned),
            best=number == self.job.number,
        )


def choose(run: Run, tables: Mapping[str, Table]) -> Choice:
    """The job with the largest mean gain over the base model by the gate's metric; of equal ones the first.

    Args:
        run: whose jobs have answered.
        tables: scores by system, the jobs of a sweep under their own names.
    """
    jobs, metric = trained(run), run.spec.gate.metric
    if not run.spec.train.sweep:
        return Choice(run, run, {}, {})
    confidence = 1 - (1 - CONFIDENCE) / len(jobs)
    seed = run.spec.dataset.seed
    gains = {name: difference(name, BASE, tables, (metric,), seed, confidence).metrics[metric] for name in jobs}
    scored = {name: [row.mean[metric] for row in tables[name].values() if metric in row.mean] for name in jobs}
    scores = {name: sum(values) / len(values) for name, values in scored.items() if values}

    def rank(name: str) -> float:
        mean = gains[name].mean
        return float("-inf") if mean is None else mean

    return Choice(run, jobs[max(jobs, key=rank)], gains, scores, confidence)

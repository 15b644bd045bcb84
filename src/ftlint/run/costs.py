"""What a run is going to cost, before any money is spent: each training job, and every answer of the evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ftlint import pricing
from ftlint.model import Role
from ftlint.run import grading
from ftlint.run.context import Run
from ftlint.run.spec import TrainSpec
from ftlint.settings import Price

CHECKPOINTS = 3
"""Checkpoints of one job that are evaluated, the latest: OpenAI keeps those of the last three epochs."""
_BYTES_PER_TOKEN = 2
"""Of the judge's instructions: fewer than in any script, so that the estimate is an upper one."""
_QUOTED = 1.5
"""A judge reads texts as JSON, whose quotes and escapes are tokens, too."""


@dataclass(frozen=True, slots=True)
class JobCost:
    """One training job. ``usd`` and ``tokens`` are None where they are not known; ``epochs`` may be an estimate."""

    epochs: int | None
    estimated: bool
    tokens: int | None
    usd: float | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the answers of one evaluation may cost.

    Attributes:
        completions: answers that will be asked for; ``grades`` are the judge's on top of them, at most.
        parts: what is paid for (``base and tuned models``, ``checkpoints``, a comparison's name, ``judge``) to an upper
            estimate in USD, or None where a price is not known.
    """

    completions: int
    grades: int
    parts: dict[str, float | None]

    @property
    def usd(self) -> float | None:
        """All parts together, or None where one of them is not known."""
        known = [usd for usd in self.parts.values() if usd is not None]
        return sum(known) if len(known) == len(self.parts) else None

    @property
    def unknown(self) -> list[str]:
        """The parts without a price."""
        return [name for name, usd in self.parts.items() if usd is None]


def job_costs(run: Run) -> list[JobCost]:
    """Each job that a run is going to create: the one of ``[train]``, or those of its sweep in their order."""
    cost: Mapping[str, Any] = run.state.done["check"]["cost"] or {}
    checked = JobCost(
        cost.get("epochs"), bool(cost.get("estimated_epochs")), cost.get("billed_tokens"), cost.get("usd")
    )
    return [_scaled(run, checked, entry.train) for entry in run.spec.train.sweep] or [checked]


def _scaled(run: Run, checked: JobCost, train: TrainSpec) -> JobCost:
    """The cost of a job that differs from the checked one in its epochs."""
    asked = train.hyperparameters.get("n_epochs")
    estimated = not isinstance(asked, int)
    found = run.checked(Role.TRAIN)
    if checked.tokens is None or not checked.epochs or found is None:
        return JobCost(None if estimated else asked, estimated, None, checked.usd if checked.usd == 0 else None)
    epochs = asked if isinstance(asked, int) else pricing.default_epochs(found["examples"])
    tokens = checked.tokens // checked.epochs * epochs
    usd = None if checked.usd is None else checked.usd * epochs / checked.epochs
    return JobCost(epochs, estimated, tokens, usd)


def trained_tokens(job: Run) -> int | None:
    """What the service says that a job was trained on; None where it says nothing, or the job did not succeed."""
    found = job.state.done.get("follow", {}).get("trained_tokens")
    return None if found is None else int(found)


def trained_usd(job: Run, planned: JobCost) -> float | None:
    """The same at the planned price."""
    tokens = trained_tokens(job)
    if planned.usd is None or not planned.tokens or tokens is None:
        return None
    return planned.usd / planned.tokens * tokens


def training(costs: list[JobCost]) -> float | None:
    """All jobs together in USD, or None where one is not known."""
    known = [cost.usd for cost in costs if cost.usd is not None]
    return sum(known) if len(known) == len(costs) else None


def evaluation(run: Run, jobs: int | None = None) -> Evaluation:
    """The answers of everything that is evaluated, for a run whose check is done.

    An upper estimate: an example's tokens in (those of the file that the job sees, its answer included) and
    ``max_tokens`` out, base model and checkpoints at the tuned model's prices. A comparison model and the judge have
    their own; a server of one's own is not taken to cost nothing, unless ``price`` or ``[price]`` says so.

    Args:
        jobs: how many tuned models there will be; None for all that the run file asks for.
    """
    asked = run.spec.evaluate
    examples: int = run.state.done["convert"]["heldout"]["examples"]
    tuned = len(run.spec.train.sweep) or 1 if jobs is None else jobs
    points = tuned * CHECKPOINTS if asked.checkpoints else 0
    own = run.tools.price(run.services.completer.provider, run.model)
    parts = {"base and tuned models": _answers(run, own, examples * (1 + tuned))}
    if points:
        parts["checkpoints"] = _answers(run, own, examples * points)
    for entry in asked.compare:
        price = entry.price or run.tools.price(entry.service.provider, entry.model)
        parts[entry.name] = _answers(run, price, examples)
    completions = examples * (1 + tuned + points + len(asked.compare))
    grades = completions if asked.judge is not None else 0
    if grades:
        parts["judge"] = _grades(run, grades)
    return Evaluation(completions, grades, parts)


def _per_example(run: Run) -> float | None:
    """Tokens of one example, question and answer."""
    last = run.checked(Role.VALIDATION) or run.checked(Role.TRAIN)
    if last is None or last["tokens"] is None or not last["examples"]:
        return None
    return float(last["tokens"] / last["examples"])


def _answers(run: Run, price: Price | None, count: int) -> float | None:
    return _usd(_per_example(run), run.spec.evaluate.max_tokens, price, count)


def _grades(run: Run, count: int) -> float | None:
    judge, tokens = run.spec.evaluate.judge, _per_example(run)
    if judge is None or tokens is None:
        return None
    instructions = len((judge.prompt or grading.INSTRUCTIONS).encode()) / _BYTES_PER_TOKEN
    read = instructions + _QUOTED * (tokens + run.spec.evaluate.max_tokens)
    return _usd(read, judge.max_tokens, grading.price(run), count)


def _usd(read: float | None, written: int, price: Price | None, count: int) -> float | None:
    if read is None or price is None or price.input is None or price.output is None:
        return None
    return count * (read * price.input + written * price.output) / 1_000_000

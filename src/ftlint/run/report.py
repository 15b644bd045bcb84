"""What a run found, as one record: figures, verdict, spending; and its JSON. Putting it together is ``assemble.py``."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import Any

from ftlint.run.floors import TURNS
from ftlint.run.scores import Difference, System
from ftlint.run.stats import CONFIDENCE, Paired
from ftlint.run.timeline import Step
from ftlint.run.tokenize import REFERENCES, TOKENIZER

BASE, TUNED, CHECKPOINT = "base", "tuned", "checkpoint"
EVALUATED, FAILED, LEFT = "evaluated", "failed", "not-begun"
"""What a job of a sweep came to."""
LEAD, CONSTANT = f"first {TURNS} turns", "constant answer"

_JOB = re.compile(r"job (\d+)(?: (.+))?")


@dataclass(frozen=True, slots=True)
class Gain:
    """The gain that the gate demands, in points of its metric, and whether it was reached."""

    demanded: float
    metric: str
    reached: float | None
    met: bool


@dataclass(frozen=True, slots=True)
class Spending:
    """Planned and real cost in USD; None is unknown.

    Attributes:
        planned: of the training job, as the gate saw it, for ``planned_tokens``.
        trained: for the tokens that the service says it trained on, at the planned price.
        evaluation: of all answers, at the tuned model's prices (an upper estimate for the base model).
        judge: of the grades; None where there is no judge, or its tokens or prices are not known.
    """

    planned: float | None
    planned_tokens: int | None
    trained: float | None
    trained_tokens: int | None
    evaluation: float | None
    price_as_of: str | None
    judge: float | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """An example on which tuned and base differ much; texts are as they came, for renderers to mask and to escape."""

    id: int
    difference: float
    reference: str
    base: str
    tuned: str

    @property
    def texts(self) -> tuple[str, str, str]:
        """Reference, base, tuned."""
        return self.reference, self.base, self.tuned


@dataclass(frozen=True, slots=True)
class SweepLine:
    """One job of a sweep.

    Attributes:
        changes: to ``[train]``, in words.
        status: ``evaluated``, ``failed`` or ``not-begun``; ``why`` says why it was not evaluated.
        score: of its model by the gate's metric; ``gain`` is its difference to the base model, with an interval wide
            enough that those of all jobs hold together.
        planned: its training's estimated price in USD; ``trained`` the one for what the service says it trained on.
        best: the job of the largest gain, whose model the report calls ``tuned``.
    """

    job: int
    changes: str
    status: str
    why: str | None
    job_id: str | None
    tuned_model: str | None
    score: float | None
    gain: Paired | None
    planned: float | None
    trained: float | None
    best: bool


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run found. ``rehearsal`` is the sentence that every output of a rehearsal carries, or None.

    Attributes:
        systems: base, tuned, others, floors.
        differences: tuned minus base first, then tuned minus each other system.
        verdict: ``better``, ``worse`` or ``none`` for tuned against base; ``sentence`` says it with its figures.
        gain: None where none is demanded.
        examples: per example, system to metric to score.
        timeline: when each stage began and ended; ``versions``: of everything that made the figures.
        judge: who graded, and how many answers; None without a judge.
        outputs: per system what moderation says of its answers; empty where it is not required.
        sweep: a line per job; empty for a run with one job.
        confidence: of the intervals of ``sweep`` and of the verdict: 0.95, and 1 - 0.05 / k where the best of k jobs
            was chosen on these examples (Bonferroni).
        best, worst: the examples on which tuned gained most, and those on which it lost most.
    """

    run_id: str
    rehearsal: str | None
    provider: str
    model: str
    tuned_model: str
    job_id: str
    metric: str
    metrics: tuple[str, ...]
    systems: tuple[System, ...]
    differences: tuple[Difference, ...]
    verdict: str
    sentence: str
    gain: Gain | None
    spending: Spending
    files: dict[str, dict[str, Any]]
    moderation: str
    curves: tuple[dict[str, float], ...]
    checkpoints: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]
    examples: dict[int, dict[str, dict[str, float]]] = field(default_factory=dict)
    timeline: tuple[Step, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)
    best: tuple[Pair, ...] = ()
    worst: tuple[Pair, ...] = ()
    tokenizer: str = TOKENIZER
    references: str = REFERENCES
    judge: dict[str, Any] | None = None
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    sweep: tuple[SweepLine, ...] = ()
    confidence: float = CONFIDENCE

    @property
    def exit_code(self) -> int:
        """0; 1 for a tuned model below the demanded gain; 4 where a job of a sweep was refused or failed."""
        if self.gain is not None and not self.gain.met:
            return 1
        return 4 if any(line.status == FAILED for line in self.sweep) else 0

    def to_json(self) -> dict[str, Any]:
        """``report.json``, version 1: no text of the dataset is in it."""
        tree = asdict(self)
        for name in ("best", "worst"):
            tree[name] = [{"id": pair.id, "difference": pair.difference} for pair in getattr(self, name)]
        return {"version": 1, **tree}


def answers_file(name: str) -> str:
    """The file of a system's answers: ``baseline.jsonl``, ``tuned.jsonl``, ``checkpoint-<step>.jsonl``, and
    ``compare-<name>.jsonl``, where a name holds no space; in the folder ``job-<number>`` for a sweep's job."""
    if match := _JOB.fullmatch(name):
        return f"job-{match[1]}/{answers_file(match[2] or TUNED)}"
    if name.startswith(f"{CHECKPOINT} "):
        return f"{name.replace(' ', '-')}.jsonl"
    return {BASE: "baseline.jsonl", TUNED: "tuned.jsonl"}.get(name, f"compare-{name}.jsonl")

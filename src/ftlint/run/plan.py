"""What a run is about to do and to cost, for the one question that it asks before any money is spent."""

from __future__ import annotations

from dataclasses import dataclass

from ftlint.model import Role
from ftlint.reports.figures import dollars, size
from ftlint.run import costs
from ftlint.run.context import Run
from ftlint.text import plural, safe


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file that will be uploaded. ``tokens`` is None where they were not counted."""

    role: str
    path: str
    sha256: str
    bytes: int
    examples: int
    tokens: int | None


@dataclass(frozen=True, slots=True)
class PlannedJob:
    """One job of a sweep: what it changes, in words, and its estimated cost."""

    changes: str
    epochs: int | None
    estimated_epochs: bool
    billed_tokens: int | None
    usd: float | None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that the person confirms.

    Attributes:
        service: provider and host of the trainer.
        epochs: passes over the file; ``estimated_epochs`` where the service chooses.
        usd: the training's estimated price, of all jobs of a sweep together; ``price_as_of`` its date (or ``user``).
        completions: answers that will be asked for, over all systems; ``grades`` are the judge's.
        evaluation_usd: an upper estimate of what all of those cost, or None where a price is not known.
        unpriced: what has no price, so that ``evaluation_usd`` is None.
        jobs: of a sweep; empty for a single job.
        prompts_to: who is asked held-out examples, and the judge, who sees answers and references, too.
        moderation: what the moderation pass covered, in words.
        notes: what else to know, the model's end among it.
        max_cost: the budget in USD, or None for none.
    """

    run_id: str
    service: str
    model: str
    method: str
    files: tuple[PlannedFile, ...]
    epochs: int | None
    estimated_epochs: bool
    billed_tokens: int | None
    usd: float | None
    price_as_of: str | None
    completions: int
    evaluation_usd: float | None
    moderation: str
    notes: tuple[str, ...] = ()
    max_cost: float | None = None
    grades: int = 0
    unpriced: tuple[str, ...] = ()
    jobs: tuple[PlannedJob, ...] = ()
    prompts_to: tuple[str, ...] = ()

    def text(self) -> str:
        """The confirmation screen, plain lines."""
        price = _dollars(self.usd)
        if self.price_as_of:
            price += f" (price of {self.price_as_of})"
        epochs = [] if self.jobs else [f"epochs      {_epochs(self.epochs, self.estimated_epochs)}"]
        lines = [
            f"run         {self.run_id}",
            f"service     {self.service}",
            *([f"prompts to  {', '.join(self.prompts_to)}"] if self.prompts_to else []),
            f"model       {self.model}, {self.method}",
            *(line for file in self.files for line in _file_lines(file)),
            *(f"{f'job {number}':<11} {_job(job)}" for number, job in enumerate(self.jobs, start=1)),
            *epochs,
            f"tokens      {_tokens(self.billed_tokens)}",
            f"training    {f'{len(self.jobs)} jobs, ' if self.jobs else ''}{price}",
            f"evaluation  {self._answers()}",
            *([] if self.max_cost is None else [f"budget      {dollars(self.max_cost)}"]),
            f"moderation  {self.moderation}",
            *(f"note        {note}" for note in self.notes),
        ]
        return "\n".join(safe(line) for line in lines)

    def _answers(self) -> str:
        told = plural(self.completions, "answer")
        if self.grades:
            told += f" and at most {plural(self.grades, 'grade')}"
        if self.evaluation_usd is not None:
            return f"{told}, at most {dollars(self.evaluation_usd)}"
        return f"{told}, cost unknown (no price for {', '.join(self.unpriced)})" if self.unpriced else told


def _job(job: PlannedJob) -> str:
    figures = f"epochs {_epochs(job.epochs, job.estimated_epochs)}, {_tokens(job.billed_tokens)}, {_dollars(job.usd)}"
    return f"{job.changes}: {figures}"


def _epochs(epochs: int | None, estimated: bool) -> str:
    return ("?" if epochs is None else str(epochs)) + (" (estimated, the service chooses)" if estimated else "")


def _tokens(billed: int | None) -> str:
    return "unknown" if billed is None else f"{billed:,} billed"


def _dollars(usd: float | None) -> str:
    return "unknown" if usd is None else dollars(usd)


def _file_lines(file: PlannedFile) -> list[str]:
    tokens = "" if file.tokens is None else f", {plural(file.tokens, 'token')}"
    return [
        f"{file.role:<11} {file.path}: {plural(file.examples, 'example')}, {size(file.bytes)}{tokens}",
        f"            sha256 {file.sha256}",
    ]


def make_plan(run: Run, notes: list[str]) -> Plan:
    """The plan of a run whose check is done and whose gate is open."""
    check = run.state.done["check"]
    cost = check["cost"] or {}
    planned = costs.job_costs(run)
    tokens = [job.tokens for job in planned if job.tokens is not None]
    evaluation = costs.evaluation(run)
    files = tuple(
        PlannedFile(role.value, **{key: found[key] for key in ("path", "sha256", "bytes", "examples", "tokens")})
        for role in Role
        if (found := run.checked(role))
    )
    return Plan(
        run_id=run.record.id,
        service=run.trainer().name,
        model=run.model,
        method=run.spec.train.method,
        files=files,
        epochs=cost.get("epochs"),
        estimated_epochs=bool(cost.get("estimated_epochs")),
        billed_tokens=sum(tokens) if len(tokens) == len(planned) else None,
        usd=costs.training(planned),
        price_as_of=cost.get("price_as_of"),
        completions=evaluation.completions,
        evaluation_usd=evaluation.usd,
        moderation=check["moderation"]["sentence"],
        notes=tuple(notes),
        max_cost=budget(run),
        grades=evaluation.grades,
        unpriced=tuple(evaluation.unknown),
        prompts_to=tuple(f"{role} {name}" for role, name in run.service_names().items() if role != "trainer"),
        jobs=tuple(
            PlannedJob(entry.told, job.epochs, job.estimated, job.tokens, job.usd)
            for entry, job in zip(run.spec.train.sweep, planned, strict=False)  # no sweep: one job, and no entry
        ),
    )


def budget(run: Run) -> float | None:
    """The most that training and evaluation may cost (USD), or None: ``--max-cost``, else the run file's."""
    asked = run.settings.job.max_cost if run.settings.job else None
    return run.spec.gate.max_cost if asked is None else asked

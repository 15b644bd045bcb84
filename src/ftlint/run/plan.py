"""What a run is about to do and to cost, for the one question that it asks before any money is spent."""

from __future__ import annotations

from dataclasses import dataclass

from ftlint.model import Role
from ftlint.reports.figures import dollars, size
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
class Plan:
    """Everything that the person confirms.

    Attributes:
        service: provider and host of the trainer.
        epochs: passes over the file; ``estimated_epochs`` where the service chooses.
        usd: the training's estimated price, ``price_as_of`` its date (or ``user``).
        completions: answers that will be asked for, over all systems.
        evaluation_usd: an upper estimate of what those of base and tuned model cost, or None.
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

    def text(self) -> str:
        """The confirmation screen, plain lines."""
        epochs = "?" if self.epochs is None else str(self.epochs)
        if self.estimated_epochs:
            epochs += " (estimated, the service chooses)"
        price = "unknown" if self.usd is None else dollars(self.usd)
        if self.price_as_of:
            price += f" (price of {self.price_as_of})"
        answers = plural(self.completions, "answer")
        if self.evaluation_usd is not None:
            answers += f", at most {dollars(self.evaluation_usd)}"
        lines = [
            f"run         {self.run_id}",
            f"service     {self.service}",
            f"model       {self.model}, {self.method}",
            *(line for file in self.files for line in _file_lines(file)),
            f"epochs      {epochs}",
            f"tokens      {'unknown' if self.billed_tokens is None else f'{self.billed_tokens:,} billed'}",
            f"training    {price}",
            f"evaluation  {answers}",
            *([] if self.max_cost is None else [f"budget      {dollars(self.max_cost)}"]),
            f"moderation  {self.moderation}",
            *(f"note        {note}" for note in self.notes),
        ]
        return "\n".join(safe(line) for line in lines)


def _file_lines(file: PlannedFile) -> list[str]:
    tokens = "" if file.tokens is None else f", {plural(file.tokens, 'token')}"
    return [
        f"{file.role:<11} {file.path}: {plural(file.examples, 'example')}, {size(file.bytes)}{tokens}",
        f"            sha256 {file.sha256}",
    ]


def make_plan(run: Run, notes: list[str]) -> Plan:
    """The plan of a run whose check is done and whose gate is open."""
    check, heldout = run.state.done["check"], run.state.done["convert"]["heldout"]
    cost = check["cost"] or {}
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
        billed_tokens=cost.get("billed_tokens"),
        usd=cost.get("usd"),
        price_as_of=cost.get("price_as_of"),
        completions=heldout["examples"] * (2 + len(run.spec.evaluate.compare)),
        evaluation_usd=evaluation_cost(run),
        moderation=check["moderation"]["sentence"],
        notes=tuple(notes),
        max_cost=budget(run),
    )


def budget(run: Run) -> float | None:
    """The most that training and evaluation may cost (USD), or None: ``--max-cost``, else the run file's."""
    asked = run.settings.job.max_cost if run.settings.job else None
    return run.spec.gate.max_cost if asked is None else asked


def evaluation_cost(run: Run) -> float | None:
    """Base and tuned model, each at the tuned model's prices: an example's tokens in, ``max_tokens`` out.

    An upper estimate in USD for a run whose check is done; None where a price is not known.
    """
    price = run.tools.price(run.services.completer.provider, run.model)
    last = run.checked(Role.VALIDATION) or run.checked(Role.TRAIN)
    if price is None or price.input is None or price.output is None or last is None:
        return None
    if last["tokens"] is None or not last["examples"]:
        return None
    asked = last["tokens"] / last["examples"] * price.input + run.spec.evaluate.max_tokens * price.output
    examples: int = run.state.done["convert"]["heldout"]["examples"]
    return float(2 * examples * asked / 1_000_000)

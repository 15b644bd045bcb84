"""The stages ``baseline``, ``evaluate`` and ``compare``: who answers the held-out examples, who looks at answers."""

from __future__ import annotations

import json
from typing import Any

from ftlint.run import grading, outputs
from ftlint.run.answers import Answer, Asking, load_answers, request_keys
from ftlint.run.context import Run
from ftlint.run.convert import HELDOUT
from ftlint.run.evaluate import NoAnswers, answer_all
from ftlint.run.follow import CHECKPOINTS
from ftlint.run.heldout import HeldOut, load_heldout
from ftlint.run.report import BASE, CHECKPOINT, TUNED, answers_file
from ftlint.settings import ServiceConfig


def baseline(run: Run) -> dict[str, Any]:
    """The base model answers, as far as no earlier run has its answers."""
    model = _own(run, run.spec.evaluate.base_model) or run.model
    return _answers(run, "baseline", BASE, run.services.completer, model, reuse=run.spec.evaluate.reuse)


def evaluate(run: Run) -> dict[str, Any]:
    """The tuned model answers."""
    tuned = _own(run, run.spec.evaluate.tuned_model) or run.state.done["follow"]["fine_tuned_model"]
    return _answers(run, "evaluate", TUNED, run.services.completer, tuned)


def compare(run: Run) -> dict[str, Any]:
    """Other models and checkpoints answer; then answers are graded and moderated, where that is asked for.

    Returns:
        For the journal: ``systems``; ``skipped`` (checkpoints that do not answer, and why), ``judge`` and ``outputs``
        only where there is something to say.
    """
    systems: dict[str, Any] = {}
    for entry in run.spec.evaluate.compare:
        step = f"compare:{entry.name}"
        if step not in run.state.done:
            run.journal.done(step, **_answers(run, "compare", entry.name, entry.service, entry.model))
        systems[entry.name] = run.state.done[step]
    result: dict[str, Any] = {"systems": systems}
    if skipped := _checkpoints(run, systems):
        result["skipped"] = skipped
    if run.spec.evaluate.judge is not None or run.settings.moderation.required:
        examples = load_heldout(run.folder / HELDOUT)
        answers = answers_of(run, examples, systems)
        if run.spec.evaluate.judge is not None:
            result["judge"] = grading.grade(run, examples, answers)
        if run.settings.moderation.required:
            result["outputs"] = outputs.moderate(run, answers)
    return result


def models_of(run: Run, systems: dict[str, Any]) -> dict[str, str]:
    """Every system that answered with a model: its name to the model; ``systems`` are those of ``compare``."""
    done = run.state.done
    models = {BASE: str(done["baseline"]["model"]), TUNED: str(done["evaluate"]["model"])}
    return models | {name: str(found["model"]) for name, found in systems.items()}


def answers_of(run: Run, examples: list[HeldOut], systems: dict[str, Any]) -> dict[str, dict[int, Answer]]:
    """The answers of every system, from the run's folder."""
    asking = Asking.of(run.spec.evaluate)
    return {
        name: load_answers(run.folder / answers_file(name), request_keys(asking, model, examples))
        for name, model in models_of(run, systems).items()
    }


def checkpoints(run: Run) -> list[dict[str, Any]]:
    """The models that the job saved on the way, oldest first."""
    path = run.folder / CHECKPOINTS
    found: list[dict[str, Any]] = json.loads(path.read_bytes()) if path.exists() else []
    return found


def _checkpoints(run: Run, systems: dict[str, Any]) -> dict[str, str]:
    """Have each checkpoint answer that is not the tuned model itself; one that is not served is left out."""
    skipped: dict[str, str] = {}
    if not run.spec.evaluate.checkpoints:
        return skipped
    tuned = {run.state.done["evaluate"]["model"], run.state.done["follow"]["fine_tuned_model"]}
    for point in checkpoints(run):
        name, model = f"{CHECKPOINT} {point['step']}", str(point["model"])
        if model in tuned or name in systems:
            continue
        step = f"compare:{name}"
        if step not in run.state.done:
            try:
                found = _answers(run, "compare", name, run.services.completer, model)
            except NoAnswers as error:
                found = {"model": model, "failed": error.message}
            run.journal.done(step, **found)
        if "failed" in run.state.done[step]:
            skipped[name] = run.state.done[step]["failed"]
        else:
            systems[name] = run.state.done[step]
    return skipped


def _own(run: Run, name: str | None) -> str | None:
    """A deployment's name means nothing to the sandbox."""
    return None if run.record.rehearsal else name


def _answers(
    run: Run, stage: str, name: str, service: ServiceConfig, model: str, *, reuse: bool = False
) -> dict[str, Any]:
    path = run.folder / answers_file(name)
    examples = load_heldout(run.folder / HELDOUT)
    return answer_all(run, stage, path, service, model, examples, fresh=name == TUNED, reuse=reuse)

"""The stages ``baseline``, ``evaluate`` and ``compare``: who answers the held-out examples, who looks at answers."""

from __future__ import annotations

import json
from typing import Any

from ftlint.run import grading, outputs
from ftlint.run.answers import Answer, Asking, load_answers, request_keys
from ftlint.run.context import Run
from ftlint.run.convert import HELDOUT
from ftlint.run.costs import CHECKPOINTS as MOST
from ftlint.run.evaluate import NoAnswers, answer_all
from ftlint.run.follow import CHECKPOINTS
from ftlint.run.heldout import HeldOut, load_heldout
from ftlint.run.report import BASE, CHECKPOINT, EVALUATED, TUNED, answers_file
from ftlint.run.spec import JOB
from ftlint.settings import ServiceConfig


def baseline(run: Run) -> dict[str, Any]:
    """The base model answers, as far as no earlier run has its answers."""
    model = _own(run, run.spec.evaluate.base_model) or run.model
    return _answers(run, "baseline", BASE, run.services.completer, model, reuse=run.spec.evaluate.reuse)


def evaluate(run: Run) -> dict[str, Any]:
    """The tuned model answers."""
    deployed = (run.spec.evaluate.tuned_model or "").replace(JOB, str(run.number or ""))
    tuned = _own(run, deployed) or run.state.done["follow"]["fine_tuned_model"]
    return _answers(run, "evaluate", run.system, run.services.completer, tuned, fresh=True)


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
    skipped: dict[str, str] = {}
    for job in trained(run).values():
        skipped |= _checkpoints(run, job, systems)
    if skipped:
        result["skipped"] = skipped
    if run.spec.evaluate.judge is not None or run.settings.moderation.required:
        examples = load_heldout(run.folder / HELDOUT)
        answers = answers_of(run, examples, systems)
        if run.spec.evaluate.judge is not None:
            result["judge"] = grading.grade(run, examples, answers)
        if run.settings.moderation.required:
            result["outputs"] = outputs.moderate(run, answers)
    return result


def trained(run: Run) -> dict[str, Run]:
    """The tuned models by what they are called among the systems: one, or one per job of a sweep that has answers."""
    if not run.spec.train.sweep:
        return {TUNED: run}
    jobs = (run.job(found["job"]) for found in run.state.done["jobs"]["jobs"] if found["status"] == EVALUATED)
    return {job.system: job for job in jobs}


def models_of(run: Run, systems: dict[str, Any]) -> dict[str, str]:
    """Every system that answered with a model: its name to the model; ``systems`` are those of ``compare``."""
    done = run.state.done
    models = {BASE: str(done["baseline"]["model"])}
    models |= {name: str(job.state.done["evaluate"]["model"]) for name, job in trained(run).items()}
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
    path = run.own / CHECKPOINTS
    found: list[dict[str, Any]] = json.loads(path.read_bytes()) if path.exists() else []
    return found


def _checkpoints(run: Run, job: Run, systems: dict[str, Any]) -> dict[str, str]:
    """Have the latest checkpoints of a job answer that are not the tuned model itself; one that is not served is left
    out."""
    skipped: dict[str, str] = {}
    if not run.spec.evaluate.checkpoints:
        return skipped
    tuned = {job.state.done["evaluate"]["model"], job.state.done["follow"]["fine_tuned_model"]}
    points = [point for point in checkpoints(job) if str(point["model"]) not in tuned]
    for place, point in enumerate(points):
        name, model = checkpoint_name(job, point), str(point["model"])
        if name in systems:
            continue
        step = f"compare:{name}"
        if place < len(points) - MOST and step not in run.state.done:
            skipped[name] = f"the latest {MOST} of a job are, as the plan said"
            continue
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


def checkpoint_name(job: Run, point: dict[str, Any]) -> str:
    """What a checkpoint is called among the systems: ``checkpoint 30``, in a sweep ``job 2 checkpoint 30``."""
    return f"{'' if job.number is None else f'{job.system} '}{CHECKPOINT} {point['step']}"


def _own(run: Run, name: str | None) -> str | None:
    """A deployment's name means nothing to the sandbox."""
    return None if run.record.rehearsal else name


def _answers(
    run: Run,
    stage: str,
    name: str,
    service: ServiceConfig,
    model: str,
    *,
    fresh: bool = False,
    reuse: bool = False,
) -> dict[str, Any]:
    path = run.folder / answers_file(name)
    examples = load_heldout(run.folder / HELDOUT)
    return answer_all(run, stage, path, service, model, examples, fresh=fresh, reuse=reuse)

"""The stages ``check`` and ``gate``: nothing is submitted unless the check, the budget and the person agree."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ftlint import gate
from ftlint.catalog import load_providers
from ftlint.errors import GateClosed, UsageError
from ftlint.model import ModerationSummary, Report, Role, Verdict
from ftlint.reports import Options, concise
from ftlint.reports.figures import dollars, percent
from ftlint.run import costs, preflight
from ftlint.run.classify import Failure, FailureKind, failure_of
from ftlint.run.context import REHEARSAL, Run
from ftlint.run.files import write_atomic
from ftlint.run.plan import Plan, budget, make_plan
from ftlint.run.runs import blocked_before
from ftlint.run.spec import RunSpec, TrainSpec
from ftlint.run.submit import JOB_STEP, verify
from ftlint.run.training import grader_fields
from ftlint.settings import JobSettings, Prompts, Services, Settings
from ftlint.text import plural

STAND_IN = "the sandbox's stand-in"
_TOLD = 10


def moderation_required(spec: RunSpec) -> bool:
    """Moderation decides about the gate: as the run file says, else where the provider has such an endpoint."""
    if spec.gate.moderation is not None:
        return spec.gate.moderation == "required"
    return load_providers()[spec.train.provider].has_moderation


def online(spec: RunSpec) -> bool:
    """Moderation will run: it is required, or the run file names a moderator. A key alone sends nothing anywhere."""
    return moderation_required(spec) or spec.moderator is not None


def check_settings(
    spec: RunSpec, base: Settings, provider: str, model: str, services: Services, *, rehearsal: bool = False
) -> Settings:
    """The settings of the check: the configuration's, with the run file on top. A rehearsal caches no verdicts."""
    train = _longest(spec.train)
    epochs = train.hyperparameters.get("n_epochs")
    required = moderation_required(spec)
    return dataclasses.replace(
        base,
        provider=provider,
        model=model,
        method=spec.train.method,
        epochs=epochs if isinstance(epochs, int) else None,
        price=spec.price or base.price,
        ignore=(*base.ignore, *spec.gate.ignore),
        fail_on=spec.gate.fail_on or base.fail_on,
        services=services,
        job=JobSettings(
            hyperparameters=train.hyperparameters,
            suffix=spec.train.suffix,
            metadata=spec.train.metadata,
            max_cost=spec.gate.max_cost if base.job is None or base.job.max_cost is None else base.job.max_cost,
            grader_fields=_grader_fields(spec.train),
        ),
        moderation=dataclasses.replace(
            base.moderation, required=required, cache=base.moderation.cache and not rehearsal
        ),
        tokens=True,
        run=True,
    )


def _longest(train: TrainSpec) -> TrainSpec:
    """The job that the check is made for: of a sweep, the one of the most epochs, since the files are the same."""

    def epochs(job: TrainSpec) -> int:
        asked = job.hyperparameters.get("n_epochs")
        return asked if isinstance(asked, int) else 0

    return max((entry.train for entry in train.sweep), key=epochs, default=train)


def _grader_fields(train: TrainSpec) -> tuple[str, ...]:
    """What the graders of all jobs read of a row."""
    jobs = [entry.train for entry in train.sweep] or [train]
    return tuple(dict.fromkeys(name for job in jobs for name in grader_fields(job.grader)))


def check_and_gate(run: Run, confirm: Callable[[Plan], bool]) -> None:
    """Check both files and judge the report. A gate that was closed is judged anew on every resume, by a new check.

    Raises:
        GateClosed: with every reason; nothing was submitted.
    """
    if "gate" in run.state.done:
        _same_services(run)
        _still_within_budget(run)
        return
    run.tell("check", "started")
    run.journal.intent("check")
    files = [(_shown(run.file(role)), role) for role in Role if role.value in run.state.done["convert"]["files"]]
    settings = _with_prompts(run.settings, run.state.done["convert"].get("prompts"))
    report = run.tools.check(files, settings, online=run.record.rehearsal or online(run.spec))
    if run.record.rehearsal:
        report = _rehearsed(report)
    write_atomic(run.folder / "check.json", run.tools.report_json(report))
    run.journal.done("check", **_checked(report))
    run.tell("check", "done", verdict=report.verdict.value, **{k.value: v for k, v in report.counts().items()})
    _gate(run, report, confirm)


def _with_prompts(settings: Settings, differ: dict[str, str] | None) -> Settings:
    """The settings, told how the evaluation asks otherwise than the training did."""
    if differ is None or settings.job is None:
        return settings
    return dataclasses.replace(settings, job=dataclasses.replace(settings.job, prompts=Prompts(**differ)))


def _same_services(run: Run) -> None:
    """What was agreed to stays: another trainer has none of this run's files and jobs, and would be sent them again.

    Raises:
        UsageError: the configuration names another trainer or completer than when the gate was opened.
    """
    if run.record.rehearsal or "report" in run.state.done:
        return
    agreed = run.state.done["gate"].get("services", {})
    for role, name in run.service_names().items():
        if agreed.get(role, name) != name:
            raise UsageError(
                f"the {role} of this run is {agreed[role]}, and the configuration now names {name}",
                "resume it with the configuration that it began with (--config), or start a new run",
            )


def _still_within_budget(run: Run) -> None:
    """A smaller budget than was agreed to holds until a job was begun; what comes after that, a sweep asks itself.

    Raises:
        GateClosed: the run as a whole may cost more than a resume allows.
    """
    most = budget(run)
    if most is None or any(_is_begun(run, step) for step in run.state.intents):
        return
    parts = (costs.training(costs.job_costs(run)), costs.evaluation(run).usd)
    known = [usd for usd in parts if usd is not None]
    if len(known) == len(parts) and sum(known) <= most:
        return
    told = dollars(sum(known)) if len(known) == len(parts) else "an unknown sum"
    raise GateClosed(
        f"training and evaluation may cost {told}, over the budget of {dollars(most)}; no job was created",
        f"{run.resume_command} --max-cost USD, with a budget that they fit into",
    )


def _is_begun(run: Run, step: str) -> bool:
    """The step is a job that was created, or may have been; one that was refused was not."""
    return step.partition("@")[0] == JOB_STEP and step not in run.state.failed


def _rehearsed(report: Report) -> Report:
    """The report of a rehearsal names who scored the texts: no moderation model did."""
    moderation = report.moderation
    reason = moderation.reason or REHEARSAL
    return dataclasses.replace(report, moderation=dataclasses.replace(moderation, model=STAND_IN, reason=reason))


def _shown(path: Path) -> Path:
    """The path as a person in this folder would write it: findings name it."""
    return path.relative_to(Path.cwd()) if path.is_absolute() and path.is_relative_to(Path.cwd()) else path


def _checked(report: Report) -> dict[str, Any]:
    """What later stages need of the report."""
    return {
        "files": {
            file.role.value: {
                "path": file.path,
                "sha256": file.sha256,
                "bytes": file.bytes,
                "examples": file.examples,
                "tokens": file.tokens.total if file.tokens else None,
            }
            for file in report.files
        },
        "verdict": report.verdict.value,
        "cost": dataclasses.asdict(report.cost) if report.cost else None,
        "moderation": {
            "status": report.moderation.status,
            "coverage": report.moderation.coverage,
            "required": report.moderation.required,
            "sentence": _moderation_sentence(report.moderation),
        },
    }


def _moderation_sentence(moderation: ModerationSummary) -> str:
    if moderation.status == "not-run":
        return f"moderation was not run{f' ({moderation.reason})' if moderation.reason else ''}"
    model = f" by {moderation.model}" if moderation.model else ""
    covered = f"{percent(moderation.coverage)} of {plural(moderation.unique, 'text')}"
    return f"moderation {moderation.status}: {covered}{model}"


def _gate(run: Run, report: Report, confirm: Callable[[Plan], bool]) -> None:
    run.tell("gate", "started")
    required = moderation_required(run.spec)
    reasons = run.tools.judge(report, moderation_required=required, max_cost=budget(run))
    reasons += _own_reasons(run)
    notes = [*report.notes]
    if not reasons:
        preflight.require_access(run, notes)
        reasons += preflight.shutdown(run, notes) + preflight.graders(run, notes)
        notes += preflight.known_dates(run, notes) + preflight.deployment(run)
    if reasons:
        _tell_findings(run, report)
        run.journal.note("gate", open=False, reasons=reasons)
        incomplete = report.verdict is Verdict.INCOMPLETE and gate.a_service_failed(report)
        raise GateClosed(
            "the gate is closed: " + "; ".join(reasons),
            f"ftlint report {run.folder / 'check.json'} shows the findings; nothing was submitted;"
            f" {run.resume_command} checks again",
            exit_code=3 if incomplete else None,
        )
    for role in Role:
        if run.checked(role):
            verify(run, role)
    if not run.record.rehearsal and not confirm(make_plan(run, notes)):
        run.journal.note("gate", open=True, confirmed=False)
        raise GateClosed("not confirmed; nothing was submitted", f"{run.resume_command} asks again")
    services = {} if run.record.rehearsal else run.service_names()
    run.journal.done("gate", notes=notes, rehearsal=run.record.rehearsal, services=services)
    run.tell("gate", "open")


def _tell_findings(run: Run, report: Report) -> None:
    """The first findings that close the gate, with their places; all of them are in the report."""
    standing = [finding for finding in report.findings if gate.counts_against(finding, report.fail_on)]
    for finding in standing[:_TOLD]:
        run.tell("gate", concise.line(finding, Options()))
    count = sum(count for level, count in report.counts().items() if level.rank <= report.fail_on.rank)
    if count > _TOLD:
        run.tell("gate", f"and {plural(count - _TOLD, 'more finding')}")


def _own_reasons(run: Run) -> list[str]:
    reasons = []
    if not run.state.done["convert"]["heldout"]["examples"]:
        reasons.append("there is no held-out example to evaluate on")
    if Role.TRAIN.value not in run.state.done["check"]["files"]:
        reasons.append("the training file was not checked")
    if not run.record.rehearsal:
        hashes = {file["sha256"] for file in run.state.done["check"]["files"].values()}
        reasons += [
            f"{run.provider} blocked this file in the run {other}; change it before it is submitted again"
            for other in blocked_before(run.runs, run.provider, hashes, run.record.id)
        ]
    return [*reasons, *_over_budget(run)]


def _over_budget(run: Run) -> list[str]:
    """Training and evaluation together; that the training alone is too dear, the gate has said already."""
    most, training = budget(run), costs.training(costs.job_costs(run))
    if most is None or training is None:
        return []
    if training > most:
        jobs = len(run.spec.train.sweep)
        return [f"the {jobs} jobs may cost {dollars(training)}, over the budget of {dollars(most)}"] if jobs else []
    evaluation = costs.evaluation(run)
    if evaluation.usd is None:
        told = f"there is a budget, and what the evaluation costs is not known ({', '.join(evaluation.unknown)})"
        return [f"{told}; give `input` and `output` in `[price]`, or in the `price` of a comparison or of the judge"]
    if training + evaluation.usd <= most:
        return []
    both = dollars(training + evaluation.usd)
    return [f"training and evaluation may cost {both}, over the budget of {dollars(most)} (see `evaluate.sample`)"]


def failure_kind(failure: dict[str, Any]) -> FailureKind:
    """The kind of a journalled failure."""
    try:
        return FailureKind(str(failure.get("kind")))
    except ValueError:
        return FailureKind.UNKNOWN


def known_failure(failure: dict[str, Any]) -> Failure:
    """A journalled failure as it was classified then."""
    return failure_of(failure_kind(failure), str(failure.get("message")))

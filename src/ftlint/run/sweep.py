"""The stage ``jobs`` of a sweep: submit, follow and evaluate, one job after another, within one budget.

Each job sees the run through ``Run.job``: the stages of a single job work on it as they are, and what they journal
carries the job's number. Files are uploaded once, and the base model answers once, before.
"""

from __future__ import annotations

from typing import Any

from ftlint.errors import FtlintError, JobRefused
from ftlint.reports.figures import dollars
from ftlint.run import costs, systems
from ftlint.run.classify import Failure, FailureKind, failure_of
from ftlint.run.context import Run, refusal
from ftlint.run.files import sync_folder
from ftlint.run.follow import follow
from ftlint.run.plan import budget
from ftlint.run.report import EVALUATED, FAILED, LEFT
from ftlint.run.submit import JOB_STEP, submit

_ENDS = frozenset(
    {
        FailureKind.BLOCKED_TRAINING_FILE,
        FailureKind.BLOCKED_VALIDATION_FILE,
        FailureKind.FORMAT_ERROR,
        FailureKind.INELIGIBLE,
    }
)
"""Failures that every other job of these files, or of this organisation, would meet as well."""
_WAITS = frozenset({FailureKind.QUOTA, FailureKind.CANCELLED})
"""Failures after which a person decides: a resume goes on."""


def train_all(run: Run) -> dict[str, Any]:
    """Have every job of the sweep trained and evaluated, as far as the budget and the service allow.

    A failure of one job alone is told, and the next one begins. One of the files or of the organisation ends the sweep;
    after one of the account, and after a job that a person cancelled, a resume goes on.

    Returns:
        For the journal: ``jobs``, each with its number, ``status`` and, where it was not evaluated, ``why``;
        ``stopped`` says why the last ones were not begun, or is None.

    Raises:
        JobRefused: no job came to its end, or a person has to decide.
        ServiceFailed: as the stages of a single job.
    """
    found: list[dict[str, Any]] = []
    refused: Failure | None = None
    stopped: str | None = None
    count = len(run.spec.train.sweep)
    for number, entry in enumerate(run.spec.train.sweep, start=1):
        job = run.job(number)
        stopped = stopped or _over_budget(job, run)
        if stopped:
            found.append({"job": number, "status": LEFT, "why": stopped})
            continue
        run.tell("jobs", f"job {number} of {count}: {entry.told}")
        failure = _one(job)
        if failure is None:
            found.append({"job": number, "status": EVALUATED})
            continue
        why = f"{failure.summary}: {failure.message}"
        found.append({"job": number, "status": FAILED, "kind": failure.kind.value, "why": why})
        run.tell("jobs", f"job {number} failed: {why}")
        refused = refused or failure
        if failure.kind in _ENDS:
            stopped = f"{failure.summary} in job {number}, and the others have that in common"
    if refused is not None and not any(one["status"] == EVALUATED for one in found):
        raise refusal(refused, None)
    return {"jobs": found, "stopped": stopped}


def running(run: Run) -> str | None:
    """The job that has been created and has not ended, as far as the journal knows; of a single job, too."""
    states = [run.state, *(run.state.of_job(number) for number in run.state.jobs())]
    for state in states:
        if "submit" in state.done and "follow" not in state.done and "follow" not in state.failed:
            return str(state.done["submit"]["job_id"])
    return None


def _one(job: Run) -> Failure | None:
    """Carry one job to its end; None when it is evaluated, else why the service refused or ended it.

    Raises:
        JobRefused: a failure after which a person decides.
    """
    if (over := _ended(job)) is not None:
        return over
    job.own.mkdir(exist_ok=True)
    sync_folder(job.folder)
    try:
        job.stage("submit", submit)
        job.stage("follow", follow)
        job.stage("evaluate", systems.evaluate)
    except JobRefused:
        failure = _failure(job)
        if failure is None:
            raise
        if failure.kind in _WAITS:
            raise _waiting(job, failure) from None
        return failure
    return None


def _failure(job: Run) -> Failure | None:
    """The journalled failure of the job that the service refused or ended."""
    failed, done = job.state.failed, job.state.done
    step = "follow" if "follow" in failed else JOB_STEP if "submit" not in done else ""
    if step not in failed:
        return None
    try:
        kind = FailureKind(str(failed[step].get("kind")))
    except ValueError:  # a later version's
        kind = FailureKind.UNKNOWN
    return failure_of(kind, str(failed[step].get("message")))


def _ended(job: Run) -> Failure | None:
    """The failure of a job that an earlier attempt has seen to its end, so that it is not begun again.

    A job that was never created because of the account or the organisation may be created now.
    """
    failure = _failure(job)
    again = failure is not None and failure.kind in _WAITS | {FailureKind.INELIGIBLE} and "submit" not in job.state.done
    return None if again else failure


def _waiting(job: Run, failure: Failure) -> FtlintError:
    error = refusal(failure, job.state.done.get("submit", {}).get("job_id"))
    error.hint = f"{error.hint}; the sweep stands at job {job.number}, and {job.resume_command} goes on with it"
    return error


def _over_budget(job: Run, run: Run) -> str | None:
    """Why the job is not begun: with it, what was spent and what is planned would be over the budget.

    What has been trained counts at what the service said, where it said so, and else as planned; evaluations count at
    their upper estimate. A job that was begun is seen to its end.
    """
    most = budget(run)
    if most is None or job.number is None or JOB_STEP in job.state.intents:
        return None
    planned = costs.job_costs(run)
    spent = [_spent(run.job(number), planned[number - 1]) for number in range(1, job.number)]
    known = [*spent, planned[job.number - 1].usd, costs.evaluation(run, job.number).usd]
    total = sum(usd for usd in known if usd is not None)
    if None not in known and total <= most:
        return None
    told = "may come to an unknown sum" if None in known else f"may come to {dollars(total)}"
    return f"with job {job.number} the sweep {told}, over the budget of {dollars(most)}"


def _spent(job: Run, planned: costs.JobCost) -> float | None:
    """What a job has cost, in USD: for the tokens that the service says it trained, and else as planned."""
    trained = costs.trained_usd(job, planned)
    return planned.usd if trained is None else trained

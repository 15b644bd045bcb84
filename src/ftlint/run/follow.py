"""The stage ``follow``: watches the job to its end, keeping events, metrics and checkpoints as they come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from ftlint.errors import ServiceFailed
from ftlint.run.classify import classify
from ftlint.run.context import Run
from ftlint.run.files import Log, read_log, write_atomic
from ftlint.run.files import dump as dump_json
from ftlint.services.interface import AuthError, Checkpoint, Job, JobEvent, Rejected, ServiceError
from ftlint.text import crop

EVENTS = "events.jsonl"
CHECKPOINTS = "checkpoints.json"

PATIENCE = 7200.0
"""Seconds of outage that are sat out: a night's maintenance of a router, not a service that is gone for good."""
_REHEARSED = 60.0
_GROWTH = 1.5
_CALL_MOST = 600.0
_LAST_EVENTS = 3
_RAW = 2000


class Pace:
    """Seconds between two looks: short at first and after every change, longer while nothing happens."""

    def __init__(self, first: float, most: float) -> None:
        self._first, self._most = first, most
        self._next = first

    def wait(self, changed: bool) -> float:
        """The next wait."""
        current = self._first if changed else self._next
        self._next = min(current * _GROWTH, self._most)
        return current


class Outage:
    """How long the service has been away, and when to ask again. A clock that jumps neither ends nor stretches it.

    Args:
        patience: seconds after which nobody asks any more.
        now: seconds by the wall clock.
    """

    def __init__(self, pace: Pace, patience: float, now: Callable[[], float]) -> None:
        self._pace, self._patience, self._now = pace, patience, now
        self._asked = now()
        self.seconds = 0.0
        self.failures = 0

    def ask(self) -> None:
        """A call begins."""
        self._asked = self._now()

    def over(self) -> None:
        """A call was answered."""
        self.seconds, self.failures = 0.0, 0

    def wait(self, error: ServiceError) -> float | None:
        """Seconds until the next call after this one failed, or None when patience is at its end."""
        self.seconds += min(max(self._now() - self._asked, 0.0), _CALL_MOST)
        self.failures += 1
        if isinstance(error, (AuthError, Rejected)) or self.seconds >= self._patience:
            return None
        wait = max(self._pace.wait(self.failures == 1), min(error.retry_after or 0.0, _CALL_MOST))
        self.seconds += wait
        return wait


def pace_of(run: Run) -> Pace:
    """A rehearsal trains in seconds, a service in minutes to hours."""
    return Pace(0.1, 1.0) if run.record.rehearsal else Pace(3.0, 60.0)


def follow(run: Run) -> dict[str, Any]:
    """Watch the job until it has ended.

    Returns:
        For the journal: status, tuned model, trained tokens, result files.

    Raises:
        JobRefused: it failed or was cancelled.
        ServiceFailed: the service could not be asked any more; the job goes on.
    """
    job_id = str(run.state.done["submit"]["job_id"])
    pace, status = pace_of(run), None
    outage = Outage(pace_of(run), _REHEARSED if run.record.rehearsal else PATIENCE, run.tools.now)
    with Log(run.own / EVENTS) as log:
        seen = {record["id"] for record in read_log(run.own / EVENTS)}
        while True:
            job = _look(run, job_id, outage)
            fresh = _new_events(run, log, job_id, seen)
            changed = job.status != status
            if changed:
                run.journal.note("follow", job_id=job_id, status=job.status)
                run.tell("follow", "status", status=job.status, trained_tokens=job.trained_tokens)
                status = job.status
            if job.final:
                _last_events(run, log, job, seen, missed=fresh is None)
                return _ended(run, job)
            run.tools.sleep(pace.wait(changed or bool(fresh)))


def _look(run: Run, job_id: str, outage: Outage) -> Job:
    """The job as it stands, once the service answers."""
    while True:
        outage.ask()
        try:
            job = run.trainer().job(job_id)
        except ServiceError as error:
            wait = outage.wait(error)
            if wait is None:
                raise ServiceFailed(
                    f"cannot follow the job {job_id}: {error.message}",
                    f"the job goes on without us; {run.resume_command} comes back to it",
                ) from error
            run.tell(
                "follow",
                f"the service does not answer: {error.message}",
                attempt=outage.failures,
                away=round(outage.seconds),
                again_in=round(wait, 1),
            )
            run.tools.sleep(wait)
        else:
            if outage.failures:
                run.tell("follow", "the service answers again", away=round(outage.seconds))
            outage.over()
            return job


def _last_events(run: Run, log: Log, job: Job, seen: set[str], *, missed: bool) -> None:
    """A failed job's reason may stand in its last events alone: ask for them again where they could not be had."""
    pace = pace_of(run)
    for _ in range(_LAST_EVENTS if missed and job.status == "failed" else 0):
        run.tools.sleep(pace.wait(False))
        if _new_events(run, log, job.id, seen) is not None:
            return


def _new_events(run: Run, log: Log, job_id: str, seen: set[str]) -> int | None:
    """Keep and tell the events that are new; how many there were, or None where the server cannot list them now."""
    try:
        fresh = [event for event in run.trainer().events(job_id) if event.id not in seen]
    except ServiceError as error:
        run.tell("follow", f"no events now: {error.message}")
        return None
    for event in fresh:
        log.append(asdict(event))
        seen.add(event.id)
        if event.type == "metrics":
            run.tell("follow", "metrics", **_figures(event.data))
        else:
            kind = None if event.type == "message" else event.type
            run.tell("follow", f"event: {event.message}", level=event.level, type=kind)
    return len(fresh)


def _figures(data: dict[str, Any]) -> dict[str, object]:
    return {
        name: value
        for name, value in data.items()
        if name not in {"stage", "message"} and isinstance(value, (int, float)) and not isinstance(value, bool)
    }


def load_events(run: Run) -> list[JobEvent]:
    """All events that were kept, oldest first."""
    return [JobEvent(**record) for record in read_log(run.own / EVENTS)]


def _ended(run: Run, job: Job) -> dict[str, Any]:
    if job.status != "succeeded":
        events = load_events(run)
        for event in events:
            if event.type == "moderation_checks":  # its shape is not documented: shown as it came
                raw = crop(run.tools.mask(dump_json(event.data)), _RAW)
                run.tell("follow", f"moderation_checks: {run.tools.mask(event.message)} {raw}", level=event.level)
        failure = classify(job.error, events, status=job.status)
        raise run.refused("follow", failure, job_id=job.id, status=job.status)
    if job.fine_tuned_model is None:
        raise ServiceFailed(
            f"the job {job.id} succeeded, and the service names no tuned model", f"try later: {run.resume_command}"
        )
    checkpoints = _checkpoints(run, job.id)
    results = [name for number, file_id in enumerate(job.result_files, 1) if (name := _result(run, number, file_id))]
    return {
        "job_id": job.id,
        "status": job.status,
        "fine_tuned_model": job.fine_tuned_model,
        "trained_tokens": job.trained_tokens,
        "started": job.created_at,
        "finished": job.finished_at,
        "checkpoints": len(checkpoints),
        "result_files": results,
    }


def _checkpoints(run: Run, job_id: str) -> list[Checkpoint]:
    try:
        found = run.trainer().checkpoints(job_id)
    except ServiceError as error:
        run.tell("follow", f"no checkpoints: {error.message}")
        return []
    write_atomic(run.own / CHECKPOINTS, dump_json([asdict(checkpoint) for checkpoint in found]) + "\n")
    for checkpoint in found:
        run.tell("follow", "checkpoint", step=checkpoint.step, model=checkpoint.model)
    return found


def _result(run: Run, number: int, file_id: str) -> str | None:
    """Keep a result file; what it holds stands in the events as well, so that a missing one ends nothing."""
    try:
        content = run.trainer().result_file(file_id)
    except ServiceError as error:
        run.tell("follow", f"no result file {file_id}: {error.message}")
        return None
    name = f"result-{number}.csv"
    write_atomic(run.own / name, content)
    return name

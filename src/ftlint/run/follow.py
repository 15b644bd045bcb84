"""The stage ``follow``: watches the job to its end, keeping events, metrics and checkpoints as they come."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ftlint.errors import ServiceFailed
from ftlint.run.classify import classify
from ftlint.run.context import Run
from ftlint.run.files import Log, read_log, write_atomic
from ftlint.run.files import dump as dump_json
from ftlint.services.interface import AuthError, Checkpoint, Job, JobEvent, Rejected, ServiceError

EVENTS = "events.jsonl"
CHECKPOINTS = "checkpoints.json"

_GROWTH = 1.5
_FAILURES = 10


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
    pace, status, failures = pace_of(run), None, 0
    with Log(run.folder / EVENTS) as log:
        seen = {record["id"] for record in read_log(run.folder / EVENTS)}
        while True:
            try:
                job, failures = run.trainer().job(job_id), 0
            except ServiceError as error:
                failures += 1
                wait = _patience(run, job_id, error, failures, pace)
                run.tell("follow", f"the service does not answer: {error.message}", attempt=failures, seconds=wait)
                run.tools.sleep(wait)
                continue
            fresh = _new_events(run, log, job_id, seen)
            changed = job.status != status
            if changed:
                run.journal.note("follow", job_id=job_id, status=job.status)
                run.tell("follow", "status", status=job.status, trained_tokens=job.trained_tokens)
                status = job.status
            if job.final:
                return _ended(run, job)
            run.tools.sleep(pace.wait(changed or fresh > 0))


def _patience(run: Run, job_id: str, error: ServiceError, failures: int, pace: Pace) -> float:
    """Seconds to wait before the service is asked again, or the end of patience."""
    if isinstance(error, (AuthError, Rejected)) or failures > _FAILURES:
        raise ServiceFailed(
            f"cannot follow the job {job_id}: {error.message}",
            f"the job goes on without us; {run.resume_command} comes back to it",
        ) from error
    return max(pace.wait(False), error.retry_after or 0.0)


def _new_events(run: Run, log: Log, job_id: str, seen: set[str]) -> int:
    """Keep and tell the events that are new; how many there were. A server that cannot list them now can later."""
    try:
        fresh = [event for event in run.trainer().events(job_id) if event.id not in seen]
    except ServiceError as error:
        run.tell("follow", f"no events now: {error.message}")
        return 0
    for event in fresh:
        log.append(asdict(event))
        seen.add(event.id)
        if event.type == "metrics":
            run.tell("follow", "metrics", **_figures(event.data))
        else:
            run.tell("follow", f"event: {event.message}", level=event.level)
    return len(fresh)


def _figures(data: dict[str, Any]) -> dict[str, object]:
    return {
        name: value
        for name, value in data.items()
        if name not in {"stage", "message"} and isinstance(value, (int, float)) and not isinstance(value, bool)
    }


def load_events(run: Run) -> list[JobEvent]:
    """All events that were kept, oldest first."""
    return [JobEvent(**record) for record in read_log(run.folder / EVENTS)]


def _ended(run: Run, job: Job) -> dict[str, Any]:
    if job.status != "succeeded":
        failure = classify(job.error, load_events(run), status=job.status)
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
    write_atomic(run.folder / CHECKPOINTS, dump_json([asdict(checkpoint) for checkpoint in found]) + "\n")
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
    write_atomic(run.folder / name, content)
    return name

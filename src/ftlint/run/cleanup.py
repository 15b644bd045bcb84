"""After a run: deleting the files that it uploaded, at the service. What was trained from them stays."""

from __future__ import annotations

from pathlib import Path

from ftlint.errors import ServiceFailed, UsageError
from ftlint.model import Role
from ftlint.run.journal import Journal, State
from ftlint.run.lock import RunLock
from ftlint.run.runs import JOURNAL, load_record, read_state
from ftlint.services.interface import Rejected, ServiceError, Trainer


def uploaded(folder: Path) -> dict[str, str]:
    """The files that a run uploaded and that have not been deleted since, by role."""
    done = read_state(folder).done
    return {
        role.value: str(done[f"upload:{role.value}"]["file_id"])
        for role in Role
        if f"upload:{role.value}" in done and f"cleanup:{role.value}" not in done
    }


def cleanup(folder: Path, trainer: Trainer, now: float) -> dict[str, bool]:
    """Delete a run's uploaded files at the service.

    Args:
        folder: of the run; it is locked meanwhile.
        trainer: the service that has the files.
        now: seconds since 1970, for the journal.

    Returns:
        File id to whether the service still had it.

    Raises:
        UsageError: the run is a rehearsal, or its job still needs the files.
        ServiceFailed: the service did not delete one of them; what was deleted is on record.
    """
    record = load_record(folder)
    if record.rehearsal:
        raise UsageError(f"the run {record.id} is a rehearsal: its files never left this machine")
    found: dict[str, bool] = {}
    with RunLock(folder / "lock"), Journal(folder / JOURNAL, lambda: now) as journal:
        files = uploaded(folder)
        try:
            _refuse_running(journal, trainer, record.short)
            for role, file_id in files.items():
                found[file_id] = trainer.delete_file(file_id)
                journal.done(f"cleanup:{role}", file_id=file_id, existed=found[file_id])
        except ServiceError as error:
            raise ServiceFailed(f"cannot clean up: {error.message}", f"ftlint runs cleanup {record.short}") from error
    return found


def _refuse_running(journal: Journal, trainer: Trainer, short: str) -> None:
    """A job that has not ended may not have read its files yet, and a run before its job will need them."""
    for number in journal.state.jobs():
        _refuse_job(journal.state.of_job(number), trainer, short)
    if not journal.state.jobs():
        _refuse_job(journal.state, trainer, short)


def _refuse_job(state: State, trainer: Trainer, short: str) -> None:
    if "follow" in state.done or "follow" in state.failed:
        return
    job_id = state.done.get("submit", {}).get("job_id")
    if job_id is None:
        if "submit:job" in state.intents and "submit:job" not in state.failed:
            raise UsageError(
                "it is not settled whether this run has a job, which would need its files",
                f"ftlint run --resume {short}",
            )
        return
    try:
        job = trainer.job(str(job_id))
    except Rejected as error:
        if error.status == 404:
            return
        raise
    if not job.final:
        raise UsageError(
            f"the job {job.id} is {job.status}, and still needs its files",
            f"wait for it, or end it: ftlint runs cancel {short}",
        )

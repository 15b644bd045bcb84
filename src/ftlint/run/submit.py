"""The stages ``upload`` and ``submit``: one upload per file and one job; how each is recognised again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ftlint.catalog import load_providers
from ftlint.errors import GateClosed, InputError, UsageError
from ftlint.model import Role
from ftlint.run.context import Run
from ftlint.run.files import sha256_file
from ftlint.run.parts import JournalledParts
from ftlint.run.settle import LOOKS, settled
from ftlint.services.interface import Job, JobSpec, Rejected, RemoteFile, UploadGone

_SUFFIX_MOST = 64  # OpenAI's, for providers that do not say
_CLOCK_SKEW = 300.0
JOB_STEP = "submit:job"
"""In the journal: the job is about to be created, or was."""


def upload(run: Run) -> dict[str, Any]:
    """Upload the training and the validation file; the stage's result is role to file id."""
    roles = [role for role in Role if run.checked(role)]
    for role in roles:
        if f"upload:{role.value}" not in run.state.done:
            verify(run, role)
    return {role.value: _upload_one(run, role) for role in roles}


def submit(run: Run) -> dict[str, Any]:
    """Create the job; the stage's result is its id and what was asked for."""
    job = settled(
        run,
        JOB_STEP,
        answer=run.adopt.job,
        fetch=lambda job_id: _own_job(run, job_id),
        find=lambda: _find_job(run),
        make=lambda: _create(run),
    )
    run.tell("submit", f"job {job.id}", job=job.id)
    return {"job_id": job.id, "suffix": suffix(run), "hyperparameters": run.spec.train.hyperparameters}


def verify(run: Run, role: Role) -> None:
    """Compare the bytes on disk with the bytes that were checked.

    Raises:
        GateClosed: they differ.
    """
    checked = run.checked(role)
    path = run.file(role)
    if checked is None or sha256_file(path) != (checked["sha256"], checked["bytes"]):
        raise GateClosed(
            f"the {role.value} file {path} is not the one that was checked",
            f"start a new run, so that what is submitted is what was checked; or put it back: {run.resume_command}",
        )


def file_name(run: Run, role: Role) -> str:
    """The name under which a file is uploaded: run id, role, and the first twelve digits of its hash."""
    checked = run.checked(role) or {}
    return f"ftlint-{run.record.id}-{role.value}-{checked['sha256'][:12]}.jsonl"


def suffix(run: Run) -> str:
    """The job's suffix: the user's, shortened where it must be, and the run's own part."""
    most = load_providers()[run.provider].suffix_max_length or _SUFFIX_MOST
    mark = run.record.short if run.number is None else f"{run.record.short}-{run.number}"
    own = (run.spec.train.suffix or "ftlint")[: most - len(mark) - 1].rstrip("-")
    return f"{own}-{mark}"


def metadata(run: Run) -> dict[str, str]:
    """The job's metadata: the user's, the run's id, and the training file's hash."""
    checked = run.checked(Role.TRAIN) or {}
    return {**run.spec.train.metadata, "ftlint_run": _name(run), "ftlint_sha256": checked["sha256"]}


def _name(run: Run) -> str:
    """What the job's metadata call the run: its id, and the number of a sweep's job."""
    return run.record.id if run.number is None else f"{run.record.id}-{run.number}"


def _upload_one(run: Run, role: Role) -> str:
    step = f"upload:{role.value}"
    if step in run.state.done:
        return str(run.state.done[step]["file_id"])
    verify(run, role)
    name = file_name(run, role)
    remote = settled(
        run,
        step,
        answer=run.adopt.files.get(role.value),
        fetch=lambda file_id: _named_file(run, role, file_id),
        find=lambda: _find_file(run, role),
        make=lambda: _send(run, role, name),
    )
    verify(run, role)  # it may have changed under the upload; a stray file costs nothing, a job would
    run.journal.done(step, file_id=remote.id, name=name)
    run.tell("upload", f"{role.value} file {remote.id}", id=remote.id)
    return remote.id


def _send(run: Run, role: Role, name: str) -> RemoteFile:
    """Send the file, or what an earlier attempt left to send of it."""
    path = run.file(role)
    memory = JournalledParts(run.journal, f"upload:{role.value}")
    keep = run.spec.train.keep_files
    try:
        try:
            return run.trainer().upload(path, name, keep=keep, memory=memory)
        except UploadGone as error:
            run.tell("upload", f"the upload that was begun is gone: {error.message}; looking whether it was completed")
        # refused because it expired, or because it had been completed and the answer was lost
        for wait in LOOKS:
            run.tools.sleep(wait)
            if (found := _find_file(run, role)) is not None:
                run.journal.note(f"upload:{role.value}", adopted=found.id)
                return found
        return run.trainer().upload(path, name, keep=keep, memory=memory)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error


def _find_file(run: Run, role: Role) -> RemoteFile | None:
    """The upload of this run with this name and size, or None.

    Raises:
        UsageError: several have the name, or one has it with another size.
    """
    name, checked = file_name(run, role), run.checked(role) or {}
    found = [file for file in _files(run) if file.filename == name]
    if not found:
        return None
    if len(found) > 1 or found[0].bytes not in {None, checked["bytes"]}:
        raise _undecided(run, f"the {role.value} file", (file.id for file in found), f"--file {role.value}=ID")
    return found[0]


def _named_file(run: Run, role: Role, file_id: str) -> RemoteFile:
    for file in _files(run):
        if file.id == file_id:
            return file
    raise UsageError(f"the service has no file {file_id}", f"--file {role.value}=none uploads it again")


def _files(run: Run) -> list[RemoteFile]:
    try:
        return run.trainer().list_files()
    except Rejected as error:
        raise _no_list(run, "files", error, "--file ROLE") from error


def _no_list(run: Run, what: str, error: Rejected, option: str) -> UsageError:
    return UsageError(
        f"the service does not list its {what} ({error.message}), so that nobody can tell what an earlier attempt did",
        f"look at the service, then {run.resume_command} {option}=ID, or {option}=none",
    )


def _create(run: Run) -> Job:
    files = run.state.done["upload"]
    train = run.spec.train
    return run.trainer().create_job(
        JobSpec(
            model=run.model,
            training_file=files[Role.TRAIN.value],
            validation_file=files.get(Role.VALIDATION.value),
            method=train.method,
            hyperparameters=train.hyperparameters,
            suffix=suffix(run),
            seed=train.seed,
            metadata=metadata(run),
            extra=_extra(run),
        )
    )


def _extra(run: Run) -> dict[str, Any]:
    train = run.spec.train
    extra: dict[str, Any] = {} if train.grader is None else {"grader": train.grader}
    if train.training_type is not None and not run.record.rehearsal:
        extra["trainingType"] = train.training_type
    if train.integrations and not run.record.rehearsal:  # the sandbox has no account anywhere
        extra["integrations"] = list(train.integrations)
    return extra


def _find_job(run: Run) -> Job | None:
    """The job of this run, or of this number in its sweep, or None where there is none.

    The training file decides: it was uploaded by this run and for it. A server that leaves the file out of its answer
    may still give suffix or metadata; one that gives nothing of the three cannot tell.

    Raises:
        UsageError: several jobs fit, or the service cannot tell.
    """
    file_id = run.state.done["upload"][Role.TRAIN.value]
    since = float(run.state.intents.get(JOB_STEP, {}).get("at") or 0) - _CLOCK_SKEW
    ours, unclear = [], []
    try:
        jobs = run.trainer().list_jobs()
    except Rejected as error:
        raise _no_list(run, "jobs", error, "--job") from error
    for job in jobs:
        fits = _fits(run, job, file_id)
        if fits:
            ours.append(job)
        elif fits is None and (job.created_at is None or job.created_at >= since):
            unclear.append(job)
    if len(ours) == 1:
        return ours[0]
    if ours or unclear:
        raise _undecided(run, "the job", (job.id for job in ours or unclear), "--job=ID")
    return None


def _fits(run: Run, job: Job, file_id: str) -> bool | None:
    """The job is this run's (True), another's (False), or the server says too little (None)."""
    if _is_another(run, job):
        return False
    if job.training_file is not None:
        return job.training_file == file_id
    said = [job.suffix == suffix(run)] if job.suffix else []
    if job.metadata and "ftlint_run" in job.metadata:
        said.append(job.metadata["ftlint_run"] == _name(run))
    return all(said) if said else None


def _is_another(run: Run, job: Job) -> bool:
    """The job is another one of the same sweep: by its id, or by what it says of itself.

    A sweep goes on only when a job has an id or was refused, so that what is left of the same file is this job.
    """
    named = (job.metadata or {}).get("ftlint_run")
    return any(
        job.id == other.state.done.get("submit", {}).get("job_id")
        or job.suffix == suffix(other)
        or named == _name(other)
        for other in run.others()
    )


def _own_job(run: Run, job_id: str) -> Job:
    try:
        job = run.trainer().job(job_id)
    except Rejected as error:
        raise UsageError(f"the service has no job {job_id} ({error.message})", "--job=none creates one") from error
    if _fits(run, job, run.state.done["upload"][Role.TRAIN.value]) is False:
        raise UsageError(f"the job {job_id} was made from another file, so that it is not this run's")
    return job


def _undecided(run: Run, what: str, ids: Iterable[str], option: str) -> UsageError:
    return UsageError(
        f"cannot tell which is {what} of this run: {', '.join(ids)}",
        f"look at the service, then {run.resume_command} {option}, or `none` in place of the id if it is none of them",
    )

"""Services, OpenAI's protocol through the real openai client: files and fine-tuning jobs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ftlint.services import openai_shapes as shapes
from ftlint.services.interface import Checkpoint, Job, JobEvent, JobSpec, Rejected, RemoteFile
from ftlint.services.openai_sync import NO_SUCH_ROUTE, Sync
from ftlint.services.retry import retrying

_MANY_PAGES = 200
_FEW_PAGES = 5


class OpenAITrainer(Sync):
    """Files and fine-tuning jobs. Reads are retried; upload, job creation and cancelling are sent once."""

    def upload(self, path: Path, filename: str) -> RemoteFile:
        """Upload a file for fine-tuning under the given name; raises ServiceError, and OSError for the path."""
        with path.open("rb") as file:
            body = (filename, file, "application/octet-stream")
            answer = self._once(lambda client: client.files.with_raw_response.create(file=body, purpose="fine-tune"))
        return shapes.parse_file(answer)

    def list_files(self) -> list[RemoteFile]:
        """All fine-tuning files of the account, newest first; raises ServiceError."""
        files = self._pages(
            lambda client, place: client.files.with_raw_response.list(purpose="fine-tune", **place),
            shapes.parse_file,
            _MANY_PAGES,
        )
        return shapes.by_age((f for f in files if f.purpose == "fine-tune"), lambda f: f.created_at)

    def create_job(self, spec: JobSpec) -> Job:
        """Create one job; raises ServiceError, NotEligible among them. A timeout leaves open whether it exists."""
        method: dict[str, Any] = {"type": spec.method}
        extra = dict(spec.extra)
        inner: dict[str, Any] = {"hyperparameters": spec.hyperparameters} if spec.hyperparameters else {}
        if "grader" in extra:
            inner["grader"] = extra.pop("grader")
        if inner:
            method[spec.method] = inner
        body: dict[str, Any] = {"model": spec.model, "training_file": spec.training_file, "method": method}
        optional = {
            "validation_file": spec.validation_file,
            "suffix": spec.suffix,
            "seed": spec.seed,
            "metadata": spec.metadata or None,
            "extra_body": extra or None,
        }
        body.update({name: value for name, value in optional.items() if value is not None})
        return shapes.parse_job(self._once(lambda client: client.fine_tuning.jobs.with_raw_response.create(**body)))

    def list_jobs(self) -> list[Job]:
        """The account's jobs, newest first, at most 500; raises ServiceError."""
        jobs = self._pages(
            lambda client, place: client.fine_tuning.jobs.with_raw_response.list(**place),
            shapes.parse_job,
            _FEW_PAGES,
        )
        return shapes.by_age(jobs, lambda job: job.created_at)

    def job(self, job_id: str) -> Job:
        """The job as it stands; raises ServiceError."""
        return shapes.parse_job(self._read(lambda client: client.fine_tuning.jobs.with_raw_response.retrieve(job_id)))

    def events(self, job_id: str) -> list[JobEvent]:
        """All events so far, oldest first; empty where the server has no such route. Raises ServiceError."""
        events = self._pages(
            lambda client, place: client.fine_tuning.jobs.with_raw_response.list_events(job_id, **place),
            shapes.parse_event,
            _MANY_PAGES,
            optional=True,
        )
        events.reverse()  # they come newest first, and several may share a second
        return sorted(events, key=lambda event: event.created_at or 0)

    def checkpoints(self, job_id: str) -> list[Checkpoint]:
        """All checkpoints so far, by step; empty where the server has no such route. Raises ServiceError."""
        found = self._pages(
            lambda client, place: client.fine_tuning.jobs.checkpoints.with_raw_response.list(job_id, **place),
            shapes.parse_checkpoint,
            _MANY_PAGES,
            optional=True,
        )
        return sorted(found, key=lambda checkpoint: checkpoint.step)

    def cancel(self, job_id: str) -> Job:
        """Cancel the job; raises ServiceError (Rejected when it has already ended)."""
        return shapes.parse_job(self._once(lambda client: client.fine_tuning.jobs.with_raw_response.cancel(job_id)))

    def pause(self, job_id: str) -> Job:
        """Pause the job; raises ServiceError (Rejected where the server has no such route, or the job does not run)."""
        return shapes.parse_job(self._once(lambda client: client.fine_tuning.jobs.with_raw_response.pause(job_id)))

    def unpause(self, job_id: str) -> Job:
        """Let a paused job go on; raises ServiceError as ``pause``."""
        return shapes.parse_job(self._once(lambda client: client.fine_tuning.jobs.with_raw_response.resume(job_id)))

    def result_file(self, file_id: str) -> bytes:
        """The content of a result file, as it comes; raises ServiceError."""
        return retrying(lambda: self._send(lambda client: client.files.with_raw_response.content(file_id)), self._sleep)

    def shutdown_date(self, model: str) -> str | None:
        """The day that the service names (YYYY-MM-DD), None where it does not say. Raises ServiceError."""
        try:
            answer = self._read(lambda client: client.models.with_raw_response.retrieve(model))
        except Rejected as error:
            if error.status in NO_SUCH_ROUTE:
                return None
            raise
        return shapes.parse_shutdown(answer)

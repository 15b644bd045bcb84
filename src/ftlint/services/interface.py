"""What a remote service must do for each role: moderator, trainer, completer; and how it may fail.

ServiceError                     the call failed; what it was for has no answer
├── AuthError                    the key is missing, wrong or not allowed to do this
├── QuotaError                   rate limit or quota; ``retry_after`` in seconds where the service said so
├── Unreachable                  network, timeout, 5xx: worth another try
├── BadAnswer                    an answer that must not be trusted (wrong number of results, broken JSON)
└── Rejected                     the service understood the request and said no (400, 404, 409, 422)
    ├── NotEligible              the organisation may not create jobs (403 training_not_available)
    └── UploadGone               an upload in parts that was begun earlier is not there any more

Adding a provider (Together, Fireworks, a trainer on this machine) takes a class per role and a line in ``build``; no
stage of a run changes. What the stages rely on, and no more:

- Everything is said in the types below. A provider's own names for statuses, files and models are translated here:
  a job ends as ``succeeded``, ``failed`` or ``cancelled``, and any other status means that it goes on.
- What a provider does not have is left out, not invented: None for a field, an empty list for events and checkpoints,
  ``Rejected`` for pausing. None of it stops a run. Only ``id`` and ``status`` of a job must be there.
- A trainer on this machine "uploads" by remembering the path: any id will do that its ``create_job`` understands.
- ``upload``, ``create_job`` and ``cancel`` are sent once and never repeated in here. After a crash the caller looks
  for what they did by ``list_files`` (the name that it gave) and ``list_jobs`` (training file, suffix, metadata); a
  provider that cannot list them raises Rejected, and a person is asked.
- Errors are of the tree above, whatever the transport. Codes are kept: the classification of failures reads them.
- What a provider takes (formats, limits, hyperparameters, length of a suffix, whether models must be deployed) is data
  in ``rules/providers.toml``, its models and prices in ``rules/models.toml``: nothing of that is code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol


class ServiceError(Exception):
    """A call to a remote service failed.

    Attributes:
        message: the service's own words, or the transport's; never contains a key.
        status: HTTP status, or None when there was no answer.
        code: the service's error code (``training_not_available``), or None.
        retryable: another attempt may succeed.
        retry_after: seconds that the service asked to wait, or None.
    """

    retryable = False

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.retry_after = retry_after


class AuthError(ServiceError):
    """401 or 403: the key is missing, wrong or lacks the right."""


class QuotaError(ServiceError):
    """429: too many requests or tokens, or no money left (``code == "insufficient_quota"``, not retryable)."""

    @property
    def retryable(self) -> bool:  # type: ignore[override]
        """A rate limit passes, an empty account does not."""
        return self.code != "insufficient_quota"


class Unreachable(ServiceError):
    """No connection, a timeout, or a 5xx."""

    retryable = True


class BadAnswer(ServiceError):
    """The answer is not one that can be trusted."""

    retryable = True


class Rejected(ServiceError):
    """The service refused the request itself; the same request will be refused again."""


class NotEligible(Rejected):
    """The organisation is not allowed to create fine-tuning jobs."""


class UploadGone(Rejected):
    """An upload in parts that an earlier attempt began is not taken up any more: expired, or completed by then.

    The caller looks for the file before it sends anything again; the memory of the parts has been cleared.
    """


@dataclass(frozen=True, slots=True)
class Score:
    """The moderator's answer for one text. ``scores`` maps category to 0..1; ``flagged`` is the service's verdict."""

    flagged: bool
    scores: dict[str, float]
    flagged_categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file at the service. ``bytes`` may be None where a server does not say."""

    id: str
    filename: str
    bytes: int | None
    purpose: str
    created_at: int | None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class BegunUpload:
    """An upload in parts that was begun. ``expires_at`` is in seconds since 1970, or None where nobody said."""

    id: str
    bytes: int
    expires_at: int | None


@dataclass(frozen=True, slots=True)
class PartDone:
    """A part that the service has, with the hash of the bytes that were sent."""

    id: str
    sha256: str


class UploadMemory(Protocol):
    """What the caller remembers of one file's upload in parts, across crashes. Every write is on disk when it returns.

    A trainer that sends files whole, or needs no upload, never touches it.
    """

    def upload(self) -> BegunUpload | None:
        """The upload that is under way, or None."""

    def part(self, number: int) -> PartDone | None:
        """The part with this number (from 0) of the upload that is under way."""

    def began(self, upload_id: str, size: int, expires_at: int | None) -> None:
        """An upload was begun; parts of an earlier one do not count any more."""

    def sent(self, number: int, part: PartDone) -> None:
        """A part has arrived."""

    def forget(self) -> None:
        """The upload is of no use any more."""


@dataclass(frozen=True, slots=True)
class JobSpec:
    """Everything that creating a job takes.

    Attributes:
        method: ``supervised``, ``dpo`` or ``reinforcement``.
        hyperparameters: as the method's hyperparameters of the API, ``{}`` for the service's own choice.
        suffix: at most 64 characters; carries the run id.
        extra: further top-level fields (grader, integrations).
    """

    model: str
    training_file: str
    validation_file: str | None
    method: str
    hyperparameters: dict[str, Any]
    suffix: str | None
    seed: int | None
    metadata: dict[str, str]
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """A fine-tuning job as the service describes it; every field but ``id`` and ``status`` may be None.

    Attributes:
        status: an open set; ``succeeded``, ``failed`` and ``cancelled`` are final.
        error: the service's error object, None or empty when there is none.
        raw: the whole answer, for the journal.
    """

    id: str
    status: str
    model: str | None
    training_file: str | None
    validation_file: str | None
    fine_tuned_model: str | None
    created_at: int | None
    finished_at: int | None
    trained_tokens: int | None
    suffix: str | None
    metadata: dict[str, str] | None
    error: dict[str, Any] | None
    result_files: tuple[str, ...]
    raw: dict[str, Any]

    @property
    def final(self) -> bool:
        """The job will not change any more."""
        return self.status in {"succeeded", "failed", "cancelled"}


@dataclass(frozen=True, slots=True)
class JobEvent:
    """One event of a job; ``type`` and ``data`` are an open set and kept as they come."""

    id: str
    created_at: int | None
    level: str
    type: str
    message: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model that the job saved on the way."""

    id: str
    step: int
    model: str
    metrics: dict[str, float]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that a model wants to be called; ``arguments`` is the JSON text that it wrote, which may be broken."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Completion:
    """One answer of a model; tokens are None where the server does not count.

    Attributes:
        text: empty where the model called tools and said nothing.
        calls: the tools that it called, in order; only where tools were offered.
    """

    text: str
    finish_reason: str | None
    input_tokens: int | None
    output_tokens: int | None
    model: str | None
    calls: tuple[ToolCall, ...] = ()


class Moderator(Protocol):
    """Scores texts. One Score per text, in order; anything else is a BadAnswer."""

    name: str
    """Provider and host, for the announcement and the record."""
    model: str
    """The model snapshot; part of the cache key."""

    async def score(self, texts: Sequence[str]) -> list[Score]:
        """Score each text; raises ServiceError, and never returns fewer results than texts."""

    async def score_image(self, url: str) -> Score:
        """Score one image (an https or data URL); raises ServiceError."""

    async def close(self) -> None:
        """Close the connections."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as the service describes it.

    Attributes:
        status: an open set; ``completed``, ``failed``, ``expired`` and ``cancelled`` are final.
        output_file: answers, and ``error_file``: requests that failed; None where there is none (yet).
        errors: why the whole batch failed, in the service's words.
        done: requests carried out by now, as far as the service says; for the progress only.
    """

    id: str
    status: str
    input_file: str | None
    output_file: str | None
    error_file: str | None
    errors: tuple[str, ...] = ()
    done: int = 0

    @property
    def final(self) -> bool:
        """The batch will not change any more."""
        return self.status in {"completed", "failed", "expired", "cancelled"}


class Batches(Protocol):
    """Runs moderation requests as batches of files. Every method raises ServiceError."""

    name: str

    def available(self) -> bool:
        """Whether the server has such a route at all; nothing is stored for it."""

    def upload(self, content: BinaryIO, filename: str) -> str:
        """Store a file of requests under this name; its id. An upload of that name that is there already is used."""

    def stored(self, filename: str) -> str | None:
        """The id of an uploaded file of this name, or None."""

    def create(self, input_file: str) -> Batch:
        """Run the requests of a file; a batch of that file that is there already is used."""

    def batch(self, batch_id: str) -> Batch:
        """The batch as it stands."""

    def content(self, file_id: str) -> bytes:
        """The content of a file."""

    def delete(self, file_id: str) -> None:
        """Delete a file; one that is gone already is fine."""

    def close(self) -> None:
        """Close the connections."""


class Trainer(Protocol):
    """Stores files and runs jobs. Every method raises ServiceError."""

    name: str

    def upload(
        self, path: Path, filename: str, *, keep: bool = False, memory: UploadMemory | None = None
    ) -> RemoteFile:
        """Upload a training file under the given name.

        Args:
            keep: False lets the service delete it after a while (30 days), where it can do that.
            memory: of an upload in parts; None sends a large file in parts that no later attempt takes up.
        """

    def delete_file(self, file_id: str) -> bool:
        """Delete a file at the service; False where it has none of that id."""

    def list_files(self) -> list[RemoteFile]:
        """All fine-tuning files of the account, newest first."""

    def create_job(self, spec: JobSpec) -> Job:
        """Create one job; never retried by itself."""

    def list_jobs(self) -> list[Job]:
        """The account's jobs, newest first (at most a few hundred)."""

    def job(self, job_id: str) -> Job:
        """The job as it stands."""

    def events(self, job_id: str) -> list[JobEvent]:
        """All events so far, oldest first; empty where a server has none."""

    def checkpoints(self, job_id: str) -> list[Checkpoint]:
        """All checkpoints so far, oldest first; empty where a server has none."""

    def cancel(self, job_id: str) -> Job:
        """Cancel the job."""

    def pause(self, job_id: str) -> Job:
        """Pause the job; Rejected where the service cannot, or the job does not run."""

    def unpause(self, job_id: str) -> Job:
        """Let a paused job go on; Rejected as for ``pause``."""

    def result_file(self, file_id: str) -> bytes:
        """The content of a result file."""

    def check_grader(self, grader: dict[str, Any]) -> bool:
        """Have the service look at a grader; False where it has no route for that, Rejected where it refuses it."""

    def shutdown_date(self, model: str) -> str | None:
        """The day the service will stop serving the model (YYYY-MM-DD), or None where it does not say."""

    def close(self) -> None:
        """Close the connections."""


class Completer(Protocol):
    """Answers chat messages with one completion."""

    name: str
    on_trouble: Callable[[ServiceError], None] | None
    """Is told every failure that is going to be tried again here, so that the caller can slow down."""

    async def complete(
        self,
        model: str,
        messages: Sequence[dict[str, Any]],
        *,
        temperature: float | None,
        max_tokens: int | None,
        seed: int | None = None,
        offer: dict[str, Any] | None = None,
    ) -> Completion:
        """One completion; raises ServiceError, and never answers an empty text in place of a failure.

        A rate limit is raised at once (QuotaError): the caller waits, for all of its requests together.

        Args:
            offer: ``tools`` and what goes with them (``tool_choice``, ``parallel_tool_calls``), as the API takes them.
        """

    async def close(self) -> None:
        """Close the connections."""

"""Why a job failed: which failure it is, what that means, and what in the files may lie behind it, ranked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ftlint.errors import InputError
from ftlint.model import Report
from ftlint.privacy import mask
from ftlint.run.classify import Failure, FailureKind, classify
from ftlint.run.clues import UNSCORED, Clues, clues, everything_said, unwrap
from ftlint.run.suspects import NOT_THE_FILE, Suspect, suspects
from ftlint.services.interface import Job, JobEvent, Rejected, Trainer
from ftlint.text import crop, safe

_BLOCKED_FILE = (FailureKind.BLOCKED_TRAINING_FILE, FailureKind.BLOCKED_VALIDATION_FILE)
_EVENT_WIDTH = 2000


@dataclass(frozen=True, slots=True)
class Told:
    """What the service said of a job, or of a call that it refused.

    Attributes:
        job: its id, None for a text that the user gave.
        model: the base model, where the service says it.
        raw: the ``moderation_checks`` events as they came; their shape is not documented.
    """

    failure: Failure
    clues: Clues
    job: str | None = None
    model: str | None = None
    raw: tuple[str, ...] = ()


def from_text(text: str) -> Told:
    """A pasted error: its message, or the JSON of the error or of the job."""
    error = unwrap(text.strip())
    failure = classify(error)
    told = str(error.get("message") or text.strip())
    if failure.kind is FailureKind.UNKNOWN and (said := everything_said(text.strip())) != told:
        failure, told = classify({"message": said}), said
    return Told(failure, clues(told))


def from_job(trainer: Trainer, job_id: str) -> Told:
    """The job's own error and events.

    Raises:
        InputError: there is no such job, or it has not failed.
        ServiceError: the service cannot be asked.
    """
    try:
        job = trainer.job(job_id)
        events = trainer.events(job_id)
    except Rejected as error:
        raise InputError(
            f"{trainer.name} has no job `{job_id}`: {error.message}", "copy the id from the job's page"
        ) from None
    if job.status not in ("failed", "cancelled") and not _spoke(events):
        raise InputError(f"job {job.id} has not failed: it is `{safe(job.status)}`", "there is nothing to explain yet")
    failure = classify(job.error, events, status=job.status)
    checks = tuple(_shown(event) for event in events if event.type == "moderation_checks")
    return Told(failure, clues(failure.message, events), job.id, _model(job), checks)


def _spoke(events: Sequence[JobEvent]) -> bool:
    return any(event.level == "error" for event in events)


def _model(job: Job) -> str | None:
    return safe(job.model) if job.model else None


def _shown(event: JobEvent) -> str:
    return safe(crop(mask(f"{event.message} {event.data or ''}".strip()), _EVENT_WIDTH))


@dataclass(frozen=True, slots=True)
class Explanation:
    """What can be said about a failure after the files were checked."""

    told: Told
    suspects: tuple[Suspect, ...]
    report: Report

    def notes(self) -> Iterator[str]:
        """What the ranking rests on, and what nobody outside the service can know."""
        kind, summary = self.told.failure.kind, self.report.moderation
        if kind in NOT_THE_FILE:
            yield "this failure says nothing about the data: the files need no change because of it"
            return
        if kind is FailureKind.FORMAT_ERROR:
            yield "the service stops at its first complaint; what is listed here are all of them"
            if not self.suspects:
                yield "nothing in these files explains it: compare them with the bytes that were uploaded"
            return
        if kind in (*_BLOCKED_FILE, FailureKind.BLOCKED_MODEL, FailureKind.UNKNOWN):
            yield from self._about_the_filter()
        if kind is FailureKind.CRASHED_SAFETY_EVALUATION:
            yield "the evaluation broke down, which is no verdict on the model; the list is for when it comes back"
        if summary.status != "complete":
            reason = f" ({safe(summary.reason)})" if summary.reason else ""
            yield f"moderation: {summary.status}{reason}; without its scores the list rests on the offline rules"

    def _about_the_filter(self) -> Iterator[str]:
        yield (
            "the service's filter is not the Moderation API and is not public: the list is ranked evidence, no proof,"
            " and a file may be blocked without anything on it"
        )
        if self.told.failure.kind in _BLOCKED_FILE:
            yield "newer base models are judged more strictly: a file that an older one took may be blocked now"
        unscored = [category for category in self.told.clues.categories if category in UNSCORED]
        if unscored:
            yield f"no Moderation API scores {', '.join(unscored)}: read the rows with that in mind"
        if self.told.failure.kind.blocked:
            yield "do not submit parts of the file to find the row: that can count against your account"

    def as_dict(self) -> dict[str, Any]:
        """For the JSON output; the report itself stands beside it."""
        told, found = self.told, self.told.clues
        return {
            "kind": told.failure.kind.value,
            "summary": told.failure.summary,
            "message": told.failure.message,
            "remedy": told.failure.remedy,
            "job": told.job,
            "model": told.model,
            "lines": list(found.lines),
            "example": found.example,
            "categories": list(found.categories),
            "moderation_checks": list(told.raw),
            "suspects": [_suspect(item) for item in self.suspects],
            "notes": list(self.notes()),
        }


def _suspect(item: Suspect) -> dict[str, Any]:
    finding = item.finding
    return {
        "code": finding.code,
        "name": finding.name,
        "level": finding.level.value,
        "message": finding.message,
        "help": finding.help,
        "path": finding.path,
        "line": finding.line,
        "count": item.count,
        "named_by_service": item.named,
        "places": [{"path": place.path, "line": place.line} for place in item.places],
    }


def explain(told: Told, report: Report, training: Path) -> Explanation:
    """Rank what the check found by what the service said.

    Args:
        report: of the files that the job was given.
        training: the training file, for the line of an example that the service names.
    """
    number = told.clues.example
    line = line_of_example(training, number) if number is not None else None
    return Explanation(told, tuple(suspects(report, told.failure.kind, told.clues, line)), report)


def line_of_example(path: Path, number: int) -> int | None:
    """The line of the n-th row that is not blank, both from 1, as in the service's messages. None past the end."""
    seen = 0
    with path.open("rb") as file:
        for line, raw in enumerate(file, start=1):
            seen += bool(raw.strip())
            if seen == number:
                return line
    return None

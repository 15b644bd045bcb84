"""Why a job was refused or ended: failures that look alike, told apart, each with its own remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ftlint.services.interface import JobEvent, NotEligible, QuotaError, ServiceError
from ftlint.text import safe


class FailureKind(StrEnum):
    """What ended a job. The first four look alike to a person who only sees that it failed."""

    BLOCKED_TRAINING_FILE = "blocked-training-file"
    BLOCKED_VALIDATION_FILE = "blocked-validation-file"
    BLOCKED_MODEL = "blocked-model"
    CRASHED_SAFETY_EVALUATION = "crashed-safety-evaluation"
    FORMAT_ERROR = "format-error"
    INELIGIBLE = "ineligible"
    QUOTA = "quota"
    TRANSIENT = "transient"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"

    @property
    def blocked(self) -> bool:
        """A filter judged the data or the model; the same bytes are never submitted again by this program."""
        return self in {
            FailureKind.BLOCKED_TRAINING_FILE,
            FailureKind.BLOCKED_VALIDATION_FILE,
            FailureKind.BLOCKED_MODEL,
        }


@dataclass(frozen=True, slots=True)
class Failure:
    """A classified failure.

    Attributes:
        message: the service's own words, inert.
        summary: what it is, in our words.
        remedy: what to do.
    """

    kind: FailureKind
    message: str
    summary: str
    remedy: str


_FILE_REMEDY = (
    "the service names no line: `ftlint why FILE` ranks the suspects; change or remove them and start a new run; the"
    " same file is not submitted again"
)
_TEXTS: dict[FailureKind, tuple[str, str]] = {
    FailureKind.BLOCKED_TRAINING_FILE: ("the service's filter blocked the training file", _FILE_REMEDY),
    FailureKind.BLOCKED_VALIDATION_FILE: ("the service's filter blocked the validation file", _FILE_REMEDY),
    FailureKind.BLOCKED_MODEL: (
        "the service trained the model, and its safety evaluation then blocked it",
        (
            "look at the job's moderation_checks events for the categories; four of the thirteen (advice,"
            " highly-sensitive, propaganda, sensitive) have no counterpart in the Moderation API, so that a clean"
            " report cannot rule this out"
        ),
    ),
    FailureKind.CRASHED_SAFETY_EVALUATION: (
        "the service's own safety evaluation crashed after training",
        (
            "this may pass by itself: start one new run later; if it comes back, look at examples with violent or"
            " threatening words, and write to the service's support with the job id"
        ),
    ),
    FailureKind.FORMAT_ERROR: (
        "the service could not read a file",
        "the service names the first bad example only: `ftlint check` names them all; tell us what it missed",
    ),
    FailureKind.INELIGIBLE: (
        "this organisation may not create fine-tuning jobs",
        (
            "OpenAI is winding the service down: jobs only for organisations that used a tuned model recently, and none"
            " from 2027-01-06; other providers take the same files (`[train] provider`, `[services.trainer] base_url`)"
        ),
    ),
    FailureKind.QUOTA: (
        "a quota or the account's balance is used up",
        "raise the limit or add credit, then resume the run; nothing was lost",
    ),
    FailureKind.TRANSIENT: (
        "the service failed on its side",
        "resume the run, or start a new one where the job has ended; if it comes back, write to the service's support",
    ),
    FailureKind.CANCELLED: ("the job was cancelled", "start a new run to train again"),
    FailureKind.UNKNOWN: (
        "the service gave a reason that is not known here",
        "look at the job's events (`ftlint runs show`); `ftlint why FILE` lists what may lie behind it",
    ),
}

_WORDS: tuple[tuple[FailureKind, str], ...] = (
    (
        FailureKind.CRASHED_SAFETY_EVALUATION,
        r"error while running (?:moderation )?eval|refusals_v\d|safety evaluation (?:failed to run|crashed|error)",
    ),
    (
        FailureKind.BLOCKED_MODEL,
        (
            r"(?:fine-?\s?tuned )?model is unable to be deployed|scores above acceptable thresholds"
            r"|blocked (?:the|this|your) (?:fine-?\s?tuned )?model|model (?:was|has been|is) blocked"
            r"|(?:did not|failed to) pass (?:the |our )?safety eval|model failed (?:the |our )?safety"
        ),
    ),
    (
        FailureKind.BLOCKED_TRAINING_FILE,
        (
            r"file was blocked|blocked by our moderation|failed moderation safety checks"
            r"|unsafe (?:training|validation) file|failed RAI checks|too many examples (?:that violate|were flagged)"
        ),
    ),
    (FailureKind.INELIGIBLE, r"training_not_available|winding down the fine-?tuning|no longer able to create new fine"),
    (FailureKind.QUOTA, r"insufficient_quota|exceeded your current quota|billing|quota"),
    (
        FailureKind.FORMAT_ERROR,
        (
            r"invalid[ _](?:training|validation)[ _]file|invalid[ _]file[ _]format|invalid_n_examples|file format error"
            r"|unexpected file format|cannot be parsed|have JSONL format|has no attribute"
            r"|must have at least \d+ examples|is not using '\w+' as the training method"
            r"|not supported in '\w+' examples|is missing key|Discriminator '"
        ),
    ),
    (
        FailureKind.TRANSIENT,
        r"server_error|internal (?:server )?error|internal_error|try again|temporar|unavailable|timed? ?out|overloaded",
    ),
)
_PATTERNS = tuple((kind, re.compile(words, re.IGNORECASE)) for kind, words in _WORDS)

_CODES = {
    "training_not_available": FailureKind.INELIGIBLE,
    "insufficient_quota": FailureKind.QUOTA,
    "exceeded_quota": FailureKind.QUOTA,
    "billing_hard_limit_reached": FailureKind.QUOTA,
    "unsafe_file": FailureKind.BLOCKED_TRAINING_FILE,
}


def classify(
    error: Mapping[str, Any] | ServiceError | None,
    events: Sequence[JobEvent] = (),
    *,
    status: str | None = None,
) -> Failure:
    """Say what ended a job, or why it was refused.

    Args:
        error: the job's error object (``{}`` and None mean none), or the error of the call that was refused.
        events: of the job; those at level ``error``, and ``moderation_checks``, are read where the error says nothing.
        status: of the job; ``cancelled`` decides.
    """
    message, code, param = _parts(error)
    if status == "cancelled":
        return _failure(FailureKind.CANCELLED, message or "the job was cancelled", "")
    if isinstance(error, NotEligible):
        return _failure(FailureKind.INELIGIBLE, message, param)
    told = [event.message for event in events if event.level == "error" or event.type == "moderation_checks"]
    candidates = [message, *reversed(told)]
    kind = _by_text(f"{code} {message}") or _CODES.get(code) or _first(_by_text(text) for text in candidates[1:])
    if kind is None and isinstance(error, ServiceError):
        kind = _by_error(error)
    text = message or next((text for text in candidates if text), "") or "no reason was given"
    return _failure(kind or FailureKind.UNKNOWN, text, param)


def _parts(error: Mapping[str, Any] | ServiceError | None) -> tuple[str, str, str]:
    """Message, code and parameter of whatever kind of error."""
    if isinstance(error, ServiceError):
        return error.message, error.code or "", ""
    found = error or {}
    return tuple(str(found.get(key) or "") for key in ("message", "code", "param"))  # type: ignore[return-value]


def _by_text(text: str) -> FailureKind | None:
    return next((kind for kind, pattern in _PATTERNS if pattern.search(text)), None)


def _first(kinds: Iterable[FailureKind | None]) -> FailureKind | None:
    return next((kind for kind in kinds if kind is not None), None)


def _by_error(error: ServiceError) -> FailureKind | None:
    if isinstance(error, QuotaError):
        return FailureKind.TRANSIENT if error.retryable else FailureKind.QUOTA
    return FailureKind.TRANSIENT if error.retryable else None


def failure_of(kind: FailureKind, message: str) -> Failure:
    """A failure of a known kind."""
    summary, remedy = _TEXTS[kind]
    return Failure(kind, safe(message), summary, remedy)


def _failure(kind: FailureKind, message: str, param: str) -> Failure:
    about_validation = param.startswith("validation") or re.search(
        r"(?:invalid|unsafe|error in the) validation[ _]file|validation data failed", message, re.IGNORECASE
    )
    if kind is FailureKind.BLOCKED_TRAINING_FILE and about_validation:
        kind = FailureKind.BLOCKED_VALIDATION_FILE
    return failure_of(kind, message)

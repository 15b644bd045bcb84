"""Why a job was refused or ended: failures that look alike, told apart, each with its own remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ftlint.privacy import mask
from ftlint.services.interface import JobEvent, NotEligible, QuotaError, ServiceError
from ftlint.text import crop, safe


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
    "the service names no line: change or remove the suspects (`ftlint why FILE` ranks them) and start a new run; the"
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
        "the service could not read a file, or cannot train on it in this way",
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

_WORDS: tuple[tuple[FailureKind, tuple[str, ...]], ...] = (
    (
        FailureKind.CRASHED_SAFETY_EVALUATION,
        (
            r"\berror (?:occurred )?(?:while|when|during|in) (?:running |the )?[\w ]{0,30}\beval",
            r"\berror running [\w ]{0,30}\beval",
            r"refusals_v\d",
            r"(?:safety|moderation) eval\w* (?:itself )?(?:failed to (?:run|complete)|crashed|errored|error|timed out)",
            r"(?:could not|failed to|unable to) (?:run|complete|finish) [\w ]{0,20}(?:safety|moderation) eval",
        ),
    ),
    (  # before the model's: a file can fail the same "safety checks"
        FailureKind.BLOCKED_TRAINING_FILE,
        (
            r"(?:file|data|dataset) (?:did not|didn't|has not|failed to) pass [\w ]{0,30}(?:moderation|safety)",
            r"(?:file|data|dataset) (?:did not|didn't|has not|failed to) pass [\w ]{0,30}(?:RAI|responsible)",
        ),
    ),
    (
        FailureKind.BLOCKED_MODEL,
        (
            r"model (?:is unable to|cannot|can ?not|can't|could not) be deployed",
            r"above (?:the )?acceptable threshold",
            r"block(?:ed|s) (?:the|this|your) (?:resulting |trained )?(?:fine-?\s?tuned )?model",
            r"model (?:was|has been|is) (?:blocked|rejected|withheld)",
            r"(?:did not|does not|didn't|failed to) pass [\w ]{0,20}safety (?:eval|check)",
            r"model failed [\w ]{0,20}safety",
            r"blocked (?:it )?from (?:being )?deploy",
        ),
    ),
    (
        FailureKind.BLOCKED_TRAINING_FILE,
        (
            r"(?:file|data|dataset) (?:was|has been|is|were|got) blocked",
            r"(?:training|validation)[ _](?:file|data|dataset) (?:was |has been )?blocked",
            r"(?:file|data|dataset) (?:was|has been|is|were) rejected by (?:our |the )?(?:content|moderation)",
            r"(?:file|data|dataset) (?:was|has been|is|were) rejected by (?:our |the )?(?:safety|polic)",
            r"blocked by (?:(?:our|the|their|openai's|azure's) )?(?:content )?(?:moderation|safety|filter)",
            r"RAI checks? failed|fail(?:ed|s)? (?:our |the )?(?:moderation|RAI|responsible ai|content safety)",
            r"unsafe[ _](?:training|validation)?[ _]?(?:file|data)",
            r"too many (?:of (?:the|your) )?(?:examples|rows|samples) (?:that |which )?(?:violate|were fl|are fl)",
            r"flagged by (?:our|the) moderation",
            r"(?:violat\w+|against|breach\w*) [\w' ]{0,30}(?:usage|content) polic",
            r"flagged lines\s*:",
            r"モデレーション[^。]{0,40}(?:ブロック|拒否|フラグ)|(?:利用|使用)?ポリシーに違反する[^。]{0,20}(?:例|サンプル|データ)",
        ),
    ),
    (
        FailureKind.INELIGIBLE,
        (
            r"training_not_available",
            r"winding down (?:the |its )?fine-?\s?tun",
            r"no longer (?:able|allowed|permitted|eligible) to (?:create|start|run|use)[\w ]{0,30}fine-?\s?tun",
            r"(?:not|n't) (?:eligible|allowed|permitted|authori[sz]ed) (?:to|for) [\w ]{0,30}fine-?\s?tun",
            r"fine-?\s?tuning (?:is )?(?:not|no longer) available (?:for|to|in) (?:your|this)",
        ),
    ),
    (
        FailureKind.QUOTA,
        (
            r"insufficient[_ ]quota|exceeded_quota|quota_exceeded",
            r"(?:exceed\w*|over|above|reached|out of|no) [\w ]{0,20}quota",
            r"quota [\w ]{0,30}(?:exceeded|reached|exhausted|used up|insufficient)",
            r"billing[_ ](?:hard|soft)|plan and billing|billing (?:details|limit|issue|problem|not active)",
            r"credit balance|out of credits|(?:insufficient|not enough) (?:credit|fund|balance)",
        ),
    ),
    (
        FailureKind.FORMAT_ERROR,
        (
            r"invalid[ _](?:training|validation)[ _]file|invalid[ _]file[ _]format|file format error",
            r"unexpected file format|(?:cannot|could not|can't) be parsed|expected [\w ]{0,20}JSONL",
            r"(?:have|in|not) (?:a |valid )?JSONL(?: format)?",
            r"(?<!Error: )'\w+' object has no attribute '(?:get|keys|items|\w*$)",
            r"invalid json|not (?:a )?valid (?:json|jsonl)|malformed json",
            r"invalid_n_examples|must have at least \d+\b|has \d+ example\(s\)",
            r"is not using '\w+' as the training method|is in the [\w-]+ format, but the",
            r"requires the \w+ method|fine-?\s?tuning with \S+ requires the",
            r"system (?:role )?messages? (?:is not|are not|isn't|aren't) supported",
            r"extra (?:fields|inputs) (?:are )?not permitted",
            r"not supported in '?\w+'? examples|is missing (?:the )?key|missing key|contains an extra|Discriminator '",
            r"expected either prompt/completion",
        ),
    ),
    (
        FailureKind.TRANSIENT,
        (
            r"server_error|internal (?:server )?error|internal_error|please (?:try again|retry)|try again (?:later|in)",
            r"temporar\w+ (?:\w+ )?(?:error|failure|fault|issue|problem|outage|unavailable|overload|down)|timed? ?out",
            r"server had an error|(?:service|server|currently|model|engine|is) unavailable",
            r"\boverloaded|too many requests|rate limit|bad gateway|connection (?:reset|aborted|error)",
        ),
    ),
)
_PATTERNS = tuple((kind, re.compile("|".join(words), re.IGNORECASE)) for kind, words in _WORDS)
_MOST_READ = 20_000
_MOST_SHOWN = 2_000

_SEEN: tuple[tuple[FailureKind, tuple[str, ...]], ...] = (
    (
        FailureKind.BLOCKED_TRAINING_FILE,
        (
            "invalid training file. This file failed moderation safety checks. The OpenAI Moderation API identifies",
            "This training file was blocked because too many examples were flagged by our moderation API for",
            "an unsafe training file. This training file was blocked by our moderation system because it contains",
            "too many examples that violate OpenAI's usage policies",
            "The provided training data failed RAI checks for harm types",
        ),
    ),
    (
        FailureKind.CRASHED_SAFETY_EVALUATION,
        ("Error while running moderation eval refusals_v0 for snapshot",),
    ),
    (
        FailureKind.BLOCKED_MODEL,
        ("This model is unable to be deployed. Model evaluation identified that this fine tuned model scores above",),
    ),
    (
        FailureKind.FORMAT_ERROR,
        (
            "Invalid file format. Example 0, message 0 Discriminator 'role' is missing in value",
            'Invalid file format. Example 0 contains an extra "weight"',
            "Invalid file format. Example 0 is missing key 'messages'",
            "Unexpected file format, expected either prompt/completion pairs or chat messages",
            "Example 0 cannot be parsed. Error: line contains invalid json:",
            "Expected file to have JSONL format, where every line is a valid JSON dictionary. Line starts with",
            "Training file has 0 example(s), but must have at least 0 examples",
            "System messages are not supported in 'reinforcement' examples",
        ),
    ),
)
"""What services have said, 2023 to 2026: a text that was cut off while it was copied is a piece of one of them."""
_PIECE = 18  # characters from which a piece of a known text is no accident

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
    flat = _flat(text)
    return next((kind for kind, pattern in _PATTERNS if pattern.search(flat)), None) or _by_piece(flat)


def _by_piece(flat: str) -> FailureKind | None:
    """The kind of the only known text that this is a piece of."""
    piece = re.sub(r"\d+", "0", flat.strip(' .…"')).lower()
    kinds = {kind for kind, known in _SEEN for text in known if len(piece) >= _PIECE and piece in text.lower()}
    return kinds.pop() if len(kinds) == 1 else None


def _flat(text: str) -> str:
    """One line with plain quotes, as the patterns want it: pasted texts are wrapped and typeset."""
    return " ".join(text[:_MOST_READ].replace("’", "'").replace("‘", "'").split())


def _first(kinds: Iterable[FailureKind | None]) -> FailureKind | None:
    return next((kind for kind in kinds if kind is not None), None)


def _by_error(error: ServiceError) -> FailureKind | None:
    if isinstance(error, QuotaError):
        return FailureKind.TRANSIENT if error.retryable else FailureKind.QUOTA
    return FailureKind.TRANSIENT if error.retryable else None


def failure_of(kind: FailureKind, message: str) -> Failure:
    """A failure of a known kind."""
    summary, remedy = _TEXTS[kind]
    # the service may quote a row, and the text may be a whole page that somebody pasted
    return Failure(kind, safe(crop(mask(message[:_MOST_READ]), _MOST_SHOWN)), summary, remedy)


def _failure(kind: FailureKind, message: str, param: str) -> Failure:
    about_validation = param.startswith("validation") or re.search(
        r"(?:invalid|unsafe|error in the) validation[ _](?:file|data)"
        r"|validation[ _](?:data|file|dataset) (?:failed|was|has|got|did|blocked|rejected)",
        _flat(message),
        re.IGNORECASE,
    )
    if kind is FailureKind.BLOCKED_TRAINING_FILE and about_validation:
        kind = FailureKind.BLOCKED_VALIDATION_FILE
    return failure_of(kind, message)

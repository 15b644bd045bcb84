"""Services, OpenAI's protocol: raw JSON answers into our own types. Much may be missing; a verdict must be whole."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from ftlint.services.interface import (
    BadAnswer,
    Checkpoint,
    Completion,
    Job,
    JobEvent,
    RemoteFile,
    Score,
    ToolCall,
)
from ftlint.text import crop, safe

T = TypeVar("T")

_SAME = {
    **dict.fromkeys(("completed", "complete", "success", "finished"), "succeeded"),
    **dict.fromkeys(("error", "errored", "failure"), "failed"),
    **dict.fromkeys(("canceled", "stopped"), "cancelled"),
}
"""Other servers' words for the three ends of a job; none of them is a status of OpenAI's."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DIGITS = re.compile(r"[0-9]{1,18}")


class NoText(BadAnswer):
    """The model answered, but not with a text (content filter, tool call, refusal); another try rarely helps.

    ``code`` holds the finish reason, where there is one.
    """

    retryable = False


def parse_object(content: bytes) -> dict[str, Any]:
    """The JSON object in an answer's body.

    Raises:
        BadAnswer: the body is no JSON object.
    """
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BadAnswer(f"the answer is not JSON ({type(error).__name__}, {len(content)} bytes)") from error
    if not isinstance(value, dict):
        raise BadAnswer(f"the answer is a JSON {type(value).__name__}, not an object")
    return value


def parse_scores(answer: Mapping[str, Any], expected: int, *, image: bool = False) -> list[Score]:
    """One Score per input.

    Args:
        answer: the body of a moderation answer.
        expected: the number of inputs that were sent.
        image: the input was an image.

    Raises:
        BadAnswer: another number of results, a result without a verdict or a usable score, or one that says itself
            that it is not about the image.
    """
    results = answer.get("results")
    if not isinstance(results, list) or len(results) != expected:
        count = len(results) if isinstance(results, list) else "no"
        raise BadAnswer(f"asked for {expected} verdicts, the answer holds {count} results")
    scores = [_score(result) for result in results]
    if image and not all(_is_about_the_image(result) for result in results):
        raise BadAnswer("the answer does not say that the image was looked at")
    return scores


def _is_about_the_image(result: Mapping[str, Any]) -> bool:
    """Where the service says what its scores are about; other servers do not."""
    applied = result.get("category_applied_input_types")
    return not isinstance(applied, dict) or any(
        "image" in kinds for kinds in applied.values() if isinstance(kinds, list)
    )


def _score(result: Any) -> Score:
    if not isinstance(result, dict) or not isinstance(result.get("flagged"), bool):
        raise BadAnswer("a moderation result says neither flagged nor not flagged")
    given = result.get("category_scores")
    scores: dict[str, float] = {}
    for category, value in (given if isinstance(given, dict) else {}).items():
        if value is None:  # a category that this model does not score
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise BadAnswer(f"the score of {safe(category)[:60]} is not a number from 0 to 1")
        scores[category] = float(value)
    if not scores:
        raise BadAnswer("a moderation result holds no scores")
    marks = result.get("categories")
    marked = tuple(c for c, on in (marks if isinstance(marks, dict) else {}).items() if on is True)
    return Score(result["flagged"] or bool(marked), scores, marked)


def parse_file(value: Any) -> RemoteFile:
    """A file object; raises BadAnswer when it has no id."""
    node = _with_id(value, "file")
    return RemoteFile(
        node["id"],
        _text(node.get("filename")) or "",
        _count(node.get("bytes")),
        _text(node.get("purpose")) or "fine-tune",
        _count(node.get("created_at")),
        _text(node.get("status")),
    )


def parse_upload(value: Any) -> tuple[str, int | None]:
    """Id and end of an upload in parts (seconds since 1970, or None); raises BadAnswer when it has no id."""
    node = _with_id(value, "upload")
    return node["id"], _count(node.get("expires_at"))


def parse_id(value: Any, what: str) -> str:
    """The id of an object; raises BadAnswer when it has none."""
    return str(_with_id(value, what)["id"])


def parse_job(value: Any) -> Job:
    """A job object; raises BadAnswer when it has no id or no status. An error of ``{}`` or of nulls means none."""
    node = _with_id(value, "job")
    status = _text(node.get("status"))
    if status is None:
        raise BadAnswer("the job in the answer has no status")
    status = _SAME.get(status.casefold(), status)
    metadata = node.get("metadata")
    files = node.get("result_files")
    return Job(
        id=node["id"],
        status=status,
        model=_text(node.get("model")),
        training_file=_text(node.get("training_file")),
        validation_file=_text(node.get("validation_file")),
        fine_tuned_model=_text(node.get("fine_tuned_model")),
        created_at=_count(node.get("created_at")),
        finished_at=_count(node.get("finished_at")),
        trained_tokens=_count(node.get("trained_tokens")),
        suffix=_text(node.get("suffix")) or _text(node.get("user_provided_suffix")),
        metadata={str(k): str(v) for k, v in metadata.items()} if isinstance(metadata, dict) else None,
        error=_error(node.get("error")),
        result_files=tuple(f for f in files if isinstance(f, str)) if isinstance(files, list) else (),
        raw=node,
    )


def _error(value: Any) -> dict[str, Any] | None:
    if isinstance(value, dict):
        return value if any(part not in (None, "") for part in value.values()) else None
    return {"message": value} if isinstance(value, str) and value else None


def parse_event(value: Any) -> JobEvent:
    """An event; one without an id gets the hash of its content, so that it is told apart from others."""
    node = value if isinstance(value, dict) else {"message": str(value)}
    data = node.get("data")
    digest = hashlib.sha256(json.dumps(node, sort_keys=True).encode("utf-8", "replace")).hexdigest()
    return JobEvent(
        _text(node.get("id")) or f"event-{digest[:16]}",
        _count(node.get("created_at")),
        _text(node.get("level")) or "info",
        _text(node.get("type")) or "message",
        _text(node.get("message")) or "",
        data if isinstance(data, dict) else {} if data is None else {"data": data},
    )


def parse_checkpoint(value: Any) -> Checkpoint:
    """A checkpoint; raises BadAnswer when it has no id, no step or no model."""
    node = _with_id(value, "checkpoint")
    step, model = _count(node.get("step_number")), _text(node.get("fine_tuned_model_checkpoint"))
    if step is None or model is None:
        raise BadAnswer("a checkpoint in the answer has no step or no model")
    metrics = node.get("metrics")
    numbers = {
        str(name): float(metric)
        for name, metric in (metrics if isinstance(metrics, dict) else {}).items()
        if isinstance(metric, int | float) and not isinstance(metric, bool) and math.isfinite(metric)
    }
    return Checkpoint(node["id"], step, model, numbers)


def parse_completion(answer: Mapping[str, Any], *, calls: bool = False) -> Completion:
    """The first choice of a chat completion.

    Args:
        answer: the body.
        calls: tools were offered, so that calls of them are an answer, too.

    Raises:
        BadAnswer: the answer has no choice with a message.
        NoText: the message holds no text, or an empty one that did not end by itself, and no call.
    """
    choices = answer.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        raise BadAnswer("the answer holds no message")
    reason = _text(choice.get("finish_reason"))
    text = _content(message.get("content"))
    called = tuple(_calls(message)) if calls else ()
    if not called and (text is None or (not text and reason != "stop")):
        refusal = _text(message.get("refusal"))
        why = f"; the model refused: {crop(safe(refusal), 200)}" if refusal else ""
        raise NoText(f"the model gave no text (finish_reason {safe(reason or 'null')[:60]}){why}", code=reason)
    usage = answer.get("usage")
    used = usage if isinstance(usage, dict) else {}
    tokens = _count(used.get("prompt_tokens")), _count(used.get("completion_tokens"))
    return Completion(text or "", reason, *tokens, _text(answer.get("model")), called)


def _calls(message: Mapping[str, Any]) -> Iterable[ToolCall]:
    """The functions that a message calls; what is no call of a function is left out."""
    given = message.get("tool_calls")
    for call in given if isinstance(given, list) else []:
        function = call.get("function") if isinstance(call, dict) else None
        name = _text(function.get("name")) if isinstance(function, dict) else None
        if isinstance(function, dict) and name is not None:
            arguments = function.get("arguments")
            yield ToolCall(name, arguments if isinstance(arguments, str) else json.dumps(arguments))


def _content(content: Any) -> str | None:
    """A string, or the text parts of a list; None when there is neither."""
    if isinstance(content, list):
        texts = [part["text"] for part in content if isinstance(part, dict) and isinstance(part.get("text"), str)]
        return "".join(texts) if texts else None
    return content if isinstance(content, str) else None


def parse_shutdown(answer: Mapping[str, Any]) -> str | None:
    """The model's ``shutdown_date``, when it is a day."""
    value = answer.get("shutdown_date")
    return value if isinstance(value, str) and _DAY.fullmatch(value) else None


def parse_page(
    answer: Mapping[str, Any], parse: Callable[[Any], T], *, lenient: bool = False
) -> tuple[list[T], str | None]:
    """The rows of a list answer, and the id to go on after; None on the last page.

    Args:
        lenient: rows that are unusable are left out; for what a run can do without.

    Raises:
        BadAnswer: the answer holds no list, or a row of it is unusable.
    """
    rows = answer.get("data")
    if not isinstance(rows, list):
        raise BadAnswer("the answer holds no list of data")
    last = rows[-1].get("id") if rows and isinstance(rows[-1], dict) else None
    after = last if answer.get("has_more") is True and isinstance(last, str) else None
    found: list[T] = []
    for row in rows:
        try:
            found.append(parse(row))
        except BadAnswer:
            if not lenient:
                raise
    return found, after


def by_age(rows: Iterable[T], created: Callable[[T], int | None]) -> list[T]:
    """Newest first; rows without a time keep their place at the end."""
    return sorted(rows, key=lambda row: -(created(row) or 0))


def _with_id(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict) or not isinstance(value.get("id"), str) or not value["id"]:
        raise BadAnswer(f"the {what} in the answer has no id")
    return value


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _count(value: Any) -> int | None:
    """A whole number, also where it comes as a text (``"1500"``)."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return int(value)

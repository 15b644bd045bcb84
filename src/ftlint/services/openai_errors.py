"""Services, OpenAI's protocol: every exception of the openai client as a ServiceError, without the key in it."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from ftlint.services.interface import (
    AuthError,
    BadAnswer,
    NotEligible,
    QuotaError,
    Rejected,
    ServiceError,
    Unreachable,
)
from ftlint.services.retry import reset_after
from ftlint.text import crop, safe

_WORDS = 600
_NO_MONEY = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
_NOT_ELIGIBLE = "training_not_available"
_KEY_LIKE = re.compile(r"\bsk-[A-Za-z0-9_*-]{8,}|\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+){0,2}")  # keys, web tokens
_TRY_AGAIN = re.compile(r"try again in ((?:\d+(?:\.\d+)?\s*(?:ms|s|m|h)\s*)+)", re.IGNORECASE)
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h)", re.IGNORECASE)
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def redact(message: str, key: str | None) -> str:
    """The message on one line, inert, cropped, with the key and whatever looks like one taken out."""
    if key and len(key) >= 4:
        message = message.replace(key, "[key]")
    return crop(safe(" ".join(_KEY_LIKE.sub("[key]", message).split())), _WORDS)


def to_service_error(error: Exception, host: str, key: str | None) -> ServiceError:
    """The ServiceError for an exception that the openai client or its transport raised.

    Args:
        error: the exception; one that is a ServiceError already is returned as it is.
        host: named in the message where nothing answered.
        key: taken out of the message.
    """
    import openai

    if isinstance(error, ServiceError):
        return error
    if isinstance(error, openai.APIStatusError):
        return _of_status(error.status_code, error.body, error.response.headers, host, key)
    if isinstance(error, openai.APITimeoutError):
        return Unreachable(f"{host} did not answer in time")
    if isinstance(error, openai.APIConnectionError):
        cause = error.__cause__ or error
        if isinstance(cause, ServiceError):  # the request was never sent: there was no token for it
            return cause
        return Unreachable(redact(f"cannot reach {host}: {str(cause) or type(cause).__name__}", key))
    return BadAnswer(redact(f"{host}: {type(error).__name__}: {error}", key))


def _of_status(status: int, body: object, headers: Mapping[str, str], host: str, key: str | None) -> ServiceError:
    words, code = _words_and_code(body)
    message = redact(words or f"{host} answered {status} without a message", key)
    if status == 403 and (code == _NOT_ELIGIBLE or _NOT_ELIGIBLE in words):
        return NotEligible(message, status=status, code=_NOT_ELIGIBLE)
    if status in (401, 403):
        return AuthError(message, status=status, code=code)
    if status in (402, 429):
        code = "insufficient_quota" if status == 402 or code in _NO_MONEY else code
        return QuotaError(message, status=status, code=code, retry_after=retry_after(headers, words))
    if (status >= 500 and status != 501) or status in (408, 425):  # 501: the server does not do this, and never will
        return Unreachable(message, status=status, code=code, retry_after=retry_after(headers, words))
    if 300 <= status < 400:
        target = redact(headers.get("location", "elsewhere"), key)
        message = f"{host} redirects to {target}, and nothing is sent on to another address"
    return Rejected(message, status=status, code=code)


def _words_and_code(body: object) -> tuple[str, str | None]:
    """Message and code of an error body: OpenAI's, the same one level deeper, FastAPI's ``detail``, or plain text."""
    if isinstance(body, Mapping):
        inner = body.get("error")
        if isinstance(inner, Mapping):
            return _words_and_code(inner)
        words = next((body[key] for key in ("message", "detail", "error") if body.get(key)), "")
        code = body["type"] if body.get("type") in _NO_MONEY else body.get("code")
        return str(words), None if code is None else safe(str(code))[:100]
    return (body, None) if isinstance(body, str) else ("", None)


def retry_after(headers: Mapping[str, str], words: str) -> float | None:
    """Seconds that the service asks to wait: from ``retry-after`` and its kin, from "try again in 1m2.5s" in its words,
    or until its limits are full again; None when it is silent.

    A ``retry-after`` that is a date is counted from the answer's own ``date`` header, so no clock is needed.
    """
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = _seconds(headers.get(name), unit)
        if value is not None:
            return value
    dates = [_date(headers.get(name)) for name in ("retry-after", "date")]
    if dates[0] is not None and dates[1] is not None:
        return max((dates[0] - dates[1]).total_seconds(), 0.0)
    match = _TRY_AGAIN.search(words)
    if match is None:
        return reset_after(headers)
    return sum(float(amount) * _SECONDS[unit.lower()] for amount, unit in _AMOUNT.findall(match[1]))


def _seconds(value: str | None, unit: float) -> float | None:
    try:
        number = float(value) if value is not None else math.nan
    except ValueError:
        return None
    return max(number, 0.0) * unit if math.isfinite(number) else None


def _date(value: Any) -> datetime.datetime | None:
    if not isinstance(value, str):
        return None
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=datetime.UTC)

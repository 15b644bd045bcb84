"""What a service's error says beyond its kind: lines, examples and categories it names, and the rules they point to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ftlint.services.interface import JobEvent

CATEGORIES = (
    "harassment/threatening", "hate/threatening", "self-harm/instructions", "self-harm/intent", "sexual/minors",
    "violence/graphic", "illicit/violent", "highly-sensitive", "harassment", "hate", "illicit", "propaganda",
    "self-harm", "sensitive", "sexual", "violence", "advice",
)  # fmt: skip
"""Of the Moderation API and of the safety evaluation, longer names first (facts of 2026-08)."""
UNSCORED = frozenset({"advice", "highly-sensitive", "propaganda", "sensitive"})
"""Categories of the safety evaluation that no Moderation API scores."""
REASONING = "reasoning extraction"
_AZURE = {"hate_fairness": "hate", "self_harm": "self-harm", "self harm": "self-harm"}

_NAMED = re.compile(
    r"(?:categor(?:y|ies)|harm types?|thresholds for|polic(?:y|ies) with respect to)\s*:?\s*(.{1,300})", re.I | re.S
)
_LINES = re.compile(r"flagged lines\s*:\s*((?:\d{1,9}[\s,]*)+)", re.IGNORECASE)
_EXAMPLE = re.compile(r"\b(?:example|line|row)s? (\d{1,9})\b(?!\s*example)", re.IGNORECASE)
_MOST = 200
_SAYING = frozenset({"message", "code", "error_code", "error", "detail", "param", "error_param"})

_RULES: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(words, re.IGNORECASE), tuple(codes.split()))
    for words, codes in (
        (r"invalid json|cannot be parsed|valid JSON|JSONL format", "FT101 FT014 FT015 FT016 FT005 FT009 FT004"),
        (r"missing key '?messages|missing key '?input|unexpected file format|prompt/completion", "FT107 FT110 FT150"),
        (r"discriminator '?role|'?role'? is missing", "FT115 FT114"),
        (r"extra \"?'?weight", "FT123 FT124"),
        (r"contains an extra|extra inputs|additional propert", "FT119 FT118"),
        (r"has no attribute", "FT105 FT112 FT113"),
        (r"must have at least|invalid_n_examples|example\(s\)", "FT401"),
        (r"training method|requires the \w+ method", "FT405 FT106"),
        (r"system messages? (?:is|are) not supported", "FT160"),
        (r"valid string|should be a string|'?content'?", "FT116 FT117 FT207"),
        (r"tool|function", "FT130 FT131 FT132 FT133 FT134 FT135 FT137 FT209 FT210"),
        (r"last message", "FT202 FT161"),
        (r"assistant", "FT201"),
        (r"utf-?8|encoding|decode|BOM|byte order", "FT002 FT003 FT004"),
        (r"special token|<\|", "FT304"),
        (r"image", "FT801 FT802 FT803 FT804 FT805"),
        (r"token", "FT301 FT302 FT410"),
    )
)


@dataclass(frozen=True, slots=True)
class Clues:
    """What the service's words point to.

    Attributes:
        lines: numbers that the service called flagged, in its order, counting from 1.
        example: the first bad example that it names, counting from 1; None where it names none.
        categories: of moderation or of the safety evaluation; ``reasoning extraction`` among them.
        rules: codes that find such a defect, the likeliest first.
    """

    lines: tuple[int, ...] = ()
    example: int | None = None
    categories: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


def unwrap(text: str) -> Mapping[str, Any]:
    """An error as it is pasted: the message alone, or the JSON of an error or a job."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {"message": text}
    while isinstance(value, dict) and isinstance(value.get("error"), dict):
        value = value["error"]
    if isinstance(value, dict) and any(isinstance(value.get(key), str) for key in ("message", "code")):
        return value
    return {"message": text}


def everything_said(text: str) -> str:
    """All messages and codes in pasted JSON, such as an event that keeps the reason in its ``data``."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return "\n".join(_told(value)) or text


def _told(value: Any, depth: int = 6) -> Iterator[str]:
    if depth and isinstance(value, Mapping):
        for key, inner in value.items():
            if isinstance(inner, str) and key in _SAYING:
                yield inner
            else:
                yield from _told(inner, depth - 1)
    elif depth and isinstance(value, list):
        for inner in value:
            yield from _told(inner, depth - 1)


def clues(message: str, events: Sequence[JobEvent] = ()) -> Clues:
    """What the message, and the job's error and ``moderation_checks`` events, name."""
    told = [message, *(text for event in events if _speaks(event) for text in (event.message, *_strings(event.data)))]
    found = _LINES.search(message)
    lines = tuple(dict.fromkeys(map(int, re.findall(r"\d+", found[1])[:_MOST]))) if found else ()
    example = None if found else _EXAMPLE.search(message)
    return Clues(
        lines,
        int(example[1]) if example else None,
        tuple(dict.fromkeys(category for text in told for category in _categories(text))),
        tuple(dict.fromkeys(code for pattern, codes in _RULES if pattern.search(message) for code in codes)),
    )


def _speaks(event: JobEvent) -> bool:
    return event.level == "error" or event.type == "moderation_checks"


def _categories(text: str) -> Iterator[str]:
    if REASONING in text.lower():
        yield REASONING
    if text in CATEGORIES:  # a name by itself, as in the data of an event
        yield text
    for match in _NAMED.finditer(text):
        named = match[1].lower()
        for azure, ours in _AZURE.items():
            named = named.replace(azure, ours)
        for category in CATEGORIES:
            if re.search(rf"(?<![\w/-]){re.escape(category)}(?![\w/-])", named):
                yield category
    snapshot = re.search(r"eval for category ([a-z/-]+)", text)
    if snapshot and snapshot[1].rstrip("/-") in CATEGORIES:
        yield snapshot[1].rstrip("/-")


def _strings(value: Any, depth: int = 6) -> Iterator[str]:
    """All keys and strings in an event's data, whose shape is not documented."""
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _strings(inner, depth - 1)
    elif depth and isinstance(value, Iterable):
        for inner in value:
            yield from _strings(inner, depth - 1)

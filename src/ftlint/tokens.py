"""How many tokens an example takes: its texts counted exactly, and what chat framing, tools and images add.

Made for batches: `plan` turns an example into parts, the caller counts the texts of all parts of a batch in one call,
and `total` adds up. `count_examples` does the three steps. Odd shapes are passed over, never an error: naming them is
the schema's task. What no source states is an estimate, and is flagged as one.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ftlint.catalog import DEFAULT_ENCODING, Overhead, load_estimates
from ftlint.counting import count
from ftlint.vocabulary import ENCODINGS, SPECIAL_TOKENS

__all__ = [
    "ENCODINGS",
    "SPECIAL_TOKENS",
    "ExampleTokens",
    "Part",
    "could_exceed",
    "count",
    "count_examples",
    "each",
    "image_tokens",
    "message_overhead",
    "plan",
    "tool_parts",
    "tool_tokens_estimate",
    "total",
]

ONE_TOKEN_ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})
"""Roles that are one token in every encoding (a test counts them), so that their names need not be counted again."""


class Part(NamedTuple):
    """One text of an example with the tokens that stand before it.

    Attributes:
        trained: the model learns to produce the text.
        constant: tokens to add; a message's own overhead is on its first part after the name.
        estimated: no source states what this costs.
    """

    text: str
    trained: bool = False
    constant: int = 0
    estimated: bool = False


class ExampleTokens(NamedTuple):
    """Tokens of one example.

    Attributes:
        total: everything, overhead included; what is billed per epoch, up to the model's limit.
        trained: texts that the model learns to produce (assistant messages whose weight is not 0; both outputs of a
            preference; nothing of a reinforcement row, whose answers the model makes itself).
        answer: texts of the last trained message.
        tail: tokens behind that message.
        estimated: a part of the total is an estimate.
    """

    total: int
    trained: int
    answer: int = 0
    tail: int = 0
    estimated: bool = False

    def lost(self, limit: int) -> int:
        """Tokens of the last answer that are cut off, when the service removes tokens beyond the limit from the end."""
        return max(0, min(self.answer, self.total - limit - self.tail))


def count_examples(
    values: Iterable[object], fmt: str, encoding: str = DEFAULT_ENCODING, threads: int = 1
) -> list[ExampleTokens]:
    """Tokens of each example of a batch, with one call of the tokenizer. Raises what ``count`` raises."""
    plans = [plan(value, fmt, encoding) for value in values]
    return each(plans, count([part.text for parts in plans for part in parts], encoding, threads))


def each(plans: Iterable[Sequence[Part]], counts: Sequence[int]) -> list[ExampleTokens]:
    """``total`` of each plan, with the counts of all their texts in one list."""
    found = []
    at = 0
    for parts in plans:
        found.append(total(parts, counts[at : at + len(parts)]))
        at += len(parts)
    return found


def plan(value: object, fmt: str, encoding: str = DEFAULT_ENCODING) -> list[Part]:
    """The parts of an example in the order in which the model reads them; nothing for an unknown format.

    Args:
        value: the parsed example, of any shape.
        fmt: ``chat``, ``reinforcement``, ``preference`` or ``completion``.
        encoding: decides the overheads.
    """
    if not isinstance(value, dict):
        return []
    if fmt == "chat":
        return list(_conversation(value, encoding, learns=True))
    if fmt == "reinforcement":
        return list(_conversation(value, encoding, learns=False))
    if fmt == "preference":
        return list(_preference(value, encoding))
    if fmt == "completion":
        texts = ((value.get(key), key == "completion") for key in ("prompt", "completion"))
        return [Part(text, trained, 0, True) for text, trained in texts if isinstance(text, str)]
    return []


def total(parts: Sequence[Part], counts: Sequence[int]) -> ExampleTokens:
    """Add up the parts of one example.

    Args:
        parts: of ``plan``.
        counts: tokens of each part's text.
    """
    every = trained = 0
    estimated = False
    for part, tokens in zip(parts, counts, strict=True):
        every += tokens + part.constant
        estimated = estimated or part.estimated
        if part.trained:
            trained += tokens
    return ExampleTokens(every, trained, *_last_answer(parts, counts), estimated)


def message_overhead(messages: int, names: int = 0, encoding: str = DEFAULT_ENCODING) -> int:
    """Tokens that a conversation adds to its texts: per message and its role, per name, and to prime the reply."""
    overhead = _overhead(encoding)
    return messages * (overhead.message + 1) + names * overhead.name + overhead.priming


def image_tokens(detail: object, width: int | None = None, height: int | None = None) -> tuple[int, bool]:
    """Tokens of an image, and whether they are an estimate.

    Args:
        detail: ``low`` is exact; everything else counts as ``high``.
        width: in pixels; without both sizes the image counts as one of 1024 x 1024.
        height: in pixels.
    """
    rule = load_estimates().image
    if detail == "low":
        return rule.low, False
    if not width or not height or width < 0 or height < 0:
        return rule.unknown_size, True
    scale = min(1.0, rule.long_side / max(width, height))
    scale = min(scale, rule.short_side / min(width, height))
    across, down = (math.ceil(round(side * scale) / rule.tile_pixels) for side in (width, height))
    return rule.base + rule.tile * max(1, across) * max(1, down), True


def tool_parts(tools: object, encoding: str = DEFAULT_ENCODING) -> list[Part]:
    """An estimate of tool definitions (``tools``, or the older ``functions``); nested parameters are left out."""
    if not isinstance(tools, list):
        return []
    overhead = _overhead(encoding)
    parts: list[Part] = []
    for tool in tools:
        if isinstance(tool, dict):
            inner = tool.get("function", tool)
            if isinstance(inner, dict) and isinstance(inner.get("name"), str):
                parts += _function(inner, overhead)
    return [*parts, Part("", False, overhead.functions_end, True)] if parts else []


def tool_tokens_estimate(
    tools: object, counter: Callable[[list[str]], Sequence[int]], encoding: str = DEFAULT_ENCODING
) -> int:
    """The same estimate as one number; ``counter`` counts the tokens of a list of texts."""
    parts = tool_parts(tools, encoding)
    return sum(counter([part.text for part in parts])) + sum(part.constant for part in parts)


def could_exceed(raw: bytes, limit: int) -> bool:
    """Whether a line could have more tokens than ``limit``, told from its bytes, so that most lines need no tokenizer.

    No token is shorter than a byte, and the JSON around a text is longer than the text's overhead; but not so for
    images and for the choices of a tool's parameter, so a line that holds those could always exceed it.
    """
    return len(raw) > limit or b"image_url" in raw or b'"enum"' in raw


@functools.cache
def _overhead(encoding: str) -> Overhead:
    known = load_estimates().overhead
    return known.get(encoding, known[DEFAULT_ENCODING])


def _last_answer(parts: Sequence[Part], counts: Sequence[int]) -> tuple[int, int]:
    """Tokens of the last trained message, and tokens behind it; (0, 0) where nothing is trained."""
    answer = tail = 0
    inside = False
    for part, tokens in zip(reversed(parts), reversed(counts), strict=True):
        if part.trained:
            inside = True
            answer += tokens
        elif inside:
            break
        else:
            tail += tokens + part.constant
        if inside and part.constant:  # where the message begins
            break
    return (answer, tail) if inside else (0, 0)


def _conversation(value: dict[str, Any], encoding: str, learns: bool) -> Iterator[Part]:
    overhead = _overhead(encoding)
    for key in ("tools", "functions"):
        yield from tool_parts(value.get(key), encoding)
    yield from _messages(value.get("messages"), overhead, learns)
    yield Part("", False, overhead.priming)


def _preference(value: dict[str, Any], encoding: str) -> Iterator[Part]:
    """The input and both outputs once each: what is billed for a pair is not published, so all of it is an estimate."""
    given = value.get("input")
    if isinstance(given, dict):
        yield from _conversation(given, encoding, learns=False)
    for key in ("preferred_output", "non_preferred_output"):
        yield from _messages(value.get(key), _overhead(encoding), learns=True)
    yield Part("", False, 0, True)


def _messages(messages: object, overhead: Overhead, learns: bool) -> Iterator[Part]:
    if not isinstance(messages, list):
        return
    constant = overhead.message + 1
    for message in messages:
        if not isinstance(message, dict):
            continue
        content, role = message.get("content"), message.get("role")
        if len(message) == 2 and isinstance(content, str) and isinstance(role, str) and role in ONE_TOKEN_ROLES:
            yield Part(content, learns and role == "assistant", constant)  # nearly all messages of nearly all files
        else:
            yield from _message(message, overhead, learns)


def _message(message: dict[str, Any], overhead: Overhead, learns: bool) -> Iterator[Part]:
    role, name, content = message.get("role"), message.get("name"), message.get("content")
    trained = learns and role == "assistant" and message.get("weight") != 0
    constant = overhead.message
    if isinstance(role, str):
        if role in ONE_TOKEN_ROLES:
            constant += 1
        else:
            yield Part(role)
    if isinstance(name, str):
        yield Part(name, False, overhead.name)
    if isinstance(content, str):
        yield Part(content, trained, constant)
    else:
        yield Part("", False, constant)
        if isinstance(content, list):
            yield from _content(content, trained)
    yield from _extras(message, trained)


def _content(content: list[Any], trained: bool) -> Iterator[Part]:
    several = False
    for part in content:
        if isinstance(part, dict) and part.get("type") == "image_url":
            yield Part("", False, *_image(part.get("image_url")))
            continue
        for text in (part.get("text"), part.get("refusal")) if isinstance(part, dict) else (part,):
            if isinstance(text, str):
                yield Part(text, trained, 0, several)  # how several texts are joined is not published
                several = True


def _image(image: object) -> tuple[int, bool]:
    """Tokens of an image part; the size is known where the image itself stands in the file."""
    if not isinstance(image, dict):
        return image_tokens(None)
    from ftlint.pictures import look  # which rows without images do not need

    detail, url = image.get("detail"), image.get("url")
    seen = look(url) if isinstance(url, str) and detail != "low" else None
    return image_tokens(detail, seen.width, seen.height) if seen else image_tokens(detail)


def _extras(message: dict[str, Any], trained: bool) -> Iterator[Part]:
    """Refusal and calls of tools: counted as plain text, for want of a published count."""
    if isinstance(message.get("refusal"), str):
        yield Part(message["refusal"], trained, 0, True)
    calls = message.get("tool_calls")
    for call in calls if isinstance(calls, list) else []:
        if isinstance(call, dict):
            for kind in ("function", "custom"):
                yield from _call(call.get(kind), trained)
    yield from _call(message.get("function_call"), trained)


def _call(call: object, trained: bool) -> Iterator[Part]:
    if isinstance(call, dict):
        for key in ("name", "arguments", "input"):
            if isinstance(call.get(key), str):
                yield Part(call[key], trained, 0, True)


def _function(function: dict[str, Any], overhead: Overhead) -> Iterator[Part]:
    described = f"{function['name']}:{_word(function.get('description')).removesuffix('.')}"
    yield Part(described, False, overhead.function_start, True)
    parameters = function.get("parameters")
    properties = parameters.get("properties") if isinstance(parameters, dict) else None
    if not isinstance(properties, dict) or not properties:
        return
    yield Part("", False, overhead.properties_start, True)
    for key, given in properties.items():
        schema = given if isinstance(given, dict) else {}
        about = f"{key}:{_word(schema.get('type'))}:{_word(schema.get('description')).removesuffix('.')}"
        yield Part(about, False, overhead.property, True)
        choices = schema.get("enum")
        if isinstance(choices, list):
            yield Part("", False, overhead.enum_start, True)
            for choice in choices:
                yield Part(choice if isinstance(choice, str) else str(choice), False, overhead.enum_item, True)


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""

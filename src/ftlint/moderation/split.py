"""Moderation, units: how large a text is for the service, and where a long one is cut.

Two measures, because two things are unknown. What the service *bills* against tokens per minute is estimated high, one
token per byte beyond ASCII (a 6,000-character non-Latin text was once counted as 20,493 tokens). What a reader would
call its *length* decides how much stands in one unit, so that nothing drowns: there a Japanese character counts once.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import NamedTuple

from ftlint import catalog

_MARGIN = 100  # below the documented limits, in characters and in tokens
_OVERLAP = 10  # a tenth of a piece is repeated at the start of the next one
_SENTENCE = re.compile(r"(?<=[.!?])[\s]+|(?<=[。！？…．])|\n+")
_SPACE = re.compile(r"\s+")


class Size(NamedTuple):
    """How large a text is: characters, length (tokens as a reader sees them), tokens as the service may bill them."""

    chars: int
    length: int
    tokens: int

    def __add__(self, other: object) -> Size:
        """The size of both together."""
        return Size(*(a + b for a, b in zip(self, other, strict=True))) if isinstance(other, Size) else NotImplemented

    def within(self, limit: Size) -> bool:
        """No measure exceeds the limit."""
        return self.chars <= limit.chars and self.length <= limit.length and self.tokens <= limit.tokens


TAG = Size(chars=64, length=64, tokens=150)
"""What is kept free for the role in front of a piece."""


@functools.cache
def unit_limit() -> Size:
    """The most that one string holds, a little below what rules/moderation.toml says."""
    rules = catalog.load_moderation().units
    return Size(rules.max_characters - _MARGIN, rules.example_tokens, rules.max_tokens - _MARGIN)


@functools.cache
def piece_limit() -> Size:
    """The most that one piece of a text holds, so that its role still fits in front."""
    return Size(*(unit - tag for unit, tag in zip(unit_limit(), TAG, strict=True)))


@functools.cache
def _per_token() -> tuple[int, int]:
    """ASCII characters per token, and tokens per other byte, as the service is assumed to count."""
    rules = catalog.load_moderation().units
    return rules.ascii_characters_per_token, rules.tokens_per_other_byte


def size(text: str) -> Size:
    """The size of a text without lone surrogates."""
    chars_per_token, per_byte = _per_token()
    if text.isascii():
        count = -(-len(text) // chars_per_token)
        return Size(len(text), count, count)
    ascii_chars = len(text.encode("ascii", "ignore"))
    count = -(-ascii_chars // chars_per_token)
    other_bytes = len(text.encode()) - ascii_chars
    return Size(len(text), count + len(text) - ascii_chars, count + other_bytes * per_byte)


def encodable(text: str) -> str:
    """The text with each lone surrogate replaced, since no request could carry it; the length stays."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    return text


def pieces(text: str, limit: Size) -> Iterator[tuple[int, int]]:
    """Offsets (end exclusive) of the pieces of a text, each within the limit and overlapping the one before.

    Cut after a sentence where one ends in the second half of a piece, else at white space, else anywhere.
    """
    start = 0
    while True:
        end = _furthest(text, start, limit)
        if end == len(text):
            yield start, end
            return
        end = _border(text, (start + end) // 2, end)
        yield start, end
        start = max(_resume(text, end - (end - start) // _OVERLAP, end), start + 1)


def _furthest(text: str, start: int, limit: Size) -> int:
    """The largest end for which the piece is within the limit; at least one character further than the start."""
    high = min(len(text), start + limit.chars)
    if size(text[start:high]).within(limit):
        return high
    low = start + 1
    while high - low > 1:
        middle = (low + high) // 2
        if size(text[start:middle]).within(limit):
            low = middle
        else:
            high = middle
    return low


def _border(text: str, low: int, high: int) -> int:
    for pattern in (_SENTENCE, _SPACE):
        ends = [match.end() for match in pattern.finditer(text, low, high)]
        if ends and ends[-1] > low:
            return ends[-1]
    return high


def _resume(text: str, low: int, high: int) -> int:
    """Where the next piece begins: with the first whole sentence or word of the overlap."""
    for pattern in (_SENTENCE, _SPACE):
        match = pattern.search(text, low, high)
        if match is not None and match.end() < high:
            return match.end()
    return low

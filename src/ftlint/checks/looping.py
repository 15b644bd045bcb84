"""FT611, where a text says the same words over and over; a quick look leaves out most texts."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import repeat
from operator import itemgetter

from ftlint.lazy import lazy

Span = tuple[int, int]

STRIDE = 40
"""Characters between two places where a loop is looked for."""
PROBE = 12
"""Characters that must come again."""
PERIOD = 400
"""The longest unit of a loop."""
TIMES = 5
"""How often a unit must stand in a row."""
_BLOCK = 4096
LOOP = 120
"""Characters that a loop must have."""
_LETTER = lazy(r"[^\W\d_]")


_STEP = LOOP - PROBE - LOOP // TIMES
"""A loop is longer than this by a probe and a unit at least, so that one probe at such steps comes again in it."""


def may_loop(text: str) -> bool:
    """Whether a few characters come again soon, as they do in every loop; a unit is no longer than its text allows."""
    reach = min(PERIOD, len(text) // TIMES) + PROBE
    places = range(_STEP, len(text) - LOOP + _STEP + 1, _STEP) if len(text) >= LOOP else ()
    return any(text.find(text[at : at + PROBE], at + 1, at + reach) >= 0 for at in places)


_TOGETHER = 16
"""Texts of about one size that are worth to be looked at together."""


def that_may_loop(texts: Sequence[str]) -> list[int]:
    """Places of all texts of which ``may_loop`` is true, and of few others; those of about one size are taken together.

    As far as a unit of the longest of them may reach, all of them are looked at.
    """
    order = sorted(range(len(texts)), key=list(map(len, texts)).__getitem__)
    ordered = [texts[place] for place in order]
    sizes = list(map(len, ordered))
    hits: set[int] = set()
    start = bisect_left(sizes, LOOP)
    while start < len(sizes):
        end = bisect_left(sizes, sizes[start] * 5 // 4 + 1)
        if end - start < _TOGETHER:
            hits.update(at for at in range(start, end) if may_loop(ordered[at]))
        else:
            hits.update(start + at for at in _repeating(ordered[start:end], sizes[start:end]))
        start = end
    return sorted(order[at] for at in hits)


def _repeating(texts: list[str], sizes: list[int]) -> Iterator[int]:
    """Places of the texts that may loop, of texts in order of their sizes."""
    reach = min(PERIOD, sizes[-1] // TIMES) + PROBE
    for at in range(_STEP, sizes[-1] - LOOP + _STEP + 1, _STEP):
        first = bisect_left(sizes, at + LOOP - _STEP)
        held = texts[first:]
        probes = map(itemgetter(slice(at, at + PROBE)), held)
        again = list(map(str.find, held, probes, repeat(at + 1), repeat(at + reach)))
        if max(again) >= 0:
            yield from (first + number for number, place in enumerate(again) if place >= 0)


def find_loop(text: str) -> tuple[int, int, int] | None:
    """Start, end and period of the first loop; each character is looked at a bounded number of times."""
    at = 0
    while at + PROBE < len(text):
        probe = text[at : at + PROBE]
        again = text.find(probe, at + 1, at + PERIOD + PROBE)
        if again < 0:
            at += STRIDE
            continue
        period = again - at
        start, end = _stretch(text, at, period)
        if end - start >= max(LOOP, TIMES * period) and _is_loop(text, start, end, period):
            return start, end, period
        at = max(at + STRIDE, end - period)
    return None


def _stretch(text: str, at: int, period: int) -> Span:
    """How far the text repeats itself with this period, forward from a place, and back by one stride."""
    end = at + period
    while end + _BLOCK <= len(text) and text[end : end + _BLOCK] == text[end - period : end - period + _BLOCK]:
        end += _BLOCK
    while end < len(text) and text[end] == text[end - period]:
        end += 1
    start = at
    while start > 0 and at - start < STRIDE and text[start - 1] == text[start - 1 + period]:
        start -= 1
    return start, end


_SYMBOLS = lazy(r"[{};=<>|\\@#$]|\w\(|\[[ x]\]")
_FENCE = lazy(r"^ {0,3}(?:```|~~~)", re.MULTILINE)
SCREAM = 400
"""Characters that a loop must have where its unit is a sound: of at most four different kana or the like."""


def _is_speech(unit: str) -> bool:
    """Words, not a ruler, a table, chords or code: mostly letters, and more than a few of them."""
    letters = len(_LETTER.findall(unit))
    wide = sum(ord(char) > 0x2E80 for char in unit)
    if letters + wide < (3 if wide or " " in unit else 9) or letters * 10 < 7 * len("".join(unit.split())):
        return False
    pieces = unit.split()
    return _SYMBOLS.search(unit) is None and (bool(wide) or 2 * len(pieces) < letters)


def _is_loop(text: str, start: int, end: int, period: int) -> bool:
    if not _is_speech(text[start : start + period]):
        return False
    if end - start < SCREAM and _is_sound(text, start, period):
        return False
    return len(_FENCE.findall(text, 0, start)) % 2 == 0


def _is_sound(text: str, start: int, period: int) -> bool:
    """A scream, a laugh or a heart that beats: few different letters, however long the unit is."""
    unit = text[start : start + period]
    kinds = {char for char in unit.lower() if char.isalpha()}
    return len(kinds) <= (4 if all("\u3041" <= char <= "\u30ff" for char in kinds) else 2)

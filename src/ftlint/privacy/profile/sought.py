"""FT709, what the scans over many texts look for: it is looser than what ``facts`` reads, and never narrower."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from ftlint.privacy.profile.anycase import alternatives
from ftlint.privacy.profile.facts import AT_LARGE
from ftlint.privacy.profile.kinds import AGAINST, KINDS, TELLING
from ftlint.privacy.profile.nameless import ASKS
from ftlint.privacy.profile.screen import OTHER_WORDS
from ftlint.privacy.profile.statements import PROSE
from ftlint.privacy.profile.subjects import is_wide
from ftlint.scan import Screen

LISTS, PROSE_TELLS = "FT709-lists", "FT709-prose-tells"
"""Screens over all texts: what every portrait that is a list holds, and what every one in sentences holds."""
LABELS = ":|：【"
"""Signs behind a label, or before it: a portrait that is a list holds three of them."""
AGAINST_WORD, ASKS_NAME, ASKED, CUT, LARGE, JOINED = (
    "against-word", "asks-name", "asked", "cut", "large", "joined",
)  # fmt: skip
SIGNS = tuple(f"sign-{at}" for at in range(len(AGAINST)))
"""Screens for each bit of ``speaks_against``."""
_DIGIT = r"[0-9\x{80}-\x{10ffff}]"

Scan = Callable[[Sequence[str]], dict[str, list[int]]]


class Scans(NamedTuple):
    """The scans of what only some short texts are looked at for, each for the screens of the function of its name."""

    questions: Scan
    signs: Scan
    near: Scan
    prose: Scan


def screens() -> dict[str, Screen]:
    """The screens over all texts."""
    telling = tuple(_unbounded(states.source) for at, states in PROSE if TELLING >> at & 1)
    three = r"[^\x00]*".join(LABELS[0] * 3)
    return {LISTS: Screen(needles=tuple(LABELS[1:]), alone=three), PROSE_TELLS: Screen(telling)}


def questions() -> dict[str, Screen]:
    """The screens over short questions: a word that speaks against a profile, and what is after a name."""
    words = "|".join(sorted(OTHER_WORDS))
    # the s of a genitive may stand right before a word: it is read as a space
    return {
        AGAINST_WORD: Screen((rf"(?i)(?:\b|s)(?:{words})\b",)),
        ASKS_NAME: Screen((f"(?i){ASKS.source}",)),
    }


def signs() -> dict[str, Screen]:
    """The screens over questions with such a word: whether it is there for what it may be a sign of."""
    held = {name: Screen((f"(?i){loosened(source)}",)) for name, source in zip(SIGNS, AGAINST, strict=True)}
    # before the name in iPhone's a word ends that was none
    return {**held, JOINED: Screen((r"[a-z0-9_\x{80}-\x{10ffff}][A-ZÀ-ÖØ-Þ][^\x00\s]*['’]",))}


def near() -> dict[str, Screen]:
    """The screens over questions with an answer, and over answers: whether a fact is asked for, or stated."""
    return {
        ASKED: Screen(tuple(f"(?i){loosened(kind.asked)}" for kind in KINDS)),
        CUT: Screen(tuple(f"(?i){part}" for kind in KINDS for part in _cut_off(kind.asked))),
        LARGE: Screen((f"(?i){AT_LARGE.source}",)),
    }


def prose() -> dict[str, Screen]:
    """The screens over sentences, one for each kind that they may state."""
    return {f"prose-{at}": Screen((_unbounded(states.source),)) for at, states in PROSE}


def loosened(source: str) -> str:
    """A pattern that also matches where words of the text are left out, or the text is cut off."""
    source = _without_lookaheads(source).replace("$", "")
    return re.sub(r"(?:\.|\[\^[^\]]*\])\{\d+,\d+\}", r"[^\\x00]*", source)


def _cut_off(source: str) -> Iterator[str]:
    """The alternatives that end or begin with whole words, without what comes after the word, or before it."""
    for part in alternatives(loosened(source)):
        if r"\b" in part:
            inner = part.replace(r"\b", "")
            if not part.startswith(r"\b") or not part.endswith(r"\b"):
                yield inner
            else:
                yield rf"\b{inner}|{inner}\b"


def _unbounded(source: str) -> str:
    """A pattern that is quick to compile: between words, and where a digit or any word stands, it matches more."""
    source = re.sub(r"(\[\^[^\]]*)\]\{\d+,\d+\}", r"\1\\x00]*", source)
    return re.sub(r"\\w[+*]", r"[^\\x00]*", source).replace(r"\d", _DIGIT)


def _without_lookaheads(source: str) -> str:
    while (at := source.find("(?!")) >= 0:
        depth, end = 1, at + 1
        while depth:
            depth += (source[end] == "(") - (source[end] == ")")
            end += 1
        source = source[:at] + source[end:]
    return source


@cache
def latin() -> re.Pattern[str]:
    """Words of scripts with spaces, or the beginnings or ends of others, in a text of a script without."""
    sources = [part for kind in KINDS for part in alternatives(kind.asked)]
    sources += [part for source in AGAINST for part in alternatives(source)]
    return re.compile("|".join(loosened(part).replace(r"\b", "") for part in sources if not is_wide(part)), re.I)

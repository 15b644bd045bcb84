"""Rows for FT709 that are drawn: questions and answers of the profile tests and of the benchmark, cut, padded to the
lengths at which something is read no more, and strewn with names, with words that are looked for, and odd signs."""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ftlint.privacy.profile import kinds, screen
from privacy.profile_cases import FOUND, SILENT, Row, dialogue

sys.path.insert(0, str(Path(__file__).parents[2]))  # the benchmark is no part of the package
from benchmarks.privacy.dataset import negatives, positives

NAMES = (
    "Maren Oxley", "maren oxley", "Ann", "Dr Ann Roe", "my mother", "the CEO", "Ada de la Cruz", "iPhone", "xJane",
    "山田花子さん", "山田花子", "田中ABCさん", "Jane-san", "김민수", "Zoë", "JFK", "She", "You", "彼女",
    "O'Neil", "D’Arcy",
)  # fmt: skip
FORMS = (
    "{}'s {w}", "{}’s {w}", "the {w} of {}", "{}の{w}は？", "{w} {}", "{}: {w}", "of{}'s {w}", "von {} {w}", "d'{} {w}",
    "{w}{}'s", "{}{w}", "{w}: 31\nName: {}\n", "Where does {} {w}?", "about {}", "{} is a {w}.", "Is {} from {w}?",
)  # fmt: skip
SIGNS = (
    "'", "’", "\0", "ſ", "\u212a", "İ", "\x1c", "\x85", "\u3000", "、", "_", "3", "９", ":", "：", "|", "\n", "?", "？",
    "'s", "’s ", "é", ".", "!", "-", "ｱ",
)  # fmt: skip
LENGTHS = (24, 48, 100, 101, 120, 121, 160, 161, 200, 201, 300, 301, 1500, 1501)
CHANGES = (str.lower, str.upper, str.title, str.swapcase)


@cache
def messages() -> dict[str, list[str]]:
    """What is said in the profile tests and in the benchmark, by role."""
    rows: list[Row] = [row for held in (*FOUND.values(), *SILENT.values()) for row in held]
    rows += [dialogue(case.texts) for case in (*positives(), *negatives())]
    found: dict[str, list[str]] = {"system": [], "user": [], "assistant": []}
    for row in rows:
        for message in row.get("messages", ()):
            if isinstance(message.get("content"), str) and message["role"] in found:
                found[message["role"]].append(message["content"])
    return found


@cache
def words() -> list[str]:
    """Words that are looked for, and some that begin or end like them."""
    sources = " ".join([*(kind.asked for kind in kinds.KINDS), *kinds.AGAINST])
    held = {*screen._ALL_WORDS, *screen._ALL_PAIRS, *re.findall(r"[^\W\d_]{2,}", sources), *kinds.TOLD_NEEDLES}
    return sorted(held | {word + "ata" for word in ("son", "age", "pet")} | {"manage", "reason", "carpet", "wonder"})


def _strewn(rng: random.Random, text: str) -> str:
    for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
        what = rng.random()
        at = rng.randrange(len(text) + 1)
        if what < 0.3:
            said = rng.choice(FORMS).format(rng.choice(NAMES), w=rng.choice(words()))
            text = f"{text[:at]}{rng.choice(('', ' ', '. '))}{said}{rng.choice(('', ' '))}{text[at:]}"
        elif what < 0.45:
            text = f"{text[:at]} {rng.choice(words())}{rng.choice(('', ' '))}{text[at:]}"
        elif what < 0.55:
            text = text[:at] + rng.choice(SIGNS) + text[at:]
        elif what < 0.65:
            text = text[at:] if rng.random() < 0.5 else text[:at]
        elif what < 0.75:
            text = text.replace(*rng.choice((("'", "’"), ("’", "'"), (" ", "\n"), (" ", ""), ("?", ""))))
        elif what < 0.85:
            text = rng.choice(CHANGES)(text)
        else:
            size = rng.choice(LENGTHS)
            text = (text + rng.choice((" so very", " manage", "あ", " x")) * size)[:size]
    return text


def spliced(seed: int, count: int) -> Iterator[Row]:
    """So many rows; the same for the same seed."""
    rng = random.Random(seed)
    held = messages()
    for _ in range(count):
        said: list[dict[str, str]] = []
        if rng.random() < 0.25:
            prompt = _strewn(rng, rng.choice(held["system"]))
            said.append({"role": rng.choice(("system", "developer")), "content": prompt})
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            said.append({"role": "user", "content": _strewn(rng, rng.choice(held["user"]))})
            if rng.random() < 0.1:
                said.append({"role": rng.choice(("user", "tool", "system")), "content": rng.choice(held["user"])})
            for _ in range(rng.choice((1, 1, 1, 1, 0, 2))):
                source = held["assistant"] if rng.random() < 0.85 else held["user"]
                said.append({"role": "assistant", "content": _strewn(rng, rng.choice(source))})
        yield {"messages": said}

"""Phrases for the corpora, made once from the words of `words.toml`: common words often, names by the thousand."""

from __future__ import annotations

import functools
import itertools
import random
import tomllib
from pathlib import Path
from typing import NamedTuple

POOL = 30_000
"""Phrases of a kind. Two rows have about twenty each, so that no two rows are alike."""


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "March", "April", "June", "July", "August", "October", "November")


class Phrases(NamedTuple):
    """What sentences are put together from.

    Attributes:
        bases: actions with their objects. ``pasts``: the same in the past.
        tails: where, when or how.
        parts: the syllables of rare names, a list for each place: new words come up to the end of a text, as they do.
    """

    things: list[str]
    people: list[str]
    bases: list[str]
    pasts: list[str]
    tails: list[str]
    parts: tuple[list[str], ...]


def _words(language: str) -> dict[str, list[str]]:
    """The lists of one language."""
    held = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))[language]
    return {name: text.split() for name, text in held.items()}


def _frequent(words: list[str], rng: random.Random, count: int) -> list[str]:
    """So many draws, the word at rank r about 1/r as often as the first, as in natural text."""
    weights = list(itertools.accumulate(1 / (rank + 8) for rank in range(len(words))))
    return rng.choices(words, cum_weights=weights, k=count)


def _names(words: dict[str, list[str]], rng: random.Random) -> list[str]:
    """Tens of thousands of names, most of them rare, as in natural text."""
    middle = ["", *words.get("middle", [])]
    names = [one + between + two for one in words["first"] for between in middle for two in words["last"]]
    rng.shuffle(names)
    return names


@functools.cache
def english(seed: int) -> Phrases:
    """As in: the old bridge; the nurse; repair Fenholme's ladder; repaired Fenholme's ladder; on Monday."""
    rng = random.Random(f"{seed} english phrases")
    words = _words("english")
    for name in ("things", "people", "qualities", "actions"):
        rng.shuffle(words[name])
    names = iter(_frequent(_names(words, rng), rng, 6 * POOL))
    nouns = iter(_frequent(words["things"], rng, 6 * POOL))
    tells = iter(_frequent(words["qualities"], rng, 6 * POOL))
    who = iter(_frequent(words["people"], rng, 6 * POOL))
    shapes = (
        lambda: f"the {next(nouns)}",
        lambda: f"the {next(tells)} {next(nouns)}",
        lambda: f"{rng.choice(('my', 'our', 'her', 'his', 'their'))} {next(tells)} {next(nouns)}",
        lambda: f"the {next(nouns)} of the {next(who)}",
        lambda: f"{next(names)}’s {next(nouns)}" if rng.random() < 0.1 else f"{next(names)}'s {next(nouns)}",
        lambda: f"the {next(nouns)} near the {next(tells)} {next(nouns)}",
        lambda: f"{rng.randint(2, 90)} {next(tells)} things from the {next(nouns)}",
    )
    things = [rng.choice(shapes)() for _ in range(POOL)]
    people = [f"the {next(who)}" if rng.random() < 0.6 else f"the {next(who)} from {next(names)}" for _ in range(POOL)]
    pairs = [word.split(":") for word in _frequent(words["actions"], rng, POOL)]
    objects = [rng.choice(shapes)() for _ in range(POOL)]
    tails = [_tail(rng, next(names), next(nouns), next(tells)) for _ in range(POOL)]
    return Phrases(
        things,
        people,
        [f"{base} {what}" for (base, _), what in zip(pairs, objects, strict=True)],
        [f"{past} {what}" for (_, past), what in zip(pairs, objects, strict=True)],
        tails,
        (words["first"], words["middle"], words["middle"], words["last"]),
    )


def _tail(rng: random.Random, name: str, noun: str, quality: str) -> str:
    return rng.choice(
        (
            f"in {name}",
            f"on {rng.choice(_DAYS)}",
            f"before {rng.randint(1, 12)} o'clock",
            f"with a {quality} {noun}",
            f"for about {rng.randint(2, 59)} minutes",
            f"near {name}, not far from the {noun}",
            f"beside the {noun}",
            f"without a {noun}",
            f"after the {noun} was {rng.choice(('ready', 'gone', 'dry', 'full', 'cold'))}",
            f"at the {quality} {noun} in {name}",
            f"on {rng.randint(1, 28)} {rng.choice(_MONTHS)} {rng.randint(1980, 2025)}",
            f"at {rng.randint(1, 12)}:{rng.randint(10, 59)}",
            f"for £{rng.randint(2, 400)}.{rng.randint(10, 99)}",
            f"({rng.randint(2, 60)}.{rng.randint(1, 9)} kg, or {rng.randint(2, 99)} % of the {noun})",
        )
    )


@functools.cache
def japanese(seed: int) -> Phrases:
    """As in: 古い橋; 店長; 庭を直す; 庭を直しました; ゆっくり、"""
    rng = random.Random(f"{seed} japanese phrases")
    words = _words("japanese")
    for name in ("things", "people", "qualities", "actions"):
        rng.shuffle(words[name])
    names = iter(_frequent(_names(words, rng), rng, 4 * POOL))
    nouns = iter(_frequent(words["things"], rng, 6 * POOL))
    tells = iter(_frequent(words["qualities"], rng, 6 * POOL))
    who = iter(_frequent(words["people"], rng, 6 * POOL))
    shapes = (
        lambda: next(nouns),
        lambda: next(tells) + next(nouns),
        lambda: f"{next(names)}さんの{next(nouns)}",
        lambda: f"{next(who)}の{next(tells)}{next(nouns)}",
        lambda: f"{next(nouns)}のそばの{next(nouns)}",
        lambda: f"{rng.randint(2, 90)}個目の{next(nouns)}",
    )
    things = [rng.choice(shapes)() for _ in range(POOL)]
    people = [next(who) if rng.random() < 0.5 else f"{next(names)}町の{next(who)}" for _ in range(POOL)]
    pairs = [word.split(":") for word in _frequent(words["actions"], rng, POOL)]
    objects = [rng.choice(shapes)() for _ in range(POOL)]
    tails = [
        rng.choice(
            (f"{how}、", f"{next(names)}町で", f"{next(nouns)}のとなりで{how}、", f"{rng.randint(2, 12)}時までに")
        )
        for how in _frequent(words["manners"], rng, POOL)
    ]
    return Phrases(
        things,
        people,
        [f"{what}を{base}" for (base, _), what in zip(pairs, objects, strict=True)],
        [f"{what}を{past}" for (_, past), what in zip(pairs, objects, strict=True)],
        tails,
        (words["first"], words["last"]),
    )

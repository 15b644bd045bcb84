"""What a text must hold for a rule to look at it: the table behind the one scan over a batch's texts."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from ftlint.checks import fields, minors, privacy, quality
from ftlint.checks.patterns import NEEDLES
from ftlint.privacy import screen as personal
from ftlint.rulebook import load_book
from ftlint.scan import EVERY, LEAST, Scanner, Screen, scanner

NEEDLED = frozenset({"FT602", "FT616", "FT619"})
"""Patterns whose needles are rarer than their regular expressions are quick to compile."""
_ODD = r"[\x1c-\x1f\x85\x{17f}\x{212a}\x{130}\x{131}]"
"""Characters that count as white space, or as a letter in another case, to one engine and not to the other."""


@functools.cache
def table() -> dict[str, Screen]:
    """All screens by name: the code of the rule, or a name of its own where a rule has several."""
    found = {
        EVERY: Screen((_ODD,)),
        fields.SCREEN: Screen(needles=fields.NEEDLES),
        privacy.SCREEN: Screen(
            (personal.MAYBE.pattern, personal.WIDE.pattern, personal.RUN),
            needles=(*personal.PERSONAL, *personal.SECRET, personal.ESCAPE),
        ),
        quality.KANJI: Screen((quality.KANJI_SALAD.pattern,)),
        quality.LATIN: Screen((quality.LATIN_SALAD.pattern,)),
        quality.UNSEEN: Screen((quality.INVISIBLE.pattern,)),
        minors.CHILD: Screen(tuple(f"(?i){part}" for part in (minors.AGE.pattern, minors.UNGROWN.pattern))),
        minors.OTHER: Screen(needles=minors.NEEDLES),
    }
    for code, rule in load_book().rules.items():
        if rule.pattern is None or rule.own:
            continue
        if code in NEEDLED:
            found[code] = Screen(needles=NEEDLES[code])
        else:  # a text starts and ends anywhere in what is scanned
            found[code] = Screen((rule.pattern.regex.pattern.replace(r"\A", "").replace(r"\Z", ""),))
    return found


@functools.cache
def _at_hand() -> Scanner | None:
    return scanner(table(), make=False)


@functools.cache
def _made() -> Scanner | None:
    return scanner(table(), make=True)


def seen(texts: Sequence[str], least: int = LEAST) -> dict[str, list[int]] | None:
    """For each screen the indexes of the texts that may hold it, in order; None where no scanner is at hand.

    Args:
        least: characters for which one is made where there is none yet.
    """
    found = _at_hand()
    if found is None and sum(map(len, texts)) >= least:
        found = _made()
    return found.scan(texts) if found is not None else None

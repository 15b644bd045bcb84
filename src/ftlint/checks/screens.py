"""What a text must hold for a rule to look at it: the table behind the one scan over a batch's texts."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

from ftlint.checks import fields, minors, privacy, quality
from ftlint.checks.patterns import NEEDLES
from ftlint.encoded import Encoded
from ftlint.kept import is_anything_made
from ftlint.privacy import forms
from ftlint.privacy.profile import sought
from ftlint.rulebook import load_book
from ftlint.scan import EVERY, Scanner, Screen, scanner

NEEDLED = frozenset({"FT602", "FT616", "FT619"})
"""Patterns whose needles are rarer than their regular expressions are quick to compile."""
LEAST_BYTES = 2_000_000
"""A file of so many bytes is worth making the scanners for, where nothing is kept from an earlier run."""
_ODD = r"[\x1c-\x1f\x85\x{17f}\x{212a}\x{130}\x{131}]"
"""Characters that count as white space, or as a letter in another case, to one engine and not to the other."""


@functools.cache
def table() -> dict[str, Screen]:
    """All screens by name: the code of the rule, or a name of its own where a rule has several."""
    found = {
        EVERY: Screen((_ODD,)),
        fields.SCREEN: Screen(needles=fields.NEEDLES),
        privacy.SCREEN: forms.HELD,
        quality.KANJI: Screen((quality.KANJI_SALAD.pattern,)),
        quality.LATIN: Screen((quality.LATIN_SALAD.pattern,)),
        quality.UNSEEN: Screen((quality.INVISIBLE.pattern,)),
        **sought.screens(),
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


_SHORT = (sought.questions, sought.signs, sought.near, sought.prose)
"""The screens for what only some short texts are looked at for."""


def finders() -> dict[str, Screen]:
    """The screens for what each finder of personal data needs, over the texts that any of them may find anything in.

    Of a text with escapes of JSON it takes what they stand for as well.
    """
    return {EVERY: Screen((_ODD,)), **forms.by_finder()}


_held: dict[Callable[[], dict[str, Screen]], Scanner | None] = {}


def _scanner(screens: Callable[[], dict[str, Screen]], *, make: bool = False) -> Scanner | None:
    if screens not in _held or (make and _held[screens] is None):
        wanted = make or is_anything_made()
        _held[screens] = scanner({EVERY: Screen((_ODD,)), **screens()}, make=make) if wanted else None
    return _held[screens]


def prepare() -> None:
    """Have the scanners at hand, also where nothing is kept from an earlier run: it takes a second or two."""
    _scanner(table, make=True)
    for screens in (*_SHORT, finders):
        _scanner(screens, make=True)


def seen(texts: Sequence[str] | Encoded) -> dict[str, list[int]] | None:
    """For each screen the indexes of the texts that may hold it, in order; None where no scanner is at hand."""
    found = _scanner(table)
    return found.scan(texts) if found is not None else None


def short_scans() -> sought.Scans | None:
    """The scans of short texts; None where one is not at hand."""
    found = [held.scan for screens in _SHORT if (held := _scanner(screens)) is not None]
    return sought.Scans(*found) if len(found) == len(_SHORT) else None


def finder_scan() -> Callable[[Sequence[str]], dict[str, list[int]]] | None:
    """The scan for who of the finders of personal data may find something; None where it is not at hand."""
    found = _scanner(finders)
    return found.scan if found is not None else None

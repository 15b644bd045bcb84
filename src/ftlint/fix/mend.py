"""A file, mended: looked over and spliced again and again until nothing is left to mend, in files of our own."""

from __future__ import annotations

import dataclasses
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ftlint.checks.base import Context
from ftlint.context import active_for, make_context
from ftlint.fix.accepted import Accepted
from ftlint.fix.rules import FIXES, SAFE
from ftlint.fix.scan import Change, Scanner, splice
from ftlint.read import Source
from ftlint.settings import Settings

PASSES = 50
"""Looks at one file at most; real ones take two to four, and one that takes more is as far as it came."""


@dataclass(frozen=True)
class Fixed:
    """A file and its mended copy.

    Attributes:
        path: the copy, or None where nothing was to be mended.
        sha256: of the file as it was read.
        fixed: findings that were mended, per rule; ``held``: those that unsafe fixes would mend.
        changes: what was done, in order.
    """

    path: Path | None
    sha256: str
    fixed: Counter[str]
    held: Counter[str]
    changes: list[Change]


def mend(source: Source, settings: Settings, folder: Path, *, unsafe: bool) -> Fixed:
    """Mend a file into a copy.

    Args:
        source: the file, which is not touched.
        settings: its selected rules, as far as they have a fix, are mended; accepted findings are not.
        folder: where the copy is made; it must be empty of other work.
        unsafe: fixes that change or remove examples are allowed.

    Raises:
        UsageError: an unknown rule or provider.
        InputError: the file or the acceptances cannot be read.
    """
    context = _context(settings, source.name)
    allowed = frozenset(code for code, kind in FIXES.items() if unsafe or kind == SAFE)
    accepted = Accepted(context, source.name)
    fixed: Counter[str] = Counter()
    changes: list[Change] = []
    path: Path | None = None
    sha256, held = "", Counter[str]()
    for number in range(PASSES):
        current = source if path is None else dataclasses.replace(source, path=path, content=None)
        found = Scanner(current, context, allowed, accepted).scan()
        sha256 = sha256 or found.sha256
        held = found.held
        if not found.splices:
            break
        target = folder / f"pass-{number}"
        with current.open() as stream, target.open("wb") as out:
            splice(stream, out, found.splices)
        if path is not None:
            path.unlink()
        path = target
        changes += found.changes
        fixed += found.fixed
    return Fixed(path, sha256, fixed, held, changes)


def _context(settings: Settings, name: str) -> Context:
    """The rules that have a fix and are on for this file; nothing else is looked for, and no token is counted."""
    context = make_context(dataclasses.replace(settings, tokens=False))
    return dataclasses.replace(context, active=active_for(context, name) & FIXES.keys())

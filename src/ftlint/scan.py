"""One pass over many texts for many patterns at once: which texts may hold what, for the precise checks behind it.

The engine is hyperscan. Where it is not installed, or cannot work, there is no scan, and every check looks by itself:
what is found is the same. What it makes of the patterns takes a second or two to make and is kept in the user's cache.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from ftlint.kept import keep, kept

EVERY = "*"
"""Name of the screen whose texts are candidates of all screens."""


LONGEST = 200_000
"""Characters of a text beyond which it is not scanned, but looked at for everything: it may match at each of them."""


class Screen(NamedTuple):
    """What a text must hold to be looked at.

    Attributes:
        regexes: in the syntax of ``re``; what is not supported is passed over so that more is matched, never less.
        needles: plain strings, in this case exactly; ``folded``: in any case of ASCII letters.
    """

    regexes: tuple[str, ...] = ()
    needles: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()


class Scanner:
    """The compiled screens."""

    def __init__(self, names: Sequence[str], owners: Sequence[int], database: Any) -> None:
        self.names = names
        self._owners = owners
        self._database = database

    def scan(self, texts: Sequence[str]) -> dict[str, list[int]]:
        """For each screen the indexes of the texts that may hold it, in order."""
        long: set[int] = set()
        if max(map(len, texts), default=0) > LONGEST:
            long = {index for index, text in enumerate(texts) if len(text) > LONGEST}
        whole = "\0".join(["" if index in long else text for index, text in enumerate(texts)] if long else texts)
        data = whole.encode()
        pieces = texts if len(data) == len(whole) and not long else data.split(b"\0")
        if len(pieces) != len(texts):  # there is a NUL in a text
            pieces = [b"" if index in long else text.encode() for index, text in enumerate(texts)]
        ends = list(accumulate(map(len, pieces), lambda at, size: at + 1 + size))
        found: dict[str, set[int]] = {name: set() for name in self.names}
        sets = [found[self.names[owner]] for owner in self._owners]
        first, last = [0] * len(sets), [0] * len(sets)

        def note(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            if not first[number] < end <= last[number]:  # the rest of a text that is known to hold it is passed over
                index = min(bisect_left(ends, end), len(ends) - 1)
                first[number], last[number] = ends[index] - len(pieces[index]), ends[index]
                sets[number].add(index)

        self._database.scan(data, match_event_handler=note)
        every = found.pop(EVERY, set()) | long
        return {name: sorted(held | every) for name, held in found.items()}


def scanner(screens: Mapping[str, Screen], *, make: bool) -> Scanner | None:
    """The scanner of these screens, or None where there is none at hand.

    Args:
        screens: by name.
        make: compile them where nothing is kept from an earlier run.
    """
    try:
        import hyperscan
    except ImportError:
        return None
    names, owners, expressions, flags = _expressions(screens, hyperscan)
    key = _key(expressions, flags, hyperscan)
    database = _kept(key, hyperscan)
    if database is None and make:
        database = hyperscan.Database()
        try:
            database.compile(expressions=expressions, ids=list(range(len(expressions))), flags=flags)
        except hyperscan.error:  # this processor lacks what the engine needs
            return None
        keep(f"screens-{key}", hyperscan.dumpb(database))
    return Scanner(names, owners, database) if database is not None else None


def _expressions(screens: Mapping[str, Screen], hyperscan: Any) -> tuple[list[str], list[int], list[bytes], list[int]]:
    names = list(screens)
    owners: list[int] = []
    expressions: list[bytes] = []
    flags: list[int] = []
    loose = hyperscan.HS_FLAG_UTF8 | hyperscan.HS_FLAG_UCP | hyperscan.HS_FLAG_PREFILTER
    for number, screen in enumerate(screens.values()):
        given = [(regex.encode(), loose) for regex in screen.regexes]
        given += [(_escaped(needle), 0) for needle in screen.needles]
        given += [(_escaped(needle), hyperscan.HS_FLAG_CASELESS) for needle in screen.folded]
        for expression, flag in given:
            owners.append(number)
            expressions.append(expression)
            flags.append(flag)
    return names, owners, expressions, flags


def _escaped(needle: str) -> bytes:
    return b"".join(b"\\x%02x" % byte for byte in needle.encode())


def _key(expressions: list[bytes], flags: list[int], hyperscan: Any) -> str:
    made = hashlib.sha256(repr((hyperscan.__version__, expressions, flags)).encode())
    return made.hexdigest()[:32]


def _kept(key: str, hyperscan: Any) -> Any:
    """The database of an earlier run, or None; one that was made for another processor is none."""
    data = kept(f"screens-{key}")
    if data is None:
        return None
    try:
        database = hyperscan.loadb(data, hyperscan.HS_MODE_BLOCK)
        database.scratch = hyperscan.Scratch(database)
    except hyperscan.error:
        return None
    return database

"""One pass over many texts for many patterns at once: which texts may hold what, for the precise checks behind it.

The engine is hyperscan. Where it is not installed, or cannot work, there is no scan, and every check looks by itself:
what is found is the same. What it makes of the patterns takes a second or two to make and is kept in the user's cache.
"""

from __future__ import annotations

import hashlib
import re
import sys
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from operator import sub
from typing import Any, NamedTuple

from ftlint.encoded import Encoded
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
        alone: a regular expression that is scanned for by itself: one that begins with a digit or another rare sign is
            as quick as a search for the sign there, and slows everything down among the others.
    """

    regexes: tuple[str, ...] = ()
    needles: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()
    alone: str = ""


class _Part(NamedTuple):
    """What is scanned for in one pass.

    Attributes:
        owners: by the number of the expression, the name of its screen.
    """

    owners: list[str]
    expressions: list[bytes]
    flags: list[int]


class Scanner:
    """The compiled screens."""

    def __init__(self, names: Sequence[str], passes: Sequence[tuple[Sequence[str], Any]]) -> None:
        self.names = names
        self._passes = passes

    def scan(self, given: Sequence[str] | Encoded) -> dict[str, list[int]]:
        """For each screen the indexes of the texts that may hold it, in order."""
        every: set[int] = set()
        if isinstance(given, Encoded):
            texts, (data, bounds) = given.strings, given.joined()
        else:
            texts, (data, bounds) = given, _joined(given)
        if len(bounds) != len(texts) + 1 or max(map(sub, bounds[1:], bounds), default=0) > LONGEST:
            every = {index for index, text in enumerate(texts) if len(text) > LONGEST or "\0" in text}
            data = b"\0".join([*(b"" if index in every else text.encode() for index, text in enumerate(texts)), b""])
            bounds = _bounds(data)
        found: dict[str, set[int]] = {name: set() for name in self.names}
        for owners, database in self._passes:
            _scan(database, data, bounds, [found[name] for name in owners])
        every |= found.pop(EVERY, set())
        return {name: sorted(held | every) for name, held in found.items()}


def _joined(texts: Sequence[str]) -> tuple[bytes, list[int]]:
    data = b"\0".join([*map(str.encode, texts), b""])
    return data, _bounds(data)


def _bounds(data: bytes) -> list[int]:
    """Where each NUL stands, and one before the data: the text at an index lies between the two of its number."""
    numpy = sys.modules.get("numpy")  # quicker, but it is worth loading for other checks alone
    if numpy is None:
        return [-1, *map(re.Match.start, re.finditer(b"\0", data))]
    return [-1, *numpy.flatnonzero(numpy.frombuffer(data, numpy.uint8) == 0).tolist()]


def _scan(database: Any, data: bytes, bounds: Sequence[int], sets: Sequence[set[int]]) -> None:
    """Note the index of each text with a match in the set of the expression that it is one of."""
    first, last = [0] * len(sets), [0] * len(sets)

    def note(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
        if not first[number] < end <= last[number]:  # the rest of a text that is known to hold it is passed over
            at = bisect_left(bounds, end - 1)  # a match may take in the NUL
            first[number], last[number] = bounds[at - 1] + 1, bounds[at]
            sets[number].add(at - 1)

    database.scan(data, match_event_handler=note)


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
    passes = []
    for part in _parts(screens, hyperscan):
        key = _key(part.expressions, part.flags, hyperscan)
        database = _kept(key, hyperscan)
        if database is None and make:
            database = hyperscan.Database()
            numbers = list(range(len(part.expressions)))
            try:
                database.compile(expressions=part.expressions, ids=numbers, flags=part.flags)
            except hyperscan.error:  # this processor lacks what the engine needs
                return None
            keep(f"screens-{key}", hyperscan.dumpb(database))
        if database is None:
            return None
        passes.append((part.owners, database))
    return Scanner(list(screens), passes)


def _parts(screens: Mapping[str, Screen], hyperscan: Any) -> list[_Part]:
    """What is scanned for in one pass, and then what is scanned for alone."""
    loose = hyperscan.HS_FLAG_UTF8 | hyperscan.HS_FLAG_UCP | hyperscan.HS_FLAG_PREFILTER
    together = _Part([], [], [])
    parts = [together]
    for name, screen in screens.items():
        given = [(regex.encode(), loose) for regex in screen.regexes]
        given += [(_escaped(needle), 0) for needle in screen.needles]
        given += [(_escaped(needle), hyperscan.HS_FLAG_CASELESS) for needle in screen.folded]
        for expression, flag in given:
            together.owners.append(name)
            together.expressions.append(expression)
            together.flags.append(flag)
        if screen.alone:
            parts.append(_Part([name], [screen.alone.encode()], [loose]))
    return [part for part in parts if part.owners]


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

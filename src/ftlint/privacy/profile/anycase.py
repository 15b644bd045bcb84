"""FT709, patterns of many alternatives, sorted by how they begin, and in any case: ``re.IGNORECASE`` tries every one of
them at every character, which takes ten times as long."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

_ODD = re.compile("[ſıİKÅµςẞϐϑϕϖϰϱϵẛι]")
"""Characters of which small letters say something else than ``re.IGNORECASE`` does."""
_ALWAYS = re.compile(r"[^\x00-\x7f](?![?*{])")
_REPEATS = ("?", "*", "+", "{")


def alternatives(source: str) -> list[str]:
    """The alternatives of a pattern, as far as they stand outside brackets."""
    found, depth, start = [], 0, 0
    for at, char in enumerate(source):
        depth += (char in "([") - (char in ")]")
        if char == "|" and depth == 0:
            found.append(source[start:at])
            start = at + 1
    return [*found, source[start:]]


class AnyCase:
    """Whether one of many alternatives stands in a text, in any case; compiled when it is first asked for.

    Args:
        source: without upper-case escapes such as ``\\\\W``, and without groups that are named or referred to.
    """

    def __init__(self, source: str) -> None:
        self.source = source

    def __call__(self, text: str) -> bool:
        """Whether it stands there."""
        if text.isascii():
            lowered, patterns = text.lower(), self._ascii
        elif _ODD.search(text):
            return self._plain.search(text) is not None
        else:
            lowered, patterns = text.lower(), self._all
        return _holds(patterns, lowered)

    @cached_property
    def _plain(self) -> re.Pattern[str]:
        return re.compile(self.source, re.IGNORECASE)

    @cached_property
    def _all(self) -> tuple[re.Pattern[str], ...]:
        return _sorted([part.lower() for part in alternatives(self.source)])

    @cached_property
    def _ascii(self) -> tuple[re.Pattern[str], ...]:
        return _sorted([part.lower() for part in _of_ascii(self.source)])


class Which:
    """Which of several ``AnyCase`` stand in a text, as bits: words are looked for once for all of them.

    Args:
        numbered: the bit of each.
    """

    def __init__(self, numbered: Sequence[tuple[int, AnyCase]]) -> None:
        self._numbered = numbered

    def __call__(self, text: str) -> int:
        """The bits of those that stand there."""
        if text.isascii():
            parts = self._ascii
        elif _ODD.search(text):
            return sum(1 << at for at, case in self._numbered if case(text))
        else:
            parts = self._all
        lowered, found = text.lower(), 0
        for match in parts.words.finditer(lowered):
            place = match.start()
            for bit, begun in parts.beginning[lowered[place]]:
                if not found & bit and begun.match(lowered, place):
                    found |= bit
        if parts.others is not None and parts.others.search(lowered):
            for bit, rest in parts.rests:
                if not found & bit and rest.search(lowered):
                    found |= bit
        return found

    def among(self, text: str, bits: int) -> int:
        """Those of a few bits that stand there."""
        return sum(1 << at for at, case in self._numbered if bits >> at & 1 and case(text))

    @cached_property
    def _ascii(self) -> _Parts:
        return _Parts([(1 << at, _of_ascii(case.source.lower())) for at, case in self._numbered])

    @cached_property
    def _all(self) -> _Parts:
        return _Parts([(1 << at, alternatives(case.source.lower())) for at, case in self._numbered])


class _Parts:
    """The patterns of ``Which`` for one kind of text.

    Attributes:
        words: where a word begins that any of them begins with. ``others``: what else any of them holds.
        beginning: by the letter that a word begins with, the bits that it may give, and their words.
        rests: the bits that anything else may give.
    """

    def __init__(self, sources: Sequence[tuple[int, Sequence[str]]]) -> None:
        words, others = _split([part for _, parts in sources for part in parts])
        self.words = re.compile(rf"\b(?=(?:{words}))" if words else "(?!)")
        self.others = re.compile(others) if others else None
        self.beginning: defaultdict[str, list[tuple[int, re.Pattern[str]]]] = defaultdict(list)
        self.rests: list[tuple[int, re.Pattern[str]]] = []
        for bit, parts in sources:
            words, others = _split(parts)
            if words:
                pattern = re.compile(words)
                for first in {word[0] for word in _spread(_words(parts))}:
                    self.beginning[first].append((bit, pattern))
            if others:
                self.rests.append((bit, re.compile(others)))


class ThisCase:
    """The same in the case that is written.

    Args:
        source: without groups that are named or referred to.
    """

    def __init__(self, source: str) -> None:
        self.source = source

    def __call__(self, text: str) -> bool:
        """Whether one of the alternatives stands there."""
        return _holds(self._ascii if text.isascii() else self._all, text)

    def start(self, text: str) -> int:
        """Where the first of them stands in a text that holds one."""
        patterns = self._ascii if text.isascii() else self._all
        return min(match.start() for pattern in patterns if (match := pattern.search(text)) is not None)

    @cached_property
    def _all(self) -> tuple[re.Pattern[str], ...]:
        return _sorted(alternatives(self.source))

    @cached_property
    def _ascii(self) -> tuple[re.Pattern[str], ...]:
        return _sorted(_of_ascii(self.source))


def _holds(patterns: tuple[re.Pattern[str], ...], text: str) -> bool:
    for pattern in patterns:  # noqa: SIM110 - a generator takes longer than the search
        if pattern.search(text):
            return True
    return False


def _of_ascii(source: str) -> list[str]:
    """The alternatives that a text of ASCII alone may hold."""
    return [part for part in alternatives(source) if not _ALWAYS.search(_outside(part))]


def _sorted(parts: list[str]) -> tuple[re.Pattern[str], ...]:
    words, others = _split(parts)
    return tuple(re.compile(source) for source in ([rf"\b(?:{words})"] if words else []) + ([others] if others else []))


def _split(parts: Sequence[str]) -> tuple[str, str]:
    """Alternatives that begin with a word, without what says so, and the others; empty for none."""
    return _by_first(_words(parts)), _by_first([part for part in parts if not part.startswith(r"\b")])


def _words(parts: Sequence[str]) -> list[str]:
    return [part.removeprefix(r"\b") for part in parts if part.startswith(r"\b")]


def _by_first(parts: Sequence[str]) -> str:
    """One pattern for all alternatives, in which those that begin with the same letter share it: where it does not
    stand, none of them is tried."""
    shared: dict[str, list[str]] = {}
    others = []
    for part in _spread(parts):
        if part[:1].isalnum() and part[1:2] not in _REPEATS:
            shared.setdefault(part[0], []).append(part[1:])
        else:
            others.append(part)
    grouped = [first + (rests[0] if len(rests) == 1 else f"(?:{'|'.join(rests)})") for first, rests in shared.items()]
    return "|".join(grouped + others)


def _spread(parts: Sequence[str]) -> Iterator[str]:
    """The alternatives of a group with which a part begins as parts of their own."""
    for part in parts:
        end = _closing(part) if part.startswith("(?:") else 0
        rest = part[end + 1 :]
        if end and rest[:1] == "?" and rest[1:2] not in _REPEATS:
            yield from _spread([rest[1:], *(inner + rest[1:] for inner in alternatives(part[3:end]))])
        elif end and rest[:1] not in _REPEATS:
            yield from _spread([inner + rest for inner in alternatives(part[3:end])])
        else:
            yield part


def _closing(part: str) -> int:
    """Where the group closes with which a part begins."""
    depth = 0
    for at, char in enumerate(part):
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return at
    return 0


def _outside(part: str) -> str:
    """What of an alternative stands outside brackets."""
    while (shorter := re.sub(r"\[[^\]]*\]|\([^()\[\]]*\)", "", part)) != part:
        part = shorter
    return part

"""FT709, patterns of many alternatives, sorted by how they begin, and in any case: ``re.IGNORECASE`` tries every one of
them at every character, which takes ten times as long."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

_ODD = re.compile("[ſıİKÅµςẞϐϑϕϖϰϱϵẛι]")
"""Characters of which small letters say something else than ``re.IGNORECASE`` does."""
_ALWAYS = re.compile(r"[^\x00-\x7f](?![?*{])")


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
        places = [match.start() for match in parts.words.finditer(lowered)]
        others = parts.others is not None and parts.others.search(lowered) is not None
        if not places and not others:
            return 0
        for at, words, rest in parts.each:
            if (words is not None and any(words.match(lowered, place) for place in places)) or (
                others and rest is not None and rest.search(lowered)
            ):
                found |= 1 << at
        return found

    @cached_property
    def _ascii(self) -> _Parts:
        return _Parts([(at, _split(_of_ascii(case.source.lower()))) for at, case in self._numbered])

    @cached_property
    def _all(self) -> _Parts:
        return _Parts([(at, _split(alternatives(case.source.lower()))) for at, case in self._numbered])


class _Parts:
    """The patterns of ``Which`` for one kind of text."""

    def __init__(self, sources: Sequence[tuple[int, tuple[str, str]]]) -> None:
        words = "|".join(words for _, (words, _) in sources if words)
        others = "|".join(others for _, (_, others) in sources if others)
        self.words = re.compile(rf"\b(?=(?:{words}))" if words else "(?!)")
        self.others = re.compile(others) if others else None
        self.each = [
            (at, re.compile(rf"\b(?:{words})") if words else None, re.compile(others) if others else None)
            for at, (words, others) in sources
        ]


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


def _split(parts: list[str]) -> tuple[str, str]:
    """Alternatives that begin with a word, without what says so, and the others; empty for none."""
    words = [part.removeprefix(r"\b") for part in parts if part.startswith(r"\b")]
    return "|".join(words), "|".join(part for part in parts if not part.startswith(r"\b"))


def _outside(part: str) -> str:
    """What of an alternative stands outside brackets."""
    while (shorter := re.sub(r"\[[^\]]*\]|\([^()\[\]]*\)", "", part)) != part:
        part = shorter
    return part

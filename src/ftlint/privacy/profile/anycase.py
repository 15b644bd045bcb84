"""FT709, patterns of many alternatives, in any case: each has words of which a text must hold one, and they are looked
for first. ``re`` tries every alternative at every character, and takes long to compile them all."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from operator import add

from ftlint.lazy import lazy

_ODD = lazy("[ſıİKÅµςẞϐϑϕϖϰϱϵẛι]")
"""Characters of which small letters say something else than ``re.IGNORECASE`` does."""
_TIMES = "?*+{"
_EDGE = r"\b"
_MARKS = lazy(r"[][()|]")
_PLAIN = lazy(r"[^\\\[(.?*+{^$]+")
_SIGNS = frozenset("\\-^")
_FEW = 8
"""Signs of a class that are looked for one by one."""

Looked = list[tuple[str, re.Pattern[str]]]
"""Words, each with the pattern that may stand where it does; the empty word is everywhere."""


def alternatives(source: str) -> list[str]:
    """The alternatives of a pattern, as far as they stand outside brackets."""
    if "(" not in source and "[" not in source:
        return source.split("|")
    found, depth, start = [], 0, 0
    for mark in _MARKS.finditer(source):
        if mark[0] != "|":
            depth += 1 if mark[0] in "([" else -1
        elif depth == 0:
            found.append(source[start : mark.start()])
            start = mark.end()
    return [*found, source[start:]]


class AnyCase:
    """Whether one of many alternatives stands in a text, in any case.

    Args:
        source: without upper-case escapes such as ``\\\\W``, and without groups that are named or referred to.
    """

    def __init__(self, source: str) -> None:
        self.source = source

    def __call__(self, text: str) -> bool:
        """Whether it stands there."""
        if not text.isascii() and _ODD.search(text):
            return self._plain.search(text) is not None
        lowered = text.lower()
        for word, pattern in self._looked:  # noqa: SIM110 - a generator takes longer than the search
            if word in lowered and pattern.search(lowered):
                return True
        return False

    @cached_property
    def _plain(self) -> re.Pattern[str]:
        return re.compile(self.source, re.IGNORECASE)

    @cached_property
    def _looked(self) -> Looked:
        return looked(self.source.lower())


class Which:
    """Which of several ``AnyCase`` stand in a text, as bits.

    Args:
        numbered: the bit of each.
    """

    def __init__(self, numbered: Sequence[tuple[int, AnyCase]]) -> None:
        self._numbered = numbered

    def __call__(self, text: str) -> int:
        """The bits of those that stand there."""
        if not text.isascii() and _ODD.search(text):
            return sum(1 << at for at, case in self._numbered if case(text))
        lowered, found = text.lower(), 0
        by_pair = self._by_pair
        for pair in by_pair.keys() & {"", *map(add, lowered, lowered[1:])}:
            for word, bit, pattern in by_pair[pair]:
                if word in lowered and not found & bit and pattern.search(lowered):
                    found |= bit
        return found

    def among(self, text: str, bits: int) -> int:
        """Those of a few bits that stand there."""
        return sum(1 << at for at, case in self._numbered if bits >> at & 1 and case(text))

    @cached_property
    def _by_pair(self) -> dict[str, list[tuple[str, int, re.Pattern[str]]]]:
        """The words, each by two neighbouring characters of it that few others hold, or by none if it has no two."""
        held = [(word, 1 << at, pattern) for at, case in self._numbered for word, pattern in case._looked]
        counts = Counter(pair for word, *_ in held for pair in map(add, word, word[1:]))
        found = defaultdict(list)
        for each in held:
            found[min(map(add, each[0], each[0][1:]), key=counts.__getitem__, default="")].append(each)
        return dict(found)


class ThisCase:
    """The same in the case that is written.

    Args:
        source: without groups that are named or referred to.
    """

    def __init__(self, source: str) -> None:
        self.source = source

    def __call__(self, text: str) -> bool:
        """Whether one of the alternatives stands there."""
        for word, pattern in self._looked:  # noqa: SIM110 - a generator takes longer than the search
            if word in text and pattern.search(text):
                return True
        return False

    def start(self, text: str) -> int:
        """Where the first of them stands in a text that holds one."""
        matches = [pattern.search(text) for word, pattern in self._looked if word in text]
        return min(match.start() for match in matches if match is not None)

    @cached_property
    def _looked(self) -> Looked:
        return looked(self.source)


def looked(source: str) -> Looked:
    """What to look for, and then to look closer at, to find one of the alternatives of a pattern."""
    held: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for part in _spread(alternatives(source)):
        held[tuple(sorted(words(part)))].append(part)
    return [(word, pattern) for each, parts in held.items() for pattern in [lazy("|".join(parts))] for word in each]


def _spread(parts: Iterable[str]) -> Iterator[str]:
    """The alternatives of a group of words as parts of their own, so that only those are compiled that may stand."""
    for part in parts:
        edge = _EDGE if part.startswith(_EDGE) else ""
        start = len(edge)
        end = _closing(part, start) if part.startswith("(?:", start) else 0
        rest = part[end + 1 :]
        if end and "(" not in rest and not (rest and rest[0] in _TIMES):
            yield from (edge + inner + rest for inner in alternatives(part[start + 3 : end]))
        else:
            yield part


def words(part: str) -> frozenset[str]:
    """Words of which every match of a part without alternatives outside brackets holds one; the empty one for none."""
    part = part.replace(_EDGE, "")
    if _PLAIN.fullmatch(part):
        return frozenset({part})
    found, run, at = [], "", 0
    while at < len(part):
        end, sign, group = _atom(part, at)
        times = part[end : end + 1]
        repeated = times != "" and times in _TIMES
        if repeated and times != "+":  # the last sign may be left out
            sign, group = sign[:-1], frozenset()
        run += sign
        if repeated or not sign:
            found += [group, frozenset({run})]
            run = ""
        at = part.index("}", end) + 1 if times == "{" else end + repeated
    return max([frozenset({run}), *filter(None, found)], key=_rare)


def _rare(found: frozenset[str]) -> tuple[int, int]:
    return min(len(word.strip()) for word in found), -len(found)


def _atom(part: str, at: int) -> tuple[int, str, frozenset[str]]:
    """What stands at a place: where it ends, the signs that it always is, or else what of which it always holds one."""
    plain = _PLAIN.match(part, at)
    if plain is not None:
        return plain.end(), plain[0], frozenset()
    char = part[at]
    if char == "[":
        end = part.index("]", at + 2)
        inner = part[at + 1 : end]
        return end + 1, "", frozenset(inner if len(inner) <= _FEW and _SIGNS.isdisjoint(inner) else "")
    if char == "(":
        end = _closing(part, at)
        if not part.startswith("(?:", at):
            return end + 1, "", frozenset()
        return end + 1, "", frozenset(word for each in alternatives(part[at + 3 : end]) for word in words(each))
    if char == "\\":
        return at + 2, "" if part[at + 1].isalpha() else part[at + 1], frozenset()
    return at + 1, "", frozenset()


def _closing(part: str, at: int) -> int:
    """Where the group closes that opens at a place."""
    depth = 0
    for mark in _MARKS.finditer(part, at):
        depth += (mark[0] == "(") - (mark[0] == ")")
        if depth == 0:
            return mark.start()
    raise ValueError(part)

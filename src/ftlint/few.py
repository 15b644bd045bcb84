"""Exact token counts of the first texts of a small file, without loading an engine, which takes longer than counting.

Only for texts of characters whose place in the patterns is plain (ASCII, Western European letters, Japanese, common
marks and emoji; a test compares each of them with tiktoken), and only up to a bound, behind which an engine is faster.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from ftlint import vocabulary
from ftlint.lazy import lazy
from ftlint.ranks import NO_TOKEN, Ranks

MOST_CHARACTERS = 2_000_000
"""So many English ones are counted in about 250 ms; an engine loads in 350 ms and counts them in 12."""
MOST_WORK = 100_000
"""Bytes of pieces that are no token by themselves and have to be merged, at about 1 µs each; long ones weigh more."""

_ASCII = (r"\t-\r ", "A-Z", "a-z", "", "0-9")
_SPACE, _UPPER, _LOWER, _LETTER, _NUMBER = _KINDS = (
    r"\t-\r \x85\xa0\u3000",
    r"A-Z\xc0-\xd6\xd8-\xde\uff21-\uff3a",
    r"a-z\xb5\xdf-\xf6\xf8-\xff\uff41-\uff5a",
    r"\xaa\xba\u3005\u3006\u3041-\u3096\u30a1-\u30fa\u30fc\u4e00-\u9fa5\uff66-\uff9d",
    r"0-9\xb2\xb3\xb9\xbc-\xbe\u3007\uff10-\uff19",
)
_MARK = (
    r"\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u22ff\u2600-\u2767\u3001-\u3004\u3008-\u3020\u30fb"
    r"\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\U0001f300-\U0001f64f\U0001f680-\U0001f6c5"
)
ELSE = lazy(rf"[^\x00-\xff{_LETTER}{_UPPER}{_LOWER}{_NUMBER}{_MARK}\u3000]")
"""A character that is left to an engine."""


def count(texts: Sequence[str], encoding: str) -> list[int] | None:
    """Tokens of each text, or None where an engine is to count them: from then on, always.

    Raises:
        FtlintError: the vocabulary's file is damaged or missing.
    """
    return _counter(encoding).count(texts)


class Enough(Exception):
    """What is left to merge would take longer than loading an engine."""


class Sizes(dict[str, int]):
    """Tokens of each piece that was seen."""

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self._place = functools.cache(Ranks(encoding).place)
        self._work = MOST_WORK

    def __missing__(self, piece: str) -> int:
        token = piece.encode()
        size = 1
        if self._place(token) == NO_TOKEN:
            self._work -= len(token) * (1 + len(token) // 100)
            if self._work < 0:
                raise Enough
            size = self._merged(token)
        self[piece] = size
        return size

    def _merged(self, token: bytes) -> int:
        """Byte-pair encoding: the neighbours that are the earliest token of the vocabulary merge, again and again."""
        place = self._place
        ends = list(range(len(token) + 1))
        pairs = [place(token[at : at + 2]) for at in range(len(token) - 1)]
        while pairs and (least := min(pairs)) < NO_TOKEN:
            at = pairs.index(least)
            del ends[at + 1], pairs[at]
            if at:
                pairs[at - 1] = place(token[ends[at - 1] : ends[at + 1]])
            if at < len(pairs):
                pairs[at] = place(token[ends[at] : ends[at + 2]])
        return len(ends) - 1


class Counter:
    """Counts with one vocabulary, which is read for the first text."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._left = MOST_CHARACTERS

    def count(self, texts: Sequence[str]) -> list[int] | None:
        """See ``count``."""
        if self._left <= 0:
            return None
        self._left -= sum(map(len, texts))
        if self._left <= 0 or any(not text.isascii() and ELSE.search(text) for text in texts):
            self._left = 0
            return None
        size = self._sizes.__getitem__
        plain = self._plain.findall
        wide = plain if all(map(str.isascii, texts)) else self._wide.findall
        try:
            return [sum(map(size, (plain if text.isascii() else wide)(text))) for text in texts]
        except Enough:
            self._left = 0
            return None

    @functools.cached_property
    def _sizes(self) -> Sizes:
        return Sizes(self._encoding)

    @functools.cached_property
    def _plain(self) -> re.Pattern[str]:
        return pattern(self._encoding, _ASCII)

    @functools.cached_property
    def _wide(self) -> re.Pattern[str]:
        return pattern(self._encoding, _KINDS)


def pattern(encoding: str, kinds: tuple[str, ...]) -> re.Pattern[str]:
    """The encoding's splitting pattern for characters of these kinds; Python's own ``\\s`` and ``$`` take in more.

    Args:
        encoding: a name of ``ENCODINGS``.
        kinds: white space, upper case, lower case, other letters and numbers, as parts of a class.
    """
    space, upper, lower, letter, number = kinds
    found = vocabulary.check(encoding).pattern
    for kind, characters in (
        (r"\p{L}++", r"[\p{L}]++"),
        (r"\p{N}{", r"[\p{N}]{"),
        (r"[^\s", f"[^{space}"),
        (r"\s", f"[{space}]"),
        (r"\S", f"[^{space}]"),
        ("$", r"\Z"),
        (r"\p{L}", upper + lower + letter),
        (r"\p{N}", number),
        (r"\p{Lu}", upper),
        (r"\p{Ll}", lower),
        (r"\p{Lo}", letter),
    ):
        found = found.replace(kind, characters)
    return re.compile(re.sub(r"\\p\{\w+\}", "", found))


_counter = functools.cache(Counter)

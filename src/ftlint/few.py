"""Exact token counts of the first texts of a small file, without loading an engine, which takes longer than counting.

Only for texts of characters whose place in the patterns is plain (ASCII, Western European letters, Japanese, common
marks and emoji; a test compares each of them with tiktoken), and only up to a bound, behind which an engine is faster.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from ftlint import vocabulary
from ftlint.ranks import NO_TOKEN, Ranks

MOST_CHARACTERS = 1_000_000
"""So many English ones are counted in about 150 ms; an engine loads in 350 ms and counts them in 10."""
MOST_WORK = 50_000
"""Bytes of pieces that are no token by themselves and have to be merged, at about 2 µs each; long ones weigh more."""

_SPACE = r"\t-\r \x85\xa0\u3000"
_UPPER = r"A-Z\xc0-\xd6\xd8-\xde\uff21-\uff3a"
_LOWER = r"a-z\xb5\xdf-\xf6\xf8-\xff\uff41-\uff5a"
_LETTER = r"\xaa\xba\u3005\u3006\u3041-\u3096\u30a1-\u30fa\u30fc\u4e00-\u9fa5\uff66-\uff9d"
_NUMBER = r"0-9\xb2\xb3\xb9\xbc-\xbe\u3007\uff10-\uff19"
_MARK = (
    r"\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u22ff\u2600-\u2767\u3001-\u3004\u3008-\u3020\u30fb"
    r"\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\U0001f300-\U0001f64f\U0001f680-\U0001f6c5"
)
ELSE = re.compile(rf"[^\x00-\xff{_LETTER}{_UPPER}{_LOWER}{_NUMBER}{_MARK}\u3000]")
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
        self._place = Ranks(encoding).place
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
        parts = [token[at : at + 1] for at in range(len(token))]
        pairs = [place(token[at : at + 2]) for at in range(len(token) - 1)]
        while pairs and (least := min(pairs)) < NO_TOKEN:
            at = pairs.index(least)
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
            del pairs[at]
            for side in (at - 1, at):
                if 0 <= side < len(pairs):
                    pairs[side] = place(parts[side] + parts[side + 1])
        return len(parts)


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
        pieces = self._pieces.findall
        try:
            return [sum(map(size, pieces(text))) for text in texts]
        except Enough:
            self._left = 0
            return None

    @functools.cached_property
    def _sizes(self) -> Sizes:
        return Sizes(self._encoding)

    @functools.cached_property
    def _pieces(self) -> re.Pattern[str]:
        return pattern(self._encoding)


def pattern(encoding: str) -> re.Pattern[str]:
    """The encoding's splitting pattern for the characters known here; Python's own ``\\s`` and ``$`` take in more."""
    found = vocabulary.check(encoding).pattern
    for kind, characters in (
        (r"\p{L}++", r"[\p{L}]++"),
        (r"\p{N}{", r"[\p{N}]{"),
        (r"[^\s", f"[^{_SPACE}"),
        (r"\s", f"[{_SPACE}]"),
        (r"\S", f"[^{_SPACE}]"),
        ("$", r"\Z"),
        (r"\p{L}", _UPPER + _LOWER + _LETTER),
        (r"\p{N}", _NUMBER),
        (r"\p{Lu}", _UPPER),
        (r"\p{Ll}", _LOWER),
        (r"\p{Lo}", _LETTER),
    ):
        found = found.replace(kind, characters)
    return re.compile(re.sub(r"\\p\{\w+\}", "", found))


_counter = functools.cache(Counter)

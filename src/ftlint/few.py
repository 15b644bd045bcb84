"""Exact token counts of the first texts of a small file, without loading an engine, which takes longer than counting.

Only for texts of characters whose place in the patterns is plain (ASCII, Western European letters, Japanese, common
marks and emoji; a test compares each of them with tiktoken), and only up to a bound, behind which an engine is faster.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from ftlint import vocabulary
from ftlint.lazy import lazy
from ftlint.ranks import NO_TOKEN, Ranks

MOST_CHARACTERS = 2_000_000
"""So many English ones are counted in about 250 ms; an engine loads in 350 ms and counts them in 12."""
MOST_WORK = 100_000
"""Bytes of pieces that are no token by themselves and have to be merged, at about 1 µs each; long ones weigh more."""


FIRST = 700_000
"""Characters of a large file: its first rows, of which something may be told before an engine is loaded."""


class Signs(NamedTuple):
    """The characters that are known, by what they are to the patterns, as parts of character classes."""

    space: str
    upper: str
    lower: str
    letter: str
    number: str
    mark: str

    @property
    def unknown(self) -> str:
        """A pattern for a character beyond Latin-1 that is none of them."""
        return rf"[^\x00-\xff{''.join(self)}]"


WESTERN = Signs(
    r"\t-\r \x85\xa0",
    r"A-Z\xc0-\xd6\xd8-\xde",
    r"a-z\xb5\xdf-\xf6\xf8-\xff",
    r"\xaa\xba",
    r"0-9\xb2\xb3\xb9\xbc-\xbe",
    r"\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u22ff\u2600-\u2767",
)
"""For most texts. Python takes 20 times as long to compile the pattern for all of them, of many wide ranges."""
EVERY = Signs(
    WESTERN.space + r"\u3000",
    WESTERN.upper + r"\uff21-\uff3a",
    WESTERN.lower + r"\uff41-\uff5a",
    WESTERN.letter + r"\u3005\u3006\u3041-\u3096\u30a1-\u30fa\u30fc\u4e00-\u9fa5\uff66-\uff9d",
    WESTERN.number + r"\u3007\uff10-\uff19",
    WESTERN.mark + r"\u3001-\u3004\u3008-\u3020\u30fb\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
    r"\U0001f300-\U0001f64f\U0001f680-\U0001f6c5",
)
_ENDS = frozenset(".,:;?!")
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_NOT_WESTERN = lazy(WESTERN.unknown)
ELSE = lazy(EVERY.unknown)
"""A character that is left to an engine."""


def count(texts: Sequence[str], encoding: str) -> list[int] | None:
    """Tokens of each text, or None where an engine is to count them: from then on, always.

    Raises:
        FtlintError: the vocabulary's file is damaged or missing.
    """
    return _counter(encoding).count(texts)


def bound(encoding: str, characters: int) -> None:
    """Leave to an engine what follows so many further characters: there is more to count than is worth it here."""
    _counter(encoding).bound(characters)


class Enough(Exception):
    """What is left to merge would take longer than loading an engine."""


class Blanks(Exception):
    """White space stands side by side: only all of it together tells where pieces begin."""


class Places(dict[bytes, int]):
    """What ``Ranks.place`` says of each token that was asked for."""

    def __init__(self, place: Callable[[bytes], int]) -> None:
        super().__init__()
        self._place = place

    def __missing__(self, token: bytes) -> int:
        place = self[token] = self._place(token)
        return place


class Pairs(dict[tuple[int, int], int]):
    """The same of two bytes: most pairs of letters are asked for again and again."""

    def __init__(self, place: Callable[[bytes], int]) -> None:
        super().__init__()
        self._place = place

    def __missing__(self, pair: tuple[int, int]) -> int:
        place = self[pair] = self._place(bytes(pair))
        return place


class Sizes(dict[str, int]):
    """Tokens of each piece that was seen."""

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self._whole = Ranks(encoding).place
        self._place = Places(self._whole).__getitem__
        self._pair = Pairs(self._whole).__getitem__
        self._work = MOST_WORK

    def __missing__(self, piece: str) -> int:
        token = piece.encode()
        size = 1
        if self._whole(token) == NO_TOKEN:
            self._work -= len(token) * (1 + len(token) // 100)
            if self._work < 0:
                raise Enough
            size = self._merged(token)
        self[piece] = size
        return size

    def _merged(self, token: bytes) -> int:
        """Byte-pair encoding: the neighbours that are the earliest token of the vocabulary merge, again and again."""
        place = self._place
        starts = list(range(len(token) + 1))
        pairs = list(map(self._pair, pairwise(token)))
        while (least := min(pairs)) < NO_TOKEN:  # two are left at least: all of it is no token
            at = pairs.index(least)
            del starts[at + 1], pairs[at]
            if at < len(pairs):
                pairs[at] = place(token[starts[at] : starts[at + 2]])
            if at:
                pairs[at - 1] = place(token[starts[at - 1] : starts[at + 1]])
        return len(starts) - 1


class Words(dict[str, int]):
    """Tokens of each stretch between two spaces that was seen.

    A piece begins at a space with a sign that is no white space before or behind it, and it ends before the next such.

    Args:
        lead: what stands before the stretch, a space or nothing, which is counted with it.
    """

    def __init__(self, lead: str, sizes: Sizes, pieces: Callable[[str], list[str]]) -> None:
        super().__init__()
        self._lead = lead
        self._size = sizes.__getitem__
        self._pieces = pieces

    def __missing__(self, word: str) -> int:
        if word.isalpha() and word.isascii() and word[1:].islower():
            size = self._size(self._lead + word)
        elif word[-1:] in _ENDS and word[-2:-1] in _PLAIN:
            size = self[word[:-1]] + 1
        elif (self._lead and not word) or word[:1].isspace() or word[-1:].isspace():
            raise Blanks
        else:
            size = sum(map(self._size, self._pieces(self._lead + word)))
        self[word] = size
        return size


class Counter:
    """Counts with one vocabulary, which is read for the first text."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._left = MOST_CHARACTERS

    def bound(self, characters: int) -> None:
        """See ``bound``."""
        self._left = min(self._left, characters)

    def count(self, texts: Sequence[str]) -> list[int] | None:
        """See ``count``."""
        if self._left <= 0:
            return None
        self._left -= sum(map(len, texts))
        foreign = [text for text in texts if not text.isascii()]
        western = not any(map(_NOT_WESTERN.search, foreign))
        if self._left <= 0 or (not western and any(map(ELSE.search, foreign))):
            self._left = 0
            return None
        try:
            return list(map(self._by_words if western else self._by_pieces, texts))
        except Enough:
            self._left = 0
            return None

    def _by_pieces(self, text: str) -> int:
        return sum(map(self._sizes.__getitem__, pattern(self._encoding, EVERY).findall(text)))

    def _by_words(self, text: str) -> int:
        """The same of a Western text: most of its words are seen again and again."""
        first, further = self._words
        words = iter(text.split(" "))
        try:
            return first[next(words)] + sum(map(further.__getitem__, words))
        except Blanks:
            return sum(map(self._sizes.__getitem__, pattern(self._encoding, WESTERN).findall(text)))

    @functools.cached_property
    def _sizes(self) -> Sizes:
        return Sizes(self._encoding)

    @functools.cached_property
    def _words(self) -> tuple[Words, Words]:
        """Those with nothing before them, and those with a space."""
        pieces = pattern(self._encoding, WESTERN).findall
        return Words("", self._sizes, pieces), Words(" ", self._sizes, pieces)


@functools.cache
def pattern(encoding: str, known: Signs) -> re.Pattern[str]:
    """The encoding's splitting pattern for texts of these characters; Python's own ``\\s`` and ``$`` take in more."""
    found = vocabulary.check(encoding).pattern
    for kind, characters in (
        (r"\p{L}++", r"[\p{L}]++"),
        (r"\p{N}{", r"[\p{N}]{"),
        (r"[^\s", f"[^{known.space}"),
        (r"\s", f"[{known.space}]"),
        (r"\S", f"[^{known.space}]"),
        ("$", r"\Z"),
        (r"\p{L}", known.upper + known.lower + known.letter),
        (r"\p{N}", known.number),
        (r"\p{Lu}", known.upper),
        (r"\p{Ll}", known.lower),
        (r"\p{Lo}", known.letter),
    ):
        found = found.replace(kind, characters)
    return re.compile(re.sub(r"\\p\{\w+\}", "", found))


_counter = functools.cache(Counter)

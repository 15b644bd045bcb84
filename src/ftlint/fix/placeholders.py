"""What stands for a value that is taken out: one placeholder per value of a file; and finding a value again."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

from ftlint.parse import unescape_map
from ftlint.privacy import Found
from ftlint.privacy.find import fold

_LABELS = {
    "FT701": "EMAIL",
    "FT702": "PHONE",
    "FT703": "CARD",
    "FT704": "ACCOUNT",
    "FT705": "ID",
    "FT706": "ADDRESS",
    "FT707": "BIRTH_DATE",
    "FT708": "IP",
    "FT720": "KEY",
    "FT721": "PRIVATE_KEY",
    "FT722": "CREDENTIAL",
    "FT723": "TOKEN",
}
_OF_KIND = {"iban": "IBAN", "password": "PASSWORD"}
CODES = frozenset(_LABELS)
"""The rules whose values can be taken out."""
SECRETS = frozenset({"FT720", "FT721", "FT722", "FT723"})

_WORDS = "|".join(sorted({*_LABELS.values(), *_OF_KIND.values()}))
_TAKEN = re.compile(rf"({_WORDS})_0*([0-9]{{1,9}})(?![0-9])", re.IGNORECASE)
_NUMBERS = frozenset({"FT702", "FT703", "FT704", "FT705"})
_NOT_SIGNIFICANT = re.compile(r"[\W_]+")
# What is found only beside a word that says what it is, and may stand elsewhere without it.
_NEEDS_WORDS = frozenset({"FT702", "FT703", "FT704", "FT705", "FT707", "FT720", "FT722", "FT723"})
_WORD = re.compile("[0-9a-z]+")
_RUN = re.compile(r"(?<![0-9a-z])[0-9](?:[^\w\n,;:\"'\\]{0,2}[0-9])+(?![0-9a-z])")
_SEPARATORS = re.compile("[^0-9]+")
_LEAST = 6
"""Letters and digits of a value that is looked for in the rest of its row; a shorter one may be anything."""
_LEAST_ELSEWHERE = 9
"""The same for the other rows of the file, except for secrets; a date is looked for in no other row."""


def label(code: str, kind: str) -> str:
    """``EMAIL`` for FT701, ``IBAN`` for the kind ``iban``."""
    return _OF_KIND.get(kind) or _LABELS[code]


def normal(value: str, code: str) -> str:
    """The value without the differences of writing: width, case, and the separators that mean nothing in it.

    The separators of a number are dropped; those of a date or an address only become the same, since 1-12 is not 11-2.
    """
    folded = unicodedata.normalize("NFKC", value).casefold()
    if code in _NUMBERS:
        return _NOT_SIGNIFICANT.sub("", folded)
    if code in ("FT706", "FT707"):
        return _NOT_SIGNIFICANT.sub("-", folded).strip("-")
    return "".join(folded.split())


class Placeholders:
    """The placeholders of one file: noted in order first, given out afterwards."""

    def __init__(self) -> None:
        self._used: Counter[str] = Counter()
        self._taken: set[str] = set()
        self._labels: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._next: Counter[str] = Counter()

    def reserve(self, text: str) -> None:
        """Never give a placeholder that this piece of the file holds."""
        if "_" not in text and "＿" not in text and "\\" not in text:
            return
        if not text.isascii():
            text = unicodedata.normalize("NFKC", text)
        self._taken.update(f"{match[1].upper()}_{match[2]}" for match in _TAKEN.finditer(text))

    def note(self, value: str, code: str, kind: str) -> None:
        """Remember a value, so that values are numbered in this order."""
        self._labels.setdefault(normal(value, code), label(code, kind))

    def of(self, value: str, code: str, kind: str) -> str:
        """The placeholder of a value; from the first one on, what the file holds must all be reserved."""
        for key, word in self._labels.items() if not self._names else ():
            self._names[key] = self._new(word)
        key = normal(value, code)
        if key not in self._names:
            self._names[key] = self._new(label(code, kind))
        return f"[{self._names[key]}]"

    def count(self, given: Iterable[str]) -> None:
        """These placeholders, each as often as it was given, stand in the output."""
        self._used.update(given)

    def counts(self) -> dict[str, tuple[int, int]]:
        """Replacements and different values per label, in order of the label."""
        found: dict[str, tuple[int, int]] = {}
        for name, count in sorted(self._used.items()):
            word = name[1:].rpartition("_")[0]
            total, distinct = found.get(word, (0, 0))
            found[word] = total + count, distinct + 1
        return dict(sorted(found.items()))

    def _new(self, word: str) -> str:
        while True:
            self._next[word] += 1
            name = f"{word}_{self._next[word]}"
            if name not in self._taken:
                return name


class Known:
    """Values that were found, to be found again where no word beside them says what they are."""

    def __init__(self) -> None:
        self._values: dict[str, tuple[str, str]] = {}
        self._lengths: dict[str, set[int]] = {}
        self._digits: dict[str, tuple[str, str]] = {}

    def add(self, value: str, code: str, kind: str, *, row: bool = False) -> None:
        """Look for this value from now on, in the rest of a row or (``row`` is false) in the whole file."""
        lowered = _lower(value).strip()
        word = _WORD.search(lowered)
        size = sum(map(str.isalnum, lowered))
        least = _LEAST if row or code in SECRETS else _LEAST_ELSEWHERE
        if code not in _NEEDS_WORDS or word is None or size < least or (code == "FT707" and not row):
            return
        lowered = lowered[word.start() :]
        self._values.setdefault(lowered, (code, kind))
        self._lengths.setdefault(word[0], set()).add(len(lowered))
        if code in _NUMBERS and (digits := normal(value, code)).isdigit():
            self._digits.setdefault(digits, (code, kind))

    def may_hold(self, text: str) -> bool:
        """Whether it is worth looking for the values in a text."""
        if not self._lengths:
            return False
        lowered = _lower(text)
        words = _WORD.findall(lowered)
        return not self._lengths.keys().isdisjoint(words) or any(True for _ in self._runs(lowered))

    def find(self, text: str) -> Iterator[Found]:
        """The values in a text, also where they are written with the escapes of JSON inside it."""
        if not self._lengths:
            return
        plain, offsets = unescape_map(text) if "\\" in text else (text, range(len(text) + 1))
        lowered = _lower(plain)
        for start, end, told in chain(self._words(lowered), self._runs(lowered)):
            yield Found(offsets[start], offsets[end], *told)

    def _words(self, lowered: str) -> Iterator[tuple[int, int, tuple[str, str]]]:
        """Values written as they were."""
        for word in _WORD.finditer(lowered):
            for length in self._lengths.get(word[0], ()):
                end = word.start() + length
                told = self._values.get(lowered[word.start() : end])
                if told is not None and not _WORD.match(lowered, end):
                    yield word.start(), end, told

    def _runs(self, lowered: str) -> Iterator[tuple[int, int, tuple[str, str]]]:
        """Numbers with other separators, or without any."""
        for run in _RUN.finditer(lowered) if self._digits else ():
            told = self._digits.get(_SEPARATORS.sub("", run[0]))
            if told is not None:
                yield *run.span(), told


def _lower(text: str) -> str:
    """Half width and lower case, with every character where it was."""
    folded = fold(text)
    lowered = folded.lower()
    return lowered if len(lowered) == len(folded) else folded

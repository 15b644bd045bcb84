"""The script that a text is written in, from the first few hundred characters; says nothing where it is not plain."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import IntEnum
from functools import cache
from operator import itemgetter
from typing import Any

from ftlint.lazy import lazy

LOOK = 240
"""Characters that are looked at."""
LETTERS = 24
"""Letters that a text needs for its script to count; half of it where a character is a word or a syllable."""
SHARE = 0.8
"""Share of the letters that are of the script."""


class Script(IntEnum):
    """Scripts that a language can be told by. Chinese is Han without kana, in texts of some length only."""

    UNKNOWN = 0
    LATIN = 1
    JAPANESE = 2
    CHINESE = 3
    KOREAN = 4
    ARABIC = 5
    CYRILLIC = 6
    GREEK = 7
    HEBREW = 8
    THAI = 9
    DEVANAGARI = 10

    @property
    def title(self) -> str:
        """``Latin letters``, ``Japanese`` ..."""
        letters = (Script.LATIN, Script.ARABIC, Script.CYRILLIC, Script.GREEK, Script.HEBREW, Script.THAI)
        return f"{self.name.capitalize()} letters" if self in letters else self.name.capitalize()


_RUNS = lazy(
    "([A-Za-z\u00c0-\u024f\u1e00-\u1eff]+)|([\u3041-\u30ff]+)|([\u4e00-\u9fff\u3400-\u4dbf]+)|([\uac00-\ud7a3]+)"
    "|([\u0600-\u06ff\u0750-\u077f]+)|([\u0400-\u04ff]+)|([\u0370-\u03ff]+)|([\u0590-\u05ff]+)|([\u0e01-\u0e4e]+)"
    "|([\u0900-\u097f]+)"
)
_CODE = lazy(r"```|https?://|[{}<>=;\\$|]|\]\(|\w\(\w*\)")
_SIGNS = b"{}<>=;\\$|"
"""Each of them is a match of ``_CODE`` by itself. All other matches hold one of ``_LONGER``."""
_LONGER = (b"`", b"(", b"://")
_HAN_ALONE = 30


def script_of(text: str) -> Script:
    """The script of a text; UNKNOWN for short, mixed and code-like ones."""
    head = text[:LOOK]
    if head.isascii():  # most texts, told apart without counting runs
        raw = head.encode()
        letters = len(raw) - len(raw.translate(None, _LETTERS))
        return Script.LATIN if letters >= LETTERS and _codes(raw) * 50 <= len(raw) else Script.UNKNOWN
    if len(_CODE.findall(head)) * 50 > len(head):
        return Script.UNKNOWN
    counts = [0] * len(Script)
    for run in _RUNS.finditer(head):
        counts[run.lastindex or 0] += run.end() - run.start()
    kana, han = counts[2], counts[3]
    if kana:
        counts[2], counts[3] = kana + han, 0
    elif han < _HAN_ALONE:  # a Japanese name or address has no kana either
        counts[3] = 0
    best = max(Script, key=counts.__getitem__)
    if counts[best] < _NEEDED[best] or counts[best] < SHARE * sum(counts):
        return Script.UNKNOWN
    return Script.UNKNOWN if best == Script.JAPANESE and kana * 10 < counts[2] else best


def _codes(head: bytes) -> int:
    """How many matches of ``_CODE`` there are in a text of ASCII."""
    if any(sign in head for sign in _LONGER):
        return len(_CODE.findall(head.decode()))
    return len(head) - len(head.translate(None, _SIGNS))


_NEEDED = [LETTERS // 2 if script in (Script.JAPANESE, Script.CHINESE, Script.KOREAN) else LETTERS for script in Script]
_LATIN_SCRIPT = int(Script.LATIN)
SOON = 48
"""Characters that mostly hold LETTERS already."""
_HEAD, _START = itemgetter(slice(LOOK)), itemgetter(slice(SOON))
_LETTERS = bytes(code for code in range(128) if chr(code).isalpha())
CODES = b"`/{}<>=;\\$|("
"""Each match of ``_CODE`` holds one of them."""
_CODE_KIND = len(Script)
_NO_CODE = bytes(set(range(1, 256)) - set(CODES))
_MARKS = "’‘“”–—…éèà£€•·×°"
"""What English texts hold beyond ASCII. None of it is of another script, or part of what is code."""
_MANY = 50
"""Texts of other scripts that are worth an array."""


def scripts_of(texts: Sequence[str]) -> bytes:
    """The script of each text, as ``script_of`` tells it, with all texts looked at together."""
    heads = list(map(_HEAD, texts))
    bare = _without_marks(heads)
    joined = "\0".join(bare)
    if not joined.isascii():
        return _of_several(heads, bare)
    codes = joined.encode().translate(None, _NO_CODE).split(b"\0")
    if len(codes) != len(heads):  # none at all, or one that holds a NUL
        return _one_by_one(heads)
    soon = list(map(_START, bare))
    others = "\0".join(soon).encode().translate(None, _LETTERS).split(b"\0")
    return bytes(
        [
            _LATIN_SCRIPT if len(start) - len(other) >= LETTERS and len(code) * 50 <= len(head) else script_of(head)
            for head, code, start, other in zip(heads, codes, soon, others, strict=True)
        ]
    )


def _without_marks(heads: list[str]) -> list[str]:
    """The same texts with an apostrophe for each of ``_MARKS``."""
    others = [at for at, head in enumerate(heads) if not head.isascii()]
    if not others:
        return heads
    joined = "\0".join([heads[at] for at in others])
    for mark in _MARKS:  # to replace what is not there costs next to nothing
        joined = joined.replace(mark, "'")
    pieces = joined.split("\0")
    if len(pieces) != len(others):  # there is a NUL in one
        return heads
    bare = list(heads)
    for at, piece in zip(others, pieces, strict=True):
        bare[at] = piece
    return bare


def _of_several(heads: Sequence[str], bare: Sequence[str]) -> bytes:
    """The scripts of texts of which some are foreign: those that are not ASCII without their marks, as in ``bare``."""
    latin = [at for at, head in enumerate(bare) if head.isascii()]
    foreign = [at for at, head in enumerate(bare) if not head.isascii()] if latin else range(len(heads))
    found = bytearray(len(heads))
    for places, told in ((latin, scripts_of), (foreign, _by_letters if len(foreign) >= _MANY else _one_by_one)):
        for at, script in zip(places, told([heads[at] for at in places]), strict=True):
            found[at] = script
    return bytes(found)


def _one_by_one(heads: Sequence[str]) -> bytes:
    return bytes(map(script_of, heads))


def _by_letters(heads: Sequence[str]) -> bytes:
    """As ``script_of``, which is asked about those that may hold code."""
    import numpy as np

    filled = "".join([head.ljust(LOOK, "\0") for head in heads]).encode("utf-32-le", "surrogatepass")
    kinds = np.take(_table(), np.frombuffer(filled, "<u4")).reshape(-1, LOOK)
    counts = np.zeros((len(heads), _CODE_KIND + 1), np.int32)
    for kind in range(1, _CODE_KIND + 1):
        among = (kinds == kind).view(np.uint64)
        counts[:, kind] = np.bitwise_count(among).sum(axis=1)  # eight at a time
    codes = counts[:, _CODE_KIND] * 50 > np.fromiter(map(len, heads), np.int32)
    counts = counts[:, :_CODE_KIND]
    kana = counts[:, Script.JAPANESE].copy()
    han = counts[:, Script.CHINESE]
    counts[:, Script.JAPANESE] += np.where(kana > 0, han, 0)
    han[(kana > 0) | (han < _HAN_ALONE)] = 0
    best = counts.argmax(axis=1)
    most = counts.max(axis=1)
    known = (most >= np.array(_NEEDED)[best]) & (most >= SHARE * counts.sum(axis=1))
    known &= (best != Script.JAPANESE) | (kana * 10 >= most)
    found = bytearray(np.where(known, best, Script.UNKNOWN).astype(np.uint8).tobytes())
    for at in np.flatnonzero(codes).tolist():
        found[at] = script_of(heads[at])
    return bytes(found)


@cache
def _table() -> Any:
    """The script of each character, or that it may be code; letters beyond two bytes of UTF-16 are not counted."""
    import numpy as np

    table = np.zeros(sys.maxunicode + 1, np.uint8)
    for run in _RUNS.finditer("".join(map(chr, range(0x10000)))):
        table[run.start() : run.end()] = run.lastindex or 0
    table[list(CODES)] = _CODE_KIND
    return table

"""The script that a text is written in, from the first few hundred characters; says nothing where it is not plain."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from functools import cache
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
_LATIN = str.maketrans("", "", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_HAN_ALONE = 30


def script_of(text: str) -> Script:
    """The script of a text; UNKNOWN for short, mixed and code-like ones."""
    head = text[:LOOK]
    if head.isascii():  # most texts, told apart without counting runs
        letters = len(head) - len(head.translate(_LATIN))
        return Script.LATIN if letters >= LETTERS and len(_CODE.findall(head)) * 50 <= len(head) else Script.UNKNOWN
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


_NEEDED = [LETTERS // 2 if script in (Script.JAPANESE, Script.CHINESE, Script.KOREAN) else LETTERS for script in Script]
_LATIN_SCRIPT = int(Script.LATIN)
_SOON = 48
"""Characters that mostly hold LETTERS already."""
_LETTERS = bytes(code for code in range(128) if chr(code).isalpha())
_NO_CODE = bytes(set(range(256)) - set(b"\0`:{}<>=;\\$|("))
"""Bytes that no match of ``_CODE`` needs: each match holds one of the others."""


_MANY = 50
"""Texts in other letters that are worth an array."""
_WESTERN = "cp1252"
"""An encoding that has no letters but Latin ones, and the quotation marks and dashes of most texts."""
_WESTERN_LETTERS = _LETTERS + b"\x83\x8a\x8c\x8e\x9a\x9c\x9e\x9f" + bytes(range(0xC0, 0x100))
"""What of it ``_RUNS`` takes for Latin letters: ƒŠŒŽšœžŸ, and À to ÿ."""


def scripts_of(texts: Sequence[str]) -> bytes:
    """The script of each text, as ``script_of`` tells it, with all texts looked at together."""
    heads = [text[:LOOK] for text in texts]
    joined = "\0".join(heads)
    if joined.count("\0") != len(heads) - 1:
        return bytes(map(script_of, heads))
    codes = joined.encode("utf-8", "surrogatepass").translate(None, _NO_CODE).split(b"\0")
    soon = [head[:_SOON] if head.isascii() else "" for head in heads]
    signs = "\0".join(soon).encode().translate(None, _LETTERS).split(b"\0")
    found: list[int | None] = [
        _LATIN_SCRIPT if len(start) - len(other) >= LETTERS and len(code) * 50 <= len(head) else None
        for head, code, start, other in zip(heads, codes, soon, signs, strict=True)
    ]
    if not joined.isascii():
        foreign = [at for at, head in enumerate(heads) if not head.isascii() and len(codes[at]) * 50 <= len(head)]
        for at in foreign:
            found[at] = _if_western(heads[at])
        others = [at for at in foreign if found[at] is None]
        if len(others) >= _MANY:
            for at, script in zip(others, _by_letters([heads[at] for at in others]), strict=True):
                found[at] = script
    return bytes([script_of(head) if script is None else script for head, script in zip(heads, found, strict=True)])


def _if_western(head: str) -> int | None:
    """What ``script_of`` tells of a text that holds no code, or None where it may hold letters that are not Latin."""
    try:
        units = head.encode(_WESTERN)
    except UnicodeEncodeError:
        return None
    return _LATIN_SCRIPT if len(units) - len(units.translate(None, _WESTERN_LETTERS)) >= LETTERS else Script.UNKNOWN


def _by_letters(heads: list[str]) -> list[int]:
    """What ``script_of`` tells of texts that hold no code."""
    import numpy as np

    units = np.frombuffer("\0".join(heads).encode("utf-16-le", "surrogatepass"), "<u2")
    kinds = _table()[units]
    starts = np.concatenate(([0], np.flatnonzero(units == 0)[: len(heads) - 1] + 1))
    counts = np.stack([np.add.reduceat(kinds == script, starts, dtype=np.int64) for script in Script], axis=1)
    counts[:, Script.UNKNOWN] = 0
    kana = counts[:, Script.JAPANESE].copy()
    han = counts[:, Script.CHINESE]
    counts[:, Script.JAPANESE] += np.where(kana > 0, han, 0)
    han[(kana > 0) | (han < _HAN_ALONE)] = 0
    best = counts.argmax(axis=1)
    most = counts.max(axis=1)
    known = (most >= np.array(_NEEDED)[best]) & (most >= SHARE * counts.sum(axis=1))
    known &= (best != Script.JAPANESE) | (kana * 10 >= most)
    told: list[int] = np.where(known, best, Script.UNKNOWN).tolist()
    return told


@cache
def _table() -> Any:
    """The script of each UTF-16 unit; a pair of units makes no letter that is counted."""
    import numpy as np

    table = np.zeros(0x10000, np.uint8)
    for run in _RUNS.finditer("".join(map(chr, range(0x10000)))):
        table[run.start() : run.end()] = run.lastindex or 0
    return table

"""The script that a text is written in, from the first few hundred characters; says nothing where it is not plain."""

from __future__ import annotations

import re
from enum import IntEnum

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


_RUNS = re.compile(
    "([A-Za-z\u00c0-\u024f\u1e00-\u1eff]+)|([\u3041-\u30ff]+)|([\u4e00-\u9fff\u3400-\u4dbf]+)|([\uac00-\ud7a3]+)"
    "|([\u0600-\u06ff\u0750-\u077f]+)|([\u0400-\u04ff]+)|([\u0370-\u03ff]+)|([\u0590-\u05ff]+)|([\u0e01-\u0e4e]+)"
    "|([\u0900-\u097f]+)"
)
_CODE = re.compile(r"```|https?://|[{}<>=;\\$|]|\]\(|\w\(\w*\)")
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
    counts = [0] * 11
    for run in _RUNS.finditer(head):
        counts[run.lastindex or 0] += run.end() - run.start()
    kana, han = counts[2], counts[3]
    if kana:
        counts[2], counts[3] = kana + han, 0
    elif han < _HAN_ALONE:  # a Japanese name or address has no kana either
        counts[3] = 0
    total = sum(counts)
    best = max(range(11), key=counts.__getitem__)
    needed = LETTERS // 2 if best in (Script.JAPANESE, Script.CHINESE, Script.KOREAN) else LETTERS
    if counts[best] < needed or counts[best] < SHARE * total or (best == Script.JAPANESE and kana * 10 < counts[2]):
        return Script.UNKNOWN
    return Script(best)

"""The words of a text in any script, as the metrics count them: a tokenizer that deletes no language."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache

TOKENIZER = "ftlint-1: NFKC, case folded, no stemming; words, and characters where a script writes no spaces"
TOKENIZERS = {
    "characters": TOKENIZER,
    "words-ja": f"{TOKENIZER}; Japanese in words by SudachiPy {{}}, dictionary small {{}}, mode A",
}
"""The tokenizers by the names that a run file gives them."""
REFERENCES = "the average over the references of an example"

_ASCII_WORD = re.compile(r"[a-z0-9]+")

# First and last code point of scripts that write no spaces between words (Unicode 16 blocks): Thai, Lao, Myanmar,
# Khmer, Tai Le to Tai Tham, Balinese, CJK marks (々〆〇), kana, Bopomofo, Han and its extensions, Yi, Javanese, Cham.
_UNSPACED = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x1950, 0x1AAF),
    (0x1B00, 0x1B7F),
    (0x3005, 0x3007),
    (0x3021, 0x3029),
    (0x303B, 0x303B),
    (0x3041, 0x312F),
    (0x31A0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xA000, 0xA4CF),
    (0xA980, 0xA9DF),
    (0xAA00, 0xAA5F),
    (0xF900, 0xFAFF),
    (0x1B000, 0x1B16F),
    (0x20000, 0x323AF),
)
_STARTS = [first for first, _ in _UNSPACED]

_BREAK, _WORD, _SINGLE, _MARK = range(4)


@lru_cache(maxsize=1 << 16)
def _kind(char: str) -> int:
    category = unicodedata.category(char)
    if category[0] == "M":
        return _MARK
    if category[0] not in "LN":
        return _BREAK
    code = ord(char)
    place = bisect_right(_STARTS, code) - 1
    return _SINGLE if place >= 0 and code <= _UNSPACED[place][1] else _WORD


def tokenize(text: str) -> list[str]:
    """The tokens of a text in any script; for ASCII text exactly those of rouge-score's default tokenizer.

    A mark (a vowel sign, a tone, a voicing dot) stays with the character it stands on.
    """
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())
    tokens: list[str] = []
    open_word = False  # the last token may grow by another letter
    attached = False  # the last token may grow by a mark
    for char in unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()):
        kind = _kind(char)
        if kind == _BREAK:
            open_word = attached = False
        elif attached and (kind == _MARK or (kind == _WORD and open_word)):
            tokens[-1] += char
        elif kind != _MARK:
            tokens.append(char)
            open_word, attached = kind == _WORD, True
    return tokens


def unspaced(text: str) -> bool:
    """Whether the text has a letter of a script that writes no spaces between words."""
    return not text.isascii() and any(_kind(char) == _SINGLE for char in unicodedata.normalize("NFKC", text))

"""Stage: sandbox, the stand-in model. Words, sentences, lengths and rough token counts of a text in any script."""

from __future__ import annotations

import re
from itertools import islice

_HAN = "\u3005\u3400-\u4dbf\u4e00-\u9fff"
_KANA = "\u3040-\u30ff"
# Han runs, katakana runs, and the words of scripts that put spaces between them; hiragana is mostly grammar.
_WORD = re.compile(rf"[{_HAN}]+|[\u30a1-\u30ff]+|[^\W{_HAN}{_KANA}]+")
_CJK = re.compile(rf"[{_HAN}{_KANA}]")
_LETTER = re.compile(r"[^\W\d_]")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])\s*")
# Roughly a model's token: one CJK character, up to six letters of a word, or one sign.
_TOKEN = re.compile(rf"[{_HAN}{_KANA}]|[^\W{_HAN}{_KANA}]{{1,6}}|[^\w\s]")


def words(text: str) -> list[str]:
    """The content-bearing units of a text, lower case; a run of Han characters gives its overlapping pairs."""
    found: list[str] = []
    for match in _WORD.finditer(text):
        word = match.group()
        if len(word) > 2 and _CJK.match(word) and not ("\u30a1" <= word[0] <= "\u30ff"):
            found.extend(word[i : i + 2] for i in range(len(word) - 1))
        else:
            found.append(word.lower())
    return found


def is_cjk(text: str) -> bool:
    """Whether more than three tenths of the letters are Chinese or Japanese, where length means characters."""
    letters = len(_LETTER.findall(text))
    return letters > 0 and len(_CJK.findall(text)) > 0.3 * letters


def length(text: str) -> int:
    """Characters without spaces for Chinese and Japanese, words between spaces for every other script."""
    return sum(not c.isspace() for c in text) if is_cjk(text) else len(text.split())


def sentences(text: str) -> list[str]:
    """The sentences of one line, trimmed, none of them empty."""
    return [s for part in _SENTENCE_END.split(text) if (s := part.strip())]


def count_tokens(text: str) -> int:
    """A rough number of tokens: an estimate for `usage`, not a vocabulary's answer."""
    return sum(1 for _ in _TOKEN.finditer(text))


def cut_tokens(text: str, limit: int) -> str:
    """The text up to and with its `limit`-th rough token; whole when it has no more than that."""
    limit = min(limit, len(text))  # a token is at least one character; islice takes no number beyond a machine word
    ends = [match.end() for match in islice(_TOKEN.finditer(text), limit + 1)]
    return text if len(ends) <= limit else text[: ends[limit - 1]]


def cut(text: str, limit: int) -> str:
    """The text cut after `limit` units of its own `length`; whole when it is no longer than that."""
    if is_cjk(text):
        return text if length(text) <= limit else "".join(text.split())[:limit]
    parts = text.split()
    return text if len(parts) <= limit else " ".join(parts[:limit])

"""Japanese in words in place of characters, for the metrics: by SudachiPy, the optional extra ``ja``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from importlib import metadata

from ftlint.errors import missing_extra
from ftlint.run.tokenize import TOKENIZERS, tokenize

CHARACTERS, WORDS_JA = TOKENIZERS
DICTIONARY = "sudachidict-small"

# Runs of Japanese: the marks 々 and 〆, kana (halfwidth ones are normalised before), Han.
_JAPANESE = re.compile(
    r"[々〆〇\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+"
)
_LONGEST = 8000
"""Characters at once: Sudachi takes 49,149 bytes."""

Tokenize = Callable[[str], list[str]]


def tokenizer(name: str) -> Tokenize:
    """The tokens of a text as the metrics count them.

    Args:
        name: ``characters`` or ``words-ja``.

    Raises:
        UsageError: ``sudachipy`` or its dictionary is not installed.
    """
    return tokenize if name == CHARACTERS else _japanese()


def told(name: str) -> str:
    """The tokenizer in words, the versions of what it needs included."""
    if name == CHARACTERS:
        return TOKENIZERS[name]
    return TOKENIZERS[name].format(*(metadata.version(package) for package in ("sudachipy", DICTIONARY)))


def _japanese() -> Tokenize:
    try:
        from sudachipy import Dictionary, SplitMode

        metadata.version(DICTIONARY)
    except (ImportError, metadata.PackageNotFoundError):
        raise missing_extra("ja", f"sudachipy with {DICTIONARY}") from None
    dictionary = Dictionary(dict="small")
    make = getattr(dictionary, "tokenizer", dictionary.create)  # before 0.7 it was called create
    splitter = make(mode=SplitMode.A)

    def words(run: str) -> list[str]:
        parts = (run[start : start + _LONGEST] for start in range(0, len(run), _LONGEST))
        return [word.surface() for part in parts for word in splitter.tokenize(part)]

    def tokens(text: str) -> list[str]:
        if text.isascii():
            return tokenize(text)
        normal = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        found: list[str] = []
        end = 0
        for match in _JAPANESE.finditer(normal):
            found += [*tokenize(normal[end : match.start()]), *words(match.group())]
            end = match.end()
        return found + tokenize(normal[end:])

    return tokens

"""FT6, signs of one answer that mean something only beside the other answers of the file."""

from __future__ import annotations

import json
import re
from enum import IntFlag

from ftlint.checks.writing import Script


class Sign(IntFlag):
    """What is known of one answer."""

    TEXT = 1
    """It has a text and calls no function."""
    JSON = 2
    """The text is a JSON object or array, bare or in a fence."""
    BROKEN = 4
    """The text begins as JSON and does not parse."""
    ENDED = 8
    """The text ends as a finished sentence, list item or block does."""
    HANGING = 16
    """The text ends with a word or mark that nothing can end with, or inside a block of code."""
    NULL = 32
    """The text is the literal of a missing value, which the prompt does not name."""
    NONE = 64
    """The same for a literal that is also a word (None, N/A)."""
    LANGUAGE = 128
    """The prompt names a language or asks for a translation."""


_FENCED = re.compile(r"\A```(?:json)?[ \t]*\n(.*?)\n?```\Z", re.DOTALL)
_OPENS = re.compile(r'\s*(?:\{\s*"|\[\s*[\[{"])')
_PYTHON = re.compile(r"[\[{:,]\s*(?:True|False|None|')|\.\.\.|…|//|#|\{\{|\\n")
_ENDED = re.compile(r"""[^\w\s,、，(\[{（「『“‘]\Z|\d\Z""")
_HANGING = re.compile(
    r"[,、，(\[{（「『“‘]\Z|[a-z,][ ](?:a|an|the|and|or|of|to|with|for|from|but|because|which|that the|is a)\Z"
)
_NULL = frozenset({"null", "nan", "undefined", "[object object]", "<na>", "<null>", "nonetype", "nil", "#n/a", "#ref!"})
_NONE = frozenset({"none", "n/a", "na", "n.a.", "none."})
_CODE = re.compile(r"[{}();=]|\bprint\b|\breturn|console|javascript|python|sql|\bcode\b", re.IGNORECASE)
_LANGUAGE = re.compile(
    r"[Tt]ranslat|翻訳|翻译|번역|ترجم|перевед|tradui|traduc|übersetz|語で|语|英語|日本語|中国語"
    r"|\b(?:in|into|to)\s+[A-Z][a-z]+(?:ese|ish|ian|ean|ic|ch|an)\b"
    r"|\b(?:English|Japanese|Chinese|Korean|Arabic|Russian|French|German|Spanish|Hindi|Thai|Greek|Hebrew)\b"
)
_LABELLED = re.compile(r"\W{0,4}[\w ]{1,30}[:：]")
LABEL = 40
"""A shorter last line is a label or an item of a list, which needs no full stop."""
_TAIL = 200
_ASKED = 20_000


def signs(text: str, asked: str, asked_in: Script, answered_in: Script, *, calls: bool) -> int:
    """The signs of one answer, as an integer of :class:`Sign`."""
    body = text.strip()
    if calls or not body:
        return 0
    found = Sign.TEXT | _json(body) | _end(body) | _literal(body, asked[:_ASKED])
    if asked_in is not answered_in and answered_in is not Script.UNKNOWN and _LANGUAGE.search(asked[:_ASKED]):
        found |= Sign.LANGUAGE
    return int(found)


def _json(body: str) -> Sign:
    if body.startswith("```"):
        fenced = _FENCED.match(body)
        body = fenced[1].strip() if fenced else body
    if not _OPENS.match(body):
        return Sign.JSON if body in ("{}", "[]") else Sign(0)
    try:
        json.JSONDecoder(strict=False).raw_decode(body)
    except (ValueError, RecursionError):
        return Sign(0) if _PYTHON.search(body) else Sign.BROKEN
    return Sign.JSON


def _end(body: str) -> Sign:
    tail = body[-_TAIL:]
    if body.count("```") % 2 and "\n```" in body:
        return Sign.HANGING
    if _HANGING.search(tail):
        return Sign.HANGING
    _, line, last = body.rpartition("\n")
    labelled = bool(line) and (len(last) < LABEL or _LABELLED.match(last) is not None)
    return Sign.ENDED if labelled or _ENDED.search(tail) else Sign(0)


def _literal(body: str, asked: str) -> Sign:
    if len(body) > 20:
        return Sign(0)
    word = body.casefold().strip("`'\"")
    kind = Sign.NULL if word in _NULL else Sign.NONE if word in _NONE else Sign(0)
    if kind and (word.rstrip(".") in asked.casefold() or _CODE.search(asked)):
        return Sign(0)
    return kind

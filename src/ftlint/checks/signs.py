"""FT6, signs of one answer that mean something only beside the other answers of the file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from enum import IntFlag
from typing import Any

from ftlint.checks import endings
from ftlint.encoded import Encoded
from ftlint.lazy import lazy


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
    """The text ends with a word or mark that nothing can end with, or inside of what it opened."""
    NULL = 32
    """The text is the literal of a missing value, which the prompt does not name."""
    NONE = 64
    """The same for a literal that is also a word (None, N/A)."""
    LANGUAGE = 128
    """The prompt names a language or asks for a translation."""
    ODD = 256
    """The text begins as JSON, holds words that JSON does not have, and may be meant so."""


_FENCED = lazy(r"\A```(?:json)?[ \t]*\n(.*?)\n?```\Z", re.DOTALL)
_OPENS = lazy(r'\s*(?:\{\s*"|\[\s*[\[{"])')
_PYTHON = lazy(r"[\[{:,]\s*(?:True|False|None|')|\.\.\.|…|//|/\*|#|\{\{|\$\{|\{%|<%|\\n|\"\"\"")
_KEYS = lazy(r'(?:\[\s*)?\{\s*"[^"\n]*"\s*:\s*["\[{\dtfn-]')
_KEYED = lazy(r'\[\s*["\[]|(?:\[\s*)?\{\s*"[^"\n]*"\s*:')
_STRING = lazy(r'"(?:[^"\\]|\\.)*+(?:"|\Z)', re.DOTALL)
_TOKENS = lazy(r'(?:[\s{}\[\]:,"]++|-?\d++(?:\.\d+)?(?:[eE][+-]?\d+)?|true\b|false\b|null\b|[tfn][a-z]{0,3}+\Z|-\Z)*+')
"""All that JSON is made of, where a string is one quotation mark; the last word may be cut off."""
_ASKS_JSON = lazy(r"(?i)\bjson\b")
_SHAPE = lazy(r"(?i)schema|structure|template|pseudo|typescript|javascript|python|\btypes?\b|\bcode\b|placeholder")
_INVALID = lazy(
    r"(?i)json5|jsonc|hjson|tsconfig|\bin-?valid|malformed|\bbroken|not valid|wrong with|mistake|repair|\bfix\b"
    r"|incomplete"
    r"|truncat|cut off|partial|streaming|complete the|continu|syntax error|不正|壊れ|無効|无效|错误"
)
_NULL = frozenset({"null", "nan", "undefined", "[object object]", "<na>", "<null>", "nonetype", "nil", "#n/a", "#ref!"})
_NONE = frozenset({"none", "n/a", "na", "n.a.", "none."})
_CODE = lazy(
    r"[\w\]]\((?!(?:s|e?s|n|en|r|e|in|innen)\))[^)\n]*\)|[{};][ \t]*$|[=!<>+]=|=>|->|\b\w+ = |`[^`\n]+`|console\.|<\w+>"
    r"|\bwhat\b.{0,80}\b(?:prints?|printed|outputs?|returns?|returned|evaluates?)\b|javascript|typescript"
    r"|\bpython|\bjava\b"
    r"|\bsql\b|\bselect\b.+\bfrom\b|\bpandas|numpy|\bjson\b|\bnulls?\b|missing value|not (?:available|applicable|found)"
    r"|(?:source|this|following|the|below) code\b|code snippet|\bfunction\b|コード|代码|関数|欠損",
    re.IGNORECASE | re.MULTILINE,
)
_LANGUAGE = lazy(
    r"[Tt]ranslat|翻訳|翻译|번역|ترجم|перевед|tradui|traduc|übersetz|語で|语|英語|日本語|中国語"
    r"|\b(?:in|into|to)\s+[A-Z][a-z]+(?:ese|ish|ian|ean|ic|ch|an)\b"
    r"|\b(?:English|Japanese|Chinese|Korean|Arabic|Russian|French|German|Spanish|Hindi|Thai|Greek|Hebrew)\b"
)
_LANGUAGES = (
    "ransl", "tradu", "English", "Japanese", "Chinese", "Korean", "Arabic", "Russian", "French", "German", "Spanish",
    "Hindi", "Thai", "Greek", "Hebrew",
)  # fmt: skip
_INTO = lazy(r"[no]\s+[A-Z]")
"""A match of ``_LANGUAGE`` in ASCII holds this or one of ``_LANGUAGES``, which are found in a fraction of the time."""
_WORD = 20
"""Characters of an answer that may be a word alone."""
_STOPS = frozenset(".!?。！？)]\"'”’」…")
"""Marks that end a finished text, whatever stands before them."""
_JSON_START = frozenset("{[")
_ASKED = 20_000
_TOLD = 60_000
"""Characters before an answer that are looked at."""


# Plain integers: an operation on flags takes ten times as long.
_TEXT, _JSON, _BROKEN, _ODD, _ENDED, _HANGING, _IS_NULL, _IS_NONE, _LANGUAGE_NAMED = (
    sign.value
    for sign in (
        Sign.TEXT, Sign.JSON, Sign.BROKEN, Sign.ODD, Sign.ENDED, Sign.HANGING, Sign.NULL, Sign.NONE, Sign.LANGUAGE
    )
)  # fmt: skip
FINISHED = int(Sign.TEXT | Sign.ENDED)
"""The signs of most answers."""


def finished(text: str) -> bool:
    """Whether ``FINISHED`` is all that there is to a text: a few sentences, and neither JSON nor a block of code."""
    body = text.strip()
    return len(body) > _WORD and body[-1] in _STOPS and body[0] not in "{[" and "`" not in body and "~~~" not in body


def all_finished(texts: Sequence[str]) -> list[bool]:
    """``finished`` of each text; most are told by their edges alone."""
    joined = "\0".join(texts)
    if "`" in joined or "~" in joined:
        return list(map(finished, texts))
    return [
        (len(text) > _WORD and text[-1] in _STOPS and text[0] not in _JSON_START and not text[0].isspace())
        or finished(text)
        for text in texts
    ]


_MOST = 4
"""Bytes of a character, at most."""
_STOP = "。".encode()
_WIDE, _BLANK = "\u3000".encode()[:2]
"""With higher bytes than the blank of the scripts without spaces no white space begins."""
_SIGNS = 127 - 33
"""Signs of ASCII that leave a trace: the first is the exclamation mark."""
_TICKS = (ord("`"), ord("~"))
_ENDINGS = bytes(chr(byte) in _STOPS for byte in range(128)) + bytes(128)
_BEGINNINGS = bytes(byte > 32 and chr(byte) not in _JSON_START for byte in range(128)) + bytes(128)


def finished_in(texts: Encoded, places: Any) -> Any:
    """``finished`` of the texts at these places, as an array; only some of them are looked at one by one."""
    import numpy as np

    starts, ends = texts.starts[places], texts.ends[places]
    ending, beginning = (np.frombuffer(table, np.bool_) for table in (_ENDINGS, _BEGINNINGS))
    found = ending[texts.units[ends - 1]] & beginning[texts.units[starts]]
    odd = np.flatnonzero(~found)
    found[odd] = _is_wide_sentence(texts.units, starts[odd], ends[odd])
    found &= ends - starts > _WORD * _MOST
    if b"`" in texts.data or b"~" in texts.data:
        marked = np.flatnonzero((texts.units == _TICKS[0]) | (texts.units == _TICKS[1]))
        found &= ~np.isin(places, np.searchsorted(texts.ends, marked))
    for at in np.flatnonzero(~found).tolist():
        found[at] = finished(texts.strings[places[at]])
    return found


def _is_wide_sentence(units: Any, starts: Any, ends: Any) -> Any:
    """Whether what is between these places ends as a sentence of a script without spaces, and begins with no space."""
    first = units[starts]
    found = (first > _WIDE) | ((first == _WIDE) & (units[starts + 1] > _BLANK))
    for back, byte in enumerate(reversed(_STOP), 1):
        found &= units[ends - back] == byte
    return found


def edged_in(texts: Encoded, places: Any) -> list[int]:
    """Which of the texts at these places may begin or end with white space."""
    import numpy as np

    first, last = texts.units[texts.starts[places]], texts.units[texts.ends[places] - 1]
    plain = ((first - np.uint8(33)) < _SIGNS) & ((last - np.uint8(33)) < _SIGNS)
    found: list[int] = np.flatnonzero(~plain).tolist()
    return found


def signs(text: str, asked: str, told: Callable[[], str], asked_in: int, answered_in: int) -> int:
    """The signs of one answer, as an integer of :class:`Sign`.

    Args:
        text: the answer; ``asked``: the message before it.
        told: gives all that the model reads before it answers; most answers do not need it.
        asked_in, answered_in: the scripts of the message and of the answer, as integers of ``writing.Script``.
    """
    body = text.strip()
    if not body:
        return 0
    found = _TEXT | _json(body, told) | _end(body, asked[:_ASKED], told) | _literal(body, told)
    if asked_in != answered_in and answered_in:
        found |= named(asked)
    return found


def named(asked: str) -> int:
    """The sign of a message that names a language, or asks for a translation."""
    head = asked[:_ASKED]
    if head.isascii() and not any(word in head for word in _LANGUAGES) and not _INTO.search(head):
        return 0
    return _LANGUAGE_NAMED if _LANGUAGE.search(head) else 0


def _json(body: str, told: Callable[[], str]) -> int:
    if body.startswith("```"):
        fenced = _FENCED.match(body)
        body = fenced[1].strip() if fenced else body
    if body[:1] not in ("{", "[") or not _OPENS.match(body):
        return _JSON if body in ("{}", "[]") else 0
    try:
        json.JSONDecoder(strict=False).raw_decode(body)
    except (ValueError, RecursionError):
        return _broken(body, told)
    return _JSON


def _broken(body: str, told: Callable[[], str]) -> int:
    """JSON with a slip in it; not a set, a schema, a piece of code or a template, which only look like JSON."""
    if _PYTHON.search(body) or not _KEYED.match(body):
        return 0
    certain = _TOKENS.fullmatch(_STRING.sub('"', body)) is not None
    if not certain and not _KEYS.match(body):
        return 0
    read = told()[-_TOLD:]
    if _INVALID.search(read):
        return 0
    return _BROKEN if certain or (_ASKS_JSON.search(read) and not _SHAPE.search(read)) else _ODD


def _end(body: str, asked: str, told: Callable[[], str]) -> int:
    if endings.hanging(body, asked) and not endings.may_hang(told()[-_TOLD:]):
        return _HANGING
    return _ENDED if endings.ended(body) else 0


def _literal(body: str, told: Callable[[], str]) -> int:
    if len(body) > _WORD:
        return 0
    word = body.casefold().strip("`'\"")
    kind = _IS_NULL if word in _NULL else _IS_NONE if word in _NONE else 0
    if not kind:
        return kind
    read = told()[-_TOLD:]
    named = re.search(rf"(?i)(?<!\w){re.escape(word.rstrip('.'))}(?!\w)", read)
    return 0 if named or _CODE.search(read) else kind

"""FT1, a line that is no JSON object: the cause in words, and where it is."""

from __future__ import annotations

import json
import math
import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from json.decoder import scanstring  # type: ignore[attr-defined]

from ftlint.lazy import lazy
from ftlint.model import Format, Line, Problem

_SPACE = " \t\r\n"
"""All that JSON takes as white space; str.strip would take away more, and hide what a strict parser refuses."""
_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_CONTROL = lazy(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_CONSTANT = lazy(r"[-+]?(?:Infinity|NaN|inf|nan)\b")
_STRING_OR_CONSTANT = lazy(_STRING + r"|-?Infinity\b|-?NaN\b")
_STRING_OR_NUMBER = lazy(_STRING + r"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
# Scanned from the left: an escaped backslash and a proper pair are stepped over, so what is left stands alone.
_SURROGATE = lazy(
    r"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<lone>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)
_BRACKETS = lazy(_STRING + r"|[\[{]|[\]}]")
_KEYS = lazy(rf"({_STRING})([ \t\r\n]*:)?|[\[{{]|[\]}}]")
_BETWEEN = lazy(r"[ \t\r\n,]*+")
_WORD = lazy(r"[A-Za-z_$][\w$-]*")
_IN_TEXT = "raw-newline"
# Quotes inside a text are escaped, so a brace before a plain one is no text's; others are told by the keys of rows.
_ROW_START = re.compile(
    rb"\s*\{\s*(?:\"|\xe2\x80[\x9c-\x9f]|\xef\xbc\x82|(?:'|\xe2\x80[\x98\x99])?"
    rb"(?:messages|tools|functions|parallel_tool_calls|input|(?:non_)?preferred_output|prompt|completion|conversations"
    rb"|instruction|question)\b)"
)
MAX_DEPTH = 254
"""Nesting that is taken: as deep as the canonical serialiser goes; the project's own bound, far above any real row."""
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)


def diagnose(line: Line, *, last: bool) -> Problem:
    """Why a line is no JSON, as exactly one problem.

    Args:
        line: one that the strict parser refused.
        last: it is the end of a file that has no final newline, where a cut is the likely cause.
    """
    try:
        text = line.raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = line.raw[: error.start].decode("utf-8")
        if last and error.reason == "unexpected end of data":
            return _cut_off(line.number, before, len(before))
        column = len(before)
        values = {"byte": f"0x{line.raw[error.start]:02x}", "guess": guess_encoding(line.raw)}
        return Problem("FT002", line.number, chars=(column, column + 1), values=values)
    if control := _CONTROL.search(text):
        values = {"byte": f"0x{ord(control[0]):02x}"}
        return Problem("FT010", line.number, chars=control.span(), values=values)
    try:
        _, end = _DECODER.raw_decode(text, len(text) - len(text.lstrip(_SPACE)))
    except json.JSONDecodeError as error:
        return _broken(line.number, text, error, last=last)
    except RecursionError:
        return too_deep(line)
    return _accepted_elsewhere(line, text, end)


def runs_on(problem: Problem) -> str:
    """The broken row has no end on its line, so the lines below may hold the rest of it: the cause, or nothing."""
    cause = problem.data["cause"] if problem.code == "FT101" else None
    return cause if cause in (_IN_TEXT, "cut-off") else ""


def rows_on(line: Line) -> int:
    """How many objects stand on a line that FT016 is about; one that is broken ends the count and is counted too."""
    text = line.raw.decode("utf-8")
    count, at = 0, _gap(text, 0)
    while at < len(text):
        count += 1
        try:
            _, end = _DECODER.raw_decode(text, at)
        except (json.JSONDecodeError, RecursionError):
            break
        at = _gap(text, end)
    return count


def _gap(text: str, at: int) -> int:
    """Where the next object starts."""
    gap = _BETWEEN.match(text, at)
    return gap.end() if gap else at


def continues(line: Line, torn: str) -> bool:
    """A line that begins no row: below a row that runs on it is the rest of that row, no defect of its own.

    Args:
        line: broken or not; a text holds lines such as ``42`` too.
        torn: why the row above runs on. In a text a brace may begin any line (code), so more is asked for there.
    """
    return not (_ROW_START.match(line.raw) if torn == _IN_TEXT else line.raw.startswith(b"{"))


def too_deep(line: Line) -> Problem:
    """FT108 for a line nested deeper than MAX_DEPTH, at the bracket that is one too many."""
    text = line.raw.decode("utf-8")
    depth = 0
    for match in _BRACKETS.finditer(text):
        if match[0] in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                return Problem("FT108", line.number, chars=match.span(), values={"limit": MAX_DEPTH})
        elif match[0] in "]}":
            depth -= 1
    cause = "a strict parser refuses the line"
    return _named(line.number, text, 0, cause, "serialise the row again with a JSON library")


def _accepted_elsewhere(line: Line, text: str, end: int) -> Problem:
    """The lenient parser takes the value: something follows it, or it holds what only lenient parsers take."""
    number = line.number
    rest = text[end:].lstrip(_SPACE)
    if rest:
        return _followed(number, text, len(text) - len(rest), carriage="\r" in text[end:].rstrip(_SPACE))
    for match in _STRING_OR_CONSTANT.finditer(text):
        if not match[0].startswith('"'):
            return Problem("FT103", number, chars=match.span(), values={"value": match[0]})
    for match in _SURROGATE.finditer(text):
        if match["lone"]:
            return Problem("FT104", number, chars=match.span(), values={"escape": match[0]})
    for match in _STRING_OR_NUMBER.finditer(text):
        if not match[0].startswith('"') and math.isinf(float(match[0])):
            cause, width = "a number is beyond what a double holds", len(match[0])
            remedy = "write a smaller number, or put it in quotes"
            return _named(number, text, match.start(), cause, remedy, "number-range", width)
    return too_deep(line)


def _followed(number: int, text: str, at: int, *, carriage: bool) -> Problem:
    rest = text[at:]
    if rest.startswith("{") or re.match(r",\s*\{", rest):
        help_text = "the lines end in a lone carriage return; save the file with LF line ends" if carriage else None
        return Problem("FT016", number, chars=(at, at + 1), help=help_text)
    if rest.rstrip(_SPACE) == ",":
        return _named(number, text, at, "there is a comma after the object", "remove the comma", "trailing-comma")
    return _named(number, text, at, "there is text after the object", "remove what follows the closing brace")


def _broken(number: int, text: str, error: json.JSONDecodeError, *, last: bool) -> Problem:
    at = error.pos
    if not text[at:].strip(_SPACE) or error.msg.startswith("Unterminated string"):
        return _unfinished(number, text, error, last=last)
    if error.msg.startswith("Invalid control character") and text[at] == "\r":
        return Problem("FT010", number, chars=(at, at + 1), values={"byte": "0x0d"})
    if constant := _CONSTANT.match(text, at):
        return Problem("FT103", number, chars=constant.span(), values={"value": constant[0]})
    for look in (_comma, _spelling, _quote, _stray, _structure):
        if found := look(text, at, error.msg):
            where, cause, remedy, kind, width = found
            return _named(number, text, where, cause, remedy, kind, width)
    fact = error.msg[0].lower() + error.msg[1:]
    return _named(number, text, at, fact, "serialise the row again with a JSON library")


_Cause = tuple[int, str, str, str, int]
"""Where it is, the fact, the remedy, the machine-readable cause, and how many characters it is wide."""


def _comma(text: str, at: int, message: str) -> _Cause | None:
    before = text[:at].rstrip(_SPACE)
    fact = "there is a comma before the closing bracket"
    if message.startswith("Illegal trailing comma"):  # Python 3.13 and later point at the comma
        return at, fact, "remove the comma", "trailing-comma", 1
    if text[at] in "]}" and before.endswith(","):
        return len(before) - 1, fact, "remove the comma", "trailing-comma", 1
    if message.startswith("Expecting ',' delimiter") and text[at] == '"' and text[at - 1] != '"':
        return at, "a comma is missing before this string", "put a comma between the two", "missing-comma", 1
    return None


def _spelling(text: str, at: int, message: str) -> _Cause | None:
    """Words of other languages that look like JSON."""
    for literal, proper in (("True", "true"), ("False", "false"), ("None", "null")):
        if text.startswith(literal, at):
            fact = f"`{literal}` is Python, not JSON"
            return at, fact, f"write `{proper}`; json.dumps does", "python-literal", len(literal)
    if text.startswith(("//", "/*", "#"), at):
        return at, "JSON has no comments", "remove the comment", "comment", 1
    if message.startswith("Expecting property name") and (word := _WORD.match(text, at)):
        return at, "a key stands without quotes", f'write "{word[0][:40]}"', "unquoted-key", len(word[0])
    return None


def _quote(text: str, at: int, message: str) -> _Cause | None:
    here = text[at]
    before = text[:at].rstrip(_SPACE)
    if here == "'":
        return at, "a string stands in single quotes", 'use double quotes: "..."', "single-quotes", 1
    if here in "“”„‟‘’«»＂":
        return at, f"a string stands in {here}, not in a straight quote", 'use "..."', "smart-quotes", 1
    if message.startswith("Expecting ',' delimiter") and before.endswith('"') and re.match(r"[^\s,\]}:]", text[at:]):
        fact = "a quote inside the string ends it too early"
        return len(before) - 1, fact, 'write a quote inside a string as \\"', "unescaped-quote", 1
    return None


def _stray(text: str, at: int, message: str) -> _Cause | None:
    """Characters that have no place where they stand."""
    here = text[at]
    if message.startswith(("Invalid \\escape", "Invalid \\uXXXX")):
        start = text.rfind("\\", 0, at + 1)
        fact = f"`{text[start : start + 2]}` starts no JSON escape"
        return start, fact, "write a backslash as \\\\", "bad-escape", 2
    if message.startswith("Invalid control character"):
        return at, "there is a raw tab in a string", "write it as \\t", "raw-control", 1
    if here == "\ufeff":
        remedy = "remove it; it is left over from files that were joined"
        return at, "a byte order mark stands inside the file", remedy, "byte-order-mark", 1
    if here.isspace() or unicodedata.category(here) in ("Cf", "Zs"):
        remedy = "replace it by a plain space, or remove it"
        return at, f"U+{ord(here):04X} stands outside of a string", remedy, "odd-space", 1
    return None


def _structure(text: str, at: int, message: str) -> _Cause | None:
    """What is missing between two things that are right by themselves."""
    here = text[at]
    if message.startswith("Expecting ',' delimiter"):
        if here in "[{":
            return at, "a comma is missing before this bracket", "put a comma between the two", "missing-comma", 1
        if here in "]}":
            fact = f"`{'}' if here == ']' else ']'}` is missing before this `{here}`"
            return at, fact, "close the brackets in the order in which they were opened, last one first", "brackets", 1
    if message.startswith("Expecting ':' delimiter"):
        return at, "there is no colon after the key", 'write "key": value', "missing-colon", 1
    if message.startswith("Expecting property name") and here == "," and text[:at].rstrip(_SPACE).endswith(","):
        return at, "two commas stand in a row", "remove one", "double-comma", 1
    return None


def _unfinished(number: int, text: str, error: json.JSONDecodeError, *, last: bool) -> Problem:
    at = min(error.pos, max(len(text) - 1, 0))
    if last:
        return _cut_off(number, text, at)
    if error.msg.startswith("Unterminated string"):
        remedy = "write a line break inside a text as \\n; if there is none, the row was cut off"
        return _named(number, text, at, "the line ends inside a string", remedy, _IN_TEXT)
    fact = "the line ends before the object does"
    return _named(number, text, at, fact, "put the whole object on one line", "cut-off")


def _cut_off(number: int, text: str, at: int) -> Problem:
    fact = "the file ends in the middle of this row"
    return _named(number, text, at, fact, "the file was cut off; write or download it again", "cut-off")


def _named(number: int, text: str, at: int, cause: str, remedy: str, kind: str = "other", width: int = 1) -> Problem:
    at = min(at, len(text))
    chars = (at, min(at + width, max(len(text), at + 1)))
    return Problem("FT101", number, chars=chars, values={"cause": cause}, help=remedy, data={"cause": kind})


# Kana speak for Japanese. Without any, common Chinese characters are tried first: in Shift_JIS their bytes would be
# half-width katakana, which nobody writes a text in.
_SIGNS = (
    ("cp932", "Shift_JIS", lazy("[\u3040-\u30ff]{2}")),
    ("euc_jp", "EUC-JP", lazy("[\u3040-\u30ff]{2}")),
    ("gb2312", "GB 18030", lazy("[\u4e00-\u9fff]{3}")),
    ("cp932", "Shift_JIS", lazy(r"\A(?=[^\uff61-\uff9f]*\Z).*?[\u4e00-\u9fff]{2}", re.DOTALL)),
    ("gb18030", "GB 18030", lazy("[\u4e00-\u9fff]{3}")),
)


def guess_encoding(raw: bytes) -> str:
    """The encoding that the bytes would be valid in, as a hint; ``another encoding`` when none is likely."""
    for encoding, name, sign in _SIGNS:
        try:
            decoded = raw.decode(encoding)
        except UnicodeDecodeError:
            continue  # not in this one
        if sign.search(decoded):
            return name
    return "Windows-1252 or Latin-1" if not re.search(rb"[\x80-\x9f]{3}", raw) else "another encoding"


def duplicate_keys(line: Line) -> Iterator[Problem]:
    """FT102 for each key that an object holds twice; the parser silently keeps the last one."""
    text = line.raw.decode("utf-8")
    held: list[set[str]] = []
    for match in _KEYS.finditer(text):
        if match[0] in ("{", "["):
            held.append(set())
        elif match[0] in ("}", "]"):
            held.pop()
        elif match[2]:  # in valid JSON, a string before a colon is a key
            key = scanstring(match[1], 1, False)[0]
            if key in held[-1]:
                yield Problem("FT102", line.number, chars=match.span(1), values={"key": key})
            held[-1].add(key)


def may_repeat_keys(raw: bytes, canonical: bytes) -> bool:
    """False only when no object can hold a key twice: one that does loses quotes in the canonical serialisation.

    Both may be those of several lines, joined: a quote that is written by its number is the only one to be won.
    """
    return _quotes(raw) != _quotes(canonical) or _NUMBERED_QUOTE.search(raw) is not None


def plain_may_repeat_keys(raws: Sequence[bytes], texts: Sequence[str]) -> bool:
    """The same of plain rows, told from their texts.

    Besides the quotes in texts, a row has those round one key, a message those round two keys, its role and its text.
    """
    whole = b"".join(raws)
    quoting = [text for text in texts if '"' in text]
    quotes = 2 * len(raws) + 8 * len(texts) + sum([text.count('"') for text in quoting])
    return _quotes(whole) != quotes or (bool(quoting) and _NUMBERED_QUOTE.search(whole) is not None)


_NUMBERED_QUOTE = re.compile(rb"\\u0022")
"""As a pattern it is found in half the time that it takes to find it as a substring."""


def _quotes(data: bytes) -> int:
    """The number of quotation marks; numpy counts four times as fast, but is not loaded for that."""
    if "numpy" not in sys.modules:
        return data.count(b'"')
    import numpy as np

    return int(np.count_nonzero(np.frombuffer(data, np.uint8) == _QUOTE))


_QUOTE = ord('"')


_ROW = {
    Format.PREFERENCE: '{"input": ..., "preferred_output": [...], "non_preferred_output": [...]}',
    Format.COMPLETION: '{"prompt": ..., "completion": ...}',
}


def not_an_object(line: Line, describe: str, fmt: Format) -> Problem:
    """FT105 for a line that is valid JSON of another kind."""
    help_text = f"write the example as {_ROW[fmt]}" if fmt in _ROW else None
    return Problem("FT105", line.number, (), values={"found": describe}, help=help_text)

"""FT1, a line that is no JSON object: the cause in words, and where it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from ftlint.model import Line, Problem

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
_CONSTANT = re.compile(r"-?Infinity|NaN")
_STRING_OR_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|-?Infinity\b|-?NaN\b')
_LONE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]')
MAX_DEPTH = 1024
"""Nesting that the parser takes; the project's own bound."""
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
        column = len(line.raw[: error.start].decode("utf-8"))
        values = {"byte": f"0x{line.raw[error.start]:02x}", "guess": _guess(line.raw)}
        return Problem("FT002", line.number, chars=(column, column + 1), values=values)
    if control := _CONTROL.search(text):
        values = {"byte": f"0x{ord(control[0]):02x}"}
        return Problem("FT010", line.number, chars=control.span(), values=values)
    try:
        _, end = _DECODER.raw_decode(text, len(text) - len(text.lstrip()))
    except json.JSONDecodeError as error:
        return _broken(line.number, text, error, last=last)
    except RecursionError:
        return _deep(line.number, text)
    return _accepted_elsewhere(line.number, text, end)


def _accepted_elsewhere(number: int, text: str, end: int) -> Problem:
    """The lenient parser takes the value: it is deep, or holds NaN, a lone surrogate or something after its end."""
    rest = text[end:].lstrip()
    if rest:
        at = len(text) - len(rest)
        if rest.startswith("{") or re.match(r",\s*\{", rest):
            return Problem("FT016", number, chars=(at, at + 1))
        return _named(number, text, at, "there is text after the object", "remove what follows the closing brace")
    for match in _STRING_OR_CONSTANT.finditer(text):
        if not match[0].startswith('"'):
            return Problem("FT103", number, chars=match.span(), values={"value": match[0]})
    if lone := _LONE_SEARCH(text):
        return Problem("FT104", number, chars=lone.span(), values={"escape": lone[0]})
    return _deep(number, text)


def _LONE_SEARCH(text: str) -> re.Match[str] | None:  # noqa: N802 - reads as the pattern it wraps
    """The first unpaired surrogate escape; a doubled backslash before ``u`` is no escape."""
    for match in re.finditer(r"\\\\|" + _LONE.pattern, text):
        if match[0] != "\\\\":
            return match
    return None


def _deep(number: int, text: str) -> Problem:
    depth = 0
    for match in _BRACKETS.finditer(text):
        if match[0] in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                return Problem("FT108", number, chars=match.span(), values={"limit": MAX_DEPTH})
        elif match[0] in "]}":
            depth -= 1
    return _named(number, text, 0, "the strict parser refuses the line", "serialise it again with a JSON library")


def _broken(number: int, text: str, error: json.JSONDecodeError, *, last: bool) -> Problem:
    at = error.pos
    here = text[at : at + 1]
    before = text[:at].rstrip()
    if not text[at:].strip() or error.msg.startswith("Unterminated string"):
        return _unfinished(number, text, error, last=last)
    if here in "]}" and before.endswith(","):
        comma = len(before) - 1
        return _named(number, text, comma, "there is a comma before the closing bracket", "remove the comma", "trailing-comma")
    if before.endswith(",") and text[at : at + 1] != '"' and error.msg.startswith("Expecting property name") and here == "}":
        return _named(number, text, at, "there is a comma before the closing bracket", "remove the comma", "trailing-comma")
    for literal, proper in (("True", "true"), ("False", "false"), ("None", "null")):
        if text.startswith(literal, at):
            fact = f"`{literal}` is Python, not JSON"
            return _named(number, text, at, fact, f"write `{proper}`; json.dumps does", "python-literal", len(literal))
    if here == "'":
        return _named(number, text, at, "a string stands in single quotes", 'use double quotes: "..."', "single-quotes")
    if here in "“”„‟‘’«»":
        return _named(number, text, at, f"a string stands in {here}, not in a straight quote", 'use "..."', "smart-quotes")
    if error.msg.startswith("Expecting ',' delimiter") and before.endswith('"') and re.match(r"[^\s,\]}:]", text[at:]):
        quote = len(before) - 1
        fact = "a quote inside the string ends it too early"
        return _named(number, text, quote, fact, 'write a quote inside a string as \\"', "unescaped-quote")
    if error.msg.startswith("Invalid \\escape") or error.msg.startswith("Invalid \\uXXXX"):
        fact = f"`{text[at : at + 2]}` is no JSON escape"
        return _named(number, text, at, fact, "write a backslash as \\\\", "bad-escape", 2)
    if here == "\t" or error.msg.startswith("Invalid control character"):
        return _named(number, text, at, "there is a raw tab in a string", "write it as \\t", "raw-control")
    if _CONSTANT.match(text, at):
        return Problem("FT103", number, chars=(at, at + 3), values={"value": text[at : at + 3]})
    fact = error.msg[0].lower() + error.msg[1:]
    return _named(number, text, at, fact, "serialise the row again with a JSON library")


def _unfinished(number: int, text: str, error: json.JSONDecodeError, *, last: bool) -> Problem:
    at = min(error.pos, max(len(text) - 1, 0))
    if last:
        fact = "the file ends in the middle of this row"
        return _named(number, text, at, fact, "the file was cut off; write or download it again", "cut-off")
    if error.msg.startswith("Unterminated string"):
        remedy = "write a line break inside a text as \\n; if there is none, the row was cut off"
        return _named(number, text, at, "the line ends inside a string", remedy, "raw-newline")
    fact = "the line ends before the object does"
    return _named(number, text, at, fact, "put the whole object on one line", "cut-off")


def _named(
    number: int, text: str, at: int, cause: str, remedy: str, kind: str = "other", width: int = 1
) -> Problem:
    at = min(at, len(text))
    data = {"cause": kind}
    return Problem("FT101", number, chars=(at, min(at + width, max(len(text), at + 1))), values={"cause": cause}, help=remedy, data=data)


def _guess(raw: bytes) -> str:
    """The encoding that the bytes would be valid in, as a hint; ``another encoding`` when none is likely."""
    for encoding, name in (("cp932", "Shift_JIS"), ("euc_jp", "EUC-JP"), ("gb18030", "GB 18030")):
        try:
            decoded = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if re.search(r"[\u3040-\u30ff]{2}" if encoding != "gb18030" else r"[\u4e00-\u9fff]{3}", decoded):
            return name
    return "Windows-1252 or Latin-1" if not re.search(rb"[\x80-\x9f]{3}", raw) else "another encoding"


def duplicate_keys(line: Line) -> Iterator[Problem]:
    """FT102 for each key that an object holds twice; the parser silently keeps the last one."""
    text = line.raw.decode("utf-8")
    seen: list[tuple[str, int, int]] = []
    _walk(text, _skip(text, 0), seen)
    for key, start, end in seen:
        yield Problem("FT102", line.number, chars=(start, end), values={"key": key})


def _skip(text: str, at: int) -> int:
    while text[at : at + 1] in (" ", "\t", "\n", "\r"):
        at += 1
    return at


def _walk(text: str, at: int, seen: list[tuple[str, int, int]]) -> int:
    """Past the value at ``at``, noting repeated keys on the way; the parser has bounded the depth."""
    opening = text[at]
    if opening == '"':
        return int(scanstring(text, at + 1, False)[1])
    if opening not in "{[":
        return int(_DECODER.raw_decode(text, at)[1])
    keys: set[str] = set()
    at = _skip(text, at + 1)
    while text[at] not in "}]":
        if opening == "{":
            key, end = scanstring(text, at + 1, False)
            if key in keys:
                seen.append((key, at, end))
            keys.add(key)
            at = _skip(text, _skip(text, end) + 1)
        at = _skip(text, _walk(text, at, seen))
        if text[at] == ",":
            at = _skip(text, at + 1)
    return at + 1


def may_repeat_keys(raw: bytes, canonical: bytes) -> bool:
    """False only when no object of the line can hold a key twice: as many key ends in both serialisations."""
    if b'" :' in raw or b'"\t:' in raw or b"\\u0022" in raw:
        return True
    return raw.count(b'":') > canonical.count(b'":')


def not_an_object(line: Line, value: Any, describe: str) -> Problem:
    """FT105 for a line that is valid JSON of another kind."""
    return Problem("FT105", line.number, (), values={"found": describe})

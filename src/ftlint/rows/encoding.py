"""Bytes to text, and never a guess: what is no UTF-8 or UTF-16 is refused with the place of the first wrong byte."""

from __future__ import annotations

import codecs

from ftlint.checks.syntax import guess_encoding
from ftlint.errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_ICONV = {
    "Shift_JIS": "CP932",
    "EUC-JP": "EUC-JP",
    "GB 18030": "GB18030",
    "Windows-1252 or Latin-1": "WINDOWS-1252",
}


def decode(raw: bytes, name: str) -> str:
    """The text of a file, its byte order mark left away.

    Args:
        raw: the whole file.
        name: the file, for messages.

    Raises:
        InputError: it is in no encoding that it says it is in (UTF-8 where it says nothing), or holds a NUL.
    """
    mark, encoding, label = next((known for known in _MARKS if raw.startswith(known[0])), (b"", "utf-8", "UTF-8"))
    try:
        text = raw[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        at = len(mark) + error.start
        hint = _remedy(raw, at) if encoding == "utf-8" else "save it as UTF-8"
        raise InputError(f"{name} is not {label}: the byte at offset {at:,} cannot be read", hint) from None
    if (at := text.find("\0")) >= 0:
        line = text.count("\n", 0, at) + 1
        raise InputError(f"{name}, line {line}: holds a NUL character", "save it as UTF-8 text")
    return text


def _remedy(raw: bytes, at: int) -> str:
    """The command that converts the file, by the line that holds the wrong byte."""
    start, end = raw.rfind(b"\n", 0, at) + 1, raw.find(b"\n", at)
    guess = guess_encoding(raw[start : end if end >= 0 else len(raw)][: 1 << 16])
    if guess not in _ICONV:
        return "save it as UTF-8"
    return f"it looks like {guess}: save it as UTF-8, or iconv -f {_ICONV[guess]} -t UTF-8 OLD > NEW"

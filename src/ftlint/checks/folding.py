"""FT5, what an answer says without what does not count: case, the kind of white space, and full stops at its end."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

_STOPS = ".\u3002\uff0e"
_LOWER = bytes(32 if chr(code).isspace() else code for code in range(128)).lower() + bytes(range(128, 256))
"""ASCII in small letters and with plain spaces; other bytes of UTF-8 as they are."""
_ASCII = bytes(range(1, 128))
_FEW = 24
"""Bytes beyond ASCII of a text that is English with some quotation marks and dashes."""


def folded(text: str) -> bytes:
    """A text in small letters, as words with one space between them, without full stops at its end, in UTF-8."""
    return " ".join(text.split()).casefold().rstrip(_STOPS).encode("utf-8", "surrogatepass")


def all_folded(texts: Sequence[str]) -> list[bytes]:
    """``folded`` of each text. Where only ASCII has case and spaces, all are worked on as one string of bytes."""
    joined = "\0".join(texts)
    if joined.count("\0") != len(texts) - 1:
        return [folded(text) for text in texts]
    if joined.isascii():
        return _together(joined)
    beyond = joined.encode("utf-8", "surrogatepass").translate(None, _ASCII).split(b"\0")
    simple = [not rest or (len(rest) <= _FEW and _stays(rest)) for rest in beyond]
    parts = _together("\0".join([text if one else "" for text, one in zip(texts, simple, strict=True)]))
    return [part if one else folded(text) for part, one, text in zip(parts, simple, texts, strict=True)]


def _together(joined: str) -> list[bytes]:
    whole = joined.encode("utf-8", "surrogatepass").translate(_LOWER)
    while b"  " in whole:
        whole = whole.replace(b"  ", b" ")
    return [part.strip(b" ").rstrip(b".") for part in whole.split(b"\0")]


@lru_cache(maxsize=4096)
def _stays(rest: bytes) -> bool:
    """The characters of a text beyond ASCII have no case, and none of them is a space or a full stop."""
    chars = rest.decode("utf-8", "surrogatepass")
    return chars.casefold() == chars and not any(char.isspace() or char in _STOPS for char in chars)

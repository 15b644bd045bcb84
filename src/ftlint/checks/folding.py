"""FT5, what an answer says without what does not count: case, the kind of white space, and full stops at its end."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import repeat

_STOPS = ".\u3002\uff0e"
_LOWER = bytes(32 if chr(code).isspace() else code for code in range(128)).lower() + bytes(range(128, 256))
"""ASCII in small letters and with plain spaces; other bytes of UTF-8 as they are."""
_ASCII = bytes(range(128))
_DENSE = 4
"""Of so many bytes one beyond ASCII is much: a text of another script than English."""
_FEW = 16
"""Different characters beyond ASCII that are folded one after the other; for more, all texts are folded as a whole."""


def folded(text: str) -> bytes:
    """A text in small letters, as words with one space between them, without full stops at its end, in UTF-8."""
    return " ".join(text.split()).casefold().rstrip(_STOPS).encode("utf-8", "surrogatepass")


def all_folded(texts: Sequence[str]) -> list[bytes]:
    """``folded`` of each text, all worked on together as one string of bytes where they are ASCII or nearly so."""
    return list(each_folded(texts))


def each_folded(texts: Sequence[str], pieces: Sequence[bytes] | None = None) -> Iterable[bytes]:
    """The same one by one: what is not kept takes half of the time.

    Args:
        pieces: the texts in UTF-8, where they are at hand.
    """
    data = b"\0".join(pieces) if pieces is not None else "\0".join(texts).encode("utf-8", "surrogatepass")
    beyond = b"" if data.isascii() else data.translate(None, _ASCII)
    if len(beyond) > len(data) // _DENSE:
        return _as_words(texts)
    signs = set(beyond.decode("utf-8", "surrogatepass"))
    changed = [sign for sign in signs if _changes(sign)]
    if len(changed) > _FEW or not signs.isdisjoint(_STOPS):
        return _as_words(texts)
    for sign in changed:
        data = data.replace(_utf8(sign), _utf8(" " if sign.isspace() else sign.casefold()))
    whole = data.translate(_LOWER)
    while _is_doubled(whole):
        whole = whole.replace(b"  ", b" ")
    parts = whole.split(b"\0")
    if len(parts) != len(texts):
        return map(folded, texts)
    return map(bytes.rstrip, map(bytes.strip, parts, repeat(b" ")), repeat(b"."))


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _as_words(texts: Sequence[str]) -> list[bytes]:
    """As ``folded``; case is folded in all of them together, as no character's depends on another."""
    joined = "\0".join([" ".join(text.split()).rstrip(_STOPS) for text in texts])
    parts = joined.casefold().encode("utf-8", "surrogatepass").split(b"\0")
    return parts if len(parts) == len(texts) else list(map(folded, texts))


def _is_doubled(text: bytes) -> bool:
    """Whether a space follows a space. Where numpy is loaded already, it tells this in a tenth of the time."""
    if "numpy" not in sys.modules:
        return b"  " in text
    import numpy as np

    spaces = np.frombuffer(text, np.uint8) == 32
    return bool((spaces[1:] & spaces[:-1]).any())


@lru_cache(maxsize=4096)
def _changes(char: str) -> bool:
    return char.isspace() or char.casefold() != char

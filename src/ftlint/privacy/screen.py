"""Where a text may hold personal data or a secret at all: plain searches, so that most texts cost nothing more."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain

from ftlint.lazy import lazy
from ftlint.privacy.births import WORDS

# An at sign, a postal mark, six signs of a number, the end of a British postcode, a block of an IPv6 address, or the
# middle of an Italian tax code; and the numbers of houses where they are shorter. Those stand behind Han characters, of
# which a range takes a millisecond to compile: here it is any letter beyond ASCII.
MAYBE = lazy(
    "[@＠〒0-9０-９](?:(?<=[@＠〒])|[0-9０-９()（） \xa0\u3000.．‐‑‒–—―−－ーｰ/／-]{3,}[0-9０-９]"
    r"|(?<=[^\W0-9A-Za-z_][0-9０-９])[0-9０-９]{0,3}[‐‑‒–—―−－ーｰ-][0-9０-９]|[0-9０-９]{0,3}番[0-9０-９]"
    "|(?<=[路街巷弄][0-9])[0-9]{0,4}号|(?<=[로길] [0-9])"
    "|[0-9]?[A-Z]? ?[0-9][A-Z]{2}(?![A-Za-z])|[0-9A-Fa-f]{3}:[0-9A-Fa-f:]|[A-Z][0-9]{2}[A-Z][0-9]{3}[A-Z])"
)
WIDE = lazy("[Ａ-Ｚａ-ｚ０-９][Ａ-Ｚａ-ｚ０-９＿－．：　]{5}")
PERSONAL = (*WORDS, "丁目", "番地")
SECRET = (
    "PRIVATE KEY", "PuTTY-User", "://", "assw", "ASSW", "assphrase", "ASSPHRASE", "pwd", "PWD", "パスワード", "暗証",
    "パスフレーズ", "PIN", "PW", "pw:", "pass:", "pass=", "Basic ",
    "密码", "비밀번호", "contrase", "mot de passe", "earer", "AccountKey", "ecret", "ECRET", "_key", "_KEY",
)  # fmt: skip
ESCAPE = "\\u"
"""JSON inside a text, where everything may be written with escapes."""
_RUN = b"a" * 20
"""Every key holds such a run."""
_DIGIT = lazy("[0-9@]")
_PRINTED = bytes(ord("a") if 0x21 <= code <= 0x7E else 32 for code in range(256))
_LEAST_RUN = b"a" * 16
_KEEP = bytes(ord("a") if (chr(code).isalnum() and code < 128) or chr(code) in "_-" else 32 for code in range(256))

Search = Callable[[int], int]
"""The next offset from a given one on where something may stand, or -1."""


def searches(text: str) -> Iterator[Search]:
    """The searches of one text, or of many texts in one string; each is made when it is asked for."""
    return chain(_personal(text), _secret(text), (partial(text.find, ESCAPE),))


def may_hold(text: str) -> bool:
    """Whether it is worth looking closer."""
    return any(search(0) >= 0 for search in searches(text))


def may_give(text: str) -> bool:
    """Whether anything can be found in a text, whatever was asked: in one of ASCII every number and every password
    holds a digit, and every token and key a run of characters without a space; but for those named here."""
    return (
        not text.isascii()
        or _DIGIT.search(text) is not None
        or text.encode().translate(_PRINTED).find(_LEAST_RUN) >= 0
        or "Basic " in text
        or "PRIVATE KEY" in text
        or "PuTTY-User" in text
    )


def may_hold_personal(text: str) -> bool:
    """Whether it is worth looking for personal data."""
    return MAYBE.search(text) is not None or _holds(text, PERSONAL)


def may_hold_secret(text: str) -> bool:
    """Whether it is worth looking for keys, passwords and tokens."""
    return _holds(text, SECRET) or text.encode("latin-1", "replace").translate(_KEEP).find(_RUN) >= 0


def _holds(text: str, needles: tuple[str, ...]) -> bool:
    for needle in needles:
        if needle in text:
            return True
    return not text.isascii() and WIDE.search(text) is not None


def _personal(text: str) -> Iterator[Search]:
    yield partial(_search, MAYBE, text)
    yield from _wide(text)
    yield from _needles(text, PERSONAL)


def _secret(text: str) -> Iterator[Search]:
    runs = text.encode("latin-1", "replace").translate(_KEEP)
    yield partial(runs.find, _RUN)
    yield from _wide(text)
    yield from _needles(text, SECRET)


def _wide(text: str) -> Iterator[Search]:
    if not text.isascii():
        yield partial(_search, WIDE, text)


def _needles(text: str, needles: tuple[str, ...]) -> Iterator[Search]:
    plain = text.isascii()
    for needle in needles:
        if not plain or needle.isascii():
            yield partial(text.find, needle)


def _search(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.search(text, at)
    return match.start() if match is not None else -1

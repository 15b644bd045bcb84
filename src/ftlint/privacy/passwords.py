"""Passwords and PINs behind their names, and in the answer to a question for one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ftlint.lazy import lazy
from ftlint.privacy.dummies import is_dummy, is_weak, looks_random
from ftlint.privacy.numbers import made_up

_PASSWORD = lazy(
    r"(?:(?<![a-z])(?:passwords?|passwd|passphrase|pwd|passwort|contraseña|mot de passe|(?:pass|pw)(?=\s?[:=]))"
    r"|パスワード|パスフレーズ|暗証番号|密码|비밀번호)"
    r"[\"'`\\*]{0,3}\s{0,2}(?:is|was|[:=]|=>|は|为|是|ist|lautet|es|est|는|은|(?=[「『]))\s{0,2}(?:[:：]\s?)?[\"'`「『\\*]{0,3}"
    r"([!-~]{8,64})",
    re.IGNORECASE,
)
_PIN = lazy(
    r"(?:暗証番号|(?<![A-Za-z])PIN(?: ?code| ?番号|コード)?)\s?(?:is|was|は|[:=])\s?[「『\"']?"
    r"([0-9]{4,8})(?![0-9A-Za-z桁文年月.-])"
)
# A question for one, and an answer that begins with it.
_LATIN = "password|passwort|passphrase|PIN(?: code)?|(?:access|auth|bearer|api) token"
_OTHER = "パスワード|パスフレーズ|暗証番号|PIN ?(?:番号|コード)|トークン|密码|비밀번호"
ASKED = f"{_LATIN}|{_OTHER}"
ASKED_HOW = (
    r"(?:\s?[?？]|は(?:何(?:です)?か?)?\s?[?？。]?|を(?:教えて|お願い|送って)[^\n]{0,12}|是(?:什么|多少)[?？。]?)?"
)
_WANTS = lazy(
    r"(?:(?:^(?:(?:the|your|my|our|new|wi-?fi) ){0,3}"
    r"|(?:what(?:['’]s| is| was) (?!an? )|(?:tell|give|send) me |wie (?:lautet|ist) )(?:[A-Za-z-]+ ){0,4})"
    rf"(?:{_LATIN})|{_OTHER}){ASKED_HOW}$",
    re.IGNORECASE,
)
_FIRST = lazy(r"(?<![!-~])(?:[\"'`「『]{0,2})([!-~]{4,400})")
_LEAD = 40
_ASK = 120
_PASSWORDS = (
    "pass", "pwd", "pw", "contrase", "mot de passe", "パスワード", "パスフレーズ", "暗証番号", "密码", "비밀번호",
)  # fmt: skip
_CLOSING = "\"'`.,;:!?)]}>*\\"


def find_passwords(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of each password and PIN."""
    lowered = text.lower()
    for match in _PASSWORD.finditer(text) if any(word in lowered for word in _PASSWORDS) else ():
        value = match[1].rstrip(_CLOSING)
        if len(value) >= 8 and _is_password(value):
            yield match.start(1), match.start(1) + len(value), "password"
    for match in _PIN.finditer(text) if "PIN" in text or "暗証番号" in text else ():
        if not made_up(match[1]):
            yield *match.span(1), "pin"


def wants_password(before: str) -> bool:
    """Whether a text ends with a question for a password, a PIN or a token."""
    tail = before[-_ASK:]
    if tail.isascii():
        lowered = tail.lower()
        if not ("pass" in lowered or "pin" in lowered or "token" in lowered):
            return False
    return _WANTS.search(tail.strip()) is not None


def find_answer(text: str, start: int) -> tuple[int, int, str] | None:
    """The password that stands first in the answer to such a question, which begins at ``start``."""
    asked = _WANTS.search(text[max(0, start - _ASK) : start].strip())
    if asked is None:
        return None
    kind = _kind(asked[0].lower())
    for match in _FIRST.finditer(text, start, min(len(text), start + _LEAD + 400)):
        if match.start() > start + _LEAD:
            break
        value = match[1].rstrip(_CLOSING)
        if _answers(kind, value):
            return match.start(1), match.start(1) + len(value), kind
    return None


def _kind(asked: str) -> str:
    if "token" in asked or "トークン" in asked:
        return "token"
    return "pin" if "pin" in asked or "暗証番号" in asked else "password"


def _answers(kind: str, value: str) -> bool:
    if kind == "pin":
        return value.isdigit() and 4 <= len(value) <= 8 and not made_up(value)
    if kind == "token":
        return len(value) >= 20 and looks_random(value, 3.5) and not is_dummy(value)
    return 8 <= len(value) <= 64 and _is_password(value)


def _is_password(value: str) -> bool:
    kinds = [any(test(char) for char in value) for test in (str.islower, str.isupper, str.isdigit)]
    code = any(char in value for char in "()[]{}<>=\"'`\\/")
    return kinds[2] and (kinds[0] or kinds[1]) and not code and not is_weak(value) and not is_dummy(value)

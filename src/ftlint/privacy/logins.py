"""User names with passwords in URLs and in headers, and tokens."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator

from ftlint.lazy import lazy
from ftlint.privacy.dummies import is_dummy, looks_random

_AUTHORITY = lazy(
    r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9+.-]{1,24}://([^\s/:@\"'<>`]{0,80}):([^\s/@\"'<>`,]{1,200})@([^\s/?#\"'<>`,;)]{1,200})"
)
_COMMON = (
    "password passwd pass pwd pw secret token key user username admin root guest postgres mysql mongo redis rabbit "
    "test changeme example demo foo bar dbpass dbpassword mypassword mypass p4ssw0rd minioadmin supersecret hunter2"
)
_NOBODY = frozenset(_COMMON.split())
_HOSTS = lazy(
    r"(?:localhost|127\.[0-9.]+|\[?::1\]?|0\.0\.0\.0|host(?:name)?|server|(?:.*\.)?example(?:\.[a-z.]+)?"
    r"|.*\.(?:example|test|invalid|localhost))(?::.*)?",
    re.IGNORECASE,
)
_PLACE = lazy(r"[$%]|[{}\[\]<>*…]|\.\.\.|xxx|your|^\W+$", re.IGNORECASE)
QUERIED = "sig|access_token|auth_token|api_?key|apikey|client_secret|token|password"
_QUERY = lazy(rf"(?<=[?&])(?:{QUERIED})=([A-Za-z0-9%+/=_.-]{{16,400}})", re.IGNORECASE)
_JWT = lazy(r"(?:(?<![A-Za-z0-9_.-])|(?<=\\[nrt]))eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{20,}")
_LONG = lazy(r"(?<![A-Za-z0-9_.-])[A-Za-z0-9_.-]{40,}")
_BEARER = lazy(r"(?<![A-Za-z])[Bb]earer[ :]{1,2}([A-Za-z0-9._~+/-]{20,2000}={0,2})(?![A-Za-z0-9])")
ASSIGNED = (
    "api[_ -]?key|secret[_ -]?key|access[_ -]?token|auth[_ -]?token|client[_ -]?secret|refresh[_ -]?token|"
    "subscription[_ -]?key|private[_ -]?token|x-api-key|トークン|APIキー|シークレット(?:キー)?"
)
_ASSIGNED = lazy(
    rf"(?:{ASSIGNED})"
    r"[\"'`\\]{0,3}\s{0,2}(?:[:=]|:=|=>|is|は)\s{0,2}[\"'`「『\\]{0,3}"
    r"([A-Za-z0-9_+/.-]{20,400}={0,2})(?![A-Za-z0-9(\[])",
    re.IGNORECASE,
)
_BASIC = lazy(r"(?<![A-Za-z])Basic ([A-Za-z0-9+/]{12,400}={0,2})(?![A-Za-z0-9+/=])")
_NAMES = ("key", "token", "client", "トークン", "キー", "シークレット")


def find_url_credentials(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of each password in a URL; the span is user name, password and host."""
    for match in _AUTHORITY.finditer(text) if "://" in text else ():
        user, password, host = match[1], match[2], match[3]
        if password.lower() in _NOBODY or password == user or _PLACE.search(password) or _HOSTS.fullmatch(host):
            continue
        if not is_dummy(password) or len(password) < 12:
            yield match.start(1), match.end(2), "url-password"
    for match in _QUERY.finditer(text) if "=" in text else ():
        if looks_random(match[1], 3.3) and not is_dummy(match[1]):
            yield *match.span(1), "url-token"


def find_tokens(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of each token."""
    for long in _LONG.finditer(text) if "eyJ" in text else ():
        for match in _JWT.finditer(text, max(0, long.start() - 2), long.end()):
            if _is_jwt(match[0]):
                yield *match.span(), "jwt"
    lowered = text.lower()
    for pattern, kind, words in ((_BEARER, "bearer-token", ("bearer",)), (_ASSIGNED, "token", _NAMES)):
        for match in pattern.finditer(text) if any(word in lowered for word in words) else ():
            if looks_random(match[1], 3.5) and not is_dummy(match[1]) and not _is_jwt_like(match[1]):
                yield *match.span(1), kind
    for match in _BASIC.finditer(text) if "Basic " in text else ():
        if _is_login(match[1]):
            yield *match.span(1), "basic-auth"


def _is_login(encoded: str) -> bool:
    """Whether a name and a password stand in it, and not those of the RFC and of textbooks."""
    try:
        user, colon, password = base64.b64decode(encoded, validate=True).decode("ascii").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return False
    real = password.lower() not in _NOBODY and password != user and not is_dummy(password)
    return bool(colon) and (user + password).isprintable() and len(password) >= 4 and real and user != "Aladdin"


def _is_jwt_like(value: str) -> bool:
    return value.startswith("eyJ") and value.count(".") == 2


def _is_jwt(token: str) -> bool:
    """Whether header and payload are JSON objects; the example that jwt.io shows to everybody is not reported."""
    try:
        header, payload = (_decoded(part) for part in token.split(".")[:2])
    except (binascii.Error, ValueError, RecursionError):
        return False
    if not isinstance(header, dict) or not isinstance(payload, dict) or "alg" not in header:
        return False
    return str(payload.get("sub")) != "1234567890"


def _decoded(part: str) -> object:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))

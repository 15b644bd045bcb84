"""Public IP addresses: not version numbers or section numbers, nor what is kept for private nets and documentation."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from ftlint.lazy import lazy
from ftlint.privacy.numbers import Run, matches

_V4 = lazy(r"(?<![0-9A-Za-z_.-])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9A-Za-z_]|\.[0-9]|-[0-9A-Za-z]|/[0-9])")
_V6 = lazy(r"(?<![0-9A-Za-z:._])[23][0-9A-Fa-f]{3}:[0-9A-Fa-f:]{2,34}(?![0-9A-Za-z:_]|/[0-9])")
_VERSION = lazy(
    r"(?:(?<![a-z])(?:v|ver|versions?|release|build|firmware|driver|oid|sections?|chapter|clause|figure|table|rule|article)"
    r"\.?|バージョン|第|[A-Za-z]/|[A-Za-z]=)[\s:\"\'(]*$",
    re.IGNORECASE,
)
_CUE = lazy(r"(?<![a-z])(?:ip(?:v4)?|address|host|server|ssh|ping|client|login)(?![a-z])|アドレス|サーバ", re.I)
# Resolvers that anybody may use, and that stand in every tutorial (Google, Cloudflare, Quad9, OpenDNS).
_RESOLVERS = frozenset({
    "8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "149.112.112.112", "208.67.222.222", "208.67.220.220",
    "2001:4860:4860::8888", "2001:4860:4860::8844", "2606:4700:4700::1111", "2606:4700:4700::1001", "2620:fe::fe",
})  # fmt: skip
_SMALL = 32


def find_ips(text: str, found: list[Run]) -> Iterator[tuple[int, int, str]]:
    """Start, end and ``ipv4`` or ``ipv6`` of each address in a folded text."""
    for match in matches(_V4, text, found, 4):
        before = text[max(0, match.start() - 60) : match.start()]
        if not _public(match[0]) or _VERSION.search(before[-20:]):
            continue
        # where all four are small, it may as well be a numbering
        if max(map(int, match[0].split("."))) >= _SMALL or _CUE.search(before):
            yield *match.span(), "ipv4"
    for match in _V6.finditer(text) if "::" in text or text.count(":") > 6 else ():
        if _public(match[0]):
            yield *match.span(), "ipv6"


def _public(written: str) -> bool:
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return False
    return address.is_global and not address.is_multicast and str(address) not in _RESOLVERS

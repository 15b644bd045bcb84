"""Finds e-mail addresses and phone numbers, in full and half width alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+/-])[A-Za-z0-9](?:[A-Za-z0-9._%+-]{0,62}[A-Za-z0-9_+])?@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9@])"
)
# Addresses that documentation reserves (RFC 2606, RFC 6761) stand for nobody.
_RESERVED = re.compile(r"@(?:[A-Za-z0-9-]+\.)*(?:example\.(?:com|org|net|edu)|[A-Za-z0-9-]+\.(?:example|test|invalid))$", re.I)
_RESERVED_JP = re.compile(r"@(?:[A-Za-z0-9-]+\.)*example\.(?:co\.jp|jp|ne\.jp)$", re.I)
# A phone number has a plus sign, or groups with separators, or a national trunk zero; a bare run of digits is an
# order number more often than a phone number.
_PHONE = re.compile(r"(?<![\w.,:/#@$€£¥%=-])(?:\+\d|\(?0\d|\(\d{3}\)|\d{3}[-. ]\d{3}[-. ]\d{4}\b)[\d\s().\-]{5,20}\d(?![\w@%]|[.,]\d)")
_JAPANESE = re.compile(r"[\u3040-\u30ff]")
_CANDIDATE = re.compile("[@＠]|[+＋(（0０]|[0-9０-９]{3}")


class Hit(NamedTuple):
    """One piece of personal data: offsets in the original text (end exclusive), and the rule's code."""

    start: int
    end: int
    code: str


def find(text: str, regions: Sequence[str] = ()) -> list[Hit]:
    """All personal data in a text, in order, not overlapping.

    Args:
        text: any text; it is compared in NFKC, so that full-width digits count.
        regions: regions for phone numbers without a country code (``JP``, ``US``); none means by the text's script.
    """
    if not _CANDIDATE.search(text):
        return []
    folded, offsets = fold(text)
    hits = [*_emails(folded), *_phones(folded, tuple(regions) or _regions(folded))]
    placed = sorted(Hit(offsets[hit.start], offsets[hit.end - 1] + 1, hit.code) for hit in hits)
    return [hit for index, hit in enumerate(placed) if index == 0 or hit.start >= placed[index - 1].end]


def fold(text: str) -> tuple[str, Sequence[int]]:
    """NFKC character by character, and for each resulting character the offset of the one it came from."""
    if text.isascii():
        return text, range(len(text) + 1)
    out: list[str] = []
    offsets: list[int] = []
    for at, char in enumerate(text):
        for piece in char if char < "\x80" else unicodedata.normalize("NFKC", char):
            out.append(piece)
            offsets.append(at)
    offsets.append(len(text))
    return "".join(out), offsets


def _emails(text: str) -> Iterator[Hit]:
    if "@" not in text:
        return
    for match in _EMAIL.finditer(text):
        if not _RESERVED.search(match[0]) and not _RESERVED_JP.search(match[0]):
            yield Hit(*match.span(), "FT701")


def _regions(text: str) -> tuple[str, ...]:
    return ("JP", "US") if _JAPANESE.search(text) else ("US",)


def _phones(text: str, regions: tuple[str, ...]) -> Iterator[Hit]:
    candidates = list(_PHONE.finditer(text.replace("‐", "-").replace("‑", "-").replace("–", "-").replace("ー", "-")))
    if not candidates:
        return
    import phonenumbers

    for match in candidates:
        for region in regions:
            try:
                number = phonenumbers.parse(match[0], region)
            except phonenumbers.NumberParseException:
                continue
            if phonenumbers.is_valid_number(number) and not _fictional(number.national_number, number.country_code):
                yield Hit(*match.span(), "FT702")
                break


def _fictional(national: int, country: int) -> bool:
    """North American numbers 555-0100 to 555-0199 are reserved for fiction."""
    return country == 1 and (national // 10000) % 1000 == 555 and 100 <= national % 10000 <= 199

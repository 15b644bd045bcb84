"""Finds personal data and secrets of every kind, in full and half width alike."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from ftlint.lazy import lazy
from ftlint.parse import unescape_map
from ftlint.privacy.addresses import find_addresses
from ftlint.privacy.banks import find_accounts
from ftlint.privacy.births import WORDS, find_births
from ftlint.privacy.cards import find_cards
from ftlint.privacy.emails import find_emails
from ftlint.privacy.forms import ACCOUNT, ADDRESS, BIRTH, CARD, EMAIL, FINDERS, ID, IP, PHONE, SECRET
from ftlint.privacy.ids import find_ids
from ftlint.privacy.ips import find_ips
from ftlint.privacy.keys import find_keys, find_private_keys
from ftlint.privacy.logins import find_tokens, find_url_credentials
from ftlint.privacy.numbers import runs
from ftlint.privacy.passwords import find_answer, find_passwords, wants_password
from ftlint.privacy.phones import by_script, find_phones
from ftlint.privacy.screen import MAYBE, may_give, may_hold_personal, may_hold_secret

REGIONS = ("JP", "US")
"""Where a phone number without a country code may belong, beside the country that the text is written in; or else the
regions that the user names."""
BEFORE = 200
"""Characters of the text before that are looked at for a question that a text answers."""

_ESCAPED = lazy(r"\\[nrt]")
# Full-width forms, the wide and the no-break space, the half-width long-vowel mark that stands for a dash.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20, 0xFF70: 0x30FC}
_WIDE = lazy("[\uff01-\uff5e\u3000\xa0\uff70]")
_ONLY_SECRETS = frozenset({SECRET})
_NUMBERS = frozenset({CARD, ID, IP})


class Hit(NamedTuple):
    """One piece of personal data: offsets in the original text (end exclusive), and the rule's code."""

    start: int
    end: int
    code: str


class Found(NamedTuple):
    """A hit with its kind, such as ``us-ssn`` or ``github-token``; e-mail addresses and phone numbers have one each."""

    start: int
    end: int
    code: str
    kind: str


def find(text: str, regions: Sequence[str] = ()) -> list[Hit]:
    """All personal data and secrets in a text, in order, not overlapping.

    Args:
        text: any text; full-width letters and digits count as the half-width ones.
        regions: regions for phone numbers without a country code; none means ``REGIONS``.
    """
    return [Hit(*found[:3]) for found in inspect(text, regions)]


def inspect(
    text: str, regions: Sequence[str] = (), before: str = "", finders: Collection[str] = FINDERS
) -> list[Found]:
    """As ``find``, with the kind of each.

    Args:
        before: what the text answers; a question for a date of birth makes a birth date of the date in the answer.
        finders: those that look; others would find nothing.
    """
    hits: list[Found] = []
    for found in sorted(everything(text, regions, before, finders), key=lambda found: (found[0], -found[1], found[2])):
        last = hits[-1].end if hits else 0
        if found.end > last:  # of two that overlap in part, the second is told from where the first ends
            hits.append(found if found.start >= last else found._replace(start=last))
    return hits


def everything(
    text: str, regions: Sequence[str] = (), before: str = "", finders: Collection[str] = FINDERS
) -> list[Found]:
    """All hits of all kinds, overlapping ones too, in no order: what is to be masked."""
    plain, offsets = _plain(text)
    if not may_give(plain):
        return []
    wanted = bool(before) and wants_password(before)
    personal = not _ONLY_SECRETS.issuperset(finders) and (may_hold_personal(plain) or (bool(before) and asks(before)))
    secret = SECRET in finders and (wanted or may_hold_secret(plain))
    if not personal and not secret:
        return []
    question = fold(before[-BEFORE:]) + "\n" if before else ""
    start = len(question)
    folded = question + fold(plain)
    hits = chain(
        _personal(folded, start, tuple(regions) or (*REGIONS, *by_script(text)), finders) if personal else (),
        _secrets(folded, start if wanted else 0) if secret else (),
    )
    return _moved((hit for hit in hits if hit[0] >= start), offsets, start)


def secrets(text: str) -> list[Found]:
    """The keys, passwords and tokens of a text, overlapping ones too, in no order."""
    plain, offsets = _plain(text)
    return _moved(_secrets(fold(plain)), offsets, 0) if may_hold_secret(plain) else []


def asks(before: str) -> bool:
    """Whether a text ends with words that make something of the answer that it is not by itself."""
    tail = before[-BEFORE:]
    for word in WORDS:
        if word in tail:
            return True
    return wants_password(before)


def _plain(text: str) -> tuple[str, list[int] | None]:
    """The text without the escapes of JSON inside it, as in the arguments of a call; and where its characters stand."""
    if "\\u" in text:
        return unescape_map(text)
    return unbroken(text), None


def unbroken(text: str) -> str:
    """The text with white space for escaped line breaks and tabs; nothing moves."""
    return _ESCAPED.sub(lambda match: " " * len(match[0]), text) if "\\" in text else text


def _moved(hits: Iterable[tuple[int, int, str, str]], offsets: list[int] | None, start: int) -> list[Found]:
    if offsets is None:
        return [Found(first - start, last - start, code, kind) for first, last, code, kind in hits]
    return [Found(offsets[first - start], offsets[last - start], code, kind) for first, last, code, kind in hits]


def _personal(
    text: str, start: int, regions: tuple[str, ...], finders: Collection[str] = FINDERS
) -> Iterator[tuple[int, int, str, str]]:
    if MAYBE.search(text):
        for span in find_emails(text) if EMAIL in finders else ():
            yield *span, "FT701", "email-address"
        for span in find_phones(text, regions) if PHONE in finders else ():
            yield *span, "FT702", "phone-number"
        found = runs(text) if not _NUMBERS.isdisjoint(finders) else []
        for card in find_cards(text, found) if CARD in finders else ():
            yield card[0], card[1], "FT703", card[2]
        for account in find_accounts(text) if ACCOUNT in finders else ():
            yield account[0], account[1], "FT704", account[2]
        for number in find_ids(text, found) if ID in finders else ():
            yield number[0], number[1], "FT705", number[2]
        for address in find_ips(text, found) if IP in finders else ():
            yield address[0], address[1], "FT708", address[2]
    for place in find_addresses(text) if ADDRESS in finders else ():
        yield place[0], place[1], "FT706", place[2]
    for date in find_births(text, start) if BIRTH in finders else ():
        yield date[0], date[1], "FT707", date[2]


def _secrets(text: str, start: int = 0) -> Iterator[tuple[int, int, str, str]]:
    for code, finder in (
        ("FT720", find_keys),
        ("FT721", find_private_keys),
        ("FT722", find_url_credentials),
        ("FT723", find_tokens),
        ("FT723", find_passwords),
    ):
        for first, last, kind in finder(text):
            yield first, last, code, kind
    if start and (answer := find_answer(text, start)) is not None:
        yield answer[0], answer[1], "FT723", answer[2]


def fold(text: str) -> str:
    """The text in half width, character by character, so that offsets stay what they are."""
    return text.translate(_HALF_WIDTH) if not text.isascii() and _WIDE.search(text) else text

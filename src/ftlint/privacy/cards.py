"""Payment cards: in the ranges of the card schemes, with a right check digit, and written like a card's number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ftlint.lazy import lazy
from ftlint.privacy.checksums import luhn
from ftlint.privacy.numbers import DASH, Run, cued, made_up, matches, of_something_else

_SEP = rf"[ {DASH}]"
_CARD = lazy(
    rf"(?<![0-9A-Za-z_{DASH}])(?<![0-9][.,])(?<![0-9]{{4}} )(?<![A-Z]{{2}}[0-9]{{2}} )(?:"
    rf"[0-9]{{4}}({_SEP})[0-9]{{4}}\1[0-9]{{4}}\1[0-9]{{4}}(?:\1[0-9]{{3}})?|"
    rf"[0-9]{{4}}({_SEP})[0-9]{{6}}\2[0-9]{{4,5}}|[0-9]{{13,19}})(?![0-9A-Za-z_]|[{DASH}.][0-9]| [0-9]{{4}}(?![0-9/]))"
)
_BRANDS = (
    ("visa", lazy(r"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})")),
    ("mastercard", lazy(r"(?:5[1-5][0-9]{2}|222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}")),
    ("american-express", lazy(r"3[47][0-9]{13}")),
    ("jcb", lazy(r"35(?:2[89]|[3-8][0-9])[0-9]{12}")),
    ("discover", lazy(r"(?:6011|64[4-9][0-9]|65[0-9]{2})[0-9]{12}")),
    ("diners-club", lazy(r"(?:30[0-5][0-9]|309[0-9]|3[689][0-9]{2})[0-9]{10}")),
    ("unionpay", lazy(r"62[0-9]{14,17}")),
)
_CUE = lazy(
    r"(?<![a-z])(?:card|visa|master|amex|american express|diners|jcb|unionpay|credit|debit|carte|tarjeta|kredit|cvv"
    r"|cvc)|カード|クレジット|クレカ|信用卡|银行卡|銀行卡|카드",
    re.IGNORECASE,
)
_NUMBER = lazy("[0-9]")
# Numbers that card schemes and payment services publish for tests (Stripe, PayPal, Adyen, Braintree; as of 2026).
_TEST = lazy(
    r"4(?:111111111111111|242424242424242|012888888881881|222222222222|000056655665556|917610000000000|166676667666746"
    r"|646464646464644|988438843884305|000[0-9]{4}0000[0-9]{4})"
    r"|5(?:555555555554444|105105105105100|200828282828210|454545454545454|577000055770004|555341244441115)"
    r"|2(?:223003122003222|223000048400011|222400070000005)|37(?:8282246310005|1449635398431|8734493671000|0{12}2)"
    r"|6(?:011111111111117|011000990139424|011981111111113|555900000604105|200000000000005|200000000000047|"
    r"205500000000000004)|30(?:56930009020004|569309025904)|3(?:6227206271667|8520000023237|530111333300000|566002020360505)"
)


def find_cards(text: str, found: list[Run]) -> Iterator[tuple[int, int, str]]:
    """Start, end and brand of each card number in a folded text."""
    for match in matches(_CARD, text, found, 13):
        digits = re.sub("[^0-9]", "", match[0])
        brand = next((name for name, pattern in _BRANDS if pattern.fullmatch(digits)), None)
        if brand is None or not luhn(digits) or made_up(digits) or _TEST.fullmatch(digits):
            continue
        bare = len(digits) == len(match[0])
        if of_something_else(text, match.start()):
            continue
        # sixteen digits in one run, and no other number before, are seldom anything else; other lengths often are
        alone = len(digits) == 16 and not _NUMBER.search(text, max(0, match.start() - 12), match.start())
        if bare and not alone and not cued(_CUE, text, *match.span()):
            continue
        yield *match.span(), brand

"""Bank accounts: IBANs, and account numbers of some countries behind the words that make them one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ftlint.lazy import lazy
from ftlint.privacy.checksums import aba, mod97
from ftlint.privacy.numbers import made_up

# Length of an IBAN by country (SWIFT IBAN registry, release 99, 2024).
_REGISTRY = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 "
    "ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 "
    "LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 "
    "QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20"
)
_LENGTHS = {word[:2]: int(word[2:]) for word in _REGISTRY.split()}
_IBAN = lazy(r"[A-Z]{2}[0-9]{2}(?=[ -]?[0-9A-Z]{3})")
_JAPANESE = lazy(
    r"(?:普通|当座|貯蓄|口座|[(][普当][)])(?:預金)?(?:口座)?(?:番号)?(?:[はがもの:=|、,\s(（「]|No\.?|番号){0,8}([0-9]{7})(?![0-9円万-])"
    r"|(?:銀行|信用金庫|信金|支店)[^0-9\n。]{0,20}番号は\s?([0-9]{7})(?![0-9-])"
)
_BANK = lazy(r"銀行|信用金庫|信金|信用組合|農協|支店|ゆうちょ|口座|振込|振り込")
_YUCHO = lazy(
    r"記号\s*(?:番号)?[はが:=\s]{0,3}(1[0-9]{4})(?:-[0-9])?[、,\s/-]{0,3}(?:番号)?[はが:=\s]{0,3}([0-9]{2,8})(?![0-9])"
)
_ROUTING = lazy(
    r"(?<![a-z])(?:routing|aba|rtn)(?: (?:transit )?(?:number|no\.?|#))?[^0-9\n]{0,12}([0-9]{9})(?![0-9-])", re.I
)
_SORT = lazy(
    r"(?<![a-z])sort[ -]?code[^0-9\n]{0,12}[0-9]{2}[- ]?[0-9]{2}[- ]?[0-9]{2}(?![0-9])[^0-9]{1,40}([0-9]{8})(?![0-9])",
    re.I,
)
_ACCOUNT = lazy(r"(?<![a-z])(?:account|acct|a/c)\.?(?: (?:number|no\.?|#))?[^0-9\n]{0,12}([0-9]{6,17})(?![0-9-])", re.I)
_NEAR = 120
# Words that a text must hold, the account behind its name, the kind, and what must stand near by, if anything.
_NAMED = (
    (("account", "acct", "a/c"),
     lazy(r"(?<![a-z])(?:(?:bank|checking|savings|current) (?:account|acct)"
                r"|(?:account|acct|a/c)(?=\.?\s?(?:n|is|[:=#])))"
                r"\.?\s?(?:number|num\.?|no\.?|#)?\s?(?:is|was|[:=#])?\s?([0-9]{8,17})(?![0-9-])", re.I),
     "account",
     lazy(r"(?<![a-z])(?:bank|checking|savings|credit union|payroll|direct (?:debit|deposit)|wire)(?![a-z])",
                re.I)),
    (("konto",), lazy(r"(?<![a-zäöü])konto(?:nummer|-?nr\.?)\s?(?:lautet|ist|:)?\s?([0-9]{6,10})(?![0-9])", re.I),
     "de-account", None),
    (("账", "帐"), lazy(r"[账帐][号户]\s?(?:是|为|:)?\s?([0-9]{12,19})(?![0-9])"), "cn-account",
     lazy("银行|开户|收款|转账|汇款|支行")),
    (("계좌",), lazy(r"계좌(?:번호)?\s?(?:는|은|:)?\s?([0-9]{2,6}(?:-[0-9]{2,7}){2,3}|[0-9]{10,14})(?![0-9-])"),
     "kr-account", None),
    (("cuenta",), lazy(r"(?<![0-9])([0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{2}[ -]?[0-9]{10})(?![0-9])"), "es-account",
     lazy("cuenta|cta", re.I)),
)  # fmt: skip


def find_accounts(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of each bank account in a folded text."""
    for match in _IBAN.finditer(text):
        end = _iban_end(text, match.start())
        if end:
            yield match.start(), end, "iban"
    if "座" in text or "普通" in text or "貯蓄" in text or "番号は" in text or "(普)" in text or "(当)" in text:
        for match in _JAPANESE.finditer(text):
            group = match.lastindex or 1
            around = text[max(0, match.start() - _NEAR) : match.start(group)]
            if _BANK.search(around) and not made_up(match[group]):
                yield *match.span(group), "jp-account"
    if "記号" in text:
        for match in _YUCHO.finditer(text):
            if _BANK.search(text, max(0, match.start() - _NEAR), min(len(text), match.end() + 40)):
                yield match.start(1), match.end(), "jp-account"
    lowered = text.lower()
    if "routing" in lowered or "aba" in lowered or "rtn" in lowered or "sort" in lowered:
        yield from _western(text)
    yield from _named(text, lowered)


def _named(text: str, lowered: str) -> Iterator[tuple[int, int, str]]:
    for words, pattern, kind, around in _NAMED:
        for match in pattern.finditer(text) if any(word in lowered for word in words) else ():
            near = text[max(0, match.start() - _NEAR) : match.end() + _NEAR]
            if not made_up(re.sub("[^0-9]", "", match[1])) and (around is None or around.search(near)):
                yield *match.span(1), kind


def _western(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _ROUTING.finditer(text):
        if not aba(match[1]) or made_up(match[1]):
            continue
        account = _ACCOUNT.search(text, max(0, match.start() - _NEAR), min(len(text), match.end() + _NEAR))
        if account is not None and not made_up(account[1]):
            yield *match.span(1), "us-account"
            yield *account.span(1), "us-account"
    for match in _SORT.finditer(text):
        if not made_up(match[1]):
            yield *match.span(1), "gb-account"


def _iban_end(text: str, start: int) -> int | None:
    """Where the IBAN that may begin here ends; None when its length or its check digits are wrong."""
    length = _LENGTHS.get(text[start : start + 2])
    before = text[start - 1] if start else " "
    if length is None or (before.isascii() and before.isalnum()):
        return None
    kept: list[str] = []
    at = start
    while len(kept) < length and at < len(text):
        char = text[at]
        if char.isascii() and (char.isdigit() or "A" <= char <= "Z"):
            kept.append(char)
        elif char not in " -" or len(kept) % 4:
            return None
        at += 1
    if len(kept) < length or (at < len(text) and text[at].isascii() and text[at].isalnum()):
        return None
    iban = "".join(kept)
    return at if mod97(iban) and not made_up(iban[4:]) else None

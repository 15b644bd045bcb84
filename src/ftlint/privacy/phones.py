"""Phone numbers in a folded text: written like one, and valid in the numbering plan of their country."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ftlint.lazy import eastern, lazy
from ftlint.privacy.numbers import of_something_else

_DASH = "-‐‑‒–—―−ー"
# A letter right before it makes it something else; not that of an escaped line break, as in the arguments of a call.
_START = rf"(?<![0-9_#$€£¥%&])(?<![0-9][{_DASH}.,:])(?:(?<![A-Za-z])|(?<=[Tt][Ee][Ll])|(?<=[Ff][Aa][Xx])|(?<=\\[nrt]))"
_END = rf"(?![0-9A-WYZa-wyz_@%])(?![{_DASH}.][0-9]|-[A-Z](?![a-z]))"
# Digits and what may stand between them: every number lies in one such run, with a sign before it.
_RUN = lazy(rf"[0-9][{_DASH}0-9() ./]{{5,}}[0-9]")
# With a country code. A separator and a digit are never the same character, so every search here is linear.
_INTERNATIONAL = lazy(rf"(?<![0-9A-Za-z_+])\+[1-9](?:[{_DASH} ().]{{0,3}}[0-9]){{6,14}}{_END}")
_DECIMAL = lazy(r"\+[0-9]+\.[0-9]+")
# Three groups with dashes, dots or brackets between them, as in 03-6234-5671 or (415) 867-5309; dots do not mix.
_GROUPED = lazy(
    rf"{_START}(?:1[{_DASH} .][ ]?)?(?:"
    rf"\([0-9]{{2,5}}\)[ ]?[0-9]{{1,4}}[{_DASH} .][0-9]{{3,4}}|[0-9]{{2,5}}\([0-9]{{1,4}}\)[ ]?[0-9]{{3,4}}|"
    # with spaces, mobile numbers of Japan alone: a sum of three numbers is seldom written so
    rf"(?<![0-9] )0[5789]0 [0-9]{{4}} [0-9]{{4}}(?! [0-9])|[0-9]{{2,5}}[{_DASH}][0-9]{{1,4}}[{_DASH} ][0-9]{{3,4}}"
    rf"|[0-9]{{2,5}}\.[0-9]{{1,4}}\.[0-9]{{3,4}}){_END}"
)
# What may as well be something else: a bare run of digits, groups with spaces (a sum), two groups. A bare run without
# the zero that national numbers begin with is left alone even behind a cue: in transcripts it is mostly made up, and
# elsewhere mostly an id.
_LOOSE = lazy(
    rf"{_START}(?:0[0-9]{{8,10}}|0[0-9]{{1,4}}[{_DASH}][0-9]{{6,8}}"
    rf"|[0-9]{{2,5}}(?:[ ](?:[{_DASH}][ ])?[0-9]{{2,4}}){{2}}){_END}"
)
# Other countries, only where the user named them.
_ELSEWHERE = lazy(rf"{_START}\(?0[0-9]{{1,5}}\)?(?:[{_DASH} ./]{{1,2}}[0-9]{{2,8}}){{1,5}}{_END}")
_CUE = lazy(
    r"(?:電話|手机|电话|微信|联系方式|携帯|ケータイ|スマホ|連絡先|ファックス|ファクス|☎|📞|📱|(?<![a-z])(?:tel|telephone|phone|mobile|cell|cellphone|fax|"
    r"whatsapp|call(?:[ ](?:me|us|him|her|them))?)(?![a-z]))[^0-9\n]{0,15}$",
    re.IGNORECASE,
)
_OTHER_NUMBER = lazy(
    r"(?:ISBN|ISSN|JAN|IBAN|(?:注文|伝票|追跡|口座|会員|管理|受付|製造|登録|許可|申請|整理|商品|品|型)番号?|(?:お客様|顧客|予約|契約|受注)番号|"
    r"(?<![a-z])(?:order|invoice|tracking|serial|account|part|item|model|case|ticket|version|reference|ref|patent|sku))"
    r"(?:[ ]?(?:number|num|no|nr|id|code|コード))?[\s.:#=はがの]{0,4}$",
    re.IGNORECASE,
)
_LOOK_BACK = 40
# Mainland China's mobile numbers are written without a zero and mostly in one run.
_CHINESE = lazy(rf"{_START}1[3-9][0-9][ -]?[0-9]{{4}}[ -]?[0-9]{{4}}{_END}")
CHINESE_WORDS = ("手机", "电话", "微信", "联系")
_HANGUL = eastern("[가-힣]")


def by_script(text: str) -> tuple[str, ...]:
    """The regions that the writing of a text stands for: Korea, and China where a Chinese word for telephone stands."""
    if text.isascii():
        return ()
    korean = _HANGUL.search(text) is not None
    return (*(("KR",) if korean else ()), *(("CN",) if any(word in text for word in CHINESE_WORDS) else ()))


def elsewhere(regions: Sequence[str]) -> bool:
    """Whether the regions take in others than Japan and North America, where numbers may be grouped in any way."""
    return not {"JP", "US", "CA"}.issuperset(regions)


def find_phones(text: str, regions: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Start and end of each phone number.

    Args:
        text: folded to half width.
        regions: where a number without a country code may belong (``JP``, ``US``).
    """
    strict = [_GROUPED, *([_ELSEWHERE] if elsewhere(regions) else [])]
    for run in _RUN.finditer(text):
        window = max(0, run.start() - 2), min(len(text), run.end() + 2)
        for match in _INTERNATIONAL.finditer(text, *window):
            if not _DECIMAL.fullmatch(match[0]) and _valid(match[0], ()):
                yield match.span()
        for pattern in (*strict, _LOOSE, *((_CHINESE,) if "CN" in regions else ())):
            for match in pattern.finditer(text, *window):
                if _is_phone(text, match, regions, strict=pattern not in (_LOOSE, _CHINESE)):
                    yield match.span()


def _is_phone(text: str, match: re.Match[str], regions: Sequence[str], *, strict: bool) -> bool:
    before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
    if _OTHER_NUMBER.search(before) or of_something_else(text, match.start()):
        return False
    cued = _CUE.search(before) is not None
    return (cued or strict) and _valid(match[0], regions, exact=not cued)


def _valid(written: str, regions: Sequence[str], *, exact: bool = False) -> bool:
    """Whether it is a number of one of the regions; ``exact``: in the groups that the country writes it in."""
    digits = "".join(char for char in written if char.isdigit() or char == "+")
    groups = re.findall("[0-9]+", written)
    for region in regions or (None,):
        parsed = _parse(digits, region)
        if parsed is not None and (not exact or parsed == tuple(groups[groups[0] == "1" :])):
            return True
    return False


def _parse(digits: str, region: str | None) -> tuple[str, ...] | None:
    """The groups in which the number is written at home, or None for one that is invalid or stands for nobody."""
    import phonenumbers  # takes a tenth of a second, so only where there is a candidate

    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) or _fictional(number.national_number or 0, number.country_code or 0):
        return None
    national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return tuple(re.findall("[0-9]+", national))


def _fictional(national: int, country: int) -> bool:
    """The exchange 555 of the North American plan belongs to fiction and to directory assistance, not to people."""
    return country == 1 and national // 10000 % 1000 == 555

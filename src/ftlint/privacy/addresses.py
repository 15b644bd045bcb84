"""Postal addresses: Japanese ones and postal codes, and those of some Western countries with street, town and code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ftlint.lazy import eastern, lazy
from ftlint.privacy.numbers import DASH

_K = "0-9一二三四五六七八九十百"
_PREFECTURE = (
    "北海道|東京都|大阪府|京都府|青森県|岩手県|宮城県|秋田県|山形県|福島県|茨城県|栃木県|群馬県|埼玉県|千葉県|神奈川県|新潟県|富山県|石川県|福井県"
    "|山梨県|長野県|岐阜県|静岡県|愛知県|三重県|滋賀県|兵庫県|奈良県|和歌山県|鳥取県|島根県|岡山県|広島県|山口県|徳島県|香川県|愛媛県|高知県"
    "|福岡県|佐賀県|長崎県|熊本県|大分県|宮崎県|鹿児島県|沖縄県"
)
_CODE = eastern(rf"(?:〒|郵便番号)\s?[は:が]?\s?([0-9]{{3}})[{DASH}]?([0-9]{{4}})(?![0-9])")
# The end of a Japanese address: 一丁目2番3号, 1-2-3, 12番地, 123番地4.
_BLOCK = lazy(
    rf"(?<![0-9{DASH}/.])(?!0)[{_K}]{{1,4}}(?:丁目\s?[{_K}]{{1,4}}(?:番地?|[{DASH}の])(?:の?[{_K}{DASH}]{{1,6}}号?)?|番地(?:の?[{_K}{DASH}]{{1,6}})?"
    rf"|番[{_K}]{{1,4}}号|[{DASH}][0-9]{{1,4}}(?:[{DASH}][0-9]{{1,5}}){{0,2}}(?:号室?)?)(?![0-9{DASH}年月日])"
)
# Where streets have no names but numbers, as in Sapporo: 北5条西7丁目2番地.
_GRID = lazy(
    rf"[一-龥]{{1,6}}[市区](?:[一-龥]{{1,6}}区)?[一-龥]{{0,4}}[{_K}]{{1,3}}条(?:[東西]|通り?)?[{_K}]{{1,3}}丁目\s?"
    rf"(?:[{_K}]{{1,4}}(?:番地?|[{DASH}])(?:の?[{_K}{DASH}]{{1,6}}号?)?|[0-9]{{1,4}}(?![0-9年月日人名軒店件分%]))"
)
_UNITS = "市郡区町村"
"""Every town, city or ward is called one of them."""
_NO_PARTICLE = "(?<![でがをはもへや])"
_TOWN = lazy(
    rf"(?:{_PREFECTURE})\s?[^\s、。,.()「」『』:0-9]{{1,8}}?(?<!市区町)[市郡区町村][^、。,()「」『』:\n]{{0,20}}{_NO_PARTICLE}$"
)
_CITY = lazy(rf"(?!市区町村)[一-龥々ヶケァ-ヴー]{{1,6}}[市区][一-龥々ぁ-んァ-ヴヶー]{{1,12}}{_NO_PARTICLE}\s?$")
# A city, its ward and a town: enough for two numbers with a dash, but not for what may be a score.
_WARD = lazy(rf"[一-龥]{{1,5}}市[一-龥]{{1,4}}区[一-龥々ぁ-んァ-ヴヶー]{{1,12}}{_NO_PARTICLE}$")
_NO_SCORE = lazy(rf"[0-9]{{3,4}}[{DASH}][0-9]{{1,4}}(?:号室?)?")
# The building, whose name mostly begins in katakana, and the flat.
_FLAT = lazy(
    rf"\s?[ァ-ヴ][ァ-ヴー・]{{1,12}}[一-龥ぁ-ん]{{0,6}}[A-Z]?棟?\s?[0-9]{{1,4}}(?:号室?|階)?(?![0-9{DASH}年月日円])"
)
_BACK = 45

STATES = (
    "A[LKZR]|C[AOT]|D[CE]|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[TA]|W[AVIY]|PR"
    "|Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|"
    "Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana"
    "|Nebraska|Nevada|New (?:Hampshire|Jersey|Mexico|York)|(?:North|South) (?:Carolina|Dakota)|Ohio|Oklahoma|Oregon|"
    "Pennsylvania|Rhode Island|Tennessee|Texas|Utah|Vermont|(?:West )?Virginia|Washington|Wisconsin|Wyoming"
)
_DIGIT = lazy("[0-9]")
_FIVE = lazy(r"[0-9]{5}")
_BEFORE_ZIP = lazy(rf"(?<![A-Za-z])(?:{STATES})\.?,?\s{{1,3}}$")
_ZIP = lazy(r"[0-9]{5}(?:-[0-9]{4})?(?![0-9A-Za-z-])")
_STREETS = (
    "Street|St|Avenue|Ave|Boulevard|Blvd|Road|Rd|Drive|Dr|Lane|Ln|Court|Ct|Place|Pl|Terrace|Ter|Way|Circle|Cir|Parkway|Pkwy"
    "|Highway|Hwy|Square|Sq|Trail|Trl|Loop|Row|Broadway|Crescent|Close|Gardens|Mews|Grove|Hill|Park|Walk|Green|Gate"
)
_HOUSE = lazy(
    rf"(?<![0-9A-Za-z.$£€-])(?:(?:(?:Flat|Unit|Apartment|Apt\.?)\s[0-9A-Z]{{1,4}},?\s)?[0-9]{{1,6}}[A-Za-z]?,?\s(?:[NSEW]\.?\s|North\s|South\s|East\s|West\s)?"
    rf"(?:[0-9]{{1,3}}(?:st|nd|rd|th)\s|[A-Z][A-Za-z'’.-]{{0,20}}\s){{1,4}}(?:{_STREETS})(?![A-Za-z])|[0-9]{{1,6}}\sBroadway"
    r"|P\.?\s?O\.?\sBox\s[0-9]{1,6})"
)
_INWARD = lazy(r"[0-9][ABD-HJLNP-UW-Z]{2}(?![0-9A-Za-z])")
_OUTWARD = lazy(r"(?<![0-9A-Za-z])[A-Z]{1,2}[0-9][0-9A-Z]?\s?$")
_GERMAN = lazy(
    r"(?<![A-Za-zÄÖÜäöüß])(?!Muster)[A-ZÄÖÜ][A-Za-zÄÖÜäöüß.-]{0,30}(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|damm|ring|ufer)"
    r"\s[0-9]{1,4}\s?[a-z]?,?\s{1,3}(?:D-)?[0-9]{5}\s[A-ZÄÖÜ][a-zäöüß]+"
)
_FRENCH = lazy(
    r"(?<![0-9])[0-9]{1,4}(?:\s?(?:bis|ter))?,?\s(?:rue|avenue|av\.|boulevard|bd|place|chemin|allée|impasse|quai|cours)\s"
    r"[^\n,;.0-9]{2,40},?\s{1,3}[0-9]{5}\s[A-ZÉÈ][A-Za-zéèàâêîôû-]+",
    re.IGNORECASE,
)
_SPANISH = lazy(
    r"(?<![A-Za-z])(?:Calle|C/|Avenida|Avda\.|Plaza|Paseo|Ronda|Camino)\s?[A-ZÁÉÍÓÚÑa-záéíóúñü .'-]{2,40},?\s[0-9]{1,4}"
    r"(?:,[^\n;]{1,20}|\s[^\n;0-9]{1,12})?,?\s{1,3}[0-9]{5}\s[A-ZÁÉÍÓÚÑ][a-záéíóúñü]+"
)
_CHINESE_HOUSE = eastern("[路街巷弄][0-9]{1,5}号(?:[0-9A-Za-z一-龥-]{0,20}(?:室|幢|栋|楼|单元))?")
_CHINESE_TOWN = lazy("(?:[一-龥]{2,4}(?:省|自治区))?[一-龥]{2,4}市[一-龥]{1,5}[区县][一-龥0-9]{1,12}$")
_KOREAN = lazy(
    "[가-힣]{1,7}[시도]\\s(?:[가-힣]{1,5}[시군구]\\s){1,2}(?:[가-힣]{1,5}[읍면]\\s)?[가-힣0-9]{1,10}[로길]\\s?"
    "(?:[0-9]{1,3}번?길\\s?)?[0-9]{1,4}(?:-[0-9]{1,3})?(?![0-9])"
)
_SPAN = 140


def find_addresses(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of each address in a folded text."""
    if not text.isascii():
        yield from _japanese(text)
        yield from _other_asian(text)
    elif not _DIGIT.search(text):
        return
    for five in _FIVE.finditer(text):
        start = five.start()
        code = _ZIP.match(text, start)
        if code is not None and _BEFORE_ZIP.search(text, max(0, start - 20), start):
            yield from _housed(text, start, code.end(), "us-address")
        first, last = max(0, start - 80), min(len(text), start + 50)
        for pattern, kind in ((_GERMAN, "de-address"), (_FRENCH, "fr-address"), (_SPANISH, "es-address")):
            for match in pattern.finditer(text, first, last):
                yield *match.span(), kind
    for inward in _INWARD.finditer(text):
        outward = _OUTWARD.search(text, max(0, inward.start() - 6), inward.start())
        if outward is not None:
            yield from _housed(text, outward.start(), inward.end(), "gb-address")


def _housed(text: str, code: int, end: int, kind: str) -> Iterator[tuple[int, int, str]]:
    """The address that ends with a postal code, where a house number and a street stand before it."""
    houses = list(_HOUSE.finditer(text, max(0, code - _SPAN), code))
    if houses and "\n\n" not in text[houses[-1].end() : code]:
        yield houses[-1].start(), end, kind


def _other_asian(text: str) -> Iterator[tuple[int, int, str]]:
    for house in _CHINESE_HOUSE.finditer(text):
        town = _CHINESE_TOWN.search(text, max(0, house.start() - _BACK), house.start())
        if town is not None:
            yield town.start(), house.end(), "cn-address"
    for match in _KOREAN.finditer(text) if "로" in text or "길" in text else ():
        yield *match.span(), "kr-address"


def _japanese(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _CODE.finditer(text):
        if len(set(match[1] + match[2])) > 2 and match[1] + match[2] != "1234567":
            yield match.start() if match[0].startswith("〒") else match.start(1), match.end(), "jp-postal-code"
    if "条" in text:
        for match in _GRID.finditer(text):
            yield *match.span(), "jp-address"
    for block in _BLOCK.finditer(text) if any(map(text.__contains__, _UNITS)) else ():
        first = max(0, block.start() - _BACK)
        town = _TOWN.search(text, first, block.start())
        # without a prefecture it takes more than two numbers with a dash
        if town is None and ("丁目" in block[0] or "番" in block[0] or len(re.findall("[0-9]+", block[0])) > 2):
            town = _CITY.search(text, first, block.start())
        if town is None and (_NO_SCORE.fullmatch(block[0]) or text[block.start() - 1 : block.start()] == "町"):
            town = _WARD.search(text, first, block.start())
        if town is not None:
            flat = _FLAT.match(text, block.end())
            yield town.start(), flat.end() if flat is not None else block.end(), "jp-address"

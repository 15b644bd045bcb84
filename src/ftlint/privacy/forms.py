"""What a text must hold for a finder to find anything in it: for the scan over many texts, and then over those it took.

Each form is looser than what its finder takes. It stands in the text itself, never in the question before it; a cue may
stand in either. Both know full and half width, and escaped line breaks, which count as white space.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ftlint.lazy import lazy
from ftlint.privacy.addresses import STATES
from ftlint.privacy.births import WORDS
from ftlint.privacy.keys import CUED, FORMATS
from ftlint.privacy.logins import ASSIGNED, QUERIED
from ftlint.privacy.passwords import ASKED, ASKED_HOW
from ftlint.privacy.phones import CHINESE_WORDS
from ftlint.privacy.screen import ESCAPE, WIDE
from ftlint.scan import Screen

EMAIL, PHONE, CARD, ACCOUNT, ID, IP, ADDRESS, BIRTH, SECRET = FINDERS = (
    "email", "phone", "card", "account", "id", "ip", "address", "birth", "secret",
)  # fmt: skip


class Forms(NamedTuple):
    """What one finder needs: one of the forms or of the cues."""

    forms: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()


_D = "[0-9０-９]"
_DASHES = r"\-‐‑‒–—―−－ーｰ"
_DASH = f"[{_DASHES}]"
_SPACES = " \xa0\u3000"
_SPACE = f"[{_SPACES}]"
_GAP = f"[{_SPACES}{_DASHES}]"
_DOT = "[.．]"
_BREAKS = r"\s\\nrt"
_BREAK = f"[{_BREAKS}]"
_CAPITAL = "[A-ZＡ-Ｚ]"
_CODED = "[0-9A-Z０-９Ａ-Ｚ]"
_PLAIN = "[A-Za-z0-9Ａ-Ｚａ-ｚ０-９]"
_HEX = "[0-9A-Fa-f０-９Ａ-Ｆａ-ｆ]"
_KANJI = "0-9０-９一二三四五六七八九十百"
_KEYED, _WIDE_KEYED = r"A-Za-z0-9_.:/+=~\-", "Ａ-Ｚａ-ｚ０-９＿－．／＋＝"

_FIVE = f"{_D}{{5}}"
_LONG = f"{_D}{{6}}"
_INTERNATIONAL = rf"[+＋][1-9１-９][0-9０-９(){_DASHES}（）.．{_BREAKS}]{{6}}"
_BRACKETS = (
    rf"[(（]{_D}{{2,5}}[)）]{_SPACE}?{_D}{{1,4}}[{_SPACES}{_DASHES}.．]{_D}{{3}}",
    rf"{_D}{{2}}[(（]{_D}{{1,4}}[)）]{_SPACE}?{_D}{{3}}",
)
_THREE = rf"{_D}{{2}}(?:{_GAP}{_D}{{1,4}}{_GAP}|{_DOT}{_D}{{1,4}}{_DOT}){_D}{{3}}"
_SPACED = rf"{_D}{{2}}{_SPACE}(?:{_DASH}{_SPACE})?{_D}{{2,4}}{_SPACE}(?:{_DASH}{_SPACE})?{_D}{{2}}"
ELSEWHERE = rf"[0０]{_D}{{1,5}}[)）]?[{_SPACES}{_DASHES}.．/／\\nrt]{{1,2}}{_D}{{2}}"
"""A phone number beyond Japan and North America: where the text is Korean or Chinese, or the user names regions."""
_SCRIPT = f"(?:[가-힣]|{'|'.join(CHINESE_WORDS)})"
_IBAN_GAP = rf"[{_SPACES}－\\nrt-]*"
_IBAN = f"{_D}{{2}}{_IBAN_GAP}{_CODED}{{4}}{_IBAN_GAP}{_CODED}{{4}}{_IBAN_GAP}{_CODED}{{3}}"
_ITALIAN = f"{_D}{{2}}{_CAPITAL}{_D}{{2}}{_CAPITAL}{_D}{{3}}{_CAPITAL}"
_IPS = (
    f"{_D}{{1,3}}{_DOT}{_D}{{1,3}}{_DOT}{_D}{{1,3}}{_DOT}{_D}",
    f"[23２３]{_HEX}{{3}}[:：]{_HEX}{{0,4}}[:：]",
)
_BRITISH = rf"{_D}{_CODED}?\s?{_D}[ABD-HJLNP-UW-ZＡＢＤ-ＨＪＬＮＰ-ＵＷ-Ｚ]{{2}}"
_PLACES = (
    rf"[市郡区町村][^、。,()（）「」『』:：\x00]*[{_KANJI}](?:丁目|番地|番[{_KANJI}]|{_DASH}{_D})",
    f"[路街巷弄]{_D}{{1,5}}号",
    rf"[시도]\s[가-힣]{{1,5}}[시군구]\s[가-힣0-9０-９\s]*[로길]\s?{_D}",
)
_STREETS = "rue|avenue|av[.．]|boulevard|bd|place|chemin|allée|impasse|quai|cours"
_MIXED = (
    f"[{_WIDE_KEYED}][{_KEYED}]|[{_KEYED}][{_WIDE_KEYED}]|[Ａ-Ｚａ-ｚ]{{2}}",
    WIDE.pattern,
)
"""Full width in what is mostly written in half width: no key, and no word for one, is known by its letters there."""
_BOT = "[MNO][DTjz][AEIMQUYcgk][w-z0-5][MNO][DTjz][AEIMQUYcgk][w-z0-5][A-Za-z0-9]"
"""The number of an account of Discord, in base 64."""


def _loose(source: str) -> str:
    """A source whose words may be parted by any white space, and which need not stand at the end."""
    return source.replace("[_ -]", r"[\s_\\nrt-]").replace("[ _-]", r"[\s_\\nrt-]").replace("$", "")


_PREFIXED = tuple(head + re.sub(r",\d*\}$", "}", body) for _, head, body in FORMATS if head)
_BIRTHS = (
    rf"{_D}\s?生",
    "[Ａ-Ｚａ-ｚ．][éó]|[éó][Ａ-Ｚａ-ｚ．]",
    *(re.escape(word).replace(r"\.", _DOT).replace(r"\ ", _SPACE) for word in WORDS),
)
_SECRETS = (
    *_PREFIXED,
    "[0-9a-f]{32}-us[0-9]",
    rf"{_D}{{8}}[:：]AA",
    _BOT,
    f"PRIVATE{_SPACE}KEY|PuTTY-User-Key-File",
    r"[:：][/／][/／][^\s/／@＠]*[@＠]",
    f"(?i)[?&？＆](?:{QUERIED})[=＝]",
    "eyJ[A-Za-z0-9_-]{10}",
    rf"earer[{_SPACES}:：\\nrt]{{1,2}}[A-Za-z0-9._~～+/-]{{20}}",
    f"Basic{_SPACE}[A-Za-z0-9+/]{{12}}",
)
_SECRET_CUES = (
    *(f"(?i){_loose(cue.pattern)}" for _, _, cue in CUED),
    f"(?i){_loose(ASSIGNED)}",
    r"(?i)passw(?:or[dt]|d)|passphrase|pwd|contraseña|mot\sde\spasse|(?:pass|pw)(?:\s?[:=：＝]|\s*\x00)",
    "パスワード|パスフレーズ|暗証番号|密码|비밀번호|PIN",
    rf"(?i)(?:{ASKED}){ASKED_HOW}\s*\x00",
)
_PHONES = (
    _INTERNATIONAL,
    *_BRACKETS,
    _THREE,
    _SPACED,
    f"[0０]{_D}{{8}}",
    f"[0０]{_D}{{1,4}}{_DASH}{_D}{{6}}",
    f"[1１][3-9３-９]{_D}{_GAP}?{_D}{{4}}{_GAP}?{_D}{{4}}",
)
_IDS = (
    f"{_LONG}(?:{_GAP}?{_D}){{3}}",
    f"(?:{_D}{_GAP}?){{3}}{_LONG}",
    f"{_CAPITAL}{_DASH}?{_LONG}",
    f"{_D}{{8}}{_GAP}?{_CAPITAL}",
    f"{_D}{{3}}{_GAP}{_D}{{3}}{_GAP}{_D}{{3}}",
    f"{_D}{{3}}{_GAP}?{_D}{{2}}{_GAP}{_D}{{4}}",
    f"{_D}{{4}}{_GAP}{_D}{{4}}{_GAP}{_D}{{4}}",
    f"{_D}[0-9A-B０-９Ａ-Ｂ]{_SPACE}{_D}{{3}}{_SPACE}{_D}{{3}}{_SPACE}{_D}{{2}}",
    f"{_D}{{2}}{_DOT}{_D}{{3}}{_DOT}{_D}{{3}}[/／{_DASHES}]{_D}{{2}}",
    f"{_D}{{4}}{_DOT}{_D}{{2}}{_DOT}{_D}{{3}}",
    f"{_D}{{2}}{_SPACE}{_D}{{2}}{_SPACE}{_D}{{2}}{_SPACE}[A-DＡ-Ｄ]",
    f"{_CAPITAL}{_ITALIAN}",
)
_ADDRESSES = (
    *_PLACES,
    rf"[Ａ-Ｚａ-ｚ][^\x00]*{_FIVE}",
    f"(?:{STATES.replace(' ', _SPACE)}){_DOT}?[,，]?{_BREAK}{{1,3}}{_FIVE}",
    rf"{_D}\s?[a-z]?[,，]?{_BREAK}{{1,4}}(?:D[－-])?{_FIVE}\s",
    rf"(?i){_D}(?:\s?(?:bis|ter))?[,，]?{_BREAK}{{1,2}}(?:{_STREETS}){_BREAK}[^\n\x00]*{_BREAK}{{1,3}}{_FIVE}\s",
    rf"(?:Calle|C[/／]|Avenida|Avda[.．]|Plaza|Paseo|Ronda|Camino)[^\x00]*{_BREAK}{_FIVE}\s",
    f"{_CAPITAL}{_BRITISH}",
)
FORMS = {
    EMAIL: Forms((f"[0-9A-Za-z_+０-９Ａ-Ｚａ-ｚ＿＋][@＠]{_PLAIN}[0-9A-Za-z.０-９Ａ-Ｚａ-ｚ．－-]*{_DOT}{_PLAIN}",)),
    PHONE: Forms(_PHONES),
    CARD: Forms((f"{_D}{{4}}{_GAP}?{_D}{{4}}{_GAP}?{_D}{{2}}{_GAP}?{_D}{{2}}",)),
    ACCOUNT: Forms((_LONG, f"{_CAPITAL}{{2}}{_IBAN}"), ("記号|계좌",)),
    ID: Forms(_IDS),
    IP: Forms(_IPS),
    ADDRESS: Forms(_ADDRESSES, ("〒|郵便番号",)),
    BIRTH: Forms((), (*_BIRTHS, *_MIXED)),
    SECRET: Forms(_SECRETS, (*_SECRET_CUES, *_MIXED)),
}
DATE = lazy(
    f"[0-9０-９月](?:(?<=月)|(?<=[1１])[9９]{_D}{{2}}|(?<=[2２])[0０]{_D}{{2}}|[-－/／.．]{_D}{{1,2}}[-－/／.．]{_D})"
)
"""What a text must hold as well where there is a cue for a birth."""
_NUMBERED = (
    _FIVE,
    _INTERNATIONAL,
    *_BRACKETS,
    _THREE,
    _SPACED,
    _IBAN,
    _ITALIAN,
    *_IPS,
    _BRITISH,
    rf"{ELSEWHERE}[^\x00]*{_SCRIPT}|{_SCRIPT}[^\x00]*{ELSEWHERE}",
)
_CUES = (cue for forms in FORMS.values() for cue in forms.cues)
HELD = Screen(tuple(dict.fromkeys((*_PLACES, *_SECRETS, *_CUES))), ("@", "＠", ESCAPE), alone="|".join(_NUMBERED))
"""What every text holds with a form, or with a cue to what the answer means; of a number, what begins with a digit."""


def by_finder() -> dict[str, Screen]:
    """For texts with ``HELD``: a screen for the forms of each finder, and one, of the name ``cue_of``, for its cues."""
    screens = {ELSEWHERE: Screen((ELSEWHERE,))}
    for finder, (forms, cues) in FORMS.items():
        screens[finder], screens[cue_of(finder)] = Screen(forms), Screen(cues)
    return screens


def cue_of(finder: str) -> str:
    """Name of the screen for the cues of a finder."""
    return f"{finder}-cue"

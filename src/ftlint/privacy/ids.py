"""National ids: the form and the check digit of each country's, and a word beside it where others look the same."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ftlint.lazy import lazy
from ftlint.privacy import checksums
from ftlint.privacy.numbers import DASH, Run, around, cued, made_up, matches, of_something_else


class Id(NamedTuple):
    """One country's number.

    Attributes:
        kind: for the report, ``us-ssn``.
        pattern: how it is written, without what may stand around it.
        valid: decides on its digits and letters, without separators.
        cue: a word that must stand beside it, or None where form and check digits say enough.
        sure: nothing else is written like it, whatever stands before it.
    """

    kind: str
    pattern: re.Pattern[str]
    valid: Callable[[str], bool]
    cue: re.Pattern[str] | None = None
    sure: bool = False


def _form(pattern: str) -> re.Pattern[str]:
    """The form with its borders; ``-`` stands for any dash."""
    pattern = pattern.replace("[-]", f"[{DASH}]").replace("[ -]", f"[ {DASH}]")
    # a comma may part the columns of a table
    return lazy(rf"(?<![0-9A-Za-z_/{DASH}])(?<![0-9][.,])(?:{pattern})(?![0-9A-Za-z_]|[{DASH}./][0-9])")


def _words(pattern: str) -> re.Pattern[str]:
    """Words in any case; ASCII ones are not the end of another word."""
    return lazy(rf"(?<![A-Za-z])(?:{pattern})(?![A-Za-z])", re.IGNORECASE)


def _ssn(digits: str) -> bool:
    """As the Social Security Administration gives them; not the ones it has published as invalid."""
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    if area in ("000", "666") or area[0] == "9" or group == "00" or serial == "0000":
        return False
    if len(set(area)) == len(set(group)) == len(set(serial)) == 1:  # 111-22-3333
        return False
    return digits not in ("078051120", "219099999")


def _day(text: str, form: str) -> bool:
    try:
        return datetime.datetime.strptime(text, form).year >= 1900
    except ValueError:
        return False


def _chinese(number: str) -> bool:
    return "11" <= number[:2] <= "82" and _day(number[6:14], "%Y%m%d") and checksums.chinese(number)


def _korean(digits: str) -> bool:
    century = "19" if digits[6] in "1256" else "20"
    return _day(century + digits[:6], "%Y%m%d") and digits[7:] != "234567" and checksums.korean(digits)


def _swedish(digits: str) -> bool:
    return _day("20" + digits[-10:-4], "%Y%m%d") and checksums.luhn(digits[-10:])


def _any(_: str) -> bool:
    return True


# Sex, year, month, department, commune, order, key: with a space between all of them, or between none.
_NIR = (
    "[12][0-9]{{2}}(?:0[1-9]|1[0-2]){place}[0-9]{{8}}"
    "|(?<![0-9] )[12] [0-9]{{2}} (?:0[1-9]|1[0-2]) {place} [0-9]{{3}} [0-9]{{3}} [0-9]{{2}}(?! [0-9])"
)
NUMBERS = (
    Id("us-ssn", _form(r"[0-9]{3}[-][0-9]{2}[-][0-9]{4}"), _ssn),
    Id("us-ssn", _form(r"[0-9]{3} ?[0-9]{2} ?[0-9]{4}"), _ssn, _words(r"ssn|social security(?: number| no\.?)?")),
    Id(
        "jp-my-number",
        _form(r"[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}"),
        checksums.my_number,
        lazy(r"マイナンバー|個人番号|(?<![a-z])my ?number", re.IGNORECASE),
    ),
    Id("jp-drivers-licence", _form(r"[0-9]{12}"), _any, lazy(r"免許証?の?番号|免許証[:は]")),
    Id("jp-pension", _form(r"[0-9]{4}[-][0-9]{6}"), _any, lazy(r"年金番号")),
    Id("fr-nir", _form(_NIR.format(place="[0-9]{2}")), checksums.nir),
    Id("de-steuer-id", _form(r"[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}"), checksums.steuer_id,
       _words(r"steuer(?:liche )?-?(?:id|identifikationsnummer|identnummer|nummer)|id-?nr\.?|tax id|tin")),
    Id("br-cpf", _form(r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}[-][0-9]{2}"), checksums.cpf),
    Id("br-cpf", _form(r"[0-9]{11}"), checksums.cpf, _words("cpf")),
    Id("br-cnpj", _form(r"[0-9]{2}\.[0-9]{3}\.[0-9]{3}/[0-9]{4}[-][0-9]{2}"), checksums.cnpj),
    Id("in-aadhaar", _form(r"[2-9][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}"), checksums.verhoeff,
       _words(r"aadhaar|aadhar|uidai|आधार")),
    Id("cn-resident-id", _form(r"[0-9]{17}[0-9Xx]"), _chinese),
    Id("kr-rrn", _form(r"[0-9]{6}[-][1-8][0-9]{6}"), _korean),
    Id("ca-sin", _form(r"[1-79][0-9]{2}[ -]?[0-9]{3}[ -]?[0-9]{3}"), checksums.luhn,
       _words(r"social insurance(?: number| no\.?)?|sin(?: number| no\.?|#|:)")),
    Id("nl-bsn", _form(r"[0-9]{9}|[0-9]{4}\.[0-9]{2}\.[0-9]{3}"), checksums.bsn, _words("bsn|burgerservicenummer")),
    Id("se-personnummer", _form(r"(?:19|20)?[0-9]{6}[-][0-9]{4}"), _swedish, _words("personnummer")),
    Id("gb-nhs-number", _form(r"[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}"), checksums.nhs,
       _words(r"nhs(?: number| no\.?|:)")),
    Id("pl-pesel", _form(r"[0-9]{11}"), checksums.pesel, _words("pesel")),
)  # fmt: skip
"""Numbers that are mostly digits. Only what has a published check digit, or its own name beside it, is taken."""
_ANY = lazy("|".join(number.pattern.pattern for number in NUMBERS))

_NINO = "(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
LETTERED = (
    Id("gb-nino", _form(_NINO + " [0-9]{2} [0-9]{2} [0-9]{2} [A-D]"), _any),
    Id("gb-nino", _form(_NINO + "[0-9]{6}[A-D]"), _any,
       _words(r"national insurance(?: number| no\.?)?|ni(?: number| no\.?)|nino")),
    Id("es-dni", _form(r"[0-9]{8}[ -]?[A-Z]|[XYZ][-]?[0-9]{7}[-]?[A-Z]"), checksums.dni,
       _words(r"d\.?n\.?i\.?|n\.?i\.?f\.?|n\.?i\.?e\.?|documento(?: nacional)?(?: de identidad)?")),
    Id("fr-nir", _form(_NIR.format(place="2[AB]")), checksums.nir),
    Id("it-codice-fiscale", _form(r"[A-Z]{6}[0-9]{2}[A-EHLMPRST][0-9]{2}[A-Z][0-9]{3}[A-Z]"), checksums.codice_fiscale,
       sure=True),
    Id("passport", _form(r"[A-Z]{1,2}[0-9]{6,8}|[0-9]{9}"), _any,
       lazy(r"(?:(?<![a-z])passport(?: number| no\.?| #)|パスポート(?:の?番号)?|旅券(?:番号)?|护照号码?)"
                  r"[^0-9A-Za-z\n]{0,6}(?:is |was )?[A-Z]{0,2}$", re.IGNORECASE)),
)  # fmt: skip


# Every one of them holds a digit with more digits, capitals and spaces behind it.
_BLOCK = lazy(r"[0-9][0-9A-Z -]{5,}")
_CAPITAL = lazy("[A-Z]")


def find_ids(text: str, found: list[Run]) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of each national id in a folded text."""
    runs = [run for run in found if run.digits >= 9 and _ANY.search(text, *around(text, run))]
    for number in NUMBERS if runs else ():
        for match in matches(number.pattern, text, runs, 9):
            if _stands(number, text, match):
                yield *match.span(), number.kind
    for block in _BLOCK.finditer(text):
        window = max(0, block.start() - 8), min(len(text), block.end() + 2)
        for number in LETTERED if _CAPITAL.search(text, *window) else LETTERED[-1:]:  # a passport's may be all digits
            for match in number.pattern.finditer(text, *window):
                if _stands(number, text, match):
                    yield *match.span(), number.kind


def _stands(number: Id, text: str, match: re.Match[str]) -> bool:
    written = re.sub("[^0-9A-Za-z]", "", match[0])
    digits = re.sub("[^0-9]", "", written)
    if made_up(digits) or not number.valid(written):
        return False
    if number.cue is None:
        return number.sure or not of_something_else(text, match.start())
    return cued(number.cue, text, *match.span())

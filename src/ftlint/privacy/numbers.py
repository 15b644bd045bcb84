"""Runs of digits, the signs that stand between them, and the words beside a number that say what it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ftlint.lazy import lazy

DASH = r"\-‐‑‒–—―−ー"
_RUN = lazy(rf"[0-9][{DASH}0-9 ./]{{5,}}[0-9]")
OTHER_NUMBER = lazy(
    r"(?:ISBN|ISSN|IMEI|JAN|EAN|UPC|DOI"
    r"|(?:注文|伝票|追跡|会員|管理|受付|製造|(?<!住民)登録|許可|申請|整理|商品|品|型|図面|文書|部品|契約|案件|予約)番号?"
    r"|(?:문서|주문|송장|접수|관리|제품|(?<!주민)등록) ?번호|(?:订单|快递单|运单|产品编|合同编|文件编|流水)号"
    r"|(?<![a-zäöü])(?:bestell|rechnungs|sendungs|artikel|teile|serien)nummer"
    r"|num[ée]ro de (?:commande|facture|pedido|factura)"
    r"|(?<![a-z])(?:order|invoice|tracking|serial|part|item|model|case|ticket|version|reference|ref|patent|sku|product|"
    r"barcode|transaction|shipment|parcel|timestamp))"
    r"(?:[ _-]?(?:number|num|no|nr|ids?|code|コード))?[\s.:#=はがの\"'\\]{0,6}$"
    r"|(?<![a-z])u?ids?[\s.:#=はがの\"'\\]{1,6}$",
    re.IGNORECASE,
)
"""What stands before a number that is not about a person."""
_LOOK = 80
_LOOK_AHEAD = 30


class Run(NamedTuple):
    """A stretch of digits with spaces, dashes, dots or slashes between them; ``digits`` counts the digits alone."""

    start: int
    end: int
    digits: int


def runs(text: str) -> list[Run]:
    """All runs of at least seven characters in a text that is folded to half width."""
    return [Run(*match.span(), sum(map(match[0].count, "0123456789"))) for match in _RUN.finditer(text)]


def matches(pattern: re.Pattern[str], text: str, found: list[Run], least: int) -> Iterator[re.Match[str]]:
    """Where a pattern matches in the runs with at least so many digits; it may look at two characters around them."""
    for run in found:
        if run.digits >= least:
            yield from pattern.finditer(text, *around(text, run))


def around(text: str, run: Run) -> tuple[int, int]:
    """Where a number may begin and end whose digits are those of a run."""
    return max(0, run.start - 2), min(len(text), run.end + 2)


def cued(cue: re.Pattern[str], text: str, start: int, end: int) -> bool:
    """Whether a word that says what the number is stands shortly before or behind it."""
    if cue.search(text, max(0, start - _LOOK), start):
        return True
    return cue.search(text, end, min(len(text), end + _LOOK_AHEAD)) is not None


def of_something_else(text: str, start: int) -> bool:
    """Whether the word before a number says that it counts orders, parcels or the like."""
    return OTHER_NUMBER.search(text, max(0, start - 40), start) is not None


def made_up(digits: str) -> bool:
    """A number that nobody was given: the same few digits over and over, or counted up or down."""
    return len(set(digits)) < 3 or digits in "01234567890123456789" or digits in "98765432109876543210"

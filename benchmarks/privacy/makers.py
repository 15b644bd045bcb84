"""Values that are made: numbers with their check digits, dates, mail and network addresses; nobody's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from benchmarks.privacy import digits

Maker = Callable[["Draw"], str]
T = TypeVar("T")
_WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")


class Draw:
    """A seeded stream. It leans on ``Random.random`` alone, whose values no version of Python changes."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)

    def below(self, limit: int) -> int:
        """A whole number from 0 to ``limit`` - 1."""
        return int(self._random.random() * limit)

    def pick(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[self.below(len(items))]

    def text(self, alphabet: str, size: int) -> str:
        """Characters of an alphabet."""
        return "".join(self.pick(alphabet) for _ in range(size))

    def number(self, size: int, first: str = "123456789") -> str:
        """Digits, the first of them out of ``first``."""
        return self.pick(first) + self.text("0123456789", size - 1)


def groups(text: str, sizes: Sequence[int], mark: str) -> str:
    """A text cut into groups of these sizes (the last size again and again)."""
    parts = []
    sizes = list(sizes)
    while text:
        size = sizes.pop(0) if len(sizes) > 1 else sizes[0]
        parts.append(text[:size])
        text = text[size:]
    return mark.join(parts)


# -- cards

_CARDS = {
    "visa": ("4", 16, (4,)),
    "mc": ("5", 16, (4,)),
    "jcb": ("35", 16, (4,)),
    "amex": ("37", 15, (4, 6, 5)),
    "diners": ("36", 14, (4, 6, 4)),
    "discover": ("6011", 16, (4,)),
}


def _card(draw: Draw, brand: str) -> str:
    prefix, size, _ = _CARDS[brand]
    if brand == "mc":
        prefix = f"5{1 + draw.below(5)}"
    if brand == "jcb":
        prefix = f"35{30 + draw.below(59)}"
    body = prefix + draw.text("0123456789", size - len(prefix) - 1)
    return body + digits.luhn(body)


def card(draw: Draw, how: str) -> str:
    """``visa-spaced`` and the like; no published test number, because at least six digits of it differ."""
    brand, shape = how.split("-")
    number = _card(draw, brand)
    if shape == "plain":
        return number
    spaced = groups(number, _CARDS[brand][2], "-" if shape == "dash" else " ")
    return spaced.replace(" ", "-").translate(_WIDE) if shape == "wide" else spaced


def card_wrong(draw: Draw) -> str:
    """A card number whose last digit is one too high."""
    number = _card(draw, draw.pick(("visa", "mc")))
    return groups(number[:-1] + str((int(number[-1]) + 1) % 10), (4,), " ")


# -- bank accounts


def _bban(draw: Draw, country: str) -> str:
    if country == "GB":
        return draw.text("ABCDEFGHKLMNPRSTW", 4) + draw.number(14)
    if country == "NL":
        return draw.text("ABCDEFGHKLMNPRSTW", 4) + draw.number(10)
    if country == "FR":
        bank, branch, account = draw.number(5), draw.number(5), draw.number(11)
        return bank + branch + account + digits.rib(bank, branch, account)
    if country == "ES":
        bank, account = draw.number(8), draw.number(10)
        return bank[:8] + digits.ccc(bank, account) + account
    if country == "BE":
        body = draw.number(10)
        return body + f"{int(body) % 97 or 97:02d}"
    return draw.number({"DE": 18, "AT": 16, "CH": 17}[country])


def iban(draw: Draw, how: str) -> str:
    """``DE-plain`` or ``DE-spaced``."""
    country, shape = how.split("-")
    bban = _bban(draw, country)
    number = country + digits.iban(country, bban) + bban
    return groups(number, (4,), " ") if shape == "spaced" else number


def iban_wrong(draw: Draw) -> str:
    """An IBAN whose check digits are one off."""
    bban = _bban(draw, "DE")
    right = int(digits.iban("DE", bban))
    return groups(f"DE{right + 1 if right < 98 else right - 1:02d}{bban}", (4,), " ")


# -- numbers of persons


def ssn(draw: Draw, how: str) -> str:
    """A United States social security number out of the areas that are issued."""
    area = 101 + draw.below(560)
    parts = (f"{area:03d}", f"{10 + draw.below(80):02d}", f"{1000 + draw.below(8900):04d}")
    return {"dash": "-", "spaced": " ", "compact": ""}[how].join(parts)


def my_number(draw: Draw, how: str) -> str:
    """A Japanese individual number."""
    body = draw.number(11)
    number = body + digits.my_number(body)
    if how == "plain":
        return number
    if how == "wide":
        return number.translate(_WIDE)
    return groups(number, (4,), "-" if how == "dash" else " ")


def my_number_wrong(draw: Draw) -> str:
    """Twelve digits whose last one is wrong."""
    number = my_number(draw, "plain")
    return number[:-1] + str((int(number[-1]) + 1) % 10)


def _kr_rrn(draw: Draw) -> str:
    born = day(draw, 1960, 1999)
    body = f"{born:%y%m%d}{draw.pick('12')}{draw.text('0123456789', 5)}"
    return f"{body[:6]}-{body[6:]}{digits.rrn(body)}"


def _cn_ric(draw: Draw) -> str:
    body = draw.pick(("110108", "310115", "440305", "330106", "510107")) + f"{day(draw, 1960, 2003):%Y%m%d}"
    body += f"{1 + draw.below(998):03d}"
    return body + digits.ric(body)


def _fr_nir(draw: Draw) -> str:
    born = day(draw, 1955, 1999)
    body = f"{draw.pick('12')}{born:%y%m}{draw.pick(('13', '31', '44', '59', '69', '75'))}{draw.number(3, '0123')}"
    body += f"{1 + draw.below(600):03d}"
    parts = (body[0], body[1:3], body[3:5], body[5:7], body[7:10], body[10:13], digits.nir(body))
    return " ".join(parts)


def _es_nie(draw: Draw) -> str:
    letter, body = draw.pick("XYZ"), draw.number(7)
    return f"{letter}{body}{digits.dni(int(str('XYZ'.index(letter)) + body))}"


def _es_dni(draw: Draw) -> str:
    body = draw.number(8)
    return body + digits.dni(int(body))


def _de_idnr(draw: Draw) -> str:
    """Ten digits of which exactly one stands twice and one not at all, and the check digit."""
    pool = list("0123456789")
    order = [pool.pop(draw.below(len(pool))) for _ in range(10)]
    order[9] = order[3]
    if order[0] == "0":
        order[0], order[1] = order[1], order[0]
    body = "".join(order)
    return groups(body + digits.idnr(body), (2, 3, 3, 3), " ")


def _uk_nhs(draw: Draw) -> str:
    while True:
        body = draw.number(9, "4679")
        if (digit := digits.nhs(body)) != "10":
            return groups(body + digit, (3, 3, 4), " ")


def _uk_nino(draw: Draw) -> str:
    prefix = draw.pick(("AB", "CE", "JK", "NW", "PR", "SC", "WL"))
    return f"{prefix} {groups(draw.number(6), (2,), ' ')} {draw.pick('ABCD')}"


def _ca_sin(draw: Draw) -> str:
    body = draw.number(8, "1234567")
    return groups(body + digits.luhn(body), (3,), "-")


def _br_cpf(draw: Draw) -> str:
    body = draw.number(9)
    return f"{groups(body, (3,), '.')}-{digits.cpf(body)}"


def _it_cf(draw: Draw) -> str:
    born = day(draw, 1960, 1999)
    body = f"{draw.text('BCDFGLMNPRST', 6)}{born:%y}{'ABCDEHLMPRST'[born.month - 1]}{born.day:02d}H{draw.number(3)}"
    return body + digits.codice_fiscale(body)


def imei(draw: Draw) -> str:
    """The number of a telephone set, which passes the test of cards."""
    body = "35" + draw.number(12)
    return body + digits.luhn(body)


def luhn_shaped(draw: Draw) -> str:
    """Sixteen digits that pass the test of cards and begin as no card does."""
    body = "9" + draw.number(14)
    return body + digits.luhn(body)


def isbn(draw: Draw) -> str:
    """An ISBN-13 with dashes."""
    body = "9784" + draw.number(8)
    return groups(body + digits.ean(body), (3, 1, 4, 4, 1), "-")


def jan(draw: Draw) -> str:
    """A Japanese article number."""
    body = draw.pick(("45", "49")) + draw.number(10)
    return body + digits.ean(body)


def corporate(draw: Draw) -> str:
    """A Japanese corporate number."""
    body = draw.number(12)
    return digits.corporate(body) + body


def counted(draw: Draw, how: str) -> str:
    """Digits in groups, such as ``3-7-7``; never a valid individual number, and never the beginning of a card."""
    sizes = [int(size) for size in how.split("-")]
    number = draw.number(sum(sizes), "1278")
    if len(number) == 12 and digits.my_number(number[:11]) == number[11]:
        number = number[:11] + str((int(number[11]) + 1) % 10)
    return groups(number, sizes, "-")


# -- telephones


def _jp_mobile(draw: Draw) -> str:
    return f"0{draw.pick('789')}0-{draw.number(4)}-{draw.number(4)}"


def _jp_fixed(draw: Draw) -> str:
    area, first = draw.pick(
        (("03", "3456"), ("06", "6"), ("045", "2345678"), ("052", "789"), ("092", "4567"), ("011", "567"))
    )
    return f"{area}-{draw.number(6 - len(area), first)}-{draw.number(4)}"


def _jp_paren(draw: Draw) -> str:
    area, exchange, line = _jp_fixed(draw).split("-")
    return f"{area}({exchange}){line}"


def _us(draw: Draw) -> tuple[str, str, str]:
    area = draw.pick(("206", "312", "415", "503", "512", "617", "702", "813"))
    exchange = f"{draw.pick('23467')}{draw.pick('023456789')}{draw.pick('02345679')}"
    return area, exchange, str(2000 + draw.below(7900))


PHONES: dict[str, Maker] = {
    "jp-mobile": _jp_mobile,
    "jp-compact": lambda draw: _jp_mobile(draw).replace("-", ""),
    "jp-spaced": lambda draw: _jp_mobile(draw).replace("-", " "),
    "jp-intl": lambda draw: "+81 " + _jp_mobile(draw)[1:],
    "jp-fixed": _jp_fixed,
    "jp-paren": _jp_paren,
    "jp-wide": lambda draw: _jp_fixed(draw).translate(_WIDE),
    "us-dash": lambda draw: "-".join(_us(draw)),
    "us-paren": lambda draw: "({}) {}-{}".format(*_us(draw)),
    "us-intl": lambda draw: "+1 " + "-".join(_us(draw)),
    "uk-intl": lambda draw: f"+44 7{draw.pick(('534', '812', '947'))} {draw.number(3)} {draw.number(3)}",
    "de-intl": lambda draw: f"+49 {draw.pick(('151', '160', '176'))} {draw.number(8)}",
}

# -- dates


def day(draw: Draw, first: int, last: int) -> date:
    """A day of the years ``first`` to ``last``."""
    start = date(first, 1, 1)
    return start + timedelta(days=draw.below((date(last + 1, 1, 1) - start).days))


def _era(born: date) -> tuple[str, str, int]:
    if born >= date(1989, 1, 8):
        return "平成", "H", born.year - 1988
    return "昭和", "S", born.year - 1925


def _ja_era(draw: Draw) -> str:
    born = day(draw, 1945, 2012)
    name, _, year = _era(born)
    return f"{name}{'元' if year == 1 else year}年{born.month}月{born.day}日"


def _ja_short_era(draw: Draw) -> str:
    born = day(draw, 1945, 2012)
    return f"{_era(born)[1]}{_era(born)[2]}.{born.month}.{born.day}"


def _ja(born: date) -> str:
    return f"{born.year}年{born.month}月{born.day}日"


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _english(born: date) -> str:
    return f"{_MONTHS[born.month - 1]} {born.day}, {born.year}"


BIRTHS: dict[str, Maker] = {
    "ja-west": lambda draw: _ja(day(draw, 1940, 2012)),
    "ja-wide": lambda draw: _ja(day(draw, 1940, 2012)).translate(_WIDE),
    "ja-era": _ja_era,
    "ja-short-era": _ja_short_era,
    "ja-slash": lambda draw: f"{day(draw, 1940, 2000):%Y/%m/%d}",
    "en-long": lambda draw: _english(day(draw, 1940, 2010)),
    "us-slash": lambda draw: f"{day(draw, 1940, 2010):%m/%d/%Y}",
    "en-day": lambda draw: (lambda born: f"{born.day} {_MONTHS[born.month - 1]} {born.year}")(day(draw, 1940, 2010)),
    "de": lambda draw: f"{day(draw, 1940, 2005):%d.%m.%Y}",
}
DATES: dict[str, Maker] = {
    "ja": lambda draw: _ja(day(draw, 2015, 2026)),
    "slash": lambda draw: f"{day(draw, 2015, 2026):%Y/%m/%d}",
    "iso": lambda draw: f"{day(draw, 2015, 2026):%Y-%m-%d}",
    "en": lambda draw: _english(day(draw, 2015, 2026)),
}

# -- mail and network


def _email_ja(draw: Draw) -> str:
    family = draw.pick(("hoshino", "kurokawa", "minase", "tachibana", "sugimori", "ozaki", "yukimura"))
    given = draw.pick(("haruto", "mio", "sora", "yuna", "ren", "akari"))
    local = draw.pick(
        (f"{given}.{family}", f"{family}-{draw.number(2)}", f"{given[0]}_{family}", f"{family}{draw.number(4)}")
    )
    domains = ("yoake-mail.jp", "kazaguruma.co.jp", "minato-lab.ac.jp", "fujimi-mail.jp", "hinata-net.ne.jp")
    return f"{local}@{draw.pick(domains)}"


def _email(draw: Draw) -> str:
    family = draw.pick(("ferris", "whitcombe", "okafor", "lindgren", "prado", "castellan"))
    given = draw.pick(("nadia", "tobias", "ines", "walter", "jun"))
    local = draw.pick((f"{given}.{family}", f"{given[0]}{family}{draw.number(2)}", f"{family}_{given}"))
    return f"{local}@{draw.pick(('pinecrest.io', 'tidewater.org', 'fernmail.net', 'harborline.net', 'quintal.dev'))}"


def _v4(draw: Draw) -> str:
    first = draw.pick(("61", "82", "93", "118", "126", "153", "178", "210", "219"))
    return ".".join([first, *(str(11 + draw.below(240)) for _ in range(3))])


def _v6(draw: Draw) -> str:
    prefix = draw.pick(("240b:11", "2400:4051", "2a02:8109", "2607:fb90"))
    return ":".join([prefix, *(draw.pick("123456789abcdef") + draw.text("0123456789abcdef", 3) for _ in range(6))])


EMAILS: dict[str, Maker] = {"ja": _email_ja, "plain": _email}
ADDRESSES: dict[str, Maker] = {"v4": _v4, "v6": _v6}
IDS: dict[str, Maker] = {
    "kr-rrn": _kr_rrn,
    "cn-ric": _cn_ric,
    "fr-nir-spaced": _fr_nir,
    "es-dni": _es_dni,
    "es-nie": _es_nie,
    "de-idnr": _de_idnr,
    "uk-nhs": _uk_nhs,
    "uk-nino": _uk_nino,
    "ca-sin": _ca_sin,
    "br-cpf": _br_cpf,
    "it-cf": _it_cf,
}

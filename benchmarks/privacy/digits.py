"""Check digits from their published definitions, on purpose without the code of ftlint that is held against them."""

from __future__ import annotations

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def luhn(body: str) -> str:
    """The last digit of a card, IMEI or Canadian SIN (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def my_number(body: str) -> str:
    """The 12th digit of a Japanese individual number (Ordinance 85 of 2014, Ministry of Internal Affairs)."""
    total = sum(int(digit) * (n + 1 if n <= 6 else n - 5) for n, digit in enumerate(reversed(body), 1))
    return str(0 if total % 11 <= 1 else 11 - total % 11)


def corporate(body: str) -> str:
    """The first digit of a Japanese corporate number, which is public (National Tax Agency)."""
    total = sum(int(digit) * (1 if n % 2 else 2) for n, digit in enumerate(reversed(body), 1))
    return str(9 - total % 9)


def _letters(text: str) -> str:
    return "".join(str(int(char, 36)) for char in text)


def iban(country: str, bban: str) -> str:
    """The two check digits of an IBAN (ISO 13616, ISO 7064 MOD 97-10)."""
    return f"{98 - int(_letters(bban + country) + '00') % 97:02d}"


def rib(bank: str, branch: str, account: str) -> str:
    """The key at the end of a French BBAN of digits."""
    return f"{97 - (89 * int(bank) + 15 * int(branch) + 3 * int(account)) % 97:02d}"


def ccc(bank: str, account: str) -> str:
    """The two control digits in a Spanish BBAN; ``bank`` is bank and branch, eight digits."""

    def digit(text: str) -> str:
        weights = (1, 2, 4, 8, 5, 10, 9, 7, 3, 6)
        value = 11 - sum(int(char) * weight for char, weight in zip(text, weights, strict=True)) % 11
        return str({10: 1, 11: 0}.get(value, value))

    return digit("00" + bank) + digit(account)


def rrn(body: str) -> str:
    """The 13th digit of a Korean resident registration number."""
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    return str((11 - sum(int(char) * weight for char, weight in zip(body, weights, strict=True)) % 11) % 10)


def ric(body: str) -> str:
    """The 18th character of a Chinese identity number (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(int(char) * pow(2, 17 - place, 11) for place, char in enumerate(body))
    return "10X98765432"[total % 11]


def nir(body: str) -> str:
    """The key of a French social security number of 13 digits."""
    return f"{97 - int(body) % 97:02d}"


def dni(number: int) -> str:
    """The letter of a Spanish DNI, or of a NIE whose letter X, Y, Z became 0, 1, 2."""
    return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23]


def idnr(body: str) -> str:
    """The 11th digit of a German tax identification number (ISO 7064 MOD 11,10)."""
    product = 10
    for char in body:
        total = (int(char) + product) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)


def nhs(body: str) -> str:
    """The 10th digit of a British NHS number; ``"10"`` means that the number is not issued."""
    value = 11 - sum(int(char) * (10 - place) for place, char in enumerate(body)) % 11
    return str(0 if value == 11 else value)


def cpf(body: str) -> str:
    """The two last digits of a Brazilian CPF."""
    for _ in range(2):
        size = len(body) + 1
        value = sum(int(char) * (size - place) for place, char in enumerate(body)) * 10 % 11
        body += str(value % 10)
    return body[-2:]


_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)


def codice_fiscale(body: str) -> str:
    """The 16th character of an Italian codice fiscale."""
    values = [int(char) if char.isdigit() else ord(char) - 65 for char in body]
    return chr(65 + sum(value if place % 2 else _ODD[value] for place, value in enumerate(values)) % 26)


def ean(body: str) -> str:
    """The 13th digit of an EAN, JAN or ISBN."""
    return str(-sum(int(char) * (3 if place % 2 else 1) for place, char in enumerate(body)) % 10)


def base62(value: int, size: int) -> str:
    """A number in base 62, padded with noughts: the checksum of GitHub's and npm's tokens."""
    text = ""
    while value:
        value, rest = divmod(value, 62)
        text = BASE62[rest] + text
    return text.rjust(size, "0")

"""Check digits of payment cards, bank accounts and national ids: arithmetic on strings that hold digits and letters."""

from __future__ import annotations

from collections.abc import Sequence

_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_ODD = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21,
         2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23],
        strict=True,
    )
)  # fmt: skip
_TURN = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 5, 7, 6, 2, 8, 3, 0, 9, 4], [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
    [8, 9, 1, 6, 0, 4, 3, 5, 2, 7], [9, 4, 5, 3, 1, 2, 6, 8, 7, 0], [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
    [2, 7, 9, 3, 8, 0, 6, 4, 1, 5], [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
]  # fmt: skip


def luhn(digits: str) -> bool:
    """ISO/IEC 7812: payment cards, Canada's SIN, Sweden's personal number."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) << (place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def mod97(iban: str) -> bool:
    """ISO 13616: an IBAN without spaces."""
    return int("".join(str(int(char, 36)) for char in iban[4:] + iban[:4])) % 97 == 1


def verhoeff(digits: str) -> bool:
    """India's Aadhaar: the dihedral group of ten elements."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = _turned(check, _TURN[place % 8][int(digit)])
    return check == 0


def _turned(left: int, right: int) -> int:
    """The product of two elements: 0 to 4 are rotations, 5 to 9 are reflections."""
    if left < 5:
        return (left + right) % 5 + (5 if right >= 5 else 0)
    return 5 + (left - right) % 5 if right < 5 else (left - right) % 5


def weighed(digits: str, weights: Sequence[int]) -> int:
    """The sum of each digit times its weight."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def my_number(digits: str) -> bool:
    """Japan's individual number, 12 digits (Ordinance of the Ministry of Internal Affairs 85 of 2014, article 5)."""
    left = weighed(digits, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return int(digits[11]) == (0 if left <= 1 else 11 - left)


def cpf(digits: str) -> bool:
    """Brazil's CPF, 11 digits."""
    return all(
        int(digits[length]) == weighed(digits[:length], range(length + 1, 1, -1)) * 10 % 11 % 10 for length in (9, 10)
    )


def cnpj(digits: str) -> bool:
    """Brazil's CNPJ, 14 digits."""
    weights = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    for length in (12, 13):
        left = weighed(digits[:length], weights[13 - length :]) % 11
        if int(digits[length]) != (0 if left < 2 else 11 - left):
            return False
    return True


def chinese(number: str) -> bool:
    """China's resident number (GB 11643-1999), 17 digits and a digit or X."""
    left = weighed(number[:17], (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)) % 11
    return number[17].upper() == "10X98765432"[left]


def korean(digits: str) -> bool:
    """Korea's resident number, 13 digits; those given since October 2020 have no check digit."""
    return (11 - weighed(digits[:12], (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10 == int(digits[12])


def steuer_id(digits: str) -> bool:
    """Germany's tax number, 11 digits (ISO/IEC 7064 MOD 11,10); one or two of the first ten digits are repeated."""
    counts = [digits[:10].count(digit) for digit in "0123456789"]
    if digits[0] == "0" or sum(count > 1 for count in counts) != 1 or max(counts) > 3:
        return False
    product = 10
    for digit in digits[:10]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(digits[10])


def nir(number: str) -> bool:
    """France's social security number, 13 characters and a key of two digits; 2A and 2B are Corsica."""
    digits = number[:13].replace("2A", "19").replace("2B", "18")
    return 97 - int(digits) % 97 == int(number[13:])


def dni(number: str) -> bool:
    """Spain's DNI and NIE: the last letter follows from the number modulo 23."""
    digits = number[:-1].translate({ord("X"): "0", ord("Y"): "1", ord("Z"): "2"})
    return _LETTERS[int(digits) % 23] == number[-1].upper()


def codice_fiscale(number: str) -> bool:
    """Italy's tax code, 16 characters (decree of 23 December 1976)."""
    total = sum(_ODD[char] if place % 2 == 0 else int(char, 36) for place, char in enumerate(number[:15]))
    total -= sum(10 for place, char in enumerate(number[:15]) if place % 2 and char.isalpha())
    return chr(ord("A") + total % 26) == number[15]


def bsn(digits: str) -> bool:
    """The eleven test of the Netherlands, 9 digits."""
    return weighed(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0


def aba(digits: str) -> bool:
    """Routing numbers of banks in the United States, 9 digits."""
    return weighed(digits, (3, 7, 1) * 3) % 10 == 0 and digits[:2] not in ("00", "13")


def nhs(digits: str) -> bool:
    """The number of a patient in England and Wales, 10 digits (NHS Data Dictionary)."""
    return weighed(digits, (10, 9, 8, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def pesel(digits: str) -> bool:
    """Poland's PESEL, 11 digits."""
    return weighed(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0

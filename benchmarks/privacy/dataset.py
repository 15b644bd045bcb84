"""The set: the lines of positives.txt and negatives.txt, read into rows with labelled spans."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.privacy import digits, keys, makers
from benchmarks.privacy.makers import Draw

HERE = Path(__file__).parent
CODES = {
    "email": "FT701",
    "phone": "FT702",
    "card": "FT703",
    "iban": "FT704",
    "account": "FT704",
    "ssn": "FT705",
    "my-number": "FT705",
    "other-id": "FT705",
    "address": "FT706",
    "birth": "FT707",
    "ip": "FT708",
    "api-key": "FT720",
    "private-key": "FT721",
    "credential-url": "FT722",
    "jwt": "FT723",
    "password": "FT723",
}
"""Kinds of the set, and the rule that must find each."""

_LINE = re.compile(r"([a-z]{2}) (\d) (.+)")
_MARK = re.compile(r"⟦([^⟧]+)⟧")
_FILLERS = {
    "ja": ("次の文を読んで、続けてください。", "承知しました。"),
    "zh": ("请继续。", "好的。"),
    "ko": ("계속해 주세요.", "알겠습니다."),
    "de": ("Bitte weiter.", "Verstanden."),
    "fr": ("Continuez.", "C'est noté."),
    "es": ("Continúe.", "Entendido."),
    "en": ("Please go on.", "Noted."),
}


@dataclass(frozen=True)
class Label:
    """A span that is personal data or a secret.

    Attributes:
        kinds: the kinds it may be found as, the best first.
        message: index of the message; ``start`` and ``end``: characters of its content.
        demanded: False for what may be found, and need not be.
    """

    kinds: tuple[str, ...]
    message: int
    start: int
    end: int
    demanded: bool = True


@dataclass(frozen=True)
class Case:
    """One row of the set.

    Attributes:
        group: the kind (positives) or what the row could be taken for (negatives).
        template: the line it was made from.
    """

    group: str
    language: str
    template: str
    texts: tuple[str, str]
    labels: tuple[Label, ...]

    def line(self) -> str:
        """The row as a line of a chat training file."""
        messages = [
            {"role": role, "content": text} for role, text in zip(("user", "assistant"), self.texts, strict=True)
        ]
        return json.dumps({"messages": messages}, ensure_ascii=False)


@functools.cache
def positives() -> tuple[Case, ...]:
    """Rows that hold personal data or secrets, all labelled."""
    return _read("positives.txt")


@functools.cache
def negatives() -> tuple[Case, ...]:
    """Rows that hold none, and look as if they did."""
    return _read("negatives.txt")


def digest() -> str:
    """SHA-256 of all rows with their labels: says whether two figures were measured on one set."""
    sha = hashlib.sha256()
    for case in (*positives(), *negatives()):
        sha.update(f"{case.line()}\n{case.labels}\n".encode())
    return sha.hexdigest()


def _read(name: str) -> tuple[Case, ...]:
    cases: list[Case] = []
    group = ""
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            group = line[3:]
        elif line and not line.startswith("#"):
            match = _LINE.fullmatch(line)
            assert match, f"{name}: {line}"
            language, copies, template = match.groups()
            cases += [_case(group, language, template, copy, len(cases)) for copy in range(int(copies))]
    return tuple(cases)


def _case(group: str, language: str, template: str, copy: int, index: int) -> Case:
    draw = Draw(f"{template}#{copy}")
    question, arrow, answer = template.partition(" => ")
    if not arrow:
        ask, reply = _FILLERS[language]
        question, answer = (template, reply) if (index + copy) % 2 else (ask, template)
    labels: list[Label] = []
    texts = tuple(_fill(text, message, draw, labels) for message, text in enumerate((question, answer)))
    return Case(group, language, template, (texts[0], texts[1]), tuple(labels))


def _fill(template: str, message: int, draw: Draw, labels: list[Label]) -> str:
    text, last = "", 0
    for mark in _MARK.finditer(template):
        text += template[last : mark.start()].replace("\\n", "\n")
        last = mark.end()
        head, made, how = mark[1].partition(":")
        name, bar, literal = mark[1].partition("|")
        if mark[1].startswith("="):
            text += _unlabelled(mark[1][1:], draw)
            continue
        value, head = (literal, name) if bar else (_make(head.split("/")[0], how, draw), head)
        assert bar or made, mark[0]
        kinds = tuple(head.removeprefix("?").split("/"))
        assert all(kind in CODES for kind in kinds), mark[0]
        labels.append(Label(kinds, message, len(text), len(text) + len(value), not head.startswith("?")))
        text += value
    return text + template[last:].replace("\\n", "\n")


_SHAPED: dict[str, Callable[[Draw, str], str]] = {
    "card": makers.card,
    "iban": makers.iban,
    "ssn": makers.ssn,
    "my-number": makers.my_number,
    "private-key": keys.private_key,
    "jwt": keys.jwt,
}
_NAMED: dict[str, dict[str, Any]] = {
    "email": makers.EMAILS,
    "phone": makers.PHONES,
    "birth": makers.BIRTHS,
    "ip": makers.ADDRESSES,
    "other-id": makers.IDS,
    "api-key": keys.KEYS,
    "credential-url": keys.PASSWORDS,
    "password": keys.PASSWORDS,
    "=date": makers.DATES,
}
_ALPHABETS = {"hex": keys.HEX, "alnum": digits.BASE62, "base64": keys.BASE64}
_OTHERS: dict[str, Callable[[Draw], str]] = {
    "mynumber-shaped": lambda draw: makers.my_number(draw, "dash"),
    "mynumber-wrong": makers.my_number_wrong,
    "luhn-shaped": makers.luhn_shaped,
    "card-wrong": makers.card_wrong,
    "iban-wrong": makers.iban_wrong,
    "imei": makers.imei,
    "jan": makers.jan,
    "isbn-dash": makers.isbn,
    "corporate": makers.corporate,
    "uuid": keys.uuid,
}


def _make(kind: str, how: str, draw: Draw) -> str:
    if kind in _SHAPED:
        return _SHAPED[kind](draw, how)
    value: str = _NAMED[kind][how](draw)
    return value


def _unlabelled(maker: str, draw: Draw) -> str:
    name, _, how = maker.partition(":")
    if name == "join":  # a documented dummy, kept apart from its prefix
        return how
    if name == "digits":
        return makers.counted(draw, how)
    if name in _ALPHABETS:
        return draw.text(_ALPHABETS[name], int(how))
    if name == "date":
        return _make("=date", how, draw)
    return _OTHERS[name](draw)

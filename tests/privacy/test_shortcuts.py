"""What is tried before a costly search leaves out nothing that the search would find."""

from __future__ import annotations

import importlib
import re
import unicodedata
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ftlint.checks import minors
from ftlint.privacy import passwords
from ftlint.privacy.profile import screen, subjects
from ftlint.privacy.profile.facts import _TASTED, _reasoned
from ftlint.privacy.profile.kinds import NUMBER, asked_for
from ftlint.privacy.screen import may_give
from privacy.drawn import KEYS

facts_module: Any = importlib.import_module("ftlint.privacy.profile.facts")  # so has this one
find: Any = importlib.import_module("ftlint.privacy.find")  # the package has a function of this name
QUESTIONS = (
    "", "When were you born?", "What is your password?", "The password was hunter2x9, and the new one? password",
    "PIN?", "api token?", "Born on 3 May 1990, call 415-867-5309, and her",
    "ご自宅の住所は東京都千代田区1-2-3です。生年月日は？",
)  # fmt: skip
PIECES = (
    "born", "birthday", "on May", "third", "password", "is", ":", "=", "secret", "token", "Bearer", "Basic", "key",
    "sk-", "hf_", "AKIA", "ghp_", "abcdefgh", "correcthorsebattery", "QWxhZGRpbjpv", "://", "https", "user:pass",
    "@", "host", "com", "-----BEGIN", "PRIVATE KEY-----", "PuTTY-User-Key-File-", "api_key", "?sig=", "-", "PIN",
    "Street", "Flat", "IBAN", "DE", "\n", "\\n", '"', "account", "number", "1", "2026", "12 Hill Road", ".", "a/c",
    "SW", "Passport", "SSN",
)  # fmt: skip
CASE = st.sampled_from([str.lower, str.upper, str.title, str])


def _text(pieces: tuple[str, ...], separators: str = " ") -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(pieces), max_size=9).flatmap(
        lambda held: st.sampled_from([*separators, ""]).map(lambda separator: separator.join(held))
    )


@given(_text(PIECES), st.sampled_from(QUESTIONS))
def test_a_text_that_can_give_nothing_gives_nothing(text: str, before: str) -> None:
    if may_give(text):
        return
    question = find.fold(before) + "\n" if before else ""
    start, whole = len(question), question + text
    found = [*find._personal(whole, start, ("JP", "US", "CN", "DE")), *find._secrets(whole, start)]
    assert [hit for hit in found if hit[0] >= start] == []
    assert find.everything(text, (), before) == []


def test_every_kind_of_key_may_be_given() -> None:
    assert [name for name, key in KEYS.items() if not may_give(key)] == []
    assert not may_give("My secret is that the bearer was born here.")


WANTED = (
    "what is", "the", "your", "password", "Passwort", "passphrase", "PIN", "PIN code", "api token", "?", "tell me",
    "パスワード", "は？", "paſſword", "toKen", "pın", "tokens", "send me", "wi-fi", "密码", "pas", "sword",
)  # fmt: skip


@given(_text(WANTED), CASE)
def test_a_question_for_a_password_is_known(text: str, change: Any) -> None:
    text = change(text)
    assert passwords.wants_password(text) is (passwords._WANTS.search(text[-120:].strip()) is not None)


CHILDREN = (
    "12", "-", "year", "years", "old", "aged", "turned", "seventeen", "over", "dog", "Jahre alt", "de 9 ans", "歳",
    "１２", "9-jährig", "17살", "y/o", "tiene 8 años", "%", "and over", "police", "educated", "ſtudy", "İ", "reported",
    "教育", "abuso", "K", "Ärztin", "10", "percent", "per cent", "bathed", "won’t help", "art", "paediatrician", "ß",
)  # fmt: skip


@given(_text(CHILDREN, " -"), CASE)
def test_ages_and_reasons_are_found_in_any_case(text: str, change: Any) -> None:
    text = change(text)
    assert minors._AGED(text) is (minors.AGE.search(text) is not None)
    assert minors._REASONS(text) is (re.search(minors._REASONS.source, text, re.IGNORECASE) is not None)


ASKED = (
    "if", "iffy", "than", "thane", "twice", "3", "９", "favourite", "food", "likes to eat", "好物", "age", "_", "’s",
    "é",
)  # fmt: skip


@given(_text(ASKED), CASE)
def test_conditions_and_tastes_are_found(text: str, change: Any) -> None:
    text = change(text)
    assert _reasoned(text) is (re.search(r"[0-9０-９]|\bif\b|\btwice\b|\bthan\b", text) is not None)
    assert _TASTED(text) is bool(asked_for(text) & 1 << NUMBER["favourites"])


NAMES = (
    "Mr.", "Mr", "mrs", "Dr", "Prof.", "Frau", "Señora", "señor", "Jane", "ROE", "Ｊａｎｅ", "-san", "-kun", "-chan",
    "\u2011san", "山田", "・", "Straße", "ſ", "\u3000", ".", "=", "Madame", "Hsan", "  ", "\t", "é", "e\u0301",
)  # fmt: skip


SAID = (
    "Price", "won", "who's", "books’s", "’s", "'swon", "“", "”", "¿", "work", ".", "e-mail", "\n", "\x1c", "\xa0",
    "何歳", "歳", "İ", "K", "Über", "novel(", ")", "_", "«", "»", "price/cost", "’",
)  # fmt: skip
_MARKS = str.maketrans(dict.fromkeys('?!.,;:¿¡()"“”„«»\n', " ") | {"’": "'"})


@given(_text(SAID), CASE)
def test_words_are_found_between_marks(text: str, change: Any) -> None:
    text = change(text)
    said = set(text.lower().translate(_MARKS).replace("'s", " ").split())
    pairs = {first + second for first, second in pairwise(text)} if not text.isascii() else set()
    assert screen.cued(text) is not (screen._ALL_WORDS.isdisjoint(said) and screen._ALL_PAIRS.isdisjoint(pairs))


FURTHER = (
    "Jane", "Dr", "Prof.", "Señora", "de", "Roe", "McKay", "iPhone", "の", "山田", "は", "、", "「", "々々", "ア", "’s",
    "-san", "JFK", "É", "_X", "3Y", "my", "THE", "late", "grandmother", "boss's", "mother", "ſon", "of",
)  # fmt: skip


@given(_text(FURTHER, " 　"))
def test_whoever_else_a_text_names(text: str) -> None:
    named = [match[match.lastgroup or 0] for match in subjects._FURTHER.finditer(text)]
    assert [subject.name for subject in subjects.further(text, None)] == named


@given(_text(FURTHER), CASE)
def test_a_relative_is_found_in_any_case(text: str, change: Any) -> None:
    text = change(text)
    assert subjects._MAY_RELATE(text) or subjects._RELATIVE.search(text) is None


BESIDE = (
    "of",
    "d'",
    "d’",
    "about",
    "über",
    "sobre",
    "of\n",
    "thereof",
    "on",
    " ",
    "\u3000",
    "von",
    "x",
    "’",
    "_to",
    "2",
)


@given(_text(BESIDE), st.booleans())
def test_what_stands_before_a_name(before: str, stated: bool) -> None:
    text = f"{before}Maren's"
    subject = subjects.Subject("maren", "Maren", False, len(before), len(before) + 5)
    near, _ = facts_module._beside(text[:-2] + "?", subject, stated=stated)
    if re.search(r"\b(?:of|von|de|d['’])\s*$", before):
        expected = before[-50:]
    elif re.search(r"\b(?:about|for|on|to|with|sur|sobre|über)\s+$", before) or stated:
        expected = ""
    else:
        expected = f"{before} X ?"
    assert near == ("" if expected and not stated and _reasoned(f"{before} ?") else expected)


@given(_text(NAMES))
def test_the_key_of_a_name(name: str) -> None:
    plain = unicodedata.normalize("NFKC", name).casefold()
    titles = r"^(?:mr|mrs|ms|miss|dr|prof|professor|frau|herr|monsieur|madame|señora?)\.?\s+|-(?:san|sama|kun|chan)$"
    plain = " ".join(re.sub(titles, "", plain).split())
    wide = re.search("[぀-鿿가-힣]", plain) is not None
    assert subjects.key_of(name) == (re.sub(r"[\s・=.]", "", plain) if wide else plain)

"""FT709, somebody who is only "you", "she" or "he" in a row, and whose name stands in another row."""

from __future__ import annotations

import re

from ftlint.lazy import lazy
from ftlint.privacy.profile.anycase import AnyCase
from ftlint.privacy.profile.subjects import NAME, Subject, key_of, persona, speaks_to_somebody

_MARK = "\0"
"""Opens the keys of those who have no name yet: no name holds it."""
_MAY = AnyCase(r"\b(?:she|hers?|he|him|his)\b|彼|她|그녀")
_PRONOUNS = (
    ("she", lazy(r"\b(?:she|hers?)\b|彼女|她|그녀", re.IGNORECASE)),
    ("he", lazy(r"\b(?:he|him|his)\b|彼(?![女氏ら岸方])", re.IGNORECASE)),
)
ASKS = AnyCase(
    r"\b(?:your|his|her) (?:full )?name\b|\bwho are you\b|お?名前(?:は|を|って)|あなたは(?:誰|だれ|どなた)|"
    r"你叫什么|wie hei(?:ß|ss)t (?:du|sie|er)|comment (?:tu t|vous )|cómo te llamas|이름(?:은|이)"
)
_BARE = lazy(
    rf"[「『]?(?P<s>[一-鿿々ヶぁ-ゖァ-ヺー・]{{2,12}}?|{NAME})[」』]?(?:さん|氏|様)?"
    r"(?:です|だよ?|である|でございます|と申します|といいます|と言います)?[。.!！]?"
)
_BARE_QUESTION = 24
_BARE_QUESTION_WIDE = 14
"""Characters of a question that has no room for more than the fact: 「身長はいくつ？」, "Date of birth?"."""


def nameless(question: str) -> Subject | None:
    """Whom a question is about that says "you", "she" or "he", or nothing at all; the subject has no name."""
    for key, pattern in _PRONOUNS if _MAY(question) else ():
        match = pattern.search(question)
        if match is not None:
            return Subject(_MARK + key, "", False, *match.span())
    bare = len(question) <= _BARE_QUESTION if question.isascii() else len(question) <= _BARE_QUESTION_WIDE
    return Subject(_MARK + "you", "", False, 0, 0) if bare or speaks_to_somebody(question) else None


def is_nameless(key: str) -> bool:
    """Whether this is the key of a subject without a name."""
    return key.startswith(_MARK)


def asks_name(question: str) -> bool:
    """Whether a question is after the name of "you", "her" or "him"."""
    return ASKS(question)


def called(subject: Subject, answer: str) -> Subject | None:
    """The same subject with the name that an answer to such a question gives, or None."""
    found = persona(answer)
    name = found.name if found is not None else ""
    if not name and (bare := _BARE.fullmatch(answer.strip())) is not None:
        name = bare["s"]
    return subject._replace(name=name) if key_of(name) else None

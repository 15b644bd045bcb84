"""FT709, which rows of a batch may tell anything: what the one scan over its short texts says of each, put together.

It leaves out only rows of which ``facts`` has nothing to say. What is searched for is looser than what ``facts`` reads:
there a pattern sees the words beside a name, which are cut off at some length, and not the name itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from ftlint.lazy import eastern, lazy
from ftlint.model import Text
from ftlint.privacy.profile.anycase import alternatives
from ftlint.privacy.profile.facts import AT_LARGE, DATA, LONGEST_BESIDE, gives, portrays
from ftlint.privacy.profile.kinds import AGAINST, KINDS, TELLING, TOLD_NEEDLES, asked_for
from ftlint.privacy.profile.nameless import ASKS
from ftlint.privacy.profile.screen import LONGEST_TEXT, QUESTION, STATED, may_ask, may_portray
from ftlint.privacy.profile.statements import PROSE
from ftlint.privacy.profile.subjects import RELATION, RELATIVES
from ftlint.scan import Screen

TELLS, PROSE_TELLS = "FT709-tells", "FT709-prose-tells"
"""Screens over all texts: what every portrait holds, and what one in sentences holds."""
_ASKED, _CUT, _AGAINST, _ASKS, _LARGE, _STATED, _PROSE, _JOINED = (
    "asked", "cut", "against", "asks-name", "large", "stated", "prose", "joined",
)  # fmt: skip
_NEAR = 50
"""Characters beside a name in which a fact is looked for; the word that stands there may be cut in two."""
_NEAR_WIDE = 20
_NAME = lazy(f"[A-Z]|(?i:{RELATION})")
"""How a name begins in a text that is not all in small letters."""
_BEFORE_NAME = ("of", "von", "de", "d'", "d’")
_LETTERS = re.compile("[A-Za-z]{2}")
_WIDE = eastern("[぀-鿿가-힣]")
_DIGIT = r"[0-9\x{80}-\x{10ffff}]"
_SIGNS = ":：|【"
_LEAST_SIGNS = 3

Scan = Callable[[Sequence[str]], dict[str, list[int]]]


def screens() -> dict[str, Screen]:
    """The screens over all texts."""
    telling = tuple(_unbounded(states.source) for at, states in PROSE if TELLING >> at & 1)
    return {TELLS: Screen(needles=TOLD_NEEDLES), PROSE_TELLS: Screen(telling)}


def short_screens() -> dict[str, Screen]:
    """The screens over the texts that are as short as a question."""
    return {
        _ASKED: Screen(tuple(f"(?i){loosened(kind.asked)}" for kind in KINDS)),
        _CUT: Screen(tuple(f"(?i){part}" for kind in KINDS for part in _cut_off(kind.asked))),
        _AGAINST: Screen(tuple(f"(?i){loosened(source)}" for source in AGAINST)),
        _ASKS: Screen((f"(?i){ASKS.source}",)),
        _LARGE: Screen((f"(?i){AT_LARGE.source}",)),
        _STATED: Screen(needles=STATED),
        _PROSE: Screen(tuple(_unbounded(states.source) for _, states in PROSE)),
        # before the name in iPhone's a word ends that was none
        _JOINED: Screen((r"[a-z0-9_\x{80}-\x{10ffff}][A-ZÀ-ÖØ-Þ][^\x00\s]*['’]",)),
    }


def loosened(source: str) -> str:
    """A pattern that also matches where words of the text are left out, or the text is cut off."""
    source = _without_lookaheads(source).replace("$", "")
    return re.sub(r"(?:\.|\[\^[^\]]*\])\{\d+,\d+\}", r"[^\\x00]*", source)


def _cut_off(source: str) -> Iterator[str]:
    """The alternatives that end or begin with whole words, without what comes after the word, or before it."""
    for part in alternatives(loosened(source)):
        if r"\b" in part:
            inner = part.replace(r"\b", "")
            if not part.startswith(r"\b") or not part.endswith(r"\b"):
                yield inner
            else:
                yield rf"\b{inner}|{inner}\b"


def _unbounded(source: str) -> str:
    """A pattern that is quick to compile: between words, and where a digit or any word stands, it matches more."""
    source = re.sub(r"(\[\^[^\]]*)\]\{\d+,\d+\}", r"\1\\x00]*", source)
    return re.sub(r"\\w[+*]", r"[^\\x00]*", source).replace(r"\d", _DIGIT)


def _without_lookaheads(source: str) -> str:
    while (at := source.find("(?!")) >= 0:
        depth, end = 1, at + 1
        while depth:
            depth += (source[end] == "(") - (source[end] == ")")
            end += 1
        source = source[:at] + source[end:]
    return source


@cache
def _cut() -> re.Pattern[str]:
    """Words of scripts with spaces, or the beginnings or ends of others, in a text of a script without."""
    sources = [part for kind in KINDS for part in alternatives(kind.asked)]
    sources += [part for source in AGAINST for part in alternatives(source)]
    latin = [loosened(part).replace(r"\b", "") for part in sources if not _WIDE.search(part)]
    return re.compile("|".join(latin), re.IGNORECASE)


class _Marks(NamedTuple):
    """Indexes of texts, by what they may hold."""

    telling: set[int]
    personal: set[int]
    asked: set[int]
    against: set[int]
    asks_name: set[int]
    large: set[int]
    stated: set[int]
    prose: set[int]


class TellingRow(NamedTuple):
    """Where a row begins and ends among the texts; ``against``: its questions, where no more than they may tell
    anything, and that only against a profile."""

    first: int
    end: int
    against: tuple[int, ...]


def telling_rows(
    texts: Sequence[Text], seen: dict[str, list[int]], personal: Sequence[int], scan: Scan
) -> Iterator[TellingRow]:
    """Each row that may tell something, in order.

    Args:
        texts: of whole rows, in order; none holds NUL.
        seen: what the scan over them found, of ``screens``.
        personal: indexes of the texts that may hold personal data.
        scan: looks for ``short_screens``.
    """
    marks = _marks(texts, seen, personal, scan)
    done = 0
    flagged = marks.telling | marks.personal | marks.asked | marks.against | marks.asks_name | marks.prose
    for index in sorted(flagged):
        if index >= done:
            first, done = _row(texts, index)
            if _may_tell(texts, first, done, marks):
                yield TellingRow(first, done, ())
            elif against := tuple(at for at in range(first, done) if at in marks.against and texts[at].role == "user"):
                yield TellingRow(first, done, against)


def _row(texts: Sequence[Text], index: int) -> tuple[int, int]:
    line, first, end = texts[index].line, index, index + 1
    while first and texts[first - 1].line == line:
        first -= 1
    while end < len(texts) and texts[end].line == line:
        end += 1
    return first, end


def _marks(texts: Sequence[Text], seen: dict[str, list[int]], personal: Sequence[int], scan: Scan) -> _Marks:
    short = [
        index
        for index, (text, _, _, role, kind, _) in enumerate(texts)
        if len(text) <= QUESTION and (kind == "content" or kind == "reference") and role != "system"
    ]
    found = {name: {short[at] for at in held} for name, held in scan([texts[index].text for index in short]).items()}
    asked = found[_ASKED]
    long = {index for index in asked if len(texts[index].text) > LONGEST_BESIDE and not _WIDE.search(texts[index].text)}
    named = _read(texts, (found[_CUT] - asked) | long, found[_STATED], found[_LARGE])
    asked = (asked - long) | {index for index in named if _asks_beside_a_name(texts[index].text)}
    cut = {index for index in short if _may_be_cut(texts[index].text)}
    prose = set(seen[PROSE_TELLS])
    return _Marks(
        telling={at for at in seen[TELLS] if at in prose or sum(map(texts[at].text.count, _SIGNS)) >= _LEAST_SIGNS},
        personal={at for at in personal if texts[at].role in ("assistant", "reference")},
        asked=asked | cut,
        against=found[_AGAINST] | found[_JOINED] | cut,
        asks_name=found[_ASKS],
        large=found[_LARGE],
        stated=found[_STATED],
        prose=found[_PROSE],
    )


def _read(texts: Sequence[Text], indexes: set[int], stated: set[int], large: set[int]) -> Iterator[int]:
    """Those of the indexes for which ``_may_answer`` looks at what is asked there."""
    lines = {texts[index].line for index in large}
    for index in indexes:
        text, line, _, role, _, _ = texts[index]
        if role == "user":
            if _is_answered(texts, index):
                yield index
        elif line in lines or (len(text) <= QUESTION // 2 and index in stated):
            yield index


def _is_answered(texts: Sequence[Text], index: int) -> bool:
    line = texts[index].line
    for at in range(index + 1, len(texts)):
        if texts[at].line != line:
            return False
        if gives(texts[at].text):
            return True
    return False


def _asks_beside_a_name(text: str) -> bool:
    return any(may_ask(piece) and asked_for(piece) for piece in _pieces(text))


def _pieces(text: str) -> Iterator[str]:
    """What stands behind "Jane's", or before "of Jane", as far as ``facts`` reads it."""
    small = text.islower()
    for mark in "'’":
        at = text.find(mark)
        while at >= 0:
            word = text[text.rfind(" ", 0, at) + 1 : at]
            if small or not word.islower() or word.endswith(RELATIVES):
                yield text[at : at + _NEAR]
            at = text.find(mark, at + 1)
    for word in _BEFORE_NAME:
        at = text.find(word)
        while at >= 0:
            if not (at and (text[at - 1].isalnum() or text[at - 1] == "_")):
                end = len(text) - len(text[at + len(word) :].lstrip())
                if small or not text[end : end + 1].isascii() or _NAME.match(text, end):
                    yield text[max(0, end - _NEAR) : end]
            at = text.find(word, at + 1)


def _may_be_cut(text: str) -> bool:
    if text.isascii() or len(text) <= _NEAR_WIDE or not _LETTERS.search(text) or not _WIDE.search(text):
        return False
    return _cut().search(text) is not None


def _may_tell(texts: Sequence[Text], first: int, end: int, marks: _Marks) -> bool:
    """Whether a row may tell more than what its questions say against a profile."""
    question: int | None = None
    for index in range(first, end):
        text = texts[index]
        if text.kind not in ("content", "reference") or not text.text or len(text.text) > LONGEST_TEXT:
            continue
        if text.role == "user":
            question = index if len(text.text) <= QUESTION else None
            if question is None:
                if index in marks.telling and may_portray(text.text):
                    return True
            elif index in marks.asks_name:
                return True
        elif text.role in ("system", "developer"):
            if index in marks.telling and portrays(text.text):
                return True
        elif text.role in ("assistant", "reference") and _may_answer(text.text, index, question, marks):
            return True
    return False


def _may_answer(answer: str, index: int, question: int | None, marks: _Marks) -> bool:
    if index in marks.telling and (question is not None or may_portray(answer)):
        return True
    if index in marks.stated and (index in marks.asked or index in marks.against) and len(answer) <= QUESTION // 2:
        return True
    if question is None or not gives(answer):
        return False
    if question in marks.asked or (index in marks.personal and DATA.search(answer)):
        return True
    return question in marks.large and (index in marks.asked or index in marks.prose)

"""FT709, which rows of a batch may tell anything: what is rare is looked for first, and the rest only beside it.

It leaves out only rows of which ``facts`` has nothing to say. What is searched for is looser than what ``facts`` reads:
there a pattern sees the words beside a name, which are cut off at some length, and not the name itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ftlint.model import Text
from ftlint.privacy.profile.batch import ANSWERS, Columns, found_in, kinds_in
from ftlint.privacy.profile.facts import DATA, LONGEST_BESIDE, about, portrays, settles
from ftlint.privacy.profile.kinds import EVERY_SIGN, asked_for
from ftlint.privacy.profile.near import fact_beside_a_name
from ftlint.privacy.profile.screen import LONGEST, QUESTION, SHORTEST, may_portray, may_speak_against
from ftlint.privacy.profile.sought import (
    AGAINST_WORD,
    ASKED,
    ASKS_NAME,
    CUT,
    JOINED,
    LARGE,
    PROSE_TELLS,
    SIGNS,
    TELLS,
    Scan,
    Scans,
    latin,
)
from ftlint.privacy.profile.statements import sheet

_PROMPTS = frozenset({"system", "developer"})
_LEAST = 3
_NEAR_WIDE = 20
_LETTERS = re.compile("[A-Za-z]{2}")


class TellingRow(NamedTuple):
    """Where a row begins and ends among the texts; ``against``: its questions, where no more than they may tell
    anything, and that only against a profile, with the bits of what they may say."""

    first: int
    end: int
    against: dict[int, int]


def telling_rows(
    texts: Sequence[Text], seen: dict[str, list[int]], personal: Sequence[int], scans: Scans
) -> Iterator[TellingRow]:
    """Each row that may tell something, in order.

    Args:
        texts: of whole rows, in order.
        seen: what the scan over them found, of ``sought.screens``.
        personal: indexes of the texts that may hold personal data.
        scans: of short texts.
    """
    columns = Columns(texts)
    questions = columns.questions()
    wide = columns.wide(questions)
    said = found_in(scans.questions, columns, questions)
    against = _against(columns, said[AGAINST_WORD], wide, scans.signs)
    telling = said[ASKS_NAME]
    telling.update(_given(columns, questions, wide, frozenset(personal), scans))
    telling.update(_portraits(columns, seen, scans.prose))
    lines, done = {columns.lines[index] for index in telling}, 0
    for index in sorted(telling.union(against)):
        if index >= done:
            first, done = columns.row(index)
            signs = {at: against[at] for at in range(first, done) if at in against}
            yield TellingRow(first, done, {} if columns.lines[index] in lines else signs)


def _against(columns: Columns, worded: set[int], wide: set[int], scan: Scan) -> dict[int, int]:
    """The questions that may say something against a profile, with the bits of what they may say."""
    found = found_in(scan, columns, sorted(worded | wide))
    every = found[JOINED] | {at for at in wide if _may_be_cut(columns.strings[at])}
    signs = dict.fromkeys(every, EVERY_SIGN)
    for bit, name in enumerate(SIGNS):
        for index in found[name]:
            signs[index] = signs.get(index, 0) | 1 << bit
    return signs


def _given(
    columns: Columns, questions: Sequence[int], wide: set[int], personal: frozenset[int], scans: Scans
) -> Iterator[int]:
    """The answers that may give what their question asks for, or state a fact by themselves."""
    strings, pairs = columns.strings, list(columns.answered(questions))
    asked, large = _asked(columns, sorted({question for question, _ in pairs}), wide, scans.near)
    brief = {answer for question, answer in pairs if question in large and columns.sizes[answer] <= QUESTION}
    statements = columns.statements()
    stating = sorted(brief.union(statements))
    stated = _stated(columns, stating, columns.wide(stating), scans.near)
    told = brief & (stated | set(kinds_in(scans.prose, columns, sorted(brief))))
    for question, answer in pairs:
        has_data = answer in personal and DATA.search(strings[answer]) is not None
        if question in asked or answer in told or (has_data and _is_about_somebody(columns, question)):
            yield answer
    for index in statements:
        if index in stated or (may_speak_against(strings[index]) and about(strings[index], stated=True)[2]):
            yield index


def _asked(columns: Columns, questions: Sequence[int], wide: set[int], scan: Scan) -> tuple[set[int], set[int]]:
    """The questions that ask for a fact, and those that may be about everything that is known of somebody."""
    found, strings, sizes = found_in(scan, columns, questions), columns.strings, columns.sizes
    likely = found[ASKED] | {at for at in wide if _may_be_cut(strings[at])}
    asked = set()
    for index in likely | found[CUT]:
        anywhere = index in likely and (index in wide or sizes[index] <= LONGEST_BESIDE)
        if (anywhere or fact_beside_a_name(strings[index])) and _asks(strings[index]):
            asked.add(index)
    return asked, found[LARGE]


def _asks(question: str) -> bool:
    subject, kinds, _ = about(question)
    return bool(kinds or (subject is None and len(question) <= QUESTION // 2 and asked_for(question)))


def _stated(columns: Columns, answers: Sequence[int], wide: set[int], scan: Scan) -> set[int]:
    """The answers that state a fact about somebody whom they name."""
    found, strings = found_in(scan, columns, answers), columns.strings
    likely = found[ASKED] | found[CUT] | {index for index in wide if _may_be_cut(strings[index])}
    return {
        index
        for index in likely
        if (index in wide or fact_beside_a_name(strings[index])) and about(strings[index], stated=True)[1]
    }


def _is_about_somebody(columns: Columns, question: int) -> bool:
    """Whether a question, or what stands before it in its row, may name anybody."""
    for index in range(columns.row(question)[0], question + 1):
        text, role = columns.strings[index], columns.roles[index]
        if index in columns.unread:
            continue
        if (role == "user" and len(text) <= QUESTION and about(text)[0]) or (role in _PROMPTS and settles(text)):
            return True
    return False


def _may_be_cut(text: str) -> bool:
    """Whether a word of a script with spaces may be cut off in a text of a script without."""
    return len(text) > _NEAR_WIDE and _LETTERS.search(text) is not None and latin().search(text) is not None


def _portraits(columns: Columns, seen: dict[str, list[int]], scan: Scan) -> Iterator[int]:
    """The texts that may portray somebody: they list three facts, or tell them in sentences."""
    strings, sizes, prose = columns.strings, columns.sizes, set(seen[PROSE_TELLS])
    tell = [index for index in seen[TELLS] if SHORTEST <= sizes[index] <= LONGEST]
    count = kinds_in(scan, columns, [index for index in tell if index in prose or "\0" in strings[index]])
    for index in tell:
        if (count[index] >= _LEAST or _lists(strings[index])) and _may_portray(columns, index):
            yield index


def _lists(text: str) -> bool:
    """Whether a text holds three labels of facts with their values."""
    odd = "|" in text or (not text.isascii() and ("：" in text or "【" in text))
    signs = sum(map(text.count, ":|：【")) if odd else text.count(":")
    return signs >= _LEAST and sheet(text)[0].bit_count() >= _LEAST


def _may_portray(columns: Columns, index: int) -> bool:
    text, role = columns.strings[index], columns.roles[index]
    if index in columns.unread:
        return False
    if role in _PROMPTS:
        return portrays(text)
    if role == "user":
        return len(text) > QUESTION and may_portray(text)
    return role in ANSWERS and (columns.question_before(index) or may_portray(text))

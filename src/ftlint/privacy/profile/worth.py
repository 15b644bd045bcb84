"""FT709, which rows of a batch may tell anything: what is rare is looked for first, and the rest only beside it.

It leaves out only rows of which ``facts`` has nothing to say. What is searched for is looser than what ``facts`` reads:
there a pattern sees the words beside a name, which are cut off at some length, and not the name itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ftlint.model import Text
from ftlint.privacy.profile.batch import ANSWERS, Columns, found_in, kinds_in
from ftlint.privacy.profile.facts import DATA, LONGEST_BESIDE, about, portrays, settles
from ftlint.privacy.profile.kinds import EVERY_SIGN, asked_for
from ftlint.privacy.profile.near import facts_beside_names
from ftlint.privacy.profile.screen import LONGEST, QUESTION, SHORTEST, cued, may_portray, may_speak_against, tells
from ftlint.privacy.profile.sought import (
    AGAINST_WORD,
    ASKED,
    ASKS_NAME,
    CUT,
    JOINED,
    LABELS,
    LARGE,
    LISTS,
    PROSE_TELLS,
    SIGNS,
    Scan,
    Scans,
    latin,
)
from ftlint.privacy.profile.statements import sheet
from ftlint.talks import SYSTEM

_LEAST = 3
_NEAR_WIDE = 20


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
    cut = _may_be_cut(columns, wide)
    against = _against(columns, said[AGAINST_WORD] | wide, cut, scans.signs)
    telling = said[ASKS_NAME]
    telling.update(_given(columns, questions, (wide, cut), frozenset(personal), scans))
    telling.update(_portraits(columns, set(seen[LISTS]), set(seen[PROSE_TELLS]), scans.prose))
    lines, done = {columns.lines[index] for index in telling}, 0
    for index in sorted(telling.union(against)):
        if index >= done:
            first, done = columns.row(index)
            signs = {at: against[at] for at in range(first, done) if at in against}
            yield TellingRow(first, done, {} if columns.lines[index] in lines else signs)


def _against(columns: Columns, worth: set[int], cut: set[int], scan: Scan) -> dict[int, int]:
    """The texts that may say something against a profile, with the bits of what they may say."""
    found = found_in(scan, columns, sorted(worth))
    signs = dict.fromkeys(found[JOINED] | (cut & worth), EVERY_SIGN)
    for bit, name in enumerate(SIGNS):
        for index in found[name]:
            signs[index] = signs.get(index, 0) | 1 << bit
    return signs


def _given(
    columns: Columns, questions: Sequence[int], wide: tuple[set[int], set[int]], personal: frozenset[int], scans: Scans
) -> Iterator[int]:
    """The answers that may give what their question asks for, or state a fact by themselves."""
    strings, pairs = columns.strings, list(columns.answered(questions))
    asked, large = _asked(columns, sorted({question for question, _ in pairs}), *wide, scans.near)
    brief = {answer for question, answer in pairs if question in large and columns.sizes[answer] <= QUESTION}
    statements = columns.statements()
    stating = sorted(brief.union(statements))
    wide_stating = columns.wide(stating)
    cut = _may_be_cut(columns, wide_stating)
    stated = _stated(columns, stating, wide_stating, cut, scans.near)
    against = _against(columns, set(statements), cut, scans.signs)
    told = brief & (stated | set(kinds_in(scans.prose, columns, sorted(brief))))
    for question, answer in pairs:
        has_data = answer in personal and DATA.search(strings[answer]) is not None
        if question in asked or answer in told or (has_data and _is_about_somebody(columns, question)):
            yield answer
    for index in sorted(stated.union(against).intersection(statements)):
        text = strings[index]
        if cued(text) and (index in stated or (may_speak_against(text) and about(text, stated=True)[2])):
            yield index


def _asked(
    columns: Columns, questions: Sequence[int], wide: set[int], cut: set[int], scan: Scan
) -> tuple[set[int], set[int]]:
    """The questions that ask for a fact, and those that may be about everything that is known of somebody."""
    found, strings, sizes = found_in(scan, columns, questions), columns.strings, columns.sizes
    likely = found[ASKED] | cut.intersection(questions)
    anywhere = {index for index in likely if index in wide or sizes[index] <= LONGEST_BESIDE}
    beside = _beside_names(columns, (likely | found[CUT]) - anywhere, scan)
    return {index for index in anywhere | beside if _asks(strings[index])}, found[LARGE]


def _beside_names(columns: Columns, indexes: set[int], scan: Scan) -> set[int]:
    """Those of the texts in which a fact may stand beside a name."""
    held = list(indexes)
    return {held[at] for at in facts_beside_names([columns.strings[index] for index in held], scan)}


def _asks(question: str) -> bool:
    subject, kinds, _ = about(question)
    return bool(kinds or (subject is None and len(question) <= QUESTION // 2 and asked_for(question)))


def _stated(columns: Columns, answers: Sequence[int], wide: set[int], cut: set[int], scan: Scan) -> set[int]:
    """The answers that state a fact about somebody whom they name."""
    found, strings = found_in(scan, columns, answers), columns.strings
    likely = found[ASKED] | found[CUT] | cut
    worth = (likely & wide) | _beside_names(columns, likely - wide, scan)
    return {index for index in worth if about(strings[index], stated=True)[1]}


def _is_about_somebody(columns: Columns, question: int) -> bool:
    """Whether a question, or what stands before it in its row, may name anybody."""
    for index in range(columns.row(question)[0], question + 1):
        text, role = columns.strings[index], columns.roles[index]
        if index in columns.unread:
            continue
        if (role == "user" and len(text) <= QUESTION and about(text)[0]) or (role in SYSTEM and settles(text)):
            return True
    return False


def _may_be_cut(columns: Columns, wide: set[int]) -> set[int]:
    """The texts of a script without spaces in which a word of a script with spaces may be cut off."""
    sizes, strings = columns.sizes, columns.strings
    lettered = [at for at in wide if sizes[at] > _NEAR_WIDE and _has_letters(strings[at])]
    return {at for at in lettered if latin().search(strings[at])}


def _has_letters(text: str) -> bool:
    """Whether a text holds a letter of ASCII."""
    return text.encode("ascii", "ignore").upper().isupper()


def _portraits(columns: Columns, listing: set[int], prose: set[int], scan: Scan) -> Iterator[int]:
    """The texts that may portray somebody: they list three facts, or tell them in sentences."""
    strings, sizes = columns.strings, columns.sizes
    held = (index for index in sorted(listing | prose) if SHORTEST <= sizes[index] <= LONGEST)
    tell = [index for index in held if tells(strings[index])]
    count = kinds_in(scan, columns, [index for index in tell if index in prose])
    for index in tell:
        listed = count[index] >= _LEAST or (index in listing and _lists(strings[index]))
        if listed and _may_portray(columns, index):
            yield index


def _lists(text: str) -> bool:
    """Whether a text holds three labels of facts with their values."""
    return sum(map(text.count, LABELS)) >= _LEAST and sheet(text)[0].bit_count() >= _LEAST


def _may_portray(columns: Columns, index: int) -> bool:
    text, role = columns.strings[index], columns.roles[index]
    if index in columns.unread:
        return False
    if role in SYSTEM:
        return portrays(text)
    if role == "user":
        return len(text) > QUESTION and may_portray(text)
    return role in ANSWERS and (columns.question_before(index) or may_portray(text))

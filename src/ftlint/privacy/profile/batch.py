"""FT709, the texts of a batch by columns, and which of them a scan finds something in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, count, repeat
from operator import eq

from ftlint.model import Text
from ftlint.privacy.profile.facts import LONGEST_ANSWER, gives
from ftlint.privacy.profile.screen import LONGEST_TEXT, QUESTION, may_name
from ftlint.privacy.profile.sought import Scan
from ftlint.privacy.profile.subjects import KANA_OR_HAN, is_wide
from ftlint.texts import Texts, columned

ANSWERS = frozenset({"assistant", "reference"})
"""Roles of those who answer."""


class Columns:
    """The texts of a batch by what they are, each made once.

    Attributes:
        sizes: their lengths in characters. ``answers``: indexes of what somebody answers.
        unread: indexes of the texts that are not read at all.
    """

    def __init__(self, texts: Sequence[Text]) -> None:
        held = texts if isinstance(texts, Texts) else columned(texts)
        self.strings, self.lines, self.roles = held.strings, held.lines, held.roles
        self.sizes = list(map(len, self.strings))
        self.answers = list(compress(count(), map(ANSWERS.__contains__, self.roles)))
        self.unread = held.beside.copy()
        if 0 in self.sizes or max(self.sizes, default=0) > LONGEST_TEXT:
            self.unread.update(at for at, size in enumerate(self.sizes) if not 0 < size <= LONGEST_TEXT)

    def row(self, index: int) -> tuple[int, int]:
        """Where the row of a text begins and ends."""
        line, first, end = self.lines[index], index, index + 1
        while first and self.lines[first - 1] == line:
            first -= 1
        while end < len(self.lines) and self.lines[end] == line:
            end += 1
        return first, end

    def questions(self) -> list[int]:
        """The texts that may be a question about one fact."""
        users = compress(count(), map(eq, self.roles, repeat("user")))
        return [index for index in users if self.sizes[index] <= QUESTION and index not in self.unread]

    def statements(self) -> list[int]:
        """The answers that may name somebody of whom they state a fact."""
        short = [index for index in self.answers if self.sizes[index] <= QUESTION // 2 and index not in self.unread]
        return [index for index in short if may_name(self.strings[index])]

    def answered(self, questions: Iterable[int]) -> Iterator[tuple[int, int]]:
        """Each of the questions with each answer to it that may give something."""
        sizes, lines, roles, unread = self.sizes, self.lines, self.roles, self.unread
        for question in questions:
            line, at = lines[question], question + 1
            while at < len(lines) and lines[at] == line:
                if sizes[at] <= LONGEST_ANSWER and roles[at] in ANSWERS:
                    if at not in unread and gives(self.strings[at]):
                        yield question, at
                elif roles[at] == "user" and at not in unread:
                    break
                at += 1

    def question_before(self, index: int) -> bool:
        """Whether what a text answers is short enough for a question about one fact."""
        line, at = self.lines[index], index - 1
        while at >= 0 and self.lines[at] == line:
            if self.roles[at] == "user" and at not in self.unread:
                return self.sizes[at] <= QUESTION
            at -= 1
        return False

    def wide(self, indexes: Iterable[int]) -> set[int]:
        """Those of the texts that are in a script without spaces."""
        strings = self.strings
        odd = [index for index in indexes if not strings[index].isascii()]
        if not is_wide("".join([strings[index] for index in odd])):
            return set()
        search = KANA_OR_HAN.search
        return {index for index in odd if search(strings[index])}


def found_in(scan: Scan, columns: Columns, indexes: Sequence[int]) -> dict[str, set[int]]:
    """The texts in which a scan finds something."""
    found = scan([columns.strings[index] for index in indexes])
    return {name: {indexes[at] for at in held} for name, held in found.items()}


def kinds_in(scan: Scan, columns: Columns, indexes: Sequence[int]) -> Counter[int]:
    """How many kinds of facts the sentences of each text may state."""
    return Counter([index for held in found_in(scan, columns, indexes).values() for index in held])

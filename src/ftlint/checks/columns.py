"""What the dataset-wide rules of FT5 and FT6 remember of each row: its prompt and last answer, as digests and flags."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from functools import partial
from typing import Any, NamedTuple

from ftlint.cells import DIGEST, Cells, Numbers
from ftlint.checks import digests
from ftlint.checks.answered import Answer, Answered, answer_of, answered, graded, of_answers, places, plain, told
from ftlint.checks.base import Batch, Context
from ftlint.checks.scripts import scripts_in
from ftlint.checks.signs import FINISHED, all_finished, edged_in, finished_in, named, signs
from ftlint.checks.writing import scripts_of
from ftlint.encoded import Encoded
from ftlint.model import Format, JsonPath
from ftlint.records import dataclass

__all__ = ["Answer", "Row", "Rows", "answer_of", "plain"]

CODES = frozenset({"FT502", "FT503", "FT505", "FT506", "FT507", "FT508", "FT606", "FT615", "FT617", "FT620"})

JUDGED = frozenset({"FT508", "FT606", "FT615", "FT617", "FT620"})
"""Rules that need more of an answer than its digest."""


class Row(NamedTuple):
    """One remembered row."""

    line: int
    prompt: bytes
    answer: bytes
    path: JsonPath
    size: int
    signs: int
    asked_in: int
    answered_in: int


@dataclass
class Rows:
    """The rows of a file that have a trained answer, in order, column by column: 48 bytes each."""

    lines: Numbers = field(default_factory=Numbers)
    prompts: Cells = field(default_factory=partial(Cells, DIGEST))
    answers: Cells = field(default_factory=partial(Cells, DIGEST))
    paths: Numbers = field(default_factory=Numbers)
    known: dict[JsonPath, int] = field(default_factory=dict)
    sizes: Numbers = field(default_factory=Numbers)
    signs: Numbers = field(default_factory=partial(Numbers, "H"))
    scripts: Cells = field(default_factory=partial(Cells, 2))
    _paths: list[JsonPath] = field(default_factory=list, compare=False, repr=False)

    def add(self, batch: Batch, context: Context) -> None:
        """Take in the next batch of the file."""
        if not CODES & context.active:
            return
        if batch.format is Format.REINFORCEMENT:
            found = of_answers(range(len(batch.examples)), list(map(graded, batch.examples)))
        else:
            found = answered(batch)
        numbers = batch.texts.numbers
        lines = numbers if len(found.rows) == len(numbers) else [numbers[row] for row in found.rows]
        self._take(lines, found, _encoded(batch), judged=bool(JUDGED & context.active))

    def extend(self, lines: Sequence[int], held: Sequence[Answer], *, judged: bool) -> None:
        """Take in the answers of further rows; scripts and signs only if they are judged."""
        self._take(lines, of_answers(lines, held), None, judged=judged)

    def _take(self, lines: Sequence[int], found: Answered, encoded: _Encoded | None, *, judged: bool) -> None:
        texts = found.texts
        self.lines.extend(lines)
        self.prompts += digests.of_prompts(found.prompts)
        pieces = None if encoded is None else [encoded.texts.pieces[place] for place in encoded.places.tolist()]
        self.answers += digests.of_answers(texts, found.calls, pieces)
        self.paths.extend(self._numbered(found.paths))
        self.sizes.extend(map(len, map(str.strip, texts)) if encoded is None else _stripped_sizes(texts, encoded))
        scripts = bytearray(2 * len(texts))
        if judged and encoded is not None:
            self.signs.extend(_at_once(found, encoded, scripts))
        elif judged:
            spoken = texts if not any(found.calls) else _spoken(found)
            scripts[::2], scripts[1::2] = scripts_of(found.asked), scripts_of(spoken)
            self.signs.extend(_signs(found, spoken, scripts))
        else:
            self.signs.extend(bytes(len(texts)))
        self.scripts += scripts

    def _numbered(self, paths: Sequence[JsonPath]) -> list[int]:
        try:
            return list(map(self.known.__getitem__, paths))
        except KeyError:  # a path is new, as in the first batch
            return [self.known.setdefault(path, len(self.known)) for path in paths]

    def merge(self, later: Rows) -> None:
        """Take in the state of the lines that follow."""
        moved = {number: self.known.setdefault(path, len(self.known)) for path, number in later.known.items()}
        self.lines += later.lines
        self.prompts += later.prompts
        self.answers += later.answers
        self.paths.extend(moved[number] for number in later.paths)
        self.sizes += later.sizes
        self.signs += later.signs
        self.scripts += later.scripts

    def pair(self, at: int) -> tuple[bytes, bytes]:
        """Digests of prompt and answer of one row."""
        return self.prompts[at], self.answers[at]

    def __len__(self) -> int:
        return len(self.lines)

    def row(self, at: int) -> Row:
        """One row, with all that is known of it."""
        prompt, answer = self.pair(at)
        asked_in, answered_in = self.scripts[at]
        return Row(self.lines[at], prompt, answer, self.path(at), self.sizes[at], self.signs[at], asked_in, answered_in)

    def path(self, at: int) -> JsonPath:
        """The path of the answer of one row."""
        if len(self._paths) != len(self.known):
            self._paths = list(self.known)
        return self._paths[self.paths[at]]

    def __iter__(self) -> Iterator[Row]:
        return map(self.row, range(len(self)))


class _Encoded(NamedTuple):
    """The encoded texts of a batch, and the places of the answers among them."""

    texts: Encoded
    places: Any


def _encoded(batch: Batch) -> _Encoded | None:
    if batch.format is not Format.CHAT or batch.encoded is None:
        return None
    at = places(batch)
    return None if at is None else _Encoded(batch.encoded, at)


def _stripped_sizes(texts: Sequence[str], encoded: _Encoded) -> list[int]:
    """The lengths of the answers without white space at their edges."""
    sizes = list(map(len, texts))
    for at in edged_in(*encoded):
        sizes[at] = len(texts[at].strip())
    return sizes


def _at_once(found: Answered, encoded: _Encoded, scripts: bytearray) -> list[int]:
    """The signs of plain answers; their scripts, and those of the messages before them, are written to ``scripts``."""
    import numpy as np

    texts, places = encoded
    scripts[:] = scripts_in(texts, np.stack((places - 1, places), axis=1).ravel())
    asked_in, answered_in = np.frombuffer(bytes(scripts), np.uint8).reshape(-1, 2).T
    held = [FINISHED] * len(places)
    plain, same = finished_in(texts, places), (asked_in == answered_in) | (answered_in == 0)
    for at in np.flatnonzero(plain & ~same).tolist():
        held[at] |= named(found.asked[at])
    for at in np.flatnonzero(~plain).tolist():
        read = partial(told, found.prompts[at])
        held[at] = signs(found.texts[at], found.asked[at], read, *scripts[2 * at : 2 * at + 2])
    return held


def _signs(found: Answered, spoken: Sequence[str], scripts: bytearray) -> list[int]:
    """The signs of answers; most are whole sentences, and that is all there is to them. What calls has none."""
    held = [FINISHED] * len(spoken)
    for at, (done, asked_in, answered_in) in enumerate(
        zip(all_finished(spoken), scripts[::2], scripts[1::2], strict=True)
    ):
        if done and asked_in != answered_in and answered_in:
            held[at] |= named(found.asked[at])
        elif not done:
            held[at] = signs(spoken[at], found.asked[at], partial(told, found.prompts[at]), asked_in, answered_in)
    return held


def _spoken(found: Answered) -> list[str]:
    """The answers, ``""`` for those that call functions."""
    return ["" if calls else text for text, calls in zip(found.texts, found.calls, strict=True)]

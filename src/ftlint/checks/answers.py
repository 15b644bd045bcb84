"""FT503 to FT508 and FT6, answers beside each other: in conflict, all the same, in another script, unlike the rest."""

from __future__ import annotations

import sys
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from heapq import merge
from itertools import accumulate, compress, count, groupby, islice
from typing import Any

from ftlint.cells import Chain
from ftlint.checks import repeats
from ftlint.checks.base import Context, FileResult
from ftlint.checks.columns import Rows
from ftlint.checks.signs import Sign
from ftlint.checks.tallies import parts, tally, times
from ftlint.checks.writing import Script
from ftlint.column import STEP
from ftlint.model import Format, Place, Problem, Role

Found = Iterator[tuple[int, Problem]]

_NO_CONFLICT = (Format.PREFERENCE, Format.REINFORCEMENT)
RELATED = 20
"""At most so many other places are named with a finding."""
FEWEST = 10
"""Rows from which the answers of a file say what is usual in it."""
CONSTANT = 0.95
"""Share of one answer from which there is only one answer."""
LABELS = 20
"""At most so many different answers are labels."""
LABELLED = 50
"""Rows from which labels can be out of balance."""
IMBALANCED = 0.8
"""Share of the rows that one label has."""
MOST = 0.9
"""Share of the rows that makes a habit of the file: its script, its JSON, its full stops."""

PROSE = 100
"""Characters of an answer that is prose, and no label or title."""
CUT = 400
"""Characters of an answer that a limit on tokens may have cut; a shorter one has only lost its full stop."""


def conflicts(files: Sequence[FileResult], _: Context) -> Found:
    """FT503: rows of the same kind of file with the same prompt and another answer; each further answer once."""
    for role in Role:
        held = [file for file in files if file.role is role and file.format not in _NO_CONFLICT]
        yield from _Conflicts(held).told()


class _Conflicts:
    """Prompts with several answers in some files, told in the order of the files' rows.

    Of each such prompt the number of its answers is held, and the first row of those that a finding may name.
    """

    def __init__(self, files: Sequence[FileResult]) -> None:
        self._files = files
        self._states: list[Rows] = [file.states["rows"] for file in files]
        self._prompts = Chain([rows.prompts for rows in self._states])
        self._answers = Chain([rows.answers for rows in self._states])
        self._further = array("Q")  # row and number of its prompt
        self._counts = array("I")
        self._named = array("I")
        self._starts = array("I", [0])

    def told(self) -> Found:
        """The problem of each further answer."""
        for rows in repeats.same(self._prompts.columns):
            firsts = self._firsts(rows)
            if len(firsts) > 1:
                self._further.extend([row << 32 | len(self._counts) for row in firsts[1:]])
                self._counts.append(len(firsts))
                self._named.extend(firsts[: RELATED + 1])
                self._starts.append(len(self._named))
        seen = array("I", bytes(4 * len(self._counts)))
        for each in repeats.in_order(self._further):
            row, group = each >> 32, each & 0xFFFFFFFF
            seen[group] += 1
            yield self._problem(row, seen[group] + 1, self._counts[group], self._named_in(group))

    def _firsts(self, rows: list[int]) -> list[int]:
        """The first row of each answer."""
        if len(rows) > repeats.PART:
            return repeats.firsts(self._answers, rows)
        found: dict[bytes, int] = {}
        for row in rows:
            found.setdefault(self._answers.row(row), row)
        return list(found.values())

    def _named_in(self, group: int) -> array[int]:
        return self._named[self._starts[group] : self._starts[group + 1]]

    def _problem(self, row: int, number: int, count: int, named: array[int]) -> tuple[int, Problem]:
        others = [self._place(other) for other in named if other != row][:RELATED]
        of, at = self._prompts.place(row)
        file, rows = self._files[of], self._states[of]
        first = others[0]
        where = f"line {first.line}" + ("" if first.path == file.path else f" of {first.path}")
        values = {"where": where, "count": count, "number": number}
        return file.index, Problem("FT503", rows.lines[at], rows.path(at), values=values, related=tuple(others))

    def _place(self, row: int) -> Place:
        of, at = self._prompts.place(row)
        return Place(self._files[of].path, self._states[of].lines[at])


def one_answer(files: Sequence[FileResult], _: Context) -> Found:
    """FT506 and FT507: one answer to almost every prompt, or one label that outweighs the others."""
    for file in files:
        rows: Rows = file.states["rows"]
        if len(rows) < FEWEST or file.format is Format.REINFORCEMENT:
            continue
        if _more_than(max(LABELS, 1 + (1 - CONSTANT) * len(rows)), repeats.heads(rows.answers)):
            continue
        counts = Counter[int]()
        for distinct in repeats.distinct(rows.prompts, rows.answers):
            counts.update(answer for _, answer in distinct)  # rows that say the same thing twice count once
        most, total = max(counts.values()), counts.total()
        at = next(at for at, answer in enumerate(repeats.heads(rows.answers)) if counts[answer] == most)
        first = rows.row(at)
        values = {"count": most, "rows": total, "percent": most * 100 // total, "kinds": len(counts)}
        if total < FEWEST:
            continue
        if most >= CONSTANT * total:
            yield file.index, Problem("FT506", first.line, first.path, values=values)
        elif len(counts) <= LABELS and total >= LABELLED and most >= IMBALANCED * total:
            yield file.index, Problem("FT507", first.line, first.path, values=values)


def _more_than(limit: float, answers: Iterator[int]) -> bool:
    """There are more different answers; in most files the first few rows show it."""
    seen: set[int] = set()
    while some := list(islice(answers, STEP)):
        seen.update(some)
        if len(seen) > limit:
            return True
    return False


def drift(files: Sequence[FileResult], _: Context) -> Found:
    """FT508: an answer in another script than nearly all answers of the file."""
    for file in files:
        rows: Rows = file.states["rows"]
        times = Counter[int]()
        for block in rows.scripts.blocks():
            times.update({script: block[1::2].count(script) for script in Script})
        known = len(rows) - times[Script.UNKNOWN]
        if known < 2 * FEWEST:
            continue
        most, usual = max((times[script], script) for script in Script if script is not Script.UNKNOWN)
        if most < MOST * known or most == known:
            continue
        for at, script in enumerate(cell[1] for cell in rows.scripts):
            if script in (usual, Script.UNKNOWN) or rows.signs[at] & Sign.LANGUAGE:
                continue
            row = rows.row(at)
            values = {"script": Script(script).title, "usual": usual.title, "percent": most * 100 // known}
            yield file.index, Problem("FT508", row.line, row.path, values=values)


def unlike_the_rest(files: Sequence[FileResult], _: Context) -> Found:
    """FT606, FT615, FT617 and FT620: answers that are cut off, broken, missing or very short beside the others."""
    for file in files:
        texts = _Texts(file.states["rows"])
        if len(texts):
            each = (_broken(texts), _cut_off(texts), _literals(texts), _short(texts))
            found = merge(*each, key=lambda problem: (problem.line, problem.code))
            for _, same in groupby(found, key=lambda problem: problem.line):
                yield file.index, next(same)  # of several signs of one defect the first is told


class _Texts:
    """The answers of a file that have a text and call nothing: how many there are of each kind and of each size."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        signs = times(rows.signs)
        self._signs = Counter({each: held for each, held in signs.items() if each & _TEXT})
        sizes = times(rows.sizes) if len(self) == len(rows) else self._sizes_of_texts()
        self._sizes = sorted(sizes.items())

    def _sizes_of_texts(self) -> Counter[int]:
        if not repeats.worth_numpy(len(self._rows)):
            return Counter(compress(self._rows.sizes, map(_TEXT.__and__, self._rows.signs)))
        found = Counter[int]()
        for _, (sizes, signs) in parts(self._rows.sizes, self._rows.signs):
            found.update(tally(sizes[signs & _TEXT != 0]))
        return found

    def __len__(self) -> int:
        return self._signs.total()

    def count(self, sign: int) -> int:
        """How many have a sign."""
        return sum(held for signs, held in self._signs.items() if signs & sign)

    def which(self, wanted: Callable[[int], object], most: int = sys.maxsize) -> Iterator[tuple[int, int, int]]:
        """Row, size and signs of those whose signs are wanted, up to a size."""
        found = {signs for signs in self._signs if wanted(signs)}
        rows = self._rows
        if found and repeats.worth_numpy(len(rows)):
            yield from _which(rows, found, most)
        elif found:
            held = zip(count(), rows.sizes, rows.signs, strict=False)
            yield from (each for each in held if each[2] in found and each[1] <= most)

    def as_large(self, least: int) -> int:
        """How many have at least this size."""
        return sum(held for size, held in self._sizes if size >= least)

    def size_at(self, place: int) -> int:
        """The size of one of them, in order of sizes."""
        ends = accumulate(held for _, held in self._sizes)
        return next(size for (size, _), end in zip(self._sizes, ends, strict=True) if end > place)

    @cached_property
    def median(self) -> int:
        """The size of the answer in the middle."""
        return self.size_at(len(self) // 2)

    def problem(self, code: str, at: int, **values: Any) -> Problem:
        """A problem of a row."""
        return Problem(code, self._rows.lines[at], self._rows.path(at), values=values)


def _which(rows: Rows, found: set[int], most: int) -> Iterator[tuple[int, int, int]]:
    import numpy as np

    flags = np.zeros(1 << 8 * rows.signs.width, np.bool_)
    flags[list(found)] = True
    for start, (sizes, signs) in parts(rows.sizes, rows.signs):
        at = np.flatnonzero(flags[signs] & (sizes <= most))
        yield from zip((at + start).tolist(), sizes[at].tolist(), signs[at].tolist(), strict=True)


def _broken(texts: _Texts) -> Iterator[Problem]:
    parsed = texts.count(_JSON)
    usual = len(texts) >= FEWEST and parsed >= MOST * len(texts)
    broken = _BROKEN | _ODD if parsed * 2 >= len(texts) and parsed else _BROKEN
    for at, _, signs in texts.which(lambda signs: signs & broken or (usual and not signs & _JSON)):
        if signs & broken:
            yield texts.problem("FT615", at, what="begins as JSON and does not parse")
        else:
            what = f"is no JSON, as {parsed * 100 // len(texts)} % of the answers in the file are"
            yield texts.problem("FT615", at, what=what)


def _cut_off(texts: _Texts) -> Iterator[Problem]:
    """What cannot be an end; and where answers end with a mark, one of the longest that does not: a limit cut it."""
    prose = texts.as_large(PROSE)
    ended = prose - sum(size >= PROSE for _, size, _ in texts.which(_open_ended))
    usual = prose >= 2 * FEWEST and ended >= 0.95 * prose
    longest = max(CUT, texts.size_at(len(texts) - prose + prose * 19 // 20)) if prose else CUT
    for at, size, signs in texts.which(_open_ended):
        if signs & _HANGING or (usual and size >= longest):
            yield texts.problem("FT606", at, size=size)


def _open_ended(signs: int) -> bool:
    return not signs & _ENDED


def _literals(texts: _Texts) -> Iterator[Problem]:
    """`None` is an answer where answers are short, and a missing value where they are sentences."""
    missing = _NULL | _NONE if texts.median >= 60 else _NULL
    for at, _, _ in texts.which(lambda signs: signs & missing):
        yield texts.problem("FT617", at)


def _short(texts: _Texts) -> Iterator[Problem]:
    most = min(20, texts.median // 25)
    if len(texts) < 2 * FEWEST or texts.size_at(0) > most:
        return
    literal = _NULL | _NONE

    def short() -> Iterator[tuple[int, int, int]]:
        return texts.which(lambda signs: not signs & literal, most)

    if sum(1 for _ in short()) <= max(1, len(texts) * 0.02):
        for at, size, _ in short():
            yield texts.problem("FT620", at, size=size, median=texts.median)


# Plain integers: an operation on flags takes ten times as long.
_TEXT, _JSON, _BROKEN, _ODD, _ENDED, _HANGING, _NULL, _NONE = map(
    int, (Sign.TEXT, Sign.JSON, Sign.BROKEN, Sign.ODD, Sign.ENDED, Sign.HANGING, Sign.NULL, Sign.NONE)
)

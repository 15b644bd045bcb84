"""FT503 to FT508 and FT6, answers beside each other: in conflict, all the same, in another script, unlike the rest."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import count, groupby
from typing import Any

from ftlint.checks import repeats
from ftlint.checks.base import Context, FileResult
from ftlint.checks.columns import Row, Rows
from ftlint.checks.signs import Sign
from ftlint.checks.writing import Script
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
        columns: list[Rows] = [file.states["rows"] for file in held]
        wanted = repeats.repeated([rows.prompts for rows in columns])
        first: dict[bytes, dict[bytes, tuple[int, Place, Row]]] = {}
        for file, rows in zip(held, columns, strict=True):
            for at, prompt in repeats.places(rows.prompts, wanted):
                row = rows.row(at)
                first.setdefault(prompt, {}).setdefault(row.answer, (file.index, Place(file.path, row.line), row))
        found = [problem for answers in first.values() for problem in _conflicts(list(answers.values()))]
        yield from sorted(found, key=lambda problem: (problem[0], problem[1].line or 0))


def _conflicts(answers: list[tuple[int, Place, Row]]) -> Found:
    """The further answers to one prompt."""
    places = [place for _, place, _ in answers]
    for at, (index, place, row) in enumerate(answers[1:], 1):
        others = tuple(other for other in places[: RELATED + 1] if other is not place)[:RELATED]
        where = f"line {places[0].line}" + ("" if places[0].path == place.path else f" of {places[0].path}")
        values = {"where": where, "count": len(answers), "number": at + 1}
        yield index, Problem("FT503", row.line, row.path, values=values, related=others)


def one_answer(files: Sequence[FileResult], _: Context) -> Found:
    """FT506 and FT507: one answer to almost every prompt, or one label that outweighs the others."""
    for file in files:
        rows: Rows = file.states["rows"]
        if len(rows) < FEWEST or file.format is Format.REINFORCEMENT:
            continue
        answers = repeats.heads(rows.answers)
        if len(set(answers)) > max(LABELS, 1 + (1 - CONSTANT) * len(rows)):
            continue
        counts, distinct = Counter[int](), set(zip(repeats.heads(rows.prompts), answers, strict=True))
        counts.update(answer for _, answer in distinct)  # rows that say the same thing twice count once
        most = max(counts.values())
        answer = next(answer for answer in answers if counts[answer] == most)
        first = rows.row(answers.index(answer))
        percent = most * 100 // len(distinct)
        values = {"count": most, "rows": len(distinct), "percent": percent, "kinds": len(counts)}
        if len(distinct) < FEWEST:
            continue
        if most >= CONSTANT * len(distinct):
            yield file.index, Problem("FT506", first.line, first.path, values=values)
        elif len(counts) <= LABELS and len(distinct) >= LABELLED and most >= IMBALANCED * len(distinct):
            yield file.index, Problem("FT507", first.line, first.path, values=values)


def drift(files: Sequence[FileResult], _: Context) -> Found:
    """FT508: an answer in another script than nearly all answers of the file."""
    for file in files:
        rows: Rows = file.states["rows"]
        scripts = rows.scripts[1::2]
        known = len(scripts) - scripts.count(Script.UNKNOWN)
        if known < 2 * FEWEST:
            continue
        most, usual = max((scripts.count(script), script) for script in Script if script is not Script.UNKNOWN)
        if most < MOST * known or most == known:
            continue
        for at, script in enumerate(scripts):
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
            found = [*_broken(texts), *_cut_off(texts), *_literals(texts), *_short(texts)]
            found.sort(key=lambda problem: (problem.line, problem.code))
            for _, same in groupby(found, key=lambda problem: problem.line):
                yield file.index, next(same)  # of several signs of one defect the first is told


class _Texts:
    """The answers of a file that have a text and call nothing, as columns."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._at = array("I", (at for at, signs in enumerate(rows.signs) if signs & _TEXT))
        self.sizes = array("I", (rows.sizes[at] for at in self._at))
        self.signs = array("H", (rows.signs[at] for at in self._at))

    def __len__(self) -> int:
        return len(self._at)

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        """Number, size and signs of each."""
        return zip(count(), self.sizes, self.signs, strict=False)

    @cached_property
    def median(self) -> int:
        """The size of the answer in the middle."""
        return sorted(self.sizes)[len(self) // 2]

    def problem(self, code: str, at: int, **values: Any) -> Problem:
        """A problem of one of them."""
        row = self._rows.row(self._at[at])
        return Problem(code, row.line, row.path, values=values)


def _broken(texts: _Texts) -> Iterator[Problem]:
    parsed = sum(bool(signs & _JSON) for signs in texts.signs)
    usual = len(texts) >= FEWEST and parsed >= MOST * len(texts)
    for at, _, signs in texts:
        if signs & _BROKEN or (signs & _ODD and parsed * 2 >= len(texts) and parsed):
            yield texts.problem("FT615", at, what="begins as JSON and does not parse")
        elif usual and not signs & _JSON:
            what = f"is no JSON, as {parsed * 100 // len(texts)} % of the answers in the file are"
            yield texts.problem("FT615", at, what=what)


def _cut_off(texts: _Texts) -> Iterator[Problem]:
    """What cannot be an end; and where answers end with a mark, one of the longest that does not: a limit cut it."""
    prose = sorted(size for size in texts.sizes if size >= PROSE)
    ended = sum(bool(signs & _ENDED) for _, size, signs in texts if size >= PROSE)
    usual = len(prose) >= 2 * FEWEST and ended >= 0.95 * len(prose)
    longest = max(CUT, prose[len(prose) * 19 // 20]) if prose else CUT
    for at, size, signs in texts:
        if signs & _HANGING or (usual and size >= longest and not signs & _ENDED):
            yield texts.problem("FT606", at, size=size)


def _literals(texts: _Texts) -> Iterator[Problem]:
    """`None` is an answer where answers are short, and a missing value where they are sentences."""
    for at, _, signs in texts:
        if signs & _NULL or (signs & _NONE and texts.median >= 60):
            yield texts.problem("FT617", at)


def _short(texts: _Texts) -> Iterator[Problem]:
    if len(texts) < 2 * FEWEST:
        return
    literal = _NULL | _NONE
    short = [(at, size) for at, size, signs in texts if size <= 20 and not signs & literal]
    short = [(at, size) for at, size in short if size * 25 <= texts.median]
    if len(short) <= max(1, len(texts) * 0.02):
        for at, size in short:
            yield texts.problem("FT620", at, size=size, median=texts.median)


# Plain integers: an operation on flags takes ten times as long.
_TEXT, _JSON, _BROKEN, _ODD, _ENDED, _HANGING, _NULL, _NONE = map(
    int, (Sign.TEXT, Sign.JSON, Sign.BROKEN, Sign.ODD, Sign.ENDED, Sign.HANGING, Sign.NULL, Sign.NONE)
)

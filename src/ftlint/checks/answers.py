"""FT503 to FT508 and FT6, answers beside each other: in conflict, all the same, in another script, unlike the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from ftlint.checks.base import Context, FileResult
from ftlint.checks.columns import Row
from ftlint.checks.signs import Sign
from ftlint.checks.writing import Script
from ftlint.model import Format, Place, Problem, Role

Found = Iterator[tuple[int, Problem]]

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


def conflicts(files: Sequence[FileResult], _: Context) -> Found:
    """FT503: rows of the same kind of file with the same prompt and another answer; each further answer once."""
    for role in Role:
        held = [file for file in files if file.role is role and file.format is not Format.PREFERENCE]
        first: dict[bytes, dict[bytes, tuple[int, Place, Row]]] = {}
        for file in held:
            for row in file.states["rows"]:
                first.setdefault(row.prompt, {}).setdefault(row.answer, (file.index, Place(file.path, row.line), row))
        for answers in first.values():
            places = [place for _, place, _ in answers.values()]
            for at, (index, place, row) in enumerate(list(answers.values())[1:], 1):
                others = tuple(other for other in places if other is not place)[:RELATED]
                where = f"line {places[0].line}" + ("" if places[0].path == place.path else f" of {places[0].path}")
                values = {"where": where, "count": len(answers), "number": at + 1}
                yield index, Problem("FT503", row.line, row.path, values=values, related=others)


def one_answer(files: Sequence[FileResult], _: Context) -> Found:
    """FT506 and FT507: one answer to almost every prompt, or one label that outweighs the others."""
    for file in files:
        rows = _distinct(file.states["rows"])
        if len(rows) < FEWEST:
            continue
        counts = Counter(row.answer for row in rows)
        answer, most = counts.most_common(1)[0]
        first = next(row for row in rows if row.answer == answer)
        percent = most * 100 // len(rows)
        values = {"count": most, "rows": len(rows), "percent": percent, "kinds": len(counts)}
        if most >= CONSTANT * len(rows):
            yield file.index, Problem("FT506", first.line, first.path, values=values)
        elif len(counts) <= LABELS and len(rows) >= LABELLED and most >= IMBALANCED * len(rows):
            yield file.index, Problem("FT507", first.line, first.path, values=values)


def _distinct(rows: Sequence[Row]) -> list[Row]:
    """Rows without those that say the same thing twice."""
    seen: dict[tuple[bytes, bytes], Row] = {}
    for row in rows:
        seen.setdefault((row.prompt, row.answer), row)
    return list(seen.values())


def drift(files: Sequence[FileResult], _: Context) -> Found:
    """FT508: an answer in another script than nearly all answers of the file."""
    for file in files:
        known = [row for row in file.states["rows"] if row.answered_in != Script.UNKNOWN]
        if len(known) < 2 * FEWEST:
            continue
        usual, most = Counter(row.answered_in for row in known).most_common(1)[0]
        if most < MOST * len(known):
            continue
        for row in known:
            if row.answered_in == usual or row.signs & Sign.LANGUAGE:
                continue
            values = {
                "script": Script(row.answered_in).title,
                "usual": Script(usual).title,
                "percent": most * 100 // len(known),
            }
            yield file.index, Problem("FT508", row.line, row.path, values=values)


def unlike_the_rest(files: Sequence[FileResult], _: Context) -> Found:
    """FT606, FT615, FT617 and FT620: answers that are cut off, broken, missing or very short beside the others."""
    for file in files:
        rows = [row for row in file.states["rows"] if row.signs & Sign.TEXT]
        if rows:
            found = [*_broken(rows), *_cut_off(rows), *_literals(rows), *_short(rows)]
            found.sort(key=lambda problem: (problem.line, problem.code))
            for _, same in groupby(found, key=lambda problem: problem.line):
                yield file.index, next(same)  # of several signs of one defect the first is told


def _broken(rows: list[Row]) -> Iterator[Problem]:
    parsed = sum(bool(row.signs & Sign.JSON) for row in rows)
    usual = len(rows) >= FEWEST and parsed >= MOST * len(rows)
    for row in rows:
        if row.signs & Sign.BROKEN:
            yield Problem("FT615", row.line, row.path, values={"what": "begins as JSON and does not parse"})
        elif usual and not row.signs & Sign.JSON:
            what = f"is no JSON, as {parsed * 100 // len(rows)} % of the answers in the file are"
            yield Problem("FT615", row.line, row.path, values={"what": what})


def _cut_off(rows: list[Row]) -> Iterator[Problem]:
    """Only long answers: a label or a title needs no full stop."""
    long = [row for row in rows if row.size >= 100]
    ended = sum(bool(row.signs & Sign.ENDED) for row in long)
    usual = len(long) >= 2 * FEWEST and ended >= 0.95 * len(long)
    for row in long:
        if row.signs & Sign.HANGING or (usual and not row.signs & Sign.ENDED):
            yield Problem("FT606", row.line, row.path, values={"size": row.size})


def _literals(rows: list[Row]) -> Iterator[Problem]:
    """`None` is an answer where answers are short, and a missing value where they are sentences."""
    median = _median(rows)
    for row in rows:
        if row.signs & Sign.NULL or (row.signs & Sign.NONE and median >= 60):
            yield Problem("FT617", row.line, row.path)


def _short(rows: list[Row]) -> Iterator[Problem]:
    if len(rows) < 2 * FEWEST:
        return
    median = _median(rows)
    literal = int(Sign.NULL | Sign.NONE)
    short = [row for row in rows if row.size <= 20 and row.size * 25 <= median and not row.signs & literal]
    if len(short) <= max(1, len(rows) * 0.02):
        for row in short:
            yield Problem("FT620", row.line, row.path, values={"size": row.size, "median": median})


def _median(rows: list[Row]) -> int:
    return sorted(row.size for row in rows)[len(rows) // 2]

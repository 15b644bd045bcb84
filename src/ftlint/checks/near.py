"""FT502 and FT505, near-copies: rows whose sketches are alike, and validation rows that share only their prompt."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from heapq import merge
from itertools import chain, groupby
from operator import itemgetter

from ftlint.cells import Chain
from ftlint.checks import repeats
from ftlint.checks.alike import Match, Table
from ftlint.checks.base import Context, FileResult
from ftlint.checks.columns import Rows
from ftlint.checks.dataset import RELATED, Digests
from ftlint.checks.sketches import Sketches
from ftlint.model import Place, Problem, Role

__all__ = ["Sketches", "near_copies"]

_Pairs = dict[tuple[int, int], list[Place]]


def near_copies(files: Sequence[FileResult], context: Context) -> Iterator[tuple[int, Problem]]:
    """FT502 within the training files and within each validation file, FT505 from one to the other."""
    same = _same_prompt(files) if "FT505" in context.active else {}
    ordered = sorted(files, key=lambda file: (file.role is Role.VALIDATION, file.index))
    states: list[Sketches] = [file.states["sketches"] for file in ordered]
    table = Table(states, sum(file.role is Role.TRAIN for file in ordered))
    table.compare(_copies(ordered, table))
    for file in files:
        number = ordered.index(file)
        matches = table.matches(table.starts[number], table.starts[number + 1])
        near = chain.from_iterable(_told(each, table, ordered, same) for each in matches)
        both = merge(_asked_again(file, same), near, key=lambda problem: (problem.line, problem.code))
        yield from ((file.index, problem) for problem in both)


def _asked_again(file: FileResult, same: _Pairs) -> Iterator[Problem]:
    """The rows of a file that share only their prompt with a training row, in order."""
    for line, others in ((line, others) for (index, line), others in same.items() if index == file.index):
        values = {"what": "the same prompt, with another answer, is", "line": others[0].line, "file": others[0].path}
        yield Problem("FT505", line, (), values=values, related=tuple(others))


def _told(matches: list[Match], table: Table, files: Sequence[FileResult], same: _Pairs) -> Iterator[Problem]:
    """The best match of a row in each kind of file."""
    for leak, kind in groupby(sorted(matches, key=_across(table)), _across(table)):
        for match in kind:
            (number, at), (others, place) = table.place(match.row), table.place(match.other)
            file, other = files[number], files[others]
            line, first = table.states[number].lines[at], table.states[others].lines[place]
            if leak and (file.index, line) in same:
                continue
            if _conflict(_pair(file.states["rows"], line, at), _pair(other.states["rows"], first, place)):
                continue
            percent = min(round(match.alike * 100), 99)
            values = {"line": first, "file": other.path, "percent": percent, "what": "a near-copy is"}
            where = (Place(other.path, first),)
            yield Problem("FT505" if leak else "FT502", line, (), values=values, related=where)
            break


def _across(table: Table) -> Callable[[Match], bool]:
    """Whether a match leads from a validation file to a training file."""
    return lambda match: match.other < table.border <= match.row


def _copies(files: Sequence[FileResult], table: Table) -> bytearray:
    """A flag for each row of the table of which an earlier one is a copy: those are FT501 and FT504."""
    told = bytearray(table.starts[-1])
    contents: list[Digests] = [file.states["digests"] for file in files]
    held = Chain([state.digests for state in contents])
    again = (held.place(row) for row, _, _ in repeats.again(held.columns))
    for number, rows in groupby(again, itemgetter(0)):
        lines = enumerate(table.states[number].lines, table.starts[number])
        row, line = -1, 0
        for _, at in rows:
            wanted = contents[number].numbers[at]
            while line < wanted:
                row, line = next(lines, (-1, sys.maxsize))
            if line == wanted:
                told[row] = 1
    return told


_Pair = tuple[bytes, bytes]


def _conflict(mine: _Pair | None, theirs: _Pair | None) -> bool:
    """The same prompt with another answer, which has rules of its own."""
    return mine is not None and theirs is not None and mine[0] == theirs[0] and mine[1] != theirs[1]


def _pair(rows: Rows, line: int, likely: int) -> _Pair | None:
    """Digests of prompt and answer of a line, or None for one without a trained answer.

    Args:
        likely: its place, if all rows before it have such an answer.
    """
    at = likely if likely < len(rows) and rows.lines[likely] == line else rows.lines.find(line)
    return None if at is None else rows.pair(at)


def _same_prompt(files: Sequence[FileResult]) -> _Pairs:
    """Validation rows whose prompt a training row has with another answer, and none with the same."""
    training = [file for file in files if file.role is Role.TRAIN]
    found = {}
    for file in files:
        if file.role is not Role.VALIDATION or not training:
            continue
        rows: Rows = file.states["rows"]
        wanted = repeats.shared(rows.prompts, (other.states["rows"].prompts for other in training))
        held: dict[bytes, list[tuple[bytes, Place]]] = {}
        for other in training:
            theirs: Rows = other.states["rows"]
            for at, prompt in repeats.places(theirs.prompts, wanted):
                held.setdefault(prompt, []).append((theirs.pair(at)[1], Place(other.path, theirs.lines[at])))
        for at, prompt in repeats.places(rows.prompts, wanted):
            answers = held.get(prompt, [])
            if answers and all(answer != rows.pair(at)[1] for answer, _ in answers):
                found[file.index, rows.lines[at]] = [place for _, place in answers[:RELATED]]
    return found

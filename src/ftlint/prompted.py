"""Beside stage 3: the system prompts of rows that are known, read again from a row of each group that shares one."""

from __future__ import annotations

import heapq

import numpy as np

from ftlint import parse
from ftlint.archive import Archive
from ftlint.cells import Numbers
from ftlint.checks import prompts
from ftlint.checks.base import Batch
from ftlint.checks.prompts import Prompts
from ftlint.judging import Task
from ftlint.matching import Matching, Places
from ftlint.model import Line
from ftlint.remembered import GROUPS, MISSING, UNCLEAR


class UnknownError(Exception):
    """What is remembered does not tell all that has to be known."""


def known_prompts(task: Task, held: Archive, match: Matching) -> Prompts:
    """The system prompts of the known rows.

    Raises:
        ChangedError: the file changes in this moment.
        GoneError: what is remembered is gone.
        UnknownError: it does not tell which prompts they have.
    """
    found = Prompts()
    if task.format not in prompts.PROMPTED:
        return found
    known = np.flatnonzero(match.before >= 0)
    kinds = np.frombuffer(held.columns["lines.kinds"], np.uint32)[match.before[known]]
    found.rows = int(np.count_nonzero(kinds > UNCLEAR))
    found.unclear, found.missing = (_numbers(known[kinds == kind]) for kind in (UNCLEAR, MISSING))
    if held.facts["witnesses"]:
        found.many, found.witnesses = True, _witnesses(held.facts["witnesses"], match.before)
        return found
    kinds_in_order = kinds[(order := np.argsort(kinds, kind="stable"))]
    borders = np.flatnonzero(kinds_in_order[1:] != kinds_in_order[:-1]) + 1
    groups = [group for group in np.split(order, borders) if len(group) and kinds[group[0]] >= GROUPS]
    groups.sort(key=lambda group: int(group[0]))
    texts = _texts(task, match, known[[int(group[0]) for group in groups]])
    found.lines = {text: _numbers(known[group]) for text, group in zip(texts, groups, strict=True)}
    return found


def _witnesses(lines: list[int], before: Places) -> list[int]:
    """Where the rows stand that are known for it that there are too many different prompts, if they still are."""
    there = np.flatnonzero(np.isin(before, np.array(lines) - 1))
    _, first = np.unique(before[there], return_index=True)
    if len(first) <= prompts.MOST_PROMPTS:
        raise UnknownError
    found: list[int] = np.sort(there[first] + 1).tolist()
    return found


def _texts(task: Task, match: Matching, wanted: Places) -> list[tuple[str, int]]:
    """The system prompt of each of these rows, which are known to have one."""
    found = Prompts()
    for at, raw in match.known(wanted):  # one at a time: each may be long
        lines = [Line(at + 1, 0, raw.removesuffix(b"\r"), True)]
        batch = Batch(task.source.role, task.format, lines, parse.Examples(lines, *parse.parse_all(lines)))
        found.add(batch, task.context)
    by_line = {line: text for text, held in found.lines.items() for line in held}
    return [by_line[number] for number in (wanted + 1).tolist()]


def _numbers(places: Places) -> Numbers:
    found = Numbers()
    found += (places + 1).astype(np.uint32).tobytes()
    return found


def joined_prompts(known: Prompts, fresh: Prompts) -> Prompts:
    """What is known of system prompts, and what the other rows have."""
    found = Prompts(rows=known.rows + fresh.rows, many=known.many or fresh.many)
    found.missing = _merged(known.missing, fresh.missing)
    found.unclear = _merged(known.unclear, fresh.unclear)
    found.witnesses = known.witnesses or fresh.witnesses
    if found.many:
        return found
    none = Numbers()
    for text in {**known.lines, **fresh.lines}:
        found.lines[text] = _merged(known.lines.get(text, none), fresh.lines.get(text, none))
    found.lines = dict(sorted(found.lines.items(), key=lambda item: item[1][0]))
    found.bound()
    return found


def _merged(known: Numbers, fresh: Numbers) -> Numbers:
    """Line numbers of both, in order."""
    if not known or not fresh:
        return known or fresh
    found = Numbers()
    found.extend(heapq.merge(known, fresh))
    return found

"""FT502 and FT505 in a large file: how much rows are alike, for many pairs at once; alike.py says it of one pair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ftlint.cells import Chain
from ftlint.checks import repeats
from ftlint.checks.alike import ALIKE, ANSWERED, LABELLED, Match
from ftlint.checks.sketches import CALLS, LABEL, SHORT, SLOTS, TURNS
from ftlint.checks.templates import TELLING

if TYPE_CHECKING:
    from ftlint.checks.alike import Table
    from ftlint.checks.repeats import Flags, Octets, Places, Rows, Weights
    from ftlint.column import Column

ROWS = 1024
"""Rows that are weighed at a time, against up to sixteen others each."""
_ONES = np.uint64(0x0101_0101_0101_0101)


def equal_slots(one: Octets, two: Octets) -> Places:
    """How many slots the rows of each pair share."""
    return _counted(one == two)


def closely(table: Table, rows: Rows, others: Rows, one: Octets, two: Octets) -> Flags:
    """Which pairs that share enough slots do so beyond a template, which calls need not."""
    calls = _column(table, "kinds", rows)[:, 0] & CALLS != 0
    found: Flags = calls | (_beyond(table, rows, others, one, two) >= ALIKE)
    return found


def matches(table: Table, first: int, last: int) -> Iterator[list[Match]]:
    """As ``Table.matches``."""
    found = first + np.flatnonzero(np.frombuffer(table.found.last, np.uint32)[first:last])
    for at in range(0, found.size, ROWS):
        yield from _matched(table, found[at : at + ROWS].astype(np.uint32))


def _matched(table: Table, some: Rows) -> Iterator[list[Match]]:
    walked = list(table.found.walk(some))
    places, others = (np.concatenate(each) for each in zip(*walked, strict=True))
    alike = _alike(table, some[places], others)
    listed: list[list[Match]] = [[] for _ in range(some.size)]
    order = np.lexsort((others, -alike))
    order = order[alike[order] >= ALIKE]
    for place, other, much in zip(places[order].tolist(), others[order].tolist(), alike[order].tolist(), strict=True):
        listed[place].append(Match(int(some[place]), other, much))
    return iter(listed)


def _alike(table: Table, rows: Rows, others: Rows) -> Weights:
    """How much the rows of each pair are alike; 0 for what is another example, or cannot be judged."""
    kinds, letters, texts, edges = (
        (_column(table, name, rows), _column(table, name, others)) for name in ("kinds", "letters", "texts", "edges")
    )
    answers = _column(table, "answers", rows) == _column(table, "answers", others)
    one, two = (repeats.gathered(table.held, some) for some in (rows, others))
    alike = _beyond(table, rows, others, one, two)
    either = (kinds[0] | kinds[1])[:, 0]
    calls, said = either & CALLS != 0, answers.all(axis=1)
    unlike = (answers.sum(axis=1) < ANSWERED) | ((either & LABEL != 0) & (alike < LABELLED))
    otherwise = (edges[0] != edges[1]).any(axis=1)
    turned = ((kinds[0] ^ kinds[1]) & TURNS)[:, 0] != 0
    lettered = (letters[0] == letters[1]).all(axis=1)
    same = (texts[0] == texts[1]).all(axis=1)
    untold = (either & SHORT != 0) | (calls & ~said)
    cases = [turned, lettered, untold, calls, unlike & otherwise]
    values = [0.0, same.astype(float), 0.0, equal_slots(one, two) / SLOTS, 0.0]
    return np.select(cases, values, alike)


def _beyond(table: Table, rows: Rows, others: Rows, one: Octets, two: Octets) -> Weights:
    """As ``Templates.beyond``."""
    marks = np.frombuffer(table.templates.marks, np.int32)
    mark, same = np.maximum(marks[rows], marks[others]), one == two
    aside = np.zeros(rows.size, np.intp)
    if (marked := np.flatnonzero(mark >= 0)).size:
        slots, apart = (held[mark[marked]] for held in table.templates.tables())
        aside[marked] = _counted(same[marked] & (one[marked] == slots) & (apart == 0))
    left = SLOTS - aside
    return np.where(left >= TELLING, (_counted(same) - aside) / np.maximum(left, 1), 0.0)


def _counted(flags: Flags) -> Places:
    """How many flags of each row are set."""
    found: Places = (flags.view(np.uint64).sum(axis=1) * _ONES >> np.uint64(56)).astype(np.intp)
    return found


def _column(table: Table, name: str, rows: Rows) -> Octets:
    """What the sketches hold of some rows."""
    columns: Sequence[Column] = [getattr(state, name) for state in table.states]
    return repeats.gathered(Chain(columns), rows)

"""Beside stage 3: the columns that dataset-wide checks keep of rows, as bytes, and columns joined from two files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, fields
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from ftlint.archive import Archive, Bytes
from ftlint.cells import Numbers
from ftlint.column import Column
from ftlint.judging import Tally
from ftlint.records import dataclass
from ftlint.tellings import Tellings

if TYPE_CHECKING:
    import numpy as np

    Places = np.ndarray[Any, np.dtype[np.int64]]
    Flags = np.ndarray[Any, np.dtype[np.bool_]]
    Words = np.ndarray[Any, np.dtype[np.uint32]]

NUMBERS = {
    "digests": "numbers", "rows": "lines", "sketches": "lines", "lengths": "lines", "images": "lines",
    "tellings": "lines", "figures": "lines",
}  # fmt: skip
"""The column of line numbers, in order, of each state whose columns are as long: a row is known by its line."""
ROWS = 1 << 16
"""Rows of a column that are joined at a time."""
OTHER, UNCLEAR, MISSING, COUNTED, GROUPS = range(5)
"""Kinds of lines: not to be taken as known; a row whose system prompt is unclear, or missing, or one of too many
different ones; and from here on one that shares its prompt with all rows of this kind."""


@dataclass
class Figures:
    """What the model learns of each counted example (``Counted.each``), with its line number."""

    lines: Numbers = field(default_factory=Numbers)
    each: Numbers = field(default_factory=partial(Numbers, "Q"))


@dataclass(frozen=True)
class Segments:
    """Runs of lines that stay together, in order of where they stand now.

    Attributes:
        old: whether they are remembered. ``starts``: the first line of each there, from 1; ``sizes``: how many.
        now: the first line of each in the file as it is.
    """

    old: Flags
    starts: Places
    sizes: Places
    now: Places


def columns(states: Mapping[str, Any]) -> Iterator[tuple[str, Column]]:
    """Name and column of all columns: ``sketches.slots``."""
    for name in NUMBERS.keys() & states.keys():
        for each in fields(states[name]):
            column = getattr(states[name], each.name)
            if isinstance(column, Column):
                yield f"{name}.{each.name}", column


def join(states: Mapping[str, Any], fresh: Mapping[str, Any], held: Mapping[str, Bytes], segments: Segments) -> None:
    """Fill empty states with the rows of the segments.

    Args:
        fresh: states of rows that were judged now. ``held``: what is remembered.
    """
    for owner in NUMBERS.keys() & states.keys():
        rows = _gathering(owner, fresh[owner], held, segments)
        for name, column in columns({owner: states[owner]}):
            attribute = name.partition(".")[2]
            by = rows.by if attribute == NUMBERS[owner] else None
            _fill(column, held[name], bytes(getattr(fresh[owner], attribute)), rows, by)


def _fill(column: Column, held: Bytes, fresh: Bytes, rows: _Gathering, by: Words | None) -> None:
    import numpy as np

    old, new = (np.frombuffer(each, f"V{column.width}") for each in (held, fresh))
    for at in range(0, rows.known.size, ROWS):
        some = slice(at, at + ROWS)
        known, places = rows.known[some], rows.places[some]
        piece = np.empty(known.size, old.dtype)
        piece[known], piece[~known] = old[places[known]], new[places[~known]]
        column += (piece if by is None else piece.view(np.uint32) + by[some]).tobytes()


class _Gathering(NamedTuple):
    """Where each row comes from.

    Attributes:
        known: whether it is remembered. ``places``: where it stands among those that are, or among the others.
        by: how many lines further down it stands now.
    """

    known: Flags
    places: Places
    by: Words


def _gathering(name: str, fresh: Any, held: Mapping[str, Bytes], segments: Segments) -> _Gathering:
    import numpy as np

    number = NUMBERS[name]
    new, old = (np.frombuffer(each, np.uint32) for each in (bytes(getattr(fresh, number)), held[f"{name}.{number}"]))
    if np.any(old[1:] < old[:-1]):
        raise ValueError(name)
    firsts, ends = (
        np.where(segments.old, np.searchsorted(old, lines), np.searchsorted(new, lines))
        for lines in (segments.starts, segments.starts + segments.sizes)
    )
    sizes = ends - firsts
    places = np.arange(sizes.sum()) + np.repeat(firsts - (np.cumsum(sizes) - sizes), sizes)
    by = np.repeat((segments.now - segments.starts).astype(np.uint32), sizes)
    return _Gathering(np.repeat(segments.old, sizes), places, by)


def with_rows(tally: Tally) -> dict[str, Any]:
    """The states whose columns are as long as there are rows."""
    each = tally.tokens.each
    figures = Figures(tally.states["lengths"].lines, each) if each else Figures()
    return {**tally.states, "tellings": tally.tellings or Tellings(), "figures": figures}


def fits(held: Archive) -> bool:
    """Whether what was read is what is written here, as far as sizes tell."""
    facts, sizes = held.facts, held.columns.sizes
    lines, stretches = sizes.get("lines.kinds", 0) // 4, sizes.get("stretches.firsts", 0) // 8
    wanted = {"lines.kinds": 4 * lines, "lines.digests": 16 * lines}
    wanted |= {"stretches.firsts": 8 * stretches, "stretches.digests": 16 * stretches}
    for name, column in columns(with_rows(Tally())):
        owner = name.partition(".")[0]
        wanted[name] = sizes.get(f"{owner}.{NUMBERS[owner]}", 0) // 4 * column.width
    whole = lines > 0 and stretches > 0 and sizes == wanted
    return (
        whole
        and type(seed := facts.get("seed")) is int
        and 0 <= seed < 1 << 64
        and all(isinstance(facts.get(name), list) for name in ("rows", "tellings", "witnesses"))
    )

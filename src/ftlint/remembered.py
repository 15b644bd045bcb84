"""Beside stage 3: the columns that dataset-wide checks keep of rows, as bytes, and columns joined from two files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, fields
from functools import partial
from typing import TYPE_CHECKING, Any

from ftlint.archive import Archive, Bytes
from ftlint.cells import Numbers
from ftlint.column import Column
from ftlint.judging import Tally
from ftlint.records import dataclass
from ftlint.tellings import Tellings

if TYPE_CHECKING:
    import numpy as np

    Places = np.ndarray[Any, np.dtype[np.int64]]

NUMBERS = {
    "digests": "numbers", "rows": "lines", "sketches": "lines", "lengths": "lines", "images": "lines",
    "tellings": "lines", "figures": "lines",
}  # fmt: skip
"""The column of line numbers, in order, of each state whose columns are as long: a row is known by its line."""


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

    old: Sequence[bool]
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
    ranges = {name: _ranges(name, fresh[name], held, segments) for name in NUMBERS.keys() & states.keys()}
    by = (segments.now - segments.starts).tolist()
    for name, column in columns(states):
        owner, _, attribute = name.partition(".")
        old, new, width = memoryview(held[name]), getattr(fresh[owner], attribute), column.width
        for at, (known, first, last) in enumerate(ranges[owner]):
            if first < last:
                piece = old[first * width : last * width] if known else new.read(first, last)
                column += _moved(piece, by[at]) if attribute == NUMBERS[owner] else piece


def _ranges(name: str, fresh: Any, held: Mapping[str, Bytes], segments: Segments) -> list[tuple[bool, int, int]]:
    """Where the rows of each segment stand, from and to: among those that are remembered, or among the others."""
    import numpy as np

    number = NUMBERS[name]
    new, old = (np.frombuffer(each, np.uint32) for each in (bytes(getattr(fresh, number)), held[f"{name}.{number}"]))
    ends = segments.starts + segments.sizes
    first, last = (
        np.where(segments.old, np.searchsorted(old, lines), np.searchsorted(new, lines))
        for lines in (segments.starts, ends)
    )
    return list(zip(segments.old, first.tolist(), last.tolist(), strict=True))


def _moved(numbers: Bytes, by: int) -> Bytes:
    """Line numbers, counted from where their segment stands now."""
    import numpy as np

    return (np.frombuffer(numbers, np.uint32) + np.uint32(by % (1 << 32))).tobytes() if by else numbers


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
        and isinstance(facts.get("seed"), int)
        and all(isinstance(facts.get(name), list) for name in ("rows", "tellings", "witnesses"))
    )

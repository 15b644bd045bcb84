"""Beside stage 3: the columns that dataset-wide checks keep of rows, as bytes, and columns joined from two files."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, fields
from typing import TYPE_CHECKING, Any, NamedTuple

from ftlint.archive import Archive, Bytes
from ftlint.checks import repeats
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

    lines: array[int] = field(default_factory=repeats.numbers)
    each: array[int] = field(default_factory=lambda: array("Q"))


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


def columns(states: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Name, state and column of all columns: ``sketches.slots``."""
    for name in NUMBERS.keys() & states.keys():
        for each in fields(states[name]):
            column = getattr(states[name], each.name)
            if isinstance(column, array | bytearray):
                yield f"{name}.{each.name}", states[name], column


def join(states: Mapping[str, Any], fresh: Mapping[str, Any], held: Mapping[str, Bytes], segments: Segments) -> None:
    """Fill empty states with the rows of the segments.

    Args:
        fresh: states of rows that were judged now. ``held``: what is remembered.
    """
    places = {name: _places(name, fresh[name], held, segments) for name in NUMBERS.keys() & states.keys()}
    for name, state, column in columns(states):
        owner, _, attribute = name.partition(".")
        pieces = _pieces(places[owner], held[name], getattr(fresh[owner], attribute))
        if attribute == NUMBERS[owner]:
            pieces = _moved(pieces, segments)
        whole = b"".join([piece for _, piece in pieces])
        if isinstance(column, array):
            column.frombytes(whole)
        else:
            setattr(state, attribute, bytearray(whole))


class _Places(NamedTuple):
    """Where the rows of each segment stand, from and to, among the rows of their source; ``sizes`` are rows in all."""

    sizes: tuple[int, int]
    ranges: list[tuple[bool, int, int]]


def _places(name: str, fresh: Any, held: Mapping[str, Bytes], segments: Segments) -> _Places:
    import numpy as np

    number = NUMBERS[name]
    new, old = (np.frombuffer(bytes(each), np.uint32) for each in (getattr(fresh, number), held[f"{name}.{number}"]))
    flags, ends = np.array(segments.old, np.bool_), segments.starts + segments.sizes
    first, last = (
        np.where(flags, np.searchsorted(old, lines), np.searchsorted(new, lines)) for lines in (segments.starts, ends)
    )
    return _Places((new.size, old.size), list(zip(segments.old, first.tolist(), last.tolist(), strict=True)))


def _pieces(places: _Places, held: Bytes, fresh: array[int] | bytearray) -> list[tuple[int, Bytes]]:
    """Number of each segment that has rows, and its part of a column."""
    sources = memoryview(fresh).cast("B"), memoryview(held)
    widths = [len(source) // size if size else 0 for source, size in zip(sources, places.sizes, strict=True)]
    return [
        (at, sources[kind][first * widths[kind] : last * widths[kind]])
        for at, (kind, first, last) in enumerate(places.ranges)
        if last > first
    ]


def _moved(pieces: Iterable[tuple[int, Bytes]], segments: Segments) -> list[tuple[int, Bytes]]:
    """Line numbers, counted from where each segment stands now."""
    import numpy as np

    by = (segments.now - segments.starts).tolist()
    return [
        (at, (np.frombuffer(piece, np.uint32) + np.uint32(by[at] % (1 << 32))).tobytes() if by[at] else piece)
        for at, piece in pieces
    ]


def with_rows(tally: Tally) -> dict[str, Any]:
    """The states whose columns are as long as there are rows."""
    each = tally.tokens.each
    figures = Figures(tally.states["lengths"].lines, each) if each else Figures()
    return {**tally.states, "tellings": tally.tellings or Tellings(), "figures": figures}


def fits(held: Archive) -> bool:
    """Whether what was read is what is written here, as far as sizes tell."""
    facts, sizes = held.facts, {name: len(column) for name, column in held.columns.items()}
    lines, stretches = sizes.get("lines.kinds", 0) // 4, sizes.get("stretches.firsts", 0) // 8
    wanted = {"lines.kinds": 4 * lines, "lines.digests": 16 * lines}
    wanted |= {"stretches.firsts": 8 * stretches, "stretches.digests": 16 * stretches}
    for name, _, column in columns(with_rows(Tally())):
        owner = name.partition(".")[0]
        rows = sizes.get(f"{owner}.{NUMBERS[owner]}", 0) // 4
        size = sizes.get(name, -1)
        wanted[name] = rows * column.itemsize if isinstance(column, array) else size // max(rows, 1) * rows
    whole = lines > 0 and stretches > 0 and sizes == wanted
    return (
        whole
        and isinstance(facts.get("seed"), int)
        and all(isinstance(facts.get(name), list) for name in ("rows", "tellings", "witnesses"))
    )

"""Beside stage 1: which lines of a file stood in it before, wherever they stand now."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import Any

import numpy as np
from xxhash import xxh3_128_digest

from ftlint.archive import Archive
from ftlint.read import CHUNK_BYTES, Source
from ftlint.remembered import Segments
from ftlint.stretches import DIGEST, Cut

Places = np.ndarray[Any, np.dtype[np.int64]]
Digests = np.ndarray[Any, np.dtype[np.void]]


class ChangedError(Exception):
    """The file is not what it was a moment ago."""


class Matching:
    """The lines of a file beside those that are remembered: whole stretches first, then line by line.

    Attributes:
        before: for each line its index among the remembered ones, or -1.
        digests: of each line, without its line feed.
        fresh: how many lines are in no stretch that is remembered.

    Raises:
        ChangedError: the file changes in this moment.
    """

    def __init__(self, source: Source, cut: Cut, held: Archive | None) -> None:
        self.source = source
        self.cut = cut
        size = len(cut.ends)
        self.before: Places = np.full(size, -1, np.int64)
        self.digests: Digests = np.frombuffer(cut.rows, f"V{DIGEST}")
        self.fresh = size
        if held is not None:
            self._lines(held)

    def _lines(self, held: Archive) -> None:
        """Match the lines of stretches that are not known."""
        cut = self.cut
        kinds, left = self._stretches(held)
        fresh = np.flatnonzero(self.before < 0)
        self.fresh = len(fresh)
        self.digests = np.empty(len(self.before), f"V{DIGEST}")
        for first, lines in self.raws(fresh):
            column = b"".join(map(xxh3_128_digest, lines, repeat(cut.seed)))
            self.digests[first : first + len(lines)] = np.frombuffer(column, f"V{DIGEST}")
        digests = _void(held, "lines.digests")
        self.digests[self.before >= 0] = digests[self.before[self.before >= 0]]
        candidates = np.flatnonzero(left & (kinds > 0))
        places = dict(zip(digests[candidates].tolist(), candidates.tolist(), strict=True))
        self.before[fresh] = [places.get(digest, -1) for digest in self.digests[fresh].tolist()]
        self.before[kinds[self.before] == 0] = -1
        if not cut.terminated:
            self.before[-1] = -1

    def _stretches(self, held: Archive) -> tuple[Any, Any]:
        """Match whole stretches; gives the kind of each remembered line, and a flag for those in no stretch found."""
        cut, kinds = self.cut, np.frombuffer(held.columns["lines.kinds"], np.uint32)
        firsts = np.append(np.frombuffer(held.columns["stretches.firsts"], np.int64), len(kinds))
        index = {digest: at for at, digest in enumerate(_void(held, "stretches.digests").tolist())}
        found = np.array([index.get(digest, -1) for digest in cut.digests], np.int64)
        sizes = np.diff(np.append(cut.firsts, len(cut.ends)))
        found[np.diff(firsts)[found] != sizes] = -1
        known = np.repeat(found >= 0, sizes)
        self.before = np.arange(len(cut.ends)) + np.repeat(firsts[found] - cut.firsts, sizes)
        self.before[~known] = -1
        left = np.ones(len(kinds), np.bool_)
        left[self.before[known]] = False
        return kinds, left

    def segments(self) -> Segments:
        """Runs of lines that stay together, and of those that are new."""
        size = len(self.before)
        known = self.before >= 0
        there = np.where(known, self.before, np.arange(size) + (1 << 40))
        starts = np.flatnonzero(np.diff(there, prepend=-2) != 1)
        old = known[starts]
        return Segments(old, np.where(old, there[starts], starts) + 1, np.diff(np.append(starts, size)), starts + 1)

    def raws(self, wanted: Places) -> Iterator[tuple[int, list[bytes]]]:
        """Runs of the lines with these indexes, in order: the index of the first one, and all without line feeds.

        Raises:
            ChangedError: there are others now.
        """
        if not len(wanted):
            return
        ends, skip = self.cut.ends, self.cut.skip
        breaks = np.flatnonzero(np.diff(wanted) != 1) + 1
        firsts, lasts = wanted[np.append(0, breaks)].tolist(), (wanted[np.append(breaks, len(wanted)) - 1] + 1).tolist()
        with self.source.open() as stream:
            for first, last in zip(firsts, lasts, strict=True):
                at = first
                while at < last:
                    start = int(ends[at - 1]) if at else skip
                    stop = min(max(int(np.searchsorted(ends, start + CHUNK_BYTES)), at + 1), last)
                    stream.seek(start)
                    lines = stream.read(int(ends[stop - 1]) - start).split(b"\n")
                    if not lines[-1]:
                        lines.pop()
                    if len(lines) != stop - at:
                        raise ChangedError
                    yield at, lines
                    at = stop

    def known(self, wanted: Places) -> Iterator[tuple[int, bytes]]:
        """Each of these lines, and its index; sure to be those that were cut.

        Raises:
            ChangedError: there are others now.
        """
        digests, ends = self.digests[wanted].tolist(), self.cut.ends
        starts = np.where(wanted > 0, ends[wanted - 1], self.cut.skip).tolist()
        with self.source.open() as stream:
            for index, digest, start, end in zip(wanted.tolist(), digests, starts, ends[wanted].tolist(), strict=True):
                stream.seek(start)
                line = stream.read(end - start).removesuffix(b"\n")
                if xxh3_128_digest(line, self.cut.seed) != digest:
                    raise ChangedError
                yield index, line


def _void(held: Archive, name: str) -> Digests:
    """A column of digests."""
    return np.frombuffer(held.columns[name], f"V{DIGEST}")

"""Beside stage 3: what the rows of a file leave, of which most are known; the others are judged."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from operator import itemgetter
from typing import Any

import numpy as np

from ftlint import parse
from ftlint.archive import Archive
from ftlint.cells import Numbers
from ftlint.checks.profile import Profiles
from ftlint.checks.writing import Script
from ftlint.judging import Judge, Tally, Task, keep
from ftlint.keep import Held, Keeper, Kind
from ftlint.matching import Matching
from ftlint.model import JsonPath, Line
from ftlint.privacy.profile import Told
from ftlint.prompted import joined_prompts, known_prompts
from ftlint.read import BATCH_BYTES
from ftlint.remembered import Figures, join, with_rows
from ftlint.tellings import Tellings


class Joined:
    """The rows that are known and those that are judged now, as if all had been judged in order."""

    def __init__(self, task: Task, held: Archive, match: Matching) -> None:
        self.task = task
        self.held = held
        self.match = match
        self.segments = match.segments()

    def tally(self, counts: dict[Kind, int]) -> tuple[Tally, Held]:
        """What they leave, and what is found in those that are judged; ``counts`` are of findings held already.

        Raises:
            ChangedError: the file changes in this moment.
            GoneError: what is remembered is gone.
            UnknownError: it does not tell all.
        """
        _refuse_other(self.held)
        told = self._told()
        prompts = known_prompts(self.task, self.held, self.match)
        again = self.task.keeper(counts)
        fresh, kept = self._judged(again)
        found = Tally()
        found.remember(Tellings(odd=fresh.tellings.odd if fresh.tellings else set()))
        states, mine = with_rows(found), with_rows(fresh)
        for name in ("rows", "tellings"):
            states[name].known = _unified(mine[name], self.held.facts[name])
        join(states, mine, self.held.columns, self.segments)
        before = self.match.before
        known = np.flatnonzero(before >= 0)
        found.blank = fresh.blank
        found.nonblank, found.objects = fresh.nonblank + len(known), fresh.objects + len(known)
        firsts = [*(known[:1] + 1).tolist(), *([fresh.first_object] if fresh.first_object else [])]
        found.first_object = min(firsts, default=None)
        found.states["prompts"] = joined_prompts(prompts, fresh.states["prompts"])
        profiles: Profiles = found.states["profiles"]
        profiles.each = None
        for line, each in heapq.merge(told, kept, key=itemgetter(0)):
            profiles.hold([each], line)
        figures: Figures = states["figures"]
        tokens = found.tokens
        tokens.totals, tokens.each = Counter(found.states["lengths"].tokens), figures.each
        for block in figures.each.blocks():
            each = np.frombuffer(block, np.uint64)
            tokens.trained += int((each >> 1).sum())
            tokens.estimated = tokens.estimated or bool((each & 1).any())
        return found, again.held

    def _told(self) -> Iterator[tuple[int, Any]]:
        """What the known rows told of people."""
        found = Tellings(known=_paths(self.held.facts["tellings"]))
        empty = with_rows(Tally())
        join({"tellings": found}, empty, self.held.columns, self.segments)
        lines = np.unique(np.frombuffer(bytes(found.lines), np.uint32)).astype(np.int64) - 1
        known = self.match.known(lines)

        def raw(number: int) -> bytes:
            index, line = next(known)
            if index != number - 1:
                raise ValueError(number)
            return line

        yield from found.told(raw)

    def _judged(self, keeper: Keeper) -> tuple[Tally, list[tuple[int, Told]]]:
        """What the rows leave that are not known, and what each of them told of people."""
        judge = Judge(self.task.source, self.task.format, self.task.context)
        kept: list[tuple[int, Told]] = []
        judge.tally.remember(Tellings(kept=kept))
        batch: list[Line] = []
        size = 0
        most = self.task.context.settings.batch_lines

        def flush() -> None:
            keep(judge.batch(batch), batch, keeper)
            batch.clear()

        for lines, apart in self._new_lines():
            if apart:  # a known row stands between, which begins where it stands: nothing runs on into what follows
                if batch:
                    flush()
                judge.torn = ""
            batch += lines
            size += sum(len(line.raw) for line in lines)
            if len(batch) >= most or size >= BATCH_BYTES:
                flush()
                size = 0
        if batch:
            flush()
        return judge.tally, kept

    def _new_lines(self) -> Iterator[tuple[list[Line], bool]]:
        """Runs of lines that are not known, and whether each stands apart from a broken one that was yielded before."""
        cut = self.match.cut
        broken, behind = False, 0
        for first, raws in self.match.raws(np.flatnonzero(self.match.before < 0)):
            starts = [cut.skip, *cut.ends[:1].tolist()] if first == 0 else cut.ends[first - 1 : first].tolist()
            offsets = [starts[0], *cut.ends[first : first + len(raws) - 1].tolist()]
            last = first + len(raws)
            whole = cut.terminated or last < len(cut.ends)
            lines = [
                Line(number, offset, raw.removesuffix(b"\r"), True)
                for number, offset, raw in zip(range(first + 1, last + 1), offsets, raws, strict=True)
            ]
            if not whole:
                lines[-1] = Line(last, offsets[-1], raws[-1], False)
            yield lines, broken and first != behind
            refused = parse.REFUSED in parse.parse_all(lines)[0]
            broken = refused or (broken and first == behind)
            behind = last


def _refuse_other(held: Archive) -> None:
    """Raise ValueError for numbers that stand for nothing, and that are looked up when all files are known."""
    paths = np.frombuffer(held.columns["rows.paths"], np.uint32)
    scripts = np.frombuffer(held.columns["rows.scripts"], np.uint8)
    if paths.max(initial=0) > max(len(_paths(held.facts["rows"])) - 1, 0) or scripts.max(initial=0) > max(Script):
        raise ValueError


def _unified(fresh: Any, before: list[list[str | int]]) -> dict[JsonPath, int]:
    """The numbers of paths, those that are remembered first; the new rows get these numbers too."""
    known = _paths(before)
    moved = {number: known.setdefault(path, len(known)) for path, number in fresh.known.items()}
    paths, fresh.paths = fresh.paths, Numbers()
    fresh.paths.extend(map(moved.__getitem__, paths))
    return known


def _paths(written: list[list[str | int]]) -> dict[JsonPath, int]:
    if not all(type(path) is list and {*map(type, path)} <= {str, int} for path in written):
        raise ValueError
    return {tuple(path): number for number, path in enumerate(written)}

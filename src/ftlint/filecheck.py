"""Stages 1 to 3 for one file, in this process or in several; what is left is small enough for the dataset."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from ftlint import formats
from ftlint.accept import Matcher
from ftlint.checks.base import Context, FileResult
from ftlint.checks.file import after_reading, sniff
from ftlint.context import Progress, Watcher
from ftlint.judging import Late, Part, Tally, Task, keep
from ftlint.keep import Keeper
from ftlint.measure import FileTokens
from ftlint.model import FileSummary, Format, Line
from ftlint.pieces import Pieces
from ftlint.read import Extent, Piece, Reader, Source
from ftlint.records import dataclass
from ftlint.settings import Settings
from ftlint.workers import is_small

if TYPE_CHECKING:
    from ftlint.workers import Pool

CHUNK_BYTES = 2 * 1024 * 1024
"""About the size of a piece that one of several processes judges at a time."""
FIRST_LINES = 1000
"""Lines of a large file that are judged first, so that something may be told soon."""


@dataclass
class FileOutcome:
    """One file after its last batch: what the report says of it, what dataset-wide checks need, and its findings.

    Attributes:
        keeper: holds the findings; ``finish`` has yet to be called, for dataset-wide checks have more to offer.
        pieces: in which several processes judged it; empty where one process did.
    """

    source: Source
    skip: int
    result: FileResult
    summary: FileSummary
    tokens: FileTokens
    keeper: Keeper
    task: Task
    pieces: list[Piece]

    def finish(self, pool: Pool | None) -> None:
        """Make findings of what was known after its line was gone; by all processes of a pool, if one is given."""
        if not self.pieces:
            self.keeper.finish(self.source, self.skip)
            return
        late = sorted(self.keeper.late(), key=lambda problem: problem.line or 0)
        lines = [problem.line or 0 for problem in late]
        starts = [bisect_left(lines, piece.number) for piece in self.pieces]
        for problem in late[: starts[0]]:
            self.keeper.take(problem, None)
        parts = (late[first:last] for first, last in pairwise((*starts, len(late))))
        items = (Late(piece, part) for piece, part in zip(self.pieces, parts, strict=True) if part)
        before = self.keeper.counts
        alone = (self.task.stamp(item, before()) for item in items)
        for held in pool.map(self.task, Task.stamp, items, before) if pool is not None else alone:
            self.keeper.join(held)


def check_file(
    source: Source,
    index: int,
    context: Context,
    progress: Progress | None,
    matcher: Matcher | None = None,
    pool: Pool | None = None,
) -> FileOutcome:
    """Read, parse and check one file; by all processes of a pool, if one is given."""
    sniffed = sniff(source.head())
    fmt, first = context.settings.format, None
    if fmt is None:
        fmt, first = formats.decide(source, sniffed.skip) if sniffed.readable else (Format.UNKNOWN, None)
    task = Task(source, fmt, context, matcher)
    keeper = task.keeper()
    for problem in sniffed.problems:
        keeper.take(problem, None)
    course = _Course(task, sniffed.skip, keeper, progress)
    if not sniffed.readable:
        course.skim()
    elif remembers(source, context.settings):
        course.recalled(pool)
    elif pool is None:
        course.alone()
    else:
        course.together(pool)
    tally, extent = course.tally, course.extent
    if sniffed.readable:
        for problem in after_reading(extent, tally.blank):
            keeper.offer(problem)
        if fmt is Format.UNKNOWN and first is not None and tally.first_object is not None:
            keeper.offer(formats.unknown(first, tally.first_object, source.name))
    sizes = (extent.bytes, extent.lines, tally.nonblank, tally.objects)
    result = FileResult(index, source.name, source.role, fmt, *sizes, tally.states)
    summary = FileSummary(
        path=keeper.stamper.path,
        role=source.role,
        sha256=course.sha256,
        bytes=extent.bytes,
        lines=extent.lines,
        examples=tally.objects,
        format=fmt,
        tokens=tally.tokens.stats(context.encoding, context.limit) if context.settings.tokens else None,
    )
    return FileOutcome(source, sniffed.skip, result, summary, tally.tokens, keeper, task, course.pieces)


def remembers(source: Source, settings: Settings) -> bool:
    """Whether what rows leave is kept for the next check: where it is asked for, and in a hook, of a large file."""
    asked = bool(os.environ.get("PRE_COMMIT")) if settings.incremental is None else settings.incremental
    return asked and not settings.against and not is_small(source)


class _Course:
    """The way through the lines of one file, in one of three manners; each leaves the same attributes behind."""

    def __init__(self, task: Task, skip: int, keeper: Keeper, progress: Progress | None) -> None:
        self.task = task
        self.skip = skip
        self.keeper = keeper
        self.progress = progress
        self.tally = Tally()
        self.extent = Extent()
        self.sha256 = ""
        self.pieces: list[Piece] = []

    def skim(self) -> None:
        """Only count and hash, where the lines are not worth reading."""
        for _ in self._batches():
            pass

    def alone(self) -> None:
        """Judge batch by batch."""
        judge = self.task.judging()
        self.tally = judge.tally
        for lines in self._batches():
            keep(judge.batch(lines), lines, self.keeper)
            self._tell()

    def together(self, pool: Pool) -> None:
        """Judge piece by piece, wherever each of them is judged, and join what they leave in order."""
        pieces = Pieces(self.task.source, self.skip, CHUNK_BYTES)
        self.tally = self.task.judging().tally
        self.extent.bytes = self.skip
        torn = ""
        for at, part in enumerate(pool.map(self.task, Task.judge, pieces, self.keeper.counts)):
            torn = self._join(part, pieces.taken[at], torn)
        self.sha256, self.pieces = pieces.sha256, pieces.taken

    def recalled(self, pool: Pool | None) -> None:
        """Judge the rows that have changed since the last check, or all of them, and remember what they leave."""
        from ftlint.recall import Recall

        recall = Recall(self.task, self.skip)
        tally = recall.tally(self.keeper)
        if tally is not None:
            self.tally, self.extent, self.sha256 = tally, recall.extent, recall.sha256
            self._tell()
        else:
            self.task = replace(self.task, remembered=True)
            self.alone() if pool is None else self.together(pool)
        recall.save(self.tally, self.keeper)
        self.pieces = self.pieces or recall.pieces(CHUNK_BYTES)

    def _join(self, part: Part, piece: Piece, torn: str) -> str:
        """Take in what a piece leaves; ``torn`` is of the piece before, and what is returned of this one."""
        if torn and _begins_too_long(part, piece):
            part = self.task.judge(piece, self.keeper.counts(), torn)
        self.extent.merge(part.extent)
        self.tally.merge(part.tally)
        self.keeper.join(part.held)
        self._tell()
        return part.torn

    def _tell(self) -> None:
        """Tell what was found; what a large file is worth loading is loaded when its first rows have been told of."""
        if isinstance(self.progress, Watcher):
            self.progress.found(self.keeper.findings)
        if self.progress is not None:
            self.progress("check", self.extent.bytes, None)
        self.task.prepare()

    def _batches(self) -> Iterator[Sequence[Line]]:
        source, most = self.task.source, self.task.context.settings.batch_lines
        first = None if is_small(source) else FIRST_LINES
        reader = Reader(source, batch_lines=most, first_lines=first, skip=self.skip)
        self.extent = reader.extent
        yield from reader.batches()
        self.sha256 = reader.sha256


def _begins_too_long(part: Part, piece: Piece) -> bool:
    """The row that the piece begins with was not looked at, so that it has not ended the one that is torn before it."""
    return bool(part.extent.too_long) and part.extent.too_long[0][0] == piece.number

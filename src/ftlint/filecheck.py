"""Stages 1 to 3 for one file: read, parse, check, batch by batch; what is left is small enough for the dataset."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from ftlint import formats, parse
from ftlint.accept import Matcher
from ftlint.checks import registry, syntax
from ftlint.checks.base import Batch, Context, FileResult
from ftlint.checks.file import after_reading, sniff
from ftlint.checks.schema import describe
from ftlint.context import Progress, active_for
from ftlint.keep import Keeper
from ftlint.measure import FileTokens, measure
from ftlint.model import Example, FileSummary, Format, Line, Problem
from ftlint.read import Reader, Source
from ftlint.stamp import Stamper


@dataclass
class FileOutcome:
    """One file after its last batch: what the report says of it, what dataset-wide checks need, and its findings.

    Attributes:
        keeper: holds the findings; it has yet to ``finish``, for dataset-wide checks have more to offer.
    """

    source: Source
    skip: int
    result: FileResult
    summary: FileSummary
    tokens: FileTokens
    keeper: Keeper


def check_file(
    source: Source, index: int, context: Context, progress: Progress | None = None, matcher: Matcher | None = None
) -> FileOutcome:
    """Read, parse and check one file, batch by batch."""
    stamper = Stamper(source.name, context.settings, context.book)
    keeper = Keeper(stamper, active_for(context, source.name), context.settings.kept, matcher)
    sniffed = sniff(source.head())
    fmt = context.settings.format
    reader = Reader(source, batch_lines=context.settings.batch_lines, skip=sniffed.skip)
    for problem in sniffed.problems:
        keeper.take(problem, None)
    first = None
    if fmt is None:
        fmt, first = formats.decide(source, sniffed.skip) if sniffed.readable else (Format.UNKNOWN, None)
    judge = Judge(source, fmt, context)
    for lines in reader.batches():
        if sniffed.readable:
            _keep(judge.batch(lines), lines, keeper)
        if progress is not None:
            progress("check", reader.bytes, None)
    if sniffed.readable:
        for problem in after_reading(reader, judge.blank):
            keeper.offer(problem)
        if fmt is Format.UNKNOWN and first is not None and judge.first_object is not None:
            keeper.offer(formats.unknown(first, judge.first_object, source.name))
    states = judge.states
    result = FileResult(
        index, source.name, source.role, fmt, reader.bytes, reader.lines, judge.nonblank, judge.objects, states
    )
    tokens = judge.tokens
    summary = FileSummary(
        path=stamper.path,
        role=source.role,
        sha256=reader.sha256,
        bytes=reader.bytes,
        lines=reader.lines,
        examples=judge.objects,
        format=fmt,
        tokens=tokens.stats(context.encoding, context.limit) if context.settings.tokens else None,
    )
    return FileOutcome(source, sniffed.skip, result, summary, tokens, keeper)


def _keep(found: list[Problem], lines: list[Line], keeper: Keeper) -> None:
    """The problems of a batch in order of their lines, so that those that are kept are the same for any batch size."""
    if not found:
        return
    by_number = {line.number: line for line in lines}
    for problem in sorted(found, key=_line):
        if problem.line is not None:
            keeper.take(problem, by_number[problem.line])


def _line(problem: Problem) -> int:
    return problem.line or 0


class Judge:
    """Judges the batches of one file in order, and keeps what the dataset-wide checks and the summary need."""

    def __init__(self, source: Source, fmt: Format, context: Context) -> None:
        self.source = source
        self.format = fmt
        self.context = context
        self.blank: array[int] = array("Q")
        self.nonblank = 0
        self.objects = 0
        self.first_object: int | None = None
        self.torn = ""  # why the last row ran on past its line end: what follows may be the rest of it
        self.states = {name: make() for name, make in registry.STATES.items()}
        self.tokens = FileTokens()

    def batch(self, lines: list[Line]) -> list[Problem]:
        """The problems of one batch."""
        batch = Batch(self.source.role, self.format, lines)
        problems = list(self._parse(batch))
        measure(batch, self.context, self.tokens)
        for state in self.states.values():
            state.add(batch, self.context)
        for run, codes in registry.BATCH:
            if not codes or self.context.active.intersection(codes):
                problems += run(batch, self.context)
        return problems

    def _parse(self, batch: Batch) -> Iterator[Problem]:
        for line in batch.lines:
            if not line.raw.strip():
                if not self.torn:
                    self.blank.append(line.number)
                continue
            try:
                value, canonical = parse.parse(line)
            except parse.Unparsable:
                yield from self._broken(line)
                continue
            if self.torn and syntax.continues(line, self.torn):
                continue
            self.nonblank += 1
            self.torn = ""
            if not isinstance(value, dict):
                yield syntax.not_an_object(line, describe(value), self.format)
                continue
            self.objects += 1
            self.first_object = self.first_object or line.number
            yield from self._row(batch, parse.example(line, value, canonical), canonical)

    def _broken(self, line: Line) -> Iterator[Problem]:
        """One problem per row, also for a row that line breaks in a text have torn into several lines."""
        if self.torn and syntax.continues(line, self.torn):
            return
        problem = syntax.diagnose(line, last=not line.terminated)
        self.nonblank += syntax.rows_on(line) if problem.code == "FT016" else 1
        self.torn = syntax.runs_on(problem)
        yield problem

    def _row(self, batch: Batch, example: Example, canonical: bytes) -> Iterator[Problem]:
        line = example.line
        if syntax.may_repeat_keys(line.raw, canonical):
            yield from syntax.duplicate_keys(line)
        if self.format is Format.UNKNOWN:
            return
        other = formats.deviates(example.value, self.format)
        if other is None:
            batch.examples.append(example)
        else:
            values = {"format": other.value, "majority": self.format.value}
            yield Problem("FT106", line.number, (), values=values)

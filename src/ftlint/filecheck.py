"""Stages 1 to 3 for one file: read, parse, check, batch by batch; what is left is small enough for the dataset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ftlint import formats, parse
from ftlint.checks import registry, syntax
from ftlint.checks.base import Batch, Context, FileResult
from ftlint.checks.file import after_reading, sniff
from ftlint.checks.schema import describe
from ftlint.context import Progress, active_for
from ftlint.measure import FileTokens, measure
from ftlint.model import Example, FileSummary, Finding, Format, Line, Problem
from ftlint.read import Reader, Source, read_lines
from ftlint.stamp import Stamper


@dataclass
class FileOutcome:
    """One file after its last batch: what the report says of it, what dataset-wide checks need, and its findings."""

    source: Source
    skip: int
    result: FileResult
    summary: FileSummary
    tokens: FileTokens
    findings: list[Finding]


def check_file(source: Source, index: int, context: Context, progress: Progress | None = None) -> FileOutcome:
    """Read, parse and check one file, batch by batch."""
    stamper = Stamper(source.name, context.settings, context.book)
    active = active_for(context, source.name)
    sniffed = sniff(source.head())
    fmt = context.settings.format
    reader = Reader(source, batch_lines=context.settings.batch_lines, skip=sniffed.skip)
    pairs: list[tuple[Problem, Line | None]] = [(problem, None) for problem in sniffed.problems]
    first = None
    if fmt is None:
        fmt, first = formats.decide(source, sniffed.skip) if sniffed.readable else (Format.UNKNOWN, None)
    judge = Judge(source, fmt, context)
    findings: list[Finding] = []
    for lines in reader.batches():
        if sniffed.readable:
            found = judge.batch(lines)
            by_number = {line.number: line for line in lines}
            pairs += [(problem, by_number[problem.line]) for problem in found if problem.line is not None]
        if progress is not None:
            progress("check", reader.bytes, None)
        findings += [stamper(problem, line) for problem, line in pairs if problem.code in active]
        pairs = []
    if sniffed.readable:
        late = list(after_reading(reader, judge.blank))
        if fmt is Format.UNKNOWN and first is not None and judge.first_object is not None:
            late.append(formats.unknown(first, judge.first_object, source.name))
        pairs += with_lines(late, source, sniffed.skip)
    findings += [stamper(problem, line) for problem, line in pairs if problem.code in active]
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
    return FileOutcome(source, sniffed.skip, result, summary, tokens, findings)


class Judge:
    """Judges the batches of one file in order, and keeps what the dataset-wide checks and the summary need."""

    def __init__(self, source: Source, fmt: Format, context: Context) -> None:
        self.source = source
        self.format = fmt
        self.context = context
        self.blank: list[int] = []
        self.nonblank = 0
        self.objects = 0
        self.first_object: int | None = None
        self.torn = False  # the last row ran on past its line end: what follows may be the rest of it
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
            self.nonblank += 1
            self.torn = False
            if not isinstance(value, dict):
                yield syntax.not_an_object(line, describe(value), self.format)
                continue
            self.objects += 1
            self.first_object = self.first_object or line.number
            yield from self._row(batch, parse.example(line, value, canonical), canonical)

    def _broken(self, line: Line) -> Iterator[Problem]:
        """One problem per row, also for a row that line breaks in a text have torn into several lines."""
        if self.torn and syntax.continues(line):
            return
        self.nonblank += 1
        problem = syntax.diagnose(line, last=not line.terminated)
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


def with_lines(problems: list[Problem], source: Source, skip: int) -> list[tuple[Problem, Line | None]]:
    """Each problem with its line, read again: only the few that were known after the last batch."""
    numbers = {problem.line for problem in problems if problem.line is not None}
    lines = read_lines(source, numbers, skip=skip) if numbers else {}
    return [(problem, lines.get(problem.line) if problem.line is not None else None) for problem in problems]

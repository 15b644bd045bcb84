"""Stages 1 to 3 for a run of lines: parse and check, batch by batch; what is left merges with what others leave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from functools import partial
from typing import Any, NamedTuple

from ftlint import formats, parse
from ftlint.accept import Matcher
from ftlint.cells import Numbers
from ftlint.checks import columns, dataset, registry, repeats, syntax
from ftlint.checks.base import Batch, Context
from ftlint.checks.schema import describe
from ftlint.context import active_for
from ftlint.keep import Held, Keeper, Kind, with_lines
from ftlint.lines import numbers_of, raws_of
from ftlint.measure import FileTokens, measure
from ftlint.model import Example, Format, Line, Problem
from ftlint.read import Extent, Piece, Reader, Source
from ftlint.records import dataclass
from ftlint.stamp import Stamper
from ftlint.talks import talks
from ftlint.tellings import Tellings

_CANONICAL = dataset.CODES | columns.CODES
"""Rules that compare rows by their canonical JSON."""


@dataclass
class Tally:
    """What is remembered of the lines that were judged; merges with that of the lines that follow.

    Attributes:
        blank: numbers of blank lines.
        nonblank: lines that were meant to be rows. ``objects``: those that parsed to objects.
        first_object: number of the first such line, or None.
        states: what dataset-wide checks remember, by name.
        tellings: what rows told of people, where the next check is to know it.
    """

    blank: Numbers = field(default_factory=partial(Numbers, "Q"))
    nonblank: int = 0
    objects: int = 0
    first_object: int | None = None
    states: dict[str, Any] = field(default_factory=lambda: {name: make() for name, make in registry.STATES.items()})
    tokens: FileTokens = field(default_factory=FileTokens)
    tellings: Tellings | None = None

    def remember(self, tellings: Tellings) -> None:
        """From now on keep of each row what would else only be summed up."""
        self.tellings = tellings
        self.tokens.each = Numbers("Q")
        self.states["profiles"].each = tellings.new

    def merge(self, later: Tally) -> None:
        """Take in what is remembered of the lines that follow."""
        self.blank += later.blank
        self.nonblank += later.nonblank
        self.objects += later.objects
        self.first_object = later.first_object if self.first_object is None else self.first_object
        for name, state in self.states.items():
            state.merge(later.states[name])
        self.tokens.merge(later.tokens)
        if self.tellings is not None and later.tellings is not None:
            self.tellings.merge(later.tellings)


class Part(NamedTuple):
    """All that a piece of a file leaves; ``torn`` is why its last row may run on in the next piece."""

    extent: Extent
    tally: Tally
    held: Held
    torn: str


class Late(NamedTuple):
    """Problems in the lines of a piece, which are read again."""

    piece: Piece
    problems: list[Problem]


@dataclass(frozen=True)
class Task:
    """All that has to be known of a file, beside its lines, to judge a piece of it. It can be sent to a process.

    Attributes:
        remembered: the next check is to know what rows left.
    """

    source: Source
    format: Format
    context: Context
    matcher: Matcher | None
    remembered: bool = False

    def prepare(self) -> None:
        """Load what a large file is worth, once something has been told of it, or where another process tells that."""
        if self.source.size >= repeats.LARGE_BYTES and not _CANONICAL.isdisjoint(self.context.active):
            import numpy  # noqa: F401 (rows are compared by it)

    def judging(self) -> Judge:
        """A judge who has seen nothing yet."""
        judge = Judge(self.source, self.format, self.context)
        if self.remembered:
            judge.tally.remember(Tellings())
        return judge

    def keeper(self, before: dict[Kind, int] | None = None) -> Keeper:
        """A keeper of the file's findings; ``before`` are those that are held already."""
        context = self.context
        stamper = Stamper(self.source.name, context.settings, context.book)
        return Keeper(stamper, active_for(context, self.source.name), context.settings.kept, self.matcher, before)

    def judge(self, piece: Piece, before: dict[Kind, int], torn: str = "") -> Part:
        """Judge a piece by itself; ``torn`` is of the piece before, and matters where the first line is too long."""
        keeper = self.keeper(before)
        judge = self.judging()
        judge.torn = torn
        reader = Reader(self.source, batch_lines=self.context.settings.batch_lines, piece=piece, hashed=False)
        for lines in reader.batches():
            keep(judge.batch(lines), lines, keeper)
        return Part(reader.extent, judge.tally, keeper.held, judge.torn)

    def stamp(self, late: Late, before: dict[Kind, int]) -> Held:
        """Make findings of what was known after the lines were gone."""
        keeper = self.keeper(before)
        for problem, line in with_lines(late.problems, self.source, 0, late.piece):
            keeper.take(problem, line)
        return keeper.held


def keep(found: list[Problem], lines: Sequence[Line], keeper: Keeper) -> None:
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
        self.tally = Tally()
        self.torn = ""  # why the last row ran on past its line end: what follows may be the rest of it
        # whether a rule or an acceptance asks for the canonical JSON of each row
        self._apart = context.settings.accepted is not None or not _CANONICAL.isdisjoint(context.active)

    def batch(self, lines: Sequence[Line]) -> list[Problem]:
        """The problems of one batch."""
        batch = Batch(self.source.role, self.format, lines)
        problems = list(self._parse(batch))
        measure(batch, self.context, self.tally.tokens)
        for state in self.tally.states.values():
            state.add(batch, self.context)
        if self.tally.tellings is not None:
            self.tally.tellings.take(lines)
        for run, codes in registry.BATCH:
            if not codes or self.context.active.intersection(codes):
                problems += run(batch, self.context)
        return problems

    def _parse(self, batch: Batch) -> Iterator[Problem]:
        """The rows become examples; what is no row of the file's format is told. Most batches are plain rows alone."""
        raws = raws_of(batch.lines)
        values = parse.values_of(raws)
        plain = talks(values) if values is not None and self.format is Format.CHAT and not self.torn else None
        if values and plain is not None and not plain.odd and not syntax.plain_may_repeat_keys(raws, plain.texts):
            self._count(batch.lines)
            texts = list(map(parse.canonical, values)) if self._apart else None
            batch.examples = parse.Examples(batch.lines, values, texts)
            batch.raws, batch.values, batch.numbers = raws, values, numbers_of(batch.lines)
        else:
            yield from self._mixed(batch, values)
        if plain is not None and len(batch.examples) == len(batch.lines):
            batch.talks = plain

    def _mixed(self, batch: Batch, values: list[Any] | None) -> Iterator[Problem]:
        """As ``_parse``, for lines of any kind."""
        lines = batch.lines
        values, texts = parse.parse_each(lines) if values is None else parse.parse_all(lines, values)
        if self.torn or set(map(type, values)) != {dict}:
            kept: list[int] = []
            yield from self._sift(lines, values, kept)
            lines, values, texts = [lines[at] for at in kept], [values[at] for at in kept], [texts[at] for at in kept]
        if not lines:
            return
        self._count(lines)
        if syntax.may_repeat_keys(b"\n".join(raws_of(lines)), b"".join(texts)):
            for line, text in zip(lines, texts, strict=True):
                if syntax.may_repeat_keys(line.raw, text):
                    yield from syntax.duplicate_keys(line)
        if self.format is not Format.UNKNOWN:
            yield from self._rows(batch, parse.Examples(lines, values, texts), values)

    def _count(self, rows: Sequence[Line]) -> None:
        self.tally.nonblank += len(rows)
        self.tally.objects += len(rows)
        self.tally.first_object = self.tally.first_object or rows[0].number

    def _sift(self, lines: Sequence[Line], values: list[Any], kept: list[int]) -> Iterator[Problem]:
        """What is wrong with the lines that are no rows; ``kept`` gets the places of those that are.

        One problem per row, also for a row that line breaks in a text have torn into several lines.
        """
        for at, (line, value) in enumerate(zip(lines, values, strict=True)):
            if not line.raw.strip():
                if not self.torn:
                    self.tally.blank.extend((line.number,))
            elif self.torn and syntax.continues(line, self.torn):
                continue
            elif value is parse.REFUSED:
                problem = syntax.diagnose(line, last=not line.terminated)
                self.tally.nonblank += syntax.rows_on(line) if problem.code == "FT016" else 1
                self.torn = syntax.runs_on(problem)
                yield problem
            else:
                self.torn = ""
                if isinstance(value, dict):
                    kept.append(at)
                else:
                    self.tally.nonblank += 1
                    yield syntax.not_an_object(line, describe(value), self.format)

    def _rows(self, batch: Batch, examples: Sequence[Example], rows: Sequence[dict[str, Any]]) -> Iterator[Problem]:
        """The rows that are in the file's format are the batch's examples."""
        others = formats.all_deviating(rows, self.format)
        batch.examples = [example for at, example in enumerate(examples) if at not in others] if others else examples
        for at, other in others.items():
            values = {"format": other.value, "majority": self.format.value}
            yield Problem("FT106", examples[at].line.number, (), values=values)

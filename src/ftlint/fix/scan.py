"""One look over a file: the splices that mend it, those that were not asked for, and what the bytes were."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import BinaryIO, NamedTuple

from ftlint import formats, parse
from ftlint.checks import dataset
from ftlint.checks.base import Context, FileResult
from ftlint.checks.file import sniff
from ftlint.fix.accepted import Accepted
from ftlint.fix.row import Edit, applied, edits
from ftlint.fix.rules import FIXES
from ftlint.judging import Judge
from ftlint.keep import with_lines
from ftlint.model import Format, Frame, Line, Problem
from ftlint.read import CHUNK_BYTES, Reader, Source
from ftlint.stamp import frame

SHOWN = 20
"""Changes to one text that a person is shown."""


class Splice(NamedTuple):
    """Bytes of the file (end exclusive) and what takes their place."""

    start: int
    end: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Change:
    """One change as a person sees it, masked and inert: a piece of the line before and after (None: it is gone).

    Attributes:
        count: lines that are changed in the same way; it is 1 but for line ends.
        more: changes to the same text after this one, which are made and not shown.
    """

    code: str
    line: int | None
    before: Frame | None = None
    after: Frame | None = None
    count: int = 1
    more: int = 0


@dataclass
class Scan:
    """What one look over a file found.

    Attributes:
        rows: splices inside of lines; ``whole``: those that remove or end lines, for when there are none of the others.
        row_changes, whole_changes: what they do, for a person; ``row_fixed``: findings that ``rows`` mends, per rule.
        held: findings per rule that could be mended and may not.
        sha256: of the file that was read.
    """

    rows: list[Splice] = field(default_factory=list)
    whole: list[Splice] = field(default_factory=list)
    row_changes: list[Change] = field(default_factory=list)
    whole_changes: list[Change] = field(default_factory=list)
    row_fixed: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    sha256: str = ""

    @property
    def splices(self) -> list[Splice]:
        """What is to be done now: rows first, since a mended row may turn out to be a copy."""
        return self.rows or self.whole

    @property
    def changes(self) -> list[Change]:
        """The changes that belong to ``splices``."""
        return self.row_changes if self.rows else self.whole_changes

    @property
    def fixed(self) -> Counter[str]:
        """Findings per rule that ``splices`` mends."""
        return self.row_fixed if self.rows else Counter(change.code for change in self.whole_changes)


def _findings(made: list[Edit]) -> Counter[str]:
    """How many findings edits of one line belong to, per rule."""
    return Counter(code for code, _ in {(edit.code, edit.place) for edit in made})


class Scanner:
    """Looks over one file.

    Args:
        context: its active rules are those that have a fix and were selected.
        allowed: the rules that may be mended now.
    """

    def __init__(self, source: Source, context: Context, allowed: frozenset[str], accepted: Accepted) -> None:
        self.source = source
        self.context = context
        self.allowed = allowed
        self.accepted = accepted
        self.regions = context.settings.phone_regions
        self.found = Scan()
        self.unended: Line | None = None  # the last row, whole but without a line end

    def scan(self) -> Scan:
        """Read the file to its end. A file that is no JSONL is left alone.

        Raises:
            InputError: the file cannot be read.
        """
        sniffed = sniff(self.source.head())
        reader = Reader(self.source, batch_lines=self.context.settings.batch_lines, skip=sniffed.skip)
        fmt = self.context.settings.format
        if fmt is None:
            fmt = formats.decide(self.source, sniffed.skip)[0] if sniffed.readable else Format.UNKNOWN
        judge = Judge(self.source, fmt, self.context)
        judge.tally.states = {"digests": dataset.Digests()}  # copies are all that is looked for across rows
        for lines in reader.batches():
            if sniffed.readable:
                self._batch(judge, lines)
        self.found.sha256 = reader.sha256
        if sniffed.readable:
            self._mark(sniffed.skip)
            self._line_ends(reader)
            gone = self._lines(judge, reader, fmt, sniffed.skip)
            self._last_line(reader, gone)
        return self.found

    def _wanted(self, code: str, count: int = 1) -> bool:
        """The rule is on; where it may not be mended now, that is counted."""
        if code not in self.context.active:
            return False
        if code not in self.allowed:
            self.found.held[code] += count
        return code in self.allowed

    def _batch(self, judge: Judge, lines: Sequence[Line]) -> None:
        problems = [problem for problem in judge.batch(lines) if problem.code in FIXES or problem.code == "FT102"]
        problems.sort(key=lambda problem: problem.line or 0)
        by_number = {line.number: line for line in lines}
        for number, group in groupby(problems, key=lambda problem: problem.line):
            if number is not None:
                held = list(group)
                self._row(by_number[number], held)
                if any(problem.code == "FT011" for problem in held):
                    self.unended = by_number[number]

    def _row(self, line: Line, problems: list[Problem]) -> None:
        """The edits of one line; one that holds a key twice is left alone, for it means two things."""
        if any(problem.code == "FT102" for problem in problems):
            return
        problems = [problem for problem in problems if problem.code in self.context.active]
        problems = [problem for problem in problems if not self.accepted.row(problem.code, line)]
        text = line.raw.decode("utf-8")
        value = parse.parse(line)[0]
        made = edits(problems, value, text)
        kept = [edit for edit in made if edit.code in self.allowed]
        self.found.held += _findings([edit for edit in made if edit.code not in self.allowed])
        self.found.row_fixed += _findings(kept)
        at, done = line.offset, 0
        for edit in kept:
            start = at + len(text[done : edit.start].encode())
            at, done = start + len(text[edit.start : edit.end].encode()), edit.end
            self.found.rows.append(Splice(start, at, edit.text.encode()))
        if kept:
            self.found.row_changes += self._changes(line.number, text, kept)

    def _changes(self, number: int, text: str, made: list[Edit]) -> Iterator[Change]:
        after, shift = applied(text, made), 0
        left = Counter((edit.code, edit.place) for edit in made)
        shown: Counter[tuple[str, str]] = Counter()
        for edit in made:
            start = edit.start + shift
            shift += len(edit.text) - (edit.end - edit.start)
            finding = edit.code, edit.place
            shown[finding] += 1
            if shown[finding] > SHOWN:
                continue
            before = frame(text, edit.start, edit.end, hidden=False, regions=self.regions)
            mended = frame(after, start, start + len(edit.text), hidden=False, regions=self.regions)
            more = left[finding] - SHOWN if shown[finding] == SHOWN else 0
            yield Change(edit.code, number, before, mended, more=more)

    def _mark(self, skip: int) -> None:
        if skip and not self.accepted.file("FT004") and self._wanted("FT004"):
            self.found.whole.append(Splice(0, skip, b""))
            self.found.whole_changes.append(Change("FT004", None))

    def _line_ends(self, reader: Reader) -> None:
        if reader.first_crlf is None or not self._wanted("FT008"):
            return
        with self.source.open() as stream:
            self.found.whole += (Splice(at, at + 1, b"") for at in _carriage_returns(stream))
        self.found.whole_changes.append(Change("FT008", reader.first_crlf, count=reader.crlf))

    def _lines(self, judge: Judge, reader: Reader, fmt: Format, skip: int) -> set[int]:
        """Remove blank lines and further copies, with their line ends; returns where the removed lines end."""
        problems = [Problem("FT009", number) for number in judge.tally.blank] if "FT009" in self.context.active else []
        if "FT501" in self.context.active:
            result = FileResult(
                0,
                self.source.name,
                self.source.role,
                fmt,
                reader.bytes,
                reader.lines,
                0,
                judge.tally.objects,
                judge.tally.states,
            )
            problems += [problem for _, problem in dataset.duplicates([result], self.context)]
        ends: set[int] = set()
        with self.source.open() as stream:
            for problem, line in with_lines(problems, self.source, skip):
                if line is None or self.accepted.row(problem.code, line) or not self._wanted(problem.code):
                    continue
                end = _end_of(stream, line)
                ends.add(end)
                self.found.whole.append(Splice(line.offset, end, b""))
                text = line.raw.decode("utf-8", "replace")
                shown = frame(text, 0, 0, hidden=False, regions=self.regions)
                self.found.whole_changes.append(Change(problem.code, line.number, shown))
        return ends

    def _last_line(self, reader: Reader, gone: set[int]) -> None:
        line = self.unended
        if line is None or reader.bytes in gone or self.accepted.row("FT011", line):
            return
        if self._wanted("FT011"):
            self.found.whole.append(Splice(reader.bytes, reader.bytes, b"\n"))
            self.found.whole_changes.append(Change("FT011", reader.lines))


def _end_of(stream: BinaryIO, line: Line) -> int:
    """Where the next line starts."""
    at = line.offset + len(line.raw)
    if not line.terminated:
        return at
    stream.seek(at)
    return at + (2 if stream.read(1) == b"\r" else 1)


def _carriage_returns(stream: BinaryIO) -> Iterator[int]:
    """Offsets of every carriage return right before a line feed."""
    at, before = 0, b""
    while chunk := stream.read(CHUNK_BYTES):
        data = before + chunk
        for match in re.finditer(rb"\r\n", data):
            yield at - len(before) + match.start()
        at += len(chunk)
        before = b"\r" if data.endswith(b"\r") else b""


def splice(stream: BinaryIO, out: BinaryIO, splices: list[Splice]) -> None:
    """Copy a file with the splices in it; one that lies inside of another is left out."""
    at = 0
    for start, end, data in sorted(splices, key=lambda item: (item.start, -item.end)):
        if start < at:
            continue
        copy(stream, out, start - at)
        out.write(data)
        stream.seek(end)
        at = end
    copy(stream, out, None)


def copy(stream: BinaryIO, out: BinaryIO, size: int | None) -> None:
    """Copy so many bytes, or all that are left."""
    while size is None or size > 0:
        block = stream.read(CHUNK_BYTES if size is None else min(size, CHUNK_BYTES))
        if not block:
            return
        out.write(block)
        size = None if size is None else size - len(block)

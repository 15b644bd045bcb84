"""A file with its personal data and secrets replaced: looked over once for all values, then written row by row."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, BinaryIO, NamedTuple

from ftlint import formats, parse
from ftlint.checks.file import sniff
from ftlint.checks.syntax import duplicate_keys, may_repeat_keys
from ftlint.context import make_context
from ftlint.errors import InputError
from ftlint.fix.leaves import INNER_KEY, NUMBER, Leaf, leaves, pieces, same_shape
from ftlint.fix.placeholders import Known, Placeholders
from ftlint.fix.row import Edit, applied
from ftlint.fix.scan import copy
from ftlint.judging import Judge
from ftlint.model import Example, Format, JsonPath, Line
from ftlint.parse import Places, Unparsable, unescape_map
from ftlint.privacy import Found
from ftlint.privacy.find import everything
from ftlint.privacy.screen import may_hold
from ftlint.read import Reader, Source
from ftlint.settings import Settings
from ftlint.text import json_path
from ftlint.texts import texts_of

PASSES = 10
"""Looks at one row at most: what is replaced may uncover something, and a row where that goes on is left as it is."""
UNREADABLE = "the line cannot be read, and is copied as it is"
TWICE = "an object holds a key twice, and the line is copied as it is"
UNSAFE = "the row would not hold together, and is copied as it is"
STUBBORN = "it is still found"


class _Apart(Exception):
    """A row cannot be changed without another meaning."""


class Left(NamedTuple):
    """A value, or a whole line, that could not be dealt with.

    Attributes:
        code: of the rule, or None for a line that cannot be judged.
        place: the JSON path without personal data, or None for the line as such.
    """

    line: int
    code: str | None
    place: str | None
    reason: str


@dataclass
class Redacted:
    """What was done.

    Attributes:
        rows: rows that were changed.
        left: what could not be replaced, in order.
        sha256: of the file as it was read.
    """

    placeholders: Placeholders
    rows: int = 0
    left: list[Left] = field(default_factory=list)
    sha256: str = ""


class _Found(NamedTuple):
    """A piece of a leaf that makes up a value, or, where ``reason`` is told, one that stays."""

    leaf: Leaf
    start: int
    end: int
    quoted: bool
    code: str
    kind: str
    reason: str | None

    @property
    def said(self) -> str:
        """The value, without the escapes of JSON inside the text."""
        text = self.leaf.text[self.start : self.end]
        return unescape_map(text)[0] if "\\" in text else text


class Redactor:
    """Replaces the values of some rules in one file, which is read twice and never written.

    Args:
        codes: the rules; they run on every row, whatever the settings select, ignore or accept.

    Raises:
        InputError: the file cannot be read, or is no JSONL.
    """

    def __init__(self, source: Source, settings: Settings, codes: frozenset[str]) -> None:
        self.source = source
        self.codes = codes
        self.regions = settings.phone_regions
        self.context = dataclasses.replace(make_context(dataclasses.replace(settings, tokens=False)), active=codes)
        sniffed = sniff(source.head())
        if not sniffed.readable:
            raise InputError(f"{source.name} is no JSONL file; nothing was written", "ftlint check says what it is")
        self.skip = sniffed.skip
        self.format = settings.format or formats.decide(source, sniffed.skip)[0]
        self.known = Known()
        self.hits: set[int] = set()
        self.done = Redacted(Placeholders())

    def look(self) -> None:
        """Find every value, and every placeholder that stands in the file already."""
        reader = Reader(self.source, batch_lines=self.context.settings.batch_lines, skip=self.skip)
        for lines in reader.batches():
            for line in lines:
                self._look(line)
        self.done.left += [Left(number, None, None, UNREADABLE) for number, _ in reader.too_long]
        self.done.sha256 = reader.sha256

    def _look(self, line: Line) -> None:
        placeholders = self.done.placeholders
        try:
            value, canonical = parse.parse(line)
        except Unparsable:
            placeholders.reserve(line.raw.decode("utf-8", "replace"))
            if line.raw.strip():
                self.done.left.append(Left(line.number, None, None, UNREADABLE))
            return
        if may_repeat_keys(line.raw, canonical) and next(duplicate_keys(line), None) is not None:
            placeholders.reserve(line.raw.decode("utf-8"))
            self.done.left.append(Left(line.number, None, None, TWICE))
            return
        text = _plain(line, value)
        placeholders.reserve(text)
        if not may_hold(text):
            return
        for found in self._values(value, line, None):
            self.hits.add(line.number)
            self.known.add(found.said, found.code, found.kind)
            if found.reason is None:
                placeholders.note(found.said, found.code, found.kind)

    def write(self, out: BinaryIO) -> Redacted:
        """Copy the file with placeholders for its values; all other bytes are the same.

        Raises:
            InputError: the file is not the one that ``look`` saw.
        """
        reader = Reader(self.source, batch_lines=self.context.settings.batch_lines, skip=self.skip)
        with self.source.open() as stream:
            at = 0
            for lines in reader.batches():
                for line in lines:
                    changed = self._changed(line)
                    if changed is not None:
                        copy(stream, out, line.offset - at)
                        out.write(changed)
                        at = line.offset + len(line.raw)
                        stream.seek(at)
                        self.done.rows += 1
            copy(stream, out, None)
        if reader.sha256 != self.done.sha256:
            raise InputError(
                f"{self.source.name} changed while it was read; nothing was written", "run ftlint fix again"
            )
        return self.done

    def _changed(self, line: Line) -> bytes | None:
        """The new bytes of a line, or None where it stays as it is."""
        try:
            value, canonical = parse.parse(line)
        except Unparsable:
            return None
        if line.number not in self.hits and not self.known.may_hold(_plain(line, value)):
            return None
        if may_repeat_keys(line.raw, canonical) and next(duplicate_keys(line), None) is not None:
            return None
        try:
            text, given, left = self._row(line, value)
        except _Apart:
            self.done.left.append(Left(line.number, None, None, UNSAFE))
            return None
        self.done.left += left
        self.done.placeholders.count(given)
        return text.encode() if given else None

    def _row(self, line: Line, value: Any) -> tuple[str, list[str], list[Left]]:
        """The text of a row with placeholders in it, these placeholders, and what had to stay."""
        text, original = line.raw.decode("utf-8"), value
        given: list[str] = []
        paths: set[JsonPath] = set()
        row = Known()
        for _ in range(PASSES):
            for item in self._values(value, line, row):
                row.add(item.said, item.code, item.kind, row=True)
            found = list(self._values(value, line, row))
            changes = [item for item in found if item.reason is None]
            if not changes:
                return text, given, sorted({self._left(item, line.number) for item in found}, key=str)
            edits = self._edits(text, changes)
            given += [edit.place for edit in edits]
            text = applied(text, edits)
            paths |= {item.leaf.path for item in changes}
            try:
                value = parse.parse(line._replace(raw=text.encode()))[0]
            except Unparsable:
                raise _Apart from None
            if not same_shape(original, value, paths):
                break
        raise _Apart

    def _edits(self, text: str, changes: list[_Found]) -> list[Edit]:
        """The edits of a line; the place of each is its placeholder."""
        places = Places(text)
        made: list[Edit] = []
        for path, group in groupby(changes, key=lambda item: item.leaf.path):
            start, end = places.locate(path)
            raw = text[start + 1 : end - 1]
            offsets = unescape_map(raw)[1] if "\\" in raw else range(len(raw) + 1)
            for item in group:
                word = self.done.placeholders.of(item.said, item.code, item.kind)
                columns = start + 1 + offsets[item.start], start + 1 + offsets[item.end]
                made.append(Edit(*columns, f'\\"{word}\\"' if item.quoted else word, item.code, word))
        return sorted(made)

    def _values(self, value: Any, line: Line, row: Known | None) -> Iterator[_Found]:
        """The values of a row in order, without overlaps; those that were found before only where ``row`` is given."""
        fmt = formats.deviates(value, self.format) or self.format if isinstance(value, dict) else Format.UNKNOWN
        texts = texts_of(Example(line, value, b""), fmt) if isinstance(value, dict) else []
        for leaf in leaves(value, texts):
            hits = [] if leaf.stays == NUMBER else everything(leaf.text, self.regions, leaf.before)
            hits = [hit for hit in hits if hit.code in self.codes]
            if row is not None:
                hits += [*self.known.find(leaf.text), *row.find(leaf.text)]
            at = 0
            for hit in _merged(hits):
                for piece in pieces(leaf.text, hit.start, hit.end) if leaf.stays is None else (None,):
                    if piece is None:
                        yield _Found(leaf, hit.start, hit.end, False, hit.code, hit.kind, leaf.stays or INNER_KEY)
                    elif piece.start >= at:
                        yield _Found(leaf, *piece, hit.code, hit.kind, None)
                        at = piece.end

    def _left(self, item: _Found, number: int) -> Left:
        return Left(number, item.code, self._shown(item.leaf.path), item.reason or "")

    def _shown(self, path: JsonPath) -> str:
        """A path whose keys hold no value."""
        steps = [
            "…"
            if isinstance(step, str) and (everything(step, self.regions) or next(self.known.find(step), None))
            else step
            for step in path
        ]
        return json_path(tuple(steps))

    def still(self, output: Source) -> Iterator[Left]:
        """What a check of the output finds of these rules, beside what is known to be left."""
        told = {(left.line, left.code, left.place) for left in self.done.left}
        whole = {left.line for left in self.done.left if left.code is None}
        judge = Judge(output, self.format, self.context)
        judge.tally.states = {}
        for lines in Reader(output, batch_lines=self.context.settings.batch_lines, skip=self.skip).batches():
            for problem in judge.batch(lines):
                if problem.code in self.codes and problem.line is not None and problem.line not in whole:
                    left = Left(problem.line, problem.code, self._shown(problem.path or ()), STUBBORN)
                    if left[:3] not in told:
                        yield left


def _merged(hits: list[Found]) -> Iterator[Found]:
    """Hits that overlap as one, of the kind of the longest, so that no end of a value is left."""
    group: list[Found] = []
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end, hit.code, hit.kind)):
        if group and hit.start >= max(other.end for other in group):
            yield _one(group)
            group = []
        group.append(hit)
    if group:
        yield _one(group)


def _one(group: list[Found]) -> Found:
    longest = max(group, key=lambda hit: hit.end - hit.start)
    return longest._replace(start=group[0].start, end=max(hit.end for hit in group))


def _plain(line: Line, value: Any) -> str:
    """All that a row says as one text, decoded: for searches that say whether it is worth looking closer."""
    if b"\\" not in line.raw:
        return line.raw.decode("utf-8")
    text = "\0".join(leaf.text for leaf in leaves(value, ()))
    return f"{text}\0{unescape_map(text)[0]}" if "\\" in text else text

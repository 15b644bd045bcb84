"""Stage 3, memory: what rows told of people, without their names, which are read again from where they stand."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from itertools import groupby
from operator import itemgetter

from ftlint.checks import repeats
from ftlint.model import JsonPath, Line
from ftlint.privacy.profile import Told
from ftlint.privacy.profile.subjects import Subject, key_of
from ftlint.records import dataclass

_PRONOUNS = ("", "\0you", "\0she", "\0he")
"""Keys of those who have no name; the first stands for the key of the name itself."""
_COMMON = frozenset({
    "messages", "content", "text", "prompt", "completion", "input", "preferred_output", "non_preferred_output",
})  # fmt: skip
"""Keys that may stand in a path; any other is a text of the file."""
_MOST = 0xFFFF_FFFF


@dataclass
class Tellings:
    """What rows told of people, one entry for each time, in order: numbers alone.

    Attributes:
        lines: line numbers. ``keys``: place of the subject's key in a short list, and above it whether honoured.
        kinds, against: bits, as in ``Told``. ``paths``, ``starts``, ``ends``: where the fact stands.
        names, sizes: offset in the line, and bytes, of the name.
        known: number of each path.
        odd: lines that told what cannot be written so.
        new: what was told by the rows of the batch in hand, to be taken.
        kept: where it is wanted, all that was taken, as it was told.
    """

    lines: array[int] = field(default_factory=repeats.numbers)
    keys: bytearray = field(default_factory=bytearray)
    kinds: array[int] = field(default_factory=lambda: array("Q"))
    against: array[int] = field(default_factory=lambda: array("Q"))
    paths: array[int] = field(default_factory=repeats.numbers)
    starts: array[int] = field(default_factory=repeats.numbers)
    ends: array[int] = field(default_factory=repeats.numbers)
    names: array[int] = field(default_factory=repeats.numbers)
    sizes: array[int] = field(default_factory=repeats.numbers)
    known: dict[JsonPath, int] = field(default_factory=dict)
    odd: set[int] = field(default_factory=set)
    new: list[tuple[int, Told]] = field(default_factory=list)
    kept: list[tuple[int, Told]] | None = None

    def take(self, lines: Sequence[Line]) -> None:
        """Write down what the rows of a batch told."""
        if not self.new:
            return
        by_number = {line.number: line.raw for line in lines}
        for number, group in groupby(self.new, itemgetter(0)):
            told = [each for _, each in group]
            if not self._write(number, by_number[number], told):
                self.odd.add(number)
        if self.kept is not None:
            self.kept += self.new
        self.new.clear()

    def _write(self, number: int, raw: bytes, told: Sequence[Told]) -> bool:
        """Take in a row, if all that it told can be told again from these numbers."""
        places = [_place(raw, each.subject.name) for each in told]
        for each, place in zip(told, places, strict=True):
            subject, span = each.subject, each.span
            key = subject.key if subject.key in _PRONOUNS else key_of(subject.name)
            common = all(isinstance(step, int) or step in _COMMON for step in each.path)
            if place is None or key != subject.key or not key or not common or not 0 <= min(span) <= max(span) <= _MOST:
                return False
        for each, place in zip(told, places, strict=True):
            subject = each.subject
            self.lines.append(number)
            self.keys.append((_PRONOUNS.index(subject.key) if subject.key in _PRONOUNS else 0) | subject.honoured << 7)
            self.kinds.append(each.kinds)
            self.against.append(each.against)
            self.paths.append(self.known.setdefault(each.path, len(self.known)))
            self.starts.append(each.span[0])
            self.ends.append(each.span[1])
            at, size = place or (0, 0)
            self.names.append(at)
            self.sizes.append(size)
        return True

    def merge(self, later: Tellings) -> None:
        """Take in those of the lines that follow."""
        moved = {number: self.known.setdefault(path, len(self.known)) for path, number in later.known.items()}
        self.lines += later.lines
        self.keys += later.keys
        self.kinds += later.kinds
        self.against += later.against
        self.paths.extend(moved[number] for number in later.paths)
        self.starts += later.starts
        self.ends += later.ends
        self.names += later.names
        self.sizes += later.sizes
        self.odd |= later.odd

    def told(self, raw: Callable[[int], bytes]) -> Iterator[tuple[int, Told]]:
        """Line number and content of each entry; ``raw`` gives a line without its end.

        Raises:
            ValueError: a line is not the one that was written down.
        """
        paths = list(self.known)
        names: dict[bytes, tuple[str, str]] = {}
        line, number = b"", 0
        columns = (self.lines, self.keys, self.kinds, self.against, self.paths, self.starts, self.ends)
        for wanted, key, kinds, against, path, start, end, at, size in zip(
            *columns, self.names, self.sizes, strict=True
        ):
            if wanted != number:
                number, line = wanted, raw(wanted)
            written = line[at : at + size]
            if written not in names:
                name = _name(written)
                names[written] = name, key_of(name)
            name, own = names[written]
            subject = Subject(_PRONOUNS[key & 0x7F] or own, name, key > 0x7F, start, end)
            yield number, Told(subject, kinds, against, paths[path], (start, end))


def _place(raw: bytes, name: str) -> tuple[int, int] | None:
    """Where a name stands in a line, in bytes; None where it does not, as one that was put together."""
    if not name:
        return 0, 0
    for escaped in (False, True):
        written = json.dumps(name, ensure_ascii=escaped)[1:-1].encode("utf-8", "surrogatepass")
        at = raw.find(written)
        if at >= 0 and _name(written) == name:
            return at, len(written)
    return None


def _name(written: bytes) -> str:
    name: str = json.loads(b'"' + written + b'"') if b"\\" in written else written.decode()
    return name

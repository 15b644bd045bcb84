"""Stage 3, memory: what rows told of people, without their names, which are read again from where they stand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from functools import partial
from itertools import groupby
from operator import itemgetter

from ftlint.cells import Numbers
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

    lines: Numbers = field(default_factory=Numbers)
    keys: Numbers = field(default_factory=partial(Numbers, "B"))
    kinds: Numbers = field(default_factory=partial(Numbers, "Q"))
    against: Numbers = field(default_factory=partial(Numbers, "Q"))
    paths: Numbers = field(default_factory=Numbers)
    starts: Numbers = field(default_factory=Numbers)
    ends: Numbers = field(default_factory=Numbers)
    names: Numbers = field(default_factory=Numbers)
    sizes: Numbers = field(default_factory=Numbers)
    known: dict[JsonPath, int] = field(default_factory=dict)
    odd: set[int] = field(default_factory=set)
    new: list[tuple[int, Told]] = field(default_factory=list)
    kept: list[tuple[int, Told]] | None = None

    def take(self, lines: Sequence[Line]) -> None:
        """Write down what the rows of a batch told."""
        if not self.new:
            return
        by_number = {line.number: line.raw for line in lines}
        entries: list[tuple[int, ...]] = []
        for number, group in groupby(self.new, itemgetter(0)):
            told = [each for _, each in group]
            written = self._entries(number, by_number[number], told)
            if written is None:
                self.odd.add(number)
            else:
                entries += written
        for column, numbers in zip(self._columns(), zip(*entries, strict=True), strict=False):
            column.extend(numbers)
        if self.kept is not None:
            self.kept += self.new
        self.new.clear()

    def _columns(self) -> list[Numbers]:
        return [
            self.lines, self.keys, self.kinds, self.against, self.paths, self.starts, self.ends, self.names, self.sizes
        ]  # fmt: skip

    def _entries(self, number: int, raw: bytes, told: Sequence[Told]) -> list[tuple[int, ...]] | None:
        """What is written down of a row, if all that it told can be told again from these numbers."""
        found = []
        for each in told:
            subject, span, place = each.subject, each.span, _place(raw, each.subject.name)
            key = subject.key if subject.key in _PRONOUNS else key_of(subject.name)
            common = all(isinstance(step, int) or step in _COMMON for step in each.path)
            if place is None or key != subject.key or not key or not common or not 0 <= min(span) <= max(span) <= _MOST:
                return None
            whose = (_PRONOUNS.index(key) if key in _PRONOUNS else 0) | subject.honoured << 7
            found.append((number, whose, each.kinds, each.against, *span, *place))
        known = self.known
        return [
            (*entry[:4], known.setdefault(each.path, len(known)), *entry[4:])
            for entry, each in zip(found, told, strict=True)
        ]

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

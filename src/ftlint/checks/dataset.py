"""FT5, the dataset as a whole: rows that are there twice, and rows of the training file in the validation file."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator, Sequence
from dataclasses import field
from functools import partial

from xxhash import xxh3_128_digest

from ftlint.cells import DIGEST, Cells, Numbers
from ftlint.checks import repeats
from ftlint.checks.base import Batch, Context, FileResult
from ftlint.model import Place, Problem, Role
from ftlint.records import dataclass

CODES = frozenset({"FT501", "FT502", "FT504", "FT505"})
RELATED = 20
"""At most so many other places are named with a finding."""


@dataclass
class Digests:
    """Line number and digest of the canonical JSON of each row, in order: 20 bytes a row.

    Where there are acceptances, which name rows by their content hash, a digest is the beginning of that.
    """

    numbers: Numbers = field(default_factory=Numbers)
    digests: Cells = field(default_factory=partial(Cells, DIGEST))

    def add(self, batch: Batch, context: Context) -> None:
        """Take in the next batch of the file."""
        if context.settings.accepted is None and not CODES & context.active:
            return
        self.numbers.extend(batch.numbers)
        if context.settings.accepted is None:  # they are compared with one another alone
            self.digests += b"".join(map(xxh3_128_digest, batch.canonicals))
        else:
            self.digests += b"".join([hashlib.sha256(text).digest()[:DIGEST] for text in batch.canonicals])

    def merge(self, later: Digests) -> None:
        """Take in the state of the lines that follow."""
        self.numbers += later.numbers
        self.digests += later.digests
        repeats.prepare(len(self.digests))

    @property
    def lines(self) -> Container[bytes]:
        """The digests, to ask whether one of them is there."""
        return _Held(self.digests)


@dataclass(frozen=True)
class _Held:
    digests: Cells

    def __contains__(self, digest: object) -> bool:
        return isinstance(digest, bytes) and any(_stands(digest, block) for block in self.digests.blocks())


def _stands(digest: bytes, block: bytes) -> bool:
    if len(digest) != DIGEST:
        return False
    at = block.find(digest)
    while at % DIGEST and at >= 0:  # a run of bytes across two digests is none of them
        at = block.find(digest, at + 1)
    return at >= 0


def duplicates(files: Sequence[FileResult], _: Context) -> Iterator[tuple[int, Problem]]:
    """FT501: each further copy of a row in the same file, with the first one beside it."""
    for file in files:
        state: Digests = file.states["digests"]
        for row, first, count in repeats.again([state.digests]):
            line = state.numbers[first]
            values = {"first": line, "copies": count}
            yield file.index, Problem("FT501", state.numbers[row], (), values=values, related=(Place(file.path, line),))


def leaks(files: Sequence[FileResult], _: Context) -> Iterator[tuple[int, Problem]]:
    """FT504: each row of a validation file that a training file holds as well."""
    training = [file for file in files if file.role is Role.TRAIN]
    for file in files if training else ():
        if file.role is not Role.VALIDATION:
            continue
        state: Digests = file.states["digests"]
        for start in range(0, len(state.digests), repeats.PART):
            some = state.digests.read(start, start + repeats.PART)
            wanted = repeats.shared(some, (other.states["digests"].digests for other in training))
            held = [(other.path, _lines(other.states["digests"], wanted)) for other in training] if wanted else []
            for at, digest in repeats.places(some, wanted):
                places = tuple(Place(path, number) for path, lines in held for number in lines.get(digest, ()))
                if places:
                    line = state.numbers[start + at]
                    values = {"line": places[0].line, "file": places[0].path}
                    yield file.index, Problem("FT504", line, (), values=values, related=places[:RELATED])


def _lines(state: Digests, wanted: set[int]) -> dict[bytes, list[int]]:
    """The first line numbers by digest, for the digests whose first half is among the wanted."""
    found: dict[bytes, list[int]] = {}
    for at, digest in repeats.places(state.digests, wanted):
        held = found.setdefault(digest, [])
        if len(held) < RELATED:
            held.append(state.numbers[at])
    return found

"""FT5, the dataset as a whole: rows that are there twice, and rows of the training file in the validation file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ftlint.checks.base import Batch, Context, FileResult
from ftlint.model import Place, Problem, Role

RELATED = 20
"""At most so many other places are named with a finding."""


@dataclass
class Digests:
    """Line numbers by content hash (16 bytes of it), in order."""

    lines: dict[bytes, list[int]] = field(default_factory=dict)

    def add(self, batch: Batch, _: Context) -> None:
        """Take in the next batch of the file."""
        for example in batch.examples:
            self.lines.setdefault(example.content_sha256[:16], []).append(example.line.number)

    def merge(self, later: Digests) -> None:
        """Take in the state of the lines that follow."""
        for digest, numbers in later.lines.items():
            self.lines.setdefault(digest, []).extend(numbers)


def duplicates(files: Sequence[FileResult], _: Context) -> Iterator[tuple[int, Problem]]:
    """FT501: each further copy of a row in the same file, with the first one beside it."""
    for file in files:
        for numbers in file.states["digests"].lines.values():
            for number in numbers[1:]:
                values = {"first": numbers[0], "copies": len(numbers)}
                yield file.index, Problem("FT501", number, (), values=values, related=(Place(file.path, numbers[0]),))


def leaks(files: Sequence[FileResult], _: Context) -> Iterator[tuple[int, Problem]]:
    """FT504: each row of a validation file that a training file holds as well."""
    training = [file for file in files if file.role is Role.TRAIN]
    for file in files:
        if file.role is not Role.VALIDATION:
            continue
        for digest, numbers in file.states["digests"].lines.items():
            places = tuple(
                Place(other.path, number)
                for other in training
                for number in other.states["digests"].lines.get(digest, ())
            )
            for number in numbers if places else ():
                values = {"line": places[0].line, "file": places[0].path}
                yield file.index, Problem("FT504", number, (), values=values, related=places[:RELATED])

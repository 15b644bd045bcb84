"""A file in two: what moderation holds nothing against, and the rows that are held back. Every line lands in one."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ftlint.errors import InputError
from ftlint.moderation import Judged
from ftlint.run.files import atomic_writer, sha256_file

FLAGGED = "flagged"
WATCHED = "watched"
_NO_VERDICT = "FT909"


@dataclass(frozen=True, slots=True)
class Held:
    """Which lines are held back, and why.

    Attributes:
        lines: numbers, counting from 1.
        by_code: lines per rule.
        shared: lines that are held for a text which they share with others.
    """

    lines: frozenset[int]
    by_code: dict[str, int]
    shared: frozenset[int]


def held(judged: Iterable[Judged], path: str, what: str) -> Held:
    """The rows of one file that moderation flagged (``what`` is ``flagged``), or flagged or watched (``watched``)."""
    lines: dict[str, set[int]] = {}
    shared: set[int] = set()
    for item in judged:
        code = item.problem.code
        if code == _NO_VERDICT or (what == FLAGGED and not item.problem.data.get("flagged")):
            continue
        numbers = {place.line for place in item.places if place.path == path}
        lines.setdefault(code, set()).update(numbers)
        if item.shared:
            shared |= numbers
    found = {code: len(numbers) for code, numbers in sorted(lines.items()) if numbers}
    return Held(frozenset().union(*lines.values()), found, frozenset(shared))


def divide(path: Path, lines: frozenset[int], clean: Path, quarantine: Path, sha256: str) -> tuple[int, int]:
    """Write both files, each line with its own bytes; returns how many lines went to each.

    A byte order mark stays at the head of ``clean``.

    Raises:
        InputError: the file is not the one that was judged, or one of the two cannot be written; nothing is written.
    """
    counts = [0, 0]
    with atomic_writer(clean) as kept, atomic_writer(quarantine) as aside, path.open("rb") as source:
        outputs: Sequence[BinaryIO] = (kept, aside)
        for number, line in enumerate(source, start=1):
            out = int(number in lines)
            if number == 1 and out and line.startswith(codecs.BOM_UTF8):
                kept.write(codecs.BOM_UTF8)
                line = line[len(codecs.BOM_UTF8) :]
            outputs[out].write(line)
            counts[out] += 1
        if sha256_file(path)[0] != sha256:
            raise InputError(f"{path} changed since it was judged; nothing was written", "run ftlint fix again")
    return counts[0], counts[1]

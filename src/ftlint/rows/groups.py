"""Which examples must stay on one side of a split: copies, equal prompts, and whatever the leak rules would report."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

import orjson

from ftlint.checks import registry
from ftlint.checks.base import FileResult
from ftlint.checks.columns import answer_of
from ftlint.model import Example, Format, Role
from ftlint.rows.judge import batches, context_of

NEAR, NEAR_LEAK, LEAK = "FT502", "FT505", "FT504"
_STATES = ("digests", "rows", "sketches")
_NAMES = {Role.TRAIN: "train", Role.VALIDATION: "validation"}


class Groups:
    """Sets of example numbers (from 1) that grow together: union by the smaller root, so that order does not matter."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count + 1))

    def root(self, number: int) -> int:
        """The smallest number of the group."""
        parent = self._parent
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    def join(self, one: int, other: int) -> bool:
        """Make two groups one; False where they were."""
        first, second = sorted((self.root(one), self.root(other)))
        self._parent[second] = first
        return first != second

    def members(self) -> list[list[int]]:
        """The groups, each in order, in the order of their first members."""
        found: dict[int, list[int]] = {}
        for number in range(1, len(self._parent)):
            found.setdefault(self.root(number), []).append(number)
        return list(found.values())


def grouped(examples: Sequence[Example], fmt: Format) -> Groups:
    """The groups of copies, of equal prompts, and of near-copies within the whole.

    Args:
        examples: on lines that are numbered from 1.
        fmt: their format.
    """
    groups = Groups(len(examples))
    first: dict[bytes, int] = {}
    for example in examples:
        for key in (example.content_sha256, _prompt_key(example, fmt)):
            if key is not None:
                groups.join(first.setdefault(key, example.line.number), example.line.number)
    for one, other in pairs([(Role.TRAIN, examples)], fmt, NEAR):
        groups.join(one, other)
    return groups


def pairs(sides: Iterable[tuple[Role, Sequence[Example]]], fmt: Format, *codes: str) -> Iterator[tuple[int, int]]:
    """Pairs of example numbers that the rules of the dataset report, by these rules' own code."""
    context = context_of(*codes)
    results = []
    for index, (role, examples) in enumerate(sides):
        states = {name: registry.STATES[name]() for name in _STATES}
        for batch in batches(examples, fmt, role):
            for state in states.values():
                state.add(batch, context)
        count = len(examples)
        results.append(FileResult(index, _NAMES[role], role, fmt, 0, count, count, count, states))
    for run, own in registry.DATASET:
        for _, problem in run(results, context) if context.active.intersection(own) else ():
            if problem.code in codes and problem.line is not None:
                for place in problem.related:
                    yield problem.line, place.line


def _prompt_key(example: Example, fmt: Format) -> bytes | None:
    """A hash that prompts share which are equal but for case and white space; None without a prompt."""
    if fmt is Format.REINFORCEMENT:
        prompt = [example.value.get("messages"), example.value.get("tools")]
    else:
        answer = answer_of(example, fmt)
        if answer is None:
            return None
        prompt = answer.prompt
    text = orjson.dumps(prompt, option=orjson.OPT_SORT_KEYS).decode().casefold()
    for escape in ("\\n", "\\r", "\\t"):
        text = text.replace(escape, " ")
    words = " ".join(text.split()).replace(' "', '"').replace('" ', '"')  # white space at the ends of a text
    return b"prompt" + hashlib.sha256(words.encode()).digest()

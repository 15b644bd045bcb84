"""Tokens of the examples of a batch as columns: plain conversations summed together, all others one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from itertools import accumulate, compress, pairwise
from operator import mul
from typing import Any

from ftlint.counting import count
from ftlint.records import dataclass
from ftlint.talks import Spoken, Talks, said, talks
from ftlint.tokens import ONE_TOKEN_ROLES, ExampleTokens, count_examples, each, message_overhead, plan, total
from ftlint.toolcost import Calling
from ftlint.toolrows import NO_TOOL_ROWS, ToolRows

NOT_COUNTED = -1


def _none(_: int) -> ExampleTokens:
    raise IndexError


@dataclass(frozen=True)
class Counted:
    """Tokens per example of a batch, in order.

    Attributes:
        totals: all tokens of each example; ``NOT_COUNTED`` for one that was not counted.
        trained: what the model learns to produce, summed over the examples.
        estimated: a part of some total is an estimate.
        make: all figures of one example, by its place; asked for counted ones alone.
        each: of each counted example twice what the model learns to produce, and one more where that is an estimate.
    """

    totals: list[int] = field(default_factory=list)
    trained: int = 0
    estimated: bool = False
    make: Callable[[int], ExampleTokens] = _none
    each: Callable[[], list[int]] = list

    def __len__(self) -> int:
        return len(self.totals)

    def __getitem__(self, at: int) -> ExampleTokens | None:
        return None if self.totals[at] == NOT_COUNTED else self.make(at % len(self.totals))

    def __iter__(self) -> Iterator[ExampleTokens | None]:
        return map(self.__getitem__, range(len(self.totals)))

    def above(self, limit: int) -> list[int]:
        """The places of the examples that have more tokens than ``limit``, which is not negative."""
        if max(self.totals, default=0) <= limit:
            return []
        return [at for at, tokens in enumerate(self.totals) if tokens > limit]


def counted(
    values: Sequence[Any],
    wanted: Sequence[int],
    fmt: str,
    encoding: str,
    plain: Talks | None = None,
    tooled: ToolRows = NO_TOOL_ROWS,
) -> Counted:
    """Count those examples whose places are wanted, with one call of the tokenizer.

    Args:
        values: the parsed examples, of any shape.
        wanted: places in ``values``, ascending.
        fmt: as for ``plan``.
        encoding: a name of ``ENCODINGS``.
        plain, tooled: the columns of these examples, where they are at hand.

    Raises:
        UsageError, FtlintError: as for ``count``.
    """
    if not wanted:
        return Counted([NOT_COUNTED] * len(values))
    calling = Calling(tooled, wanted, encoding)
    even, others, plainly = _lanes(values, calling.others, fmt, plain or talks(values))
    plans = [plan(values[at], fmt, encoding) for at in others]
    counts = count([*plainly.texts, *calling.texts, *(part.text for parts in plans for part in parts)], encoding)
    odd = dict(zip(others, each(plans, calling.take(counts[len(plainly.texts) :])), strict=True))
    found = _totals(plainly.ends, counts, encoding)
    whole = len(even) == len(values)
    places = even if whole else {at: place for place, at in enumerate(even)}

    def make(at: int) -> ExampleTokens:
        if at not in places:
            return odd[at] if at in odd else count_examples([values[at]], fmt, encoding)[0]
        start, end = plainly.ends[places[at] : places[at] + 2]
        return total(plan(values[at], fmt, encoding), [*counts[start:end], 0])  # nothing is said to prime the reply

    def trained_each() -> list[int]:
        figures = dict(zip(even, _learnt(plainly, counts), strict=True))
        figures.update((at, 2 * tokens.trained + tokens.estimated) for at, tokens in odd.items())
        figures.update((at, 2 * learnt + 1) for at, learnt in zip(calling.places, calling.trained, strict=True))
        return [figures[at] for at in wanted]

    trained = sum(compress(counts, map("assistant".__eq__, plainly.roles)))
    trained += sum(calling.trained) + sum(tokens.trained for tokens in odd.values())
    estimated = bool(calling.places) or any(tokens.estimated for tokens in odd.values())
    if not whole:
        one_by_one = [odd[at].total for at in others]
        found = _spread(len(values), (*even, *calling.places, *others), (*found, *calling.totals, *one_by_one))
    return Counted(found, trained, estimated, make, trained_each)


def _spread(size: int, places: Sequence[int], tokens: Sequence[int]) -> list[int]:
    """The totals of so many examples, of which those at these places were counted."""
    totals = [NOT_COUNTED] * size
    for at, each_total in zip(places, tokens, strict=True):
        totals[at] = each_total
    return totals


def _learnt(plainly: Spoken, counts: Sequence[int]) -> list[int]:
    """Twice what the model learns to produce of each plain conversation; their texts are the first that are counted."""
    sums = list(accumulate(map(mul, counts, map("assistant".__eq__, plainly.roles)), initial=0))
    return [2 * (sums[end] - sums[start]) for start, end in pairwise(plainly.ends)]


def _totals(ends: Sequence[int], counts: Sequence[int], encoding: str) -> list[int]:
    """The totals of plain conversations, whose messages end at these places."""
    sums = list(accumulate(counts, initial=0))
    priming = message_overhead(0, 0, encoding)
    per_message = message_overhead(1, 0, encoding) - priming
    so_far = [
        tokens + messages * per_message for tokens, messages in zip(map(sums.__getitem__, ends), ends, strict=True)
    ]
    return [after - before + priming for before, after in pairwise(so_far)]


def _lanes(
    values: Sequence[Any], wanted: Sequence[int], fmt: str, plain: Talks
) -> tuple[Sequence[int], Sequence[int], Spoken]:
    """The places of the conversations without tools, of all other examples, and the messages of the former."""
    if fmt != "chat":
        return [], wanted, Spoken([], [], [0])
    if not wanted:
        return [], [], Spoken([], [], [0])
    if not plain.odd and len(wanted) == len(values):
        return wanted, [], Spoken(plain.texts, plain.speakers, plain.ends)
    if len(plain.odd) == len(values) and (every := spoken([values[at] for at in wanted])) is not None:
        return wanted, [], every
    even, others = [], []
    found = Spoken([], [], [0])
    for at in wanted:
        start, end = plain.ends[at : at + 2]
        shape = Spoken(plain.texts[start:end], plain.speakers[start:end], []) if end > start else spoken([values[at]])
        if shape is None:
            others.append(at)
            continue
        even.append(at)
        found.texts.extend(shape.texts)
        found.roles.extend(shape.roles)
        found.ends.append(len(found.texts))
    return even, others, found


def spoken(values: Sequence[Any]) -> Spoken | None:
    """The messages, if all examples are conversations without tools, and all messages a known role and a text."""
    found = said(values, ONE_TOKEN_ROLES)
    if found is None or any("tools" in value or "functions" in value for value in values if len(value) > 1):
        return None
    return found

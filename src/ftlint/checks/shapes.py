"""FT1 and FT2, rows of the plain shape: nearly all rows of most chat files, which many checks need not look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ftlint.checks.base import Batch, BatchCheck, Context
from ftlint.model import Example, Format, Problem

ROLES = frozenset({"system", "developer", "user", "assistant"})
"""Who speaks in a plain row."""


class Shapes(NamedTuple):
    """Which rows of a batch are plain: ``messages`` alone, each with a role of ``ROLES`` and a string, and no more.

    Such a row is valid, and holds no tools, calls, results, names, weights, refusals and images.

    Attributes:
        roles: of the messages, row by row; None for a row that is not plain.
        contents: those of all plain rows, in order.
        odd: the rows that are not plain.
    """

    roles: list[tuple[str, ...] | None]
    contents: list[str]
    odd: list[Example]


def shapes(batch: Batch) -> Shapes:
    """The shapes of a batch; only rows of the chat format are plain."""
    held: Shapes | None = batch.columns.get("shapes")
    if held is None:
        held = batch.columns["shapes"] = _shapes(batch)
    return held


def per_odd(check: Callable[[Example, Batch, Context], Iterator[Problem]]) -> BatchCheck:
    """A check of one example, which finds nothing in a plain row, as a check of a batch."""

    def run(batch: Batch, context: Context) -> Iterator[Problem]:
        for example in shapes(batch).odd:
            yield from check(example, batch, context)

    return run


def _shapes(batch: Batch) -> Shapes:
    if batch.format is not Format.CHAT:
        return Shapes([None] * len(batch.examples), [], batch.examples)
    column: list[tuple[str, ...] | None] = []
    contents: list[str] = []
    odd: list[Example] = []
    for example in batch.examples:
        value = example.value
        messages = value.get("messages") if len(value) == 1 else None
        roles, texts = [], []
        for message in messages if type(messages) is list else ():
            if type(message) is not dict or len(message) != 2:
                break
            role, text = message.get("role"), message.get("content")
            if type(text) is not str or type(role) is not str or role not in ROLES:
                break
            roles.append(role)
            texts.append(text)
        if roles and len(roles) == len(messages):  # type: ignore[arg-type]
            column.append(tuple(roles))
            contents += texts
        else:
            column.append(None)
            odd.append(example)
    return Shapes(column, contents, odd)

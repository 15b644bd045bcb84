"""The field that a defect is planted in: a clean file, a seeded choice of the row, and what comes out."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.detection import base
from benchmarks.detection.base import Row


@dataclass(frozen=True)
class Planted:
    """Files with one defect in them.

    Attributes:
        train: the bytes of the training file; ``validation``: of the validation file, or None.
        lines: where the defect is, any of these lines; empty where it is the whole file's.
        role: the file that it is in.
        name: what the training file is called.
        grow: the training file is filled up with NUL bytes to this size.
    """

    train: bytes
    lines: frozenset[int] = frozenset()
    validation: bytes | None = None
    role: str = "train"
    name: str = "train.jsonl"
    grow: int = 0
    against: bytes | None = None


@dataclass(frozen=True)
class Kind:
    """One kind of defect.

    Attributes:
        name: in words; ``code``: the rule that is to find it, ``level``: at this level.
        types: its numbers in the catalogue of 74 defect types (rules/PEERS.md).
        settings: further settings of the check, by their name in ``ftlint.settings.Settings``.
        also: rules that may fire too, because the defect truly is both.
        heavy: it needs a file of more than 20 MB; not part of the quick test.
    """

    name: str
    code: str
    level: str
    plant: Callable[[Field], Planted]
    types: tuple[int, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    heavy: bool = False

    def planted(self, seed: int) -> Planted:
        """The files, the same for the same seed."""
        return self.plant(Field(random.Random(f"{seed} {self.name}")))


class Field:
    """Clean rows, and the ways to spoil one of them."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def rows(self, name: str = "chat") -> list[Row]:
        """The rows of a clean file."""
        return base.chat() if name == "chat" else base.fixture(name)

    def spot(self, rows: list[Row]) -> int:
        """The index of the row that is spoilt: neither the first nor the last."""
        return self.rng.randrange(1, len(rows) - 1)

    def edit(self, change: Callable[[Row], object], name: str = "chat") -> Planted:
        """One row changed in place; what ``change`` returns replaces it, if it is an object."""
        rows = self.rows(name)
        at = self.spot(rows)
        changed = change(rows[at])
        if isinstance(changed, dict):
            rows[at] = changed
        return Planted(base.encode(rows), frozenset({at + 1}))

    def raw(self, spoil: Callable[[bytes], bytes], name: str = "chat", row: Row | None = None) -> Planted:
        """One line of bytes spoilt; ``row`` replaces it before that."""
        rows = self.rows(name)
        at = self.spot(rows)
        lines = [base.line(value) for value in rows]
        lines[at] = spoil(base.line(row) if row is not None else lines[at])
        return Planted(b"\n".join(lines) + b"\n", frozenset({at + 1}))

    def whole(self, spoil: Callable[[bytes], bytes], name: str = "train.jsonl") -> Planted:
        """The whole file spoilt."""
        return Planted(spoil(base.encode(self.rows())), name=name)

    def answer(self, text: str, question: str = "Which of the gates leads to the mill, and who keeps it?") -> Planted:
        """One row with another question and answer: what counts as a defect depends on what was asked."""

        def change(row: Row) -> None:
            row["messages"][-2]["content"] = question
            row["messages"][-1]["content"] = text

        return self.edit(change)

    def message(self, index: int, change: Callable[[Row], object], name: str = "chat") -> Planted:
        """One message of one row changed."""
        return self.edit(lambda row: [change(row["messages"][index])], name)

    def turns(self, *messages: Row, **more: Any) -> Planted:
        """One row with these messages after the common system prompt."""
        first = {"role": "system", "content": base.SYSTEM}
        return self.edit(lambda _: {"messages": [first, *messages], **more})

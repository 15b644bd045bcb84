"""A seeded split into training and validation examples: groups stay whole, and the checker finds no leak."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ftlint.errors import InputError, UsageError
from ftlint.model import Example, Format, Role
from ftlint.rows.groups import LEAK, NEAR_LEAK, Groups, grouped, pairs

ROUNDS = 12
"""Drawings before rows that leak are moved to the training side instead; more than three were never needed so far."""
TRIED = 512
"""Groups whose sizes are added up to come nearest to the share, where groups are too large to fill it one by one."""


@dataclass(frozen=True)
class Split:
    """The two sides, each in the order of the rows.

    Attributes:
        wanted: how many validation examples were asked for.
        together: examples that were kept together with another one.
    """

    train: list[Example]
    validation: list[Example]
    wanted: int
    together: int


def how_many(given: str, count: int) -> int:
    """The number of validation examples that ``0.1`` (a share) or ``200`` (a number) asks for.

    Raises:
        UsageError: it is neither, or leaves nothing to train on.
    """
    if re.fullmatch(r"[0-9]{1,9}", given) and int(given) > 0:
        wanted = int(given)
    elif re.fullmatch(r"0?\.[0-9]{1,9}", given) and float(given) > 0:
        wanted = max(1, round(float(given) * count))
    else:
        raise UsageError(f"--validation takes a share or a number, not `{given}`", "--validation 0.1, --validation 200")
    if wanted >= count:
        raise UsageError(f"{wanted:,} validation examples of {count:,} leave nothing to train on", "--validation 0.1")
    return wanted


def split(examples: Sequence[Example], fmt: Format, wanted: int, seed: int) -> Split:
    """Draw whole groups until the validation side has as many examples as are wanted, as nearly as groups allow.

    The draw depends on the seed and on the examples, not on their order and not on the machine.

    Args:
        examples: on lines that are numbered from 1.
        fmt: their format.
        wanted: number of validation examples, at least 1.
        seed: of the draw.

    Raises:
        InputError: the groups leave one side empty.
    """
    groups = grouped(examples, fmt)
    held = _drawn(examples, groups, wanted, seed)
    drawings = 1
    while leaks := list(pairs(_sides(examples, held), fmt, LEAK, NEAR_LEAK)):
        for one, other in leaks:
            groups.join(one, other)
        if drawings < ROUNDS:
            held = _drawn(examples, groups, wanted, seed)
            drawings += 1
        else:
            leaking = {groups.root(number) for number, _ in leaks}
            held = {number for number in held if groups.root(number) not in leaking}
    if not held or len(held) == len(examples):
        raise InputError(
            f"the {len(examples):,} examples cannot be split: too many are copies, near-copies or have the same prompt",
            "take the duplicates out, or hold back a file of its own",
        )
    (_, train), (_, validation) = _sides(examples, held)
    together = sum(len(members) for members in groups.members() if len(members) > 1)
    return Split(train, validation, wanted, together)


def _sides(examples: Sequence[Example], held: set[int]) -> tuple[tuple[Role, list[Example]], ...]:
    return (
        (Role.TRAIN, [example for example in examples if example.line.number not in held]),
        (Role.VALIDATION, [example for example in examples if example.line.number in held]),
    )


def _drawn(examples: Sequence[Example], groups: Groups, wanted: int, seed: int) -> set[int]:
    """The numbers on the validation side: groups in the order of a keyed hash, each taken if it still fits."""
    members = groups.members()
    order = sorted(members, key=lambda group: _place(min(examples[at - 1].content_sha256 for at in group), seed))
    held: set[int] = set()
    for group in order:
        if len(held) + len(group) <= wanted:
            held.update(group)
    if len(held) < wanted:  # large groups: look for some whose sizes add up better
        other = _adding_up(order, wanted, len(examples) - 1)
        held = min(held or other, other, key=lambda numbers: abs(len(numbers) - wanted))
    return held


def _adding_up(order: list[list[int]], wanted: int, most: int) -> set[int]:
    """The numbers of groups (of the first ones) whose sizes add up to nearly ``wanted``; at least 1, at most ``most``.

    Which sums can be reached is a row of bits for each group; the way back through them names the groups.
    """
    reached = [1]
    for group in order[:TRIED]:
        reached.append((reached[-1] | reached[-1] << len(group)) & ((2 << most) - 1))
    sums = reached[-1]
    near = (total for off in range(most + 1) for total in (wanted - off, wanted + off) if total > 0)
    total = next((total for total in near if sums >> total & 1), 0)
    held: set[int] = set()
    for group, before in zip(reversed(order[:TRIED]), reversed(reached[:-1]), strict=True):
        if not before >> total & 1:
            held.update(group)
            total -= len(group)
    return held


def _place(digest: bytes, seed: int) -> bytes:
    return hashlib.sha256(b"%d:" % seed + digest).digest()

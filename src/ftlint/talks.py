"""Stage 2: the plain conversations of a batch as columns; nearly all rows of most chat files are such."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, chain, compress, pairwise
from operator import itemgetter, sub
from typing import Any, NamedTuple

ROLES = frozenset({"system", "developer", "user", "assistant"})
"""Who speaks in a plain row."""
SYSTEM = ("system", "developer")
"""Roles of those who tell the model how to answer."""
_MESSAGES, _CONTENT, _ROLE = itemgetter("messages"), itemgetter("content"), itemgetter("role")


class Spoken(NamedTuple):
    """The messages of conversations, one after another.

    Attributes:
        ends: 0, and behind each conversation the number of messages so far.
    """

    texts: list[str]
    roles: list[str]
    ends: list[int]


class Talks(NamedTuple):
    """Which rows of a batch are plain: ``messages`` alone, each with a role of ``ROLES`` and a string, and no more.

    Such a row is valid, and holds no tools, calls, results, names, weights, refusals and images.

    Attributes:
        roles: of the messages, row by row; None for a row that is not plain.
        texts: the contents of all plain rows, in order. ``speakers``: their roles.
        ends: 0, and for each row the number of texts up to its end; a row that is not plain has none.
        odd: places of the rows that are not plain.
    """

    roles: list[tuple[str, ...] | None]
    texts: list[str]
    speakers: list[str]
    ends: list[int]
    odd: Sequence[int]


def talks(values: Sequence[dict[str, Any]]) -> Talks:
    """The columns of these rows."""
    return _all_plain(values) or _one_by_one(values)


def none_plain(rows: int) -> Talks:
    """The columns of so many rows of another format."""
    return Talks([None] * rows, [], [], [0] * (rows + 1), range(rows))


def said(values: Sequence[Any], roles: frozenset[str]) -> Spoken | None:
    """The messages of rows in which each message is one of these roles and a text, and no more; None for others.

    Of all JSON values, objects alone have members by name. Those that have these two and no more have two each.
    """
    try:
        held = list(map(_MESSAGES, values))
        if not held or list(map(type, held)).count(list) < len(held):
            return None
        messages = list(chain.from_iterable(held))
        one = {role: role for role in roles}  # one string for each role: it is compared in no time from here on
        texts, speakers = list(map(_CONTENT, messages)), list(map(one.__getitem__, map(_ROLE, messages)))
        if sum(map(len, messages)) != 2 * len(messages) or list(map(type, texts)).count(str) < len(texts):
            return None
    except (KeyError, TypeError):  # another shape or role
        return None
    return Spoken(texts, speakers, list(accumulate(map(len, held), initial=0)))


def _all_plain(values: Sequence[dict[str, Any]]) -> Talks | None:
    """The columns where all rows are plain, as in most batches."""
    try:
        found = said(values, ROLES) if sum(map(len, values)) == len(values) else None
    except TypeError:  # a value without a length
        return None
    if found is None:
        return None
    texts, speakers, ends = found
    roles: list[tuple[str, ...] | None]
    if (size := ends[1]) and ends == list(range(0, ends[-1] + 1, size)):
        roles = list(zip(*[iter(speakers)] * size, strict=True))
    elif 0 in map(sub, ends[1:], ends):
        return None
    else:
        roles = [tuple(speakers[start:end]) for start, end in pairwise(ends)]
    return Talks(roles, texts, speakers, ends, ())


def _one_by_one(values: Sequence[dict[str, Any]]) -> Talks:
    """The columns where some rows are not plain."""
    plain = list(map(_is_plain, values))
    found = _all_plain(list(compress(values, plain))) or none_plain(0)
    rows = zip(found.roles, found.ends[1:], strict=True)
    roles: list[tuple[str, ...] | None] = []
    ends = [0]
    for one in plain:
        said_by, end = next(rows) if one else (None, ends[-1])
        roles.append(said_by)
        ends.append(end)
    return Talks(roles, found.texts, found.speakers, ends, [at for at, one in enumerate(plain) if not one])


def _is_plain(value: Any) -> bool:
    try:
        held = value["messages"]
        return (
            len(value) == 1
            and type(held) is list
            and sum(map(len, held)) == 2 * len(held) > 0
            and list(map(type, map(_CONTENT, held))).count(str) == len(held)
            and ROLES.issuperset(map(_ROLE, held))
        )
    except (KeyError, TypeError):  # another shape
        return False

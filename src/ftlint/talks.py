"""Stage 2: the plain conversations of a batch as columns; nearly all rows of most chat files are such."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, chain, pairwise
from operator import itemgetter, sub
from typing import Any, NamedTuple

ROLES = frozenset({"system", "developer", "user", "assistant"})
"""Who speaks in a plain row."""
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
    """The messages of rows in which each message is one of these roles and a text, and no more; None for others."""
    try:
        held = list(map(_MESSAGES, values))
        if set(map(type, held)) != {list}:
            return None
        messages = list(chain.from_iterable(held))
        one = {role: role for role in roles}  # one string for each role: it is compared in no time from here on
        texts, speakers = list(map(_CONTENT, messages)), list(map(one.__getitem__, map(_ROLE, messages)))
        if not (
            set(map(type, messages)) <= {dict} and set(map(len, messages)) <= {2} and set(map(type, texts)) <= {str}
        ):
            return None
    except (KeyError, TypeError):  # another shape or role
        return None
    return Spoken(texts, speakers, list(accumulate(map(len, held), initial=0)))


def _all_plain(values: Sequence[dict[str, Any]]) -> Talks | None:
    """The columns where all rows are plain, as in most batches."""
    found = said(values, ROLES)
    if found is None or set(map(len, values)) != {1}:
        return None
    texts, speakers, ends = found
    sizes = set(map(sub, ends[1:], ends))
    if 0 in sizes:
        return None
    roles: list[tuple[str, ...] | None]
    if len(sizes) == 1:
        roles = list(zip(*[iter(speakers)] * sizes.pop(), strict=True))
    else:
        roles = [tuple(speakers[start:end]) for start, end in pairwise(ends)]
    return Talks(roles, texts, speakers, ends, ())


def _one_by_one(values: Sequence[dict[str, Any]]) -> Talks:
    found = Talks([], [], [], [0], odd := [])
    for at, value in enumerate(values):
        one = _all_plain((value,))
        if one is None:
            odd.append(at)
            found.roles.append(None)
        else:
            found.roles.append(one.roles[0])
            found.texts.extend(one.texts)
            found.speakers.extend(one.speakers)
        found.ends.append(len(found.texts))
    return found

"""Stage 2: the plain conversations of a batch as columns; nearly all rows of most chat files are such."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, chain, pairwise
from operator import itemgetter
from typing import Any, NamedTuple

ROLES = frozenset({"system", "developer", "user", "assistant"})
"""Who speaks in a plain row."""
_MESSAGES, _CONTENT, _ROLE = itemgetter("messages"), itemgetter("content"), itemgetter("role")


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


def _all_plain(values: Sequence[dict[str, Any]]) -> Talks | None:
    """The columns where all rows are plain, as in most batches."""
    try:
        held = list(map(_MESSAGES, values))
        if set(map(len, values)) != {1} or set(map(type, held)) != {list}:
            return None
        messages = list(chain.from_iterable(held))
        texts, speakers = list(map(_CONTENT, messages)), list(map(_ROLE, messages))
        sizes = list(map(len, held))
        if not (
            all(sizes)
            and set(map(type, messages)) == {dict}
            and set(map(len, messages)) == {2}
            and set(map(type, texts)) == {str}
            and ROLES.issuperset(speakers)
        ):
            return None
    except (KeyError, TypeError):  # another shape
        return None
    ends = list(accumulate(sizes, initial=0))
    roles: list[tuple[str, ...] | None]
    if len(set(sizes)) == 1:
        roles = list(zip(*[iter(speakers)] * sizes[0], strict=True))
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

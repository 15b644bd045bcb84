"""Which format a file is in: decided by the majority of its first rows, before anything is judged."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from ftlint.elsewhere import recognised
from ftlint.model import Format, Problem
from ftlint.read import STDIN, Reader, Source
from ftlint.texts import RESERVED

SAMPLE_ROWS = 1000
"""Rows that decide; the same for any batch size."""

_PREFERENCE = {"input", "preferred_output", "non_preferred_output", "preferred_completion", "non_preferred_completion"}
_MESSAGES = (Format.CHAT, Format.REINFORCEMENT)
_CHAT_KEYS = RESERVED | {"functions"}


def row_format(value: dict[str, Any]) -> Format:
    """The format that one row looks like, whatever its neighbours are."""
    if "messages" in value:
        return Format.REINFORCEMENT if _asks(value) else Format.CHAT
    if len(_PREFERENCE & value.keys()) >= 2 or "preferred_output" in value:
        return Format.PREFERENCE
    if "prompt" in value and "completion" in value:
        return Format.COMPLETION
    return Format.UNKNOWN


def _asks(value: dict[str, Any]) -> bool:
    """A row with reference data that ends on the user's turn: the model is to answer, a grader to judge."""
    messages = value["messages"]
    if not isinstance(messages, list) or not messages or not isinstance(messages[-1], dict):
        return False
    return messages[-1].get("role") == "user" and bool(value.keys() - _CHAT_KEYS)


def deviates(value: dict[str, Any], fmt: Format) -> Format | None:
    """The other format that a row is in, or None when it is to be judged in the file's format.

    Chat and reinforcement rows both hold messages: there the schema says what is wrong with a row, not this.
    """
    if fmt in _MESSAGES and "messages" in value:
        return None
    own = row_format(value)
    return None if own in (fmt, Format.UNKNOWN) else own


def all_deviating(values: Sequence[dict[str, Any]], fmt: Format) -> dict[int, Format]:
    """``deviates`` for many rows: the other format by the place of the row, for those that have one."""
    key = "messages" if fmt in (Format.CHAT, Format.REINFORCEMENT) else None  # no row that holds them deviates there
    suspects = [(at, value) for at, value in enumerate(values) if key not in value]
    return {at: other for at, value in suspects if (other := deviates(value, fmt)) is not None}


def decide(source: Source, skip: int) -> tuple[Format, dict[str, Any] | None]:
    """The format of most of the first rows (a tie goes to the first seen), and the first row that is an object."""
    tally: Counter[Format] = Counter()
    first: dict[str, Any] | None = None
    for value in _first_objects(source, skip):
        found = row_format(value)
        tally[found] += 1
        first = value if first is None else first
        if 2 * tally[found] > SAMPLE_ROWS:  # whatever the others are
            break
    if not tally:
        return Format.UNKNOWN, None
    return tally.most_common(1)[0][0], first


def _first_objects(source: Source, skip: int) -> Iterator[dict[str, Any]]:
    for batch in Reader(source, batch_lines=SAMPLE_ROWS, skip=skip).batches():
        for line in batch:
            if line.number > SAMPLE_ROWS:
                return
            try:
                value = orjson.loads(line.raw)
            except orjson.JSONDecodeError:
                continue  # it has no keys to tell a format by, and its own finding when it is judged
            if isinstance(value, dict):
                yield value


def _misspelt(first: dict[str, Any]) -> str | None:
    """The key that stands for ``messages``: a list under a name of nearly the same letters."""
    import difflib

    lists = {key.strip().lower(): key for key, value in first.items() if isinstance(value, list)}
    close = difflib.get_close_matches("messages", lists, 1, 0.7)
    return lists[close[0]] if close else None


def unknown(first: dict[str, Any], line: int, name: str) -> Problem:
    """FT107 for a file whose rows are in no known format, with the command that converts what is recognised."""
    quoted = "FILE" if name == STDIN else shlex.quote(name)
    kind, remedy = recognised(first, quoted)
    shown = ", ".join(f"`{key}`" for key in list(first)[:6]) or "none"
    values = {"keys": shown, "looks": f"; it looks like {kind}" if kind else ""}
    if misspelt := _misspelt(first):
        return Problem("FT107", line, (misspelt,), key=True, values=values, help=f"rename `{misspelt}` to `messages`")
    return Problem("FT107", line, (), values=values, help=remedy)

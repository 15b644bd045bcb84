"""FT3, tokens: what is cut off at the limit, and text that spells a special token."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from ftlint.checks.base import Batch, Context, Joined
from ftlint.checks.conversation import messages_of
from ftlint.model import Example, Format, JsonPath, Problem
from ftlint.tokens import SPECIAL_TOKENS

NEAR = 0.95
"""Share of the limit from which an example is near it; counts of tools and images are estimates."""
SCREEN = "FT602"
"""The texts that may hold a special token are among those that may hold a chat template's: ``<|`` is one of them."""


def limits(batch: Batch, context: Context) -> Iterator[Problem]:
    """FT301, and FT302 where nothing of the answer is left: the service cuts tokens from the end of the example.

    FT303 for an example that is nearly so long.
    """
    if context.limit is None:
        return
    near = int(context.limit * NEAR)
    for at in batch.tokens.above(near):
        example, tokens = batch.examples[at], batch.tokens.make(at)
        if tokens.total <= context.limit:
            close: dict[str, int] = {"tokens": tokens.total, "limit": context.limit}
            yield Problem("FT303", example.line.number, (), values=close, data={"tokens": tokens.total})
            continue
        over = tokens.total - context.limit
        values: dict[str, int | str] = {"tokens": tokens.total, "limit": context.limit, "over": over}
        path = _answer(example, batch.format)
        answer = tokens.answer if path else 0
        if answer and over >= answer:
            yield Problem("FT302", example.line.number, path, values=values, data={"tokens": tokens.total})
        else:
            cut = f"{over / answer:.0%} of the last answer" if answer else f"the last {over:,} tokens"
            values["cut"] = cut
            yield Problem("FT301", example.line.number, path, values=values, data={"tokens": tokens.total})


def _answer(example: Example, fmt: Format) -> JsonPath:
    """Path of the answer that ends the example, so that it is what is cut off; the row's where none does."""
    if fmt is Format.COMPLETION:
        return ("completion",)
    base, messages = messages_of(example, fmt)
    if fmt is not Format.CHAT or not messages or messages[-1][1].get("role") != "assistant":
        return ()
    return (*base, messages[-1][0])


@functools.cache
def _literals(encoding: str) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(token) for token in sorted(SPECIAL_TOKENS[encoding])))


def special_tokens(batch: Batch, context: Context) -> Iterator[Problem]:
    """FT304: a text holds the literal of one of the encoding's special tokens; once per text."""
    last: tuple[object, ...] | None = None
    joined = batch.joined if batch.seen is None else Joined(batch.may(SCREEN))
    if "|" not in joined.whole or "<|" not in joined.whole:  # one character is found ten times as fast as two
        return
    for match in _literals(context.encoding).finditer(joined.whole):
        placed = joined.at(*match.span())
        if placed is None or last == placed[0][1:3]:
            continue
        text, span = placed
        last = text[1:3]
        yield Problem("FT304", text.line, text.path, span=span, values={"token": match[0], "role": text.role})

"""FT3, tokens: what is cut off at the limit, and text that spells a special token."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from ftlint.checks.base import Batch, Context
from ftlint.model import Format, Problem
from ftlint.tokens import SPECIAL_TOKENS


def limits(batch: Batch, context: Context) -> Iterator[Problem]:
    """FT301, and FT302 where nothing of the answer is left: the service cuts tokens from the end of the example."""
    if context.limit is None:
        return
    for example, tokens in zip(batch.examples, batch.tokens, strict=True):
        if tokens is None or tokens.total <= context.limit:
            continue
        over = tokens.total - context.limit
        values = {"tokens": tokens.total, "limit": context.limit, "over": over}
        answer = tokens.answer if batch.format in (Format.CHAT, Format.COMPLETION) else 0
        if answer and over >= answer:
            yield Problem("FT302", example.line.number, (), values=values, data={"tokens": tokens.total})
        else:
            cut = f"{over / answer:.0%} of the last answer" if answer else f"the last {over:,} tokens"
            yield Problem("FT301", example.line.number, (), values={**values, "cut": cut}, data={"tokens": tokens.total})


@functools.cache
def _literals(encoding: str) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(token) for token in sorted(SPECIAL_TOKENS[encoding])))


def special_tokens(batch: Batch, context: Context) -> Iterator[Problem]:
    """FT304: a text holds the literal of one of the encoding's special tokens; once per text."""
    last: tuple[object, ...] | None = None
    if "<|" not in batch.joined.whole:
        return
    for match in _literals(context.encoding).finditer(batch.joined.whole):
        placed = batch.joined.at(*match.span())
        if placed is None or last == placed[0][1:3]:
            continue
        text, span = placed
        last = text[1:3]
        yield Problem("FT304", text.line, text.path, span=span, values={"token": match[0], "role": text.role})

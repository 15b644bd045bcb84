"""FT6 and a user's own rules: regular expressions over all texts of a batch at once; and special-token literals."""

from __future__ import annotations

from collections.abc import Iterator

from ftlint.checks.base import Batch, Context
from ftlint.model import Problem
from ftlint.rulebook import Rule
from ftlint.text import crop


def patterns(batch: Batch, context: Context) -> Iterator[Problem]:
    """Every active rule whose front matter has a ``pattern``: at most one finding per rule and text."""
    for code in sorted(context.active):
        rule = context.book.rules[code]
        if rule.pattern is not None and (not rule.formats or batch.format.value in rule.formats):
            yield from _matches(rule, batch)


def _matches(rule: Rule, batch: Batch) -> Iterator[Problem]:
    pattern = rule.pattern
    assert pattern is not None
    last: tuple[object, ...] | None = None
    for match in pattern.regex.finditer(batch.joined.whole):
        placed = batch.joined.at(*match.span())
        if placed is None:
            continue
        text, span = placed
        if pattern.where and text.role not in pattern.where:
            continue
        if pattern.kinds and text.kind not in pattern.kinds:
            continue
        if last == (text.line, text.path):
            continue
        last = (text.line, text.path)
        values = {"match": crop(match[0], 60), "role": text.role}
        yield Problem(rule.code, text.line, text.path, span=span, values=values)

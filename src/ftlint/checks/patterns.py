"""FT6 and a user's own rules: a regular expression over every text; for the built-in ones only where it can match."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence

from ftlint.checks.base import Batch, Context, Joined
from ftlint.model import Problem, Text
from ftlint.rulebook import Pattern, Rule
from ftlint.text import crop

SPAN = "span"
"""Name of the group that is the finding, where a pattern has it; a match in which it takes no part is skipped."""

NEEDLES: dict[str, tuple[str, ...]] = {
    "FT602": (
        "<|", "<｜", "_of_turn>", "SYS>>", "INST]", "_TOOLS]", "TOOL_", "SYSTEM_PROMPT]", "</s>", "<s>", "### Instruction:",
        "### Human:", "### Assistant:", "### Response:",
    ),
    "FT603": (
        "language model", "an AI", "an artificial intelligence", "request", "orry", "knowledge", "training", "personal ",
        "AI言語モデル", "AIの", "AI大", "私はAI", "申し訳", "作为", "언어", "KI-Sprachmodell", "modèle de langage", "modelo de ",
    ),
}  # fmt: skip
"""Every match of a built-in pattern holds one of these; they are found some fifty times faster than the pattern runs."""


def patterns(batch: Batch, context: Context) -> Iterator[Problem]:
    """Every active rule whose front matter has a ``pattern``: at most one finding per rule and text."""
    for code in sorted(context.active):
        rule = context.book.rules[code]
        if rule.pattern is not None and (not rule.formats or batch.format.value in rule.formats):
            needles = None if rule.own else NEEDLES.get(code)
            texts = batch.texts if needles is None else holding(batch.joined, needles)
            yield from _findings(rule, rule.pattern, texts)


def holding(joined: Joined, needles: Sequence[str]) -> list[Text]:
    """The texts that hold at least one of the needles, in order."""
    found: set[int] = set()
    for needle in needles:
        at = joined.whole.find(needle)
        while at >= 0:
            index = bisect.bisect_right(joined.starts, at) - 1
            found.add(index)
            following = index + 1
            at = joined.whole.find(needle, joined.starts[following]) if following < len(joined.starts) else -1
    return [joined.texts[index] for index in sorted(found)]


def _findings(rule: Rule, pattern: Pattern, texts: Sequence[Text]) -> Iterator[Problem]:
    for text in texts:
        if pattern.where and text.role not in pattern.where:
            continue
        if pattern.kinds and text.kind not in pattern.kinds:
            continue
        span = _first(pattern.regex, text.text)
        if span is not None:
            values = {"match": crop(text.text[slice(*span)], 60), "role": text.role}
            yield Problem(rule.code, text.line, text.path, span=span, values=values)


def _first(regex: re.Pattern[str], text: str) -> tuple[int, int] | None:
    if SPAN not in regex.groupindex:
        match = regex.search(text)
        return match.span() if match is not None else None
    return next((match.span(SPAN) for match in regex.finditer(text) if match[SPAN] is not None), None)

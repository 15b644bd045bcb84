"""FT6 and a user's own rules: a regular expression over every text; for the built-in ones only where it can match."""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterator, Sequence

from ftlint.checks.base import Batch, Context, Joined
from ftlint.model import Problem, Text
from ftlint.privacy import mask
from ftlint.rulebook import Pattern, Rule
from ftlint.text import crop

_SHOWN = 60
_AROUND = 400
SPAN = "span"
"""Name of the group that is the finding, where a pattern has it; a match in which it takes no part is skipped."""

NEEDLES: dict[str, tuple[str, ...]] = {
    "FT602": (
        "<|", "<｜", "<start_of", "<end_of", "<<S", "<</S", "[INST", "[/INST", "[AVAIL", "[/AVAIL", "[TOOL_", "[/TOOL_",
        "[SYSTEM_", "[/SYSTEM_", "</s>", "<s>", "### Inst", "### Human", "### Assist", "### Resp",
    ),
    "FT603": (
        "AI", "ficial intelligence", "guage model", "I cannot ", "I can't ", "I can’t ", "I can not ", "I am unable ",
        "I am not able ", "I'm unable ", "I’m unable ", "I'm not able ", "I’m not able ", "I won", "I will not ",
        "I don't have ", "I don’t have ", "I do not have ", "knowledge cut", "knowledge update", "KI-Sprachmodell",
        "申し訳", "作为", "인공지능", "èle de langage", "guaje", "guagem",
    ),
}  # fmt: skip
"""Every match of a built-in pattern holds one of these. They begin with rare characters, so they are found fast."""


def patterns(batch: Batch, context: Context) -> Iterator[Problem]:
    """Every active rule whose front matter has a ``pattern``: at most one finding per rule and text."""
    for code in sorted(context.active):
        rule = context.book.rules[code]
        if rule.pattern is not None and (not rule.formats or batch.format.value in rule.formats):
            yield from _findings(rule, rule.pattern, batch, context.settings.phone_regions)


def _findings(rule: Rule, pattern: Pattern, batch: Batch, regions: Sequence[str]) -> Iterator[Problem]:
    texts: Sequence[Text] = batch.texts
    if pattern.where or pattern.kinds or pattern.trained:
        texts = [text for text in texts if _looks_at(pattern, text)]
    if not rule.own and rule.code in NEEDLES:
        texts = holding(texts, NEEDLES[rule.code])
    for text in texts:
        span = _first(pattern.regex, text.text)
        if span is not None:
            values = {"match": _quoted(text.text, span, regions), "role": text.role}
            yield Problem(rule.code, text.line, text.path, span=span, values=values)


def _quoted(text: str, span: tuple[int, int], regions: Sequence[str]) -> str:
    """The match, with personal data starred out also where the match holds only a piece of it."""
    start, end = span[0], min(span[1], span[0] + _SHOWN + 1)
    first = max(0, start - _AROUND)
    return crop(mask(text[first : end + _AROUND], regions)[start - first : end - first], _SHOWN)


def _looks_at(pattern: Pattern, text: Text) -> bool:
    if pattern.trained and not text.trained:
        return False
    return (not pattern.where or text.role in pattern.where) and (not pattern.kinds or text.kind in pattern.kinds)


def holding(texts: Sequence[Text], needles: tuple[str, ...]) -> list[Text]:
    """The texts that hold at least one of the needles, in order: one search over all of them together."""
    joined = Joined(texts)
    regex = _any_of(needles)
    found: list[Text] = []
    at = 0
    while (match := regex.search(joined.whole, at)) is not None:
        index = bisect.bisect_right(joined.starts, match.start()) - 1
        found.append(texts[index])
        at = joined.starts[index] + len(texts[index].text)
    return found


@functools.cache
def _any_of(needles: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(needle) for needle in needles))


def _first(regex: re.Pattern[str], text: str) -> tuple[int, int] | None:
    if SPAN not in regex.groupindex:
        match = regex.search(text)
        return match.span() if match is not None else None
    return next((match.span(SPAN) for match in regex.finditer(text) if match[SPAN] is not None), None)

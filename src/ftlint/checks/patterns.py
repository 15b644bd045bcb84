"""FT6 and a user's own rules: a regular expression over every text; for the built-in ones only where it can match."""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterator, Sequence

from ftlint.checks import fields
from ftlint.checks.asked import asked_for, row_of
from ftlint.checks.base import Batch, Context, Joined
from ftlint.lazy import lazy
from ftlint.model import Problem, Text
from ftlint.privacy import mask
from ftlint.privacy.profile.anycase import AnyCase
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
    "FT605": (
        "orem ", "LOREM", "<noinput", "<no input", "<NOINPUT", "[insert ", "[Insert ", "[INSERT ", "TODO", "FIXME",
        "TBD", "goes here", "ここに", "此处", "待填写",
    ),
    "FT609": ("&", "<br", "<BR", "</"),
    "FT612": ("think", "hought", "easoning>", "scratchpad>", "reflection>", "THINK]"),
    "FT613": (
        "instructions", "prompts", "directions", "guidelines", "rules", "restrictions", "DAN ", "nything Now",
        "nything now", "ode enabled", "ode activated", "filter", "polic", "protocol", "constraints",
        "無視", "忽略", "无视",
    ),
    "FT614": ("\ufffd",),
    "FT616": (
        "ChatGPT", "GPT", "Bard", "Claude", "DeepSeek", "Qwen", "Gemini", "Llama", "Copilot", "OpenAI", "Anthropic",
        "Google", "Meta", "Microsoft", "Alibaba", "Mistral", "xAI", "文心一言", "通义千问", "百度", "阿里",
    ),
    "FT618": (
        "Sure", "Certainly", "Of course", "Absolutely", "reat question", "ood question", "ellent question",
        "appy to help", "lad to help", "Thank you for your question", "helps", "et me know if you",
        "eel free to", "nything else",
        "もちろんです", "承知", "かしこまりました", "質問ですね", "幸いです", "当然可以", "希望",
    ),
    "FT619": ("http", "www.", "]("),
    "FT621": ("mg", "mcg", "ml", "milligram", "tablet", "pill", " taking ", "ou should ", "服用", "飲", "べき"),
    "FT622": ("I'm ", "I’m ", "I am ", "My ", "my ", "I just turned", "I grew", "I was ", "I went", "I live", "I work",
              "As a ", "As an ", "私", "僕", "俺", "我"),
}  # fmt: skip
"""Every match of a built-in pattern holds one of these. They begin with rare characters, so they are found fast."""


UNLESS: dict[str, AnyCase] = {
    "FT605": AnyCase(
        r"lorem|template|placeholder|letter|e-?mail|\bform\b|draft|example|テンプレート|雛形|ひな形|例文|模板"
    ),
    "FT607": AnyCase(
        r"dialog|conversation|script|transcript|\bchat|interview|assistant:|user:|human:|会話|対話|台本|对话|대화"
    ),
    "FT609": AnyCase(r"html|xml|\bweb|markup|\btags?\b|\bcode\b|css|javascript|&(?:amp|lt|nbsp);|</?[a-z]+>"),
    "FT612": AnyCase(r"<(?:think|thought|reason|scratch|reflect)|think(?:ing)? (?:tag|block)|思考過程|思考过程"),
    "FT614": AnyCase(r"fffd|replacement character"),
    "FT619": AnyCase(r"https?:|www\.|\blinks?\b|\burls?\b|web ?site|home ?page|リンク|サイト|链接|网址"),
    "FT622": AnyCase(
        r"translat|stor(?:y|ies)|\bwrite|novel|essay|letter|poem|phrase|summar|dialog|passage|premise|continu|sentence"
        r"|role|character|diary|review|翻訳|物語|小説|日記|作文|翻译|故事"
    ),
}
"""Where the untrained texts of the row hold this, the match was asked for."""

WITHIN: dict[str, re.Pattern[str]] = {
    "FT609": lazy(r"(?i)```|<html|<!doctype|<script|<svg|<\?xml|\|\s?:?-{3}"),
    "FT605": lazy(r"```|<(?!no ?input)[a-z]+[ >]"),
}
"""Where the text itself holds this, the match belongs to it."""
ANCHORED = frozenset({"FT607"})
"""Patterns that match at the start only, which `search` would try at every character."""
SPOKEN = frozenset({"FT622"})
"""Patterns of what the speaker says of himself; inside of quotation marks another one speaks."""
_QUOTES = (("“", "”"), ("「", "」"), ("『", "』"), ("«", "»"), ("„", "“"))


def patterns(batch: Batch, context: Context) -> Iterator[Problem]:
    """Every active rule whose front matter has a ``pattern``: at most one finding per rule and text."""
    for code in sorted(context.active):
        rule = context.book.rules[code]
        if rule.pattern is not None and (not rule.formats or batch.format.value in rule.formats):
            yield from _findings(rule, rule.pattern, batch, context.settings.phone_regions)
    if fields.CODE in context.active:
        yield from _fields(batch, context)


def _fields(batch: Batch, context: Context) -> Iterator[Problem]:
    """FT605 for template fields, in prompts as well; a text in which the pattern found something has its finding."""
    rule = context.book.rules[fields.CODE]
    pattern = rule.pattern
    for text in holding(batch.may_say(fields.SCREEN), fields.NEEDLES):
        span = fields.unfilled(text, row_of(text, batch))
        known = pattern is not None and _looks_at(pattern, text) and _first(pattern.regex, text.text) is not None
        if span is not None and not known:
            values = {"match": _quoted(text.text, span, context.settings.phone_regions), "role": text.role}
            yield Problem(fields.CODE, text.line, text.path, span=span, values=values)


def _findings(rule: Rule, pattern: Pattern, batch: Batch, regions: Sequence[str]) -> Iterator[Problem]:
    joined = _looked_at(pattern, batch) if rule.own or batch.seen is None else None
    texts = joined.texts if joined else [text for text in batch.may(rule.code) if _looks_at(pattern, text)]
    if not rule.own and rule.code in NEEDLES:
        texts = _holding(joined or Joined(texts), NEEDLES[rule.code])
    unless = UNLESS.get(rule.code) if not rule.own else None
    belongs = WITHIN.get(rule.code) if not rule.own else None
    slow = rule.code in SPOKEN  # what was asked for is seen faster than what such a pattern matches

    def wanted(text: Text) -> bool:
        return unless is not None and asked_for(unless, text, batch)

    for text in texts:
        if slow and wanted(text):
            continue
        span = _span(rule, pattern.regex, text.text)
        if span is None or (belongs is not None and belongs.search(text.text)):
            continue
        if slow or not wanted(text):
            values = {"match": _quoted(text.text, span, regions), "role": text.role}
            yield Problem(rule.code, text.line, text.path, span=span, values=values)


def _span(rule: Rule, regex: re.Pattern[str], text: str) -> tuple[int, int] | None:
    """The first match that counts."""
    if not rule.own and rule.code in ANCHORED:
        match = regex.match(text)
        return match.span() if match is not None else None
    if not rule.own and rule.code in SPOKEN:
        return next((match.span() for match in regex.finditer(text) if not _is_quoted(text, match.start())), None)
    return _first(regex, text)


def _is_quoted(text: str, at: int) -> bool:
    """A place inside of quotation marks that were opened in the same paragraph."""
    before = text[text.rfind("\n", 0, at) + 1 : at][-_AROUND:]
    return before.count('"') % 2 == 1 or any(before.rfind(first) > before.rfind(last) for first, last in _QUOTES)


def _quoted(text: str, span: tuple[int, int], regions: Sequence[str]) -> str:
    """The match, with personal data starred out also where the match holds only a piece of it."""
    start, end = span[0], min(span[1], span[0] + _SHOWN + 1)
    first = max(0, start - _AROUND)
    return crop(mask(text[first : end + _AROUND], regions)[start - first : end - first], _SHOWN)


def _looked_at(pattern: Pattern, batch: Batch) -> Joined:
    """All texts of a batch that a pattern looks at; most patterns look at the same ones."""
    name = f"looked-at {pattern.where} {pattern.kinds} {pattern.trained}"
    held: Joined | None = batch.columns.get(name)
    if held is None:
        held = batch.columns[name] = Joined([text for text in batch.texts if _looks_at(pattern, text)])
    return held


def _looks_at(pattern: Pattern, text: Text) -> bool:
    if pattern.trained and not text.trained:
        return False
    return (not pattern.where or text.role in pattern.where) and (not pattern.kinds or text.kind in pattern.kinds)


def holding(texts: Sequence[Text], needles: tuple[str, ...]) -> list[Text]:
    """The texts that hold at least one of the needles, in order: one plain search per needle over all of them."""
    return _holding(Joined(texts), needles)


def _holding(joined: Joined, needles: tuple[str, ...]) -> list[Text]:
    texts = joined.texts
    found: set[int] = set()
    for needle in needles if texts else ():
        if _rarest(needle) not in joined.whole:  # ten times as fast as the search for all of it
            continue
        at = joined.whole.find(needle)
        while at >= 0:
            index = bisect.bisect_right(joined.starts, at) - 1
            end = joined.starts[index] + len(texts[index].text)
            if at + len(needle) <= end:
                found.add(index)
            at = joined.whole.find(needle, max(end, at + 1))
    return [texts[index] for index in sorted(found)]


@functools.cache
def _rarest(needle: str) -> str:
    return max(needle, key=_rarity)


def _rarity(sign: str) -> tuple[bool, str]:
    """The greater, the rarer the character is in most texts."""
    return not sign.islower() and sign != " ", sign


def _first(regex: re.Pattern[str], text: str) -> tuple[int, int] | None:
    if SPAN not in regex.groupindex:
        match = regex.search(text)
        return match.span() if match is not None else None
    return next((match.span(SPAN) for match in regex.finditer(text) if match[SPAN] is not None), None)

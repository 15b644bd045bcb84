"""FT605, template fields that nobody filled in: told from code, LaTeX, wiki mark-up and texts about templates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ftlint.lazy import lazy
from ftlint.model import Text

Span = tuple[int, int]
CODE = "FT605"
SCREEN = "FT605-fields"

NEEDLES = ("{", "[", "<YOUR", "<INSERT", "<ENTER", "<CUSTOMER", "<COMPANY", "<FIRST", "<LAST", "<FULL", "<USER")
"""Every field begins with one of these."""
ROLES = frozenset({"system", "developer", "user", "assistant"})

_WHOSE = (
    r"(?:full|first|last|user|customer|client|company|business|product|recipient|sender|guest|employee|manager|agent"
    r"|order|invoice|street|delivery|due)"
)
_WHAT = (
    r"(?:names?|address|date|time|phone(?:[ _]number)?|order[ _]number|e-?mail(?:[ _]address)?|company|city|age"
    r"|position|job[ _]title|product|contact[ _](?:information|details|info))"
)
_SLOT = (
    r"\{(?:(?:user_?|chat_?)?(?:input|history|message|query|question|prompt)|context|answer|text|documents?|article"
    r"|dialogu?e|conversation|passage|instruction|summary|sentence|transcript|output"
    r"|(?:first_?|last_?|full_?|user_?|customer_?)?name|customer)\}"
)
_SHAPES = (
    lazy(r"(?<![{$=\\^_\w.#])(?<!= )\{\{ ?(?!else\b|end|this\b)[^\W\d][\w .]{0,38}\w ?\}\}(?![}\w])"),
    lazy(r"(?<![\\$\w])\$\{[A-Za-z][A-Za-z_]{2,38}\}(?![$^_\\\w/])"),
    lazy(rf"(?i)\[(?:your|the|my|insert|enter)[ _](?:{_WHOSE}[ _])?{_WHAT}(?: here)?\](?![(\[:])"),
    lazy(rf"<(?:YOUR|INSERT|ENTER)[ _](?:{_WHOSE.upper()}[ _])?{_WHAT.upper()}>"),
    lazy(rf"<{_WHOSE.upper()} {_WHAT.upper()}>"),
)
"""What is a field by its shape."""
_BRACKETS = 2
"""The index of the one that a letter, written for somebody unknown, rightly holds."""
_BRACED = lazy(rf"(?i){_SLOT}|\{{[^\W\d][\w ]{{0,20}}\}} ?(?:さん|様|さま|殿)")
_PLACES = (
    lazy(rf"(?i)\A\s*+(?P<span>{_SLOT})\s*+\Z"),
    lazy(rf"(?im)^[^\W\d_][\w ]{{1,30}}[:：][ \n]{{0,2}}(?P<span>{_SLOT}) *$"),
    lazy(rf"(?i)\b(?:dear|hello|hi|hey|hallo|liebe[rs]?|bonjour|cher|chère|hola|estimad[oa]) (?P<span>{_SLOT})"),
    lazy(r"(?P<span>\{[^\W\d][\w ]{0,20}\}) ?(?:さん|様|さま|殿)"),
)
"""Single braces mean a hundred things: only where they are all of a text, or stand behind a label or a greeting."""

_CODE = lazy(
    r"""`|\{%|<!--|</?(?:div|p|span|h\d|li|ul|td|tr|a|b|i|body|html|head|input|button|template|script|img)\b"""
    r"""|\b(?:function|const|var|let)\s+\w|\bdef \w+\(|\bclass \w+\s*[({:]|=>|==|;[ \t]*$|[)\]}]\s*\{|\\[a-zA-Z]+\{"""
    r"""|^\s*(?:import|from|#include|export|echo|sudo|curl|git|\$) |console\.|\bf["']|\.format\(|%[sd]\b|\$\("""
    r"""|"\w+"\s*:|'\w+'\s*:|\$[A-Z_]{2,}\b|\\begin|\$\$|://\S*\{""",
    re.MULTILINE,
)
"""Signs of code in the text itself."""
_ABOUT = lazy(
    r"(?i)templat|placeholder|\bfill(?:ed)?[ -]?(?:in|out)|\bblanks?\b|variable|\bslots?\b|\bfields?\b"
    r"|mail ?merge|jinja"
    r"|handlebars|mustache|\bliquid\b|\bvue\b|angular|svelte|\breact\b|javascript|typescript|\bjs\b|\bbash\b|shell"
    r"|\bscript|regex|python|\bcod(?:e|ing)\b|program|format string|f-string|latex|\btex\b|markdown|json|ya?ml|\bxml"
    r"|html|\bcss\b|\bsql\b|\bapis?\b|\burls?\b|endpoint|terraform|ansible|\bhelm\b|docker|kubernetes|github|\bwiki"
    r"|bibtex|\bprompts?\b|translat|locali[sz]|i18n|syntax|curly|\bbrac(?:es?|kets?)\b|anonymi[sz]|redact|pseudonym"
    r"|substitut|interpolat|notation|\bset theory|mathemat|replace|übersetz|vorlage|platzhalter|traduc|tradui|modèle"
    r"|plantilla|テンプレ|雛形|ひな形|プレースホルダ|変数|空欄|穴埋め|翻訳|コード|模板|占位|变量|翻译|代码"
)
"""Words of a row that is about such fields."""
_WRITING = lazy(
    r"(?i)\b(?:write|compose|draft|letter|e-?mail|message|invitation|speech|contract|agreement|notice|memo|reply|respon"
    r"|announcement|post|form|résumé|resume|cv|essay|story|bio|apply|application|complain|reference|thank|review|report"
    r"|press release|proposal|policy|pitch|introduc|example|sample|create|generate|schreib|verfass|rédige|écri|escrib"
    r"|redact)|手紙|メール|文例|例文|書いて|作成|写|信|邮件"
)
"""Words of a prompt that asks for a text in which ``[Your Name]`` is meant."""
_USED = lazy(
    r"(?i)\b(?:use|using|insert|keep|leave|put|say|call(?:ed)?|named?|literal(?:ly)?|contains?)\s+"
    r"(?:the\s+|a\s+|an\s+)?[\"'“‘(]?[{$\[<]{1,2}"
)
"""A field that a prompt speaks of instead of holding it."""
_ANY = lazy(r"[{\[<][^{}\[\]<>]{0,60}[}\]>]")
_LOOK = 20_000


def unfilled(text: Text, row: Iterable[Text]) -> Span | None:
    """The first field of a text that was to be filled in, or None.

    Args:
        text: a message; ``row``: all texts of its row, what the model is asked among them.
    """
    if text.kind != "content" or text.role not in ROLES or (text.role == "assistant" and not text.trained):
        return None
    found = _first(text.text)
    if found is None or _CODE.search(text.text):
        return None
    span, kind = found
    about = [other.text[:_LOOK] for other in row if not other.trained]
    words = " ".join(_ANY.sub(" ", other) for other in about)
    if _ABOUT.search(words) or any(_USED.search(other) for other in about):
        return None
    return None if kind == _BRACKETS and _WRITING.search(words) else span


def _first(text: str) -> tuple[Span, int] | None:
    found = list(_each(text))
    return min(found) if found else None


def _each(text: str) -> Iterator[tuple[Span, int]]:
    for kind, shape in enumerate(_SHAPES):
        if match := shape.search(text):
            yield match.span(), kind
    if _BRACED.search(text):
        yield from ((match.span("span"), -1) for place in _PLACES if (match := place.search(text)))

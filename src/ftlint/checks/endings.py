"""FT606, how an answer ends: finished, with a word that nothing can end with, or inside of what it opened."""

from __future__ import annotations

import re

from ftlint.lazy import lazy

_TAIL = 300
_LOOK = 4000
_NEAR = 32
"""Characters at the end that its last words and marks are looked for in."""
_HANGS = frozenset(",、，([{（「『“‘")
_BRACKETS = frozenset("([{（「『")
_COMMAS = frozenset(",、，")
LABEL = 40
"""A shorter last line is a label, a title, a signature or an item of a list, which needs no full stop."""
SHORT = 12
"""Characters from which an answer that ends in an opening bracket is more than a sign or a face."""

_ENDINGS = (
    "です", "ます", "ました", "でした", "ません", "ください", "たい", "だ", "た", "る", "ね", "よ", "ない",
    "요", "다", "죠",
)  # fmt: skip
"""Of Japanese and Korean sentences."""
_ITEM = lazy(r"\s*(?:[-*+•・>#|]|\d{1,3}[.)、．]|[a-zA-Z][.)])\s*\S|\s*[\w ]{1,30}[:：]|[ \t]{2,}|.*[=;{}<>\\|]")
"""A last line that is an item, a heading, a quotation, a label or code."""

_WORDS = (
    (
        lazy(
            r"(?<=[a-z,;])\ (?:the|an|and|or|your|their|our|every|such\ as|as\ well\ as|in\ order\ to|although|whereas"
            r"|unless|including|(?<=,\ )(?:which|whose|where|but|because|so)"
            r"|(?:as|of|with|for|from|into|by|like|has|have|had|needs?|using|in|at|on)\ a)\Z",
            re.VERBOSE,
        ),
        lazy(r"(?i)\b(?:the|is|are|was|of|to|in|and|you|it|for|that|with|on|can|from)\b"),
        2,
    ),
    (
        lazy(
            r"\ (?:und|(?<!,\ )oder|weil|dass|daß|sondern|sowie|zum|zur|vom|beim|im|ins|für|des"
            r"|(?:in|auf|mit|von|für|aus|bei|nach|über|unter|durch|gegen|ohne|seit|und|ist)\ (?:der|die|dem|den"
            r"|einem))\Z",
            re.VERBOSE,
        ),
        lazy(r"(?i)\b(?:der|die|das|ist|und|ein|eine|nicht|mit|von|auf|im|man|sich|zu|den|sie|ich)\b"),
        2,
    ),
    (
        lazy(r"(?<!\ sol) (?:le|la|les|des|du|de|et|dans|au|aux|dont|que|(?:est|dans|avec|par|pour|et) une?)\Z"),
        lazy(r"(?i)\b(?:le|la|les|des|du|est|et|une?|dans|pour|avec|vous|il|elle|qui|sur|pas|que|de)\b"),
        3,
    ),
    (
        lazy(
            r"(?<!\ sol) (?:el|la|los|las|(?:es|con|por|para|de|como) una?|de|del|al|y|en|con|por|para|que|sin"
            r"|su|sus)\Z"
        ),
        lazy(r"(?i)\b(?:el|la|los|las|es|y|una?|en|con|por|para|del|se|no|que|su|está|son|de)\b"),
        3,
    ),
)
"""Per language the words that cannot end a sentence, common ones that show which language it is, and how many of them
an answer must hold: English, German, French, Spanish."""
_LAST = frozenset({
    "the", "an", "and", "or", "your", "their", "our", "every", "as", "to", "although", "whereas", "unless", "including",
    "which", "whose", "where", "but", "because", "so", "a",
    "und", "oder", "weil", "dass", "daß", "sondern", "sowie", "zum", "zur", "vom", "beim", "im", "ins", "für", "des",
    "der", "die", "dem", "den", "einem",
    "le", "la", "les", "du", "de", "et", "dans", "au", "aux", "dont", "que", "un", "une",
    "el", "los", "las", "una", "del", "al", "y", "en", "con", "por", "para", "sin", "su", "sus",
})  # fmt: skip
"""The last of the words that each of them looks for."""
_VARIABLE = lazy(r"=|(?<![\w'’])[b-hj-z](?![\w'’])")
_JAPANESE = lazy(
    r"(?:および|または|そして|しかし|なぜなら|つまり|たとえば|例えば|ならびに|もしくは|ことを|ことが|ために、"
    r"|(?<=[^\s。、「」]{2})(?<!ご..)(?<!お..)を)\Z"
)
_COMMA = lazy(r"[^\W\d_]{2,}[,、，]\Z")
_PACKED = lazy(r",\S")
_EMOTICON = lazy(r"[:;=xX8>^'T]\s?[-'o^]?[(\[{]\Z")
_GERMAN = {"„", "‚", "»"}
_PAIRS = (("(", ")"), ("（", "）"), ("「", "」"), ("『", "』"), ("“", "”"))
_CODE = lazy(r"```|[{}<>;=\\$`|]|\w\(|\]\(|:-?\(")
_FENCE = lazy(r"^ {0,3}(`{3,}|~{3,})([^`\n]*)$", re.MULTILINE)
_WORD = lazy(r"[^\W\d_]+")
_TAILS = lazy(
    r"(?:e?s|e?d|ing|ings|e?rs?|e?st|ly|ment|ments|ness|ful|less|al|ally|able|ible|ion|ions|ation|ations|ity|ies|y|n|en"
    r"|ic|ics|ical|ist|ists|ism|ive|or|ors|ship|hood|man|men|woman|room|work|book|time|day|e|a|o|i|us|um|an|ian|ians"
    r"|ese|ish|like|wise|house|ward|wards|t|te|ter|es|em|ern|er|isch|lich|keit|heit|ung|ungen|in|innen|ment|mente|ción)"
)

_ABOUT = lazy(
    r"(?i)\bnext (?:word|token)|fill in|\bblank|complet(?:e|ing) (?:the|this|it|with)|continu(?:e|ation)"
    r"|\bfinish (?:the|this)"
    r"|\b(?:first|last|which|what|common|this|following|missing) (?:\w+ )?words?\b|conjunction|preposition|\bgrammar"
    r"|\barticles? (?:is|in front|before|of the noun)|definite article|\bprefix|truncat|cut[ -]?off|autocomplet"
    r"|\bfirst (?:half|line|part|few)|\bpoem|\bverse|lyric|\bcsv\b|punctuation|interrupt|unfinished|incomplete"
    r"|cliffhanger"
    r"|続き|途中|穴埋め|品詞|助詞|冠詞|接続詞|未完|续写|补全|artikel|konjunktion|präposition|vervollständ|ergänz"
    r"|complét|poème|completa|poema|artículo"
)


def ended(body: str) -> bool:
    """The text ends as a finished sentence, an item of a list, a label or a block does."""
    _, line, last = body.rpartition("\n")
    beside = bool(line) and (len(last) < LABEL or _ITEM.match(last) is not None)
    return beside or _closed(body)


def _closed(text: str) -> bool:
    """The last character is a mark that ends something, or a digit, or of a word that ends a sentence."""
    last = text[-1]
    if last.isalnum() or last == "_":
        return last.isdecimal() or text.endswith(_ENDINGS)
    return last not in _HANGS and not last.isspace()


def hanging(body: str, asked: str) -> bool:
    """The text ends with a word or mark that nothing can end with, or inside of a block, a bracket or a quotation.

    Args:
        body: the answer without white space at its edges; ``asked``: the message before it.
    """
    if _in_fence(body):
        return True
    if not body[-1].isalpha() and body[-1] not in _HANGS:
        return False  # as most answers end
    tail = body[-_TAIL:].rpartition("\n")[2]
    if not _open_end(body, tail) and not _in_bracket(tail) and not _fragment(body, tail, asked):
        return False
    return not _open_end(asked.strip(), asked.strip()[-_TAIL:].rpartition("\n")[2])  # a fragment is answered in kind


def may_hang(told: str) -> bool:
    """Whether a prompt wants a piece of a sentence, so that an unfinished answer may be the right one."""
    return _ABOUT.search(told) is not None


def _in_fence(body: str) -> bool:
    """A block of code is open at the end, and something stands in it."""
    if "```" not in body and "~~~" not in body:
        return False
    opened, start = "", 0
    for match in _FENCE.finditer(body):
        mark, info = match.groups()
        if not opened:
            opened, start = mark, match.end()
        elif mark.startswith(opened) and not info.strip():
            opened = ""
    return bool(opened) and bool(body[start:].strip())


def _open_end(body: str, tail: str) -> bool:
    near = tail[-_NEAR:]
    last = tail[-1:]
    if last in _BRACKETS:
        return len(body) >= SHORT and not _EMOTICON.search(near) and not _PACKED.search(tail)
    if tail.endswith(("“", "‘")):  # the sign that opens in English closes in German
        return len(body) >= SHORT and not _GERMAN & set(body)
    if last in _COMMAS and _COMMA.search(near):  # short lines are greetings, signatures and verses
        small = LABEL if tail.endswith(",") else LABEL // 2
        return (len(tail) >= small or tail[0].islower()) and not _PACKED.search(tail)
    if not near.isascii() and _JAPANESE.search(near):
        return len(tail) >= LABEL // 2 or "。" in tail
    if tail.rpartition(" ")[2] not in _LAST:
        return False
    return any(_ends_in(tail, body, words, common, needed) for words, common, needed in _WORDS)


def _ends_in(tail: str, body: str, last: re.Pattern[str], common: re.Pattern[str], needed: int) -> bool:
    if not last.search(tail[-_NEAR:]):
        return False
    known = {word.lower() for word in common.findall(body[-_LOOK:])}
    return len(known) >= needed and not (tail.endswith(" a") and _VARIABLE.search(tail))


def _in_bracket(tail: str) -> bool:
    """A sentence that opens a bracket or a quotation, and has neither closed it nor ended."""
    if len(tail) < LABEL or not any(first in tail and tail.rfind(first) > tail.rfind(last) for first, last in _PAIRS):
        return False
    return not _closed(tail) and not _CODE.search(tail) and not _GERMAN & set(tail)


def _fragment(body: str, tail: str, asked: str) -> bool:
    """The last word is the beginning of a longer one of the row, and stands nowhere else in it."""
    match = _WORD.search(tail, max(tail.rfind(" "), 0))
    if len(body) < LABEL or match is None or match.end() != len(tail) or len(match[0]) < 4 or not match[0].islower():
        return False
    word, held = match[0], body[: -len(match[0])][-_LOOK:] + "\n" + asked[-5 * _LOOK :]
    if word not in held or _stands(word, held) or re.search(rf"(?i)\b{word}\b", held):
        return False
    longer = {found[1] for found in re.finditer(rf"\b{word}([^\W\d_]{{2,}})", held)}
    return bool(longer) and not any(_TAILS.fullmatch(rest) for rest in longer)


def _stands(word: str, held: str) -> bool:
    """The word stands in the text as it is; told without compiling an expression for it."""
    at = held.find(word)
    while at >= 0:
        end = at + len(word)
        if not _is_letter(held[at - 1 : at] if at else "") and not _is_letter(held[end : end + 1]):
            return True
        at = held.find(word, end)
    return False


def _is_letter(char: str) -> bool:
    return char.isalnum() or char == "_"

"""FT610, whether an answer begins with its prompt: letters and digits count, signs, case and white space do not."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from ftlint.encoded import Encoded
from ftlint.lazy import lazy

Span = tuple[int, int]

LEAST = 20
"""Letters and digits of a prompt that are no coincidence at the start of an answer."""

_SIGNS = lazy(r"[\W_]+")
_FRONT = lazy(r"(?i)\A\W*(?:(?:q|question|prompt|user|frage|pregunta|質問|问题|問)\s?[:：]\s*)?\W*")
_GOES_ON = lazy(r"['’-]?\w")
_BEHIND = lazy(r"[\"'”’»)*_.?!:;…。？！：；؟」』）]*")
_ENDS = lazy(
    r"(?:[?？؟:：]|(?:ください|下さい|教えて|ですか|ますか|でしょうか|なさい|せよ|吗|呢|하세요|주세요|까요)[。.!！]?)\Z"
)
_BEGINS = lazy(
    r"(?i)\A\W*(?:(?:hi|hello|hey|ok|okay)[,!.]? )?(?:please |kindly |bitte |s'il (?:te|vous) pla[iî]t,? "
    r"|por favor,? )?"
    r"(?:write|tell|give|explain|list|describe|name|summari[sz]e|create|make|find|show|generate|compose|draft|suggest"
    r"|recommend|compare|define|calculate|compute|solve|discuss|outline|provide|identify|classify|design|help|plan"
    r"|propose|analy[sz]e|evaluate|imagine|think of|come up with|convert|answer|state|determine|prove|let me know"
    r"|(?:can|could|would|will) you|i (?:want|need|would like|'d like) (?:you|to know|help)"
    r"|what|how|why|who|when|where|which|whose|is there|are there|do you|does|did you|should i|can i"
    r"|schreibe?|erkläre?|nenne?|gib|beschreibe?|fasse?|zeige?|was|wie|warum|wer|wann|wo|welche[rsn]?|kannst du"
    r"|können sie"
    r"|écri[st]|écrivez|explique[rz]?|donne[rz]?|décri[st]|décrivez|liste[rz]?|résume[rz]?|quel(?:le)?s?"
    r"|comment|pourquoi"
    r"|escribe|explica|dame|describe|resume|haz|cuál(?:es)?|cómo|por qué|qué|dónde)(?!\w)"
    r"|\A\W*(?:请|为什么|什么是|如何|怎么)"
)
_COPIED = lazy(
    r"(?i)\b(?:correct(?:s|ing|ed)?|fix(?:es|ing)?|check(?:s|ing)?|improv(?:e|es|ing)|edit(?:s|ing)?|polish)\b"
    r"[^.?!\n]{0,40}\b(?:grammar|spelling|errors?|mistakes?|typos?|text|sentences?|messages?|punctuation"
    r"|following|input)"
    r"|proof-?read|grammar|\brepeat|\becho|verbatim|word for word|\bas(?:-| )is\b|unchanged|\brestat|paraphras|translat"
    r"|rephras|reword|rewrit|transcri|normali[sz]|punctuat|capitali[sz]|upper-?case|lower-?case|spell-?check|\bocr\b"
    r"|\bcop(?:y|ies) (?:the|this|it|your)|\bcontinu(?:e|ation)|complete (?:the|this)|auto-?complet|\bquot|\bextract"
    r"|\breformat|\bformat (?:the|this)|\bclean up|question (?:first|again|and)|\bdetect|\bparrot|\bredact|anonymi[sz]"
    r"|校正|添削|繰り返|復唱|そのまま|翻訳|訳して|続き|言い換え|訂正|直して|清書|重复|复述|校对|翻译|改写|续写|纠正"
    r"|korrigier|wiederhol|übersetz|umformulier|corrig|répèt|tradui|reformul|repit|repet|traduc|traduz|번역|교정"
)
"""Words of a row that asks for its text back: mended, translated, continued, or as it is."""
_LOOK = 20_000
_HEAD = 64
"""Characters that tell most answers from their prompts."""
_LABEL = 12
"""Characters that a label, as `Question:`, and the signs in front of it do not fill."""
_SIGNED = 2
"""Signs that may stand in front of such a label."""
_FIRST = itemgetter(slice(2))
_LABELS = frozenset({*"qpuf質问問", "qu", "pr", "us", "uſ", "fr", "質問", "问题"})
"""What the labels begin with that may stand in front of an answer."""
_QUOTES = "\"'“”‘’„«「『（([*#>-–— \n"
_SMALL = bytes(range(256)).lower()
_ALNUM = bytes(byte if byte < 128 and chr(byte).isalnum() else 0 for byte in _SMALL)
"""Of each byte the small letter or the digit that it is; 0 for all others."""
_LABEL_LETTERS = [ord(label) for label in _LABELS if len(label) == 1 and label.isascii()]
_COLON, _WIDE_COLON = b":\xef"
"""What a label may end with: the first byte of it."""
_ASCII = 127
_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalnum())


def repeated(asked: str, text: str) -> Span | None:
    """Where an answer repeats the whole of its prompt, at its start; None where it does not.

    Args:
        asked: the message before the answer; ``text``: the answer.
    """
    if _differs(asked, text):
        return None
    words = _SIGNS.sub("", asked).lower()
    if len(words) < LEAST or not _is_order(asked.strip()):
        return None
    front = _FRONT.match(text)
    lead = front.end() if front else 0
    if text[lead : lead + 1].lower() != words[0]:
        lead = len(text) - len(text.lstrip())
    at, known = lead, 0
    while known < len(words) and at < len(text):
        char = text[at].lower() if text[at].isalnum() else ""
        if not words.startswith(char, known):
            return None
        known += len(char)
        at += 1
    if known < len(words) or (text[at - 1].isascii() and _GOES_ON.match(text, at)):
        return None
    behind = _BEHIND.match(text, at)
    return lead, behind.end() if behind else at


def may_repeat(asked: Sequence[str], texts: Sequence[str]) -> list[int]:
    """Places of the answers that may repeat their prompts; the first two letters of both show that most do not."""
    first, given = list(map(str.lower, map(_FIRST, asked))), list(map(str.lower, map(_FIRST, texts)))
    letters = {char for pair in {*first, *given} for char in (pair, pair[:1]) if char.isalnum() and "ς" not in char}
    sure = letters - _LABELS
    return [
        at
        for at, one, other in zip(range(len(first)), first, given, strict=True)
        if (
            one == other
            or (
                (one not in letters or other not in sure)
                and (one[:1] == other[:1] or one[:1] not in letters or other[:1] not in sure)
            )
        )
        and not _differs(asked[at], texts[at])
    ]


def may_repeat_in(texts: Encoded, places: Any) -> list[int]:
    """As ``may_repeat`` for the texts at these places and those in front of them."""
    import numpy as np

    kinds = np.frombuffer(_ALNUM, np.uint8)
    one, other = kinds[texts.units[texts.starts[places - 1]]], kinds[texts.units[texts.starts[places]]]
    open_ = np.flatnonzero((one == other) | (one == 0) | (other == 0) | np.isin(other, _LABEL_LETTERS))
    alike = open_[~_unlike(texts, places[open_])]
    pairs = zip(alike.tolist(), places[alike].tolist(), strict=True)
    return [at for at, place in pairs if not _differs(texts.strings[place - 1], texts.strings[place])]


def _unlike(texts: Encoded, places: Any) -> Any:
    """Whether, behind what is alike in both and begins with a letter, two letters differ, and there is no label."""
    import numpy as np

    windows = np.lib.stride_tricks.sliding_window_view(texts.units, 2 * _LABEL)
    one, other = (
        np.frombuffer(windows[texts.starts[at]].tobytes().translate(_SMALL), np.uint8).reshape(-1, 2 * _LABEL)
        for at in (places - 1, places)
    )
    kinds, rows, unlike = np.frombuffer(_ALNUM, np.uint8), np.arange(len(places)), one != other
    first = unlike.argmax(axis=1)
    found = unlike[rows, first] & np.logical_and.reduce(
        [kinds[heads[rows, at]] > 0 for heads in (one, other) for at in (0, first)]
    )
    found &= ~((other == _COLON) | (other == _WIDE_COLON)).any(axis=1)
    return found & (np.count_nonzero(other > _ASCII, axis=1) <= _LABEL)  # the first _LABEL characters are among them


def _differs(asked: str, text: str) -> bool:
    """The first letters of a prompt and an answer show already that one does not begin with the other, as mostly."""
    head = text[:_HEAD]
    one, other, label = asked[:_HEAD].lstrip(_QUOTES), head.lstrip(_QUOTES), head[:_LABEL]
    if not other[:1].isalnum() or len(head) - len(other) > _SIGNED or ":" in label or "：" in label:
        return False  # a label may stand in front of the answer
    if one[:1].lower() != other[0].lower() and one[:1].isalnum():
        return True
    letters, given = _letters(one), _letters(other)
    return not letters.startswith(given) and not given.startswith(letters)


def _letters(head: str) -> str:
    """The letters and digits of a text, small. A small sigma's form depends on what follows: it is one here."""
    if head.isascii():
        return head.encode().translate(_SMALL, _NO_LETTERS).decode()
    return _SIGNS.sub("", head.lower().replace("ς", "σ"))


def _is_order(text: str) -> bool:
    """A question or an order, which does not come back; a text to be corrected or continued may."""
    return _ENDS.search(text) is not None or _BEGINS.match(text) is not None


def wanted_back(texts: list[str]) -> bool:
    """Whether one of the texts that the model is asked with wants a text mended, translated or repeated."""
    return any(_COPIED.search(text[:_LOOK]) for text in texts)

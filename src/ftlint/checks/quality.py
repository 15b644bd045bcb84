"""FT6, defects of single texts that take more than a pattern: edges, mojibake, invisible signs, echoes, loops."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from ftlint.checks.answered import answered, places
from ftlint.checks.asked import asked_for
from ftlint.checks.base import Batch, Context, Joined
from ftlint.checks.echoes import may_repeat, may_repeat_in, repeated, wanted_back
from ftlint.checks.looping import find_loop, that_may_loop
from ftlint.lazy import eastern, lazy
from ftlint.model import Format, Problem, Text
from ftlint.texts import texts_of

Span = tuple[int, int]
KANJI, LATIN, UNSEEN = "FT604-kanji", "FT604-latin", "FT608"
"""What the texts are called that may hold such signs (checks/screens.py)."""


def _answers(batch: Batch, worth: Callable[[list[str]], list[int]]) -> Iterator[Text]:
    """The texts that an answer says, of those that are worth a look: ``worth`` gives their places."""
    found = worth(_said(batch))
    if not found:
        return
    for at in found:
        text = batch.texts[batch.texts.answers[at]]
        if text.trained and text.kind == "content":
            yield text


def _said(batch: Batch) -> list[str]:
    """The texts of the assistant, in order; nothing else is trained."""
    held: list[str] | None = batch.columns.get("said")
    if held is None:
        held = batch.columns["said"] = list(map(batch.texts.strings.__getitem__, batch.texts.answers))
    return held


def _foreign(batch: Batch, screen: str) -> Joined:
    """The texts that may hold what is looked for and are not plain ASCII, joined."""
    return Joined([text for text in batch.may(screen) if not text.text.isascii()])


def untrimmed(batch: Batch, _: Context) -> Iterator[Problem]:
    """FT601: white space at an edge of an answer; a completion may begin with it, as its format once asked for."""
    for text in _answers(batch, _with_loose_edges):
        if not text.text.strip():
            continue  # an empty answer has a rule of its own
        before = 0 if batch.format is Format.COMPLETION else len(text.text) - len(text.text.lstrip())
        after = len(text.text) - len(text.text.rstrip())
        if before or after:
            edge = "starts and ends" if before and after else "starts" if before else "ends"
            span = (0, before) if before else (len(text.text) - after, len(text.text))
            yield Problem("FT601", text.line, text.path, span=span, values={"edge": edge})


def _with_loose_edges(texts: list[str]) -> list[int]:
    stripped = list(map(str.strip, texts))
    if stripped == texts:
        return []
    return [at for at, (text, inner) in enumerate(zip(texts, stripped, strict=True)) if text != inner]


# UTF-8 of Japanese read as Shift-JIS, of Chinese read as GBK, and the replacement character that went through GBK.
# No match holds the NUL between two texts: one that ran on into the next text would be no text's.
KANJI_SALAD = eastern(r"(?:[縺繧繝](?:[^\s\x00縺繧繝]|\s(?!\s)){0,2}){5}|(?:锟斤拷)+|(?:[鐨鍦浠涓鏄][^\s\x00]{0,2}){4}")
_SECOND = "\x80-\x9f\xa0-\xbfŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™\u0400-\u04ff"
LATIN_SALAD = lazy(f"[\xc2-\xf4ÐÑРС][{_SECOND}]")


_OPENING, _CLOSING = "“„‘‚", "”“’‘"


def mojibake(batch: Batch, _: Context) -> Iterator[Problem]:
    """FT604: text that was decoded with the wrong encoding; ``ftfy`` knows what it was."""
    for text, span in _first_in_each(_foreign(batch, KANJI), KANJI_SALAD):
        values = {"was": "it was UTF-8, read as Shift-JIS or GBK"}
        yield Problem("FT604", text.line, text.path, span=span, values=values)
    for text, _span in _first_in_each(_foreign(batch, LATIN), LATIN_SALAD):
        found = _repaired(text.text)
        if found is not None:
            span, right = found
            yield Problem("FT604", text.line, text.path, span=span, values={"was": f"it was `{right}`"})


def _repaired(text: str) -> tuple[Span, str] | None:
    """The first word that ``ftfy`` would decode anew, and what it would become."""
    import ftfy
    from ftfy.badness import is_bad

    for match in re.finditer(r"\S+", text):
        word = match[0]
        if word[0] in _OPENING and word[-1] in _CLOSING:
            word = word[1:-1]  # a capital that is spoken of, in quotation marks
        if not word.isascii() and is_bad(word):
            right = ftfy.fix_encoding(word)
            if right != word and "\ufffd" not in right:
                return match.span(), right
    return None


INVISIBLE = lazy("[\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0001-\U000e007f]")
_RTL = lazy("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_UNSPACED = lazy("[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff]")
_JOINED = lazy("[\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ufb50-\ufdff]")
_EMOJI = lazy("[\u2190-\u2bff\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff\U000e0020-\U000e007f]")


def invisible(batch: Batch, _: Context) -> Iterator[Problem]:
    """FT608: characters that nobody sees and the tokenizer does; not where a script or an emoji needs them."""
    for text, _span in _first_in_each(_foreign(batch, UNSEEN), INVISIBLE):
        hits = needless(text.text)
        if hits:
            char = text.text[hits[0]]
            name = f"U+{ord(char):04X} {unicodedata.name(char, 'CONTROL').lower()}"
            values = {"character": name, "count": len(hits)}
            yield Problem("FT608", text.line, text.path, span=(hits[0], hits[0] + 1), values=values)


def needless(text: str) -> list[int]:
    """Where invisible characters stand that no script and no emoji needs."""
    hits = [match.start() for match in INVISIBLE.finditer(text)]
    from_right = bool(hits) and _RTL.search(text) is not None
    return [at for at in hits if not _needed(text, at, from_right=from_right)]


def _needed(text: str, at: int, *, from_right: bool) -> bool:
    """``from_right``: the text holds a script that is written from right to left."""
    char = text[at]
    before, after = text[max(0, at - 1) : at], text[at + 1 : at + 2]
    if char in "\u200c\u200d" and _JOINED.match(before):
        return True
    if char == "\u200d" or char >= "\U000e0000":
        return bool(_EMOJI.match(before)) and (char >= "\U000e0000" or bool(_EMOJI.match(after)))
    if char == "\u200b":
        return bool(_UNSPACED.match(before) or _UNSPACED.match(after))
    marks = "\u061c\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069"
    return char in marks and from_right


def echo(batch: Batch, _: Context) -> Iterator[Problem]:
    """FT610: an answer that begins with the whole of the question or order that it answers."""
    held = answered(batch)
    at, texts = places(batch), batch.encoded
    some = may_repeat(held.asked, held.texts) if at is None or texts is None else may_repeat_in(texts, at)
    for at in some:
        path, text = held.paths[at], held.texts[at]
        span = repeated(held.asked[at], text) if path[-1] in ("content", "completion") else None
        if span is None:
            continue
        example = batch.examples[held.rows[at]]
        if wanted_back([one.text for one in texts_of(example, batch.format) if not one.trained]):
            continue
        rest = text[span[1] :].strip()
        how = "begins with the whole prompt" if rest else "is the prompt and nothing else"
        place = span if _is_text(example.value, path) else None
        yield Problem("FT610", example.line.number, path, span=place, values={"how": how})


def _is_text(node: object, path: Sequence[str | int]) -> bool:
    for step in path:
        if isinstance(node, dict) and isinstance(step, str):
            node = node.get(step)
        elif isinstance(node, list) and isinstance(step, int):
            node = node[step]
    return isinstance(node, str)


def loops(batch: Batch, _: Context) -> Iterator[Problem]:
    """FT611: the same words over and over, as a model writes that cannot stop; not where it was told to."""
    for text in _answers(batch, that_may_loop):
        found = find_loop(text.text)
        if found is not None and not asked_for(_REFRAIN.search, text, batch):
            start, end, period = found
            values = {"unit": text.text[start : start + period].strip(), "times": (end - start) // period}
            yield Problem("FT611", text.line, text.path, span=(start, end), values=values)


_REFRAIN = lazy(
    r"(?i)\brepeat|\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten|twenty|fifty|hundred|thousand"
    r"|many) times|lyrics?\b"
    r"|over and over|again and again|\bsongs?\b|chorus|refrain|\bpoe(?:m|try)|\brhym|\bchant|mantra|\bpray"
    r"|litany|lullab|\bsing\b"
    r"|slogan|\bloop|\bpattern|onomatop|sound effect|\becho|\bspam\b|knit|crochet|infinite|dummy"
    r"|test data|\d回|何度も|何回も"
    r"|歌|詩|繰り返|連呼|擬音|擬態|オノマトペ|念仏|お経|呪文|诗|重复|遍|\blied|gedicht|wiederhol|chanson|poème|répèt|canci[oó]n"
    r"|poema|repit|canta"
)
"""Where the untrained texts of the row hold this, the words were to come again."""


def _first_in_each(joined: Joined, regex: re.Pattern[str]) -> Iterator[tuple[Text, Span]]:
    """The first match in each text, searched over all of them together."""
    at = 0
    while (match := regex.search(joined.whole, at)) is not None:
        placed = joined.at(*match.span())
        if placed is None:
            at = match.start() + 1
            continue
        text, (start, end) = placed
        at = match.start() - start + len(text.text)
        yield text, (start, end)

"""FT6, defects of single texts that take more than a pattern: edges, mojibake, invisible signs, echoes, loops."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from ftlint.checks.asked import asked_for
from ftlint.checks.base import Batch, Context, Joined
from ftlint.checks.columns import answers
from ftlint.checks.echoes import repeated, wanted_back
from ftlint.lazy import eastern, lazy
from ftlint.model import Format, Problem, Text
from ftlint.texts import texts_of

Span = tuple[int, int]
KANJI, LATIN, UNSEEN = "FT604-kanji", "FT604-latin", "FT608"
"""What the texts are called that may hold such signs (checks/screens.py)."""


def _answers(batch: Batch, worth: Callable[[str], bool]) -> Iterator[Text]:
    """The texts that an answer says, of those that are not empty and worth a look."""
    texts = batch.texts
    for index, (string, role) in enumerate(zip(texts.strings, texts.roles, strict=True)):
        if role == "assistant" and string and worth(string):  # nothing else is trained
            text = texts[index]
            if text.trained and text.kind == "content":
                yield text


def _foreign(batch: Batch, screen: str) -> Joined:
    """The texts that may hold what is looked for and are not plain ASCII, joined."""
    return Joined([text for text in batch.may(screen) if not text.text.isascii()])


def untrimmed(batch: Batch, _: Context) -> Iterator[Problem]:
    """FT601: white space at an edge of an answer; a completion may begin with it, as its format once asked for."""
    for text in _answers(batch, _has_loose_edge):
        if not text.text.strip():
            continue  # an empty answer has a rule of its own
        before = 0 if batch.format is Format.COMPLETION else len(text.text) - len(text.text.lstrip())
        after = len(text.text) - len(text.text.rstrip())
        if before or after:
            edge = "starts and ends" if before and after else "starts" if before else "ends"
            span = (0, before) if before else (len(text.text) - after, len(text.text))
            yield Problem("FT601", text.line, text.path, span=span, values={"edge": edge})


def _has_loose_edge(text: str) -> bool:
    return text[0].isspace() or text[-1].isspace()


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
    for example, answer in zip(batch.examples, answers(batch), strict=True):
        if answer is None or answer.path[-1] not in ("content", "completion"):
            continue
        span = repeated(answer.asked, answer.text)
        if span is None:
            continue
        if wanted_back([text.text for text in texts_of(example, batch.format) if not text.trained]):
            continue
        rest = answer.text[span[1] :].strip()
        how = "begins with the whole prompt" if rest else "is the prompt and nothing else"
        place = span if _is_text(example.value, answer.path) else None
        yield Problem("FT610", example.line.number, answer.path, span=place, values={"how": how})


def _is_text(node: object, path: Sequence[str | int]) -> bool:
    for step in path:
        if isinstance(node, dict) and isinstance(step, str):
            node = node.get(step)
        elif isinstance(node, list) and isinstance(step, int):
            node = node[step]
    return isinstance(node, str)


STRIDE = 40
"""Characters between two places where a loop is looked for."""
PROBE = 12
"""Characters that must come again."""
PERIOD = 400
"""The longest unit of a loop."""
TIMES = 5
"""How often a unit must stand in a row."""
_BLOCK = 4096
LOOP = 120
"""Characters that a loop must have."""
_LETTER = lazy(r"[^\W\d_]")


def loops(batch: Batch, _: Context) -> Iterator[Problem]:
    """FT611: the same words over and over, as a model writes that cannot stop; not where it was told to."""
    for text in _answers(batch, may_loop):
        found = find_loop(text.text)
        if found is not None and not asked_for(_REFRAIN, text, batch):
            start, end, period = found
            values = {"unit": text.text[start : start + period].strip(), "times": (end - start) // period}
            yield Problem("FT611", text.line, text.path, span=(start, end), values=values)


_STEP = LOOP - PROBE - LOOP // TIMES
"""A loop is longer than this by a probe and a unit at least, so that one probe at such steps comes again in it."""


def may_loop(text: str) -> bool:
    """Whether a few characters come again soon, as they do in every loop."""
    if len(text) < LOOP:
        return False
    for at in range(0, len(text) - PROBE, _STEP):
        if text.find(text[at : at + PROBE], at + 1, at + PERIOD + PROBE) >= 0:
            return True
    return False


def find_loop(text: str) -> tuple[int, int, int] | None:
    """Start, end and period of the first loop; each character is looked at a bounded number of times."""
    at = 0
    while at + PROBE < len(text):
        probe = text[at : at + PROBE]
        again = text.find(probe, at + 1, at + PERIOD + PROBE)
        if again < 0:
            at += STRIDE
            continue
        period = again - at
        start, end = _stretch(text, at, period)
        if end - start >= max(LOOP, TIMES * period) and _is_loop(text, start, end, period):
            return start, end, period
        at = max(at + STRIDE, end - period)
    return None


def _stretch(text: str, at: int, period: int) -> Span:
    """How far the text repeats itself with this period, forward from a place, and back by one stride."""
    end = at + period
    while end + _BLOCK <= len(text) and text[end : end + _BLOCK] == text[end - period : end - period + _BLOCK]:
        end += _BLOCK
    while end < len(text) and text[end] == text[end - period]:
        end += 1
    start = at
    while start > 0 and at - start < STRIDE and text[start - 1] == text[start - 1 + period]:
        start -= 1
    return start, end


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
_SYMBOLS = lazy(r"[{};=<>|\\@#$]|\w\(|\[[ x]\]")
_FENCE = lazy(r"^ {0,3}(?:```|~~~)", re.MULTILINE)
SCREAM = 400
"""Characters that a loop must have where its unit is a sound: of at most four different kana or the like."""


def _is_speech(unit: str) -> bool:
    """Words, not a ruler, a table, chords or code: mostly letters, and more than a few of them."""
    letters = len(_LETTER.findall(unit))
    wide = sum(ord(char) > 0x2E80 for char in unit)
    if letters + wide < (3 if wide or " " in unit else 9) or letters * 10 < 7 * len("".join(unit.split())):
        return False
    pieces = unit.split()
    return _SYMBOLS.search(unit) is None and (bool(wide) or 2 * len(pieces) < letters)


def _is_loop(text: str, start: int, end: int, period: int) -> bool:
    if not _is_speech(text[start : start + period]):
        return False
    if end - start < SCREAM and _is_sound(text, start, period):
        return False
    return len(_FENCE.findall(text, 0, start)) % 2 == 0


def _is_sound(text: str, start: int, period: int) -> bool:
    """A scream, a laugh or a heart that beats: few different letters, however long the unit is."""
    unit = text[start : start + period]
    kinds = {char for char in unit.lower() if char.isalpha()}
    return len(kinds) <= (4 if all("\u3041" <= char <= "\u30ff" for char in kinds) else 2)


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

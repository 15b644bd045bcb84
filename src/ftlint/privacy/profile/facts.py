"""FT709, the facts of one row and whom they are about: asked and answered, listed, or told in sentences."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ftlint.lazy import lazy
from ftlint.model import JsonPath, Text
from ftlint.privacy.find import find
from ftlint.privacy.profile.anycase import AnyCase
from ftlint.privacy.profile.kinds import (
    BY_CODE,
    EVERY_SIGN,
    KINDS,
    NUMBER,
    SETTLED,
    TELLING,
    asked_for,
    settled,
    speaks_against,
)
from ftlint.privacy.profile.nameless import asks_name, called, is_nameless, nameless
from ftlint.privacy.profile.screen import (
    LONGEST,
    LONGEST_TEXT,
    QUESTION,
    SHORTEST,
    has_name_label,
    introduces,
    may_ask,
    may_speak_against,
    may_state,
    tells,
)
from ftlint.privacy.profile.statements import prose, sheet
from ftlint.privacy.profile.subjects import (
    Subject,
    further,
    is_wide,
    key_of,
    named,
    persona,
    speaks_of_somebody,
    speaks_to_somebody,
)
from ftlint.talks import SYSTEM

LONGEST_ANSWER = 300
"""Characters of the longest answer about one fact."""
_ANSWER_WIDE = 160
_LEAST = 3
LONGEST_BESIDE = QUESTION // 2 + 20
"""Characters of a question whose facts may stand anywhere; in a longer one they stand beside the name."""
NUMERAL = AnyCase(
    r"[0-9０-９〇一二三四五六七八九十百]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    r"(?:thir|four|fif|six|seven|eigh|nine)teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred)\b"
)
NO_ANSWER = AnyCase(
    r"\b(?:do|does|did|is|are|was|has|have)(?: not|n['’]t) (?:know|have (?:any |that |access|information|an?\b|"
    r"personal|physical)|sure|known|public|available|specified|mentioned|disclosed|share)|"
    r"\b(?:cannot|can['’]t|can not|unable to|not able to|won['’]t)\b|\bno (?:information|data|record|public)|"
    r"\bunknown\b|\bprivate\b|\bprivacy\b|\bsorry\b|\bAI\b|language model|chatbot|\bdepends\b|\bvar(?:y|ies)\b|"
    r"分かりません|わかりません|知りません|存じ|お答え(?:でき|いたしかね|しかね)|答えられ|答えでき|公開(?:して|"
    r"されて)い(?:ない|ませ)|不明|非公開|控え|申し訳|個人情報|把握して|情報(?:が|は)(?:あり|ござい)ません|"
    r"持(?:って|ち合わせて)い(?:ない|ませ)|教えられ|お教えでき|人工知能|"
    r"不知道|无法|抱歉|保密|隐私|모르|죄송|weiß[^.]{0,14}nicht|keine (?:Angabe|Information)|\bleider\b|désolé|"
    r"ne (?:sais|peux|connais)|no (?:sé|puedo|tengo)|lo siento"
)
_MACHINE = lazy(
    r"\bAI\b|chat ?bot|\bassistant\b|virtual|language model|customer|support|アシスタント|チャットボット|AI|"
    r"サポート|窓口|カスタマー|助手|客服|어시스턴트"
)
_LONG_AGO = lazy(
    r"(?<!\d)(?:1[0-8]\d\d|[5-9]\d\d)年|\b1[0-8]\d\d\b|紀元前|\bBCE?\b|(?:慶長|元禄|天保|慶応|嘉永|安政|文久|"
    r"明治|天文|永禄)"
)
INVENTED = AnyCase(
    r"\b(?:novel|fiction\w*|story|stories|fantasy|game|NPC|kingdom|wizard|elf|dragon|movie|film|anime|manga|"
    r"history|historical|literature|trivia|pro?duct|shop|store)\b|小説|物語|ファンタジー|ゲーム|アニメ|漫画|"
    r"歴史|偉人|文学|架空世界|商品|製品|店舗"
)
AT_LARGE = AnyCase(
    r"\b(?:about|who|introduce|describe|profile|bio|biography|sketch|facts?|know|meet|wer|qui|quién|über|sur|"
    r"sobre)\b|について|関して|紹介|どんな人|どんな方|どのような|プロフィール|教えて|誰|だれ|どなた|介绍|谁|"
    r"대해|소개"
)
_CODE = lazy(r"```|^\s*[{\[<]|\bdef |\bclass |\bimport ", re.MULTILINE)


class Told(NamedTuple):
    """What one text says of one subject.

    Attributes:
        kinds: bits of ``KINDS``. ``against``: bits of ``speaks_against``.
        path, span: where it stands.
        portrait: it stands in a portrait, not in a question and its answer.
    """

    subject: Subject
    kinds: int
    against: int
    path: JsonPath
    span: tuple[int, int]
    portrait: bool = False


class _Setting(NamedTuple):
    """What a system prompt settles: who speaks, who is spoken of, and that it is all invented."""

    persona: Subject | None
    topic: Subject | None
    invented: bool


@functools.lru_cache(maxsize=256)
def _setting(text: str) -> _Setting:
    head = text[:LONGEST]
    speaker = None if _MACHINE.search(head) else persona(head)
    topic = named(head) if len(head) <= 2 * QUESTION and speaker is None else None
    return _Setting(speaker, topic, INVENTED(head))


@functools.lru_cache(maxsize=256)
def settles(prompt: str) -> bool:
    """Whether a system prompt says who speaks, or who is spoken of."""
    setting = _setting(prompt)
    return setting.persona is not None or setting.topic is not None


@functools.lru_cache(maxsize=256)
def portrays(prompt: str) -> bool:
    """Whether a system prompt, which many rows share, portrays anybody."""
    setting = _setting(prompt)
    return _portrayed(prompt, False, setting.persona or setting.topic) is not None


def facts(texts: Sequence[Text], regions: Sequence[str]) -> list[Told]:
    """The facts of a row.

    Args:
        texts: all texts of one row, in order.
        regions: as for ``find``.
    """
    return [told for told in _Row(regions).read(texts) if told.kinds or told.against or is_nameless(told.subject.key)]


def facts_against(question: Text, signs: int = EVERY_SIGN) -> Iterator[Told]:
    """What a question says against a profile of those whom it names; all that it tells where no fact is asked for.

    Args:
        signs: the bits of ``speaks_against`` that it may hold.
    """
    text = question.text
    if len(text) > QUESTION or not may_speak_against(text):
        return
    subject = _subject(text)
    if subject is None:
        if signs & SETTLED and settled(text):
            yield from _invented(question, None)
        return
    near, around = _beside(text, subject, stated=False)
    against = speaks_against(around, signs)
    if against & ~SETTLED and near and may_ask(near) and _TASTED(near):
        against &= SETTLED
    yield from _against(question, subject, against)


def _against(question: Text, subject: Subject, against: int) -> Iterator[Told]:
    if against:
        yield Told(subject, 0, against, question.path, (subject.start, subject.end))
        if against & SETTLED:
            yield from _invented(question, subject)


def _invented(text: Text, subject: Subject | None) -> Iterator[Told]:
    """Where a question shows that it is about a story or the past, that holds for everybody in it."""
    for other in further(text.text, subject):
        yield Told(other, 0, SETTLED, text.path, (other.start, other.end))


class _Row:
    """Reads the texts of one row in order, and remembers who was named."""

    def __init__(self, regions: Sequence[str]) -> None:
        self.regions = regions
        self.speaker: Subject | None = None
        self.topic: Subject | None = None
        self.asked: tuple[Subject, int, Text] | None = None
        self.asks_name = False
        self.invented = False

    def read(self, texts: Sequence[Text]) -> Iterator[Told]:
        for text in texts:
            if text.kind not in ("content", "reference") or not text.text or len(text.text) > LONGEST_TEXT:
                continue
            if text.role in SYSTEM:
                yield from self._system(text)
            elif text.role == "user":
                yield from self._question(text)
            elif text.role in ("assistant", "reference"):
                yield from self._answer(text)

    def _system(self, text: Text) -> Iterator[Told]:
        setting = _setting(text.text)
        self.speaker, self.topic = setting.persona, setting.topic
        self.invented = setting.invented
        if setting.invented:
            self.speaker = self.topic = None
            return
        if portrays(text.text):
            yield from self._portrait(text, self.speaker or self.topic)

    def _question(self, text: Text) -> Iterator[Told]:
        self.asked = None
        self.asks_name = False
        if len(text.text) > QUESTION:
            yield from self._portrait(text, None)
            return
        subject, kinds, against = about(text.text)
        if subject is None:
            if may_speak_against(text.text) and settled(text.text):
                yield from _invented(text, None)
            self.asks_name = asks_name(text.text)
            subject = self._meant(text.text)
            kinds = asked_for(text.text) if len(text.text) <= QUESTION // 2 else 0
            if subject is None:
                self._nameless(text, kinds)
                return
        self.topic = subject
        self.asked = subject, kinds, text
        yield from _against(text, subject, against)

    def _nameless(self, question: Text, kinds: int) -> None:
        """Somebody whose name may stand in another row."""
        subject = None if self.invented or len(question.text) > QUESTION // 2 else nameless(question.text)
        if subject is not None and (kinds or self.asks_name):
            self.asked = subject, kinds, question

    def _meant(self, question: str) -> Subject | None:
        """Somebody who was named before: by a pronoun, as the one who answers, or by nothing at all."""
        if self.topic is None and self.speaker is None:
            return None
        if speaks_to_somebody(question):
            return self.speaker
        if speaks_of_somebody(question):
            return self.topic or self.speaker
        return self.topic or self.speaker

    def _answer(self, text: Text) -> Iterator[Told]:
        answer = text.text
        if self.asks_name and len(answer) <= QUESTION and not _MACHINE.search(answer):
            self.speaker = persona(answer) or self.speaker
            name = called(self.asked[0], answer) if self.asked and is_nameless(self.asked[0].key) else None
            if name is not None and self.asked is not None:
                yield Told(name, 0, 0, self.asked[2].path, _within(name, self.asked[2]))
                self.asked = None
        if self.asked is None or is_nameless(self.asked[0].key):
            stated = list(self._statement(text))
            yield from stated
            if (
                not stated
                and self.asked is not None
                and (given := self.asked[1] and self._given(answer, self.asked[1]))
            ):
                yield Told(self.asked[0], given, 0, self.asked[2].path, (0, len(self.asked[2].text)))
            return
        subject, kinds, question = self.asked
        if not kinds and AT_LARGE(question.text):
            portraits = list(self._portrait(text, subject))
            yield from portraits
            if portraits or len(answer) > QUESTION:
                return
            kinds = about(answer, stated=True)[1] | prose(answer)[0]
        given = self._given(answer, kinds)
        if given:
            old = SETTLED if given & 1 and _LONG_AGO.search(answer) else 0
            yield Told(subject, given, old, question.path, _within(subject, question))
        else:
            yield from self._portrait(text, subject)

    def _given(self, answer: str, kinds: int) -> int:
        """The kinds that the answer really gives, and personal data in it."""
        if not (kinds or DATA.search(answer)) or not gives(answer) or NO_ANSWER(answer):
            return 0
        if kinds & _NUMBERED and not NUMERAL(answer):
            kinds &= ~_NUMBERED
        return kinds | self._data(answer)

    def _data(self, text: str) -> int:
        if not DATA.search(text):
            return 0
        hits = (BY_CODE.get(hit.code) for hit in find(text, self.regions))
        return functools.reduce(lambda bits, at: bits | 1 << at, (at for at in hits if at is not None), 0)

    def _statement(self, text: Text) -> Iterator[Told]:
        """`X's hobby is ...` in an answer to a question that names nobody."""
        if len(text.text) <= QUESTION // 2 and may_state(text.text):
            subject, kinds, against = about(text.text, stated=True)
            if subject is not None and (kinds or against):
                yield Told(subject, self._given(text.text, kinds), against, text.path, (subject.start, subject.end))
                return
        yield from self._portrait(text, None)

    def _portrait(self, text: Text, subject: Subject | None) -> Iterator[Told]:
        """A sheet, or sentences that string facts together."""
        found = _portrayed(text.text, text.role == "user", subject)
        if found is not None:
            who, kinds, first = found
            yield Told(who, kinds | self._data(text.text), 0, text.path, (first, first + 1), portrait=True)


def gives(answer: str) -> bool:
    """Whether an answer is short enough for one about one fact, and asks for nothing itself."""
    longest = LONGEST_ANSWER if answer.isascii() else _ANSWER_WIDE
    return len(answer) <= longest and not answer.rstrip().endswith(("?", "？"))


def _portrayed(text: str, given: bool, subject: Subject | None) -> tuple[Subject, int, int] | None:
    """Who is portrayed in a text, the kinds of facts and where they begin; ``given``: it is part of a request."""
    if len(text) > LONGEST or len(text) < SHORTEST:
        return None
    listed = has_name_label(text) or subject is not None
    if not (listed or introduces(text)) or not tells(text) or _CODE.search(text):
        return None
    who = subject or _opening(text) or persona(text[:QUESTION])
    if not listed and who is None:
        return None
    kinds, first, name, strange = sheet(text) if listed else (0, 0, "", 0)
    if not strange and _count(kinds) >= _LEAST and (name or subject):
        who = Subject(key_of(name), name, False, 0, 0) if name else subject
    elif strange or who is None:
        return None
    else:
        kinds, first = prose(text)
        if _count(kinds) < _LEAST + given or not kinds & TELLING or NO_ANSWER(text):
            return None
    return None if who is None or INVENTED(text) else (who, kinds, first)


_NUMBERED = sum(1 << at for at, kind in enumerate(KINDS) if kind.number)
DATA = lazy(r"[0-9０-９@＠]")


@functools.lru_cache(maxsize=512)
def about(text: str, *, stated: bool = False) -> tuple[Subject | None, int, int]:
    """Who is named, which facts the words beside the name ask for or state, and what speaks against a profile."""
    subject = _subject(text)
    if subject is None:
        return None, 0, 0
    near, around = _beside(text, subject, stated=stated)
    kinds = asked_for(near) if near and may_ask(near) else 0
    against = speaks_against(around) if may_speak_against(text) else 0
    return subject, kinds, against & SETTLED if kinds & _TASTE else against


def _subject(text: str) -> Subject | None:
    subject = named(text)
    if subject is None or (not subject.honoured and asked_for(subject.name)):
        return None  # or it is the fact that is named, of somebody known from before
    return subject


def _beside(text: str, subject: Subject, *, stated: bool) -> tuple[str, str]:
    """The words in which a fact is looked for, and those in which the signs against a profile are."""
    before, after = text[: subject.start], text[subject.end :]
    around = f"{before} {after}"
    said = before.rstrip()
    wide = is_wide(text)
    if wide:
        near = re.split("[。！!]", after, maxsplit=1)[0][: 20 if stated else 40]
        last = not near.strip(" ?？") or (subject.honoured and (len(near) < _TAIL or bool(_MERELY.match(near))))
        if last and not stated and not asked_for(near):
            near = before[-40:]  # the name comes last
        if stated and not re.match("(?:さん|様|氏|くん|君|ちゃん)?(?:の|的|의)", after):
            near = ""
    elif after.startswith(("'", "’")):
        near = after[:50]
    elif _OF.search(said[-5:]):
        near = before[-50:]
    elif stated or (len(said) < len(before) and _TO.search(said[-7:])):
        near = ""
    else:
        near = f"{before} X {after}" if len(text) <= LONGEST_BESIDE else ""
    if near and not stated and _reasoned(around):
        near = ""
    return near, text if wide and not subject.honoured else around


_OF = lazy(r"\b(?:of|von|de|d['’])$")
_TO = lazy(r"\b(?:about|for|on|to|with|sur|sobre|über)$")
"""What the last characters before a name are, white space aside."""
_TAIL = 6
_MERELY = lazy(
    "(?:さん|様|氏|くん|君|ちゃん)?(?:の|に(?:ついて|関する))?(?:個人)?(?:情報|データ|プロフィール|場合|こと)"
)
"""What stands behind a name when the fact stands before it."""
_FIGURE = lazy(r"[0-9０-９]")
_CONDITION = lazy(r"\b(?:if|twice|than)\b")


def _reasoned(text: str) -> bool:
    """A question with figures or a condition is a sum to be done, and asks for nothing that is known."""
    if _FIGURE.search(text):
        return True
    return ("if" in text or "twice" in text or "than" in text) and _CONDITION.search(text) is not None


_TASTE = 1 << NUMBER["favourites"]
_TASTED = AnyCase(KINDS[NUMBER["favourites"]].asked)


_OPENING = lazy(r"^(?:This is |Meet |以下は|【)?")


def _opening(text: str) -> Subject | None:
    """Who a text is about that opens with a name."""
    start = _OPENING.match(text)
    head = text[start.end() if start else 0 :][:60]
    subject = named(head)
    return subject if subject is not None and subject.start <= 2 else None


def _within(subject: Subject, question: Text) -> tuple[int, int]:
    named_here = question.text[subject.start : subject.end] == subject.name
    return (subject.start, subject.end) if named_here and subject.name else (0, len(question.text))


def _count(bits: int) -> int:
    return bits.bit_count()

"""Birth dates: a full date from 1900 on beside a word that says it is one, in Western and Japanese years."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ftlint.lazy import lazy

_K = "[0-9〇零一二三四五六七八九十元]"
_MONTH = (
    "jan(?:uary|uar|vier|v)?|feb(?:ruary|ruar)?|f[ée]vr(?:ier)?|mar(?:ch|s|zo)?|märz|apr(?:il|ile)?|avril|abril|may|mai|"
    "maggio|mayo|maio|june?|juni|juin|junio|giugno|junho|july?|juli|juillet|julio|luglio|julho|aug(?:ust)?|août|agosto|"
    "sep(?:t(?:ember|embre|iembre)?)?|settembre|setembro|o[ck]t(?:ober|obre|ubre)?|ottobre|outubro|nov(?:ember|embre|"
    "iembre)?|de[cz](?:ember|embre|iembre)?|d[ée]cembre|dicembre|diciembre|dezembro|enero|gennaio|janeiro|febrero|"
    "febbraio|fevereiro|março|aprile"
)
_YEAR = "(?:19|20)[0-9]{2}"
DATE = (
    rf"(?:(?:{_YEAR}|[一二][〇零一二三四五六七八九]{{3}})年(?:[(][^()]{{2,8}}[)])?|(?:大正|昭和|平成|令和){_K}{{1,3}}年)の?"
    rf"\s?{_K}{{1,3}}月\s?{_K}{{1,3}}日"
    rf"|[TSHR][. ]?[0-9]{{1,2}}(?:[./-][0-9]{{1,2}}[./-]|年[0-9]{{1,2}}月)[0-9]{{1,2}}(?![0-9])"
    rf"|{_YEAR}(?:(?P<a>[-/.])[0-9]{{1,2}}(?P=a)|년 ?[0-9]{{1,2}}월 ?)[0-9]{{1,2}}(?![0-9])일?"
    rf"|[0-9]{{1,2}}(?P<b>[-/.])[0-9]{{1,2}}(?P=b){_YEAR}(?![0-9])"
    rf"|(?:{_MONTH})\.? [0-9]{{1,2}}(?:st|nd|rd|th)?,? {_YEAR}(?![0-9])"
    rf"|[0-9]{{1,2}}(?:st|nd|rd|th|\.|er|º)?[ -](?:day )?(?:of |de )?(?:{_MONTH})\.?,?[ -](?:de |del )?{_YEAR}(?![0-9])"
)
# Behind its name, a date may be shorter: 03/05/88, or 19880503.
SHORT = rf"|[0-9]{{1,2}}(?P<c>[-/.])[0-9]{{1,2}}(?P=c)[0-9]{{2}}(?![0-9])|{_YEAR}(?:0[1-9]|1[0-2])[0-3][0-9](?![0-9])"
_START = r"(?<![0-9A-Za-z])"
_NAME = (
    r"生年月日|誕生日|生まれ(?:\s?:|(?:た日)?は(?=\s?(?:西暦)?[0-9一二大昭平令]))|出生日期|出生年月日|生日|생년월일|생일"
    r"|(?<![a-z])(?:dates? of birth|birth ?-?dates?|birthday"
    r"|d\.?o\.?b\.?|fecha de nacimiento|geburtsdatum|date de naissance|data di nascita|data de nascimento)(?![a-z])"
)
_NAMED = lazy(rf"(?:{_NAME})(?:[^0-9\n]|\n(?!\n)){{0,60}}?{_START}(?P<date>{DATE}{SHORT})", re.IGNORECASE)
_BORN = lazy(
    r"(?:(?<![a-z(])(?:born|née? le|nacid[oa] el|geboren am|nat[oa] il|nascid[oa] em)(?![a-z])|出生于|生于)"
    rf"[^0-9.;\n]{{0,40}}?{_START}(?P<date>{DATE})",
    re.IGNORECASE,
)
_BEHIND = lazy(
    rf"{_START}(?P<date>{DATE})(?:(?:、|に)?[^0-9。、\n]{{0,12}}?(?:生まれ|生れ)|\s?生(?=[\s、。,.()「」]|$)|に?出生)",
    re.IGNORECASE,
)
_ASKED = lazy(
    rf"(?:{_NAME}|(?<![a-z])(?:born on|were you born|sind sie geboren|bist du geboren"
    rf"|[êe]tes[- ]vous née?|naci(?:ste|ó))(?![a-z])|いつ生まれ|生まれた日|出生|태어"
    rf"|(?<![a-z])(?:when|wh(?:at|ich) (?:day|date|year)|wann|quand)(?![a-z])[^0-9.?!\n]{{1,60}}(?<![a-z])"
    rf"(?:born|geboren|née?)(?![a-z]))[^0-9]{{0,120}}$",
    re.IGNORECASE,
)
_ANSWER = lazy(rf"[^0-9]{{0,60}}?{_START}(?P<date>{DATE}{SHORT})", re.IGNORECASE)
DATED = lazy("(?:19|20)[0-9]{2}|[0-9][-/.][0-9]{1,2}[-/.][0-9]|月")
"""Every date holds one of these."""
WORDS = (
    "生まれ", "生れ", "生年月日", "誕生日", "生日", "生于", "日生", "出生", "생년", "생일", "born", "Born", "BORN",
    "irth", "IRTH", "DOB", "dob", "D.O.B", "d.o.b", "nacid", "nacim", "ebur", "gebor", "née", "né le", "naissance",
    "nato il", "nata il", "nasc", "nacis", "nació", "vous né", "태어",
)  # fmt: skip
"""Every text that says of a date that it is a birth date holds one of these."""
# Lives that stand in works of reference and in the news, and those of animals.
_PUBLIC = lazy(
    r"(?:better|best|also|widely) known|(?<![a-z])(?:is|was) an? (?:[A-Za-z-]+ ){0,4}(?:act(?:or|ress)|singer|musician|"
    r"rapper|politician|president|senator|footballer|player|athlete|author|writer|novelist|poet|lawyer|businessman|"
    r"director|producer|composer|scientist|physicist|mathematician|philosopher|wrestler|boxer|racing|journalist|artist|"
    r"painter)(?![a-z])|wikipedia|passed away"
    r"|(?<![a-z])(?:died|deceased|death|bio|biography|historical|famous|cats?|kitten|feline|dogs?|puppy|horse|foal|panda)(?![a-z])|選手|俳優|女優|歌手|作家|政治家|監督|漫画家|声優|タレント|大統領|首相|死去|没年|没した|有名",
    re.IGNORECASE,
)
_AROUND = 600
_FOUNDED = lazy(
    r"[^0-9。.\n]{0,12}?(?:発売|販売|リリース|公開|設立|創業|創立|開業|開校|開館|開店|完成|誕生した|"
    r"(?<![a-z])(?:released?|launch(?:ed)?|founded|founding|opened|established)(?![a-z]))",
    re.IGNORECASE,
)
"""Behind a date: it is the day of a product, a company or a house."""
_AGED = lazy(r"[0-9]\s?生(?:[\s、。,.()「」]|$)")
"""63.5.3生, which has none of the words."""
_PARTY = lazy(
    r"(?<![a-z])(?:party|celebrat\w*|event|dinner|gift|present|パーティ|お祝い|創立|設立|創業|開業|開校)"
    r"|記入例|入力例|記載例|表記例",
    re.IGNORECASE,
)


def find_births(text: str, start: int = 0) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of each birth date in a folded text.

    Args:
        text: folded to half width.
        start: where the text itself begins; before it stands the end of the question that it answers.
    """
    if not DATED.search(text, start):
        return
    if not any(word in text for word in WORDS) and not ("生" in text and _AGED.search(text)):
        return
    for pattern in (_NAMED, _BORN, *([_BEHIND] if "生" in text else [])):
        for match in pattern.finditer(text):
            if not _PARTY.search(text, match.start(), match.start("date")) and not (
                _FOUNDED.match(text, match.end("date")) or _public(text, match.start("date"))
            ):
                yield *match.span("date"), "birth-date"
    if start and (asked := _ASKED.search(text, max(0, start - 200), start)):
        answer = _ANSWER.match(text, start)
        if (
            answer is not None
            and not _PARTY.search(text, asked.start(), answer.start("date"))
            and not (_FOUNDED.match(text, answer.end("date")) or _public(text, answer.start("date")))
        ):
            yield *answer.span("date"), "birth-date"


def _public(text: str, at: int) -> bool:
    return _PUBLIC.search(text, max(0, at - _AROUND), min(len(text), at + _AROUND)) is not None

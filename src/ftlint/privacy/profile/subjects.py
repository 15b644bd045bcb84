"""FT709, whom a question or a statement is about: a name, a relative, or whoever the row speaks of already."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ftlint.lazy import eastern, lazy
from ftlint.privacy.profile.anycase import AnyCase, ThisCase
from ftlint.privacy.profile.kinds import asked_for
from ftlint.privacy.profile.statements import is_label


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_CAPITAL = "[A-ZÀ-ÖØ-Þ]"
_LETTERS = r"[^\W\d_]*(?:[-’'](?!s\b)[^\W\d_]{2,})*"
_PROPER = _CAPITAL + _LETTERS
_HONOURS = _set("Mr Mrs Ms Miss Dr Prof Professor Frau Herr Monsieur Madame Señor Señora")
# A title begins with a capital too: said first, so that a search looks for nothing else.
_TITLED = (
    r"(?:(?:(?<=M)(?:rs?|s|iss|onsieur|adame)|(?<=D)r|(?<=P)rof(?:essor)?|(?<=F)rau|(?<=H)err|(?<=S)eñora?)\.?\s+"
    rf"{_CAPITAL})?"
)
NAME = (
    rf"{_CAPITAL}{_TITLED}{_LETTERS}(?:\s+(?:[A-Z]\.|{_PROPER}|(?:de|da|del|della|der|van|von(?! Beruf)|bin|ibn|al|"
    rf"la|le|dos|di)(?=\s))){{0,3}}(?:-(?:san|sama|kun|chan)\b)?"
)
RELATIVES = (
    "mother", "father", "mom", "mum", "dad", "wife", "husband", "sister", "brother", "son", "daughter", "boss", "uncle",
    "aunt", "cousin", "neighbour", "neighbor", "manager", "ceo", "founder", "teacher", "friend",
)  # fmt: skip
RELATION = rf"(?:my|our|the)\s+(?:late\s+)?(?:grand)?(?:{'|'.join(RELATIVES)})"
_VERB_WORDS = _set(
    """
    is was are does did do has can will hat ist wohnt arbeitet wiegt kommt studiert studierte wurde ging geht lebt
    besucht besuchte habite travaille pèse mesure a est vive trabaja pesa mide tiene es nació estudió estudia dedica
    aime mag introduce describe reach contact meet
    """
)
"""The last words of what ``_VERBS`` matches, in small letters."""
_VERBS = (
    r"(?:[Ii]s|[Ww]as|[Aa]re|[Dd]oes|[Dd]id|[Dd]o|[Hh]as|[Cc]an|[Ww]ill|[Hh]at|[Ii]st|[Ww]ohnt|[Aa]rbeitet|"
    r"[Ww]iegt|[Kk]ommt|[Ss]tudierte?|[Ww]urde|[Gg]ing|[Gg]eht|[Ll]ebt|[Bb]esuchte?|[Hh]abite|[Tt]ravaille|[Pp]èse|[Mm]esure|a|est|[Vv]ive|"
    r"[Tt]rabaja|[Pp]esa|[Mm]ide|[Tt]iene|[Ee]s|[Nn]ació|[Ee]studi[óa]|[Ll]e gusta a|[Dd]edica|[Aa]ime|[Mm]ag|"
    r"[Ii]ntroduce|[Dd]escribe|[Rr]each|[Cc]ontact|[Mm]eet)"
)
_VERB_FORMS = _VERB_WORDS | {word[0].upper() + word[1:] for word in _VERB_WORDS - {"a", "est"}}
_BEFORE = _set("of about for von de über sur sobre on with to")
_PREPOSITIONS = _BEFORE | {"à"}
_ADVERBS = _set("much tall old where when what whether")
_LAST_WORD = lazy(r"\w+$")
_POSSESSIVE = lazy("['’](?:s|(?<=s['’]))")
_AFTER = (
    "is|was|lives|works|has|had|went|goes|attended|studied|graduated|weighs|likes|loves|enjoys|stands|earns|comes|grew|"
    "no|wa"
)
_CAPITALISED = lazy(rf"\s(?={_CAPITAL})")
_NAMED = lazy(rf"(?P<s>{NAME})")
LATIN = (
    lazy(rf"(?P<s>{NAME})(?:['’]s\b|(?<=s)['’](?=\s))"),
    lazy(rf"\b{_VERBS}\s+(?P<s>{NAME})"),
    lazy(rf"(?:\b(?:{'|'.join(sorted(_BEFORE))})\s+|\bd['’]|\bà\s+)(?P<s>{NAME})"),
    lazy(rf"\b(?:{'|'.join(sorted(_ADVERBS))})\s+(?P<s>{NAME})"),
    lazy(rf",\s+(?P<s>{NAME})\s*\?$"),
    lazy(rf"(?:^|[.!?:,]\s+)(?P<s>{NAME})(?=\s+(?:{_AFTER})\b|,)"),
)
_MAY_RELATE = AnyCase(RELATION)
_RELATIVE = lazy(rf"\b(?P<s>{RELATION})\b(?=['’]s|\s)", re.IGNORECASE)
_LOWER = lazy(
    r"\b(?P<s>[a-z]{2,}(?: [a-z]{2,})?)['’]s\b|\b(?:is|does|did|was|has) (?P<t>[a-z]{2,} [a-z]{2,}) (?:married|"
    r"live|work|do|weigh|like|have|born|from|go|study|male|female)\b"
    r"|\b(?:old|tall) is (?P<u>[a-z]{2,} [a-z]{2,})\??$"
)
_LOWER_NO = _set(
    """
    what who where how it that he she let there here the a an my your our their his her its this these those some
    any all one which when if in on at of for
    """
)
_LEADING = _set(
    """
    What Who Where When Which How Why Is Was Are Does Did Do Has Can Could Would Will The This That These It He
    She They I You We Tell Please Give Describe Name In On At Of And But So If Also Does Let There Here Wie Wo Was
    Wer Wann Welche Welchen Welches Welcher Woher In Ist Hat Où Quel Quelle Quels Quelles Comment Qui Dans Dónde
    Cuál Cuándo Qué Quién Cómo De En Hi Hello Hey Yes No Not Sure Okay
    """
)
_NOBODY = _set(
    """
    it he she they you i we this that there english japanese french german spanish chinese korean monday tuesday
    wednesday thursday friday saturday sunday january february march april may june july august september october
    november december god christmas internet earth person1 person2 today tomorrow let what who here one everyone
    someone ai chatgpt gpt assistant user customer client patient student person people
    """
)
THEY = AnyCase(
    r"\b(?:he|she|they|him|her|his|hers|their|them|er|sie|ihr|ihre|sein|seine|il|elle|sa|son|él|ella|su)\b|彼女|"
    r"彼|この人|その人|この方|その方|同氏|本人|他|她|그녀|그는|그의"
)
YOU = ThisCase(
    r"\byou\b|\byour\b|\bdu\b|\bdein|\bIhre?\b|\bvotre\b|\bvous\b|\btu\b|\bton\b|\bta\b|\bte\b|\bti\b|\busted\b|"
    r"あなた|君|きみ|お前|貴方|お(?:仕事|名前|住まい|いくつ|生まれ)|ご(?:趣味|出身|家族|職業|住所)|你|您|당신|너"
)  # fmt: skip

_WIDE = "一-鿿々〆ヶぁ-ゖァ-ヺー・ｦ-ﾟ"
_HONORIFIC = r"さん|さま|様|氏|くん|君|ちゃん|先生|選手|殿|씨|님|先生|女士|小姐|同学"
_HONORIFICS = _HONORIFIC.split("|")
_SCRIPT = eastern("[、-鿿ｦ-ﾟ가-힣]")
KANA_OR_HAN = eastern("[぀-鿿가-힣]")
"""What a text of a script without spaces holds."""
_HONOURED = lazy(
    rf"(?P<s>[一-鿿々ヶァ-ヺー・A-Za-z]"
    rf"[一-鿿々ヶァ-ヺー・A-Za-z 　]{{0,17}}[一-鿿々ヶァ-ヺーA-Za-z]?(?:[ぁ-ゖ]{{1,4}})??|"
    rf"[가-힣]{{2,5}}|(?<![{_WIDE}])[ぁ-ゖ]{{2,5}})[ ]?(?P<h>{_HONORIFIC})(?![ぁ-ゖ]*?語)"
)
_PARTICLE = (
    r"(?:の|は|が|って|には|を|とは|も|、|に(?:ついて|関して)|的|住在|是(?=哪|谁|做|男|女|什)|今年|多[大高重]|"
    r"最?喜欢|有(?=什|几|兄|孩)|在哪|几岁|出生|毕业|平时|의|은|는|이(?=\s)|가(?=\s)|에 대해|에게)"
)
_PLAIN = lazy(
    rf"(?:^|[。！？!?、,，「『（(\s:：]|请问|あなたは|"
    rf"私たちの)(?P<s>[{_WIDE}A-Za-z가-힣][{_WIDE}A-Za-z가-힣 　.=＝-]{{0,17}}?)[」』]?{_PARTICLE}"
    rf"|(?:歌手|俳優|女優|作家|画家|社長|部長|課長|同僚|友人|友達|隣人|社員|患者|選手|主人公|"
    rf"キャラ)の(?P<t>[{_WIDE}]{{2,12}}?){_PARTICLE}"
)
_RELATIVE_JA = lazy(
    r"(?P<s>(?:私|僕|俺|うち|わたし|我が家|我|わが家)の?(?:的)?(?:祖母|祖父|母|父|妻|夫|兄|姉|弟|妹|上司|友人|"
    r"娘|息子|おばあちゃん|おじいちゃん|お母さん|お父さん|爷爷|奶奶|妈妈|爸爸))"
)
_NO_NAME = lazy(
    r"^(?:この|その|あの|どの|こちら|そちら|誰|何|どこ|どちら|いつ|なぜ|人|人間|日本|世界|当社|弊社|御社|貴社|"
    r"私|僕|俺|自分|あなた|貴方|君|彼|今日|明日|最近|一番|次|以下|今|お|ご|では|じゃあ|それ|これ|あれ|皆|みな|"
    r"みんな|すべて|"
    r"プロフィール|自己紹介|紹介|情報|名前|スタッフ|メンバー|社員|従業員|学生|生徒|教授|若者|シニア|プレイヤー|"
    r"アルバイト|パート|サラリーマン|アイドル|芸能人|有名人|犯人|被害者|歌手$|俳優$|女優$|作家$|画家$|ゲーム|"
    r"小説|物語|漫画|アニメ|映画|主人公|キャラ|登場人物|作品|一般|普通|平均|大人|子供|子ども|赤ちゃん|男性|女性|"
    r"猫|犬|他|她|它|你|您|我|请|谁|什么|哪|怎么|为什么|中国|당신|그|나|저|우리)"
    r"|(?:市|県|府|都|区|駅|大学|学園|高校|高等学校|会社|法人|店|神社|公園|病院|銀行|ホテル|協会|製品|商品|"
    r"シリーズ|モデル|号|機|語|線|国|省|庁|賞|塔|タワー|ビル|橋|湖|山脈|半島|祭|祭り|公司|医院)$"
    r"|^.{1,2}[師士員者]$|(?:看護|介護|弁護|保育|栄養|税理|会計|建築|整備|消防|運転|飛行|美容|理容|調理|"
    r"薬剤)[師士]$|になる|(?:こと|もの|とき|場合|方法|理由|ため|って|です|ます|して|した|から|まで|ください|"
    r"教えて|人|方|者)$|^(?:お客|皆|患者|奥|旦那|店員|医者|たく|お子|お医者|ご主人|王|神|仏|読者|ユーザー|会員|"
    r"業者|担当)$"
)
_NOBODY_HONOURED = lazy(
    "^(?:赤|源|光源|平|お客|お|皆|患者|奥|旦那|店員|医者|たく|ご主人|王|神|仏|読者|ユーザー|会員|業者|担当|"
    "取引先|あなた|誰|父|母|お父|お母|兄|姉|爺|婆|人|私|僕|俺|彼|この|その|どの)$|^お|^ご[一-鿿]"
)
_INTRODUCED = ThisCase(
    r"\b[Yy]ou(?:\s+are|['’]re|\s+play|\s+will be|\s+speak as|\s+act as)|\b[Aa]ct as|\b[Rr]ole-?play as|"
    r"\b[Dd]u bist|\b[Tt]u es|\b[Vv]ous êtes|\b[Ee]res|[Mm]y name is|\b[Ii] am|\bI['’]m|[Nn]amed|[Cc]alled|"
    r"[Nn]ame(?:\s+is)?:?"
)
_PERSONA = lazy(rf"(?:{_INTRODUCED.source})\s+(?P<s>{NAME})")
_PERSONA_JA = eastern(
    rf"(?:あなた(?:の名前)?は|君は|你是|你叫|당신은|私(?:の名前)?は|我叫|名前は|"
    rf"氏名[は：:])[ 　「『]*(?P<s>(?:[一-鿿々ヶ]{{1,4}}?[ 　]?[{_WIDE}]{{1,6}}?|[ァ-ヺー・]{{3,14}}|"
    rf"[A-Z][A-Za-z ]{{2,20}}|[가-힣]{{2,4}}))"
    rf"[」』]?(?:さん|氏)?(?:です|で、|という|と(?:申|言|い)|、|。|，|になり|として|本人|だ。|입니다|이라는|라는|"
    rf"의|$)"
)
_CALLED = eastern(rf"(?:^|[、。，\s])(?P<s>[{_WIDE}A-Za-z 　]{{2,14}}?)と(?:申し|いい|言い)ます")
_PRETEND = eastern(
    r"(?P<s>[一-鿿々ヶァ-ヺー・]{2,10})(?:さん)?(?:になりきっ|として(?:答|回答|話|ふるま)|を演じ|の立場で)"
)


class Subject(NamedTuple):
    """Who it is about.

    Attributes:
        key: the same for the same name, however it is written.
        name: as it stands there.
        honoured: with a form of address, as only people have.
        start, end: offsets in the text that names it.
    """

    key: str
    name: str
    honoured: bool
    start: int
    end: int


def named(text: str) -> Subject | None:
    """The person that a short question or statement names, or None."""
    wide = not text.isascii() and _named_wide(text)
    if wide:
        return wide
    found = named_in_latin(text) or _beside(text, _PAIR_LATIN, _FLIPPED_LATIN)
    if found is not None:
        return found
    relative = _RELATIVE.search(text) if _MAY_RELATE(text) else None
    if relative is not None:
        return Subject(" ".join(relative["s"].casefold().split()), relative["s"], False, *relative.span("s"))
    lower = _LOWER.search(text) if text.islower() else None
    if lower is not None and lower.lastgroup and _LOWER_NO.isdisjoint(lower[lower.lastgroup].split()):
        return Subject(lower[lower.lastgroup], lower[lower.lastgroup], False, *lower.span(lower.lastgroup))
    return None


def named_in_latin(text: str) -> Subject | None:
    """Who is named in a script with capitals: the first whom one of ``LATIN`` finds, in their order."""
    possessive, _, preposition, _, last, first = LATIN
    apostrophe = "'" in text or "’" in text
    found = _first(possessive, text) if apostrophe and _POSSESSIVE.search(text) else None
    if found is not None:
        return found
    places = _before_capitals(text)
    shortened = apostrophe and ("d'" in text or "d’" in text)
    return (
        _behind(text, places, _VERB_FORMS)
        or (_first(preposition, text) if shortened else _behind(text, places, _PREPOSITIONS))
        or _behind(text, places, _ADVERBS)
        or (_first(last, text) if "?" in text[-2:] and _ends_like_a_name(text) else None)
        or _first(first, text)
    )


def _first(pattern: re.Pattern[str], text: str) -> Subject | None:
    for match in pattern.finditer(text):
        found = _latin(match)
        if found is not None:
            return found
    return None


def _ends_like_a_name(text: str) -> bool:
    """Whether a capital stands behind the last comma."""
    _, comma, end = text.rpartition(",")
    return comma != "" and end.lstrip()[:1].isupper()


def _before_capitals(text: str) -> list[tuple[str, int, int]]:
    """The words behind which another begins with a capital: each with where it begins, and where the other does."""
    places = []
    for match in _CAPITALISED.finditer(text):
        head = text[: match.start()].rstrip()
        word = head[head.rfind(" ") + 1 :]
        if not word.isalpha():
            last = _LAST_WORD.search(word)
            word = last[0] if last is not None else ""
        places.append((word, len(head) - len(word), match.end()))
    return places


def _behind(text: str, places: Sequence[tuple[str, int, int]], words: frozenset[str]) -> Subject | None:
    """The first who is named behind one of the words."""
    end = 0
    for word, start, at in places:
        if word in words and start >= end and (match := _NAMED.match(text, at)) is not None:
            found = _latin(match)
            if found is not None:
                return found
            end = match.end()
    return None


def _latin(match: re.Match[str]) -> Subject | None:
    start, end = match.span("s")
    words = match["s"].split()
    while words and words[0] in _LEADING:
        start = match.string.index(words[1], start + len(words[0])) if len(words) > 1 else end
        words = words[1:]
    if not words:
        return None
    honoured = words[0].removesuffix(".") in _HONOURS or words[-1].endswith(("-san", "-sama"))
    key = key_of(" ".join(words))
    if not key or key in _NOBODY:
        return None
    return Subject(key, match.string[start:end], honoured, start, end)


def _named_wide(text: str) -> Subject | None:
    if not _SCRIPT.search(text):  # an accent or a dash alone
        return _beside(text, _PAIR, _FLIPPED)
    for match in _HONOURED.finditer(text) if any(form in text for form in _HONORIFICS) else ():
        start, end = match.span("s")
        name = match["s"].strip()
        if name and not _NOBODY_HONOURED.search(name):
            return Subject(key_of(name), name, True, start, end)
    relative = _RELATIVE_JA.search(text)
    if relative is not None:
        return Subject(key_of(relative["s"]), relative["s"], False, *relative.span("s"))
    fact = None
    for match in _PLAIN.finditer(text):
        group = "s" if match["s"] else "t"
        name = match[group].strip()
        if len(key_of(name)) >= 2 and not _NO_NAME.search(name):
            found = Subject(key_of(name), name, False, *match.span(group))
            if not asked_for(name):
                return found
            fact = fact or found
    return _beside(text, _PAIR, _FLIPPED) or fact


_PAIR = lazy(
    rf"(?P<s>[{_WIDE}가-힣]{{2,12}}(?:[ 　][{_WIDE}]{{1,6}})?|{NAME})(?P<gap>[ 　]*[ 　:：/／・|｜、][ 　]*)"
    r"(?P<fact>[^\s:：/／|｜、。?？]{2,10})(?:は|を教えて)?[?？:：]?"
)
_FLIPPED = lazy(
    r"(?P<fact>[^\s:：/／|｜、。?？]{2,10})(?P<gap>[ 　]*[ 　:：/／|｜、][ 　]*)"
    rf"(?P<s>[{_WIDE}가-힣]{{2,12}}(?:[ 　][{_WIDE}]{{1,6}})?|{NAME})[?？]?"
)
_PAIR_LATIN = lazy(rf"(?P<s>{NAME})[ ]?(?:[:,/|–-]|(?= ))[ ]?(?P<fact>[A-Za-z][A-Za-z -]{{1,20}})[?:.]?")
_FLIPPED_LATIN = lazy(rf"(?P<fact>[A-Za-z][A-Za-z -]{{1,20}}?)[ ]?[:,/|–-][ ]?(?P<s>{NAME})[?.]?")
_PAIRED = 48
_LEAST_BESIDE = 4
"""Characters of a name there: with fewer, a search for a town looks the same."""


def _beside(text: str, *patterns: re.Pattern[str]) -> Subject | None:
    """Who stands beside the name of a fact, and nothing else: 「山田花子 身長」, 「身長：山田花子」."""
    if len(text) > _PAIRED:
        return None
    for pattern in patterns:
        match = pattern.fullmatch(text.strip())
        if match is not None and is_label(match["fact"]):
            name = match["s"].strip()
            short = not name.isascii() and len(key_of(name)) < _LEAST_BESIDE
            if not short and key_of(name) not in _NOBODY and not _NO_NAME.search(name) and not asked_for(name):
                start = text.index(name)
                return Subject(key_of(name), name, False, start, start + len(name))
    return None


_FURTHER = lazy(rf"[のと「『・、](?P<s>[一-鿿々ヶァ-ヺー]{{2,8}})[」』]?(?=の|は|が|と|を)|\b(?P<t>{NAME})")
_BEGUN = lazy(rf"(?<!\w)(?={_CAPITAL})")


def further(text: str, first: Subject | None) -> Iterator[Subject]:
    """Whoever else a text may name, for what is true of all of them: that they are invented, or long dead."""
    for match in _FURTHER.finditer(text) if is_wide(text) else _names(text):
        name = match[match.lastgroup or 0]
        if first is None or key_of(name) != first.key:
            yield Subject(key_of(name), name, False, *match.span())


def _names(text: str) -> Iterator[re.Match[str]]:
    """Whatever begins with a capital as a name does."""
    end = 0
    for begun in _BEGUN.finditer(text):
        if begun.start() >= end and (match := _NAMED.match(text, begun.start())) is not None:
            yield match
            end = match.end()


_TITLES = ("m", "d", "p", "f", "h", "s")
"""What a title begins with."""
_FORMS = lazy(r"^(?:mr|mrs|ms|miss|dr|prof|professor|frau|herr|monsieur|madame|señora?)\.?\s+|-(?:san|sama|kun|chan)$")


def is_wide(text: str) -> bool:
    """Whether a text holds a script without spaces."""
    return not text.isascii() and KANA_OR_HAN.search(text) is not None


def key_of(name: str) -> str:
    """A name without spaces of wide scripts, titles and forms of address, in one case."""
    plain = name.lower() if name.isascii() else unicodedata.normalize("NFKC", name).casefold()
    if "-" in plain or plain.startswith(_TITLES):
        plain = _FORMS.sub("", plain)
    plain = " ".join(plain.split())
    return re.sub(r"[\s・=.]", "", plain) if is_wide(plain) else plain


def persona(text: str) -> Subject | None:
    """Whom a system prompt tells the model to be, or who somebody says to be."""
    for pattern in (_PERSONA, _CALLED, _PERSONA_JA, _PRETEND) if is_wide(text) else (_PERSONA,):
        match = pattern.search(text) if pattern is not _PERSONA or _INTRODUCED(text) else None
        if match is not None:
            if pattern is _PERSONA:
                found = _latin(match)
                if found is not None:
                    return found
            elif not _NO_NAME.search(match["s"].strip()):
                return Subject(key_of(match["s"]), match["s"].strip(), False, *match.span("s"))
    return None


def speaks_of_somebody(text: str) -> bool:
    """Whether the text points at somebody who was named before."""
    return THEY(text)


def speaks_to_somebody(text: str) -> bool:
    """Whether the text asks the one who answers."""
    return YOU(text)

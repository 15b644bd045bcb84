"""FT905, offline: words for children near sexual or romantic words. Mild lists, a hint at best, and no moderation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ftlint.checks.base import Batch, Context, Joined
from ftlint.lazy import eastern, lazy
from ftlint.model import Problem, Text
from ftlint.privacy.profile.anycase import AnyCase

CODE = "FT905"
CHILD, OTHER = "FT905-child", "FT905-other"
NEAR = 160
"""Characters between the two words at most; a third of that in scripts without spaces."""
_LOOKED_AT = 50_000
_WINDOW = NEAR + 60

_TEENS = r"(?:thir|four|fif|six|seven)teen"
_SMALL = rf"(?:[1-9]|1[0-7]|{_TEENS}|eleven|twelve|ten|nine|eight|seven|six|five)"
_THING = (
    r"(?![- ]*(?:dog|cat|horse|car|house|home|building|company|whisk|scotch|wine|boat|tree|laptop|computer|system|"
    r"band|brand|marriage))"
)
# An age below eighteen, said as such.
AGE = lazy(
    (
        rf"(?<![\d.,$€£])(?<!over )(?<!above )(?<!least )(?<!than )(?<!under )\b{_SMALL}"
        rf"[- ](?:years?[- ]olds?\b{_THING}|"
        rf"y/?o\b)|\b(?:aged?|turn(?:ed|s)) (?:{_SMALL})\b(?! ?(?:%|percent|and (?:over|older|above)|or (?:over|"
        rf"older)|\+|to \d\d|-\d\d))|"
        rf"(?<![\d０-９二三四五六七八九])(?:[1-9]|1[0-7]|[１-９]|１[０-７]|十[一二三四五六七]?)[歳才岁](?!以上|から|"
        rf"差|年上|下|以上の)|\b(?:[5-9]|1[0-7])-?[Jj]ährig\w*\b(?! (?:Hund|Katz|Pferd|Wein|Whisk|Auto|Haus|Ehe))|"
        rf"\b(?:[5-9]|1[0-7]) Jahre alt|"
        rf"\b(?:de|a|avait) (?:[5-9]|1[0-7]) ans\b|\bde (?:[5-9]|1[0-7]) años\b|\btiene (?:[5-9]|1[0-7]) años\b|"
        rf"(?<!\d)1[0-7]살"
    ),
    re.IGNORECASE,
)
_AGED = AnyCase(AGE.pattern)
# Words for children and for pupils, without an age.
UNGROWN = lazy(
    (
        r"\b(?:under-?age|pre-?teens?|tweens?|toddlers?|school-?(?:girl|boy|child|children)s?|(?:little|young|"
        r"small) (?:girl|boy|child)s?|child(?:ren)?|kids?|(?<!/)minors|"
        r"(?:elementary|primary|middle|junior high|high)[- ]school(?:ers?| (?:girl|boy|student|pupil)s?)|"
        r"teen(?:age)?[- ](?:girl|boy)s?|teenagers?|pupils?)\b|"
        r"未成年|小学生|中学生|高校生|女子高生|男子高生|女子中学生|園児|児童|幼女|幼児|少女|少年|初中生|高中生|萝莉|"
        r"\bminderjährig\w*|\bSchülerin(?:nen)?\b|\bkleine[snr]? (?:Mädchen|Junge)\b|\b(?:fillette|collégienne|"
        r"lycéenne|mineure?)s?\b|\b(?:menor(?:es)? de edad|colegialas?|niñ[ao]s?)\b|"
        r"미성년|초등학생|중학생|고등학생|여고생"
    ),
    re.IGNORECASE,
)
_SEXUAL = lazy(
    (
        r"\b(?:sexual(?:ly)?|sexy|erotic\w*|nudes?|nudity|naked(?! (?:eye|truth|mole|short))|undress\w*|seduc\w+|"
        r"lust(?:ful|ed|s)?|aroused?|porn\w*|fetish\w*|lewd\w*|sensual\w*|fondl\w+|"
        r"(?:had|have|having) sex|slept with|make love|made love)\b|性的|性行為|エロ|官能|裸(?:に|の|で|を|体|身)|"
        r"ヌード|誘惑|下着|欲情|わいせつ|ポルノ|成人向け|色情|裸照|"
        r"\b(?:nackt\w*|verführ\w*|sexuell\w*)\b|\b(?:séduit\w*|sexuel\w*|dénudé\w*)\b|\b(?:desnud\w*|"
        r"sedu[jc]\w*)\b|성적(?:인|으로)|알몸|유혹"
    ),
    re.IGNORECASE,
)
_ROMANTIC = lazy(
    (
        r"\bkiss(?:ed|es|ing)?\b|\bmade out\b|\bmaking out\b|\bflirt\w*|\bdating\b|\b(?:boy|girl)friend\b|\b(?:fell|"
        r"falls?|falling) in love\b|\blover\b|\bromantic(?:ally)?\b(?! (?:poe|comed|period|era\b|movement|novel|"
        r"music|compos|movies?|films?))|キス|口づけ|接吻|恋人|恋に落ち|交際|付き合(?:っ|い始|う)|"
        r"抱き(?:しめ|合)|亲吻|接吻|恋爱|\bküss\w*|\bverliebt\w*|\bembrass\w*|\bamoureu\w*|\bbes(?:ó|aron|ar|os?)\b|"
        r"\benamor\w*|키스|연인"
    ),
    re.IGNORECASE,
)
_GROWN = lazy(
    (
        r"\b(?:teacher|coach|tutor|boss|stranger|adult|grown|old(?:er)? man|older woman|uncle|priest|neighbou?r|"
        r"professor|in (?:his|her) (?:twenties|thirties|forties|fifties)|\d\d-year-old man)\b|"
        r"教師|先生|コーチ|大人|おじさん|社会人|会社員|上司|老师|大叔|Lehrer|professeur|profesor|선생"
    ),
    re.IGNORECASE,
)
# Kisses of a family, and other tenderness.
_FAMILY = lazy(
    (
        r"\b(?:mother|father|mum|mom|dad|mommy|daddy|parents?|grand\w+|daughters?|sons?|baby|babies|brother|sister|"
        r"aunt|nephew|niece|forehead|cheek|good ?night|goodbye|good-bye|bedtime|tucked|puppy|knee|scraped?|"
        r"bruise)\b|"
        r"母|父|両親|祖|おば|おじい|娘|息子|孫|兄|姉|妹|弟|おでこ|額|頬|おやすみ|赤ちゃん|妈妈|爸爸|\b(?:Mutter|"
        r"Vater|Eltern|Oma|Opa|mère|père|madre|padre|abuel[oa]s?)\b|엄마|아빠|부모"
    ),
    re.IGNORECASE,
)
_OTHERS = AnyCase(_SEXUAL.pattern), AnyCase(_ROMANTIC.pattern)
# Where such words belong together for good reasons: lessons, medicine, protection, law and news.
_REASONS = AnyCase(
    (
        r"\b(?:educat\w*|curricul\w+|lesson|puberty|contracept\w*|consent\w*|prevent\w*|safeguard\w*|protect\w*|"
        r"abus\w+|assault\w*|harass\w*|molest\w*|victims?|survivors?|traffick\w*|exploit\w*|laws?|legal\w*|"
        r"illegal\w*|"
        r"crimes?|criminal\w*|felony|prosecut\w*|convict\w*|arrest\w*|charged|sentenced|jail\w*|prison\w*|police|"
        r"court|judge|jury|lawsuit|allegations?|alleged\w*|accus\w+|investigat\w*|report(?:ed|s|ing)?|officials?|"
        r"therap\w+|counsel\w*|p(?:a?e)diatric\w*|doctors?|clinic\w*|medic\w+|health\w*|hospital|patients?|"
        r"diagnos\w*|vaccin\w*|hormon\w*|infect\w*|pregnan\w*|symptoms?|gynecolog\w*|stud(?:y|ies)|research\w*|"
        r"survey|statistics|"
        r"per ?cent|polic(?:y|ies)|guidelines?|parental controls?|filters?|moderation|inappropriate|not appropriate|"
        r"orientation|identity|gender|transmitted|can(?:no|['’])t (?:help|assist|write|create)|won['’]t (?:help|"
        r"write)|refus\w+|"
        r"art|museum|painting|statue|sculpture|baptis\w+|bath(?:ed|ing|tub)?|swim\w*|skinny|ask(?:s|ed|ing)? (?:why|"
        r"what|how|whether|if|about)|why do|rated|ratings?)\b|"
        r"性教育|教育|授業|保健|思春期|月経|避妊|同意|予防|防止|防ぐ|守る|守り|相談|虐待|被害|加害|犯罪|事件|逮捕|"
        r"容疑|警察|裁判|判決|法律|条例|違法|禁止|規制|保護|支援|起訴|報道|医師|医療|診|小児科|病院|ワクチン|感染|"
        r"妊娠|調査|研究|統計|美術|"
        r"絵画|彫刻|入浴|お風呂|書けません|できません|教育|预防|保护|虐待|侵害|犯罪|警方|法律|法院|医生|"
        r"\b(?:Aufklärung\w*|Missbrauch\w*|Polizei|Gericht\w*|Schutz|Gesetz\w*|Arzt|Ärzt\w*|Prävention|Opfer)\b|"
        r"\b(?:éducation|abus\w*|victimes?|police|tribunal|loi|médecin|prévention)\b|"
        r"\b(?:educación|abuso\w*|víctimas?|policía|tribunal|ley|médic\w+|prevención|delito\w*)\b|교육|예방|보호|"
        r"학대|피해|경찰|법"
    ),
)
_NEEDLES = (
    "kiss", "Kiss", "sex", "Sex", "rotic", "nude", "Nude", "nudity", "naked", "Naked", "ndress", "seduc", "Seduc",
    " lust", "aroused", "porn", "lewd", "ensual", "ondl", "slept with", "ade love", "ake love", "ade out",
    "aking out", "lirt", " dating", "oyfriend", "irlfriend", "in love", " lover", "omantic", "nackt", "rführ",
    "embrass", "küss", "verliebt", "séduit", "dénud", "moureu", "esnud", "enamor", " beso", " besó", " besa",
)  # fmt: skip
_WIDE_NEEDLES = (
    "性的", "性行", "エロ", "官能", "裸", "ヌード", "誘惑", "下着", "欲情", "わいせつ", "ポルノ", "成人向", "色情",
    "キス", "口づけ", "接吻", "恋", "交際", "付き合", "抱き", "亲吻", "성적", "알몸", "유혹", "키스", "연인",
)  # fmt: skip
NEEDLES = (*_NEEDLES, *_WIDE_NEEDLES)
_WIDE = eastern("[぀-ヿ㐀-鿿가-힣]")
_SENTENCE = lazy(r"[.!?](?=\s|$)|[。！？\n]")


class _Pair(NamedTuple):
    """A word for a child and a sexual or romantic word near it, with the stretch of text that holds both."""

    child: re.Match[str]
    other: re.Match[str]
    start: int
    end: int


def near(batch: Batch, _: Context) -> Iterator[Problem]:
    """FT905: at most one finding per text, at the word for a child."""
    for text in _worth_reading(_joined(batch)):
        pair = _pair(text.text[:_LOOKED_AT])
        if pair is not None:
            values = {"child": pair.child[0], "other": pair.other[0], "role": text.role}
            yield Problem(CODE, text.line, text.path, span=pair.child.span(), values=values, hide=True)


def _joined(batch: Batch) -> Joined:
    if batch.seen is None:
        return batch.joined
    both = set(batch.seen[CHILD]).intersection(batch.seen[OTHER])
    return Joined([batch.texts[index] for index in sorted(both)])


def _worth_reading(joined: Joined) -> list[Text]:
    """Texts with a sexual or romantic word and a child's near it, in order: a plain search per word over all texts."""
    found: dict[int, Text] = {}
    whole = joined.whole
    wide = not whole.isascii() and _WIDE.search(whole) is not None
    for needle in NEEDLES if wide else _NEEDLES:
        at = whole.find(needle)
        while at >= 0:
            window = max(0, at - _WINDOW), at + _WINDOW
            end = at + 1
            if UNGROWN.search(whole, *window) or AGE.search(whole, *window):
                placed = joined.at(at, at + len(needle))
                if placed is not None:
                    text, (start, _) = placed
                    found[at - start] = text
                    end = at - start + len(text.text) + 1
            at = whole.find(needle, end)
    return [found[at] for at in sorted(found)]


def _pair(text: str) -> _Pair | None:
    """The first pair that stands near each other, for none of the good reasons."""
    if not (_OTHERS[0](text) or _OTHERS[1](text)) or _REASONS(text):
        return None
    ages = list(AGE.finditer(text)) if _AGED(text) else []
    children = [*ages, *UNGROWN.finditer(text)]
    for others, first in ((_SEXUAL.finditer(text), children), (_ROMANTIC.finditer(text), children)):
        for other in others:
            for child in first:
                pair = _together(text, child, other)
                if pair is not None and _counts(text, pair, aged=child in ages):
                    return pair
    return None


def _together(text: str, child: re.Match[str], other: re.Match[str]) -> _Pair | None:
    """Both in one sentence or in two that follow each other, and not far apart."""
    left, right = sorted((child.span(), other.span()))
    between = text[left[1] : right[0]]
    if (
        left[1] > right[0]
        or len(between) > (NEAR if between.isascii() else NEAR // 3)
        or len(_SENTENCE.findall(between)) > 1
    ):
        return None
    start = max((match.end() for match in _SENTENCE.finditer(text, 0, left[0])), default=0)
    end = _SENTENCE.search(text, right[1])
    return _Pair(child, other, max(start, left[0] - NEAR), min(end.end() if end else len(text), right[1] + NEAR))


def _counts(text: str, pair: _Pair, *, aged: bool) -> bool:
    stretch = text[pair.start : pair.end]
    if _SEXUAL.fullmatch(pair.other[0]):
        return True
    if _FAMILY.search(stretch):
        return False
    return aged or _GROWN.search(stretch) is not None

"""FT709, the kinds of facts that make a profile, how they are asked for, and what speaks against one."""

from __future__ import annotations

import functools
from typing import NamedTuple

from ftlint.lazy import eastern
from ftlint.privacy.profile.anycase import AnyCase, Which, alternatives


class Kind(NamedTuple):
    """One kind of fact.

    Attributes:
        name: as a finding names it.
        personal: only people have it: a tower has a height too, and a shop an address.
        telling: news and narration seldom give it: a text that strings facts together needs one of these.
        asked: what a question after it holds, in the languages that are known.
        number: the answer holds a number.
    """

    name: str
    personal: bool
    telling: bool
    asked: str
    number: bool = False


KINDS = (
    Kind(
        "birth date",
        True,
        True,
        (
            r"\bborn\b|birth ?-?(?:day|date)|date of birth|\bDOB\b|Geburts(?:datum|tag)|geboren|date de naissance|"
            r"\bnée?\b|"
            r"anniversaire|nació|fecha de nacimiento|cumpleaños|生年月日|生年(?!月)|誕生日|誕生年|いつ.{0,2}生まれ|"
            r"何[年月日].{0,5}生まれ|"
            r"生まれた(?:日|年|の)|お?生まれは|お生まれになっ|出生(?:日期|年月)|生日|哪[年一天]{1,2}出生|"
            r"什么时候出生|何时出生|"
            r"생년월일|생일|태어난 (?:날|해)|언제 태어|tanj[oō]u?bi"
        ),
        True,
    ),
    Kind(
        "age",
        True,
        False,
        (
            r"\bhow old\b|\bage\b|\byears old\b|\bwie alt\b|\bAlter\b|\bâge\b|cuántos años|\bedad\b|年齢|何歳|"
            r"いくつ(?:です|になり|なの|$|[?？])|"
            r"おいくつ|お歳|何才|几岁|多大(?:了|年纪|岁数)?|年龄|年紀|나이|몇 살|nansai"
        ),
        True,
    ),
    Kind(
        "sex",
        True,
        True,
        (
            r"\bgender\b|\bsex\b|\b(?:fe)?male\b|\bpronouns\b|\bman or (?:a )?woman\b|\bboy or\b|Geschlecht|"
            r"\bsexe\b|\bsexo\b|\bgénero\b|"
            r"性別|性别|の性(?:は|$)|男性(?:です|か|なの)|女性(?:です|か|なの)|男ですか|女ですか|男の人|女の人|男の方|女の方|男の子|女の子|"
            r"男か女|男性か女性|성별|seibetsu"
        ),
    ),
    Kind(
        "job",
        True,
        False,
        (
            r"\b(?:job|occupation|profession|career|vocation)\b|\bfor (?:a )?(?:living|work)\b|\bline of work\b|"
            r"\bwork(?:s|ing)? as\b|\bwhat does .{1,40} do[?.]?$|"
            r"\bwhat do you do[?.]?$|\bBeruf|beruflich|\bmétier\b|\bprofession\b|profesión|\btrabajo\b|\bdedica\b|"
            r"ocupación|職業|仕事|お勤めの内容|"
            r"職種|生業|生計|肩書|役職|职业|職業|什么工作|做什么|직업|무슨 일|직무|shokugyo|shigoto"
        ),
    ),
    Kind(
        "employer",
        True,
        False,
        (
            r"\bemployer\b|\bwork(?:s|ing|ed)? (?:for|at)\b|\bwhere\b.{0,50}\bwork|\bworkplace\b|\bemployed\b|"
            r"\b(?:what|which) company\b|Arbeitgeber|"
            r"\barbeitet\b|employeur|\btravaille\b|\btrabaja\b|勤務先|勤め先|勤め|働いて|職場|勤務して|就職先|"
            r"どこの会社|何という会社|どの会社|"
            r"上班|单位|在哪里?工作|哪家公司|직장|근무|회사"
        ),
    ),
    Kind(
        "address",
        False,
        False,
        (
            r"\blives?\b|\bliving in\b|\bresid(?:e|es|ence|ing)\b|\baddress\b(?! (?:this|the|him|her|you|it)\b)|"
            r"\bwohn(?:t|haft|ort)|\bAdresse\b|Anschrift|"
            r"\bhabite\b|\badresse\b|domicil|\bvit\b|\bvive\b|dirección|\breside\b|住所|住まい|住んで|お住|居住|"
            r"自宅|番地|住居|暮らして|家はどこ|おうち|"
            r"住在|住址|地址|주소|사나요|살고|사는 곳|살아요|j[uū]u?sho"
        ),
    ),
    Kind(
        "home town",
        True,
        False,
        (
            r"\bhome ?-?town\b|\bcomes? from\b|\b(?:is|are) .{1,40} from\b(?: originally)?[?.]?|\bgr[eo]w up\b|"
            r"\braised\b|birthplace|place of birth|\bwhere\b.{0,50}\bborn|"
            r"Geburtsort|Heimat|\bstammt\b|\bwoher\b|ville natale|originaire|\bvient\b|lieu de naissance|"
            r"ciudad natal|de dónde es|lugar de nacimiento|"
            r"出身(?!者|校|大学|高校|の有名)|故郷|ふるさと|地元|生まれた(?:場所|ところ|所|町|街|土地)|どこ(?:で|の)生まれ|"
            r"育った|育ちました|実家|哪里人|家乡|家鄉|籍贯|老家|"
            r"고향|출신|shusshin"
        ),
    ),
    Kind(
        "school",
        True,
        False,
        (
            r"\b(?:high|middle|primary|elementary|secondary|grammar|which|what) school\b|\bschool\b|\beducat|"
            r"\bSchule\b|Gymnasium|\bécole\b|\blycée\b|"
            r"\bescuela\b|\bcolegio\b|\binstituto\b|高校|高等学校|中学|小学校|出身校|母校|学校|学歴|何年生(?!まれ)|"
            r"学年|小学|高中|學校|고등학교|중학교|초등학교|학교"
        ),
    ),
    Kind(
        "university",
        True,
        False,
        (
            r"universit|\bcollege\b|alma mater|\bdegree\b|\bmajor(?:ed)?\b|\bgraduat|\bstudier|\bUni\b|\bétudes\b|"
            r"universidad|estudi[óa]|大学|大學|学部|専攻|毕业于|대학|전공"
        ),
    ),
    Kind(
        "family",
        True,
        False,
        (
            r"\bmarried\b|\bspouse\b|\bwife\b|\bhusband\b|\bpartner\b|\bchildren\b|\bkids\b|\bsiblings?\b|"
            r"\bbrothers?\b|\bsisters?\b|\bparents\b|\bmother\b|\bfather\b|"
            r"\bfamily\b|\bmarital\b|\bdaughters?\b|\bsons?\b|\b(?:girl|boy)friend\b|\bpets?\b|verheiratet|"
            r"\bKinder\b|Geschwister|Familie|\bmarié|\benfants\b|\bfrères\b|"
            r"famille|conjoint|\bcasad[oa]\b|\bhijos\b|hermanos|familia|家族|兄弟|姉妹|結婚|配偶者|奥さん|奥様|旦那|"
            r"ご主人|お?子ども|お?子供|お子さん|お子様|"
            r"娘さん|息子さん|ご?両親|独身|既婚|婚姻|恋人|彼氏|ペット|妻(?:は|の)|夫(?:は|の)|家人|结婚|孩子|父母|"
            r"가족|결혼|형제|자녀"
        ),
    ),
    Kind(
        "health",
        True,
        True,
        (
            r"\ballerg|\bmedical\b|\billness|\bhealth\b|\bdisabilit|\bmedication|\bchronic\b|\bdiagnos|Allergi|"
            r"Krankheit|\bsanté\b|\balergi|\bsalud\b|持病|病歴|"
            r"アレルギー|健康状態|通院|既往|障害|視力|病気|过敏|病史|健康状况|알레르기|지병|건강"
        ),
    ),
    Kind(
        "height",
        False,
        True,
        (
            r"\bheight\b|\bhow tall\b|\bwie groß\b|Körpergröße|\bGröße\b|\btaille\b|\bmesure\b|\baltura\b|"
            r"\bestatura\b|\bmide\b|身長|背の高さ|背は|背丈|背が|背って|"
            r"何センチ|何cm|身高|多高|키(?:는|가|를)|신장|shinch[oō]"
        ),
        True,
    ),
    Kind(
        "weight",
        False,
        True,
        (
            r"\bweigh|\bwiegt\b|Gewicht|\bpèse\b|\bpoids\b|\bpesa\b|\bpeso\b|体重|何キロ|何kg|體重|多重|몸무게|체중|"
            r"taij[uū]"
        ),
        True,
    ),
    Kind(
        "favourites",
        True,
        True,
        (
            r"\bfavou?rite|\blikes? what\b|\blikes? (?:to eat|best|most|eating)\b|\bfoods?\b.{0,40}\blike|"
            r"\bdislikes?\b|\bhates?\b|Liebling|préféré|favorit|preferid|\bgusta\b|好きな|"
            r"好物|好み|お気に入り|好きです|何が.{0,3}好き|嫌いな|苦手な|好んで|最喜欢|最喜歡|喜欢吃|喜欢什么|爱吃|"
            r"좋아하|sukina"
        ),
    ),
    Kind(
        "hobby",
        True,
        True,
        (
            r"\bhobb|\b(?:free|spare|leisure) time\b|\bpastime|\bfor fun\b|\bon (?:the )?weekends?\b|\bweekends\b|"
            r"\bleisure\b|\bHobb|Freizeit|\bloisirs?\b|passe-temps|"
            r"pasatiempo|\bafici[oó]n|tiempo libre|趣味|休日|休みの日|余暇|暇な|オフの日|特技|ハマって|はまって|"
            r"爱好|愛好|兴趣|興趣|业余|취미|shumi"
        ),
    ),
    Kind(
        "blood type", True, True, (
            r"\bblood (?:type|group)|Blutgruppe|groupe sanguin|grupo sangu|tipo de sangre|血液型|血型|혈액형"
        )
    ),
    Kind("religion", True, True, r"\breligio|\bfaith\b|Konfession|religión|宗教|信仰|宗派|종교"),
    Kind("nationality", True, False, (
        r"nationalit|citizenship|\bethnic|Staatsangeh|nacionalidad|国籍|國籍|何人ですか|국적"
    )),
    Kind(
        "appearance",
        True,
        True,
        (
            r"\bhair\b|\beye ?colou?r|\bcolou?r (?:are|is|of) .{0,40}\beyes\b|\bshoe size|\bclothing size|"
            r"\blook like\b|\btattoo|髪|瞳|目の色|外見|容姿|靴のサイズ|服のサイズ|"
            r"スリーサイズ|足のサイズ|发色|머리 ?색"
        ),
    ),
    Kind(
        "character",
        True,
        True,
        (
            r"\bpersonality\b|\bnickname|\bzodiac|\bstar sign|性格|長所|短所|座右の銘|将来の夢|ニックネーム|あだ名|"
            r"愛称|星座|利き手|성격|별명"
        ),
    ),
    Kind("income", True, True, (
        r"\bsalary\b|\bearns?\b|\bincome\b|\bnet worth\b|Gehalt|年収|給料|収入|給与|貯金|收入|工资|연봉"
    )),
    Kind("phone number", False, True, (
        r"\bphone|\bmobile number|\btelephone|\bcell number|Telefon|téléphone|teléfono|電話|携帯|スマホ|电话|手机|"
        r"전화"
    )),
    Kind("e-mail address", False, True, r"\be-?mail|correo|courriel|メールアドレス|メアド|邮箱|이메일"),
    Kind(
        "national id",
        False,
        True,
        (
            r"\bpassport number|\bsocial security|\bnational id|\bdriver['’]?s licen[cs]e|マイナンバー|免許証番号|"
            r"旅券番号|身份证号"
        ),
    ),
    Kind("payment card", False, True, r"\bcredit card number|カード番号"),
    Kind("bank account", False, True, r"\bbank account|口座番号"),
    Kind("IP address", False, False, r"\bIP address|IPアドレス"),
)  # fmt: skip
NUMBER = {kind.name: at for at, kind in enumerate(KINDS)}
BY_CODE = {
    code: NUMBER[name]
    for code, name in {
        "FT701": "e-mail address",
        "FT702": "phone number",
        "FT703": "payment card",
        "FT704": "bank account",
        "FT705": "national id",
        "FT706": "address",
        "FT707": "birth date",
        "FT708": "IP address",
    }.items()
}
"""The kind of fact that a piece of personal data is, by the rule that finds it."""
PERSONAL = sum(1 << at for at, kind in enumerate(KINDS) if kind.personal)
TELLING = sum(1 << at for at, kind in enumerate(KINDS) if kind.telling)
_WIDE = eastern("[぀-ヿ㐀-鿿가-힣]")


def _is_wide(sign: str) -> bool:
    """What ``_WIDE`` matches, which takes longer to compile than the patterns to look through."""
    return "\u3040" <= sign <= "\u30ff" or "\u3400" <= sign <= "\u9fff" or "\uac00" <= sign <= "\ud7a3"


def _part(source: str, *, wide: bool) -> AnyCase | None:
    """The part of a pattern that can match in scripts without spaces, or in the others; None for none."""
    held = [part for part in alternatives(source) if (not part.isascii() and any(map(_is_wide, part))) is wide]
    return AnyCase("|".join(held)) if held else None


_ASKED = {
    wide: Which([(at, part) for at, kind in enumerate(KINDS) if (part := _part(kind.asked, wide=wide)) is not None])
    for wide in (False, True)
}
_BIRTHPLACE = AnyCase(
    r"\bwhere\b.{0,50}\bborn|どこ(?:で|の).{0,3}生まれ|生まれた(?:場所|ところ|所|町|街|土地)|"
    r"in welche[rm] (?:Stadt|Ort)|"
    r"wo (?:ist|wurde)|où .{0,40}\bnée?|dónde nació|在哪里?出生|어디에서 태어"
)


@functools.lru_cache(maxsize=4096)
def asked_for(question: str) -> int:
    """The kinds that a question is after, as bits; a place of birth is no date of birth."""
    found = 0
    for wide in (False, True) if _WIDE.search(question) else (False,):
        found |= _ASKED[wide](question)
    if found & 1 and _BIRTHPLACE(question):
        found = (found & ~1) | 1 << NUMBER["home town"]
    return found


# What somebody asks about a product, a place, a company, a public or historical figure, or an animal. One bit each.
_OTHER = (
    (
        r"\bprice\b|\bcosts?\b|\binstall|\bversions?\b|\breleased?\b|\bsoftware\b|\bwarrant|\bbattery\b|"
        r"\bmanufactur|\bmade (?:of|by|from)\b|\bmaterial\b|\bcapacity\b|\bingredients?\b|\bcompatib|"
        r"価格|値段|定価|保証|メーカー|製造|素材|材質|電池|バッテリー|容量|対応機種|型番|発売|色展開|サイズ展開|"
        r"价格|材质|保修|가격|Preis\b|\bprix\b|precio"
    ),
    (
        r"\bpopulation\b|\bcapital of\b|\bmayor\b|\barea of\b|\bclimate\b|\btourist|\bsightseeing|\blocated\b|人口|"
        r"面積|市長|町長|名産|観光|特産|気候|市の花|人口|특산|Einwohner|habitants|habitantes"
    ),
    (
        r"\bfounded\b|\bfounder\b|\bCEO\b|\bemployees\b|\bheadquarter|\brevenue\b|\bbusiness hours|\bopening hours|"
        r"\brefund|設立|創業|創立|従業員|社長は|資本金|売上|営業時間|定休日|"
        r"本社|事業内容|返品|成立于|创始人|gegründet|fondée?\b|fundada"
    ),
    (
        r"\bfamous\b|\bknown for\b|\baward|\balbum|\bdebut|\bstarred\b|\b(?:hit|best-known) songs?\b|"
        r"\bmovies?\b.{0,30}\b(?:star|direct|appear)|\bwins?\b|\bwon\b|\bchampion|\belected\b|\bpresident\b|"
        r"\bwrote\b|\bdirected\b|"
        r"有名|代表作|代表曲|受賞|デビュー|出演|主演|アルバム|優勝|当選|著書|作品|業績|功績|成し遂げ|発明|発見|"
        r"肩書きで知られ|代表作品|获奖|berühmt|célèbre|famos"
    ),
)
# What settles it at once: invented in a story or a game, dead for long, or an animal.
_SETTLED_SOURCE = (
    r"\bin (?:the|this|that) (?:novel|story|book|film|movie|series|manga|anime|game|play|chapter|passage|tale|"
    r"stories|novels|books|films|movies|games|tales)\b|\bprotagonist\b|\bcharacters?\b(?! traits?| of (?:him|"
    r"her))|"
    r"\bheroine?\b|\bvillain\b|\bnovel\b|\bplot\b|\bweapon|\bspells?\b|\bsuperpower|\bspecial (?:move|attack)|"
    r"\bvoice actor|\bkingdom\b|\b(?:elf|orc|wizard|dwarf|vampire|dragon)\b|"
    r"\bdied\b|\b(?:did|to|will|would|must|does)\b[^.?!\n]{0,40}\bdie\b|\bdeath\b|\bburied\b|\breign|\bcentury\b|\bdynasty\b|\bempire\b|\bemperor\b|\binvent(?:ed|ion)|"
    r"\bdiscover(?:ed|y)|\bbreed\b|"
    r"主人公|登場人物|登場する|作中|物語|小説|漫画|アニメ|ゲーム|キャラ|ヒロイン|声優|武器|必殺技|魔法|魔王|"
    r"勇者|王国|属性|レア度|騎士|エルフ|"
    r"亡くな|死去|没年|享年|死因|最期|暗殺|即位|時代の|幕府|戦国|武将|将軍|天皇|皇帝|世紀|歴史上|偉人|犬種|猫種|"
    r"品種|"
    r"去世|逝世|朝代|小说|主角|角色|사망|소설|주인공|gestorben|\bstarb\b|\bRoman\b|Jahrhundert|\bmort[e]?\b|"
    r"\broman\b|siècle|murió|novela|siglo|personaje"
)
_SETTLED = AnyCase(_SETTLED_SOURCE)
_AGAINST = Which([*((at, AnyCase(source)) for at, source in enumerate(_OTHER)), (len(_OTHER), _SETTLED)])
AGAINST = (*_OTHER, _SETTLED_SOURCE)
"""What speaks against a profile, as patterns in any case."""
SETTLED = 1 << len(_OTHER)


EVERY_SIGN = (1 << len(AGAINST)) - 1


def speaks_against(text: str, among: int = EVERY_SIGN) -> int:
    """Signs that no private person is meant, as bits; ``SETTLED`` outweighs every fact.

    Args:
        among: the bits that are asked for.
    """
    return _AGAINST(text) if among == EVERY_SIGN else _AGAINST.among(text, among)


TOLD_NEEDLES = (
    "hobb", "Hobb", "avourite", "avorite", " tall", "Height", "height", "eigh", "born", "irth", "lood", "Gender",
    "gender", "Sex:", "free time", "spare time", "llerg", "eligio", "enjoys", "趣味", "好物", "好きな", "身長",
    "体重", "血液型", "生まれ", "生年月日", "誕生日", "性別", "爱好", "身高", "生日", "性别", "血型", "出生",
    "Geburt", "geboren", "Lieblings", "naissance", "référé", "nacimiento", "avorit", "취미", "생년월일", "혈액형",
    "cm", "kg",
)  # fmt: skip


def settled(text: str) -> bool:
    """Whether a text is about a story, the past or an animal."""
    return _SETTLED(text)

"""FT709, what is cheap to know of a text: whether it is worth reading at all. Every row passes here, few go further."""

from __future__ import annotations

from collections.abc import Iterable
from operator import add

from ftlint.lazy import eastern, lazy
from ftlint.privacy.profile.kinds import TOLD_NEEDLES

QUESTION = 200
"""Characters of the longest question about one fact."""
LONGEST = 1500
"""Characters of a text that may be a portrait of somebody; what is longer is an article or a story."""
LONGEST_TEXT = 20_000
"""Characters of a text that is read at all."""
SHORTEST = 24
"""Characters of a text that can tell three facts."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# A question that asks for a fact, or that shows that nobody private is meant, holds one of these words ...
_ASKED_WORDS = _set(
    """
    born birth birthday birthdate birthplace dob old age sex gender male female pronouns man boy job occupation
    profession career vocation living work works worked working workplace do employer employed company line live
    lives reside resides residence residing address from hometown home town grow grew raised school educated
    education university college mater degree major majored graduate graduated married spouse wife husband partner
    children kids sibling siblings brother brothers sister sisters parents mother father family marital daughter
    daughters son sons girlfriend boyfriend pet pets allergy allergies allergic medical illness illnesses health
    disability disabilities medication medications chronic diagnosed height tall weigh weighs weight favourite
    favorite favourites favorites like likes dislike dislikes hate hates hobby hobbies free spare leisure pastime
    pastimes fun weekend weekends blood religion religious faith nationality citizenship ethnicity hair eye eyes
    shoe look tattoo tattoos personality nickname zodiac sign salary earn earns income worth phone mobile
    telephone number cell name email e-mail mail passport licence license about who who's introduce describe profile bio
    biography sketch reach contact meet wer qui quién
    """
)
# ... words of a question that is after something else ...
OTHER_WORDS = _set(
    """
    price cost costs install version versions released software warranty battery manufacturer manufactured made
    material capacity ingredients population capital mayor area climate tourist tourists sightseeing located
    founded founder ceo employees headquarters headquartered revenue hours refund famous known award awards album
    albums debut starred movie movies win won champion elected president wrote directed novel novels story stories
    book books film films tale tales series manga anime game play protagonist character characters hero heroine
    villain plot weapon weapons spell spells superpower actor kingdom elf wizard dwarf vampire dragon die died
    death buried reign century dynasty empire emperor invented invention discovered discovery breed berühmt starb
    gestorben preis roman mort célèbre prix murió novela personaje gegründet einwohner habitants habitantes fondée
    fondé fundada jahrhundert siècle siglo
    """
)
_ASKED_WORDS |= _set(
    """
    geburtsdatum geburtstag geboren alt alter geschlecht beruf beruflich arbeitgeber arbeitet wohnt wohnort
    wohnhaft adresse anschrift geburtsort heimat stammt woher schule gymnasium universität uni studiert studierte
    verheiratet kinder geschwister familie allergien allergie groß körpergröße größe wiegt gewicht lieblingsessen
    lieblingsfarbe lieblingsbuch hobbys freizeit blutgruppe konfession gehalt telefon naissance anniversaire né
    née âge sexe métier travaille employeur habite domicile vit natale originaire vient école lycée études marié
    mariée enfants frères famille conjoint allergique santé taille mesure pèse poids préféré préférée préférés
    loisirs loisir passe-temps sanguin nació nacimiento cumpleaños años edad sexo género profesión trabajo dedica
    ocupación trabaja vive dirección domicilio reside natal dónde escuela colegio instituto universidad estudió
    estudia casado casada hijos hermanos familia alergias alérgico alérgica salud altura estatura mide pesa peso
    favorita favorito favoritas preferida gusta pasatiempo pasatiempos afición aficiones tiempo sangre sanguíneo
    teléfono tanjobi tanjoubi nansai seibetsu shokugyo shokugyou shigoto jusho juusho shusshin shinchou shincho
    taiju taijuu sukina shumi
    """
)
# ... or one of these pairs of characters, in the scripts without spaces.
_ASKED_PAIRS = _set(
    """
    生年 何年 学年 うち 誕生 生ま 年齢 何歳 いく 何才 几岁 多大 年龄 年紀 性別 性别 男性 女性 男で 女で 男の 女の
    男か の性 性は 職業 仕事 職種 生業 生計 肩書 役職 职业 工作 做什 勤務 勤め 働い 職場 就職 会社 上班 单位 哪家
    住所 住ま 住ん お住 居住 自宅 番地 住居 暮ら 家は 住在 住址 地址 出身 故郷 ふる 地元 育っ 育ち 実家 哪里 家乡
    家鄉 籍贯 老家 高校 高等 中学 小学 母校 学校 学歴 高中 學校 大学 大學 学部 専攻 毕业 家族 兄弟 姉妹 結婚 配偶
    奥さ 奥様 旦那 主人 子ど 子供 お子 娘さ 息子 両親 独身 既婚 婚姻 恋人 彼氏 ペッ 妻は 妻の 夫は 夫の 家人 结婚
    孩子 父母 持病 病歴 アレ 健康 通院 服用 既往 障害 視力 病気 过敏 病史 身長 背の 背は 背丈 背が 背っ 何セ 何c
    身高 多高 体重 何キ 何k 體重 多重 好き 好物 好み お気 嫌い 苦手 好ん 喜欢 喜歡 爱吃 趣味 休日 休み 余暇 暇な
    オフ 特技 ハマ はま 名前 爱好 愛好 兴趣 興趣 业余 血液 血型 宗教 信仰 宗派 国籍 國籍 何人 髪の 髪は 髪型 瞳の
    目の 外見 容姿 靴の 服の スリ 足の 发色 性格 長所 短所 座右 将来 ニッ あだ 愛称 星座 利き 年収 給料 収入 給与
    貯金 收入 工资 電話 携帯 スマ 电话 手机 メー メア 邮箱 マイ 免許 旅券 身份 カー 口座 IP 出生 生日 につ 関し 紹介
    介绍 どん 誰で 誰か だれ どな プロ 知っ 是谁 谁是 생년 생일 태어 나이 몇 살 성별 직업 무슨 직무 직장 근무 회사
    주소 사나 살고 사는 살아 고향 출신 학교 대학 전공 가족 결혼 형제 자녀 알레 지병 건강 키는 키가 키를 신장 몸무
    체중 좋아 취미 혈액 종교 국적 성격 별명 연봉 전화 이메 대해
    """
)
_OTHER_PAIRS = _set(
    """
    価格 値段 定価 保証 製造 素材 材質 電池 バッ 容量 対応 型番 発売 色展 サイ 价格 材质 保修 人口 面積 市長 町長
    名産 観光 特産 気候 設立 創業 創立 従業 社長 資本 売上 営業 定休 本社 事業 返品 成立 创始 有名 代表 受賞 デビ
    出演 主演 アル 優勝 当選 著書 作品 業績 功績 成し 発明 発見 获奖 主公 主人 登場 作中 物語 小説 漫画 アニ ゲー
    キャ ヒロ 声優 武器 必殺 魔法 魔王 勇者 王国 属性 レア 騎士 エル 亡く 死去 没年 享年 死因 最期 暗殺 即位 時代
    幕府 戦国 武将 将軍 天皇 皇帝 世紀 歴史 偉人 犬種 猫種 品種 去世 逝世 朝代 小说 主角 角色 사망 소설 주인
    """
)
_ALL_WORDS = _ASKED_WORDS | OTHER_WORDS
_ALL_PAIRS = _ASKED_PAIRS | _OTHER_PAIRS
_MARKS = '?!.,;:¿¡()"“”„«»\n'
_ASCII_MARKS = "".join(filter(str.isascii, _MARKS))
_OPENING = lazy(
    r"(?:This is |Meet )?[A-ZÀ-Þ][\w.’'-]+(?: [A-ZÀ-Þ][\w.’'-]+){0,3}(?: is\b| was born\b|,| \()|[^。\n、]{2,20}?"
    r"(?:さん|氏|君|くん|ちゃん|様)?(?:は|、)"
)
_OPENING_CHINESE = eastern(r"\A[一-鿿]{2,4}(?:是|，)")
_NAME_LABEL = ("ame", "氏名", "名前", "姓名", "本名", "Nom", "nom", "이름", "성명", "atient", "mployee")
_SELF = (
    "申します", "といいます", "と言います", "ame is", "I am",
    "I'm", "I’m", "ou are", "私は", "名前は", "我叫", "あなたは", "저는",
)  # fmt: skip
STATED = ("'s ", "’s ", "さんの", "氏の", "様の", "君の", "くんの", "ちゃんの", "的", "의 ")
_STATED_ASCII = tuple(filter(str.isascii, STATED))


def may_ask(text: str) -> bool:
    """Whether a short text holds a word that facts are asked for with."""
    return _holds(text, _ASKED_WORDS, _ASKED_PAIRS)


def may_speak_against(text: str) -> bool:
    """Whether a short text holds a word that shows that nobody private is meant."""
    return _holds(text, OTHER_WORDS, _OTHER_PAIRS)


def _holds(text: str, words: frozenset[str], pairs: frozenset[str]) -> bool:
    plain = text.isascii()
    lowered = text.lower()
    for mark in _ASCII_MARKS if plain else _MARKS:
        if mark in lowered:
            lowered = lowered.replace(mark, " ")
    if not words.isdisjoint(lowered.replace("’", "'").replace("'s", " ").split()):
        return True
    return not plain and not pairs.isdisjoint(map(add, text, text[1:]))


def cued(text: str) -> bool:
    """Whether a short text is worth reading."""
    return _holds(text, _ALL_WORDS, _ALL_PAIRS)


def has_name_label(text: str) -> bool:
    """Whether the text may be a sheet with a name on it."""
    return _any(":：】|", text) and _any(_NAME_LABEL, text)


def tells(text: str) -> bool:
    """Whether the text holds a word that a portrait needs."""
    return _any(TOLD_NEEDLES, text)


def introduces(text: str) -> bool:
    """Whether the text begins with somebody, or speaks for somebody."""
    if _OPENING.match(text) is not None or _any(_SELF, text[:QUESTION]):
        return True
    return _OPENING_CHINESE.search(text) is not None


def may_portray(text: str) -> bool:
    """Whether a text may portray somebody by itself, whatever was asked."""
    if not SHORTEST <= len(text) <= LONGEST:
        return False
    return (introduces(text) or has_name_label(text)) and tells(text)


def may_name(statement: str) -> bool:
    """Whether a short text may name somebody as the one of whom something is stated."""
    return _any(_STATED_ASCII if statement.isascii() else STATED, statement)


def may_state(text: str) -> bool:
    """Whether a short text may state one fact about somebody whom it names."""
    return may_name(text) and cued(text)


def _any(needles: Iterable[str], text: str) -> bool:
    for needle in needles:  # noqa: SIM110 - a generator takes twice the time, and this runs on every text
        if needle in text:
            return True
    return False

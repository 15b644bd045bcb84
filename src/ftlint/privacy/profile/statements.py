"""FT709, facts that a text states by itself: a sheet of labels and values, or sentences about one person."""

from __future__ import annotations

import re

from ftlint.lazy import lazy
from ftlint.privacy.profile.anycase import ThisCase
from ftlint.privacy.profile.kinds import NUMBER

NAMED = -1
"""Stands for the label of a name."""
OUT_OF_PLACE = -2
"""Stands for a label that no private person's sheet has."""

_LABELS = {
    "birth date": (
        "date of birth, birth date, birthdate, birthday, born, dob, geburtsdatum, geboren, geburtstag, "
        "date de naissance, né le, née le, fecha de nacimiento, cumpleaños, 生年月日, 誕生日, 出生日期, 生日, "
        "생년월일, 생일"
    ),
    "age": "age, alter, âge, edad, 年齢, 年令, 年龄, 年齡, 나이",
    "sex": "sex, gender, geschlecht, sexe, sexo, género, 性別, 性别, 성별",
    "job": (
        "job, occupation, profession, job title, work, beruf, métier, profesión, ocupación, 職業, 仕事, 职业, "
        "職種, 직업"
    ),
    "employer": (
        "employer, workplace, works at, company, arbeitgeber, employeur, empresa, 勤務先, 勤め先, 会社, 职场, "
        "工作单位, 직장"
    ),
    "address": (
        "address, home address, residence, lives in, city of residence, home, wohnort, adresse, anschrift, "
        "domicile, dirección, residencia, 住所, 現住所, 居住地, 住まい, 住址, 地址, 주소, 거주지"
    ),
    "home town": (
        "hometown, home town, place of birth, birthplace, from, geburtsort, lieu de naissance, "
        "lugar de nacimiento, 出身地, 出身, 籍贯, 家乡, 고향, 출신"
    ),
    "school": (
        "school, high school, schule, lycée, école, escuela, colegio, 高校, 出身高校, 学校, 出身校, 母校, 最終学歴, "
        "学歴, 中学校, 小学校, 고등학교"
    ),
    "university": (
        "university, college, education, degree, alma mater, universität, studium, université, universidad, "
        "大学, 出身大学, 毕业院校, 대학교, 학력"
    ),
    "family": (
        "family, marital status, spouse, children, siblings, married to, familie, familienstand, kinder, "
        "famille, familia, estado civil, 家族, 家族構成, 婚姻, 配偶者, 婚姻状况, 가족"
    ),
    "health": (
        "allergies, allergy, health, medical conditions, medical history, allergien, alergias, アレルギー, 持病, "
        "既往歴, 健康状態, 过敏"
    ),
    "height": "height, größe, taille, altura, estatura, 身長, 身高, 키, 신장",
    "weight": "weight, gewicht, poids, peso, 体重, 體重, 몸무게, 체중",
    "favourites": (
        "favourite food, favorite food, favourite dish, favorite dish, favourite colour, favorite color, "
        "favourites, favorites, likes, dislikes, lieblingsessen, plat préféré, comida favorita, 好きな食べ物, "
        "好物, 好きなもの, 嫌いな食べ物, 嫌いなもの, 好きな色, 最喜欢的食物, 좋아하는 음식"
    ),
    "hobby": (
        "hobby, hobbies, interests, hobbys, loisirs, passe-temps, aficiones, pasatiempos, 趣味, 特技, 爱好, "
        "愛好, 兴趣, 취미"
    ),
    "blood type": "blood type, blood group, blutgruppe, groupe sanguin, grupo sanguíneo, 血液型, 血型, 혈액형",
    "religion": "religion, religión, 宗教, 종교",
    "nationality": "nationality, citizenship, staatsangehörigkeit, nationalité, nacionalidad, 国籍, 국적",
    "appearance": "hair, hair colour, hair color, eye colour, eye color, eyes, shoe size, 髪, 髪型, 靴のサイズ",
    "character": "nickname, personality, star sign, zodiac sign, 性格, ニックネーム, あだ名, 星座, 性格特点, 성격",
    "income": "salary, income, annual income, 年収, 收入, 연봉",
    "phone number": (
        "phone, phone number, mobile, tel, telephone, telefon, téléphone, teléfono, 電話, 電話番号, 携帯, "
        "携帯番号, 电话, 手机, 전화, 전화번호"
    ),
    "e-mail address": "email, e-mail, mail, email address, correo, メール, メールアドレス, 邮箱, 이메일",
}
_NAME_LABELS = (
    "name, full name, nom, nombre, vollständiger name, 氏名, 名前, お名前, 姓名, 本名, 이름, 성명, patient, "
    "patient name, employee, employee name"
)
_STRANGE_LABELS = (
    "hp, mp, level, lv, class, race, weapon, alignment, str, dex, strength, dexterity, abilities, "
    "skills and spells, powers, armor, species, レベル, 種族, 武器, 属性, 必殺技, 攻撃力, 防御力, スキル, 魔力, "
    "レア度, 声優, 作品, 登場作品, 价格, price, 価格, 定価, model, 型番, brand, メーカー, warranty, 保証, "
    "material, 素材, population, 人口, founded, 設立, 資本金, 従業員数, ceo, died, death, 没年, 死没, known for, "
    "代表作, awards, 受賞, breed, 犬種, requirements"
)
_LABEL = {
    **{label: NUMBER[kind] for kind, labels in _LABELS.items() for label in labels.split(", ")},
    **dict.fromkeys(_NAME_LABELS.split(", "), NAMED),
    **dict.fromkeys(_STRANGE_LABELS.split(", "), OUT_OF_PLACE),
}


def is_label(word: str) -> bool:
    """Whether a word is the label of a fact about a person, as on a sheet."""
    return _LABEL.get(word.casefold().strip(), NAMED) >= 0


_LINE = lazy(
    r"(?:^|[\n,;、，|。．/]|(?<=[.!?])[ ])[ \t>*•・●○■◆\-#|]*(?:【(?P<boxed>[^】\n]{1,16})】[ \t]*[:：]?|"
    r"(?P<label>[^\W\d_][^\W_]*(?:[ -][^\W_]+){0,2})\**[ \t]*(?:[:：]|[ \t]\|)\**)[ \t]*(?P<value>[^\n,;|"
    r"、，]{1,80}?)(?=$|[\n,;|、，]|[.。](?:\s|$))"
)
_NO_VALUE = lazy(
    (
        r"^\W*$|^[\[{<(（【].*[\]}>)）】]?$|^(?:n/?a|none|unknown|不明|未記入|なし|x+|string|text|number|\?+)\W*$|"
        r"_{2,}|〇〇|○○"
    ),
    re.IGNORECASE,
)


def sheet(text: str) -> tuple[int, int, str, int]:
    """Kinds on a sheet of labels with values, as bits; where the first stands; the name on it; strange labels."""
    kinds, first, name, strange = 0, 0, "", 0
    for match in _LINE.finditer(text):
        label = match["boxed"] or match["label"]
        at = _LABEL.get(label.casefold().strip())
        if at is None or _NO_VALUE.search(match["value"].strip()):
            continue
        if at == NAMED:
            name = name or match["value"].strip(" *.。")
        elif at == OUT_OF_PLACE:
            strange += 1
        else:
            first = first if kinds else match.start(match.lastgroup or 0)
            kinds |= 1 << at
    return kinds, first, name, strange


_JOBS = (
    r"(?:nurse|teacher|engineer|accountant|lawyer|doctor|dentist|chef|cook|baker|barista|waiter|waitress|"
    r"carpenter|electrician|plumber|mechanic|driver|pilot|farmer|florist|librarian|"
    r"photographer|designer|developer|programmer|architect|pharmacist|therapist|psychologist|veterinarian|"
    r"paramedic|firefighter|manager|secretary|receptionist|translator|editor|journalist|"
    r"student|graduate student|professor|lecturer|researcher|consultant|analyst|salesperson|clerk|cashier|"
    r"bookkeeper|hairdresser|gardener|potter|tailor|technician|midwife|optician|physiotherapist)"
)
_STATED: dict[str, str] = {
    "birth date": (
        r"\bborn (?:on|in)[^.\n]{0,30}\b\d{4}\b|\bbirthday (?:is|falls)|\bdate of birth is|"
        r"\d{4}年[^。\n]{0,10}生まれ|(?:誕生日|生年月日)は|am \d{1,2}\. \w+ \d{4} geboren|née? le|nació el|"
        r"\d{4}年[^。\n]{0,8}(?:出生|生于)|出生于"
    ),
    "age": (
        r"\b\d{1,2}[- ]years?[- ]old\b|\baged \d{1,2}\b|\b(?:is|am|are|I['’]m|he['’]s|she['’]s) \d{2}(?:,| and\b|"
        r"\.)|\d{1,2}歳(?!から|以上|以下|未満)|\d{1,2} Jahre alt|\b\d{1,2} ans\b|\b\d{1,2} años\b|\d{1,2}岁|"
        r"\d{1,2}살"
    ),
    "sex": (
        r"\bis (?:an? )?(?:female|male|woman|man)\b|\bidentifies as\b|(?:女性|男性)(?:です|で、|。|"
        r"の[^。]{1,10}(?:です|。))|性別は|性别"
    ),
    "job": (
        rf"\bworks? as\b|\bwork(?:s|ing)? (?:as|in)\b|\b(?:is|am|are|['’]m|['’]s) (?:an? |"
        rf"the )?(?:\d{{1,2}}-year-old )?(?:[a-z-]+ ){{0,2}}{_JOBS}\b|\byear-old (?:[a-z-]+ ){{0,2}}{_JOBS}\b|"
        rf"\b(?:job|occupation|profession) is|\bby profession\b|\barbeitet als\b|"
        r"職業は|仕事は|として(?:働|勤)|(?:看護師|教師|会社員|医師|歯科医|エンジニア|美容師|保育士|薬剤師|弁護士|"
        r"公務員|料理人|調理師|大工|農家|運転手|司書|大学生|高校生|主婦|デザイナー|翻訳家|税理士|銀行員|事務員|店員|"
        r"教員|講師|介護士|カメラマン|プログラマー)(?:です|で、|。|をして|の)|是一[名位个]|职业是"
    ),
    "employer": (
        r"\bwork(?:s|ed|ing)? (?:at|for) [A-Z]|\bemployed (?:at|by)\b|に勤務|に勤め|で働(?:い|く)|勤務先は|"
        r"在[^。，]{2,12}(?:工作|上班)"
    ),
    "address": (
        r"\blives? (?:in|at|on|with|near)\b|\bliving in [A-Z]|\bresid(?:es?|ing) (?:in|at)\b|\baddress is\b|"
        r"に住(?:み|ん)|在住|住所は|暮らして|自宅は|wohnt in|habite|vive en|住在"
    ),
    "home town": (
        r"\b(?:is|am|are|comes?|['’]m|['’]s)(?: originally)? from [A-Z]|\bhails from\b|\bgrew up in\b|\braised in\b|"
        r"\bborn(?: and raised)? in [A-Z]|\bhome ?town\b|出身(?!校|大学|高校)|生まれ育|で育ち|stammt aus|originaire|"
        r"来自|是[^。，]{2,8}人"
    ),
    "school": (
        r"\b[A-Z]\w+ (?:High|Elementary|Primary|Secondary|Grammar|Middle) School\b|(?:高校|高等学校|中学校?|小学校|"
        r"女学院|学園)(?:を|に|の出|で学|卒|出身)"
    ),
    "university": (
        r"\b(?:graduat\w+|degree|stud(?:ied|ies|ying)|attend\w*|alumn\w+|majored)\b[^.\n]{0,50}\b(?:Univ\w*|College|"
        r"Institute)|大学(?:院)?(?:を|に通|の[^。]{0,8}学部|で[^。]{0,8}学|卒|出身)|毕业于"
    ),
    "family": (
        r"\bmarried (?:to|with)\b|\b(?:his|her|my|your) (?:husband|wife|partner)\b|\b(?:has|have|with) (?:an? |two |"
        r"three |four |\d )(?:\w+ )?(?:children|kids|sons?|daughters?|siblings?|brothers?|sisters?|cats?|dogs?)\b|"
        r"\bis single\b|結婚(?:し|は)|独身|(?:妻|夫|息子|娘|子ども|子供|兄|姉|弟|妹|両親)(?:と|が|は|の)|人家族|"
        r"家族は|已婚|未婚"
    ),
    "health": (
        r"\ballergic to\b|\bhas (?:an? )?(?:\w+ )?(?:allergy|asthma|diabetes|migraines?)\b|\bsuffers from\b|"
        r"\bdiagnosed with\b|アレルギー|持病|通院して|过敏"
    ),
    "height": (
        r"\b(?:1\d\d|2[01]\d) ?cm\b|\b[4-6](?:['’′]| feet| ft)[ ]?\d{0,2}|\b[12][.,]\d{2} ?(?:m\b|metres|meters)|"
        r"\bfeet tall\b|身長|(?:1\d\d|2[01]\d)センチ|身高"
    ),
    "weight": r"\bweighs?\b[^.\n]{0,15}\d|\bweight is\b|体重|\bwiegt\b|体重是",
    "favourites": (
        r"\bfavou?rite \w+(?: \w+)? (?:is|are)\b|\bloves? eating\b|好きな[^。、\n]{1,12}は|好物|が(?:大)?好き|"
        r"Lieblings\w+ ist|最喜欢"
    ),
    "hobby": (
        r"\bhobb(?:y|ies)\b|\b(?:free|spare) time\b|\benjoys? \w+ing\b|\b(?:loves|likes) \w+ing\b|趣味|休日は|爱好"
    ),
    "blood type": r"\bblood type\b|血液型|血型",
    "religion": r"\bis a (?:practi[sc]ing |devout )?(?:Buddhist|Catholic|Christian|Muslim|Hindu|Sikh)\b|宗教は|信者",
    "nationality": r"国籍は|\bcitizen of\b",
    "income": r"\bearns?\b[^.\n]{0,20}\d|\bsalary is\b|年収",
}
PROSE = tuple((NUMBER[kind], ThisCase(source)) for kind, source in _STATED.items())
# Narration, news and the lives of people in the public eye.
NARRATED = lazy(
    r"\b(?:said|says|told|asked|replied|whispered|shouted|walked|looked at|suddenly|police|court|arrested|"
    r"according to|spokes\w+|reporters?|season|match|tournament|elected|politician|president|minister|senator|"
    r"actor|actress|singer|songwriter|rapper|footballer|athlete|Olympi\w+|champion\w*|award\w*|albums?|films?|"
    r"starr\w+|best-?selling|billion\w*|novelist|composer|founder of|co-founded|died|death|Person\d|"
    r"character|protagonist|elf|wizard|kingdom|dragon|knight|novel)\b|\bwas (?:an?|the) (?:[A-Z]\w+ )?\w+|"
    r"\(\d{4}|\b1[0-8]\d\d\b|と言|と答え|とつぶや|と叫|歩いて|警察|容疑者|逮捕|裁判|代表作|受賞|俳優|女優|歌手|"
    r"政治家|選手権|"
    r"小説|主人公|物語|登場人物|魔法|王国|勇者|騎士|武将|時代の|亡くな|死去|没し|であった|だった。|"
    r"[いっん]だった|演員|演员|获奖|去世"
)


def prose(text: str) -> tuple[int, int]:
    """Kinds that sentences state of a person, as bits, and where the first stands. None in stories and news."""
    if NARRATED.search(text):
        return 0, 0
    found = [(at, states) for at, states in PROSE if states(text)]
    return sum(1 << at for at, _ in found), min((states.start(text) for _, states in found), default=0)

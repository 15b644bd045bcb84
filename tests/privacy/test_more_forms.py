"""FT702 to FT707 and FT723: forms that the privacy benchmark brought up, and what is like them and is none."""

from __future__ import annotations

import pytest

from ftlint.privacy import inspect

FOUND = [
    ("FT704", "振込先：青空銀行梅田支店（普）{}", "0392817"),
    ("FT706", "{}の三階", "札幌市中央区北5条西7丁目2番地1"),
    ("FT706", "{} に住む", "旭川市6条通9丁目46"),
    ("FT706", "郵便番号は{}です", "980-0811"),
    ("FT706", "郵便番号：{}", "９８００８１１"),
    ("FT707", "私の生まれは{}です", "1975年(昭和50年)8月9日"),
    ("FT707", "彼女は{}に生まれた", "昭和50年の8月9日"),
    ("FT707", "d.o.b. {}", "9/8/75"),
    ("FT702", "「{}に折り返してください」", "080 6642 1759"),
    ("FT702", "我的手机号是{}，微信同号。", "13764829015"),
    ("FT702", "제 번호는 {} 입니다.", "010-7293-4816"),
    ("FT703", "name,card\nRosa,{},42", "4539578763621486"),
    ("FT704", "青空銀行の普通預金の{}です", "7730498"),
    ("FT704", "白樺銀行の中央支店で、番号は{}です", "1947720"),
    ("FT704", "my bank account number is {}", "318804571"),
    ("FT704", "Kontonummer {}", "4471902385"),
    ("FT704", "收款账号：{}，开户行城东支行", "6217003210045879123"),
    ("FT704", "계좌번호 {} 로", "482101-04-193027"),
    ("FT705", "name,ssn,dept\nRosa,{},7", "536-22-8143"),
    ("FT705", "NHS number: {}", "943 476 5919"),
    ("FT705", "住民登録番号は{}です", "900101-1234568"),
    ("FT705", "好的，{}。", "11010519491231002X"),
    ("FT705", "codice fiscale on the invoice: {}", "RSSMRA85T10A562S"),
    ("FT706", "{}の坂の上", "兵庫県西宮市甲陽園本庄町7番31号"),
    ("FT706", "お届け先は{}でよろしいですか", "横浜市港北区大豆戸町612-8"),
    ("FT706", "住所欄：{}", "愛媛県松山市道後緑台9-26"),
    ("FT706", "{}に転居", "神奈川県川崎市高津区溝口4丁目12番30号　コーポ萩原201号室"),
    ("FT706", "{}まで", "静岡県浜松市中央区佐鳴台4-27-5 メゾン湖畔B棟302"),
    ("FT706", "Deliver to {}.", "Flat 3, 142 Harrowgate Lane, Sheffield, S11 8YL"),
    ("FT706", "Vivo en {}.", "Calle del Almendro 23, 2.º B, 28005 Madrid"),
    ("FT706", "收货地址：{}", "浙江省杭州市西湖区文三路418号6幢1203室"),
    ("FT706", "주소는 {} 입니다.", "서울특별시 마포구 월드컵로 27길 41"),
    ("FT707", "戸籍によれば{}に出生。", "昭和五十八年十一月四日"),
    ("FT707", "「{}生」と保険証にある", "S49.12.3"),
    ("FT707", "会員情報\n生まれ：{}", "1969年1月30日"),
    ("FT707", "생년월일은 {}입니다.", "1993년 8월 15일"),
    ("FT720", "docker login -p {}", "dckr_pat_" + "oWNg7A44GNjHuGJ5i1Moobz0ava"),
    ("FT720", "gem push with {}", "rubygems_" + "8a11add73071a1a1c66ec437d3302a51701947c824fd8672"),
    ("FT723", "初期パスワード「{}」は変更してください", "Sakura#2231"),
    ("FT723", "PW：{}", "kq40_kestrelcVr"),
    ("FT723", "user: hollis / pass: {}", "Gr4vel!Path"),
    ("FT723", "パスフレーズは「{}」です", "brine-Otter-11-mosaic"),
    ("FT723", "Das Passwort lautet {}.", "Eis!Vogel62"),
    ("FT723", "비밀번호는 {} 입니다.", "byeol!2087x"),
    ("FT723", "認証トークン：{}", "lXJn9Z8ac6jvkAgWU7TRwYCWZPKI8xDlkKy3PeKg"),
    ("FT723", "暗証番号は{}です", "5829"),
    ("FT723", "The door PIN is {}, ring if it sticks.", "4417"),
    ("FT723", "Authorization: Basic {}", "cm9ib3Q6T1M2Ni5IYXJib3JBWXg="),
]
ANSWERED = [
    ("FT723", "Wi-Fiのパスワードを教えて。", "{} です。", "kumo7-Neko!42"),
    ("FT723", "What's the wifi password?", "{}", "gk60_CinderV2C"),
    ("FT723", "金庫の暗証番号を教えて。", "{}だよ。", "739104"),
    ("FT723", "アクセストークンは？", "{} です。", "1bNQ4Fa0yvlD1QonFQONKjW9lziGwOriZzPcPi6m"),
    ("FT704", "口座番号を教えてください。", "普通預金の{}です。", "7719305"),
    ("FT707", "Wann sind Sie geboren?", "Am {} in Kassel.", "4. Mai 1973"),
]
NOT_FOUND = [
    "お客様番号 03-6427-1198",
    "生年月日の記入例：1990年1月1日",
    "生まれは京都で、2024年3月1日に越してきた",
    "旭川市の条例9条2項と丁目の決まり",
    "図面番号 045-118-2207-B を改訂した。",
    "문서 번호 010-22-4417호를 확인하세요.",
    "合計 080 1204 3300 4410 でした。",
    "口座の1000000円を普通預金に移した。青空銀行",
    "青空銀行の口座に2025000円、番号は後日。",
    "my account was opened 20140311, the balance is 12045500",
    "the account 20140311 is shown in the bank statement of the tutorial, item no. 4",
    "北海道札幌市で3-2の接戦だった。",
    "横浜市港北区大会12-8で勝利、札幌市は3-2。",
    "千葉県柏市は2-1で敗れた。",
    "神奈川県横浜市の国道16号、県道12-3号",
    "第3-2条を大阪府は適用した。",
    "京都市と大阪市の対戦は1番3号車で。",
    "杭州市西湖区有3号线和5号线。",
    "서울특별시 마포구의 인구는 36만 명이다.",
    "La calle Mayor tiene 23 tiendas y 28005 visitantes.",
    "暗証番号は4桁の数字です。暗証番号は2024年に変えた。",
    "PIN: 4 digits. The PIN code has 6 digits.",
    "パスワードは8文字以上16文字以下です。",
    "pass: 85%, fail: 15%; pass=True; pw = os.environ['PW2024abc']",
    "Basic understanding of HTTP; Authorization: Basic dXNlcjpwYXNzd29yZA==",
    "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
    "トークン数は4096、最大トークンは128000です。",
    "昭和60年代生まれ、63年生、2.5.3生地",
    "生まれつき1990年1月1日が好き。",
    "ref 943 476 5919",
    "4.111,4539578763621487",
    "IBAN DE98 4539 5787 6362 1486 12 hat eine falsche Prüfziffer",
]
UNANSWERED = [
    ("What is a strong password?", "One with at least 12 characters, e.g. words you like."),
    ("What is a token?", "About 4096 of them fit in the context of GPT-4o-mini-2024."),
    ("How do I hash a password?", "bcrypt12 with a salt."),
    ("How hash a password?", "Use bcrypt12 or argon2id with a salt16."),
    ("パスワードは？", "お答えできません。SHA256で保存しています。"),
    ("パスワードを忘れました。", "画面下から再設定してください（受付は24時間）。"),
    ("暗証番号は何桁ですか。", "4桁です。窓口は0900から1700まで。"),
    ("Which port?", "5432"),
]


@pytest.mark.parametrize(("code", "around", "value"), FOUND)
def test_found_as_a_whole(code: str, around: str, value: str) -> None:
    text = around.replace("{}", value)
    assert [(hit.code, text[hit.start : hit.end]) for hit in inspect(text)] == [(code, value)]


@pytest.mark.parametrize(("code", "question", "around", "value"), ANSWERED)
def test_found_in_the_answer_to_its_question_alone(code: str, question: str, around: str, value: str) -> None:
    text = around.replace("{}", value)
    assert [(hit.code, text[hit.start : hit.end]) for hit in inspect(text, before=question)] == [(code, value)]
    assert inspect(text, before="Which colour?") == []


@pytest.mark.parametrize("text", NOT_FOUND)
def test_not_found(text: str) -> None:
    assert inspect(text) == []


@pytest.mark.parametrize(("question", "answer"), UNANSWERED)
def test_not_found_in_an_answer(question: str, answer: str) -> None:
    assert inspect(answer, before=question) == []


def test_regions_that_the_user_names_are_the_only_ones() -> None:
    assert inspect("제 번호는 010-7293-4816 입니다.", ("US",)) == []

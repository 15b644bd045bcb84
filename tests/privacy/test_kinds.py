"""FT703 to FT708: what is found of each kind, in full width too, and what only looks like it. Values are invented."""

from __future__ import annotations

import itertools
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftlint.privacy import checksums, find, inspect, mask
from ftlint.privacy.find import everything
from ftlint.privacy.screen import may_hold

FULL = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}

FOUND = {
    "FT703": [
        ("my card is {}", "4539 5787 6362 1486"),
        ("my card is {}", "4539-5787-6362-1486"),
        ("{}", "4539578763621486"),
        ("card {} 12/27 123", "4539 5787 6362 1486"),
        ("カードは{}です", "5425-2334-3010-9903"),
        ("Mastercard: {}.", "2221 0000 0000 0009"),
        ("amex {}", "3714 963539 84322"),
        ("my amex card {}", "371496353984322"),
        ("JCB {}", "3530 2814 9105 7385"),
    ],
    "FT704": [
        ("IBAN {}", "DE12 5001 0517 0648 4898 90"),
        ("IBAN {}.", "GB29NWBK60161331926819"),
        ("{}", "NL91 ABNA 0417 1643 00"),
        ("三葉銀行 渋谷支店 普通 {}", "7730498"),
        ("口座番号：{}（青空銀行）", "7730498"),
        ("ゆうちょ銀行 記号 {}", "12340 番号 12345671"),
    ],
    "FT705": [
        ("SSN {}", "536-22-8143"),
        ("{}", "536-22-8143"),
        ("my social security number is {}", "536228143"),
        ("マイナンバーは{}です", "123456789018"),
        ("個人番号 {}", "1234-5678-9018"),
        ("運転免許証番号：{}", "305412340981"),
        ("パスポート番号は{}です", "TK7204981"),
        ("passport number {}", "TK7204981"),
        ("{}", "AB 12 34 57 C"),
        ("NI number: {}", "AB123457C"),
        ("numéro {}", "1 84 12 76 451 089 46"),
        ("numéro {}", "184127645108946"),
        ("DNI: {}", "54362315K"),
        ("mi NIE es {}", "X7204981R"),
        ("codice fiscale {}", "RSSMRA85T10A562S"),
        ("Steuer-ID: {}", "86 095 742 719"),
        ("CPF {}", "529.982.247-25"),
        ("meu CPF é {}", "52998224725"),
        ("CNPJ {}", "11.222.333/0001-81"),
        ("Aadhaar {}", "2341 2341 2346"),
        ("身份证号{}", "11010519491231002X"),
        ("BSN {}", "111222333"),
        ("PESEL {}", "44051401359"),
        ("personnummer {}", "811218-9876"),
    ],
    "FT706": [
        ("届け先は{}", "東京都杉並区西荻北7丁目31番8号"),
        ("{}です", "東京都渋谷区神宮前9-2-3"),
        ("{}に住んでいます", "大阪府大阪市北区梅田三丁目8番3号"),
        ("{}", "北海道札幌市中央区北1条西2丁目8-1"),
        ("{}です", "渋谷区神宮前1丁目2番9号"),
        ("{}まで", "京都府京都市下京区東塩小路町721番地1"),
        ("{} 神奈川", "〒231-0045"),
        ("Deliver to {}, please", "482 Larchmont Ave, Springfield, IL 62704"),
        ("{}", "77 W 81st Street Apt 4B\nNew York, NY 10024-1234"),
        ("{}", "P.O. Box 1182, Reno, Nevada 89505"),
        ("She lives at {}.", "14 Larkhill Road, London SW4 6HA"),
        ("{}", "Lindenstraße 14a, 10969 Berlin"),
        ("{}", "14 rue des Lilas, 75020 Paris"),
    ],
    "FT707": [
        ("山田さんは{}生まれです", "昭和63年5月3日"),
        ("生年月日：{}", "S63.5.3"),
        ("生年月日 {}", "1988年5月3日"),
        ("{}に東京で生まれました", "1988年5月3日"),
        ("{}生まれ", "昭和六十三年五月三日"),
        ("誕生日は{}です", "1988/05/03"),
        ("生年月日：{}", "1988年(昭和63年)5月3日"),
        ("I was born on {}.", "May 3, 1988"),
        ("I was born in Leeds on {}", "3rd of May 1988"),
        ("DOB {}", "05/03/1988"),
        ("DOB: {}", "5/3/88"),
        ("date of birth: {}", "1988-05-03"),
        ("Date of Birth - {}", "19880503"),
        ("my birthday is {}", "3 May 1988"),
        ("Geburtsdatum: {}", "3. Mai 1988"),
        ("geboren am {}", "03.05.1988"),
        ("née le {}", "3 mai 1988"),
        ("nacida el {}", "3 de mayo de 1988"),
        ("出生日期：{}", "1988年5月3日"),
    ],
    "FT708": [
        ("blocked {} today", "93.184.216.34"),
        ("ssh root@{}", "93.184.216.34"),
        ("http://{}/x", "93.184.216.34"),
        ("the server at {}", "5.9.12.4"),
        ("from {}", "2a00:1450:4001:81b::200e"),
    ],
}
CASES = [(code, around, value) for code, cases in FOUND.items() for around, value in cases]


@pytest.mark.parametrize(("code", "around", "value"), CASES)
def test_what_is_found(code: str, around: str, value: str) -> None:
    text = around.replace("{}", value)
    assert [(text[hit.start : hit.end], hit.code) for hit in find(text)] == [(value, code)]


@pytest.mark.parametrize(
    ("code", "around", "value"),
    [case for case in CASES if case[0] != "FT708" and "\n" not in case[2]],
)
def test_full_width_counts_and_offsets_are_the_originals(code: str, around: str, value: str) -> None:
    before = "Ａ㎏ｶﾞ🙂 "
    wide = value.translate(FULL)
    text = before + around.replace("{}", wide)
    hits = [hit for hit in inspect(text) if hit.code == code]
    assert [text[hit.start : hit.end] for hit in hits] == [wide]


NOTHING = [
    "4539 5787 6362 1487",  # wrong check digit
    "4242 4242 4242 4242",
    "4242424242424242",
    "4111-1111-1111-1111",
    "card 378282246310005",
    "4000 0025 0000 3155",
    "5555 5555 5555 4444",
    "order number 4539578763621486",
    "注文番号 4539578763621486",
    '{"id": 4539578763621486}',
    "0.4539578763621486",
    "(1, 6458161865649291)",
    "tracking 9400 1000 0000 0000 0000 00",
    "1704067200123456",
    "371496353984322",  # as long as an IMEI, and no word
    "DE12 5001 0517 0648 4898 91",
    "XX12 5001 0517 0648 4898 90",
    "GB29 IS THE ROOM OF TODAY",
    "口座番号は1234567です（青空銀行）",
    "普通 7730498",
    "routing 021000022 account 7730498122",
    "123-45-6789",
    "000-12-3456",
    "666-12-3456",
    "912-12-3456",
    "536-00-8143",
    "536-22-0000",
    "078-05-1120",
    "111-22-3333",
    "part number 536-22-8143",
    "536228143",
    "1234-5678-9018",
    "マイナンバーカードを作りました",
    "マイナンバーは123456789012です",
    "AB123457C",
    "12345678Z",
    "86 095 742 719",
    "52998224725",
    "529.982.247-26",
    "193-456-787",
    " ".join(map(str, range(1, 400))),
    "the casino has 193 456 787 chips",
    "20240501-1234",
    "東京都渋谷区",
    "東京都の人口は1,400万人",
    "大阪市 03-6234",
    "市区町村 1-2-3",
    "2-3日で届きます",
    "〒000-0000",
    "〒123-4567",
    "3番地の家",
    "5丁目",
    "Springfield, IL 62704",
    "about 123 Main St",
    "10 Downing Street",
    "I ran 5 miles. Later I flew to Dallas, TX 75201",
    "Musterstraße 1, 12345 Musterstadt",
    "May 3, 1988",
    "1988年5月3日",
    "born in 1988",
    "a star was born. The film came out on May 3, 1988",
    "he was born on May 3, 1788",
    "1988年5月3日生産",
    "her birthday party on May 3, 2024",
    "誕生日パーティは2024年5月3日です",
    "Haim (born October 15, 1944) is an American producer",
    "The actor was born on May 3, 1948 and passed away in 2001",
    "選手は1988年5月3日生まれ",
    "version 93.184.216.34",
    "Chrome/120.0.6099.109",
    "Section 8.2.4.44",
    "1.2.3.4 Introduction",
    "192.168.1.20 10.0.0.3 127.0.0.1 172.16.4.5 169.254.1.1",
    "192.0.2.7 198.51.100.3 203.0.113.9",
    "8.8.8.8 and 1.1.1.1",
    "255.255.255.0 224.0.0.251",
    "93.184.216.0/24",
    "300.184.216.34",
    "1.3.6.1.4.1.311",
    "2001:db8::1 fe80::1 ::1 12:30:45",
    "std::vector a::b 2024:10:11",
    "2606:4700:4700::1111",
]


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_nothing(text: str) -> None:
    assert find(text) == []
    assert find(f"see {text} there") == []


@pytest.mark.parametrize(
    ("question", "answer", "value"),
    [
        ("What is her date of birth?", "It is May 3, 1988.", "May 3, 1988"),
        ("DOB?", "05/03/1988", "05/03/1988"),
        ("When was Odile Brandvik born?", "May 3, 1988", "May 3, 1988"),
        ("Wann ist Ulf Brennecke geboren?", "Am 3. Mai 1988.", "3. Mai 1988"),
        ("夏木あさひの生まれた日は", "１９８８年５月３日", "１９８８年５月３日"),
        ("When were you born?", "On 3 May 1988, in Leeds.", "3 May 1988"),
        ("山田さんの生年月日は？", "1988年5月3日です。", "1988年5月3日"),
        ("誕生日を教えてください。", "昭和６３年５月３日です", "昭和６３年５月３日"),
        ("What is your SSN?", "536228143", "536228143"),
        ("マイナンバーを教えてください。", "１２３４５６７８９０１８です", "１２３４５６７８９０１８"),
    ],
)
def test_the_word_may_stand_in_the_question(question: str, answer: str, value: str) -> None:
    assert find(answer) == []
    assert [answer[hit.start : hit.end] for hit in inspect(answer, before=question)] == [value]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("When was the bridge opened?", "On May 3, 1988."),
        ("What was Napoleon's date of birth?", "15 August 1769"),
        ("When is the birthday party?", "May 3, 2026"),
        ("When was the famous singer born?", "May 3, 1988"),
        ("ロボットの誕生日は？", "2020年10月10日に発売されました。"),
        ("会社の誕生日は？", "創立記念日の1958年5月1日です。"),
    ],
)
def test_other_questions_make_nothing_of_a_date(question: str, answer: str) -> None:
    assert inspect(answer, before=question) == []


@pytest.mark.parametrize(
    ("check", "number"),
    [
        (checksums.luhn, "4539578763621486"),
        (checksums.verhoeff, "234123412346"),
        (checksums.my_number, "123456789018"),
        (checksums.cpf, "52998224725"),
        (checksums.cnpj, "11222333000181"),
        (checksums.chinese, "11010519491231002X"),
        (checksums.steuer_id, "86095742719"),
        (checksums.nir, "255081416802538"),
        (checksums.dni, "54362315K"),
        (checksums.codice_fiscale, "RSSMRA85T10A562S"),
        (checksums.bsn, "111222333"),
        (checksums.aba, "021000021"),
        (checksums.pesel, "44051401359"),
        (checksums.mod97, "GB29NWBK60161331926819"),
    ],
)
def test_a_check_digit_finds_every_single_mistake(check: object, number: str) -> None:
    assert callable(check)
    assert check(number)
    for place, digit in itertools.product(range(len(number)), "0123456789"):
        if number[place].isdigit() and number[place] != digit:
            wrong = number[:place] + digit + number[place + 1 :]
            assert not check(wrong), wrong


def test_data_inside_the_arguments_of_a_call() -> None:
    """JSON inside a string: line breaks and other letters are written as escapes there."""
    text = json.dumps({"note": "card\n4539 5787 6362 1486", "to": "東京都杉並区西荻北7丁目31番8号"})
    hits = find(text)
    assert [hit.code for hit in hits] == ["FT703", "FT706"]
    assert text[hits[0].start : hits[0].end] == "4539 5787 6362 1486"
    assert text[hits[1].start : hits[1].end].startswith(r"\u6771")
    assert text[hits[1].start : hits[1].end].endswith(r"\u53f7")


PIECES = st.lists(
    st.sampled_from([f"{around} " for _, around, _ in CASES[:20]] + [value for *_, value in CASES]), max_size=5
)


@given(PIECES.map("".join) | st.text(max_size=80))
def test_masking_stars_every_hit_and_keeps_the_rest(text: str) -> None:
    starred = {at for hit in everything(text) for at in range(hit.start, hit.end)}
    masked = mask(text)
    assert len(masked) == len(text)
    assert all(char == ("*" if at in starred else text[at]) for at, char in enumerate(masked))


@given(PIECES.map("".join))
def test_the_screen_lets_everything_through(text: str) -> None:
    """An address behind the text opens the screen; without it nothing else may be found either."""
    for written in (text, text.translate(FULL)):
        behind = everything(f"{written} . kim@acme-widgets.com")
        assert may_hold(written) or [hit.code for hit in behind] == ["FT701"]


HOSTILE = [
    "4539 ", "4539-", "4", "GB29 ", "GB29", "1.", "1.1.", "〒", "東京都", "東京都渋谷区", "1丁目", "1-2-", "市",
    "born ", "born on May ", "生年月日", "生年月日 1988年", "born 1 May ", "12 Main ", "12 Main St, ",
    "IL 62704 ", "SW4 6HA ", "12345 ", "rue 1", "2a00:", "::", "AB 12 34 ", "口座", "口座番号", "記号1",
    "routing ", "sort code ", "Straße 1 ", "1988-05-03 ", "A1", "昭和", "12 A ", "\\", "\\n", "\\u00", "DOB 1",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_texts_take_time_in_proportion(piece: str) -> None:
    """Ten times the text may take some ten times as long, and never a hundred times."""

    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        began = time.process_time()
        find(text)
        return time.process_time() - began

    assert seconds(100_000) < 40 * max(seconds(10_000), 0.01)

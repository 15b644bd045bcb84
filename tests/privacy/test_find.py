"""Personal data in a text: what is found, what is left alone, and offsets in the original text."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftlint.privacy import find, mask, mask_spans
from ftlint.privacy.emails import find_emails
from ftlint.privacy.find import MAYBE, REGIONS, fold
from ftlint.privacy.phones import find_phones

ADDRESSES = [
    "kim@acme-widgets.com",
    "jane.doe+tag@sub.firm.org",
    "a.b-c_d@x-y.museum",
    "BOB@FIRM.COM",
    "bob@firm.co.uk",
    "taro@kaisha.co.jp",
    "info@firm.tokyo",
    "ｔａｒｏ＠ｋａｉｓｈａ．ｃｏ．ｊｐ",
    "bob＠firm.co.jp",
    "o_o@firm.io",
]
AROUND = [
    "{}",
    "連絡は{}まで",
    "<{}>",
    "mailto:{}",
    "email:{},",
    "({})",
    "'{}'",
    "{}.",
    "{}。",
    "https://x.com/?email={}",
    "a\n{}\nb",
]
NO_ADDRESSES = [
    "logo@2x.png",
    "icon@3x.webp",
    "git@github.com:org/repo.git",
    "pkg@1.2.3",
    "react@18.2.0",
    "user@localhost",
    "root@127.0.0.1",
    "name@example.com",
    "name@EXAMPLE.org",
    "a@mail.example.net",
    "taro@example.co.jp",
    "taro@example.jp",
    "x@firm.test",
    "x@firm.example",
    "x@firm.invalid",
    "@handle",
    "@user@mastodon.social",
    "https://medium.com/@user.name",
    "W@x.T",
    "y = A@B.reshape(3)",
    "W@x.to(device)",
    "x@df.at[3]",
    "https://user:pass@host.com/x",
    "redis://:pw@cache.firm.com:6379",
    "ssh://git@host.com",
    "a@b",
    "foo @ bar.com",
    "@app.route",
    "1@2.3",
    "user@host.local",
    "x@y.notatld",
    "a@b@c.com",
    "me at firm dot com",
    "a..b@firm.com",
]
NUMBERS = [
    "03-6234-5671",
    "０３－６２３４－５６７１",
    "03−6234−5671",
    "03‐6234‐5671",
    "03ー6234ー5671",
    "０３‐６２３４ー５６７１",
    "(415)\xa0867-5309",
    "０９０（１２３４）５６７８",
    "(03)6234-5671",
    "０３（６２３４）５６７１",
    "090-1234-5678",
    "050-3456-7890",
    "0120-444-444",
    "０１２０－４４４－４４４",
    "0467-22-1234",
    "+81 90-1234-5678",
    "+81-90-1234-5678",
    "+819012345678",
    "＋８１－９０－１２３４－５６７８",
    "(415) 867-5309",
    "415-867-5309",
    "415.867.5309",
    "1-415-867-5309",
    "+1 (415) 867-5309",
    "+1.415.867.5309",
    "+44 20 7946 0018",
    "+49 30 901820",
    "+33 1 42 68 53 00",
]
CUED = [
    "携帯は09012345678まで",
    "電話番号 03 6234 5671",
    "電話：0362345671",
    "Phone: 415 867 5309",
    "連絡先　０８０－１２３４５６７８",
    "Call me: 415 - 867 - 5309",
]
NO_NUMBERS = [
    "注文番号 1234567890",
    "注文番号は03-6234-5671です",
    "order number 4158675309",
    "order #415-867-5309",
    "Invoice no. 415-867-5309",
    "tracking 0120-444-444",
    "2024-01-02 03:04:05",
    "2024/01/02",
    "01-02-2024",
    "12-31-2024",
    "05/06/2024 10:20",
    "2023-10-05T14:48:00.000Z",
    "20240102030405",
    "1704067200",
    "timestamp 1704067200123",
    "13:05:22.415",
    "0.123456789",
    "0.12345678901",
    "3.14159265358979",
    "9.109e-31 1.602e-19",
    "1,234,567,890",
    "12.345.678,90",
    "12,345.67",
    "¥1,234,567",
    "$415-867-5309",
    "415-867-5309%",
    "ISBN 978-4-06-123456-7",
    "ISBN 4-06-123456-7",
    "ISBN 0-306-40615-2",
    "978-0-306-40615-7",
    "192.168.100.100",
    "10.20.30.4000",
    "v1.2.3-456-7890",
    "version 2.10.3456",
    "1234-5678-9012",
    "追跡番号 0123-4567-8901",
    "9400 1000 0000 0000 0000 00",
    "4111 1111 1111 1111",
    "4111-1111-1111-1111",
    "250-1234567-1234567",
    "550e8400-e29b-41d4-a716-446655440000",
    "2014 2015 2016",
    "100 200 3000",
    "236 452 7788 in a list",
    "numbers: 415 867 5309 12",
    "1 2 3 4 5 6 7 8 9 10",
    "1939-1945",
    "x = 415 - 867 - 5309",
    "28980 - 18480 = 10500",
    "415-867-5309-11",
    "206.766 9880",
    "-658.210 6862",
    "clause 252.227-7013",
    "a + 98172488",
    "x + 14285714.286",
    "+14285714.286",
    "52.3702, 4.8952",
    "N 35.6895 E 139.6917",
    "1+2345678901",
    "a+12345678901b",
    "+0123456789",
    "+12",
    "Section 212.345.6789.1",
    "(2019) 123-4567",
    "第03-1234号",
    "1234567890123",
    "0123456789",
    "account 0123456789",
    "000-000-0000",
    "111-111-1111",
    "123-456-7890",
    "123-45-6789",
    "〒150-0002",
    "Tel Aviv 2024-2025",
    "call of duty 2019 2020",
    "a call at 10:30 on 2024-05-06",
    "score 21-12-2010",
    "120-130-1400 mmHg",
    "(12) 3456-7890",
    "型番03-6234-5671",
    "会員番号：0901234567",
    "①②③④⑤⑥⑦⑧⑨⑩",
    "415-555-0134",
    "(555) 123-4567",
    "+1 202 555 0134",
]


def found(text: str, code: str) -> list[str]:
    return [text[hit.start : hit.end] for hit in find(text) if hit.code == code]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses(address: str, around: str) -> None:
    assert found(around.format(address), "FT701") == [address]


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_what_is_no_address(text: str) -> None:
    assert found(text, "FT701") == []
    assert found(f"see {text}, please", "FT701") == []


@pytest.mark.parametrize(
    "around", ["{}", "電話は{}です", "TEL:{}", "Call {} now.", "- {}\n- x", "「{}」", "{}、{}", "a {}/{}", "{}。"]
)
@pytest.mark.parametrize("number", NUMBERS)
def test_numbers(number: str, around: str) -> None:
    text = around.replace("{}", number)
    assert found(text, "FT702") == [number] * around.count("{}")


@pytest.mark.parametrize("text", CUED)
def test_numbers_that_need_a_word_beside_them(text: str) -> None:
    (number,) = found(text, "FT702")
    assert found(f"x {number} y", "FT702") == []


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number(text: str) -> None:
    assert found(text, "FT702") == []
    assert found(f"番号は {text} です", "FT702") == []


@pytest.mark.parametrize("text", ["ＴＥＬ０３－６２３４－５６７１", "Tel03-6234-5671", "FAX03-6234-5671"])
def test_a_number_right_behind_its_word(text: str) -> None:
    assert len(found(text, "FT702")) == 1


def test_a_postal_code_and_a_number_side_by_side() -> None:
    assert found("〒100-0001 東京都千代田区 03-6234-5671", "FT702") == ["03-6234-5671"]
    assert found("〒100-0001 03-6234-5671", "FT702") == ["03-6234-5671"]


def test_regions_decide_what_a_number_without_a_country_is() -> None:
    assert find("020 7946 0018") == []
    assert [hit.code for hit in find("020 7946 0018", ("GB",))] == ["FT702"]
    assert [hit.code for hit in find("01 42 68 53 00", ("FR",))] == ["FT702"]
    assert find("03-6234-5671", ("US",)) == []
    assert [hit.code for hit in find("+81 3-6234-5671", ("US",))] == ["FT702"]


def test_both_kinds_in_order_without_overlap() -> None:
    text = "Write to kim@firm.com or 03-6234-5671, or 415-867-5309@firm.com."
    hits = find(text)
    assert [text[hit.start : hit.end] for hit in hits] == ["kim@firm.com", "03-6234-5671", "415-867-5309@firm.com"]
    assert [hit.code for hit in hits] == ["FT701", "FT702", "FT701"]


ODDS = ["ｶﾞ", "㎏", "é", "ー", "@", "12", " ", "。", "x", "\n", "🙂", "½", "\xa0", "03", "-"]
PIECES = st.sampled_from([*ADDRESSES, *NUMBERS, *ODDS])
TEXTS = st.lists(PIECES, max_size=8).map("".join) | st.text(max_size=60)


@given(TEXTS)
def test_hits_are_spans_of_the_text_in_order(text: str) -> None:
    last = 0
    for hit in find(text):
        assert last <= hit.start < hit.end <= len(text)
        last = hit.end


@given(TEXTS)
def test_nothing_is_found_where_nothing_may_be(text: str) -> None:
    spans = [*find_emails(fold(text)), *find_phones(fold(text), REGIONS)]
    assert not spans or MAYBE.search(text)


@given(TEXTS)
def test_folding_keeps_every_place(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded
    assert all(new == old or unicodedata.normalize("NFKC", old) == new for old, new in zip(text, folded, strict=True))


def test_folding_to_half_width() -> None:
    assert fold("ＡＢｚ０９＠．－（）＋／　ｰ\xa0é①") == "ABz09@.-()+/ ー é①"


@given(TEXTS)
def test_masking_keeps_the_length_and_leaves_nothing_to_find(text: str) -> None:
    masked = mask(text)
    assert len(masked) == len(text)
    hits = find(text)
    assert (masked == text) == (not hits)
    kept = [index for index in range(len(text)) if not any(hit.start <= index < hit.end for hit in hits)]
    assert all(masked[index] == text[index] for index in kept)
    for hit in hits:
        assert set(masked[hit.start : hit.end]) == {"*"}


def test_masking_given_spans() -> None:
    assert mask_spans("secret words", [(0, 6)]) == "****** words"
    assert mask_spans("secret", []) == "secret"
    assert mask_spans("ab", [(0, 1), (1, 2)]) == "**"


HOSTILE = [
    "1",
    "12-",
    "0",
    "03-",
    "+1 ",
    "+1",
    "(03",
    "(03) ",
    "1.",
    "a@",
    "a@a.",
    "@",
    "a.",
    "090-1234-",
    "1 1 1",
    "電話0",
    "://a",
    "a-",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_texts_take_time_in_proportion(piece: str) -> None:
    """Ten times the text may take some ten times as long, and never a hundred times."""

    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        began = time.process_time()
        find(text)
        return time.process_time() - began

    find("+81 90-1234-5678")  # the numbering plans are loaded once
    assert seconds(100_000) < 40 * max(seconds(10_000), 0.005)


@pytest.mark.parametrize("text", [r"call\n090-1234-5678", r'{"a": "b\t03-6234-5671"}'])
def test_a_number_behind_an_escaped_line_break(text: str) -> None:
    assert [hit.code for hit in find(text)] == ["FT702"]
    assert find("version n090-1234-5678") == []

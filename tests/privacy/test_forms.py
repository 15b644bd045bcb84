"""The finders that the scan leaves out would find nothing: with it and without it, the same is told of every text."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence

import pytest
from benchmarks.privacy import dataset
from hypothesis import given
from hypothesis import strategies as st

from ftlint.checks import privacy, screens
from ftlint.checks.base import Batch
from ftlint.model import Format, Role, Text
from ftlint.privacy import inspect
from ftlint.privacy.forms import FINDERS, FORMS, by_finder, cue_of
from ftlint.scan import EVERY, LONGEST, scanner
from ftlint.texts import columned
from privacy.drawn import KEYS
from privacy.test_kinds import CASES

pytest.importorskip("hyperscan")
screens.prepare()
FULL = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
BREAKS = ("\xa0", "\u3000", "\\n", "\\t", "  ", "\n", " \n", "\r\n", "\\n\\n", ", ", "")
DASHES = "-‐‑‒–—―−－ーｰ"
SIGNS = (*"\0\x1cſKıéÉ１Ａａ．＿－：～７\u3000。x7\\", "\\n", "\\u0031", "ＡＢ", "１２")
ORDINARY = (
    "on 16 July 2014, about 44 late things", "£278.28", "2014-07-16 12:30", "don’t", "16/07/2014", "1990-2000",
    "v1.2.3.4", "(2014) 12-34", "first 3rd 15%", "“Quoted”", "12,345", "1 234 567", "3.14159265", "16.07.2014",
    "0x1f 09:30", "12 34 56", "ISO27001", "2020:07:01", "M5V 2T6", "in 20000 men", "１２時３０分", "第３条", "ＡＩ",
    "2014年7月16日", "10～20分", "1,000円", "약 3만 원", "서울로 5", "2부터 10.50", "C/2014 10000 ",
    "12 place of 10000 ",
)  # fmt: skip
CUES = (
    "電話番号は", "my phone is ", "call me at ", "password", "Password:", "PIN ", "pin?", "born", "生年月日",
    "口座番号", "銀行", "記号", "계좌", "계좌번호는", "서울시 강남구 테헤란로 12", "〒", "郵便番号", "api key is ",
    "What is your PIN?", "token", "secret key", "twilio", "bank account number ", "routing ", "手机", "东京",
    "東京都千代田区", "3-4-5",
    "北1条西7丁目2番地", "C/ Mayor 3, 28013 Madrid", "tel", "DOB ", "his passport number ", "", "Bearer ", "Basic ",
)  # fmt: skip


def _data() -> list[tuple[str, str]]:
    cases = [case.texts for case in (*dataset.positives(), *dataset.negatives())]
    cases += [("Please go on.", around.replace("{}", value)) for _, around, value in CASES]
    return [*cases, *(("What is your api token?", f"key {key}") for key in KEYS.values())]


DATA = _data()


def _full(rng: random.Random, text: str) -> str:
    share = rng.choice((0.02, 0.1, 0.4, 1))
    return "".join(char.translate(FULL) if rng.random() < share else char for char in text)


def _parted(rng: random.Random, text: str) -> str:
    share = rng.choice((0.1, 0.3, 1))
    return "".join(rng.choice(BREAKS) if char in " \n,-" and rng.random() < share else char for char in text)


def _dashed(rng: random.Random, text: str) -> str:
    return "".join(rng.choice(DASHES) if char == "-" else char for char in text)


def _cased(rng: random.Random, text: str) -> str:
    return rng.choice((str.upper, str.lower, str.title, str.swapcase))(text)


def _escaped(rng: random.Random, text: str) -> str:
    if rng.random() < 0.5:
        return json.dumps(text, ensure_ascii=rng.random() < 0.5)
    return "".join(f"\\u{ord(char):04x}" if rng.random() < 0.2 and ord(char) < 65536 else char for char in text)


def _touched(rng: random.Random, text: str) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(("", *SIGNS)) + text[at + rng.randrange(2) :]


def _counted(rng: random.Random, text: str) -> str:
    return "".join(rng.choice("0123456789") if char in "0123456789" and rng.random() < 0.1 else char for char in text)


CHANGES: tuple[Callable[[random.Random, str], str], ...] = (
    _full, _full, _parted, _parted, _dashed, _cased, _escaped, _touched, _touched, _counted,
)  # fmt: skip


def _row(rng: random.Random) -> list[str]:
    question, answer = rng.choice(DATA)
    way = rng.randrange(8)
    if way < 2:  # the cue in the one, the number in the other
        both = f"{question}\n{answer}" if way else answer
        at = rng.randrange(len(both) + 1)
        question, answer = both[:at], both[at:]
    elif way == 2:
        question = rng.choice(CUES) + rng.choice((" ", "", "\n", ":", " is "))
    elif way == 3:
        question, answer = rng.choice(DATA)[rng.randrange(2)], rng.choice(DATA)[1]
    elif way == 4:
        answer = " ".join((*rng.choices(ORDINARY + CUES, k=3), answer))
    elif way == 5:
        question, answer = " ".join(rng.choices(CUES, k=3)), " ".join(rng.choices(ORDINARY + CUES, k=6))
    for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
        answer = rng.choice(CHANGES)(rng, answer)
    if rng.random() < 0.4:
        question = rng.choice(CHANGES)(rng, question)
    return [question, answer, *([_touched(rng, answer)] if rng.random() < 0.1 else [])]


def _batch(rows: Sequence[Sequence[str]]) -> Batch:
    batch = Batch(Role.TRAIN, Format.CHAT, [])
    batch.texts = columned(
        [
            Text(text, line, ("messages", at, "content"), ("user", "assistant")[at % 2], "content", bool(at % 2))
            for line, row in enumerate(rows, 1)
            for at, text in enumerate(row)
        ]
    )
    return batch


def _same(batch: Batch, regions: Sequence[str] = ()) -> int:
    """Texts in which something is found; the scan, and the plain path, leave nothing out."""
    plain = _batch([])
    plain.texts, plain.seen = batch.texts, None
    worth = privacy.candidates(batch, regions)
    searched = privacy.candidates(plain, regions)
    holding = 0
    for index, text in enumerate(batch.texts):
        question = privacy._question(batch.texts, index)
        found = inspect(text.text, regions, question)
        holding += bool(found)
        assert inspect(text.text, regions, question, worth.get(index, ())) == found, (question, text.text)
        assert index in searched or not found, (question, text.text)
    return holding


@pytest.mark.parametrize("regions", [(), ("DE", "FR", "GB"), ("JP", "CN")], ids=str)
def test_spliced_texts(regions: tuple[str, ...]) -> None:
    rng = random.Random(f"forms {regions}")
    assert _same(_batch([_row(rng) for _ in range(4_000 if not regions else 1_500)]), regions) > 500


def test_the_privacy_set_and_its_rows_without_their_neighbours() -> None:
    assert _same(_batch(DATA)) > 400
    assert _same(_batch([[answer] for _, answer in DATA])) > 300


ONE_FORM = (
    ("phone-number", "+1 4158675309"),
    ("phone-number", "tel 090 - 1234 - 5678"),
    ("phone-number", "電話 03-62345671"),
    ("jp-account", "ゆうちょ銀行 記号 12340 番号 56781"),
    ("kr-account", "계좌번호는 1102-34-5678"),
    ("ca-sin", "social insurance number 130692 544"),
    ("ca-sin", "social insurance number 130 692544"),
    ("nl-bsn", "BSN 1112.22.333"),
    ("gb-nino", "AB 12 34 57 C"),
    ("fr-nir", "1 84 12 2A 451 089 33"),
    ("ipv6", "２a00:1450:4001:81b::200e"),
)


@pytest.mark.parametrize(("kind", "text"), ONE_FORM)
def test_what_has_one_form_alone(kind: str, text: str) -> None:
    batch = _batch([[text]])
    assert kind in {hit.kind for hit in inspect(text)}
    assert _same(batch) == 1


def test_texts_that_are_not_scanned() -> None:
    texts = [
        "a\0" + KEYS["openai-key"],
        "When were you born?",
        "3 May 1990 \0 " + "x" * LONGEST,
        "mail maren@oxley-post.net",
    ]
    assert _same(_batch([texts, texts[::-1]])) == 5


PIECES = st.sampled_from([*ORDINARY, *CUES, *SIGNS, *BREAKS]) | st.text(max_size=6)


@given(st.lists(st.lists(PIECES, max_size=8).map("".join), min_size=1, max_size=3))
def test_any_texts(row: list[str]) -> None:
    _same(_batch([row]))


@given(st.data(), st.sampled_from([source for forms in FORMS.values() for part in forms for source in part]))
def test_every_form_is_scanned_for(data: st.DataObject, source: str) -> None:
    made = scanner({name: screens.table()[name] for name in (EVERY, privacy.SCREEN)}, make=True)
    assert made is not None
    drawn = data.draw(st.from_regex(source.replace(r"\s*\x00", r"\s*\Z").replace("(?<![A-Za-z0-9])", "")))
    if "\0" not in drawn:
        assert made.scan([drawn]) == {privacy.SCREEN: [0]}


def test_ordinary_dates_and_amounts_are_nothing_to_look_at() -> None:
    texts = [
        *ORDINARY[:6],
        "on 3 March 1999 at 9:30 pm",
        "$1,234.56 and 99.5 %",
        "2014年7月16日に１２個",
        "1.2.3 and 3.11",
    ]
    seen = screens.seen(texts)
    assert seen is not None
    assert seen[privacy.SCREEN] == []


def test_only_the_finders_that_may_find_something_look() -> None:
    batch = _batch([["mail maren@oxley-post.net"], ["When were you born?", "On 3 May 1990.", "12 things"]])
    assert privacy.candidates(batch, ()) == {0: {"email"}, 2: {"birth"}}
    assert by_finder().keys() >= {*FINDERS, *map(cue_of, FINDERS)}


def test_an_answer_is_looked_at_whatever_word_asks_for_a_secret() -> None:
    batch = _batch([["What's your pin?", "4821"], ["pin", "Nine."]])
    worth = privacy.candidates(batch, ())
    assert {hit.kind for hit in inspect("4821", (), "What's your pin?", worth[1])} == {"pin"}

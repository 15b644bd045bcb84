"""FT6, single texts: edges, mojibake, invisible characters, echoes and loops."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.judged import assistant, codes, conversation, judged, one, rows, user
from ftlint.checks.looping import LOOP, TIMES, find_loop
from ftlint.model import Finding


def answered(words: str, asked: str = "Who tunes a piano?", *, code: str) -> list[Finding]:
    return judged(rows(conversation(user(asked), assistant(words))), select=(code,))


@pytest.mark.parametrize(
    ("words", "edge"),
    [(" A tuner.", "starts"), ("A tuner.\n", "ends"), ("\tA tuner. ", "starts and ends"), ("　調律師", "starts")],
)
def test_an_answer_with_space_at_its_edge(words: str, edge: str) -> None:
    assert one(answered(words, code="FT601")).message == f"the answer {edge} with white space"


@pytest.mark.parametrize("words", ["A tuner.", "A\n\ntuner.", "調律師　です。", "调音师", "نعم هو", "if x:\n    y()"])
def test_an_answer_without_space_at_its_edge(words: str) -> None:
    assert answered(words, " asked ", code="FT601") == []


def test_a_completion_may_begin_with_a_space() -> None:
    assert codes(rows({"prompt": "a", "completion": " b"}), select=("FT601",)) == []
    assert codes(rows({"prompt": "a", "completion": " b\n"}), select=("FT601",)) == ["FT601"]


@pytest.mark.parametrize(
    "words",
    [
        "It was cafÃ© time.",
        "It wasnâ€™t far.",
        "so far â\x80\x93 so good",
        "schÃ¶n",
        "縺ゅ↑縺溘′縺励◆縺薙→縺ｯ",
        "锟斤拷锟斤拷",
        "Ã©tÃ©",
        "ÐŸÑ€Ð¸Ð²ÐµÑ‚",
    ],
)
def test_mojibake(words: str) -> None:
    assert one(answered(words, code="FT604")).code == "FT604"
    assert codes(rows(conversation(user(words), assistant())), select=("FT604",)) == ["FT604"]


@pytest.mark.parametrize("words", ["縺ゅ↑縺溘′縺励◆縺薙→縺ｯ", "鐨a鐨b鐨c鐨"])
def test_mojibake_at_the_end_of_a_text_runs_into_no_other(words: str) -> None:
    assert codes(rows(conversation(user(words), assistant("Yes."))), select=("FT604",)) == ["FT604"]


@pytest.mark.parametrize(
    "words",
    [
        "It was café time.",
        "It wasn’t far – so “good”.",
        "schön, É! À",
        "繧の字は縺れるの縺です。",
        "涓流不息，鐨字少见。",
        "Привет, мир",
        "مرحبا بالعالم",
        "PÃO DE AÇÚCAR",
        "x = 'Ã'  # A with tilde",
        "5 £, 3 €, 20 °C ±1",
        "こんにちは、世界。",
    ],
)
def test_no_mojibake(words: str) -> None:
    assert answered(words, code="FT604") == []


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("A tu\u200bner.", "U+200B"),
        ("A\u2060 tuner.", "U+2060"),
        ("\ufeffA tuner.", "U+FEFF"),
        ("A \u202etuner", "U+202E"),
        ("tu\xadner", "U+00AD"),
        ("A\u200d tuner", "U+200D"),
        ("調\u200b律", "U+200B"),
        ("a\U000e0041b", "U+E0041"),
        ("a\u2028b", "U+2028"),
    ],
)
def test_invisible_characters(words: str, name: str) -> None:
    assert name in one(answered(words, code="FT608")).message


@pytest.mark.parametrize(
    "words",
    [
        "👩\u200d🔬 and 🏳️\u200d🌈",
        "می\u200cخواهم",
        "क\u094d\u200dष",
        "ภาษา\u200bไทย",
        "العربية \u200fو \u200eABC",
        "\u2067עברית\u2069",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "調律師です。",
        "plain\ttext\n",
        "调音师",
    ],
)
def test_characters_that_a_script_needs(words: str) -> None:
    assert answered(words, code="FT608") == []


ASKED = "How often is a piano to be tuned?"


@pytest.mark.parametrize("words", [ASKED + " Twice a year.", ASKED, "\n" + ASKED + "\nTwice a year."])
def test_an_answer_that_repeats_its_prompt(words: str) -> None:
    text = rows(conversation(user(ASKED), assistant(words)))
    finding = one(judged(text, select=("FT610",)))
    assert finding.column is not None
    assert finding.end_column is not None
    assert text[finding.column - 1 : finding.end_column - 1] == ASKED


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (ASKED, "Twice a year. How often is a piano to be tuned? I said it."),
        ("Why?", "Why? Because."),
        (
            "A story about a piano that nobody tuned for years",
            "A story about a piano that nobody tuned for years and years.",
        ),
        ("ピアノは年に何回くらい調律すればよいですか。", "年に二回です。"),
        (
            "def tune(piano): # finish this function, please",
            "def tune(piano): # finish this function, please\n    return 2",
        ),
    ],
)
def test_an_answer_that_does_not_repeat_its_prompt(asked: str, words: str) -> None:
    assert answered(words, asked, code="FT610") == []


ORDER = "Tell me how often a piano is to be tuned."


@pytest.mark.parametrize(
    ("asked", "words", "shown"),
    [
        (ASKED, "how often is a piano to be tuned. Twice a year.", "how often is a piano to be tuned."),
        (ASKED, "HOW OFTEN IS A PIANO TO BE TUNED", "HOW OFTEN IS A PIANO TO BE TUNED"),
        (ASKED, "  How  often is a\npiano to be tuned ?\n\nTwice.", None),
        (ASKED, "**How often is a piano to be tuned?** Twice a year.", None),
        (ASKED, "Question: How often is a piano to be tuned?\nTwice.", None),
        (ORDER, ORDER, ORDER),
        (ORDER, ORDER.removesuffix(".") + ": twice a year.", None),
        ("Please explain how a piano is tuned", "Please explain how a piano is tuned. First", None),
        ("Erkläre bitte, wie man ein Klavier stimmt.", "Erkläre bitte, wie man ein Klavier stimmt: Zuerst", None),
        ("ピアノは年に何回くらい調律すればよいですか", "ピアノは年に何回くらい調律すればよいですか。二回です。", None),
        (
            "ピアノを年に何回くらい調律するか教えてください。",
            "ピアノを年に何回くらい調律するか教えてください。二回です。",
            None,
        ),
        (
            "请告诉我一架普通的钢琴每年应该调音几次，需要多少钱",
            "请告诉我一架普通的钢琴每年应该调音几次，需要多少钱。两次。",
            None,
        ),
        ("¿Cuántas veces al año se afina un piano?", "Cuántas veces al año se afina un piano: dos.", None),
    ],
)
def test_signs_case_and_space_hide_no_echo(asked: str, words: str, shown: str | None) -> None:
    text = rows(conversation(user(asked), assistant(words)))
    finding = one(judged(text, select=("FT610",)))
    assert finding.column is not None
    assert finding.end_column is not None
    if shown is not None:
        assert text[finding.column - 1 : finding.end_column - 1] == shown


@pytest.mark.parametrize(
    ("told", "asked", "words"),
    [
        ("Correct the grammar of the message.", ASKED, ASKED),
        ("You proofread what the user writes.", ORDER, ORDER),
        ("Repeat after me.", ASKED, ASKED),
        ("Translate into English.", ASKED, ASKED),
        ("Give the text back with punctuation.", ASKED.lower(), ASKED),
        (
            "入力をそのまま返してください。",
            "ピアノは年に何回くらい調律すればよいですか。",
            "ピアノは年に何回くらい調律すればよいですか。",
        ),
        ("Fix all spelling mistakes.", "Tell me how offen a piano is to be tuned.", ORDER),
        ("Be brief.", "He go to school every day of the week.", "He go to school every day of the week."),
        ("Be brief.", "How often is a piano to be tuned", "How often is a piano to be tuned-up? Ask."),
        ("Be brief.", "How often is a piano tune", "How often is a piano tuned? Twice."),
        ("Be brief.", "How often?", "How often? Twice."),
        ("Be brief.", ASKED, "How often is a piano to be tuned depends on the room."[:31]),
        ("Be brief.", "Once upon a time there was a piano", "Once upon a time there was a piano that nobody tuned."),
        ("Be brief.", "--- ??? !!! ... --- *** ___ ---", "--- ??? !!! ... --- *** ___ --- yes"),
    ],
)
def test_a_text_that_is_to_come_back(told: str, asked: str, words: str) -> None:
    held = conversation({"role": "system", "content": told}, user(asked), assistant(words))
    assert codes(rows(held), select=("FT610",)) == []


@pytest.mark.parametrize(
    "words",
    [
        "Look: " + "And do not forget the gloves. " * 5,
        "Eat a banana!" * 20,
        "the " * 60,
        "そのとおりです。" * 20,
        "我不知道。" * 30,
        "It was late. " + "He said that the door was open and that nobody had seen it close.\n" * 7 + "Then",
        "نعم بالطبع يا صديقي " * 9,
    ],
)
def test_a_loop(words: str) -> None:
    assert one(answered(words, code="FT611")).code == "FT611"


@pytest.mark.parametrize(
    "words",
    [
        "And do not forget the gloves. " * 4,
        "-" * 500,
        "=" * 80 + "\n" + "." * 300,
        "|---" * 90,
        "0, " * 200,
        "ha" * 20,
        "    }\n" * 60,
        '{"a": 0}, ' * 50,
        "<td></td>" * 40,
        " ".join(f"Line {n} is not like the others." for n in range(99)),
        "".join(f"第{n}章では別のことを話します。" for n in range(60)),
        "x" * 20_000,
    ],
)
def test_no_loop(words: str) -> None:
    assert answered(words, code="FT611") == []


@given(st.text("abc ", min_size=3, max_size=30), st.integers(5, 40), st.text("xyz", max_size=50))
def test_a_loop_stands_where_it_is_said(unit: str, times: int, before: str) -> None:
    text = before + unit * times
    found = find_loop(text)
    if found is not None:
        start, end, period = found
        assert end - start >= max(LOOP, TIMES * period)
        assert all(text[at] == text[at - period] for at in range(start + period, end))


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "ab" * 30 + "c",
        "a" * 399 + "b",
        "\n",
        "word ",
        "あ",
        "a" * 11 + "b" * 12,
        "Ã©",
        "\u200b",
        "縺",
        "{",
        "{{",
        "{{a ",
        "${a",
        "[your name ",
        "<YOUR ",
        '"',
        '{"a": "',
        '[{"a": ',
        "the ",
        "```",
        "~~~\n",
        "(",
        "“",
        "、",
        "を",
        "fix a ",
        "How ",
        "what is ",
        "x(",
        "Dear {",
        "a: {",
        "My ",
        "I am ",
        "私の",
    ],
)
def test_hostile_texts_take_time_in_proportion(piece: str) -> None:
    def seconds(length: int) -> float:
        words = "x" + piece * (length // len(piece))
        begun = '{"a": 1, ' + words[1:]
        text = rows(
            conversation(user(), assistant(words + "x")),
            conversation(user("How " + words), assistant("How " + words + "y the")),
            conversation(user(words), assistant(begun)),
        )
        began = time.process_time()
        judged(text, select=("FT601", "FT604", "FT605", "FT606", "FT608", "FT61", "FT62"))
        return time.process_time() - began

    assert seconds(100_000) < 40 * max(seconds(10_000), 0.01)

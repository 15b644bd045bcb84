"""What is remembered of each row: all rows of a batch together give what each gives alone."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftlint.cells import DIGEST, Cells
from ftlint.checks import digests, echoes, endings, repeats
from ftlint.checks.columns import Answer, Rows
from ftlint.checks.folding import all_folded, folded
from ftlint.checks.signs import _LANGUAGE, FINISHED, finished, named, signs
from ftlint.checks.writing import _CODE, LOOK, Script, script_of, scripts_of
from ftlint.checks.writing import LETTERS as LEAST

LETTERS = "aBc .,:;`{}()=$/\\\n\t\x00\x1c\x85\xa0\u2028\u3000。．’—…“”éÉßİΣſ\u212aＡあイ漢字가نЖωאกअ😀𐐀1_"
LANGUAGE_WORDS = ["in", "into", " to ", " ", "\n", "Pol", "ish", "English", "Trans", "late", "traduc", "Thai.", "語で"]
CODE_PIECES = [*"{}=;\\$|`(", "```", "](", "f(x)", "http://", "://", "words of text ", "a" * 30]
texts = st.lists(
    st.text(st.sampled_from(LETTERS), max_size=30)
    | st.text(max_size=20)
    | st.sampled_from(["The answer is 5.", "the  answer\tis 5", "THE ANSWER IS 5 .", "", "http://a.b", "f(x)"])
    | st.builds(
        lambda word, times: word * times, st.sampled_from(["Ada ", "調律", "です", "Ж", "가나 "]), st.integers(1, 90)
    ),
    max_size=8,
)


@given(texts)
def test_texts_are_folded_together_as_they_are_alone(given_texts: list[str]) -> None:
    assert all_folded(given_texts) == [folded(text) for text in given_texts]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("  The\t\tAnswer is  5.. ", "the answer is 5"),
        ("Straße\u3000ist。", "strasse ist"),
        ("It’s — here.", "it’s — here"),
        ("a .", "a "),
        ("a\0 B", "a\0 b"),
        ("", ""),
    ],
)
def test_what_does_not_count_in_an_answer(text: str, wanted: str) -> None:
    assert all_folded([text, "other"]) == [wanted.encode(), b"other"]


@given(texts)
def test_scripts_are_told_together_as_they_are_alone(given_texts: list[str]) -> None:
    assert list(scripts_of(given_texts)) == [script_of(text) for text in given_texts]


@given(texts)
def test_scripts_of_many_texts_are_told_as_they_are_alone(given_texts: list[str]) -> None:
    many = (["das Rätsel " * 9, "Ада " * 30, "日本の歌を歌う" * 5, "数" * 29, "数" * 40, *given_texts]) * 20
    assert list(scripts_of(many)) == [script_of(text) for text in many]


@given(st.lists(st.text("abcABCéÿØ×÷ßƒŒšžŸ“”’–…€ª°12 .\x80\x81Āж", max_size=60), max_size=8))
def test_western_texts_are_told_by_their_letters(given_texts: list[str]) -> None:
    assert list(scripts_of(given_texts)) == [script_of(text) for text in given_texts]


def test_code_has_no_script() -> None:
    assert list(scripts_of(["plain words of English, and more", "x = {a: 1}; y = $b | c <d> and more words"])) == [1, 0]
    assert list(scripts_of(["é plain words of English, and more" + " a" * LOOK])) == [Script.LATIN]


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 2)
    | st.floats(-1, 1)
    | st.sampled_from(["", "a", "b", '"', "tool_call_id"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["role", "content", "tool_call_id", "weight", "name"]), inner, max_size=3)
    ),
    max_leaves=6,
)
prompts = st.lists(values, max_size=3) | st.sampled_from(
    [
        [{"role": "user", "content": "a"}],
        [{"content": "a", "role": "user"}],
        [{"role": "user", "content": [{"type": "text", "text": "a"}]}],
        [{"role": "tool", "content": "a", "tool_call_id": "c"}],
        [{"role": "tool", "content": "a", "tool_call_id": "d"}],
        [{"role": "tool", "content": "a"}],
    ]
)


def plainly(messages: list[Any], declared: Any) -> str:
    """A prompt as JSON with sorted keys, without the ids of results."""
    held = [
        {key: value for key, value in message.items() if key != "tool_call_id"}
        if isinstance(message, dict)
        else message
        for message in messages
    ]
    return json.dumps([held, declared], sort_keys=True)


def cut(column: bytes) -> list[bytes]:
    """The digests of a column."""
    return [column[at : at + DIGEST] for at in range(0, len(column), DIGEST)]


@given(st.lists(st.tuples(prompts, st.sampled_from([[None, None], [[], None]])), min_size=1, max_size=5))
def test_prompts_have_one_digest_when_they_are_the_same(given_prompts: list[tuple[list[Any], Any]]) -> None:
    found = cut(digests.of_prompts([[messages, declared] for messages, declared in given_prompts]))
    wanted = [plainly(messages, declared) for messages, declared in given_prompts]
    for one, text in zip(found, wanted, strict=True):
        assert [one == other for other in found] == [text == other for other in wanted]


def test_digests_are_the_same_in_every_process() -> None:
    assert (
        digests.of_prompts([[[{"role": "user", "content": "Who?"}], [None, None]]]).hex()
        == "a73804d3a685629d4a6a99194964d508"
    )
    assert digests.of_answers(["A tuner."], [()]).hex() == "481afc2949b809f0c58d5a1dbfb2ef0d"


@given(st.lists(st.lists(st.binary(min_size=1, max_size=1), min_size=1, max_size=6), min_size=1, max_size=3))
def test_many_digests_are_compared_as_few_are(given_columns: list[list[bytes]]) -> None:
    columns = []
    for column in given_columns:
        columns.append(Cells(DIGEST))
        columns[-1] += b"".join(byte * DIGEST for byte in column)
    few = sorted(repeats.same(columns))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repeats, "_WORTH", 1)
        assert sorted(repeats.same(columns)) == few
    flat = [byte for column in given_columns for byte in column]
    often = {byte for byte in flat if flat.count(byte) > 1}
    assert few == sorted([row for row, byte in enumerate(flat) if byte == each] for each in often)


def test_no_text_is_the_same_answer_as_a_call() -> None:
    call = {"name": "f", "arguments": '{"a": 1}'}
    spaced = {"arguments": '{ "a":1 }', "name": "f"}
    texts = ["", "", '[{"arguments":{"a":1},"name":"f"}]', "A", "A"]
    found = cut(digests.of_answers(texts, [[call], [spaced], [], [call], [call, call]]))
    assert found[0] == found[1]
    assert len(set(found)) == 4


@given(texts, texts)
def test_rows_taken_together_are_rows_taken_one_by_one(said: list[str], asked: list[str]) -> None:
    held = [
        Answer(("messages", 1, "content"), text, (), [[{"content": one}], []], one)
        for text, one in zip(said, asked, strict=False)
    ]
    whole, one_by_one = Rows(), Rows()
    whole.extend(range(1, len(held) + 1), held, judged=True)
    for number, answer in enumerate(held, 1):
        one_by_one.extend([number], [answer], judged=True)
    assert list(whole) == list(one_by_one)


@given(st.text(st.sampled_from(LETTERS + '!?)"~[]'), max_size=60), st.sampled_from(["", ".", "!", "。", '."', "…)"]))
def test_a_finished_text_has_no_other_signs(text: str, end: str) -> None:
    if finished(text + end):
        assert (
            signs(text + end, "Who tunes a piano?", lambda: "Who tunes a piano?", Script.LATIN, Script.LATIN)
            == FINISHED
        )


@given(st.lists(st.sampled_from(LANGUAGE_WORDS) | st.text(max_size=5), max_size=12).map("".join))
def test_a_language_that_is_named_is_seen(text: str) -> None:
    assert bool(named(text)) == (_LANGUAGE.search(text) is not None)


@given(st.lists(st.sampled_from(CODE_PIECES), max_size=60).map("".join))
def test_code_in_ascii_is_counted_as_its_matches_are(text: str) -> None:
    head = text[:LOOK]
    letters = sum(char.isalpha() for char in head)
    latin = letters >= LEAST and len(_CODE.findall(head)) * 50 <= len(head)
    assert script_of(text) == (Script.LATIN if latin else Script.UNKNOWN)


ENDED = re.compile(
    r"[^\w\s,、，(\[{（「『“‘]\Z|\d\Z|(?:です|ます|ました|でした|ません|ください|たい|だ|た|る|ね|よ|ない|요|다|죠)\Z"
)


@given(st.text(st.sampled_from(LETTERS + "ですただるねよない요다죠٣²"), min_size=1, max_size=6).filter(str.strip))
def test_how_a_text_ends(text: str) -> None:
    assert endings.ended(text.strip()) == (ENDED.search(text.strip()) is not None or "\n" in text.strip())


def test_every_word_that_cannot_end_a_text_is_looked_for() -> None:
    lasts = [last for last, _, _ in endings._WORDS]
    words = sorted({word for last in lasts for word in re.findall(r"[^\W\d_]+", last.pattern.replace("\\Z", ""))})
    before = ["word", "sol", "oft,", "oft;", *words, *(f"{first} of" for first in ("such", "well", "order"))]
    ends = {word for word in words for one in before if any(last.search(f"das {one} {word}") for last in lasts)}
    assert ends <= endings._LAST
    assert len(ends) > 60


ASKED = [
    "Who tunes a piano in this town?",
    "Write a line about the sea.",
    "_Who_ tunes a piano in this town?",
    "Écris une ligne ici:",
]


@given(
    st.sampled_from(ASKED),
    st.sampled_from(["", " ", "Q: ", "Question:", "質問：", "_", "**", "Q ", "Prompt :"]),
    st.integers(0, 40),
    st.sampled_from(["", "?", " A tuner.", "'s", "x", " Ein Stimmer."]),
    st.booleans(),
)
def test_echoes_are_found_whatever_the_first_letters_say(
    asked: str, label: str, size: int, rest: str, high: bool
) -> None:
    text = label + (asked.upper() if high else asked)[:size] + rest
    found = echoes.repeated(asked, text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(echoes, "_differs", lambda *_: False)
        assert found == echoes.repeated(asked, text)

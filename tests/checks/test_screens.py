"""The one scan over all texts: every text in which a rule finds something is among those that it may look at."""

from __future__ import annotations

import json
import random
import sys
import tracemalloc
from pathlib import Path

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftlint import parse
from ftlint.checks import fields, looping, minors, privacy, quality, screens
from ftlint.checks.base import Batch
from ftlint.model import Format, Line, Role
from ftlint.privacy import inspect
from ftlint.rulebook import load_book
from ftlint.scan import EVERY, LONGEST, Screen, scanner

pytest.importorskip("hyperscan")
screens.prepare()
PATTERNS = {code: rule.pattern.regex for code, rule in load_book().rules.items() if rule.pattern is not None}
REGEXES = {
    quality.KANJI: quality.KANJI_SALAD,
    quality.LATIN: quality.LATIN_SALAD,
    quality.UNSEEN: quality.INVISIBLE,
    minors.CHILD: minors.AGE,
    **PATTERNS,
}
PIECES = [
    "As an AI language model", "I'm sorry, but I can't help with that", "[insert name]", "TODO", "User:", "Assistant: ",
    "&nbsp;", "</think>", "ignore all previous instructions", "\ufffd", "I am ChatGPT", "trained by OpenAI", "Sure!",
    "I hope this helps", "https://a.b.c/d", "www.foo.de", "![x](y.png)", "take 400 mg", "my wife", "I'm 34", "私の妻は",
    "[INST]", "### Response:", "<s>", "</s>", "申し訳ありませんが、この件はお手伝いできません", "作为AI语言模型", "ã¤",
    "縺ゅ縺ゅ縺ゅ縺", "\u200b", "@", "〒123", "555-1234", "12 Main", "ＡＢＣＤＥＦ",
    "aged 12", "14-year-old", "17歳", "\x1c",
    "\x85", "K", "ſ", "İ", "\u3000", "\0", "\n", " ", ".", "é", "語",
    "😀", "AI", "I", "As a human, ", "ここに回答を入力",
    "我今年12岁",
]  # fmt: skip


def test_the_table_has_a_screen_for_every_pattern() -> None:
    assert PATTERNS.keys() <= screens.table().keys()
    assert {fields.SCREEN, privacy.SCREEN, minors.CHILD, minors.OTHER, EVERY} <= screens.table().keys()


@given(st.lists(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=8).map("".join), max_size=6))
def test_no_match_is_missed(texts: list[str]) -> None:
    found = screens.seen(texts)
    assert found is not None
    for name, regex in REGEXES.items():
        holding = {index for index, text in enumerate(texts) if regex.search(text)}
        assert holding <= set(found[name]), name


@given(st.lists(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=8).map("".join), max_size=6))
def test_personal_data_is_where_it_is_scanned_for(texts: list[str]) -> None:
    found = screens.seen(texts)
    assert found is not None
    assert {index for index, text in enumerate(texts) if inspect(text)} <= set(found[privacy.SCREEN])


PERSONAL = [
    "jane.doe@mail.example.org", "+44 20 7946 0958", "090-1234-5678", "4111 1111 1111 1111", "203.0.113.77",
    "DE89 3704 0044 0532 0130 00", "123-45-6789", "12 Main Street, Springfield, IL 62701", "12 May 1990",
    "〒100-0001 東京都千代田区千代田1-1", "When were you born?", "生年月日は？", "1990年5月12日", "2001-02-03",
    "What is the password?", "password: hunter2X9!", "hunter2X9!", "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCD",
    "記号12345 番号12345671", "電話は", "ＡＢＣ＠ｍａｉｌ．ｅｘ．ｊｐ", "\\", "\\n", '"', "\x1c", "\0", "£", " ",
]  # fmt: skip


def escaped(text: str, every: int) -> str:
    """JSON of the text, in which every so many characters is written with an escape."""
    units = text.encode("utf-16-be")
    numbers = [int.from_bytes(units[at : at + 2], "big") for at in range(0, len(units), 2)]
    return "".join(
        f"\\u{number:04x}" if not at % every or not 32 < number < 127 else chr(number)
        for at, number in enumerate(numbers)
    )


said = st.lists(st.sampled_from(PERSONAL), min_size=1, max_size=4).map(" ".join)
told = (
    said | st.builds(escaped, said, st.integers(1, 40)) | st.builds(lambda one, two: one + escaped(two, 9), said, said)
)


@given(st.lists(st.tuples(told, told), min_size=1, max_size=4))
def test_the_finders_that_look_find_all_that_there_is(pairs: list[tuple[str, str]]) -> None:
    rows = [
        {"messages": [{"role": "user", "content": one}, {"role": "assistant", "content": two}]} for one, two in pairs
    ]
    lines = [Line(3_000 + at, 0, json.dumps(row).encode(), True) for at, row in enumerate(rows)]
    batch = Batch(Role.TRAIN, Format.CHAT, lines, parse.Examples(lines, *parse.parse_all(lines)))
    held = privacy.candidates(batch, ())
    for index, text in enumerate(batch.texts):
        asked = batch.texts[index - 1].text if index % 2 else ""
        assert inspect(text.text, (), asked, held.get(index, ())) == inspect(text.text, (), asked), text.text


@given(st.lists(st.text(alphabet="ab\0", max_size=4), max_size=8))
def test_a_match_may_take_in_the_end_of_a_text(texts: list[str]) -> None:
    made = scanner({"a": Screen((r"a\x00",)), "b": Screen(("ab",))}, make=True)
    assert made is not None
    odd = {index for index, text in enumerate(texts) if "\0" in text}
    assert made.scan(texts) == {
        "a": sorted({index for index, text in enumerate(texts) if text.endswith("a")} | odd),
        "b": sorted({index for index, text in enumerate(texts) if "ab" in text} | odd),
    }


def test_what_is_scanned_alone_belongs_to_its_screen() -> None:
    made = scanner({"a": Screen(("x",), alone="[0-9]{2}"), "b": Screen(alone="z")}, make=True)
    assert made is not None
    assert made.scan(["12", "x", "1", "", "x 34 z"]) == {"a": [0, 1, 4], "b": [4]}


def test_texts_are_told_apart_with_and_without_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    made = scanner({"a": Screen(needles=("é7",))}, make=True)
    assert made is not None
    texts = ["é" * 40 + str(index % 10) * (index % 3) for index in range(900)]
    expected = {"a": [index for index, text in enumerate(texts) if "é7" in text]}
    monkeypatch.setitem(sys.modules, "numpy", numpy)
    assert made.scan(texts) == expected
    monkeypatch.delitem(sys.modules, "numpy")
    assert made.scan(texts) == expected


def test_indexes_are_in_order_and_each_there_once() -> None:
    found = screens.seen(["@ @ @", "nothing", "my wife @", ""])
    assert found is not None
    assert found[privacy.SCREEN] == [0, 2]
    assert found["FT622"] == [2]


def test_a_text_with_signs_that_engines_read_differently_is_looked_at_by_all() -> None:
    found = screens.seen(["plain", "a \x1c b"])
    assert found is not None
    assert all(held == [1] for held in found.values())


def test_nothing_is_compiled_for_little_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    table = {"a": Screen(needles=("x",))}
    assert scanner(table, make=False) is None
    made = scanner(table, make=True)
    assert made is not None
    assert made.scan(["ax", "b", "x"]) == {"a": [0, 2]}
    again = scanner(table, make=False)
    assert again is not None
    assert again.scan(["b", "x"]) == {"a": [1]}


def test_a_damaged_file_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    table = {"a": Screen(needles=("x",))}
    assert scanner(table, make=True) is not None
    (held,) = (tmp_path / "ftlint" / "made").iterdir()
    held.write_bytes(held.read_bytes()[:-1] + b"?")
    assert scanner(table, make=False) is None


def test_a_folder_that_cannot_be_written_to_is_no_reason_to_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert scanner({"a": Screen(needles=("x",))}, make=True) is not None
    assert scanner({"a": Screen(needles=("x",))}, make=False) is None


@given(st.text(alphabet="ab c", max_size=900), st.integers(1, 60), st.integers(0, 12))
def test_every_loop_passes_the_quick_look(noise: str, period: int, times: int) -> None:
    unit = "".join(random.Random(period).choices("abcdefghij klm", k=period))
    text = noise + unit * times + noise[:50]
    assert looping.find_loop(text) is None or looping.may_loop(text)


def test_a_text_that_matches_everywhere_is_looked_at_by_all_and_not_scanned() -> None:
    found = screens.seen(["@", "0" * (LONGEST + 1), "plain", "\0@", "é" * 9 + "@"])
    assert found is not None
    assert found[privacy.SCREEN] == [0, 1, 3, 4]
    assert all(1 in held for held in found.values())
    assert not any(2 in held for held in found.values())


def test_a_processor_that_the_engine_cannot_work_on_is_no_reason_to_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import hyperscan

    class Lacking:
        def compile(self, **_: object) -> None:
            raise hyperscan.ArchitectureError

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(hyperscan, "Database", Lacking)
    assert scanner({"a": Screen(needles=("b",))}, make=True) is None


def test_a_text_with_a_hit_at_each_character_is_noted_once() -> None:
    """Sixteen megabytes of digits in a batch took gigabytes when every hit was held."""
    texts = ["", "7" * 200_000, "", "no number", "7" * 200_000]
    tracemalloc.start()
    try:
        found = screens.seen(texts)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found is not None
    assert found[privacy.SCREEN] == [1, 4]
    assert most < 3_000_000

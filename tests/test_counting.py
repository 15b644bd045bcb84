"""Every way of counting gives tiktoken's counts: the engine, the few texts without one, and the reference itself."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from xxhash import xxh3_128_hexdigest

from ftlint import counting, few, ranks, vocabulary
from ftlint.counting import UNSETTLED, count
from ftlint.errors import FtlintError
from test_tokens import HARD

ENCODINGS = ["o200k_base", "cl100k_base"]
PLACES = ["{}'s|", "7{}288", "a{}B"]
"""Where a character of another kind splits a text otherwise."""
MORE_PLACES = [
    *("{}{}'S'", "A{}b", ".{}-K", "{}/KLL", "\n{}\n\n", " {} ", "!{}d", "{}\t{}\n", " \n{}", "'{}s"),
    *("日{}本", "12{}34567", "{}{}{}{}{}{}{}"),
]


def theirs(texts: list[str], name: str) -> list[int]:
    encode = vocabulary._engine(name).pieces.encode_ordinary
    return [len(encode(text)) for text in texts]


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """No test counts without an engine, or with one, because of what another test counted."""
    few._counter.cache_clear()
    yield
    few._counter.cache_clear()


@pytest.fixture
def _engine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(few, "count", lambda texts, encoding: None)


@pytest.fixture
def _boundless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(few, "MOST_CHARACTERS", 10**12)
    monkeypatch.setattr(few, "MOST_WORK", 10**12)


# --- the engine ---------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_engine_only")
@pytest.mark.parametrize("name", ENCODINGS)
def test_every_settled_character_counts_as_with_tiktoken(name: str) -> None:
    codes = [*range(0xD800), *range(0xE000, 0x33500), *range(0xE0000, 0xE0200), 0x10FFFD]
    settled = [char for char in map(chr, codes) if not UNSETTLED.match(char)]
    assert all(counting._SCREEN.match(char) for char in map(chr, codes) if UNSETTLED.match(char))
    assert len(settled) > 200_000
    engine = counting._engine()
    assert engine is not None
    for place in PLACES:
        texts = [place.replace("{}", char) for char in settled]
        counts = engine(texts, name, 1)
        assert counts == theirs(texts, name), place


@pytest.mark.usefixtures("_engine_only")
@pytest.mark.parametrize("name", ENCODINGS)
def test_unsettled_characters_are_counted_by_the_reference(name: str) -> None:
    texts = [
        f"{before}{char}'s|" for char in "\u017f\u088f\U00016ea0\U000323b0\U00033479" for before in ("", "K'", "a ")
    ]
    texts += ["K'ſ'S", "plain", "\ud800" * 3, "a\udfffb", "\ud83d\ude00!", "吾輩は猫である。"]
    assert count(texts, name) == theirs(texts, name)
    assert count(texts[-3:], name) == [
        count(["a\ufffdb"], name)[0],
        count(["😀!"], name)[0],
        count(texts[-1:], name)[0],
    ]


def test_every_unsettled_character_begins_with_one_of_the_bytes_that_are_looked_for() -> None:
    unsettled = [char for char in map(chr, range(sys.maxunicode + 1)) if UNSETTLED.match(char)]
    assert len(unsettled) > 6_000
    for char in unsettled:
        assert char.encode("utf-8", "surrogatepass").startswith(counting._LEADS)
        assert counting._odd(["plain", "\xe9", f"a{char}b"]) == [2]


@pytest.mark.usefixtures("_engine_only")
@settings(max_examples=300)
@given(
    texts=st.lists(st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(HARD), max_size=8),
    name=st.sampled_from(ENCODINGS),
)
@example(texts=[*HARD, "", *HARD], name="o200k_base")
@example(texts=["".join(HARD), "\0", "\0".join(HARD)], name="cl100k_base")
def test_any_batch_counts_as_with_tiktoken(texts: list[str], name: str) -> None:
    assert count(texts, name) == count(tuple(texts), name, threads=2) == theirs(texts, name)
    assert count(texts, name) == vocabulary.count(texts, name)


@pytest.mark.usefixtures("_engine_only")
@pytest.mark.parametrize("name", ENCODINGS)
def test_a_long_text_is_counted_whole(name: str) -> None:
    text = "Hello, world! 日本語 <|endoftext|> " * 160_000
    assert len(text) > 5_000_000
    assert count([text], name) == vocabulary.count([text], name)


@pytest.mark.usefixtures("_engine_only")
def test_tiktoken_counts_where_the_engine_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = count(HARD, "o200k_base")
    asked = []
    monkeypatch.setitem(sys.modules, "toktok", None)
    monkeypatch.setattr(
        vocabulary, "_lengths", lambda texts, engine, given=vocabulary._lengths: asked.append(1) or given(texts, engine)
    )
    counting._engine.cache_clear()
    try:
        assert count(HARD, "o200k_base") == expected
    finally:
        counting._engine.cache_clear()
    assert asked == [1]


@pytest.mark.parametrize("name", ENCODINGS)
def test_texts_that_repeat_are_counted_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    engine = counting._engine()
    assert engine is not None
    monkeypatch.setattr(counting, "_engine", lambda: lambda texts, *rest: asked.extend(texts) or engine(texts, *rest))
    monkeypatch.setattr(few, "count", lambda texts, encoding: None)
    prompt = "You are a careful assistant. " * 20
    texts = [part for number in range(200) for part in (prompt, f"Question {number}?", HARD[number % len(HARD)], "")]
    assert count(texts, name) == theirs(texts, name)
    assert asked.count(prompt) == 1
    asked.clear()
    others = [f"{number} is another text, of some length." for number in range(200)]
    assert count([*others, others[0]], name) == theirs([*others, others[0]], name)
    assert asked.count(others[0]) == 2, "to look for the few that repeat would not pay"
    assert count(["", ""], name) == [0, 0]


@pytest.mark.parametrize("name", ENCODINGS)
def test_a_large_file_is_left_to_the_engine_sooner(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = theirs(["Hello, world!"] * 4, name)
    few.bound(name, 40)
    assert few.count(["Hello, world!"] * 2, name) == expected[:2]
    few.bound(name, 1_000)
    assert few.count(["Hello, world!"] * 2, name) is None, "a bound is never raised"
    assert few.count([""], name) is None
    assert count(["Hello, world!"] * 4, name) == expected
    few._counter.cache_clear()
    few.bound(name, 0)
    assert few.count(["Hello."], name) is None


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_workers_count_what_their_parent_counts(start: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    script = tmp_path_factory.mktemp("workers") / "workers.py"
    script.write_text(
        "import multiprocessing, sys\n"
        "from ftlint.counting import count\n"
        "TEXTS = ['\\u05e9\\u05dc\\u05d5\\u05dd, world! ' * 40] * 50\n"
        "def work(_):\n"
        "    return count(TEXTS, 'o200k_base')\n"
        "if __name__ == '__main__':\n"
        "    expected = work(0)\n"
        "    assert 'toktok' in sys.modules\n"
        f"    with multiprocessing.get_context({start!r}).Pool(2) as pool:\n"
        "        assert pool.map(work, range(4)) == [expected] * 4\n"
        "    print(len(expected))\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False, timeout=120)
    assert (done.stdout, done.returncode) == ("50\n", 0), done.stderr


# --- the first texts of a small file --------------------------------------------------------------------------------


@pytest.mark.usefixtures("_boundless")
@pytest.mark.parametrize("name", ENCODINGS)
def test_every_western_character_counts_as_with_tiktoken(name: str) -> None:
    western = [char for char in map(chr, range(0x3000)) if not few._NOT_WESTERN.match(char)]
    assert len(western) > 900
    places = [place for place in [*PLACES, *MORE_PLACES] if not few._NOT_WESTERN.search(place)]
    assert len(places) > 10
    for place in places:
        texts = [place.replace("{}", char) for char in western]
        assert few.count(texts, name) == theirs(texts, name), place


@pytest.mark.usefixtures("_boundless")
@pytest.mark.parametrize("name", ENCODINGS)
def test_every_plain_character_counts_as_with_tiktoken(name: str) -> None:
    codes = [code for code in range(0x1F700) if not 0x4E10 <= code < 0x9F80 or code % 97 == 0]
    plain = [char for char in map(chr, codes) if not few.ELSE.match(char)]
    assert len(plain) > 2_500
    for place in [*PLACES, *MORE_PLACES]:
        texts = [place.replace("{}", char) for char in plain]
        assert few.count(texts, name) == theirs(texts, name), place


@pytest.mark.usefixtures("_boundless")
@pytest.mark.parametrize("name", ENCODINGS)
def test_ascii_texts_count_as_with_tiktoken(name: str) -> None:
    drawn = random.Random(12)
    signs = [*map(chr, range(128)), *"aeXY 019'\n/ " * 8, "'s", "'LL", " the", "Hello", "def ", "\r\n", "    ", "|>"]
    texts = ["".join(drawn.choices(signs, k=drawn.randrange(60))) for _ in range(20_000)]
    assert all(map(str.isascii, texts))
    assert few.count(texts, name) == theirs(texts, name)


@pytest.mark.usefixtures("_boundless")
@pytest.mark.parametrize("name", ENCODINGS)
def test_western_words_count_as_with_tiktoken(name: str) -> None:
    drawn = random.Random(13)
    words = [
        *(
            "Fenbershore's",
            "the",
            "I",
            "a",
            "12,",
            "3.5%",
            "well-known",
            "naïve",
            "‘so’",
            "…",
            "—",
            "end.",
            "end.)",
            "?!",
        ),
        *(
            "'s",
            "don't",
            "WE'RE",
            "iPhone",
            "x\n\ny",
            "\n-",
            "{",
            "}\n",
            "/\n",
            "\r\n",
            "",
            "",
            "\t",
            "\xa0",
            "\x1c",
            "½",
            "ª:",
        ),
        *("", "x\t", "\ty", "é.", "É,", "Ab.C.", "d.\n", "\n.", "_.", " ", "don’t", "€5", "\x85", "e\x85"),
    ]
    texts = [" ".join(drawn.choices(words, k=drawn.randrange(9))) for _ in range(20_000)]
    assert not any(map(few._NOT_WESTERN.search, texts))
    assert few.count(texts, name) == theirs(texts, name)
    assert few.count(texts, name) == theirs(texts, name), "words that were seen before"


@pytest.mark.usefixtures("_boundless")
@pytest.mark.parametrize("name", ENCODINGS)
def test_plain_texts_count_as_with_tiktoken(name: str) -> None:
    kinds = [
        "abcXYZ",
        "éÀßµª",
        "ぁがーァン々漢字文",
        "0123456789²½０９〇",
        " \t\n\r\x0b\x0c\x85\xa0\u3000",
        "!?/.,'\"-_=*",
        "—“”…、。「」＝",
    ]
    words = [
        "'s",
        "'S",
        "'LL",
        "'re",
        "\r\n",
        "  ",
        "<|endoftext|>",
        "Hello",
        " the",
        "WE'RE",
        "\x00",
        "\x1c",
        "👍",
        "\u200d",
    ]
    drawn = random.Random(11)
    texts = [
        "".join(
            drawn.choice(words) if drawn.random() < 0.3 else drawn.choice(drawn.choice(kinds))
            for _ in range(drawn.randrange(40))
        ).replace("\u200d", "")
        for _ in range(20_000)
    ]
    assert few.count(texts, name) == theirs(texts, name)


def test_what_is_not_plain_is_left_to_the_engine() -> None:
    for text in ("שלום", "e\u0301", "🏴\U000e0067", "ſ", "\ud800", "\U0001f1ef"):
        few._counter.cache_clear()
        assert few.count(["Hello."], "o200k_base") == [2]
        assert few.count([text], "o200k_base") is None
        assert few.count(["Hello."], "o200k_base") is None, "an engine is loaded, and faster"
        assert count(["Hello.", text], "o200k_base") == theirs(["Hello.", text], "o200k_base")


@pytest.mark.parametrize(
    "text", ["word " * (few.MOST_CHARACTERS // 5 + 1), "xq" * 30_000, "=-" * 2_000 + " " + "猫" * 4_000]
)
def test_much_text_is_left_to_the_engine(text: str) -> None:
    assert few.count([text], "o200k_base") is None
    assert count([text], "o200k_base") == theirs([text], "o200k_base")


def test_many_small_batches_are_left_to_the_engine() -> None:
    batch = ["word " * (few.MOST_CHARACTERS // 50)]
    answered = [few.count(batch, "o200k_base") is not None for _ in range(12)]
    assert answered == [True] * 9 + [False] * 3
    assert count(batch, "o200k_base") == theirs(batch, "o200k_base")


def test_no_text_needs_no_vocabulary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "DATA", None)
    assert count([], "o200k_base") == []


@pytest.mark.parametrize("name", ENCODINGS)
def test_the_index_is_made_of_the_vocabulary(name: str) -> None:
    data = Path(vocabulary.__file__).parent / "data"
    made = ranks.index((data / f"{name}.tiktoken").read_bytes())
    assert (data / f"{name}.index").read_bytes() == made
    known = vocabulary.check(name)
    assert xxh3_128_hexdigest(made) == known.index_xxh3
    assert xxh3_128_hexdigest(vocabulary.read(f"{name}.tiktoken", known.sha256)) == known.lines_xxh3


@pytest.mark.parametrize("name", ENCODINGS)
def test_tokens_are_found_in_their_order_and_nothing_else_is(name: str) -> None:
    tokens = list(vocabulary._ranks(name))
    known = ranks.Ranks(name)
    places = [known.place(token) for token in tokens]
    assert places[0] == 1
    assert places == sorted(set(places))
    assert places[-1] < ranks.NO_TOKEN
    held = set(tokens)
    for token in tokens[::50]:
        assert (known.place(token + b"\xff") == ranks.NO_TOKEN) == (token + b"\xff" not in held)
        assert (known.place(token[:-1]) == ranks.NO_TOKEN) == (token[:-1] not in held)


@pytest.mark.parametrize("name", ["o200k_base.index", "o200k_base.tiktoken"])
def test_a_damaged_file_is_never_counted_with(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    for file in (Path(vocabulary.__file__).parent / "data").glob("o200k_base.*"):
        held = bytearray(file.read_bytes())
        held[1_000] ^= file.name == name
        (tmp_path / "data" / file.name).write_bytes(held)
    monkeypatch.setattr(vocabulary, "DATA", tmp_path / "data")
    with pytest.raises(FtlintError, match="the vocabulary o200k_base of this installation is damaged"):
        few.count(["Hello."], "o200k_base")

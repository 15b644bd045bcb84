"""Token counts: equal to tiktoken's own, without a network; examples of every format, and of none."""

from __future__ import annotations

import hashlib
import inspect
import json
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import tiktoken
import tiktoken.registry
import tiktoken_ext.openai_public
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ftlint import tokens, vocabulary
from ftlint.catalog import load_estimates
from ftlint.errors import FtlintError, UsageError
from ftlint.tokens import SPECIAL_TOKENS, ExampleTokens, Part, count, count_examples, plan, total

ENCODINGS = ["o200k_base", "cl100k_base"]
DATA = Path(vocabulary.__file__).parent / "data"

HARD = [
    "",
    " ",
    "Hello, world!",
    "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。",
    "ﾊﾝｶｸ と 全角ＡＢＣ、〜髙橋さん（34歳）",
    "👩‍👩‍👧‍👦👩🏽‍💻🇯🇵🏴󠁧󠁢󠁥󠁮󠁧󠁿 ok",
    "def f(x):\n\treturn {\n        'a': x**2,\r\n    }  # done\n\n\n",
    "x" + " " * 300 + "y" + "\n" * 60 + "   \n  \t z   ",
    "   leading and trailing   ",
    "السلام عليكم ورحمة الله وبركاته",
    "שלום עולם, नमस्ते दुनिया, สวัสดีชาวโลก, Привет",
    "e\u0301\u0301\u0301 Z\u0351\u036b\u0343\u036a\u0302 \u0301!\u0301\n\n\u0301",
    "<|endoftext|> <|im_start|>user<|im_sep|><|fim_prefix|><|endofprompt|>",
    "I'll don't WE'RE it'S 'tis ''s",
    "1234567890 ٣٤٥ ½ Ⅷ 1,234.56",
    "!!!???...///\n\n//\r\n\\\\",
    "\u2028\u2029\u0085\u00a0\u3000\u200b\ufeff\u0000\u001c\u001f",
    "aAaAAbBBc ZwjÅÄÖßẞ ǅ ʰ 々 ー",
    "https://example.invalid/a?b=c&d=%E3%81%82#frag",
    '{"a": [1, 2.5e-3, null], "b": "\\u3042"}',
    "\U00010348\U0002a6d6\U000e0001",
]


@pytest.fixture(scope="module")
def official(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tiktoken.Encoding]]:
    """tiktoken's own constructors, fed from a cache folder that holds our files under the names it looks for."""
    folder = tmp_path_factory.mktemp("tiktoken")
    source = inspect.getsource(tiktoken_ext.openai_public)
    for name in ENCODINGS:
        address = re.search(rf'"([^"\s]+/{name}\.tiktoken)"', source)
        assert address is not None
        key = hashlib.sha1(address[1].encode(), usedforsecurity=False).hexdigest()
        (folder / key).write_bytes((DATA / f"{name}.tiktoken").read_bytes())

    def refuse(*_: object) -> None:
        raise AssertionError("a test reached for the network")

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIKTOKEN_CACHE_DIR", str(folder))
        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(tiktoken.registry, "ENCODINGS", {})
        yield {name: tiktoken.get_encoding(name) for name in ENCODINGS}


@pytest.fixture
def _small_thresholds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat five blanks as a long run and forty characters as a long text: tiktoken is always asked the long way."""
    pattern = vocabulary._BLANKS.pattern.replace(f"{{{vocabulary._LONGEST_BLANKS},}}", "{5,}")
    monkeypatch.setattr(vocabulary, "_LONGEST_BLANKS", 5)
    monkeypatch.setattr(vocabulary, "_BLANKS", re.compile(pattern))
    monkeypatch.setattr(vocabulary, "_LONGEST_TEXT", 40)


def theirs(encoding: tiktoken.Encoding, text: str) -> int:
    return len(encoding.encode(text, disallowed_special=()))


# --- counting -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ENCODINGS)
def test_hard_texts_count_as_with_tiktoken(official: dict[str, tiktoken.Encoding], name: str) -> None:
    assert count(HARD, name) == [theirs(official[name], text) for text in HARD]
    joined = "".join(HARD)
    assert count([joined], name) == [theirs(official[name], joined)]


@pytest.mark.parametrize("name", ENCODINGS)
def test_the_sources_of_this_project_count_as_with_tiktoken(official: dict[str, tiktoken.Encoding], name: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(Path(vocabulary.__file__).parent.glob("*.py"))]
    assert len(texts) > 5
    assert count(texts, name) == [theirs(official[name], text) for text in texts]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(codec="utf-8"), max_size=200), name=st.sampled_from(ENCODINGS))
def test_any_text_counts_as_with_tiktoken(official: dict[str, tiktoken.Encoding], text: str, name: str) -> None:
    assert count([text], name) == [theirs(official[name], text)]


def test_what_a_special_token_spells_is_plain_text() -> None:
    for name in ENCODINGS:
        assert all(tokens > 1 for tokens in count(sorted(SPECIAL_TOKENS[name]), name))


def test_the_special_tokens_hold_the_vocabularies_own(official: dict[str, tiktoken.Encoding]) -> None:
    for name in ENCODINGS:
        assert official[name].special_tokens_set <= SPECIAL_TOKENS[name]
        assert all(token.startswith("<|") and token.endswith("|>") for token in SPECIAL_TOKENS[name])


@pytest.mark.parametrize("name", ENCODINGS)
def test_lone_surrogates_count_as_replacement_characters(name: str) -> None:
    for text, replaced in (
        ("\ud800", "\ufffd"),
        ("a\udfffb", "a\ufffdb"),
        ("\ud83d\ude00!", "\U0001f600!"),
        ("\ud800" * 50 + "x", "\ufffd" * 50 + "x"),
    ):
        assert count([text], name) == count([replaced], name)


def test_a_batch_counts_as_its_texts_do_one_by_one() -> None:
    batch = [*HARD, *HARD[::-1], "again", "again"]
    single = [count([text], "o200k_base")[0] for text in batch]
    assert count(batch, "o200k_base") == single
    assert count(batch, "o200k_base", threads=2) == single
    assert count(tuple(batch), "o200k_base", threads=64) == single
    assert count([], "o200k_base") == []
    assert count([], "o200k_base", threads=3) == []


OTHERS = ["a", "Abc", "9", "...", "/", "'s", "'", "\u0301", "漢字", "。", "!", "👍", "_"]


@pytest.mark.usefixtures("_small_thresholds")
@settings(max_examples=1_000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.lists(
        st.sampled_from(
            [" ", "  ", "     ", "\n", "\r\n", "\t", "\u00a0\u00a0\u00a0", "\u3000" * 6, "\x85", "\x1c", *OTHERS]
        ),
        max_size=12,
    ).map(lambda words: "".join(words)[:40]),
    name=st.sampled_from(ENCODINGS),
)
@example(text="!\u0301\n\n      x", name="o200k_base")
@example(text="x\n\n       ", name="cl100k_base")
@example(text="       \n       \n/", name="o200k_base")
def test_splitting_long_runs_of_blanks_changes_no_count(
    official: dict[str, tiktoken.Encoding], text: str, name: str
) -> None:
    assert vocabulary.count([text], name) == [theirs(official[name], text)]


@pytest.mark.usefixtures("_small_thresholds")
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(
        st.sampled_from(["word", "Don't", "12345", "日本語", "です。", "(x)", "e\u0301t\u00e9", "!?"]), max_size=60
    ),
    gap=st.sampled_from([" ", "\n", ", ", "。\n"]),
    name=st.sampled_from(ENCODINGS),
)
def test_cutting_long_texts_where_pieces_meet_changes_no_count(
    official: dict[str, tiktoken.Encoding], words: list[str], gap: str, name: str
) -> None:
    text = gap.join(f"{word}a" for word in words)
    assert vocabulary.count([text], name) == [theirs(official[name], text)]


PATHOLOGICAL: dict[str, tuple[str, dict[str, int]]] = {
    "one letter": ("a" * 1_000_000, {"o200k_base": 125_000, "cl100k_base": 125_000}),
    "exclamation marks": ("!" * 1_000_000, {"o200k_base": 62_500, "cl100k_base": 125_000}),
    "newlines": ("\n" * 1_000_000, {"o200k_base": 62_500, "cl100k_base": 31_250}),
    "spaces": (" " * 1_000_000, {"o200k_base": 7_813, "cl100k_base": 7_813}),
    # here tiktoken itself gives up
    "more spaces": (" " * 1_100_000, {"o200k_base": 8_595, "cl100k_base": 8_595}),
    "spaces and a word": ("x\n" + " " * 1_100_000 + "word", {"o200k_base": 8_597, "cl100k_base": 8_597}),
}


@pytest.mark.parametrize("name", ENCODINGS)
@pytest.mark.parametrize("kind", PATHOLOGICAL)
def test_a_megabyte_of_one_character_is_counted(name: str, kind: str) -> None:
    """In about half a second each; tiktoken before 0.13 took minutes, or gave up."""
    text, expected = PATHOLOGICAL[kind]
    assert count([text], name) == vocabulary.count([text], name) == [expected[name]]


def test_counts_of_long_runs_are_those_of_tiktoken_where_it_can_count(official: dict[str, tiktoken.Encoding]) -> None:
    for name in ENCODINGS:
        for text in (
            "\t" * 450_000 + "x",
            "a\n" + "\u3000" * 420_000,
            "!\n\n" + " " * 500_000 + "\n  y",
            "z" * 900_000,
        ):
            assert count([text], name) == vocabulary.count([text], name) == [theirs(official[name], text)]


def test_a_text_beyond_all_bounds_is_cut_and_nearly_exact(
    official: dict[str, tiktoken.Encoding], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vocabulary, "_LONGEST_TEXT", 300_000)
    letters = "abcdefgh" * 100_000
    assert abs(vocabulary.count([letters], "o200k_base")[0] - theirs(official["o200k_base"], letters)) <= 4
    prose = "word, " * 150_000
    assert vocabulary.count([prose], "o200k_base") == [theirs(official["o200k_base"], prose)]


def test_a_tokenizer_that_gives_up_is_an_error_and_not_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):  # the name that tiktoken's engine uses
        pass

    class Engine:
        def encode_ordinary(self, text: str) -> list[int]:
            raise PanicException("StackOverflow")

    monkeypatch.setattr(vocabulary, "_engine", lambda name: vocabulary._Engine(name, Engine()))  # type: ignore[arg-type]
    with pytest.raises(FtlintError, match="the tokenizer gave up on a text of 600,000 characters") as raised:
        vocabulary.count(["x" * 600_000], "o200k_base")
    assert raised.value.hint == "install tiktoken 0.13 or newer"


# --- loading ------------------------------------------------------------------------------------------------------


def test_counting_reaches_for_no_network_and_changes_no_environment() -> None:
    script = """
import os, socket, sys
def refuse(*a, **k): raise SystemExit("network")
socket.socket.connect = refuse
socket.getaddrinfo = refuse
before = dict(os.environ)
from ftlint.tokens import count, plan
assert not {"tiktoken", "toktok", "numpy"} & sys.modules.keys(), "imported too early"
plan({"messages": [{"role": "user", "content": "x"}]}, "chat")
print(count(["Hello, world!"], "o200k_base"), count(["Hello, world!"], "cl100k_base"))
assert not {"tiktoken", "toktok", "numpy"} & sys.modules.keys(), "imported for two words"
print(count(["Hello, \u05e9!"], "o200k_base"), count(["Hello, \u017f!"], "cl100k_base"))
assert {"tiktoken", "toktok"} <= sys.modules.keys() and "numpy" not in sys.modules
assert dict(os.environ) == before
assert not {"requests", "tiktoken_ext.openai_public"} & sys.modules.keys()
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout, done.returncode) == ("[4] [4]\n[4] [5]\n", 0), done.stderr


def test_an_unknown_encoding_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="there is no encoding `p50k`"):
        count(["x"], "p50k")


@pytest.fixture
def _no_engines() -> Iterator[None]:
    vocabulary._engine.cache_clear()
    yield
    vocabulary._engine.cache_clear()


@pytest.mark.usefixtures("_no_engines")
def test_a_damaged_vocabulary_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    damaged = bytearray((DATA / "cl100k_base.tiktoken").read_bytes())
    damaged[1_000] ^= 1
    (tmp_path / "data" / "cl100k_base.tiktoken").write_bytes(damaged)
    monkeypatch.setattr(vocabulary, "DATA", tmp_path / "data")
    with pytest.raises(FtlintError, match="the vocabulary cl100k_base of this installation is damaged"):
        vocabulary.count(["x"], "cl100k_base")
    with pytest.raises(FtlintError, match="the vocabulary o200k_base cannot be read"):
        vocabulary.count(["x"], "o200k_base")


# --- examples -----------------------------------------------------------------------------------------------------


def cookbook(messages: Sequence[dict[str, str]], size: Callable[[str], int]) -> int:
    """The Cookbook's count of a conversation, written down once more."""
    framed = sum(3 + sum(size(text) + (key == "name") for key, text in message.items()) for message in messages)
    return framed + 3


MESSAGES = [
    {"role": "system", "content": "You are a helpful, pattern-following assistant that translates jargon."},
    {"role": "system", "name": "example_user", "content": "New synergies will help drive top-line growth."},
    {"role": "system", "name": "example_assistant", "content": "Things working well together will increase revenue."},
    {"role": "user", "content": "この遅れで、納品物の範囲を広げる時間はありません。"},
    {"role": "assistant", "content": "もう時間がありません。"},
]


@pytest.mark.parametrize("name", ENCODINGS)
def test_a_conversation_counts_as_in_the_cookbook(official: dict[str, tiktoken.Encoding], name: str) -> None:
    found = count_examples([{"messages": MESSAGES}], "chat", name)[0]
    assert found.total == cookbook(MESSAGES, lambda text: theirs(official[name], text))
    assert found.trained == found.answer == theirs(official[name], "もう時間がありません。")
    assert found.tail == 3
    assert not found.estimated
    texts = sum(theirs(official[name], text) for message in MESSAGES for key, text in message.items() if key != "role")
    assert found.total == texts + tokens.message_overhead(len(MESSAGES), 2, name)


def test_known_roles_are_one_token() -> None:
    for name in ENCODINGS:
        assert set(count(sorted(tokens.ONE_TOKEN_ROLES), name)) == {1}


def test_an_unknown_role_is_counted_as_text() -> None:
    known, unknown = count_examples(
        [{"messages": [{"role": role, "content": "x"}]} for role in ("user", "narrator of tales")], "chat"
    )
    assert unknown.total == known.total - 1 + count(["narrator of tales"], "o200k_base")[0]


def test_only_assistant_messages_with_weight_are_trained() -> None:
    messages = [
        {"role": "user", "content": "one two"},
        {"role": "assistant", "content": "three four five", "weight": 0},
        {"role": "user", "content": "six"},
        {"role": "assistant", "content": "seven eight", "weight": 1},
    ]
    found = count_examples([{"messages": messages}], "chat")[0]
    assert (found.trained, found.answer) == (2, 2)
    none = count_examples([{"messages": messages[:3]}], "chat")[0]
    assert (none.trained, none.answer, none.tail) == (0, 0, 0)
    graded = count_examples([{"messages": messages, "reference": "not counted"}], "reinforcement")[0]
    assert graded == ExampleTokens(found.total, 0)


def test_what_the_limit_cuts_off_comes_from_the_end() -> None:
    found = ExampleTokens(total=100, trained=30, answer=20, tail=3)
    assert [found.lost(limit) for limit in (200, 100, 98, 97, 90, 77, 10)] == [0, 0, 0, 0, 7, 20, 20]


def test_the_last_answer_is_one_message_even_after_another() -> None:
    messages = [
        {"role": "assistant", "content": "one two three"},
        {"role": "assistant", "content": "four five"},
        {"role": "user", "content": "six"},
    ]
    found = count_examples([{"messages": messages}], "chat")[0]
    assert (found.trained, found.answer, found.tail) == (5, 2, 4 + 1 + 3)


def test_an_answer_of_tool_calls_is_counted_and_estimated() -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city": "Oslo"}'}}
    messages = [{"role": "user", "content": "Weather?"}, {"role": "assistant", "content": None, "tool_calls": [call]}]
    found = count_examples([{"messages": messages}], "chat")[0]
    spoken = sum(count(["get_weather", '{"city": "Oslo"}'], "o200k_base"))
    assert found.total == count(["Weather?"], "o200k_base")[0] + spoken + tokens.message_overhead(2)
    assert (found.trained, found.answer, found.estimated) == (spoken, spoken, True)
    old = {"role": "assistant", "content": None, "function_call": call["function"]}
    assert count_examples([{"messages": [messages[0], old]}], "chat") == [found]
    for same in (messages[1], old):  # whether the content is null or is not there
        bare = {key: given for key, given in same.items() if key != "content"}
        assert count_examples([{"messages": [messages[0], bare]}], "chat") == [found]


def test_tools_cost_what_the_cookbook_says(official: dict[str, tiktoken.Encoding]) -> None:
    unit = {"type": "string", "description": "The unit of temperature to return.", "enum": ["celsius", "fahrenheit"]}
    place = {"type": "string", "description": "The city and state, e.g. San Francisco, CA."}
    function = {
        "name": "get_current_weather",
        "description": "Get the current weather in a given location.",
        "parameters": {"type": "object", "properties": {"location": place, "unit": unit}, "required": ["location"]},
    }
    tool = {"type": "function", "function": function}
    for name, start in (("o200k_base", 7), ("cl100k_base", 10)):
        size = lambda text, name=name: theirs(official[name], text)  # noqa: E731
        expected = (
            start
            + size("get_current_weather:Get the current weather in a given location")
            + 3
            + (3 + size("location:string:The city and state, e.g. San Francisco, CA"))
            + (3 + size("unit:string:The unit of temperature to return") - 3)
            + (3 + size("celsius"))
            + (3 + size("fahrenheit"))
            + 12
        )
        assert tokens.tool_tokens_estimate([tool], lambda texts, name=name: count(texts, name), name) == expected
        plain = {"messages": [{"role": "user", "content": "hi"}]}
        without, with_tools, old = count_examples(
            [plain, {**plain, "tools": [tool]}, {**plain, "functions": [function]}], "chat", name
        )
        assert with_tools.total == without.total + expected
        assert (without.estimated, with_tools.estimated, old) == (False, True, with_tools)


def test_images_cost_a_constant_at_detail_low_and_an_estimate_otherwise() -> None:
    def row(detail: object) -> dict[str, Any]:
        image = {"type": "image_url", "image_url": {"url": "https://example.invalid/a.png", "detail": detail}}
        return {"messages": [{"role": "user", "content": [{"type": "text", "text": "what?"}, image]}]}

    low, high, odd = count_examples([row("low"), row("high"), row(7)], "chat")
    text = count(["what?"], "o200k_base")[0] + tokens.message_overhead(1)
    assert (low.total, low.estimated) == (text + 85, False)
    assert (high.total, high.estimated) == (text + 765, True)
    assert odd == high


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (1024, 1024, 765),
        (2048, 4096, 1105),
        (512, 512, 255),
        (1, 1, 255),
        (10_000, 10, 765),
        (None, 100, 765),
        (0, 9, 765),
    ],
)
def test_images_of_known_size_are_counted_in_tiles(width: int | None, height: int | None, expected: int) -> None:
    assert tokens.image_tokens("high", width, height) == (expected, True)
    assert tokens.image_tokens("low", width, height) == (85, False)


def test_several_text_parts_are_an_estimate() -> None:
    part = {"type": "text", "text": "one"}
    one, two = count_examples([{"messages": [{"role": "user", "content": [part] * n}]} for n in (1, 2)], "chat")
    assert (one.estimated, two.estimated, two.total - one.total) == (False, True, 1)


def test_a_preference_counts_its_input_and_both_outputs() -> None:
    row = {
        "input": {"messages": [{"role": "user", "content": "one two"}, {"role": "assistant", "content": "three"}]},
        "preferred_output": [{"role": "assistant", "content": "four five six"}],
        "non_preferred_output": [{"role": "assistant", "content": "seven"}],
    }
    found = count_examples([row], "preference")[0]
    assert found == ExampleTokens(2 + 1 + 3 + 1 + tokens.message_overhead(4), 4, 1, 0, True)


def test_a_completion_counts_both_texts() -> None:
    found = count_examples([{"prompt": "one two", "completion": " three"}], "completion", "cl100k_base")[0]
    assert found == ExampleTokens(3, 1, 1, 0, True)


def test_an_unknown_format_has_no_parts() -> None:
    assert plan({"messages": MESSAGES}, "unknown") == []
    assert total([], []) == ExampleTokens(0, 0)


def test_parts_and_counts_must_match() -> None:
    with pytest.raises(ValueError, match="zip"):
        total([Part("x")], [])


# Keys that mean something, so that odd values stand where the planner looks.
KEYS = st.sampled_from(
    [
        "messages",
        "role",
        "content",
        "name",
        "weight",
        "tools",
        "functions",
        "function",
        "tool_calls",
        "function_call",
        "arguments",
        "custom",
        "input",
        "preferred_output",
        "non_preferred_output",
        "prompt",
        "completion",
        "type",
        "text",
        "refusal",
        "detail",
        "parameters",
        "properties",
        "description",
        "x",
    ]
)
WORDS = st.sampled_from(["user", "assistant", "tool", "text", "low", "あ", "", "word word", "\ud800"])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=5)
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=30
)


@settings(max_examples=500, deadline=None)
@given(value=JSON, fmt=st.sampled_from(["chat", "reinforcement", "preference", "completion", "unknown"]))
@example(
    value={"messages": [{"role": ["user"], "content": [1, [], {"type": "image_url", "image_url": 3}]}]}, fmt="chat"
)
@example(value={"tools": [{"function": {"name": "f", "parameters": {"properties": {"a": {"enum": [1]}}}}}]}, fmt="chat")
@example(value={"messages": [{"tool_calls": {"a": 1}, "function_call": [3]}, None, "x"]}, fmt="chat")
def test_no_shape_of_an_example_raises(value: object, fmt: str) -> None:
    found = count_examples([value], fmt)[0]
    assert found.total >= found.trained >= found.answer >= 0
    assert found.total >= found.answer + found.tail


@settings(max_examples=500, deadline=None)
@given(value=st.dictionaries(KEYS, JSON, max_size=4), fmt=st.sampled_from(["chat", "preference", "completion"]))
def test_a_line_has_no_more_tokens_than_bytes(value: dict[str, Any], fmt: str) -> None:
    raw = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
    found = count_examples([value], fmt)[0]
    priming = load_estimates().overhead["o200k_base"].priming
    assert found.total <= len(raw) + priming or tokens.could_exceed(raw, found.total)
    assert not tokens.could_exceed(raw, len(raw)) or b"image_url" in raw or b'"enum"' in raw


def test_images_and_choices_could_always_exceed_the_limit() -> None:
    assert tokens.could_exceed(b'{"type":"image_url"}', 1_000)
    assert tokens.could_exceed(b'{"enum":[1,2]}', 1_000)
    assert tokens.could_exceed(b"12345", 4)
    assert not tokens.could_exceed(b"12345", 5)


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(JSON, max_size=6), cut=st.integers(min_value=0, max_value=6))
def test_a_batch_of_any_size_counts_the_same(rows: list[object], cut: int) -> None:
    whole = count_examples(rows, "chat")
    assert whole == count_examples(rows[:cut], "chat") + count_examples(rows[cut:], "chat", threads=2)

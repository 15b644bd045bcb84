"""Tokens of a batch as columns: what counting the examples one by one gives, whatever their shapes."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import TODAY
from ftlint import counted as module
from ftlint.checks.base import Batch
from ftlint.checks.lengths import Lengths
from ftlint.checks.tokens import limits
from ftlint.context import make_context
from ftlint.counted import NOT_COUNTED, Counted, counted, spoken
from ftlint.measure import FileTokens, measure
from ftlint.model import Example, Format, Line, Role
from ftlint.settings import Settings
from ftlint.tokens import ONE_TOKEN_ROLES, ExampleTokens, count_examples
from test_tokens import JSON, KEYS

FORMATS = ["chat", "reinforcement", "preference", "completion", "unknown"]
WORDS = st.sampled_from(["", "Hello.", "two words", "日本語", "<|endoftext|>", "ſ", "\ud800"])
PLAIN = st.fixed_dictionaries({"role": st.sampled_from(sorted(ONE_TOKEN_ROLES)), "content": WORDS})
NEARLY = st.one_of(
    st.fixed_dictionaries({"role": st.sampled_from(["assistant", "narrator", 3, None, []]), "content": WORDS}),
    st.fixed_dictionaries({"role": st.just("assistant"), "content": WORDS, "weight": st.sampled_from([0, 1])}),
    st.fixed_dictionaries({"role": st.just("user"), "content": st.none() | st.lists(WORDS, max_size=2)}),
    st.fixed_dictionaries({"role": st.just("user"), "name": WORDS}),
    st.none(),
)
TOOLS = [{"type": "function", "function": {"name": "look_up"}}]


def conversations(messages: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"messages": st.lists(messages, max_size=4)},
        optional={"tools": st.sampled_from([TOOLS, [], None]), "functions": st.just([]), "note": WORDS},
    )


EXAMPLES = st.lists(
    conversations(PLAIN) | conversations(PLAIN | NEARLY) | st.dictionaries(KEYS, JSON, max_size=3), max_size=6
)


def one_by_one(values: list[Any], fmt: str, encoding: str) -> list[ExampleTokens]:
    return [count_examples([value], fmt, encoding)[0] for value in values]


@settings(max_examples=400)
@given(
    values=EXAMPLES,
    fmt=st.sampled_from(["chat", "chat", *FORMATS]),
    encoding=st.sampled_from(["o200k_base", "cl100k_base"]),
    skipped=st.sets(st.integers(0, 5), max_size=3),
)
def test_columns_are_what_single_examples_are(values: list[Any], fmt: str, encoding: str, skipped: set[int]) -> None:
    wanted = [at for at in range(len(values)) if at not in skipped]
    found = counted(values, wanted, fmt, encoding)
    expected = [tokens if at in wanted else None for at, tokens in enumerate(one_by_one(values, fmt, encoding))]
    kept = [tokens for tokens in expected if tokens is not None]
    assert list(found) == expected
    assert [found[at] for at in range(-len(values), 0)] == expected
    assert found.totals == [NOT_COUNTED if tokens is None else tokens.total for tokens in expected]
    assert found.trained == sum(tokens.trained for tokens in kept)
    assert found.estimated == any(tokens.estimated for tokens in kept)
    for limit in (0, 3, 8, 20, 10_000):
        assert found.above(limit) == [at for at, one in enumerate(expected) if one is not None and one.total > limit]


@given(messages=st.lists(PLAIN, max_size=5), extra=st.sampled_from([{}, {"note": 1}, {"parallel_tool_calls": True}]))
def test_plain_conversations_take_the_fast_lane(messages: list[Any], extra: dict[str, Any]) -> None:
    found = spoken([{"messages": messages, **extra}] * 2)
    assert found is not None
    assert found.texts == [message["content"] for message in messages] * 2
    assert found.roles == [message["role"] for message in messages] * 2
    assert found.ends == [0, len(messages), 2 * len(messages)]


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"messages": None},
        {"messages": {"role": "user", "content": "x"}},
        {"messages": [{"role": "user", "content": "x"}], "tools": TOOLS},
        {"messages": [{"role": "user", "content": "x"}], "functions": []},
        {"messages": [{"role": "user", "content": "x", "name": "kim"}]},
        {"messages": [{"role": "user", "content": None}]},
        {"messages": [{"role": "guest", "content": "x"}]},
        {"messages": [{"role": ["user"], "content": "x"}]},
        {"messages": [{"role": "user", "text": "x"}]},
        {"messages": ["x"]},
        {"messages": [None]},
    ],
)
def test_other_shapes_do_not(value: dict[str, Any]) -> None:
    assert spoken([value]) is None
    assert spoken([{"messages": []}, value]) is None


def test_one_call_counts_a_batch_of_all_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def count(texts: list[str], encoding: str) -> list[int]:
        calls.append(len(texts))
        return [1] * len(texts)

    monkeypatch.setattr(module, "count", count)
    even = {"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}]}
    odd = {"messages": [{"role": "user", "content": "x", "name": "kim"}]}
    found = counted([even, odd, even], range(3), "chat", "o200k_base")
    assert calls == [2 + 3 + 2]
    assert found.totals[0] == found.totals[2] == 2 * (1 + 4) + 3


# --- what is made of the columns ------------------------------------------------------------------------------------


def batch(*answers: str, tools: frozenset[int] = frozenset()) -> Batch:
    examples = []
    for number, answer in enumerate(answers, 1):
        messages = [{"role": "user", "content": "Hello?"}, {"role": "assistant", "content": answer}]
        value: dict[str, Any] = {"messages": messages} | ({"tools": TOOLS} if number in tools else {})
        raw = repr(value).encode()
        examples.append(Example(Line(number, 0, raw, True), value, b""))
    return Batch(Role.TRAIN, Format.CHAT, [example.line for example in examples], examples)


def test_a_file_adds_up_its_batches() -> None:
    context = make_context(Settings(today=TODAY))
    figures, lengths = FileTokens(), Lengths()
    expected: list[ExampleTokens] = []
    for one in (batch("one", "one two"), batch("three", "four", tools=frozenset({2})), batch()):
        measure(one, context, figures)
        lengths.add(one, context)
        expected += one_by_one([example.value for example in one.examples], "chat", context.encoding)
    assert figures.totals == Counter(lengths.tokens) == Counter(tokens.total for tokens in expected)
    assert lengths.tokens.tolist() == [tokens.total for tokens in expected]
    assert lengths.lines.tolist() == [1, 2, 1, 2]
    assert figures.trained == sum(tokens.trained for tokens in expected)
    assert figures.estimated


def test_without_counting_only_long_lines_are_counted() -> None:
    context = make_context(Settings(today=TODAY, tokens=False))
    assert context.limit is not None
    long = " hello" * (context.limit - 20)
    given = batch("one", long, "two")
    figures, lengths = FileTokens(), Lengths()
    measure(given, context, figures)
    lengths.add(given, context)
    assert [tokens is None for tokens in given.tokens] == [True, False, True]
    assert lengths.lines.tolist() == [2]
    assert list(figures.totals.elements()) == lengths.tokens.tolist() == [given.tokens.totals[1]]
    assert [problem.code for problem in limits(given, context)] == ["FT303"]


def test_a_batch_that_was_not_measured_has_no_tokens() -> None:
    assert list(batch("one").tokens) == []
    assert Counted().above(0) == []
    with pytest.raises(IndexError):
        Counted()[0]

"""FT3: what the token limit cuts off, and literals of special tokens."""

from __future__ import annotations

import json
from typing import Any

import pytest

from checks.judged import TODAY, assistant, conversation, one, rows, user
from checks.judged import judged as judged_by_all
from ftlint import catalog
from ftlint.model import Finding, Format, Level
from ftlint.rulebook import load_book
from ftlint.tokens import SPECIAL_TOKENS, count

LIMIT = min(model.max_example_tokens or 0 for model in catalog.trainable("openai", TODAY))


def judged(content: str, **changes: Any) -> list[Finding]:
    """The findings of all rules but those on how a text is written: ours say one word over and over."""
    return judged_by_all(content, **{"ignore": ("FT6",), **changes})


def codes(content: str, **changes: Any) -> list[str]:
    return [finding.code for finding in judged(content, **changes)]


def words(number: int) -> str:
    """A text of about so many tokens: one a word."""
    return " hello" * number


def tokens_of(finding: Finding) -> int:
    return int(finding.data["tokens"])


def test_the_limit_is_the_documented_one() -> None:
    assert LIMIT == 65536
    assert count([words(1000)], "o200k_base") == [1000]


def test_an_answer_that_is_partly_cut_off() -> None:
    row = conversation(user("Say hello."), assistant(words(LIMIT + 1000)))
    finding = one(judged(rows(row)))
    assert (finding.code, finding.level, finding.json_path) == ("FT301", Level.WARNING, "$.messages[1]")
    over = tokens_of(finding) - LIMIT
    assert 1000 < over < 1050
    assert f"{over:,} over the limit of 65,536" in finding.message
    assert "2% of the last answer is cut off" in finding.message


def test_an_answer_that_is_gone() -> None:
    row = conversation(user(words(LIMIT + 1000)), assistant())
    finding = one(judged(rows(row)))
    assert (finding.code, finding.level, finding.json_path) == ("FT302", Level.ERROR, "$.messages[1]")
    assert "nothing is left of the last answer" in finding.message


@pytest.mark.parametrize(
    ("length", "expected"), [(LIMIT - 4000, []), (LIMIT - 200, ["FT303"]), (LIMIT + 200, ["FT301"])]
)
def test_the_border(length: int, expected: list[str]) -> None:
    assert codes(rows(conversation(user("Say hello."), assistant(words(length))))) == expected


def test_what_is_cut_off_behind_the_answer_is_not_the_answer() -> None:
    row = conversation(user(), assistant(), user(words(LIMIT + 1000)))
    found = judged(rows(row))
    assert sorted(finding.code for finding in found) == ["FT202", "FT301"]
    assert "the last 1,0" in next(finding.message for finding in found if finding.code == "FT301")


def test_the_model_decides_the_limit() -> None:
    row = conversation(user("Say hello."), assistant(words(20000)))
    assert codes(rows(row)) == []
    small = judged(rows(row), model="gpt-3.5-turbo-0125")
    assert [finding.code for finding in small] == ["FT404", "FT301"]
    assert "limit of 16,385" in small[1].message


def test_completions_and_pairs() -> None:
    completion = {"prompt": "Say hello.", "completion": words(LIMIT + 10)}
    assert one(judged(rows(completion))).json_path == "$.completion"
    assert codes(rows({"prompt": words(LIMIT + 10), "completion": "Hello to you."})) == ["FT302"]
    pair = {
        "input": {"messages": [user(words(LIMIT + 10))]},
        "preferred_output": [assistant()],
        "non_preferred_output": [assistant("Nobody knows.")],
    }
    assert one(judged(rows(pair))).code == "FT301"


def test_without_counting_a_long_line_is_counted_all_the_same() -> None:
    row = conversation(user(words(LIMIT + 1000)), assistant())
    assert codes(rows(row), tokens=False) == ["FT302"]


def test_nothing_is_said_where_no_limit_is_known() -> None:
    row = conversation(user(words(LIMIT + 1000)), assistant())
    assert codes(rows(row), provider="generic") == []


@pytest.mark.parametrize("literal", sorted(SPECIAL_TOKENS["o200k_base"]))
def test_a_special_token_is_told_by_one_rule_alone(literal: str) -> None:
    finding = one(judged(rows(conversation(user(), assistant(f"A piano tuner does it. {literal}")))))
    assert (finding.code, finding.level, finding.json_path) == ("FT304", Level.WARNING, "$.messages[1].content")
    assert f"`{literal}`" in finding.message


def test_no_literal_is_both_a_special_token_and_a_template_token() -> None:
    pattern = load_book().rules["FT602"].pattern
    assert pattern is not None
    for encoding, literals in SPECIAL_TOKENS.items():
        told = [literal for literal in literals if pattern.regex.search(f"x {literal} y")]
        assert told == [], encoding


def test_one_finding_for_each_text_with_the_place_of_the_first_literal() -> None:
    text = rows(conversation(user("<|endoftext|> a <|endoftext|>"), assistant("A piano tuner. <|endofprompt|>")))
    found = judged(text)
    assert [(finding.code, finding.json_path) for finding in found] == [
        ("FT304", "$.messages[0].content"),
        ("FT304", "$.messages[1].content"),
    ]
    first = found[0]
    assert first.column is not None
    assert first.end_column is not None
    assert text[first.column - 1 : first.end_column - 1] == "<|endoftext|>"
    assert text.index("<|endoftext|>") == first.column - 1


@pytest.mark.parametrize("place", ["tool-description", "arguments", "tool-result", "name"])
def test_every_kind_of_text_is_looked_at(place: str) -> None:
    def held(kind: str, words: str) -> str:
        return f"{words} <|endoftext|>" if kind == place else words

    function = {"name": "look_up", "description": held("tool-description", "Looks a word up.")}
    call = {"name": "look_up", "arguments": json.dumps({"word": held("arguments", "harp")})}
    row = conversation(
        {**user(), **({"name": "kim <|endoftext|>"} if place == "name" else {})},
        {"role": "assistant", "tool_calls": [{"id": "a", "type": "function", "function": call}]},
        {"role": "tool", "tool_call_id": "a", "content": held("tool-result", "Found.")},
        assistant(),
        tools=[{"type": "function", "function": function}],
    )
    assert "FT304" in codes(rows(row))


@pytest.mark.parametrize(
    "text", ["<|", "a <| b |> c", "<endoftext>", "< |endoftext| >", "<|ENDOFTEXT|>", "<|endoftext|"]
)
def test_what_is_no_special_token(text: str) -> None:
    row: dict[str, Any] = conversation(user(text), assistant())
    assert codes(rows(row), format=Format.CHAT) == []

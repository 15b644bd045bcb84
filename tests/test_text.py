"""Untrusted text made harmless: what a build server would obey, JSON that stays the same, and words that are alike."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftlint.text import closest, escapes, log_line, safe, safe_json


@pytest.mark.parametrize("command", ["##[error]x", "##vso[task.setvariable variable=a]b", "x ##teamcity[y]", "###[z]"])
def test_a_command_of_a_build_server_is_broken_up_wherever_it_stands(command: str) -> None:
    shown = safe(command)
    assert "##[" not in shown
    assert "##vso[" not in shown
    assert "##teamcity[" not in shown
    assert safe(shown) == shown


@pytest.mark.parametrize("text", ["## A heading", "#[x]", "C## [x]", "a [link](b)"])
def test_what_is_no_command_stays(text: str) -> None:
    assert safe(text) == text


@pytest.mark.parametrize("line", ["::error::x", "  ::warning file=a::b", "\t::stop-commands::x"])
def test_no_line_begins_like_a_command(line: str) -> None:
    assert not log_line(line).lstrip().startswith("::")
    assert log_line(f"x {line}") == f"x {line}"


@given(st.text(max_size=40))
def test_escapes_are_those_of_safe_by_their_place(text: str) -> None:
    by_place = escapes(text)
    assert "".join(by_place.get(at, char) for at, char in enumerate(text)) == safe(text)


@given(
    st.lists(st.text(max_size=20) | st.sampled_from(["##[x]", "\x1b[31m", "\u202e", "\U000e0041", "\x9b"]), max_size=5)
)
def test_json_made_safe_says_the_same(values: list[str]) -> None:
    text = json.dumps(values, ensure_ascii=False)
    shown = safe_json(text)
    assert json.loads(shown) == json.loads(text)
    assert safe(shown) == shown


def test_the_closest_word_is_looked_for_only_where_it_is_cheap() -> None:
    assert closest("asistant", ("user", "assistant"), 0.6) == "assistant"
    assert closest("asistant" * 1_000_000, ("user", "assistant"), 0.1) is None
    assert closest("fun", [f"fun{number}" for number in range(501)], 0.5) is None

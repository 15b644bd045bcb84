"""The template engine: columns, braces, and nothing that could reach into an object."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftlint.errors import ConfigError
from ftlint.run.template import parse_template


def fill(text: str, **row: object) -> str:
    return parse_template(text, "run.toml: prompt.user").fill(row)


def test_columns_and_braces() -> None:
    assert fill("{a} and {{b}} and {a}{b}", a="x", b=3) == "x and {b} and x3"
    assert parse_template("{b}{a}{b}", "w").columns == ("b", "a")


def test_a_value_is_not_read_as_a_template() -> None:
    assert fill("{a}", a="{b} {{ }} {0.__class__}") == "{b} {{ }} {0.__class__}"


def test_a_name_is_a_column_and_no_expression() -> None:
    assert (
        fill("{a.b} {a[0]} {a!r} {a:>9} {}".replace(" {}", ""), **{"a.b": 1, "a[0]": 2, "a!r": 3, "a:>9": 4})
        == "1 2 3 4"
    )


@pytest.mark.parametrize("text", ["{", "}", "a { b", "{}", "{a", "a}", "{{}"])
def test_a_lonely_brace_is_an_error_with_a_remedy(text: str) -> None:
    with pytest.raises(ConfigError, match=r"a single `[{}]` at character") as caught:
        parse_template(text, "run.toml: prompt.user")
    assert "for a column" in (caught.value.hint or "")


def test_an_unknown_column_names_those_that_exist() -> None:
    template = parse_template("{dialog}", "run.toml: prompt.user")
    with pytest.raises(ConfigError, match=r"prompt\.user: there is no column `dialog`") as caught:
        template.require(["id", "dialogue", "summary"])
    assert caught.value.hint == "did you mean `{dialogue}`? the columns are id, dialogue, summary"


@pytest.mark.parametrize(("value", "kind"), [([1], "a list"), ({"a": 1}, "an object")])
def test_only_text_and_numbers_go_into_a_prompt(value: object, kind: str) -> None:
    with pytest.raises(ConfigError, match=f"column `a` holds {kind}"):
        fill("{a}", a=value)


def test_blank_finds_the_first_empty_column() -> None:
    template = parse_template("{a} {b}", "w")
    assert template.blank({"a": "x", "b": " \n"}) == "b"
    assert template.blank({"a": None, "b": "y"}) == "a"
    assert template.blank({"a": "x", "b": 0}) is None
    assert template.blank({"b": "y"}) == "a"


@given(st.text())
def test_escaped_text_comes_out_as_it_went_in(text: str) -> None:
    assert fill(text.replace("{", "{{").replace("}", "}}")) == text

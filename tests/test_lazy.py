"""Patterns that are compiled when they are first used."""

from __future__ import annotations

import re

import pytest

from ftlint.lazy import lazy


def test_it_does_what_the_pattern_does() -> None:
    given, plain = lazy(r"(a)(b)?", re.IGNORECASE), re.compile(r"(a)(b)?", re.IGNORECASE)
    text = "xAB ab a"
    assert given.pattern == plain.pattern
    assert [match.span() for match in given.finditer(text)] == [match.span() for match in plain.finditer(text)]
    assert given.findall(text) == plain.findall(text)
    assert given.sub("-", text) == plain.sub("-", text)
    assert given.split(text) == plain.split(text)
    assert given.flags == plain.flags
    found = given.search(text, 3), given.match(text), given.fullmatch("ab")
    assert [match.span() if match else None for match in found] == [(4, 6), None, (0, 2)]


def test_a_broken_pattern_is_told_at_its_first_use() -> None:
    broken = lazy("(")
    with pytest.raises(re.error):
        broken.search("")


def test_it_has_nothing_that_a_pattern_has_not() -> None:
    with pytest.raises(AttributeError):
        lazy("a").searches  # type: ignore[attr-defined]  # noqa: B018

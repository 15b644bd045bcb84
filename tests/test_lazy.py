"""Patterns that are compiled when they are first used."""

from __future__ import annotations

import pickle
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


def test_it_can_be_sent_to_another_process_before_and_after_its_first_use() -> None:
    fresh = lazy("A(b)", re.IGNORECASE)
    for given in (fresh, pickle.loads(pickle.dumps(fresh))):
        assert given.search("xab")
        sent = pickle.loads(pickle.dumps(given))
        assert sent.pattern == "A(b)"
        assert sent.fullmatch("AB")

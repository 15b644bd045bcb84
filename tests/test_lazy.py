"""Patterns that are compiled when they are first used."""

from __future__ import annotations

import pickle
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pytest

import ftlint
from ftlint.lazy import _Eastern, eastern, lazy, western


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


def test_western_is_what_windows_1252_can_say() -> None:
    assert western("plain")
    assert western("“Où?” – für 5 €, œuvre…")
    assert western("")
    for other in ("日本", "Łódź", "Ада", "→", "\x81", "\ud800", "😀"):
        assert not western(f"plain {other}")


def test_an_eastern_pattern_is_compiled_for_an_eastern_text() -> None:
    given = eastern("[一-鿿]+")
    for text in ("plain", "“Où?”", ""):
        assert given.search(text) is None
        assert list(given.finditer(text)) == []
    assert "search" not in vars(given)
    sent = pickle.loads(pickle.dumps(given))
    for each in (given, sent):
        found = each.search("a 日本", 1)
        assert found is not None
        assert found.span() == (2, 4)
        assert [match[0] for match in each.finditer("日 → 本")] == ["日", "本"]
        assert each.search("plain") is None
        assert each.sub("x", "日本 plain") == "x plain"


_WESTERN = {ord(bytes([code]).decode("cp1252")) for code in range(256) if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}


def _is_eastern(pattern: Any) -> bool:
    """Whatever the pattern matches, there is a character in it that is not Western."""
    return any(_asks_for_one(kind, given) for kind, given in pattern)


def _asks_for_one(kind: Any, given: Any) -> bool:
    if kind is sre.LITERAL:
        return given not in _WESTERN
    if kind is sre.RANGE:
        return not any(given[0] <= code <= given[1] for code in _WESTERN)
    if kind is sre.IN:
        return all(_asks_for_one(*each) for each in given)
    if kind is sre.BRANCH:
        return all(map(_is_eastern, given[1]))
    if kind is sre.SUBPATTERN:
        return _is_eastern(given[3])
    return kind is sre.MAX_REPEAT and given[0] > 0 and _is_eastern(given[2])


def _eastern_patterns() -> Iterator[tuple[str, _Eastern]]:
    for package in ("checks", "privacy"):
        path = [f"{folder}/{package}" for folder in ftlint.__path__]
        for module in pkgutil.walk_packages(path, f"ftlint.{package}."):
            for name, value in vars(import_module(module.name)).items():
                if isinstance(value, _Eastern):
                    yield f"{module.name}.{name}", value


def test_no_eastern_pattern_matches_in_a_western_text() -> None:
    patterns = dict(_eastern_patterns())
    assert len(patterns) >= 10
    for name, pattern in patterns.items():
        assert pattern._given == 0, name  # in any case, ſ would be s
        assert _is_eastern(_parser.parse(pattern.pattern)), name
    assert not _is_eastern(_parser.parse("[一-鿿]*a|日"))
    assert not _is_eastern(_parser.parse("[一a]"))

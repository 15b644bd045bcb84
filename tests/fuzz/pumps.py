"""Strings made to be slow: for each repetition in a regular expression, what leads to it, then its body many times."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

import ftlint

LENGTH = 60_000
"""Characters of a pump: a quadratic search takes far more than the allowed seconds on it."""
LINES = 5000
_TAIL = "\x01!"
_PACKAGES = (
    "checks",
    "privacy",
    "moderation",
    "reports",
    "fix",
    "parse",
    "text",
    "texts",
    "tokens",
    "formats",
    "pictures",
)
_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
_CATEGORIES = {
    sre.CATEGORY_DIGIT: "7",
    sre.CATEGORY_NOT_DIGIT: "a",
    sre.CATEGORY_SPACE: " ",
    sre.CATEGORY_NOT_SPACE: "a",
    sre.CATEGORY_WORD: "a",
    sre.CATEGORY_NOT_WORD: "-",
}


def expressions() -> list[tuple[str, re.Pattern[Any]]]:
    """Every compiled expression of the product that looks at data, by a name that says where it stands."""
    found: dict[str, re.Pattern[Any]] = {}
    for module in _modules():
        for name, value in vars(module).items():
            for key, pattern in _patterns(value):
                found[f"{module.__name__.removeprefix('ftlint.')}.{name}{key}"] = pattern
    from ftlint.rulebook import load_book

    for code, rule in load_book().rules.items():
        if rule.pattern is not None:
            found[code] = rule.pattern.regex
    return sorted(found.items())


def _modules() -> Iterator[ModuleType]:
    for info in pkgutil.walk_packages(ftlint.__path__, "ftlint."):
        if any(f"{info.name}.".startswith(f"ftlint.{package}.") for package in _PACKAGES):
            yield importlib.import_module(info.name)


def _patterns(value: Any) -> Iterator[tuple[str, re.Pattern[Any]]]:
    if isinstance(value, re.Pattern):
        yield "", value
    elif isinstance(value, dict | list | tuple):
        items: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            for inner, pattern in _patterns(item):
                yield f"[{key}]{inner}", pattern


def pumps(pattern: re.Pattern[Any]) -> list[str]:
    """One string per repetition, then two of the kind that makes searches from every position meet."""
    source = pattern.pattern
    text = source.decode("latin-1") if isinstance(source, bytes) else source
    tree = parser.parse(text, pattern.flags & ~re.UNICODE if isinstance(source, bytes) else pattern.flags)
    made: dict[str, None] = {}
    for before, body in _repetitions(tree, ""):
        if body:
            made[before + _often(body) + _TAIL] = None
            if before:
                made[_often(before + body * 3) + _TAIL] = None
    return list(made)


def _often(unit: str) -> str:
    """The unit over and over; of line ends fewer, for each of them is a line with findings of its own."""
    return unit * min(LENGTH // len(unit), LINES if "\n" in unit else LENGTH)


def _repetitions(nodes: Iterable[Any], before: str) -> Iterator[tuple[str, str]]:
    for op, argument in nodes:
        if op in _REPEATS:
            _, most, body = argument
            once = sample(body)
            if most > 1:
                yield before, once
            yield from _repetitions(body, before)
        elif op is sre.SUBPATTERN:
            yield from _repetitions(argument[-1], before)
        elif op is sre.ATOMIC_GROUP:
            yield from _repetitions(argument, before)
        elif op is sre.BRANCH:
            for branch in argument[1]:
                yield from _repetitions(branch, before)
        elif op in (sre.ASSERT, sre.ASSERT_NOT):
            yield from _repetitions(argument[1], before)
        before += sample([(op, argument)])


def sample(nodes: Iterable[Any]) -> str:
    """A short string that the nodes match, as far as that can be told without backtracking."""
    return "".join(_one(op, argument) for op, argument in nodes)


def _one(op: Any, argument: Any) -> str:
    if op is sre.LITERAL:
        return chr(argument)
    if op is sre.NOT_LITERAL:
        return "b" if argument == ord("a") else "a"
    if op is sre.ANY:
        return "a"
    if op is sre.IN:
        return _member(argument)
    if op in _REPEATS:
        least, _, body = argument
        return sample(body) * max(least, 1)
    if op is sre.SUBPATTERN:
        return sample(argument[-1])
    if op is sre.ATOMIC_GROUP:
        return sample(argument)
    if op is sre.BRANCH:
        return sample(argument[1][0])
    return ""


def _member(members: list[tuple[Any, Any]]) -> str:
    negated = members[0][0] is sre.NEGATE
    if not negated:
        op, argument = members[0]
        if op is sre.LITERAL:
            return chr(argument)
        return chr(argument[0]) if op is sre.RANGE else _CATEGORIES[argument]
    matcher = re.compile("|".join(_escaped(op, argument) for op, argument in members[1:]) or "(?!)")
    return next((char for char in "a1 -é日\n" if not matcher.match(char)), "¤")


def _escaped(op: Any, argument: Any) -> str:
    if op is sre.LITERAL:
        return re.escape(chr(argument))
    if op is sre.RANGE:
        return f"[{re.escape(chr(argument[0]))}-{re.escape(chr(argument[1]))}]"
    return f"[{re.escape(_CATEGORIES[argument])}]"

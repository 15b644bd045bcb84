"""Regular expressions that are compiled when they are first used, so that a check of a few clean rows compiles none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "split", "flags", "groupindex")


class _Lazy:
    """Stands for a pattern; from its first use on it has the pattern's own methods."""

    def __init__(self, source: str, flags: int) -> None:
        self.pattern = source
        self._given = flags

    def __reduce__(self) -> tuple[Any, ...]:
        return _Lazy, (self.pattern, self._given)

    def __getattr__(self, name: str) -> Any:  # only what is not there yet
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self._given)
        self.__dict__.update((method, getattr(compiled, method)) for method in _METHODS)
        return self.__dict__[name]


class _Eastern(_Lazy):
    """The same for a pattern that takes long to compile, and that finds nothing in Western texts."""

    def search(self, text: str, *bounds: int) -> re.Match[str] | None:
        return None if western(text) else super().__getattr__("search")(text, *bounds)

    def finditer(self, text: str, *bounds: int) -> Iterator[re.Match[str]]:
        return iter(()) if western(text) else super().__getattr__("finditer")(text, *bounds)

    def __reduce__(self) -> tuple[Any, ...]:
        return _Eastern, (self.pattern, self._given)


def western(text: str) -> bool:
    """Whether Windows-1252 has all characters of a text: Latin letters, and the usual quotation marks and dashes."""
    if text.isascii():
        return True
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def lazy(source: str, flags: int = 0) -> re.Pattern[str]:
    """As ``re.compile``, but the work is put off; an error in the pattern is told at its first use."""
    return cast("re.Pattern[str]", _Lazy(source, flags))


def eastern(source: str, flags: int = 0) -> re.Pattern[str]:
    """As ``lazy``, for a pattern whose matches hold a character that no Western text has; it is compiled for others.

    Python 3.11 takes a millisecond to compile 10,000 characters of a range. A test looks at all these patterns.
    """
    return cast("re.Pattern[str]", _Eastern(source, flags))

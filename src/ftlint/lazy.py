"""Regular expressions that are compiled when they are first used, so that a check of a few clean rows compiles none."""

from __future__ import annotations

import re
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


def lazy(source: str, flags: int = 0) -> re.Pattern[str]:
    """As ``re.compile``, but the work is put off; an error in the pattern is told at its first use."""
    return cast("re.Pattern[str]", _Lazy(source, flags))

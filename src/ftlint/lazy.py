"""Regular expressions that are compiled when they are first used: a small clean file uses next to none of them."""

from __future__ import annotations

import re
from typing import Any, cast


def lazy(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """The same as ``re.compile``, later."""
    return cast("re.Pattern[str]", _Lazy(pattern, flags))


class _Lazy:
    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        """Compile, and hand the methods over, so that they are found without asking here again."""
        if name.startswith("__"):
            raise AttributeError(name)
        regex = re.compile(self.pattern, self._flags)
        for method in ("search", "match", "fullmatch", "finditer", "findall", "sub", "split", "flags", "groupindex"):
            setattr(self, method, getattr(regex, method))
        return getattr(self, name)

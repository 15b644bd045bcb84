"""Patterns of paths in a configuration: which files ``exclude`` and ``per-file`` mean."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path


def excluded(path: Path, patterns: Sequence[str], root: Path) -> bool:
    """A pattern without a slash names a file or folder anywhere, one with a slash a path from ``root``; ``**`` spans
    folders, ``*`` and ``?`` do not."""
    parts = relative(path, root).split("/")
    heads = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
    for pattern in patterns:
        regex = _glob(pattern.strip("/"))
        if any(regex.fullmatch(name) for name in (heads if "/" in pattern.strip("/") else parts)):
            return True
    return False


def relative(path: Path, root: Path) -> str:
    """The path from ``root``, with forward slashes; the path itself where there is none (another drive)."""
    try:
        return Path(os.path.relpath(path.absolute(), root.absolute())).as_posix()
    except ValueError:
        return path.as_posix()


def _glob(pattern: str) -> re.Pattern[str]:
    tokens = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(meaning.get(token, re.escape(token)) for token in tokens))

"""What took long to make and can be made again at any time, kept in the user's cache folder between runs.

Every file carries a hash of its content, so that a damaged one counts as none. A folder that cannot be written to is
no reason to stop: it is made anew each time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from pathlib import Path

from ftlint.errors import InputError
from ftlint.run.files import write_atomic

MADE, ROWS = "made", "rows"
_HASH = 32


def default_dir() -> Path:
    """The platform's folder for caches, with ``ftlint`` in it; ``XDG_CACHE_HOME`` wins everywhere."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    if given and Path(given).is_absolute():
        return Path(given) / "ftlint"
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "ftlint" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "ftlint"
    return Path.home() / ".cache" / "ftlint"


def stored() -> list[Path]:
    """All files that are kept so that a check is faster: scanners, and what rows left."""
    try:
        folders = [default_dir() / name for name in (MADE, ROWS)]
        return [path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir())]
    except (OSError, RuntimeError):  # RuntimeError: there is no home
        return []


def is_anything_made() -> bool:
    """Whether there is anything to look for among what was made."""
    try:
        return next((default_dir() / MADE).iterdir(), None) is not None
    except (OSError, RuntimeError):  # there is no such folder, or no home
        return False


def kept(name: str) -> bytes | None:
    """What was kept under a name, or None where there is nothing whole."""
    try:
        data = (default_dir() / MADE / name).read_bytes()
    except (OSError, RuntimeError):  # RuntimeError: there is no home
        return None
    digest, content = data[:_HASH], data[_HASH:]
    return content if hashlib.sha256(content).digest() == digest else None


def keep(name: str, content: bytes) -> None:
    """Keep something under a name, if the folder can be written to; another process sees all of it or nothing."""
    with contextlib.suppress(OSError, RuntimeError, InputError):
        folder = default_dir() / MADE
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomic(folder / name, hashlib.sha256(content).digest() + content)

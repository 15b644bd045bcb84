"""What an unexpected error leaves behind: a log file with the places in our code, and no word of anybody's data."""

from __future__ import annotations

import os
import platform
import tempfile
import traceback
from pathlib import Path

from ftlint import __version__
from ftlint.kept import default_dir


def log_crash(error: BaseException) -> Path | None:
    """Write the log; None where no folder can be written.

    Messages of exceptions quote what they choke on, so only types, files, lines and functions are kept.
    """
    content = describe(error)
    for folder in (default_dir() / "logs", Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix="ftlint-error-", suffix=".log", dir=folder)
            with os.fdopen(handle, "w", encoding="utf-8") as log:
                log.write(content)
        except OSError:
            continue  # the next folder may take it; None tells that none did
        return Path(name)
    return None


def describe(error: BaseException) -> str:
    """Versions, then each exception of the chain with its stack, innermost cause first."""
    lines = [f"ftlint {__version__}, Python {platform.python_version()}, {platform.platform()}\n"]
    for cause in reversed(_chain(error)):
        lines += [
            "\n",
            *traceback.format_tb(cause.__traceback__),
            f"{type(cause).__module__}.{type(cause).__qualname__}\n",
        ]
    return "".join(lines)


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in chain:
        chain.append(following)
        following = following.__cause__ or following.__context__
    return chain

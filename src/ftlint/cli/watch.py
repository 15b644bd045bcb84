"""``ftlint check --watch``: check again whenever a file changes, until Ctrl-C."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ftlint.errors import FtlintError
from ftlint.text import safe

SECONDS = 0.3
"""Between two looks at the files: a person does not notice it, and a look costs next to nothing."""


def watch(check: Callable[[], int], paths: Sequence[Path], wait: Callable[[float], None] = time.sleep) -> int:
    """Check now, and again after each change; a file that is gone or half written for a moment is waited for.

    Args:
        check: one whole check, which prints what it finds; returns the exit code.
        paths: the files whose changes count.
        wait: waits so many seconds.

    Returns:
        The exit code of the last check, when Ctrl-C has ended the watch.
    """
    code = 0
    try:
        while True:
            before = [_stamp(path) for path in paths]
            try:
                code = check()
            except FtlintError as error:  # the next change may mend it
                code = error.exit_code
                _say("error: " + safe(error.message) + (f"\nhelp: {safe(error.hint)}" if error.hint else ""))
            _say("watching for changes; Ctrl-C ends")
            while [_stamp(path) for path in paths] == before:
                wait(SECONDS)
    except KeyboardInterrupt:
        return code


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What changes with a file's content, also when it is replaced by another; None where it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

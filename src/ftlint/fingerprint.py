"""Beside stage 3: a name for all that decides what is found in a row, so that what another check left is not taken."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import ftlint
from ftlint.catalog import rules_root
from ftlint.context import active_for
from ftlint.judging import Task

_INSTALLED = (".dist-info", ".egg-info")
_NO_DAY = datetime.date(2000, 1, 1)


def fingerprint(task: Task) -> str:
    """Of all that decides what is found in a row, this program's own code included."""
    context = task.context
    settings = replace(context.settings, today=_NO_DAY, accepted=None, jobs=None, incremental=None)
    own = [repr((rule.code, rule.formats, rule.pattern)) for rule in context.book.rules.values() if rule.own]
    patterns = [rule.pattern.regex.pattern for rule in context.book.rules.values() if rule.own and rule.pattern]
    told: Iterable[object] = (
        ftlint.__version__,
        sys.byteorder,
        sys.version,
        _code(),
        _packages(),
        task.source.path and task.source.path.absolute(),
        task.source.name,
        task.source.role,
        task.format,
        settings,
        context.settings.accepted is None,  # some of what is remembered is for acceptances alone
        sorted(context.active),
        sorted(active_for(context, task.source.name)),  # a path in `per-file` may be relative to the working directory
        context.provider,
        context.model,
        context.limit,
        context.encoding,
        own,
        patterns,
    )
    return hashlib.sha256("\n".join(map(repr, told)).encode("utf-8", "backslashreplace")).hexdigest()[:40]


def _code() -> str:
    """The state of the installed code and rules: a change to any of them makes all that is remembered worthless."""
    places = [Path(ftlint.__file__).parent, Path(str(rules_root()))]
    files = sorted(path for place in places for path in place.rglob("*") if path.suffix in (".py", ".toml", ".json"))
    stats = [(path.name, path.stat()) for path in files]
    told = [(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _packages() -> list[str]:
    """The installed packages with their versions: another one may find a telephone number, or count other tokens."""
    found = []
    for place in filter(os.path.isdir, sys.path):
        with contextlib.suppress(OSError):
            found += [path.name for path in Path(place).iterdir() if path.suffix in _INSTALLED]
    return sorted(found)

"""What several commands share: the day, the configuration, and options that mean the same everywhere."""

from __future__ import annotations

import datetime
import math
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from ftlint import config
from ftlint.errors import UsageError
from ftlint.reports import FORMATS

F = TypeVar("F", bound=Callable[..., Any])


class Amount(click.FloatRange):
    """A number within bounds; ``nan``, which nothing is above or below, is none, nor is ``inf``."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number."""
        amount = float(super().convert(value, param, ctx))
        if not math.isfinite(amount):
            self.fail(f"{value} is not an amount", param, ctx)
        return amount


def config_options(command: F) -> F:
    """``--config``, ``--isolated`` and ``--today``."""
    for option in (
        click.option("--today", metavar="DATE", help="The day that date rules use (YYYY-MM-DD, or FTLINT_TODAY)."),
        click.option("--isolated", is_flag=True, help="Read no configuration file."),
        click.option(
            "--config",
            "config",
            multiple=True,
            metavar="PATH|KEY=VALUE",
            help="A configuration file, or one setting of it.",
        ),
    ):
        command = option(command)
    return command


def day(given: str | None, environ: Mapping[str, str] = os.environ) -> datetime.date:
    """The day that every date rule uses: the flag, ``FTLINT_TODAY``, or the clock's.

    Raises:
        UsageError: it is no date.
    """
    name, text = ("--today", given) if given else ("FTLINT_TODAY", environ.get("FTLINT_TODAY"))
    if not text:
        return datetime.date.today()  # the only look at the calendar
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{name} is not a date: {text}", "write it as 2026-11-21") from None


def resolve(
    given_config: Sequence[str],
    isolated: bool,
    today: str | None,
    *,
    start: Path | None = None,
    flags: Mapping[str, Any] | None = None,
) -> config.Resolved:
    """The settings of a command; ``start`` is where a configuration file is looked for (default: here)."""
    return config.resolve(
        start=start or Path(),
        today=day(today),
        config=given_config,
        isolated=isolated,
        flags=flags,
    )


def known_formats() -> str:
    """``full, concise or json``, for the help."""
    *first, last = FORMATS
    return f"{', '.join(first)} or {last}"


def split(words: Sequence[str]) -> tuple[str, ...] | None:
    """``--select FT1,FT2 --select FT3`` as one tuple; None when the flag was not given."""
    parts = tuple(part.strip() for word in words for part in word.split(",") if part.strip())
    return parts or None

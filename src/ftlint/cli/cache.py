"""``ftlint cache``: what moderation and the check remember (hashes, scores and counts, never a text)."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import click

from ftlint.cli.common import Amount, config_options, resolve
from ftlint.errors import InputError
from ftlint.text import plural


@click.group("cache", short_help="Show or clear what moderation and checks have learnt already.")
def cache() -> None:
    """What moderation and the check remember: hashes, scores and counts, never a text."""


@cache.command("info")
@config_options
def info(config: tuple[str, ...], isolated: bool, today: str | None) -> int:
    """Where the cache is, and how much it holds."""
    from ftlint.cli.output import write
    from ftlint.kept import stored
    from ftlint.moderation.cache import cache_file
    from ftlint.reports.figures import size

    held = stored()
    if held:
        write(f"for faster checks: {plural(len(held), 'file')}, {size(sum(path.stat().st_size for path in held))}\n")
    path = cache_file(_folder(config, isolated, today))
    if not path.exists():
        write(f"{path}: empty\n")
        return 0
    write(f"{path}: {plural(_count(path), 'verdict')}, {size(path.stat().st_size)}\n")
    return 0


@cache.command("prune")
@click.option("--days", type=Amount(min=0), help="Forget what is older (default: what no longer counts).")
@config_options
def prune(days: float | None, config: tuple[str, ...], isolated: bool, today: str | None) -> int:
    """Forget old verdicts, and give the space back."""
    from ftlint.cli.output import write
    from ftlint.moderation.cache import cache_file
    from ftlint.moderation.cache import prune as forget

    folder = _folder(config, isolated, today)
    try:
        removed = forget(folder, days=days)
    except (OSError, sqlite3.Error, ValueError) as error:
        raise InputError(f"cannot prune {cache_file(folder)}: {error}") from None
    write(f"{cache_file(folder)}: {plural(removed, 'verdict')} forgotten\n")
    return 0


@cache.command("clear")
@config_options
def clear(config: tuple[str, ...], isolated: bool, today: str | None) -> int:
    """Forget every verdict, so that the next pass sends everything again, and what makes checks faster."""
    from ftlint.cli.output import write
    from ftlint.kept import stored
    from ftlint.moderation.cache import cache_file
    from ftlint.moderation.cache import clear as forget

    folder = _folder(config, isolated, today)
    try:
        removed = forget(folder)
        for path in stored():
            path.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"cannot clear {cache_file(folder)}: {error.strerror}") from error
    write(f"{cache_file(folder)}: {'cleared' if removed else 'was empty'}\n")
    return 0


def _folder(config: tuple[str, ...], isolated: bool, today: str | None) -> Path | None:
    return resolve(config, isolated, today).settings.moderation.cache_dir


def _count(path: Path) -> int:
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            (count,) = database.execute("SELECT COUNT(*) FROM verdict").fetchone()
    except (sqlite3.Error, ValueError) as error:
        raise InputError(
            f"the cache {path} cannot be read: {error}", "ftlint cache clear makes room for another"
        ) from None
    return int(count)

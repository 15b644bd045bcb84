"""``ftlint config``: every setting as a check would have it, each with its origin; keys are never among them."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click

from ftlint.cli.common import config_options, resolve
from ftlint.config import Resolved
from ftlint.config_keys import KEYS, PATHS, TABLES
from ftlint.errors import UsageError
from ftlint.text import safe


class Shown(NamedTuple):
    """A setting, its value (None: not set), and where that comes from."""

    key: str
    value: Any
    origin: str


@click.command("config", short_help="Show each setting, and where it comes from.")
@click.argument("key", required=False, metavar="[KEY]")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="How to print.")
@config_options
def config(key: str | None, output_format: str, config: tuple[str, ...], isolated: bool, today: str | None) -> int:
    """Show the settings that a check in this folder would have, each with its origin.

    KEY is one of them, or a table such as `moderation`. Origins are `default`, a file, a variable, or `--config`.
    """
    from ftlint.cli.output import write

    resolved = resolve(config, isolated, today)
    shown = [item for item in _settings(resolved) if key is None or _under(item.key, key.replace("_", "-"))]
    if key is not None and not shown:
        close = difflib.get_close_matches(key, [*KEYS, *TABLES], 1)
        hint = f"did you mean `{close[0]}`?" if close else "`ftlint config` shows all of them"
        raise UsageError(f"there is no setting `{key}`", hint)
    if output_format == "json":
        rows = [{"key": item.key, "value": item.value, "origin": item.origin} for item in shown]
        write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
        return 0
    file = f"configuration: {safe(str(resolved.file))}" if resolved.file else "configuration: no file"
    lines = [f"{safe(item.key)} = {_text(item.value)}  ({safe(item.origin)})" for item in shown]
    write("\n".join([file, *lines] if key is None else lines) + "\n")
    return 0


def _under(name: str, key: str) -> bool:
    return name == key or name.startswith(f"{key}.")


def _settings(resolved: Resolved) -> Iterator[Shown]:
    """Every key that there is, and what the user's tables hold."""
    own = [key for key in resolved.given if key not in KEYS]
    for key in sorted({*KEYS, *own}):
        given = resolved.given.get(key)
        value = given if key in resolved.given else _default(resolved, key)
        if key in PATHS and value is not None:
            value = [str(item) for item in value] if isinstance(value, tuple | list) else str(Path(value))
        yield Shown(key, list(value) if isinstance(value, tuple) else value, resolved.origins[key])


def _default(resolved: Resolved, key: str) -> Any:
    """The value of a setting that nobody gave; it is read from the settings themselves, not kept twice."""
    settings = resolved.settings
    if key == "exclude":
        return resolved.exclude
    if key in ("format", "jobs"):
        return "auto"
    node: Any = settings.moderation if key == "tier" else settings
    for part in key.replace("-", "_").split("."):
        node = getattr(node, part) if node is not None else None
    return node.value if hasattr(node, "value") else node


def _text(value: Any) -> str:
    return "not set" if value is None else safe(json.dumps(value, ensure_ascii=False))

"""Prompt templates: ``{column}`` is the column's value, ``{{`` and ``}}`` are braces, nothing else has a meaning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from ftlint.errors import ConfigError

_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]+)\}|[{}]")


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template.

    Attributes:
        parts: literal texts and column names, as (is column, text).
        where: file and key, for messages.
    """

    parts: tuple[tuple[bool, str], ...]
    where: str

    @property
    def only(self) -> str | None:
        """The column that the template is, where it is exactly one and nothing else."""
        return self.parts[0][1] if len(self.parts) == 1 and self.parts[0][0] else None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the template names, in their order, each once."""
        return tuple(dict.fromkeys(text for is_column, text in self.parts if is_column))

    def require(self, known: Iterable[str]) -> None:
        """Check the columns against those of the data.

        Raises:
            ConfigError: a column does not exist; the message names those that do.
        """
        names = list(known)
        for column in self.columns:
            if column not in names:
                close = get_close_matches(column, names, n=1)
                hint = f"the columns are {', '.join(names) or 'none'}"
                hint = f"did you mean `{{{close[0]}}}`? {hint}" if close else hint
                raise ConfigError(f"{self.where}: there is no column `{column}`", hint)

    def fill(self, row: Mapping[str, Any]) -> str:
        """The text for one row.

        Raises:
            ConfigError: a value is neither text nor a number.
        """
        return "".join(
            as_text(row.get(text), text, self.where) if is_column else text for is_column, text in self.parts
        )

    def blank(self, row: Mapping[str, Any]) -> str | None:
        """The first column without a value in this row (null, or nothing but white space), or None."""
        for column in self.columns:
            value = row.get(column)
            if value is None or (isinstance(value, str) and not value.strip()):
                return column
        return None


def parse_template(text: str, where: str) -> Template:
    """Parse a template.

    Args:
        text: the template.
        where: file and key, for messages.

    Raises:
        ConfigError: a brace stands alone.
    """
    parts: list[tuple[bool, str]] = []
    end = 0
    for match in _TOKEN.finditer(text):
        parts.append((False, text[end : match.start()]))
        end = match.end()
        token = match[0]
        if match[1] is not None:
            parts.append((True, match[1]))
        elif len(token) == 2:
            parts.append((False, token[0]))
        else:
            raise ConfigError(
                f"{where}: a single `{token}` at character {match.start() + 1}",
                f"write `{token * 2}` for a brace, or `{{column}}` for a column",
            )
    parts.append((False, text[end:]))
    return Template(tuple(part for part in parts if part[1]), where)


def as_text(value: Any, column: str, where: str) -> str:
    """A column's value as it goes into a prompt.

    Raises:
        ConfigError: the value is neither text nor a number.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"  # as JSON writes it, and every source of ours
    if isinstance(value, (int, float)):
        return str(value)
    kind = "a list" if isinstance(value, (list, tuple)) else "an object" if isinstance(value, Mapping) else "no text"
    raise ConfigError(f"{where}: column `{column}` holds {kind}", "a template takes text and numbers")

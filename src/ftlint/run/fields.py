"""Strict reading of a TOML table: every key is typed, every unknown key is an error with a did-you-mean."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ftlint.errors import ConfigError

_MISSING = object()


class Fields:
    """One table of a TOML file. Each reader takes a key; ``finish`` refuses what nobody took.

    Raises (all readers):
        ConfigError: the key is missing without a default, or its value is of the wrong type.
    """

    def __init__(self, file: Path, name: str, table: Mapping[str, Any]) -> None:
        self.file = file
        self.name = name
        self._table = table
        self._known: list[str] = []

    def where(self, key: str) -> str:
        """File and key, as messages name them: ``run.toml: train.model``."""
        return f"{self.file.name}: {f'{self.name}.{key}' if self.name else key}"

    def error(self, key: str, fact: str, hint: str | None = None) -> ConfigError:
        """The error for a value that does not fit."""
        return ConfigError(f"{self.where(key)} {fact}", hint)

    def raw(self, key: str) -> Any:
        """The value as TOML has it, or None."""
        self._known.append(key)
        return self._table.get(key)

    def has(self, key: str) -> bool:
        """The key is there."""
        return key in self._table

    def _get(self, key: str, default: Any) -> Any:
        self._known.append(key)
        if key in self._table:
            return self._table[key]
        if default is _MISSING:
            close = get_close_matches(key, [other for other in self._table if other not in self._known], n=1)
            raise self.error(key, "is missing", f"did you mean it by `{close[0]}`?" if close else None)
        return default

    def text(self, key: str, default: Any = _MISSING) -> Any:
        """A non-empty string."""
        value = self._get(key, default)
        if value is default:
            return value
        if not isinstance(value, str):
            raise self.error(key, "must be a string")
        if not value.strip():
            raise self.error(key, "is empty")
        if "\0" in value:
            raise self.error(key, "holds a NUL character, which no path, name or prompt can")
        return value

    def one_of(self, key: str, choices: Sequence[str], default: Any = _MISSING) -> Any:
        """A string out of a list."""
        value = self.text(key, default)
        if value is default or value in choices:
            return value
        close = get_close_matches(value, choices, n=1)
        hint = f"did you mean `{close[0]}`?" if close else None
        raise self.error(key, f"must be one of {', '.join(choices)}; it is `{value}`", hint)

    def whole(self, key: str, default: Any = _MISSING, *, least: int, most: int | None = None) -> Any:
        """An integer within bounds."""
        value = self._get(key, default)
        if value is default:
            return value
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.error(key, "must be an integer")
        if value < least or (most is not None and value > most):
            raise self.error(key, f"must be {_range(least, most)}; it is {value}")
        return value

    def number(self, key: str, default: Any = _MISSING, *, least: float | None = 0, above: float | None = None) -> Any:
        """A finite number, as float."""
        value = self._get(key, default)
        if value is default:
            return value
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise self.error(key, "must be a number")
        if least is not None and value < least:
            raise self.error(key, f"must be at least {least:g}; it is {value:g}")
        if above is not None and value <= above:
            raise self.error(key, f"must be greater than {above:g}; it is {value:g}")
        return float(value)

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self._get(key, default)
        if not isinstance(value, bool):
            raise self.error(key, "must be true or false")
        return value

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of strings."""
        value = self._get(key, None)
        if value is None:
            return default
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise self.error(key, "must be a list of strings")
        return tuple(value)

    def table(self, key: str) -> Fields:
        """A table; an empty one when it is not there."""
        value = self._get(key, {})
        if not isinstance(value, dict):
            raise self.error(key, "must be a table")
        return Fields(self.file, f"{self.name}.{key}" if self.name else key, value)

    def tables(self, key: str) -> list[Fields]:
        """An array of tables."""
        value = self._get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.error(key, f"must be an array of tables: [[{self.name}.{key}]]")
        return [Fields(self.file, f"{self.name}.{key}[{index}]", item) for index, item in enumerate(value)]

    def finish(self) -> None:
        """Refuse keys that nobody asked for.

        Raises:
            ConfigError: an unknown key, with the nearest known one.
        """
        for key in self._table:
            if key not in self._known:
                close = get_close_matches(key, self._known, n=1)
                hint = f"did you mean `{close[0]}`?" if close else f"the keys are {', '.join(self._known)}"
                raise self.error(key, "is not a known key", hint)


def _range(least: int, most: int | None) -> str:
    return f"at least {least}" if most is None else f"between {least} and {most}"

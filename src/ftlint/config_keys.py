"""The settings that a configuration may hold: their names, their types, and how each is read from TOML or from text."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from ftlint.model import Format, Level
from ftlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """The type of a setting.

    Attributes:
        expects: what the value must be, for the message: ``must be {expects}``.
        parse: value from TOML to value; raises ValueError where it does not fit.
        text: the same from a string (environment, ``KEY=VALUE``).
    """

    expects: str
    parse: Callable[[Any], Any]
    text: Callable[[str], Any]


def _need(fits: bool) -> None:
    if not fits:
        raise ValueError


def _word(value: Any) -> str:
    _need(isinstance(value, str) and bool(value.strip()))
    return str(value)


def _words(value: Any) -> tuple[str, ...]:
    _need(isinstance(value, (list, tuple)))
    return tuple(_word(item) for item in value)


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _regions(value: Any) -> tuple[str, ...]:
    from phonenumbers import SUPPORTED_REGIONS  # takes a tenth of a second, so only where regions are set

    regions = _words(value)
    _need(all(region.upper() in SUPPORTED_REGIONS for region in regions))
    return regions


def _whole(value: Any) -> int:
    _need(isinstance(value, int) and not isinstance(value, bool) and value >= 1)
    return int(value)


def _jobs(value: Any) -> int | str:
    return "auto" if value == "auto" else _whole(value)


def _amount(value: Any) -> float:
    _need(isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and value >= 0)
    return float(value)


def _share(value: Any) -> float:
    _need(0 < _amount(value) <= 1)
    return float(value)


def _flag(value: Any) -> bool:
    _need(isinstance(value, bool))
    return bool(value)


def _flag_text(text: str) -> bool:
    lowered = text.strip().lower()
    _need(lowered in {"true", "false", "1", "0", "yes", "no", "on", "off"})
    return lowered in {"true", "1", "yes", "on"}


def _url(value: Any) -> str:
    parts = urlsplit(_word(value))
    _need(parts.scheme in {"http", "https"} and bool(parts.hostname))
    _need(not (parts.username or parts.password or parts.query))
    return str(value)


def _variable(value: Any) -> str:
    _need(isinstance(value, str) and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*|", value) is not None)
    return str(value)


def _choice(choices: Sequence[str]) -> Kind:
    def parse(value: Any) -> str:
        _need(str(value) in choices and not isinstance(value, bool))
        return str(value)

    return Kind(f"{', '.join(choices[:-1])} or {choices[-1]}", parse, parse)


WORD = Kind("a string", _word, _word)
WORDS = Kind("a list of strings", _words, _split)
REGIONS = Kind("a list of two-letter country codes such as JP and GB", _regions, lambda text: _regions(_split(text)))
WHOLE = Kind("a whole number of at least 1", _whole, lambda text: _whole(int(text)))
JOBS = Kind("a whole number of at least 1, or auto", _jobs, lambda text: _jobs(text if text == "auto" else int(text)))
AMOUNT = Kind("a number of at least 0", _amount, lambda text: _amount(float(text)))
SHARE = Kind("a number above 0 and at most 1", _share, lambda text: _share(float(text)))
FLAG = Kind("true or false", _flag, _flag_text)
URL = Kind("an http or https address without a key or a query in it", _url, _url)
VARIABLE = Kind("the name of an environment variable, never a key", _variable, _variable)
LEVEL = _choice([level.value for level in Level])
FORMAT = _choice([*(form.value for form in Format if form is not Format.UNKNOWN), "auto"])
METHOD = _choice(["supervised", "dpo", "reinforcement"])
TIER = _choice(["free", "1", "2", "3", "4", "5"])

ROLES = ("moderator", "trainer", "completer")

KEYS: dict[str, Kind] = {
    "select": WORDS,
    "extend-select": WORDS,
    "ignore": WORDS,
    "provider": WORD,
    "model": WORD,
    "format": FORMAT,
    "method": METHOD,
    "epochs": WHOLE,
    "price.training": AMOUNT,
    "price.input": AMOUNT,
    "price.output": AMOUNT,
    "rules": WORDS,
    "fail-on": LEVEL,
    "tier": TIER,
    "accepted": WORD,
    "exclude": WORDS,
    "phone-regions": REGIONS,
    "tokens": FLAG,
    "incremental": FLAG,
    "jobs": JOBS,
    "network": FLAG,
    "moderation.required": FLAG,
    "moderation.cache": FLAG,
    "moderation.cache-dir": WORD,
    "moderation.thorough": FLAG,
    "moderation.sample": WHOLE,
    **{
        f"services.{role}.{key}": kind
        for role in ROLES
        for key, kind in (("provider", WORD), ("base-url", URL), ("api-key-env", VARIABLE))
    },
    "services.guard.base-url": URL,
    "services.guard.model": WORD,
    "services.guard.api-key-env": VARIABLE,
}
"""Every setting by its dotted name. In a file ``_`` is as good as ``-``."""

TABLES: dict[str, Kind] = {"severity": LEVEL, "moderation.watch": SHARE, "per-file": WORDS}
"""Tables whose keys are the user's: rule to level, category to watch level, pattern of files to rules left out."""

PATHS = frozenset({"rules", "accepted", "moderation.cache-dir"})
"""Settings that hold paths: in a file they are relative to it."""

SECRETS = frozenset({"api-key", "apikey", "key", "token", "secret", "password", "openai-api-key"})
"""What people write where they mean a key; the message says where keys belong."""


def variable(key: str) -> str:
    """The environment variable of a setting: ``fail-on`` is ``FTLINT_FAIL_ON``."""
    return "FTLINT_" + re.sub(r"[^A-Z0-9]", "_", key.upper())

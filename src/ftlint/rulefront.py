"""The front matter of a rule file: its keys, and what each must be; a mistake names the file and the key."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from string import Formatter
from typing import Any, NoReturn

from ftlint.catalog import load_providers
from ftlint.errors import ConfigError
from ftlint.model import Format, Level

_CODE = re.compile(r"[A-Z]{2,10}[0-9]{3}")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_REQUIRED = {"code", "name", "level", "summary", "message", "help", "applies"}
_TEXTS = (*sorted(_REQUIRED), "fix", "needs", "since", "flags")
_CHOICES = {
    "level": tuple(level.value for level in Level),
    "applies": ("file", "line", "example", "text", "dataset", "job"),
    "fix": ("none", "safe", "unsafe"),
    "needs": ("offline", "api", "network"),
    "flags": ("", "i"),
}
_LISTS: dict[str, tuple[str, ...]] = {
    "formats": tuple(form.value for form in Format if form is not Format.UNKNOWN),
    "providers": (),  # asked for when they are needed: they are in a file of their own
    "references": (),
    "where": ("system", "developer", "user", "assistant", "tool", "function", "tool-definition", "reference"),
    "kinds": ("content", "name", "arguments", "tool-result", "tool-description", "reference"),
}
_KNOWN = {*_TEXTS, *_LISTS, "pattern", "trained", "example"}
_FIELDS = ("match", "role")
"""What the message and the help of a user's rule may name."""


def validate(table: dict[str, Any], source: str, *, own: bool) -> None:
    """Refuse a front matter that is not as rules/README.md has it.

    Args:
        table: the TOML between the two lines of +++.
        source: the file, for messages.
        own: the rule is the user's: it needs a pattern and a prefix of its own.

    Raises:
        ConfigError: a key is missing, unknown or wrong.
    """
    for key in sorted(_REQUIRED - table.keys()):
        _refuse(source, f"the key `{key}` is missing", "every rule has " + ", ".join(sorted(_REQUIRED)))
    for key in sorted(table.keys() - _KNOWN):
        close = difflib.get_close_matches(key, _KNOWN, 1)
        _refuse(source, f"unknown key `{key}`", f"did you mean `{close[0]}`?" if close else "remove it")
    _types(table, source)
    if not _CODE.fullmatch(table["code"]):
        remedy = "2 to 10 capital letters, then three digits"
        _refuse(source, f"`code` is not like ABC123: {table['code']}", remedy)
    if own and table["code"].startswith("FT"):
        remedy = "choose a prefix of your own"
        _refuse(source, "`code` starts with FT, which is kept for built-in rules", remedy)
    if not _NAME.fullmatch(table["name"]):
        _refuse(source, f"`name` is not in kebab-case: {table['name']}", "lower-case words with hyphens")
    if own and "pattern" not in table:
        _refuse(source, "the key `pattern` is missing", "a rule of your own needs a regular expression")
    for key in ("message", "help"):
        _template(key, table[key], source, own=own)


def _refuse(source: str, fact: str, remedy: str) -> NoReturn:
    raise ConfigError(f"{source}: {fact}", remedy)


def _types(table: dict[str, Any], source: str) -> None:
    for key in _TEXTS:
        if not isinstance(table.get(key, ""), str):
            _refuse(source, f"`{key}` is not a string", "put it in quotes")
    for key, choices in _CHOICES.items():
        if key in table and table[key] not in choices:
            _refuse(source, f"`{key}` is {table[key]}", "use " + ", ".join(filter(None, choices)))
    if not isinstance(table.get("trained", False), bool):
        _refuse(source, "`trained` is not true or false", "write true, or leave the key away")
    if not isinstance(table.get("example", {}), dict):
        _refuse(source, "`example` is not a table", "write it as [example]")
    for key, known in _LISTS.items():
        _words(key, table.get(key, []), tuple(load_providers()) if key == "providers" else known, source)


def _words(key: str, value: Any, known: Sequence[str], source: str) -> None:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        _refuse(source, f"`{key}` is not a list of strings", f'write {key} = ["..."]')
    for word in value if known else []:
        if word not in known:
            _refuse(source, f"`{key}` names `{word}`, which does not exist", "use " + ", ".join(known))


def _template(key: str, template: str, source: str, *, own: bool) -> None:
    """The fields of a built-in rule are its check's, and tested; a user's may name only what a pattern gives."""
    try:
        fields = [(name, spec, conversion) for _, name, spec, conversion in Formatter().parse(template)]
    except ValueError as error:
        _refuse(source, f"`{key}` is no template: {error}", "write {{ and }} for braces")
    for name, spec, conversion in fields if own else []:
        if name is not None and (name not in _FIELDS or spec or conversion):
            told = name + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
            remedy = "use {match} and {role}, and write {{ and }} for braces"
            _refuse(source, f"`{key}` has the field {{{told}}}, which does not exist", remedy)

"""FT1, the shape of a row: a compiled schema passes the good rows, a precise one names what is wrong with the rest."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema
import jsonschema_rs

from ftlint.catalog import rules_root
from ftlint.checks.base import Batch, Context
from ftlint.model import Example, Format, JsonPath, Problem

ROLES = ("system", "developer", "user", "assistant", "tool", "function")
_COMMON_ROLES = {"human": "user", "gpt": "assistant", "bot": "assistant", "model": "assistant", "ai": "assistant"}
_NAMES = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}


@cache
def _document() -> dict[str, Any]:
    text = (rules_root() / "schemas" / "openai.schema.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


@cache
def screen(fmt: Format) -> Any:
    """The compiled validator: ``is_valid(value)`` for a whole row, about a microsecond each."""
    return jsonschema_rs.validator_for(_schema(fmt))


@cache
def precise(fmt: Format) -> jsonschema.Draft202012Validator:
    """The slow validator whose errors carry their place; only rows that fail the screen meet it."""
    return jsonschema.Draft202012Validator(_schema(fmt))


def _schema(fmt: Format) -> dict[str, Any]:
    document = _document()
    return {"$schema": document["$schema"], "$ref": f"#/$defs/{fmt.value}", "$defs": document["$defs"]}


def schema(batch: Batch, context: Context) -> Iterator[Problem]:
    """Every violation of the format's schema, one per node; see rules/schemas for which rule each one breaks."""
    if batch.format is Format.UNKNOWN:
        return
    is_valid = screen(batch.format).is_valid
    for example in batch.examples:
        if not is_valid(example.value):
            yield from violations(example, batch.format, context.provider.name)


def violations(example: Example, fmt: Format, provider: str) -> Iterator[Problem]:
    """The problems of one row that failed the screen."""
    found: dict[tuple[JsonPath, str], Problem] = {}
    for error in precise(fmt).iter_errors(example.value):
        for problem in _problems(error, example):
            if problem.code == "FT152" and provider == "azure" and error.validator in ("maxItems", "const"):
                continue  # Azure takes several messages, of assistant and tool, on each side
            place = (problem.path or (), str(problem.values.get("key", "")))
            held = found.get(place)
            if held is None or problem.code < held.code:
                found[place] = problem
    renamed = any(problem.code == "FT151" for problem in found.values())
    for problem in found.values():
        if not (renamed and problem.code == "FT150"):
            yield problem


def _problems(error: jsonschema.ValidationError, example: Example) -> Iterator[Problem]:
    keyword = str(error.validator)
    code = error.schema["ftlint"][keyword]
    path: JsonPath = tuple(error.absolute_path)
    line = example.line.number
    if keyword == "required":
        yield from _missing(error, code, path, line)
    elif keyword == "additionalProperties":
        yield from _unknown_keys(error, code, path, line)
    elif keyword == "not" and code in ("FT124", "FT151", "FT154"):
        yield Problem(code, line, path, key=True, values={"key": str(path[-1]), **_expected(code, path)})
    else:
        yield _wrong_value(error, code, path, line)


def _missing(error: jsonschema.ValidationError, code: Any, path: JsonPath, line: int) -> Iterator[Problem]:
    absent = [key for key in error.validator_value if key not in error.instance]
    codes = code if isinstance(code, dict) else dict.fromkeys(absent, code)
    for rule in dict.fromkeys(codes[key] for key in absent):
        keys = [key for key in absent if codes[key] == rule]
        values = {"missing": ", ".join(f"`{key}`" for key in keys), "key": keys[0], "role": error.instance.get("role", "")}
        help_text = _missing_help(rule, error.instance, keys)
        yield Problem(rule, line, path, values=values, help=help_text, data={"missing": keys})


def _missing_help(rule: str, instance: dict[str, Any], keys: list[str]) -> str | None:
    near = [close[0] for key in keys for close in [difflib.get_close_matches(key, instance, 1, 0.7)] if close]
    return f"rename `{near[0]}` to `{keys[0]}`" if near and rule not in ("FT116",) else None


def _unknown_keys(error: jsonschema.ValidationError, code: str, path: JsonPath, line: int) -> Iterator[Problem]:
    allowed = [key for key in error.schema["properties"] if not _forbidden(error.schema["properties"][key])]
    for key in error.instance:
        if key in error.schema["properties"]:
            continue
        close = difflib.get_close_matches(key, allowed, 1, 0.7)
        values = {"key": key, "allowed": ", ".join(f"`{name}`" for name in allowed), "role": error.instance.get("role", "")}
        help_text = f"did you mean `{close[0]}`?" if close and close[0] not in error.instance else None
        yield Problem(code, line, (*path, key), key=True, values=values, help=help_text)


def _forbidden(schema: Any) -> bool:
    return isinstance(schema, dict) and schema.get("not") == {}


def _wrong_value(error: jsonschema.ValidationError, code: str, path: JsonPath, line: int) -> Problem:
    instance = error.instance
    values = {
        "value": instance if isinstance(instance, str) else json.dumps(instance, ensure_ascii=False)[:80],
        "found": describe(instance),
        "key": str(path[-1]) if path else "",
        **_expected(code, path),
    }
    if code == "FT114":
        values["allowed"] = ", ".join(ROLES)
        return Problem(code, line, path, values=values, help=_role_help(instance))
    return Problem(code, line, path, values=values)


def _role_help(role: Any) -> str | None:
    if not isinstance(role, str):
        return None
    word = role.strip().lower()
    close = [_COMMON_ROLES[word]] if word in _COMMON_ROLES else difflib.get_close_matches(word, ROLES, 1, 0.6)
    return f"did you mean `{close[0]}`?" if close else None


_RENAMED = {
    "preferred_completion": "preferred_output",
    "non_preferred_completion": "non_preferred_output",
    "chosen": "preferred_output",
    "rejected": "non_preferred_output",
}


def _expected(code: str, path: JsonPath) -> dict[str, str]:
    return {"wanted": _RENAMED.get(str(path[-1]), "")} if code == "FT151" else {}


def describe(value: Any) -> str:
    """``a list``, ``a number``, ``null``: what a JSON value is, in words."""
    if isinstance(value, list) and not value:
        return "an empty list"
    return _NAMES.get(type(value), "a number")

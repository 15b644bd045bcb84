"""FT1, the shape of a row: a compiled schema passes the good rows, a precise one names what is wrong with the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from ftlint.catalog import rules_root
from ftlint.checks import parameters
from ftlint.checks.base import Batch, Context
from ftlint.model import Example, Format, JsonPath, Problem
from ftlint.text import closest

if TYPE_CHECKING:
    import jsonschema

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
    import jsonschema_rs  # which plain rows do not need

    return jsonschema_rs.validator_for(_schema(fmt))


@cache
def precise(fmt: Format) -> jsonschema.Draft202012Validator:
    """The slow validator whose errors carry their place; only rows that fail the screen meet it."""
    import jsonschema  # the precise one, which a valid file never needs

    return jsonschema.Draft202012Validator(_schema(fmt))


def _schema(fmt: Format) -> dict[str, Any]:
    document = _document()
    return {"$schema": document["$schema"], "$ref": f"#/$defs/{fmt.value}", "$defs": document["$defs"]}


UNKNOWN_KEYS = ("FT118", "FT119")


def schema(batch: Batch, context: Context) -> Iterator[Problem]:
    """Every violation of the format's schema, one per node; see rules/schemas for which rule each one breaks.

    Where it is not known that a provider refuses further keys, only one that looks misspelt is reported.
    """
    odd = batch.odd  # a plain row is valid
    if batch.format is Format.UNKNOWN or not odd:
        return
    is_valid = screen(batch.format).is_valid
    keys_are_free = context.provider.extra_keys != "refused"
    for example in odd:
        if not is_valid(example.value):
            for problem in violations(example, batch.format, context.provider.name):
                if not (problem.code in UNKNOWN_KEYS and problem.help is None and keys_are_free):
                    yield problem
        if b'"parameters"' in example.line.raw:
            yield from parameters.broken(example, batch.format)


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
    yield from _without_consequences(list(found.values()))


def _without_consequences(problems: list[Problem]) -> Iterator[Problem]:
    """One finding per cause: a misspelt key is not missing and unknown too; a row of another shape is told once."""
    codes = {problem.code for problem in problems}
    misspelt = {problem.path for problem in problems if problem.key and problem.data.get("missing")}
    other_shape = {problem.path for problem in problems if _lacks_all(problem)}
    no_text = [problem.path or () for problem in problems if problem.code == "FT154"]
    for problem in problems:
        path = problem.path or ()
        if problem.code == "FT150" and "FT151" in codes:
            continue
        if any(len(path) > len(outer) and path[: len(outer)] == outer for outer in no_text):
            continue
        if problem.code in ("FT118", "FT119") and problem.path in misspelt:
            continue
        if problem.code == "FT118" and path[:-1] in other_shape:
            continue
        yield problem


def _lacks_all(problem: Problem) -> bool:
    """Nothing that makes a row or an input is there, so that its keys need not be told one by one."""
    return problem.code in ("FT110", "FT170") or (problem.code == "FT150" and len(problem.data.get("missing", ())) == 3)


def _problems(error: Any, example: Example) -> Iterator[Problem]:
    keyword = str(error.validator)
    code = error.schema["ftlint"][keyword]
    path: JsonPath = tuple(error.absolute_path)
    line = example.line.number
    role = _role(example.value, path)
    if keyword == "required":
        yield from _missing(error, code, path, line, role)
    elif keyword == "additionalProperties":
        yield from _unknown_keys(error, code, path, line, role)
    else:
        yield _wrong_value(error, code, path, line, role)


def _role(value: Any, path: JsonPath) -> str:
    """The role of the message that a path leads into, or an empty string."""
    role = ""
    for before, step in zip((None, *path), path, strict=False):
        value = value[step]
        if before in ("messages", "preferred_output", "non_preferred_output") and isinstance(value, dict):
            given = value.get("role")
            role = given if isinstance(given, str) else ""
    return role


def _missing(error: Any, code: Any, path: JsonPath, line: int, role: str) -> Iterator[Problem]:
    absent = [key for key in error.validator_value if key not in error.instance]
    codes = code if isinstance(code, dict) else dict.fromkeys(absent, code)
    for rule in dict.fromkeys(codes[key] for key in absent):
        keys = [key for key in absent if codes[key] == rule]
        missing = ", ".join(f"`{key}`" for key in keys)
        fact = f"{missing} {'is' if len(keys) == 1 else 'are'} missing"
        values = {"missing": missing, "key": keys[0], "role": role, "found": "missing", "fact": fact}
        data: dict[str, Any] = {"missing": keys}
        near = _misspelt(error, keys)
        if near is None:
            yield Problem(rule, line, path, values=values, data=data)
        else:
            help_text = f"rename `{near[0]}` to `{near[1]}`"
            data = {**data, "suggestion": near[1]}
            yield Problem(rule, line, (*path, near[0]), key=True, values=values, help=help_text, data=data)


_OTHER_WORDS = {
    "messages": ("conversations", "conversation", "dialog", "dialogue"),
    "role": ("from", "speaker", "author"),
    "content": ("text", "value", "message", "parts"),
    "text": ("content", "value"),
}
"""What other formats call the same key."""


def _misspelt(error: Any, missing: list[str]) -> tuple[str, str] | None:
    """The key that stands for a missing one, and the missing one."""
    known = error.schema.get("properties", {})
    given = [key for key in error.instance if key not in known]
    for key in missing:
        lowered = {name.strip().lower(): name for name in given}
        others = [word for word in (key, *_OTHER_WORDS.get(key, ())) if word in lowered]
        close = others[0] if others else closest(key, lowered, 0.7)
        if close:
            return lowered[close], key
    return None


def _unknown_keys(error: Any, code: str, path: JsonPath, line: int, role: str) -> Iterator[Problem]:
    allowed = [key for key in error.schema["properties"] if not _forbidden(error.schema["properties"][key])]
    for key in error.instance:
        if key in error.schema["properties"]:
            continue
        close = closest(key, allowed, 0.7)
        values = {"key": key, "allowed": ", ".join(f"`{name}`" for name in allowed), "role": role}
        meant = close if close and close not in error.instance else None
        help_text = f"did you mean `{meant}`?" if meant else None
        data = {"suggestion": meant} if meant else {}
        yield Problem(code, line, (*path, key), key=True, values=values, help=help_text, data=data)


def _forbidden(schema: Any) -> bool:
    return isinstance(schema, dict) and schema.get("not") == {}


_FORBIDDEN_KEYS = ("FT124", "FT151", "FT154")
"""Rules whose finding is the key, not what it holds, where the schema says `not`."""


def _wrong_value(error: Any, code: str, path: JsonPath, line: int, role: str) -> Problem:
    instance = error.instance
    key = _key(path)
    values: dict[str, Any] = {
        "value": instance if isinstance(instance, str) else json.dumps(instance, ensure_ascii=False),
        "found": describe(instance),
        "key": key,
        "role": role,
        **_expected(code, path),
    }
    by_value = error.validator in ("enum", "const") and not isinstance(instance, dict | list)
    values["fact"] = (f"`{key}` is `", values["value"], "`") if by_value else f"`{key}` is {values['found']}"
    if error.validator == "not" and code in _FORBIDDEN_KEYS:
        return Problem(code, line, path, key=True, values=values)
    if code == "FT114":
        values["allowed"] = ", ".join(ROLES)
        meant = _meant_role(instance)
        data = {"suggestion": meant} if meant else {}
        return Problem(code, line, path, values=values, help=_role_help(instance, meant), data=data)
    return Problem(code, line, path, values=values, help=_remedy(code, path[-1] if path else None))


def _remedy(code: str, last: str | int | None) -> str | None:
    """What to write where the rule's own help is about another place; None where it fits."""
    if code == "FT117" and isinstance(last, int):
        return 'write each part as {"type": "text", "text": ...}'
    if code == "FT117" and last == "text":
        return "write a string, the text of the part"
    if code == "FT130" and last == "parallel_tool_calls":
        return "write true or false, or leave the key away"
    return None


def _key(path: JsonPath) -> str:
    """The last key of a path, with the index behind it: ``content[0]``."""
    names = [step for step in path if isinstance(step, str)]
    index = f"[{path[-1]}]" if path and isinstance(path[-1], int) else ""
    return (names[-1] if names else "") + index


def _meant_role(role: Any) -> str | None:
    """The role that a value stands for, if it is likely."""
    if not isinstance(role, str):
        return None
    word = role.strip().lower()
    if word in ROLES:
        return word
    return _COMMON_ROLES.get(word) or closest(word, ROLES, 0.6)


def _role_help(role: Any, meant: str | None) -> str | None:
    if meant is not None and role.strip().lower() == meant:
        return f"write `{meant}`, in small letters and without spaces"
    return f"did you mean `{meant}`?" if meant else None


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
    if isinstance(value, list | str) and not value:
        return "an empty list" if isinstance(value, list) else "an empty string"
    return _NAMES.get(type(value), "a number")

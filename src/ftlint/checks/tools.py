"""FT1, what a tool call says: arguments that parse and fit, and functions that the example declares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from ftlint.checks import parameters
from ftlint.checks.base import Batch, Context
from ftlint.checks.conversation import messages_of
from ftlint.checks.shapes import per_odd
from ftlint.model import Example, Format, JsonPath, Problem
from ftlint.parse import locate
from ftlint.text import closest

_OLD_WORDS = (b'"functions"', b'"function_call"', b'"function"')


def declared(example: Example, fmt: Format) -> set[str] | None:
    """Names of the functions that an example declares, in ``tools`` or in the deprecated ``functions``.

    None where a definition is too broken to tell; that is the schema's finding.
    """
    holder: Any = example.value.get("input") if fmt is Format.PREFERENCE else example.value
    names: set[str] = set()
    for key in ("tools", "functions") if isinstance(holder, dict) else ():
        entries = holder.get(key, [])
        if not isinstance(entries, list):
            return None
        for entry in entries:
            function = entry.get("function") if key == "tools" and isinstance(entry, dict) else entry
            if not isinstance(function, dict) or not isinstance(function.get("name"), str):
                return None
            names.add(function["name"])
    return names


def calls_of(example: Example, fmt: Format) -> Iterator[tuple[JsonPath, dict[str, Any]]]:
    """Path and object of every function that a message of the example calls."""
    base, messages = messages_of(example, fmt)
    for index, message in messages:
        calls = message.get("tool_calls")
        for number, call in enumerate(calls if isinstance(calls, list) else []):
            if isinstance(call, dict) and isinstance(call.get("function"), dict):
                yield (*base, index, "tool_calls", number, "function"), call["function"]
        if isinstance(message.get("function_call"), dict):
            yield (*base, index, "function_call"), message["function_call"]


def _arguments(example: Example, batch: Batch, _: Context) -> Iterator[Problem]:
    """FT135 for arguments that are no JSON object, else FT136 where they do not fit what the function declares."""
    schemas: dict[str, bytes] | None = None
    for path, function in calls_of(example, batch.format):
        given = function.get("arguments")
        if not isinstance(given, str):
            continue
        try:
            value = orjson.loads(given) if given.strip() else None
        except orjson.JSONDecodeError as error:
            at = min(error.pos, len(given))
            span = (at, min(at + 1, len(given))) if at < len(given) else None
            yield Problem("FT135", example.line.number, (*path, "arguments"), span=span, values={"cause": error.msg})
            continue
        if not isinstance(value, dict):
            cause = "it is empty" if not given.strip() else "it is not an object"
            yield Problem("FT135", example.line.number, (*path, "arguments"), values={"cause": cause})
            continue
        if schemas is None:
            schemas = {known.name: known.parameters for known in parameters.definitions(example, batch.format)}
        name = function.get("name")
        if isinstance(name, str) and name in schemas:
            yield from _misfits(example.line.number, (*path, "arguments"), given, value, (name, schemas[name]))


def _misfits(
    line: int, path: JsonPath, given: str, value: dict[str, Any], declared: tuple[str, bytes]
) -> Iterator[Problem]:
    name, schema = declared
    for misfit in parameters.misfits(schema, value):
        try:
            span = locate(given, misfit.path, key=misfit.key)
        except RecursionError:  # nested deeper than places are looked for: all of them is shown
            span = None
        yield Problem("FT136", line, path, span=span, values={"fact": misfit.fact, "function": name})


def _deprecated(example: Example, batch: Batch, _: Context) -> Iterator[Problem]:
    """FT138, once per example: at `functions`, else at the first message that calls or answers the old way."""
    raw = example.line.raw
    if not any(word in raw for word in _OLD_WORDS):
        return
    if batch.format is Format.CHAT and example.value.get("functions"):
        values = {"old": "functions", "new": "tools"}
        yield Problem("FT138", example.line.number, ("functions",), key=True, values=values)
        return
    base, messages = messages_of(example, batch.format)
    for index, message in messages:
        if message.get("function_call"):
            values = {"old": "function_call", "new": "tool_calls"}
            yield Problem("FT138", example.line.number, (*base, index, "function_call"), key=True, values=values)
            return
        if message.get("role") == "function" and batch.format is not Format.REINFORCEMENT:  # there it is FT160
            values = {"old": "function", "new": "tool"}
            yield Problem("FT138", example.line.number, (*base, index, "role"), values=values)
            return


def _undeclared(example: Example, batch: Batch, _: Context) -> Iterator[Problem]:
    calls = list(calls_of(example, batch.format))
    names = declared(example, batch.format) if calls else None
    for path, function in calls:
        name = function.get("name")
        if names is None or not isinstance(name, str) or name in names:
            continue
        close = closest(name, names, 0.7)
        known = ", ".join(f"`{known}`" for known in sorted(names)[:8]) or "no tools at all"
        help_text = f"did you mean `{close}`?" if close else None
        values = {"function": name, "declared": known}
        yield Problem("FT137", example.line.number, (*path, "name"), values=values, help=help_text)


arguments = per_odd(_arguments)
undeclared = per_odd(_undeclared)
deprecated = per_odd(_deprecated)

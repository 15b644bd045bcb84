"""FT1, the JSON Schema that a function declares for its arguments: whether it is one, and whether arguments fit it."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from ftlint.model import Example, Format, JsonPath, Problem
from ftlint.toolrows import Fit

if TYPE_CHECKING:
    import jsonschema

_DRAFTS = ("Draft202012Validator", "Draft7Validator", "Draft4Validator")
"""A schema that one of these takes is taken for one: which draft a service reads is not published."""
_OPEN = ("additionalProperties", "patternProperties", "unevaluatedProperties", "allOf", "anyOf", "oneOf", "if", "$ref")
"""Keywords that may allow an argument which `properties` does not name."""
MOST = 10
"""So many misfits of one call are told."""
_CACHED = 1024


class Definition(NamedTuple):
    """A function that an example declares: its name, its parameters as JSON, and where they stand."""

    path: JsonPath
    name: str
    parameters: bytes


class Misfit(NamedTuple):
    """One thing that is wrong with arguments: where in them, in words, and whether the key itself is at fault."""

    path: JsonPath
    fact: str
    key: bool


def definitions(example: Example, fmt: Format) -> Iterator[Definition]:
    """Every function of the example whose parameters are an object; other shapes are the schema's findings."""
    if fmt is Format.PREFERENCE:
        return declared_in(example.value.get("input"), ("input",))
    return declared_in(example.value)


def declared_in(holder: Any, base: JsonPath = ()) -> Iterator[Definition]:
    """The same for the object that holds ``tools``, which stands at ``base``."""
    for key in ("tools", "functions") if isinstance(holder, dict) else ():
        entries = holder.get(key)
        for index, entry in enumerate(entries if isinstance(entries, list) else []):
            inner: JsonPath = ("function", "parameters") if key == "tools" else ("parameters",)
            function = entry.get("function") if key == "tools" and isinstance(entry, dict) else entry
            if isinstance(function, dict) and isinstance(function.get("parameters"), dict):
                name = function.get("name")
                parameters = orjson.dumps(function["parameters"], option=orjson.OPT_SORT_KEYS)
                yield Definition((*base, key, index, *inner), name if isinstance(name, str) else "", parameters)


def broken(example: Example, fmt: Format) -> Iterator[Problem]:
    """FT132 for each function whose parameters are an object, but no JSON Schema of an object."""
    for definition in definitions(example, fmt):
        wrong = fault(definition.parameters)
        if wrong is not None:
            where, found = wrong
            yield Problem("FT132", example.line.number, (*definition.path, *where), values={"found": found})


@functools.lru_cache(maxsize=_CACHED)
def fault(parameters: bytes) -> tuple[JsonPath, str] | None:
    """Where a schema is none, and what stands there; None for a good one."""
    schema = orjson.loads(parameters)
    kind = schema.get("type")
    if (isinstance(kind, str) and kind != "object") or (isinstance(kind, list) and "object" not in kind):
        return ("type",), f"of the type {_shown(kind)}"
    if any(_metaschema(number).is_valid(schema) for number in range(len(_DRAFTS))):
        return None
    import jsonschema  # the precise one, which good schemas never need

    try:
        error = jsonschema.exceptions.best_match(_precise().iter_errors(schema))
    except RecursionError:
        return None  # nested deeper than the precise validator goes
    if error is None:
        return None
    path: JsonPath = tuple(error.absolute_path)
    last = next((step for step in reversed(path) if isinstance(step, str)), "")
    return path, f"an object whose `{last}` is {_shown(error.instance)}"


@functools.cache
def _metaschema(number: int) -> Any:
    import jsonschema
    import jsonschema_rs

    draft = _DRAFTS[number]
    return getattr(jsonschema_rs, draft)(dict(getattr(jsonschema, draft).META_SCHEMA))


@functools.cache
def _precise() -> jsonschema.Draft202012Validator:
    import jsonschema

    return jsonschema.Draft202012Validator(jsonschema.Draft202012Validator.META_SCHEMA)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()[:60]


def misfits(parameters: bytes, arguments: dict[str, Any]) -> list[Misfit]:
    """What is wrong with the arguments of a call, by the schema of the function; nothing where it is no good schema."""
    validator = _validator(parameters)
    if validator is None:
        return []
    found: list[Misfit] = []
    if not validator.is_valid(arguments):
        try:
            for error in itertools.islice(validator.iter_errors(arguments), MOST):
                found += _misfit(error)
        except (ValueError, TypeError):  # nested deeper than the validator, or what shows a value, goes
            found.append(Misfit((), "they do not fit, and are nested too deep to say where", key=False))
    declared = _declared(parameters)
    if declared is not None:
        found += [_undeclared((), key) for key in arguments if key not in declared]
    return found[:MOST]


def fit(parameters: bytes) -> Fit | None:
    """What tells of arguments that ``misfits`` finds nothing; None where it never does."""
    validator = _validator(parameters)
    return None if validator is None else Fit(validator.is_valid, _declared(parameters))


@functools.lru_cache(maxsize=_CACHED)
def _validator(parameters: bytes) -> Any:
    """The compiled schema; None where it is broken, or leans on what is not in it. Nothing is ever fetched."""
    import jsonschema_rs

    if fault(parameters) is not None:
        return None
    schema = orjson.loads(parameters)
    for draft in _DRAFTS:
        fast = getattr(jsonschema_rs, draft)
        try:
            return fast(schema, retriever=_refuse, pattern_options=jsonschema_rs.RegexOptions())
        except (ValueError, jsonschema_rs.ReferencingError):
            continue  # no schema of this draft; it may be one of the next
    return None


def _refuse(uri: str) -> Any:
    raise ValueError(uri)


@functools.lru_cache(maxsize=_CACHED)
def _declared(parameters: bytes) -> frozenset[str] | None:
    """The arguments that a schema names, where it names some and says nothing of others; a typing error shows there."""
    schema = orjson.loads(parameters)
    properties = schema.get("properties")
    if not isinstance(properties, dict) or not properties or any(keyword in schema for keyword in _OPEN):
        return None
    return frozenset(properties)


def _undeclared(path: JsonPath, key: str) -> Misfit:
    return Misfit((*path, key), f"`{key}` is not declared", key=True)


def _misfit(error: Any) -> list[Misfit]:
    """One error of the validator in our words."""
    path: JsonPath = tuple(error.instance_path)
    kind = error.kind
    if kind.name == "additionalProperties":
        return [_undeclared(path, str(key)) for key in kind.unexpected]
    name = ".".join(str(step) for step in path) or "the object"
    value = _shown(error.instance)[:40]
    if kind.name == "required":
        fact = f"`{kind.property}` is missing" + (f" in `{name}`" if path else "")
    elif kind.name == "type":
        fact = f"`{name}` is `{value}`, not of the type {' or '.join(sorted(kind.types))}"
    elif kind.name == "enum":
        fact = f"`{name}` is `{value}`, not one of {_shown(kind.options)}"
    else:
        fact = f"`{name}`: {error.message}"
    return [Misfit(path, fact, key=False)]

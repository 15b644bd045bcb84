"""Stage: sandbox, the contract. Request bodies against the official API schema, compiled once per operation.

`openapi-fine-tuning.json` is the part of OpenAI's published OpenAPI 3.1 document (github.com/openai/openai-openapi,
MIT, version 2.3.0, 21 August 2026, commit f85dbe2) that a fine-tuning client uses, with the prose removed and mended
so that validators really compile it. OpenAPI 3.0 leftovers make some validators validate nothing, in silence:
`self_test` runs at every start and refuses to serve when a request that is known to be bad passes.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from ftlint.sandbox.wire import ApiError

_METHODS = ("get", "post", "put", "delete")
_LONGEST = 400  # characters of a validator's message that are worth showing

KNOWN_BAD: tuple[tuple[str, Any], ...] = (
    ("createModeration", {}),
    ("createModeration", {"input": 7}),
    ("createModeration", {"input": ["a", 7]}),
    ("createModeration", {"input": [{"type": "text"}]}),
    ("createFineTuningJob", {"model": "m"}),
    ("createFineTuningJob", {"model": "m", "training_file": "f", "suffix": ""}),
    ("createFineTuningJob", {"model": "m", "training_file": "f", "hyperparameters": {"n_epochs": 0}}),
    ("createChatCompletion", {"model": "m", "messages": []}),
    ("createChatCompletion", {"model": "m", "messages": [{"role": "nobody", "content": "x"}]}),
    ("createFile", {"file": "", "purpose": "nothing"}),
    ("createBatch", {"input_file_id": "f", "endpoint": "/v1/moderations"}),
    ("createBatch", {"input_file_id": "f", "endpoint": "/v1/nothing", "completion_window": "24h"}),
    ("createBatch", {"input_file_id": "f", "endpoint": "/v1/moderations", "completion_window": "1h"}),
)
KNOWN_GOOD: tuple[tuple[str, Any], ...] = (
    ("createModeration", {"input": "a"}),
    ("createModeration", {"input": ["a", "b"], "model": "omni-moderation-latest"}),
    ("createModeration", {"input": [{"type": "text", "text": "a"}]}),
    ("createFineTuningJob", {"model": "m", "training_file": "f", "suffix": None, "validation_file": None}),
    ("createChatCompletion", {"model": "m", "messages": [{"role": "user", "content": "x"}], "max_tokens": 8}),
    ("createBatch", {"input_file_id": "f", "endpoint": "/v1/moderations", "completion_window": "24h"}),
    ("createFile", {"file": "", "purpose": "fine-tune", "expires_after": {"anchor": "created_at", "seconds": 3600}}),
)


class Schemas:
    """A validator per operation that has a request body.

    Raises:
        RuntimeError: when the compiled validators do not refuse what must be refused.
    """

    def __init__(self) -> None:
        text = (files("ftlint.sandbox") / "openapi-fine-tuning.json").read_text("utf-8")
        self.document: dict[str, Any] = _with_null(json.loads(text))
        self._schemas = {name: self._rooted(schema) for name, schema in self._bodies()}
        self._fast = {name: jsonschema_rs.validator_for(schema) for name, schema in self._schemas.items()}
        self._known = {name: self._properties(schema) for name, schema in self._schemas.items()}
        self.self_test()

    def check(self, operation: str, body: dict[str, Any]) -> None:
        """Refuse a body that the official schema refuses, or that has an argument it does not know.

        Raises:
            ApiError: 400 that names the place.
        """
        for name in body:
            if name not in self._known[operation]:
                raise ApiError(400, f"Unrecognized request argument supplied: {name[:80]}", param=name[:80])
        if self.accepts(operation, body):
            return
        errors = list(Draft202012Validator(self._schemas[operation]).iter_errors(body))
        if not errors:  # the two validators disagree: refuse, and say so
            raise ApiError(400, f"The body does not match the schema of {operation}.")
        error = _closest(errors)
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)[1:]
        text = error.message
        if error.validator in ("oneOf", "anyOf"):
            text = "The value has none of the forms that are allowed here, or more than one"
        text = text if len(text) <= _LONGEST else text[:_LONGEST] + "..."
        raise ApiError(400, f"{text} - '{place}'" if place else text, param=place or None)

    def accepts(self, operation: str, body: Any) -> bool:
        """Whether the official schema takes a body.

        Raises:
            ApiError: 400 for a body nested too deeply to tell.
        """
        try:
            return bool(self._fast[operation].is_valid(body))
        except ValueError:  # half a surrogate pair, or very deep: what the fast validator cannot look at
            try:
                return Draft202012Validator(self._schemas[operation]).is_valid(body)
            except RecursionError:
                raise ApiError(400, "The body of the request is nested too deeply.") from None

    def component(self, name: str) -> dict[str, Any]:
        """The schema of one named component, with what it refers to."""
        return self._rooted({"$ref": f"#/components/schemas/{name}"})

    def self_test(self) -> None:
        wrong = [body for name, body in KNOWN_BAD if self.accepts(name, body)]
        wrong += [body for name, body in KNOWN_GOOD if not self.accepts(name, body)]
        wrong += [name for name in self._fast if self.accepts(name, {})]
        if wrong:
            raise RuntimeError(f"the API schema does not validate as it should: {wrong[0]!r}")

    def _bodies(self) -> list[tuple[str, dict[str, Any]]]:
        operations = (path[method] for path in self.document["paths"].values() for method in _METHODS if method in path)
        return [
            (operation["operationId"], media["schema"])
            for operation in operations
            for media in operation.get("requestBody", {}).get("content", {}).values()
        ]

    def _rooted(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {**schema, "components": self.document["components"]}

    def _properties(self, schema: dict[str, Any]) -> set[str]:
        """Names of the arguments that a body may have, through references and `allOf`."""
        if "$ref" in schema:
            return self._properties(self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
        inherited = [self._properties(part) for part in schema.get("allOf", ())]
        return set(schema.get("properties", ())).union(*inherited)


def _closest(errors: list[ValidationError]) -> ValidationError:
    """The most telling error: of alternatives, the one that the value fails in the fewest places, to any depth."""
    error = errors[0]
    while error.validator in ("oneOf", "anyOf") and error.context:
        branches: dict[Any, list[ValidationError]] = {}
        for inner in error.context:
            branches.setdefault(inner.schema_path[0], []).append(inner)
        of_other_type = [key for key, found in branches.items() if found[0].validator == "type" and not found[0].path]
        if len(of_other_type) < len(branches):
            for key in of_other_type:
                del branches[key]
        error = min(branches.values(), key=len)[0]
    return error


def _with_null(node: Any) -> Any:
    """`nullable: true` beside a `type`, an OpenAPI 3.0 leftover, spelt as JSON Schema 2020-12 spells it."""
    if isinstance(node, list):
        return [_with_null(item) for item in node]
    if not isinstance(node, dict):
        return node
    mended = {key: _with_null(value) for key, value in node.items()}
    if mended.get("nullable") is True and isinstance(mended.get("type"), str):
        mended["type"] = [mended["type"], "null"]
        if "enum" in mended:
            mended["enum"] = [*mended["enum"], None]
    return mended

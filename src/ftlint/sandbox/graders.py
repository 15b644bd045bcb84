"""Stage: sandbox, /fine_tuning/alpha/graders: validate a grader, and run one on a sample.

Checked: the official schema, that templates name `item.` or `sample.`, that a python grader parses and defines
`grade(sample, item)`, and that a multi grader's formula uses its own graders. Run: string checks are exact; every
text similarity is the share of common words; models and python code are not run (an error says so, reward 0).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ftlint.sandbox.learner import overlap
from ftlint.sandbox.state import box_of
from ftlint.sandbox.wire import ApiError, Json, json_body

_TEMPLATE = re.compile(r"\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_PLACE = re.compile(r"(?:item|sample)(?:\.[A-Za-z_][\w-]*|\[[\w\"']+\])+")
_ERRORS = (
    "formula_parse_error", "sample_parse_error", "truncated_observation_error", "unresponsive_reward_error",
    "invalid_variable_error", "other_error", "python_grader_server_error", "python_grader_runtime_error",
    "model_grader_server_error", "model_grader_refusal_error", "model_grader_parse_error",
)  # fmt: skip
_WORDS = ("python_grader_server_error_type", "python_grader_runtime_error_details", "model_grader_server_error_details")
_NODES = (
    ast.Expression, ast.BinOp, ast.UnaryOp, ast.Constant, ast.Name, ast.Load, ast.Call, ast.operator, ast.unaryop,
)  # fmt: skip
_FUNCTIONS: dict[str, Any] = {"min": min, "max": max, "abs": abs}


async def validate(request: Request) -> Response:
    """The grader as it was sent, or 400 that says what is wrong with it."""
    body = await json_body(request)
    _check(request, "validateGrader", body)
    return Json({"grader": body["grader"]})


async def run(request: Request) -> Response:
    """The reward of one sample."""
    body = await json_body(request)
    _check(request, "runGrader", body)
    sample, item = {"output_text": body["model_sample"]}, body.get("item") or {}
    errors: dict[str, Any] = {**dict.fromkeys(_ERRORS, False), **dict.fromkeys(_WORDS)}
    grader = body["grader"]
    scores = {name: _score(part, sample, item, errors) for name, part in _parts(grader)}
    reward = _formula(grader, scores) if grader["type"] == "multi" else next(iter(scores.values()))
    metadata = {
        "name": grader["name"],
        "type": grader["type"],
        "errors": errors,
        "execution_time": 0.0,
        "scores": scores,
        "token_usage": None,
        "sampled_model_name": None,
    }
    subs = scores if grader["type"] == "multi" else {}
    return Json({"reward": reward, "metadata": metadata, "sub_rewards": subs, "model_grader_token_usage_per_model": {}})


def _parts(grader: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The graders that score, by name: of a multi grader its own, given as a map or, as the schema has it, as one."""
    if grader["type"] != "multi":
        return [(grader["name"], grader)]
    inner = grader["graders"]
    return [(inner["name"], inner)] if isinstance(inner.get("type"), str) else list(inner.items())


def as_schema(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The body of a job creation as the schema takes it: for each grader of a multi grader's map one.

    The guide gives a map of graders, the schema a single one; the real service takes the map.
    """
    method: Any = body.get("method")
    inner: Any = method.get("reinforcement") if isinstance(method, dict) else None
    grader: Any = inner.get("grader") if isinstance(inner, dict) else None
    parts = grader.get("graders") if isinstance(grader, dict) and grader.get("type") == "multi" else None
    if not isinstance(parts, dict) or not parts or isinstance(parts.get("type"), str):
        return [body]
    return [
        {**body, "method": {**method, "reinforcement": {**inner, "grader": {**grader, "graders": part}}}}
        for part in parts.values()
    ]


def _check(request: Request, operation: str, body: dict[str, Any]) -> None:
    """Refuse what cannot grade.

    Raises:
        ApiError: 400.
    """
    schemas = box_of(request).schemas
    grader = body.get("grader")
    if isinstance(grader, dict) and grader.get("type") == "multi" and isinstance(grader.get("graders"), dict):
        # the guide gives a map of graders, the schema a single one: each of the map is held against the schema
        if not isinstance(grader.get("name"), str) or not isinstance(grader.get("calculate_output"), str):
            raise ApiError(400, "A multi grader needs name and calculate_output.", param="grader")
        if not grader["graders"] or not all(isinstance(part, dict) for _, part in _parts(grader)):
            raise ApiError(400, "A multi grader needs graders.", param="grader.graders")
        for _, part in _parts(grader):
            schemas.check(operation, {**body, "grader": part})
        _check_formula(grader)
    else:
        schemas.check(operation, body)
    for name, part in _parts(body["grader"]):
        for text in _texts(part if part["type"] != "python" else {}):
            for place in _TEMPLATE.findall(text):
                if not _PLACE.fullmatch(place):
                    message = f"Invalid template variable {place[:80]!r} in grader {name}: it is not item. or sample."
                    raise ApiError(400, message, param="grader", code="invalid_grader")
        if part["type"] == "python":
            _check_python(name, part["source"])


def _check_python(name: str, source: str) -> None:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        message = f"The source of grader {name} does not parse: {type(error).__name__}"
        raise ApiError(400, message, param="grader.source", code="invalid_grader") from None
    arguments = [
        len(node.args.args) for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "grade"
    ]
    if arguments != [2]:
        message = f"The source of grader {name} must define grade(sample, item)."
        raise ApiError(400, message, param="grader.source", code="invalid_grader")


def _check_formula(grader: Mapping[str, Any]) -> None:
    """Names of its graders, numbers, + - * / and min, max, abs: nothing else may stand in a formula."""
    names = {name for name, _ in _parts(grader)} | set(_FUNCTIONS)
    try:
        tree = ast.parse(grader["calculate_output"], mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ApiError(400, "calculate_output does not parse.", param="grader", code="invalid_grader") from None
    for node in ast.walk(tree):
        known = not isinstance(node, ast.Name) or node.id in names
        plain = not isinstance(node, ast.Call) or (isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS)
        number = not isinstance(node, ast.Constant) or isinstance(node.value, int | float)
        power = isinstance(node, ast.Pow | ast.LShift)  # would make numbers that no machine holds
        if not isinstance(node, _NODES) or not (known and plain and number) or power:
            message = "calculate_output has a name or an operation that a formula cannot have."
            raise ApiError(400, message, param="grader", code="invalid_grader")


def _formula(grader: Mapping[str, Any], scores: Mapping[str, float]) -> float:
    _check_formula(grader)
    code = compile(grader["calculate_output"], "formula", "eval")
    try:
        return float(eval(code, {"__builtins__": {}}, {**_FUNCTIONS, **scores}))  # noqa: S307 (walked node by node)
    except (ArithmeticError, TypeError, ValueError):
        return 0.0


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, Mapping):
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)


def _score(grader: Mapping[str, Any], sample: Any, item: Any, errors: dict[str, Any]) -> float:
    if grader["type"] == "python":
        errors["python_grader_server_error"] = True
        errors["python_grader_server_error_type"] = "the sandbox runs no code"
        return 0.0
    if grader["type"] not in ("string_check", "text_similarity"):
        errors["model_grader_server_error"] = True
        errors["model_grader_server_error_details"] = "the sandbox asks no model"
        return 0.0
    left, right = (_filled(grader[key], {"sample": sample, "item": item}, errors) for key in ("input", "reference"))
    if grader["type"] == "text_similarity":
        return float(overlap(left, right))
    found = {
        "eq": left == right,
        "ne": left != right,
        "like": right in left,
        "ilike": right.casefold() in left.casefold(),
    }
    return float(found[grader["operation"]])


def _filled(template: str, values: Mapping[str, Any], errors: dict[str, Any]) -> str:
    def put(match: re.Match[str]) -> str:
        node: Any = values
        for step in re.findall(r"[\w-]+", match[1]):
            node = node.get(step) if isinstance(node, Mapping) else None
        if node is None:
            errors["invalid_variable_error"] = True
            return ""
        return str(node)

    return _TEMPLATE.sub(put, template)

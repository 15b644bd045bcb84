"""Stage: sandbox, the wire. Errors, lists and JSON bodies in the shapes of OpenAI's API."""

from __future__ import annotations

import json
import math
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

SANDBOX_HEADER = "x-ftlint-sandbox"


class Json(JSONResponse):
    """A JSON answer in ASCII: a text with half a surrogate pair in it must not break the answer."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii")


class ApiError(Exception):
    """An answer that is an error; it carries everything that the client will see."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        kind: str = "invalid_request_error",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.param = param
        self.code = code
        self.kind = kind
        self.headers = dict(headers or {})

    def response(self) -> Response:
        body = {"message": self.message, "type": self.kind, "param": self.param, "code": self.code}
        return Json({"error": body}, self.status, headers=self.headers)


def model_not_found(name: str) -> ApiError:
    return ApiError(404, f"The model `{name}` does not exist or you do not have access to it.", code="model_not_found")


def new_id(prefix: str) -> str:
    """A fresh id. Random, so that ids of two sandboxes can never be taken for each other."""
    return prefix + secrets.token_hex(12)


def note(request: Request, **facts: Any) -> None:
    """Facts about this request for the log: names, ids and hashes, never a text or a key."""
    request.scope["sandbox.facts"].update(facts)


def fault_of(request: Request) -> Any:
    """The fault that is due for this request and that the handler itself has to act on, or None."""
    return request.scope.get("sandbox.fault")


async def json_body(request: Request) -> dict[str, Any]:
    """The request's body as a JSON object.

    Raises:
        ApiError: 400 when it is not one.
    """
    try:
        body = json.loads(await request.body() or b"null", parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError):
        raise ApiError(400, "We could not parse the JSON body of your request.") from None
    if not isinstance(body, dict):
        raise ApiError(400, "The body of the request must be a JSON object.")
    return body


def page(
    request: Request, rows: Sequence[Mapping[str, Any]], *, default: int, most: int, ends: bool = False
) -> Response:
    """One page of a list, in the order given: `limit` rows after the row whose id is `after`.

    An empty page has no `first_id` and `last_id`, or, where the schema requires them (`ends`), empty ones.

    Raises:
        ApiError: 400 for a limit out of range, or an `after` that is not in the list.
    """
    text = request.query_params.get("limit", str(default))
    if not re.fullmatch("[0-9]{1,6}", text) or not 1 <= int(text) <= most:
        raise ApiError(400, f"limit must be an integer from 1 to {most}, got {text[:40]!r}.", param="limit")
    start = 0
    after = request.query_params.get("after")
    if after is not None:
        ids = [row["id"] for row in rows]
        if after not in ids:
            raise ApiError(400, f"There is no row with the id {after[:80]!r} in this list.", param="after")
        start = ids.index(after) + 1
    data = rows[start : start + int(text)]
    borders = {"first_id": data[0]["id"], "last_id": data[-1]["id"]} if data else {}
    if ends and not data:
        borders = {"first_id": "", "last_id": ""}
    return Json({"object": "list", "data": data, **borders, "has_more": start + len(data) < len(rows)})


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number

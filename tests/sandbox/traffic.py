"""All that a client and a sandbox say to each other, held against the official schema: a proxy that notes, and a judge.

Nothing is passed over: a path, a query argument, a content type or a status that the schema does not have is a
violation as well.
"""

from __future__ import annotations

import email
import email.policy
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jsonschema_rs

from ftlint.sandbox.schema import Schemas
from ftlint.sandbox.wire import ApiError

_METHODS = ("get", "post", "put", "delete")
_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "host"})
DEPARTURES = (
    '"moderation_checks" is not one of "message" or "metrics" at data.',  # the event of OpenAI's guide on safety checks
    '"paused" is not one of ',  # the example of the pause endpoint itself
    'null is not of type "object" at hyperparameters',  # seen in jobs of the other methods than supervised
)
"""Where the service is known to leave its own schema, and the sandbox with it."""


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, as they went over the wire. ``path`` has no ``/v1``; status 0 is no answer."""

    method: str
    path: str
    query: str
    sent_type: str
    sent: bytes
    status: int = 0
    got_type: str = ""
    got: bytes = b""


@dataclass(frozen=True)
class _Operation:
    name: str
    method: str
    path: re.Pattern[str]
    arguments: dict[str, dict[str, Any]]
    takes: tuple[str, ...]
    answer: Any
    given: dict[str, Any]


def departs(violation: str) -> bool:
    """Whether it is one of the known departures."""
    return any(text in violation for text in DEPARTURES)


class Contract:
    """The official schema as a judge of exchanges."""

    def __init__(self) -> None:
        self.schemas = Schemas()
        self.operations = [
            self._operation(path, method, entry[method])
            for path, entry in self.schemas.document["paths"].items()
            for method in _METHODS
            if method in entry
        ]
        self._error = self._validator({"$ref": "#/components/schemas/ErrorResponse"})

    def operation(self, exchange: Exchange) -> _Operation | None:
        """The operation that the request calls."""
        found = (o for o in self.operations if o.method == exchange.method and o.path.fullmatch(exchange.path))
        return next(found, None)

    def violations(self, exchange: Exchange) -> list[str]:
        """What is wrong with either direction; each begins with the operation's name."""
        operation = self.operation(exchange)
        if operation is None:
            return [f"{exchange.method} {exchange.path}: the schema does not have it"]
        found = [*self._request(operation, exchange), *self._response(operation, exchange)]
        return [f"{operation.name}: {text}" for text in found]

    def _operation(self, path: str, method: str, entry: dict[str, Any]) -> _Operation:
        arguments = {row["name"]: row["schema"] for row in entry.get("parameters", ()) if row["in"] == "query"}
        takes = entry.get("requestBody", {}).get("content", {})
        given = entry["responses"]["200"]["content"]["application/json"]["schema"]
        pattern = re.compile(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(path)))
        name = entry["operationId"]
        return _Operation(name, method.upper(), pattern, arguments, tuple(takes), self._validator(given), given)

    def _validator(self, schema: dict[str, Any]) -> Any:
        return jsonschema_rs.validator_for({**schema, "components": self.schemas.document["components"]})

    def _request(self, operation: _Operation, exchange: Exchange) -> Iterator[str]:
        for name, value in parse_qsl(exchange.query, keep_blank_values=True):
            schema = operation.arguments.get(name.partition("[")[0])
            if schema is None:
                yield f"the query argument {name} is not in the schema"
            elif not jsonschema_rs.is_valid(schema, _typed(value, schema)):
                yield f"the query argument {name} is {value}"
        if not operation.takes:
            if exchange.sent:
                yield "a body where none is taken"
            return
        if exchange.sent_type.partition(";")[0] not in operation.takes:
            yield f"the body is {exchange.sent_type or 'untyped'}"
            return
        try:
            body = _form(exchange) if exchange.sent_type.startswith("multipart/") else json.loads(exchange.sent)
            self.schemas.check(operation.name, body)
        except (ApiError, ValueError) as error:
            yield f"request: {error}"

    def _response(self, operation: _Operation, exchange: Exchange) -> Iterator[str]:
        if exchange.status == 0:
            return
        if operation.given == {"type": "string"}:  # the content of a file, whatever type it comes as
            if exchange.status == 200 and not exchange.got:
                yield "response: no content"
            if exchange.status == 200:
                return
        if exchange.got_type.partition(";")[0] != "application/json":
            yield f"response: the type is {exchange.got_type or 'missing'}"
            return
        answer = json.loads(exchange.got)
        if exchange.status != 200 and not 400 <= exchange.status < 600:
            yield f"response: the status is {exchange.status}"
        validator = operation.answer if exchange.status == 200 else self._error
        for error in validator.iter_errors(answer):
            yield f"response: {error.message} at {'.'.join(map(str, error.instance_path))}"


def _typed(value: str, schema: dict[str, Any]) -> Any:
    return int(value) if schema.get("type") == "integer" and value.isdigit() else value


def _form(exchange: Exchange) -> dict[str, Any]:
    """A multipart form as a tree: files are empty texts, ``a[b]`` is nested, and digits are a number."""
    head = f"Content-Type: {exchange.sent_type}\r\n\r\n".encode()
    message = email.message_from_bytes(head + exchange.sent, policy=email.policy.HTTP)
    tree: dict[str, Any] = {}
    for part in message.iter_parts():  # type: ignore[attr-defined]
        content = part.get_payload(decode=True)
        name = part.get_param("name", header="content-disposition")
        text = "" if part.get_filename() is not None else content.decode()
        value: Any = int(text) if text.isdigit() else text
        outer, _, inner = name.partition("[")
        if inner:
            tree.setdefault(outer, {})[inner.rstrip("]")] = value
        else:
            tree[outer] = value
    return tree


class Proxy:
    """Passes everything on to the server behind ``base_url`` and notes it. As a context manager it stops at the end."""

    def __init__(self, base_url: str) -> None:
        self.exchanges: list[Exchange] = []
        behind = urlsplit(base_url)
        noted = self.exchanges

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass(self) -> None:
                sent = self.rfile.read(int(self.headers.get("content-length", "0")))
                assert "transfer-encoding" not in self.headers
                headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
                connection = HTTPConnection(behind.hostname or "", behind.port, timeout=60)
                connection.request(self.command, self.path, sent, headers)
                place, kind = urlsplit(self.path), self.headers.get("content-type", "")
                asked = Exchange(self.command, place.path.removeprefix("/v1"), place.query, kind, sent)
                try:
                    response = connection.getresponse()
                    got = response.read()
                except (HTTPException, OSError):  # hung up behind: so is in front
                    noted.append(asked)
                    self.close_connection = True
                    return
                finally:
                    connection.close()
                kind = response.headers.get("content-type", "")
                noted.append(replace(asked, status=response.status, got_type=kind, got=got))
                self.send_response(response.status)
                for name, value in response.getheaders():
                    if name.lower() not in _HOP:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(got)))
                self.end_headers()
                self.wfile.write(got)

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _pass  # noqa: N815 (the names that http.server calls)

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        self.base_url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

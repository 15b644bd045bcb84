"""Stage: sandbox, what happens to every request: host and key, faults before the work, the log, faults after the work.

A handler finishes its work before its answer starts, so the moment between the two is where a request is logged, and
where a fault can hide a change that has already been made.
"""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ftlint.sandbox.connections import transport_of
from ftlint.sandbox.faults import ON_BATCH_CREATION, ON_JOB_CREATION, Fault
from ftlint.sandbox.processes import end_at_once
from ftlint.sandbox.state import Box
from ftlint.sandbox.wire import SANDBOX_HEADER, ApiError

PID_HEADER = "x-sandbox-client-pid"
_IN_HANDLER = ON_JOB_CREATION | ON_BATCH_CREATION | {"wrong_count"}
_HOSTS = ("127.0.0.1", "localhost", "[::1]")


class FrontDoor:
    """The outermost ASGI application."""

    def __init__(self, app: ASGIApp, box: Box) -> None:
        self._app = app
        self._box = box

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await _Exchange(self._app, self._box, scope, receive, send).run()


class _Exchange:
    """One request and its answer."""

    def __init__(self, app: ASGIApp, box: Box, scope: Scope, receive: Receive, send: Send) -> None:
        self._app, self._box = app, box
        self._scope, self._receive, self._send = scope, receive, send
        self._transport = transport_of(scope.get("client"))
        self._headers = Headers(scope=scope)
        self._facts: dict[str, Any] = {}
        self._fault: Fault | None = None
        self._silent = False  # the client gets no answer, and its connection is closed
        self._replaced = False  # the client has got another answer than the handler's
        self._cut_body: bytearray | None = None  # of an answer that is cut in half
        scope["sandbox.facts"] = self._facts

    async def run(self) -> None:
        path: str = self._scope["path"]
        refusal = self._host_refusal()
        if refusal is None and not _own(path):
            refusal = self._key_refusal()
            if refusal is None:
                self._fault = self._box.faults.due(self._scope["method"], path)
        if refusal is not None:
            await self._refuse(refusal)
        elif self._fault is None or await self._before(self._fault):
            await self._app(self._scope, self._receive, self._answer)
        if self._silent:
            await self._hang_up()

    def _host_refusal(self) -> ApiError | None:
        """A page in a browser must not reach the sandbox through a name of its own that points at this machine."""
        host = self._headers.get("host", "")
        if host in _HOSTS or host.rpartition(":")[0] in _HOSTS:
            return None
        return ApiError(403, "The sandbox answers on a loopback address only.")

    def _key_refusal(self) -> ApiError | None:
        scheme, _, key = self._headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            return ApiError(401, "You didn't provide an API key. The sandbox takes any key that is not empty.")
        if key.strip().startswith("bad-"):
            return ApiError(401, "Incorrect API key provided.", code="invalid_api_key")
        return None

    async def _refuse(self, error: ApiError) -> None:
        """Answer with an error once the request is read: a client still sending must not meet a closed connection."""
        await _read(self._receive)
        await error.response()(self._scope, self._receive, self._answer)

    async def _before(self, fault: Fault) -> bool:
        """Act on a fault that strikes before the work; whether the work is then done as usual."""
        self._facts["fault"] = fault.do
        if fault.do in _IN_HANDLER:
            self._scope["sandbox.fault"] = fault
        elif fault.do == "truncate":
            self._cut_body = bytearray()
        elif fault.do == "kill_client_before":
            await self._kill_before(fault)
            return False
        elif fault.options.get("when", "before") == "after" or fault.do == "kill_client_after":
            return True
        elif fault.do == "slow":
            await asyncio.sleep(fault.options["seconds"])
        elif fault.do == "reset":
            self._silent = True
            self._log(None)
            return False
        else:
            await self._refuse(_error_of(fault.options))
            return False
        return True

    async def _kill_before(self, fault: Fault) -> None:
        body = await _read(self._receive)
        failure = self._end_client(fault)
        if failure is not None:
            await failure.response()(self._scope, self._receive, self._answer)
            return
        self._silent = True
        if "commit_after" not in fault.options:
            self._log(None)
            return
        self._box.pending += 1
        try:
            await asyncio.sleep(fault.options["commit_after"])
            await self._app(self._scope, _replay(body), self._answer)
        finally:
            self._box.pending -= 1

    async def _answer(self, message: Message) -> None:
        """Stand between the handler and the client."""
        if message["type"] == "http.response.start":
            seq = self._log(message["status"])
            message = {**message, "headers": [*message.get("headers", []), *_marks(seq)]}
            replaced = None if self._silent or self._fault is None else await self._after(self._fault)
            if replaced is not None:
                self._replaced = True
                await self._send_error(replaced, seq)
        if not self._silent and not self._replaced:
            await self._forward(message)

    async def _after(self, fault: Fault) -> ApiError | None:
        """Act on a fault that strikes after the work; the error to answer with instead, if any."""
        if fault.do == "kill_client_after":
            failure = self._end_client(fault)
            self._silent = failure is None
            return failure
        if fault.options.get("when") == "after":
            if fault.do == "slow":
                await asyncio.sleep(fault.options["seconds"])
            elif fault.do == "reset":
                self._silent = True
            elif fault.do == "status":
                return _error_of(fault.options)
        return None

    async def _send_error(self, error: ApiError, seq: int) -> None:
        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *_marks(seq)]}
            await self._send(message)

        await error.response()(self._scope, self._receive, send)

    async def _forward(self, message: Message) -> None:
        """Send on, or, for an answer that is to be cut, gather it and send half."""
        if self._cut_body is not None:
            if message["type"] == "http.response.start":
                kept = [pair for pair in message["headers"] if pair[0].lower() != b"content-length"]
                message = {**message, "headers": kept}
            else:
                self._cut_body += message.get("body", b"")
                if message.get("more_body", False):
                    return
                message = {**message, "body": bytes(self._cut_body[: len(self._cut_body) // 2])}
        await self._send(message)

    def _end_client(self, fault: Fault) -> ApiError | None:
        """End the pid that the fault or the client itself has named, and no other."""
        named = fault.options.get("pid", self._headers.get(PID_HEADER, ""))
        try:
            end_at_once(int(named))
        except (ValueError, OSError) as error:
            self._facts["fault_failed"] = f"{type(error).__name__}: {error}"
            message = f"The fault {fault.do} needs the client's pid, in the fault or in the header {PID_HEADER}."
            return ApiError(500, message, kind="server_error", code="sandbox_fault")
        return None

    async def _hang_up(self) -> None:
        if self._transport is None:
            return
        self._transport.abort()
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def _log(self, status: int | None) -> int:
        """Log this request; its number, or 0 for a request that is not the client's."""
        path: str = self._scope["path"]
        if _own(path):
            return 0
        method: str = self._scope["method"]
        return self._box.log.append({"method": method, "path": path, "status": status, "summary": self._facts})


def _own(path: str) -> bool:
    """A page of the sandbox's own: no key is asked for, no fault strikes, nothing is logged."""
    return path == "/" or path.startswith("/sandbox/")


def _marks(seq: int) -> list[tuple[bytes, bytes]]:
    return [(SANDBOX_HEADER.encode(), b"1"), (b"x-request-id", f"req_{seq}".encode())]


def _error_of(options: Any) -> ApiError:
    status = options["status"]
    headers = {}
    for option, header in (("retry_after", "retry-after"), ("retry_after_ms", "retry-after-ms")):
        if option in options:
            headers[header] = str(options[option])
    limited = status == 429
    kind = "requests" if limited else "server_error" if status >= 500 else "invalid_request_error"
    return ApiError(
        status,
        options.get("message", "Rate limit reached." if limited else "The sandbox was told to fail here."),
        param=options.get("param"),
        code=options.get("code", "rate_limit_exceeded" if limited else None),
        kind=options.get("type", kind),
        headers=headers,
    )


async def _read(receive: Receive) -> bytes:
    """The whole body of a request."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if message["type"] != "http.request" or not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes) -> Receive:
    """A request whose body has been read already, and whose client is gone."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else {"type": "http.disconnect"}

    return receive

"""Stage: sandbox, the open connections, so that a fault can close one without an answer."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

_open: dict[tuple[str, int], asyncio.Transport] = {}


class Protocol(H11Protocol):
    """The HTTP protocol, remembering each connection under its client's address."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self.client is not None:
            _open[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self.client is not None:
            _open.pop(self.client, None)
        super().connection_lost(exc)


def transport_of(client: Any) -> asyncio.Transport | None:
    """The connection of a client (host, port), while it is open."""
    return _open.get(tuple(client)) if client else None

"""Services, OpenAI's protocol for callers that wait: what the trainer and the batches share beneath their calls."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from ftlint.services import openai_shapes as shapes
from ftlint.services.interface import Rejected
from ftlint.services.openai_ import Endpoint
from ftlint.services.openai_errors import to_service_error
from ftlint.services.retry import retrying

if TYPE_CHECKING:
    from openai import OpenAI

T = TypeVar("T")

_PAGE = 100
NO_SUCH_ROUTE = frozenset({404, 405, 501})


class Sync:
    """A client made at the first call, its errors translated, and what may be asked again asked again."""

    def __init__(self, endpoint: Endpoint, sleep: Callable[[float], None] = time.sleep) -> None:
        self.endpoint = endpoint
        self.name = endpoint.name
        self._sleep = sleep
        self._client: OpenAI | None = None

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _send(self, call: Callable[[OpenAI], Any]) -> bytes:
        from openai import DefaultHttpxClient, OpenAI, OpenAIError

        if self._client is None:
            http_client = DefaultHttpxClient(**self.endpoint.transport())
            self._client = OpenAI(**self.endpoint.options(), http_client=http_client)
        try:
            content: bytes = call(self._client).content
        except OpenAIError as error:
            raise to_service_error(error, self.endpoint.host, self.endpoint.key) from None
        return content

    def _once(self, call: Callable[[OpenAI], Any]) -> dict[str, Any]:
        content = self._send(call)
        if content.lstrip()[:1] == b"<":  # some servers answer every address that they do not know with their own page
            raise Rejected("this address answers with a web page, not with the API", status=404)
        return shapes.parse_object(content)

    def _read(self, call: Callable[[OpenAI], Any]) -> dict[str, Any]:
        return retrying(lambda: self._once(call), self._sleep)

    def _pages(
        self,
        page: Callable[[OpenAI, dict[str, Any]], Any],
        parse: Callable[[Any], T],
        most: int,
        *,
        optional: bool = False,
    ) -> list[T]:
        """The rows of all pages, each once: some servers answer the same page for any ``after``."""
        rows: dict[Any, T] = {}
        place: dict[str, Any] = {"limit": _PAGE}
        for _ in range(most):
            try:
                answer = self._read(lambda client, place=place: page(client, place))  # type: ignore[misc]
            except Rejected as error:
                if optional and error.status in NO_SUCH_ROUTE:
                    return []
                raise
            found, after = shapes.parse_page(answer, parse, lenient=optional)
            known = len(rows)
            rows.update({row.id: row for row in found})  # type: ignore[attr-defined]
            if after is None or len(rows) == known:
                break
            place = {"limit": _PAGE, "after": after}
        return list(rows.values())

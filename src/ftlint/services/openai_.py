"""Services, OpenAI's protocol through the real openai client: moderator and completer (the trainer has its own module).

They serve OpenAI, Azure's v1 API, and servers that speak the same.

openai is imported at the first call (it takes about 0.6 s), so that a pass answered by the cache never pays for it.
The client's own retries are off: moderation has its own scheduler, reads and completions use ``retry``, and what
creates something (upload, job, cancel) is sent exactly once.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
from collections.abc import Awaitable, Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ftlint import catalog
from ftlint.services import azure
from ftlint.services import openai_shapes as shapes
from ftlint.services.interface import Completion, QuotaError, Rejected, Score, ServiceError
from ftlint.services.openai_errors import to_service_error
from ftlint.services.retry import aretrying

if TYPE_CHECKING:
    from openai import AsyncOpenAI

SANDBOX = "sandbox"
_MODERATION_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address with its key. ``key`` never shows in a repr.

    Attributes:
        header: the header that carries the key: ``authorization`` (as a bearer), or Azure's ``api-key``.
        token: gives a fresh bearer token for each request, in place of the key; ``key`` may then be empty.
    """

    provider: str
    base_url: str
    key: str = field(repr=False)
    header: str = "authorization"
    token: Callable[[], str] | None = field(default=None, repr=False)

    @property
    def host(self) -> str:
        """Host, with the port where one is given, for messages."""
        parts = urlsplit(self.base_url)
        return (parts.hostname or "") + (f":{parts.port}" if parts.port else "")

    @property
    def name(self) -> str:
        """Provider and host."""
        return f"{self.provider} ({self.host})"

    def options(self) -> dict[str, Any]:
        """Arguments of an openai client for this address.

        The client adds the user's OpenAI organisation, project and custom headers from the environment to every
        request. They are meant for OpenAI: other providers do not get to see them.
        """
        from openai import Omit

        headers: dict[str, Any] = {}
        if self.provider != "openai":
            custom = os.environ.get("OPENAI_CUSTOM_HEADERS", "").split("\n")
            names = ["OpenAI-Organization", "OpenAI-Project", *(line.partition(":")[0].strip() for line in custom)]
            headers = {name: Omit() for name in names if name and name.lower() != "authorization"}
            if self.header == "authorization" and self.token is None:
                headers["Authorization"] = f"Bearer {self.key}"
        if self.provider == SANDBOX:
            headers["x-sandbox-client-pid"] = str(os.getpid())
        # the client wants a key, also where another header or a fresh token takes its place (see ``transport``)
        key = self.key if self.key and self.header == "authorization" else "none"
        return {"api_key": key, "base_url": self.base_url, "max_retries": 0, "default_headers": headers}

    def transport(self) -> dict[str, Any]:
        """Arguments of the HTTP client beneath: what is sent goes to the announced host and nowhere else.

        Redirects are not followed. A server on this machine is spoken to directly: a proxy of the environment, which
        is meant for the world outside, would be told what was not to leave the machine.
        """
        hostname = urlsplit(self.base_url).hostname or ""
        place = f"[{hostname}]" if ":" in hostname else hostname
        direct: dict[str, Any] = {"mounts": {f"all://{place}": None}} if is_loopback(hostname) else {}
        if self.token is not None:
            token = self.token  # asked on every request: a run of days outlives the hour that a token lasts
            direct["auth"] = _auth(lambda: ("Authorization", f"Bearer {token()}"))
        elif self.header != "authorization":
            direct["auth"] = _auth(lambda: (self.header, self.key))
        return {"follow_redirects": False, **direct}


def _auth(header: Callable[[], tuple[str, str]]) -> Any:
    """Puts a header in the place of the client's own ``Authorization``."""
    import httpx2

    class Auth(httpx2.Auth):
        def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
            name, value = header()
            request.headers.pop("Authorization", None)
            request.headers[name] = value
            yield request

    return Auth()


def is_loopback(hostname: str) -> bool:
    """Whether the name stands for this machine and cannot stand for another."""
    if hostname == "localhost" or hostname.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(hostname).is_loopback
    except ValueError:
        return False


class _Async:
    """What the moderator and the completer share: a client made at the first call, and its errors translated."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.name = endpoint.name
        self._client: AsyncOpenAI | None = None

    def _connected(self) -> AsyncOpenAI:
        if self._client is None:
            from openai import AsyncOpenAI, DefaultAsyncHttpxClient

            http_client = DefaultAsyncHttpxClient(**self.endpoint.transport())
            self._client = AsyncOpenAI(**self.endpoint.options(), http_client=http_client)
        return self._client

    async def _ask(self, call: Callable[[AsyncOpenAI], Awaitable[Any]]) -> dict[str, Any]:
        """The JSON object that a raw call answers; raises ServiceError."""
        client = self._connected()
        from openai import OpenAIError

        try:
            raw = await call(client)
        except OpenAIError as error:
            # "from None": what the transport says may quote the header with the key
            raise to_service_error(error, self.endpoint.host, self.endpoint.key) from None
        return shapes.parse_object(raw.content)

    async def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()


class OpenAIModerator(_Async):
    """POST /moderations, never retried here: the caller's scheduler does that."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        # The snapshot: under the alias, cached scores would stand for whatever model comes next.
        self.model = catalog.load_moderation().model

    async def score(self, texts: Sequence[str]) -> list[Score]:
        """One Score per text, in order.

        Raises:
            ServiceError: also (BadAnswer) when the number of results is not the number of texts.
        """
        # An array of strings gives one result each; an array of parts would give one for all of them.
        return shapes.parse_scores(await self._moderate(list(texts)), len(texts))

    async def score_image(self, url: str) -> Score:
        """The Score of one image, an https or data URL: one image per request is all that the API takes.

        Raises:
            ServiceError: also (BadAnswer) for anything but one result.
        """
        parts = [{"type": "image_url", "image_url": {"url": url}}]
        return shapes.parse_scores(await self._moderate(parts), 1, image=True)[0]

    async def _moderate(self, payload: Any) -> dict[str, Any]:
        return await self._ask(
            lambda client: client.moderations.with_raw_response.create(
                model=self.model, input=payload, timeout=_MODERATION_SECONDS
            )
        )


def _worth(error: ServiceError) -> bool:
    """Whether the completer tries again by itself: a rate limit is one for all requests, and their caller waits."""
    return not isinstance(error, QuotaError)


class OpenAICompleter(_Async):
    """POST /chat/completions, with capped retries; a rate limit is the caller's to sit out."""

    def __init__(self, endpoint: Endpoint, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        super().__init__(endpoint)
        self.on_trouble: Callable[[ServiceError], None] | None = None
        self._sleep = sleep
        self._renamed: set[str] = set()

    async def complete(
        self,
        model: str,
        messages: Sequence[dict[str, Any]],
        *,
        temperature: float | None,
        max_tokens: int | None,
        seed: int | None = None,
        offer: dict[str, Any] | None = None,
    ) -> Completion:
        """One completion.

        Raises:
            ServiceError: ``shapes.NoText`` where the model gave no text (``code`` is the finish reason) and called no
                tool of the ``offer``; QuotaError at once.
        """
        given = {"temperature": temperature, "seed": seed}
        options = {**(offer or {}), **{name: value for name, value in given.items() if value is not None}}

        async def once() -> Completion:
            limit = {} if max_tokens is None else {self._limit_name(model): max_tokens}
            body: dict[str, Any] = {"model": model, "messages": list(messages), **options, **limit}
            try:
                answer = await self._ask(lambda client: client.chat.completions.with_raw_response.create(**body))
                return shapes.parse_completion(answer, calls=bool(offer))
            except ServiceError as error:
                if self.on_trouble is not None and error.retryable and not isinstance(error, QuotaError):
                    self.on_trouble(error)
                raise

        try:
            return await self._renaming(model, once)
        except ServiceError as error:
            raise azure.explained(error, model) from None

    async def _renaming(self, model: str, once: Callable[[], Awaitable[Completion]]) -> Completion:
        try:
            return await aretrying(once, self._sleep, _worth)
        except Rejected as error:
            # Newer models refuse max_tokens and name its successor, which other servers do not know yet.
            if model in self._renamed or "max_completion_tokens" not in error.message:
                raise
            self._renamed.add(model)
            return await aretrying(once, self._sleep, _worth)

    def _limit_name(self, model: str) -> str:
        return "max_completion_tokens" if model in self._renamed else "max_tokens"

"""Where requests go: to the announced host, past no proxy when that is this machine, and never on to another."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ftlint.services.interface import Rejected
from ftlint.services.openai_ import Endpoint, OpenAICompleter, OpenAIModerator, is_loopback
from ftlint.services.openai_trainer import OpenAITrainer

from .conftest import Answer, Server

Ask = Callable[[Endpoint, Path], object]


def _moderate(endpoint: Endpoint, file: Path) -> object:
    return _soon(OpenAIModerator(endpoint), lambda made: made.score(["x"]))


def _complete(endpoint: Endpoint, file: Path) -> object:
    messages = [{"role": "user", "content": "x"}]
    return _soon(
        OpenAICompleter(endpoint), lambda made: made.complete("m", messages, temperature=None, max_tokens=None)
    )


def _upload(endpoint: Endpoint, file: Path) -> object:
    trainer = OpenAITrainer(endpoint)
    try:
        return trainer.upload(file, "train.jsonl")
    finally:
        trainer.close()


def _soon(service: Any, call: Callable[[Any], Awaitable[Any]]) -> object:
    async def main() -> Any:
        try:
            return await call(service)
        finally:
            await service.close()

    return asyncio.run(main())


@pytest.fixture
def elsewhere() -> Iterator[Server]:
    made = Server()
    yield made
    made.stop()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "train.jsonl"
    path.write_bytes(b'{"messages": []}\n')
    return path


asks = pytest.mark.parametrize("ask", [_moderate, _complete, _upload])


@asks
def test_no_proxy_hears_what_goes_to_this_machine(
    server: Server, elsewhere: Server, endpoint: Endpoint, file: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, elsewhere.url.removesuffix("/v1"))
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    server.reply = lambda _: Answer({"error": {"message": "no"}}, 400)
    with pytest.raises(Rejected):
        ask(endpoint, file)
    assert len(server.asked) == 1
    assert elsewhere.asked == []


@asks
@pytest.mark.parametrize("status", [301, 307, 308])
def test_nothing_follows_a_redirect(
    server: Server, elsewhere: Server, endpoint: Endpoint, file: Path, ask: Ask, status: int
) -> None:
    server.reply = lambda asked: Answer({}, status, {"location": elsewhere.url + asked.path})
    with pytest.raises(Rejected, match="redirects to"):
        ask(endpoint, file)
    assert elsewhere.asked == []


def test_other_hosts_are_reached_as_the_environment_says() -> None:
    direct = {name for name in ("localhost", "127.0.0.1", "::1", "127.9.9.9", "a.localhost") if is_loopback(name)}
    assert direct == {"localhost", "127.0.0.1", "::1", "127.9.9.9", "a.localhost"}
    assert not any(map(is_loopback, ("example.com", "localhost.example.com", "10.0.0.1", "0.0.0.0", "")))
    assert Endpoint("generic", "http://[::1]:8000/v1", "k").transport()["mounts"] == {"all://[::1]": None}
    assert "mounts" not in Endpoint("openai", "https://api.openai.com/v1", "k").transport()

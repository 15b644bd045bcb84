"""Sandboxes for the tests, each a process of its own behind a real socket, and the real client that talks to them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import openai
import pytest

import ftlint
from ftlint.sandbox.launch import RunningSandbox, start

Call = Callable[..., tuple[int, dict[str, str], Any]]
KEY = "secret-key-of-a-test"


@pytest.fixture(scope="session", autouse=True)
def _children_find_the_source() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        source = str(Path(ftlint.__file__).parents[1])
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH")])))
        yield


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """One sandbox for all the tests of a module that do not disturb each other."""
    with start(tmp_path_factory.mktemp("sandbox"), parent=os.getpid()) as running:
        yield running
    log = (running.state_dir / "server.log").read_text("utf-8")
    assert log == f"{running.base_url}\n", "the server says its address, and has nothing to complain of"


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Callable[..., RunningSandbox]]:
    """Start sandboxes of one's own; all are stopped at the end."""
    with ExitStack() as stack:

        def begin(name: str = "state", **options: Any) -> RunningSandbox:
            return stack.enter_context(start(tmp_path / name, **{"parent": os.getpid(), **options}))

        yield begin


@pytest.fixture
def connect() -> Iterator[Callable[..., openai.OpenAI]]:
    """The real client, without its own retries."""
    with ExitStack() as stack:

        def make(running: RunningSandbox, **options: Any) -> openai.OpenAI:
            settings = {"api_key": KEY, "max_retries": 0, "timeout": 20.0, **options}
            return stack.enter_context(openai.OpenAI(base_url=running.base_url, **settings))

        yield make


@pytest.fixture
def client(shared: RunningSandbox, connect: Callable[..., openai.OpenAI]) -> openai.OpenAI:
    return connect(shared)


@pytest.fixture
def call() -> Call:
    """One raw request; (status, headers in lower case, JSON answer)."""

    def ask(
        running: RunningSandbox, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], Any]:
        address = urlsplit(running.base_url)
        connection = HTTPConnection(address.hostname or "", address.port, timeout=20)
        try:
            sent = {"Authorization": f"Bearer {KEY}"} if headers is None else headers
            connection.request(method, path, None if body is None else json.dumps(body), sent)
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return response.status, names, json.loads(response.read())
        finally:
            connection.close()

    return ask


def example(number: int, extra: str = "") -> dict[str, Any]:
    """A harmless supervised example: a short talk in a fixed prompt, and one sentence about it."""
    names = ("Mia", "Jonas", "Aiko", "Ravi", "Lena", "Tom")
    things = ("bread", "a bicycle", "the train tickets", "a blue lamp", "the garden chairs", "new shoes", "a map")
    one, other = names[number % 6], names[(number + 1 + number // 6) % 6]
    thing = things[number % 7]
    talk = (
        f"{one}: Hello {other}, how are you?\n{other}: Well, thank you. And you?\n{one}: I am fine, I think.\n"
        f"{one}: Please buy {thing} on day {number % 28 + 1}.{extra}\n{other}: Yes, I will do that for you."
    )
    prompt = f"Summarise the dialogue in one sentence.\n\n## Dialogue\n{talk}\n\n## Summary"
    answer = f"{one} asks {other} to buy {thing} on day {number % 28 + 1}."
    return {"messages": [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]}


def jsonl(rows: list[Any]) -> bytes:
    """Rows as the bytes of a file; a text row goes in as it is."""
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    return "".join(f"{line}\n" for line in lines).encode()


@pytest.fixture
def rows() -> Callable[..., list[dict[str, Any]]]:
    """Examples number `first` to `last`, the last one left out."""

    def make(first: int, last: int) -> list[dict[str, Any]]:
        return [example(number) for number in range(first, last)]

    return make


@pytest.fixture
def upload(client: openai.OpenAI) -> Callable[..., str]:
    """Upload rows with the client of the test, or another; the file's id."""

    def send(found: list[Any], by: openai.OpenAI = client, name: str = "train.jsonl") -> str:
        return by.files.create(file=(name, jsonl(found)), purpose="fine-tune").id

    return send


@pytest.fixture
def follow() -> Callable[..., tuple[Any, list[str]]]:
    """Retrieve a job until it has ended or `polls` are used up; the job and the statuses seen, without repeats."""

    def watch(by: openai.OpenAI, key: str, polls: int = 12) -> tuple[Any, list[str]]:
        seen: list[str] = []
        for _ in range(polls):
            job = by.fine_tuning.jobs.retrieve(key)
            if job.status not in seen[-1:]:
                seen.append(job.status)
            if job.status in ("succeeded", "failed", "cancelled"):
                break
        return job, seen

    return watch

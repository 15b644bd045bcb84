"""Fixtures for users' own tests: a sandbox for each test, on a loopback port, with nothing left behind.

In a `conftest.py`:

    from ftlint.sandbox.pytest_plugin import ftlint_sandbox, ftlint_sandbox_start

and in a test:

    def test_my_pipeline(ftlint_sandbox):
        client = openai.OpenAI(base_url=ftlint_sandbox.base_url, api_key="any")
        ...
        assert [entry["path"] for entry in ftlint_sandbox.requests()] == ["/v1/files", "/v1/fine_tuning/jobs"]

    def test_a_block(ftlint_sandbox):
        ftlint_sandbox.put_faults([{"do": "block"}])
        ...

`ftlint_sandbox_start(faults=..., profile="bare")` starts one with faults or a profile from the beginning. It needs
`pip install 'ftlint[sandbox]'`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from ftlint.sandbox.launch import RunningSandbox, start

__all__ = ["ftlint_sandbox", "ftlint_sandbox_start"]


@pytest.fixture
def ftlint_sandbox_start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., RunningSandbox]]:
    """Start sandboxes with the arguments of `ftlint.sandbox.launch.start`; all end with the test."""
    with ExitStack() as stack:

        def begin(state_dir: Path | None = None, **options: Any) -> RunningSandbox:
            state = state_dir or tmp_path_factory.mktemp("ftlint-sandbox")
            return stack.enter_context(start(state, **{"parent": os.getpid(), **options}))

        yield begin


@pytest.fixture
def ftlint_sandbox(ftlint_sandbox_start: Callable[..., RunningSandbox]) -> RunningSandbox:
    """A fresh sandbox: `base_url`, `requests()`, `put_faults(list)`."""
    return ftlint_sandbox_start()

"""What all tests share: the day of the check, and files made from rows."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

import ftlint
from ftlint.settings import Settings

if TYPE_CHECKING:
    from ftlint.sandbox.launch import RunningSandbox

# No test depends on how fast the machine is.
hypothesis.settings.register_profile(
    "ftlint", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], print_blob=True
)
hypothesis.settings.load_profile("ftlint")

ENVIRONMENT = ("OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "FTLINT_TODAY", "CI", "PRE_COMMIT", "NO_COLOR", "FORCE_COLOR")
TODAY = datetime.date(2026, 11, 22)
ROOT = Path(__file__).parents[1]
FIXTURES = ROOT / "fixtures"


def chat(question: str, answer: str, system: str | None = None) -> dict[str, Any]:
    """One chat example."""
    first = [{"role": "system", "content": system}] if system is not None else []
    return {"messages": [*first, {"role": "user", "content": question}, {"role": "assistant", "content": answer}]}


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No key, no configuration and no cache of the machine reaches a test."""
    for name in (
        "OPENAI_API_KEY",
        "AZURE_OPENAI_API_KEY",
        "FTLINT_TODAY",
        "CI",
        "PRE_COMMIT",
        "NO_COLOR",
        "FORCE_COLOR",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache-home"))


@pytest.fixture
def settings() -> Settings:
    """Settings of the day of the tests."""
    return Settings(today=TODAY)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write rows (objects, or raw lines as bytes or text) as a JSONL file."""

    def make(rows: Sequence[Any], name: str = "train.jsonl") -> Path:
        lines = [row if isinstance(row, bytes) else _encode(row) for row in rows]
        path = tmp_path / name
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        return path

    return make


def _encode(row: Any) -> bytes:
    return (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)).encode("utf-8")


@pytest.fixture
def launch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., RunningSandbox]]:
    """Start a sandbox with these faults; it is stopped at the end. Processes that a test starts find this code."""
    from ftlint.sandbox.launch import start

    source = str(Path(ftlint.__file__).parents[1])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH")])))
    with ExitStack() as stack:
        yield lambda *faults: stack.enter_context(start(tmp_path / "state", faults=faults, parent=os.getpid()))


def wait_for(process: subprocess.Popen[bytes], happened: Callable[[], bool], patience: float = 60.0) -> None:
    """Wait until something has happened, while a process runs."""
    deadline = time.monotonic() + patience
    while not happened():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)

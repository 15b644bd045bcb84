"""A real process, ended in the middle of a pass: every verdict it had received is kept, and not asked for again."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from conftest import chat, wait_for
from ftlint.moderation.cache import cache_file
from ftlint.sandbox.launch import RunningSandbox, start

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")

MATCH = {"method": "POST", "path": "/v1/moderations"}
ROWS = 1_200
IN_FLIGHT = 8 * 128  # strings that may be on their way, at most
PATIENCE = 60.0
Launch = Callable[..., RunningSandbox]


@pytest.fixture
def train(tmp_path: Path) -> Path:
    path = tmp_path / "train.jsonl"
    rows = [
        chat(
            f"Tell me what stands on shelf {n}. " + f"It is number {n}. " * 40, f"A jar of jam number {n}.", "Be kind."
        )
        for n in range(ROWS)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def command(sandbox: RunningSandbox, train: Path) -> list[str]:
    """The check of this file, with the sandbox as its moderator."""
    return [
        sys.executable, "-m", "ftlint", "check", str(train), "--online", "--no-tokens", "--isolated", "--select", "FT9",
        "--today", "2026-11-22", "--config", 'services.moderator.provider="sandbox"',
        "--config", f'services.moderator.base-url="{sandbox.base_url}"',
    ]  # fmt: skip


def log(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    """The moderation requests that the sandbox has seen."""
    address = urlsplit(sandbox.base_url)
    with closing(HTTPConnection(address.hostname or "", address.port, timeout=20)) as connection:
        connection.request("GET", "/sandbox/log")
        entries = json.loads(connection.getresponse().read())["entries"]
    return [entry for entry in entries if entry["path"] == MATCH["path"]]


def strings(entries: list[dict[str, Any]]) -> list[str]:
    """Short hashes of the strings of the requests that were answered."""
    return [short for e in entries if e["status"] == 200 for short in e["summary"]["input_sha256"]]


def kept() -> set[str]:
    """Short hashes of the strings with a verdict in the cache."""
    with closing(sqlite3.connect(cache_file())) as db:
        return {bytes(digest).hex()[:16] for (digest,) in db.execute("SELECT digest FROM verdict")}


def resumed(sandbox: RunningSandbox, train: Path, known: set[str]) -> None:
    """The same command again goes on where the other one ended, to the end."""
    before = len(log(sandbox))
    done = subprocess.run(command(sandbox, train), capture_output=True, check=False, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    sent = strings(log(sandbox)[before:])
    assert len(sent) == len(set(sent))
    assert set(sent).isdisjoint(known), "no string with a verdict is sent again"
    assert set(sent) | known == kept()
    assert len(kept()) == ROWS + 1


def test_a_process_that_is_killed(launch: Launch, train: Path) -> None:
    sandbox = launch({"do": "kill_client_after", "match": MATCH, "after": 20})
    done = subprocess.run(command(sandbox, train), capture_output=True, check=False, timeout=PATIENCE)
    assert done.returncode == -signal.SIGKILL
    answered, known = strings(log(sandbox)), kept()
    assert known <= set(answered)
    assert len(answered) - IN_FLIGHT <= len(known)
    assert known
    resumed(sandbox, train, known)


def test_a_process_that_is_interrupted(launch: Launch, train: Path) -> None:
    sandbox = launch({"do": "slow", "seconds": 0.3, "match": MATCH, "times": None, "when": "before"})
    process = subprocess.Popen(command(sandbox, train), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_for(process, lambda: len(log(sandbox)) >= 10)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, err
    assert b"Traceback" not in out + err
    assert b" --online " in err, "it says how to go on"
    assert b"FT909" in out, "what was not looked at is not passed over"
    known = kept()
    assert 0 < len(known) < ROWS
    assert len(set(strings(log(sandbox)))) - IN_FLIGHT <= len(known)
    resumed(sandbox, train, known)


def test_a_key_that_is_withdrawn_half_way(launch: Launch, train: Path) -> None:
    sandbox = launch({"do": "status", "status": 401, "match": MATCH, "after": 9, "times": 40})
    done = subprocess.run(command(sandbox, train), capture_output=True, check=False, timeout=PATIENCE)
    assert done.returncode == 3
    assert b"the key was refused (401)" in done.stdout + done.stderr
    known = kept()
    assert 0 < len(known) < ROWS
    sandbox = launch()
    start(sandbox.state_dir, faults=[], parent=os.getpid())
    resumed(sandbox, train, known)

"""The sandbox as a process: start, take over, restart, end; its state outlives both sides."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openai
import pytest

from ftlint.errors import FtlintError
from ftlint.sandbox import server
from ftlint.sandbox.launch import RunningSandbox, require_packages, start
from ftlint.sandbox.processes import Guard, alive, end_at_once
from ftlint.sandbox.server import ServeError, is_loopback
from ftlint.sandbox.state import RequestLog
from ftlint.sandbox.store import Store

from .conftest import Call, example, jsonl

Launch = Callable[..., RunningSandbox]
Connect = Callable[..., openai.OpenAI]


def bystander() -> subprocess.Popen[bytes]:
    """A process that waits until it is ended."""
    return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)


def test_a_killed_server_finds_everything_again(launch: Launch, connect: Connect, call: Call) -> None:
    first = launch(faults=[{"do": "status", "status": 500, "times": 1, "match": {"path": "/v1/models"}}])
    client = connect(first)
    with pytest.raises(openai.InternalServerError):
        client.models.list()
    file = client.files.create(file=("a.jsonl", jsonl([example(n) for n in range(10)])), purpose="fine-tune")
    key = client.fine_tuning.jobs.create(model="sandbox-mini", training_file=file.id, metadata={"run": "1"}).id
    seen = [client.fine_tuning.jobs.retrieve(key).status for _ in range(4)]
    entries = call(first, "GET", "/sandbox/log")[2]["entries"]
    assert first.process is not None
    first.process.kill()
    first.process.wait()
    second = launch(faults=[{"do": "status", "status": 500, "times": 1, "match": {"path": "/v1/models"}}])
    assert second.pid != first.pid
    assert second.base_url == first.base_url, "a client that was cut off comes back to the same address"
    client = connect(second)
    assert client.models.list().data, "a fault that has struck does not strike again"
    assert client.files.retrieve(file.id) == file
    assert [job.metadata for job in client.fine_tuning.jobs.list().data] == [{"run": "1"}]
    seen += [client.fine_tuning.jobs.retrieve(key).status for _ in range(2)]
    assert seen == ["validating_files", "queued", "running", "running", "running", "succeeded"]
    after = call(second, "GET", "/sandbox/log")[2]["entries"]
    assert after[: len(entries)] == entries
    assert [entry["seq"] for entry in after] == list(range(1, len(after) + 1))


def test_a_running_server_is_used_again(launch: Launch, connect: Connect, tmp_path: Path, call: Call) -> None:
    first = launch()
    assert first.owned
    second = start(tmp_path / "state")
    assert (second.pid, second.process, second.owned) == (first.pid, None, False)
    second.stop()
    assert call(first, "GET", "/sandbox/health")[0] == 200, "it belongs to the first"
    faults = [{"do": "reset", "match": {"path": "/v1/never"}}]
    third = start(tmp_path / "state", parent=os.getpid(), faults=faults)
    assert (third.pid, third.owned) == (first.pid, True)
    assert call(first, "GET", "/sandbox/faults")[2] == {"faults": faults}
    kinds = ("file", "job", "event", "checkpoint", "model", "batch")
    assert call(first, "GET", "/sandbox/state")[2] == dict.fromkeys(kinds, 0)
    third.stop()
    assert first.process is not None
    assert first.process.wait(10) == 0
    assert not (tmp_path / "state" / "address.json").exists()


def test_it_ends_cleanly_when_asked_and_leaves_no_address(launch: Launch) -> None:
    running = launch()
    address = running.state_dir / "address.json"
    assert json.loads(address.read_bytes()) == {"base_url": running.base_url, "pid": running.pid}
    assert (running.state_dir / "server.log").read_text() == f"{running.base_url}\n"
    assert running.process is not None
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(10) == 0
    assert not address.exists()


def test_it_ends_with_the_process_that_it_was_started_for(launch: Launch) -> None:
    watched = bystander()
    running = launch(parent=watched.pid)
    assert running.process is not None
    assert running.process.poll() is None
    watched.communicate()  # its standard input is closed: it ends
    assert running.process.wait(10) == 0


def test_a_server_whose_client_died_is_taken_over_or_replaced(launch: Launch, connect: Connect, tmp_path: Path) -> None:
    watched = bystander()
    first = launch(parent=watched.pid)
    file = connect(first).files.create(file=("a.jsonl", b"{}\n"), purpose="fine-tune")
    watched.communicate()
    second = launch()  # may meet the first one on its way out
    assert connect(second).files.retrieve(file.id) == file
    second.stop()
    assert first.process is not None
    assert first.process.wait(10) == 0


CREATE_WHEN_TOLD = """
import os, openai
with openai.OpenAI(base_url=input(), api_key="child", max_retries=0,
                   default_headers={"x-sandbox-client-pid": str(os.getpid())}) as client:
    client.fine_tuning.jobs.create(model="sandbox-mini", training_file=input())
"""


def test_what_a_dead_client_sent_is_done_before_its_server_ends(launch: Launch, connect: Connect) -> None:
    late = {"do": "kill_client_before", "commit_after": 0.8, "match": {"path": "/v1/fine_tuning/jobs"}}
    watched = subprocess.Popen([sys.executable, "-c", CREATE_WHEN_TOLD], stdin=subprocess.PIPE, text=True)
    running = launch(parent=watched.pid, faults=[late])
    client = connect(running)
    file = client.files.create(file=("a.jsonl", jsonl([example(0)])), purpose="fine-tune").id
    watched.communicate(f"{running.base_url}\n{file}\n", timeout=30)
    assert watched.returncode == -9
    assert client.fine_tuning.jobs.list().data == [], "its client is gone, and it has not been done yet"
    client.close()
    assert running.process is not None
    assert running.process.wait(10) == 0
    assert [job.training_file for job in connect(launch()).fine_tuning.jobs.list().data] == [file]


def test_the_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    guard = Guard()
    assert not guard.gone()
    watched = bystander()
    assert guard.watch(watched.pid)
    assert not guard.gone()
    watched.communicate()
    assert guard.gone()
    assert guard.watch(os.getppid())
    assert not guard.gone()
    monkeypatch.setattr(os, "getppid", lambda: 1)
    assert guard.gone(), "the parent has changed, whoever has its pid now"
    guard.closing = True
    assert not guard.watch(os.getpid())


def test_who_can_be_ended() -> None:
    for pid in (-1, 0, 1, os.getpid()):
        with pytest.raises(ValueError, match="not the pid of a client"):
            end_at_once(pid)
    victim = bystander()
    end_at_once(victim.pid)
    assert victim.wait(10) == -9
    assert victim.stdin is not None
    victim.stdin.close()
    assert not alive(victim.pid)
    assert alive(os.getpid())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--host", "0.0.0.0"], "0.0.0.0 is not a loopback address"),
        (["--host", "example.org"], "example.org is not a loopback address"),
        (["--faults", "{state}/missing.json"], "missing.json"),
        (["--faults", "{state}/wrong.json"], 'fault 1: "do" must be one of'),
    ],
)
def test_it_does_not_start(tmp_path: Path, arguments: list[str], told: str) -> None:
    (tmp_path / "wrong.json").write_text('[{"do": "x"}]')
    given = [argument.format(state=tmp_path) for argument in arguments]
    command = [sys.executable, "-m", "ftlint.sandbox", "--state", str(tmp_path), *given]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert told in done.stderr
    assert not (tmp_path / "address.json").exists()


def test_only_loopback_hosts() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "localhost", "::1")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.168.1.1", "localhost.example.org", "")))


def test_two_servers_do_not_share_a_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_LOCK_WAIT", 0.05)
    lock = server._lock(tmp_path)
    with pytest.raises(ServeError, match="another sandbox is using"):
        server._lock(tmp_path)
    lock.close()
    server._lock(tmp_path).close()


def test_missing_packages_are_named_with_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "python_multipart" else object())
    for attempt in (require_packages, lambda: start(tmp_path / "state")):
        with pytest.raises(FtlintError) as caught:
            attempt()
        assert caught.value.message == "the sandbox needs python-multipart, which is not installed"
        assert caught.value.hint == "pip install 'ftlint[sandbox]'"
    assert not (tmp_path / "state").exists()


def test_wrong_faults_end_the_start(tmp_path: Path) -> None:
    path = tmp_path / "faults.json"
    with pytest.raises(FtlintError, match="cannot read the faults file"):
        start(tmp_path / "state", faults=path)
    path.write_text("{}")
    with pytest.raises(FtlintError, match="is not a JSON list"):
        start(tmp_path / "state", faults=path)
    with pytest.raises(FtlintError, match='fault 1: "do" must be one of'):
        start(tmp_path / "state", faults=[{"do": "x"}])


def test_an_address_of_a_dead_server_is_not_believed(launch: Launch, tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    (state / "address.json").write_text('{"base_url": "http://127.0.0.1:9/v1", "pid": 4000000}')
    running = launch()
    assert running.process is not None
    assert running.pid == running.process.pid


def test_the_log_survives_an_unfinished_line(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    RequestLog(path).append({"path": "/a"})
    with path.open("ab") as stream:
        stream.write(b'{"seq": 2, "pa')
    log = RequestLog(path)
    assert log.append({"path": "/b"}) == 3
    assert [entry["path"] for entry in log.entries()] == ["/a", "/b"]


def test_a_transaction_keeps_all_or_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.transaction():
        store.put("kind", "a", {"n": 1})

    def fail() -> Any:
        with store.transaction():
            store.put("kind", "a", {"n": 2})
            store.put("kind", "b", {"n": 3})
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert store.all("kind") == [{"n": 1}]
    store.close()

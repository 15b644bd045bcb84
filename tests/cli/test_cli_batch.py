"""`ftlint check --batch` against the sandbox: from the upload to the deleted files, killed and taken up again."""

from __future__ import annotations

import json
import signal
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
from ftlint.cli import main
from ftlint.moderation import batch
from ftlint.sandbox.launch import RunningSandbox

Launch = Callable[..., RunningSandbox]
PATIENCE = 60.0
LOOK = {"method": "GET", "path": "/v1/batches/*"}


@pytest.fixture
def launch(launch: Launch, monkeypatch: pytest.MonkeyPatch) -> Launch:
    monkeypatch.setattr(batch, "nap", lambda _: None)
    return launch


@pytest.fixture
def train(tmp_path: Path) -> Path:
    path = tmp_path / "train.jsonl"
    rows = [chat(f"What is {n}?", f"It is {n}, I say. {'⟦hate=0.9⟧' * (n == 9)}") for n in range(1, 41)]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def arguments(sandbox: RunningSandbox, train: Path) -> list[str]:
    return [
        "check", str(train), "--batch", "--isolated", "--select", "FT9", "--today", "2026-11-22", "--no-tokens",
        "--config", 'services.moderator.provider="sandbox"', "--base-url", sandbox.base_url,
        "--also", f"json={train.with_name('report.json')}",
    ]  # fmt: skip


def ask(sandbox: RunningSandbox, path: str) -> Any:
    address = urlsplit(sandbox.base_url)
    with closing(HTTPConnection(address.hostname or "", address.port, timeout=20)) as connection:
        connection.request("GET", path, headers={"Authorization": "Bearer k"})
        return json.loads(connection.getresponse().read())


def submitted(sandbox: RunningSandbox) -> list[tuple[str, str]]:
    """Uploads and creations that were carried out."""
    entries = ask(sandbox, "/sandbox/log")["entries"]
    posts = {"/v1/files": "upload", "/v1/batches": "batch"}
    return [(posts[e["path"]], e["method"]) for e in entries if e["method"] == "POST" and e["path"] in posts]


def nothing_left(sandbox: RunningSandbox) -> bool:
    return bool(ask(sandbox, "/v1/files")["data"] == [])


def report(train: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(train.with_name("report.json").read_text(encoding="utf-8"))
    return found


def test_a_pass_by_batch(launch: Launch, train: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sandbox = launch()
    assert main(arguments(sandbox, train)) == 1
    found = report(train)
    assert [(finding["code"], finding["line"]) for finding in found["findings"]] == [("FT901", 9)]
    assert (found["moderation"]["status"], found["moderation"]["coverage"], found["notes"]) == ("complete", 1.0, [])
    assert nothing_left(sandbox)
    assert submitted(sandbox) == [("upload", "POST"), ("batch", "POST")]
    said = capsys.readouterr().err
    assert "40 texts, about" in said
    assert "as files of a batch, and stay there until it is done (24 h at most) and they are deleted again" in said
    assert "0 rows hold personal data" in said


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"outcome": "failed"}, "the batch is failed: token_limit_exceeded"),
        ({"outcome": "expired", "answered": 1}, "the batch did not carry it out: batch_expired"),
        ({"errors": 1}, "the service refused it (500)"),
        ({"lost": 1}, "the batch holds no answer"),
        ({"short": 2}, "an answer that cannot be trusted: asked for"),
        ({"twice": 1}, "an answer that cannot be trusted: the request is answered more than once"),
        ({"outcome": "cancelled", "lost": 2}, "the batch is cancelled"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_what_goes_wrong_with_a_batch_is_not_passed_over(
    launch: Launch, train: Path, fault: dict[str, Any], reason: str
) -> None:
    sandbox = launch({"do": "batch", **fault})
    assert main(arguments(sandbox, train)) == 3
    found = report(train)
    assert (found["verdict"], found["moderation"]["status"]) == ("incomplete", "partial")
    assert found["moderation"]["coverage"] < 1
    assert any(reason in finding["message"] for finding in found["findings"] if finding["code"] == "FT909")
    assert nothing_left(sandbox)
    assert main(arguments(sandbox, train)) == 1, "the same command asks for the rest"
    assert report(train)["moderation"]["status"] == "complete"
    assert nothing_left(sandbox)


@pytest.mark.parametrize("status", [404, 501])
def test_a_server_without_batches(launch: Launch, train: Path, status: int) -> None:
    match = {"path": "/v1/batches*"}
    sandbox = launch({"do": "status", "status": status, "match": match, "times": None})
    assert main(arguments(sandbox, train)) == 3
    assert "has no batches; leave --batch away" in report(train)["moderation"]["reason"]
    assert submitted(sandbox) == []


def test_trouble_on_the_way(launch: Launch, train: Path) -> None:
    sandbox = launch(
        {"do": "status", "status": 503, "retry_after_ms": 1, "match": {"method": "POST", "path": "/v1/files"}},
        {"do": "status", "status": 500, "when": "after", "match": {"method": "POST", "path": "/v1/batches"},
         "retry_after_ms": 1},
        {"do": "status", "status": 429, "retry_after_ms": 1, "match": LOOK, "times": 3},
    )  # fmt: skip
    assert main(arguments(sandbox, train)) == 1
    assert report(train)["moderation"]["status"] == "complete"
    carried_out = [what for what, _ in submitted(sandbox)]
    assert carried_out.count("batch") == 1, "an answer that was lost is looked up, not asked for again"
    assert nothing_left(sandbox)


def test_options_that_do_not_go_together(train: Path) -> None:
    assert main(["check", str(train), "--batch", "--offline"]) == 2
    assert main(["check", str(train), "--batch", "--isolated", "--config", "moderation.cache=false"]) == 2
    assert main(["check", str(train), "--batch", "--isolated"]) == 2, "there is no key"


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize(
    "match",
    [
        {"method": "POST", "path": "/v1/files"},
        {"method": "POST", "path": "/v1/batches"},
        LOOK,
        {"method": "GET", "path": "/v1/files/*/content"},
        {"method": "DELETE", "path": "/v1/files/*"},
    ],
    ids=lambda match: f"{match['method']}{match['path']}",
)
def test_a_process_that_is_killed_leaves_a_batch_that_is_taken_up(
    launch: Launch, train: Path, match: dict[str, str]
) -> None:
    """Right after the service has done what it was asked, before the client hears of it."""
    sandbox = launch({"do": "kill_client_after", "match": match})
    command = [sys.executable, "-m", "ftlint", *arguments(sandbox, train)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=PATIENCE)
    assert done.returncode == -signal.SIGKILL
    assert main(arguments(sandbox, train)) == 1
    assert report(train)["moderation"]["status"] == "complete"
    assert submitted(sandbox) == [("upload", "POST"), ("batch", "POST")]
    assert nothing_left(sandbox)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_ctrl_c_says_what_goes_on_and_how_to_come_back(launch: Launch, train: Path) -> None:
    sandbox = launch({"do": "batch", "polls": None})
    command = [sys.executable, "-m", "ftlint", *arguments(sandbox, train)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    asked = lambda: [entry["path"] for entry in ask(sandbox, "/sandbox/log")["entries"]]  # noqa: E731
    wait_for(process, lambda: any(path.startswith("/v1/batches/") for path in asked()))
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, err
    assert b"Traceback" not in out + err
    assert b"note: the batch batch_" in err
    assert b"the same command goes on waiting for it" in err
    assert b" --batch " in err
    assert not nothing_left(sandbox)

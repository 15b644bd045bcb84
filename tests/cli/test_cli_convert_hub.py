"""A Hugging Face id: the real `datasets` library over a loopback hub, in a process of its own."""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("datasets")

COMMIT = "a" * 40
FILES = {
    "train.jsonl": b'{"question": "What is a fjord?", "answer": "A bay."}\n{"question": "q", "answer": ""}\n',
    "validation.jsonl": b'{"question": "And a delta?", "answer": "NA"}\n',
}
LISTED = [{"type": "file", "path": name, "size": len(data), "oid": "b" * 40} for name, data in FILES.items()]
ABOUT = {"id": "org/name", "sha": COMMIT, "private": False, "tags": [], "downloads": 0, "likes": 0,
         "siblings": [{"rfilename": name} for name in FILES]}  # fmt: skip


class Hub(http.server.BaseHTTPRequestHandler):
    """As much of a hub as a public dataset of two JSONL files needs."""

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def _body(self) -> bytes | None:
        path = self.path.split("?")[0]
        if path.startswith(("/api/datasets/org/name/tree/", "/api/datasets/org/name/paths-info/")):
            return json.dumps(LISTED).encode()
        if path == "/api/datasets/org/name" or path.startswith("/api/datasets/org/name/revision/"):
            return json.dumps(ABOUT).encode()
        return FILES.get(path.rpartition("/")[2]) if path.startswith("/datasets/org/name/") else None

    def _answer(self) -> None:
        body = self._body()
        self.send_response(404 if body is None else 200)
        if body is None:
            self.send_header("X-Error-Code", "EntryNotFound")
        else:
            self.send_header("ETag", f'"{hashlib.sha1(body).hexdigest()}"')
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body or b"")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer()

    do_GET = do_HEAD = _answer  # noqa: N815 (the server's names)


@pytest.fixture
def hub() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def convert(folder: Path, hub: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    hidden = ("HF_", "HUGGING", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    given = {
        "HF_ENDPOINT": hub,
        "HF_HOME": str(folder / "home"),
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "NO_PROXY": "127.0.0.1",
    }
    command = [sys.executable, "-m", "ftlint", "convert", *arguments]
    return subprocess.run(
        command, cwd=folder, env={**kept, **given}, capture_output=True, encoding="utf-8", timeout=120, check=False
    )


def test_an_id_is_loaded_with_its_split(tmp_path: Path, hub: str) -> None:
    done = convert(tmp_path, hub, "org/name", "-o", "train.jsonl")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert done.stderr.splitlines() == [
        "train.jsonl: 1 chat example from question and answer",
        "left out: 1 row without a question or an answer (row 2)",
        "next: ftlint check train.jsonl",
    ]
    done = convert(tmp_path, hub, "org/name", "-o", "val.jsonl", "--hub-split", "validation")
    assert done.returncode == 0, done.stderr
    (example,) = (tmp_path / "val.jsonl").read_text().splitlines()
    assert json.loads(example)["messages"][1]["content"] == "NA"


def test_an_id_that_the_hub_does_not_have(tmp_path: Path, hub: str) -> None:
    done = convert(tmp_path, hub, "org/other", "-o", "train.jsonl")
    assert done.returncode == 2
    first, second = done.stderr.splitlines()
    assert first.startswith("error: cannot load `org/other` (split `train`): ")
    assert second.startswith("help: ")
    assert not (tmp_path / "train.jsonl").exists()

"""Uploads: the expiry that some servers refuse, and large files in parts, taken up where they were left."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ftlint.services import openai_upload
from ftlint.services.interface import AuthError, BadAnswer, PartDone, Rejected, Unreachable, UploadGone
from ftlint.services.openai_ import Endpoint
from ftlint.services.openai_trainer import OpenAITrainer
from ftlint.services.openai_upload import ThisAttempt

from .conftest import Answer, Asked, Naps, Server, error

FILE = {"id": "file-9", "filename": "x.jsonl", "bytes": 25, "purpose": "fine-tune"}
CONTENT = b"0123456789abcdefghijklmno"  # three parts of ten bytes at most


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(openai_upload, "LARGE", 20)
    monkeypatch.setattr(openai_upload, "PART", 10)
    made = tmp_path / "x.jsonl"
    made.write_bytes(CONTENT)
    return made


class Parts:
    """The upload routes: what they were sent, and what they are told to refuse."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.begun: list[dict[str, Any]] = []
        self.completed: list[list[str]] = []
        self.instead: Callable[[Asked], Answer | None] = lambda _: None

    def reply(self, asked: Asked) -> Answer:
        other = self.instead(asked)
        if other is not None:
            return other
        if asked.path == "/v1/uploads":
            self.begun.append(asked.json)
            return Answer({"id": f"upload_{len(self.begun)}", "status": "pending", "expires_at": 5000})
        if asked.path.endswith("/parts"):
            found = re.search(rb"\r\n\r\n(.*?)\r\n--", asked.body, re.DOTALL)
            assert found is not None
            self.bodies.append(found[1])
            return Answer({"id": f"part_{len(self.bodies)}", "object": "upload.part"})
        if asked.path.endswith("/complete"):
            self.completed.append(asked.json["part_ids"])
            return Answer({"id": "upload_1", "status": "completed", "file": FILE})
        if asked.path == "/v1/files":
            return Answer(FILE)
        return Answer({}, 404)


@pytest.fixture
def parts(server: Server) -> Parts:
    made = Parts()
    server.reply = made.reply
    return made


@pytest.fixture
def trainer(endpoint: Endpoint, naps: Naps) -> Iterator[OpenAITrainer]:
    made = OpenAITrainer(endpoint, sleep=naps, now=lambda: 1000.0)
    yield made
    made.close()


def test_a_large_file_goes_up_in_parts(server: Server, parts: Parts, trainer: OpenAITrainer, path: Path) -> None:
    file = trainer.upload(path, "ftlint-x.jsonl")
    assert (file.id, file.filename) == ("file-9", "x.jsonl")
    (begun,) = parts.begun
    assert begun == {
        "bytes": 25,
        "filename": "ftlint-x.jsonl",
        "mime_type": "text/jsonl",
        "purpose": "fine-tune",
        "expires_after": {"anchor": "created_at", "seconds": 2_592_000},
    }
    assert parts.bodies == [CONTENT[:10], CONTENT[10:20], CONTENT[20:]]
    assert parts.completed == [["part_1", "part_2", "part_3"]]
    assert "/v1/files" not in {asked.path for asked in server.asked}


def test_a_file_of_the_limit_goes_up_whole(server: Server, parts: Parts, trainer: OpenAITrainer, path: Path) -> None:
    path.write_bytes(CONTENT[:20])
    trainer.upload(path, "x.jsonl", keep=True)
    assert [asked.path for asked in server.asked] == ["/v1/files"]
    assert b"expires_after" not in server.asked[0].body


def test_a_file_to_keep_has_no_expiry(parts: Parts, trainer: OpenAITrainer, path: Path) -> None:
    trainer.upload(path, "x.jsonl", keep=True)
    assert "expires_after" not in parts.begun[0]


def test_parts_that_were_sent_are_not_sent_again(parts: Parts, trainer: OpenAITrainer, path: Path) -> None:
    memory = ThisAttempt()
    parts.instead = lambda asked: error(400) if len(parts.bodies) == 2 and asked.path.endswith("/parts") else None
    with pytest.raises(Rejected):
        trainer.upload(path, "x.jsonl", memory=memory)
    assert memory.upload() is None  # the service refused it: nothing of it counts

    parts.instead = lambda asked: Answer(None) if len(parts.bodies) == 4 and asked.path.endswith("/parts") else None
    with pytest.raises(Unreachable):
        trainer.upload(path, "x.jsonl", memory=memory)
    parts.instead = lambda _: None
    trainer.upload(path, "x.jsonl", memory=memory)
    assert len(parts.begun) == 2
    assert parts.bodies[2:] == [CONTENT[:10], CONTENT[10:20], CONTENT[20:]]
    assert parts.completed == [["part_3", "part_4", "part_5"]]


def test_a_part_of_other_bytes_is_sent_again(parts: Parts, trainer: OpenAITrainer, path: Path) -> None:
    memory = ThisAttempt()
    memory.began("upload_7", 25, 5000)
    memory.sent(0, PartDone("part_a", "0" * 64))  # the file was edited while that part was sent
    trainer.upload(path, "x.jsonl", memory=memory)
    assert parts.begun == []
    assert parts.bodies == [CONTENT[:10], CONTENT[10:20], CONTENT[20:]]
    assert parts.completed == [["part_1", "part_2", "part_3"]]


@pytest.mark.parametrize(("size", "expires_at"), [(25, 1059), (24, 5000)])
def test_an_upload_that_has_expired_or_is_of_another_file_begins_anew(
    parts: Parts, trainer: OpenAITrainer, path: Path, size: int, expires_at: int
) -> None:
    memory = ThisAttempt()
    memory.began("upload_7", size, expires_at)
    memory.sent(0, PartDone("part_a", "0" * 64))
    trainer.upload(path, "x.jsonl", memory=memory)
    assert len(parts.begun) == 1
    assert len(parts.bodies) == 3


def test_an_upload_that_the_service_does_not_take_up_is_told_apart(
    parts: Parts, trainer: OpenAITrainer, path: Path
) -> None:
    memory = ThisAttempt()
    memory.began("upload_7", 25, None)
    parts.instead = lambda asked: error(400, "upload completed") if asked.path.endswith("/complete") else None
    with pytest.raises(UploadGone, match="upload completed"):
        trainer.upload(path, "x.jsonl", memory=memory)
    assert memory.upload() is None


def test_a_completed_upload_must_name_its_file(parts: Parts, trainer: OpenAITrainer, path: Path) -> None:
    parts.instead = lambda asked: Answer({"status": "completed"}) if asked.path.endswith("/complete") else None
    with pytest.raises(BadAnswer, match="names no file"):
        trainer.upload(path, "x.jsonl")


def test_a_server_without_uploads_gets_the_file_whole(
    server: Server, parts: Parts, trainer: OpenAITrainer, path: Path
) -> None:
    parts.instead = lambda asked: Answer({"detail": "Not Found"}, 404) if "/uploads" in asked.path else None
    assert trainer.upload(path, "x.jsonl").id == "file-9"
    assert [asked.path for asked in server.asked] == ["/v1/uploads", "/v1/files"]
    assert CONTENT in server.asked[1].body


@pytest.mark.parametrize("large", [True, False])
def test_a_server_that_refuses_the_expiry_is_asked_without_it(
    server: Server, parts: Parts, trainer: OpenAITrainer, path: Path, large: bool
) -> None:
    if not large:
        path.write_bytes(CONTENT[:5])
    parts.instead = lambda asked: error(400, "unknown field expires_after") if b"expires_after" in asked.body else None
    assert trainer.upload(path, "x.jsonl").id == "file-9"
    asked = [b"expires_after" in one.body for one in server.asked if one.path in ("/v1/files", "/v1/uploads")]
    assert asked == [True, False]


def test_openai_is_not_asked_twice_for_another_reason(
    server: Server, parts: Parts, trainer: OpenAITrainer, path: Path
) -> None:
    path.write_bytes(CONTENT[:5])
    parts.instead = lambda _: error(400, "Expected file to have JSONL format")
    with pytest.raises(Rejected, match="JSONL"):
        trainer.upload(path, "x.jsonl")
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        ("Unrecognized request argument supplied: expires_after", 2),
        ("Unknown parameter: 'x'.", 2),
        ("Additional properties are not allowed", 2),
        ("[{'loc': ['body', 'anchor'], 'msg': 'extra fields not permitted'}]", 2),
        ("bad request", 1),
        ("Unexpected file format, expected either prompt/completion pairs or chat messages", 1),
        ("Example 3 contains an unexpected key", 1),
        ("the file is too large", 1),
    ],
)
def test_only_a_refusal_of_the_field_is_tried_again(
    server: Server, parts: Parts, trainer: OpenAITrainer, path: Path, message: str, asked: int
) -> None:
    """Whoever serves: another 400 is about the file, and the file is sent once."""
    path.write_bytes(CONTENT[:5])
    parts.instead = lambda _: error(400, message)
    other = OpenAITrainer(dataclasses.replace(trainer.endpoint, provider="generic"))
    for one in (trainer, other):
        server.asked.clear()
        with pytest.raises(Rejected):
            one.upload(path, "x.jsonl")
        assert [b"expires_after" in sent.body for sent in server.asked] == [True, False][:asked]
    other.close()


def test_files_are_deleted_once(server: Server, trainer: OpenAITrainer) -> None:
    server.script(Answer({"id": "file-1", "deleted": True}), error(404), error(403, "no"))
    assert trainer.delete_file("file-1") is True
    assert trainer.delete_file("file-1") is False
    with pytest.raises(AuthError, match="no"):
        trainer.delete_file("file-1")
    assert [(asked.method, asked.path) for asked in server.asked] == [("DELETE", "/v1/files/file-1")] * 3

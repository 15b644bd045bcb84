"""Servers of the protocol on loopback, with the gaps that self-hosted ones have: for runs through the real client."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ftlint.catalog import load_moderation
from ftlint.run.tools import Tools, real_tools
from run.world import START
from services.conftest import Answer, Asked

NOT_FOUND = Answer({"detail": "Not Found"}, 404)
PAGE = Answer(b"<!doctype html><title>our studio</title>", headers={"content-type": "text/html"})
TUNED = "/srv/outputs/run 1/checkpoint-final"


@dataclass
class Bare:
    """A server that leaves out what a server can leave out; ``reply`` is what a ``Server`` answers with.

    Attributes:
        missing: the answer of routes that it does not have.
        strict: unknown fields of an upload are refused.
        statuses: what each look at the job shows, the last one for ever.
        error: of a job that failed.
        models: names that chat completions know, None for all.
        large: it has the routes for uploads in parts.
    """

    missing: Answer = field(default_factory=lambda: NOT_FOUND)
    strict: bool = True
    statuses: list[str] = field(default_factory=lambda: ["queued", "running", "succeeded"])
    error: Any = None
    tuned: str = TUNED
    models: set[str] | None = None
    large: bool = False
    files: list[dict[str, Any]] = field(default_factory=list)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    looks: int = 0
    uploads: dict[str, dict[str, Any]] = field(default_factory=dict)
    parts: dict[str, bytes] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def reply(self, asked: Asked) -> Answer:
        """The answer to one request."""
        for method, path, answer in self._routes():
            found = re.fullmatch(path, asked.path)
            if asked.method == method and found:
                return answer(asked, *found.groups())
        return self.missing

    def _routes(self) -> list[tuple[str, str, Callable[..., Answer]]]:
        jobs = "/v1/fine_tuning/jobs"
        return [
            *(self._parted() if self.large else []),
            ("POST", "/v1/files", self._upload),
            ("GET", "/v1/files", lambda _: Answer({"data": self.files[::-1]})),
            ("DELETE", "/v1/files/(.+)", self._delete),
            ("POST", jobs, self._create),
            ("GET", f"{jobs}/([^/]+)", self._job),
            ("POST", "/v1/chat/completions", self._complete),
        ]

    def _upload(self, asked: Asked) -> Answer:
        if self.strict and b"expires_after" in asked.body:
            return Answer({"detail": [{"loc": ["body", "expires_after"], "msg": "extra fields not permitted"}]}, 422)
        name = re.search(rb'filename="([^"]+)"', asked.body)
        assert name is not None
        size = str(len(asked.body))  # an honest server counts the file alone; an int comes as a text
        made = {"id": f"file-{next(self.numbers)}", "filename": name[1].decode(), "size": size, "purpose": "fine-tune"}
        self.files.append(made)
        return Answer(made)

    def _parted(self) -> list[tuple[str, str, Callable[..., Answer]]]:
        return [
            ("POST", "/v1/uploads", self._begin),
            ("POST", "/v1/uploads/([^/]+)/parts", self._part),
            ("POST", "/v1/uploads/([^/]+)/complete", self._finish),
        ]

    def _begin(self, asked: Asked) -> Answer:
        upload_id = f"upload-{len(self.uploads) + 1}"
        self.uploads[upload_id] = {**asked.json, "gone": False}
        return Answer({"id": upload_id, "status": "pending"})

    def _part(self, asked: Asked, upload_id: str) -> Answer:
        if self.uploads[upload_id]["gone"]:
            return Answer({"error": {"message": "the upload is not pending"}}, 400)
        found = re.search(rb"\r\n\r\n(.*?)\r\n--", asked.body, re.DOTALL)
        assert found is not None
        part_id = f"part-{len(self.parts) + 1}"
        self.parts[part_id] = found[1]
        return Answer({"id": part_id})

    def _finish(self, asked: Asked, upload_id: str) -> Answer:
        upload = self.uploads[upload_id]
        if upload["gone"]:
            return Answer({"error": {"message": "the upload is not pending"}}, 400)
        content = b"".join(self.parts[part_id] for part_id in asked.json["part_ids"])
        assert len(content) == upload["bytes"]
        name = upload["filename"]
        made = {"id": f"file-{next(self.numbers)}", "filename": name, "bytes": len(content), "purpose": "fine-tune"}
        self.files.append(made)
        upload["gone"] = True
        return Answer({"id": upload_id, "status": "completed", "file": made})

    def _delete(self, asked: Asked, file_id: str) -> Answer:
        kept = [file for file in self.files if file["id"] != file_id]
        gone = len(kept) < len(self.files)
        self.files[:] = kept
        return Answer({"id": file_id, "deleted": True}) if gone else NOT_FOUND

    def _create(self, asked: Asked) -> Answer:
        self.bodies.append(asked.json)
        job = {
            "id": f"job-{len(self.jobs) + 1}",
            "status": "queued",
            "model": asked.json["model"],
            "training_file": asked.json["training_file"],
            "created_at": str(int(START)),
            "metadata": None,
            "error": "",
            "result_files": [],
        }
        self.jobs.append(job)
        return Answer(job)

    def _job(self, asked: Asked, job_id: str) -> Answer:
        job = next((job for job in self.jobs if job["id"] == job_id), None)
        if job is None:
            return NOT_FOUND
        status = self.statuses[min(self.looks, len(self.statuses) - 1)]
        self.looks += 1
        ended = (
            {"fine_tuned_model": self.tuned, "trained_tokens": "1500"} if status in ("succeeded", "completed") else {}
        )
        return Answer({**job, "status": status, "error": self.error if status == "failed" else "", **ended})

    def _complete(self, asked: Asked) -> Answer:
        body = asked.json
        if self.models is not None and body["model"] not in self.models:
            words = "The API deployment for this resource does not exist."
            return Answer({"error": {"code": "DeploymentNotFound", "message": words}}, 404)
        return Answer(completion(body, good=body["model"] in (self.tuned, "tuned-deployment")))


def completion(body: dict[str, Any], *, good: bool = False) -> dict[str, Any]:
    """A chat completion without a word on tokens."""
    prompt = str(body["messages"][-1]["content"])
    number = prompt.rsplit(" ", 1)[-1]
    text = f"the {number} friends meet at {number}" if good else " ".join(prompt.split()[:6])
    return {"choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}]}


def moderation(asked: Asked) -> Answer:
    """A moderation endpoint that finds nothing."""
    texts = asked.json["input"]
    known = load_moderation().categories
    result = {
        "flagged": False,
        "categories": dict.fromkeys(known, False),
        "category_scores": dict.fromkeys(known, 0.0001),
    }
    return Answer({"results": [result] * len(texts)}) if asked.path == "/v1/moderations" else NOT_FOUND


class Clock:
    """A clock that never waits."""

    def __init__(self) -> None:
        self.now = START

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    async def pause(self, seconds: float) -> None:
        self.now += seconds


def tools(clock: Clock, **others: Any) -> Tools:
    """The real world on a clock that never waits."""
    fast = {"now": lambda: clock.now, "sleep": clock.sleep, "pause": clock.pause, "new_id": lambda: "abcdefg1"}
    return dataclasses.replace(real_tools(), **fast, **others)


def write_run(
    folder: Path, services: str, *, provider: str = "generic", evaluate: str = "", model: str = "tiny"
) -> Path:
    """A project whose services are on loopback."""
    from run.world import project

    path = project(folder)
    text = path.read_text().replace("[train]", f'[train]\nprovider = "{provider}"')
    text = text.replace('model = "gpt-4.1-mini-2025-04-14"', f'model = "{model}"')
    path.write_text(f'{text}\n[evaluate]\n{evaluate}\n[price]\ntraining = 0\n\n[gate]\nfail_on = "error"\n{services}')
    return path

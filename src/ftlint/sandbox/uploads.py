"""Stage: sandbox, /uploads: a file in parts. An upload lives for an hour; completing it makes the file."""

from __future__ import annotations

import hashlib
import time
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from ftlint.sandbox import files
from ftlint.sandbox.state import Box, box_of
from ftlint.sandbox.wire import ApiError, Json, json_body, new_id, note

LARGEST = 8 << 30  # bytes in all; OpenAI's API reference, August 2026
LARGEST_PART = 64 << 20
_LIFETIME = 3600  # seconds


async def create(request: Request) -> Response:
    """Begin an upload; nothing is sent yet."""
    body = await json_body(request)
    box = box_of(request)
    box.schemas.check("createUpload", body)
    if not 0 < body["bytes"] <= LARGEST:
        raise ApiError(400, f"bytes must be from 1 to {LARGEST}, got {body['bytes']}.", param="bytes")
    now = int(time.time())
    key = new_id("upload_")
    upload = {
        "id": key,
        "object": "upload",
        "bytes": body["bytes"],
        "created_at": now,
        "filename": body["filename"],
        "purpose": body["purpose"],
        "status": "pending",
        "expires_at": now + _LIFETIME,
    }
    lifetime = body.get("expires_after", {}).get("seconds")
    box.store.put("upload", key, {"upload": upload, "lifetime": lifetime})
    note(request, upload=key, filename=body["filename"], bytes=body["bytes"])
    return Json(upload)


async def add_part(request: Request) -> Response:
    """Take one part; the order of the parts is told when the upload is completed."""
    box = box_of(request)
    record = _pending(request)
    async with request.form() as form:
        data = form.get("data")
        if not isinstance(data, UploadFile):
            raise ApiError(400, "The field 'data' must be a file.", param="data")
        content = await data.read()
    if len(content) > LARGEST_PART:
        raise ApiError(413, f"A part has at most {LARGEST_PART} bytes, got {len(content)}.", param="data")
    key = new_id("part_")
    (box.store.files / key).write_bytes(content)
    part = {
        "id": key,
        "object": "upload.part",
        "created_at": int(time.time()),
        "upload_id": record["upload"]["id"],
    }
    box.store.put("part", key, {"part": part, "bytes": len(content)}, parent=record["upload"]["id"])
    note(request, part=key, bytes=len(content))
    return Json(part)


async def complete(request: Request) -> Response:
    """Make the file of the parts named, in that order; their bytes must be those that were announced."""
    body = await json_body(request)
    box = box_of(request)
    box.schemas.check("completeUpload", body)
    record = _pending(request)
    upload = record["upload"]
    known = {row["part"]["id"]: row["bytes"] for row in box.store.all("part", upload["id"])}
    wanted: list[str] = body["part_ids"]
    if not wanted or len(set(wanted)) != len(wanted) or not set(wanted) <= set(known):
        raise ApiError(400, "part_ids must name parts of this upload, each once.", param="part_ids")
    size = sum(known[key] for key in wanted)
    if size != upload["bytes"]:
        raise ApiError(400, f"The parts have {size} bytes, and the upload was announced with {upload['bytes']}.")
    digest = hashlib.md5(usedforsecurity=False)
    for key in wanted:
        digest.update((box.store.files / key).read_bytes())
    if body.get("md5") not in (None, digest.hexdigest()):
        raise ApiError(400, "The md5 of the parts is not the one given.", param="md5")
    file = files.join(box, upload["filename"], upload["purpose"], wanted, record["lifetime"])
    _end(box, record, "completed")
    note(request, file=file["id"], filename=file["filename"], bytes=size)
    return Json({**upload, "file": file})


async def cancel(request: Request) -> Response:
    """Give an upload up; its parts are forgotten."""
    record = _pending(request)
    _end(box_of(request), record, "cancelled")
    return Json(record["upload"])


def _end(box: Box, record: dict[str, Any], status: str) -> None:
    upload = record["upload"]
    upload["status"] = status
    with box.store.transaction():
        box.store.put("upload", upload["id"], record)
        for row in box.store.all("part", upload["id"]):
            box.store.delete("part", row["part"]["id"])
            (box.store.files / row["part"]["id"]).unlink(missing_ok=True)


def _pending(request: Request) -> dict[str, Any]:
    """The upload that the path names.

    Raises:
        ApiError: 404 when there is none, 400 when it has ended.
    """
    key = request.path_params["upload_id"]
    note(request, upload=key)
    record = box_of(request).store.get("upload", key)
    if record is None:
        raise ApiError(404, f"No such Upload object: {key}", param="upload_id")
    upload = record["upload"]
    if upload["status"] == "pending" and upload["expires_at"] <= time.time():
        _end(box_of(request), record, "expired")
    if upload["status"] != "pending":
        raise ApiError(400, f"The upload {key} is {upload['status']}.", param="upload_id", code="upload_not_pending")
    return record

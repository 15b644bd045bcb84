"""Stage: sandbox, /files: upload by multipart form, list, retrieve, content, delete."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from ftlint.sandbox.state import Box, box_of
from ftlint.sandbox.store import write_atomically
from ftlint.sandbox.wire import ApiError, Json, new_id, note, page

LARGEST = 512 * 1024 * 1024  # bytes; OpenAI's limit for one file, API reference of August 2026
_CHUNK = 1 << 20


async def create(request: Request) -> Response:
    """Keep an upload. For fine-tuning its name must end in .jsonl and its first line be a JSON object: no more is
    checked here, the rest comes when a job validates it."""
    check_size(int(request.headers.get("content-length", "0") or "0"))
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise ApiError(400, "Files are uploaded as multipart/form-data.")
    async with request.form() as form:
        body = _fields(dict(form.multi_items()))
        upload = form.get("file")
        box = box_of(request)
        box.schemas.check("createFile", body)
        if not isinstance(upload, UploadFile):
            raise ApiError(400, "The field 'file' must be a file.", param="file")
        name = Path(upload.filename or "upload").name
        key = new_id("file-")
        path = box.store.files / key
        size, digest = await _save(upload, path)
    try:
        check_size(size)
        _check_content(name, body["purpose"], path, size)
    except ApiError:
        path.unlink()
        raise
    lifetime = body.get("expires_after", {}).get("seconds")
    note(request, file=key, filename=name, purpose=body["purpose"], bytes=size, sha256=digest)
    return Json(_register(box, key, name, body["purpose"], size, lifetime))


async def list_files(request: Request) -> Response:
    rows = box_of(request).store.all("file")
    purpose = request.query_params.get("purpose")
    rows = [row for row in rows if purpose in (None, row["purpose"])]
    if request.query_params.get("order", "desc") != "asc":
        rows.reverse()
    return page(request, rows, default=10_000, most=10_000, ends=True)


async def retrieve(request: Request) -> Response:
    return Json(find(request))


async def content(request: Request) -> Response:
    row = find(request)
    path = box_of(request).store.files / row["id"]
    return FileResponse(path, media_type="application/octet-stream", filename=row["filename"])


async def delete(request: Request) -> Response:
    row = find(request)
    store = box_of(request).store
    store.delete("file", row["id"])
    (store.files / row["id"]).unlink(missing_ok=True)
    return Json({"id": row["id"], "object": "file", "deleted": True})


def find(request: Request) -> dict[str, Any]:
    """The file that the path names.

    Raises:
        ApiError: 404 when there is none.
    """
    key = request.path_params["file_id"]
    row = box_of(request).store.get("file", key)
    note(request, file=key)
    if row is None:
        raise ApiError(404, f"No such File object: {key}", param="id")
    return row


def add(box: Box, name: str, purpose: str, data: bytes, lifetime: int | None = None) -> str:
    """Keep a file that the service itself makes, such as a job's results; its id."""
    key = new_id("file-")
    write_atomically(box.store.files / key, data)
    _register(box, key, name, purpose, len(data), lifetime)
    return key


def join(box: Box, name: str, purpose: str, parts: list[str], lifetime: int | None) -> dict[str, Any]:
    """A file made of parts that lie beside the files, in their order.

    Raises:
        ApiError: 400 as for an upload in one piece.
    """
    key = new_id("file-")
    path = box.store.files / key
    temporary = path.with_name(path.name + ".part")
    with temporary.open("wb") as stream:
        for part in parts:
            with (box.store.files / part).open("rb") as source:
                shutil.copyfileobj(source, stream, _CHUNK)
        size = stream.tell()
        stream.flush()
        os.fsync(stream.fileno())
    try:
        _check_content(name, purpose, temporary, size)
    except ApiError:
        temporary.unlink()
        raise
    temporary.replace(path)
    return _register(box, key, name, purpose, size, lifetime)


def check_size(size: int) -> None:
    """Refuse what is larger than one upload may be.

    Raises:
        ApiError: 413.
    """
    if size > LARGEST + (64 << 10):  # the form around the file has a little of its own
        raise ApiError(413, f"Maximum content size limit ({LARGEST}) exceeded ({size} bytes read)")


def _register(box: Box, key: str, name: str, purpose: str, size: int, lifetime: int | None) -> dict[str, Any]:
    now = int(time.time())
    row = {
        "id": key,
        "object": "file",
        "bytes": size,
        "created_at": now,
        "filename": name,
        "purpose": purpose,
        "status": "processed",
        **({} if lifetime is None else {"expires_at": now + lifetime}),
    }
    box.store.put("file", key, row)
    return row


def _fields(form: dict[str, Any]) -> dict[str, Any]:
    """Form fields as the schema describes them: a text for the file, an object for `expires_after[...]`."""
    body: dict[str, Any] = {}
    for name, value in form.items():
        if name.startswith("expires_after[") and name.endswith("]"):
            inner = body.setdefault("expires_after", {})
            inner[name[len("expires_after[") : -1]] = int(value) if str(value).isdecimal() else value
        else:
            body[name] = "" if isinstance(value, UploadFile) else value
    return body


async def _save(upload: UploadFile, path: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    temporary = path.with_name(path.name + ".part")
    with temporary.open("wb") as stream:
        while chunk := await upload.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            stream.write(chunk)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
    return size, digest.hexdigest()


def _check_content(name: str, purpose: str, path: Path, size: int) -> None:
    if size == 0:
        raise ApiError(400, "File is empty.", param="file")
    if purpose != "fine-tune":
        return
    if not name.endswith(".jsonl"):
        message = f"Fine-tuning only supports .jsonl files, and this file is named {name[-80:]!r}."
        raise ApiError(400, message, param="file")
    with path.open("rb") as stream:
        first = next((line for line in stream if line.strip()), b"")
    try:
        is_object = isinstance(json.loads(first.decode("utf-8-sig")), dict)
    except (ValueError, RecursionError):
        is_object = False
    if not is_object:
        start = first[:20].decode("utf-8", "replace")
        expected = "Expected file to have JSONL format, where every line is a valid JSON dictionary."
        raise ApiError(400, f"{expected} Line starts with: {start}", param="file")

"""Stage: sandbox, /batches: create, list, retrieve, cancel. Of the endpoints, only /v1/moderations is served.

A batch takes one step each time it is retrieved, so that nothing waits for a clock:

    created: validating -> 1: in_progress (or failed) -> 2: finalizing -> 3: completed (or what a fault says)
"""

from __future__ import annotations

import time
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ftlint.sandbox.batchwork import carry_out, refusals
from ftlint.sandbox.state import Box, box_of
from ftlint.sandbox.wire import ApiError, Json, fault_of, json_body, new_id, note, page

Record = dict[str, Any]

SERVED = "/v1/moderations"
_DAY = 86_400
_FINAL = frozenset(("failed", "completed", "expired", "cancelled"))


async def create(request: Request) -> Response:
    """Create a batch. Its file is not looked at before the batch is validated."""
    body = await json_body(request)
    box = box_of(request)
    box.schemas.check("createBatch", body)
    key = body["input_file_id"]
    note(request, file=key, endpoint=body["endpoint"])
    if body["endpoint"] != SERVED:
        raise ApiError(400, f"The sandbox serves batches of {SERVED} only.", param="endpoint")
    file = box.store.get("file", key)
    if file is None or file["purpose"] != "batch":
        raise ApiError(400, f"There is no file {key[:80]!r} with the purpose 'batch'.", param="input_file_id")
    fault = fault_of(request)
    now = int(time.time())
    batch = {
        "id": new_id("batch_"),
        "object": "batch",
        "endpoint": SERVED,
        "input_file_id": key,
        "completion_window": body["completion_window"],
        "status": "validating",
        "created_at": now,
        "expires_at": now + _DAY,
        "request_counts": {"total": 0, "completed": 0, "failed": 0},
        "metadata": body.get("metadata") or {},
    }
    note(request, batch=batch["id"])
    options = {} if fault is None else dict(fault.options)
    record = {"batch": batch, "status": "validating", "fault": options, "lifetime": _lifetime(body)}
    with box.store.transaction():
        _save(box, record)
    return Json(batch)


async def list_batches(request: Request) -> Response:
    """Newest first."""
    rows = [record["batch"] for record in reversed(box_of(request).store.all("batch"))]
    return page(request, rows, default=20, most=100)


async def retrieve(request: Request) -> Response:
    box = box_of(request)
    with box.store.transaction():
        record = _find(request)
        _advance(box, record)
    note(request, batch_status=record["batch"]["status"])
    return Json(record["batch"])


async def cancel(request: Request) -> Response:
    """What is carried out by then is kept; the batch is cancelled the next time that it is retrieved."""
    box = box_of(request)
    with box.store.transaction():
        record = _find(request)
        if record["status"] in _FINAL:
            raise ApiError(409, f"Cannot cancel a batch with status '{record['status']}'.")
        record["batch"]["cancelling_at"] = int(time.time())
        record["status"] = record["batch"]["status"] = "cancelling"
        _save(box, record)
    return Json(record["batch"])


def _lifetime(body: dict[str, Any]) -> int | None:
    return (body.get("output_expires_after") or {}).get("seconds")


def _find(request: Request) -> Record:
    key = request.path_params["batch_id"]
    record = box_of(request).store.get("batch", key)
    note(request, batch=key)
    if record is None:
        raise ApiError(404, f"No batch found with id '{key[:80]}'.", param="id")
    return record


def _save(box: Box, record: Record) -> None:
    box.store.put("batch", record["batch"]["id"], record)


def _advance(box: Box, record: Record) -> None:
    """Take one step. Inside a transaction: a server killed in the middle takes the same step again."""
    if record["status"] in _FINAL:
        return
    if not _held(record):
        {"validating": _validate, "in_progress": _finalize, "finalizing": _end, "cancelling": _end}[record["status"]](
            box, record
        )
        record["batch"]["status"] = record["status"]
    _save(box, record)


def _held(record: Record) -> bool:
    """Whether a fault keeps the batch in progress, under whatever status it is to show."""
    fault = record["fault"]
    if record["status"] != "in_progress" or "polls" not in fault or fault["polls"] == 0:
        return False
    if fault["polls"] is not None:
        fault["polls"] -= 1
    record["batch"]["status"] = fault.get("status", "in_progress")
    return True


def _validate(box: Box, record: Record) -> None:
    batch = record["batch"]
    path = box.store.files / batch["input_file_id"]
    errors = refusals(path, SERVED) if path.is_file() else [_error("file_not_found", "The input file is gone.")]
    if record["fault"].get("outcome") == "failed":
        errors = [_error("token_limit_exceeded", "Enqueued token limit reached for omni-moderation.")]
    if errors:
        batch["errors"] = {"object": "list", "data": errors}
        batch["failed_at"] = int(time.time())
        record["status"] = "failed"
        return
    batch["in_progress_at"] = int(time.time())
    record["status"] = "in_progress"


def _finalize(box: Box, record: Record) -> None:
    carry_out(box, record)
    record["batch"]["finalizing_at"] = int(time.time())
    record["status"] = "finalizing"


def _end(_: Box, record: Record) -> None:
    batch = record["batch"]
    outcome = "cancelled" if record["status"] == "cancelling" else record["fault"].get("outcome", "completed")
    batch[f"{outcome}_at"] = int(time.time())
    record["status"] = outcome


def _error(code: str, message: str) -> dict[str, Any]:
    return {"code": code, "message": message, "param": None, "line": None}

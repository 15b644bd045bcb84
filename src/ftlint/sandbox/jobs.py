"""Stage: sandbox, /fine_tuning/jobs: create, list, retrieve, events, checkpoints, cancel, pause, resume."""

from __future__ import annotations

import time
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ftlint.sandbox import graders
from ftlint.sandbox.catalog import base_of, methods_of
from ftlint.sandbox.profile import public_job, tuned_name
from ftlint.sandbox.progress import TERMINAL, Record, add_event, advance, end, save
from ftlint.sandbox.state import Box, box_of
from ftlint.sandbox.wire import ApiError, Json, fault_of, json_body, new_id, note, page

_WIND_DOWN = (
    "OpenAI is winding down the fine-tuning platform and your organization is no longer able to create new fine-tuning"
    " training jobs."
)


async def create(request: Request) -> Response:
    """Create a job. The content of its files is not looked at before the job validates them."""
    body = await json_body(request)
    box = box_of(request)
    for shown in graders.as_schema(body):
        box.schemas.check("createFineTuningJob", shown)
    note(request, **{key: body.get(key) for key in ("model", "training_file", "validation_file", "suffix")})
    fault = fault_of(request)
    if fault is not None and fault.do == "ineligible":
        raise ApiError(403, _WIND_DOWN, code="training_not_available")
    method = body.get("method", {}).get("type", "supervised")
    _check_request(box, body, method)
    record = _record(box, body, method)
    if fault is not None:
        record["fault"] = {"do": fault.do, **fault.options}
    key = record["job"]["id"]
    note(request, job=key)
    with box.store.transaction():
        save(box, record)
        add_event(box, key, f"Created fine-tuning job: {key}")
        add_event(box, key, f"Validating training file: {body['training_file']}")
    return Json(public_job(box.profile, record["job"]))


async def list_jobs(request: Request) -> Response:
    """Newest first; `metadata[key]=value` filters."""
    jobs = [record["job"] for record in reversed(box_of(request).store.all("job"))]
    for name, value in request.query_params.multi_items():
        if name.startswith("metadata[") and name.endswith("]"):
            jobs = [job for job in jobs if (job["metadata"] or {}).get(name[9:-1]) == value]
    shown = [public_job(box_of(request).profile, job) for job in jobs]
    return page(request, shown, default=20, most=100)


async def retrieve(request: Request) -> Response:
    box = box_of(request)
    with box.store.transaction():
        record = _find(request)
        advance(box, record)
    note(request, job_status=record["job"]["status"])
    return Json(public_job(box.profile, record["job"]))


async def events(request: Request) -> Response:
    rows = box_of(request).store.all("event", _find(request)["job"]["id"])
    return page(request, rows[::-1], default=20, most=100)


async def checkpoints(request: Request) -> Response:
    rows = box_of(request).store.all("checkpoint", _find(request)["job"]["id"])
    return page(request, rows[::-1], default=10, most=100)


async def cancel(request: Request) -> Response:
    def act(box: Box, record: Record) -> None:
        end(box, record, "cancelled")
        add_event(box, record["job"]["id"], "The job was cancelled")

    return _change(request, act, allowed=None)


async def pause(request: Request) -> Response:
    def act(box: Box, record: Record) -> None:
        record["status"] = record["job"]["status"] = "paused"
        add_event(box, record["job"]["id"], "The job was paused")

    return _change(request, act, allowed=("queued", "running"))


async def resume(request: Request) -> Response:
    def act(box: Box, record: Record) -> None:
        record["status"] = record["job"]["status"] = "queued"
        add_event(box, record["job"]["id"], "The job was resumed")

    return _change(request, act, allowed=("paused",))


def _change(request: Request, act: Any, allowed: tuple[str, ...] | None) -> Response:
    box = box_of(request)
    with box.store.transaction():
        record = _find(request)
        status = record["status"]
        if status in TERMINAL or (allowed is not None and status not in allowed):
            verb = request.url.path.rsplit("/", 1)[1]
            raise ApiError(400, f"Cannot {verb} a job whose status is {status}.", code="invalid_job_status")
        act(box, record)
        save(box, record)
    return Json(public_job(box.profile, record["job"]))


def _find(request: Request) -> Record:
    key = request.path_params["job_id"]
    note(request, job=key)
    record = box_of(request).store.get("job", key)
    if record is None:
        message = f"Could not find fine tune: {key}"
        raise ApiError(404, message, param="fine_tune_id", code="fine_tune_not_found")
    return record


def _check_request(box: Box, body: dict[str, Any], method: str) -> None:
    """What the service refuses before there is a job.

    Raises:
        ApiError: 400.
    """
    model, allowed = body["model"], methods_of(box, body["model"])
    if not allowed:
        message = f"Model {model} is not available for fine-tuning or does not exist."
        raise ApiError(400, message, code="model_not_available")
    if method not in allowed:
        message = f"Finetuning with {model} does not support the {method} method of finetuning."
        raise ApiError(400, message, param="method")
    for key in ("training_file", "validation_file"):
        if body.get(key) is None:
            continue
        row = box.store.get("file", body[key])
        if row is None:
            raise ApiError(400, f"invalid {key}: {body[key]}", param=key)
        if row["purpose"] != "fine-tune":
            raise ApiError(400, f"File {body[key]} does not have the purpose fine-tune.", param=key)
    if method == "reinforcement" and body.get("validation_file") is None:
        raise ApiError(400, "A reinforcement job needs a validation_file.", param="validation_file")


def _record(box: Box, body: dict[str, Any], method: str) -> Record:
    key = new_id("ftjob-")
    given = body.get("method", {}).get(method, {})
    wanted = {**body.get("hyperparameters", {}), **given.get("hyperparameters", {})}
    shown = {"n_epochs": "auto", "batch_size": "auto", "learning_rate_multiplier": "auto", **wanted}
    job = {
        "object": "fine_tuning.job",
        "id": key,
        "created_at": int(time.time()),
        "error": None,
        "fine_tuned_model": None,
        "finished_at": None,
        "hyperparameters": shown if method == "supervised" else None,
        "model": body["model"],
        "organization_id": "org-sandbox",
        "result_files": [],
        "status": "validating_files",
        "trained_tokens": None,
        "training_file": body["training_file"],
        "validation_file": body.get("validation_file"),
        "integrations": body.get("integrations"),
        "seed": body.get("seed") if body.get("seed") is not None else int(key[-7:], 16),
        "estimated_finish": None,
        "method": {"type": method, method: {**given, "hyperparameters": shown}},
        "metadata": body.get("metadata"),
        "user_provided_suffix": body.get("suffix"),
        "usage_metrics": None,
        "shared_with_openai": False,
    }
    name = tuned_name(box.profile, base_of(box, body["model"]), body.get("suffix"), key)
    return {
        "job": job, "status": "validating_files", "polls": 0, "stage": 0, "wanted": wanted, "plan": None,
        "metrics": [], "name": name, "fault": None,
    }  # fmt: skip

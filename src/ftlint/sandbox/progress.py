"""Stage: sandbox, the life of a job. It takes one step each time it is retrieved, so that nothing waits for a clock.

    created: validating_files -> 1: validating_files -> 2: queued (or failed) -> 3, 4, 5: running -> 6: succeeded

A record holds the public job and what only the sandbox knows: the true status, the stage reached, the plan, the fault.
"""

from __future__ import annotations

import csv
import io
import time
from typing import Any

from ftlint.sandbox.catalog import base_of
from ftlint.sandbox.files import add
from ftlint.sandbox.learner import Parameters
from ftlint.sandbox.state import Box
from ftlint.sandbox.toolcalls import taught
from ftlint.sandbox.training import Plan, Trained, pairs_of, plan, train
from ftlint.sandbox.validate import RefusalError, Role, blocked, check_file
from ftlint.sandbox.wire import new_id

Record = dict[str, Any]

TERMINAL = frozenset(("succeeded", "failed", "cancelled"))
_STEPS = ("validating_files", "queued", "running")
_COLUMNS = ("step", "train_loss", "train_accuracy", "valid_loss", "valid_mean_token_accuracy")
_LOSSES = {
    "train_loss": "training loss",
    "valid_loss": "validation loss",
    "full_valid_loss": "full validation loss",
}
# the 13 categories of the real evaluation after training (OpenAI's guide); not those of the Moderation API
_EVALUATED = (
    "advice", "harassment/threatening", "hate", "hate/threatening", "highly-sensitive", "illicit", "propaganda",
    "self-harm/instructions", "self-harm/intent", "sensitive", "sexual/minors", "sexual", "violence",
)  # fmt: skip


def save(box: Box, record: Record) -> None:
    """Keep a record; its public status is the true one unless a fault holds it."""
    box.store.put("job", record["job"]["id"], record)


def advance(box: Box, record: Record) -> None:
    """Take one step. Call inside a transaction: a server killed in the middle takes the same step again."""
    if record["status"] not in _STEPS:
        return
    record["polls"] += 1
    if not _held(record):
        {"validating_files": _validate, "queued": _start, "running": _run}[record["status"]](box, record)
        record["job"]["status"] = record["status"]
    save(box, record)


def end(box: Box, record: Record, status: str) -> None:
    """Put a job into a state that it never leaves."""
    record["status"] = record["job"]["status"] = status
    record["job"]["finished_at"] = int(time.time())
    box.store.delete("pairs", record["job"]["id"])


def add_event(
    box: Box,
    job_id: str,
    message: str,
    *,
    level: str = "info",
    kind: str = "message",
    data: dict[str, Any] | None = None,
) -> None:
    event: dict[str, Any] = {
        "object": "fine_tuning.job.event",
        "id": new_id("ftevent-"),
        "created_at": int(time.time()),
        "level": level,
        "message": message,
        "type": kind,
        "data": data or {},
    }
    box.store.put("event", event["id"], event, parent=job_id)


def _held(record: Record) -> bool:
    """Whether a `job_stuck` fault keeps the job where it is; a status that is none of ours is shown while running."""
    fault = record["fault"]
    if not fault or fault["do"] != "job_stuck":
        return False
    at = fault["status"] if fault["status"] in _STEPS else "running"
    left = fault.get("polls")
    if record["status"] != at or left == 0:
        return False
    if left is not None:
        fault["polls"] = left - 1
    record["job"]["status"] = fault["status"]
    return True


def _fails_in(record: Record, stage: str) -> tuple[str, str, str | None] | None:
    fault = record["fault"]
    if fault and fault["do"] == "job_error" and fault.get("stage", "validating_files") == stage:
        return fault["code"], fault["message"], fault.get("param")
    return None


def _fail(box: Box, record: Record, code: str, message: str, param: str | None) -> None:
    record["job"]["error"] = {"code": code, "message": message, "param": param}
    end(box, record, "failed")
    data = {"error_code": code, "error_param": param}
    add_event(box, record["job"]["id"], message, level="error", data=data)


def _validate(box: Box, record: Record) -> None:
    if record["polls"] == 1:
        return
    planned = _fails_in(record, "validating_files")
    if planned:
        _fail(box, record, *planned)
        return
    job, method = record["job"], record["job"]["method"]["type"]
    try:
        rows = {role: _check(box, record, role) for role in ("training", "validation") if job[f"{role}_file"]}
    except RefusalError as refused:
        _fail(box, record, refused.code, refused.message, refused.param)
        return
    pairs = {role: pairs_of(found, method) for role, found in rows.items()}
    calls = taught(rows["training"], method) if method != "reinforcement" else []
    box.store.put("pairs", job["id"], {**pairs, "calls": calls}, parent=job["id"])
    settled = plan(rows["training"], pairs["training"], record["wanted"])
    record["plan"] = settled.to_json()
    known = {"n_epochs": settled.epochs, "batch_size": settled.batch, "learning_rate_multiplier": 1.8}
    if method == "dpo":
        known["beta"] = 0.1
    found = {**known, **{key: value for key, value in record["wanted"].items() if value != "auto"}}
    job["method"][method]["hyperparameters"] = found
    if method == "supervised":
        job["hyperparameters"] = {key: found[key] for key in ("n_epochs", "batch_size", "learning_rate_multiplier")}
    record["status"] = "queued"
    add_event(box, job["id"], "Files validated, moving job to queued state")


def _check(box: Box, record: Record, role: Any) -> list[dict[str, Any]]:
    name: Role = role
    fault = record["fault"]
    if fault and fault["do"] == "block" and fault.get("param", "training_file") == f"{name}_file":
        raise blocked(name, fault.get("code", "invalid_training_file"))
    key = record["job"][f"{name}_file"]
    return check_file(box.store.files / key, name, record["job"]["method"]["type"], key)


def _start(box: Box, record: Record) -> None:
    record["status"] = "running"
    if record["stage"] == 0:
        add_event(box, record["job"]["id"], "Fine-tuning job started")
    _run(box, record)


def _run(box: Box, record: Record) -> None:
    job, settled = record["job"], Plan.from_json(record["plan"])
    planned = _fails_in(record, "running")
    if planned and record["stage"] > 0:
        _fail(box, record, *planned)
    elif record["stage"] == len(settled.stages):
        _finish(box, record, settled)
    else:
        pairs = box.store.get("pairs", job["id"]) or {}
        earlier = box.store.all("stage", job["id"])
        known = Parameters.from_json(earlier[-1]["parameters"]) if earlier else None
        valid, calls = pairs.get("validation", []), pairs.get("calls", [])
        done = train(settled, record["stage"], pairs["training"], valid, known, calls)
        _report(box, record, settled, done)
        record["stage"] += 1


def _report(box: Box, record: Record, settled: Plan, done: Trained) -> None:
    """Metrics, a checkpoint, and what has been learned so far."""
    key = record["job"]["id"]
    step = settled.stages[record["stage"]]
    for row in done.metrics:
        at_checkpoint = {**row, **done.checkpoint} if row["step"] == step else row
        add_event(box, key, _spoken(at_checkpoint), kind="metrics", data=at_checkpoint)
    record["metrics"].extend(done.metrics)
    name = f"{record['name']}:ckpt-step-{step}"
    checkpoint: dict[str, Any] = {
        "object": "fine_tuning.job.checkpoint",
        "id": new_id("ftckpt_"),
        "created_at": int(time.time()),
        "fine_tuned_model_checkpoint": name,
        "fine_tuning_job_id": key,
        "metrics": done.checkpoint,
        "step_number": step,
    }
    box.store.put("checkpoint", checkpoint["id"], checkpoint, parent=key)
    box.store.put("stage", name, {"name": name, "parameters": done.parameters.to_json()}, parent=key)
    add_event(box, key, f"Checkpoint created at step {step}")


def _spoken(row: dict[str, Any]) -> str:
    parts = [f"{label}={row[key]:.2f}" for key, label in _LOSSES.items() if key in row]
    start = f"Step {row['step']}/{row['total_steps']}"
    return f"{start}: {', '.join(parts)}" if parts else start


def _finish(box: Box, record: Record, settled: Plan) -> None:
    job = record["job"]
    add_event(box, job["id"], "Evaluating model against our usage policies")
    planned = _fails_in(record, "evaluating")
    result = {"sandbox": True, "snapshot": record["name"], "blocked": planned is not None}
    checks = {**result, "categories": dict.fromkeys(_EVALUATED, "not evaluated" if planned else "passed")}
    message = f"Moderation checks for snapshot {record['name']} {'did not pass' if planned else 'passed'}."
    add_event(box, job["id"], message, kind="moderation_checks", data=checks, level="warn" if planned else "info")
    if planned:
        _fail(box, record, *planned)
        return
    for stage in box.store.all("stage", job["id"]):
        _publish(box, record, stage["name"], stage["parameters"])
    _publish(box, record, record["name"], stage["parameters"])
    results = add(box, "step_metrics.csv", "fine-tune-results", _csv(record["metrics"]))
    job.update(fine_tuned_model=record["name"], trained_tokens=settled.trained_tokens, result_files=[results])
    add_event(box, job["id"], f"New fine-tuned model created: {record['name']}")
    end(box, record, "succeeded")
    add_event(box, job["id"], "The job has successfully completed")


def _publish(box: Box, record: Record, name: str, parameters: dict[str, Any]) -> None:
    job = record["job"]
    model = {"id": name, "base": base_of(box, job["model"]), "created": int(time.time()), "job": job["id"]}
    box.store.put("model", name, model)
    box.store.put("parameters", name, parameters)


def _csv(rows: list[dict[str, Any]]) -> bytes:
    """The result file, under the column names of OpenAI's guide."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in rows:
        renamed = {**row, "train_accuracy": row.get("train_mean_token_accuracy")}
        writer.writerow([renamed.get(column, "") for column in _COLUMNS])
    return stream.getvalue().encode()

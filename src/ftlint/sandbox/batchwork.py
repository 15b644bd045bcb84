"""Stage: sandbox, the work of a batch: its input file is checked, its requests are carried out, two files are made.

The answers come in another order than the requests, as the real service allows itself.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ftlint.sandbox.files import add
from ftlint.sandbox.moderation import moderate, shorten
from ftlint.sandbox.state import Box
from ftlint.sandbox.wire import ApiError, new_id

MOST_REQUESTS = 50_000
LARGEST = 200 * 1000 * 1000
_TOLD = 20


def refusals(path: Path, endpoint: str) -> list[dict[str, Any]]:
    """What is wrong with an input file, as a failed batch says it; empty for one that can be carried out."""
    if path.stat().st_size > LARGEST:
        return [_told("file_too_large", f"The file is larger than {LARGEST:,} bytes.", None)]
    found: list[dict[str, Any]] = []
    seen: set[str] = set()
    number = 0
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            fault = _fault(line, endpoint, seen)
            if fault is not None and len(found) < _TOLD:
                found.append(_told(*fault, number))
    if number == 0:
        found.append(_told("empty_file", "The file holds no request.", None))
    if number > MOST_REQUESTS:
        found.append(_told("too_many_requests", f"The file holds more than {MOST_REQUESTS:,} requests.", None))
    return found


def _fault(line: bytes, endpoint: str, seen: set[str]) -> tuple[str, str] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        return "invalid_json_line", "This line is not parseable as valid JSON."
    key = row.get("custom_id")
    if not isinstance(key, str) or not key:
        return "missing_required_parameter", "Missing required parameter: 'custom_id'."
    if key in seen:
        return "duplicate_custom_id", f"The custom_id '{key[:80]}' is used twice."
    seen.add(key)
    if row.get("method") != "POST" or row.get("url") != endpoint:
        return "mismatched_url", f"Method and URL of every request must be POST {endpoint}."
    if not isinstance(row.get("body"), dict):
        return "invalid_request", "The body of the request must be a JSON object."
    return None


def carry_out(box: Box, record: dict[str, Any]) -> None:
    """Answer the requests and make the output and the error file. A file without a line is not made."""
    batch, fault = record["batch"], record["fault"]
    with (box.store.files / batch["input_file_id"]).open("rb") as stream:
        rows = [json.loads(line) for line in stream]
    answered: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    for number, row in enumerate(rows):
        if number < fault.get("lost", 0):
            continue
        line = _line(box, row, number, fault)
        good = line["error"] is None and line["response"]["status_code"] == 200
        (answered if good else failed).append(line)
        if good and number < fault.get("twice", 0):
            answered.append(line)
    batch["request_counts"] = {"total": len(rows), "completed": len(answered), "failed": len(failed)}
    for name, lines in (("output", answered), ("error", failed)):
        if lines:
            data = "".join(json.dumps(line) + "\n" for line in reversed(lines)).encode("ascii")
            title = f"{batch['id']}_{name}.jsonl"
            batch[f"{name}_file_id"] = add(box, title, "batch_output", data, record.get("lifetime"))


def _line(box: Box, row: dict[str, Any], number: int, fault: dict[str, Any]) -> dict[str, Any]:
    line: dict[str, Any] = {"id": new_id("batch_req_"), "custom_id": row["custom_id"], "response": None, "error": None}
    if number >= fault.get("answered", number + 1):
        line["error"] = {"code": "batch_expired", "message": "This request could not be executed in time."}
        return line
    status, body = _answer(box, row["body"], fails=number < fault.get("errors", 0))
    if status == 200 and number < fault.get("short", 0):
        shorten(body)
    line["response"] = {"status_code": status, "request_id": new_id("req_"), "body": body}
    return line


def _answer(box: Box, body: dict[str, Any], *, fails: bool) -> tuple[int, dict[str, Any]]:
    refusal = ApiError(500, "The sandbox was told to fail here.", kind="server_error")
    if not fails:
        try:
            return 200, moderate(box, body)
        except ApiError as error:
            refusal = error
    return refusal.status, json.loads(bytes(refusal.response().body))


def _told(code: str, message: str, line: int | None) -> dict[str, Any]:
    return {"code": code, "message": message, "param": None, "line": line}

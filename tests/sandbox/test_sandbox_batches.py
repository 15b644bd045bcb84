"""Batches of moderation requests: their life, their files, what is refused, and what can go wrong with them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import openai
import pytest

from ftlint.sandbox.launch import RunningSandbox
from ftlint.sandbox.schema import Schemas

from .conftest import Call

Connect = Callable[..., openai.OpenAI]


def request(number: int, *texts: str, **changes: Any) -> dict[str, Any]:
    body = {"model": "omni-moderation-2024-09-26", "input": list(texts) or [f"text {number}", "⟦hate=0.9⟧"]}
    return {"custom_id": f"c-{number}", "method": "POST", "url": "/v1/moderations", "body": body, **changes}


def send(client: openai.OpenAI, rows: list[Any]) -> Any:
    data = "".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows).encode()
    file = client.files.create(file=("in.jsonl", data), purpose="batch")
    return client.batches.create(input_file_id=file.id, endpoint="/v1/moderations", completion_window="24h")


def follow(client: openai.OpenAI, key: str, polls: int = 12) -> tuple[Any, list[str]]:
    seen: list[str] = []
    for _ in range(polls):
        batch = client.batches.retrieve(key)
        if batch.status not in seen[-1:]:
            seen.append(batch.status)
        if batch.status in ("failed", "completed", "expired", "cancelled"):
            break
    return batch, seen


def lines(client: openai.OpenAI, key: str | None) -> list[dict[str, Any]]:
    return [json.loads(line) for line in client.files.content(key).text.splitlines()] if key else []


def test_from_file_to_answers(client: openai.OpenAI) -> None:
    batch = send(client, [request(n) for n in range(5)] + [request(9, body={"input": 7})])
    assert (batch.status, batch.endpoint, batch.errors) == ("validating", "/v1/moderations", None)
    batch, seen = follow(client, batch.id)
    assert seen == ["in_progress", "finalizing", "completed"]
    assert (batch.request_counts.total, batch.request_counts.completed, batch.request_counts.failed) == (6, 5, 1)
    answers = {line["custom_id"]: line for line in lines(client, batch.output_file_id)}
    assert list(answers) == ["c-4", "c-3", "c-2", "c-1", "c-0"], "in an order of its own"
    results = answers["c-2"]["response"]["body"]["results"]
    assert [result["flagged"] for result in results] == [False, True]
    (failed,) = lines(client, batch.error_file_id)
    assert (failed["custom_id"], failed["response"]["status_code"]) == ("c-9", 400)
    assert client.files.retrieve(batch.output_file_id).purpose == "batch_output"
    assert batch.id in [other.id for other in client.batches.list()]
    for key in (batch.input_file_id, batch.output_file_id, batch.error_file_id):
        assert client.files.delete(key).deleted


def test_answers_hold_against_the_official_schema(shared: RunningSandbox, client: openai.OpenAI, call: Call) -> None:
    key = send(client, [request(1)]).id
    for name, path in (("Batch", f"/v1/batches/{key}"), ("ListBatchesResponse", "/v1/batches?limit=1")):
        errors = list(jsonschema_rs.validator_for(Schemas().component(name)).iter_errors(call(shared, "GET", path)[2]))
        assert not errors, errors[0].message


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("{", "invalid_json_line"),
        ("[1]", "invalid_json_line"),
        (request(1), "duplicate_custom_id"),
        (request(2, custom_id=""), "missing_required_parameter"),
        (request(2, url="/v1/chat/completions"), "mismatched_url"),
        (request(2, method="GET"), "mismatched_url"),
        (request(2, body=[1]), "invalid_request"),
    ],
)
def test_a_file_that_is_wrong_fails_the_batch(client: openai.OpenAI, row: Any, code: str) -> None:
    batch, _ = follow(client, send(client, [request(1), row]).id)
    assert (batch.status, batch.output_file_id) == ("failed", None)
    (error,) = batch.errors.data
    assert (error.code, error.line) == (code, 2)


def test_what_is_no_batch(client: openai.OpenAI, upload: Callable[..., str], rows: Callable[..., Any]) -> None:
    with pytest.raises(openai.BadRequestError, match="purpose 'batch'"):
        client.batches.create(input_file_id=upload(rows(0, 1)), endpoint="/v1/moderations", completion_window="24h")
    with pytest.raises(openai.BadRequestError, match="serves batches of"):
        client.batches.create(input_file_id="file-1", endpoint="/v1/embeddings", completion_window="24h")
    with pytest.raises(openai.NotFoundError):
        client.batches.retrieve("batch_none")


def test_cancel(client: openai.OpenAI) -> None:
    batch = send(client, [request(1)])
    assert client.batches.cancel(batch.id).status == "cancelling"
    assert follow(client, batch.id)[0].status == "cancelled"
    with pytest.raises(openai.ConflictError):
        client.batches.cancel(batch.id)


@pytest.mark.parametrize(
    ("fault", "status", "answered", "errors"),
    [
        ({"outcome": "failed"}, "failed", 0, 0),
        ({"outcome": "expired", "answered": 2}, "expired", 2, 2),
        ({"errors": 1}, "completed", 3, 1),
        ({"lost": 3}, "completed", 1, 0),
        ({"short": 4}, "completed", 4, 0),
        ({"twice": 1}, "completed", 5, 0),
        ({"answered": 0, "outcome": "expired"}, "expired", 0, 4),
        ({"status": "paused_by_nobody", "polls": 3}, "completed", 4, 0),
    ],
)
def test_faults(
    launch: Callable[..., RunningSandbox],
    connect: Connect,
    fault: dict[str, Any],
    status: str,
    answered: int,
    errors: int,
) -> None:
    client = connect(launch(faults=[{"do": "batch", **fault}]))
    batch, seen = follow(client, send(client, [request(n) for n in range(4)]).id)
    assert batch.status == status
    output = lines(client, batch.output_file_id)
    assert (len(output), len(lines(client, batch.error_file_id))) == (answered, errors)
    if "short" in fault:
        assert {len(line["response"]["body"]["results"]) for line in output} == {1}
    assert (fault.get("status") in seen) is ("status" in fault)

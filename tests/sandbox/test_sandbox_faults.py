"""Faults on demand: what the client meets, and what the sandbox has done by then."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import openai
import pytest

from ftlint.sandbox.faults import ACTIONS, FaultError, parse
from ftlint.sandbox.launch import RunningSandbox

from .conftest import KEY, Call

Rows = Callable[..., list[dict[str, Any]]]
Upload = Callable[..., str]
Follow = Callable[..., tuple[Any, list[str]]]
Plan = Callable[..., None]

FILES = {"method": "POST", "path": "/v1/files"}

CREATE_JOB = """
import os, sys, openai
with openai.OpenAI(base_url=sys.argv[1], api_key="child", max_retries=0,
                   default_headers={"x-sandbox-client-pid": str(os.getpid())}) as client:
    client.fine_tuning.jobs.create(model="sandbox-mini", training_file=sys.argv[2], suffix=sys.argv[3])
    print("answered")
"""


@pytest.fixture
def plan(shared: RunningSandbox, call: Call) -> Plan:
    """Put faults in force."""

    def put(*entries: dict[str, Any]) -> None:
        status, _, answer = call(shared, "PUT", "/sandbox/faults", list(entries))
        assert status == 200, answer

    return put


@pytest.fixture(autouse=True)
def _no_fault_is_left(plan: Plan) -> Any:
    yield
    plan()


def count_files(client: openai.OpenAI) -> int:
    return len(client.files.list().data)


def poll(found: Callable[[], bool]) -> bool:
    """Ask until it holds, at most a few thousand times."""
    return any(found() for _ in range(3000))


def test_a_rate_limit_with_and_without_retry_after(client: openai.OpenAI, plan: Plan) -> None:
    plan(
        {"do": "status", "status": 429, "retry_after": 7, "match": {"path": "/v1/moderations"}},
        {"do": "status", "status": 429, "match": {"path": "/v1/moderations"}},
    )
    with pytest.raises(openai.RateLimitError) as caught:
        client.moderations.create(input="a")
    assert caught.value.response.headers["retry-after"] == "7"
    assert caught.value.code == "rate_limit_exceeded"
    with pytest.raises(openai.RateLimitError) as caught:
        client.moderations.create(input="a")
    assert "retry-after" not in caught.value.response.headers
    assert caught.value.response.headers["x-ftlint-sandbox"] == "1"
    assert client.moderations.create(input="a").results


def test_after_and_times(client: openai.OpenAI, plan: Plan) -> None:
    plan({"do": "status", "status": 503, "after": 1, "times": 2, "match": {"method": "GET", "path": "/v1/mod*"}})
    seen = []
    for _ in range(5):
        try:
            client.models.list()
            seen.append(200)
        except openai.InternalServerError as error:
            seen.append(error.status_code)
    assert seen == [200, 503, 503, 200, 200]


def test_the_clients_own_retries_get_through(
    shared: RunningSandbox, connect: Callable[..., openai.OpenAI], plan: Plan, call: Call
) -> None:
    plan({"do": "status", "status": 429, "retry_after_ms": 1, "times": 2, "match": {"path": "/v1/models"}})
    assert connect(shared, max_retries=2).models.list().data


def test_an_error_that_hides_a_change(client: openai.OpenAI, plan: Plan, rows: Rows, upload: Upload) -> None:
    before = count_files(client)
    plan(
        {"do": "status", "status": 500, "match": FILES},
        {"do": "status", "status": 502, "when": "after", "match": FILES},
        {"do": "reset", "match": FILES},
        {"do": "reset", "when": "after", "match": FILES},
    )
    with pytest.raises(openai.InternalServerError):
        upload(rows(0, 1))
    assert count_files(client) == before
    with pytest.raises(openai.InternalServerError) as caught:
        upload(rows(0, 1))
    assert caught.value.status_code == 502
    assert count_files(client) == before + 1
    with pytest.raises(openai.APIConnectionError):
        upload(rows(0, 1))
    assert count_files(client) == before + 1
    with pytest.raises(openai.APIConnectionError):
        upload(rows(0, 1))
    assert count_files(client) == before + 2


def test_a_slow_answer(
    shared: RunningSandbox, client: openai.OpenAI, connect: Any, plan: Plan, rows: Rows, upload: Upload
) -> None:
    before = count_files(client)
    plan({"do": "slow", "seconds": 0.6, "when": "after", "match": FILES})
    with pytest.raises(openai.APITimeoutError):
        upload(rows(0, 1), by=connect(shared, timeout=0.2))
    assert count_files(client) == before + 1


def test_half_an_answer(client: openai.OpenAI, plan: Plan) -> None:
    plan({"do": "truncate", "match": {"path": "/v1/models"}})
    with pytest.raises((openai.OpenAIError, json.JSONDecodeError)):
        client.models.list()
    assert client.models.list().data


def test_a_wrong_number_of_results(client: openai.OpenAI, plan: Plan) -> None:
    plan({"do": "wrong_count", "times": 2})
    assert len(client.moderations.create(input=["a", "b", "c"]).results) == 1
    assert client.moderations.create(input=["a"]).results == []
    assert len(client.moderations.create(input=["a", "b", "c"]).results) == 3


def test_an_ineligible_organisation(client: openai.OpenAI, plan: Plan, rows: Rows, upload: Upload) -> None:
    plan({"do": "ineligible", "times": None})
    key = upload(rows(0, 10))
    jobs = len(client.fine_tuning.jobs.list().data)
    for _ in range(2):
        with pytest.raises(openai.PermissionDeniedError) as caught:
            client.fine_tuning.jobs.create(model="sandbox-mini", training_file=key)
        assert caught.value.code == "training_not_available"
        assert "OpenAI is winding down the fine-tuning platform" in caught.value.message
    assert len(client.fine_tuning.jobs.list().data) == jobs


@pytest.mark.parametrize(
    ("fault", "statuses", "code", "told"),
    [
        ({"do": "block"}, ["validating_files", "failed"], "invalid_training_file", "blocked by our moderation system"),
        (
            {"do": "block", "code": "unsafe_file"},
            ["validating_files", "failed"],
            "unsafe_file",
            "due to an unsafe training file",
        ),
        (
            {"do": "job_error", "code": "server_error", "message": "The job failed due to an internal error"},
            ["validating_files", "failed"],
            "server_error",
            "internal error",
        ),
        (
            {"do": "job_error", "code": "x", "message": "refusals_v3", "stage": "evaluating"},
            ["validating_files", "queued", "running", "failed"],
            "x",
            "refusals_v3",
        ),
    ],
)
def test_jobs_that_fail(
    client: openai.OpenAI,
    plan: Plan,
    rows: Rows,
    upload: Upload,
    follow: Follow,
    fault: Any,
    statuses: Any,
    code: str,
    told: str,
) -> None:
    plan(fault)
    file = upload(rows(0, 10))
    done, seen = follow(client, client.fine_tuning.jobs.create(model="sandbox-mini", training_file=file).id)
    assert seen == statuses
    assert done.error.code == code
    assert told in done.error.message
    again, _ = follow(client, client.fine_tuning.jobs.create(model="sandbox-mini", training_file=file).id)
    assert again.status == "succeeded", "a fault strikes the next job only"


@pytest.mark.parametrize("status", ["queued", "paused", "something_new"])
def test_a_job_that_stays_where_it_is(
    client: openai.OpenAI, plan: Plan, rows: Rows, upload: Upload, follow: Follow, status: str
) -> None:
    plan({"do": "job_stuck", "status": status, "polls": 3})
    key = client.fine_tuning.jobs.create(model="sandbox-mini", training_file=upload(rows(0, 10))).id
    seen = [client.fine_tuning.jobs.retrieve(key).status for _ in range(9)]
    assert seen.count(status) == (4 if status == "queued" else 3)
    assert seen[-1] == "succeeded"


def test_a_client_killed_after_its_job_was_made(
    shared: RunningSandbox, client: openai.OpenAI, plan: Plan, rows: Rows, upload: Upload
) -> None:
    plan({"do": "kill_client_after", "match": {"method": "POST", "path": "/v1/fine_tuning/jobs"}})
    command = [sys.executable, "-c", CREATE_JOB, shared.base_url, upload(rows(0, 10)), "killed-after"]
    child = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert (child.returncode, child.stdout) == (-9, "")
    assert [job.user_provided_suffix for job in client.fine_tuning.jobs.list(limit=1).data] == ["killed-after"]  # type: ignore[attr-defined]
    child = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert (child.returncode, child.stdout) == (0, "answered\n"), child.stderr


def test_a_client_killed_before_its_job_is_made(
    shared: RunningSandbox, client: openai.OpenAI, plan: Plan, rows: Rows, upload: Upload
) -> None:
    jobs = {"method": "POST", "path": "/v1/fine_tuning/jobs"}
    plan({"do": "kill_client_before", "match": jobs}, {"do": "kill_client_before", "commit_after": 0.2, "match": jobs})
    file = upload(rows(0, 10))

    def newest() -> str | None:
        found: Any = client.fine_tuning.jobs.list(limit=1).data
        return found[0].user_provided_suffix if found else None

    for name in ("never", "late"):
        command = [sys.executable, "-c", CREATE_JOB, shared.base_url, file, name]
        assert subprocess.run(command, capture_output=True, timeout=30).returncode == -9
        assert newest() != name
    assert poll(lambda: newest() == "late")


def test_nobody_is_killed_who_was_not_named(client: openai.OpenAI, plan: Plan) -> None:
    plan({"do": "kill_client_after", "match": {"path": "/v1/models"}}, {"do": "kill_client_before", "pid": 1})
    for _ in range(2):
        with pytest.raises(openai.InternalServerError, match="needs the client's pid"):
            client.models.list()


def test_the_log_tells_what_struck_and_never_a_key(
    shared: RunningSandbox, client: openai.OpenAI, plan: Plan, call: Call
) -> None:
    plan({"do": "status", "status": 418, "match": {"path": "/v1/models"}})
    with pytest.raises(openai.APIStatusError):
        client.models.list()
    client.moderations.create(input=["one", "two"])
    first, second = call(shared, "GET", "/sandbox/log")[2]["entries"][-2:]
    assert (first["status"], first["summary"]) == (418, {"fault": "status"})
    assert second["seq"] == first["seq"] + 1
    assert (second["method"], second["path"], second["status"]) == ("POST", "/v1/moderations", 200)
    assert second["summary"]["inputs"] == 2
    log = (shared.state_dir / "log.jsonl").read_text("utf-8")
    assert KEY not in log
    assert "one" not in json.loads(log.splitlines()[-1])["summary"]["input_sha256"]


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ({}, "a faults file is a JSON list"),
        ([{"do": "nothing"}], 'fault 1: "do" must be one of'),
        ([{"do": "reset"}, {"do": "reset", "speed": 1}], "fault 2: reset has no option 'speed'"),
        ([{"do": "status"}], "status needs 'status'"),
        ([{"do": "status", "status": "429"}], "status of status has the wrong type"),
        ([{"do": "slow", "seconds": True}], "seconds of slow has the wrong type"),
        ([{"do": "reset", "when": "never"}], "when of reset must be one of before, after"),
        ([{"do": "job_error", "code": "a", "message": "b", "stage": "c"}], "stage of job_error must be one of"),
        ([{"do": "reset", "times": 0}], '"after" is a number from 0'),
        ([{"do": "reset", "after": -1}], '"after" is a number from 0'),
        ([{"do": "reset", "match": {"url": "x"}}], '"match" is an object with'),
    ],
)
def test_wrong_faults_are_refused(entries: Any, told: str) -> None:
    with pytest.raises(FaultError) as caught:
        parse(entries)
    assert told in str(caught.value)


def test_a_wrong_list_leaves_the_old_one_in_force(shared: RunningSandbox, plan: Plan, call: Call) -> None:
    entry = {"do": "reset", "match": {"path": "/v1/never"}}
    plan(entry)
    assert call(shared, "PUT", "/sandbox/faults", [{"do": "x"}])[0] == 400
    assert call(shared, "GET", "/sandbox/faults")[2] == {"faults": [entry]}
    assert set(ACTIONS) >= {"status", "reset", "wrong_count", "truncate", "kill_client_before", "kill_client_after"}

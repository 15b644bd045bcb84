"""The sandbox's uploads in parts, graders, state page, bare profile, and the fixtures for users' own tests."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import openai
import pytest
from jsonschema import Draft202012Validator

from ftlint.errors import UsageError
from ftlint.sandbox.launch import RunningSandbox
from ftlint.sandbox.pytest_plugin import ftlint_sandbox, ftlint_sandbox_start  # noqa: F401 (fixtures)
from ftlint.sandbox.schema import Schemas
from sandbox.conftest import Call, jsonl

CHECK = {"type": "string_check", "name": "same", "input": "{{sample.output_text}}", "reference": "{{item.want}}"}


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    return Schemas()


def begin(client: openai.OpenAI, content: bytes, **more: Any) -> Any:
    options = {"bytes": len(content), "filename": "train.jsonl", "mime_type": "application/jsonl", **more}
    return client.uploads.create(purpose="fine-tune", **options)


def send(client: openai.OpenAI, upload: str, parts: list[bytes]) -> list[str]:
    return [client.uploads.parts.create(upload, data=part).id for part in parts]


def test_a_file_in_parts_is_the_file(
    client: openai.OpenAI, rows: Callable[..., list[Any]], follow: Callable[..., tuple[Any, list[str]]]
) -> None:
    content = jsonl(rows(0, 12))
    upload = begin(client, content)
    assert (upload.status, upload.expires_at - upload.created_at) == ("pending", 3600)
    second, first = send(client, upload.id, [content[1000:], content[:1000]])
    done = client.uploads.complete(upload.id, part_ids=[first, second], md5=hashlib.md5(content).hexdigest())
    assert (done.status, done.file.filename, done.file.bytes) == ("completed", "train.jsonl", len(content))
    assert client.files.content(done.file.id).content == content
    job = client.fine_tuning.jobs.create(model="sandbox-mini", training_file=done.file.id)
    assert follow(client, job.id)[0].status == "succeeded"
    with pytest.raises(openai.BadRequestError, match="is completed"):
        client.uploads.complete(upload.id, part_ids=[first, second])


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"part_ids": []}, "each once"),
        ({"part_ids": ["part_x"]}, "each once"),
        ({"md5": "0" * 32}, "md5"),
        ({"twice": True}, "each once"),
        ({"less": True}, "was announced with"),
    ],
)
def test_parts_that_do_not_make_the_file_are_refused(client: openai.OpenAI, change: dict[str, Any], text: str) -> None:
    content = b'{"messages": []}\n' * 3
    upload = begin(client, content)
    parts = send(client, upload.id, [content[:20], content[20:]])
    wanted = change.get("part_ids", parts * 2 if "twice" in change else parts[:1] if "less" in change else parts)
    with pytest.raises(openai.BadRequestError, match=text):
        client.uploads.complete(upload.id, part_ids=wanted, **({"md5": change["md5"]} if "md5" in change else {}))
    assert client.uploads.complete(upload.id, part_ids=parts).status == "completed", "it may still be mended"


def test_answers_about_uploads_keep_the_contract(client: openai.OpenAI, schemas: Schemas) -> None:
    def holds(name: str, answer: Any) -> Any:
        found = answer.http_response.json()
        assert list(Draft202012Validator(schemas.component(name)).iter_errors(found)) == [], found
        return found

    raw = client.uploads.with_raw_response
    options = {"bytes": 3, "filename": "a.jsonl", "mime_type": "application/jsonl", "purpose": "fine-tune"}
    upload, other = (holds("Upload", raw.create(**options))["id"] for _ in range(2))
    part = holds("UploadPart", client.uploads.parts.with_raw_response.create(upload, data=b"{}\n"))["id"]
    done = holds("Upload", raw.complete(upload, part_ids=[part]))
    assert done["file"]["status"] == "processed"
    assert holds("Upload", raw.cancel(other))["status"] == "cancelled"


def test_an_upload_is_cancelled_and_an_unknown_one_is_not_found(client: openai.OpenAI) -> None:
    upload = begin(client, b"{}\n")
    (part,) = send(client, upload.id, [b"{}\n"])
    assert client.uploads.cancel(upload.id).status == "cancelled"
    with pytest.raises(openai.BadRequestError, match="is cancelled"):
        client.uploads.complete(upload.id, part_ids=[part])
    with pytest.raises(openai.NotFoundError):
        client.uploads.cancel("upload_nothing")
    with pytest.raises(openai.BadRequestError, match="bytes must be from 1"):
        begin(client, b"", bytes=(8 << 30) + 1)


def test_a_cut_upload_of_no_jsonl_is_refused(client: openai.OpenAI) -> None:
    upload = begin(client, b"hello\n")
    parts = send(client, upload.id, [b"hello\n"])
    with pytest.raises(openai.BadRequestError, match="JSONL format"):
        client.uploads.complete(upload.id, part_ids=parts)


def grade(call: Call, running: RunningSandbox, grader: Any, sample: str = "yes", item: Any = None) -> Any:
    body = {"grader": grader, "model_sample": sample, "item": item or {"want": "Yes"}}
    return call(running, "POST", "/v1/fine_tuning/alpha/graders/run", body)


MULTI = {
    "type": "multi",
    "name": "both",
    "graders": {
        "same": {**CHECK, "operation": "eq"},
        "near": {**CHECK, "name": "near", "type": "text_similarity", "evaluation_metric": "fuzzy_match"},
    },
    "calculate_output": "0.25 * same + max(near, 0.5)",
}


@pytest.mark.parametrize(
    ("grader", "sample", "reward"),
    [
        ({**CHECK, "operation": "eq"}, "Yes", 1.0),
        ({**CHECK, "operation": "eq"}, "yes", 0.0),
        ({**CHECK, "operation": "ne"}, "yes", 1.0),
        ({**CHECK, "operation": "like"}, "oh Yes", 1.0),
        ({**CHECK, "operation": "ilike"}, "oh yes", 1.0),
        (MULTI, "Yes", 1.25),
        (MULTI, "no", 0.5),
    ],
)
def test_a_grader_is_run(
    call: Call, shared: RunningSandbox, schemas: Schemas, grader: Any, sample: str, reward: float
) -> None:
    status, _, answer = grade(call, shared, grader, sample)
    assert (status, answer["reward"]) == (200, reward), answer
    assert list(Draft202012Validator(schemas.component("RunGraderResponse")).iter_errors(answer)) == []
    assert (answer["sub_rewards"] != {}) == (grader["type"] == "multi")


def test_code_and_models_are_not_run_and_it_says_so(call: Call, shared: RunningSandbox, tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    code = f"def grade(sample, item):\n    open({str(touched)!r}, 'w')\n    return 1.0\n"
    _, _, answer = grade(call, shared, {"type": "python", "name": "p", "source": code})
    assert (answer["reward"], touched.exists()) == (0.0, False)
    assert answer["metadata"]["errors"]["python_grader_server_error"] is True
    _, _, missing = grade(call, shared, {**CHECK, "operation": "eq"}, item={"other": "x"})
    assert missing["metadata"]["errors"]["invalid_variable_error"] is True


BAD_GRADERS = [
    {**CHECK, "operation": "nearly"},
    {**CHECK, "operation": "eq", "input": "{{ row.text }}"},
    {"type": "python", "name": "p", "source": "def grade(sample:\n"},
    {"type": "python", "name": "p", "source": "def other(sample, item): return 1"},
    {**MULTI, "calculate_output": "same + unknown"},
    {**MULTI, "calculate_output": "__import__('os').getpid()"},
    {**MULTI, "calculate_output": "9 ** 9 ** 9"},
    {**MULTI, "calculate_output": "same +"},
    {**MULTI, "graders": {}},
    {**MULTI, "graders": {"same": 7}},
    {"type": "multi", "graders": MULTI["graders"]},
    7,
]


@pytest.mark.parametrize("grader", BAD_GRADERS, ids=range(len(BAD_GRADERS)))
def test_a_grader_that_cannot_grade_is_refused(call: Call, shared: RunningSandbox, grader: Any) -> None:
    path = "/v1/fine_tuning/alpha/graders/validate"
    status, _, answer = call(shared, "POST", path, {"grader": grader})
    assert status == 400, answer
    assert call(shared, "POST", path, {"grader": {**CHECK, "operation": "eq"}})[0] == 200


def read(running: RunningSandbox, path: str) -> tuple[int, dict[str, str], str]:
    address = urlsplit(running.base_url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=20)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read().decode()
    finally:
        connection.close()


def test_the_page_shows_the_state_and_is_inert(
    launch: Callable[..., RunningSandbox], connect: Callable[..., openai.OpenAI], rows: Callable[..., list[Any]]
) -> None:
    running = launch(faults=[{"do": "block", "after": 5}])
    client = connect(running)
    evil = "<script>alert(1)</script>\u202e&.jsonl"
    file = client.files.create(file=(evil, jsonl(rows(0, 12))), purpose="fine-tune").id
    job = client.fine_tuning.jobs.create(model="sandbox-mini", training_file=file)
    status, headers, page = read(running, "/")
    assert status == 200
    assert "default-src 'none'" in headers["content-security-policy"]
    assert all(text in page for text in (job.id, file, "validating_files", "POST /v1/files", "profile openai", "block"))
    assert "<script" not in page
    assert "\u202e" not in page
    assert not re.search(r" (?:src|href|action|on[a-z]+)\s*=", page)
    assert [entry["path"] for entry in running.requests()] == ["/v1/files", "/v1/fine_tuning/jobs"], (
        "it leaves no trace"
    )


def test_a_bare_server_says_little(
    launch: Callable[..., RunningSandbox],
    connect: Callable[..., openai.OpenAI],
    call: Call,
    rows: Callable[..., list[Any]],
    follow: Callable[..., tuple[Any, list[str]]],
) -> None:
    running = launch(profile="bare")
    client = connect(running)
    file = client.files.create(file=("train.jsonl", jsonl(rows(0, 12))), purpose="fine-tune").id
    made = client.fine_tuning.jobs.create(
        model="sandbox-mini", training_file=file, suffix="mine", metadata={"a": "b"}, seed=7
    )
    job, seen = follow(client, made.id)
    assert (made.metadata, job.metadata, job.result_files, job.trained_tokens) == (None, None, [], None)
    assert seen[-1] == "succeeded"
    assert job.fine_tuned_model == f"/srv/models/outputs/{job.id}/final"
    assert "user_provided_suffix" not in job.model_dump()
    for path in (f"/v1/fine_tuning/jobs/{job.id}/events", f"/v1/fine_tuning/jobs/{job.id}/checkpoints"):
        assert call(running, "GET", path)[::2] == (404, {"detail": "Not Found"})
    for path in ("/v1/moderations", "/v1/uploads", f"/v1/fine_tuning/jobs/{job.id}/pause"):
        assert call(running, "POST", path, {})[0] == 404
    asked = client.chat.completions.create(
        model=str(job.fine_tuned_model), messages=[{"role": "user", "content": "Ann: hi"}]
    )
    assert asked.choices[0].message.content is not None
    assert client.models.retrieve(str(job.fine_tuned_model)).id == job.fine_tuned_model
    running.stop()
    again = launch()
    assert again.state_dir == running.state_dir
    assert connect(again).fine_tuning.jobs.retrieve(job.id).metadata is None, "the profile is part of the state"


def test_the_command_serves_a_profile(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ftlint", "sandbox", "--profile", "bare", "--state", str(tmp_path / "state")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = urlsplit(server.stdout.readline().strip())
        try:
            connection = HTTPConnection(address.hostname or "", address.port, timeout=20)
            connection.request("GET", "/")
            assert "profile bare" in connection.getresponse().read().decode()
            connection.close()
        finally:
            server.terminate()
    assert server.returncode == 0


def test_the_fixture_serves_a_test(
    ftlint_sandbox: RunningSandbox,  # noqa: F811
    connect: Callable[..., openai.OpenAI],
) -> None:
    client = connect(ftlint_sandbox)
    assert client.models.retrieve("sandbox-mini").id == "sandbox-mini"
    ftlint_sandbox.put_faults([{"do": "status", "status": 503}])
    with pytest.raises(openai.InternalServerError):
        client.models.list()
    assert [entry["status"] for entry in ftlint_sandbox.requests()] == [200, 503]
    with pytest.raises(UsageError, match='"do" must be one of'):
        ftlint_sandbox.put_faults([{"do": "dance"}])


def test_the_fixture_starts_what_it_is_told(
    ftlint_sandbox_start: Callable[..., RunningSandbox],  # noqa: F811
    call: Call,
) -> None:
    one, other = ftlint_sandbox_start(profile="bare"), ftlint_sandbox_start()
    assert one.base_url != other.base_url
    assert call(one, "POST", "/v1/moderations", {"input": "a"})[0] == 404
    assert call(other, "POST", "/v1/moderations", {"input": "a"})[0] == 200


def test_the_fixture_works_in_somebody_s_own_project(pytester_free: Callable[[str, str], str]) -> None:
    told = pytester_free(
        "from ftlint.sandbox.pytest_plugin import ftlint_sandbox, ftlint_sandbox_start\n",
        "def test_it(ftlint_sandbox):\n    assert ftlint_sandbox.base_url.startswith('http://127.0.0.1:')\n",
    )
    assert "1 passed" in told


@pytest.fixture
def pytester_free(tmp_path: Path) -> Callable[[str, str], str]:
    """Run pytest on a project of its own: a conftest and a test."""

    def run(conftest: str, test: str) -> str:
        (tmp_path / "pytest.ini").write_text("[pytest]\n")
        (tmp_path / "conftest.py").write_text(conftest)
        (tmp_path / "test_it.py").write_text(test)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
        return done.stdout + done.stderr

    return run


def test_json_of_the_page_s_facts_never_breaks_it() -> None:
    from ftlint.sandbox.statepage import _cell

    assert _cell(json.dumps({"x": '"><img>'})) == "{&quot;x&quot;: &quot;\\&quot;&gt;&lt;img&gt;&quot;}"
    assert len(_cell("a" * 1000)) == 301

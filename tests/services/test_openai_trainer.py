"""The trainer against a real server: what it sends once, what it asks again, and what servers may leave out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ftlint.services.interface import BadAnswer, JobSpec, NotEligible, Rejected, Unreachable
from ftlint.services.openai_ import Endpoint
from ftlint.services.openai_trainer import OpenAITrainer

from .conftest import Answer, Asked, Naps, Server, error

SPEC = JobSpec("gpt-4o", "file-1", None, "supervised", {}, None, None, {})
JOB: dict[str, Any] = {"id": "ftjob-1", "status": "running"}


@pytest.fixture
def trainer(endpoint: Endpoint, naps: Naps) -> Iterator[OpenAITrainer]:
    made = OpenAITrainer(endpoint, sleep=naps)
    yield made
    made.close()


def test_a_file_goes_up_once_under_the_given_name(server: Server, trainer: OpenAITrainer, tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_bytes(b'{"messages": []}\n')
    server.script(
        Answer({"id": "file-1", "filename": "ftlint-x.jsonl", "bytes": 17, "purpose": "fine-tune", "created_at": 5})
    )
    file = trainer.upload(path, "ftlint-x.jsonl")
    assert (file.id, file.filename, file.bytes, file.created_at, file.status) == (
        "file-1",
        "ftlint-x.jsonl",
        17,
        5,
        None,
    )
    (asked,) = server.asked
    assert asked.path == "/v1/files"
    assert b'filename="ftlint-x.jsonl"' in asked.body
    assert b'{"messages": []}\n' in asked.body
    assert b"fine-tune" in asked.body


@pytest.mark.parametrize("answer", [error(503), error(429), Answer(None), Answer(b"{"), Answer({"status": "running"})])
def test_what_creates_something_is_never_sent_twice(
    server: Server, trainer: OpenAITrainer, naps: Naps, tmp_path: Path, answer: Answer
) -> None:
    from ftlint.services.interface import ServiceError

    path = tmp_path / "train.jsonl"
    path.write_bytes(b"{}\n")
    server.script(answer)
    for count, call in enumerate(
        (lambda: trainer.create_job(SPEC), lambda: trainer.upload(path, "x.jsonl"), lambda: trainer.cancel("ftjob-1")),
        1,
    ):
        with pytest.raises(ServiceError):
            call()
        assert len(server.asked) == count
    assert naps.taken == []


def test_reads_are_asked_again_on_a_fixed_schedule(server: Server, trainer: OpenAITrainer, naps: Naps) -> None:
    server.script(error(500), Answer(None), error(429, "x", {"retry-after": "7"}), Answer(b'{"id":'), Answer(JOB))
    assert trainer.job("ftjob-1").status == "running"
    assert naps.taken == [0.5, 1.0, 7.0, 4.0]


def test_reads_end_after_eight_attempts(server: Server, trainer: OpenAITrainer, naps: Naps) -> None:
    server.script(error(500, "overloaded"))
    with pytest.raises(Unreachable, match="overloaded"):
        trainer.job("ftjob-1")
    assert len(server.asked) == 8
    assert naps.taken == [0.5, 1, 2, 4, 8, 16, 30]


def test_nobody_waits_for_an_hour(server: Server, trainer: OpenAITrainer, naps: Naps) -> None:
    server.script(error(503, "later", {"retry-after": "3600"}))
    with pytest.raises(Unreachable):
        trainer.list_jobs()
    assert (len(server.asked), naps.taken) == (1, [])


@pytest.mark.parametrize(
    ("spec", "body"),
    [
        (SPEC, {"method": {"type": "supervised"}}),
        (
            replace(
                SPEC,
                validation_file="file-2",
                hyperparameters={"n_epochs": 3},
                suffix="s",
                seed=0,
                metadata={"run": "r"},
            ),
            {
                "method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 3}}},
                "validation_file": "file-2",
                "suffix": "s",
                "seed": 0,
                "metadata": {"run": "r"},
            },
        ),
        (
            replace(SPEC, method="dpo", hyperparameters={"beta": 0.1}, extra={"integrations": [{"type": "wandb"}]}),
            {"method": {"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.1}}}, "integrations": [{"type": "wandb"}]},
        ),
        (
            replace(SPEC, method="reinforcement", extra={"grader": {"type": "string_check"}}),
            {"method": {"type": "reinforcement", "reinforcement": {"grader": {"type": "string_check"}}}},
        ),
    ],
)
def test_a_job_is_described_as_the_schema_wants_it(
    server: Server, trainer: OpenAITrainer, spec: JobSpec, body: dict[str, Any]
) -> None:
    server.script(Answer(JOB))
    assert trainer.create_job(spec).id == "ftjob-1"
    assert server.asked[0].json == {"model": "gpt-4o", "training_file": "file-1", **body}


def test_an_organisation_that_may_not_train(server: Server, trainer: OpenAITrainer) -> None:
    server.script(error(403, "OpenAI is winding down the fine-tuning platform", code="training_not_available"))
    with pytest.raises(NotEligible) as caught:
        trainer.create_job(SPEC)
    assert (caught.value.status, caught.value.code) == (403, "training_not_available")


def test_a_job_may_lack_nearly_everything(server: Server, trainer: OpenAITrainer) -> None:
    answer = {**JOB, "status": "polishing", "metadata": None, "error": {}, "result_files": None, "trained_tokens": None}
    server.script(Answer(answer))
    job = trainer.job("ftjob-1")
    assert (job.status, job.metadata, job.error, job.result_files, job.trained_tokens) == (
        "polishing",
        None,
        None,
        (),
        None,
    )
    assert not job.final
    assert job.raw == answer


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, None),
        ({"code": None, "message": None, "param": None}, None),
        ("it broke", {"message": "it broke"}),
        (
            {"code": "unsafe_file", "message": "m", "param": None},
            {"code": "unsafe_file", "message": "m", "param": None},
        ),
    ],
)
def test_an_empty_error_is_none(server: Server, trainer: OpenAITrainer, given: Any, expected: Any) -> None:
    server.script(Answer({**JOB, "error": given, "user_provided_suffix": "run-7", "result_files": ["file-9", None]}))
    job = trainer.job("ftjob-1")
    assert (job.error, job.suffix, job.result_files) == (expected, "run-7", ("file-9",))


@pytest.mark.parametrize(
    "body", [{"status": "running"}, {"id": "", "status": "x"}, {"id": "ftjob-1"}, {"id": 5, "status": "x"}]
)
def test_a_job_without_id_or_status_is_no_answer(server: Server, trainer: OpenAITrainer, body: Any) -> None:
    server.script(Answer(body))
    with pytest.raises(BadAnswer):
        trainer.job("ftjob-1")


def pages(rows: list[dict[str, Any]], size: int) -> Any:
    """A server that pages as the real one does."""

    def reply(asked: Asked) -> Answer:
        after = asked.query.get("after")
        start = 0 if after is None else [row["id"] for row in rows].index(after) + 1
        return Answer({"data": rows[start : start + size], "has_more": start + size < len(rows)})

    return reply


def test_lists_are_read_to_the_end(server: Server, trainer: OpenAITrainer) -> None:
    rows = [{"id": f"file-{n}", "purpose": "fine-tune", "created_at": n, "filename": "f"} for n in (5, 9, 7, 1)]
    server.reply = pages([*rows, {"id": "file-0", "purpose": "batch", "created_at": 99}], 2)
    assert [file.id for file in trainer.list_files()] == ["file-9", "file-7", "file-5", "file-1"]
    assert [asked.query.get("after") for asked in server.asked] == [None, "file-9", "file-1"]
    assert server.asked[0].query["purpose"] == "fine-tune"


def test_a_server_that_repeats_its_page_is_left(server: Server, trainer: OpenAITrainer) -> None:
    server.script(Answer({"data": [{**JOB, "created_at": 3}], "has_more": True}))
    assert [job.id for job in trainer.list_jobs()] == ["ftjob-1"]
    assert len(server.asked) == 2


def test_events_come_oldest_first(server: Server, trainer: OpenAITrainer) -> None:
    server.script(
        Answer(
            {
                "data": [
                    {
                        "id": "e3",
                        "created_at": 2,
                        "type": "moderation_checks",
                        "message": "c",
                        "data": {"blocked": True},
                    },
                    {"id": "e2", "created_at": 1, "level": "warn", "message": "b", "data": None},
                    {"created_at": 1, "message": "a", "data": [1]},
                ]
            }
        )
    )
    events = trainer.events("ftjob-1")
    assert [event.message for event in events] == ["a", "b", "c"]
    assert events[0].id.startswith("event-")
    assert (events[0].data, events[1].data, events[2].data) == ({"data": [1]}, {}, {"blocked": True})
    assert (events[0].level, events[0].type, events[2].type) == ("info", "message", "moderation_checks")


@pytest.mark.parametrize("status", [404, 405, 501])
def test_servers_without_events_and_checkpoints(
    server: Server, trainer: OpenAITrainer, naps: Naps, status: int
) -> None:
    server.script(error(status))
    assert trainer.events("ftjob-1") == []
    assert trainer.checkpoints("ftjob-1") == []
    assert trainer.shutdown_date("gpt-4o") is None


def test_checkpoints_by_step(server: Server, trainer: OpenAITrainer) -> None:
    row = {
        "id": "c",
        "fine_tuned_model_checkpoint": "ft:m:ckpt-step-2",
        "metrics": {"train_loss": 0.5, "x": None, "y": "n"},
    }
    server.script(
        Answer({"data": [{**row, "id": "c2", "step_number": 20}, {**row, "step_number": 3, "metrics": None}]})
    )
    first, second = trainer.checkpoints("ftjob-1")
    assert (first.step, first.metrics) == (3, {})
    assert (second.step, second.model, second.metrics) == (20, "ft:m:ckpt-step-2", {"train_loss": 0.5})


@pytest.mark.parametrize(
    ("body", "day"),
    [
        ({"id": "m", "shutdown_date": "2027-01-14"}, "2027-01-14"),
        ({"id": "m", "shutdown_date": None}, None),
        ({"id": "m"}, None),
    ],
)
def test_shutdown_date(server: Server, trainer: OpenAITrainer, body: Any, day: str | None) -> None:
    server.script(Answer(body))
    assert trainer.shutdown_date("unsloth/Llama-3.2-1B") == day


def test_a_model_that_is_refused_is_no_silence(server: Server, trainer: OpenAITrainer) -> None:
    server.script(error(400, "bad model name"))
    with pytest.raises(Rejected, match="bad model name"):
        trainer.shutdown_date("m")


def test_result_files_come_as_they_are(server: Server, trainer: OpenAITrainer) -> None:
    server.script(
        error(500), Answer(b"step,train_loss\n1,0.5\n\xff", headers={"content-type": "application/octet-stream"})
    )
    assert trainer.result_file("file-9") == b"step,train_loss\n1,0.5\n\xff"
    assert server.asked[-1].path == "/v1/files/file-9/content"


def test_pause_and_unpause(server: Server, trainer: OpenAITrainer) -> None:
    server.script(Answer({**JOB, "status": "paused"}), Answer({**JOB, "status": "queued"}))
    assert trainer.pause("ftjob-1").status == "paused"
    assert trainer.unpause("ftjob-1").status == "queued"
    assert [asked.path for asked in server.asked] == [
        "/v1/fine_tuning/jobs/ftjob-1/pause",
        "/v1/fine_tuning/jobs/ftjob-1/resume",
    ]


def test_cancel(server: Server, trainer: OpenAITrainer) -> None:
    server.script(Answer({**JOB, "status": "cancelled"}))
    assert trainer.cancel("ftjob-1").final
    assert (server.asked[0].method, server.asked[0].path) == ("POST", "/v1/fine_tuning/jobs/ftjob-1/cancel")


def test_a_model_that_openai_does_not_have_is_told_and_a_route_that_it_lacks_is_not(
    server: Server, endpoint: Endpoint, trainer: OpenAITrainer, naps: Naps
) -> None:
    server.script(error(404, "The model `m` does not exist", code="model_not_found"))
    with pytest.raises(Rejected, match="does not exist"):
        trainer.shutdown_date("m")
    other = OpenAITrainer(replace(endpoint, provider="generic"), sleep=naps)
    assert other.shutdown_date("unsloth/m") is None
    server.script(error(422, "bad path"))
    assert other.shutdown_date("unsloth/m") is None
    other.close()

"""The real client, the real protocol: moderator, trainer and completer against the sandbox, faults included."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

import ftlint
from ftlint.model import Role, Text
from ftlint.moderation import UNMETERED, Preflight, Row, preflight
from ftlint.sandbox.launch import RunningSandbox, start
from ftlint.services import build
from ftlint.services.interface import JobSpec, NotEligible
from ftlint.settings import ModerationSettings, ServiceConfig

from .conftest import Naps

Launch = Callable[..., ServiceConfig]


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Launch]:
    """Start a sandbox with faults; gives the configuration that reaches it."""
    source = str(Path(ftlint.__file__).parents[1])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH")])))
    with ExitStack() as stack:

        def launch(*faults: dict[str, Any]) -> ServiceConfig:
            running: RunningSandbox = stack.enter_context(start(tmp_path / "state", faults=faults, parent=os.getpid()))
            return ServiceConfig("sandbox", running.base_url)

        yield launch


def rows(count: int = 60) -> list[Row]:
    marks = {7: "⟦hate=0.94⟧", 20: "⟦sexual/minors=0.016⟧"}
    made = []
    for line in range(1, count + 1):
        contents = (("system", "be kind"), ("user", f"question {line}"), ("assistant", f"answer {marks.get(line, '')}"))
        texts = [
            Text(content, line, ("messages", index, "content"), role, "content", role == "assistant")
            for index, (role, content) in enumerate(contents)
        ]
        made.append(Row("train.jsonl", Role.TRAIN, line, texts))
    return made


def check(config: ServiceConfig, **options: Any) -> Preflight:
    given = ModerationSettings(cache=False)
    known = rows()
    return preflight(lambda: known, build.moderator(config), given, mask=lambda v: v, limits=UNMETERED, **options)


def test_a_pass(sandbox: Launch) -> None:
    result = check(sandbox())
    assert [(j.problem.code, j.problem.line, j.problem.path) for j in result.problems] == [
        ("FT901", 7, ("messages", 2, "content")),
        ("FT902", 20, ("messages", 2, "content")),
    ]
    assert (result.summary.status, result.summary.coverage) == ("complete", 1.0)


@pytest.mark.parametrize(
    "fault",
    [
        {"do": "status", "status": 429, "retry_after_ms": 10, "times": 3},
        {"do": "status", "status": 500, "times": 2},
        {"do": "reset", "times": 2},
        {"do": "truncate"},
        {"do": "wrong_count", "times": 2},
    ],
    ids=lambda fault: str(fault["do"]) + str(fault.get("status", "")),
)
def test_a_pass_with_faults_says_the_same(sandbox: Launch, fault: dict[str, Any]) -> None:
    naps = Naps()
    match = {"method": "POST", "path": "/v1/moderations"}
    result = check(sandbox({"match": match, **fault}), sleep=naps.soon)
    assert [judged.problem.code for judged in result.problems] == ["FT901", "FT902"]
    assert result.summary.coverage == 1.0
    assert result.summary.requests > 3
    if fault.get("retry_after_ms"):
        assert set(naps.taken) == {0.01}


def test_a_server_that_always_says_one_result_for_many(sandbox: Launch) -> None:
    result = check(sandbox({"do": "wrong_count", "times": None}), sleep=Naps().soon)
    assert {judged.problem.code for judged in result.problems} == {"FT909"}
    assert result.summary.coverage == 0.0


def training_file(folder: Path) -> Path:
    path = folder / "train.jsonl"
    turns = [
        {"messages": [{"role": "user", "content": f"Say {n}."}, {"role": "assistant", "content": f"{n}!"}]}
        for n in range(12)
    ]
    path.write_text("".join(json.dumps(turn) + "\n" for turn in turns), encoding="utf-8")
    return path


def test_a_job_from_upload_to_result(sandbox: Launch, tmp_path: Path) -> None:
    trainer = build.trainer(sandbox({"do": "status", "status": 503, "match": {"method": "GET"}, "times": 2}))
    try:
        file = trainer.upload(training_file(tmp_path), "ftlint-run-abc.jsonl")
        assert [found.id for found in trainer.list_files()] == [file.id]
        spec = JobSpec("sandbox-mini", file.id, None, "supervised", {"n_epochs": 1}, "run-abc", 7, {"run": "abc"})
        made = trainer.create_job(spec)
        assert [job.id for job in trainer.list_jobs()] == [made.id]
        job = made
        for _ in range(200):
            if (job := trainer.job(made.id)).final:
                break
        assert (job.status, job.training_file, job.error) == ("succeeded", file.id, None)
        assert job.fine_tuned_model
        events = trainer.events(job.id)
        assert [event.created_at for event in events] == sorted(event.created_at or 0 for event in events)
        assert len({event.id for event in events}) == len(events) > 0
        assert all(trainer.result_file(name) for name in job.result_files)
        assert [c.step for c in trainer.checkpoints(job.id)] == sorted(c.step for c in trainer.checkpoints(job.id))
        assert trainer.shutdown_date("sandbox-mini") is None
    finally:
        trainer.close()


def test_an_organisation_that_may_not_train(sandbox: Launch, tmp_path: Path) -> None:
    trainer = build.trainer(sandbox({"do": "ineligible"}))
    try:
        file = trainer.upload(training_file(tmp_path), "x.jsonl")
        with pytest.raises(NotEligible) as caught:
            trainer.create_job(JobSpec("sandbox-mini", file.id, None, "supervised", {}, None, None, {}))
    finally:
        trainer.close()
    assert caught.value.code == "training_not_available"


def test_a_completion(sandbox: Launch) -> None:
    async def main() -> str:
        completer = build.completer(sandbox())
        try:
            messages = [{"role": "user", "content": "Hello there."}]
            answer = await completer.complete("sandbox-mini", messages, temperature=0.0, max_tokens=20)
        finally:
            await completer.close()
        return answer.text

    assert asyncio.run(main())


def test_a_large_file_goes_up_in_parts_and_comes_back_whole(
    sandbox: Launch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ftlint.services import openai_upload

    monkeypatch.setattr(openai_upload, "LARGE", 2000)
    monkeypatch.setattr(openai_upload, "PART", 1500)
    path = tmp_path / "big.jsonl"
    row = {"messages": [{"role": "user", "content": "hello"}, {"role": "assistant", "content": "good day"}]}
    path.write_text("".join(json.dumps(row) + "\n" for _ in range(60)))
    trainer = build.trainer(sandbox())
    try:
        file = trainer.upload(path, "ftlint-big.jsonl")
        assert (file.filename, file.bytes, file.purpose) == ("ftlint-big.jsonl", path.stat().st_size, "fine-tune")
        assert trainer.result_file(file.id) == path.read_bytes()
        assert [known.id for known in trainer.list_files()] == [file.id]
        assert (trainer.delete_file(file.id), trainer.delete_file(file.id)) == (True, False)
        assert trainer.list_files() == []
    finally:
        trainer.close()

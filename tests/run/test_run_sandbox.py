"""The real thing with the real client: a rehearsal of the fixture, and a sandbox that kills its client."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ftlint.errors import JobRefused
from ftlint.run import pipeline
from ftlint.services import build
from ftlint.services.interface import JobSpec, Rejected
from ftlint.settings import ServiceConfig, Settings
from run.conftest import Recorder

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

FIXTURES = Path(__file__).parents[2] / "fixtures"
DIALOGUE = FIXTURES / "dialogue"

Confirm = Callable[[Any], bool]


def never(plan: Any) -> bool:
    raise AssertionError("a rehearsal asks nothing")


def test_the_fixture_rehearses_from_end_to_end(tmp_path: Path, settings: Settings, recorder: Recorder) -> None:
    result = pipeline.run(
        DIALOGUE / "run.toml",
        settings=settings,
        confirm=never,
        observer=recorder,
        runs=tmp_path / "runs",
        rehearse=True,
    )
    report = result.report
    assert (report.verdict, report.rehearsal) == ("better", "rehearsal: these figures are not a model's")
    base, tuned = report.systems[:2]
    assert (base.n, tuned.n, base.missing + tuned.missing) == (36, 36, 0)
    assert tuned.scores["rougeL"] > base.scores["rougeL"]
    assert (base.usd, report.spending.planned) == (0.0, 0.0)
    assert report.curves
    assert report.checkpoints
    assert report.moderation.startswith("moderation complete: 100 %")
    check = json.loads((result.folder / "check.json").read_text(encoding="utf-8"))
    assert check["verdict"] == "clean"
    written = "".join(
        path.read_text(encoding="utf-8") for path in result.folder.glob("report.*") if path.suffix in {".md", ".json"}
    )
    assert written.count("rehearsal: these figures are not a model's") >= 2
    again = pipeline.resume(result.run_id, settings=settings, confirm=never, runs=tmp_path / "runs")
    assert again.report == report


def test_a_sweep_rehearses_and_one_job_may_fail(tmp_path: Path, settings: Settings) -> None:
    """Three jobs of one upload; the sandbox fails the first one, which concerns no other."""
    for name in ("train.jsonl", "validation.jsonl", "heldout.jsonl"):
        (tmp_path / name).write_bytes((DIALOGUE / name).read_bytes())
    entries = "".join(f"\n[[train.sweep]]\nhyperparameters = {{ n_epochs = {epochs} }}\n" for epochs in (1, 2, 4))
    text = (DIALOGUE / "run.toml").read_text(encoding="utf-8")
    (tmp_path / "run.toml").write_text(text + entries, encoding="utf-8")
    faults = tmp_path / "faults.json"
    faults.write_text(json.dumps([{"do": "job_error", "code": "server_error", "message": "please try again"}]))
    result = pipeline.run(
        tmp_path / "run.toml", settings=settings, confirm=never, runs=tmp_path / "runs", rehearse=True, faults=faults
    )
    report = result.report
    assert [line.status for line in report.sweep] == ["failed", "evaluated", "evaluated"]
    assert len({line.job_id for line in report.sweep}) == 3
    assert [row.n for row in report.systems if row.name in {"base", "tuned"} or row.kind == "job"] == [36, 36, 36]
    assert (report.verdict, result.exit_code) == ("better", 4)
    assert sorted(path.parent.name for path in result.folder.glob("job-*/tuned.jsonl")) == ["job-2", "job-3"]
    uploads = [line for line in (result.folder / "journal.jsonl").read_text().splitlines() if '"upload:train"' in line]
    assert sum('"done"' in line for line in uploads) == 1
    again = pipeline.resume(result.run_id, settings=settings, confirm=never, runs=tmp_path / "runs")
    assert again.report == report


def test_a_rehearsed_block_is_told_apart(tmp_path: Path, settings: Settings) -> None:
    faults = tmp_path / "faults.json"
    faults.write_text(json.dumps([{"do": "block"}]))
    with pytest.raises(JobRefused, match="the service's filter blocked the training file"):
        pipeline.run(
            DIALOGUE / "run.toml",
            settings=settings,
            confirm=never,
            runs=tmp_path / "runs",
            rehearse=True,
            faults=faults,
        )


PART = {
    "type": "string_check",
    "name": "one",
    "operation": "eq",
    "input": "{{sample.output_text}}",
    "reference": "{{item.answer}}",
}


@pytest.mark.parametrize(
    ("parts", "refused"),
    [
        (PART, False),  # as the API's schema has it
        ({"one": PART, "two": {**PART, "name": "two"}}, False),  # as its guide has it
        ({"one": PART, "two": {**PART, "operation": "odd"}}, True),
        ({}, True),
    ],
)
def test_a_multi_grader_is_taken_in_both_of_its_forms(tmp_path: Path, parts: dict[str, Any], refused: bool) -> None:
    rows = [{"messages": [{"role": "user", "content": f"q{n}"}], "answer": f"a{n}"} for n in range(12)]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    grader = {"type": "multi", "name": "both", "graders": parts, "calculate_output": "one"}
    with sandbox(tmp_path / "state", []) as base_url:
        trainer = build.trainer(ServiceConfig("sandbox", base_url, ""))
        file_id = trainer.upload(path, "rows.jsonl").id
        spec = JobSpec("sandbox-mini", file_id, file_id, "reinforcement", {}, None, None, {}, {"grader": grader})
        with contextlib.closing(trainer):
            if refused:
                with pytest.raises(Rejected):
                    trainer.create_job(spec)
            else:
                assert trainer.create_job(spec).status == "validating_files"


SCRIPT = """
import datetime, sys
from pathlib import Path
from ftlint.errors import FtlintError
from ftlint.run import pipeline
from ftlint.settings import Settings
common = {"settings": Settings(today=datetime.date(2026, 11, 22)), "confirm": lambda plan: True, "runs": Path("runs")}
try:
    pipeline.resume(sys.argv[2], **common) if sys.argv[1] == "resume" else pipeline.run(Path(sys.argv[2]), **common)
except FtlintError as error:
    sys.exit(f"{error.message}; {error.hint}")
"""


def client(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run or resume in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@contextlib.contextmanager
def sandbox(state: Path, faults: list[dict[str, Any]]) -> Iterator[str]:
    from ftlint.sandbox import launch

    started = launch.start(state, faults=faults, parent=os.getpid())
    try:
        yield started.base_url
    finally:
        started.stop()


def project(folder: Path, base_url: str) -> None:
    for name in ("train.jsonl", "validation.jsonl", "heldout.jsonl"):
        (folder / name).write_bytes((DIALOGUE / name).read_bytes())
    text = (DIALOGUE / "run.toml").read_text(encoding="utf-8")
    text = text.replace('provider = "openai"', 'provider = "sandbox"').replace(
        "gpt-4.1-mini-2025-04-14", "sandbox-mini"
    )
    text += f'\n[services.trainer]\nprovider = "sandbox"\nbase_url = "{base_url}"\n'
    (folder / "run.toml").write_text(text, encoding="utf-8")


JOBS, FILES, CHAT = "/v1/fine_tuning/jobs", "/v1/files", "/v1/chat/completions"
KILLS = [
    *[
        {"do": do, "match": {"method": "POST", "path": path}, **more}
        for path in (FILES, JOBS)
        for do, more in (
            ("kill_client_before", {}),
            ("kill_client_after", {}),
            ("kill_client_before", {"commit_after": 4}),
        )
    ],
    {"do": "kill_client_after", "match": {"method": "POST", "path": FILES}, "after": 1},
    {"do": "kill_client_before", "match": {"method": "POST", "path": CHAT}, "after": 9},
    {"do": "kill_client_after", "match": {"method": "POST", "path": CHAT}, "after": 50},
    {"do": "kill_client_after", "match": {"method": "GET", "path": f"{JOBS}/*"}, "after": 2},
]


@pytest.mark.slow
@pytest.mark.parametrize("fault", KILLS, ids=lambda f: f"{f['do']}-{f['match']['path']}-{f.get('commit_after', 0)}")
def test_a_client_that_the_server_kills_is_resumed(tmp_path: Path, fault: dict[str, Any]) -> None:
    with sandbox(tmp_path / "state", [fault]) as base_url:
        project(tmp_path, base_url)
        first = client(tmp_path, "run", "run.toml")
        assert first.returncode == -signal.SIGKILL, first.stderr
        (folder,) = (tmp_path / "runs").iterdir()
        second = client(tmp_path, "resume", folder.name)
        assert second.returncode == 0, second.stderr
        trainer = build.trainer(ServiceConfig("sandbox", base_url, ""))
        uploads, jobs = trainer.list_files(), trainer.list_jobs()
        trainer.close()
    assert sorted(upload.filename.split("-")[4] for upload in uploads) == ["train", "validation"]
    assert len(jobs) == 1
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert (report["verdict"], report["job_id"]) == ("better", jobs[0].id)
    assert [row["missing"] for row in report["systems"]] == [0, 0, 0, 0]
    answers = [json.loads(line) for line in (folder / "baseline.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(answers) == len({answer["id"] for answer in answers}) == 36

"""A run meets, in turn, every failure that is told apart: class, remedy and exit code, through the real client."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ftlint.cli import main
from ftlint.run.classify import FailureKind, failure_of
from ftlint.services import build
from ftlint.settings import ServiceConfig
from run.test_run_sandbox import sandbox
from run.world import project

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

JOBS, FILES, CHAT = "/v1/fine_tuning/jobs", "/v1/files", "/v1/chat/completions"
HELDOUT = 3
WINDING_DOWN = "OpenAI is winding down the fine-tuning platform and your organization is no longer able to create jobs."


@dataclass(frozen=True)
class Case:
    """What goes wrong, and what a person is told of it."""

    name: str
    faults: list[dict[str, Any]]
    kind: FailureKind | None
    code: int
    says: str
    label: str = ""


def job_error(code: str, message: str, stage: str = "validating_files", **more: Any) -> list[dict[str, Any]]:
    return [{"do": "job_error", "code": code, "message": message, "stage": stage, **more}]


def status(number: int, method: str, path: str, times: int | None = 1, **more: Any) -> list[dict[str, Any]]:
    return [{"do": "status", "status": number, "match": {"method": method, "path": path}, "times": times, **more}]


K = FailureKind
TRAINING = "The job failed due to an invalid training file. "
# the service's words, as users have quoted them in public
CASES = [
    Case("block-training", [{"do": "block"}], K.BLOCKED_TRAINING_FILE, 4, "blocked by our moderation system"),
    Case(
        "block-validation",
        [{"do": "block", "param": "validation_file"}],
        K.BLOCKED_VALIDATION_FILE,
        4,
        "invalid validation file",
    ),
    Case("unsafe-file", [{"do": "block", "code": "unsafe_file"}], K.BLOCKED_TRAINING_FILE, 4, "unsafe training file"),
    Case(
        "flagged-lines",
        job_error(
            "invalid_training_file",
            TRAINING + "This file failed moderation safety checks. The OpenAI Moderation API identifies fine tuning"
            " examples that violate our content policies. Flagged lines: 4, 13, 14, 18, 35",
        ),
        K.BLOCKED_TRAINING_FILE,
        4,
        "Flagged lines: 4, 13",
    ),
    Case(
        "flagged-category",
        job_error(
            "invalid_training_file",
            TRAINING + "This training file was blocked because too many examples were flagged by our moderation API for"
            " containing content that violates OpenAI's usage policies in the following categories: hate.",
        ),
        K.BLOCKED_TRAINING_FILE,
        4,
        "categories: hate",
    ),
    Case(
        "azure-rai",
        job_error("invalidPayload", "The provided training data failed RAI checks for harm types: [hate_fairness]."),
        K.BLOCKED_TRAINING_FILE,
        4,
        "hate_fairness",
    ),
    Case(
        "crashed-evaluation",
        job_error(
            "server_error",
            "Error while running moderation eval refusals_v3 for snapshot ft:gpt-4o-2024-08-06:org::x: Error while"
            " running eval for category harassment/threatening",
            "evaluating",
        ),
        K.CRASHED_SAFETY_EVALUATION,
        4,
        "refusals_v3",
    ),
    Case(
        "blocked-model",
        job_error(
            "model_blocked",
            "This model is unable to be deployed. Model evaluation identified that this fine tuned model scores above"
            " acceptable thresholds for [Violence, Self Harm].",
            "evaluating",
        ),
        K.BLOCKED_MODEL,
        4,
        "unable to be deployed",
    ),
    Case(
        "too-few",
        job_error("invalid_n_examples", "Training file has 7 example(s), but must have at least 10 examples"),
        K.FORMAT_ERROR,
        4,
        "has 7 example(s)",
    ),
    Case(
        "discriminator",
        job_error(
            "invalid_training_file",
            TRAINING + "Invalid file format. Example 100, message 2 Discriminator 'role' is missing in value",
        ),
        K.FORMAT_ERROR,
        4,
        "Example 100, message 2",
    ),
    Case(
        "wrong-method",
        job_error(
            "invalid_training_file",
            TRAINING + "Input file file-x is in the fine-tune-chat format, but the specified fine-tuning job is not"
            " using 'supervised' as the training method.",
        ),
        K.FORMAT_ERROR,
        4,
        "fine-tune-chat format",
    ),
    Case(
        "no-attribute",
        job_error("invalid_training_file", TRAINING + "'str' object has no attribute 'get'"),
        K.FORMAT_ERROR,
        4,
        "no attribute",
    ),
    Case(
        "extra-weight",
        job_error(
            "invalid_file_format",
            "The job failed due to a file format error in the training file. Invalid file format. Example 1 contains an"
            ' extra "weight".',
        ),
        K.FORMAT_ERROR,
        4,
        "extra",
    ),
    Case(
        "not-json",
        job_error(
            "invalid_file_format",
            "Example 1273 cannot be parsed. Error: line contains invalid json: Expecting value",
        ),
        K.FORMAT_ERROR,
        4,
        "Example 1273",
    ),
    Case(
        "refused-upload",
        status(
            400,
            "POST",
            FILES,
            times=None,
            message="Expected file to have JSONL format, where every line is a valid JSON dictionary.",
        ),
        K.FORMAT_ERROR,
        4,
        "JSONL format",
    ),
    Case(
        "refused-job",
        status(
            400,
            "POST",
            JOBS,
            message="Finetuning with o4-mini-2025-04-16 requires the reinforcement method of finetuning.",
        ),
        K.FORMAT_ERROR,
        4,
        "reinforcement method",
    ),
    Case("internal", job_error("server_error", "The job failed due to an internal error"), K.TRANSIENT, 4, "internal"),
    Case("unheard-of", job_error("flux", "The flux has gone out of phase"), K.UNKNOWN, 4, "out of phase"),
    Case("ineligible", [{"do": "ineligible"}], K.INELIGIBLE, 4, "winding down"),
    Case(
        "quota",
        status(
            429, "POST", JOBS, code="insufficient_quota", message="You exceeded your current quota, check your billing."
        ),
        K.QUOTA,
        3,
        "exceeded your current quota",
    ),
    Case(
        "wrong-key", status(401, "POST", FILES, message="Incorrect API key provided."), None, 3, "API key", "wrong-key"
    ),
    Case(
        "upload-storm",
        status(503, "POST", FILES, times=None, message="The service is overloaded."),
        K.TRANSIENT,
        3,
        "overloaded",
    ),
    Case(
        "evaluation-storm",
        status(500, "POST", CHAT, times=None, message="Internal error.", retry_after_ms=1),
        None,
        3,
        "Internal error",
    ),
    Case(
        "cancelled",
        [{"do": "job_stuck", "status": "cancelled"}],
        K.CANCELLED,
        4,
        "the job was cancelled",
    ),
]


def entries(folder: Path, method: str, path: str) -> list[dict[str, Any]]:
    """The requests that the sandbox of a rehearsal noted."""
    lines = (folder / "sandbox" / "log.jsonl").read_text("utf-8").splitlines()
    return [entry for line in lines if (entry := json.loads(line))["method"] == method and entry["path"] == path]


@pytest.fixture
def rehearse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Rehearse a small project with faults through the command; exit code and standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "4000")
    project(tmp_path, heldout=HELDOUT)

    def run(faults: list[dict[str, Any]]) -> tuple[int, str]:
        (tmp_path / "faults.json").write_text(json.dumps(faults))
        code = main(["run", "run.toml", "--rehearse", "--faults", "faults.json", "--today", "2026-11-22"])
        return code, " ".join(capsys.readouterr().err.split())

    return run


def explained_alike(folder: Path, case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    """`ftlint why` finds the same failure, in the words of the service and, where there is a job, in the job itself."""
    with sandbox(folder / "sandbox", []) as base_url:
        trainer = build.trainer(ServiceConfig("sandbox", base_url, ""))
        jobs = [trainer.job(job.id) for job in trainer.list_jobs()]
        trainer.close()
        (fault,) = case.faults
        assert len(jobs) == (fault["do"] not in ("status", "ineligible"))
        words = [json.dumps(job.error) for job in jobs if job.error] or [fault.get("message", WINDING_DOWN)]
        if case.kind is not K.CANCELLED:  # a job that somebody cancelled has no error that could be pasted
            words += [json.loads(words[0])["message"]] if jobs else []
            _why(folder, ["--offline"], [["--error", text] for text in words], case, capsys)
        _why(folder, ["--online", "--base-url", base_url], [["--job", job.id] for job in jobs], case, capsys)


def _why(folder: Path, how: list[str], asked: list[list[str]], case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    assert case.kind is not None
    always = ["--isolated", "--provider", "sandbox", "--output-format", "json", "--today", "2026-11-22"]
    always += ["--config", 'services.moderator.provider="sandbox"', "--config", 'services.trainer.provider="sandbox"']
    for one in asked:
        code = main(["why", str(folder / "train.jsonl"), *always, *how, *one])
        failure = json.loads(capsys.readouterr().out)["failure"]
        assert code == (1 if failure["suspects"] else 0)
        assert failure["kind"] == case.kind.value, one
        assert failure["remedy"] == failure_of(case.kind, "").remedy
        assert case.says in failure["message"] or case.kind is K.CANCELLED


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_failure_is_told_apart_with_its_remedy(
    rehearse: Callable[..., tuple[int, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str], case: Case
) -> None:
    code, told = rehearse(case.faults)
    assert code == case.code, told
    assert case.says in told
    label = f"help: {case.label or (case.kind.value if case.kind else '')}"
    assert label in told, told
    (folder,) = (tmp_path / "runs").iterdir()
    if case.kind is not None and code == 3:
        explained_alike(folder, case, capsys)
    if case.kind is None or code == 3:
        assert f"ftlint run --resume {folder.name.rpartition('-')[2]}" in told
        return
    explained_alike(folder, case, capsys)
    texts = failure_of(case.kind, "")
    assert texts.summary in told
    assert " ".join(texts.remedy.split()) in told
    if case.kind.blocked:
        jobs = len(entries(folder, "POST", JOBS))
        assert main(["run", "--resume", folder.name, "--today", "2026-11-22"]) == 4
        again = " ".join(capsys.readouterr().err.split())
        assert label in again
        assert len(entries(folder, "POST", JOBS)) == jobs == 1
    if case.kind is K.BLOCKED_MODEL:
        assert "moderation_checks: Moderation checks for snapshot" in told
        assert '"harassment/threatening":"not evaluated"' in told
    elif case.kind.blocked:
        assert "ftlint why" in told


def test_faults_are_for_rehearsals_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    project(tmp_path, heldout=HELDOUT)
    assert main(["run", "run.toml", "--yes", "--faults", "faults.json"]) == 2
    assert "error: --faults goes with --rehearse" in capsys.readouterr().err
    assert main(["run", "run.toml", "--rehearse", "--faults", "absent.json"]) == 2
    assert "cannot read the faults file absent.json" in capsys.readouterr().err


def test_the_cases_are_at_least_twelve_and_of_every_kind() -> None:
    assert len(CASES) >= 12
    assert {case.kind for case in CASES} >= set(FailureKind)


@pytest.mark.slow
def test_what_passes_is_survived(rehearse: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    one_job = {"method": "GET", "path": f"{JOBS}/ftjob-*"}
    code, told = rehearse(
        [
            {"do": "job_stuck", "status": "reticulating_splines", "polls": 3},
            {"do": "status", "status": 503, "match": one_job, "times": 20, "after": 2, "retry_after_ms": 1},
            {"do": "reset", "match": one_job, "times": 3, "after": 26},
            {"do": "truncate", "match": {"method": "GET", "path": f"{JOBS}/*/events"}},
            {"do": "status", "status": 429, "match": {"method": "POST", "path": CHAT}, "times": 2, "retry_after_ms": 1},
        ]
    )
    assert code == 0, told
    assert "status reticulating_splines" in told
    assert "the service answers again" in told
    (folder,) = (tmp_path / "runs").iterdir()
    assert len(entries(folder, "POST", JOBS)) == 1
    assert len(entries(folder, "POST", FILES)) == 2


@pytest.mark.slow
def test_a_job_that_is_cancelled_by_command_ends_the_run(tmp_path: Path) -> None:
    """The real follow against a service, and `ftlint runs cancel` from another process; the file may go again."""
    with sandbox(tmp_path / "state", [{"do": "job_stuck", "status": "running"}]) as base_url:
        project(tmp_path, heldout=HELDOUT)
        text = (tmp_path / "run.toml").read_text("utf-8")
        text = text.replace("[train]", '[train]\nprovider = "sandbox"', 1).replace(
            "gpt-4.1-mini-2025-04-14", "sandbox-mini"
        )
        text += f'\n[services.trainer]\nprovider = "sandbox"\nbase_url = "{base_url}"\n'
        (tmp_path / "run.toml").write_text(text, "utf-8")
        command = [sys.executable, "-m", "ftlint", "run", "run.toml", "--yes"]
        running = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            short = _wait_for_job(tmp_path / "runs", running)
            cancel = [sys.executable, "-m", "ftlint", "runs", "cancel", short]
            assert subprocess.run(cancel, cwd=tmp_path, check=False, timeout=60).returncode == 0
            _, told = running.communicate(timeout=60)
        finally:
            running.kill()
            running.wait()
    assert running.returncode == 4, told
    assert "help: cancelled: start a new run to train again" in " ".join(told.split())


def _wait_for_job(runs: Path, running: subprocess.Popen[str]) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert running.poll() is None, running.communicate()[1]
        journal = next(iter(runs.glob("*/journal.jsonl")), None)
        if journal is not None and '"stage":"follow","event":"note"' in journal.read_text("utf-8"):
            return journal.parent.name.rpartition("-")[2]
        time.sleep(0.05)
    raise AssertionError("no job within a minute")

"""``ftlint run`` and ``ftlint runs``: the options, the one question, and what is printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ftlint.cli import main
from ftlint.errors import GateClosed
from ftlint.run import pipeline
from ftlint.run.journal import Journal
from ftlint.run.plan import Plan
from ftlint.run.runs import JOURNAL

PLAN = Plan(
    run_id="20261122-005000-abcdefgh",
    service="openai (api.openai.com)",
    model="m",
    method="supervised",
    files=(),
    epochs=3,
    estimated_epochs=True,
    billed_tokens=10,
    usd=1.5,
    price_as_of=None,
    completions=4,
    evaluation_usd=None,
    moderation="complete",
)


class Called(Exception):
    """Carries what the pipeline was called with."""

    def __init__(self, kind: str, *args: Any, **named: Any) -> None:
        super().__init__(kind)
        self.args_ = args
        self.named = named
        self.kind = kind


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Called]:
    """Run a command with a pipeline that only takes note."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FTLINT_DEBUG", "1")

    def note(kind: str) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            raise Called(kind, *args, **named)

        return call

    monkeypatch.setattr(pipeline, "run", note("run"))
    monkeypatch.setattr(pipeline, "resume", note("resume"))

    def run(*arguments: str) -> Called:
        with pytest.raises(Called) as caught:
            main(["run", *arguments])
        return caught.value

    return run


def make_run(
    runs: Path,
    short: str = "abcdefgh",
    *,
    rehearsal: bool = False,
    spec_path: str = "run.toml",
    **done: dict[str, Any],
) -> Path:
    """The folder of a run that came as far as ``done`` says."""
    folder = runs / f"20261122-005000-{short}"
    folder.mkdir(parents=True)
    record = {"id": folder.name, "created": "2026-11-22T00:50:00Z", "rehearsal": rehearsal, "spec_path": spec_path}
    (folder / "run.json").write_text(json.dumps({**record, "spec_text": SPEC}))
    with Journal(folder / JOURNAL, lambda: 0.0) as journal:
        for stage, data in done.items():
            journal.done(stage, **data)
    return folder


SPEC = '[dataset]\ntrain = "train.jsonl"\nvalidation = "valid.jsonl"\n[train]\nmodel = "gpt-4.1-mini-2025-04-14"\n'


def test_a_rehearsal_asks_nobody(called: Callable[..., Called]) -> None:
    call = called("run.toml", "--rehearse", "--runs-dir", "r", "--today", "2026-11-22")
    assert (call.kind, call.args_) == ("run", (Path("run.toml"),))
    assert (call.named["rehearse"], call.named["runs"]) == (True, Path("r"))
    assert call.named["settings"].today.isoformat() == "2026-11-22"


def test_a_run_is_not_begun_where_nobody_can_be_asked(
    called: Callable[..., Called], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False)
    assert main(["run", "run.toml"]) == 2
    assert "nobody can be asked here" in capsys.readouterr().err
    assert called("run.toml", "--yes").named["confirm"](PLAN) is True


def test_the_question(
    called: Callable[..., Called], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    confirm = called("run.toml").named["confirm"]
    for answer, expected in (("y", True), ("n", False), ("", False)):
        monkeypatch.setattr("click.termui.visible_prompt_func", lambda _, given=answer: given)
        assert confirm(PLAN) is expected
    out, err = capsys.readouterr()
    assert out == ""
    assert "openai (api.openai.com)" in err


def test_a_dry_run_ends_at_the_plan(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    def run(*_: Any, confirm: Callable[[Plan], bool], **__: Any) -> Any:
        confirm(PLAN)
        pytest.fail("a dry run went on")

    monkeypatch.setattr(pipeline, "run", run)
    assert main(["run", "run.toml", "--dry-run"]) == 0
    assert capsys.readouterr().err.endswith("dry run: nothing was submitted\n")


def test_a_resume_with_a_persons_answers(called: Callable[..., Called], tmp_path: Path) -> None:
    make_run(tmp_path / "runs")
    call = called("--resume", "abc", "--yes", "--job", "none", "--file", "train=file-1", "--file", "validation=none")
    assert (call.kind, call.args_) == ("resume", ("abc",))
    assert call.named["adopt"].job == "none"
    assert call.named["adopt"].files == {"train": "file-1", "validation": "none"}


def test_a_resume_looks_for_the_configuration_where_the_run_found_it(
    called: Callable[..., Called], tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "ftlint.toml").write_text('[services.trainer]\nbase_url = "https://mine.example/v1"\n')
    make_run(tmp_path / "runs", spec_path=str(tmp_path / "data" / "run.toml"))
    for arguments in (["data/run.toml", "--yes"], ["--resume", "abc", "--yes"]):
        services = called(*arguments).named["settings"].services
        assert services.trainer.base_url == "https://mine.example/v1"


@pytest.mark.parametrize(
    ("rehearsal", "done", "asks"), [(True, {}, False), (False, {"gate": {}}, False), (False, {}, True)]
)
def test_a_resume_asks_only_what_is_not_decided(
    called: Callable[..., Called],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rehearsal: bool,
    done: dict[str, Any],
    asks: bool,
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False)
    make_run(tmp_path / "runs", rehearsal=rehearsal, **done)
    if asks:
        assert main(["run", "--resume", "abc"]) == 2
    else:
        assert called("--resume", "abc").kind == "resume"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name a run file, or a run to resume"),
        (["run.toml", "--resume", "x"], "name a run file, or a run to resume"),
        (["run.toml", "--job", "x"], "--job and --file go with --resume"),
        (["run.toml", "--rehearse", "--dry-run"], "--rehearse goes with a run file"),
        (["--resume", "x", "--rehearse"], "--rehearse goes with a run file"),
        (["--resume", "x", "--dry-run"], "--dry-run goes with a run file"),
        (["--resume", "x", "--yes", "--file", "test=1"], "--file takes ROLE=ID"),
        (["--resume", "x"], "there is no run `x`"),
        (["missing.toml", "--yes"], "cannot read missing.toml"),
        (["run.toml", "--yes", "--today", "soon"], "--today is not a date: soon"),
    ],
)
def test_what_is_refused(
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["run", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_a_closed_gate_is_exit_1(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    def run(*_: Any, **__: Any) -> Any:
        raise GateClosed("the gate is closed: 1 error", "mend it")

    monkeypatch.setattr(pipeline, "run", run)
    assert main(["run", "run.toml", "--yes"]) == 1
    assert capsys.readouterr().err == "error: the gate is closed: 1 error\nhelp: mend it\n"


def test_runs_are_listed_and_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["runs", "list"]) == 0
    assert capsys.readouterr().out == "there are no runs in runs\n"
    make_run(tmp_path / "runs", convert={}, submit={"job_id": "ftjob-1"})
    make_run(tmp_path / "runs", "zzzzzzzz", rehearsal=True, convert={}, report={"verdict": "none"})
    assert main(["runs", "list"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "20261122-005000-abcdefgh  run  open  submit  ftjob-1",
        "20261122-005000-zzzzzzzz  rehearsal  finished  report  none",
    ]
    assert main(["runs", "list", "--output-format", "json"]) == 0
    assert [entry["status"] for entry in json.loads(capsys.readouterr().out)] == ["open", "finished"]
    assert main(["runs", "show", "abc"]) == 0
    shown = capsys.readouterr().out
    assert "job_id       ftjob-1\n" in shown
    assert "stages       convert, submit\n" in shown
    assert shown.endswith("resume       ftlint run --resume abcdefgh\n")
    assert "figures are not a model's" not in shown
    assert main(["runs", "show", "zzz", "--runs-dir", str(tmp_path / "runs")]) == 0
    assert "note         rehearsal: these figures are not a model's\n" in capsys.readouterr().out
    assert main(["runs", "show", "abc", "--runs-dir", "./../" + tmp_path.name + "/runs"]) == 0
    assert capsys.readouterr().out.endswith(f"--resume abcdefgh --runs-dir ../{tmp_path.name}/runs\n")
    assert main(["runs", "show", "nope"]) == 2


@pytest.mark.parametrize(("verb", "status"), [("cancel", "cancelled"), ("pause", "paused"), ("unpause", "queued")])
def test_a_job_is_steered_at_its_service(
    verb: str, status: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from ftlint.services import build

    monkeypatch.chdir(tmp_path)
    asked: list[str] = []

    class Trainer:
        def close(self) -> None:
            asked.append("closed")

    def act(_: Trainer, job_id: str) -> Any:
        asked.append(job_id)
        return type("Job", (), {"id": job_id, "status": status})

    setattr(Trainer, verb, act)

    monkeypatch.setattr(build, "trainer", lambda config: Trainer())
    make_run(tmp_path / "runs", submit={"job_id": "ftjob-1"})
    make_run(tmp_path / "runs", "zzzzzzzz")
    assert main(["runs", verb, "abc"]) == 0
    assert capsys.readouterr().err == f"ftjob-1: {status}\n"
    assert asked == ["ftjob-1", "closed"]
    assert main(["runs", verb, "zzz"]) == 2
    assert "has no job yet" in capsys.readouterr().err


def test_the_budget_of_the_command_line(called: Callable[..., Called], tmp_path: Path) -> None:
    settings = called("run.toml", "--yes", "--max-cost", "2.5").named["settings"]
    assert settings.job.max_cost == 2.5
    assert called("run.toml", "--yes").named["settings"].job is None
    make_run(tmp_path / "runs")
    assert called("--resume", "abc", "--yes", "--max-cost", "0").named["settings"].job.max_cost == 0


@pytest.mark.parametrize("amount", ["-1", "nan", "inf", "1e999", "", "five"])
def test_a_budget_is_an_amount(amount: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "run.toml", "--yes", "--max-cost", amount]) == 2
    assert "--max-cost" in capsys.readouterr().err


class Deleting:
    """A trainer that deletes."""

    def __init__(self, there: set[str]) -> None:
        self.there, self.asked = there, []

    def delete_file(self, file_id: str) -> bool:
        self.asked.append(file_id)
        return file_id in self.there

    def close(self) -> None:
        self.asked.append("closed")


def test_runs_cleanup_deletes_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from ftlint.services import build

    monkeypatch.chdir(tmp_path)
    trainer = Deleting({"file-1"})
    monkeypatch.setattr(build, "trainer", lambda config: trainer)
    uploads = {"upload:train": {"file_id": "file-1"}, "upload:validation": {"file_id": "file-2"}, "follow": {}}
    make_run(tmp_path / "runs", **uploads)
    assert main(["runs", "cleanup", "abc"]) == 0
    assert capsys.readouterr().err == "file-1: deleted\nfile-2: was not there any more\n"
    assert main(["runs", "cleanup", "abc"]) == 0
    assert capsys.readouterr().err == "this run has no files at the service\n"
    assert trainer.asked == ["file-1", "file-2", "closed", "closed"]
    make_run(tmp_path / "runs", "zzzzzzzz", rehearsal=True, **uploads)
    assert main(["runs", "cleanup", "zzz"]) == 2


@pytest.mark.parametrize("refused", [True, False])
def test_a_run_cleans_up_at_its_end_where_it_is_told_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: bool
) -> None:
    from ftlint.cli import run as command
    from ftlint.errors import JobRefused
    from ftlint.services import build

    monkeypatch.chdir(tmp_path)
    trainer = Deleting({"file-1", "file-9"})
    monkeypatch.setattr(build, "trainer", lambda config: trainer)
    make_run(tmp_path / "runs", "earlier1", **{"upload:train": {"file_id": "file-9"}, "follow": {}})

    def run(*_: Any, **__: Any) -> Any:
        make_run(tmp_path / "runs", "another1", **{"upload:train": {"file_id": "file-8"}})  # of another process
        if not refused:
            folder = make_run(tmp_path / "runs", **{"upload:train": {"file_id": "file-1"}, "follow": {}})
            return SimpleNamespace(folder=folder)
        folder = make_run(tmp_path / "runs", **{"upload:train": {"file_id": "file-1"}})
        with Journal(folder / JOURNAL, lambda: 0.0) as journal:
            journal.failed("follow", kind="unknown")
        raise JobRefused("blocked")

    monkeypatch.setattr(pipeline, "run", run)
    monkeypatch.setattr(command, "_show", lambda result: 0)
    assert main(["run", "run.toml", "--yes", "--cleanup"]) == (4 if refused else 0)
    assert trainer.asked == ["file-1", "closed"]

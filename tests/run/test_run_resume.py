"""What lies between two attempts of one run: files that were edited, another configuration, what a kill left behind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import chat
from ftlint.errors import ConfigError, GateClosed, InputError, UsageError
from ftlint.run.floors import load_constant
from ftlint.run.pipeline import RunResult
from ftlint.run.report import CONSTANT
from run.conftest import Runner
from run.world import Killed, World, finding, project, rows, write_rows

READY = (
    '[dataset]\ntrain = "train.jsonl"\nvalidation = "validation.jsonl"\n[train]\nmodel = "gpt-4.1-mini-2025-04-14"\n'
)


def ready(folder: Path, train: int = 12, validation: int = 4) -> Path:
    """A project of ready files."""
    for name, first, count in (("train", 1, train), ("validation", 101, validation)):
        values: list[dict[str, Any]] = [chat(row["dialogue"], row["summary"]) for row in rows(first, count)]
        write_rows(folder / f"{name}.jsonl", values)
    path = folder / "run.toml"
    path.write_text(READY, encoding="utf-8")
    return path


def interrupted_before(runner: Runner, world: World, call: str, path: Path) -> None:
    """A run whose process dies at a call to the service."""

    def interrupt(name: str) -> None:
        if name == call:
            raise Killed

    world.before = interrupt
    with pytest.raises(Killed):
        runner.start(path)
    world.before = lambda name: None


def constant_score(result: RunResult) -> dict[str, float]:
    return next(row.scores for row in result.report.systems if row.name == CONSTANT)


def test_files_that_are_mended_before_the_gate_opens_are_read_anew(
    runner: Runner, world: World, tmp_path: Path
) -> None:
    world.findings = (finding(),)
    path = ready(tmp_path)
    with pytest.raises(GateClosed):
        runner.start(path)
    world.findings = ()
    ready(tmp_path, train=15, validation=2)
    report = runner.resume().report
    assert report.systems[0].n == 2
    assert report.files["train"]["examples"] == 15


@pytest.mark.parametrize("name", ["train.jsonl", "validation.jsonl"])
def test_files_that_are_edited_after_the_gate_are_refused_before_any_upload(
    runner: Runner, world: World, tmp_path: Path, name: str
) -> None:
    path = ready(tmp_path)
    interrupted_before(runner, world, "upload", path)
    before = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(before * 2)
    with pytest.raises(GateClosed, match="is not the one that was checked"):
        runner.resume()
    (tmp_path / name).unlink()
    with pytest.raises(InputError, match=f"cannot read .*{name}"):
        runner.resume()
    assert world.uploads == []
    (tmp_path / name).write_bytes(before)
    runner.resume()
    assert (len(world.uploads), len(world.jobs)) == (2, 1)


@pytest.mark.parametrize("call", ["create_job", "job", "checkpoints"])
def test_once_it_is_uploaded_the_run_needs_the_file_no_more(
    runner: Runner, world: World, tmp_path: Path, call: str
) -> None:
    path = ready(tmp_path)
    expected = constant_score(runner.start(path))
    world.looks = 0
    interrupted_before(runner, world, call, path)
    (tmp_path / "train.jsonl").unlink()
    assert constant_score(runner.resume("abcdefg2")) == expected


def test_another_trainer_gets_nothing_of_a_run_that_was_agreed_to(runner: Runner, world: World, tmp_path: Path) -> None:
    interrupted_before(runner, world, "create_job", project(tmp_path))
    world.host = "elsewhere.example"
    with pytest.raises(UsageError, match=r"trainer of this run is openai \(fake\), .* now names openai \(elsewhere"):
        runner.resume()
    assert (len(world.uploads), len(world.jobs)) == (2, 0)
    world.host = "fake"
    runner.resume()
    world.host = "elsewhere.example"
    runner.resume()  # a finished run asks nobody for anything
    assert (len(world.uploads), len(world.jobs)) == (2, 1)


def test_a_run_that_could_not_even_be_checked_leaves_no_folder(
    runner: Runner, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(*args: Any, **named: Any) -> Any:
        raise ConfigError("there is no rule `FT999`")

    monkeypatch.setattr(world, "check", check)
    with pytest.raises(ConfigError, match="FT999"):
        runner.run()
    assert list(runner.runs.iterdir()) == []


def test_what_a_killed_writer_left_is_swept_away(runner: Runner, world: World, tmp_path: Path) -> None:
    interrupted_before(runner, world, "upload", project(tmp_path))
    (runner.only / ".report.json.abc123.tmp").write_bytes(b"{")
    runner.resume()
    assert [path.name for path in runner.only.iterdir() if path.name.startswith(".")] == []


def test_the_command_to_resume_names_the_folder_of_runs(runner: Runner, world: World, tmp_path: Path) -> None:
    world.findings = (finding(),)
    with pytest.raises(GateClosed) as caught:
        runner.run()
    assert f"ftlint run --resume abcdefg1 --runs-dir {tmp_path / 'runs'} checks again" in (caught.value.hint or "")


def test_the_findings_that_close_the_gate_are_told_with_their_places(runner: Runner, world: World) -> None:
    world.findings = (finding(),) * 13
    with pytest.raises(GateClosed):
        runner.run()
    told = [message for stage, message, _ in runner.recorder.told if stage == "gate"]
    assert told[1] == "train.jsonl:1: FT501 twice"
    assert told[10:] == ["train.jsonl:1: FT501 twice", "and 3 more findings"]


@pytest.mark.parametrize("content", [None, b"{", b'{"x": 1}', b"[]"])
def test_a_floor_that_is_not_ours_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "floor.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"floor\.json"):
        load_constant(path)


def test_a_rehearsal_says_so_in_the_check_and_keeps_no_verdicts(runner: Runner, world: World) -> None:
    result = runner.run(rehearse=True)
    ((_, settings, online),) = world.checks
    assert online
    assert settings.moderation.cache is False
    assert "by the sandbox's stand-in" in result.report.moderation
    state = (result.folder / "journal.jsonl").read_text(encoding="utf-8")
    assert json.loads(state.splitlines()[3])["stage"] == "check"
    assert "by omni" not in state


def test_a_run_file_that_was_edited_since_is_told_and_not_followed(
    runner: Runner, world: World, tmp_path: Path
) -> None:
    path = project(tmp_path)
    interrupted_before(runner, world, "upload", path)
    path.write_text(path.read_text("utf-8").replace("n_epochs = 3", "n_epochs = 9"), "utf-8")
    runner.resume()
    assert world.specs[0].hyperparameters == {"n_epochs": 3}
    told = [message for stage, message, _ in runner.recorder.told if stage == "resume"]
    assert told == ["run.toml was edited since; this run goes on with what it said at the beginning"]
    path.unlink()
    runner.resume()
    assert len([stage for stage, _, _ in runner.recorder.told if stage == "resume"]) == 1

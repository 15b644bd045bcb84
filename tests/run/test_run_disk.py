"""A disk that fills up, folders that cannot be written, two processes on one run: nothing is lost or sent twice."""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ftlint.cli import main
from ftlint.errors import FtlintError, InputError
from ftlint.run.files import Log
from ftlint.run.pipeline import RunResult
from ftlint.run.runs import read_state
from ftlint.settings import Settings
from run.conftest import Recorder, Runner
from run.world import Killed, World

EXTRA = "\n[evaluate]\nconcurrency = 1\n"
HELDOUT = 3


class Disk:
    """Counts what is made durable, and is full at one of those moments, or from then on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, full_at: int = 0, *, stays: bool = False) -> None:
        self.count = 0
        sync = os.fsync

        def fsync(descriptor: int) -> None:
            self.count += 1
            if self.count == full_at or (stays and full_at and self.count > full_at):
                raise OSError(errno.ENOSPC, "No space left on device")
            sync(descriptor)

        monkeypatch.setattr(os, "fsync", fsync)


def table(result: RunResult) -> object:
    tree = result.report.to_json()
    systems = [(row["name"], row["n"], row["missing"], row["scores"]) for row in tree["systems"]]
    return [systems, *(tree[key] for key in ("differences", "verdict", "examples"))]


def fresh(folder: Path, settings: Settings) -> Runner:
    folder.mkdir()
    return Runner(folder, World(), settings, Recorder())


def stopped(runner: Runner) -> FtlintError | None:
    """Run; what stopped it."""
    try:
        runner.run(EXTRA, heldout=HELDOUT)
    except FtlintError as error:
        return error
    return None


def go_on(runner: Runner) -> RunResult:
    """Resume, or begin again where the run had not even a name."""
    if list(runner.runs.glob("*/run.json")):
        return runner.resume()
    shutil.rmtree(runner.runs, ignore_errors=True)
    return runner.run(EXTRA, heldout=HELDOUT)


@pytest.mark.parametrize(
    ("stays", "every"),
    [
        pytest.param(False, 6, id="for-a-moment"),
        pytest.param(True, 9, id="for-good"),
        pytest.param(False, 1, id="for-each-moment", marks=pytest.mark.slow),
        pytest.param(True, 1, id="for-good-from-each", marks=pytest.mark.slow),
    ],
)
def test_a_disk_that_is_full_at_any_moment_loses_nothing(
    tmp_path: Path, settings: Settings, stays: bool, every: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        disk = Disk(patch)
        expected = table(fresh(tmp_path / "reference", settings).run(EXTRA, heldout=HELDOUT))
    assert disk.count > 30
    for number in range(1, disk.count + 1, every):
        runner = fresh(tmp_path / f"full-{number}", settings)
        with pytest.MonkeyPatch.context() as patch:
            full = Disk(patch, number, stays=stays)
            caught = stopped(runner)
        if caught is None:  # answers that come close together share an fsync: this run needed fewer than the first one
            assert full.count < number
            continue
        assert "No space left" in caught.message, number
        assert caught.exit_code == 2, number
        assert table(go_on(runner)) == expected, number
        assert (len(runner.world.uploads), len(runner.world.jobs)) == (2, 1), number
        # an answer that could not be written is the only thing that may be asked for again
        assert sum(runner.world.asked.values()) <= 2 * HELDOUT + 1, number


def test_an_fsync_that_fails_beside_the_answers_stops_the_asking(
    runner: Runner, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A system tells of it once: the fsync after the failed one goes well, and proves nothing."""
    sync, failed = Log.sync, []

    def fails_once(log: Log) -> None:
        if not failed:
            failed.append(threading.current_thread() is threading.main_thread())
            raise InputError("cannot write baseline.jsonl: No space left on device")
        sync(log)

    monkeypatch.setattr(Log, "sync", fails_once)
    with pytest.raises(InputError, match="No space left"):
        runner.run("\n[evaluate]\nconcurrency = 1\n", heldout=HELDOUT)
    assert failed == [False], "the fsync beside the answers was not the first"
    assert "baseline" not in read_state(runner.only).done
    paid = sum(world.asked.values())
    assert runner.resume().report.systems[0].missing == 0
    assert sum(world.asked.values()) == 2 * HELDOUT
    assert paid <= HELDOUT


@pytest.fixture
def homely(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """A folder of a user whom permissions bind: root works as somebody else for the time of the test."""
    if os.name == "nt":
        pytest.skip("other permissions there")
    fresh(tmp_path / "first", settings).run(EXTRA, heldout=HELDOUT)  # somebody else may not import from root's home
    folder = Path(tempfile.mkdtemp(prefix="ftlint-test-"))
    root = os.geteuid() == 0
    if root:
        os.chown(folder, 65534, 65534)
        os.setegid(65534)
        os.seteuid(65534)
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
            os.setegid(0)
        for path in [folder, *folder.rglob("*")]:
            if path.is_dir():
                path.chmod(stat.S_IRWXU)
        shutil.rmtree(folder)


def test_a_folder_that_cannot_be_written_begins_no_run(homely: Path, settings: Settings) -> None:
    runner = Runner(homely, World(), settings, Recorder())
    runner.runs.mkdir()
    runner.runs.chmod(0o500)
    with pytest.raises(InputError, match=r"cannot make .*: Permission denied"):
        runner.run(EXTRA, heldout=HELDOUT)
    assert not runner.world.uploads
    assert list(runner.runs.iterdir()) == []


@pytest.mark.parametrize("call", ["upload", "create_job", "job", "complete"])
def test_a_run_whose_folder_became_read_only_goes_on_once_it_can(homely: Path, settings: Settings, call: str) -> None:
    runner = Runner(homely, World(), settings, Recorder())

    def die(name: str) -> None:
        if name == call:
            raise Killed

    runner.world.after = die
    with pytest.raises(Killed):
        runner.run(EXTRA, heldout=HELDOUT)
    runner.world.after = lambda name: None
    folder = runner.only
    for path in folder.iterdir():
        path.chmod(0o400)
    folder.chmod(0o500)
    sent = (len(runner.world.uploads), len(runner.world.jobs))
    with pytest.raises(InputError, match="cannot write"):
        runner.resume()
    assert (len(runner.world.uploads), len(runner.world.jobs)) == sent, "nothing is sent that cannot be remembered"
    folder.chmod(0o700)
    for path in folder.iterdir():
        path.chmod(0o600)
    assert runner.resume().report.verdict == "none"
    assert (len(runner.world.uploads), len(runner.world.jobs)) == (2, 1)


def test_runs_of_another_user_are_passed_over(
    homely: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    runner = Runner(homely, World(), settings, Recorder())
    theirs = runner.run(EXTRA, heldout=HELDOUT).folder
    theirs.chmod(0)
    mine = runner.run(EXTRA, heldout=HELDOUT)
    assert mine.report.systems[0].reused == 0
    assert main(["runs", "list", "--runs-dir", str(runner.runs)]) == 0
    listed = capsys.readouterr().out
    assert mine.run_id in listed
    assert theirs.name not in listed
    runner.runs.chmod(0o300)
    assert main(["runs", "list", "--runs-dir", str(runner.runs)]) == 2
    assert "Permission denied" in capsys.readouterr().err


def test_the_second_process_on_a_run_is_refused(
    runner: Runner, world: World, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def die(name: str) -> None:
        if name == "job":
            raise Killed

    world.before = die
    with pytest.raises(Killed):
        runner.run(EXTRA, heldout=HELDOUT)
    world.before = lambda name: None
    script = (
        "import sys, pathlib; from ftlint.run.lock import RunLock\n"
        f"RunLock(pathlib.Path({str(runner.only / 'lock')!r})).__enter__()\n"
        "print('held', flush=True); sys.stdin.read()"
    )
    before = (runner.only / "journal.jsonl").read_bytes()
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(FtlintError, match="another process is working on the run") as caught:
            runner.resume()
        assert caught.value.exit_code == 2
        assert (runner.only / "journal.jsonl").read_bytes() == before
        holder.kill()
        holder.wait()
    assert runner.resume().report.verdict == "none"


def test_a_journal_that_was_written_by_a_clock_that_ran_backwards_folds_in_its_own_order(
    runner: Runner, world: World, tmp_path: Path
) -> None:
    result = runner.run(EXTRA, heldout=HELDOUT)
    path = result.folder / "journal.jsonl"
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for number, record in enumerate(records):
        record["at"] -= 1e6 * number
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    again = runner.resume()
    assert table(again) == table(result)
    assert (len(world.uploads), len(world.jobs)) == (2, 1)
    assert all(step.ended is not None for step in again.report.timeline)


def test_runs_of_a_folder_that_is_not_there_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["runs", "list"]) == 0
    assert "there are no runs in runs" in capsys.readouterr().out

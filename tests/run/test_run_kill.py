"""The process dies at every point where it touches the journal or the service; a resume finishes as if it had not."""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ftlint.run.journal import Journal
from ftlint.run.pipeline import RunResult
from ftlint.settings import Settings
from run.conftest import Recorder, Runner
from run.world import Killed, World

HELDOUT = 3


class Points:
    """Numbers every moment at which the process could die, and kills it at one of them."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch, kill_at: set[int]) -> None:
        self.count = 0
        self.names: list[str] = []
        self.killed: list[str] = []
        self.kill_at = kill_at
        world.before = lambda call: self.reach(f"before {call}")
        world.after = lambda call: self.reach(f"after {call}")
        write = Journal._write

        def wrapped(journal: Journal, event: str, stage: str, data: dict[str, Any]) -> None:
            self.reach(f"before {event} {stage}")
            write(journal, event, stage, data)
            self.reach(f"after {event} {stage}")

        monkeypatch.setattr(Journal, "_write", wrapped)

    def reach(self, name: str) -> None:
        self.count += 1
        self.names.append(name)
        if self.count in self.kill_at:
            self.killed.append(name)
            raise Killed


def finish(runner: Runner, points: Points) -> RunResult:
    """Run, and resume after every kill."""
    start: Callable[[], RunResult] = lambda: runner.run("\n[evaluate]\nconcurrency = 2\n", heldout=HELDOUT)  # noqa: E731
    for _ in range(len(points.kill_at) + 1):
        try:
            return start()
        except Killed:
            start = runner.resume
    raise AssertionError("killed more often than asked for")


def outcome(result: RunResult) -> dict[str, Any]:
    tree = result.report.to_json()
    del tree["timeline"]  # a resumed stage takes longer
    return {**tree, "files": {role: f["sha256"] for role, f in result.report.files.items()}}


def check_world(world: World, points: Points) -> None:
    """One upload per file, one job, and no completion paid twice but one whose answer died with the process."""
    assert Counter(upload.filename.split("-")[4] for upload in world.uploads) == {"train": 1, "validation": 1}
    assert len(world.jobs) == 1
    lost = points.killed.count("after complete")
    assert sum(world.asked.values()) <= 2 * HELDOUT + lost
    assert len(world.asked) == 2 * HELDOUT


def fresh(folder: Path, settings: Settings) -> Runner:
    folder.mkdir()
    uncached = dataclasses.replace(settings.moderation, cache=False)  # every run passes the same points
    return Runner(folder, World(), dataclasses.replace(settings, moderation=uncached), Recorder())


def reference(folder: Path, settings: Settings) -> tuple[dict[str, Any], list[str]]:
    """What an uninterrupted run gives, and the points it passes."""
    with pytest.MonkeyPatch.context() as patch:
        runner = fresh(folder, settings)
        points = Points(runner.world, patch, set())
        return outcome(finish(runner, points)), points.names


def killed_run(folder: Path, settings: Settings, kill_at: set[int], late: float = 0.0) -> tuple[dict[str, Any], Points]:
    with pytest.MonkeyPatch.context() as patch:
        runner = fresh(folder, settings)
        runner.world.late = late
        points = Points(runner.world, patch, kill_at)
        result = finish(runner, points)
        check_world(runner.world, points)
        assert len(runner.asked) <= 1 + len(kill_at)
        return outcome(result), points


def test_a_kill_at_any_point_changes_nothing(tmp_path: Path, settings: Settings) -> None:
    expected, names = reference(tmp_path / "reference", settings)
    assert {"before intent upload:train", "after create_job", "before done submit", "after complete"} <= set(names)
    for number in range(1, len(names) + 1):
        found, points = killed_run(tmp_path / f"killed-{number}", settings, {number})
        assert len(points.killed) == 1
        assert found == expected, points.killed


@pytest.mark.parametrize("late", [1.0, 5.0])
def test_a_server_that_commits_after_the_client_died_gets_no_second_request(
    tmp_path: Path, settings: Settings, late: float
) -> None:
    expected, names = reference(tmp_path / "reference", settings)
    for number, name in enumerate(names, start=1):
        if name in {"after upload", "after create_job"}:
            found, _ = killed_run(tmp_path / f"killed-{number}", settings, {number}, late)
            assert found == expected


@pytest.mark.slow
def test_two_kills_at_any_points_change_nothing(tmp_path: Path, settings: Settings) -> None:
    expected, names = reference(tmp_path / "reference", settings)
    numbers = range(1, len(names) + 20, 4)
    for first, second in itertools.combinations(numbers, 2):
        found, points = killed_run(tmp_path / f"killed-{first}-{second}", settings, {first, second})
        assert found == expected, points.killed

"""A world, a project, and a way to run it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ftlint.run import pipeline
from ftlint.run.pipeline import RunResult
from ftlint.settings import Settings
from run.world import World, project


class Recorder:
    """An observer that remembers."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, dict[str, object]]] = []

    def on(self, stage: str, message: str, **numbers: object) -> None:
        self.told.append((stage, message, numbers))

    def stages(self) -> list[str]:
        return list(dict.fromkeys(stage for stage, _, _ in self.told))


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


class Runner:
    """Starts and resumes runs of one project in one world."""

    def __init__(self, folder: Path, world: World, settings: Settings, recorder: Recorder) -> None:
        self.folder, self.world, self.settings, self.recorder = folder, world, settings, recorder
        self.runs = folder / "runs"
        self.asked: list[Any] = []
        self.yes = True

    def confirm(self, plan: Any) -> bool:
        self.asked.append(plan)
        return self.yes

    def _common(self) -> dict[str, Any]:
        return {
            "settings": self.settings,
            "confirm": self.confirm,
            "observer": self.recorder,
            "runs": self.runs,
            "tools": self.world.tools(),
        }

    def run(self, extra: str = "", heldout: int = 32, **options: Any) -> RunResult:
        path = project(self.folder, extra, heldout)
        return pipeline.run(path, **self._common(), **options)

    def start(self, path: Path, **options: Any) -> RunResult:
        return pipeline.run(path, **self._common(), **options)

    def resume(self, part: str = "abcdefg", **options: Any) -> RunResult:
        return pipeline.resume(part, **self._common(), **options)

    @property
    def only(self) -> Path:
        (folder,) = self.runs.iterdir()
        return folder


@pytest.fixture
def runner(tmp_path: Path, world: World, settings: Settings, recorder: Recorder) -> Runner:
    return Runner(tmp_path, world, settings, recorder)


@pytest.fixture
def spec_file(tmp_path: Path) -> Callable[[str], Path]:
    """Write a run file."""

    def make(text: str) -> Path:
        path = tmp_path / "run.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return make

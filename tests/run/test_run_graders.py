"""Graders are shown to the service before anything is uploaded; a refused one closes the gate."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ftlint.errors import GateClosed, ServiceFailed
from ftlint.sandbox.launch import RunningSandbox
from ftlint.sandbox.pytest_plugin import ftlint_sandbox_start  # noqa: F401 (a fixture)
from ftlint.services import build
from ftlint.services.interface import BadAnswer, Rejected, ServiceError, Unreachable
from ftlint.settings import ServiceConfig
from run.conftest import Runner
from run.world import World, rows

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

GRADER = {
    "type": "string_check", "name": "same", "operation": "eq",
    "input": "{{ sample.output_text }}", "reference": "{{ item.wanted }}",
}  # fmt: skip
RUN = """
[dataset]
train = "train.jsonl"
validation = "validation.jsonl"
[train]
model = "o4-mini-2025-04-16"
method = "reinforcement"
[train.grader]
type = "string_check"
name = "same"
operation = "eq"
input = "{{ sample.output_text }}"
reference = "{{ item.wanted }}"
[evaluate]
reference = "{wanted}"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    for name, first, count in (("train", 1, 12), ("validation", 101, 32)):
        examples = [
            {"messages": [{"role": "user", "content": row["dialogue"]}], "wanted": row["summary"]}
            for row in rows(first, count)
        ]
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(example) + "\n" for example in examples), "utf-8")
    (tmp_path / "run.toml").write_text(RUN, "utf-8")
    return tmp_path / "run.toml"


def test_a_refused_grader_closes_the_gate(runner: Runner, world: World, path: Path) -> None:
    world.grader = Rejected("Invalid grader: `{{ row.x }}` is not a namespace.", status=400)
    with pytest.raises(GateClosed, match="the service refuses the grader: Invalid grader") as caught:
        runner.start(path)
    assert caught.value.exit_code == 1
    assert (world.uploads, world.jobs, runner.asked) == ([], [], [])


@pytest.mark.parametrize("answer", [False, BadAnswer("a web page")])
def test_a_service_that_looks_at_no_graders_is_told_of(
    runner: Runner, world: World, path: Path, answer: bool | ServiceError
) -> None:
    world.grader = answer
    assert runner.start(path).report.job_id
    (plan,) = runner.asked
    assert any("does not look at graders beforehand" in note for note in plan.notes)


def test_an_outage_is_no_refusal(runner: Runner, world: World, path: Path) -> None:
    world.grader = Unreachable("the service is overloaded")
    with pytest.raises(ServiceFailed, match="overloaded"):
        runner.start(path)
    world.grader = True
    assert runner.resume().report.job_id
    assert not any("graders" in note for note in runner.asked[0].notes)


@pytest.mark.parametrize("profile", ["openai", "bare"])
def test_the_sandbox_looks_at_graders_where_it_has_the_route(
    ftlint_sandbox_start: Callable[..., RunningSandbox],  # noqa: F811 (the fixture)
    profile: str,
) -> None:
    running = ftlint_sandbox_start(profile=profile)
    trainer = build.trainer(ServiceConfig("sandbox", running.base_url, ""))
    wrong: dict[str, Any] = {**GRADER, "input": "{{ row.text }}"}
    try:
        assert trainer.check_grader(GRADER) is (profile == "openai")
        if profile == "bare":
            assert trainer.check_grader(wrong) is False
        else:
            with pytest.raises(Rejected):
                trainer.check_grader(wrong)
    finally:
        trainer.close()

"""Finished runs side by side: paired on equal held-out examples, and not where they differ."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ftlint.cli import main
from ftlint.errors import UsageError
from ftlint.run.across import compare_runs, lines
from run.conftest import Runner
from run.world import World, good_answer


@pytest.fixture
def two(runner: Runner, world: World) -> list[Path]:
    """Two runs on the same examples; the tuned model of the second has learnt nothing."""
    first = runner.run().folder
    world.answer = lambda model, prompt: good_answer(model.removeprefix("ft:"), prompt)
    return [first, runner.run().folder]


def test_the_same_examples_are_paired(two: list[Path]) -> None:
    found = compare_runs(two)
    difference = found.differences[0]
    assert difference is not None
    assert difference["rougeL"].verdict == "worse"
    assert [row.verdict for row in found.rows] == ["better", "none"]
    told = "\n".join(lines(found))
    assert "ROUGE-L: -" in told
    assert "worse" in told


def test_other_examples_are_not(two: list[Path], runner: Runner, world: World) -> None:
    world.answer = good_answer
    other = runner.run(heldout=33).folder
    assert compare_runs([two[0], other]).differences == (None,)
    assert "not paired" in "\n".join(lines(compare_runs([two[0], other])))


def test_one_run_or_an_unfinished_one_is_refused(two: list[Path]) -> None:
    with pytest.raises(UsageError, match="nothing to compare"):
        compare_runs(two[:1])
    (two[1] / "report.json").unlink()
    with pytest.raises(UsageError, match="is not finished"):
        compare_runs(two)


def test_the_command(two: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    ids = [folder.name for folder in two]
    folder = ["--runs-dir", str(two[0].parent)]
    assert main(["runs", "compare", *ids, *folder, "--output-format", "json"]) == 0
    tree = json.loads(capsys.readouterr().out)
    assert [row["run_id"] for row in tree["rows"]] == ids
    assert tree["differences"][0]["rougeL"]["verdict"] == "worse"
    assert main(["runs", "compare", ids[0], *folder]) == 2

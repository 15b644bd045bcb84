"""FT415: a prompt of its own for the evaluation, what it asks, and where it differs from the training's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ftlint import engine, gate
from ftlint.cli import main
from ftlint.errors import ConfigError
from ftlint.model import Role
from ftlint.run.convert import convert
from ftlint.run.heldout import load_heldout
from ftlint.run.load import load_spec
from ftlint.settings import JobSettings, Prompts, Settings
from run.conftest import Runner
from run.world import World, project, rows, write_rows

ASKED = """
[evaluate.prompt]
user = "Sum up in one clear sentence: {dialogue}"
"""


def converted(path: Path) -> tuple[dict[str, Any], Path]:
    out = path.parent / "out"
    out.mkdir()
    return convert(load_spec(path), out), out


def test_the_evaluation_asks_with_its_own_prompt_and_the_training_keeps_its(tmp_path: Path) -> None:
    found, out = converted(project(tmp_path, ASKED))
    assert found["prompts"] == {
        "role": "user",
        "training": "Sum up: {dialogue}",
        "evaluation": "Sum up in one clear sentence: {dialogue}",
    }
    heldout = load_heldout(out / "heldout.jsonl")
    assert heldout[0].messages[0]["content"].startswith("Sum up in one clear sentence: ")
    assert heldout[0].references == [rows(201, 1)[0]["summary"]]
    trained = json.loads((out / "train.jsonl").read_bytes().splitlines()[0])
    assert trained["messages"][0]["content"].startswith("Sum up: ")


@pytest.mark.parametrize(
    ("prompt", "training", "evaluation"),
    [
        ('user = "Sum up: {dialogue}"', None, None),
        ('system = "Be brief."\nuser = "Sum up: {dialogue}"', "nothing", "Be brief."),
        ('user = "Sum up: {dialogue}\\n"', "…Sum up: {dialogue}", "…Sum up: {dialogue}\n"),
        ('user = "Sum up: {summary}"', "Sum up: {dialogue}", "Sum up: {summary}"),
    ],
)
def test_templates_are_compared_as_they_are_written(
    tmp_path: Path, prompt: str, training: str | None, evaluation: str | None
) -> None:
    found, _ = converted(project(tmp_path, f"[evaluate.prompt]\n{prompt}\n"))
    differ = found["prompts"]
    assert (differ is None) == (training is None)
    if differ is not None:
        assert training is not None
        assert evaluation is not None
        assert training.lstrip("…").endswith(differ["training"].lstrip("…"))
        assert evaluation.lstrip("…").endswith(differ["evaluation"].lstrip("…"))


def test_prompts_that_stand_in_the_training_file_are_found_also_through_the_other_prompt(tmp_path: Path) -> None:
    path = project(tmp_path, ASKED)
    write_rows(tmp_path / "heldout.jsonl", [*rows(1, 3), *rows(201, 30)])
    assert converted(path)[0]["heldout"]["overlap"] == 3


READY = """
[dataset]
train = "train.jsonl"
heldout = "heldout.csv"
[train]
model = "gpt-4.1-mini-2025-04-14"
[evaluate.prompt]
answer = "{summary}"
"""


def ready(folder: Path, prompt: str, *, system: str | None = None, frame: str = "Sum up: {}\n\n## Summary") -> Path:
    """Ready training rows with a frame round each dialogue, and held-out rows with columns."""
    first = [{"role": "system", "content": system}] if system else []
    examples = [
        {
            "messages": [
                *first,
                {"role": "user", "content": frame.format(row["dialogue"])},
                {"role": "assistant", "content": row["summary"]},
            ]
        }
        for row in rows(1, 12)
    ]
    write_rows(folder / "train.jsonl", examples)
    table = "".join(f'"{row["dialogue"]}","{row["summary"]}"\n' for row in rows(201, 32))
    (folder / "heldout.csv").write_text("dialogue,summary\n" + table, encoding="utf-8")
    path = folder / "run.toml"
    path.write_text(READY + prompt, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("prompt", "options", "role"),
    [
        ("user = '''Sum up: {dialogue}\n\n## Summary'''", {}, None),
        ("user = '''Sum up: {dialogue}\n\n## Summary'''\nsystem = 'Be brief.'", {"system": "Be brief."}, None),
        ("user = '''Sum up: {dialogue}\n\n## Summary'''\nsystem = 'Be brief.'", {}, "system"),
        ("user = '''Sum up: {dialogue}\n\n## Summary'''", {"system": "Be brief."}, "system"),
        ("user = '''Sum up briefly: {dialogue}\n\n## Summary'''", {}, "user"),
        ("user = '''Sum up: {dialogue}\n\n## Summary:'''", {}, "user"),
        ("user = '''{dialogue}'''", {"frame": "Write one concise and factual sentence.\n{}"}, "user"),
        ("user = '''{dialogue}'''", {"frame": "{}\n\nIn one concise and factual sentence:"}, "user"),
    ],
)
def test_ready_files_are_compared_by_what_their_prompts_share(
    tmp_path: Path, prompt: str, options: dict[str, str], role: str | None
) -> None:
    found, out = converted(ready(tmp_path, prompt, **options))
    assert (found["prompts"] or {}).get("role") == role
    assert len(load_heldout(out / "heldout.jsonl")) == 32


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (READY.replace('heldout = "heldout.csv"', 'validation = "v.jsonl"'), "dataset.heldout is missing"),
        (READY.replace('answer = "{summary}"', ""), "evaluate.prompt.answer is missing"),
        (READY + "shout = 1", "evaluate.prompt.shout is not a known key"),
        (READY + 'system = "{"', "evaluate.prompt.system: a single `{`"),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "run.toml"
    path.write_text(text + '\nuser = "{dialogue}"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        load_spec(path)


def test_a_run_tells_the_check_and_its_report(runner: Runner, world: World) -> None:
    result = runner.run(ASKED)
    ((_, settings, _),) = world.checks
    assert settings.job is not None
    assert settings.job.prompts == Prompts("user", "Sum up: {dialogue}", "Sum up in one clear sentence: {dialogue}")
    assert any("another user prompt than the training: `Sum up in one" in note for note in result.report.notes)
    assert {prompt.split(":")[0] for _, prompt in world.asked} == {"Sum up in one clear sentence"}


def test_without_a_second_prompt_nothing_is_said(runner: Runner, world: World) -> None:
    result = runner.run()
    ((_, settings, _),) = world.checks
    assert settings.job is not None
    assert settings.job.prompts is None
    assert not any("another" in note for note in result.report.notes)


def test_the_finding_closes_the_gate_until_it_is_accepted(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """Accepted from the report that the run leaves, as its page says."""
    from dataclasses import replace

    from ftlint.reports import render

    found, out = converted(project(tmp_path, ASKED))
    train = out / "train.jsonl"
    job = JobSettings(prompts=Prompts(**found["prompts"]))
    settings = replace(settings, select=("FT415",), job=job)
    report = engine.check([(train, Role.TRAIN)], settings)
    assert report.by_code() == {"FT415": 1}
    assert gate.counts_against(report.findings[0], report.fail_on)
    saved = out / "check.json"
    saved.write_text(render(report, "json"), encoding="utf-8")
    accepted = tmp_path / "ftlint-accepted.toml"
    (tmp_path / "ftlint.toml").write_text("", encoding="utf-8")
    arguments = [
        "accept",
        "--report",
        str(saved),
        "--rule",
        "FT415",
        "--reason",
        "meant",
        "--config",
        str(tmp_path / "ftlint.toml"),
    ]
    assert main([*arguments, "--today", "2026-11-22"]) == 0, capsys.readouterr().err
    again = engine.check([(train, Role.TRAIN)], replace(settings, accepted=accepted))
    assert again.findings == ()
    assert [finding.accepted for finding in again.accepted] == ["meant"]
    other = replace(job, prompts=Prompts("user", "Sum up: {dialogue}", "Sum up in another way: {dialogue}"))
    assert engine.check([(train, Role.TRAIN)], replace(settings, accepted=accepted, job=other)).by_code()["FT415"] == 1

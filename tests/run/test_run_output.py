"""What a run leaves to read: JSON without texts, Markdown and a table in which nothing of the data acts."""

from __future__ import annotations

import base64
import dataclasses
import io
import json
import re

import pytest
from rich.console import Console

from ftlint.cli import main
from ftlint.cli.run import _show
from ftlint.progress import Progress, RunProgress
from ftlint.run import curves, markdown, table
from ftlint.run.pipeline import RunResult
from ftlint.run.report import CONSTANT
from ftlint.services.interface import Checkpoint, Completion, Job, JobEvent, Rejected, ServiceError
from run.conftest import Runner
from run.world import FakeTrainer, World, good_answer

NASTY = (
    "\x1b[31m[bold]secret[/bold] <script>alert(1)</script> | `x` [a](javascript:b) \u202e @you ![i](http://h/) \n# top"
)


@pytest.fixture
def nasty(runner: Runner, world: World) -> RunResult:
    def answer(model: str, prompt: str) -> Completion | ServiceError:
        made = good_answer(model, prompt)
        return made if model.startswith("ft:") else Completion(NASTY, "stop", 1, 1, model)

    world.answer = answer
    return runner.run()


def test_the_markdown_page_shows_pairs_masked_and_inert(nasty: RunResult) -> None:
    page = (nasty.folder / "report.md").read_text(encoding="utf-8")
    assert "## Gained most" in page
    for active in ("\x1b", "\u202e", "<script>", "[a](", "![", "secret", "\n# top"):
        assert active not in page
    assert "\\<script\\>" in page
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert all(line.endswith("|") for line in rows)
    assert "sha256" in page
    assert "scores are the average over the references" in page.replace("\\", "")


def test_report_json_holds_figures_and_no_texts(nasty: RunResult) -> None:
    text = (nasty.folder / "report.json").read_text(encoding="utf-8")
    assert "alert" not in text
    assert "friends meet" not in text
    tree = json.loads(text)
    assert tree["version"] == 1
    assert tree["verdict"] == "better"
    assert {row["name"] for row in tree["systems"]} == {"base", "tuned", "first 3 turns", CONSTANT}
    assert tree["examples"]["1"]["tuned"]["rougeL"] == pytest.approx(100)
    assert tree["differences"][0]["metrics"]["rougeL"]["verdict"] == "better"
    assert tree["spending"] == {
        "planned": 0.25,
        "planned_tokens": 1800,
        "trained": pytest.approx(0.25 / 1800 * 1500),
        "trained_tokens": 1500,
        "evaluation": pytest.approx((32 * 1 * 0.8 + 32 * 1 * 3.2 + 32 * 20 * 0.8 + 32 * 8 * 3.2) / 1e6),
        "price_as_of": "2026-11-01",
        "judge": None,
    }
    assert [point["step"] for point in tree["curves"]] == [1, 2, 3, 4]
    assert tree["checkpoints"][0]["model"] == "ft:x:ckpt-step-4"
    assert len(tree["best"]) == 5


def test_the_table_shows_every_system_and_the_verdict(nasty: RunResult) -> None:
    console = Console(record=True, width=200)
    console.print(table.render(nasty.report))
    text = console.export_text()
    for part in (
        "ROUGE-1",
        "base",
        "tuned",
        "first 3 turns",
        CONSTANT,
        "32 / 0 / 0",
        "better than the base",
        "planned $0.25",
    ):
        assert part in text


def test_a_tuned_model_below_a_floor_is_told(runner: Runner, world: World) -> None:
    world.answer = lambda model, prompt: Completion("nothing to say", "stop", 1, 1, model)
    report = runner.run().report
    assert any("does not clear the floor" in note for note in report.notes)
    assert report.verdict == "none"


EVIL = f"\x1b[31mx\x07\u202e ##vso[task.x]y <b onload=x> \u200b\x9b ::warning::z {'w ' * 40}::error::late"
ACTIVE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e]|##vso\\[|^\\s*::", re.MULTILINE)


@pytest.fixture
def evil(runner: Runner, world: World, monkeypatch: pytest.MonkeyPatch) -> RunResult:
    """Everything that a service may name is hostile: the model, a checkpoint, events, the error of a refusal."""

    def look(self: FakeTrainer, job_id: str) -> Job:
        job = self.world.call("job", lambda: self._job(job_id))
        return dataclasses.replace(job, fine_tuned_model=job.fine_tuned_model and EVIL)

    def answer(model: str, prompt: str) -> Completion | ServiceError:
        if model.startswith(EVIL):
            return good_answer("ft:", prompt) if model == EVIL else Rejected(EVIL, status=404)
        return good_answer(model, prompt)

    monkeypatch.setattr(FakeTrainer, "job", look)
    monkeypatch.setattr(FakeTrainer, "checkpoints", lambda self, job_id: [Checkpoint("ck", 4, f"{EVIL}c", {})])
    world.events_ = [JobEvent("e1", 1, "warn", EVIL, EVIL, {}), JobEvent("e2", 1, EVIL, "message", EVIL, {EVIL: 1.0})]
    world.answer = answer
    return runner.run("\n[evaluate]\ncheckpoints = true\n")


def test_nothing_that_a_service_says_acts_in_a_file_or_on_a_terminal(
    evil: RunResult, runner: Runner, capsys: pytest.CaptureFixture[str]
) -> None:
    _show(evil)
    for verb in (["list"], ["show", "abcdefg1"], ["compare", "abcdefg1", "abcdefg1"]):
        assert main(["runs", *verb, "--runs-dir", str(runner.runs)]) == 0
    progress = io.StringIO()
    observer = RunProgress(Progress(stream=progress))
    for stage, message, numbers in runner.recorder.told:
        observer.on(stage, message, **numbers)
    pages = {name: (evil.folder / name).read_text(encoding="utf-8") for name in ("report.md", "report.html")}
    shown = {"terminal": capsys.readouterr().out, "progress": progress.getvalue(), **pages}
    for name, text in shown.items():
        assert "late" in text, name
        assert ACTIVE.search(text) is None, name
    assert not any(re.search(r"(?<!\\)<b onload", text) for text in pages.values())


def test_json_for_other_programs_is_inert_and_says_the_same(
    evil: RunResult, runner: Runner, capsys: pytest.CaptureFixture[str]
) -> None:
    for verb in (["list"], ["show", "abcdefg1"], ["compare", "abcdefg1", "abcdefg1"]):
        assert main(["runs", *verb, "--runs-dir", str(runner.runs), "--output-format", "json"]) == 0
        text = capsys.readouterr().out
        assert "\u202e" not in text
        assert "##vso[" not in text
        assert json.dumps(EVIL)[1:-1] in json.dumps(json.loads(text))
    assert json.loads((evil.folder / "report.json").read_bytes())["tuned_model"] == EVIL
    assert "\u202e" not in (evil.folder / "report.json").read_text(encoding="utf-8")


def test_unknown_prices_stay_unknown(runner: Runner, world: World) -> None:
    world.prices = None
    report = runner.run().report
    assert report.spending.evaluation is None
    assert "evaluation: unknown" in (runner.only / "report.md").read_text().replace("\\", "")


def metrics(step: int, **data: float) -> JobEvent:
    return JobEvent(f"e{step}", step, "info", "metrics", "", {"step": step, **data})


def test_curves_from_events() -> None:
    events = [metrics(2, train_loss=1.0), metrics(1, train_loss=2.0, valid_loss=-1), metrics(2, valid_loss=0.5)]
    assert curves.from_events(events) == [
        {"step": 1, "train_loss": 2.0},
        {"step": 2, "train_loss": 1.0, "valid_loss": 0.5},
    ]


CSV = b"step,train_loss,train_accuracy,valid_loss\n1,2.5,0.5,\n2,1.5,0.75,-1\n"


@pytest.mark.parametrize("content", [CSV, base64.b64encode(CSV)])
def test_curves_from_a_result_file(content: bytes) -> None:
    assert curves.from_csv(content) == [
        {"step": 1.0, "train_loss": 2.5, "train_mean_token_accuracy": 0.5},
        {"step": 2.0, "train_loss": 1.5, "train_mean_token_accuracy": 0.75},
    ]


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"<html>", b"a,b\n1,2\n"])
def test_a_result_file_without_curves(content: bytes) -> None:
    assert curves.from_csv(content) == []


def test_markdown_escapes_what_markdown_reads() -> None:
    assert markdown.inert("a|b *c* <d> [e](f) @g\nh") == "a\\|b \\*c\\* \\<d\\> \\[e\\](f) \\@g\\\\nh"
    assert markdown.inert("# not a heading") == "\\# not a heading"
    assert markdown.inert("1. not a list") == "1\\. not a list"
    assert markdown.inert("- not a list") == "\\- not a list"
    assert markdown.inert("see http://a.b or www.c.d") == "see http\\://a.b or www\\.c.d"
    assert markdown.inert("7.83 (+24.80, gpt-4.1-mini)") == "7.83 (+24.80, gpt-4.1-mini)"

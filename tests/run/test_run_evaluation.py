"""Who answers and who looks at answers: checkpoints, earlier runs, tools, a judge, moderation of what was answered."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from ftlint.errors import ConfigError, ServiceFailed
from ftlint.run import calls, grading
from ftlint.run.across import compare_runs, lines
from ftlint.run.markdown import render
from ftlint.services.interface import (
    Checkpoint,
    Completion,
    QuotaError,
    Rejected,
    ServiceError,
    ToolCall,
    Unreachable,
)
from run.conftest import Runner
from run.world import FakeTrainer, World, good_answer, write_rows

CHECKPOINTS = "\n[evaluate]\ncheckpoints = true\n"
JUDGE = "\n[evaluate.judge]\nmodel = 'grader-2026-01-01'\n"


def notes(runner_result: Any) -> str:
    return "\n".join(runner_result.report.notes)


def test_checkpoints_are_evaluated_and_one_that_is_not_served_is_said(
    runner: Runner, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = [Checkpoint(f"ck-{step}", step, f"ft:x:ckpt-step-{step}", {}) for step in (4, 8)]
    monkeypatch.setattr(FakeTrainer, "checkpoints", lambda self, job_id: points)
    gone = Rejected("the model does not exist", status=404)
    world.answer = lambda model, prompt: gone if model.endswith("-8") else good_answer(model, prompt)
    result = runner.run(CHECKPOINTS)
    kinds = {row.name: row.kind for row in result.report.systems}
    assert kinds["checkpoint 4"] == "checkpoint"
    assert "checkpoint 8" not in kinds
    assert [d.right for d in result.report.differences] == ["base", "checkpoint 4"]
    assert "checkpoint 8 is not evaluated: compare: ft:x:ckpt-step-8 does not answer" in notes(result)
    assert (result.folder / "checkpoint-4.jsonl").exists()
    asked = sum(world.asked.values())
    assert asked == 3 * 32 + 1
    (result.folder / "report.json").unlink()
    assert runner.resume().report == result.report
    assert sum(world.asked.values()) == asked


def test_checkpoints_are_left_alone_where_nobody_asks_for_them(runner: Runner, world: World) -> None:
    runner.run()
    assert not [model for model, _ in world.asked if "ckpt" in model]


def test_the_base_model_s_answers_are_paid_for_once(runner: Runner, world: World) -> None:
    first = runner.run()
    again = runner.run(heldout=40)
    base, tuned = again.report.systems[:2]
    assert (base.reused, base.n, tuned.reused) == (32, 40, 0)
    assert base.usd == pytest.approx(8 * (20 * 0.8 + 8 * 3.2) / 1e6)
    assert sum(count for (model, _), count in world.asked.items() if not model.startswith("ft:")) == 40
    assert "base: 32 answers are an earlier run's" in notes(again)
    line = json.loads((again.folder / "baseline.jsonl").read_text().splitlines()[0])
    assert (line["reused"], line["service"]) == (first.run_id, "openai (fake)")
    third = runner.run(heldout=33)
    assert third.report.systems[0].reused == 33


@pytest.mark.parametrize(
    "change", ["[evaluate]\ntemperature = 0.5\n", "[evaluate]\nmax_tokens = 9\n", "[evaluate]\nreuse = false\n"]
)
def test_another_request_is_asked_anew(runner: Runner, world: World, change: str) -> None:
    runner.run()
    assert runner.run(f"\n{change}").report.systems[0].reused == 0
    assert runner.run(f"\n{change}").report.systems[0].reused == (32 if "max_tokens" in change else 0)


def test_answers_of_another_service_an_alias_or_a_rehearsal_are_not_taken(runner: Runner, world: World) -> None:
    runner.run()
    world.host = "elsewhere"
    assert runner.run().report.systems[0].reused == 0
    alias = "\n[evaluate]\nbase_model = 'deployment'\n"
    runner.run(alias)
    assert runner.run(alias).report.systems[0].reused == 0


def test_a_rate_limit_stops_everybody_for_one_pause(runner: Runner, world: World) -> None:
    limited = [QuotaError("slow down", status=429, retry_after=20.0)] * 3
    before: list[float] = []

    def answer(model: str, prompt: str) -> Completion | ServiceError:
        if limited and sum(world.asked.values()) > 5:
            before.append(world.clock)
            return limited.pop()
        return good_answer(model, prompt)

    world.answer = answer
    report = runner.run().report
    assert [row.missing for row in report.systems[:2]] == [0, 0]
    assert len(before) == 3
    assert before[1] - before[0] >= 20


def test_a_rate_limit_that_never_ends_is_a_failed_service_that_keeps_what_it_answered(
    runner: Runner, world: World
) -> None:
    def answer(model: str, prompt: str) -> Completion | ServiceError:
        return QuotaError("slow down", status=429) if len(world.asked) > 10 else good_answer(model, prompt)

    world.answer = answer
    with pytest.raises(ServiceFailed, match="slow down"):
        runner.run()
    world.answer = None
    kept = dict(world.asked)
    assert runner.resume().report.systems[0].missing == 0
    assert sum(world.asked.values()) == sum(kept.values()) + 64 - 10


READY = """
[dataset]
train = "train.jsonl"
validation = "validation.jsonl"
heldout = "heldout.jsonl"
[train]
model = "gpt-4.1-mini-2025-04-14"
"""
TOOLS = [{"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}]


def turn(number: int, answer: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": f"about {number}"}, {"role": "assistant", **answer}], **more}


def called(*arguments: str) -> dict[str, Any]:
    functions = ({"name": "look", "arguments": text} for text in arguments)
    return {"tool_calls": [{"id": f"c{n}", "type": "function", "function": f} for n, f in enumerate(functions)]}


def tools_project(folder: Path, extra: str) -> Path:
    """Twenty examples with tools: half of them call one, half of them say something."""
    train = [turn(n, {"content": f"said {n}"}) for n in range(6)]
    heldout = [
        turn(n, called(f'{{"n": {n}, "deep": [1, 2.0]}}') if n % 2 else {"content": f"said {n}"}, tools=TOOLS)
        for n in range(100, 120)
    ]
    write_rows(folder / "train.jsonl", train)
    write_rows(folder / "validation.jsonl", [turn(50, {"content": "said 50"})])
    write_rows(folder / "heldout.jsonl", heldout)
    (folder / "run.toml").write_text(READY + extra, encoding="utf-8")
    return folder / "run.toml"


def tool_answer(model: str, prompt: str) -> Completion:
    """The tuned model calls with the same arguments in other words; the base model calls with none."""
    number = int(prompt.rsplit(" ", 1)[-1])
    if number % 2 == 0:
        return Completion(f"said {number}" if model.startswith("ft:") else "no", "stop", 5, 5, model)
    arguments = f'{{"deep":[1.0,2],"n":{number}}}' if model.startswith("ft:") else "{}"
    return Completion("", "tool_calls", 5, 5, model, (ToolCall("look", arguments),))


def test_tool_calls_are_compared_and_texts_beside_them(runner: Runner, world: World, tmp_path: Path) -> None:
    world.answer = tool_answer
    path = tools_project(tmp_path, '[evaluate]\nmetrics = ["rougeL", "tool_calls"]\n')
    result = runner.start(path)
    base, tuned = result.report.systems[:2]
    assert (base.scores["tool_calls"], tuned.scores["tool_calls"]) == (0, 100)
    assert tuned.scores["rougeL"] == pytest.approx(100)
    assert tuned.counts == {"tool_calls": 10, "rougeL": 10}
    assert (tuned.n, tuned.cut, tuned.finish_reasons) == (20, 0, {"stop": 10, "tool_calls": 10})
    assert {name: one.n for name, one in result.report.differences[0].metrics.items()} == {
        "rougeL": 10,
        "tool_calls": 10,
    }
    assert "of the tuned model's 20: ROUGE-L of 10, tool calls of 10" in notes(result)
    assert world.offers == [{"tools": TOOLS}] * 40
    again = runner.start(path)
    assert again.report.systems[0].reused == 20
    assert again.report.systems[0].scores == base.scores
    told = list(lines(compare_runs([result.folder, again.folder])))
    assert any("tool calls: +0.00" in line for line in told)


def test_tool_calls_as_the_metric_of_the_gate_show_their_calls(runner: Runner, world: World, tmp_path: Path) -> None:
    world.answer = tool_answer
    result = runner.start(tools_project(tmp_path, '[evaluate]\nmetrics = ["tool_calls"]\n[gate]\nmin_gain = 0\n'))
    assert (result.report.systems[1].n, result.exit_code) == (10, 0)
    assert 'look({"deep":[1.0,2],"n":101})' in result.report.best[0].tuned
    assert "look" in render(result.report, lambda text: text)
    assert "10 held-out examples are left out: no metric is for them" in notes(result)


def test_tool_calls_that_no_metric_is_for_are_left_out(runner: Runner, world: World, tmp_path: Path) -> None:
    world.answer = tool_answer
    result = runner.start(tools_project(tmp_path, ""))
    assert result.report.systems[1].n == 10
    assert "10 held-out examples are left out" in notes(result)


@pytest.mark.parametrize(
    ("reference", "answer", "equal"),
    [
        (['{"a": 1, "b": 2}'], ['{"b":2,"a":1.0}'], True),
        (['{"a": 1}', '{"a": 2}'], ['{"a": 2}', '{"a": 1}'], True),
        (['{"a": 1}', '{"a": 1}'], ['{"a": 1}'], False),
        (['{"a": true}'], ['{"a": 1}'], False),
        (['{"a": "1"}'], ['{"a": 1}'], False),
        (["{}"], [""], True),
        (["{}"], [], False),
        (["{}"], ["{broken"], False),
        (['{"a": [1, 2]}'], ['{"a": [2, 1]}'], False),
    ],
)
def test_calls_are_equal_as_json(reference: list[str], answer: list[str], equal: bool) -> None:
    one, other = ([{"name": "f", "arguments": text} for text in texts] for texts in (reference, answer))
    assert calls.score(one, other) == (100 if equal else 0)
    renamed = [{**call, "name": "g"} for call in other]
    assert calls.score(one, renamed) == 0


def test_what_cannot_be_offered() -> None:
    assert calls.offer_of({"functions": []}) is None
    assert calls.offer_of({"tools": []}) is None
    assert calls.offer_of({"tools": ["x"]}) is None
    assert calls.offer_of({}) == {}
    assert calls.calls_of({"tool_calls": [{"function": {"name": 3}}]}) is None
    assert calls.calls_of({"tool_calls": "x"}) is None


def judged(model: str, prompt: str) -> Completion:
    """Grades 9 where the answer is the reference, 2 else, and one answer not in a number."""
    if not model.startswith("grader"):
        return good_answer(model, prompt)
    asked = json.loads(prompt)
    text = (
        "it is fine" if asked["answer"].endswith("at 201") else "9" if asked["answer"] in asked["references"] else "2"
    )
    return Completion(text, "stop", 100, 1, model)


def test_a_judge_grades_each_answer_once_and_blindly(runner: Runner, world: World) -> None:
    world.answer = judged
    result = runner.run(JUDGE)
    report = result.report
    assert report.metrics[-1] == "judge"
    base, tuned = report.systems[:2]
    assert (base.scores["judge"], tuned.scores["judge"]) == (20, 90)
    assert (tuned.counts["judge"], tuned.n) == (31, 32)
    assert "judge" not in report.systems[-1].scores
    assert report.judge is not None
    assert (report.judge["asked"], report.judge["unparsable"], report.judge["missing"]) == (64, 1, 0)
    assert report.spending.judge == pytest.approx((64 * 100 * 0.8 + 64 * 3.2) / 1e6)
    assert "judge grader-2026-01-01 at openai: 64 answers to grade, 1 replies are no grade, 0 missing" in notes(result)
    prompts = [prompt for model, prompt in world.asked if model.startswith("grader")]
    assert all(set(json.loads(prompt)) == {"asked", "references", "answer"} for prompt in prompts)
    assert not any(word in prompt for prompt in prompts for word in ("ft:", "tuned", "gpt-4.1"))
    tuned_first = [json.loads(prompt)["answer"] in json.loads(prompt)["references"] for prompt in prompts]
    assert tuned_first != sorted(tuned_first)
    assert tuned_first != sorted(tuned_first, reverse=True)
    (result.folder / "report.json").unlink()
    assert runner.resume().report == report
    assert sum(world.asked.values()) == 128


def test_answers_that_are_alike_are_graded_once(runner: Runner, world: World) -> None:
    world.answer = lambda model, prompt: Completion("7" if model.startswith("grader") else "same", "stop", 1, 1, model)
    report = runner.run(JUDGE).report
    assert report.judge is not None
    assert report.judge["asked"] == 32
    assert [row.scores["judge"] for row in report.systems[:2]] == [70, 70]


@pytest.mark.parametrize("error", [Rejected("no such model", status=404), Rejected("no", status=400)])
def test_a_judge_that_grades_nothing_does_not_end_the_run(runner: Runner, world: World, error: ServiceError) -> None:
    world.answer = lambda model, prompt: error if model.startswith("grader") else good_answer(model, prompt)
    result = runner.run(JUDGE)
    assert result.report.verdict == "better"
    assert "judge" not in result.report.systems[1].scores
    assert "the judge graded nothing" in notes(result)


def test_a_judge_that_is_away_is_waited_for_by_a_resume(runner: Runner, world: World) -> None:
    away = Unreachable("503", status=503)
    world.answer = lambda model, prompt: away if model.startswith("grader") else good_answer(model, prompt)
    with pytest.raises(ServiceFailed, match="503"):
        runner.run(JUDGE)
    world.answer = judged
    assert runner.resume().report.systems[1].scores["judge"] == 90


@pytest.mark.parametrize(
    ("reply", "points"),
    [("0", 0), ("10", 100), (" 7\n", 70), ("7/10", None), ("11", None), ("7.5", None), ("seven", None), ("", None),
     ("-1", None), ("٧", None), ("10 because", None)],
)  # fmt: skip
def test_a_grade_is_a_whole_number_and_nothing_else(reply: str, points: float | None) -> None:
    assert grading.parse(reply) == points


def test_the_metric_judge_needs_a_judge(runner: Runner) -> None:
    with pytest.raises(ConfigError, match=r"evaluate.judge is missing"):
        runner.run('\n[evaluate]\nmetrics = ["rougeL", "judge"]\n')


def test_what_models_answered_is_moderated(runner: Runner, world: World) -> None:
    def answer(model: str, prompt: str) -> Completion:
        made = good_answer(model, prompt)
        if not model.startswith("ft:"):
            return made
        extra = {"201": " vile", "202": " vile", "203": " rude"}.get(prompt.rsplit(" ", 1)[-1], "")
        return dataclasses.replace(made, text=made.text + extra)

    world.answer = answer
    result = runner.run()
    outputs = result.report.outputs
    assert (outputs["tuned"]["texts"], outputs["tuned"]["flagged"], outputs["tuned"]["watched"]) == (32, 2, 1)
    assert (outputs["base"]["flagged"], outputs["base"]["missing"]) == (0, 0)
    assert "moderation of what tuned answered: 2 flagged, 1 near a watch level, of 32 answers (harassment)" in notes(
        result
    )
    assert "vile" not in (result.folder / "report.json").read_text()


def test_moderation_of_outputs_that_fails_is_said_and_ends_nothing(runner: Runner, world: World) -> None:
    def fail(call: str) -> None:
        if call == "moderate":
            raise Rejected("no moderation here", status=404)

    world.before = fail
    result = runner.run()
    assert result.report.verdict == "better"
    assert result.report.outputs["tuned"]["missing"] > 0
    assert "without a verdict" in notes(result)


def test_outputs_are_not_moderated_where_nothing_is(runner: Runner, world: World) -> None:
    assert runner.run("\n[gate]\nmoderation = 'optional'\n").report.outputs == {}
    assert world.moderated == []

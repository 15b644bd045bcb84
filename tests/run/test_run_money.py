"""Before money is spent: the budget over training and evaluation, who may train, and the dates that are known."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ftlint.errors import GateClosed, JobRefused, ServiceFailed
from ftlint.run.grading import INSTRUCTIONS
from ftlint.run.runs import read_state
from ftlint.services.interface import AuthError, BadAnswer, Checkpoint, NotEligible, Rejected, ServiceError, Unreachable
from ftlint.settings import JobSettings, Price
from run.world import FakeTrainer, Killed, World

# 32 held-out examples, twice, 50 tokens in at 0.8 and at most 256 out at 3.2 USD per million
EVALUATION = 2 * 32 * (50 * 0.8 + 256 * 3.2) / 1_000_000


def budget(runner: Any, most: float) -> None:
    """As ``--max-cost``."""
    runner.settings = dataclasses.replace(runner.settings, job=JobSettings(max_cost=most))


def test_the_plan_names_training_evaluation_and_budget(runner: Any) -> None:
    runner.run("\n[gate]\nmax_cost = 5\n")
    (plan,) = runner.asked
    assert plan.evaluation_usd == pytest.approx(EVALUATION)
    text = plan.text()
    assert "training    $0.25 (price of 2026-11-01)\n" in text
    assert "budget      $5.00\n" in text
    for word in ("sha256", "gpt-4.1-mini-2025-04-14, supervised", "epochs      3\n", "billed"):
        assert word in text


def test_the_evaluation_counts_into_the_budget(runner: Any, world: World) -> None:
    with pytest.raises(GateClosed, match=r"training and evaluation may cost .* over the budget"):
        runner.run(f"\n[gate]\nmax_cost = {0.25 + EVALUATION * 0.9}\n")
    assert (world.uploads, world.asked, runner.asked) == ([], {}, [])


def test_a_budget_that_both_fit_into(runner: Any) -> None:
    assert runner.run(f"\n[gate]\nmax_cost = {0.25 + EVALUATION * 1.01}\n").report.verdict == "better"


def test_the_command_line_goes_before_the_file(runner: Any, world: World) -> None:
    budget(runner, 0.1)
    with pytest.raises(GateClosed, match=r"over the budget of \$0\.10"):
        runner.run("\n[gate]\nmax_cost = 5\n")
    assert world.checks[0][1].job.max_cost == 0.1
    budget(runner, 9.0)
    assert runner.resume().report.verdict == "better"
    assert runner.asked[0].max_cost == 9.0


def test_a_budget_of_nothing_is_a_budget(runner: Any) -> None:
    budget(runner, 0.0)
    with pytest.raises(GateClosed, match="over the budget"):
        runner.run()


def test_a_budget_wants_to_know_what_the_evaluation_costs(runner: Any, world: World) -> None:
    world.prices = Price(training=5.0)
    with pytest.raises(GateClosed, match="what the evaluation costs is not known"):
        runner.run("\n[gate]\nmax_cost = 5\n")


def test_a_price_of_the_users_opens_the_gate(runner: Any, world: World) -> None:
    world.prices = None
    text = "\n[gate]\nmax_cost = 5\n[price]\ntraining = 0\ninput = 0\noutput = 0\n"
    assert runner.run(text).report.verdict == "better"
    assert runner.asked[0].evaluation_usd == 0


PAID = """
[evaluate]
metrics = ["rougeL"]
checkpoints = true
[[evaluate.compare]]
name = "local"
model = "llama"
base_url = "http://localhost:1/v1"
[evaluate.judge]
model = "grader"
"""


def test_checkpoints_comparisons_and_the_judge_are_paid_for(runner: Any) -> None:
    runner.run(PAID)
    (plan,) = runner.asked
    answers = 32 * (1 + 1 + 3 + 1)
    assert (plan.completions, plan.grades) == (answers, answers)
    read = len(INSTRUCTIONS.encode()) / 2 + 1.5 * (50 + 256)
    judge = answers * (read * 0.8 + 16 * 3.2) / 1_000_000
    assert plan.evaluation_usd == pytest.approx(EVALUATION * 3 + judge)
    assert "evaluation  192 answers and at most 192 grades, at most $" in plan.text()


def test_the_plan_is_an_upper_bound_of_what_is_asked(runner: Any, world: World) -> None:
    result = runner.run(PAID)
    (plan,) = runner.asked
    assert sum(world.asked.values()) <= plan.completions + plan.grades
    spent = result.report.spending
    assert spent.evaluation + spent.judge <= plan.evaluation_usd


@pytest.mark.parametrize(
    ("unpriced", "name"), [("llama", "local"), ("grader", "judge"), ("gpt-4.1-mini-2025-04-14", "checkpoints")]
)
def test_a_part_without_a_price_closes_the_gate(runner: Any, world: World, unpriced: str, name: str) -> None:
    """A model on a server of one's own is not taken to cost nothing."""
    tools = world.tools
    price = {"price": lambda provider, model: None if model == unpriced else Price(5.0, 0.8, 3.2)}
    world.tools = lambda: dataclasses.replace(tools(), **price)
    with pytest.raises(GateClosed, match=rf"what the evaluation costs is not known \(.*{name}.*\)"):
        runner.run(f"{PAID}\n[gate]\nmax_cost = 5\n")
    assert (world.uploads, world.asked, runner.asked) == ([], {}, [])


def test_without_a_budget_the_plan_says_what_has_no_price(runner: Any, world: World) -> None:
    tools = world.tools
    most = {"price": lambda provider, model: None if model == "llama" else Price(5.0, 0.8, 3.2)}
    world.tools = lambda: dataclasses.replace(tools(), **most)
    runner.run(PAID)
    assert runner.asked[0].evaluation_usd is None
    assert "cost unknown (no price for local)" in runner.asked[0].text()


def test_a_comparison_and_the_judge_may_have_prices_of_their_own(runner: Any, world: World) -> None:
    tools = world.tools
    only = {"price": lambda provider, model: Price(5.0, 0.8, 3.2) if model.startswith("gpt-") else None}
    world.tools = lambda: dataclasses.replace(tools(), **only)
    free = "price = { input = 0, output = 0 }\n"
    text = PAID.replace("[evaluate.judge]", f"{free}[evaluate.judge]") + free
    report = runner.run(f"{text}\n[gate]\nmax_cost = 5\n").report
    assert runner.asked[0].evaluation_usd == pytest.approx(EVALUATION / 2 * 5)
    assert next(row.usd for row in report.systems if row.name == "local") == 0


def test_more_checkpoints_than_planned_are_not_asked(runner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    many = [Checkpoint(f"ck-{n}", n, f"ft:x:ckpt-step-{n}", {}) for n in range(1, 6)]
    monkeypatch.setattr(FakeTrainer, "checkpoints", lambda self, job_id: many)
    report = runner.run("\n[evaluate]\ncheckpoints = true\n").report
    names = [row.name for row in report.systems if row.kind == "checkpoint"]
    assert names == ["checkpoint 3", "checkpoint 4", "checkpoint 5"]
    assert sum("the latest 3 of a job are" in note for note in report.notes) == 2


def test_the_judge_s_service_is_agreed_to_like_the_others(runner: Any, world: World) -> None:
    runner.yes = False
    with pytest.raises(GateClosed, match="not confirmed"):
        runner.run(PAID)
    runner.yes = True
    runner.resume()
    services = read_state(runner.only).done["gate"]["services"]
    assert set(services) == {"trainer", "completer", "judge", "comparison local"}
    assert services["judge"] == "openai (fake)"
    assert (
        "prompts to  completer openai (fake), comparison local generic (fake), judge openai" in runner.asked[0].text()
    )


class Listing:
    """Lets the list of jobs fail until it is told otherwise."""

    def __init__(self, world: World, error: ServiceError) -> None:
        self.error: ServiceError | None = error
        world.before = self

    def __call__(self, name: str) -> None:
        if name == "list_jobs" and self.error is not None:
            raise self.error


def test_who_may_not_train_is_told_before_the_upload(runner: Any, world: World) -> None:
    listing = Listing(world, NotEligible("OpenAI is winding down", status=403, code="training_not_available"))
    with pytest.raises(JobRefused, match="may not create fine-tuning jobs") as caught:
        runner.run()
    assert caught.value.exit_code == 4
    assert (world.uploads, world.jobs, world.asked, runner.asked) == ([], [], {}, [])
    listing.error = None
    assert runner.resume().report.verdict == "better"


@pytest.mark.parametrize("error", [AuthError("wrong key", status=401), Unreachable("nobody there")])
def test_a_service_that_does_not_answer_gets_nothing(runner: Any, world: World, error: ServiceError) -> None:
    Listing(world, error)
    with pytest.raises(ServiceFailed) as caught:
        runner.run()
    assert caught.value.exit_code == 3
    assert (world.uploads, world.asked, runner.asked) == ([], {}, [])


@pytest.mark.parametrize("error", [Rejected("no such route", status=404), BadAnswer("not a list")])
def test_a_service_without_a_list_of_jobs_is_no_obstacle(runner: Any, world: World, error: ServiceError) -> None:
    Listing(world, error)
    assert runner.run().report.verdict == "better"
    assert any("does not list its jobs" in note for note in runner.asked[0].notes)


def test_the_dates_that_are_known_stand_in_the_plan(runner: Any) -> None:
    runner.run()
    notes = "\n".join(runner.asked[0].notes)
    assert "OpenAI takes no new jobs from 2027-01-06 on (as of 2026-11-21)" in notes
    assert "answers until 2027-01-14 (as of 2026-11-21)" in notes
    assert "only existing customers may train it" in notes


def test_the_service_s_own_date_goes_before_the_table_s(runner: Any, world: World) -> None:
    world.shutdown = "2026-12-24"
    runner.run()
    notes = "\n".join(runner.asked[0].notes)
    assert "on 2026-12-24" in notes
    assert "answers until" not in notes


class Stop(Exception):
    """Where a dry run ends."""


def test_a_dry_run_shows_the_plan_and_asks_for_nothing_that_costs(runner: Any, world: World) -> None:
    def stop(plan: Any) -> bool:
        runner.asked.append(plan)
        raise Stop

    runner.confirm = stop
    with pytest.raises(Stop):
        runner.run()
    (plan,) = runner.asked
    assert "sha256" in plan.text()
    assert (world.uploads, world.jobs, world.asked) == ([], [], {})


SWEEP = "\n[[train.sweep]]\nseed = 1\n\n[[train.sweep]]\nseed = 2\n"


def stopped_at(runner: Any, world: World, call: str, extra: str = "") -> None:
    """A run whose process dies at a call, and that is then given a smaller budget than was agreed to."""

    def die(name: str) -> None:
        if name == call:
            raise Killed

    world.before = die
    with pytest.raises(Killed):
        runner.run(extra)
    world.before = lambda name: None
    budget(runner, 0.001)


@pytest.mark.parametrize(("extra", "jobs"), [("", 1), (SWEEP, 2)])
def test_a_smaller_budget_holds_while_no_job_was_begun(runner: Any, world: World, extra: str, jobs: int) -> None:
    stopped_at(runner, world, "upload", extra)
    with pytest.raises(GateClosed, match=r"over the budget of \$0\.001; no job was created") as caught:
        runner.resume()
    assert "--max-cost" in str(caught.value.hint)
    assert (world.uploads, world.jobs) == ([], [])
    budget(runner, 5.0)
    assert runner.resume().report.verdict == "better"
    assert len(world.jobs) == jobs


def test_a_smaller_budget_leaves_a_job_that_was_begun_alone(runner: Any, world: World) -> None:
    stopped_at(runner, world, "job")
    assert runner.resume().report.verdict == "better"
    assert len(world.jobs) == 1


def test_a_smaller_budget_holds_for_a_job_that_was_refused(
    runner: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: FakeTrainer, spec: Any) -> Any:
        raise Rejected("not now", status=400)

    with monkeypatch.context() as patch:
        patch.setattr(FakeTrainer, "create_job", refuse)
        with pytest.raises(JobRefused, match="not now"):
            runner.run()
    budget(runner, 0.001)
    with pytest.raises(GateClosed, match="no job was created"):
        runner.resume()
    assert world.jobs == []

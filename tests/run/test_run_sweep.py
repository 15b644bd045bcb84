"""A sweep: several jobs of one run, one after another, within one budget, each exactly once."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ftlint.errors import ConfigError, GateClosed, Interrupted, JobRefused, ServiceFailed, UsageError
from ftlint.run.cleanup import cleanup
from ftlint.run.load import parse_spec
from ftlint.run.runs import describe
from ftlint.run.stats import paired
from ftlint.services.interface import Completion, QuotaError, Rejected, Unreachable
from ftlint.settings import JobSettings, ServiceConfig, Settings
from run.conftest import Recorder, Runner
from run.test_run_kill import HELDOUT, Points
from run.world import Killed, World, good_answer

SWEEP = """
[[train.sweep]]
hyperparameters = { learning_rate_multiplier = 0.5 }

[[train.sweep]]
hyperparameters = { n_epochs = 6 }
seed = 7
"""
THREE = f"{SWEEP}\n[[train.sweep]]\nseed = 9\n"


def second_is_better(model: str, prompt: str) -> Completion:
    """The model of the second job is right throughout, that of the first one only sometimes."""
    number = int(prompt.rsplit(" ", 1)[-1])
    if "-1:x1" in model and number % 4:
        return good_answer("base", prompt)
    return good_answer(model, prompt)


def parsed(extra: str) -> Any:
    text = (
        '[dataset]\ntrain = "a.jsonl"\nvalidation = "b.jsonl"\n'
        '[train]\nmodel = "gpt-4.1-mini-2025-04-14"\nsuffix = "demo"\n[train.hyperparameters]\nn_epochs = 3\n'
    )
    return parse_spec(text + extra, Path("run.toml"))


def test_an_entry_overrides_what_it_names_and_keeps_the_rest() -> None:
    first, second = parsed(SWEEP).train.sweep
    assert first.train.hyperparameters == {"n_epochs": 3, "learning_rate_multiplier": 0.5}
    assert (second.train.hyperparameters, second.train.seed, second.train.suffix) == ({"n_epochs": 6}, 7, "demo")
    assert (first.told, second.told) == ("learning_rate_multiplier 0.5", "n_epochs 6, seed 7")


@pytest.mark.parametrize(
    ("entry", "message", "hint"),
    [
        ("sede = 3", r"train\.sweep\[0\]\.sede is not a known key", "did you mean `seed`"),
        ("n_epochs = 3", "is a hyperparameter", "hyperparameters = { n_epochs"),
        ('model = "gpt-4.1-2025-04-14"', "cannot differ within a sweep", "a run of its own"),
        ("hyperparameters = { beta = 0.1 }", "is no hyperparameter of the method", "dpo"),
        ("hyperparameters = { n_epochs = 99 }", "must be between", None),
        ("seed = 7\nhyperparameters = { n_epochs = 6 }", "is the same job as one before it", "differ"),
        ('metadata = { ftlint_run = "x" }', "ftlint writes itself", None),
    ],
)
def test_an_entry_that_makes_no_sense_is_told(entry: str, message: str, hint: str | None) -> None:
    other = "\n[[train.sweep]]\nhyperparameters = { n_epochs = 6 }\nseed = 7\n"
    mine = f"\n[[train.sweep]]\n{entry}\n"
    with pytest.raises(ConfigError, match=message) as caught:
        parsed(other + mine if "same job" in message else mine + other)
    assert hint is None or hint in str(caught.value.hint)


def test_one_entry_is_no_sweep() -> None:
    with pytest.raises(ConfigError, match="a sweep is of 2 to 20 jobs"):
        parsed("\n[[train.sweep]]\nseed = 1\n")


def test_what_is_left_to_the_service_makes_no_job_of_its_own() -> None:
    auto = '\n[[train.sweep]]\nhyperparameters = { learning_rate_multiplier = "auto" }\n'
    with pytest.raises(ConfigError, match="is the same job as one before it"):
        parsed(f"\n[[train.sweep]]\n{auto}")


def test_a_deployment_wants_a_name_per_job() -> None:
    with pytest.raises(ConfigError, match="one name, and a sweep makes several") as caught:
        parsed(f'{SWEEP}\n[evaluate]\ntuned_model = "mine"\n')
    assert "mine-{job}" in str(caught.value.hint)
    assert parsed(f'{SWEEP}\n[evaluate]\ntuned_model = "mine-{{job}}"\n').train.sweep


def test_every_job_is_trained_and_evaluated_and_the_best_is_told(runner: Runner, world: World) -> None:
    world.answer = second_is_better
    result = runner.run(f"{SWEEP}\n[gate]\nmin_gain = 1\n")
    report = result.report
    assert Counter(upload.filename.split("-")[4] for upload in world.uploads) == {"train": 1, "validation": 1}
    assert [spec.hyperparameters for spec in world.specs] == [
        {"n_epochs": 3, "learning_rate_multiplier": 0.5},
        {"n_epochs": 6},
    ]
    assert [spec.seed for spec in world.specs] == [None, 7]
    assert [spec.suffix for spec in world.specs] == ["demo-abcdefg1-1", "demo-abcdefg1-2"]
    assert [spec.metadata["ftlint_run"][-2:] for spec in world.specs] == ["-1", "-2"]
    base = Counter(model for (model, _), count in world.asked.items() for _ in range(count))
    assert base == {"gpt-4.1-mini-2025-04-14": 32, **dict.fromkeys((line.tuned_model for line in report.sweep), 32)}
    first, second = report.sweep
    assert (first.best, second.best) == (False, True)
    assert (report.job_id, report.tuned_model) == ("ftjob-2", second.tuned_model)
    assert [row.name for row in report.systems][:3] == ["base", "tuned", "job 1"]
    assert list(report.outputs) == ["base", "tuned", "job 1"]
    assert not any("job 2 answered" in note for note in report.notes)
    assert report.confidence == pytest.approx(0.975)
    assert first.gain is not None
    assert second.gain is not None
    assert second.gain == report.differences[0].metrics["rougeL"]
    assert first.gain.mean is not None
    assert second.gain.mean is not None
    assert 0 < first.gain.mean < second.gain.mean
    assert (report.verdict, result.exit_code) == ("better", 0)
    assert "job 2, the best of 2 on these same examples, an optimistic choice" in report.sentence
    assert "97.5 % interval" in report.sentence
    assert any("choosing it so is optimistic" in note for note in report.notes)
    assert [step.stage for step in report.timeline if "@" in step.stage] == [
        f"{stage}@{number}" for number in (1, 2) for stage in ("submit", "follow", "evaluate")
    ]


def test_the_reports_show_a_line_per_job(runner: Runner, world: World) -> None:
    world.answer = second_is_better
    result = runner.run(SWEEP)
    tree = json.loads((result.folder / "report.json").read_text(encoding="utf-8"))
    assert [(line["job"], line["changes"], line["best"]) for line in tree["sweep"]] == [
        (1, "learning_rate_multiplier 0.5", False),
        (2, "n_epochs 6, seed 7", True),
    ]
    for name in ("report.md", "report.html"):
        page = (result.folder / name).read_text(encoding="utf-8").replace("\\_", "_").replace("\\", "")
        for text in ("Sweep", "2 (best)", "learning_rate_multiplier 0.5", "n_epochs 6, seed 7", "optimistic"):
            assert text in page, (name, text)
    info = describe(result.folder)
    assert (info.status, info.job_id, info.tuned_model) == ("finished", "ftjob-2", result.report.tuned_model)


def test_the_interval_of_each_job_is_wider_than_that_of_one() -> None:
    values = [100.0 if n % 3 else 0.0 for n in range(32)]
    narrow, wide = paired(values), paired(values, confidence=0.975)
    assert narrow.low is not None
    assert wide.low is not None
    assert wide.low < narrow.low
    assert (wide.boot_low or 0) <= (narrow.boot_low or 0)


def test_the_plan_lists_every_job_and_their_sum(runner: Runner) -> None:
    runner.run(SWEEP)
    (plan,) = runner.asked
    # the check saw six epochs for 0.25 USD, the first job asks for three of them
    assert [(job.epochs, job.usd) for job in plan.jobs] == [(3, pytest.approx(0.125)), (6, pytest.approx(0.25))]
    assert plan.usd == pytest.approx(0.375)
    assert plan.completions == 3 * 32
    text = plan.text()
    assert "job 1       learning_rate_multiplier 0.5: epochs 3, " in text
    assert "job 2       n_epochs 6, seed 7: epochs 6, " in text
    assert "training    2 jobs, $0.38 " in text


def test_the_gate_counts_all_jobs(runner: Runner, world: World) -> None:
    with pytest.raises(GateClosed, match=r"the 2 jobs may cost \$0\.38, over the budget of \$0\.30"):
        runner.run(f"{SWEEP}\n[gate]\nmax_cost = 0.3\n")
    assert (world.uploads, world.asked, runner.asked) == ([], {}, [])


def test_a_job_that_would_break_the_budget_is_not_begun(runner: Runner, world: World) -> None:
    """The service trained more than was planned: 1,500 tokens, of 600 x 3 epochs that were to cost 0.125 USD."""
    tokens = world.tools().trainer

    def dear(config: Any) -> Any:
        trainer = tokens(config)
        look = trainer.job
        trainer.job = lambda job_id: dataclasses.replace(look(job_id), trained_tokens=18_000)
        return trainer

    make = world.tools
    world.tools = lambda: dataclasses.replace(make(), trainer=dear)  # type: ignore[method-assign]
    result = runner.run(f"{SWEEP}\n[gate]\nmax_cost = 1\n")
    assert len(world.jobs) == 1
    first, second = result.report.sweep
    assert (first.status, second.status) == ("evaluated", "not-begun")
    assert "over the budget of $1.00" in str(second.why)
    assert any("1 job of the sweep (2) not begun" in note for note in result.report.notes)
    assert (result.report.job_id, result.report.confidence) == ("ftjob-1", 0.95)
    assert "the only one of the sweep" in result.report.sentence


def refuses(world: World, suffix: str, error: Exception, times: int = 1) -> None:
    """The service refuses the job of this suffix."""
    make, left = world.tools, [times]

    def trainer(config: Any) -> Any:
        made = make().trainer(config)
        create = made.create_job

        def create_job(spec: Any) -> Any:
            if spec.suffix.endswith(suffix) and left[0]:
                left[0] -= 1
                raise error
            return create(spec)

        made.create_job = create_job
        return made

    world.tools = lambda: dataclasses.replace(make(), trainer=trainer)  # type: ignore[method-assign]


def test_a_job_that_is_refused_for_itself_alone_does_not_stop_the_others(runner: Runner, world: World) -> None:
    refuses(world, "-1", Rejected("learning_rate_multiplier is odd", status=400))
    result = runner.run(SWEEP)
    assert [line.status for line in result.report.sweep] == ["failed", "evaluated"]
    assert "learning_rate_multiplier is odd" in str(result.report.sweep[0].why)
    assert any(note.startswith("job 1 failed") for note in result.report.notes)
    assert (result.exit_code, result.report.verdict) == (4, "better")
    assert runner.resume().report == result.report


def test_a_block_of_the_file_ends_the_sweep(runner: Runner, world: World) -> None:
    refuses(world, "-1", Rejected("the training file was blocked by our moderation system", status=400))
    with pytest.raises(JobRefused, match="filter blocked the training file"):
        runner.run(SWEEP)
    assert world.jobs == []
    with pytest.raises(JobRefused, match="filter blocked the training file"):
        runner.resume()
    assert world.jobs == []
    assert describe(runner.only).status == "refused"


def test_a_block_after_a_job_that_went_well_leaves_its_report(runner: Runner, world: World) -> None:
    refuses(world, "-2", Rejected("the training file was blocked by our moderation system", status=400))
    result = runner.run(THREE)
    assert [line.status for line in result.report.sweep] == ["evaluated", "failed", "not-begun"]
    assert (result.exit_code, len(world.jobs)) == (4, 1)
    assert "the others have that in common" in str(result.report.sweep[2].why)


def test_an_empty_account_is_resumed_at_the_same_job(runner: Runner, world: World) -> None:
    refuses(world, "-2", QuotaError("no credit", status=429, code="insufficient_quota"))
    with pytest.raises(ServiceFailed, match="no credit"):
        runner.run(SWEEP)
    assert describe(runner.only).status == "open"
    result = runner.resume()
    assert [line.status for line in result.report.sweep] == ["evaluated", "evaluated"]
    assert (len(world.jobs), len(world.uploads), result.exit_code) == (2, 2, 0)


def test_a_cancelled_job_lets_a_person_decide(runner: Runner, world: World) -> None:
    statuses = world.statuses
    world.statuses = ["running", "cancelled"]
    with pytest.raises(JobRefused, match="cancelled") as caught:
        runner.run(SWEEP)
    assert "the sweep stands at job 1" in str(caught.value.hint)
    world.statuses, world.looks = statuses, 0
    result = runner.resume()
    assert [line.status for line in result.report.sweep] == ["failed", "evaluated"]
    assert len(world.jobs) == 2


def test_when_every_job_fails_the_run_says_so(runner: Runner, world: World) -> None:
    refuses(world, "", Rejected("no", status=400), times=9)
    with pytest.raises(JobRefused, match="no"):
        runner.run(SWEEP)
    with pytest.raises(JobRefused, match="no"):
        runner.resume()
    assert world.jobs == []


def test_ctrl_c_names_the_job_that_goes_on(runner: Runner, world: World) -> None:
    def stop(call: str) -> None:
        if call == "job" and len(world.jobs) == 2:
            raise KeyboardInterrupt

    world.before = stop
    with pytest.raises(Interrupted, match="the job ftjob-2 goes on"):
        runner.run(SWEEP)


@pytest.mark.parametrize("hides", [(), ("suffix", "metadata")])
@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("late", [0.0, 5.0])
def test_a_lost_answer_to_a_job_adopts_the_right_one(
    runner: Runner, world: World, hides: tuple[str, ...], number: int, late: float
) -> None:
    """Both jobs have the same file; a bare server gives neither suffix nor metadata back."""
    world.hides, world.late = frozenset(hides), late
    seen = [0]

    def lose(call: str) -> None:
        if call == "create_job":
            seen[0] += 1
            if seen[0] == number:
                raise Unreachable("timeout")

    world.after = lose
    result = runner.run(SWEEP)
    assert len(world.jobs) == 2
    assert [line.job_id for line in result.report.sweep] == ["ftjob-1", "ftjob-2"]


def outcome(result: Any) -> dict[str, Any]:
    tree: dict[str, Any] = result.report.to_json()
    del tree["timeline"]  # a resumed stage takes longer
    return {**tree, "files": {role: one["sha256"] for role, one in tree["files"].items()}}


def swept(folder: Path, settings: Settings, kill_at: set[int]) -> tuple[dict[str, Any], Points, World]:
    """A sweep that is killed and resumed."""
    folder.mkdir()
    uncached = dataclasses.replace(settings.moderation, cache=False)
    runner = Runner(folder, World(), dataclasses.replace(settings, moderation=uncached), Recorder())
    runner.world.answer = second_is_better
    with pytest.MonkeyPatch.context() as patch:
        points = Points(runner.world, patch, kill_at)
        start: Callable[[], Any] = lambda: runner.run(SWEEP, heldout=HELDOUT)  # noqa: E731
        for _ in range(len(kill_at) + 1):
            try:
                return outcome(start()), points, runner.world
            except Killed:
                start = runner.resume
    raise AssertionError("killed more often than asked for")


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        pytest.param("before done evaluate@1", "after done submit@2", id="between-two-jobs"),
        pytest.param("before intent submit@1", "after done jobs", id="anywhere", marks=pytest.mark.slow),
    ],
)
def test_a_kill_in_a_sweep_changes_nothing(tmp_path: Path, settings: Settings, begin: str, end: str) -> None:
    expected, points, _ = swept(tmp_path / "reference", settings, set())
    assert points.names.index("before intent submit@2") == points.names.index("after done evaluate@1") + 1
    for number in range(points.names.index(begin) + 1, points.names.index(end) + 2):
        found, killed, world = swept(tmp_path / f"killed-{number}", settings, {number})
        assert len(killed.killed) == 1
        assert found == expected, killed.killed
        assert (len(world.jobs), len(world.uploads)) == (2, 2), killed.killed
        lost = killed.killed.count("after complete")
        assert sum(world.asked.values()) <= 3 * HELDOUT + lost


def test_the_command_line_s_budget_holds_for_the_sweep(runner: Runner) -> None:
    runner.settings = dataclasses.replace(runner.settings, job=JobSettings(max_cost=0.3))
    with pytest.raises(GateClosed, match="the 2 jobs may cost"):
        runner.run(SWEEP)


def test_the_files_stay_while_a_job_of_the_sweep_needs_them(runner: Runner, world: World) -> None:
    def die(call: str) -> None:
        if call == "job" and len(world.jobs) == 2:
            raise Killed

    world.before = die
    with pytest.raises(Killed):
        runner.run(SWEEP)
    world.before, world.looks = lambda name: None, 0
    trainer = world.tools().trainer(ServiceConfig("openai"))
    with pytest.raises(UsageError, match="the job ftjob-2 is validating_files, and still needs its files"):
        cleanup(runner.only, trainer, world.clock)
    runner.resume()
    assert cleanup(runner.only, trainer, world.clock) == {"file-1": True, "file-2": True}


def test_checkpoints_of_every_job_are_told_apart(runner: Runner, world: World) -> None:
    report = runner.run(f"{SWEEP}\n[evaluate]\ncheckpoints = true\n").report
    (plan,) = runner.asked
    assert plan.completions == 32 * (1 + 2 + 2 * 3)
    assert [row.name for row in report.systems if row.kind == "checkpoint"] == [
        "job 1 checkpoint 4",
        "job 2 checkpoint 4",
    ]
    assert sorted(path.parent.name for path in runner.only.glob("job-*/checkpoint-4.jsonl")) == ["job-1", "job-2"]

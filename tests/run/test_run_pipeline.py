"""A whole run against a provider in memory: its stages, its gate, its failures, its report."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ftlint.errors import GateClosed, Interrupted, JobRefused, ServiceFailed, UsageError
from ftlint.model import Level, ModerationSummary
from ftlint.run import pipeline
from ftlint.run.report import CONSTANT, LEAD
from ftlint.services.interface import (
    AuthError,
    Completion,
    JobEvent,
    NotEligible,
    QuotaError,
    Rejected,
    ServiceError,
    Unreachable,
)
from ftlint.settings import Settings
from run.conftest import Recorder, Runner
from run.world import START, World, finding, project, rows, write_rows


def test_a_run_goes_through_every_stage_and_says_that_the_tuned_model_is_better(
    runner: Runner, world: World, recorder: Recorder
) -> None:
    result = runner.run()
    assert recorder.stages() == [
        "convert",
        "check",
        "gate",
        "baseline",
        "upload",
        "submit",
        "follow",
        "evaluate",
        "compare",
        "report",
    ]
    report = result.report
    assert report.verdict == "better"
    assert result.exit_code == 0
    assert [row.name for row in report.systems] == ["base", "tuned", LEAD, CONSTANT]
    base, tuned = report.systems[:2]
    assert tuned.scores["rougeL"] == pytest.approx(100)
    assert base.scores["rougeL"] < 50
    assert (tuned.n, tuned.missing, tuned.finish_reasons) == (32, 0, {"stop": 32})
    head = report.differences[0].metrics["rougeL"]
    assert (head.n, head.wins, head.losses) == (32, 32, 0)
    assert "the tuned model is better than the base model" in report.sentence
    assert report.rehearsal is None


def test_what_is_submitted_names_the_run_and_the_bytes(runner: Runner, world: World) -> None:
    result = runner.run("\n[train.metadata]\nteam = 'notes'\n")
    (job,) = world.specs
    train, validation = world.uploads
    checked = result.report.files["train"]
    assert train.filename == f"ftlint-{result.run_id}-train-{checked['sha256'][:12]}.jsonl"
    assert validation.filename.startswith(f"ftlint-{result.run_id}-validation-")
    assert job.suffix == "demo-abcdefg1"
    assert job.metadata == {"team": "notes", "ftlint_run": result.run_id, "ftlint_sha256": checked["sha256"]}
    assert job.hyperparameters == {"n_epochs": 3}
    assert (job.training_file, job.validation_file) == (train.id, validation.id)
    assert job.model == "gpt-4.1-mini-2025-04-14"
    assert world.contents[train.id] == (result.folder / "train.jsonl").read_bytes()


def test_the_evaluation_asks_the_question_of_the_training(runner: Runner, world: World) -> None:
    result = runner.run()
    line = json.loads((result.folder / "train.jsonl").read_bytes().splitlines()[0])
    assert line["messages"][0]["content"] == "Sum up: " + rows(1, 1)[0]["dialogue"]
    prompts = {prompt for _, prompt in world.asked}
    assert prompts == {"Sum up: " + row["dialogue"] for row in rows(201, 32)}


def test_the_person_is_asked_once_with_everything_that_matters(runner: Runner) -> None:
    runner.run()
    (plan,) = runner.asked
    text = plan.text()
    for part in (
        "gpt-4.1-mini-2025-04-14, supervised",
        "sha256 ",
        "epochs      3",
        "1,800 billed",
        "$0.25 (price of 2026-11-01)",
        "train.jsonl: 12 examples",
        "64 answers, at most $",
        "moderation complete: 100 %",
        "openai (fake)",
    ):
        assert part in text


def test_a_no_submits_nothing_and_a_resume_asks_again(runner: Runner, world: World) -> None:
    runner.yes = False
    with pytest.raises(GateClosed, match="not confirmed") as caught:
        runner.run()
    assert caught.value.exit_code == 1
    assert (world.uploads, world.jobs, world.asked) == ([], [], {})
    runner.yes = True
    assert runner.resume().report.verdict == "better"
    assert len(runner.asked) == 2


def test_no_key_ends_the_run_before_anything_is_read_or_made(runner: Runner, world: World, tmp_path: Path) -> None:
    world.keys = False
    path = project(tmp_path)
    (tmp_path / "train.jsonl").unlink()  # would be found missing if it were read first
    with pytest.raises(UsageError, match="there is no key for the trainer") as caught:
        runner.start(path)
    assert caught.value.exit_code == 2
    assert "OPENAI_API_KEY" in (caught.value.hint or "")
    assert not runner.runs.exists()


@pytest.mark.parametrize(
    ("change", "reason", "code"),
    [
        (lambda w: setattr(w, "findings", (finding(),)), "1 warning at or above", 1),
        (lambda w: setattr(w, "usd", None), "cost of the job is not known", 1),
        (lambda w: setattr(w, "usd", 9.0), "over the budget", 1),
        (lambda w: setattr(w, "moderation", ModerationSummary("not-run", reason="x", required=True)), "not run", 1),
        (lambda w: setattr(w, "moderation", ModerationSummary("partial", coverage=0.5)), "50 %", 3),
        (lambda w: setattr(w, "moderation", ModerationSummary("sampled", coverage=1.0)), "sample", 1),
        (lambda w: setattr(w, "shutdown", "2026-11-22"), "ended the model", 1),
    ],
)
def test_the_gate_closes(runner: Runner, world: World, change: Callable[[World], None], reason: str, code: int) -> None:
    change(world)
    with pytest.raises(GateClosed, match=reason) as caught:
        runner.run("\n[gate]\nmax_cost = 5\n")
    assert caught.value.exit_code == code
    assert (world.uploads, world.jobs, world.asked, runner.asked) == ([], [], {}, [])
    assert (runner.only / "check.json").exists()


def test_a_closed_gate_opens_on_resume_when_the_reason_is_gone(runner: Runner, world: World) -> None:
    world.findings = (finding(),)
    with pytest.raises(GateClosed):
        runner.run()
    world.findings = ()
    assert runner.resume().report.verdict == "better"
    assert len(world.checks) == 2


def test_the_model_s_announced_end_is_in_the_plan(runner: Runner, world: World) -> None:
    world.shutdown = "2027-01-14"
    result = runner.run()
    assert "2027-01-14" in runner.asked[0].text()
    assert any("2027-01-14" in note for note in result.report.notes)


def test_the_check_is_asked_for_what_the_run_file_says(runner: Runner, world: World, tmp_path: Path) -> None:
    runner.run('\n[gate]\nfail_on = "error"\nignore = ["FT501"]\n[price]\ntraining = 0\n')
    ((files, settings, online),) = world.checks
    assert [role.value for _, role in files] == ["train", "validation"]
    assert online
    assert (settings.provider, settings.model, settings.method) == ("openai", "gpt-4.1-mini-2025-04-14", "supervised")
    assert (settings.epochs, settings.run, settings.fail_on) == (3, True, Level.ERROR)
    assert settings.ignore == ("FT501",)
    assert settings.price is not None
    assert settings.price.training == 0
    assert settings.moderation.required is True


def test_moderation_is_optional_where_the_provider_has_none(runner: Runner, world: World, tmp_path: Path) -> None:
    path = project(tmp_path)
    address = '\n[services.trainer]\nprovider = "azure"\nbase_url = "https://x.example/v1"\n'
    address += '[evaluate]\ntuned_model = "ft:mine"\n'
    path.write_text(path.read_text().replace("[train]", '[train]\nprovider = "azure"') + address)
    world.moderation = ModerationSummary("not-run", reason="offline")
    result = runner.start(path)
    assert world.checks[0][2] is False
    assert result.report.moderation == "moderation was not run (offline)"
    assert len(world.specs[0].suffix or "") <= 18
    assert (world.specs[0].suffix or "").endswith("-abcdefg1")


@pytest.mark.parametrize("name", ["train.jsonl", "validation.jsonl"])
def test_bytes_that_changed_after_the_check_are_not_uploaded(runner: Runner, world: World, name: str) -> None:
    def tamper(call: str) -> None:
        if call == "complete":
            (runner.only / name).write_bytes(b"{}\n")

    world.before = tamper
    with pytest.raises(GateClosed, match="is not the one that was checked"):
        runner.run()
    assert world.jobs == []
    assert name not in [upload.filename for upload in world.uploads]


def test_bytes_that_change_under_the_upload_create_no_job(runner: Runner, world: World) -> None:
    def tamper(call: str) -> None:
        if call == "upload":
            (runner.only / "train.jsonl").write_bytes(b"{}\n")

    world.after = tamper
    with pytest.raises(GateClosed):
        runner.run()
    assert world.jobs == []


BLOCKED = {
    "code": "invalid_training_file",
    "param": "training_file",
    "message": "The job failed due to an invalid training file. This training file was blocked by our moderation"
    " system because it contains too many examples that violate OpenAI's usage policies",
}


def test_a_blocked_file_is_never_submitted_again(runner: Runner, world: World) -> None:
    world.statuses, world.error = ["validating_files", "failed"], BLOCKED
    with pytest.raises(JobRefused, match="blocked the training file") as caught:
        runner.run()
    assert caught.value.exit_code == 4
    assert "ftlint why" in (caught.value.hint or "")
    for _ in range(2):
        with pytest.raises(JobRefused, match="blocked the training file"):
            runner.resume()
    with pytest.raises(GateClosed, match=r"blocked this file in the run .*abcdefg1"):
        runner.run()
    assert len(world.jobs) == 1


def test_a_changed_file_may_be_submitted_after_a_block(runner: Runner, world: World, tmp_path: Path) -> None:
    world.statuses, world.error = ["failed"], BLOCKED
    with pytest.raises(JobRefused):
        runner.run()
    world.statuses, world.looks = ["succeeded"], 0
    path = project(tmp_path)
    write_rows(tmp_path / "train.jsonl", rows(1, 11))
    assert runner.start(path).report.verdict == "better"


def test_a_cancelled_job_is_exit_4(runner: Runner, world: World) -> None:
    world.statuses = ["running", "cancelled"]
    with pytest.raises(JobRefused, match="cancelled") as caught:
        runner.run()
    assert caught.value.exit_code == 4


def test_the_reason_may_stand_in_the_events_alone(runner: Runner, world: World) -> None:
    world.statuses, world.error = ["running", "failed"], {}
    world.events_ = [
        JobEvent("e", 9, "error", "message", "Error while running moderation eval refusals_v3 for snapshot ft:x", {})
    ]
    with pytest.raises(JobRefused, match="safety evaluation crashed"):
        runner.run()


def test_an_ineligible_organisation_is_told_so_and_may_resume(runner: Runner, world: World) -> None:
    def refuse(call: str) -> None:
        if call == "create_job":
            raise NotEligible("OpenAI is winding down", status=403, code="training_not_available")

    world.before = refuse
    with pytest.raises(JobRefused, match="may not create fine-tuning jobs"):
        runner.run()
    world.before = lambda call: None
    assert runner.resume().report.verdict == "better"
    assert (len(world.uploads), len(world.jobs)) == (2, 1)


def test_a_refused_upload_is_exit_4_and_a_wrong_key_exit_3(runner: Runner, world: World) -> None:
    errors: list[ServiceError] = [
        Rejected("Expected file to have JSONL format", status=400),
        AuthError("bad key", status=401),
    ]

    def refuse(call: str) -> None:
        if call == "upload":
            raise errors.pop(0)

    world.before = refuse
    with pytest.raises(JobRefused, match="could not read a file"):
        runner.run()
    with pytest.raises(ServiceFailed, match="bad key") as caught:
        runner.resume()
    assert caught.value.exit_code == 3
    world.before = lambda call: None
    runner.resume()
    assert len(world.uploads) == 2


def test_a_file_that_is_not_ready_is_waited_for(runner: Runner, world: World) -> None:
    waits = [Rejected("File 'file-1' is still being processed and is not ready to be used", status=400)] * 3

    def refuse(call: str) -> None:
        if call == "create_job" and waits:
            raise waits.pop()

    world.before = refuse
    runner.run()
    assert len(world.jobs) == 1


def test_ctrl_c_while_following_leaves_the_job_and_says_how_to_come_back(runner: Runner, world: World) -> None:
    def interrupt(call: str) -> None:
        if call == "events":
            raise KeyboardInterrupt

    world.before = interrupt
    with pytest.raises(Interrupted, match="the job ftjob-1 goes on") as caught:
        runner.run()
    assert caught.value.exit_code == 130
    assert "ftlint run --resume abcdefg1" in (caught.value.hint or "")
    assert "ftlint runs cancel abcdefg1" in (caught.value.hint or "")
    world.before = lambda call: None
    assert runner.resume("abcd").report.verdict == "better"
    assert len(world.jobs) == 1


def test_ctrl_c_among_the_answers_keeps_them(runner: Runner, world: World) -> None:
    count = iter(range(100))

    def interrupt(call: str) -> None:
        if call == "complete" and next(count) == 10:
            raise KeyboardInterrupt

    world.before = interrupt
    with pytest.raises(Interrupted, match="nothing is lost"):
        runner.run()
    runner.resume()
    assert set(world.asked.values()) == {1}


def test_unknown_statuses_survive_and_polling_backs_off(runner: Runner, world: World, recorder: Recorder) -> None:
    world.statuses = ["queued", *["paused"] * 30, "succeeded"]
    runner.run()
    statuses = [numbers["status"] for stage, message, numbers in recorder.told if message == "status"]
    assert statuses == ["queued", "paused", "succeeded"]
    assert world.clock - START > 20 * 60


def test_a_service_that_is_away_for_a_while_is_waited_for(runner: Runner, world: World) -> None:
    away = [Unreachable("502", status=502)] * 5

    def fail(call: str) -> None:
        if call == "job" and away:
            raise away.pop()

    world.before = fail
    assert runner.run().report.verdict == "better"


def test_a_service_that_stays_away_ends_the_following_and_not_the_job(runner: Runner, world: World) -> None:
    def fail(call: str) -> None:
        if call == "job":
            raise Unreachable("no route")

    world.before = fail
    with pytest.raises(ServiceFailed, match="cannot follow the job ftjob-1") as caught:
        runner.run()
    assert "the job goes on" in (caught.value.hint or "")
    world.before = lambda call: None
    runner.resume()
    assert len(world.jobs) == 1


def test_the_demanded_gain_decides_the_exit_code(runner: Runner) -> None:
    low = runner.run("\n[gate]\nmin_gain = 5.0\n")
    assert (low.exit_code, low.report.gain and low.report.gain.met) == (0, True)
    high = runner.run("\n[gate]\nmin_gain = 100.5\n")
    assert (high.exit_code, high.report.gain and high.report.gain.met) == (1, False)


def test_a_positive_gain_is_not_reached_by_chance(runner: Runner) -> None:
    result = runner.run("\n[gate]\nmin_gain = 1.0\n", heldout=12)
    assert result.report.verdict == "none"
    assert "30 examples are the least" in result.report.sentence
    assert result.exit_code == 1


def test_other_models_are_compared_on_the_same_examples(runner: Runner, world: World) -> None:
    result = runner.run(
        '\n[[evaluate.compare]]\nname = "llama"\nmodel = "llama-3.2-1b"\nbase_url = "http://localhost:9/v1"\n'
    )
    names = [row.name for row in result.report.systems]
    assert names == ["base", "tuned", "llama", LEAD, CONSTANT]
    assert [(d.left, d.right) for d in result.report.differences] == [("tuned", "base"), ("tuned", "llama")]
    assert (result.folder / "compare-llama.jsonl").exists()
    assert {model for model, _ in world.asked} >= {"llama-3.2-1b"}


def test_missing_answers_are_left_out_pairwise_and_counted(runner: Runner, world: World) -> None:
    def answer(model: str, prompt: str) -> Completion | ServiceError:
        from run.world import good_answer

        if not model.startswith("ft:") and prompt.endswith((" 205", " 206")):
            return Rejected("content policy", status=400, code="content_filter")
        if model.startswith("ft:") and prompt.endswith(" 207"):
            return Completion("", "length", 5, 0, model)
        return good_answer(model, prompt)

    world.answer = answer
    report = runner.run(heldout=40).report
    base, tuned = report.systems[:2]
    assert (base.n, base.missing, tuned.n, tuned.missing) == (38, 2, 40, 0)
    assert base.finish_reasons == {"content_filter": 2, "stop": 38}
    assert tuned.finish_reasons == {"length": 1, "stop": 39}
    assert report.differences[0].metrics["rougeL"].n == 38
    assert any("did not end by itself" in note for note in report.notes)
    assert "base" not in report.examples[5]


def test_an_answer_that_fails_for_a_while_is_asked_again(runner: Runner, world: World) -> None:
    troubles = {" 204": 1, " 206": 2}

    def answer(model: str, prompt: str) -> Completion | ServiceError:
        from run.world import good_answer

        for end in troubles:
            if prompt.endswith(end) and troubles[end]:
                troubles[end] -= 1
                return Unreachable("503", status=503)
        return good_answer(model, prompt)

    world.answer = answer
    assert runner.run().report.systems[0].missing == 0


def test_a_model_that_answers_nothing_is_a_failed_service(runner: Runner, world: World) -> None:
    world.answer = lambda model, prompt: Rejected("max_tokens is not supported", status=400)
    with pytest.raises(ServiceFailed, match="answered none of 32 examples"):
        runner.run()
    assert world.uploads == []


@pytest.mark.parametrize(
    ("error", "label"),
    [
        (Rejected("max_tokens is too large", status=400), "no-answers: the service refused every example"),
        (Rejected("content_filter", status=400, code="content_filter"), "no-answers: "),
        (Unreachable("internal server error", status=500), "transient: "),
    ],
)
def test_a_model_that_answers_nothing_has_a_class_and_a_remedy(
    runner: Runner, world: World, error: ServiceError, label: str
) -> None:
    world.answer = lambda model, prompt: error
    with pytest.raises(ServiceFailed, match="answered none of 3 examples") as caught:
        runner.run(heldout=3)
    hint = str(caught.value.hint)
    assert hint.startswith(label)
    assert hint.endswith(f"ftlint run --resume abcdefg1 --runs-dir {runner.runs}")


def test_an_empty_account_stops_the_answers_at_once(runner: Runner, world: World) -> None:
    world.answer = lambda model, prompt: QuotaError("no money", status=429, code="insufficient_quota")
    with pytest.raises(ServiceFailed, match="no money"):
        runner.run()
    assert len(world.asked) == 1


def test_a_service_that_is_down_is_not_asked_for_every_example(runner: Runner, world: World) -> None:
    world.answer = lambda model, prompt: Unreachable("503", status=503)
    with pytest.raises(ServiceFailed, match="503"):
        runner.run(heldout=200)
    assert sum(world.asked.values()) < 40


def test_a_tuned_model_that_is_not_there_yet_is_waited_for(runner: Runner, world: World) -> None:
    absent = [Rejected("the model does not exist", status=404, code="model_not_found")] * 4

    def answer(model: str, prompt: str) -> Completion | ServiceError:
        from run.world import good_answer

        return absent.pop() if model.startswith("ft:") and absent else good_answer(model, prompt)

    world.answer = answer
    assert runner.run().report.systems[1].missing == 0


def test_a_base_model_that_is_unknown_is_not_waited_for(runner: Runner, world: World) -> None:
    world.answer = lambda model, prompt: Rejected("no such model", status=404)
    with pytest.raises(ServiceFailed, match="does not answer"):
        runner.run()
    assert sum(world.asked.values()) == 1


def test_a_rehearsal_says_so_everywhere_asks_nothing_and_needs_no_key(
    runner: Runner, world: World, recorder: Recorder
) -> None:
    from rich.console import Console

    from ftlint.run import table

    world.keys = False
    result = runner.run(
        '\n[[evaluate.compare]]\nname = "llama"\nmodel = "llama"\nbase_url = "http://localhost:9/v1"\n', rehearse=True
    )
    sentence = "rehearsal: these figures are not a model's"
    assert runner.asked == []
    assert world.sandboxes == [str(result.folder / "sandbox")]
    assert {model.split(":")[1] if model.startswith("ft:") else model for model, _ in world.asked} == {"sandbox-mini"}
    assert world.specs[0].model == "sandbox-mini"
    _, settings, online = world.checks[0]
    assert (settings.provider, settings.model, online) == ("sandbox", "sandbox-mini", True)
    assert settings.services.moderator.base_url == "http://127.0.0.1:1/v1"
    assert ("rehearsal", sentence, {}) in recorder.told
    assert sentence in result.report.sentence
    assert sentence in (result.folder / "report.md").read_text()
    assert json.loads((result.folder / "report.json").read_text())["rehearsal"] == sentence
    console = Console(record=True, width=140)
    console.print(table.render(result.report))
    assert sentence in console.export_text()


def test_resume_of_a_finished_run_gives_the_same_report(runner: Runner, world: World) -> None:
    first = runner.run()
    written = (first.folder / "report.json").read_bytes()
    asked = world.asked.copy()
    again = runner.resume()
    assert again.report == first.report
    assert (first.folder / "report.json").read_bytes() == written
    assert world.asked == asked


def test_two_processes_on_one_run_are_one_too_many(runner: Runner, world: World, settings: Settings) -> None:
    def second(call: str) -> None:
        if call == "create_job":
            with pytest.raises(UsageError, match="another process"):
                pipeline.resume(
                    "abcdefg1", settings=settings, confirm=lambda plan: True, runs=runner.runs, tools=world.tools()
                )

    world.before = second
    runner.run()
    assert len(world.jobs) == 1


def test_a_run_is_found_by_the_beginning_of_its_id(runner: Runner) -> None:
    result = runner.run()
    runner.run()
    with pytest.raises(UsageError, match="several runs fit"):
        runner.resume("abc")
    with pytest.raises(UsageError, match="there is no run `zzz`"):
        runner.resume("zzz")
    assert runner.resume(result.run_id).run_id == result.run_id


def test_the_run_folder_is_for_this_user_alone(runner: Runner) -> None:
    result = runner.run()
    assert result.folder.stat().st_mode & 0o077 == 0
    record = json.loads((result.folder / "run.json").read_text())
    assert record["spec_text"].startswith("\n[dataset]")
    assert record["versions"]["ftlint"]


def test_a_resume_uses_the_run_file_as_it_was(runner: Runner, world: World, tmp_path: Path) -> None:
    runner.yes = False
    with pytest.raises(GateClosed):
        runner.run()
    runner.yes = True
    (tmp_path / "run.toml").write_text("nonsense")
    assert runner.resume().report.model == "gpt-4.1-mini-2025-04-14"


def test_answers_on_their_way_are_kept_when_the_account_runs_dry(runner: Runner, world: World) -> None:
    count = iter(range(100))

    def answer(model: str, prompt: str) -> Completion | ServiceError:
        from run.world import good_answer

        dry = next(count) == 10
        return QuotaError("no money", status=429, code="insufficient_quota") if dry else good_answer(model, prompt)

    world.answer = answer
    with pytest.raises(ServiceFailed, match="no money"):
        runner.run()
    asked = world.asked.copy()
    runner.resume()
    assert sum(world.asked.values()) == 64 + 1  # the refused one alone was asked again
    assert sum(asked.values()) < 32


def test_a_dataset_that_cannot_be_converted_leaves_no_run_behind(runner: Runner, tmp_path: Path) -> None:
    path = project(tmp_path)
    path.write_text(path.read_text().replace("{dialogue}", "{dialog}"))
    with pytest.raises(UsageError, match="no column `dialog`"):
        runner.start(path)
    assert list(runner.runs.iterdir()) == []


def test_what_a_service_quotes_is_masked(runner: Runner, world: World) -> None:
    world.statuses, world.error = ["failed"], {"message": "Invalid file format. Line starts with: secret"}
    with pytest.raises(JobRefused, match=r"Line starts with: \*{6} *$"):
        runner.run()
    assert "secret" not in (runner.only / "journal.jsonl").read_text()


def test_findings_name_ready_files_as_a_person_would(
    runner: Runner, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    messages = [
        {"messages": [{"role": "user", "content": r["dialogue"]}, {"role": "assistant", "content": r["summary"]}]}
        for r in rows(1, 40)
    ]
    write_rows(tmp_path / "train.jsonl", messages[:12])
    write_rows(tmp_path / "validation.jsonl", messages)
    path = tmp_path / "run.toml"
    path.write_text('[dataset]\ntrain = "train.jsonl"\nvalidation = "validation.jsonl"\n[train]\nmodel = "m"\n')
    result = runner.start(path)
    assert [str(file) for file, _ in world.checks[0][0]] == ["train.jsonl", "validation.jsonl"]
    notes = " ".join(result.report.notes)
    assert "12 held-out prompts stand in the training file too" in notes
    assert "those of the validation file" in notes
    assert world.contents["file-1"] == (tmp_path / "train.jsonl").read_bytes()


def test_finished_runs_are_compared_example_by_example(runner: Runner, world: World) -> None:
    from ftlint.run.across import compare_runs

    first = runner.run()
    world.answer = lambda model, prompt: Completion("nothing", "stop", 1, 1, model)
    second = runner.run()
    other = runner.run(heldout=31)
    found = compare_runs([first.folder, second.folder, other.folder])
    assert [row.run_id for row in found.rows] == [first.run_id, second.run_id, other.run_id]
    assert found.differences[0] is not None
    assert found.differences[0]["rougeL"].verdict == "worse"
    assert found.differences[1] is None
    with pytest.raises(UsageError, match="nothing to compare"):
        compare_runs([first.folder])
    (second.folder / "report.json").unlink()
    with pytest.raises(UsageError, match="is not finished"):
        compare_runs([first.folder, second.folder])

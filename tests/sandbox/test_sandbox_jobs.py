"""Jobs in the sandbox, through the real client: from creation to a tuned model, and every way that a job can end."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import openai
import pytest

from ftlint.sandbox.launch import RunningSandbox
from ftlint.sandbox.learner import overlap

from .conftest import KEY, example

Rows = Callable[..., list[dict[str, Any]]]
Upload = Callable[..., str]
Follow = Callable[..., tuple[Any, list[str]]]


def ask(client: openai.OpenAI, model: str, number: int, **options: Any) -> Any:
    messages: Any = example(number)["messages"][:1]
    return client.chat.completions.create(model=model, messages=messages, **options)


@pytest.fixture(scope="module")
def trained(shared: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A job that has succeeded; several tests look at it."""
    with openai.OpenAI(base_url=shared.base_url, api_key=KEY, max_retries=0) as client:
        files = []
        for first, last in ((0, 30), (30, 36)):
            from .conftest import jsonl

            data = jsonl([example(number) for number in range(first, last)])
            files.append(client.files.create(file=("part.jsonl", data), purpose="fine-tune").id)
        job = client.fine_tuning.jobs.create(
            model="sandbox-mini",
            training_file=files[0],
            validation_file=files[1],
            suffix="talks",
            metadata={"run": "r-1"},
            seed=7,
            method={"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 4, "batch_size": 5}}},
        )
        assert job.status == "validating_files"
        statuses = []
        for _ in range(6):
            job = client.fine_tuning.jobs.retrieve(job.id)
            statuses.append(job.status)
        assert statuses == ["validating_files", "queued", "running", "running", "running", "succeeded"]
        return job


class TestSuccess:
    def test_the_finished_job(self, trained: Any) -> None:
        assert trained.error is None
        assert trained.metadata == {"run": "r-1"}
        assert trained.user_provided_suffix == "talks"
        assert (trained.seed, trained.model) == (7, "sandbox-mini")
        assert trained.hyperparameters.n_epochs == 4
        assert trained.hyperparameters.batch_size == 5
        assert trained.hyperparameters.learning_rate_multiplier == 1.8
        assert trained.trained_tokens % 4 == 0
        assert trained.trained_tokens > 30 * 4 * 50
        assert trained.fine_tuned_model == f"ft:sandbox-mini:sandbox:talks:{trained.id[-8:]}"
        assert trained.finished_at >= trained.created_at

    def test_events(self, client: openai.OpenAI, trained: Any) -> None:
        events = list(client.fine_tuning.jobs.list_events(trained.id, limit=7))[::-1]
        messages = [event.message for event in events]
        assert messages[0] == f"Created fine-tuning job: {trained.id}"
        assert messages[-1] == "The job has successfully completed"
        assert len({event.id for event in events}) == len(events), "pages neither repeat nor lose an event"
        metrics: Any = [event.data for event in events if event.type == "metrics"]
        assert [row["step"] for row in metrics] == list(range(1, 25))
        assert all(row["total_steps"] == 24 and row["train_loss"] > 0 for row in metrics)
        assert "full_valid_loss" in metrics[-1]
        checks: Any = next(event for event in events if event.type == "moderation_checks")
        assert checks.data["blocked"] is False
        assert checks.data["sandbox"] is True

    def test_the_loss_falls_because_something_was_learned(self, client: openai.OpenAI, trained: Any) -> None:
        events: Any = client.fine_tuning.jobs.list_events(trained.id, limit=100).data
        losses = [event.data["train_loss"] for event in events[::-1] if event.type == "metrics"]
        assert sum(losses[-6:]) < 0.7 * sum(losses[:6])

    def test_checkpoints(self, client: openai.OpenAI, trained: Any) -> None:
        found = list(client.fine_tuning.jobs.checkpoints.list(trained.id))
        assert [point.step_number for point in found] == [24, 18, 12]
        assert found[0].fine_tuned_model_checkpoint == f"{trained.fine_tuned_model}:ckpt-step-24"
        assert found[0].metrics.full_valid_loss is not None
        answer = ask(client, found[2].fine_tuned_model_checkpoint, 40)
        assert answer.choices[0].message.content

    def test_the_result_file(self, client: openai.OpenAI, trained: Any) -> None:
        file = client.files.retrieve(trained.result_files[0])
        assert file.purpose == "fine-tune-results"
        rows = list(csv.DictReader(io.StringIO(client.files.content(file.id).text)))
        assert list(rows[0]) == ["step", "train_loss", "train_accuracy", "valid_loss", "valid_mean_token_accuracy"]
        assert [int(row["step"]) for row in rows] == list(range(1, 25))
        assert all(float(row["valid_loss"]) >= 0 for row in rows)

    def test_the_tuned_model_answers_better_than_its_base(self, client: openai.OpenAI, trained: Any) -> None:
        def mean(model: str) -> float:
            found = []
            for number in range(40, 50):
                answer = ask(client, model, number).choices[0].message.content
                found.append(overlap(answer, example(number)["messages"][1]["content"]))
            return sum(found) / len(found)

        base, tuned = mean("sandbox-mini"), mean(trained.fine_tuned_model)
        assert tuned > base + 0.2

    def test_models(self, client: openai.OpenAI, trained: Any) -> None:
        mine: Any = client.models.retrieve("sandbox-mini")
        assert mine.shutdown_date is None
        theirs: Any = client.models.retrieve("gpt-4o-mini-2024-07-18")
        assert theirs.shutdown_date == "2027-01-14"
        tuned: Any = client.models.retrieve(trained.fine_tuned_model)
        assert (tuned.owned_by, tuned.shutdown_date) == ("sandbox", None)
        assert trained.fine_tuned_model in [model.id for model in client.models.list()]
        with pytest.raises(openai.NotFoundError) as caught:
            client.models.retrieve("gpt-3")
        assert caught.value.code == "model_not_found"

    def test_jobs_are_listed_newest_first_and_found_by_metadata(self, client: openai.OpenAI, trained: Any) -> None:
        other = client.fine_tuning.jobs.create(model="sandbox-mini", training_file=trained.training_file)
        assert [job.id for job in client.fine_tuning.jobs.list(limit=1).data] == [other.id]
        found = client.fine_tuning.jobs.list(metadata={"run": "r-1"}).data
        assert [job.id for job in found] == [trained.id]

    def test_a_tuned_model_can_be_trained_further(
        self, client: openai.OpenAI, trained: Any, rows: Rows, upload: Upload, follow: Follow
    ) -> None:
        job = client.fine_tuning.jobs.create(model=trained.fine_tuned_model, training_file=upload(rows(0, 10)))
        done, _ = follow(client, job.id)
        assert done.status == "succeeded"
        assert done.fine_tuned_model == f"ft:sandbox-mini:sandbox::{job.id[-8:]}"
        assert done.hyperparameters.n_epochs == 10, "the cookbook's estimate for ten examples"


class TestChat:
    def test_the_base_repeats_the_beginning_of_the_prompt(self, client: openai.OpenAI) -> None:
        answer = ask(client, "gpt-4o-mini-2024-07-18", 0)
        assert answer.model == "gpt-4o-mini-2024-07-18"
        assert answer.choices[0].message.content == "Summarise the dialogue in one sentence.\n## Dialogue"
        assert answer.choices[0].finish_reason == "stop"
        assert answer.system_fingerprint == "sandbox"
        assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens

    def test_a_cut_answer_says_so(self, client: openai.OpenAI) -> None:
        answer = ask(client, "sandbox-mini", 0, max_tokens=3)
        assert answer.choices[0].finish_reason == "length"
        assert answer.choices[0].message.content == "Summarise the"
        assert answer.usage.completion_tokens == 3

    def test_several_choices(self, client: openai.OpenAI) -> None:
        assert [choice.index for choice in ask(client, "sandbox-mini", 0, n=3).choices] == [0, 1, 2]

    def test_parts_of_text_are_read(self, client: openai.OpenAI) -> None:
        parts: Any = [{"role": "user", "content": [{"type": "text", "text": "One."}, {"type": "text", "text": "Two."}]}]
        assert (
            client.chat.completions.create(model="sandbox-mini", messages=parts).choices[0].message.content
            == "One.\nTwo."
        )

    def test_an_unknown_model_and_a_stream(self, client: openai.OpenAI) -> None:
        with pytest.raises(openai.NotFoundError) as caught:
            ask(client, "ft:sandbox-mini:sandbox:nobody:12345678", 0)
        assert caught.value.code == "model_not_found"
        with pytest.raises(openai.BadRequestError, match="does not stream"):
            ask(client, "sandbox-mini", 0, stream=True)


class TestCreation:
    def test_a_model_must_be_trainable(self, client: openai.OpenAI, rows: Rows, upload: Upload) -> None:
        key = upload(rows(0, 10))
        for model in ("gpt-6-luna", "gpt-4o-mini", "gpt-4.1-nano-2025-04-14"):
            with pytest.raises(openai.BadRequestError) as caught:
                client.fine_tuning.jobs.create(model=model, training_file=key)
            assert caught.value.code == "model_not_available"
        client.fine_tuning.jobs.create(model="gpt-4.1-mini-2025-04-14", training_file=key)

    def test_files_must_exist_and_be_for_fine_tuning(self, client: openai.OpenAI) -> None:
        with pytest.raises(openai.BadRequestError) as caught:
            client.fine_tuning.jobs.create(model="sandbox-mini", training_file="file-none")
        assert caught.value.param == "training_file"
        other = client.files.create(file=("a.jsonl", b"{}\n"), purpose="batch").id
        with pytest.raises(openai.BadRequestError, match="does not have the purpose fine-tune"):
            client.fine_tuning.jobs.create(model="sandbox-mini", training_file=other)

    def test_methods(self, client: openai.OpenAI, rows: Rows, upload: Upload) -> None:
        key = upload(rows(0, 10))
        grader: Any = {"type": "string_check", "name": "g", "input": "a", "reference": "b", "operation": "eq"}
        method: Any = {"type": "reinforcement", "reinforcement": {"grader": grader}}
        with pytest.raises(openai.BadRequestError, match="does not support the reinforcement method"):
            client.fine_tuning.jobs.create(model="gpt-4.1-2025-04-14", training_file=key, method=method)
        with pytest.raises(openai.BadRequestError, match="needs a validation_file"):
            client.fine_tuning.jobs.create(model="sandbox-mini", training_file=key, method=method)

    def test_content_is_not_looked_at_before_validation(
        self, client: openai.OpenAI, upload: Upload, follow: Follow
    ) -> None:
        job = client.fine_tuning.jobs.create(model="sandbox-mini", training_file=upload([{"nothing": 1}]))
        assert (job.status, job.error) == ("validating_files", None)
        done, seen = follow(client, job.id)
        assert seen == ["validating_files", "failed"]
        assert done.error.code == "invalid_training_file"

    def test_an_unknown_job(self, client: openai.OpenAI) -> None:
        with pytest.raises(openai.NotFoundError) as caught:
            client.fine_tuning.jobs.retrieve("ftjob-none")
        assert caught.value.code == "fine_tune_not_found"


class TestMethods:
    def test_preference_pairs_train_on_the_preferred_side(
        self, client: openai.OpenAI, rows: Rows, upload: Upload, follow: Follow
    ) -> None:
        pairs = [
            {
                "input": {"messages": row["messages"][:1]},
                "preferred_output": row["messages"][1:],
                "non_preferred_output": [{"role": "assistant", "content": "No."}],
            }
            for row in rows(0, 12)
        ]
        job = client.fine_tuning.jobs.create(
            model="sandbox-mini", training_file=upload(pairs), method={"type": "dpo", "dpo": {"hyperparameters": {}}}
        )
        done, _ = follow(client, job.id)
        assert done.status == "succeeded"
        assert done.hyperparameters is None, "shown for supervised jobs only"
        assert done.method.dpo.hyperparameters.beta == 0.1
        assert "Mia" in (ask(client, done.fine_tuned_model, 0).choices[0].message.content or "")

    def test_a_chat_file_is_not_a_preference_file(
        self, client: openai.OpenAI, rows: Rows, upload: Upload, follow: Follow
    ) -> None:
        key = upload(rows(0, 10))
        job = client.fine_tuning.jobs.create(model="sandbox-mini", training_file=key, method={"type": "dpo"})
        done, _ = follow(client, job.id)
        assert done.error.message == (
            f"The job failed due to an invalid training file. Input file {key} is in the fine-tune-chat format, but the"
            " specified fine-tuning job is not using 'supervised' as the training method (provided method=dpo)."
        )

    def test_reinforcement_has_no_answers_to_measure(
        self, client: openai.OpenAI, rows: Rows, upload: Upload, follow: Follow
    ) -> None:
        found = [{"messages": row["messages"][:1], "answer": "x"} for row in rows(0, 12)]
        grader: Any = {"type": "string_check", "name": "g", "input": "a", "reference": "b", "operation": "eq"}
        job = client.fine_tuning.jobs.create(
            model="sandbox-mini",
            training_file=upload(found),
            validation_file=upload(found[:2]),
            method={"type": "reinforcement", "reinforcement": {"grader": grader}},
        )
        done, _ = follow(client, job.id)
        assert done.status == "succeeded"
        events: Any = client.fine_tuning.jobs.list_events(job.id, limit=100).data
        assert all("train_loss" not in event.data for event in events)


class TestBlocked:
    @pytest.mark.parametrize("mark", ["⟦hate=0.94⟧", "⟦sexual/minors=0.016⟧", "⟦violence=0.3⟧"])
    def test_a_marked_training_file_is_blocked_without_saying_where(
        self, client: openai.OpenAI, rows: Rows, upload: Upload, follow: Follow, mark: str
    ) -> None:
        found = [*rows(0, 11), example(11, mark)]
        done, seen = follow(
            client, client.fine_tuning.jobs.create(model="sandbox-mini", training_file=upload(found)).id
        )
        assert seen == ["validating_files", "failed"]
        assert (done.error.code, done.error.param) == ("invalid_training_file", "training_file")
        assert done.error.message == (
            "The job failed due to an invalid training file. This training file was blocked by our moderation system"
            " because it contains too many examples that violate OpenAI's usage policies, or because it attempts to"
            " create model outputs that violate OpenAI's usage policies."
        )
        events: Any = client.fine_tuning.jobs.list_events(done.id).data
        assert (events[0].level, events[0].data["error_code"]) == ("error", "invalid_training_file")

    def test_the_validation_file_is_screened_too(
        self, client: openai.OpenAI, rows: Rows, upload: Upload, follow: Follow
    ) -> None:
        job = client.fine_tuning.jobs.create(
            model="sandbox-mini", training_file=upload(rows(0, 10)), validation_file=upload([example(1, "⟦hate=0.5⟧")])
        )
        done, _ = follow(client, job.id)
        assert done.error.param == "validation_file"
        assert done.error.message.startswith(
            "The job failed due to an invalid validation file. This training file was blocked by our moderation system"
        )

    def test_what_is_below_the_watch_level_trains(
        self, client: openai.OpenAI, rows: Rows, upload: Upload, follow: Follow
    ) -> None:
        found = [*rows(0, 11), example(11, "⟦sexual=0.2⟧⟦sexual/minors=0.009⟧")]
        done, _ = follow(client, client.fine_tuning.jobs.create(model="sandbox-mini", training_file=upload(found)).id)
        assert done.status == "succeeded"


class TestControl:
    def test_cancel(self, client: openai.OpenAI, rows: Rows, upload: Upload, follow: Follow) -> None:
        key = client.fine_tuning.jobs.create(model="sandbox-mini", training_file=upload(rows(0, 10))).id
        follow(client, key, polls=3)
        assert client.fine_tuning.jobs.cancel(key).status == "cancelled"
        done, seen = follow(client, key)
        assert seen == ["cancelled"]
        assert done.fine_tuned_model is None
        with pytest.raises(openai.BadRequestError):
            client.fine_tuning.jobs.cancel(key)
        with pytest.raises(openai.NotFoundError):
            ask(client, f"ft:sandbox-mini:sandbox::{key[-8:]}", 0)

    def test_pause_and_resume(self, client: openai.OpenAI, rows: Rows, upload: Upload, follow: Follow) -> None:
        key = client.fine_tuning.jobs.create(model="sandbox-mini", training_file=upload(rows(0, 10))).id
        with pytest.raises(openai.BadRequestError):
            client.fine_tuning.jobs.pause(key)
        follow(client, key, polls=4)
        assert client.fine_tuning.jobs.pause(key).status == "paused"
        assert follow(client, key, polls=3)[1] == ["paused"]
        assert client.fine_tuning.jobs.resume(key).status == "queued"
        assert follow(client, key)[1] == ["running", "succeeded"]
        assert len(client.fine_tuning.jobs.checkpoints.list(key).data) == 3

    def test_a_tuned_model_is_unknown_until_its_job_has_succeeded(
        self, client: openai.OpenAI, rows: Rows, upload: Upload, follow: Follow
    ) -> None:
        key = client.fine_tuning.jobs.create(model="sandbox-mini", training_file=upload(rows(0, 10))).id
        job, _ = follow(client, key, polls=5)
        name = f"ft:sandbox-mini:sandbox::{key[-8:]}"
        assert (job.status, job.fine_tuned_model) == ("running", None)
        for model in (name, f"{name}:ckpt-step-100"):
            with pytest.raises(openai.NotFoundError):
                ask(client, model, 0)
        assert follow(client, key)[0].fine_tuned_model == name
        assert ask(client, name, 0).choices[0].message.content

    def test_a_file_may_be_deleted_once_it_is_validated(
        self, client: openai.OpenAI, rows: Rows, upload: Upload, follow: Follow
    ) -> None:
        file = upload(rows(0, 10))
        kept = client.fine_tuning.jobs.create(model="sandbox-mini", training_file=file).id
        late = client.fine_tuning.jobs.create(model="sandbox-mini", training_file=file).id
        follow(client, kept, polls=2)
        client.files.delete(file)
        assert follow(client, kept)[0].status == "succeeded"
        assert "does not exist" in follow(client, late)[0].error.message

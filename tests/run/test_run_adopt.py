"""Where an earlier attempt may have happened: what is adopted, what is made anew, and when a person is asked."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from ftlint.errors import JobRefused, ServiceFailed, UsageError
from ftlint.run.context import Adopt
from ftlint.services.interface import BadAnswer, Job, QuotaError, Rejected, RemoteFile, Unreachable
from run.conftest import Runner
from run.world import Killed, World


def dies(name: str, error: BaseException | None = None, times: int = 1) -> Callable[[str], None]:
    """Ends the process, or raises the error, at a remote call."""
    left = [times]

    def hook(call: str) -> None:
        if call == name and left[0]:
            left[0] -= 1
            raise error or Killed

    return hook


def killed_after(runner: Runner, world: World, call: str) -> None:
    world.after = dies(call)
    with pytest.raises(Killed):
        runner.run()
    world.after = lambda name: None


@pytest.mark.parametrize("error", [Unreachable("timeout"), Unreachable("504", status=504), BadAnswer("not JSON")])
@pytest.mark.parametrize("call", ["upload", "create_job"])
@pytest.mark.parametrize("late", [0.0, 5.0])
def test_an_unclear_answer_is_looked_into_before_anything_is_sent_again(
    runner: Runner, world: World, error: Exception, call: str, late: float
) -> None:
    world.after, world.late = dies(call, error), late
    runner.run()
    assert (len(world.uploads), len(world.jobs)) == (2, 1)


@pytest.mark.parametrize("call", ["upload", "create_job"])
def test_a_request_that_never_arrived_is_sent_again(runner: Runner, world: World, call: str) -> None:
    world.before = dies(call, Unreachable("no route"))
    runner.run()
    assert (len(world.uploads), len(world.jobs)) == (2, 1)


def test_a_service_that_stays_unreachable_is_exit_3_and_resumes(runner: Runner, world: World) -> None:
    world.before = dies("create_job", Unreachable("no route"), times=3)
    with pytest.raises(ServiceFailed, match="no route"):
        runner.run()
    runner.resume()
    assert len(world.jobs) == 1


def test_a_quota_at_job_creation_is_no_reason_to_look(runner: Runner, world: World) -> None:
    world.before = dies("create_job", QuotaError("too many jobs", status=429))
    with pytest.raises(ServiceFailed, match="too many jobs"):
        runner.run()
    runner.resume()
    assert len(world.jobs) == 1


@pytest.mark.parametrize("hidden", [{"metadata"}, {"suffix"}, {"metadata", "suffix"}])
def test_a_job_is_adopted_by_its_file_where_the_server_drops_the_rest(
    runner: Runner, world: World, hidden: set[str]
) -> None:
    world.hides = frozenset(hidden)
    killed_after(runner, world, "create_job")
    runner.resume()
    assert len(world.jobs) == 1


@pytest.mark.parametrize("hidden", [{"training_file"}, {"training_file", "metadata"}, {"training_file", "suffix"}])
def test_a_job_is_adopted_by_suffix_or_metadata_where_the_server_hides_the_file(
    runner: Runner, world: World, hidden: set[str]
) -> None:
    world.hides = frozenset(hidden)
    killed_after(runner, world, "create_job")
    runner.resume()
    assert len(world.jobs) == 1


def test_a_server_that_says_nothing_is_not_guessed_at(runner: Runner, world: World) -> None:
    world.hides = frozenset({"training_file", "metadata", "suffix"})
    killed_after(runner, world, "create_job")
    with pytest.raises(UsageError, match="cannot tell which is the job of this run: ftjob-1") as caught:
        runner.resume()
    assert "--job" in (caught.value.hint or "")
    assert len(world.jobs) == 1
    assert runner.resume(adopt=Adopt(job="ftjob-1")).report.job_id == "ftjob-1"
    assert len(world.jobs) == 1


def test_a_person_may_say_that_there_is_no_job(runner: Runner, world: World) -> None:
    killed_after(runner, world, "create_job")
    world.jobs = [dataclasses.replace(world.jobs[0], training_file=None, suffix=None, metadata=None)]
    with pytest.raises(UsageError, match="cannot tell"):
        runner.resume()
    assert runner.resume(adopt=Adopt(job="none")).report.job_id == "ftjob-2"


def test_two_jobs_on_one_file_are_for_a_person_to_choose(runner: Runner, world: World) -> None:
    killed_after(runner, world, "create_job")
    world.jobs.append(dataclasses.replace(world.jobs[0], id="ftjob-2"))
    with pytest.raises(UsageError, match="ftjob-2, ftjob-1"):
        runner.resume()
    assert runner.resume(adopt=Adopt(job="ftjob-2")).report.job_id == "ftjob-2"


def test_a_job_made_from_another_file_is_not_taken_for_ours(runner: Runner, world: World) -> None:
    other = Job("ftjob-x", "running", "m", "file-x", None, None, None, None, None, "other", None, None, (), {})
    killed_after(runner, world, "create_job")
    world.jobs.append(other)
    with pytest.raises(UsageError, match="made from another file"):
        runner.resume(adopt=Adopt(job="ftjob-x"))
    with pytest.raises(UsageError, match="no job ftjob-9"):
        runner.resume(adopt=Adopt(job="ftjob-9"))
    assert runner.resume().report.job_id == "ftjob-1"


@pytest.mark.parametrize(
    ("call", "lister", "option"), [("create_job", "list_jobs", "--job"), ("upload", "list_files", "--file")]
)
def test_a_service_without_a_list_asks_a_person(
    runner: Runner, world: World, call: str, lister: str, option: str
) -> None:
    killed_after(runner, world, call)
    world.before = dies(lister, Rejected("no such route", status=404))
    with pytest.raises(UsageError, match="does not list") as caught:
        runner.resume()
    assert option in (caught.value.hint or "")


def test_two_uploads_of_one_name_are_for_a_person_to_choose(runner: Runner, world: World) -> None:
    killed_after(runner, world, "upload")
    world.uploads.append(dataclasses.replace(world.uploads[0], id="file-again"))
    with pytest.raises(UsageError, match="file-again, file-1") as caught:
        runner.resume()
    assert "--file train=ID" in (caught.value.hint or "")
    runner.resume(adopt=Adopt(files={"train": "file-1"}))
    assert world.specs[0].training_file == "file-1"


def test_an_upload_of_another_size_is_not_adopted(runner: Runner, world: World) -> None:
    killed_after(runner, world, "upload")
    world.uploads[0] = dataclasses.replace(world.uploads[0], bytes=1)
    with pytest.raises(UsageError, match="cannot tell which is the train file"):
        runner.resume()


def test_an_upload_whose_size_is_not_told_is_adopted_by_its_name(runner: Runner, world: World) -> None:
    killed_after(runner, world, "upload")
    world.uploads[0] = dataclasses.replace(world.uploads[0], bytes=None)
    runner.resume()
    assert len(world.uploads) == 2


def test_the_uploads_of_other_runs_are_left_alone(runner: Runner, world: World) -> None:
    world.uploads.append(
        RemoteFile("file-0", "ftlint-20260101-000000-zzzzzzzz-train-000000000000.jsonl", 5, "fine-tune", 1)
    )
    killed_after(runner, world, "upload")
    runner.resume()
    assert len(world.uploads) == 3


def test_a_failed_job_is_still_the_run_s_one_job(runner: Runner, world: World) -> None:
    killed_after(runner, world, "create_job")
    world.statuses = ["cancelled"]
    with pytest.raises(JobRefused, match="cancelled"):
        runner.resume()
    assert len(world.jobs) == 1

"""Following a job through outages, jumps of the clock, and things that no documentation names."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from ftlint.errors import JobRefused, ServiceFailed
from ftlint.run.follow import PATIENCE, Outage, Pace
from ftlint.run.journal import Journal
from ftlint.services.interface import AuthError, JobEvent, QuotaError, Unreachable
from run.conftest import Recorder, Runner
from run.world import World


def outage_of(world: World, seconds: float) -> Callable[[str], None]:
    """No network for so many seconds, from the third look at the job on; each try takes 20 seconds."""
    began: list[float] = []
    looks: list[str] = []

    def fail(call: str) -> None:
        looks.extend([call] * (call == "job"))
        if len(looks) < 3:
            return
        began.append(world.clock)
        if world.clock < began[0] + seconds and call in {"job", "events"}:
            world.clock += 20.0
            raise Unreachable("cannot reach the service: no route to host")

    return fail


@pytest.mark.parametrize("minutes", [5, 60, 115])
def test_an_outage_is_sat_out(runner: Runner, world: World, recorder: Recorder, minutes: int) -> None:
    world.before = outage_of(world, minutes * 60.0)
    assert runner.run().report.verdict == "better"
    waits = [numbers["again_in"] for _, message, numbers in recorder.told if "does not answer" in message]
    assert waits[0] == 3.0
    assert all(isinstance(wait, float) and wait <= 60.0 for wait in waits)
    assert waits == sorted(waits, key=lambda wait: float(str(wait))), "it backs off"
    assert [message for _, message, _ in recorder.told if "answers again" in message] == ["the service answers again"]
    assert len(world.jobs) == 1


def test_two_outages_are_not_added_up(runner: Runner, world: World) -> None:
    world.statuses = ["queued", *["running"] * 400, "succeeded"]
    start, ends = world.clock, [(1000.0, 5000.0), (6000.0, 10000.0)]

    def fail(call: str) -> None:
        if call == "job" and any(first < world.clock - start < last for first, last in ends):
            raise Unreachable("no route")

    world.before = fail
    assert runner.run().report.verdict == "better"


def test_patience_ends_after_two_hours_and_the_resume_goes_on(runner: Runner, world: World) -> None:
    world.before = outage_of(world, 10 * PATIENCE)
    with pytest.raises(ServiceFailed, match="cannot follow the job ftjob-1") as caught:
        runner.run()
    assert "the job goes on without us; ftlint run --resume" in (caught.value.hint or "")
    assert PATIENCE <= world.clock - 1_795_000_000.0 < PATIENCE + 600
    world.before = lambda call: None
    assert runner.resume().report.verdict == "better"
    assert len(world.jobs) == 1


def test_a_key_that_is_withdrawn_is_not_waited_for(runner: Runner, world: World) -> None:
    def fail(call: str) -> None:
        if call == "job":
            raise AuthError("key revoked", status=401)

    world.before = fail
    with pytest.raises(ServiceFailed, match="key revoked"):
        runner.run()


class Clock:
    """A wall clock that somebody sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("jump", [-1e9, -3600.0, 3600.0, 1e9])
def test_a_clock_that_jumps_neither_ends_nor_stretches_an_outage(jump: float) -> None:
    clock = Clock()
    outage = Outage(Pace(3.0, 60.0), PATIENCE, clock)
    waits, error = 0, Unreachable("away")
    while True:
        outage.ask()
        clock.now += 20.0 + (jump if waits == 10 else 0.0)
        wait = outage.wait(error)
        if wait is None:
            break
        clock.now += wait
        waits += 1
    assert 80 <= waits <= 110


def test_a_service_that_asks_for_a_year_is_asked_again_in_ten_minutes() -> None:
    outage = Outage(Pace(3.0, 60.0), PATIENCE, lambda: 0.0)
    outage.ask()
    assert outage.wait(QuotaError("slow down", status=429, retry_after=3e7)) == 600.0


def test_events_of_unknown_types_are_kept_as_they_came(runner: Runner, world: World, recorder: Recorder) -> None:
    odd = JobEvent("ev-odd", 9, "notice", "astral_projection", "The model left its body", {"深い": [1, {"x": None}]})
    world.events_ = [odd]
    result = runner.run()
    kept = [json.loads(line) for line in (result.folder / "events.jsonl").read_text("utf-8").splitlines()]
    assert [row["data"] for row in kept if row["type"] == "astral_projection"] == [odd.data]
    told = [numbers for _, message, numbers in recorder.told if message == "event: The model left its body"]
    assert told == [{"level": "notice", "type": "astral_projection"}]


def test_the_last_events_of_a_failed_job_are_asked_for_again(runner: Runner, world: World) -> None:
    world.statuses = ["running", "failed"]
    world.events_ = [JobEvent("e", 5, "error", "message", "This training file was blocked by our moderation", {})]
    failing = [Unreachable("502", status=502)] * 3

    def fail(call: str) -> None:
        if call == "events" and failing:
            raise failing.pop()

    world.before = fail
    with pytest.raises(JobRefused, match="filter blocked the training file"):
        runner.run()


def test_what_a_moderation_check_said_is_shown_raw(runner: Runner, world: World, recorder: Recorder) -> None:
    world.statuses = ["running", "failed"]
    world.error = {"code": "x", "message": "This model is unable to be deployed"}
    checks = {"nobody": {"documented": "this", "by": "secret"}}
    world.events_ = [JobEvent("e", 5, "warn", "moderation_checks", "did not pass", checks)]
    with pytest.raises(JobRefused, match="safety evaluation then blocked it"):
        runner.run()
    (told,) = [message for _, message, _ in recorder.told if message.startswith("moderation_checks: ")]
    assert told == 'moderation_checks: did not pass {"nobody":{"documented":"this","by":"******"}}'


def test_a_clock_set_back_in_the_middle_of_a_run_changes_nothing(
    runner: Runner, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An hour back between intent and result of every journal record: the record's order counts, not its time."""
    write = Journal._write

    def jumped(journal: Journal, event: str, stage: str, data: dict[str, object]) -> None:
        write(journal, event, stage, data)
        world.clock -= 3600.0 if event == "intent" else 0.0

    monkeypatch.setattr(Journal, "_write", jumped)
    assert runner.run().report.verdict == "better"
    assert (len(world.uploads), len(world.jobs)) == (2, 1)
    assert runner.resume().report.verdict == "better"
    assert (len(world.uploads), len(world.jobs)) == (2, 1)

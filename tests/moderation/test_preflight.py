"""The whole pass: examples in, ranked problems and coverage out, whatever the service does on the way."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import signal
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftlint.errors import UsageError
from ftlint.model import Place
from ftlint.moderation import Preflight, PreflightInterrupted, Row, plan_only, preflight
from ftlint.moderation.limit import UNMETERED
from ftlint.services.interface import AuthError, BadAnswer, QuotaError, Rejected, Score, Unreachable
from ftlint.settings import ModerationSettings

from .conftest import LEVELS, Clock, FakeModerator, Fault, fails, one_result, refuses, row, same, truth

NO_CACHE = ModerationSettings(cache=False)


def run(
    rows: Iterable[Row], moderator: FakeModerator, given: ModerationSettings = NO_CACHE, **options: object
) -> Preflight:
    known = list(rows)
    clock = Clock()
    arguments = {"mask": same, "limits": UNMETERED, "levels": LEVELS, "clock": clock, "sleep": clock.sleep, **options}
    result = preflight(lambda: known, moderator, given, **arguments)  # type: ignore[arg-type]
    assert moderator.closed == 1
    return result


def codes(result: Preflight) -> list[tuple[str, int | None]]:
    return [(judged.problem.code, judged.problem.line) for judged in result.problems]


def talk(line: int, question: str = "q", answer: str = "a") -> Row:
    return row(line, ("system", "be kind"), ("user", f"{question} {line}"), ("assistant", f"{answer} {line}"))


def test_a_quiet_file() -> None:
    moderator = FakeModerator()
    result = run([talk(n) for n in range(1, 21)], moderator)
    assert result.problems == []
    summary = result.summary
    assert (summary.status, summary.coverage, summary.model) == ("complete", 1.0, "fake-1")
    assert (summary.segments, summary.unique, summary.cached, summary.requests) == (40, 21, 0, 1)
    assert summary.nearest[0] == ("sexual/minors", 1e-6, "train.jsonl", 1)
    assert moderator.calls[0][0] == "be kind", "what many examples share goes first"


def test_no_text_at_all() -> None:
    result = run([row(1, ("user", " "))], FakeModerator())
    assert (result.summary.status, result.summary.coverage, result.summary.requests) == ("complete", 1.0, 0)


def test_a_finding_is_placed_at_the_text_that_causes_it() -> None:
    rows = [talk(1), talk(2, answer="⟦sexual/minors=0.016⟧"), talk(3, question="⟦hate=0.9⟧")]
    result = run(rows, FakeModerator())
    flagged, watched = (judged.problem for judged in result.problems)
    assert (flagged.code, flagged.line, flagged.path, flagged.hide) == ("FT901", 3, ("messages", 1, "content"), True)
    assert (watched.code, watched.line, watched.path, watched.hide) == ("FT902", 2, ("messages", 2, "content"), False)
    assert watched.values["score"] == 0.016
    assert result.summary.nearest[0] == ("hate", 0.9, "train.jsonl", 3)


def test_what_only_comes_near_is_looked_at_text_by_text() -> None:
    class Drowning(FakeModerator):
        """Whole examples score a quarter of their worst text."""

        async def score(self, texts: Sequence[str]) -> list[Score]:
            scores = await super().score(texts)
            return [
                Score(False, {c: v / 4 for c, v in score.scores.items()}) if "user:" in value else score
                for value, score in zip(texts, scores, strict=True)
            ]

    quiet, loud = talk(1, answer="⟦hate=0.18⟧"), talk(2, answer="⟦hate=0.24⟧")
    moderator = Drowning()
    result = run([quiet, loud], moderator)
    assert moderator.calls[1:] == [["q 2", "⟦hate=0.24⟧ 2"]]
    assert codes(result) == [("FT902", 2)]
    assert result.problems[0].problem.values["score"] == 0.24
    assert result.summary.unique == 5


def test_an_example_of_one_text_is_placed_without_asking_again() -> None:
    moderator = FakeModerator()
    result = run([row(1, ("user", "⟦hate=0.9⟧"))], moderator)
    assert result.problems[0].problem.path == ("messages", 0, "content")
    assert len(moderator.calls) == 1


def test_a_shared_prompt_comes_first() -> None:
    rows = [row(n, ("system", "⟦hate=0.14⟧"), ("user", str(n))) for n in range(1, 31)]
    result = run([*rows, row(31, ("user", "⟦hate=0.99⟧"))], FakeModerator())
    first, second = result.problems
    assert (first.problem.code, first.problem.line, first.problem.path) == ("FT903", 1, ("messages", 0, "content"))
    assert first.problem.values["places"] == 30
    assert not first.problem.raised
    assert len(first.problem.related) == 20
    assert second.problem.code == "FT901"


def test_identical_examples_are_one_finding_with_its_places() -> None:
    result = run([row(n, ("user", "⟦hate=0.9⟧"), ("assistant", "x")) for n in (1, 4)], FakeModerator())
    (judged,) = result.problems
    assert judged.problem.related == (Place("train.jsonl", 4),)
    assert judged.risk == pytest.approx(12)


def test_a_long_text_is_placed_with_its_span() -> None:
    long = "All is well here. " * 500 + "⟦hate=0.9⟧" + " All is well here." * 500
    result = run([row(1, ("user", "q"), ("assistant", long))], FakeModerator())
    (judged,) = result.problems
    start, end = judged.problem.span or (0, 0)
    assert start < long.index("⟦") < end
    assert end - start < 4_000


def test_rows_about_one_subject_are_judged_together() -> None:
    class Together(FakeModerator):
        async def score(self, texts: Sequence[str]) -> list[Score]:
            await super().score(texts)
            return [Score(False, {"sexual/minors": 0.016 if "q 1" in v and "q 3" in v else 1e-6}) for v in texts]

    subject = [Place("train.jsonl", 1), Place("train.jsonl", 3)]
    result = run([talk(n) for n in (1, 2, 3)], Together(), subjects=[subject])
    (judged,) = result.problems
    assert (judged.problem.code, judged.problem.line) == ("FT902", 1)
    assert judged.problem.related == (Place("train.jsonl", 3),)


def test_secrets_never_leave() -> None:
    moderator = FakeModerator()
    rows = [talk(1, question="sk-123 ⟦hate=0.9⟧"), talk(2), talk(3, answer="sk-123")]
    run(
        rows,
        moderator,
        mask=lambda value: value.replace("sk-123", "******"),
        given=ModerationSettings(cache=False, thorough=True),
    )
    assert any("⟦hate=0.9⟧" in value for value in moderator.sent)
    assert not any("sk-123" in value for value in moderator.sent)


def test_the_second_run_sends_nothing(tmp_path: Path) -> None:
    given = ModerationSettings(cache_dir=tmp_path)
    rows = [talk(1), talk(2, answer="⟦hate=0.9⟧")]
    first = run(rows, FakeModerator(), given)
    moderator = FakeModerator(always=fails(Unreachable("offline")))
    second = run(rows, moderator, given)
    assert moderator.calls == []
    assert second.problems == first.problems
    assert (second.summary.cached, second.summary.requests, second.summary.coverage) == (5, 0, 1.0)
    assert second.plan.texts == 0


def test_one_changed_row_sends_one_unit(tmp_path: Path) -> None:
    given = ModerationSettings(cache_dir=tmp_path)
    run([talk(n) for n in range(50)], FakeModerator(), given)
    moderator = FakeModerator()
    run([talk(n) for n in range(49)] + [talk(99)], moderator, given)
    assert moderator.sent == ["user: q 99\n\nassistant: a 99"]


def test_a_broken_cache_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "moderation.sqlite3").write_bytes(b"nonsense" * 1_000)
    result = run([talk(1)], FakeModerator(), ModerationSettings(cache_dir=tmp_path))
    assert (result.summary.coverage, len(result.warnings)) == (1.0, 1)


def test_suspected_rows_go_before_others() -> None:
    moderator = FakeModerator()
    run([talk(n) for n in range(1, 60)], moderator, risky=[Place("train.jsonl", 57), Place("other.jsonl", 3)])
    assert moderator.calls[0][:3] == ["be kind", "user: q 57\n\nassistant: a 57", "user: q 1\n\nassistant: a 1"]


def test_what_was_sent_today_is_in_the_plan(tmp_path: Path) -> None:
    given = ModerationSettings(cache_dir=tmp_path, tier="free")
    rows = [talk(n) for n in range(20)]
    made = {"name": FakeModerator.name, "model": FakeModerator.model, "mask": same}
    before = plan_only(lambda: rows, given, **made)  # type: ignore[arg-type]
    assert (before.day, before.spent, before.today) == (5_000, 0, before.requests)
    run(rows, FakeModerator(fails(Unreachable("down", status=503))), given)
    after = plan_only(lambda: [*rows, talk(99)], given, **made)  # type: ignore[arg-type]
    assert (after.spent, after.requests) == (2, 1), "failed requests count too"


def test_the_plan_is_what_the_pass_does(tmp_path: Path) -> None:
    given = ModerationSettings(cache_dir=tmp_path, tier="1")
    rows = [talk(n, answer="x" * 3_000) for n in range(100)]
    plan = plan_only(lambda: rows, given, name=FakeModerator.name, model=FakeModerator.model, mask=same)
    assert (plan.texts, plan.units, plan.cached, plan.rows, plan.segments) == (101, 101, 0, 100, 200)
    assert plan.tokens == pytest.approx(100 * 755, rel=0.02)
    assert plan.seconds == pytest.approx((plan.tokens - 10_000) * 60 / 10_000, abs=1)
    clock = Clock()
    moderator = FakeModerator()
    result = preflight(lambda: rows, moderator, given, mask=same, levels=LEVELS, clock=clock, sleep=clock.sleep)
    assert sum(clock.slept) == pytest.approx(plan.seconds, abs=1)
    assert (result.plan, result.summary.requests) == (plan, plan.requests)
    again = plan_only(lambda: rows, given, name=FakeModerator.name, model=FakeModerator.model, mask=same)
    assert (again.texts, again.tokens, again.seconds, again.cached) == (0, 0, 0.0, 101)
    other = plan_only(lambda: rows, given, name="sandbox (127.0.0.1:9)", model=FakeModerator.model, mask=same)
    assert other.cached == 0


def test_an_unknown_tier() -> None:
    with pytest.raises(UsageError):
        plan_only(list, ModerationSettings(tier="gold"), name="n", model="m", mask=same)


def test_a_refused_key_ends_the_pass_and_nothing_is_clean() -> None:
    moderator = FakeModerator(always=fails(AuthError("Incorrect API key", status=401)))
    result = run([talk(n) for n in range(1, 6)], moderator)
    (judged,) = result.problems
    assert (judged.problem.code, judged.problem.line) == ("FT909", 1)
    assert judged.problem.values == {
        "reason": "the key was refused (401): Incorrect API key",
        "count": 10,
        "what": "10 texts",
        "places": 5,
    }
    assert (result.summary.status, result.summary.coverage) == ("partial", 0.0)
    assert result.summary.reason == "the key was refused (401): Incorrect API key"
    assert isinstance(result.stopped, AuthError)


def test_what_cannot_be_placed_has_no_verdict_either() -> None:
    """The example is judged by what is known, and the texts that were not looked at are reported."""
    moderator = FakeModerator(always=refuses("a 2"))
    moderator.faults = [None]
    result = run([talk(1), talk(2, question="⟦hate=0.9⟧")], moderator)
    assert codes(result) == [("FT901", 2), ("FT909", 2)]
    assert result.problems[0].problem.path == ("messages", 1, "content")
    assert result.problems[1].problem.path == ("messages", 2, "content")
    assert (result.summary.status, result.summary.coverage) == ("partial", 0.8)


def test_a_coverage_below_one_is_never_rounded_up() -> None:
    rows = [row(n, ("user", f"text {n}")) for n in range(30_000)]
    result = run(rows, FakeModerator(always=refuses("text 29999")))
    assert result.summary.coverage == 0.9999


def interrupting(calls: int) -> Fault:
    left = [calls]

    def fault(_: Sequence[str]) -> list[Score] | None:
        left[0] -= 1
        if left[0] == 0:
            signal.raise_signal(signal.SIGINT)
        return None

    return fault


def test_ctrl_c_keeps_what_is_done(tmp_path: Path) -> None:
    given = ModerationSettings(cache_dir=tmp_path)
    rows = [row(1, ("user", "⟦hate=0.9⟧"))] + [row(n, ("user", f"{n} " + "x" * 3_000)) for n in range(2, 200)]
    moderator = FakeModerator(always=interrupting(12))
    with pytest.raises(PreflightInterrupted) as caught:
        run(rows, moderator, given)
    result = caught.value.preflight
    assert moderator.closed == 1
    assert ("FT901", 1) in codes(result)
    assert 0 < result.summary.coverage < 1
    assert (result.summary.status, result.summary.reason) == ("partial", "interrupted")
    assert result.problems[-1].problem.values["reason"] == "interrupted"
    known = round(result.summary.coverage * len(rows))
    rest = FakeModerator()
    again = run(rows, rest, given)
    assert again.summary.coverage == 1.0
    assert again.summary.cached == pytest.approx(known, abs=1)
    assert len(rest.sent) == len(rows) - again.summary.cached


def test_a_notebook_has_a_loop_of_its_own(tmp_path: Path) -> None:
    async def cell() -> Preflight:
        return run([talk(1, answer="⟦hate=0.9⟧")], FakeModerator(), ModerationSettings(cache_dir=tmp_path))

    for cached in (0, 4):
        result = asyncio.run(cell())
        assert codes(result) == [("FT901", 1)]
        assert (result.summary.cached, result.warnings) == (cached, ())


class Hanging(FakeModerator):
    """Ctrl-C is pressed during the third call; from then on there are no answers."""

    async def score(self, texts: Sequence[str]) -> list[Score]:
        number = len(self.calls)
        scores = await super().score(texts)
        if number == 2:
            signal.raise_signal(signal.SIGINT)
        if number >= 2:
            await asyncio.Event().wait()
        return scores


def test_ctrl_c_in_a_notebook() -> None:
    """A notebook lets SIGINT through as a KeyboardInterrupt in the waiting cell."""

    async def cell() -> Preflight:
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            with pytest.raises(PreflightInterrupted) as caught:
                run([row(n, ("user", f"{n} " + "x" * 3_000)) for n in range(200)], Hanging())
        finally:
            signal.signal(signal.SIGINT, before)
        return caught.value.preflight

    assert 0 < asyncio.run(cell()).summary.coverage < 1


FAULTS = {
    "none": None,
    "429": fails(QuotaError("slow", status=429, retry_after=0.5)),
    "429 without a word": fails(QuotaError("slow", status=429)),
    "500": fails(Unreachable("oops", status=500)),
    "reset": fails(Unreachable("reset")),
    "garbage": fails(BadAnswer("not JSON")),
    "one result": one_result,
    "one too many": lambda texts: [truth(value) for value in texts] + [Score(False, {"hate": 0.0})],
    "none at all": lambda _: [],
    "400": fails(Rejected("no", status=400)),
    "404": fails(Rejected("no such route", status=404)),
    "401": fails(AuthError("no", status=401)),
    "no money": fails(QuotaError("no", status=429, code="insufficient_quota")),
}
CONTENT = st.tuples(
    st.sampled_from(["quiet", "⟦hate=0.9⟧", "⟦sexual/minors=0.016⟧", "⟦hate=0.06⟧", "x" * 3_900]), st.integers(0, 9)
)
MESSAGES = st.lists(CONTENT, min_size=1, max_size=3)


@settings(deadline=None)
@given(
    examples=st.lists(MESSAGES, min_size=1, max_size=12),
    schedule=st.lists(st.sampled_from(sorted(FAULTS)), max_size=40),
    always=st.sampled_from(["none", "none", "none", "500", "one result", "400"]),
    poison=st.none() | st.integers(0, 9),
)
def test_under_any_faults_nothing_without_a_verdict_counts_as_clean(
    examples: list[list[tuple[str, int]]], schedule: list[str], always: str, poison: int | None
) -> None:
    rows = [
        row(n, *(("user", f"{content} #{number}#") for content, number in pairs)) for n, pairs in enumerate(examples, 1)
    ]
    last = FAULTS[always] if poison is None else refuses(f"#{poison}#")
    result = run(rows, FakeModerator(*(FAULTS[name] for name in schedule), always=last))
    unverified = {
        place.line
        for judged in result.problems
        if judged.problem.code == "FT909"
        for place in (Place("train.jsonl", judged.problem.line or 0), *judged.problem.related)
    }
    found = {
        place.line
        for judged in result.problems
        if judged.problem.code != "FT909"
        for place in (Place("train.jsonl", judged.problem.line or 0), *judged.problem.related)
    }
    for example in rows:
        worst = [truth(text.text) for text in example.texts]
        if any(score.flagged or LEVELS.watched(score) for score in worst):
            assert example.line in unverified | found, "a bad example is reported, or is reported as not looked at"
    assert (result.summary.coverage == 1.0) == (not unverified)
    assert (result.summary.status == "complete") == (not unverified)
    assert 0 <= result.summary.coverage <= 1
    if not schedule and always == "none" and poison is None:
        assert result.summary.coverage == 1.0


@settings(deadline=None, max_examples=25)
@given(schedule=st.lists(st.sampled_from(["none", "429", "500", "reset", "one result"]), max_size=12))
def test_faults_that_pass_change_nothing(schedule: list[str]) -> None:
    rows = [talk(n, answer="⟦hate=0.9⟧" if n % 3 == 0 else "fine") for n in range(1, 10)]
    quiet = run(rows, FakeModerator())
    # seven failures in a row are sat out; with eight the pass may rightly end
    bounded = [name if (number + 1) % 6 else "none" for number, name in enumerate(schedule)]
    shaken = run(rows, FakeModerator(*(FAULTS[name] for name in bounded)))
    assert shaken.problems == quiet.problems
    assert dataclasses.replace(shaken.summary, requests=0) == dataclasses.replace(quiet.summary, requests=0)


def test_the_context_of_a_pass_is_closed_after_a_bug() -> None:
    def bug(_: object) -> list[Score] | None:
        raise ZeroDivisionError

    moderator = FakeModerator(always=bug)
    with contextlib.suppress(ZeroDivisionError):
        preflight(lambda: [talk(1)], moderator, NO_CACHE, mask=same, limits=UNMETERED, levels=LEVELS)
    assert moderator.closed == 1

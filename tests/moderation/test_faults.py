"""Random schedules of faults, down to the bytes of an answer: nothing counts as clean without a verdict of its own."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ftlint
from ftlint import catalog, gate
from ftlint.model import Level
from ftlint.moderation import Preflight, Row, preflight
from ftlint.moderation.cache import Cache, cache_file
from ftlint.moderation.collect import collect
from ftlint.moderation.limit import UNMETERED
from ftlint.moderation.units import Units
from ftlint.sandbox.launch import RunningSandbox, start
from ftlint.sandbox.markers import FLAGGED, scores
from ftlint.services import build
from ftlint.services import openai_shapes as shapes
from ftlint.services.interface import AuthError, QuotaError, Rejected, Score, ServiceError, Unreachable
from ftlint.settings import ModerationSettings, ServiceConfig
from samples import ROLE, report

from .conftest import Clock, row, same

CATEGORIES = frozenset(catalog.load_moderation().categories)
NOW = 1e9


def right(text: str) -> Score:
    """The only right verdict: what the markers in the text say."""
    found = scores(text)
    flagged = tuple(category for category, score in found.items() if score >= FLAGGED)
    return Score(bool(flagged), found, flagged)


def honest(texts: Sequence[str]) -> dict[str, Any]:
    verdicts = [right(text) for text in texts]
    return {
        "id": "modr-1",
        "model": "omni-moderation-2024-09-26",
        "results": [
            {"flagged": v.flagged, "categories": {c: s >= FLAGGED for c, s in v.scores.items()},
             "category_scores": v.scores}
            for v in verdicts
        ],
    }  # fmt: skip


def dump(answer: Any) -> bytes:
    return json.dumps(answer).encode()


def without(category: str, number: int) -> Callable[[Sequence[str]], bytes]:
    def body(texts: Sequence[str]) -> bytes:
        answer = honest(texts)
        del answer["results"][number % len(texts)]["category_scores"][category]
        return dump(answer)

    return body


def with_score(value: Any) -> Callable[[Sequence[str]], bytes]:
    def body(texts: Sequence[str]) -> bytes:
        answer = honest(texts)
        answer["results"][-1]["category_scores"]["sexual/minors"] = value
        return dump(answer)

    return body


def unknown_category(texts: Sequence[str]) -> bytes:
    answer = honest(texts)
    for result in answer["results"]:
        result["category_scores"]["brand/new"] = 1e-9
    return dump(answer)


def other_results(change: Callable[[list[Any]], list[Any]]) -> Callable[[Sequence[str]], bytes]:
    return lambda texts: dump({**honest(texts), "results": change(honest(texts)["results"])})


RETRY = "Rate limit reached on tokens per min (TPM): Limit 10000, Used 9000, Requested 2000. Please try again in 3.66s."
ERRORS: dict[str, ServiceError] = {
    "429": QuotaError("Rate limit reached.", status=429),
    "429 with retry-after": QuotaError("Rate limit reached.", status=429, retry_after=2.5),
    "429 with words": QuotaError(RETRY, status=429, retry_after=3.66),
    "429 until tomorrow": QuotaError("Rate limit reached.", status=429, retry_after=7_200.0),
    "no money": QuotaError("You exceeded your current quota.", status=429, code="insufficient_quota"),
    "500": Unreachable("The server had an error.", status=500),
    "503 with retry-after": Unreachable("Overloaded.", status=503, retry_after=1.0),
    "reset": Unreachable("cannot reach host: connection reset"),
    "timeout": Unreachable("host did not answer in time"),
    "400": Rejected("Invalid input.", status=400),
    "413": Rejected("Too large.", status=413),
    "404": Rejected("No such page.", status=404),
    "401": AuthError("Incorrect API key provided.", status=401),
}
BODIES: dict[str, Callable[[Sequence[str]], bytes]] = {
    "fine": lambda texts: dump(honest(texts)),
    "an unknown category": unknown_category,
    "truncated JSON": lambda texts: dump(honest(texts))[: -len(texts) * 7],
    "an empty body": lambda _: b"",
    "HTML": lambda _: b"<html>Bad Gateway</html>",
    "one result": other_results(lambda results: results[:1] if len(results) > 1 else []),
    "one too few": other_results(lambda results: results[:-1]),
    "one too many": other_results(lambda results: [*results, results[0]]),
    "none": other_results(lambda _: []),
    "a missing category": without("sexual/minors", 0),
    "a missing category at the end": without("hate", -1),
    "no score": with_score(None),
    "a score of no number": with_score("0.1"),
    "a score above one": with_score(1.5),
    "no verdict": other_results(lambda results: [{**result, "flagged": None} for result in results]),
}
PASSING = ("429", "429 with retry-after", "429 with words", "500", "503 with retry-after", "reset", "timeout")
EVERY = (*ERRORS, *BODIES)


class Scripted:
    """An endpoint that goes wrong on schedule; its answers are read by the real reader of answers."""

    name = "openai (scripted)"
    model = "omni-moderation-2024-09-26"

    def __init__(self, schedule: Sequence[str], always: str = "fine") -> None:
        self.schedule = list(schedule)
        self.always = always
        self.sent: Counter[str] = Counter()
        self.struck: Counter[str] = Counter()

    async def score(self, texts: Sequence[str]) -> list[Score]:
        fault = self.schedule.pop(0) if self.schedule else self.always
        self.sent.update(texts)
        self.struck[fault] += 1
        await asyncio.sleep(0)
        if fault in ERRORS:
            raise ERRORS[fault]
        return shapes.parse_scores(shapes.parse_object(BODIES[fault](texts)), len(texts))

    async def score_image(self, url: str) -> Score:
        raise Rejected("no images here", status=400)

    async def close(self) -> None:
        return


def examples(count: int) -> list[Row]:
    """Rows of two texts and one shared prompt; every fifth is flagged, every seventh watched."""
    marks = {0: "⟦hate=0.94⟧", 1: "⟦sexual/minors=0.016⟧"}
    return [
        row(n, ("system", "be kind"), ("user", f"q {n} " + "x" * 900), ("assistant", f"a {n} {marks.get(n % 9, '')}"))
        for n in range(1, count + 1)
    ]


def passed(rows: list[Row], moderator: Scripted, folder: Path | None, *, metered: bool = False) -> Preflight:
    clock = Clock()
    made = ModerationSettings(cache=folder is not None, cache_dir=folder)
    limits = None if metered else UNMETERED
    return preflight(
        lambda: rows, moderator, made, mask=same, limits=limits, clock=clock, sleep=clock.sleep, now=lambda: NOW
    )


def everything(rows: list[Row]) -> Units:
    return collect(lambda: rows, same)


def kept(folder: Path) -> set[bytes]:
    if not cache_file(folder).exists():
        return set()
    with closing(sqlite3.connect(cache_file(folder))) as db:
        return {bytes(digest) for (digest,) in db.execute("SELECT digest FROM verdict")}


def code_of(result: Preflight) -> int:
    """The exit code of a check whose offline part found nothing."""
    standing = [replace(ROLE, code=judged.problem.code) for judged in result.problems]
    verdict = gate.verdict(standing, result.summary, Level.WARNING, True)
    return gate.exit_code(report(*standing, moderation=result.summary, verdict=verdict))


def check_promises(rows: list[Row], result: Preflight, folder: Path) -> None:
    """What holds whatever went wrong."""
    known = {hashlib.sha256(text.encode()).digest(): text for text in everything(rows).texts.values()}
    for item in rows:
        for text in item.texts:
            known[hashlib.sha256(text.text.encode()).digest()] = text.text
    cache = Cache("openai (scripted)|omni-moderation-2024-09-26", folder, lambda: NOW)
    for digest in kept(folder):
        score = cache.get(digest)
        assert score is not None
        own = {category: value for category, value in score.scores.items() if category in CATEGORIES}
        assert replace(score, scores=own) == right(known[digest]), "its own verdict, and a whole one"
    units = set(everything(rows).units)
    cache.close()
    assert cache.warnings == []
    assert result.warnings == ()
    without_verdict = units - kept(folder)
    reported = {
        place.line for judged in result.problems if judged.problem.code == "FT909" for place in (judged.places or ())
    }
    complete = result.summary.status == "complete"
    assert complete == (result.summary.coverage == 1.0) == (not reported)
    assert not (without_verdict and complete)
    assert code_of(result) == (3 if not complete else 1)
    found = {place.line for j in result.problems if j.problem.code != "FT909" for place in j.places}
    for item in rows:
        if item.line % 9 in (0, 1):
            assert item.line in found | reported, "a bad example is reported, or reported as not looked at"
    assert not {j.problem.line for j in result.problems if j.problem.code == "FT901"} - {
        item.line for item in rows if item.line % 9 == 0
    }, "no example gets another one's verdict"


SCHEDULES = st.lists(st.sampled_from(EVERY), max_size=30)


@settings(max_examples=150)
@given(
    schedule=SCHEDULES,
    always=st.sampled_from(["fine", "fine", "fine", *EVERY]),
    count=st.integers(9, 60),
    metered=st.booleans(),
)
def test_whatever_goes_wrong(schedule: list[str], always: str, count: int, metered: bool) -> None:
    rows = examples(count)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        result = passed(rows, Scripted(schedule, always), folder, metered=metered)
        check_promises(rows, result, folder)
        before = kept(folder)
        again = Scripted([])
        resumed = passed(rows, again, folder)
        assert (resumed.summary.status, resumed.summary.coverage) == ("complete", 1.0)
        assert code_of(resumed) == 1
        repeated = {hashlib.sha256(text.encode()).digest() for text in again.sent} & before
        assert repeated == set(), "what has a verdict is not sent again"
        assert set(again.sent.values()) <= {1}


@settings(max_examples=40)
@given(st.lists(st.sampled_from(PASSING), min_size=1, max_size=6), st.integers(0, 5))
def test_what_passes_changes_nothing(storm: list[str], after: int) -> None:
    rows = examples(40)
    quiet = passed(rows, Scripted([]), None)
    shaken = passed(rows, Scripted([*["fine"] * after, *storm]), None)
    assert shaken.problems == quiet.problems
    assert replace(shaken.summary, requests=0) == replace(quiet.summary, requests=0)


@pytest.mark.parametrize("fault", [name for name in EVERY if name not in ("fine", "an unknown category")])
def test_a_fault_that_never_ends(fault: str, tmp_path: Path) -> None:
    rows = examples(30)
    moderator = Scripted(["fine"], fault)
    result = passed(rows, moderator, tmp_path)
    check_promises(rows, result, tmp_path)
    assert result.summary.status == "partial"
    assert 0 < result.summary.coverage < 1
    assert moderator.struck[fault] < 150, "and it is not asked for ever"
    assert code_of(result) == 3


def test_a_key_that_is_withdrawn_half_way(tmp_path: Path) -> None:
    rows = examples(400)
    result = passed(rows, Scripted(["fine"] * 6, "401"), tmp_path)
    check_promises(rows, result, tmp_path)
    assert (result.summary.status, isinstance(result.stopped, AuthError)) == ("partial", True)
    assert 0 < len(kept(tmp_path)) < 401


def test_a_category_that_is_left_out_is_no_verdict(tmp_path: Path) -> None:
    """One answer without sexual/minors says nothing about sexual/minors, whatever else it says."""
    result = passed(examples(1), Scripted([], "a missing category"), tmp_path)
    assert (result.summary.coverage, kept(tmp_path)) == (0.0, set())
    assert "says nothing about sexual/minors" in str([judged.problem.values for judged in result.problems])


def test_another_server_may_have_categories_of_its_own(tmp_path: Path) -> None:
    class Own(Scripted):
        name = "local (127.0.0.1)"

        async def score(self, texts: Sequence[str]) -> list[Score]:
            self.struck["own"] += 1
            if self.struck["own"] == 2:
                return [Score(False, {"toxic": 0.1}) for _ in texts]
            return [Score(False, {"toxic": 0.1, "rude": 0.1}) for _ in texts]

    moderator = Own([])
    result = passed([row(n, ("user", f"{n} " + "x" * 3_800)) for n in range(40)], moderator, None)
    assert result.summary.coverage == 1.0, "what it left out once was asked for again"
    assert moderator.struck["own"] > 5


# --- the same over a real socket, with the sandbox's faults --------------------------------------------------------

MATCH = {"method": "POST", "path": "/v1/moderations"}
ON_THE_WIRE: dict[str, dict[str, Any]] = {
    "429": {"do": "status", "status": 429, "retry_after_ms": 1},
    "429 silent": {"do": "status", "status": 429},
    "500": {"do": "status", "status": 500},
    "500 after the work": {"do": "status", "status": 500, "when": "after"},
    "reset": {"do": "reset"},
    "reset after the work": {"do": "reset", "when": "after"},
    "truncate": {"do": "truncate"},
    "wrong count": {"do": "wrong_count"},
    "401": {"do": "status", "status": 401},
    "400": {"do": "status", "status": 400},
}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with pytest.MonkeyPatch.context() as patch:
        source = str(Path(ftlint.__file__).parents[1])
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH")])))
        with start(tmp_path_factory.mktemp("sandbox"), parent=os.getpid()) as running:
            yield running


def put_in_force(sandbox: RunningSandbox, entries: list[dict[str, Any]]) -> None:
    """As a faults file."""
    file = sandbox.state_dir / "wanted.json"
    file.write_text(json.dumps(entries), encoding="utf-8")
    assert start(sandbox.state_dir, faults=file, parent=os.getpid()).pid == sandbox.pid


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    faults=st.lists(st.tuples(st.sampled_from(sorted(ON_THE_WIRE)), st.integers(0, 4), st.integers(1, 9)), max_size=4)
)
def test_faults_on_the_wire(sandbox: RunningSandbox, faults: list[tuple[str, int, int]]) -> None:
    entries = [{"match": MATCH, "after": a, "times": t, **ON_THE_WIRE[name]} for name, a, t in faults]
    put_in_force(sandbox, entries)
    rows = examples(45)
    config = ServiceConfig("sandbox", sandbox.base_url)

    async def soon(_: float) -> None:
        await asyncio.sleep(0)

    def once(folder: Path) -> Preflight:
        made = ModerationSettings(cache_dir=folder)
        return preflight(lambda: rows, build.moderator(config), made, mask=same, limits=UNMETERED, sleep=soon)

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        result = once(folder)
        complete = result.summary.status == "complete"
        assert code_of(result) == (1 if complete else 3)
        scope = f"{build.name(config)}|omni-moderation-2024-09-26"
        cache = Cache(scope, folder)
        for digest, unit in everything(rows).texts.items():
            assert cache.get(digest) in (None, right(unit))
        missing = sum(cache.get(digest) is None for digest in everything(rows).units)
        cache.close()
        assert not (missing and complete)
        put_in_force(sandbox, [])
        resumed = once(folder)
        assert (resumed.summary.status, code_of(resumed)) == ("complete", 1)
        assert {(j.problem.code, j.problem.line) for j in resumed.problems} == {
            ("FT901" if n % 9 == 0 else "FT902", n) for n in range(1, 46) if n % 9 in (0, 1)
        }

"""Moderation by batch against a service in memory that fails on schedule.

What is answered is matched by hash, nothing is submitted twice, and nothing is left behind without a word.
"""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from ftlint.errors import UsageError
from ftlint.model import ModerationSummary
from ftlint.moderation import Preflight, PreflightInterrupted, batch, preflight
from ftlint.moderation.batch import NoBatches
from ftlint.moderation.batchfile import Answers, groups
from ftlint.moderation.batchstate import BatchStore
from ftlint.moderation.screen import Reason
from ftlint.services.interface import AuthError, Batch, QuotaError, Rejected, ServiceError, Unreachable
from ftlint.settings import ModerationSettings

from .conftest import LEVELS, FakeModerator, row, same, truth

ROWS = [
    row(n, ("user", f"question {n}"), ("assistant", f"answer {n}" + "⟦hate=0.9⟧" * (n == 7))) for n in range(1, 101)
]
Edit = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]


@dataclass
class Service:
    """A service in memory. ``edit`` changes the lines of the output; ``fails`` raises before a call of that name."""

    name: str = "fake (nowhere)"
    polls: int = 2
    status: str = "completed"
    edit: Edit = lambda lines: lines
    fails: dict[str, list[BaseException | None]] = field(default_factory=dict)
    routes: bool = True
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    uploaded: list[bytes] = field(default_factory=list)

    def _call(self, name: str) -> None:
        self.calls.append(name)
        queue = self.fails.get(name)
        error = queue.pop(0) if queue else None
        if error is not None:
            raise error

    def available(self) -> bool:
        self._call("available")
        return self.routes

    def upload(self, content: BinaryIO, filename: str) -> str:
        found = self._find(filename)
        if found is None:
            content.seek(0)
            self.uploaded.append(content.read())
            found = self._add(filename, self.uploaded[-1])
        self._call("upload")
        return found

    def stored(self, filename: str) -> str | None:
        self._call("stored")
        return self._find(filename)

    def _find(self, filename: str) -> str | None:
        return next((key for key, (name, _) in self.files.items() if name == filename), None)

    def _add(self, name: str, content: bytes) -> str:
        key = f"file-{len(self.uploaded)}-{len(self.files)}"
        self.files[key] = (name, content)
        return key

    def create(self, input_file: str) -> Batch:
        found = next((key for key, made in self.batches.items() if made["file"] == input_file), None)
        if found is None:
            found = f"batch-{len(self.batches)}"
            self.batches[found] = {"file": input_file, "polls": self.polls, "output": None}
        self._call("create")
        return self._shown(found)

    def batch(self, batch_id: str) -> Batch:
        self._call("batch")
        if batch_id not in self.batches:
            raise Rejected("no such batch", status=404)
        made = self.batches[batch_id]
        made["polls"] -= 1
        if made["polls"] == 0:
            requests = [json.loads(line) for line in self.files[made["file"]][1].splitlines()]
            lines = self.edit([answer(request) for request in requests][::-1])
            text = "".join(json.dumps(line) + "\n" for line in lines)
            made["output"] = self._add("out", text.encode()) if lines else None
        return self._shown(batch_id)

    def _shown(self, key: str) -> Batch:
        made = self.batches[key]
        status = self.status if made["polls"] <= 0 else "in_progress"
        return Batch(key, status, made["file"], made["output"], None)

    def content(self, file_id: str) -> bytes:
        self._call("content")
        return self.files[file_id][1]

    def delete(self, file_id: str) -> None:
        self._call("delete")
        self.files.pop(file_id, None)

    def close(self) -> None:
        self.calls.append("close")


def answer(request: dict[str, Any]) -> dict[str, Any]:
    results = []
    for text in request["body"]["input"]:
        score = truth(text)
        marks = {category: category in score.flagged_categories for category in score.scores}
        results.append({"flagged": score.flagged, "categories": marks, "category_scores": score.scores})
    body = {"id": "m", "model": "fake-1", "results": results}
    return {"custom_id": request["custom_id"], "response": {"status_code": 200, "body": body}, "error": None}


@pytest.fixture(autouse=True)
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    taken: list[float] = []
    monkeypatch.setattr(batch, "nap", taken.append)
    return taken


@pytest.fixture
def check(tmp_path: Path) -> Callable[..., Preflight]:
    """One pass over 100 examples with one flagged; the moderator that it places with is asked nothing else."""

    def run(service: Service, rows: list[Any] = ROWS) -> Preflight:
        settings = ModerationSettings(cache_dir=tmp_path)
        return preflight(lambda: rows, FakeModerator(), settings, mask=same, levels=LEVELS, batches=service)

    return run


def entries(folder: Path) -> list[Path]:
    return list((folder / "batches").glob("*.json"))


def found(result: Preflight) -> list[tuple[str, int | None]]:
    return [(judged.problem.code, judged.problem.line) for judged in result.problems]


def complete(summary: ModerationSummary) -> bool:
    return (summary.status, summary.coverage) == ("complete", 1.0)


def test_a_pass_and_what_is_left_of_it(check: Callable[..., Preflight], tmp_path: Path, naps: list[float]) -> None:
    service = Service(polls=9)
    result = check(service)
    assert found(result) == [("FT901", 7)]
    assert complete(result.summary)
    assert result.summary.requests == 4 + 1, "32 strings in a request, and one to place the finding"
    assert (service.files, entries(tmp_path), result.warnings) == ({}, [], ())
    assert service.calls[-1] == "close"
    assert naps == sorted(naps)
    assert len(naps) >= 7
    again = Service()
    assert complete(check(again).summary)
    assert again.calls == ["close"], "everything is cached"


def test_no_text_is_kept_and_the_files_are_for_their_owner_only(
    check: Callable[..., Preflight], tmp_path: Path
) -> None:
    service = Service(fails={"batch": [None, KeyboardInterrupt()]})
    with pytest.raises(PreflightInterrupted) as caught:
        check(service)
    (kept,) = entries(tmp_path)
    assert b"question" not in kept.read_bytes()
    assert b"answer" not in kept.read_bytes()
    if sys.platform != "win32":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    result = caught.value.preflight
    assert result.summary.status == "partial"
    (note,) = result.warnings
    assert note.startswith("the batch batch-0 with the file file-1-0 (100 texts) is kept at fake (nowhere); the same")


def stopped(check: Callable[..., Preflight], service: Service) -> Preflight:
    """A pass that fails or is interrupted."""
    try:
        return check(service)
    except PreflightInterrupted as stop:
        return stop.preflight


@pytest.mark.parametrize(
    "fails",
    [
        {"upload": [KeyboardInterrupt()]},
        {"create": [KeyboardInterrupt()]},
        {"batch": [KeyboardInterrupt()]},
        {"batch": [None, KeyboardInterrupt()]},
        {"content": [KeyboardInterrupt()]},
        {"delete": [KeyboardInterrupt()]},
        {"delete": [None, KeyboardInterrupt()]},
        {"create": [Unreachable("down")]},
        {"content": [Unreachable("down")] * 9},
        {"batch": [AuthError("withdrawn", status=401)]},
        {"delete": [Unreachable("down")]},
    ],
    ids=lambda fails: "-".join(f"{name}{len(errors)}{type(errors[-1]).__name__}" for name, errors in fails.items()),
)
def test_a_pass_that_was_stopped_anywhere_goes_on_and_submits_nothing_twice(
    check: Callable[..., Preflight], tmp_path: Path, fails: dict[str, list[BaseException | None]]
) -> None:
    service = Service(fails=dict(fails))
    first = stopped(check, service)
    assert not complete(first.summary) or "delete" in fails
    service.fails = {}
    result = check(service)
    assert complete(result.summary)
    assert found(result) == [("FT901", 7)]
    assert len(service.uploaded) == (2 if "upload" in fails else 1)
    assert len(service.batches) == 1
    assert (service.files, entries(tmp_path)) == ({}, [])


def test_ctrl_c_in_the_upload_deletes_what_had_arrived(check: Callable[..., Preflight], tmp_path: Path) -> None:
    service = Service(fails={"upload": [KeyboardInterrupt()]})
    with pytest.raises(PreflightInterrupted):
        check(service)
    assert (service.files, entries(tmp_path)) == ({}, [])


@pytest.mark.parametrize(
    ("edit", "missing"),
    [
        (lambda lines: lines[1:], 4),
        (lambda lines: [*lines, lines[0]], 4),
        (lambda lines: [{**lines[0], "custom_id": "nobody"}, *lines[1:]], 4),
        (lambda lines: [], 100),
        (lambda lines: [{**line, "response": {"status_code": 500, "body": {}}} for line in lines], 100),
        (lambda lines: [{**line, "response": None, "error": {"code": "batch_expired"}} for line in lines], 100),
        (lambda lines: [short(line) for line in lines], 100),
        (lambda lines: [swapped(lines[0], lines[1]), *lines[1:]], 4),
    ],
    ids=["lost", "twice", "stranger", "nothing", "refused", "expired", "short", "swapped"],
)
def test_what_is_not_answered_well_has_no_verdict(
    check: Callable[..., Preflight], tmp_path: Path, edit: Edit, missing: int
) -> None:
    service = Service(edit=edit)
    result = check(service)
    assert result.summary.status == "partial"
    assert result.summary.coverage <= 1 - missing / 102
    assert ("FT909" in {code for code, _ in found(result)}, service.files, entries(tmp_path)) == (True, {}, [])
    mended = Service()
    assert complete(check(mended).summary)
    sent = [text for line in mended.uploaded[0].splitlines() for text in json.loads(line)["body"]["input"]]
    assert len(sent) == missing, "only what has no verdict is asked again"


def short(line: dict[str, Any]) -> dict[str, Any]:
    body = line["response"]["body"]
    return {**line, "response": {"status_code": 200, "body": {**body, "results": body["results"][:-1]}}}


def swapped(line: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Another request's answer, with another number of results."""
    return {**line, "response": other["response"]}


@pytest.mark.parametrize("status", ["failed", "expired", "cancelled"])
def test_a_batch_that_ends_badly_says_so(check: Callable[..., Preflight], tmp_path: Path, status: str) -> None:
    result = check(Service(status=status, edit=lambda lines: []))
    (judged,) = result.problems
    assert judged.problem.data["reason"] == f"the batch is {status}"
    assert entries(tmp_path) == []


def test_answers_of_an_expired_batch_count(check: Callable[..., Preflight]) -> None:
    result = check(Service(status="expired", edit=lambda lines: lines[:2]))
    assert 0.3 < result.summary.coverage < 0.9


def test_a_server_without_batches_is_sent_nothing(check: Callable[..., Preflight], tmp_path: Path) -> None:
    service = Service(routes=False)
    with pytest.raises(NoBatches, match="leave --batch away"):
        check(service)
    assert (service.calls, service.uploaded, entries(tmp_path)) == (["available", "close"], [], [])


@pytest.mark.parametrize("error", [AuthError("no", status=401), Rejected("no", status=400)])
def test_a_batch_that_is_refused_leaves_no_file(
    check: Callable[..., Preflight], tmp_path: Path, error: ServiceError
) -> None:
    service = Service()
    service.create = lambda _: (_ for _ in ()).throw(error)  # type: ignore[method-assign]
    result = check(service)
    assert (result.summary.status, result.stopped) == ("partial", error)
    assert (service.files, entries(tmp_path)) == ({}, [])


def test_trouble_that_passes_is_sat_out(check: Callable[..., Preflight]) -> None:
    trouble: list[BaseException | None] = [Unreachable("down"), QuotaError("slow", status=429), None]
    assert complete(check(Service(fails={"batch": trouble})).summary)


def test_a_batch_that_is_gone_is_made_again(check: Callable[..., Preflight]) -> None:
    service = Service(fails={"batch": [KeyboardInterrupt()]})
    with pytest.raises(PreflightInterrupted):
        check(service)
    service.batches.clear()
    assert complete(check(service).summary)
    assert (len(service.uploaded), service.files) == (2, {})


def test_only_what_no_running_batch_asks_about_is_submitted(check: Callable[..., Preflight]) -> None:
    service = Service(fails={"batch": [KeyboardInterrupt()]})
    with pytest.raises(PreflightInterrupted):
        check(service)
    more = [*ROWS, row(200, ("user", "a new question"), ("assistant", "a new answer"))]
    assert complete(check(service, more).summary)
    assert [len(content.splitlines()) for content in service.uploaded] == [4, 1]


def test_a_batch_of_other_data_is_left_alone(check: Callable[..., Preflight], tmp_path: Path) -> None:
    service = Service(fails={"batch": [KeyboardInterrupt()]}, polls=50)
    with pytest.raises(PreflightInterrupted):
        check(service)
    service.polls = 1
    assert complete(check(service, [row(1, ("user", "else"), ("assistant", "where"))]).summary)
    assert len(entries(tmp_path)) == 1


def test_two_at_once(check: Callable[..., Preflight], tmp_path: Path) -> None:
    with BatchStore("other", tmp_path).locked(), pytest.raises(UsageError, match="another `ftlint check --batch`"):
        check(Service())


def test_a_damaged_entry_is_passed_over(check: Callable[..., Preflight], tmp_path: Path) -> None:
    folder = tmp_path / "batches"
    folder.mkdir()
    for name, content in (("a", "{"), ("b", "[]"), ("c", '{"version": 1}'), ("d", '{"version": 2}'), ("e", "\x00")):
        (folder / f"{name}.json").write_text(content)
    assert complete(check(Service()).summary)


def test_files_keep_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    digests = [bytes([n]) * 32 for n in range(10)]
    many = list(groups([[digest] for digest in digests], "m", lambda found: ["x" * 30_000_000] * len(found)))
    assert [len(group) for group in many] == [6, 4], "at most 200 MB in a file"


def test_an_answer_that_is_no_json_is_nobodys() -> None:
    answers = Answers(b'{"custom_id": "a"\n[1]\n\xff\n', b"")
    assert answers.of("a", 1) == Reason("the batch holds no answer")

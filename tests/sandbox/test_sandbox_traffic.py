"""Everything that a whole run says and hears, through a proxy: not one violation of the official schema."""

from __future__ import annotations

import dataclasses
import datetime
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ftlint.cli import main
from ftlint.run import follow, pipeline
from ftlint.run.cleanup import cleanup
from ftlint.sandbox.launch import start
from ftlint.services import build, openai_upload
from ftlint.services.interface import JobSpec
from ftlint.settings import ServiceConfig, Settings
from run.world import rows, write_rows
from sandbox.traffic import Contract, Exchange, Proxy, departs

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

TOOL = {"type": "function", "function": {"name": "meet", "parameters": {"type": "object", "properties": {}}}}
LOST = ("/v1/files", "/v1/fine_tuning/jobs")
SERVICES = """
[services.trainer]
provider = "sandbox"
base_url = "{url}"
[services.moderator]
provider = "sandbox"
base_url = "{url}"
"""
RUN = """
[dataset]
train = "train.jsonl"
validation = "validation.jsonl"
heldout = "heldout.jsonl"
[train]
provider = "sandbox"
model = "sandbox-mini"
method = "{method}"
seed = 7
suffix = "contract"
metadata = {{ team = "a" }}
"""
SUPERVISED = """
[train.hyperparameters]
n_epochs = 3
batch_size = 2
learning_rate_multiplier = 0.5
[[train.integrations]]
type = "wandb"
[train.integrations.wandb]
project = "p"
[evaluate]
metrics = ["rougeL", "tool_calls"]
checkpoints = true
[[evaluate.compare]]
name = "other"
model = "sandbox-mini"
provider = "sandbox"
base_url = "{url}"
[evaluate.judge]
model = "sandbox-mini"
provider = "sandbox"
base_url = "{url}"
[gate]
moderation = "required"
"""
WHOLE_RUN = {
    "createModeration", "createFile", "deleteFile", "downloadFile", "createUpload", "addUploadPart",
    "completeUpload", "createFineTuningJob", "listPaginatedFineTuningJobs", "retrieveFineTuningJob",
    "listFineTuningEvents", "listFineTuningJobCheckpoints", "createChatCompletion", "retrieveModel",
}  # fmt: skip


def chat(row: dict[str, Any], number: int) -> dict[str, Any]:
    answer: dict[str, Any] = {"role": "assistant", "content": row["summary"]}
    if number % 3 == 0:
        call = {"id": "call_1", "type": "function", "function": {"name": "meet", "arguments": "{}"}}
        answer = {"role": "assistant", "tool_calls": [call]}
    return {"messages": [{"role": "user", "content": f"Sum up: {row['dialogue']}"}, answer], "tools": [TOOL]}


def pair(row: dict[str, Any], number: int) -> dict[str, Any]:
    good, bad = ({"role": "assistant", "content": text} for text in (row["summary"], f"no idea {number}"))
    asked = {"messages": [{"role": "user", "content": row["dialogue"]}]}
    return {"input": asked, "preferred_output": [good], "non_preferred_output": [bad]}


def graded(row: dict[str, Any], number: int) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": row["dialogue"]}], "wanted": row["summary"]}


@dataclasses.dataclass
class Place:
    """A folder, and a sandbox behind a proxy."""

    folder: Path
    proxy: Proxy
    settings: Settings

    def run(self, make: Callable[[dict[str, Any], int], dict[str, Any]], method: str, more: str) -> pipeline.RunResult:
        for name, first, count in (("train", 1, 24), ("validation", 101, 6), ("heldout", 201, 6)):
            values = [make(row, number) for number, row in enumerate(rows(first, count))]
            write_rows(self.folder / f"{name}.jsonl", values)
        path = self.folder / "run.toml"
        text = RUN.format(method=method) + (more + SERVICES).replace("{url}", self.proxy.base_url)
        path.write_text(text, "utf-8")
        runs = self.folder / f"runs-{method}"
        return pipeline.run(path, settings=self.settings, confirm=lambda plan: True, runs=runs)

    def trainer(self) -> Any:
        return build.trainer(ServiceConfig("sandbox", self.proxy.base_url, ""))


@contextmanager
def listening(folder: Path, settings: Settings, faults: Sequence[dict[str, Any]] = ()) -> Iterator[Place]:
    with start(folder / "state", faults=faults, parent=os.getpid()) as running, Proxy(running.base_url) as proxy:
        yield Place(folder, proxy, settings)
        # nobody has spoken to the sandbox past the proxy
        logged = [(entry["method"], entry["path"].removeprefix("/v1")) for entry in running.requests()]
        assert Counter(logged) == Counter((exchange.method, exchange.path) for exchange in proxy.exchanges)


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract()


@pytest.fixture(scope="module")
def traffic(tmp_path_factory: pytest.TempPathFactory) -> list[Exchange]:
    """A supervised run with all that looks at answers, an upload in parts, its files deleted at the end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(follow, "pace_of", lambda run: follow.Pace(0.02, 0.1))
        patch.setattr(openai_upload, "LARGE", 4000)
        patch.setattr(openai_upload, "PART", 3000)
        folder = tmp_path_factory.mktemp("contract")
        with listening(folder, Settings(today=datetime.date(2026, 11, 22))) as place:
            result = place.run(chat, "supervised", SUPERVISED)
            assert result.report.verdict
            assert result.report.curves
            assert result.report.judge is not None
            trainer = place.trainer()
            assert set(cleanup(result.folder, trainer, 0.0).values()) == {True}
            trainer.close()
        return list(place.proxy.exchanges)


def judged(contract: Contract, exchanges: Sequence[Exchange]) -> tuple[list[str], list[str]]:
    """What breaks the contract, and what departs from the schema where the service is known to."""
    found = [text for exchange in exchanges for text in contract.violations(exchange)]
    return [text for text in found if not departs(text)], [text for text in found if departs(text)]


def test_all_traffic_of_a_whole_run_keeps_the_contract(traffic: list[Exchange], contract: Contract) -> None:
    broken, departures = judged(contract, traffic)
    assert broken == []
    assert departures
    assert all(text.startswith("listFineTuningEvents") and "moderation_checks" in text for text in departures)
    called = Counter(operation.name for exchange in traffic if (operation := contract.operation(exchange)))
    assert called.total() == len(traffic), "every request was judged"
    assert set(called) >= WHOLE_RUN, WHOLE_RUN - set(called)
    files = [exchange for exchange in traffic if exchange.path.endswith("/content")]
    assert all(exchange.got.startswith(b"step,") for exchange in files)


def _spoiled(exchange: Exchange, *, answer: bool) -> Exchange | None:
    """The exchange with every top-level value of one direction replaced by one that no schema allows there."""
    content = exchange.got if answer else exchange.sent
    kind = exchange.got_type if answer else exchange.sent_type
    if not content or not kind.startswith("application/json"):
        return None
    spoiled = json.dumps({key: [[7]] for key in json.loads(content)}).encode()
    return dataclasses.replace(exchange, got=spoiled) if answer else dataclasses.replace(exchange, sent=spoiled)


def test_a_bad_request_and_a_bad_answer_of_every_operation_are_caught(
    traffic: list[Exchange], contract: Contract
) -> None:
    caught: dict[bool, set[str]] = {True: set(), False: set()}
    for exchange in traffic:
        operation = contract.operation(exchange)
        assert operation is not None
        for answer in (True, False):
            bad = _spoiled(exchange, answer=answer)
            if bad is not None:
                found = contract.violations(bad)
                assert any(("response" if answer else "request") in text for text in found), operation.name
                caught[answer].add(operation.name)
    assert caught[True] == WHOLE_RUN - {"downloadFile"}
    assert caught[False] == {
        "createModeration", "createFineTuningJob", "createChatCompletion", "createUpload", "completeUpload",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"path": "/fine_tuning/jobs/ftjob-1/nothing"}, "the schema does not have it"),
        ({"method": "DELETE"}, "the schema does not have it"),
        ({"query": "limit=many"}, "the query argument limit is many"),
        ({"query": "unheard=1"}, "the query argument unheard is not in the schema"),
        ({"sent": b"{}"}, "a body where none is taken"),
        ({"got_type": "text/html"}, "the type is text/html"),
        ({"status": 302}, "the status is 302"),
        ({"status": 500}, "response:"),
    ],
)
def test_what_is_not_in_the_schema_is_caught(
    traffic: list[Exchange], contract: Contract, change: dict[str, Any], told: str
) -> None:
    listed = next(exchange for exchange in traffic if (exchange.method, exchange.path) == ("GET", "/fine_tuning/jobs"))
    assert any(told in text for text in contract.violations(dataclasses.replace(listed, **change)))


def test_a_bad_form_is_caught(traffic: list[Exchange], contract: Contract) -> None:
    sent = next(exchange for exchange in traffic if (exchange.method, exchange.path) == ("POST", "/files"))
    for old, new in ((b"fine-tune", b"nothing"), (b"2592000", b"12"), (b"created_at", b"moved_at"), (b"file", b"fil")):
        bad = dataclasses.replace(sent, sent=sent.sent.replace(old, new, 1) if old != b"file" else b"")
        assert contract.violations(bad) != [], old


def test_a_run_that_looks_for_lost_answers_keeps_the_contract(
    tmp_path: Path, settings: Settings, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "pace_of", lambda run: follow.Pace(0.02, 0.1))
    monkeypatch.setattr("ftlint.run.settle.LOOKS", (0.0, 0.1))
    lost = [{"do": "reset", "when": "after", "match": {"method": "POST", "path": path}} for path in LOST]
    with listening(tmp_path, settings, lost) as place:
        assert place.run(chat, "supervised", "").report.job_id
    assert sorted(e.path for e in place.proxy.exchanges if e.status == 0) == ["/files", "/fine_tuning/jobs"]
    assert "listFiles" in {operation.name for e in place.proxy.exchanges if (operation := contract.operation(e))}
    assert judged(contract, place.proxy.exchanges)[0] == []


GRADER = """
[train.grader]
type = "string_check"
name = "same"
operation = "eq"
input = "{{ sample.output_text }}"
reference = "{{ item.wanted }}"
"""


@pytest.mark.parametrize(
    ("make", "method", "more"),
    [
        (pair, "dpo", "[train.hyperparameters]\nbeta = 0.2\n"),
        (graded, "reinforcement", GRADER + '[evaluate]\nreference = "{wanted}"\n'),
    ],
    ids=["dpo", "reinforcement"],
)
def test_the_other_methods_keep_the_contract(
    tmp_path: Path,
    settings: Settings,
    contract: Contract,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[dict[str, Any], int], dict[str, Any]],
    method: str,
    more: str,
) -> None:
    monkeypatch.setattr(follow, "pace_of", lambda run: follow.Pace(0.02, 0.1))
    with listening(tmp_path, settings) as place:
        assert place.run(make, method, more).report.job_id
    broken, departures = judged(contract, place.proxy.exchanges)
    assert broken == []
    assert {text.partition(": ")[2] for text in departures if "hyperparameters" in text} == {
        'response: null is not of type "object" at hyperparameters'
    }
    jobs = [json.loads(e.sent) for e in place.proxy.exchanges if (e.method, e.path) == ("POST", "/fine_tuning/jobs")]
    assert [job["method"]["type"] for job in jobs] == [method]
    called = {operation.name for e in place.proxy.exchanges if (operation := contract.operation(e))}
    assert ("validateGrader" in called) == (method == "reinforcement")


def test_what_is_done_to_a_job_keeps_the_contract(tmp_path: Path, settings: Settings, contract: Contract) -> None:
    with listening(tmp_path, settings) as place:
        write_rows(tmp_path / "train.jsonl", [chat(row, number) for number, row in enumerate(rows(1, 12))])
        trainer = place.trainer()
        file = trainer.upload(tmp_path / "train.jsonl", "train.jsonl")
        job = trainer.create_job(JobSpec("sandbox-mini", file.id, None, "supervised", {}, None, None, {}))
        while trainer.job(job.id).status != "running":
            pass
        assert trainer.pause(job.id).status == "paused"
        assert trainer.unpause(job.id).status == "queued"
        assert trainer.cancel(job.id).status == "cancelled"
        trainer.close()
    names = {operation.name for e in place.proxy.exchanges if (operation := contract.operation(e))}
    assert names >= {"pauseFineTuningJob", "resumeFineTuningJob", "cancelFineTuningJob"}
    broken, departures = judged(contract, place.proxy.exchanges)
    assert (broken, len(departures)) == ([], 1)
    assert departures[0].startswith('pauseFineTuningJob: response: "paused" is not one of')


def test_moderation_by_batch_and_errors_keep_the_contract(
    tmp_path: Path, settings: Settings, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    with listening(tmp_path, settings) as place:
        path = tmp_path / "train.jsonl"
        write_rows(path, [chat(row, number) for number, row in enumerate(rows(1, 12))])
        asked = ["check", str(path), "--batch", "--isolated", "--select", "FT9", "--base-url", place.proxy.base_url]
        assert main([*asked, "--config", 'services.moderator.provider="sandbox"']) == 0
        trainer = place.trainer()
        assert trainer.delete_file("file-none") is False
        trainer.close()
    names = {operation.name for e in place.proxy.exchanges if (operation := contract.operation(e))}
    assert names >= {"createFile", "createBatch", "retrieveBatch", "downloadFile", "deleteFile"}
    assert judged(contract, place.proxy.exchanges) == ([], [])
    assert 404 in {exchange.status for exchange in place.proxy.exchanges}

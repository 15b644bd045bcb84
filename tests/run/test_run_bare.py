"""A whole run against the sandbox as a bare self-hosted server, its moderation at another place, in one run file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from ftlint.run import follow, pipeline
from ftlint.sandbox.launch import RunningSandbox
from ftlint.sandbox.pytest_plugin import ftlint_sandbox_start  # noqa: F401 (a fixture)
from ftlint.settings import Settings
from run.conftest import Recorder
from run.world import project

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

SERVICES = """
[gate]
moderation = "required"

[price]
training = 0.0
input = 0.0
output = 0.0

[services.trainer]
provider = "generic"
base_url = "{bare}"
api_key_env = "FTLINT_TEST_KEY"

[services.moderator]
provider = "sandbox"
base_url = "{full}"
"""


def test_a_bare_server_stops_no_run(
    tmp_path: Path,
    settings: Settings,
    recorder: Recorder,
    monkeypatch: pytest.MonkeyPatch,
    ftlint_sandbox_start: Callable[..., RunningSandbox],  # noqa: F811 (the fixture)
) -> None:
    bare, full = ftlint_sandbox_start(profile="bare"), ftlint_sandbox_start()
    monkeypatch.setenv("FTLINT_TEST_KEY", "any")
    monkeypatch.setattr(follow, "pace_of", lambda run: follow.Pace(0.02, 0.1))
    path = project(tmp_path, SERVICES.format(bare=bare.base_url, full=full.base_url), heldout=3)
    text = path.read_text("utf-8").replace("[train]", '[train]\nprovider = "generic"', 1)
    path.write_text(text.replace("gpt-4.1-mini-2025-04-14", "sandbox-mini"), "utf-8")
    result = pipeline.run(path, settings=settings, confirm=lambda plan: True, observer=recorder, runs=tmp_path / "runs")
    report = result.report
    assert report.tuned_model == f"/srv/models/outputs/{report.job_id}/final"
    assert [(row.n, row.missing) for row in report.systems[:2]] == [(3, 0), (3, 0)]
    assert report.spending.trained_tokens is None
    assert report.checkpoints == ()
    assert {entry["path"] for entry in full.requests()} == {"/v1/moderations"}
    asked = Counter((entry["method"], entry["path"]) for entry in bare.requests())
    assert asked["POST", "/v1/files"] == 2
    assert asked["POST", "/v1/fine_tuning/jobs"] == 1
    assert asked["POST", "/v1/moderations"] == 0
    job = json.loads((result.folder / "journal.jsonl").read_text("utf-8").splitlines()[-1])
    assert job["stage"] == "report"


@pytest.mark.parametrize("do", ["reset", "status"])
def test_a_job_of_a_bare_server_is_found_by_its_training_file(
    tmp_path: Path,
    settings: Settings,
    recorder: Recorder,
    monkeypatch: pytest.MonkeyPatch,
    ftlint_sandbox_start: Callable[..., RunningSandbox],  # noqa: F811 (the fixture)
    do: str,
) -> None:
    """The job is made, its answer is lost, and neither metadata nor suffix comes back: the file tells it."""
    lost = {"do": do, "when": "after", "match": {"method": "POST", "path": "/v1/fine_tuning/jobs"}}
    bare = ftlint_sandbox_start(profile="bare", faults=[{**lost, **({"status": 502} if do == "status" else {})}])
    monkeypatch.setenv("FTLINT_TEST_KEY", "any")
    monkeypatch.setattr(follow, "pace_of", lambda run: follow.Pace(0.02, 0.1))
    monkeypatch.setattr("ftlint.run.settle.LOOKS", (0.0, 0.1))
    services = SERVICES.replace('moderation = "required"', 'moderation = "optional"').split("[services.moderator]")[0]
    path = project(tmp_path, services.format(bare=bare.base_url), heldout=3)
    text = path.read_text("utf-8").replace("[train]", '[train]\nprovider = "generic"', 1)
    path.write_text(text.replace("gpt-4.1-mini-2025-04-14", "sandbox-mini"), "utf-8")
    result = pipeline.run(path, settings=settings, confirm=lambda plan: True, observer=recorder, runs=tmp_path / "runs")
    jobs = [entry for entry in bare.requests() if (entry["method"], entry["path"]) == ("POST", "/v1/fine_tuning/jobs")]
    assert len(jobs) == 1
    assert result.report.job_id == jobs[0]["summary"]["job"]
    assert any(message == "found what an earlier attempt had done" for _, message, _ in recorder.told)

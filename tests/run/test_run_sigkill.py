"""SIGKILL, for real: at every boundary of the journal, and by a sandbox that ends its client around an answer.

Each kill is followed by a resume in a new process. What was sent is counted in the sandbox's own log.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from run.world import project

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

JOBS, FILES, CHAT = "/v1/fine_tuning/jobs", "/v1/files", "/v1/chat/completions"
ONE_JOB = f"{JOBS}/ftjob-" + "?" * 24
HELDOUT = 3
LEAST = 40

# `at` is the number of the journal's record; the process ends itself before or after writing it
SCRIPT = """
import datetime, os, signal, sys
from pathlib import Path
from ftlint.errors import FtlintError
from ftlint.run import follow, pipeline
from ftlint.run.journal import Journal
from ftlint.settings import Settings

kind, name, when, at = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
follow.pace_of = lambda run: follow.Pace(0.02, 0.1)
write, count = Journal._write, 0

def counted(journal, event, stage, data):
    global count
    count += 1
    if (when, at) == ("before", count):
        os.kill(os.getpid(), signal.SIGKILL)
    write(journal, event, stage, data)
    if (when, at) == ("after", count):
        os.kill(os.getpid(), signal.SIGKILL)

Journal._write = counted
common = {"settings": Settings(today=datetime.date(2026, 11, 22)), "confirm": lambda plan: True, "runs": Path("runs")}
try:
    pipeline.resume(name, **common) if kind == "resume" else pipeline.run(Path(name), **common)
except FtlintError as error:
    sys.exit(f"{error.message}; {error.hint}")
print(count)
"""


@dataclass
class Place:
    """One sandbox and a folder for each run."""

    folder: Path
    running: Any
    runs: int = 0
    kills: int = 0
    expected: dict[str, Any] = field(default_factory=dict)

    def client(self, where: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
        command = [sys.executable, "-c", SCRIPT, *arguments]
        return subprocess.run(
            command, cwd=where, env=environment, capture_output=True, text=True, timeout=120, check=False
        )

    def start(self, when: str = "never", at: int = 0) -> tuple[Path, subprocess.CompletedProcess[str]]:
        self.runs += 1
        where = self.folder / f"run-{self.runs}"
        where.mkdir()
        path = project(where, "\n[evaluate]\nconcurrency = 1\n", heldout=HELDOUT)
        text = path.read_text("utf-8").replace("[train]", '[train]\nprovider = "sandbox"', 1)
        text = text.replace("gpt-4.1-mini-2025-04-14", "sandbox-mini")
        text += f'\n[services.trainer]\nprovider = "sandbox"\nbase_url = "{self.running.base_url}"\n'
        path.write_text(text, "utf-8")
        return where, self.client(where, "run", "run.toml", when, str(at))

    def finish(self, where: Path, done: subprocess.CompletedProcess[str]) -> int:
        """Resume until nothing kills the client any more; how often it was killed."""
        kills = 0
        while done.returncode == -signal.SIGKILL:
            kills += 1
            assert kills < 60, "killed more often than asked for"
            found = list((where / "runs").glob("*/run.json"))
            if found:
                done = self.client(where, "resume", found[0].parent.name, "never", "0")
            else:  # it died before the run had a name: nothing was sent either
                done = self.client(where, "run", "run.toml", "never", "0")
        assert done.returncode == 0, done.stderr
        self.kills += kills
        return kills

    def check(self, where: Path, first: int, lost: int) -> None:
        """One upload per file, one job, one answer per example and system, the table of an unbroken run."""
        log = self.running.requests()[first:]
        committed = [entry for entry in log if entry["status"] == 200 and entry["method"] == "POST"]
        counts = Counter(entry["path"] for entry in committed)
        assert (counts[FILES], counts[JOBS]) == (2, 1), counts
        asked = Counter(
            (entry["summary"]["model"], entry["summary"]["prompt_sha256"])
            for entry in committed
            if entry["path"] == CHAT
        )
        assert len(asked) == 2 * HELDOUT
        assert sum(asked.values()) <= 2 * HELDOUT + lost, "an answer that was paid for was asked again"
        assert table(where) == self.expected


def table(where: Path) -> dict[str, Any]:
    """What a report says, without the ids and times that no two runs share."""
    (path,) = where.glob("runs/*/report.json")
    tree = json.loads(path.read_text("utf-8"))
    systems = [{key: row[key] for key in ("name", "n", "missing", "scores")} for row in tree["systems"]]
    return {"systems": systems, **{key: tree[key] for key in ("differences", "verdict", "examples", "curves")}}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    from ftlint.sandbox import launch

    with launch.start(tmp_path_factory.mktemp("state"), parent=os.getpid()) as running:
        made = Place(tmp_path_factory.mktemp("runs"), running)
        where, done = made.start()
        assert done.returncode == 0, done.stderr
        made.expected = table(where)
        yield made


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
def test_sigkill_at_every_boundary_of_the_journal(place: Place, when: str) -> None:
    _, unbroken = place.start()
    records, points = int(unbroken.stdout), 0
    for at in range(1, records + 1):
        first = len(place.running.requests())
        where, done = place.start(when, at)
        assert done.returncode == -signal.SIGKILL, (when, at, done.stderr)
        points += place.finish(where, done)
        place.check(where, first, lost=0)
    assert points == records >= LEAST // 2


def kill(do: str, method: str, path: str, after: int = 0, **more: Any) -> dict[str, Any]:
    return {"do": f"kill_client_{do}", "match": {"method": method, "path": path}, "after": after, **more}


def around(do: str) -> list[dict[str, Any]]:
    """Kills at the requests of a run, in one run: each resume meets the next."""
    return [
        kill(do, "POST", "/v1/moderations"),
        kill(do, "GET", "/v1/models/*"),
        *(kill(do, "POST", CHAT, number) for number in (0, 2, 4)),
        kill(do, "POST", FILES, 0),
        kill(do, "GET", FILES, 0),  # the look for the upload that was cut off
        kill(do, "POST", JOBS, 0),
        kill(do, "GET", JOBS, 0),
        *(kill(do, "GET", ONE_JOB, number) for number in range(6)),
        *(kill(do, "GET", f"{ONE_JOB}/events", number) for number in range(3)),
        kill(do, "GET", f"{ONE_JOB}/checkpoints"),
        kill(do, "GET", f"{FILES}/*/content"),
        kill(do, "POST", CHAT, 7),
    ]


LATE = [[kill("before", "POST", path, commit_after=late)] for path in (FILES, JOBS) for late in (0.5, 2, 5)]
CHAINS = {
    "before": around("before"),
    "after": around("after"),
    **{f"late-{number}": chain for number, chain in enumerate(LATE)},
}


def test_the_kill_points_are_enough() -> None:
    assert sum(map(len, CHAINS.values())) >= LEAST


@pytest.mark.slow
@pytest.mark.parametrize("name", CHAINS)
def test_a_client_that_is_killed_around_an_answer_is_resumed(place: Place, name: str) -> None:
    chain = CHAINS[name]
    first = len(place.running.requests())
    place.running.put_faults(chain)
    try:
        where, done = place.start()
        kills = place.finish(where, done)
    finally:
        place.running.put_faults([])
    assert kills == len(chain)
    answers_lost = sum(fault["match"]["path"] == CHAT for fault in chain) if name == "after" else 0
    place.check(where, first, lost=answers_lost)

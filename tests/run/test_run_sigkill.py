"""SIGKILL, for real: at every boundary of the journal, and by a sandbox that ends its client around an answer.

Each kill is followed by a resume in a process of its own. What was sent is counted in the sandbox's own log. Two
clients work at a time, each on a sandbox of its own: much of the time is waiting for what a server may yet commit.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest

from run.world import project

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("rouge_score")
if not hasattr(os, "fork"):
    pytest.skip("clients are forked", allow_module_level=True)

T = TypeVar("T")

JOBS, FILES, CHAT = "/v1/fine_tuning/jobs", "/v1/files", "/v1/chat/completions"
ONE_JOB = f"{JOBS}/ftjob-" + "?" * 24
HELDOUT = 3
LEAST = 40
AT_ONCE = 2

# Each client is a fork of this process, which has imported everything and done nothing else: that takes longer than
# a run. `at` is the number of the journal's record; the client ends itself before or after writing it.
SCRIPT = """
import datetime, json, os, signal, sys, traceback
from pathlib import Path
import openai, rouge_score.rouge_scorer
import ftlint.checks.registry, ftlint.engine, ftlint.services.build
from ftlint.errors import FtlintError
from ftlint.run import follow, pipeline
from ftlint.run.journal import Journal
from ftlint.settings import Settings

def client(kind, name, when, at):
    follow.pace_of = lambda run: follow.Pace(0.02, 0.1)
    write, count = Journal._write, 0

    def counted(journal, event, stage, data):
        nonlocal count
        count += 1
        if (when, at) == ("before", count):
            os.kill(os.getpid(), signal.SIGKILL)
        write(journal, event, stage, data)
        if (when, at) == ("after", count):
            os.kill(os.getpid(), signal.SIGKILL)

    Journal._write = counted
    common = {"settings": Settings(today=datetime.date(2026, 11, 22)), "confirm": lambda plan: True}
    try:
        if kind == "resume":
            pipeline.resume(name, **common)
        else:
            pipeline.run(Path(name), **common)
    except FtlintError as error:
        print(f"{error.message}; {error.hint}", file=sys.stderr)
        return 1
    print(count)
    return 0

def fork(where, environment, arguments):
    signal.alarm(120)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(where)
    for number, name in ((1, "stdout.txt"), (2, "stderr.txt")):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    code = 1
    try:
        code = client(*arguments)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)

for line in sys.stdin:
    child = os.fork()
    if not child:
        fork(*json.loads(line))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@dataclass(frozen=True)
class Done:
    """A client that has ended; a negative code is the signal that ended it."""

    returncode: int
    stdout: str
    stderr: str


@dataclass
class Place:
    """One sandbox, a process that is forked for each client, and a folder for each run."""

    folder: Path
    running: Any
    clients: subprocess.Popen[str]
    runs: int = 0
    kills: int = 0
    expected: dict[str, Any] = field(default_factory=dict)

    def client(self, where: Path, *arguments: object) -> Done:
        assert self.clients.stdin is not None
        assert self.clients.stdout is not None
        environment = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
        self.clients.stdin.write(json.dumps([str(where), environment, arguments]) + "\n")
        self.clients.stdin.flush()
        code = int(self.clients.stdout.readline())
        return Done(code, *((where / name).read_text("utf-8") for name in ("stdout.txt", "stderr.txt")))

    def start(self, when: str = "never", at: int = 0) -> tuple[Path, Done]:
        self.runs += 1
        where = self.folder / f"run-{self.runs}"
        where.mkdir()
        path = project(where, "\n[evaluate]\nconcurrency = 1\n", heldout=HELDOUT)
        text = path.read_text("utf-8").replace("[train]", '[train]\nprovider = "sandbox"', 1)
        text = text.replace("gpt-4.1-mini-2025-04-14", "sandbox-mini")
        text += f'\n[services.trainer]\nprovider = "sandbox"\nbase_url = "{self.running.base_url}"\n'
        path.write_text(text, "utf-8")
        return where, self.client(where, "run", "run.toml", when, at)

    def finish(self, where: Path, done: Done) -> int:
        """Resume until nothing kills the client any more; how often it was killed."""
        kills = 0
        while done.returncode == -signal.SIGKILL:
            kills += 1
            assert kills < 60, "killed more often than asked for"
            found = list((where / "runs").glob("*/run.json"))
            if found:
                done = self.client(where, "resume", found[0].parent.name, "never", 0)
            else:  # it died before the run had a name: nothing was sent either
                done = self.client(where, "run", "run.toml", "never", 0)
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


def shared(places: Sequence[Place], items: Sequence[T], work: Callable[[Place, T], None]) -> None:
    """Do the work for every item; each place takes its share, one item after another."""

    def share(number: int) -> None:
        for item in items[number :: len(places)]:
            work(places[number], item)

    with ThreadPoolExecutor(len(places)) as pool:
        for done in [pool.submit(share, number) for number in range(len(places))]:
            done.result()


@contextmanager
def clients() -> Iterator[subprocess.Popen[str]]:
    """The process whose forks are the clients."""
    command = [sys.executable, "-c", SCRIPT]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Place]]:
    from ftlint.sandbox import launch

    with ExitStack() as stack:
        found = []
        for _ in range(AT_ONCE):
            running = stack.enter_context(launch.start(tmp_path_factory.mktemp("state"), parent=os.getpid()))
            made = Place(tmp_path_factory.mktemp("runs"), running, stack.enter_context(clients()))
            where, done = made.start()
            assert done.returncode == 0, done.stderr
            made.expected = table(where)
            found.append(made)
        yield found


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
def test_sigkill_at_every_boundary_of_the_journal(places: list[Place], when: str) -> None:
    _, unbroken = places[0].start()
    records, before = int(unbroken.stdout), sum(place.kills for place in places)

    def killed(place: Place, at: int) -> None:
        first = len(place.running.requests())
        where, done = place.start(when, at)
        assert done.returncode == -signal.SIGKILL, (when, at, done.stderr)
        place.finish(where, done)
        place.check(where, first, lost=0)

    shared(places, range(1, records + 1), killed)
    assert sum(place.kills for place in places) - before == records >= LEAST // 2


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


PAIRS = [list(CHAINS)[number : number + AT_ONCE] for number in range(0, len(CHAINS), AT_ONCE)]


def test_the_kill_points_are_enough() -> None:
    assert sum(map(len, CHAINS.values())) >= LEAST


@pytest.mark.slow
@pytest.mark.parametrize("names", PAIRS, ids="+".join)
def test_a_client_that_is_killed_around_an_answer_is_resumed(places: list[Place], names: list[str]) -> None:
    shared(places, names, around_an_answer)


def around_an_answer(place: Place, name: str) -> None:
    """One run that meets every kill of a chain."""
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

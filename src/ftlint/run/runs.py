"""The folder ``runs/``: making a run's place, finding it again by a part of its id, and what each run came to."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ftlint import __version__
from ftlint.errors import InputError, UsageError
from ftlint.run.files import read_log, sync_folder, write_atomic
from ftlint.run.journal import State, fold, stamp
from ftlint.run.spec import RunSpec

RUNS = Path("runs")
RECORD = "run.json"
JOURNAL = "journal.jsonl"

_PACKAGES = ("openai", "datasets", "rouge-score")


@dataclass(frozen=True, slots=True)
class RunRecord:
    """``run.json``: what the run was asked to do, as it stood then.

    Attributes:
        id: ``20261122-005000-k3f9qa2b``, also the folder's name; ``short`` is its last part.
        spec_path: where the run file lay; its ``spec_text`` is kept.
    """

    id: str
    created: str
    rehearsal: bool
    spec_path: str
    spec_text: str

    @property
    def short(self) -> str:
        """The part that no other run shares; it goes into the job's suffix."""
        return self.id.rpartition("-")[2]


@dataclass(frozen=True, slots=True)
class RunInfo:
    """A run as ``ftlint runs list`` shows it.

    Attributes:
        stage: the last stage that is done, or ``new``.
        status: ``finished``, ``refused`` (the service ended it) or ``open``.
        job_id: of the job, once there is one; of a sweep the latest, and at the end the best, like the model.
    """

    record: RunRecord
    folder: Path
    stage: str
    status: str
    job_id: str | None
    tuned_model: str | None
    verdict: str | None


def create_run(runs: Path, spec: RunSpec, now: float, short: str, rehearsal: bool) -> tuple[Path, RunRecord]:
    """Make the folder of a new run, readable by this user alone, with its ``run.json``.

    Raises:
        InputError: the folder cannot be made or written; nothing is left of it.
    """
    time = datetime.fromtimestamp(now, UTC).strftime("%Y%m%d-%H%M%S")
    record = RunRecord(f"{time}-{short}", stamp(now), rehearsal, str(spec.path.absolute()), spec.text)
    folder = runs / record.id
    try:
        runs.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise InputError(f"cannot make {folder}: {error.strerror}") from error
    tree = {
        "version": 1,
        "id": record.id,
        "created": record.created,
        "rehearsal": rehearsal,
        "spec_path": record.spec_path,
        "spec_text": record.spec_text,
        "resolved": spec.resolved(),
        "versions": versions(),
    }
    try:
        sync_folder(runs)
        write_atomic(folder / RECORD, json.dumps(tree, ensure_ascii=False, indent=2) + "\n")
    except InputError:
        shutil.rmtree(folder, ignore_errors=True)  # a folder without a record is nobody's run
        raise
    return folder, record


def versions() -> dict[str, str | None]:
    """Versions of what a run's result may depend on; None for what is not installed."""
    found: dict[str, str | None] = {"ftlint": __version__, "python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = None
    return found


def load_record(folder: Path) -> RunRecord:
    """Read ``run.json``.

    Raises:
        InputError: it is missing or damaged.
    """
    path = folder / RECORD
    try:
        tree: dict[str, Any] = json.loads(path.read_bytes())
        return RunRecord(*(tree[key] for key in ("id", "created", "rehearsal", "spec_path", "spec_text")))
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is damaged: {error}") from None


def where(runs: Path) -> str:
    """The option that names the folder of runs, for commands that a message gives; nothing for the usual one."""
    return "" if runs == RUNS else f" --runs-dir {shlex.quote(str(runs))}"


def run_folders(runs: Path) -> list[Path]:
    """The folders of all runs that this user may read, oldest first: each run is readable by its own user alone.

    Raises:
        InputError: ``runs`` itself cannot be read.
    """
    try:
        found = sorted(runs.iterdir()) if runs.is_dir() else []
    except OSError as error:
        raise InputError(f"cannot read {runs}: {error.strerror}", "look at its permissions") from error
    return [folder for folder in found if _is_run(folder)]


def _is_run(folder: Path) -> bool:
    try:
        return (folder / RECORD).is_file()
    except OSError:  # another user's
        return False


def find_run(runs: Path, part: str) -> Path:
    """The folder of the run whose id, or whose last part, begins with ``part``.

    Raises:
        UsageError: no run fits, or several do.
    """
    known = run_folders(runs)
    exact = [folder for folder in known if folder.name == part]
    fit = exact or [folder for folder in known if part and _begins(folder.name, part)]
    if len(fit) == 1:
        return fit[0]
    if fit:
        listed = ", ".join(folder.name for folder in fit)
        raise UsageError(f"several runs fit `{part}`: {listed}", "give more of the id")
    listed = ", ".join(folder.name for folder in known[-5:])
    hint = f"the latest are {listed}" if listed else "there are no runs"
    raise UsageError(f"there is no run `{part}` in {runs}", hint)


def _begins(name: str, part: str) -> bool:
    return name.startswith(part) or name.rpartition("-")[2].startswith(part)


def list_runs(runs: Path) -> list[RunInfo]:
    """Every run, oldest first; nothing is locked or asked of a service."""
    return [describe(folder) for folder in run_folders(runs)]


def describe(folder: Path) -> RunInfo:
    """What one run came to, from its record and journal."""
    state = read_state(folder)
    stages = [stage for stage in state.done if ":" not in stage]
    jobs = [state.of_job(number) for number in state.jobs()]
    last = jobs[-1] if jobs else state
    best = state.done.get("report", {})  # of a sweep, the model that it reports
    status = "finished" if "report" in state.done else "refused" if _refused(state, jobs) else "open"
    return RunInfo(
        record=load_record(folder),
        folder=folder,
        stage=stages[-1] if stages else "new",
        status=status,
        job_id=best.get("job_id") or last.done.get("submit", {}).get("job_id"),
        tuned_model=best.get("tuned_model") or last.done.get("follow", {}).get("fine_tuned_model"),
        verdict=state.done.get("report", {}).get("verdict"),
    )


def _refused(state: State, jobs: list[State]) -> bool:
    """A service refused or ended the run: of a sweep, every job that was begun."""
    if not jobs:
        return bool(state.failed)
    return any("@" not in step for step in state.failed) or all(job.failed and "follow" not in job.done for job in jobs)


def read_state(folder: Path) -> State:
    """The folded journal of a run."""
    return fold(read_log(folder / JOURNAL))


def blocked_before(runs: Path, provider: str, sha256s: set[str], apart_from: str) -> Iterator[str]:
    """The ids of other runs in which this provider's filter blocked a file of these hashes."""
    for folder in run_folders(runs):
        state = read_state(folder)
        for failure in state.failed.values():
            same = failure.get("provider") == provider and sha256s & set(failure.get("blocked_sha256") or ())
            if folder.name != apart_from and same:
                yield folder.name

"""Stage 7: ``ftlint run`` from end to end. Each stage is journalled before the next, and none is taken twice."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ftlint.errors import Interrupted, UsageError
from ftlint.run import gating, html, markdown, systems
from ftlint.run.assemble import build
from ftlint.run.context import REHEARSAL, SANDBOX_MODEL, Adopt, Run, refusal
from ftlint.run.convert import convert
from ftlint.run.files import sweep, write_atomic
from ftlint.run.follow import follow
from ftlint.run.journal import Journal
from ftlint.run.load import load_spec, parse_spec
from ftlint.run.lock import RunLock
from ftlint.run.needs import require_extras, require_keys
from ftlint.run.plan import Plan
from ftlint.run.report import RunReport
from ftlint.run.runs import JOURNAL, RUNS, RunRecord, create_run, find_run, load_record, read_state, where
from ftlint.run.spec import RunSpec
from ftlint.run.submit import submit, upload
from ftlint.run.sweep import running, train_all
from ftlint.run.tools import Observer, Silent, Tools, real_tools, with_prices
from ftlint.settings import ServiceConfig, Services, Settings
from ftlint.text import safe, safe_json

Confirm = Callable[[Plan], bool]
"""Shows the plan and asks the person; True goes on. It is not called in a rehearsal, nor again on a resume."""

SANDBOX = "sandbox"


@dataclass(frozen=True, slots=True)
class RunResult:
    """A finished run. ``exit_code`` is 0, or 1 for a tuned model below the demanded gain."""

    run_id: str
    folder: Path
    report: RunReport

    @property
    def exit_code(self) -> int:
        """The exit code of the command."""
        return self.report.exit_code


def run(
    spec_path: Path,
    *,
    settings: Settings,
    confirm: Confirm,
    observer: Observer | None = None,
    runs: Path = RUNS,
    rehearse: bool = False,
    faults: Path | None = None,
    tools: Tools | None = None,
) -> RunResult:
    """Carry out a run file: convert, check, gate, baseline, upload, submit, follow, evaluate, compare, report.

    Args:
        spec_path: ``run.toml``.
        settings: of the check, from configuration and flags; the run file is folded in on top.
        confirm: asked once, after the gate and before any money is spent.
        observer: is told the progress.
        runs: the folder in which the run gets its own.
        rehearse: the sandbox plays all services; nothing is asked, and nothing leaves the machine but the loading of a
            Hugging Face dataset.
        faults: a file of faults for the sandbox, to rehearse what can go wrong.
        tools: the outside world; None for the real one.

    Raises:
        UsageError: exit 2: the run file, the dataset, a missing key or extra; before anything is sent.
        GateClosed: exit 1 (3 where moderation could not be completed): nothing was submitted.
        ServiceFailed: exit 3: a service failed; ``resume`` goes on.
        JobRefused: exit 4: the service refused or ended the job.
        Interrupted: exit 130: Ctrl-C; the hint says how to come back.
    """
    spec = load_spec(spec_path)
    tools = with_prices(tools or real_tools(), spec.price)
    require_extras(spec, rehearse)
    if not rehearse:
        require_keys(spec, settings, tools)
    folder, record = create_run(runs, spec, tools.now(), tools.new_id(), rehearse)
    try:
        return _drive(folder, record, spec, settings, confirm, observer or Silent(), tools, Adopt(), faults)
    except UsageError:
        if "check" not in read_state(folder).done:  # nothing has happened that a resume could come back to
            shutil.rmtree(folder)
        raise


def resume(
    part: str,
    *,
    settings: Settings,
    confirm: Confirm,
    observer: Observer | None = None,
    runs: Path = RUNS,
    adopt: Adopt | None = None,
    faults: Path | None = None,
    tools: Tools | None = None,
) -> RunResult:
    """Take a run up where it stopped; its result equals that of a run that was never interrupted.

    Args:
        part: the run's id, or the unique beginning of it or of its last part.
        adopt: a person's answer where an earlier resume could not tell what a service had done.

    The other arguments, and what is raised, are as for ``run``. The run file is the one that the run began with.
    """
    folder = find_run(runs, part)
    record = load_record(folder)
    _tell_of_edits(record, observer or Silent())
    spec = parse_spec(record.spec_text, Path(record.spec_path))
    tools = with_prices(tools or real_tools(), spec.price)
    require_extras(spec, record.rehearsal)
    if not record.rehearsal and "report" not in read_state(folder).done:
        require_keys(spec, settings, tools)
    return _drive(folder, record, spec, settings, confirm, observer or Silent(), tools, adopt or Adopt(), faults)


def _tell_of_edits(record: RunRecord, observer: Observer) -> None:
    """Tell a person who has edited the run file since, and may expect another run of it."""
    path = Path(record.spec_path)
    try:
        text = path.read_bytes().decode("utf-8-sig", "replace")
    except OSError:  # nobody needs it any more
        return
    if text != record.spec_text:
        observer.on(
            "resume", safe(f"{path.name} was edited since; this run goes on with what it said at the beginning")
        )


def _drive(
    folder: Path,
    record: RunRecord,
    spec: RunSpec,
    settings: Settings,
    confirm: Confirm,
    observer: Observer,
    tools: Tools,
    adopt: Adopt,
    faults: Path | None,
) -> RunResult:
    with RunLock(folder / "lock"), _services(folder, record, spec, settings, tools, faults) as (services, compare):
        sweep(folder)
        provider = SANDBOX if record.rehearsal else spec.train.provider
        model = SANDBOX_MODEL if record.rehearsal else spec.train.model
        asked = dataclasses.replace(spec, evaluate=dataclasses.replace(spec.evaluate, compare=compare))
        current = Run(
            record=record,
            folder=folder,
            runs=folder.parent,
            spec=asked,
            model=model,
            provider=provider,
            settings=gating.check_settings(spec, settings, provider, model, services, rehearsal=record.rehearsal),
            services=services,
            journal=Journal(folder / JOURNAL, tools.now),
            tools=tools,
            observer=observer,
            adopt=adopt,
        )
        with contextlib.closing(current):
            return _stages(current, confirm)


@contextlib.contextmanager
def _services(
    folder: Path, record: RunRecord, spec: RunSpec, settings: Settings, tools: Tools, faults: Path | None
) -> Iterator[tuple[Services, tuple[Any, ...]]]:
    """The services of a run and its comparison models; in a rehearsal the sandbox is all of them."""
    if not record.rehearsal:
        yield spec.services(settings.services), spec.evaluate.compare
        return
    sandbox = tools.sandbox(folder / SANDBOX, faults)
    try:
        one = ServiceConfig(provider=SANDBOX, base_url=sandbox.base_url, api_key_env="")
        others = (dataclasses.replace(entry, model=SANDBOX_MODEL, service=one) for entry in spec.evaluate.compare)
        yield Services(one, one, one), tuple(others)
    finally:
        sandbox.stop()


def _stages(current: Run, confirm: Confirm) -> RunResult:
    if current.record.rehearsal:
        current.tell("rehearsal", REHEARSAL)
    try:
        _refuse_again(current)
        _forget_ready_files(current)
        current.stage("convert", lambda r: convert(r.spec, r.folder))
        gating.check_and_gate(current, confirm)
        current.stage("baseline", systems.baseline)
        current.stage("upload", upload)
        if current.spec.train.sweep:
            current.stage("jobs", train_all)
        else:
            current.stage("submit", submit)
            current.stage("follow", follow)
            current.stage("evaluate", systems.evaluate)
        current.stage("compare", systems.compare)
        return _report(current)
    except KeyboardInterrupt:
        raise _interrupted(current) from None


def _refuse_again(current: Run) -> None:
    """What a service has ended or blocked stays so: a resume says it again and sends nothing."""
    for stage, failure in current.state.failed.items():
        if "@" in stage:  # one job of a sweep, which decides itself what that means for the others
            continue
        kind = gating.failure_kind(failure)
        if stage == "follow" or kind.blocked:
            raise refusal(gating.known_failure(failure), failure.get("job_id"))


def _forget_ready_files(current: Run) -> None:
    """Until the gate is open the user's own files may still be mended; held-out examples and floors follow them."""
    if current.spec.dataset.ready and "gate" not in current.state.done:
        current.state.done.pop("convert", None)


def _interrupted(current: Run) -> Interrupted:
    job = running(current)
    if job and not current.record.rehearsal:
        return Interrupted(
            f"interrupted; the job {job} goes on",
            f"{current.resume_command} comes back to it,"
            f" ftlint runs cancel {current.record.short}{where(current.runs)} ends it",
        )
    return Interrupted("interrupted; nothing is lost", current.resume_command)


def _report(current: Run) -> RunResult:
    """Write the report; on a finished run it is written again, the same."""
    current.tell("report", "started")
    report = build(current)
    text = safe_json(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
    write_atomic(current.folder / "report.json", text + "\n")
    write_atomic(current.folder / "report.md", markdown.render(report, current.tools.mask))
    page = html.render(report, current.tools.mask)
    write_atomic(current.folder / "report.html", page.encode("utf-8", "backslashreplace"))
    if "report" not in current.state.done:
        best = {"tuned_model": report.tuned_model, "job_id": report.job_id} if report.sweep else {}
        current.journal.done("report", verdict=report.verdict, exit_code=report.exit_code, **best)
    current.tell("report", "done")
    return RunResult(current.record.id, current.folder, report)

"""``ftlint run``: options, the one question before money is spent, and the result. The work is the run package's."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ftlint.cli.common import Amount, config_options, resolve
from ftlint.errors import JobRefused, UsageError

if TYPE_CHECKING:
    from ftlint.run.context import Adopt
    from ftlint.run.pipeline import RunResult
    from ftlint.run.plan import Plan
    from ftlint.settings import Settings

ROLES = ("train", "validation")


class DryRun(Exception):
    """Ends a dry run where a real one would ask."""


@click.command("run", short_help="Convert, check, train, follow, evaluate and compare, or rehearse all of it.")
@click.argument("spec", required=False, metavar="[RUN.toml]")
@click.option("--resume", "part", metavar="ID", help="Take a run up where it stopped.")
@click.option("--rehearse", is_flag=True, help="Play it through with a stand-in: no key, no network, no money.")
@click.option("--faults", metavar="FILE.json", help="With --rehearse: what is to go wrong, and when.")
@click.option("--yes", is_flag=True, help="Submit without asking, if the gate is open.")
@click.option("--dry-run", is_flag=True, help="Convert, check, show the plan, and stop.")
@click.option("--max-cost", type=Amount(min=0), metavar="USD", help="Budget for training and evaluation.")
@click.option("--cleanup", is_flag=True, help="Delete the uploaded files at the service when the run has ended.")
@click.option("--job", metavar="ID|none", help="With --resume: the job of an attempt that could not be told.")
@click.option("--file", "files", multiple=True, metavar="ROLE=ID|none", help="With --resume: the same for an upload.")
@click.option(
    "--runs-dir",
    "runs",
    type=click.Path(path_type=Path),
    default="runs",
    metavar="DIR",
    help="The folder of runs (default: runs).",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@config_options
def run(
    spec: str | None,
    part: str | None,
    rehearse: bool,
    faults: str | None,
    yes: bool,
    dry_run: bool,
    max_cost: float | None,
    cleanup: bool,
    job: str | None,
    files: tuple[str, ...],
    runs: Path,
    quiet: bool,
    config: tuple[str, ...],
    isolated: bool,
    today: str | None,
) -> int:
    """Carry out a run file: `ftlint run run.toml`, or first `ftlint run run.toml --rehearse`.

    Nothing is submitted unless the check is clean, the cost is within the budget, and you agree. Ctrl-C leaves a
    running job alone; --resume comes back to it.
    """
    _refuse(spec, part, rehearse=rehearse, dry_run=dry_run, answers=bool(job or files), faults=bool(faults))
    adopt = _adopt(job, files)
    if not (yes or dry_run or rehearse or _decided(runs, part)) and not sys.stdin.isatty():
        raise UsageError("nobody can be asked here, and --yes is not given", "ftlint run run.toml --yes")
    settings = _with_budget(resolve(config, isolated, today, start=_start(spec, runs, part)).settings, max_cost)
    from ftlint.progress import Progress, RunProgress
    from ftlint.run import pipeline
    from ftlint.run.runs import run_folders

    known = set(run_folders(runs))
    if part is not None:
        begin = partial(pipeline.resume, part, adopt=adopt)
    else:
        begin = partial(pipeline.run, Path(spec or ""), rehearse=rehearse, faults=Path(faults) if faults else None)
    try:
        with Progress(quiet=quiet) as progress:
            confirm = _confirm(yes=yes, dry_run=dry_run)
            result = begin(settings=settings, confirm=confirm, observer=RunProgress(progress), runs=runs)
    except DryRun:
        return 0
    except JobRefused:
        if cleanup:
            _clean(_refused(runs, known, part), settings)
        raise
    shown = _show(result)
    if cleanup:
        _clean([result.folder], settings)
    return shown


def _refuse(spec: str | None, part: str | None, *, rehearse: bool, dry_run: bool, answers: bool, faults: bool) -> None:
    if (spec is None) == (part is None):
        raise UsageError("name a run file, or a run to resume", "ftlint run run.toml, or ftlint run --resume ID")
    if part is None and answers:
        raise UsageError("--job and --file go with --resume")
    if dry_run and part is not None:
        raise UsageError("--dry-run goes with a run file: a run that is resumed may be past its question")
    if rehearse and (dry_run or part is not None):
        raise UsageError("--rehearse goes with a run file, and stands alone", "ftlint run run.toml --rehearse")
    if faults and not rehearse:
        raise UsageError("--faults goes with --rehearse: a real service needs no help to fail")


def _with_budget(settings: Settings, most: float | None) -> Settings:
    """The settings with the budget of the command line, which goes before the run file's."""
    if most is None:
        return settings
    import dataclasses

    from ftlint.settings import JobSettings

    return dataclasses.replace(settings, job=dataclasses.replace(settings.job or JobSettings(), max_cost=most))


def _refused(runs: Path, known: set[Path], part: str | None) -> list[Path]:
    """The run that was refused just now; one that another process began meanwhile is going on, as a rule."""
    from ftlint.run.runs import describe, find_run, run_folders

    if part is not None:
        return [find_run(runs, part)]
    return [folder for folder in run_folders(runs) if folder not in known and describe(folder).status == "refused"]


def _clean(folders: list[Path], settings: Settings) -> None:
    """Delete the uploads of the run that has just ended; a rehearsal has none."""
    from ftlint.cli.runs import clean
    from ftlint.run.runs import load_record

    for folder in folders:
        if not load_record(folder).rehearsal:
            clean(folder, settings)


def _start(spec: str | None, runs: Path, part: str | None) -> Path:
    """Where the configuration is looked for: beside the run file, also on a resume, wherever that is called."""
    if spec is not None:
        return Path(spec).parent
    from ftlint.run.runs import find_run, load_record

    return Path(load_record(find_run(runs, part or "")).spec_path).parent


def _decided(runs: Path, part: str | None) -> bool:
    """A resumed run that is a rehearsal, or was agreed to already, asks nothing."""
    if part is None:
        return False
    from ftlint.run.runs import find_run, load_record, read_state

    folder = find_run(runs, part)
    return load_record(folder).rehearsal or "gate" in read_state(folder).done


def _adopt(job: str | None, files: tuple[str, ...]) -> Adopt:
    from ftlint.run.context import Adopt

    named: dict[str, str] = {}
    for entry in files:
        role, _, file_id = entry.partition("=")
        if role not in ROLES or not file_id:
            raise UsageError(f"--file takes ROLE=ID, not `{entry}`", f"the roles are {', '.join(ROLES)}")
        named[role] = file_id
    return Adopt(job, named)


def _confirm(*, yes: bool, dry_run: bool) -> Callable[[Plan], bool]:
    def confirm(plan: Plan) -> bool:
        click.echo(plan.text(), err=True)
        if dry_run:
            click.echo("dry run: nothing was submitted", err=True)
            raise DryRun
        return yes or click.confirm("submit this?", default=False, err=True)

    return confirm


def _show(result: RunResult) -> int:
    """The comparison on standard output, and where the whole report lies."""
    import io
    import shutil

    from rich.console import Console

    from ftlint.cli.output import colored, note, write
    from ftlint.run.table import render
    from ftlint.text import log_line

    color = colored("auto")
    width = shutil.get_terminal_size((120, 24)).columns
    console = Console(
        file=io.StringIO(),
        color_system="standard" if color else None,
        force_terminal=color,
        legacy_windows=False,
        width=max(width, 80),
        markup=False,
        emoji=False,
        highlight=False,
        _environ={},
    )
    with console.capture() as capture:
        console.print(render(result.report))
    write("".join(map(log_line, capture.get().splitlines(keepends=True))))  # a wrapped text may begin a line
    note(f"report: {result.folder / 'report.html'}, and report.md, report.json")
    return result.exit_code

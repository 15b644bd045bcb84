"""``ftlint runs``: what is in the folder of runs, from their journals.

Only cancel, pause, unpause and cleanup ask a service.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ftlint.cli.common import config_options, resolve
from ftlint.errors import ServiceFailed, UsageError

if TYPE_CHECKING:
    from ftlint.run.runs import RunInfo, RunRecord
    from ftlint.services.interface import Trainer
    from ftlint.settings import Settings


def _folder(command: Any) -> Any:
    return click.option("--runs-dir", default="runs", metavar="DIR", help="The folder of runs (default: runs).")(
        command
    )


_format = click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="How to print.")


@click.group("runs", short_help="List, show and compare runs, or cancel or pause the job of one.")
def runs() -> None:
    """The runs of this folder."""


@runs.command("list")
@_folder
@_format
def list_(runs_dir: str, output_format: str) -> int:
    """Every run, oldest first: how far it came, and what it came to."""
    from ftlint.cli.output import write
    from ftlint.run.runs import list_runs

    found = list_runs(Path(runs_dir))
    if output_format == "json":
        _write_json([_tree(info) for info in found])
    elif found:
        write("".join(f"{_line(info)}\n" for info in found))
    else:
        write(f"there are no runs in {runs_dir}\n")
    return 0


@runs.command("show")
@click.argument("run", metavar="ID")
@_folder
@_format
def show(run: str, runs_dir: str, output_format: str) -> int:
    """One run: its stages, its job, its model. ID may be any beginning of the run's id, or of its last part."""
    from ftlint.cli.output import write
    from ftlint.run.context import REHEARSAL
    from ftlint.run.runs import describe, find_run, read_state, where

    info = describe(find_run(Path(runs_dir), run))
    state = read_state(info.folder)
    tree = {**_tree(info), "stages": [stage for stage in state.done if ":" not in stage], "failed": state.failed}
    if output_format == "json":
        _write_json(tree)
        return 0
    write("".join(f"{key:<12} {_shown(value)}\n" for key, value in tree.items() if value not in (None, {}, [])))
    if info.record.rehearsal:
        write(f"note         {REHEARSAL}\n")
    if info.status == "open":
        write(f"resume       ftlint run --resume {info.record.short}{where(Path(runs_dir))}\n")
    return 0


@runs.command("compare")
@click.argument("ids", metavar="ID ID...", nargs=-1)
@_folder
@_format
def compare(ids: tuple[str, ...], runs_dir: str, output_format: str) -> int:
    """Finished runs side by side; their tuned models paired where they answered the same held-out examples."""
    from dataclasses import asdict

    from ftlint.cli.output import write
    from ftlint.run.across import compare_runs
    from ftlint.run.runs import find_run

    found = compare_runs([find_run(Path(runs_dir), name) for name in ids])
    if output_format == "json":
        _write_json(asdict(found))
        return 0
    from ftlint.run.across import lines

    write("".join(f"{_safe(line)}\n" for line in lines(found)))
    return 0


@runs.command("cancel")
@click.argument("run", metavar="ID")
@_folder
@config_options
def cancel(run: str, runs_dir: str, config: tuple[str, ...], isolated: bool, today: str | None) -> int:
    """Cancel the job of a run at its service; what has been trained by then may be billed."""
    return _steer("cancel", run, runs_dir, config, isolated, today)


@runs.command("pause")
@click.argument("run", metavar="ID")
@_folder
@config_options
def pause(run: str, runs_dir: str, config: tuple[str, ...], isolated: bool, today: str | None) -> int:
    """Pause the job of a run at its service, where the service can; `runs unpause` lets it go on."""
    return _steer("pause", run, runs_dir, config, isolated, today)


@runs.command("unpause")
@click.argument("run", metavar="ID")
@_folder
@config_options
def unpause(run: str, runs_dir: str, config: tuple[str, ...], isolated: bool, today: str | None) -> int:
    """Let a paused job go on."""
    return _steer("unpause", run, runs_dir, config, isolated, today)


@runs.command("cleanup")
@click.argument("run", metavar="ID")
@_folder
@config_options
def cleanup(run: str, runs_dir: str, config: tuple[str, ...], isolated: bool, today: str | None) -> int:
    """Delete the files that a run uploaded, at its service. The tuned model and the results stay."""
    from ftlint.run.runs import describe, find_run

    info = describe(find_run(Path(runs_dir), run))
    start = Path(info.record.spec_path).parent
    clean(info.folder, resolve(config, isolated, today, start=start).settings)
    return 0


def clean(folder: Path, settings: Settings) -> None:
    """Delete a run's uploads and say what was deleted.

    Raises:
        UsageError, ServiceFailed: as ``ftlint.run.cleanup``.
    """
    import time

    from ftlint.cli.output import note
    from ftlint.run.cleanup import cleanup as delete
    from ftlint.run.runs import load_record

    trainer = _trainer(load_record(folder), settings)
    try:
        found = delete(folder, trainer, time.time())
    finally:
        trainer.close()
    for file_id, existed in found.items():
        note(f"{_safe(file_id)}: {'deleted' if existed else 'was not there any more'}")
    if not found:
        note("this run has no files at the service")


def _trainer(record: RunRecord, settings: Settings) -> Trainer:
    """The trainer that a run's file and the configuration name."""
    from ftlint.run.load import parse_spec
    from ftlint.services import build

    spec = parse_spec(record.spec_text, Path(record.spec_path))
    return build.trainer(spec.services(settings.services).trainer)


def _steer(verb: str, run: str, runs_dir: str, config: tuple[str, ...], isolated: bool, today: str | None) -> int:
    """Cancel, pause or unpause the job of a run, with the configuration that the run began with."""
    from ftlint.cli.output import note
    from ftlint.run.runs import describe, find_run
    from ftlint.services.interface import ServiceError

    info = describe(find_run(Path(runs_dir), run))
    start = Path(info.record.spec_path).parent
    if info.job_id is None:
        raise UsageError(f"the run {info.record.id} has no job yet", "nothing is running at the service")
    if info.record.rehearsal:
        raise UsageError(f"the run {info.record.id} is a rehearsal, which ends with its command")
    trainer = _trainer(info.record, resolve(config, isolated, today, start=start).settings)
    try:
        job = getattr(trainer, verb)(info.job_id)
    except ServiceError as error:
        raise ServiceFailed(
            f"cannot {verb} {info.job_id}: {error.message}", f"ftlint runs show {info.record.short}"
        ) from error
    finally:
        trainer.close()
    note(f"{job.id}: {job.status}")
    return 0


def _line(info: RunInfo) -> str:
    kind = "rehearsal" if info.record.rehearsal else "run"
    words = [info.record.id, kind, info.status, info.stage, info.verdict or "", info.tuned_model or info.job_id or ""]
    return _safe("  ".join(word for word in words if word))


def _tree(info: RunInfo) -> dict[str, Any]:
    return {
        "id": info.record.id,
        "created": info.record.created,
        "rehearsal": info.record.rehearsal,
        "spec": info.record.spec_path,
        "folder": str(info.folder),
        "status": info.status,
        "stage": info.stage,
        "job_id": info.job_id,
        "tuned_model": info.tuned_model,
        "verdict": info.verdict,
    }


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return _safe("; ".join(f"{stage}: {data.get('kind')}, {data.get('message')}" for stage, data in value.items()))
    return _safe({True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value))


def _safe(text: str) -> str:
    from ftlint.text import safe

    return safe(text)


def _write_json(value: Any) -> None:
    from ftlint.cli.output import write
    from ftlint.text import safe_json

    write(safe_json(json.dumps(value, ensure_ascii=False, indent=2)) + "\n")

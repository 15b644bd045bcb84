"""``ftlint runs``: what is in the folder of runs, from their journals; only cancel, pause and unpause ask a service."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ftlint.cli.common import config_options, resolve
from ftlint.errors import ServiceFailed, UsageError

if TYPE_CHECKING:
    from ftlint.run.runs import RunInfo


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
        write(json.dumps([_tree(info) for info in found], ensure_ascii=False, indent=2) + "\n")
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
        write(json.dumps(tree, ensure_ascii=False, indent=2) + "\n")
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
        write(json.dumps(asdict(found), ensure_ascii=False, indent=2) + "\n")
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


def _steer(verb: str, run: str, runs_dir: str, config: tuple[str, ...], isolated: bool, today: str | None) -> int:
    """Cancel, pause or unpause the job of a run, with the configuration that the run began with."""
    from ftlint.cli.output import note
    from ftlint.run.load import parse_spec
    from ftlint.run.runs import describe, find_run
    from ftlint.services import build
    from ftlint.services.interface import ServiceError

    info = describe(find_run(Path(runs_dir), run))
    start = Path(info.record.spec_path).parent
    if info.job_id is None:
        raise UsageError(f"the run {info.record.id} has no job yet", "nothing is running at the service")
    if info.record.rehearsal:
        raise UsageError(f"the run {info.record.id} is a rehearsal, which ends with its command")
    spec = parse_spec(info.record.spec_text, Path(info.record.spec_path))
    services = spec.services(resolve(config, isolated, today, start=start).settings.services)
    trainer = build.trainer(services.trainer)
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

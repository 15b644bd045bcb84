"""``ftlint check``: the options, and everything that can be refused before any work is done."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import click

from ftlint.cli.common import config_options, known_formats, resolve, split
from ftlint.errors import InputError, UsageError
from ftlint.model import Role
from ftlint.records import dataclass

Files = list[tuple[Path | Literal["-"], Role]]


@dataclass(frozen=True, slots=True)
class Given:
    """The command line of ``check``, as click parsed it."""

    paths: tuple[str, ...]
    validation: tuple[str, ...]
    against: tuple[str, ...]
    model: str | None
    provider: str | None
    method: str | None
    format: str | None
    epochs: int | None
    output_format: str | None
    output: str | None
    also: tuple[str, ...]
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    extend_select: tuple[str, ...]
    fail_on: str | None
    exit_zero: bool
    no_accepted: bool
    statistics: bool
    offline: bool
    online: bool
    batch: bool
    network: bool
    private_network: bool
    no_tokens: bool
    tier: str | None
    sample: int | None
    thorough: bool
    base_url: str | None
    guard_base_url: str | None
    guard_model: str | None
    config: tuple[str, ...]
    isolated: bool
    today: str | None
    jobs: str | None
    incremental: bool | None
    force_exclude: bool
    show_text: bool
    max_per_rule: int
    color: str
    quiet: bool
    verbose: bool
    stdin_filename: str | None
    watch: bool

    def flags(self) -> dict[str, Any]:
        """The settings among the options, by their dotted name; None where not given."""
        return {
            "model": self.model,
            "provider": self.provider,
            "method": self.method,
            "format": self.format,
            "epochs": self.epochs,
            "select": split(self.select),
            "ignore": split(self.ignore),
            "extend-select": split(self.extend_select),
            "fail-on": self.fail_on,
            "tokens": False if self.no_tokens else None,
            "network": False if self.offline else self.network or None,
            "tier": self.tier,
            "jobs": self.jobs,
            "incremental": self.incremental,
            "moderation.sample": self.sample,
            "moderation.thorough": self.thorough or None,
            "services.moderator.base-url": self.base_url,
            "services.guard.base-url": self.guard_base_url,
            "services.guard.model": self.guard_model,
        }


@click.command("check", short_help="Find every defect of training files, and what the job would cost.")
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("--validation", multiple=True, metavar="FILE", help="A validation file (repeatable).")
@click.option("--against", multiple=True, metavar="FILE", help="A benchmark that no row may overlap with (repeatable).")
@click.option("--model", metavar="MODEL", help="The base model; without it, what holds for every model.")
@click.option("--provider", metavar="NAME", help="Where the job will run (default: openai).")
@click.option("--method", type=click.Choice(["supervised", "dpo", "reinforcement"]), help="The training method.")
@click.option(
    "--format",
    type=click.Choice(["chat", "preference", "reinforcement", "completion", "auto"]),
    help="The format of the rows (default: as most of them are).",
)
@click.option("--epochs", type=click.IntRange(min=1), help="Epochs, for the cost.")
@click.option(
    "--output-format", metavar="FORMAT", help=f"{known_formats()} (default: full on a terminal, else concise)."
)
@click.option("-o", "--output", metavar="FILE", help="Write the report to a file, not to standard output.")
@click.option("--also", multiple=True, metavar="FORMAT=FILE", help="A further report (repeatable).")
@click.option("--select", multiple=True, metavar="RULES", help="Run these rules only: codes, names, prefixes, ALL.")
@click.option("--extend-select", multiple=True, metavar="RULES", help="Run these rules too.")
@click.option("--ignore", multiple=True, metavar="RULES", help="Leave these rules out.")
@click.option("--fail-on", type=click.Choice(["error", "warning", "info"]), help="What fails (default: warning).")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 in spite of findings.")
@click.option("--no-accepted", is_flag=True, help="Show accepted findings too, and let them count.")
@click.option("--statistics", is_flag=True, help="Counts per rule in place of the findings.")
@click.option("--offline", is_flag=True, help="No network: no moderation, no images.")
@click.option("--online", is_flag=True, help="Run moderation to the end, however long it takes.")
@click.option("--network", is_flag=True, help="Ask for the images that rows name by address (FT806).")
@click.option("--private-network", is_flag=True, help="With --network, ask addresses in private networks too.")
@click.option("--batch", is_flag=True, help="As --online, by the Batch API: no limit per minute, up to 24 hours.")
@click.option("--no-tokens", is_flag=True, help="Count tokens only where a line could be over a limit.")
@click.option("--tier", metavar="TIER", help="Usage tier of the account, for the pace of moderation (free, 1 to 5).")
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="Moderate N examples; never counts as clean.")
@click.option("--thorough", is_flag=True, help="Moderate every text alone as well.")
@click.option("--base-url", metavar="URL", help="Address of the moderator, if it is not the provider's own.")
@click.option("--guard-base-url", metavar="URL", help="Ask a guard model there (Llama Guard's answers) as well.")
@click.option("--guard-model", metavar="NAME", help="Its name (default: meta-llama/Llama-Guard-3-8B).")
@config_options
@click.option("--jobs", metavar="N", help="Processes that judge a large file (default: auto, what the machine has).")
@click.option(
    "--incremental/--no-incremental", default=None, help="Judge only rows that have changed (default: in a hook)."
)
@click.option("--force-exclude", is_flag=True, help="Apply `exclude` to files named here too (for hooks).")
@click.option("--show-text", is_flag=True, help="Show text that moderation flagged, in files and logs too.")
@click.option("--max-per-rule", type=click.IntRange(min=0), default=20, help="Code frames per rule, 0 for all.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colours.")
@click.option("-q", "--quiet", is_flag=True, help="Findings only: no summary, no progress.")
@click.option("-v", "--verbose", is_flag=True, help="Every info finding, and rules that were skipped.")
@click.option("--watch", is_flag=True, help="Check again, offline, whenever a file changes, until Ctrl-C.")
@click.option("--stdin-filename", metavar="NAME", help="What to call standard input (the path -).")
def check(**given: Any) -> int:
    """Check training files: `ftlint check train.jsonl --validation valid.jsonl --model gpt-4.1-mini-2025-04-14`.

    PATHS are JSONL files, `-` is standard input. Every defect is found in one go, with its place and a remedy. Without
    a key, or with --offline, nothing leaves this machine.

    Exit codes: 0 clean, 1 findings, 2 not checked, 3 a service failed and the check is not complete.
    """
    asked = Given(**given)
    return _watched(asked) if asked.watch else _check(asked)


def _watched(given: Given) -> int:
    """Check again and again; nothing is sent, for nobody is asked before each time."""
    from ftlint.cli.watch import watch

    if given.online or given.batch or given.network or given.guard_base_url:
        raise UsageError("--watch sends nothing", "leave --online, --batch, --network and --guard-base-url away")
    paths = [path for path, _ in _files(given) if path != "-"]
    if len(paths) < len(given.paths) + len(given.validation):
        raise UsageError("--watch needs files, and standard input is read once only")
    once = replace(given, offline=True, watch=False, incremental=given.incremental is not False)
    return watch(lambda: _check(once), paths)


def _check(given: Given) -> int:
    """Parse and refuse first, then check, then show."""
    from ftlint.cli.output import guess_format, known_format, targets

    if given.offline and given.online:
        raise UsageError("--offline and --online exclude each other")
    if given.offline and given.batch:
        raise UsageError("--offline and --batch exclude each other")
    if given.offline and given.guard_base_url:
        raise UsageError(
            "--offline sends nothing, to no guard model either", "leave --offline or --guard-base-url away"
        )
    if given.offline and given.network:
        raise UsageError("--offline and --network exclude each other")
    files = _files(given)
    paths = [path for path, _ in files if path != "-"]
    resolved = resolve(
        given.config, given.isolated, given.today, start=paths[0].parent if paths else None, flags=given.flags()
    )
    if given.guard_model and resolved.settings.services.guard is None:
        raise UsageError("the guard model has no address", "--guard-base-url URL, or base-url in [services.guard]")
    if given.batch and not resolved.settings.moderation.cache:
        raise UsageError("--batch needs the cache: it keeps there what to wait for", "moderation.cache=true")
    shown = known_format(given.output_format or guess_format(given.output) or _default_format(given))
    if given.statistics:
        from ftlint.cli.statistics import refuse

        refuse(shown)
    against = tuple(_readable(Path(name)) for name in given.against)
    beside = [path for path in (resolved.file, resolved.settings.accepted) if path is not None]
    written = targets(given.output, shown, given.also, [*paths, *against, *beside])
    if given.force_exclude:
        from ftlint.config import excluded

        files = [file for file in files if file[0] == "-" or not excluded(file[0], resolved.exclude, resolved.root)]
        if not files:
            return 0
    from ftlint.cli.session import Session

    if against:
        resolved = replace(resolved, settings=replace(resolved.settings, against=against))
    return Session(given, files, resolved, shown, written, _again(files)).run()


def _again(files: Files) -> str | None:
    """The command that runs this check again, with the network; None where standard input is gone."""
    arguments = click.get_current_context().find_root().obj
    if not isinstance(arguments, list) or any(path == "-" for path, _ in files):
        return None
    return shlex.join(["ftlint", *(word for word in arguments if word != "--offline")])


def _default_format(given: Given) -> str:
    return "full" if sys.stdout.isatty() and not given.output else "concise"


def _files(given: Given) -> Files:
    """The files with their roles; each path is looked at, so that a wrong one costs no waiting."""
    named = [*((name, Role.TRAIN) for name in given.paths), *((name, Role.VALIDATION) for name in given.validation)]
    if not named:
        raise UsageError("no file is named", "ftlint check train.jsonl")
    if len({(name if name == "-" else os.path.realpath(name), role) for name, role in named}) < len(named):
        raise UsageError("a file is named twice", "name every file once")
    if sum(name == "-" for name, _ in named) > 1:
        raise UsageError("standard input can be read once only")
    return [("-" if name == "-" else _readable(Path(name)), role) for name, role in named]


def _readable(path: Path) -> Path:
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder", f"name its files: ftlint check {shlex.quote(str(path))}/*.jsonl")
        path.stat()
        if path.is_file():
            path.open("rb").close()
    except OSError as error:
        raise InputError(f"cannot read {path}: {(error.strerror or 'not readable').lower()}") from None
    return path

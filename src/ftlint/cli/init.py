"""``ftlint init``: a first run file, configuration and hook for the data of a folder; what is there is left alone."""

from __future__ import annotations

import datetime
import json
import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import click

from ftlint.cli.common import config_options, day
from ftlint.errors import InputError, UsageError
from ftlint.model import Format, Role
from ftlint.text import plural, safe
from ftlint.texts import RESERVED

CONFIG, RUN, HOOKS, PYPROJECT = "ftlint.toml", "run.toml", ".pre-commit-config.yaml", "pyproject.toml"
_DEPTH = 3
_MOST = 200
"""Files that are looked at; a folder with more holds something else than a training set and its validation set."""
_HELDOUT = re.compile(r"(?:^|[^a-z])(?:test|heldout|held[-_]out|holdout|eval)(?:[^a-z]|$)", re.IGNORECASE)
_VALIDATION = re.compile(r"(?:^|[^a-z])(?:valid|validation|val|dev)(?:[^a-z]|$)", re.IGNORECASE)
_TRAIN = re.compile(r"(?:^|[^a-z])(?:train|training)(?:[^a-z]|$)", re.IGNORECASE)
_METHODS = {Format.CHAT: "supervised", Format.PREFERENCE: "dpo", Format.REINFORCEMENT: "reinforcement"}
_RUNNABLE = ("supervised", "dpo", "reinforcement")
"""What `ftlint run` carries out."""
_FIELD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Found:
    """The training data of a folder: paths relative to it, with forward slashes.

    Attributes:
        field: what the rows of a reinforcement file hold for the grader, if it can be named.
    """

    train: str
    validation: str | None
    heldout: str | None
    format: Format
    others: tuple[str, ...]
    field: str | None = None


@click.command("init", short_help="Write a first run.toml, ftlint.toml and hook for what is in a folder.")
@click.argument("folder", default=".", metavar="[FOLDER]")
@click.option("--model", metavar="MODEL", help="The base model of the run file (default: the first of the catalogue).")
@click.option("--provider", default="openai", metavar="NAME", help="Where the job will run (default: openai).")
@click.option("--dry-run", is_flag=True, help="Print what would be written, and write nothing.")
@config_options
def init(
    folder: str, model: str | None, provider: str, dry_run: bool, config: tuple[str, ...], isolated: bool,
    today: str | None,
) -> int:  # fmt: skip
    """Look for training files in FOLDER, and write `ftlint.toml`, `run.toml` and `.pre-commit-config.yaml` for them.

    A file that exists is never written over: what would stand in it is printed, and you decide.
    """
    from ftlint.catalog import load_providers
    from ftlint.cli.output import write

    if config or isolated:
        raise UsageError("init reads no configuration", "leave --config and --isolated away")
    root = Path(folder)
    if not root.is_dir():
        raise InputError(f"{folder} is not a folder", "name the folder with the training files")
    if provider not in load_providers():
        raise UsageError(f"there is no provider `{provider}`", "use one of " + ", ".join(sorted(load_providers())))
    found = _look(root)
    settled = _settled(root)
    files = {} if settled else {CONFIG: _config(model, provider)}
    if found is not None and _METHODS.get(found.format) in _RUNNABLE and (found.validation or found.heldout):
        files[RUN] = _run(found, _model(model, provider, day(today), _METHODS[found.format]), provider)
    files[HOOKS] = _hooks(found)
    write("".join(f"{line}\n" for line in _told(found)))
    if settled:
        write(f"no {CONFIG}: the settings stand in {safe(str(root / PYPROJECT))}, which it would hide\n")
    for name, text in files.items():
        write(_write(root / name, text, dry_run=dry_run))
    following = f"ftlint check {shlex.quote(found.train)}" if found else "ftlint convert --help"
    write(f"next: {safe(following)}\n")
    return 0


def _settled(root: Path) -> bool:
    """The folder's pyproject.toml holds settings of ours, and an ftlint.toml beside it would take their place."""
    from ftlint.config import discover

    found = discover(root)
    return found is not None and found.name == PYPROJECT and found.parent == root.absolute()


def _look(root: Path) -> Found | None:
    """The training, validation and held-out file of a folder, by format and name; the largest is for training."""
    from ftlint.checks.file import sniff
    from ftlint.formats import decide
    from ftlint.read import Source

    formats: dict[str, Format] = {}
    sizes: dict[str, int] = {}
    fields: dict[str, str | None] = {}
    for path in _candidates(root):
        source = Source(str(path), Role.TRAIN, path)
        sniffed = sniff(source.head())
        fmt, row = decide(source, sniffed.skip) if sniffed.readable else (Format.UNKNOWN, None)
        if fmt is not Format.UNKNOWN:
            name = path.relative_to(root).as_posix()
            formats[name], sizes[name] = fmt, path.stat().st_size
            fields[name] = next((key for key in row or () if _FIELD.fullmatch(key) and key not in RESERVED), None)
    heldout = [name for name in formats if _HELDOUT.search(name)]
    validation = [name for name in formats if _VALIDATION.search(name) and name not in heldout]
    training = [name for name in formats if name not in (*heldout, *validation)]
    named = [name for name in training if _TRAIN.search(name)] or training
    if not named:
        return None
    train = max(named, key=lambda name: (sizes[name], name))
    same = [name for name in formats if formats[name] is formats[train]]
    held = next((name for name in heldout if name in same), None)
    judged = next((name for name in validation if name in same), None)
    others = tuple(name for name in formats if name not in (train, held, judged))
    return Found(train, judged, held, formats[train], others, fields[train])


def _candidates(root: Path) -> list[Path]:
    """JSONL files up to a few folders deep, in order; hidden folders and the folders of runs are left out."""
    found: list[Path] = []
    for at, folders, names in os.walk(root):
        depth = len(Path(at).relative_to(root).parts)
        folders[:] = sorted(name for name in folders if depth < _DEPTH and name[0] != "." and name != "runs")
        paths = (Path(at) / name for name in sorted(names) if name.endswith((".jsonl", ".ndjson")))
        found += [path for path in paths if path.is_file() and os.access(path, os.R_OK)]
        if len(found) >= _MOST:
            break
    return found[:_MOST]


def _told(found: Found | None) -> list[str]:
    if found is None:
        return ["no training file here: nothing in a known format ends in .jsonl"]
    roles = (("training", found.train), ("validation", found.validation), ("held out", found.heldout))
    lines = [f"{role}: {safe(name)} ({found.format.value})" for role, name in roles if name]
    if found.others:
        lines.append(f"not used: {plural(len(found.others), 'other file')} ({safe(', '.join(found.others[:5]))})")
    if _METHODS.get(found.format) not in _RUNNABLE:
        lines.append(f"no {RUN}: `ftlint run` does not carry out {found.format.value} training")
    elif not (found.validation or found.heldout):
        lines.append(f"no {RUN}: there is no validation or held-out file to measure on")
    return lines


def _model(given: str | None, provider: str, today: datetime.date, method: str) -> str:
    from ftlint.catalog import trainable

    if given:
        return given
    names = [model.name for model in trainable(provider, today, method)]
    small = [name for name in names if "mini" in name]  # the first run is not the one to spend on
    return [*small, *names, "NAME-OF-THE-BASE-MODEL"][0]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _config(model: str | None, provider: str) -> str:
    lines = ["# Settings of ftlint for this folder and what is below it; `ftlint config` shows them all.", ""]
    lines.append(f"provider = {_quoted(provider)}")
    lines.append(f"model = {_quoted(model)}" if model else '# model = "..."  # without it, what holds for every model')
    lines += ['fail-on = "warning"', "", "# [per-file]", '# "examples/*.jsonl" = ["FT401"]  # rules to leave out there']
    return "\n".join(lines) + "\n"


def _run(found: Found, model: str, provider: str) -> str:
    parts = (("train", found.train), ("validation", found.validation), ("heldout", found.heldout))
    judged = found.format is Format.REINFORCEMENT
    field = found.field or "reference_answer"
    return "\n".join(
        [
            "# Checks, trains, and measures what it brought. First without a key, network or cost:",
            f"#   ftlint run {RUN} --rehearse",
            "",
            "[dataset]",
            *(f"{key} = {_quoted(name)}" for key, name in parts if name),
            "",
            "[train]",
            f"provider = {_quoted(provider)}",
            f"model = {_quoted(model)}",
            f'method = "{_METHODS[found.format]}"',
            "",
            *(_grader(field) if judged else ()),
            "[evaluate]",
            *([f"reference = {_quoted(field)}"] if judged else ()),
            "temperature = 0",
            "max_tokens = 256",
            "",
            "[gate]",
            "max_cost = 10.0  # USD",
            "",
        ]
    )


def _grader(field: str) -> list[str]:
    """The plainest grader there is, over the field that the rows hold."""
    return [
        "[train.grader]  # the plainest one; the service knows others",
        'type = "string_check"',
        'name = "same"',
        'operation = "eq"',
        'input = "{{ sample.output_text }}"',
        f'reference = "{{{{ item.{field} }}}}"',
        "",
    ]


def _hooks(found: Found | None) -> str:
    """The entry for pre-commit, for the files that were found; `files` is a pattern over paths from the repository."""
    names = [name for name in (found.train, found.validation, found.heldout) if name] if found else []
    pattern = "^(" + "|".join(map(re.escape, names)) + ")$" if names else r"\.jsonl$"
    files = f"        files: {_single(pattern)}\n"
    return (
        "repos:\n"
        "  - repo: local\n"
        "    hooks:\n"
        "      - id: ftlint\n"
        "        name: ftlint\n"
        "        entry: ftlint check --offline --no-tokens --force-exclude  # no key, sends nothing\n"
        "        language: system  # the ftlint that is installed\n"
        "        require_serial: true\n" + files
    )


def _single(text: str) -> str:
    """A YAML string in single quotes."""
    return "'" + text.replace("'", "''") + "'"


def _write(path: Path, text: str, *, dry_run: bool) -> str:
    """Write one file, unless it exists; returns what is to be said of it."""
    from ftlint.cli.output import save

    exists = path.exists() or path.is_symlink()
    if exists or dry_run:
        fact = "exists and is left alone; this would stand in it" if exists else "would be written"
        return f"{safe(str(path))}: {fact}:\n\n" + "".join(f"    {safe(line)}\n" for line in text.splitlines()) + "\n"
    save(path, text.encode())
    return f"{safe(str(path))}: written\n"

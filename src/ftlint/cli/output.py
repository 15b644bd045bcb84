"""Where results go: standard output that survives a closed pipe, and files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from ftlint.errors import InputError, UsageError
from ftlint.model import Report
from ftlint.records import dataclass
from ftlint.reports import FORMATS, Options, render
from ftlint.run.files import write_atomic
from ftlint.text import log_line, safe

MIN_WIDTH, MAX_WIDTH = 40, 160
_WIDTH = 80
"""Where it is not known."""
AUTO = "auto"
"""Not a format: ``github`` in a workflow of GitHub, else ``full`` on a terminal and ``concise`` elsewhere."""
ENDINGS = {
    "json": "json",
    "jsonl": "jsonl",
    "sarif": "sarif",
    "md": "markdown",
    "markdown": "markdown",
    "html": "html",
    "htm": "html",
    "xml": "junit",
}
"""Ending of a file to the format that is written to it when none is named."""


def write(text: str) -> None:
    """Write to standard output; a reader that went away (``| head``) ends the output, not the command.

    Raises:
        InputError: it cannot be written (the disk is full).
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (lives as long as the process)
        if not isinstance(error, BrokenPipeError):
            raise InputError(f"cannot write to standard output: {(error.strerror or str(error)).lower()}") from None


def note(line: str) -> None:
    """One line to stderr: what is not the result."""
    sys.stderr.write(log_line(safe(line)) + "\n")
    sys.stderr.flush()


def colored(choice: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Colours on standard output: as the user says, else on a terminal where ``NO_COLOR`` is not set."""
    if choice != "auto":
        return choice == "always"
    return sys.stdout.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def terminal(
    *, color: str, show_text: bool, max_per_rule: int, verbose: bool, summary: bool, again: str | None
) -> Options:
    """How a report is shown on standard output. Flagged text is shown on a person's own terminal, nowhere else."""
    shared = os.environ.get("CI") or os.environ.get("PRE_COMMIT")
    return Options(
        width=max(MIN_WIDTH, min(_width(), MAX_WIDTH)),
        color=colored(color),
        encoding=sys.stdout.encoding or "utf-8",
        show_text=show_text or (sys.stdout.isatty() and not shared),
        max_per_rule=max_per_rule,
        verbose=verbose,
        summary=summary,
        again=again,
    )


def _width() -> int:
    """Columns, as ``shutil.get_terminal_size`` tells them, whose import takes longer than to check ten rows."""
    with contextlib.suppress(KeyError, ValueError):
        if (columns := int(os.environ["COLUMNS"])) > 0:
            return columns
    with contextlib.suppress(AttributeError, ValueError, OSError):  # closed, or no terminal
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or _WIDTH  # type: ignore[union-attr]
    return _WIDTH


@dataclass(frozen=True, slots=True)
class Target:
    """A file that a report is written to."""

    format: str
    path: Path

    def write(self, report: Report, options: Options) -> None:
        """Render and write; raises InputError when the file cannot be written."""
        save(self.path, render(report, self.format, options).encode("utf-8", "backslashreplace"))


def targets(output: str | None, main_format: str, also: Sequence[str], inputs: Sequence[Path]) -> list[Target]:
    """The files that ``-o`` and ``--also FORMAT=FILE`` name, checked before any work is done.

    Raises:
        UsageError: a format is unknown, a file is named twice, or is one of those that are read.
        InputError: the folder is missing.
    """
    made = [Target(main_format, Path(output))] if output else []
    for entry in also:
        name, separator, file = entry.partition("=")
        if not separator or not file:
            raise UsageError(f"--also takes FORMAT=FILE, not `{entry}`", "--also json=report.json")
        made.append(Target(known_format(name), Path(file)))
    taken = {path.resolve(): "is a file that is read" for path in inputs}
    for target in made:
        path = target.path
        if path.is_dir() or not path.resolve().parent.is_dir():
            problem = "is a folder" if path.is_dir() else "is in a folder that does not exist"
            raise InputError(f"cannot write {path}: it {problem}")
        if path.resolve() in taken:
            raise UsageError(f"cannot write {path}: it {taken[path.resolve()]}", "name another file")
        if not _is_device(path):
            taken[path.resolve()] = "is named twice"
    return made


def known_format(name: str, environ: Mapping[str, str] = os.environ) -> str:
    """The name, if there is such a format; ``auto`` is what suits the place where the output goes.

    Raises:
        UsageError: there is not; with a did-you-mean.
    """
    if name == AUTO:
        if environ.get("GITHUB_ACTIONS") == "true":
            return "github"
        return "full" if sys.stdout.isatty() else "concise"
    if name not in FORMATS:
        import difflib

        close = difflib.get_close_matches(name, (*FORMATS, AUTO), 1)
        hint = f"did you mean `{close[0]}`?" if close else f"use one of {', '.join((*FORMATS, AUTO))}"
        raise UsageError(f"there is no output format `{name}`", hint)
    return name


def guess_format(output: str | None) -> str | None:
    """The format that an output file's ending says, if it says one."""
    name = Path(output).name.lower() if output else ""
    if name.endswith(".sarif.json"):
        return "sarif"
    suffix = name.rpartition(".")[2] if "." in name else ""
    return ENDINGS.get(suffix)


def save(path: Path, content: bytes) -> None:
    """Write a whole file at once, with the permissions that any new file has.

    Raises:
        InputError: it cannot be written.
    """
    try:
        if _is_device(path):
            with path.open("wb") as device:
                device.write(content)
            return
        target = path.resolve()  # a link stays a link
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_umask()
        write_atomic(target, content)
        target.chmod(mode)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from error


def _is_device(path: Path) -> bool:
    """``/dev/null``, a pipe: something that must not be replaced by a file."""
    return path.exists() and not path.is_file()


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask

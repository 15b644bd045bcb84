"""``ftlint fix --redact``: personal data and secrets become placeholders, in a copy; never in place."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from ftlint.cli.common import resolve, split
from ftlint.errors import InputError, UsageError
from ftlint.model import Role
from ftlint.text import plural, safe

if TYPE_CHECKING:
    from ftlint.cli.fix import Given
    from ftlint.fix.redact import Left, Redacted, Redactor
    from ftlint.rulebook import Book

_USAGE = "ftlint fix train.jsonl --redact pii -o redacted.jsonl"
_PROFILE = "FT709"
_MOST_TOLD = 100


def redact(given: Given) -> int:
    """Write a copy of one file with placeholders for its values, and check it; 1 where something had to stay.

    Raises:
        UsageError: the options do not go together, or a rule is none whose values can be replaced.
        InputError: a file cannot be read or written, is no JSONL, or changed meanwhile.
    """
    from ftlint.cli.output import note, write
    from ftlint.fix.redact import Redactor
    from ftlint.read import Source
    from ftlint.rulebook import load_book

    path, output = _paths(given)
    flags = given.flags() | {"select": None, "ignore": None}
    settings = resolve(given.config, given.isolated, given.today, start=path.parent, flags=flags).settings
    codes = _codes(given.redact or "", load_book(settings.rules))
    redactor = Redactor(Source(str(path), Role.TRAIN, path), settings, codes)
    redactor.look()
    done = _written(redactor, path, output)
    done.left.extend(redactor.still(Source(str(output), Role.TRAIN, output)))
    write(_summary(output, done))
    for line in _told(str(path), sorted(done.left, key=lambda left: (left.line, str(left)))):
        note(line)
    return 1 if done.left else 0


def _paths(given: Given) -> tuple[Path, Path]:
    if given.drop or given.quarantine or given.base_url:
        raise UsageError("--redact and --drop are two steps: not in one command", _USAGE)
    if given.unsafe_fixes or given.diff or given.select or given.ignore:
        raise UsageError("--redact does nothing else: not with --unsafe-fixes, --diff, --select or --ignore", _USAGE)
    if len(given.paths) != 1 or "-" in given.paths:
        raise UsageError("--redact takes one file", _USAGE)
    if not given.output:
        raise UsageError("--redact writes another file, and never in place: name --output", _USAGE)
    path, output = Path(given.paths[0]), Path(given.output)
    if path.resolve() == output.resolve() or (path.exists() and output.exists() and path.samefile(output)):
        raise UsageError("--redact never writes in place: --output must be another file", _USAGE)
    if output.is_dir() or not output.resolve().parent.is_dir():
        raise InputError(f"cannot write {output}: it is a folder, or in one that does not exist")
    if output.exists() and not (output.is_file() and os.access(output, os.W_OK)):
        raise InputError(f"cannot write {output}: it is read-only, or no file")
    if not path.is_file():
        raise InputError(f"there is no file {path}")
    return path, output


def _codes(what: str, book: Book) -> frozenset[str]:
    """The rules that ``pii``, ``secrets`` and a list of rules stand for."""
    from ftlint.fix.placeholders import CODES, SECRETS

    codes: set[str] = set()
    for word in split([what]) or ():
        named = {"pii": CODES, "secrets": SECRETS}.get(word.lower())
        found = CODES & book.resolve([word]) if named is None else named
        if not found:
            names = book.resolve([word]) == {_PROFILE}
            raise UsageError(
                f"--redact cannot replace what {word} finds",
                "names are not replaced" if names else "it takes pii, secrets, and rules FT701 to FT708 and FT72",
            )
        codes |= found
    if not codes:
        raise UsageError("--redact names nothing", _USAGE)
    return frozenset(codes)


def _written(redactor: Redactor, path: Path, output: Path) -> Redacted:
    """The output, whole or not at all."""
    from ftlint.run.files import atomic_writer, sha256_file

    target = output.resolve()  # a link stays a link
    mode = stat.S_IMODE((target if target.exists() else path).stat().st_mode)
    with atomic_writer(target) as out:
        done = redactor.write(out)
        if hasattr(os, "fchmod"):
            os.fchmod(out.fileno(), mode)
        if sha256_file(path)[0] != done.sha256:
            raise InputError(f"{path} changed while it was read; nothing was written", "run ftlint fix again")
    return done


def _summary(output: Path, done: Redacted) -> str:
    """How many values of each kind were replaced, and how many different ones."""
    counts = done.placeholders.counts()
    values = plural(sum(total for total, _ in counts.values()), "value")
    lines = [f"{safe(str(output))}: {values} replaced in {plural(done.rows, 'row')}"]
    lines += [f"  {label:<12} {total:>7,}  ({distinct:,} distinct)" for label, (total, distinct) in counts.items()]
    return "\n".join(lines) + "\n"


def _told(path: str, left: list[Left]) -> list[str]:
    """One line for each thing that had to stay, as many as a person reads."""
    lines = []
    for item in left[:_MOST_TOLD]:
        what = f"{item.code} stays at {item.place}: " if item.code else ""
        lines.append(f"{path}:{item.line}: {what}{item.reason}")
    if len(left) > _MOST_TOLD:
        lines.append(f"{len(left) - _MOST_TOLD:,} more")
    if left:
        lines.append(f"help: mend {plural(len(left), 'place')} by hand, and run the command again")
    return lines

"""``ftlint fix``: the options, the files, and what was done; bytes change only here, and only all at once."""

from __future__ import annotations

import os
import stat
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ftlint.cli.common import config_options, resolve, split
from ftlint.errors import InputError, UsageError
from ftlint.fix.mend import Fixed
from ftlint.fix.scan import Change
from ftlint.model import Frame, Role
from ftlint.text import plural

_SIDE = 40
"""Characters that --diff shows on each side of a change."""


@dataclass(frozen=True, slots=True)
class Given:
    """The command line of ``fix``, as click parsed it."""

    paths: tuple[str, ...]
    unsafe_fixes: bool
    diff: bool
    output: str | None
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    drop: str | None
    quarantine: str | None
    base_url: str | None
    redact: str | None
    provider: str | None
    format: str | None
    config: tuple[str, ...]
    isolated: bool
    today: str | None

    def flags(self) -> dict[str, Any]:
        """The settings among the options."""
        return {
            "provider": self.provider,
            "format": self.format,
            "select": split(self.select),
            "ignore": split(self.ignore),
        }


@click.command("fix", short_help="Mend what can be mended without a person's judgement.")
@click.argument("paths", nargs=-1, metavar="FILE...")
@click.option("--unsafe-fixes", is_flag=True, help="Mend also what changes or removes examples.")
@click.option("--diff", is_flag=True, help="Show what would change, and change nothing; exit 1 if anything would.")
@click.option("-o", "--output", metavar="FILE", help="Write the mended file here, and leave the other as it is.")
@click.option("--select", multiple=True, metavar="RULES", help="Mend these rules only.")
@click.option("--ignore", multiple=True, metavar="RULES", help="Leave these rules out.")
@click.option(
    "--drop",
    type=click.Choice(["flagged", "watched"]),
    help="Hold back the rows that moderation flags, or flags or watches (needs a key, --output and --quarantine).",
)
@click.option("--quarantine", metavar="FILE", help="Where --drop puts the rows that it holds back.")
@click.option("--base-url", metavar="URL", help="Address of the moderator, for --drop.")
@click.option(
    "--redact",
    metavar="WHAT",
    help="Put placeholders such as [EMAIL_1] for personal data and secrets: `pii` (all but names), `secrets`, or rules "
    "such as FT701,FT702 (needs --output).",
)
@click.option("--provider", metavar="NAME", help="Where the job will run, as for `check`.")
@click.option(
    "--format",
    type=click.Choice(["chat", "preference", "reinforcement", "completion", "auto"]),
    help="The format of the rows (default: as most of them are).",
)
@config_options
def fix(**given: Any) -> int:
    """Mend training files in place: `ftlint fix train.jsonl`, and see first: `ftlint fix --diff train.jsonl`.

    Safe fixes change no example: byte order mark, line ends, blank lines. With --unsafe-fixes also misspelt roles and
    keys, copies, untrimmed answers, arguments that are no string. Lines without a fix keep every byte. A file is
    replaced at once or not at all, and not when somebody changed it meanwhile.
    """
    return _fix(Given(**given))


def _fix(given: Given) -> int:
    if given.redact is not None:
        from ftlint.cli.redact import redact

        return redact(given)
    if given.drop:
        from ftlint.cli.hold import drop

        return drop(given)
    if given.quarantine or given.base_url:
        raise UsageError("--quarantine and --base-url belong to --drop", "ftlint fix --help")
    from ftlint.cli.output import note, write
    from ftlint.fix.mend import mend
    from ftlint.read import Source

    paths = _paths(given)
    resolved = resolve(given.config, given.isolated, given.today, start=paths[0].parent, flags=given.flags())
    fixed: Counter[str] = Counter()
    held: Counter[str] = Counter()
    changed = 0
    for path in paths:
        source = Source(str(path), Role.TRAIN, path)
        source.open().close()
        with tempfile.TemporaryDirectory(prefix="ftlint-") as folder:
            result = mend(source, resolved.settings, Path(folder), unsafe=given.unsafe_fixes)
            if given.diff:
                write("".join(f"{line}\n" for line in _shown(str(path), result.changes)))
            elif result.path is not None or given.output:
                _replace(path, Path(given.output) if given.output else path, result)
        changed += result.path is not None
        fixed.update(result.fixed)
        held.update(result.held)
    (note if given.diff else lambda line: write(f"{line}\n"))(_summary(given, fixed, held, changed))
    return 1 if given.diff and changed else 0


def _paths(given: Given) -> list[Path]:
    if not given.paths:
        raise UsageError("no file is named", "ftlint fix train.jsonl")
    if "-" in given.paths:
        raise UsageError("standard input cannot be mended in place", "write it to a file first")
    if given.output and (len(given.paths) > 1 or given.diff):
        raise UsageError("--output takes one file, and not --diff", "ftlint fix train.jsonl -o mended.jsonl")
    paths = [Path(path) for path in given.paths]
    if len({path.resolve() for path in paths}) < len(paths):
        raise UsageError("a file is named twice", "name every file once")
    return paths


def _replace(path: Path, output: Path, result: Fixed) -> None:
    """Put the mended copy in place.

    Raises:
        InputError: the file changed since it was read, or the target cannot be written.
    """
    from ftlint.run.files import atomic_writer, sha256_file

    target = output.resolve()  # a link stays a link
    if not target.parent.is_dir() or target.is_dir():
        raise InputError(f"cannot write {output}: it is a folder, or in one that does not exist")
    if target.exists() and not os.access(target, os.W_OK):
        raise InputError(f"cannot write {output}: it is read-only")
    like = target if target.exists() else path
    mode = stat.S_IMODE(like.stat().st_mode)
    try:
        with atomic_writer(target) as out, (result.path or path).open("rb") as mended:
            while block := mended.read(1 << 20):
                out.write(block)
            if hasattr(os, "fchmod"):
                os.fchmod(out.fileno(), mode)
            if sha256_file(path)[0] != result.sha256:
                raise InputError(f"{path} changed while it was mended; nothing was written", "run ftlint fix again")
    except OSError as error:
        raise InputError(f"cannot write {output}: {error.strerror}") from error


def _summary(given: Given, fixed: Counter[str], held: Counter[str], changed: int) -> str:
    codes = ", ".join(f"{code} {count:,}" for code, count in sorted(fixed.items()))
    where = f" in {plural(changed, 'file')} ({codes})" if fixed else ""
    more = f"; {held.total():,} more with --unsafe-fixes" if held else ""
    return f"{'would fix' if given.diff else 'fixed'} {plural(fixed.total(), 'finding')}{where}{more}"


_WORDS = {
    "FT004": "the byte order mark is removed",
    "FT008": "CR LF becomes LF in {lines}",
    "FT011": "a line end is added to the last line",
}


def _shown(path: str, changes: Sequence[Change]) -> Iterator[str]:
    """The changes with a little of the line round each; personal data is starred out, so it is not for `patch`."""
    from ftlint.text import safe

    for change in changes:
        place = safe(path) + (f":{change.line}" if change.line else "")
        if change.before is None:
            yield f"{place}: {change.code}: {_WORDS[change.code].format(lines=plural(change.count, 'line'))}"
            continue
        yield f"{place}: {change.code}"
        yield f"- {_piece(change.before)}"
        if change.after is not None:
            yield f"+ {_piece(change.after)}"
        if change.more > 0:
            yield f"  and {plural(change.more, 'change')} more to the same text"


def _piece(frame: Frame) -> str:
    first, last = max(frame.start - _SIDE, 0), frame.end + _SIDE
    left = "…" if first or frame.cut_left else ""
    right = "…" if last < len(frame.text) or frame.cut_right else ""
    return f"{left}{frame.text[first:last]}{right}"

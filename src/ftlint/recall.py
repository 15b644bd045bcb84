"""Beside stage 3: what the rows of a file left when they were judged last, so that only those that changed are judged.

One archive in the user's cache folder for each file that is checked. It holds hashes, sketches, counts and line
numbers, and no text: rows of which something is told are judged again, so that it is told from the file itself.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import io
import pickle
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import ftlint
from ftlint.catalog import rules_root
from ftlint.cells import Cells, Numbers
from ftlint.checks import registry
from ftlint.column import made
from ftlint.errors import InputError
from ftlint.judging import Judge, Part, Tally, Task, keep
from ftlint.keep import Held, Kind
from ftlint.kept import ROWS, default_dir
from ftlint.measure import FileTokens
from ftlint.model import Line
from ftlint.read import Extent, Piece, Reader
from ftlint.run.files import atomic_writer
from ftlint.stretches import Stretch, Stretches

_NO_DAY = datetime.date(2000, 1, 1)
_BROKEN = (
    OSError, RuntimeError, ValueError, EOFError, LookupError, TypeError, AttributeError, ArithmeticError,
    zipfile.BadZipFile, pickle.UnpicklingError,
)  # fmt: skip
"""What a damaged archive, or one of another version, raises; RuntimeError also where there is no home."""


class Known(NamedTuple):
    """What is remembered of a stretch, without texts: no profiles, and of system prompts only which rows share them.

    Attributes:
        number: of its first line, at that time; all other numbers count from there.
        extent, tally: what it left.
        prompts: the rows of each system prompt.
        again: the lines that are judged again.
    """

    number: int
    extent: Extent
    tally: Tally
    prompts: list[Numbers]
    again: list[int]


class Recall:
    """What is remembered of one file, and what will be.

    Args:
        task: the file, and all that decides what is found in it.
        skip: bytes before its first line.
    """

    def __init__(self, task: Task, skip: int) -> None:
        self._task = task
        self._skip = skip
        self._stamp = self._stat()
        name = f"{_fingerprint(task)}.zip"
        self._path: Path | None = None
        self._before: zipfile.ZipFile | None = None
        with contextlib.suppress(*_BROKEN):
            self._path = default_dir() / ROWS / name
            self._before = zipfile.ZipFile(self._path)
        self._names = frozenset(self._before.namelist() if self._before else ())
        self._after: dict[str, tuple[int, int] | None] = {}  # where it stands among what is new
        self._new = Cells(1)
        self.sha256 = ""

    def stretches(self) -> list[Stretch]:
        """The file, cut into stretches; sets ``sha256``, the hash of the whole."""
        cut = Stretches(self._task.source, self._skip)
        found = list(cut)
        self.sha256 = cut.sha256
        return found

    def __contains__(self, stretch: Stretch) -> bool:
        return stretch.digest.hex() in self._names

    def part(self, stretch: Stretch, before: dict[Kind, int]) -> Part:
        """What a stretch leaves that is remembered; a damaged memory is none, and it is judged."""
        name = stretch.digest.hex()
        try:
            known = _loaded(self._before.read(name)) if self._before is not None else None
        except _BROKEN:
            known = None
        if known is None:
            return self.note(stretch, self._task.judge(stretch.piece, before))
        self._after[name] = None
        judge, held = self._judged_again(stretch.piece, known, before)
        by = stretch.piece.number - known.number
        _move(known, by)
        states = known.tally.states
        states["profiles"] = judge.tally.states["profiles"]
        try:
            _name(states["prompts"], known.prompts, judge.tally.states["prompts"], by)
        except KeyError:  # the file has changed since it was cut
            return self._task.judge(stretch.piece, before)
        return Part(known.extent, known.tally, held, "")

    def note(self, stretch: Stretch, part: Part) -> Part:
        """Remember what a stretch has left, unless most of it would have to be judged again."""
        again = {finding.line for finding in (*part.held.findings, *part.held.accepted) if finding.line}
        for lines in part.held.left.values():
            again.update(lines)
        states = part.tally.states
        again.update(states["profiles"].told)
        prompts = list(states["prompts"].lines.values())
        again.update(lines[0] for lines in prompts)
        whole = part.tally.nonblank == part.tally.objects and not part.torn and not part.extent.too_long
        if whole and 2 * len(again) <= part.tally.objects:
            number = stretch.piece.number
            kept = {name: state for name, state in states.items() if name != "profiles"}
            kept["prompts"] = replace(states["prompts"], lines={})
            known = Known(number, part.extent, replace(part.tally, states=kept), prompts, sorted(again))
            start = len(self._new)
            self._new += pickle.dumps(known, protocol=5)
            self._after[stretch.digest.hex()] = start, len(self._new)
        return part

    def save(self) -> None:
        """Write down what is remembered now, unless the file has changed since, or nothing is new."""
        fresh = self._after.keys() != self._names or any(self._after.values())
        if self._path is not None and fresh and self._stat() == self._stamp:
            with contextlib.suppress(*_BROKEN, InputError):
                self._write(self._path)
        if self._before is not None:
            self._before.close()

    def _write(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with atomic_writer(path) as stream:
            with zipfile.ZipFile(stream, "w") as archive:
                for name, place in self._after.items():
                    if place is not None:
                        archive.writestr(name, self._new.read(*place))
                    elif self._before is not None:
                        archive.writestr(name, self._before.read(name))
            if self._before is not None:
                self._before.close()  # Windows replaces no file that is open
        _forget(path.parent)

    def _judged_again(self, piece: Piece, known: Known, before: dict[Kind, int]) -> tuple[Judge, Held]:
        """Those lines of a stretch that something is told of."""
        task = self._task
        judge, keeper = Judge(task.source, task.format, task.context), task.keeper(before)
        lines = self._lines(piece, {number + piece.number - known.number for number in known.again})
        if lines:
            keep(judge.batch(lines), lines, keeper)
        return judge, keeper.held

    def _lines(self, piece: Piece, numbers: set[int]) -> list[Line]:
        if not numbers:
            return []
        reader = Reader(self._task.source, piece=piece, hashed=False)
        return [line for lines in reader.batches() for line in lines if line.number in numbers]

    def _stat(self) -> tuple[int, int, int] | None:
        path = self._task.source.path
        try:
            found = path.stat() if path is not None else None
        except OSError:  # it is gone: nothing is remembered of it
            found = None
        return (found.st_mtime_ns, found.st_size, found.st_ino) if found else None


def _move(known: Known, by: int) -> None:
    """Count all line numbers from where the stretch stands now."""
    if not by:
        return
    extent, tally, states = known.extent, known.tally, known.tally.states
    extent.first_crlf = None if extent.first_crlf is None else extent.first_crlf + by
    tally.first_object = None if tally.first_object is None else tally.first_object + by
    tally.blank = tally.blank.moved(by)
    states["digests"].numbers = states["digests"].numbers.moved(by)
    states["prompts"].missing = states["prompts"].missing.moved(by)
    for name in ("rows", "sketches", "lengths"):
        states[name].lines = states[name].lines.moved(by)


def _name(prompts: Any, groups: list[Numbers], fresh: Any, by: int) -> None:
    """Give the rows of each system prompt its text again, which one of them was judged again for."""
    texts = {line: text for text, lines in fresh.lines.items() for line in lines}
    for lines in groups:
        prompts.lines[texts[lines[0] + by]] = lines.moved(by)


class _Unpickler(pickle.Unpickler):
    """Makes what is written here, and nothing else, of an archive that somebody may have changed."""

    def find_class(self, module: str, name: str) -> Any:
        states: tuple[Any, ...] = (*registry.STATES.values(),)
        for each in (made, Cells, Numbers, Counter, Known, Extent, Tally, FileTokens, *states):
            if (each.__module__, each.__qualname__) == (module, name):
                return each
        raise pickle.UnpicklingError(f"{module}.{name} has no place here")


def _loaded(content: bytes) -> Known | None:
    found = _Unpickler(io.BytesIO(content)).load()
    return (
        found if isinstance(found, Known) and found.tally.states.keys() | {"profiles"} == set(registry.STATES) else None
    )


def _fingerprint(task: Task) -> str:
    """Of all that decides what is found in a row, this program's own code included."""
    context = task.context
    settings = replace(context.settings, today=_NO_DAY, accepted=None, jobs=None, incremental=None)
    own = [repr((rule.code, rule.formats, rule.pattern)) for rule in context.book.rules.values() if rule.own]
    patterns = [rule.pattern.regex.pattern for rule in context.book.rules.values() if rule.own and rule.pattern]
    told: Iterable[object] = (
        ftlint.__version__,
        _code(),
        task.source.path and task.source.path.absolute(),
        task.source.name,
        task.source.role,
        task.format,
        settings,
        context.settings.accepted is None,  # some of what is remembered is for acceptances alone
        sorted(context.active),
        context.provider,
        context.model,
        context.limit,
        context.encoding,
        own,
        patterns,
    )
    return hashlib.sha256("\n".join(map(repr, told)).encode("utf-8", "backslashreplace")).hexdigest()[:40]


def _code() -> str:
    """The state of the installed code and rules: a change to any of them makes all that is remembered worthless."""
    places = [Path(ftlint.__file__).parent, Path(str(rules_root()))]
    files = sorted(path for place in places for path in place.rglob("*") if path.suffix in (".py", ".toml", ".json"))
    return hashlib.sha256(repr([(path.name, path.stat().st_mtime_ns) for path in files]).encode()).hexdigest()


MOST_FILES = 32
"""Archives that are kept, those that were written last."""


def _forget(folder: Path) -> None:
    files = sorted(folder.glob("*.zip"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in files[MOST_FILES:]:
        path.unlink(missing_ok=True)

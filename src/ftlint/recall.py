"""Beside stage 3: what the rows of a file left when they were judged last, so that only those that changed are judged.

One archive in the user's cache folder for each file that is checked. It holds hashes, sketches, counts and places, and
no text: rows of which something is found are judged again, so that it is told from the file itself, and names and
system prompts are read again from where they stand.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

import numpy as np

from ftlint import archive
from ftlint.archive import Archive, Bytes, GoneError
from ftlint.checks.prompts import Prompts
from ftlint.column import Column
from ftlint.errors import InputError
from ftlint.fingerprint import fingerprint
from ftlint.joined import Joined
from ftlint.judging import Tally, Task
from ftlint.keep import Keeper
from ftlint.kept import ROWS, default_dir
from ftlint.matching import ChangedError, Matching
from ftlint.prompted import UnknownError
from ftlint.read import Extent, Piece
from ftlint.remembered import COUNTED, GROUPS, MISSING, OTHER, UNCLEAR, columns, fits, with_rows
from ftlint.stretches import Cut, UnfitError

MOST_FILES, MOST_BYTES = 32, 1 << 33
"""Archives that are kept, and their bytes in all: those that were used last, and the last one of any size."""
MOST_NEW = 4
"""Where more than one line in so many is new, all are judged, as if nothing were remembered."""
FEW_NEW = 256
"""Where not one line in so many is new, what is remembered stays as it is: it costs less to judge them again."""
_BROKEN = (OSError, RuntimeError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, MemoryError)
"""What an archive of another making raises; RuntimeError also where there is no home."""
_Stamp = tuple[int, int, int, int]


class Recall:
    """What is remembered of one file, and what will be.

    Args:
        task: the file, and all that decides what is found in it.
        skip: bytes before its first line.

    Attributes:
        cut: the lines of the file; None where it cannot be remembered.
    """

    def __init__(self, task: Task, skip: int) -> None:
        self._task = task
        self._stamp = self._stat()
        self._path: Path | None = None
        self._held: Archive | None = None
        self._matching: Matching | None = None
        with contextlib.suppress(*_BROKEN):
            self._path = default_dir() / ROWS / f"{fingerprint(task)}.columns"
            held = archive.read(self._path)
            self._held = held if held is not None and fits(held) else None
        seed = self._held.facts["seed"] if self._held is not None else int.from_bytes(os.urandom(8))
        self.cut: Cut | None = None
        with contextlib.suppress(UnfitError):
            known = self._held is not None
            self.cut = Cut(task.source, skip, seed, hashed=known, each=not known)

    def tally(self, keeper: Keeper) -> Tally | None:
        """What all rows leave; None where they are to be judged as if nothing were remembered."""
        if self._held is None or self.cut is None:
            return None
        try:
            match = self._matching = Matching(self._task.source, self.cut, self._held)
            if MOST_NEW * np.count_nonzero(match.before < 0) > len(match.before):
                return None
            found, fresh = Joined(self._task, self._held, match).tally(keeper.counts())
            self._confirm()
        except UnknownError:
            self._held = None
            return None
        except (ChangedError, GoneError):
            self._stamp = None
            return None
        except _BROKEN:  # it is whole by its hash, and still not what is written here
            self._discard()
            return None
        keeper.join(fresh)
        return found

    @property
    def extent(self) -> Extent:
        """What a reader knows of the file."""
        return self.cut.extent if self.cut is not None else Extent()

    @property
    def sha256(self) -> str:
        """Hexadecimal hash of the file, where rows are remembered."""
        return self.cut.sha256 if self.cut is not None else ""

    def pieces(self, size: int) -> list[Piece]:
        """The file in pieces of about so many bytes."""
        if self.cut is None or not len(self.cut.ends):
            return []
        ends = self.cut.ends
        lasts = np.unique(np.minimum(np.searchsorted(ends, np.arange(size, int(ends[-1]) + size, size)), len(ends) - 1))
        borders = [self.cut.skip, *ends[lasts].tolist()]
        numbers = [1, *(lasts + 2).tolist()]
        return [Piece(*each) for each in zip(numbers, borders, borders[1:], strict=False)]

    def save(self, tally: Tally, keeper: Keeper) -> None:
        """Write down what the next check is to know, unless the file has changed since, or little is new."""
        if self._path is None or self.cut is None or self._stamp is None or self._stat() != self._stamp:
            return
        with contextlib.suppress(ChangedError, InputError, *_BROKEN):
            match = self._matching or Matching(self._task.source, self.cut, None)
            if not len(match.before):
                return
            if self._held is not None and FEW_NEW * match.fresh < len(match.before):
                os.utime(self._path)
                return
            archive.write(self._path, *_made(self.cut, match, tally, keeper))
            _forget(self._path.parent)

    def _confirm(self) -> None:
        """Raise ChangedError if the file that was judged may not be the one that was hashed."""
        if self._stat() != self._stamp:
            raise ChangedError

    def _discard(self) -> None:
        self._stamp = None
        if self._path is not None:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _stat(self) -> _Stamp | None:
        path = self._task.source.path
        try:
            found = path.stat() if path is not None else None
        except OSError:  # it is gone: nothing is remembered of it
            found = None
        return (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino) if found else None


def _made(cut: Cut, match: Matching, tally: Tally, keeper: Keeper) -> tuple[dict[str, Any], dict[str, Bytes | Column]]:
    """All that is remembered."""
    prompts: Prompts = tally.states["prompts"]
    states = with_rows(tally)
    facts = {
        "seed": cut.seed,
        "rows": list(states["rows"].known),
        "tellings": list(states["tellings"].known),
        "witnesses": prompts.witnesses,
    }
    held: dict[str, Bytes | Column] = {
        "lines.kinds": _kinds(cut, tally, keeper).tobytes(),
        "lines.digests": match.digests.tobytes(),
        "stretches.firsts": cut.firsts.tobytes(),
        "stretches.digests": b"".join(cut.digests),
    }
    return facts, held | dict(columns(states))


def _kinds(cut: Cut, tally: Tally, keeper: Keeper) -> np.ndarray[Any, np.dtype[np.uint32]]:
    """The kind of each line: a row of which nothing is found, and that surely begins where it stands, will be known."""
    found = np.zeros(len(cut.ends) + 1, np.uint32)
    prompts: Prompts = tally.states["prompts"]
    kinds = [(COUNTED, tally.states["digests"].numbers), (UNCLEAR, prompts.unclear), (MISSING, prompts.missing)]
    for kind, lines in (*kinds, *enumerate(prompts.lines.values(), GROUPS)):
        for block in lines.blocks():
            found[np.frombuffer(block, np.uint32)] = kind
    again = {finding.line or 0 for finding in (*keeper.findings, *keeper.accepted)}
    again.update(*(omitted.lines for omitted in keeper.omitted), tally.tellings.odd if tally.tellings else ())
    found[sorted(again)] = OTHER
    found[1:][~cut.starting] = OTHER
    if not cut.terminated:
        found[-1] = OTHER
    return found[1:]


def _forget(folder: Path) -> None:
    """Take away what is beyond the bounds, and nothing that was not written here."""
    stats = [(path.lstat(), path) for path in folder.glob("*.columns*")]
    left = MOST_BYTES
    for at, (stat, path) in enumerate(sorted(stats, key=lambda each: each[0].st_mtime_ns, reverse=True)):
        left -= stat.st_size
        if at and (at >= MOST_FILES or left < 0):
            path.unlink(missing_ok=True)

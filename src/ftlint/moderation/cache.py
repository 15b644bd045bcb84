"""Moderation, stage 3: verdicts of earlier passes, in SQLite. Hashes, scores and times only; no text is ever stored.

A broken or unwritable cache is no reason to stop: the pass goes on without it, and says so.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ftlint import catalog
from ftlint.services.interface import Score

SCHEMA = 1
_DAY = 86_400
_BUSY_SECONDS = 5.0
_SKEW = _DAY  # a verdict from further in the future than this comes from a wrong clock
_TABLE = """
CREATE TABLE IF NOT EXISTS verdict (
    scope TEXT NOT NULL, digest BLOB NOT NULL, flagged INTEGER NOT NULL, categories TEXT NOT NULL,
    scores TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (scope, digest)
) WITHOUT ROWID
"""


def default_dir() -> Path:
    """The platform's folder for caches, with ``ftlint`` in it; ``XDG_CACHE_HOME`` wins everywhere."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    if given and Path(given).is_absolute():
        return Path(given) / "ftlint"
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "ftlint" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "ftlint"
    return Path.home() / ".cache" / "ftlint"


def cache_file(folder: Path | None = None) -> Path:
    """The cache's file; next to it SQLite keeps ``-wal`` and ``-shm`` while it is open."""
    return (folder or default_dir()) / "moderation.sqlite3"


class Cache:
    """Verdicts by digest, for one moderator and model.

    Attributes:
        warnings: why the cache is not used (any more), for the user; at most one.
    """

    def __init__(self, scope: str, folder: Path | None = None, now: Callable[[], float] = time.time) -> None:
        """Open or create the cache.

        Args:
            scope: the moderator's name and the model snapshot. Another host's verdicts never count: a rehearsal's
                would be a real pass's otherwise.
            folder: instead of the platform's.
            now: seconds since the epoch.
        """
        self.warnings: list[str] = []
        self._scope = f"{SCHEMA}|{scope}"
        self._now = now
        # the service upgrades its model continuously, so no verdict holds for ever
        self._ttl = catalog.load_moderation().cache_days * _DAY
        self._path = cache_file(folder)
        self._db: sqlite3.Connection | None = None
        self._empty = False
        try:
            self._db = self._open()
            self._empty = self._db.execute("SELECT 1 FROM verdict WHERE scope = ?", (self._scope,)).fetchone() is None
        except (OSError, sqlite3.Error) as error:
            self._give_up(error)

    def get(self, digest: bytes) -> Score | None:
        """The verdict on this string, or None when it is unknown, too old or unreadable."""
        if self._db is None or self._empty:
            return None
        now = self._now()
        try:
            row = self._db.execute(
                "SELECT flagged, categories, scores FROM verdict WHERE scope = ? AND digest = ? AND at BETWEEN ? AND ?",
                (self._scope, digest, now - self._ttl, now + _SKEW),
            ).fetchone()
        except sqlite3.Error as error:
            self._give_up(error)
            return None
        return None if row is None else _score(row)

    def put(self, scores: Mapping[bytes, Score]) -> None:
        """Keep these verdicts, all or none of them; on disk when this returns, unless a warning says otherwise."""
        if self._db is None:
            return
        now = self._now()
        rows = [
            (self._scope, digest, int(s.flagged), json.dumps(s.flagged_categories), json.dumps(s.scores), now)
            for digest, s in scores.items()
        ]
        try:
            with _writing(self._db):
                self._db.executemany("INSERT OR REPLACE INTO verdict VALUES (?, ?, ?, ?, ?, ?)", rows)
            self._empty = False
        except sqlite3.Error as error:
            self._give_up(error)

    def close(self) -> None:
        """Close the file."""
        if self._db is not None:
            self._db.close()
            self._db = None

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The file exists with its mode before SQLite opens it; -wal and -shm inherit the mode.
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        descriptor = os.open(self._path, flags, 0o600)
        try:
            if hasattr(os, "fchmod"):
                os.fchmod(descriptor, 0o600)
        finally:
            os.close(descriptor)
        # In a notebook the pass runs in a thread of its own, while the one that opened the cache waits for it.
        db = sqlite3.connect(self._path, timeout=_BUSY_SECONDS, check_same_thread=False, isolation_level=None)
        try:
            with contextlib.suppress(sqlite3.OperationalError):
                # Another process that does the same this moment makes this fail at once, whatever the timeout says;
                # the mode belongs to the file, so one of them is enough. A file that nobody may write fails below.
                db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            with _writing(db):
                db.execute(_TABLE)
                db.execute("DELETE FROM verdict WHERE at < ?", (self._now() - self._ttl,))
        except BaseException:
            db.close()
            raise
        return db

    def _give_up(self, error: Exception) -> None:
        self.close()
        self.warnings.append(
            f"the moderation cache {self._path} cannot be used ({error}); nothing is remembered from this pass"
        )


def clear(folder: Path | None = None) -> int:
    """Delete the cache's files; returns how many there were. Raises OSError."""
    path = cache_file(folder)
    found = [p for p in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))) if p.exists()]
    for file in found:
        file.unlink()
    return len(found)


@contextlib.contextmanager
def _writing(db: sqlite3.Connection) -> Iterator[None]:
    """A transaction that waits for its turn at the start: one that begins by reading may fail without waiting."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.rollback()
        raise
    db.commit()


def _score(row: tuple[int, str, str]) -> Score | None:
    """The verdict of a row; None for one that holds anything else."""
    try:
        flagged, categories, scores = row[0], json.loads(row[1]), json.loads(row[2])
    except (ValueError, TypeError):
        return None
    usable = (
        flagged in (0, 1)
        and isinstance(categories, list)
        and isinstance(scores, dict)
        and scores
        and all(isinstance(value, float | int) and 0 <= value <= 1 for value in scores.values())
    )
    return Score(bool(flagged), scores, tuple(map(str, categories))) if usable else None

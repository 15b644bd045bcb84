"""Moderation, stage 3: verdicts of earlier passes, in SQLite. Hashes, scores and times only; no text is ever stored.

Also how many requests were sent in the last 24 hours, since the service counts them by the day. A broken or unwritable
cache is no reason to stop: the pass goes on without it, and says so. Every verdict carries a checksum, since SQLite
would hand out a damaged one without a word.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ftlint import catalog
from ftlint.services.interface import Score
from ftlint.text import safe

SCHEMA = 2
_DAY = 86_400
_MINUTE = 60
_BUSY_SECONDS = 5.0
_SKEW = _DAY  # a verdict from further in the future than this comes from a wrong clock
_BROKEN = (OSError, sqlite3.Error, ValueError, OverflowError)
"""What a damaged file raises; SQLite's own messages may quote it, and then not even be text."""
_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS verdict (
        scope TEXT NOT NULL, digest BLOB NOT NULL, flagged INTEGER NOT NULL, categories TEXT NOT NULL,
        scores TEXT NOT NULL, at REAL NOT NULL, checksum BLOB NOT NULL, PRIMARY KEY (scope, digest)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE IF NOT EXISTS spent (
        scope TEXT NOT NULL, minute INTEGER NOT NULL, requests INTEGER NOT NULL, PRIMARY KEY (scope, minute)
    ) WITHOUT ROWID
    """,
)


class Newer(sqlite3.Error):
    """The file was made by a later version of ftlint, and is left alone."""

    def __init__(self, found: int) -> None:
        super().__init__(f"its format is {found}, and this version of ftlint knows {SCHEMA}")


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
        except _BROKEN as error:
            self._give_up(error)

    def get(self, digest: bytes, days: float | None = None) -> Score | None:
        """The verdict on this string, or None when it is unknown, too old or unreadable.

        Args:
            days: how old it may be, where that is less than usual.
        """
        if self._db is None or self._empty:
            return None
        now = self._now()
        ttl = self._ttl if days is None else min(days * _DAY, self._ttl)
        try:
            row = self._db.execute(
                "SELECT flagged, categories, scores, checksum FROM verdict "
                "WHERE scope = ? AND digest = ? AND at BETWEEN ? AND ?",
                (self._scope, digest, now - ttl, now + _SKEW),
            ).fetchone()
        except _BROKEN as error:
            self._give_up(error)
            return None
        if row is None or row[3] != _checksum(self._scope, digest, *row[:3]):
            return None
        return _score(row[:3])

    def put(self, scores: Mapping[bytes, Score]) -> None:
        """Keep these verdicts, all or none of them; on disk when this returns, unless a warning says otherwise."""
        if self._db is None:
            return
        now = self._now()
        rows = []
        for digest, s in scores.items():
            given = (int(s.flagged), json.dumps(s.flagged_categories), json.dumps(s.scores))
            rows.append((self._scope, digest, *given, now, _checksum(self._scope, digest, *given)))
        try:
            with _writing(self._db):
                self._db.executemany("INSERT OR REPLACE INTO verdict VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            self._empty = False
        except _BROKEN as error:
            self._give_up(error)

    def spent(self) -> int:
        """Requests of the last 24 hours, of every process that uses this cache; 0 where there is none."""
        if self._db is None:
            return 0
        minute = int(self._now() // _MINUTE)
        try:
            (count,) = self._db.execute(
                "SELECT COALESCE(SUM(requests), 0) FROM spent WHERE scope = ? AND minute BETWEEN ? AND ?",
                (self._scope, minute - _DAY // _MINUTE, minute + _SKEW // _MINUTE),
            ).fetchone()
        except _BROKEN as error:
            self._give_up(error)
            return 0
        return int(count)

    def spend(self) -> None:
        """One request is about to be sent. Counted before it is, so that one whose client dies counts too."""
        if self._db is None:
            return
        try:
            with _writing(self._db):
                self._db.execute(
                    "INSERT INTO spent VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET requests = requests + 1",
                    (self._scope, int(self._now() // _MINUTE)),
                )
        except _BROKEN as error:
            self._give_up(error)

    def close(self) -> None:
        """Close the file."""
        if self._db is not None:
            self._db.close()
            self._db = None

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _own(self._path)
        # In a notebook the pass runs in a thread of its own, while the one that opened the cache waits for it.
        db = sqlite3.connect(self._path, timeout=_BUSY_SECONDS, check_same_thread=False, isolation_level=None)
        try:
            with contextlib.suppress(sqlite3.OperationalError):
                # Another process that does the same this moment makes this fail at once, whatever the timeout says;
                # the mode belongs to the file, so one of them is enough. A file that nobody may write fails below.
                db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            with _writing(db):
                _prepare(db)
                _forget(db, self._now(), self._ttl)
        except BaseException:
            db.close()
            raise
        return db

    def _give_up(self, error: Exception) -> None:
        self.close()
        why = safe(str(error))[:200]
        self.warnings.append(
            f"the moderation cache {self._path} cannot be used ({why}); nothing is remembered from this pass"
        )


def clear(folder: Path | None = None) -> int:
    """Delete the cache's files; returns how many there were. Raises OSError."""
    path = cache_file(folder)
    found = [p for p in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))) if p.exists()]
    for file in found:
        file.unlink()
    return len(found)


def prune(folder: Path | None = None, *, days: float | None = None, now: Callable[[], float] = time.time) -> int:
    """Forget the verdicts that are older than so many days, and give the space back.

    Args:
        days: the usual time to live when None; 0 forgets all of them, and still remembers what was spent today.

    Returns:
        How many verdicts were forgotten; 0 where there is no cache.

    Raises:
        sqlite3.Error: the file is damaged, in use, or a later version's.
        OSError: it cannot be written.
    """
    path = cache_file(folder)
    if not path.exists():
        return 0
    _own(path)
    ttl = catalog.load_moderation().cache_days if days is None else days
    with contextlib.closing(sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)) as db:
        with _writing(db):
            _prepare(db)
            forgotten = _forget(db, now(), ttl * _DAY)
        db.execute("VACUUM")
    return forgotten


def _own(path: Path) -> None:
    """The file exists, with its mode, before SQLite opens it (-wal and -shm inherit the mode), and is no link."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        if hasattr(os, "fchmod"):
            os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


def _prepare(db: sqlite3.Connection) -> None:
    """The tables, in this version's form; those of an earlier one are given up, as verdicts can be asked for again."""
    (found,) = db.execute("PRAGMA user_version").fetchone()
    if found > SCHEMA:
        raise Newer(found)
    if found < SCHEMA:
        for table in ("verdict", "spent"):
            db.execute(f"DROP TABLE IF EXISTS {table}")
        db.execute(f"PRAGMA user_version = {SCHEMA}")
    for statement in _TABLES:
        db.execute(statement)


def _forget(db: sqlite3.Connection, now: float, ttl: float) -> int:
    db.execute("DELETE FROM spent WHERE minute < ?", (int(now // _MINUTE) - _DAY // _MINUTE,))
    return db.execute("DELETE FROM verdict WHERE at <= ?", (now - ttl,)).rowcount


def _checksum(scope: str, digest: bytes, flagged: object, categories: object, scores: object) -> bytes:
    """Of everything that a verdict says and of what it is about."""
    content = json.dumps([scope, digest.hex(), flagged, categories, scores], default=repr).encode()
    return hashlib.blake2b(content, digest_size=16).digest()


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

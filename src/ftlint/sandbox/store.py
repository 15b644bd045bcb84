"""Stage: sandbox, the state. JSON documents in one SQLite file, and the bytes of files beside it."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_TABLE = """
CREATE TABLE IF NOT EXISTS documents (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    parent TEXT NOT NULL DEFAULT '',
    body TEXT NOT NULL,
    UNIQUE (kind, id)
);
CREATE INDEX IF NOT EXISTS by_parent ON documents (kind, parent, seq);
"""


class Store:
    """Documents by kind and id, in the order of their creation. Used from one thread, by one process at a time.

    Args:
        folder: the state directory; made when missing.
    """

    def __init__(self, folder: Path) -> None:
        self.files = folder / "files"
        self.files.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(folder / "state.sqlite", isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        # a commit outlives a killed server; only a power cut may cost the last ones, and here they stand for no money
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(_TABLE)

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside it are kept, or none. May be nested; the outermost one commits."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def put(self, kind: str, key: str, body: Mapping[str, Any], parent: str = "") -> None:
        """Insert, or replace in place: a document keeps its position and its parent."""
        self._connection.execute(
            "INSERT INTO documents (kind, id, parent, body) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
            (kind, _plain(key), _plain(parent), json.dumps(body)),
        )

    def get(self, kind: str, key: str) -> dict[str, Any] | None:
        row = self._connection.execute(
            "SELECT body FROM documents WHERE kind = ? AND id = ?", (kind, _plain(key))
        ).fetchone()
        return None if row is None else _load(row[0])

    def all(self, kind: str, parent: str = "") -> list[dict[str, Any]]:
        """Every document of a kind under a parent, oldest first."""
        rows = self._connection.execute(
            "SELECT body FROM documents WHERE kind = ? AND parent = ? ORDER BY seq", (kind, _plain(parent))
        )
        return [_load(body) for (body,) in rows]

    def delete(self, kind: str, key: str) -> None:
        self._connection.execute("DELETE FROM documents WHERE kind = ? AND id = ?", (kind, _plain(key)))

    def counts(self) -> dict[str, int]:
        """Number of documents per kind."""
        return dict(self._connection.execute("SELECT kind, count(*) FROM documents GROUP BY kind ORDER BY kind"))


def write_atomically(path: Path, content: bytes) -> None:
    """Write by temporary file, fsync and rename: the path holds the old bytes or the new ones, never a part."""
    temporary = path.with_name(path.name + ".part")
    with temporary.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)


def _plain(key: str) -> str:
    """A key that SQLite can hold: clients may send half a surrogate pair as the name of a model or file."""
    return key.encode("utf-8", "backslashreplace").decode()


def _load(body: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(body)
    return loaded

"""Moderation, batches at the service: what is known of them on disk, so that a killed wait goes on where it was.

One file for each batch in the cache's folder, with mode 0600: ids, and which request stands for which strings, by their
hashes. No text.
"""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ftlint.errors import InputError, UsageError
from ftlint.moderation.cache import cache_file
from ftlint.run.files import sweep, write_atomic
from ftlint.run.lock import RunLock

_VERSION = 1
_FOLDER = "batches"


@dataclass
class Entry:
    """One batch, from before its file is uploaded until its files are deleted.

    Attributes:
        key: random; part of the file's name at the service, by which it is found again.
        scope: moderator and model, as in the cache.
        requests: custom id to the hexadecimal digests of the request's strings, in order.
        file: id of the input file, once it is known; so ``batch``.
        leftover: files that are no longer needed and could not be deleted.
    """

    key: str
    scope: str
    requests: dict[str, list[str]]
    file: str | None = None
    batch: str | None = None
    leftover: list[str] = field(default_factory=list)

    @property
    def filename(self) -> str:
        """The input file's name at the service."""
        return f"ftlint-moderation-{self.key}.jsonl"

    @property
    def digests(self) -> Iterator[bytes]:
        """Of everything that it asks about."""
        return (bytes.fromhex(text) for digests in self.requests.values() for text in digests)


class BatchStore:
    """The entries of one moderator and model."""

    def __init__(self, scope: str, folder: Path | None) -> None:
        self.folder = cache_file(folder).parent / _FOLDER
        self._scope = scope

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else submits or collects meanwhile; the lock ends with the process, however that ends.

        Raises:
            UsageError: another process waits for its batches.
            InputError: the folder cannot be written.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"cannot write in {self.folder}: {error.strerror}", "--batch keeps its ids there"
            ) from None
        lock = RunLock(self.folder / "lock")
        try:
            lock.__enter__()
        except InputError:
            raise
        except UsageError:
            raise UsageError(
                "another `ftlint check --batch` is waiting for its batches", "wait until it ends, or end it"
            ) from None
        try:
            sweep(self.folder)
            yield
        finally:
            lock.__exit__(None, None, None)

    def new(self, requests: Mapping[str, list[str]]) -> Entry:
        """A batch that is about to be made; on disk when this returns."""
        entry = Entry(secrets.token_hex(8), self._scope, dict(requests))
        self.save(entry)
        return entry

    def save(self, entry: Entry) -> None:
        """Write an entry; raises InputError."""
        write_atomic(self._path(entry), json.dumps({"version": _VERSION, **asdict(entry)}))

    def drop(self, entry: Entry) -> None:
        """Forget an entry."""
        self._path(entry).unlink(missing_ok=True)

    def entries(self) -> list[Entry]:
        """Those of this moderator and model, oldest first; a file that is no entry is passed over."""
        found = []
        for path in sorted(self.folder.glob("*.json"), key=lambda path: (path.stat().st_mtime, path.name)):
            entry = _load(path)
            if entry is not None and entry.scope == self._scope and self._path(entry) == path:
                found.append(entry)
        return found

    def _path(self, entry: Entry) -> Path:
        return self.folder / f"{entry.key}.json"


def _load(path: Path) -> Entry | None:
    try:
        tree = json.loads(path.read_bytes())
        if tree.pop("version") != _VERSION:
            return None
        entry = Entry(**tree)
        ids = [
            entry.key,
            entry.scope,
            *entry.leftover,
            *(name for name in (entry.file, entry.batch) if name is not None),
        ]
        if all(isinstance(name, str) for name in ids) and all(len(digest) == 32 for digest in entry.digests):
            return entry
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return None

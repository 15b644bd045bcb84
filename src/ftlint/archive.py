"""Beside stage 3: columns of numbers in one file of the user's cache folder, with a hash over all of it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from pathlib import Path
from typing import IO, Any, NamedTuple

from xxhash import xxh3_128

from ftlint.column import Column
from ftlint.run.files import atomic_writer

_MARK = b"ftlint rows 2\n"
_HASH, _LENGTH = 16, 8

_READ = 1 << 20
"""Bytes that are read at a time."""

Bytes = bytes | bytearray | memoryview


class Columns(Mapping[str, bytes]):
    """Columns by name; each is read when it is asked for, and not held.

    Attributes:
        sizes: bytes of each.
    """

    def __init__(self, path: Path, stamp: object, start: int, sizes: dict[str, int]) -> None:
        self.sizes = sizes
        self._path = path
        self._stamp = stamp
        self._starts = dict(zip(sizes, accumulate(sizes.values(), initial=start), strict=False))

    def __getitem__(self, name: str) -> bytes:
        """One column.

        Raises:
            GoneError: the file is not there any more, or another one is.
        """
        try:
            with self._path.open("rb") as stream:
                stream.seek(self._starts[name])
                column = stream.read(self.sizes[name])
                if _stamp(stream) != self._stamp:
                    raise GoneError
        except OSError as error:
            raise GoneError from error
        return column

    def __iter__(self) -> Iterator[str]:
        return iter(self.sizes)

    def __len__(self) -> int:
        return len(self.sizes)


class GoneError(Exception):
    """What was read before is not there any more."""


class Archive(NamedTuple):
    """What is remembered of a file.

    Attributes:
        facts: numbers, and lists of them.
    """

    facts: dict[str, Any]
    columns: Columns


def read(path: Path) -> Archive | None:
    """What was written, or None where there is nothing whole.

    Raises:
        OSError: it cannot be read.
    """
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        stamp, mark, held = _stamp(stream), stream.read(len(_MARK)), stream.read(_HASH)
        start = stream.tell()
        digest = xxh3_128()
        while some := stream.read(_READ):
            digest.update(some)
        if mark != _MARK or digest.digest() != held:
            return None
        stream.seek(start)
        facts = json.loads(stream.read(min(int.from_bytes(stream.read(_LENGTH), "little"), stamp.size)))
        sizes = dict(facts.pop("sizes"))
        if min(sizes.values(), default=0) < 0 or stream.tell() + sum(sizes.values()) != stamp.size:
            return None
        return Archive(facts, Columns(path, stamp, stream.tell(), sizes))


class _Stamp(NamedTuple):
    """Which file it is."""

    node: int
    size: int
    modified: int


def _stamp(stream: IO[bytes]) -> _Stamp:
    found = os.fstat(stream.fileno())
    return _Stamp(found.st_ino, found.st_size, found.st_mtime_ns)


def write(path: Path, facts: Mapping[str, Any], columns: Mapping[str, Bytes | Column]) -> None:
    """Write it down; another process sees all of it or nothing.

    Raises:
        OSError, InputError: the folder cannot be written to.
    """
    sizes = [(name, sum(map(len, _parts(column)))) for name, column in columns.items()]
    head = json.dumps({**facts, "sizes": sizes}).encode()
    first = (len(head).to_bytes(_LENGTH, "little"), head)
    digest = xxh3_128()
    for column in (*first, *columns.values()):
        for part in _parts(column):
            digest.update(part)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with atomic_writer(path) as stream:
        stream.writelines([_MARK, digest.digest(), *first])
        for column in columns.values():
            stream.writelines(_parts(column))


def _parts(column: Bytes | Column) -> Iterable[Bytes]:
    return column.views() if isinstance(column, Column) else (column,)

"""Beside stage 3: columns of numbers in one file of the user's cache folder, with a hash over all of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from xxhash import xxh3_128, xxh3_128_digest

from ftlint.column import Column
from ftlint.run.files import atomic_writer

_MARK = b"ftlint rows 2\n"
_HASH, _LENGTH = 16, 8

Bytes = bytes | bytearray | memoryview


class Archive(NamedTuple):
    """What is remembered of a file.

    Attributes:
        facts: numbers, and lists of them.
        columns: bytes by name.
    """

    facts: dict[str, Any]
    columns: Mapping[str, Bytes]


def read(path: Path) -> Archive | None:
    """What was written, or None where there is nothing whole.

    Raises:
        OSError: it cannot be read.
    """
    data = path.read_bytes() if path.exists() else b""
    start = len(_MARK) + _HASH
    with memoryview(data) as view:
        if not data.startswith(_MARK) or xxh3_128_digest(view[start:]) != data[len(_MARK) : start]:
            return None
    behind = start + _LENGTH + int.from_bytes(data[start : start + _LENGTH], "little")
    facts = json.loads(data[start + _LENGTH : behind])
    columns: dict[str, Bytes] = {}
    whole = memoryview(data)
    for name, size in facts.pop("sizes"):
        columns[name] = whole[behind : behind + size]
        behind += size
    return Archive(facts, columns)


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

"""FT509, rows that share a run of words with a benchmark: only with files to compare against."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from ftlint.checks.base import Batch, Context
from ftlint.errors import InputError
from ftlint.lazy import lazy
from ftlint.model import Place, Problem

WORDS = 13
"""Words in a row that are no coincidence; the number that the GPT-3 report used."""
SIGNS = 26
"""The same in a script without spaces."""
LEAST = 8
"""A shorter item of the benchmark is not looked for."""
_TOKEN = lazy(r"[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e01-\u0e4e]|[^\W_]+")

Index = dict[int, Place]


def overlap(batch: Batch, context: Context) -> Iterator[Problem]:
    """FT509: at most one finding per text."""
    paths = context.settings.against
    if not paths:
        return
    index = _index(tuple(paths), tuple(_stamp(path) for path in paths))
    for text in batch.texts:
        if text.kind not in ("content", "reference") or len(text.text) < LEAST:
            continue
        for run in _runs(text.text):
            place = index.get(hash(run))
            if place is not None:
                values = {"file": place.path, "line": place.line, "words": len(run)}
                yield Problem("FT509", text.line, text.path, values=values, related=(place,))
                break


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", "mend the file named by --against") from None
    return found.st_mtime_ns, found.st_size


@functools.lru_cache(maxsize=4)
def _index(paths: tuple[Path, ...], _: tuple[tuple[int, int], ...]) -> Index:
    """Hash of each run of words of the benchmark to its first place; runs that many of its items share are left out."""
    index: Index = {}
    items = 0
    times: Counter[int] = Counter()
    for path in paths:
        empty = True
        for number, texts in _items(path):
            items += 1
            runs = {hash(run) for text in texts for run in _runs(text)}
            times.update(runs)
            empty = empty and not runs
            for run in runs:
                index.setdefault(run, Place(str(path), number))
        if empty:
            raise InputError(f"{path} holds no text to compare with", "name a benchmark: JSONL, JSON or plain text")
    bound = max(3, items // 100)
    return {run: place for run, place in index.items() if times[run] <= bound}


def _items(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The texts of each line of a benchmark: all strings of a JSON line, else the line itself."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", "mend the file named by --against") from None
    for number, line in enumerate(lines, 1):
        try:
            yield number, list(_strings(orjson.loads(line)))
        except orjson.JSONDecodeError:
            yield number, [line.decode("utf-8", "replace")]


def _strings(node: Any) -> Iterator[str]:
    stack = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict | list):
            stack.extend(item.values() if isinstance(item, dict) else item)


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    """The runs of a text; a shorter text is one run, which only a text of the same words has."""
    words = _TOKEN.findall(text.casefold())
    size = SIGNS if sum(len(word) == 1 and ord(word) > 0xE00 for word in words) * 2 > len(words) else WORDS
    if len(words) < size:
        if len(words) >= LEAST:
            yield tuple(words)
        return
    for at in range(len(words) - size + 1):
        yield tuple(words[at : at + size])

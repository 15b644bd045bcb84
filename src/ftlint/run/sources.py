"""Rows of a dataset: local files of every kind that ``rows/`` reads, or a Hugging Face id.

Local files are not read by ``datasets``, which turns a dialogue that looks like a date into a date, and a summary
``NA`` into nothing. The order of a sample is ``datasets``' own, so that it equals
``shuffle(seed=seed).select(range(skip, skip + sample))`` of a notebook.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ftlint.errors import ConfigError, InputError, missing_extra
from ftlint.rows.binary import json_value
from ftlint.rows.files import read_file
from ftlint.run.spec import Part

Row = dict[str, Any]


def load_rows(part: Part, role: str, seed: int) -> list[Row]:
    """The rows of one part, in the order of the file or of the shuffled sample.

    Args:
        part: what to take.
        role: ``train``, ``validation`` or ``heldout``, for messages.
        seed: of the shuffle; only used with a sample.

    Raises:
        InputError: the source is missing or cannot be read.
        ConfigError: it has fewer rows than asked for.
        UsageError: the ``run`` extra is needed and not installed.
    """
    rows = _local(part.path, role) if part.path else _hub(part, role)
    stop = part.skip + part.sample if part.sample is not None else len(rows)
    if stop > len(rows) or part.skip > len(rows):
        raise ConfigError(
            f"dataset.{role}: rows {part.skip:,} to {stop:,} are asked for, and the source has {len(rows):,}",
            "lower `sample` or `skip`",
        )
    if part.sample is None:
        return list(rows[part.skip :])
    return [rows[index] for index in shuffled(len(rows), seed)[part.skip : stop]]


def shuffled(count: int, seed: int) -> Sequence[int]:
    """The order in which ``Dataset.shuffle(seed=seed)`` puts ``count`` rows.

    Raises:
        UsageError: ``datasets`` is not installed.
    """
    datasets = _datasets()
    numbered = datasets.Dataset.from_dict({"row": list(range(count))}).shuffle(seed=seed)
    order: list[int] = list(numbered["row"])
    return order


def _datasets() -> Any:
    try:
        import datasets
    except ImportError:
        raise missing_extra("run", "datasets") from None
    return datasets


@contextlib.contextmanager
def _quiet(datasets: Any) -> Iterator[None]:
    """No bars and no log lines of the library: progress is told to the run's observer, what is wrong by our error."""
    logger, bars = logging.getLogger(datasets.__name__), not datasets.are_progress_bars_disabled()
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    datasets.disable_progress_bars()
    try:
        yield
    finally:
        logger.setLevel(level)
        if bars:
            datasets.enable_progress_bars()


def _hub(part: Part, role: str) -> list[Row]:
    datasets = _datasets()
    split = part.split or {"heldout": "test"}.get(role, role)
    try:
        with _quiet(datasets):
            loaded = datasets.load_dataset(part.source, part.config, split=split, revision=part.revision)
            return [json_value(row) for row in loaded]
    except Exception as error:  # the loader raises what its many back ends raise; all of it means: no rows
        raise InputError(
            f"cannot load `{part.source}` (split `{split}`): {_first_line(error)}",
            "check the id, the split and the connection, or give a local file",
        ) from error


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _local(path: Path, role: str) -> list[Row]:
    try:
        found = path.is_file()
    except OSError as error:  # a name that is too long, a folder that may not be entered
        raise InputError(f"dataset.{role}: cannot read {path}: {error.strerror}") from None
    if not found:
        raise InputError(f"dataset.{role}: there is no file {path}", "paths are relative to the run file")
    return read_file(path)

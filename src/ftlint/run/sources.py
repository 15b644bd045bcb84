"""Rows of a dataset: local JSON, JSONL, CSV and Parquet files, or a Hugging Face id.

Local text formats are read here and not by ``datasets``, which turns a dialogue that looks like a date into a date,
and a summary ``NA`` into nothing. The order of a sample is ``datasets``' own, so that it equals
``shuffle(seed=seed).select(range(skip, skip + sample))`` of a notebook.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import logging
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ftlint.errors import ConfigError, InputError, missing_extra
from ftlint.run.spec import Part

Row = dict[str, Any]

_CSV_FIELD = 64 << 20


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
            return list(datasets.load_dataset(part.source, part.config, split=split, revision=part.revision))
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
    if path.suffix.lower() == ".parquet":
        return _parquet(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 (byte {error.start})", "save it as UTF-8") from None
    return _csv(text, path) if path.suffix.lower() == ".csv" else _json(text, path)


def _parquet(path: Path) -> list[Row]:
    datasets = _datasets()
    # A cache of its own, so that no copy of the data stays behind.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as cache, _quiet(datasets):
        try:
            return list(datasets.Dataset.from_parquet(str(path), cache_dir=cache))
        except Exception as error:  # as above: whatever the reader raises, there are no rows
            raise InputError(f"cannot read {path}: {_first_line(error)}") from error


def _csv(text: str, path: Path) -> list[Row]:
    csv.field_size_limit(_CSV_FIELD)
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = [dict(row) for row in reader]
    except csv.Error as error:
        raise InputError(f"{path}, line {reader.line_num}: {error}") from None
    for number, row in enumerate(rows, start=1):
        if None in row or None in row.values():
            raise InputError(f"{path}: row {number} has not as many fields as the header")
    return [dict(row) for row in rows]


def _json(text: str, path: Path) -> list[Row]:
    """JSON Lines, or one array of objects."""
    if text.lstrip()[:1] == "[":
        try:
            values = json.loads(text)
        except json.JSONDecodeError as error:
            raise InputError(f"{path}, line {error.lineno}: {error.msg.lower()}") from None
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path}: {_unusable(error)}") from None
        return [_object(value, path, f"item {number}") for number, value in enumerate(values, start=1)]
    rows = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"{path}, line {number}: {error.msg.lower()}", "one JSON object per line") from None
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path}, line {number}: {_unusable(error)}") from None
        rows.append(_object(value, path, f"line {number}"))
    return rows


def _unusable(error: Exception) -> str:
    """JSON that is right, and that Python does not take all the same."""
    return "nested too deeply" if isinstance(error, RecursionError) else "holds a number with thousands of digits"


def _object(value: Any, path: Path, where: str) -> Row:
    if not isinstance(value, dict):
        raise InputError(f"{path}, {where}: not a JSON object", "a row is an object whose keys are the columns")
    return value

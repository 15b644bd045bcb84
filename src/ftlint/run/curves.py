"""Training curves: from the job's metrics events, or from its result file where a server sends no such events."""

from __future__ import annotations

import base64
import binascii
import contextlib
import csv
import io
import math
from collections.abc import Iterable, Mapping
from pathlib import Path

from ftlint.services.interface import JobEvent

Point = dict[str, float]

_OTHER_NAMES = {
    "train_accuracy": "train_mean_token_accuracy",
    "validation_mean_token_accuracy": "valid_mean_token_accuracy",
    "valid_accuracy": "valid_mean_token_accuracy",
}


def from_events(events: Iterable[JobEvent]) -> list[Point]:
    """One point per step, in order of steps; a later event of a step adds to it."""
    points: dict[float, Point] = {}
    for event in events:
        step = event.data.get("step")
        if event.type == "metrics" and isinstance(step, (int, float)):
            points.setdefault(step, {}).update(_numbers(event.data))
    return [points[step] for step in sorted(points)]


def from_csv(content: bytes) -> list[Point]:
    """The points of a result file: by header, plain or Base64; empty cells and -1 mean that there is no value."""
    text = _decoded(content)
    named = ({_OTHER_NAMES.get(name, name): cell for name, cell in row.items() if name} for row in _rows(text))
    points = [_numbers(row) for row in named]
    return sorted((point for point in points if "step" in point), key=lambda point: point["step"])


def load(folder: Path, result_files: Iterable[str], events: Iterable[JobEvent]) -> list[Point]:
    """The points of a run: events first, then the first result file that has some."""
    if points := from_events(events):
        return points
    for name in result_files:
        path = folder / name
        if path.is_file() and (points := from_csv(path.read_bytes())):
            return points
    return []


def _rows(text: str) -> list[dict[str, str]]:
    try:
        return [dict(row) for row in csv.DictReader(io.StringIO(text, newline=""))]
    except csv.Error:
        return []


def _decoded(content: bytes) -> str:
    if not content.lstrip().startswith(b"step"):
        with contextlib.suppress(binascii.Error):  # then it is plain, whatever its header is
            content = base64.b64decode(content, validate=True)
    return content.decode("utf-8", "replace")


def _numbers(fields: Mapping[str, object]) -> Point:
    found: Point = {}
    for name, value in fields.items():
        try:
            number = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            continue  # a service may leave a figure out, or write a word there
        if math.isfinite(number) and number != -1:
            found[name] = number
    return found

"""Stage: sandbox, training-file validation: a whole file, one error at a time, as the real service does it.

Codes and texts are those of public reports. Whether a validation file has codes of its own is not known: it gets the
same ones, and `param` tells the files apart.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn

from ftlint.sandbox.markers import blocks
from ftlint.sandbox.rows import RowError, check_chat, check_preference, check_reinforcement, missing_key

Role = Literal["training", "validation"]

LEAST_EXAMPLES = 10  # OpenAI's supervised fine-tuning guide, 2026
MOST_REINFORCEMENT: Mapping[Role, int] = {"training": 50_000, "validation": 1_000}

_FORMATS: Mapping[str, tuple[str, Callable[[dict[str, Any]], None]]] = {
    "supervised": ("fine-tune-chat", check_chat),
    "dpo": ("fine-tune-preference", check_preference),
    "reinforcement": ("fine-tune-reinforcement", check_reinforcement),
}
_USES = {"fine-tune-chat": "supervised", "fine-tune-preference": "dpo"}
_BLOCKED = {
    "invalid_training_file": (
        "The job failed due to an invalid {role} file. This training file was blocked by our moderation system because"
        " it contains too many examples that violate OpenAI's usage policies, or because it attempts to create model"
        " outputs that violate OpenAI's usage policies."
    ),
    "unsafe_file": (
        "The job failed due to an unsafe {role} file. This training file was blocked because too many examples were"
        " flagged by our moderation for content that violates OpenAI's usage policies. Please review the data and"
        " remove potential offending examples before retrying fine-tuning."
    ),
}


class RefusalError(Exception):
    """A file fails validation; what the job's `error` will be."""

    def __init__(self, code: str, message: str, role: Role) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.param = f"{role}_file"


@dataclass(frozen=True)
class _Source:
    """Which file is being read, for the wording of its errors."""

    role: Role
    file_id: str

    def refuse(self, error: RowError, number: int | None = None) -> RefusalError:
        text = error.text if error.bare or number is None else f"Invalid file format. Example {number}{error.text}"
        cause = {
            "invalid_training_file": f"an invalid {self.role} file",
            "invalid_file_format": f"a file format error in the {self.role} file",
        }[error.code]
        return RefusalError(error.code, f"The job failed due to {cause}. {text}", self.role)


def check_file(path: Path, role: Role, method: str, file_id: str) -> list[dict[str, Any]]:
    """The examples of a file that a job with this method can use.

    Raises:
        RefusalError: for the first thing wrong with it, moderation last.
    """
    source = _Source(role, file_id)
    if not path.exists():
        raise source.refuse(RowError(f"File {file_id} does not exist.", bare=True))
    rows = list(_parse(path.read_bytes(), source))
    _check_format([row for _, row in rows], method, source)
    check = _FORMATS[method][1]
    for number, row in rows:
        try:
            check(row)
        except RowError as error:
            raise source.refuse(error, number) from None
    _check_count(len(rows), method, source)
    if any(blocks(text) for _, row in rows for text in _texts(row)):
        raise blocked(role)
    return [row for _, row in rows]


def blocked(role: Role, code: str = "invalid_training_file") -> RefusalError:
    """The moderation system's refusal: no line, no category."""
    return RefusalError(code, _BLOCKED[code].format(role=role), role)


def _parse(data: bytes, source: _Source) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number, example). Blank lines are passed over: how the service takes them is not known."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise source.refuse(RowError(f"Invalid file format. {error}", bare=True)) from None
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            told = f" cannot be parsed. Error: line contains invalid json: {error} (line {number})"  # seen
            raise source.refuse(RowError(told, "invalid_file_format"), number) from None
        if not isinstance(row, dict):
            told = " cannot be parsed. Error: line is not a JSON dictionary"
            raise source.refuse(RowError(told, "invalid_file_format"), number)
        yield number, row


def _check_format(rows: list[dict[str, Any]], method: str, source: _Source) -> None:
    """The format is told by the first example; it must be the one that the method takes."""
    if not rows:
        return
    shapes = [_shape(row, method) for row in rows]
    if not any(shapes):
        text = "Unexpected file format, expected either prompt/completion pairs or chat messages."  # seen
        raise source.refuse(RowError(text, bare=True))
    first = shapes[0]
    if first == "completion":
        raise source.refuse(missing_key("messages" if method != "dpo" else "input"), 1)
    if first is not None and first != _FORMATS[method][0]:
        uses = _USES.get(first, "reinforcement")
        text = (
            f"Input file {source.file_id} is in the {first} format, but the specified fine-tuning job is not using"
            f" '{uses}' as the training method (provided method={method})."
        )  # seen
        raise source.refuse(RowError(text, bare=True))


def _shape(row: dict[str, Any], method: str) -> str | None:
    if {"input", "preferred_output", "non_preferred_output"} & set(row):
        return "fine-tune-preference"
    if "messages" in row:
        return "fine-tune-reinforcement" if method == "reinforcement" else "fine-tune-chat"
    if "prompt" in row and "completion" in row:
        return "completion"
    return None


def _check_count(count: int, method: str, source: _Source) -> None:
    least = LEAST_EXAMPLES if source.role == "training" else 1
    if count < least:
        name = source.role.capitalize()
        text = f"{name} file has {count} example(s), but must have at least {least} examples"  # seen
        raise RefusalError("invalid_n_examples", text, source.role)
    if method == "reinforcement" and count > MOST_REINFORCEMENT[source.role]:
        most = MOST_REINFORCEMENT[source.role]
        text = f"{source.role.capitalize()} file has {count} example(s), but must have at most {most} examples"
        raise RefusalError("invalid_n_examples", text, source.role)


def _texts(node: Any) -> Iterator[str]:
    """Every text in an example, wherever it stands: tool arguments and descriptions count too."""
    waiting = [node]  # not recursive: the grader's keys of a reinforcement example may be nested to any depth
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            yield found
        elif isinstance(found, dict):
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")

"""What systems answered: the records of the answer files, what decides an answer, and answers of earlier runs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ftlint.errors import UsageError
from ftlint.run.files import dump, read_log
from ftlint.run.heldout import HeldOut
from ftlint.run.spec import EvaluateSpec

_SNAPSHOT = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{4})$")
_OPTIONAL = ("calls", "reused")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a system made of one example.

    Attributes:
        id: the example's.
        text: the answer, or None where it is missing; ``error`` then says why.
        finish_reason: as the service gave it; other than ``stop`` it is counted and shown.
        calls: the tools that it called instead or besides, each with ``name`` and ``arguments`` (JSON text).
        reused: the run that had paid for it, or None.
    """

    id: int
    text: str | None
    finish_reason: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    error: str | None = None
    calls: list[dict[str, str]] | None = None
    reused: str | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """How every example is asked."""

    temperature: float
    max_tokens: int

    @classmethod
    def of(cls, spec: EvaluateSpec) -> Asking:
        """As the run file says."""
        return cls(spec.temperature, spec.max_tokens)


def record(answer: Answer, key: str, service: str) -> dict[str, Any]:
    """The line of an answer file; ``key`` stands for the request, ``service`` for who was asked."""
    fields = {name: getattr(answer, name) for name in Answer.__slots__}
    given = {name: value for name, value in fields.items() if name not in _OPTIONAL or value is not None}
    return {**given, "key": key, "service": service}


def _answer(line: Mapping[str, Any]) -> Answer:
    return Answer(**{name: line[name] for name in Answer.__slots__ if name in line})


def load_answers(path: Path, keys: Mapping[int, str]) -> dict[int, Answer]:
    """The answers of a file by example, the latest of each; only those that were asked in the same words.

    Args:
        path: the file of one system.
        keys: example to the hash of its request (see ``request_key``).
    """
    found: dict[int, Answer] = {}
    for line in read_log(path):
        answer = _answer(line)
        if keys.get(answer.id) == line.get("key") and (answer.text is not None or answer.id not in found):
            found[answer.id] = answer
    return found


def request_key(asking: Asking, model: str, example: HeldOut) -> str:
    """A hash of everything that decides the answer."""
    content = [model, example.messages, asking.temperature, asking.max_tokens]
    text = dump([*content, example.offer] if example.offer else content)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def request_keys(asking: Asking, model: str, examples: Sequence[HeldOut]) -> dict[int, str]:
    """The request hashes of all examples."""
    return {example.id: request_key(asking, model, example) for example in examples}


def repeatable(asking: Asking, model: str) -> bool:
    """The same request would be answered alike: temperature 0, and a snapshot's name (an alias may move on)."""
    return asking.temperature == 0 and _SNAPSHOT.search(model) is not None


def earlier(folders: Sequence[Path], name: str, service: str, keys: Mapping[int, str]) -> Iterator[Answer]:
    """Answers that other runs have got from the same service to the same requests, for the examples of ``keys``.

    Args:
        folders: of the other runs; where several have an answer, the first one's is taken.
        name: of the answer file in each.
    """
    wanted: dict[str, list[int]] = {}
    for example, key in keys.items():
        wanted.setdefault(key, []).append(example)
    for folder in folders:
        try:
            lines = read_log(folder / name)
        except UsageError:  # another run's file is damaged or not ours to read: that run says so itself
            continue
        for line in lines:
            if line.get("service") == service and line.get("text") is not None:
                for example in wanted.pop(str(line.get("key")), []):
                    yield _answer({**line, "id": example, "reused": line.get("reused") or folder.name})

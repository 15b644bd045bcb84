"""The memory of a run: an append-only journal of intents and results, and the state that they fold into."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from ftlint.run.files import Log, read_log, write_atomic

__all__ = ["JobJournal", "Journal", "State", "fold", "stamp", "write_atomic"]

T = TypeVar("T")


def stamp(seconds: float) -> str:
    """A UTC time as ``2026-11-22T00:50:00Z``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(slots=True)
class State:
    """What a journal says, per stage.

    Attributes:
        intents: the first intent of each step, with its ``at`` (seconds since 1970); the step may or may not have
            happened unless it is in ``done``.
        done: the result of each step that certainly happened.
        failed: the last failure of a step that the service refused or ended.
    """

    intents: dict[str, dict[str, Any]] = field(default_factory=dict)
    done: dict[str, dict[str, Any]] = field(default_factory=dict)
    failed: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def apply(self, record: dict[str, Any]) -> None:
        """Fold one record in; records of kinds that a later version may add are passed over."""
        stage, kind = str(record.get("stage")), record.get("event")
        data: dict[str, Any] = record.get("data") or {}
        if kind == "intent":
            self.intents.setdefault(stage, {**data, "at": record.get("at")})
        elif kind == "done":
            self.done[stage] = data
            self.failed.pop(stage, None)
        elif kind == "failed":
            self.failed[stage] = data
        elif kind == "note":
            self.notes.setdefault(stage, []).append(data)

    def of_job(self, number: int) -> State:
        """The state as one job of a sweep sees it: what all jobs share, and its own steps under their plain names."""

        def own(found: dict[str, T]) -> dict[str, T]:
            shared = {step: value for step, value in found.items() if "@" not in step}
            mark = f"@{number}"
            return shared | {step.removesuffix(mark): value for step, value in found.items() if step.endswith(mark)}

        return State(own(self.intents), own(self.done), own(self.failed), own(self.notes))

    def jobs(self) -> list[int]:
        """The jobs of a sweep that have begun, by their numbers; empty for a run with a single job."""
        return sorted({int(step.rpartition("@")[2]) for step in self.intents if "@" in step})


def fold(records: Iterable[dict[str, Any]]) -> State:
    """The state after all records, in their order."""
    state = State()
    for record in records:
        state.apply(record)
    return state


class Journal:
    """``journal.jsonl`` of one run. Every method returns only when its record is on disk."""

    def __init__(self, path: Path, now: Callable[[], float]) -> None:
        self.path = path
        self._now = now
        self._log = Log(path)
        self.state = fold(read_log(path))

    def _write(self, event: str, stage: str, data: dict[str, Any]) -> None:
        at = self._now()
        record = {"time": stamp(at), "at": at, "stage": stage, "event": event, "data": data}
        self._log.append(record)
        self.state.apply(record)

    def intent(self, stage: str, **data: Any) -> None:
        """The step is about to be taken."""
        self._write("intent", stage, data)

    def done(self, stage: str, **data: Any) -> None:
        """The step happened, with this result; it is never taken again."""
        self._write("done", stage, data)

    def failed(self, stage: str, **data: Any) -> None:
        """The service refused or ended the step."""
        self._write("failed", stage, data)

    def note(self, stage: str, **data: Any) -> None:
        """Something worth remembering that decides nothing."""
        self._write("note", stage, data)

    def close(self) -> None:
        """Close the file."""
        self._log.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class JobJournal(Journal):
    """The journal of a run as one job of its sweep writes it: the step ``submit`` of the second job is ``submit@2``."""

    def __init__(self, journal: Journal, number: int) -> None:
        self.path = journal.path
        self._journal, self._number = journal, number
        self.state = journal.state.of_job(number)

    def _write(self, event: str, stage: str, data: dict[str, Any]) -> None:
        self._journal._write(event, f"{stage}@{self._number}", data)
        self.state = self._journal.state.of_job(self._number)

    def close(self) -> None:
        """Nothing: the file is the run's."""

"""Stage: sandbox, faults on demand: which requests go wrong, when, and how.

A faults file is a JSON list. Each entry: `do`, its options, and

    match   {"method": "POST", "path": "/v1/files*"}: shell-style globs; left out, all requests that it can apply to
    after   leave the first n matching requests alone (default 0)
    times   how many requests then go wrong (default 1; null: every one)

The first entry that is due wins. Counts are part of the state: a restarted server does not start them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from ftlint.sandbox.store import Store

_JOBS = ("POST", "/v1/fine_tuning/jobs")
_BATCHES = ("POST", "/v1/batches")
_STAGES = ("validating_files", "running", "evaluating")

# what each fault does -> its options and, for each, the type it must have
ACTIONS: Mapping[str, Mapping[str, type | tuple[type, ...]]] = {
    # answer with an error instead (when "before"), or do the work first and then hide it behind the error ("after")
    "status": {
        "status": int, "retry_after": (int, float), "retry_after_ms": int, "message": str, "code": str, "type": str,
        "param": str, "when": str,
    },
    # close the connection without an answer, before or after the work
    "reset": {"when": str},
    # wait, before or after the work
    "slow": {"seconds": (int, float), "when": str},
    # do the work, and send half of the JSON
    "truncate": {},
    # moderations: one result for several inputs (none for one)
    "wrong_count": {},
    # end the client at once, then do nothing; with commit_after, do the work so many seconds later
    "kill_client_before": {"pid": int, "commit_after": (int, float)},
    # do the work, then end the client instead of answering it
    "kill_client_after": {"pid": int},
    # job creation: 403, the organisation may not train any more
    "ineligible": {},
    # the job that is created is blocked in validation, whatever its files hold
    "block": {"param": str, "code": str},
    # the job that is created fails with this error in this stage
    "job_error": {"code": str, "message": str, "param": str, "stage": str},
    # the job that is created shows this status for so many polls (null: for ever) once it gets there
    "job_stuck": {"status": str, "polls": int},
    # the batch that is created ends like this; of its requests so many (the first ones) are carried out ("answered"),
    # fail, are in neither file, or have a result too few; before it ends it shows a status for so many polls
    "batch": {
        "outcome": str, "answered": int, "errors": int, "lost": int, "short": int, "twice": int, "status": str,
        "polls": int,
    },
}  # fmt: skip
_REQUIRED = {
    "status": ("status",), "slow": ("seconds",), "job_error": ("code", "message"), "job_stuck": ("status",)
}  # fmt: skip
_CHOICES = {
    "when": ("before", "after"),
    "stage": _STAGES,
    "batch.outcome": ("completed", "expired", "failed", "cancelled"),
    "block.param": ("training_file", "validation_file"),
    "block.code": ("invalid_training_file", "unsafe_file"),
}
ON_BATCH_CREATION = frozenset(("batch",))
ON_JOB_CREATION = frozenset(("ineligible", "block", "job_error", "job_stuck"))


class FaultError(Exception):
    """An entry of a faults list that says nothing the sandbox can do; the text names it."""


@dataclass(frozen=True)
class Fault:
    """One entry of a faults list, checked."""

    do: str
    method: str = "*"
    path: str = "*"
    after: int = 0
    times: int | None = 1
    options: Mapping[str, Any] = field(default_factory=dict)

    def matches(self, method: str, path: str) -> bool:
        return fnmatchcase(method, self.method) and fnmatchcase(path, self.path)


def parse(entries: object) -> list[Fault]:
    """Check a faults list.

    Raises:
        FaultError: for the first entry that is wrong.
    """
    if not isinstance(entries, list):
        raise FaultError("a faults file is a JSON list")
    return [_parse_one(number, entry) for number, entry in enumerate(entries, 1)]


def _parse_one(number: int, entry: object) -> Fault:
    def wrong(text: str) -> FaultError:
        return FaultError(f"fault {number}: {text}")

    if not isinstance(entry, dict) or entry.get("do") not in ACTIONS:
        raise wrong(f'"do" must be one of {", ".join(ACTIONS)}')
    do: str = entry["do"]
    options = {key: value for key, value in entry.items() if key not in ("do", "match", "after", "times")}
    for key, value in options.items():
        kind = ACTIONS[do].get(key)
        if kind is None:
            raise wrong(f"{do} has no option {key!r}")
        unlimited = key == "polls" and value is None
        if not unlimited and (isinstance(value, bool) or not isinstance(value, kind)):
            raise wrong(f"{key} of {do} has the wrong type")
        choices = _CHOICES.get(f"{do}.{key}", _CHOICES.get(key, (value,)))
        if value not in choices:
            raise wrong(f"{key} of {do} must be one of {', '.join(choices)}")
    for key in _REQUIRED.get(do, ()):
        if key not in options:
            raise wrong(f"{do} needs {key!r}")
    after, times = entry.get("after", 0), entry.get("times", 1)
    if not _is_count(after, 0) or not (times is None or _is_count(times, 1)):
        raise wrong('"after" is a number from 0, "times" a number from 1 or null')
    method, path = _match(do, entry.get("match", {}), wrong)
    return Fault(do, method, path, after, times, options)


def _match(do: str, match: object, wrong: Any) -> tuple[str, str]:
    if not isinstance(match, dict) or not set(match) <= {"method", "path"}:
        raise wrong('"match" is an object with "method" and "path"')
    default = ("*", "*")
    if do in ON_JOB_CREATION:
        default = _JOBS
    elif do in ON_BATCH_CREATION:
        default = _BATCHES
    elif do == "wrong_count":
        default = ("POST", "/v1/moderations")
    method, path = match.get("method", default[0]), match.get("path", default[1])
    if not isinstance(method, str) or not isinstance(path, str):
        raise wrong('"method" and "path" are texts')
    return method, path


def _is_count(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


class Faults:
    """The faults in force and how often each has been seen and has struck, kept in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        kept = store.get("faults", "list")
        self.entries: list[Any] = kept["entries"] if kept else []
        self._faults = parse(self.entries)

    def load(self, entries: object) -> None:
        """Put a list in force: counts start again, unless it is the list that is in force already.

        Raises:
            FaultError: when it is wrong; then the old list stays.
        """
        faults = parse(entries)
        if entries != self.entries:
            self.replace(entries, faults)

    def replace(self, entries: object, faults: list[Fault] | None = None) -> None:
        """Put a list in force and start its counts again.

        Raises:
            FaultError: when it is wrong; then the old list stays.
        """
        self._faults = parse(entries) if faults is None else faults
        self.entries = list(entries) if isinstance(entries, list) else []
        with self._store.transaction():
            self._store.put("faults", "list", {"entries": self.entries})
            for number in range(len(self._faults)):
                self._store.put("faults", str(number), {"seen": 0, "struck": 0})

    def due(self, method: str, path: str) -> Fault | None:
        """Count this request, and return the fault that strikes it."""
        if not self._faults:
            return None
        chosen: Fault | None = None
        with self._store.transaction():
            for number, fault in enumerate(self._faults):
                if not fault.matches(method, path):
                    continue
                counts = self._store.get("faults", str(number)) or {"seen": 0, "struck": 0}
                counts["seen"] += 1
                left = fault.times is None or counts["struck"] < fault.times
                if chosen is None and left and counts["seen"] > fault.after:
                    counts["struck"] += 1
                    chosen = fault
                self._store.put("faults", str(number), counts)
        return chosen

"""Stage: sandbox, what one server has: its folder, its documents, its compiled schemas, its log and its faults."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.requests import Request

from ftlint.sandbox.faults import Faults
from ftlint.sandbox.processes import Guard
from ftlint.sandbox.profile import OPENAI
from ftlint.sandbox.schema import Schemas
from ftlint.sandbox.store import Store


class RequestLog:
    """The append-only log, one JSON object a line; its numbering goes on after a restart."""

    def __init__(self, path: Path) -> None:
        self._path = path
        content = path.read_bytes() if path.exists() else b""
        # a server killed in the middle of a line leaves it unfinished: close it, so that the next one stands alone
        if content and not content.endswith(b"\n"):
            with path.open("ab") as stream:
                stream.write(b"\n")
        self._seq = content.count(b"\n") + (0 if content.endswith(b"\n") or not content else 1)

    def append(self, entry: dict[str, Any]) -> int:
        """Write one entry and return its number, from 1."""
        self._seq += 1
        line = json.dumps({"seq": self._seq, "time": round(time.time(), 3), **entry}, ensure_ascii=False)
        with self._path.open("ab") as stream:
            stream.write(line.encode("utf-8", "backslashreplace") + b"\n")
        return self._seq

    def entries(self) -> list[dict[str, Any]]:
        """Every whole entry, oldest first."""
        if not self._path.exists():
            return []
        lines = self._path.read_bytes().split(b"\n")
        return [json.loads(line) for line in lines if line.startswith(b"{") and line.endswith(b"}")]


@dataclass
class Box:
    """One sandbox.

    Attributes:
        folder: the state directory.
        guard: the process whose end ends this server, if any.
        pending: requests whose client was killed and that are still to be committed.
    """

    folder: Path
    store: Store
    schemas: Schemas
    log: RequestLog
    faults: Faults
    guard: Guard = field(default_factory=Guard)
    pending: int = 0
    profile: str = OPENAI

    @classmethod
    def open(cls, folder: Path, profile: str | None = None) -> Box:
        """Open the state in a folder, new or old; without a profile it is served as the last time."""
        store = Store(folder)
        if profile is not None:
            store.put("profile", "name", {"name": profile})
        kept = store.get("profile", "name")
        return cls(
            folder,
            store,
            Schemas(),
            RequestLog(folder / "log.jsonl"),
            Faults(store),
            profile=kept["name"] if kept else OPENAI,
        )


def box_of(request: Request) -> Box:
    """The sandbox that serves this request."""
    box: Box = request.app.state.box
    return box

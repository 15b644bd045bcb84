"""Services, OpenAI's protocol through the real openai client: moderation requests as batches of files.

Upload and creation are not repeated blindly: before a second attempt it is looked up whether the first one arrived.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO, TypeVar

from ftlint import catalog
from ftlint.services import openai_shapes as shapes
from ftlint.services.interface import BadAnswer, Batch, Rejected
from ftlint.services.openai_sync import NO_SUCH_ROUTE, Sync
from ftlint.services.retry import retrying

T = TypeVar("T")

ENDPOINT = "/v1/moderations"
_LIFE = 3 * 86_400
"""Seconds after which the service deletes the files by itself, whatever happens here: the window, and time to come
back for the answers."""
_PAGES = 20


class OpenAIBatches(Sync):
    """POST /files and /batches, for moderation."""

    def available(self) -> bool:
        """Whether the server has a batches route; raises ServiceError where it does not say."""
        try:
            self._read(lambda client: client.batches.with_raw_response.list(limit=1))
        except Rejected as error:
            if error.status in NO_SUCH_ROUTE:
                return False
            raise
        return True

    def upload(self, content: BinaryIO, filename: str) -> str:
        """Store the requests, or find them stored; the file's id. Raises ServiceError."""

        def send() -> str:
            content.seek(0)
            body = (filename, content, "application/octet-stream")
            extra = self._lifetime("expires_after")
            answer = self._once(lambda c: c.files.with_raw_response.create(file=body, purpose="batch", **extra))
            return shapes.parse_file(answer).id

        return self._at_most_once(send, lambda: self.stored(filename))

    def create(self, input_file: str) -> Batch:
        """Create the batch, or find it created. Raises ServiceError."""
        window = f"{catalog.load_moderation().batch.window_hours}h"
        extra = self._lifetime("output_expires_after")

        def send() -> Batch:
            given: dict[str, Any] = {"input_file_id": input_file, "endpoint": ENDPOINT, "completion_window": window}
            return parse_batch(self._once(lambda c: c.batches.with_raw_response.create(**given, **extra)))

        return self._at_most_once(send, lambda: self._created(input_file))

    def batch(self, batch_id: str) -> Batch:
        """The batch as it stands; raises ServiceError."""
        return parse_batch(self._read(lambda client: client.batches.with_raw_response.retrieve(batch_id)))

    def content(self, file_id: str) -> bytes:
        """The content of a file; raises ServiceError."""
        return retrying(lambda: self._send(lambda client: client.files.with_raw_response.content(file_id)), self._sleep)

    def delete(self, file_id: str) -> None:
        """Delete a file; raises ServiceError, but not for one that is gone."""
        try:
            answer = self._read(lambda client: client.files.with_raw_response.delete(file_id))
        except Rejected as error:
            if error.status != 404:
                raise
            return
        if answer.get("deleted") is False:
            raise BadAnswer(f"the service did not delete {file_id}")

    def _lifetime(self, name: str) -> dict[str, Any]:
        """Known to OpenAI's own protocol; other servers may refuse what they do not know."""
        given = {name: {"anchor": "created_at", "seconds": _LIFE}}
        return given if self.endpoint.provider in ("openai", "sandbox") else {}

    def stored(self, filename: str) -> str | None:
        """The id of a file of requests by its name, None where there is none; raises ServiceError."""
        files = self._pages(
            lambda client, place: client.files.with_raw_response.list(purpose="batch", **place),
            shapes.parse_file,
            _PAGES,
        )
        return next((file.id for file in files if file.filename == filename and file.purpose == "batch"), None)

    def _created(self, input_file: str) -> Batch | None:
        batches = self._pages(lambda client, place: client.batches.with_raw_response.list(**place), parse_batch, _PAGES)
        return next((batch for batch in batches if batch.input_file == input_file), None)

    def _at_most_once(self, send: Callable[[], T], find: Callable[[], T | None]) -> T:
        """What ``find`` has, else what ``send`` makes; looked for first, as an earlier process may have made it."""

        def attempt() -> T:
            found = find()
            return send() if found is None else found

        return retrying(attempt, self._sleep)


def parse_batch(node: Any) -> Batch:
    """A batch object; raises BadAnswer when it has no id or no status."""
    if not isinstance(node, dict) or not all(isinstance(node.get(key), str) and node[key] for key in ("id", "status")):
        raise BadAnswer("the batch in the answer has no id or no status")
    data = (node.get("errors") or {}).get("data") if isinstance(node.get("errors"), dict) else None
    errors = [
        ": ".join(str(part) for part in (entry.get("code"), entry.get("message")) if part)
        for entry in (data if isinstance(data, list) else [])
        if isinstance(entry, dict)
    ]

    def name(key: str) -> str | None:
        return node[key] if isinstance(node.get(key), str) and node[key] else None

    files = name("input_file_id"), name("output_file_id"), name("error_file_id")
    counts = node.get("request_counts")
    done = [counts.get(key) for key in ("completed", "failed")] if isinstance(counts, dict) else []
    return Batch(
        node["id"],
        node["status"],
        *files,
        tuple(error for error in errors if error),
        sum(count for count in done if isinstance(count, int)),
    )

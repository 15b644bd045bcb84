"""Services, OpenAI's protocol: a file too large for one request goes up in parts, and an interrupted upload goes on.

What has been sent is told to the caller's memory before the next part, with the hash of the bytes: a part is passed
over only where the file still holds those bytes. Nothing exists at the service before the upload is completed, so that
beginning it and sending a part may be repeated; completing is sent once.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ftlint.services import openai_shapes as shapes
from ftlint.services.interface import (
    BadAnswer,
    BegunUpload,
    PartDone,
    Rejected,
    RemoteFile,
    UploadGone,
    UploadMemory,
)
from ftlint.services.retry import retrying

if TYPE_CHECKING:
    from openai import OpenAI

LARGE = 512_000_000
"""Bytes above which a file goes up in parts: 512 MB (API specification 2.3.0), read as the smaller unit."""
PART = 64 * 1024 * 1024
"""Bytes of one part, the most that the API takes (the same; openai's own client uses this size)."""
KEEP_SECONDS = 30 * 24 * 3600
"""How long the service keeps a file that was not asked to be kept: its longest ``expires_after``."""
_MARGIN = 60.0
_MIME = "text/jsonl"
_EXPIRY = re.compile(r"expires?[_ ]after", re.IGNORECASE)
_UNKNOWN_FIELD = re.compile(
    r"(?:unknown|unrecogni[sz]ed|unexpected|unsupported|extra|additional)[_ ](?:\w+[_ ])?"
    r"(?:parameter|field|argument|input|propert|key)"
    r"|(?:parameter|field|argument|input|propert\w+|key)s?\b[^.]{0,40}"
    r"\bnot (?:allowed|permitted|supported|recogni[sz]ed)",
    re.IGNORECASE,
)
_OF_A_ROW = re.compile(r"\b(?:example|line|row)s?\b", re.IGNORECASE)


class Send(Protocol):
    """Sends a request through the client, once; raises ServiceError."""

    def __call__(self, call: Callable[[OpenAI], Any]) -> dict[str, Any]:
        """The JSON object of the answer."""


def expiry(keep: bool) -> dict[str, Any]:
    """The field that lets an upload vanish by itself, or nothing."""
    return {} if keep else {"expires_after": {"anchor": "created_at", "seconds": KEEP_SECONDS}}


def dislikes_expiry(error: Rejected) -> bool:
    """The service refused the request for its ``expires_after``: it names the field, or one that it does not know.

    Any other refusal is about the file, and sending it once more would not change that.
    """
    if error.status not in {400, 415, 422}:
        return False
    told = f"{error.message} {error.code or ''}"
    if _EXPIRY.search(told):
        return True
    return _UNKNOWN_FIELD.search(told) is not None and not _OF_A_ROW.search(told)


class ThisAttempt:
    """The memory of a caller that has none of its own: it lasts as long as this attempt."""

    def __init__(self) -> None:
        self._upload: BegunUpload | None = None
        self._parts: dict[int, PartDone] = {}

    def upload(self) -> BegunUpload | None:
        """The upload that is under way, or None."""
        return self._upload

    def part(self, number: int) -> PartDone | None:
        """The part with this number, or None."""
        return self._parts.get(number)

    def began(self, upload_id: str, size: int, expires_at: int | None) -> None:
        """An upload was begun."""
        self._upload, self._parts = BegunUpload(upload_id, size, expires_at), {}

    def sent(self, number: int, part: PartDone) -> None:
        """A part has arrived."""
        self._parts[number] = part

    def forget(self) -> None:
        """The upload is of no use any more."""
        self._upload, self._parts = None, {}


class PartedUpload:
    """One file on its way up in parts."""

    def __init__(
        self,
        send: Send,
        memory: UploadMemory,
        *,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._send, self._memory = send, memory
        self._sleep, self._now = sleep, now

    def run(self, path: Path, filename: str, size: int, keep: bool) -> RemoteFile:
        """Send what is missing and complete the upload.

        Raises:
            UploadGone: the service refuses an upload that an earlier attempt began; it may have been completed then.
            ServiceError: the service failed; what was sent is remembered.
            OSError: the path cannot be read.
        """
        begun = self._memory.upload()
        resumed = begun is not None and begun.bytes == size and not self._expired(begun.expires_at)
        upload_id = begun.id if resumed and begun is not None else self._begin(filename, size, keep)
        try:
            ids = [self._part(upload_id, number, data) for number, data in enumerate(_chunks(path))]
            answer = self._send(lambda client: client.uploads.with_raw_response.complete(upload_id, part_ids=ids))
        except Rejected as error:
            self._memory.forget()
            if resumed:
                raise UploadGone(error.message, status=error.status, code=error.code) from error
            raise
        return _file_of(answer)

    def _expired(self, expires_at: int | None) -> bool:
        return expires_at is not None and expires_at <= self._now() + _MARGIN

    def _begin(self, filename: str, size: int, keep: bool) -> str:
        def ask(extra: dict[str, Any]) -> dict[str, Any]:
            return retrying(
                lambda: self._send(
                    lambda client: client.uploads.with_raw_response.create(
                        bytes=size, filename=filename, mime_type=_MIME, purpose="fine-tune", **extra
                    )
                ),
                self._sleep,
            )

        try:
            answer = ask(expiry(keep))
        except Rejected as error:
            if keep or not dislikes_expiry(error):
                raise
            answer = ask({})
        upload_id, expires_at = shapes.parse_upload(answer)
        self._memory.began(upload_id, size, expires_at)
        return upload_id

    def _part(self, upload_id: str, number: int, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        known = self._memory.part(number)
        if known is not None and known.sha256 == digest:
            return known.id
        answer = retrying(
            lambda: self._send(
                lambda client: client.uploads.parts.with_raw_response.create(upload_id, data=("part", data))
            ),
            self._sleep,
        )
        part_id = shapes.parse_id(answer, "part")
        self._memory.sent(number, PartDone(part_id, digest))
        return part_id


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while data := file.read(PART):
            yield data


def _file_of(answer: dict[str, Any]) -> RemoteFile:
    """The file that a completed upload became."""
    if answer.get("status") not in {"completed", None} or not isinstance(answer.get("file"), dict):
        raise BadAnswer("the completed upload names no file")
    return shapes.parse_file(answer["file"])

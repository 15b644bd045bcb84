"""Moderation, batches at the service: units to files of requests, and files of answers to verdicts.

An answer is matched to its request by the custom id and to its units by their hashes, never by its place in the file.
What is not answered once, wholly and well has no verdict.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO

from ftlint import catalog
from ftlint.moderation.limit import UNMETERED
from ftlint.moderation.plan import Pack, Packer
from ftlint.moderation.screen import Reason
from ftlint.moderation.units import Kind, Unit
from ftlint.services import openai_shapes as shapes
from ftlint.services.interface import BadAnswer, Score
from ftlint.services.openai_batch import ENDPOINT
from ftlint.text import safe

Payload = Callable[[Sequence[bytes]], Any]
"""What the ``input`` of a request is, from the digests of its units."""
_WORDS = 200


def packs(units: Iterable[Unit]) -> Iterator[Pack]:
    """The requests, as many strings in each as the packer begins with (nothing is learnt on the way), or one image."""
    found = list(units)
    packer = Packer((unit for unit in found if unit.kind is not Kind.IMAGE), UNMETERED.tokens_per_request)
    while (pack := packer.next()) is not None:
        yield pack
    yield from (Pack((unit,)) for unit in found if unit.kind is Kind.IMAGE)


def custom_id(digests: Sequence[bytes]) -> str:
    """The name of a request: a hash of what it asks about."""
    return hashlib.sha256(b"".join(digests)).hexdigest()[:32]


def groups(requests: Iterable[Sequence[bytes]], model: str, payload: Payload) -> Iterator[dict[str, list[str]]]:
    """The requests of one file each, within the service's limits; sizes are those of the very lines."""
    rules = catalog.load_moderation().batch
    held: dict[str, list[str]] = {}
    size = 0
    for digests in requests:
        length = len(line(digests, model, payload))
        if held and (len(held) >= rules.max_requests or size + length > rules.max_file_bytes):
            yield held
            held, size = {}, 0
        held[custom_id(digests)] = [digest.hex() for digest in digests]
        size += length
    if held:
        yield held


def line(digests: Sequence[bytes], model: str, payload: Payload) -> bytes:
    """One request as a line of the file."""
    body = {"model": model, "input": payload(digests)}
    tree = {"custom_id": custom_id(digests), "method": "POST", "url": ENDPOINT, "body": body}
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def written(requests: Iterable[Sequence[str]], model: str, payload: Payload) -> BinaryIO:
    """The file of these requests, without a name on this machine where the system can do that; close it."""
    file: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)
    for digests in requests:
        file.write(line([bytes.fromhex(digest) for digest in digests], model, payload))
    return file


class Answers:
    """What the output and the error file of a batch say, by custom id."""

    def __init__(self, output: bytes, errors: bytes) -> None:
        rows = [row for content in (output, errors) for row in _rows(content)]
        self._count = Counter(row["custom_id"] for row in rows)
        self._rows = {row["custom_id"]: row for row in rows}

    def of(self, key: str, strings: int, *, image: bool = False) -> list[Score] | Reason:
        """The verdicts of a request with so many strings, or one image, or why there are none."""
        if key not in self._rows:
            return Reason("the batch holds no answer")
        if self._count[key] > 1:
            return Reason("an answer that cannot be trusted", "the request is answered more than once")
        row = self._rows[key]
        response = row.get("response")
        if not isinstance(response, dict) or response.get("status_code") != 200:
            return _refusal(row)
        body = response.get("body")
        try:
            return shapes.parse_scores(body if isinstance(body, dict) else {}, strings, image=image)
        except BadAnswer as error:
            return Reason("an answer that cannot be trusted", error.message)


def _rows(content: bytes) -> Iterator[dict[str, Any]]:
    for piece in content.splitlines():
        try:
            row = json.loads(piece)
        except (ValueError, RecursionError):
            continue  # whose answer it is cannot be told: that request has none
        if isinstance(row, dict) and isinstance(row.get("custom_id"), str):
            yield row


def _refusal(row: dict[str, Any]) -> Reason:
    response = row["response"] if isinstance(row.get("response"), dict) else {}
    status = response.get("status_code")
    body = response.get("body")
    error = row.get("error") or (body.get("error") if isinstance(body, dict) else None)
    words = error if isinstance(error, dict) else {}
    told = ": ".join(str(part) for part in (words.get("code"), words.get("message")) if part)
    kind = f"the service refused it ({status})" if isinstance(status, int) else "the batch did not carry it out"
    return Reason(kind, safe(told)[:_WORDS])

"""Moderation, stage 3 by batch: the texts go to the service as files, and their verdicts are fetched when it is done.

Each step is on disk before the next: whoever comes back after a kill finds the running batch, and submits nothing
twice. What a batch leaves open stays without a verdict. Its files are deleted once its verdicts are kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ftlint import catalog
from ftlint.moderation import batchfile
from ftlint.moderation.batchstate import BatchStore, Entry
from ftlint.moderation.cache import Cache
from ftlint.moderation.images import of_image
from ftlint.moderation.screen import INTERRUPTED, Progress, Reason, Screening, describe
from ftlint.moderation.units import Unit
from ftlint.services.interface import BadAnswer, Batch, Batches, Rejected, Score, ServiceError
from ftlint.text import plural, safe

STAGE = "batch"
_FIRST, _LONGEST, _GROWTH = 0.5, 60.0, 1.5  # seconds between two looks
_PATIENCE = 5  # looks in a row that fail, each with all its attempts
_OPENAI = "openai ("


nap: Callable[[float], None] = time.sleep


class NoBatches(Rejected):
    """The server has no batches route; nothing was sent to it."""


@dataclass
class Batching:
    """One pass by batch.

    Attributes:
        texts: strings by digest; ``images``: addresses, read when they are needed.
        cache: takes the verdicts; without it nothing is known after a kill, so a caller demands it.
        notes: for the user: what is left at the service.
    """

    batches: Batches
    model: str
    store: BatchStore
    cache: Cache | None
    screening: Screening
    texts: Mapping[bytes, str]
    images: Mapping[bytes, str]
    progress: Progress | None = None
    notes: list[str] = field(default_factory=list)
    _running: list[Entry] = field(default_factory=list)
    _done: dict[str, int] = field(default_factory=dict)

    def run(self, units: Iterable[Unit]) -> None:
        """Score the units that have no verdict; afterwards each one has a verdict or a reason.

        Raises:
            NoBatches: the server has no such route.
            UsageError: another process is at it.
            KeyboardInterrupt: Ctrl-C, after it was noted what goes on at the service.
        """
        todo = [unit for unit in units if unit.digest not in self.screening.scores]
        if not todo and not self.store.entries():
            return
        with self.store.locked():
            try:
                self._demand()
                self._adopt({unit.digest for unit in todo})
                self._submit(todo)
                self._wait()
            except NoBatches:
                raise
            except ServiceError as error:
                self.screening.stopped = error
                self.screening.give_up(todo, describe(error))
            except KeyboardInterrupt:
                self.screening.give_up(todo, INTERRUPTED)
                raise
            finally:
                self._tell_what_runs()
        self.screening.give_up(todo, Reason("the batch holds no answer"))

    def _demand(self) -> None:
        if not self.batches.available():
            raise NoBatches(f"{self.batches.name} has no batches; leave --batch away", status=404)

    def _adopt(self, wanted: set[bytes]) -> None:
        """Batches of an earlier process that ask about some of this; and what it did not come to delete."""
        for entry in self.store.entries():
            if entry.leftover:
                self._delete(entry)
            elif self.cache is not None and all(self.cache.get(digest) for digest in entry.digests):
                self._give_back(entry)  # killed after the verdicts were kept
            elif not wanted.isdisjoint(entry.digests) and self._is_alive(entry):
                self._running.append(entry)

    def _is_alive(self, entry: Entry) -> bool:
        """The batch is there, or can still be made of the file or of the texts; otherwise the entry is forgotten."""
        try:
            if entry.batch is not None:
                self.batches.batch(entry.batch)
            elif entry.file is not None or all(self._has(digest) for digest in entry.digests):
                self._start(entry)
            else:  # killed in the upload, and the data has changed since
                self._give_back(entry)
                return False
        except Rejected:  # the batch or its file is gone
            self._give_back(entry)
            return False
        return True

    def _submit(self, todo: list[Unit]) -> None:
        covered = {digest for entry in self._running for digest in entry.digests}
        left = [unit for unit in todo if unit.digest not in covered]
        requests = ([unit.digest for unit in pack.units] for pack in batchfile.packs(left))
        for group in batchfile.groups(requests, self.model, self._payload):
            self.screening.requests += len(group)
            entry = self.store.new(group)
            self._running.append(entry)
            try:
                self._start(entry)
            except ServiceError as error:
                if not error.retryable:  # it is certain that there is no batch
                    self._running.remove(entry)
                    self._give_back(entry)
                raise
            except KeyboardInterrupt:
                if entry.file is None:
                    self._running.remove(entry)
                    self._give_back(entry)
                raise

    def _start(self, entry: Entry) -> None:
        if entry.file is None:
            with batchfile.written(entry.requests.values(), self.model, self._payload) as content:
                entry.file = self.batches.upload(content, entry.filename)
            self.store.save(entry)
        entry.batch = self.batches.create(entry.file).id
        self.store.save(entry)

    def _has(self, digest: bytes) -> bool:
        return digest in self.texts or digest in self.images

    def _payload(self, digests: Sequence[bytes]) -> list[Any]:
        """An array of strings, or one image as a part: it has a request of its own."""
        if digests[0] in self.images:
            return [{"type": "image_url", "image_url": {"url": self.images[digests[0]]}}]
        return [self.texts[digest] for digest in digests]

    def _wait(self) -> None:
        """Look after all batches until each one has ended, with longer and longer pauses."""
        pause, failures = _FIRST, 0
        total = sum(len(entry.requests) for entry in self._running)
        while self._running:
            try:
                for entry in list(self._running):
                    assert entry.batch is not None
                    batch = self.batches.batch(entry.batch)
                    self._done[entry.key] = len(entry.requests) if batch.final else batch.done
                    if batch.final:
                        self._collect(entry, batch)
                failures = 0
            except ServiceError as error:
                failures += 1
                if not error.retryable or failures >= _PATIENCE:
                    raise
            if self.progress is not None:
                self.progress(STAGE, min(sum(self._done.values()), total), total)
            if self._running:
                nap(pause)
                pause = min(pause * _GROWTH, _LONGEST)

    def _collect(self, entry: Entry, batch: Batch) -> None:
        """The verdicts of a batch that has ended; they are kept before its files are deleted."""
        contents = [self.batches.content(file) if file else b"" for file in (batch.output_file, batch.error_file)]
        answers = batchfile.Answers(*contents)
        verdicts: dict[bytes, Score] = {}
        for key, digests in entry.requests.items():
            known = [bytes.fromhex(digest) for digest in digests]
            found = answers.of(key, len(digests), image=known[0] in self.images)
            if isinstance(found, list):
                found = self._trusted(found, image=known[0] in self.images)
            if isinstance(found, list):
                verdicts.update(zip(known, found, strict=True))
                continue
            told = batch.status != "completed" and found.kind == "the batch holds no answer"
            reason = (
                Reason(f"the batch is {safe(batch.status)}", safe("; ".join(batch.errors))[:400]) if told else found
            )
            self.screening.missing.update(dict.fromkeys(known, reason))
        self.screening.scores.update(verdicts)
        for digest in verdicts:
            self.screening.missing.pop(digest, None)
        if self.cache is not None:
            self.cache.put(verdicts)
        self._running.remove(entry)
        files = (entry.file, batch.output_file, batch.error_file)
        entry.leftover, entry.requests = [file for file in files if file], {}
        self.store.save(entry)
        self._delete(entry)

    def _trusted(self, scores: list[Score], *, image: bool) -> list[Score] | Reason:
        """The verdicts, or what is wrong where one leaves out a category: what was not scored is not clean."""
        name = self.batches.name
        if image:
            try:
                return [of_image(score, name) for score in scores]
            except BadAnswer as error:
                return Reason("an answer that cannot be trusted", error.message)
        known = catalog.load_moderation().categories if name.startswith(_OPENAI) else scores[0].scores
        missing = sorted({category for score in scores for category in known if category not in score.scores})
        words = f"a verdict says nothing about {safe(', '.join(missing))[:200]}"
        return Reason("an answer that cannot be trusted", words) if missing else scores

    def _delete(self, entry: Entry) -> None:
        """Delete what is no longer needed; what cannot be deleted is tried again by the next pass, and named."""
        for file in list(entry.leftover):
            try:
                self.batches.delete(file)
            except ServiceError as error:
                reason = describe(error).kind
                self.notes.append(
                    f"the file {safe(file)} could not be deleted at {self.batches.name} ({reason}): it holds what was "
                    "sent, or its scores; the next --batch pass tries again"
                )
                break
            entry.leftover.remove(file)
        if entry.leftover:
            self.store.save(entry)
        else:
            self.store.drop(entry)

    def _give_back(self, entry: Entry) -> None:
        """Nothing more is wanted of this entry: its files are deleted, as far as there are any."""
        files: list[str | None] = [entry.file]
        try:
            if entry.file is None:
                files = [self.batches.stored(entry.filename)]
            if entry.batch is not None:
                batch = self.batches.batch(entry.batch)
                files += [batch.output_file, batch.error_file]
        except Rejected:
            pass  # there is no such batch (any more)
        except ServiceError as error:
            place = f"{entry.filename} at {self.batches.name}"
            self.notes.append(f"whether there is a file {place} could not be seen ({describe(error).kind})")
        entry.leftover, entry.requests = [file for file in files if file], {}
        self._delete(entry)

    def _tell_what_runs(self) -> None:
        for entry in self._running:
            what = f"the batch {safe(entry.batch)}" if entry.batch else f"the upload {entry.filename}"
            file = f" with the file {safe(entry.file)}" if entry.file else ""
            texts = plural(sum(len(digests) for digests in entry.requests.values()), "text")
            self.notes.append(
                f"{what}{file} ({texts}) is kept at {self.batches.name}; the same command goes on waiting for it, and "
                "deletes its files in the end"
            )

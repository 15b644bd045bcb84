"""The stages ``baseline``, ``evaluate`` and ``compare``: one system answers every held-out example, each answer kept.

Answers are appended to a file as they come. One that is there is never asked for again; a failed one is missing, with
its error, and never an empty text.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from ftlint.errors import ServiceFailed
from ftlint.run.context import Run
from ftlint.run.files import Log, dump, read_log
from ftlint.run.heldout import HeldOut
from ftlint.services.interface import AuthError, Completer, Completion, QuotaError, Rejected, ServiceError
from ftlint.settings import ServiceConfig
from ftlint.text import safe

T = TypeVar("T")

_ROUNDS = 3
_BETWEEN_ROUNDS = 5.0
_LEAST_FAILURES = 6
_KNOWN = (0.0,)
_FRESH = (0.0, 5.0, 10.0, 20.0, 40.0, *[60.0] * 9)
"""Seconds before each first request to a model that was made just now: eleven minutes in all."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a system made of one example.

    Attributes:
        id: the example's.
        text: the answer, or None where it is missing; ``error`` then says why.
        finish_reason: as the service gave it; other than ``stop`` it is counted and shown.
    """

    id: int
    text: str | None
    finish_reason: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    error: str | None = None


def load_answers(path: Path, keys: dict[int, str]) -> dict[int, Answer]:
    """The answers of a file by example, the latest of each; only those that were asked in the same words.

    Args:
        path: the file of one system.
        keys: example to the hash of its request (see ``request_key``).
    """
    found: dict[int, Answer] = {}
    for record in read_log(path):
        key = record.pop("key", None)
        answer = Answer(**record)
        if keys.get(answer.id) == key and (answer.text is not None or answer.id not in found):
            found[answer.id] = answer
    return found


def request_key(run: Run, model: str, example: HeldOut) -> str:
    """A hash of everything that decides the answer."""
    asked = run.spec.evaluate
    content = dump([model, example.messages, asked.temperature, asked.max_tokens])
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def request_keys(run: Run, model: str, examples: Sequence[HeldOut]) -> dict[int, str]:
    """The request hashes of all examples."""
    return {example.id: request_key(run, model, example) for example in examples}


def answer_all(
    run: Run,
    stage: str,
    path: Path,
    service: ServiceConfig,
    model: str,
    examples: Sequence[HeldOut],
    *,
    fresh: bool = False,
) -> dict[str, Any]:
    """Have a system answer every example that it has not answered yet.

    Args:
        run: the run.
        stage: for messages.
        path: where the answers are kept.
        service: who serves the model.
        model: as the service knows it.
        examples: all held-out examples.
        fresh: the model was made just now, and may be unknown to the service for some minutes.

    Returns:
        For the journal: model, answers, missing.

    Raises:
        ServiceFailed: the service cannot be used now; what it answered has been kept.
    """
    keys = request_keys(run, model, examples)
    with Log(path) as log:
        work = _Work(run, stage, log, model, keys, load_answers(path, keys))
        run_async(work.all(service, examples, _FRESH if fresh else _KNOWN))
    missing = sum(answer.text is None for answer in work.answers.values())
    if missing == len(examples):
        first = next(iter(work.answers.values())).error
        raise ServiceFailed(f"{stage}: {model} answered none of {missing} examples: {first}", run.resume_command)
    return {"model": model, "answers": len(examples) - missing, "missing": missing}


class _Work:
    """The answering of one system."""

    def __init__(
        self, run: Run, stage: str, log: Log, model: str, keys: dict[int, str], answers: dict[int, Answer]
    ) -> None:
        self.run, self.stage, self.log, self.model = run, stage, log, model
        self.keys, self.answers = keys, answers
        self._again: set[int] = set()  # examples whose failure another round may mend
        self._failures = 0  # in a row, of a kind that says the service is down
        self._stop: ServiceFailed | None = None  # why nothing more is asked; answers on their way are still kept
        self._total = len(keys)

    async def all(self, service: ServiceConfig, examples: Sequence[HeldOut], waits: Sequence[float]) -> None:
        """Answer what is open; ``waits`` are the seconds before each attempt at the first request."""
        open_ones = [e for e in examples if e.id not in self.answers or self.answers[e.id].text is None]
        self._tell()
        if not open_ones:
            return
        completer = self.run.tools.completer(service)
        try:
            await self._warm_up(completer, open_ones[0], waits)
            rest = open_ones[1:]
            for number in range(_ROUNDS):
                if number and rest:
                    await self.run.tools.pause(_BETWEEN_ROUNDS)
                await self._round(completer, rest)
                rest = [example for example in open_ones if example.id in self._again]
        finally:
            await completer.close()

    async def _warm_up(self, completer: Completer, example: HeldOut, waits: Sequence[float]) -> None:
        """The first request goes alone, so that a model nobody knows is one failure and not hundreds."""
        message = ""
        for wait in waits:
            await self.run.tools.pause(wait)
            try:
                await self._one(completer, example, patient=True)
            except Rejected as error:
                message = safe(error.message)
                self.run.tell(self.stage, f"{self.model} does not answer yet: {message}", seconds=wait)
            else:
                self._check()
                return
        raise ServiceFailed(
            f"{self.stage}: {self.model} does not answer: {message}",
            f"where models must be deployed first, deploy it under the name of `evaluate.tuned_model`; then"
            f" {self.run.resume_command}",
        )

    async def _round(self, completer: Completer, examples: Sequence[HeldOut]) -> None:
        """Ask for all, as many at a time as is allowed; an error that concerns them all ends the round."""
        waiting = iter(examples)

        async def worker() -> None:
            for example in waiting:
                if self._stop is not None:
                    return
                await self._one(completer, example)

        workers = min(self.run.spec.evaluate.concurrency, len(examples))
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(workers):
                    group.create_task(worker())
        except BaseExceptionGroup as group_of_errors:
            raise group_of_errors.exceptions[0] from None
        self._check()

    def _check(self) -> None:
        if self._stop is not None:
            raise self._stop

    async def _one(self, completer: Completer, example: HeldOut, patient: bool = False) -> None:
        asked = self.run.spec.evaluate
        try:
            completion = await completer.complete(
                self.model, example.messages, temperature=asked.temperature, max_tokens=asked.max_tokens
            )
        except ServiceError as error:
            if patient and isinstance(error, Rejected) and error.status == 404:
                raise
            self._failed(example, error)
        else:
            self._answered(example, completion)
        self._tell()

    def _answered(self, example: HeldOut, completion: Completion) -> None:
        self._failures = 0
        self._again.discard(example.id)
        self._keep(
            Answer(
                example.id,
                completion.text,
                completion.finish_reason,
                completion.input_tokens,
                completion.output_tokens,
            )
        )

    def _failed(self, example: HeldOut, error: ServiceError) -> None:
        if isinstance(error, AuthError) or (isinstance(error, QuotaError) and not error.retryable):
            self._stop = self.run.service_failed(self.stage, error)
            return
        self._keep(Answer(example.id, None, error.code, error=safe(error.message)))
        if not error.retryable:
            self._again.discard(example.id)
            return
        self._again.add(example.id)
        self._failures += 1
        if self._failures >= max(2 * self.run.spec.evaluate.concurrency, _LEAST_FAILURES):
            self._stop = self.run.service_failed(self.stage, error)

    def _keep(self, answer: Answer) -> None:
        fields = {name: getattr(answer, name) for name in Answer.__slots__}
        self.log.append({**fields, "key": self.keys[answer.id]})
        self.answers[answer.id] = answer

    def _tell(self) -> None:
        done = sum(answer.text is not None for answer in self.answers.values())
        missing = len(self.answers) - done
        self.run.tell(self.stage, "answers", done=done, total=self._total, missing=missing)


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, also where a loop is running already (a notebook): then in a thread of its own."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    box: list[T] = []
    errors: list[BaseException] = []

    def target() -> None:
        try:
            box.append(asyncio.run(work))
        except BaseException as error:  # handed to the caller below
            errors.append(error)

    thread = threading.Thread(target=target)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return box[0]

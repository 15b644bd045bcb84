"""The stages ``baseline``, ``evaluate`` and ``compare``: one system answers every held-out example, each answer kept.

Answers are appended to a file as they come. One that is there is never asked for again; a failed one is missing, with
its error, and never an empty text.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

from ftlint.errors import FtlintError, InputError, ServiceFailed
from ftlint.run.answers import Answer, Asking, earlier, load_answers, record, repeatable, request_keys
from ftlint.run.classify import FailureKind, classify
from ftlint.run.context import Run
from ftlint.run.files import Log
from ftlint.run.heldout import HeldOut
from ftlint.run.pace import START, Pace
from ftlint.run.runs import run_folders
from ftlint.services.interface import AuthError, Completer, Completion, QuotaError, Rejected, ServiceError
from ftlint.settings import ServiceConfig
from ftlint.text import plural, safe

T = TypeVar("T")

_ROUNDS = 3
_BETWEEN_ROUNDS = 5.0
_MOST_FAILURES = 2 * START
_FRESH = (0.0, 5.0, 10.0, 20.0, 40.0, *[60.0] * 9)
"""Seconds before each first request to a model that was made just now: eleven minutes in all."""


NO_ANSWERS = "no-answers"
"""The class of a model that answered no example, where the account and the service's health do not explain it."""
_ACCOUNTS = frozenset({FailureKind.QUOTA, FailureKind.TRANSIENT})
_REMEDY = (
    "the service refused every example, so that the reason lies in the model's name or deployment, in `max_tokens` or"
    " `temperature` of [evaluate], or in a content filter; what was trained is kept. Mend it at the service and resume,"
    " or start a new run where the run file is the reason"
)


class NoAnswers(ServiceFailed):
    """A model that the service does not know, or that answered nothing at all."""


def answer_all(
    run: Run,
    stage: str,
    path: Path,
    service: ServiceConfig,
    model: str,
    examples: Sequence[HeldOut],
    *,
    fresh: bool = False,
    asking: Asking | None = None,
    reuse: bool = False,
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
        asking: None for what the run file says.
        reuse: take what other runs of this folder have got from the same service for the same request.

    Returns:
        For the journal: model, answers, missing.

    Raises:
        NoAnswers: the service does not know the model, or answered none of the examples.
        ServiceFailed: the service cannot be used now; what it answered has been kept.
    """
    asking = asking or Asking.of(run.spec.evaluate)
    keys = request_keys(asking, model, examples)
    with Log(path) as log:
        work = _Work(run, stage, log, model, asking, keys, load_answers(path, keys))
        if reuse and repeatable(asking, model) and not run.record.rehearsal:
            work.others = [folder for folder in reversed(run_folders(run.runs)) if folder != run.folder]
            work.name = path.name
        run_async(work.all(service, examples, _FRESH if fresh else ()))
    missing = sum(answer.text is None for answer in work.answers.values())
    if missing == len(examples):
        raise _no_answers(run, stage, model, next(iter(work.answers.values())), missing)
    return {"model": model, "answers": len(examples) - missing, "missing": missing}


def _no_answers(run: Run, stage: str, model: str, first: Answer, count: int) -> NoAnswers:
    """The error for a model that answered nothing: class and remedy by what was said of the first example."""
    failure = classify({"message": first.error, "code": first.finish_reason})
    told = f"{failure.kind.value}: {failure.remedy}" if failure.kind in _ACCOUNTS else f"{NO_ANSWERS}: {_REMEDY}"
    return NoAnswers(
        f"{stage}: {model} answered none of {plural(count, 'example')}: {first.error}", f"{told}: {run.resume_command}"
    )


class _Work:
    """The answering of one system."""

    def __init__(
        self,
        run: Run,
        stage: str,
        log: Log,
        model: str,
        asking: Asking,
        keys: dict[int, str],
        answers: dict[int, Answer],
    ) -> None:
        self.run, self.stage, self.log, self.model = run, stage, log, model
        self.asking, self.keys, self.answers = asking, keys, answers
        self.others: list[Path] = []  # folders of runs that may have the answers already, in files of this name
        self.name = ""
        self._service = ""
        self._pace = Pace(run.spec.evaluate.concurrency, run.tools.pause)
        self._wrote = asyncio.Event()
        self._again: set[int] = set()  # examples whose failure another round may mend
        self._failures = 0  # in a row, of a kind that says the service is down
        self._stop: FtlintError | None = None  # why nothing more is asked; answers on their way are still kept
        self._ended = False
        self._total = len(keys)

    async def all(self, service: ServiceConfig, examples: Sequence[HeldOut], waits: Sequence[float]) -> None:
        """Answer what is open; ``waits`` are the seconds before each attempt at a first request that goes alone."""
        self._tell()
        if not self._open(examples):
            return
        completer = self.run.tools.completer(service)
        completer.on_trouble = self._pace.slower
        self._service = completer.name
        flusher = asyncio.create_task(self._flush())
        try:
            self._take_over()
            if not (open_ones := self._open(examples)):
                return
            rest = open_ones
            if waits:
                await self._warm_up(completer, open_ones[0], waits)
                rest = open_ones[1:]
            for number in range(_ROUNDS):
                if number and rest:
                    await self.run.tools.pause(_BETWEEN_ROUNDS)
                await self._round(completer, rest)
                rest = [example for example in open_ones if example.id in self._again]
        finally:
            try:
                await self._flushed(flusher)
            finally:
                await completer.close()

    async def _flush(self) -> None:
        """Have answers on disk soon after they came: one fsync, which may take a while, for all that came meanwhile."""
        while not self._ended:
            await self._wrote.wait()
            self._wrote.clear()
            try:
                await asyncio.to_thread(self.log.sync)
            except InputError as error:  # nothing more is paid for that cannot be kept
                self._end(error)
                raise

    async def _flushed(self, flusher: asyncio.Task[None]) -> None:
        """Every answer is on disk, or this raises. A system tells of a failed fsync once: none may be left unheard."""
        self._ended = True
        self._wrote.set()
        await flusher
        self.log.sync()

    def _open(self, examples: Sequence[HeldOut]) -> list[HeldOut]:
        return [e for e in examples if e.id not in self.answers or self.answers[e.id].text is None]

    def _take_over(self) -> None:
        """Answers that other runs have paid for."""
        wanted = {id_: key for id_, key in self.keys.items() if id_ not in self.answers}
        found = list(earlier(self.others, self.name, self._service, wanted))
        for answer in found:
            self._keep(answer)
        if found:
            self.run.tell(self.stage, f"{plural(len(found), 'answer')} of earlier runs taken over")
            self._tell()

    async def _warm_up(self, completer: Completer, example: HeldOut, waits: Sequence[float]) -> None:
        """The first request to a model that was made just now goes alone, until the service knows the model."""
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
        raise self._unknown(message)

    def _unknown(self, message: str) -> NoAnswers:
        return NoAnswers(
            f"{self.stage}: {self.model} does not answer: {message}",
            f"{NO_ANSWERS}: where models must be deployed first, deploy it under the name of `evaluate.tuned_model`;"
            f" then {self.run.resume_command}",
        )

    async def _round(self, completer: Completer, examples: Sequence[HeldOut]) -> None:
        """Ask for all, as many at a time as the pace allows; an error that concerns them all ends the round."""

        async def one(example: HeldOut) -> None:
            try:
                if self._stop is None:
                    await self._one(completer, example)
            finally:
                self._pace.give()

        try:
            async with asyncio.TaskGroup() as group:
                for example in examples:
                    await self._pace.take()
                    if self._stop is not None:
                        self._pace.give()
                        break
                    group.create_task(one(example))
        except BaseExceptionGroup as group_of_errors:
            raise group_of_errors.exceptions[0] from None
        self._check()

    def _check(self) -> None:
        if self._stop is not None:
            raise self._stop

    async def _one(self, completer: Completer, example: HeldOut, patient: bool = False) -> None:
        try:
            completion = await self._ask(completer, example, placed=not patient)
        except ServiceError as error:
            if patient and isinstance(error, Rejected) and error.status == 404:
                raise
            self._failed(example, error)
        else:
            self._answered(example, completion)
        self._tell()

    async def _ask(self, completer: Completer, example: HeldOut, *, placed: bool) -> Completion:
        """One completion; a rate limit is sat out, without holding a place (``placed``) meanwhile."""
        while True:
            try:
                return await completer.complete(
                    self.model,
                    example.messages,
                    temperature=self.asking.temperature,
                    max_tokens=self.asking.max_tokens,
                    offer=example.offer or None,
                )
            except QuotaError as error:
                if not error.retryable:
                    raise
                if not await self._pace.sit_out(error, placed=placed) or self._stop is not None:
                    raise

    def _answered(self, example: HeldOut, completion: Completion) -> None:
        self._failures = 0
        self._pace.answered()
        self._again.discard(example.id)
        self._keep(
            Answer(
                example.id,
                completion.text,
                completion.finish_reason,
                completion.input_tokens,
                completion.output_tokens,
                calls=[{"name": call.name, "arguments": call.arguments} for call in completion.calls] or None,
            )
        )

    def _failed(self, example: HeldOut, error: ServiceError) -> None:
        if isinstance(error, AuthError) or (isinstance(error, QuotaError) and not error.retryable):
            self._end(self.run.service_failed(self.stage, error))
            return
        if (
            isinstance(error, Rejected)
            and error.status == 404
            and not any(a.text is not None for a in self.answers.values())
        ):
            self._end(self._unknown(safe(error.message)))
            return
        self._keep(Answer(example.id, None, error.code, error=safe(error.message)))
        if not error.retryable:
            self._again.discard(example.id)
            return
        self._again.add(example.id)
        self._failures += 1
        if self._failures >= _MOST_FAILURES:
            self._end(self.run.service_failed(self.stage, error))

    def _end(self, error: FtlintError) -> None:
        """Nothing more is asked, for this reason; the first one counts."""
        self._stop = self._stop or error

    def _keep(self, answer: Answer) -> None:
        self.log.append(record(answer, self.keys[answer.id], self._service), sync=False)
        self._wrote.set()
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

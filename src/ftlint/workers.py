"""Stages 1 to 3 in several processes: whichever is free does the next piece of work; results come in order."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from ftlint.errors import FtlintError
from ftlint.judging import Task
from ftlint.keep import Kind
from ftlint.read import Source
from ftlint.records import dataclass
from ftlint.settings import Settings

if TYPE_CHECKING:
    from concurrent.futures import Future

    from ftlint.process import Worker

SMALL_BYTES = 4 * 1024 * 1024
"""A smaller file is judged by one process, whatever is asked for: it is done before another has started."""
SHARE_BYTES = 16 * 1024 * 1024
"""Where nothing is asked for, each process has at least so much to do."""
MOST = 8
"""Processes where nothing is asked for: each takes memory of its own, and the first one feeds them all."""
AHEAD = 8
"""Pieces of work per process that may wait to be done or to be fetched."""
T = TypeVar("T")
R = TypeVar("R")
Before = Callable[[], dict[Kind, int]]


def pool_for(settings: Settings, sources: Sequence[Source]) -> Pool | AbstractContextManager[None]:
    """The processes that these files are worth; as a context it gives None where one is enough."""
    jobs = jobs_for(settings, sources)
    return Pool(jobs) if jobs > 1 else nullcontext()


def jobs_for(settings: Settings, sources: Sequence[Source]) -> int:
    """The number of processes that the largest of these files is worth."""
    large = [source.size for source in sources if not is_small(source)]
    if not large or not sys.executable:
        return 1
    if settings.jobs is not None:
        return settings.jobs
    if os.environ.get("PRE_COMMIT"):
        return 1
    return max(1, min(_cores(), max(large) // SHARE_BYTES, MOST))


def is_small(source: Source) -> bool:
    """One process judges it: it is small, or not in a file, where each process could read its part."""
    return source.path is None or source.size < SMALL_BYTES


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Unstarted(Exception):
    """There is no process to do this."""


@dataclass
class _Asked:
    """A piece of work, and where its result will be."""

    item: Any
    result: Future[Any]


class Pool:
    """This process and ``jobs - 1`` others, which are started when there is something for them to do, or before.

    A context manager: leaving it ends the others, whatever they do.
    """

    def __init__(self, jobs: int) -> None:
        from concurrent.futures import ThreadPoolExecutor  # which small files do not need

        self.jobs = jobs
        self._ended = False
        self._lock = threading.Lock()
        self._workers: list[Worker] = []
        self._mine = threading.local()  # each thread speaks to one process
        self._threads = ThreadPoolExecutor(max(jobs - 1, 1), initializer=self._start)

    def __enter__(self) -> Self:
        return self

    def start(self) -> None:
        """Start the others now, where it is known that there will be something for them to do."""
        for _ in range(self.jobs - 1):
            self._threads.submit(int)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._ended = True
            for worker in self._workers:
                worker.end()
        self._threads.shutdown(cancel_futures=True)
        for worker in self._workers:
            worker.close()

    def map(
        self, task: Task, work: Callable[[Task, T, dict[Kind, int]], R], items: Iterable[T], before: Before
    ) -> Iterator[R]:
        """What the work on each item gives, in order.

        Args:
            task: the file, and how it is judged.
            work: a method of the task.
            items: what it is called with, one after the other; they are taken when they are needed.
            before: how many findings of each kind are held of the results that were yielded so far; the last argument.

        Raises:
            WorkerDied: a process that had begun ended, or failed in an unforeseen way.
        """
        waiting: deque[_Asked] = deque()
        for _ in range(self.jobs - 1):  # the first items are done here, and told of, until the others are ready
            self._threads.submit(self._meet, task)
        for item in items:
            waiting.append(_Asked(item, self._threads.submit(self._there, task, work, item, before)))
            if len(waiting) >= AHEAD * self.jobs:
                yield self._next(waiting, task, work, before)
        while waiting:
            yield self._next(waiting, task, work, before)

    def _next(self, waiting: deque[_Asked], task: Task, work: Callable[..., R], before: Before) -> R:
        """The first result; while another process has that in hand, this one does what nobody has."""
        from concurrent.futures import Future

        first = waiting[0]
        while not first.result.done():
            free = next((asked for asked in waiting if asked.result.cancel()), None)
            if free is None:
                break
            free.result = Future()
            free.result.set_result(self._here(task, work, free.item, before))
        try:
            result: R = waiting.popleft().result.result()
        except _Unstarted:
            return self._here(task, work, first.item, before)
        return result

    def _here(self, task: Task, work: Callable[..., R], item: object, before: Before) -> R:
        return work(task, item, before())

    def _there(self, task: Task, work: Callable[..., R], item: object, before: Before) -> R:
        worker: Worker | None = self._mine.worker
        if worker is None:
            raise _Unstarted
        result: R = worker.ask(task, work, item, before())
        return result

    def _meet(self, task: Task) -> None:
        """Have the process of the thread that calls load what a task needs."""
        worker: Worker | None = self._mine.worker
        if worker is not None:
            with suppress(FtlintError):  # one that has ended says so again when it is asked
                worker.meet(task)

    def _start(self) -> None:
        """A process for the thread that calls, which takes no work before it is ready."""

        self._mine.worker = None
        with suppress(OSError, FtlintError):  # what it would have done is done without it
            self._mine.worker = self._further()

    def _further(self) -> Worker | None:
        from ftlint.process import Worker

        with self._lock:
            if self._ended:
                return None
            worker = Worker()
            self._workers.append(worker)
        worker.ready()
        return worker

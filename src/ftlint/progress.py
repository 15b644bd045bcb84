"""Progress on stderr: an animation where a person watches, sparse plain lines in a log, nothing when quiet."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from ftlint.text import log_line, safe

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from ftlint.jobview import JobView

DELAY = 0.5
"""Seconds before anything is drawn: a check that is over by then needs no bar."""
STEPS = 10
"""Plain lines per stage, at most; a stage of unknown length gets none."""


def animated(stream: TextIO, environ: Mapping[str, str] = os.environ) -> bool:
    """A person watches this stream: a terminal, and neither CI nor pre-commit (which hands hooks a terminal)."""
    blocked = environ.get("CI") or environ.get("PRE_COMMIT") or environ.get("TERM") == "dumb"
    return stream.isatty() and not blocked


class Progress:
    """An observer: called with a stage, how much is done, and how much there is (None when unknown).

    A context manager: leaving it takes the animation off the screen.

    Attributes:
        animated: a person watches, and is shown a bar in place of lines.
    """

    def __init__(
        self,
        *,
        quiet: bool = False,
        stream: TextIO | None = None,
        environ: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stream = stream or sys.stderr
        self._quiet = quiet
        self.animated = animated(self._stream, environ)
        self._clock = clock
        self._start = clock()
        self._delay = DELAY
        self._beside = ""
        self._bars: Bars | None = None
        self._tasks: dict[str, TaskID] = {}
        self._told: dict[str, int] = {}
        self._view: JobView | None = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Tell how far a stage is."""
        if self._quiet or self._clock() - self._start < self._delay:
            return
        if self.animated:
            self._draw(stage, done, total)
        elif total:
            self._tell(stage, done, total)

    def beside(self, text: str) -> None:
        """What is to be read beside the bar, which is drawn without delay from now on."""
        self._beside = f": {text}"
        self._delay = 0.0

    def say(self, line: str) -> None:
        """One line that stays, above the animation."""
        if self._quiet:
            return
        self.clear()
        self._stream.write(log_line(safe(line)) + "\n")
        self._stream.flush()

    def job_view(self, *, leaves: bool) -> JobView | None:
        """The block for a job that is followed; None where nobody watches. It goes as any animation goes."""
        if self._quiet or not self.animated:
            return None
        if self._view is None:
            from ftlint.jobview import JobView

            self.clear()
            self._view = JobView(self._stream, self._clock, leaves=leaves)
        return self._view

    def end_view(self) -> None:
        """The job is followed no more."""
        self.clear()
        self._view = None

    def clear(self) -> None:
        """Take the animation off the screen; the next call starts another."""
        if self._view is not None:
            self._view.clear()
        if self._bars is not None:
            self._bars.stop()
            self._bars = None
            self._tasks = {}
            self._beside = ""

    def _tell(self, stage: str, done: int, total: int) -> None:
        step = done * STEPS // total
        if step > self._told.get(stage, 0):
            self._told[stage] = step
            self._stream.write(f"{safe(stage)} {done:,}/{total:,}\n")
            self._stream.flush()

    def _draw(self, stage: str, done: int, total: int | None) -> None:
        if self._bars is None:
            self._bars = _bars(self._stream)
            self._bars.start()
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(safe(stage), total=total)
        told = safe(stage + self._beside)
        self._bars.update(self._tasks[stage], completed=done, total=total, description=told)


def _bars(stream: TextIO) -> Bars:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.completed:,.0f}", markup=False),
        TimeRemainingColumn(),
        console=Console(file=stream),
        transient=True,
    )


class RunProgress:
    """The observer of ``ftlint run``: a line per step, a bar for answers, a block for a job, metrics now and then."""

    EVERY = 5.0
    """Seconds between two lines of metrics."""

    def __init__(self, progress: Progress, clock: Callable[[], float] = time.monotonic) -> None:
        self._progress = progress
        self._clock = clock
        self._metrics_at: float | None = None
        self._rehearsal = False

    def on(self, stage: str, message: str, **numbers: object) -> None:
        """Tell one step; what is not known (None) is left away."""
        self._rehearsal = self._rehearsal or stage == "rehearsal"
        done, total = numbers.get("done"), numbers.get("total")
        if message == "answers" and isinstance(done, int) and isinstance(total, int):
            self._progress(stage, done, total)
            if done < total:
                return
        if stage == "follow" and self._shown(message, numbers):
            return
        if message == "metrics" and not self._due():
            return
        known = ["info", None, *message.split()]  # what the message says already is not said twice
        told = ", ".join(f"{name} {_figure(value)}" for name, value in numbers.items() if value not in known)
        line = message if message.startswith(f"{stage}:") else f"{stage}: {message}"
        self._progress.say(line + (f" ({told})" if told else ""))

    def _shown(self, message: str, numbers: dict[str, object]) -> bool:
        """Show the step in the block of a terminal; what must not go with it gets its line all the same."""
        if message == "done":
            self._progress.end_view()
            return False
        view = self._progress.job_view(leaves=not self._rehearsal)
        if view is None:
            return False
        if message == "status":
            view.status(numbers.get("status"))
        elif message == "metrics":
            view.metrics(numbers)
        elif message.startswith("the service does not answer"):
            view.trouble(f"{message}; asked again in {numbers.get('again_in')} s")
        elif message.startswith("event: ") and numbers.get("level") in {"info", None}:
            view.event(message.removeprefix("event: "))
        else:
            return False
        return True

    def _due(self) -> bool:
        now = self._clock()
        if self._metrics_at is not None and now - self._metrics_at < self.EVERY:
            return False
        self._metrics_at = now
        return True


def _figure(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)

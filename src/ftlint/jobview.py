"""Stage: ``ftlint run`` on a terminal, the block that shows a job while it is followed: status, steps, loss, time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TextIO

from ftlint.text import crop, safe

if TYPE_CHECKING:
    from rich.live import Live
    from rich.text import Text

WIDTH = 40
"""Cells of a curve."""
_LEVELS = "▁▂▃▄▅▆▇█"
_ASCII = "_.-=+*#@"
_CURVES = (("train_loss", "training loss"), ("valid_loss", "validation loss"))
_PER_SECOND = 4
_FINAL = frozenset({"succeeded", "failed", "cancelled"})


def sparkline(values: Sequence[float], width: int = WIDTH, levels: str = _LEVELS) -> str:
    """A curve in one line: each cell is the mean of its share of the values, the lowest cell at the bottom."""
    if not values:
        return ""
    cells = min(width, len(values))
    shares = [values[index * len(values) // cells : (index + 1) * len(values) // cells] for index in range(cells)]
    means = [sum(share) / len(share) for share in shares]
    low, high = min(means), max(means)
    if high <= low:
        return levels[0] * cells
    return "".join(levels[round((mean - low) / (high - low) * (len(levels) - 1))] for mean in means)


def clock_time(seconds: float) -> str:
    """``4:05``, or ``1:04:05`` from an hour on."""
    whole = max(int(seconds), 0)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class JobView:
    """What is known of the job, and the block that shows it; the block is redrawn in place until it is cleared.

    Args:
        stream: a terminal.
        clock: seconds, monotonic.
        leaves: the job goes on when this process ends, which the block then says; a rehearsed one does not.
    """

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic, *, leaves: bool = True) -> None:
        self.leaves = leaves
        self._stream = stream
        self._clock = clock
        self._start = clock()
        self._live: Live | None = None
        self._status = "?"
        self._step: int | None = None
        self._total: int | None = None
        self._losses: dict[str, list[float]] = {}
        self._event = ""
        self._trouble = ""

    def status(self, status: object) -> None:
        """The job's status, whatever the service calls it."""
        self._status, self._trouble = safe(str(status)), ""
        self._show()

    def metrics(self, figures: dict[str, object]) -> None:
        """The figures of one step."""
        step, total = figures.get("step"), figures.get("total_steps")
        self._step = step if isinstance(step, int) else self._step
        self._total = total if isinstance(total, int) else self._total
        for name, _ in _CURVES:
            value = figures.get(name)
            if isinstance(value, (int, float)) and value >= 0:  # -1 says that there is none
                self._losses.setdefault(name, []).append(float(value))
        self._show()

    def event(self, message: str) -> None:
        """The last thing that the service said."""
        self._event = safe(message)
        self._show()

    def trouble(self, message: str) -> None:
        """The service does not answer; the next status clears it."""
        self._trouble = safe(message)
        self._show()

    def clear(self) -> None:
        """Take the block off the screen."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def lines(self) -> list[str]:
        """The block, plain."""
        steps = "" if self._step is None else f"  step {self._step:,}"
        if steps and self._total:
            steps += f"/{self._total:,} ({100 * min(self._step or 0, self._total) // self._total} %)"
        shown = [f"job {self._status}{steps}  {clock_time(self._clock() - self._start)}"]
        levels = _LEVELS if "utf" in (getattr(self._stream, "encoding", None) or "").lower() else _ASCII
        for name, title in _CURVES:
            values = self._losses.get(name, [])
            if values:
                shown.append(f"{title:<16} {sparkline(values, levels=levels)} {values[-1]:.4g}")
        shown += [text for text in (self._event, self._trouble) if text]
        if self.leaves and self._status not in _FINAL:
            shown.append("Ctrl-C leaves the job running")
        return shown

    def _render(self) -> Text:
        from rich.text import Text

        width = self._live.console.width if self._live is not None else 80
        return Text("\n".join(crop(line, max(width - 1, 20)) for line in self.lines()), no_wrap=True, overflow="crop")

    def _show(self) -> None:
        if self._live is not None:
            return  # it redraws itself
        from rich.console import Console
        from rich.live import Live

        self._live = Live(
            get_renderable=self._render,
            console=Console(file=self._stream, highlight=False),
            refresh_per_second=_PER_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()

"""The block that shows a job on a terminal, and the plain lines that stand for it elsewhere."""

from __future__ import annotations

import io
import itertools

import pytest

from ftlint.jobview import JobView, clock_time, sparkline
from ftlint.progress import Progress, RunProgress


class Terminal(io.StringIO):
    """A terminal that keeps what it is sent."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ([], ""),
        ([2.0], "▁"),
        ([1.0, 1.0, 1.0], "▁▁▁"),
        ([8, 7, 6, 5, 4, 3, 2, 1], "█▇▆▅▄▃▂▁"),
        ([0.0, 0.0, 1.0, 1.0], "▁█"),
    ],
)
def test_a_curve_in_one_line(values: list[float], line: str) -> None:
    assert sparkline(values, width=2 if len(values) == 4 else 40) == line


def test_a_long_curve_fits() -> None:
    assert len(sparkline(list(range(1001)), width=40)) == 40


@pytest.mark.parametrize(("seconds", "shown"), [(-1, "0:00"), (5.9, "0:05"), (245, "4:05"), (3845, "1:04:05")])
def test_elapsed(seconds: float, shown: str) -> None:
    assert clock_time(seconds) == shown


def test_the_block_tells_status_steps_loss_and_time() -> None:
    clock = itertools.chain([0.0], itertools.repeat(75.0))
    view = JobView(Terminal(), lambda: next(clock))
    try:
        view.status("reticulating\x1b[31m")
        for step in (1, 2, 3):
            view.metrics({"step": step, "total_steps": 30, "train_loss": 3.0 / step, "valid_loss": -1})
        view.event("New checkpoint")
        view.trouble("no route")
        told = view.lines()
    finally:
        view.clear()
    assert told[0].startswith("job reticulating")
    assert "\x1b" not in told[0]
    assert told[0].endswith("step 3/30 (10 %)  1:15")
    assert told[1] == f"{'training loss':<16} █▃▁ 1"
    assert told[2:] == ["New checkpoint", "no route", "Ctrl-C leaves the job running"]


def test_a_terminal_gets_one_block_and_its_warnings_stay() -> None:
    stream = Terminal()
    with Progress(stream=stream, environ={}) as progress:
        observer = RunProgress(progress)
        observer.on("follow", "status", status="running", trained_tokens=None)
        observer.on("follow", "metrics", step=1, total_steps=4, train_loss=2.5)
        observer.on("follow", "event: Step 1/4", level="info", type=None)
        observer.on("follow", "event: Watch out", level="warn", type=None)
        observer.on("follow", "done")
        observer.on("evaluate", "started")
    lines = stream.getvalue()
    assert "\x1b" in lines, "the block is redrawn in place"
    assert "job running" in lines
    assert "follow: metrics" not in lines
    assert "follow: event: Watch out (level warn)\n" in lines
    assert lines.rstrip().endswith("evaluate: started")


@pytest.mark.parametrize(
    ("rehearsal", "status", "says"), [(False, "running", True), (True, "running", False), (False, "failed", False)]
)
def test_ctrl_c_is_offered_where_a_job_goes_on(rehearsal: bool, status: str, says: bool) -> None:
    stream = Terminal()
    with Progress(stream=stream, environ={}) as progress:
        observer = RunProgress(progress)
        if rehearsal:
            observer.on("rehearsal", "rehearsal: these figures are not a model's")
        observer.on("follow", "status", status=status)
    assert ("Ctrl-C leaves the job running" in stream.getvalue()) is says


def test_a_log_gets_lines() -> None:
    stream = io.StringIO()
    with Progress(stream=stream, environ={}) as progress:
        observer = RunProgress(progress)
        observer.on("follow", "status", status="running", trained_tokens=None)
        observer.on("follow", "metrics", step=1, total_steps=4, train_loss=2.5)
    assert stream.getvalue().splitlines() == [
        "follow: status (status running)",
        "follow: metrics (step 1, total_steps 4, train_loss 2.5)",
    ]

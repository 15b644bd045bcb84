"""Progress: no animation where nobody watches, and lines that are few and inert."""

from __future__ import annotations

import io

import pytest

from ftlint.progress import Progress, RunProgress, animated


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Clock:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("stream", "environ", "expected"),
    [
        (Terminal(), {}, True),
        (io.StringIO(), {}, False),
        (Terminal(), {"CI": "true"}, False),
        (Terminal(), {"PRE_COMMIT": "1"}, False),
        (Terminal(), {"TERM": "dumb"}, False),
    ],
)
def test_when_it_is_animated(stream: io.StringIO, environ: dict[str, str], expected: bool) -> None:
    assert animated(stream, environ) is expected


def test_a_log_gets_ten_lines_at_most_and_none_at_once() -> None:
    stream, clock = io.StringIO(), Clock()
    with Progress(stream=stream, environ={}, clock=clock) as progress:
        progress("moderate", 90, 100)
        assert stream.getvalue() == ""
        clock.now = 1.0
        for done in range(0, 5001, 3):
            progress("moderate", done, 5000)
        progress("read", 5, None)
    assert len(stream.getvalue().splitlines()) == 9
    assert stream.getvalue().startswith("moderate 501/5,000\n")
    assert "\x1b" not in stream.getvalue()


def test_a_terminal_gets_a_bar_that_goes_away() -> None:
    stream, clock = Terminal(), Clock()
    with Progress(stream=stream, environ={"TERM": "xterm"}, clock=clock) as progress:
        progress("moderate", 1, 10)
        assert stream.getvalue() == ""
        clock.now = 1.0
        progress("moderate\x1b[2J", 5, 10)
        progress.say("a line\x07")
        progress("moderate", 10, 10)
    out = stream.getvalue()
    assert "moderate" in out
    assert "a line\\x07\n" in out
    assert "\x1b[2J" not in out


def test_quiet_says_nothing() -> None:
    stream, clock = Terminal(), Clock()
    with Progress(quiet=True, stream=stream, environ={}, clock=clock) as progress:
        clock.now = 9.0
        progress("check", 1, 2)
        progress.say("x")
    assert stream.getvalue() == ""


def test_a_run_is_told_step_by_step() -> None:
    stream, clock = io.StringIO(), Clock()
    observer = RunProgress(Progress(stream=stream, environ={}, clock=clock), clock)
    observer.on("check", "started")
    observer.on("check", "done", verdict="clean", error=0)
    observer.on("baseline", "answers", done=1, total=2, missing=0)
    observer.on("baseline", "answers", done=2, total=2, missing=0)
    observer.on("follow", "metrics", step=1, train_loss=1.23456789)
    observer.on("follow", "metrics", step=2, train_loss=1.1)
    observer.on("upload", "train file file-1", id="file-1")
    observer.on("follow", "event: The job began", level="info")
    observer.on("follow", "event: A warning", level="warn")
    observer.on("rehearsal", "rehearsal: these figures mean nothing")
    clock.now = 6.0
    observer.on("follow", "metrics", step=3000, train_loss=None)
    assert stream.getvalue().splitlines() == [
        "check: started",
        "check: done (verdict clean, error 0)",
        "baseline: answers (done 2, total 2, missing 0)",
        "follow: metrics (step 1, train_loss 1.235)",
        "upload: train file file-1",
        "follow: event: The job began",
        "follow: event: A warning (level warn)",
        "rehearsal: these figures mean nothing",
        "follow: metrics (step 3,000)",
    ]

"""The first findings of a long check are told while it runs, on stderr only, and harmless as everywhere."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import chat
from ftlint.cli import main, preview
from ftlint.cli.preview import Preview, watching
from ftlint.context import Watcher
from ftlint.model import Finding, Level, Role
from ftlint.progress import Progress
from ftlint.reports import Options

Write = Callable[..., Path]
COMMON = ["--offline", "--isolated", "--select", "FT114,FT501", "--today", "2026-11-22"]
SAID = "the first findings, before the report:\n"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def rows(write: Write, count: int = 9) -> Path:
    made = [chat(f"question {number}", f"answer {number}") for number in range(count)]
    for row in made[2:]:
        row["messages"][1]["role"] = "kim@acme-widgets.com\x1b[2J::error::"
    return write([made[0], *made])


def run(path: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[str, str]:
    assert main(["check", str(path), *COMMON, *more]) == 1
    return capsys.readouterr()


def test_a_long_check_tells_its_first_findings_once(
    write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = rows(write)
    plain = run(path, capsys)
    monkeypatch.setattr(preview, "LARGE_BYTES", 0)
    out, err = run(path, capsys, "--config", "jobs=1")
    assert out == plain[0]
    assert err.endswith(plain[1])
    told = err.removesuffix(plain[1])
    assert told.startswith(SAID)
    lines = told.removeprefix(SAID).splitlines()
    assert [line.split(":")[1] for line in lines] == ["4", "5", "6"]
    assert all("FT114" in line for line in lines)
    assert "kim@" not in told
    assert "\x1b" not in told
    assert run(path, capsys, "-q")[1] == ""


@pytest.mark.parametrize("name", ["CI", "PRE_COMMIT"])
def test_where_nobody_waits_nothing_is_told(
    write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.setattr(preview, "LARGE_BYTES", 0)
    monkeypatch.setenv(name, "1")
    assert SAID not in run(rows(write), capsys)[1]


def test_a_small_check_and_one_of_standard_input_tell_nothing(write: Write) -> None:
    progress = Progress(stream=io.StringIO(), environ={})
    assert watching([(rows(write), Role.TRAIN), ("-", Role.TRAIN)], progress, Options(), {}) is progress


def test_beside_a_bar_stands_the_first_finding() -> None:
    stream = Terminal()
    with Progress(stream=stream, environ={"TERM": "xterm", "COLUMNS": "200"}, clock=lambda: 0.0) as progress:
        watcher = Preview(progress, Options())
        assert isinstance(watcher, Watcher)
        watcher("check", 1, None)
        watcher.found([])
        assert stream.getvalue() == ""
        found = Finding("FT114", "unknown-role", Level.ERROR, "a role \x1b[2J" + "x" * 99, None, "train.jsonl", 7, 3)
        watcher.found([found])
        watcher.found([found, found])
        watcher("check", 2, None)
    assert "check: first finding train.jsonl:7:3: FT114 a role \\x1b" in stream.getvalue()
    assert "x" * 70 not in stream.getvalue()


def test_a_log_gets_each_of_the_first_findings_once() -> None:
    stream = io.StringIO()
    progress = Progress(stream=stream, environ={})
    watcher = Preview(progress, Options())
    made = [Finding("FT114", "unknown-role", Level.ERROR, "a role", None, "train.jsonl", line, 3) for line in range(9)]
    for known in (0, 1, 1, 2, 7, 9):
        watcher.found(made[:known])
    assert stream.getvalue().startswith(SAID)
    assert [told.split(":")[1] for told in stream.getvalue().splitlines()[1:]] == ["0", "1", "2"]

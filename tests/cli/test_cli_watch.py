"""``ftlint check --watch``: a change is checked, an error is waited out, Ctrl-C ends with the last exit code."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from ftlint.cli import main
from ftlint.cli.watch import SECONDS, watch
from ftlint.errors import InputError

Steps = list[Callable[[], object]]


def stop() -> None:
    raise KeyboardInterrupt


def following(steps: Steps) -> Callable[[float], None]:
    """A wait in which, one by one, these things happen."""

    def wait(seconds: float) -> None:
        assert seconds == SECONDS
        steps.pop(0)()

    return wait


def test_each_change_is_checked_once(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text("1")
    read: list[str] = []

    def check() -> int:
        read.append(path.read_text())
        return len(read)

    steps: Steps = [lambda: None, lambda: path.write_text("22"), lambda: None, lambda: path.write_text("333"), stop]
    assert watch(check, [path], following(steps)) == 3
    assert read == ["1", "22", "333"]


def test_a_file_that_is_gone_is_waited_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text("1")

    def check() -> int:
        if not path.exists():
            raise InputError("cannot read \x1b[31m", "put it back")
        return 1

    steps: Steps = [path.unlink, lambda: path.write_text("1"), stop]
    assert watch(check, [path], following(steps)) == 1
    said = capsys.readouterr().err
    assert "error: cannot read" in said
    assert "help: put it back" in said
    assert "\x1b" not in said
    assert said.count("watching for changes; Ctrl-C ends") == 3


def test_a_file_that_is_replaced_by_another_of_its_size_has_changed(tmp_path: Path) -> None:
    path, other = tmp_path / "train.jsonl", tmp_path / "new.jsonl"
    path.write_text("1")
    other.write_text("2")
    read: list[str] = []
    steps: Steps = [lambda: other.replace(path), stop]
    assert watch(lambda: read.append(path.read_text()) or 0, [path], following(steps)) == 0
    assert read == ["1", "2"]


def test_ctrl_c_in_a_check_ends_it_too(tmp_path: Path) -> None:
    def check() -> int:
        raise KeyboardInterrupt

    assert watch(check, [tmp_path / "train.jsonl"], following([])) == 0


GOOD = (
    '{"messages": [{"role": "user", "content": "Who tunes a piano?"}, {"role": "assistant", "content": "A tuner."}]}\n'
)


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is another signal there")
def test_a_real_watch(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text(GOOD.replace('"user"', '"usr"'))
    command = [sys.executable, "-m", "ftlint", "check", path.name, "--watch", "--isolated", "-q", "--select", "FT1"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        try:
            seen = _until(process.stdout, "watching")
            assert "FT114" in seen
            path.write_text(GOOD)
            assert "FT114" not in _until(process.stdout, "watching")
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=30) == 0
        finally:
            process.kill()


def _until(stream: IO[str], word: str) -> str:
    """What is printed up to a line with this word, which comes or the process ends."""
    lines = []
    for line in stream:
        lines.append(line)
        if word in line:
            break
    assert lines
    assert word in lines[-1], "".join(lines)
    return "".join(lines)


@pytest.mark.parametrize("option", ["--online", "--batch", "--network"])
def test_a_watch_sends_nothing(option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text(GOOD)
    assert main(["check", str(path), "--watch", option, "--isolated"]) == 2
    assert "--watch sends nothing" in capsys.readouterr().err


def test_standard_input_is_not_watched(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "-", "--watch", "--isolated"]) == 2
    assert "standard input is read once only" in capsys.readouterr().err

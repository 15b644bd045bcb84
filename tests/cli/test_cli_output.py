"""Files that appear whole, targets that are refused early, and when colours are written."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from pathlib import Path

import pytest

from ftlint.cli import output
from ftlint.errors import InputError, UsageError
from ftlint.reports import FORMATS, Options
from samples import ROLE, report


def test_a_file_is_written_whole_with_ordinary_permissions(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    output.Target("json", path).write(report(ROLE), Options())
    assert path.read_text(encoding="utf-8").startswith('{\n  "version": 1,')
    mask = os.umask(0o022)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask
    assert list(tmp_path.iterdir()) == [path]


def test_what_was_there_stays_when_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.txt"
    path.write_text("before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="No space left"):
        output.save(path, b"after")
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes and links")
def test_mode_and_link_of_an_existing_file_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("x")
    real.chmod(0o640)
    link.symlink_to(real)
    output.save(link, b"y")
    assert link.is_symlink()
    assert (real.read_bytes(), stat.S_IMODE(real.stat().st_mode)) == (b"y", 0o640)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no /dev/null")
def test_a_device_is_written_to_and_not_replaced() -> None:
    output.save(Path("/dev/null"), b"x")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = output.targets("a.txt", "full", ["json=b.json", "concise=c=d.txt"], [Path("train.jsonl")])
    assert [(target.format, str(target.path)) for target in made] == [
        ("full", "a.txt"),
        ("json", "b.json"),
        ("concise", "c=d.txt"),
    ]


@pytest.mark.parametrize(
    ("out", "also", "error", "message"),
    [
        (None, ["json"], UsageError, "FORMAT=FILE"),
        (None, ["json="], UsageError, "FORMAT=FILE"),
        (None, ["jsn=x"], UsageError, "no output format `jsn`"),
        ("train.jsonl", [], UsageError, "is a file that is read"),
        (None, ["json=./sub/../train.jsonl"], UsageError, "is a file that is read"),
        ("a", ["json=a"], UsageError, "is named twice"),
        ("missing/a", [], InputError, "folder that does not exist"),
        ("sub", [], InputError, "is a folder"),
    ],
)
def test_targets_that_are_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    out: str | None,
    also: list[str],
    error: type[Exception],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    with pytest.raises(error, match=message):
        output.targets(out, "concise", also, [Path("train.jsonl")])


@pytest.mark.parametrize(
    ("choice", "tty", "environ", "expected"),
    [
        ("auto", True, {}, True),
        ("auto", False, {}, False),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", True, {"TERM": "dumb"}, False),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {}, False),
    ],
)
def test_colours(
    monkeypatch: pytest.MonkeyPatch, choice: str, tty: bool, environ: dict[str, str], expected: bool
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: tty)
    assert output.colored(choice, environ) is expected


@pytest.mark.parametrize(
    ("tty", "variable", "shown"),
    [(True, None, True), (False, None, False), (True, "CI", False), (True, "PRE_COMMIT", False)],
)
def test_flagged_text_is_for_a_persons_own_terminal(
    monkeypatch: pytest.MonkeyPatch, tty: bool, variable: str | None, shown: bool
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: tty)
    if variable:
        monkeypatch.setenv(variable, "1")
    made = output.terminal(color="auto", show_text=False, max_per_rule=20, verbose=False, summary=True, again=None)
    assert made.show_text is shown


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("report.json", "json"),
        ("a.b/out.jsonl", "jsonl"),
        ("Report.HTML", "html"),
        ("summary.md", "markdown"),
        ("junit.xml", "junit"),
        ("ftlint.sarif", "sarif"),
        ("ftlint.sarif.json", "sarif"),
        ("report.txt", None),
        ("html", None),
        (None, None),
    ],
)
def test_the_ending_of_a_file_names_its_format(path: str | None, name: str | None) -> None:
    assert output.guess_format(path) == name
    assert name is None or name in FORMATS


@pytest.mark.parametrize(
    ("tty", "environ", "expected"),
    [
        (True, {}, "full"),
        (False, {}, "concise"),
        (False, {"CI": "true"}, "concise"),
        (False, {"GITHUB_ACTIONS": "true"}, "github"),
        (True, {"GITHUB_ACTIONS": "true"}, "github"),
        (False, {"GITHUB_ACTIONS": "false"}, "concise"),
    ],
)
def test_auto_suits_the_place(
    monkeypatch: pytest.MonkeyPatch, tty: bool, environ: dict[str, str], expected: str
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: tty)
    assert output.known_format("auto", environ) == expected


def test_an_unknown_format_is_refused_with_a_guess() -> None:
    with pytest.raises(UsageError, match="no output format `htlm`") as caught:
        output.known_format("htlm")
    assert caught.value.hint == "did you mean `html`?"


@pytest.mark.parametrize("columns", ["120", "0", "-5", "", "wide", " 90 ", "1e3", None])
def test_the_width_is_the_one_that_python_tells(columns: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    assert output._width() == shutil.get_terminal_size((80, 24)).columns
    monkeypatch.setattr(sys, "__stdout__", None)
    assert output._width() == shutil.get_terminal_size((80, 24)).columns

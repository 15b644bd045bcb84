"""``ftlint report``: a saved report in every format, the same as the check itself would have written it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ftlint.cli import main
from ftlint.reports import FORMATS, Options, render
from samples import COMPLETE, FLAGGED, INFO, ROLE, report

REPORT = report(ROLE, FLAGGED, INFO, moderation=COMPLETE)
SECRET = "NOT TO BE SHOWN"


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The report in a folder with a Japanese name, the working directory elsewhere."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "報告 1" / "saved.json"
    path.parent.mkdir()
    path.write_text(render(REPORT, "json"), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_is_what_the_check_would_have_written(saved: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / "出力.txt"
    assert main(["report", str(saved), "--output-format", name, "-o", str(out)]) == 0
    assert out.read_text(encoding="utf-8") == render(REPORT, name, Options())


def test_the_ending_of_the_output_names_the_format(saved: Path, tmp_path: Path) -> None:
    assert main(["report", str(saved), "-o", str(tmp_path / "page.html")]) == 0
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_flagged_text_is_there_only_if_it_was_saved_and_is_asked_for(
    saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(saved), "--show-text"]) == 0
    assert "33 characters hidden" in capsys.readouterr().out
    saved.write_text(render(REPORT, "json", Options(show_text=True)), encoding="utf-8")
    assert main(["report", str(saved), "--output-format", "html"]) == 0
    assert SECRET not in capsys.readouterr().out
    assert main(["report", str(saved), "--output-format", "html", "--show-text"]) == 0
    assert SECRET in capsys.readouterr().out


def test_the_saved_report_is_not_overwritten(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(saved), "-o", str(saved)]) == 2
    assert "name another file" in capsys.readouterr().err
    assert json.loads(saved.read_text(encoding="utf-8"))["version"] == 1

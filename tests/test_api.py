"""The Python API: one call, a typed report, no output, no state, and nothing imported before it is needed."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

import ftlint
from conftest import FIXTURES, TODAY, chat
from ftlint.errors import ConfigError, InputError, UsageError
from ftlint.model import Report, Role, Verdict
from ftlint.reports import FORMATS

CLEAN = FIXTURES / "clean" / "chat.jsonl"
Write = Callable[..., Path]


def rows(count: int = 12) -> list[dict[str, Any]]:
    return [chat(f"What is item {number} of the list?", f"It is a lamp with {number} arms.") for number in range(count)]


def test_a_clean_file() -> None:
    report = ftlint.check(CLEAN, today=TODAY)
    assert isinstance(report, Report)
    assert (report.verdict, report.clean, report.findings) == (Verdict.OFFLINE_CLEAN, True, ())
    assert report.costs
    assert repr(report).startswith("<ftlint report: ")
    assert "verdict: offline-clean>" in repr(report)


def test_findings_are_in_the_report_and_name_their_place(write: Write) -> None:
    broken = rows()
    broken[3]["messages"][1]["role"] = "asistant"
    report = ftlint.check(str(write(broken)), today=TODAY)
    assert (report.verdict, report.clean) == (Verdict.FINDINGS, False)
    assert [(finding.code, finding.line) for finding in report.findings] == [("FT114", 4)]


def test_a_path_with_japanese_and_spaces(tmp_path: Path) -> None:
    folder = tmp_path / "学習 データ (新)"
    folder.mkdir()
    path = folder / "対話 1.jsonl"
    path.write_bytes(CLEAN.read_bytes() + b"{\n")
    report = ftlint.check(path, today=TODAY)
    assert (report.files[0].path, report.by_code()) == (str(path), {"FT101": 1})
    for name in FORMATS:
        shown = report.render(name)
        assert (quote("対話 1.jsonl") if name == "sarif" else "対話 1.jsonl") in unescape(shown), name


def test_training_and_validation_files(write: Write) -> None:
    train, valid = write(rows(), "a.jsonl"), write(rows(5), "b.jsonl")
    report = ftlint.check([train], validation=valid, today=TODAY, select=["FT504"])
    assert [file.role for file in report.files] == [Role.TRAIN, Role.VALIDATION]
    assert "FT504" in report.by_code()


def test_the_arguments_are_the_settings(write: Write) -> None:
    path = write(rows(4))
    model = "gpt-4.1-mini-2025-04-14"
    report = ftlint.check(path, model=model, epochs=2, fail_on="error", method="supervised", today=TODAY)
    assert report.cost is not None
    assert (report.cost.model, report.cost.epochs, report.fail_on.value) == (model, 2, "error")
    assert report.by_code() == {"FT401": 1}
    assert ftlint.check(path, ignore=["too-few-examples"], format="chat", today=TODAY).clean
    assert ftlint.check(path, select=["FT0", "FT1"], extend_select=["FT2"], tokens=False, today=TODAY).clean


def test_a_configuration_file_is_read_only_when_it_is_named(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(rows(4))
    config = tmp_path / "ftlint.toml"
    config.write_text('ignore = ["FT401"]\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FTLINT_IGNORE", "FT401")
    assert ftlint.check(path, today=TODAY).by_code() == {"FT401": 1}
    assert ftlint.check(path, config_file=config, today=TODAY).clean
    assert not ftlint.check(path, config_file=config, ignore=["FT009"], today=TODAY).clean


def test_nothing_is_printed_and_nothing_is_kept(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    path = write([*rows(), "{"])
    first, second = (ftlint.check(path, today=TODAY) for _ in range(2))
    assert first == second
    first._repr_html_()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"path": "no such file.jsonl"}, InputError, "does not exist"),
        ({"path": "."}, InputError, "directory"),
        ({"path": []}, UsageError, "no file is named"),
        ({"path": CLEAN, "validation": CLEAN}, UsageError, "named twice"),
        ({"path": CLEAN, "select": "FT1"}, UsageError, "a list is wanted"),
        ({"path": CLEAN, "select": ["FT999"]}, UsageError, "FT999"),
        ({"path": CLEAN, "provider": "opnai"}, UsageError, "opnai"),
        ({"path": CLEAN, "fail_on": "fatal"}, ConfigError, "fail-on"),
        ({"path": CLEAN, "format": "csv"}, ConfigError, "format"),
        ({"path": CLEAN, "epochs": 0}, ConfigError, "epochs"),
        ({"path": CLEAN, "online": True}, UsageError, "OPENAI_API_KEY"),
        ({"path": CLEAN, "config_file": "none.toml"}, UsageError, "none.toml"),
    ],
)
def test_mistakes_are_errors_with_a_remedy(arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ftlint.check(**arguments, today=TODAY)


def test_rendering(write: Write) -> None:
    report = ftlint.check(write([*rows(), "{'a': 1}"]), today=TODAY)
    assert json.loads(report.render("json"))["verdict"] == "findings"
    assert "error[FT101]" in report.render()
    with pytest.raises(UsageError, match="no output format"):
        report.render("pdf")


def test_a_notebook_shows_the_page_in_a_frame_of_its_own(write: Write) -> None:
    report = ftlint.check(write([*rows(), '{"messages": "</iframe><script>alert(1)</script>"}']), today=TODAY)
    shown = report._repr_html_()
    assert shown.startswith('<iframe sandbox srcdoc="&lt;!doctype html&gt;')
    assert shown.count("<") == 2
    assert shown.endswith("></iframe>")
    assert len(shown) < 300_000


def test_importing_the_package_loads_nothing() -> None:
    script = "import sys; before = set(sys.modules); import ftlint; print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    loaded = [name for name in ast.literal_eval(done.stdout) if name.startswith("ftlint") or "." not in name]
    assert [name for name in loaded if name.startswith("ftlint")] == ["ftlint"]
    assert not {"click", "rich", "openai", "orjson", "jsonschema"} & set(loaded)
    assert {"check", "CheckReport"} <= set(dir(ftlint))
    with pytest.raises(AttributeError, match="nothing"):
        ftlint.nothing  # noqa: B018

"""``ftlint rule``, ``cache`` and ``report``: what they print."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ftlint.cli import main
from ftlint.moderation.cache import Cache, cache_file
from ftlint.reports import render
from ftlint.rulebook import load_book
from ftlint.services.interface import Score
from samples import INFO, ROLE, report

OWN = """+++
code = "XY001"
name = "own-rule"
level = "info"
summary = "a rule of our own"
message = "found {match}"
help = "mend it"
applies = "text"
pattern = "abc"
+++
## What it does

Finds abc.
"""


def out(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(list(arguments)) == 0
    return capsys.readouterr().out


def test_a_page_by_code_by_name_and_by_prefix(capsys: pytest.CaptureFixture[str]) -> None:
    page = out(capsys, "rule", "FT001")
    assert page.startswith("FT001 empty-file\n\n")
    assert "level: error" in page
    assert "## What it does" in page
    assert out(capsys, "rule", "empty-file") == page
    assert out(capsys, "rule", "ft001") == page
    assert out(capsys, "rule", "FT00").count("## What it does") > 1


def test_the_index_and_all_pages(capsys: pytest.CaptureFixture[str]) -> None:
    book = load_book().rules
    index = out(capsys, "rule").splitlines()
    assert [line[:5] for line in index] == list(book)
    assert out(capsys, "rule", "--all").count("\nlevel: ") == len(book)


def test_pages_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    one = json.loads(out(capsys, "rule", "FT001", "--output-format", "json"))
    assert (one["code"], one["name"], one["level"]) == ("FT001", "empty-file", "error")
    assert one["body"].startswith("## ")
    assert len(json.loads(out(capsys, "rule", "--all", "--output-format", "json"))) == len(load_book().rules)


def test_rules_of_the_users_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "own.md").write_text(OWN)
    (tmp_path / "ftlint.toml").write_text('rules = ["mine"]')
    assert "Finds abc." in out(capsys, "rule", "XY001")
    assert main(["rule", "XY001", "--isolated"]) == 2


def test_the_cache(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTLINT_MODERATION_CACHE_DIR", str(tmp_path))
    path = cache_file(tmp_path)
    assert out(capsys, "cache", "info") == f"{path}: empty\n"
    cache = Cache("openai|model", tmp_path)
    cache.put({b"a": Score(False, {"sexual": 0.1}), b"b": Score(False, {"sexual": 0.2})})
    cache.close()
    assert out(capsys, "cache", "info").startswith(f"{path}: 2 verdicts, ")
    assert out(capsys, "cache", "prune") == f"{path}: 0 verdicts forgotten\n"
    assert out(capsys, "cache", "prune", "--days", "0") == f"{path}: 2 verdicts forgotten\n"
    assert out(capsys, "cache", "clear") == f"{path}: cleared\n"
    assert not path.exists()
    assert out(capsys, "cache", "clear") == f"{path}: was empty\n"


def test_a_cache_that_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTLINT_MODERATION_CACHE_DIR", str(tmp_path))
    cache_file(tmp_path).write_bytes(b"no database" * 100)
    assert main(["cache", "info"]) == 2
    assert "cannot be read" in capsys.readouterr().err
    assert main(["cache", "prune"]) == 2
    assert "cannot prune" in capsys.readouterr().err


def test_a_saved_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "check.json"
    saved = render(report(ROLE, INFO), "json")
    path.write_text(saved, encoding="utf-8")
    assert out(capsys, "report", str(path), "--output-format", "json") == saved
    assert out(capsys, "report", str(path), "--output-format", "concise").count("\n") == 2
    full = out(capsys, "report", str(path))
    assert full.startswith("error[FT114]: unknown role `asistant`\n")
    assert full.splitlines()[-1] == "✗ findings: 1 error, 1 info; the gate is closed"


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "cannot read"), (b"{}", "not a report of ftlint"), (b'{"version": 9}', "report of version 9")],
)
def test_what_is_no_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, message: str
) -> None:
    path = tmp_path / "check.json"
    if content is not None:
        path.write_bytes(content)
    assert main(["report", str(path)]) == 2
    assert message in capsys.readouterr().err


def test_the_page_of_a_stranger_is_inert(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    hostile = "\x1b[31mred\n::error::boom ##[x] \u202e\n"
    front = OWN.replace('summary = "', 'summary = "\\u001b[31m\\n::error::x ')
    (tmp_path / "mine" / "own.md").write_text(front + hostile, encoding="utf-8")
    (tmp_path / "ftlint.toml").write_text('rules = ["mine"]')
    for arguments in (["XY001"], ["--all"], [], ["XY001", "--output-format", "json"]):
        shown = out(capsys, "rule", *arguments)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown)
        assert "##[" not in shown
        assert not any(line.lstrip().startswith("::") for line in shown.splitlines())
    assert hostile.strip() in json.loads(out(capsys, "rule", "XY001", "--output-format", "json"))["body"]

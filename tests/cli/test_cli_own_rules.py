"""A rule of one's own in the files that `ftlint check` writes: HTML and SARIF show its page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ftlint.cli import main

RULE = """+++
code = "ACME001"
name = "acme-words"
level = "warning"
summary = "words that we do not use"
message = "`{match}` is an old name"
help = "use the new one"
applies = "text"
pattern = 'Acme Hub'
+++

## What it does

Finds the old name of the console.
"""
ROW = '{"messages": [{"role": "user", "content": "Where?"}, {"role": "assistant", "content": "In the Acme Hub."}]}\n'


@pytest.mark.parametrize("where", ["stdout", "file"])
def test_the_page_of_the_rule_is_in_the_report(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine").mkdir()
    Path("mine/ACME001-acme-words.md").write_text(RULE, encoding="utf-8")
    Path("ftlint.toml").write_text('rules = ["mine"]\n', encoding="utf-8")
    Path("train.jsonl").write_text(ROW, encoding="utf-8")
    for name in ("html", "sarif"):
        out = ["-o", f"report.{name}"] if where == "file" else []
        assert main(["check", "train.jsonl", "--offline", "--output-format", name, *out]) == 1
        shown = capsys.readouterr().out
        text = Path(f"report.{name}").read_text(encoding="utf-8") if where == "file" else shown
        assert "Finds the old name of the console." in text
        if name == "sarif":
            (rule,) = [
                rule for rule in json.loads(text)["runs"][0]["tool"]["driver"]["rules"] if rule["id"] == "ACME001"
            ]
            assert rule["shortDescription"]["text"] == "words that we do not use"

"""The hook manifest: valid for pre-commit, and it meets the files it is meant for."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from identify import identify

from ftlint.cli import cli
from ftlint.cli.check import check

MANIFEST = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"
HOOKS: list[dict[str, Any]] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))


def test_pre_commit_accepts_the_manifest() -> None:
    clientlib = pytest.importorskip("pre_commit.clientlib")
    assert len(clientlib.load_manifest(str(MANIFEST))) == 2


def test_the_two_hooks() -> None:
    assert {hook["id"]: hook["entry"] for hook in HOOKS} == {
        "ftlint": "ftlint check --offline --no-tokens --force-exclude",
        "ftlint-moderation": "ftlint check --online --force-exclude",
    }
    assert HOOKS[1]["stages"] == ["pre-push", "manual"]
    assert HOOKS[1]["minimum_pre_commit_version"] == "3.2.0"
    assert all(hook["require_serial"] and hook["language"] == "python" for hook in HOOKS)


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_every_option_of_an_entry_exists(hook: dict[str, Any]) -> None:
    name, command, *arguments = shlex.split(hook["entry"])
    assert (name, command) == ("ftlint", "check")
    context = check.make_context(
        "check", [*arguments, "train.jsonl"], parent=click.Context(cli, **cli.context_settings)
    )
    assert isinstance(context, click.Context)
    assert context.params["paths"] == ("train.jsonl",)


@pytest.mark.parametrize("content", [b'{"messages": []}\n', b"\x00\x01 broken", b"", b"\xff\xfe{\x00"])
@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_broken_file_is_met_too(hook: dict[str, Any], content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_bytes(content)
    assert re.search(hook["files"], "data/train.jsonl")
    assert set(hook["types"]) <= identify.tags_from_path(str(path))


@pytest.mark.parametrize("name", ["train.json", "train.jsonl.gz", "jsonl", "train.jsonl~"])
def test_other_files_are_not(name: str) -> None:
    assert not any(re.search(hook["files"], name) for hook in HOOKS)

"""The shipped hooks: what they match, what they run, and the real pre-commit with a real commit."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from identify import identify

from conftest import FIXTURES, ROOT, chat

HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
}
BAD = b'{"messages": [{"role": "user", "content": "hi"}, {"role": "asistant", "content": "hello"}]}\n'


def test_there_are_two_hooks_and_they_are_serial() -> None:
    assert set(HOOKS) == {"ftlint", "ftlint-moderation"}
    for hook in HOOKS.values():
        assert hook["language"] == "python"
        assert hook["require_serial"] is True
        assert hook["types"] == ["file"]
    assert "--offline" in HOOKS["ftlint"]["entry"]
    assert "--no-tokens" in HOOKS["ftlint"]["entry"]
    assert "--online" in HOOKS["ftlint-moderation"]["entry"]


@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS.keys())
@pytest.mark.parametrize(
    ("name", "content", "matches"),
    [
        ("train.jsonl", b"{}\n", True),
        ("data/日本語 file.jsonl", b"{}\n", True),
        ("broken.jsonl", b"\x00\x01\x02", True),
        ("train.json", b"{}\n", False),
        ("train.jsonl.md", b"# x\n", False),
    ],
)
def test_the_hooks_match_training_files_broken_ones_included(
    tmp_path: Path, hook: dict[str, Any], name: str, content: bytes, matches: bool
) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    tags = identify.tags_from_path(str(path))
    assert (re.search(hook["files"], name) is not None and set(hook["types"]) <= tags) is matches


@pytest.mark.parametrize(("name", "code"), [("good", 0), ("bad", 1)])
def test_the_offline_entry_runs_as_pre_commit_would_run_it(tmp_path: Path, name: str, code: int) -> None:
    path = tmp_path / "train.jsonl"
    good = (FIXTURES / "clean" / "chat.jsonl").read_bytes()
    path.write_bytes(good if name == "good" else good + BAD)
    entry = shlex.split(HOOKS["ftlint"]["entry"])
    command = [sys.executable, "-m", "ftlint", *entry[1:], str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, "PRE_COMMIT": "1"})
    assert done.returncode == code, done.stdout + done.stderr
    assert ("FT114" in done.stdout) is (name == "bad")


@pytest.mark.slow
def test_the_real_pre_commit_blocks_a_commit_with_a_bad_line(tmp_path: Path) -> None:
    clone = tmp_path / "ftlint"
    shutil.copytree(
        ROOT, clone, ignore=shutil.ignore_patterns(".git", ".mypy_cache", ".ruff_cache", "__pycache__", "runs")
    )
    repo = tmp_path / "project"
    repo.mkdir()
    environment = {
        **os.environ,
        "PRE_COMMIT_HOME": str(tmp_path / "pre-commit-home"),
        "GIT_CONFIG_GLOBAL": str(tmp_path / "gitconfig"),
        "GIT_AUTHOR_NAME": "A",
        "GIT_AUTHOR_EMAIL": "a@example.com",
        "GIT_COMMITTER_NAME": "A",
        "GIT_COMMITTER_EMAIL": "a@example.com",
    }
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        environment.pop(name, None)

    def run(*command: str, cwd: Path = repo) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=600, env=environment)

    for command in (["git", "init", "-q", "-b", "main"], ["git", "add", "-A"], ["git", "commit", "-q", "-m", "x"]):
        assert run(*command, cwd=clone).returncode == 0
    revision = run("git", "rev-parse", "HEAD", cwd=clone).stdout.strip()
    (repo / ".pre-commit-config.yaml").write_text(
        json.dumps({"repos": [{"repo": str(clone), "rev": revision, "hooks": [{"id": "ftlint"}]}]}), encoding="utf-8"
    )
    rows = [json.dumps(chat(f"How far is stop {number}?", f"It is {number} km away.")) for number in range(12)]
    (repo / "train.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert run("git", "init", "-q", "-b", "main").returncode == 0
    assert run(sys.executable, "-m", "pre_commit", "install").returncode == 0
    assert run("git", "add", "-A").returncode == 0
    good = run("git", "commit", "-m", "good data")
    assert good.returncode == 0, good.stdout + good.stderr
    with (repo / "train.jsonl").open("ab") as stream:
        stream.write(BAD)
    assert run("git", "add", "-A").returncode == 0
    bad = run("git", "commit", "-m", "bad data")
    assert bad.returncode != 0
    assert "train.jsonl:13:" in bad.stdout + bad.stderr
    assert "FT114" in bad.stdout + bad.stderr
    assert run("git", "log", "--oneline").stdout.count("\n") == 1

"""The start of a command: what a check of a few clean rows must not import, and how it looks for dead cycles."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

UNNEEDED = {
    *("PIL", "ftfy", "httpx2", "jsonschema", "jsonschema_rs", "numpy", "openai", "phonenumbers", "pyarrow", "rich"),
    *("tiktoken", "tomllib", "toktok"),
    *("asyncio", "concurrent.futures", "csv", "difflib", "email", "html", "importlib.metadata", "importlib.resources"),
    *(
        "logging",
        "multiprocessing",
        "pickle",
        "shutil",
        "socket",
        "sqlite3",
        "ssl",
        "subprocess",
        "tempfile",
        "zipfile",
    ),
    *("ftlint.cli.watch", "ftlint.fix", "ftlint.moderation", "ftlint.pictures", "ftlint.preflight", "ftlint.process"),
    *("ftlint.recall", "ftlint.reports.full", "ftlint.reports.summary", "ftlint.rulefront", "ftlint.services"),
}
"""Each takes from one to hundreds of milliseconds, where the whole check takes a tenth of a second."""
QUESTIONS = (
    "how bread rises", "why the sky is blue", "what a tide is", "how glass is made", "why leaves turn red",
    "how a lock works", "what yeast does", "why ice floats", "how ink dries", "what a comet is",
)  # fmt: skip
SCRIPT = """
import sys
from ftlint.cli import main
sys.argv = ["ftlint", *sys.argv[1:]]
code = main()
print("LOADED", *sorted(sys.modules), file=sys.stderr)
sys.exit(code)
"""


def run(script: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment)


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """Ten clean rows of a chat."""
    rows = [
        {
            "messages": [
                {"role": "user", "content": f"Please tell me “in a sentence” {question}."},
                {"role": "assistant", "content": f"A good answer to {question} begins with what one can see at home."},
            ]
        }
        for question in QUESTIONS
    ]
    path = tmp_path / "train.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("variables", [{}, {"PRE_COMMIT": "1"}])
@pytest.mark.parametrize("options", [(), ("--output-format", "json"), ("--no-tokens", "--quiet")])
def test_a_check_of_few_rows_imports_no_more_than_it_needs(
    clean: Path, options: tuple[str, ...], variables: dict[str, str]
) -> None:
    caches = str(clean.parent / "caches")
    done = run(SCRIPT, "check", "--offline", "--isolated", *options, str(clean), XDG_CACHE_HOME=caches, **variables)
    assert done.returncode == 0, done.stderr
    told, loaded = done.stderr.rsplit("LOADED ", 1)
    assert "defect" not in told
    assert "ftlint.engine" in loaded.split()
    assert UNNEEDED & set(loaded.split()) == set()


def test_a_process_of_one_command_leaves_its_dead_cycles_alone() -> None:
    script = """
import atexit, gc, sys
atexit.register(lambda: print("FROZEN", gc.get_freeze_count() > 0))
before = gc.get_threshold()
from ftlint.cli import main
main(["--version"])
assert gc.get_threshold() == before, "the process is not its own"
sys.argv = ["ftlint", "--version"]
main()
print(gc.get_threshold()[0] > before[0], gc.get_threshold()[1:] == before[1:])
"""
    done = run(script)
    assert done.stdout.splitlines()[-2:] == ["True True", "FROZEN True"], done.stderr

"""Personal data and keys in a dataset leave no trace in what a run writes, but in the dataset's own copies."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from conftest import chat
from privacy.test_masking import PLANTED, SHOWN, forms

OWN = {"train.jsonl", "validation.jsonl", "heldout.jsonl", "baseline.jsonl", "tuned.jsonl", "floor.json"}
"""The dataset and the answers, which are what they are."""


def project(folder: Path) -> None:
    """Thirty rows for training and twelve to hold out, each with a planted value somewhere."""
    texts = [around.replace("{}", value) for around, value in PLANTED.values()]
    rows = []
    for number in range(42):
        text = texts[number % len(texts)]
        question = f"Question {number}: what does the note about {number * 7} flowers say?"
        rows.append(chat(f"{question} {text}" if number % 2 else question, f"It says {number}. {text}"))
    for name, part in (("train", rows[:30]), ("validation", rows[30:])):
        content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in part)
        (folder / f"{name}.jsonl").write_text(content, encoding="utf-8")
    (folder / "run.toml").write_text(
        '[dataset]\ntrain = "train.jsonl"\nvalidation = "validation.jsonl"\n'
        '[train]\nmodel = "gpt-4.1-mini-2025-04-14"\n[gate]\nignore = ["FT5", "FT6", "FT7"]\n',
        encoding="utf-8",
    )


def test_a_whole_run(tmp_path: Path) -> None:
    project(tmp_path)
    cache = tmp_path / "cache"
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    done = subprocess.run(
        [sys.executable, "-m", "ftlint", "run", "run.toml", "--rehearse"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=300,
        env=environment | {"FTLINT_TODAY": "2026-11-22", "FTLINT_MODERATION_CACHE_DIR": str(cache)},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    (folder,) = (tmp_path / "runs").iterdir()
    written = [
        path
        for path in (*folder.iterdir(), *cache.rglob("*"))
        if path.is_file() and path.name not in OWN and not path.name.startswith("result-")
    ]
    assert {"journal.jsonl", "check.json", "report.json", "report.md", "events.jsonl"} <= {p.name for p in written}
    content = {path.name: path.read_bytes() for path in written}
    content |= {"stdout": done.stdout, "stderr": done.stderr}
    for name, (_, value) in PLANTED.items():
        for form in forms(SHOWN.get(name, value)):
            held = [file for file, data in content.items() if form.encode() in data]
            assert not held, (name, form, held)

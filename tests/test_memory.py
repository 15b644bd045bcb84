"""A file of hundreds of megabytes, with tens of thousands of findings, is checked to its end in little memory."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

WORDS = [
    "apple", "bridge", "candle", "dinner", "engine", "forest", "garden", "hammer", "island", "jacket", "kettle",
    "ladder", "market", "needle", "orange", "pencil", "quarter", "river", "saddle", "table", "umbrella", "valley",
    "window", "yellow", "zipper", "amber", "basket", "copper", "drawer", "elbow", "feather", "glove",
]  # fmt: skip
SEED = 20261122
STRAY = 5
"""One answer in so many ends in a space, which is an info finding."""
LAST = '{"messages": [{"role": "user", "content": "Who tunes a piano?"}, {"role": "asistant", "content": "A tuner"}]}'


def big(path: Path, size: int) -> int:
    """A chat file of at least so many bytes with an unknown role in its last line; returns its number of lines."""
    chance = random.Random(SEED)
    written = rows = 0
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        while written < size:
            said = [" ".join(chance.choices(WORDS, k=60)) for _ in range(2)]
            answer = said[1] + (". " if rows % STRAY == 0 else ".")
            messages = [
                {"role": "system", "content": "You are a careful assistant of a hardware shop."},
                {"role": "user", "content": f"Order {rows}: {said[0]}?"},
                {"role": "assistant", "content": answer},
            ]
            line = json.dumps({"messages": messages}) + "\n"
            stream.write(line)
            written += len(line)
            rows += 1
        stream.write(LAST + "\n")
    return rows + 1


MOST = 300
"""Megabytes that a check takes, however large the file is."""

PEAK = """
import os, resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(code, most)
"""


def peak(command: list[str], folder: Path) -> tuple[int, int]:
    """Exit code and largest resident size in megabytes of a process of its own.

    A process starts with the peak of the one that made it: started from here, it would tell this test run's size.
    So a small one stands between.
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    between = [sys.executable, "-I", "-S", "-c", PEAK, *command]
    with (folder / "out.txt").open("wb") as out:
        done = subprocess.run(between, cwd=folder, stdout=subprocess.PIPE, stderr=out, env=environment, check=True)
    code, most = map(int, done.stdout.split()[-2:])
    return code, most // 1_000_000


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the system does not tell how much memory a process took")
@pytest.mark.parametrize(("megabytes", "jobs"), [(100, 1), (300, 1), (300, 2)])
def test_an_error_on_the_last_line_of_a_big_file(tmp_path: Path, megabytes: int, jobs: int) -> None:
    count = big(tmp_path / "train.jsonl", megabytes * 1_000_000)
    command = [sys.executable, "-m", "ftlint", "check", "train.jsonl", "--offline", "--isolated", "-q"]
    command += ["--output-format", "json", "-o", "report.json", "--today", "2026-11-22", "--jobs", str(jobs)]
    code, megabytes_taken = peak(command, tmp_path)
    assert code == 1, (tmp_path / "out.txt").read_text(encoding="utf-8")
    report = json.loads((tmp_path / "report.json").read_bytes())
    (found,) = [finding for finding in report["findings"] if finding["code"] == "FT114"]
    start = LAST.index('"asistant"') + 1
    assert (found["line"], found["column"], found["end_column"]) == (count, start, start + len('"asistant"'))
    assert report["summary"]["by_code"]["FT601"] == -(-(count - 1) // STRAY)
    assert sum(finding["code"] == "FT601" for finding in report["findings"]) == 1000
    assert megabytes_taken < MOST

"""More than two thousand hostile inputs through every output format: no traceback, in time, and nothing that acts.

What fails is named; ``python -m fuzz.worker NAME`` in ``tests/`` does one input again and leaves its file behind.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

from ftlint.reports import FORMATS
from fuzz import inert
from fuzz.cases import cases

TESTS = Path(__file__).parents[1]
WORKERS = 2
SAMPLE = 149
"""In the fast suite, one input out of so many."""
_SHOWN = 20


def _work(first: int, step: int, count: int, failures: list[str], done: Counter[int], cache: Path) -> None:
    """One worker after the other, until each of its inputs was started once; one that died is a failure."""
    at = first
    path = os.pathsep.join([str(TESTS), str(TESTS.parent / "src")])
    environ = {**os.environ, "PYTHONPATH": path, "XDG_CACHE_HOME": str(cache), "PYTHONUTF8": "1"}
    while at < count:
        command = [sys.executable, "-W", "error", "-m", "fuzz.worker", str(at), str(step)]
        with subprocess.Popen(
            command, cwd=TESTS, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            for line in process.stdout:
                record = json.loads(line)
                at = record.get("started", at)
                if "done" in record:
                    done[record["done"]] += 1
                    failures += [f"{record['name']} ({record['seconds']} s): {told}" for told in record["found"]]
            told = process.stderr.read()
        if process.returncode == 0:
            return
        failures.append(f"the worker died at input {at}: {told[-3000:]}")
        at += step


def _all(step: int, cache: Path) -> tuple[list[str], Counter[int]]:
    """Every ``step``-th input, by two processes."""
    count = len(cases())
    failures: list[str] = []
    done: Counter[int] = Counter()
    threads = [
        threading.Thread(target=_work, args=(number * step, WORKERS * step, count, failures, done, cache))
        for number in range(WORKERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures, done


def _told(failures: list[str]) -> str:
    return "\n\n".join([f"{len(failures)} failures", *failures[:_SHOWN]])


def test_the_inputs_are_many_and_the_same_each_time() -> None:
    first, again = cases(), cases()
    assert len(first) >= 2000
    assert [case.name for case in first] == [case.name for case in again]
    assert all(one.make() == other.make() for one, other in zip(first[::SAMPLE], again[::SAMPLE], strict=True))
    kinds = Counter(case.name.split("-")[0] for case in first)
    assert set(kinds) >= {
        "random",
        "truncated",
        "mutated",
        "nested",
        "number",
        "huge",
        "run",
        "pump",
        "piece",
        "name",
        "type",
    }


def test_every_format_has_its_rule() -> None:
    assert inert.RULES.keys() | {"full"} == FORMATS.keys()


def test_a_sample_of_the_inputs_comes_out_inert(tmp_path: Path) -> None:
    failures, done = _all(SAMPLE, tmp_path)
    assert not failures, _told(failures)
    assert len(done) == len(range(0, len(cases()), SAMPLE))


@pytest.mark.slow
def test_all_inputs_come_out_inert_in_time(tmp_path: Path) -> None:
    failures, done = _all(1, tmp_path)
    assert not failures, _told(failures)
    assert len(done) == len(cases())

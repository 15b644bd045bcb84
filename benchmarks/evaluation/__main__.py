"""``python -m benchmarks.evaluation``: 200 answers from a sandbox that takes 300 ms for each, ftlint and two loops.

The loops are those of a well-known walkthrough, read in two ways: five threads, and a tenth of a second of sleep per
result, in the thread that collects them or (faster) in the one that asks. An answer is an answer only if all three
have the same text for it.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from openai import OpenAI

from benchmarks.evaluation.ours import Ours
from ftlint.run.heldout import HeldOut
from ftlint.sandbox import launch

ROWS = Path(__file__).parents[2] / "fixtures" / "dialogue" / "heldout.jsonl"
MODEL = "sandbox-mini"
WORKERS, SLEEP = 5, 0.1
MAX_TOKENS, TEMPERATURE = 128, 0.2
PROMISE = 8.0

Loop = Callable[[], dict[int, str]]


def questions(count: int) -> list[HeldOut]:
    """As many different questions, of the fixture's dialogues in turn."""
    rows = [json.loads(line) for line in ROWS.read_text(encoding="utf-8").splitlines()]
    return [
        HeldOut(
            number,
            [{"role": "user", "content": f"{number}. Sum up:\n{rows[number % len(rows)]['dialogue']}"}],
            ["-"],
            "",
        )
        for number in range(1, count + 1)
    ]


def walkthrough(base_url: str, examples: list[HeldOut], *, collector: bool) -> dict[int, str]:
    """The loop of threads; an exception would become an empty text, and here ends the benchmark."""
    client = OpenAI(base_url=base_url, api_key="sandbox-key", max_retries=0)

    def ask(example: HeldOut) -> tuple[int, str]:
        answer = client.chat.completions.create(
            model=MODEL,
            messages=example.messages,  # type: ignore[arg-type]
            temperature=TEMPERATURE,
            max_tokens=MAX_TOKENS,
        )
        if not collector:
            time.sleep(SLEEP)
        return example.id, answer.choices[0].message.content or ""

    found: dict[int, str] = {}
    with ThreadPoolExecutor(WORKERS) as pool:
        for future in as_completed([pool.submit(ask, example) for example in examples]):
            number, text = future.result()
            found[number] = text
            if collector:
                time.sleep(SLEEP)
    client.close()
    return found


def memory() -> Path | None:
    """A folder in memory for the sandbox, whose disk is not what is measured; None where the system has none."""
    shared = Path("/dev/shm")
    return shared if os.access(shared, os.W_OK) else None


def main() -> int:
    """Measure, print a table, and fail where the promise or the answers do not hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evaluation", description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="answers to ask for (200)")
    parser.add_argument("--latency", type=float, default=0.3, help="seconds that each takes at the service (0.3)")
    asked = parser.parse_args()
    examples = questions(asked.count)
    slow = {
        "do": "slow",
        "seconds": asked.latency,
        "match": {"method": "POST", "path": "/v1/chat/completions"},
        "times": None,
    }
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory(dir=memory()) as state:
        folder = Path(name)
        faults = folder / "faults.json"
        faults.write_text(json.dumps([slow]), encoding="utf-8")
        with launch.start(Path(state), faults=faults, parent=os.getpid()) as sandbox:
            ours = Ours(folder, sandbox.base_url, MODEL, examples, MAX_TOKENS, TEMPERATURE)
            loops: dict[str, Loop] = {
                "ftlint": ours.run,
                "5 threads, 0.1 s in the collector": lambda: walkthrough(sandbox.base_url, examples, collector=True),
                "5 threads, 0.1 s in each thread": lambda: walkthrough(sandbox.base_url, examples, collector=False),
            }
            return report(loops, asked.count, asked.latency)


def report(loops: dict[str, Loop], count: int, latency: float) -> int:
    """Run each loop, and print seconds, answers per second and how much longer it takes than ftlint."""
    print(f"{datetime.date.today():%Y-%m-%d}: {count} answers, {latency * 1000:g} ms each, {os.cpu_count()} processors")
    print(f"{'loop':<36}{'seconds':>9}{'per second':>12}{'times ftlint':>14}  answers")
    first: dict[int, str] | None = None
    base, least = 0.0, float("inf")
    same = True
    for name, loop in loops.items():
        began = time.perf_counter()
        found = loop()
        seconds = time.perf_counter() - began
        if first is None:
            first, base = found, seconds
        else:
            least = min(least, seconds / base)
        same = same and found == first and len(found) == count
        equal = "the same" if found == first else "OTHERS"
        print(f"{name:<36}{seconds:>9.2f}{count / seconds:>12.1f}{seconds / base:>14.1f}  {len(found)}, {equal}")
    print(f"promise: at least {PROMISE:g} times, the same answers: {'kept' if same and least >= PROMISE else 'BROKEN'}")
    return 0 if same and least >= PROMISE else 1


if __name__ == "__main__":
    sys.exit(main())

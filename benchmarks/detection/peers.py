"""The other checkers on the same planted files, each in a virtual environment of its own, at its widest setting.

A defect counts as found where a tool's output on the planted file names a problem that its output on the clean
file does not: a counter of problems that is higher, a new message, or a failed check where the clean one passed.
A crash names nothing.
The line counts as named where such a message holds the number of the planted line.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import tiktoken

from benchmarks import notebook
from benchmarks.detection import base, judge
from benchmarks.detection.field import Kind
from benchmarks.detection.judge import Outcome

PACKAGES = {
    "cleanllm": "cleanllm==4.0.0",
    "llm-sanitizer-pro": "llm-sanitizer-pro[fuzzy]==4.1.1",
    "datacruxai": "datacruxai[cli,fuzzy]==0.4.0",
    "together": "together==1.5.35",
    "check-jsonschema": "check-jsonschema==0.39.0",
}
DRIVER = Path(__file__).with_name("peer_driver.py")
BASES = ("chat", "chat_tools", "chat_vision", "preference", "reinforcement", "completion")
_PAIR = re.compile(r"([A-Za-z_>][\w@:/> ()=\-]*?)['\"]?\s*[:=│|]+\s*['\"]?~?(\d[\d,.]*)")
_NEUTRAL = re.compile(
    r"total|kept|unique|valid rows$|clean records|examples|token|len|mean|generic|no_code|processed|pct|jobs|EXIT"
    r"|(?:bibtex|cpp|css|java|makefile|prolog|python|sql|unknown|wren|\w+script|html|json|rust|go|c|r)$"
    r"|system prompt|written|n-gram size|filtered \(rules\)|gopher:|c4:too_few|fineweb:",
    re.IGNORECASE,
)
"""Figures that name no problem. The rules about the length and the words of a document are among them: any row that
takes the place of another moves their counters, and 122 of the 210 clean rows break one."""
_NOISE = re.compile(
    r"'counts': \{\}|\d\d:\d\d:\d\d|\bit/s\b|lines/s|^[\s═║╔╗╚╝▸=─━┏┓┃┡┩│└┘┳╇┴├┤╭╮╰╯]*$|EXIT 0|SANITIZATION"
    r"|\d+ examples|Statistics|Metric|^\s*\(\w+\.jsonl\)\s*$|Decontamination complete|Benchmarks checked"
    r"|Mode +:|Duration"
)


@dataclass(frozen=True)
class Verdict:
    """What one tool said of one planted file: ``found``, ``crash`` or ``missed``, the line, and the words."""

    status: str
    line: bool
    words: str


def table(kinds: Sequence[Kind], ours: Sequence[Outcome], folder: Path, seed: int, venvs: Path | None = None) -> str:
    """A Markdown table of all tools; ``verdicts.json`` in the folder holds what each one said."""
    jobs, lines = _plant(kinds, folder, seed)
    with ThreadPoolExecutor(2) as pool:
        runs = {name: pool.submit(_run, name, package, jobs, venvs or folder) for name, package in PACKAGES.items()}
        said = {name: run.result() for name, run in runs.items()}
    said["notebook"] = _notebook(jobs)
    (folder / "said.json").write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    verdicts = {
        name: {kind.name: _verdict(answers, kind, lines) for kind in kinds if kind.name in lines}
        for name, answers in said.items()
    }
    dump = {name: {kind: [v.status, v.line, v.words] for kind, v in all_.items()} for name, all_ in verdicts.items()}
    (folder / "verdicts.json").write_text(json.dumps(dump, ensure_ascii=False, indent=1), encoding="utf-8")
    count = len(lines)
    placed = {name for name, (_, _, numbers) in lines.items() if numbers}
    rows = ["| checker | found | line named | crashed |", "| --- | --- | --- | --- |"]
    mine = [outcome for outcome in ours if outcome.kind.name in lines]
    good = sum(outcome.status == "found" for outcome in mine)
    at = sum(outcome.status == "found" and outcome.kind.name in placed for outcome in mine)
    rows.append(f"| ftlint | {good} of {count} | {at} of {len(placed)} | 0 |")
    for name, found in verdicts.items():
        tally = [
            sum(v.status == "found" for v in found.values()),
            sum(v.line for v in found.values()),
            sum(v.status == "crash" for v in found.values()),
        ]
        rows.append(
            f"| {PACKAGES.get(name, name)} | {tally[0]} of {count} | {tally[1]} of {len(placed)} | {tally[2]} |"
        )
    union = sum(any(found[name].status == "found" for found in verdicts.values()) for name in lines)
    rows.append(f"| all the others together | {union} of {count} | | |")
    return "\n".join(rows)


def _plant(
    kinds: Sequence[Kind], folder: Path, seed: int
) -> tuple[dict[str, dict[str, str | None]], dict[str, tuple[str, str, frozenset[int]]]]:
    """Files for all tools; defects of the job alone are left out, because no file shows them."""
    jobs: dict[str, dict[str, str | None]] = {}
    lines = {}
    for name in BASES:
        clean = folder / f"clean-{name}" / "train.jsonl"
        clean.parent.mkdir(parents=True, exist_ok=True)
        clean.write_bytes(base.encode(base.chat() if name == "chat" else base.fixture(name)))
        jobs[f"clean {name}"] = {"path": str(clean), "reference": None}
    for number, kind in enumerate(kinds):
        if kind.heavy or (kind.code.startswith("FT4") and kind.code not in ("FT401", "FT402", "FT411")):
            continue
        planted = kind.planted(seed)
        paths = [str(path) for path, _ in judge.write(planted, folder / f"kind-{number}")]
        against = folder / f"kind-{number}" / "against.jsonl"
        wanted = paths[-1] if planted.role == "validation" else paths[0]
        other = paths[0] if planted.role == "validation" else (str(against) if against.exists() else None)
        jobs[kind.name] = {"path": wanted, "reference": other}
        lines[kind.name] = (wanted, _base_of(planted.train), planted.lines)
    return jobs, lines


def _base_of(data: bytes) -> str:
    head = data[:60_000]
    marks = (
        ("preferred_output", "preference"),
        ("reference_answer", "reinforcement"),
        ("Answer the question about the picture", "chat_vision"),
        ("household helper", "chat_tools"),
        ("shelf label", "completion"),
    )
    return next((name for mark, name in marks if mark.encode() in head), "chat")


def _run(name: str, package: str, jobs: dict[str, dict[str, str | None]], venvs: Path) -> dict[str, dict[str, str]]:
    home = venvs / name
    python = home / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", package], check=True)
    done = subprocess.run(
        [str(python), str(DRIVER), name], input=json.dumps(jobs), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr[-2000:]}")
    answers: dict[str, dict[str, str]] = json.loads(done.stdout)
    return answers


def _notebook(jobs: dict[str, dict[str, str | None]]) -> dict[str, dict[str, str]]:
    from ftlint import vocabulary

    held = vocabulary.check("cl100k_base")
    encoding = tiktoken.Encoding(
        "cl100k_base",
        pat_str=held.pattern,
        mergeable_ranks=vocabulary._ranks("cl100k_base"),
        special_tokens=dict(held.special),
    )
    return {name: {"check": notebook.check(Path(str(job["path"])), encoding)} for name, job in jobs.items()}


def _verdict(
    answers: dict[str, dict[str, str]], kind: Kind, lines: dict[str, tuple[str, str, frozenset[int]]]
) -> Verdict:
    _, clean_name, numbers = lines[kind.name]
    clean = answers[f"clean {clean_name}"]
    words: list[str] = []
    crashed = False
    for command, output in answers[kind.name].items():
        reference = clean.get(command, "")
        crashed |= "CRASH" in output
        if "Traceback" in output:
            continue
        if "EXIT 1" in reference and command == "check":
            continue  # it fails on the clean file too: it cannot read the format at all
        words += [word for word in _new(output, reference) if "CRASH" not in word]
    named = any(_names(word, number) for word in words for number in numbers)
    status = "found" if words else "crash" if crashed else "missed"
    return Verdict(status, bool(words) and named, " // ".join(words)[:400])


def _names(word: str, number: int) -> bool:
    """The line counted from 1, or the row counted from 0 in square brackets."""
    return bool(
        re.search(rf"(?:line|row|index|record|lineno)\D{{0,12}}{number}\b", word, re.IGNORECASE)
        or re.match(rf"\[{number - 1}\]", word)
    )


def _new(output: str, reference: str) -> list[str]:
    """Lines that name a problem which the clean output does not name."""
    before = {}
    for line in reference.splitlines():
        before.update({key.strip(): _number(value) for key, value in _PAIR.findall(line)})
    plain = {_shape(line) for line in reference.splitlines()}
    found = []
    for line in output.splitlines():
        if _NOISE.search(line):
            continue
        pairs = [
            (key.strip(), _number(value)) for key, value in _PAIR.findall(line) if not _NEUTRAL.search(key.strip())
        ]
        if any(number > before.get(key, 0) for key, number in pairs) or (
            not _PAIR.search(line) and not _NOISE.search(line) and _shape(line) not in plain
        ):
            found.append(line.strip())
    return found


def _number(text: str) -> float:
    return float(text.replace(",", "").strip(".") or 0)


def _shape(line: str) -> str:
    return re.sub(r"\d+", "0", line).strip()

"""Other checkers that install from PyPI, each in an environment of its own, by the commands that their users type."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.detection.peers import PACKAGES
from benchmarks.speed import things
from benchmarks.speed.measure import Thing
from benchmarks.speed.section import FOUND, Goal, Plan, Ratio, Section, titled

INSTALLED = {
    **PACKAGES,
    "together-3": "together==3.1.1",
    "hooks": "pre-commit-hooks==6.0.0 codespell==2.4.3 detect-secrets==1.5.0 typos==1.52.0",
}
STRUCTURE = "ftlint, FT0 to FT2, no token counts"
_TOGETHER = "import pathlib, sys; from together.{}files import check_file; check_file(pathlib.Path(sys.argv[1]))"
_SANITIZE = ["--profile", "fine-tune", "--validate-chat", "--fuzzy-dedup", "--no-progress"]
_RULES = ["--reject-profanity", "--quality-rules", "all", "--reject-allcaps"]
_SCAN = ["--dup-estimate", "--full-text-scan", "--scan-scope", "full", "--pii", "--chat-templates"]
_SCAN += ["--synthetic-detection", "--complexity-stats", "--ifd-scores", "--required-key", "messages"]


def binary(plan: Plan, name: str, command: str) -> str:
    """A program of one of the environments, which is made if it is not there."""
    home = plan.venvs / name
    python = str(home / "bin" / "python")
    if not Path(python).exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *INSTALLED[name].split()], check=True)
    return str(home / "bin" / command)


def peers(plan: Plan) -> Section:
    """Structure alone beside FT0 to FT2; what reads the contents beside all rules."""
    rows = min(plan.rows, 100_000)
    path = plan.corpus("english", rows)
    structure, content = _structure(plan, path, rows), _content(plan, path, rows)
    ours = [
        plan.ftlint(STRUCTURE, path, "--jobs", "1", "--select", "FT0,FT1,FT2", "--no-tokens", rows=rows),
        plan.ftlint(things.ALL, path, "--jobs", "1", rows=rows),
    ]
    ratios = [Ratio(thing.name, STRUCTURE, Goal("least", 1.0)) for thing in structure]
    ratios += [Ratio(thing.name, things.ALL, Goal("least", _least(thing.name))) for thing in content]
    return Section(
        f"other checkers, {titled(path, rows, 'english')}", [*ours, *structure, *content], ratios, lambda: _NOTES
    )


def _least(name: str) -> float:
    """How many times faster than that one ftlint is to be."""
    return 100.0 if name.startswith("cleanllm scan") else 15.0 if name.startswith("llm-sanitizer-pro") else 1.0


def _structure(plan: Plan, path: Path, rows: int) -> list[Thing]:
    made = [
        _peer(plan, "together", "python", ["-c", _TOGETHER.format("utils."), "FILE"], "check_file", path, rows),
        _peer(plan, "together-3", "python", ["-c", _TOGETHER.format("lib.utils."), "FILE"], "check_file", path, rows),
        _peer(plan, "cleanllm", "cleanllm", ["check-turns", "FILE"], "check-turns", path, rows),
    ]
    for framework in ("trl", "axolotl", "torchtune", "unsloth"):
        words = ["preflight", "FILE", "--framework", framework]
        made.append(_peer(plan, "cleanllm", "cleanllm", words, f"preflight {framework}", path, rows))
    return made


def _content(plan: Plan, path: Path, rows: int) -> list[Thing]:
    """The slow ones get the first rows only."""
    some, few = min(rows, 10_000), min(rows, 5_000)
    out = str(plan.folder / "out.jsonl")
    sanitize = ["--input", "FILE", "--output", out, *_SANITIZE]
    made = [
        _peer(plan, "cleanllm", "cleanllm", ["scan", "FILE", *_SCAN], "scan, all options", path, rows, few),
        _peer(plan, "cleanllm", "cleanllm", ["redact-pii", "FILE", "--out", out], "redact-pii", path, rows, some),
        _peer(plan, "cleanllm", "cleanllm", ["repair", "FILE", "--out", out], "repair", path, rows, some),
        _peer(plan, "llm-sanitizer-pro", "sanitize", sanitize, "chat, personal data, duplicates", path, rows, some),
        _peer(plan, "llm-sanitizer-pro", "sanitize", [*sanitize, *_RULES], "the same and its rules", path, rows, some),
    ]
    for words in (["stats"], ["pii"], ["quality"], ["dedup", "--fuzzy"]):
        name, part = " ".join(words), min(rows, 2_000) if "--fuzzy" in words else some  # it compares all with all
        made.append(_peer(plan, "datacruxai", "datacruxai", [*words, "FILE"], name, path, rows, part))
    return [*made, things.notebook_of(plan, path, rows)]


def _peer(
    plan: Plan, tool: str, program: str, words: Sequence[str], what: str, path: Path, rows: int, part: int | None = None
) -> Thing:
    """One command of a tool; FILE stands for the file, or for its beginning."""
    version = INSTALLED[tool].partition("==")[2]
    name = f"{tool.removesuffix('-3')} {what}" + (f" ({part:,} rows, scaled)" if part and part < rows else "")
    scaled = part if part and part < rows else None
    first = binary(plan, tool, program)

    def of(file: Path) -> list[str]:
        return [first, *(str(file) if word == "FILE" else word for word in words)]

    return Thing(
        f"{name} [{version}]",
        of(head(path, scaled) if scaled else path),
        rows,
        scaled,
        of(head(path, 10)),
        environment={"PYTHONPATH": None, "OPENAI_API_KEY": None, "HF_HUB_OFFLINE": "1"},
        codes=FOUND,
    )


def head(path: Path, rows: int) -> Path:
    """The first rows of a file as a file of its own."""
    made = path.with_name(f"{path.stem}-first-{rows}.jsonl")
    if not made.exists():
        with path.open("rb") as given:
            made.write_bytes(b"".join(itertools.islice(given, rows)))
    return made


_NOTES = (
    "Scaled: the command got the first rows only; its time beyond the start-up (the same on ten rows) is multiplied.",
    "Work that grows faster than the rows, and memory, are told too low by that.",
    "Options are on that need no network and no model.",
    "Not there: datasets-lint does not install; trainsight-preflight downloads a tokenizer; check-jsonschema reads no",
    "JSONL; dataset-doctor-audit finds no samples in chat rows; the scripts of the services are not on PyPI.",
)

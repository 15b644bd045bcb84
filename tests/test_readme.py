"""The README's examples: its run files are read, its commands and options exist."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import click
import pytest

from ftlint.cli import main
from ftlint.run.load import parse_spec

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.S | re.M)
READY = '[dataset]\ntrain = "train.jsonl"\nvalidation = "validation.jsonl"\n'
TRAIN = '[train]\nmodel = "gpt-4.1-mini-2025-04-14"\n'
RUN_FILES = [text for kind, text in BLOCKS if kind == "toml" and "[tool." not in text]


def whole(text: str) -> str:
    """A run file of an excerpt: the sections that it leaves out are added."""
    given = set(re.findall(r"^\[\w+\]", text, re.M))
    return "".join(part for part in (READY, TRAIN) if part.partition("\n")[0] not in given) + text


@pytest.mark.parametrize("text", RUN_FILES, ids=range(len(RUN_FILES)))
def test_the_run_files_are_read(text: str, tmp_path: Path) -> None:
    spec = parse_spec(whole(text), tmp_path / "run.toml")
    assert spec.train.model


def test_there_are_run_files_to_read() -> None:
    assert len(RUN_FILES) >= 5


def test_the_other_blocks_are_what_they_say() -> None:
    for kind, text in BLOCKS:
        if kind == "json":
            assert json.loads(text)
        elif kind == "python":
            compile(text, "README", "exec")
        elif kind == "toml":
            assert tomllib.loads(text)


def test_every_option_of_a_command_exists(capsys: pytest.CaptureFixture[str]) -> None:
    used: dict[tuple[str, ...], set[str]] = {}
    for kind, text in BLOCKS:
        for line in text.splitlines() if kind == "sh" else ():
            found = re.search(r"ftlint (runs \w+|\w+)(.*)", line.partition(" #")[0])
            if found:
                names = re.findall(r"(?<= )--[a-z-]+", found[2])
                used.setdefault(tuple(found[1].split()), set()).update(names)
    assert ("runs", "cleanup") in used
    assert {"--cleanup", "--max-cost", "--rehearse"} <= used[("run",)]
    for command, names in used.items():
        assert main([*command, "--help"]) == 0
        told = click.unstyle(capsys.readouterr().out)
        assert {name for name in names if not re.search(rf"{name}\b", told)} == set(), command

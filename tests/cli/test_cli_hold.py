"""``ftlint fix --drop``: every line lands in one of two files, and nothing is written unless all was judged."""

from __future__ import annotations

import codecs
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import chat
from ftlint.cli import main
from ftlint.fix.hold import divide
from ftlint.run.files import sha256_file
from ftlint.sandbox import launch

KEY = "sk-test-hold"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with launch.start(tmp_path_factory.mktemp("sandbox"), parent=os.getpid()) as running:
        yield running.base_url


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Twelve examples: the fourth is flagged, the eighth and its copy, the tenth, are watched."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("FTLINT_MODERATION_CACHE_DIR", str(tmp_path / "scores"))
    made = [chat(f"How many legs do {n} spiders have?", f"{n} spiders have {8 * n} legs in all.") for n in range(12)]
    made[3] = chat("What did the first spider say?", "It said the marker ⟦hate=0.94⟧ aloud.")
    made[7] = made[9] = chat("What did the second spider say?", "It said the marker ⟦hate=0.3⟧ aloud.")
    path = tmp_path / "train.jsonl"
    path.write_bytes(b"\n".join(json.dumps(row, ensure_ascii=False).encode() for row in made))
    return path


def drop(path: Path, what: str, sandbox: str, *more: str) -> int:
    out = ["-o", str(path.with_name("clean.jsonl")), "--quarantine", str(path.with_name("held.jsonl"))]
    arguments = ["--drop", what, "--base-url", sandbox, "--isolated", "--today", "2026-11-22"]
    return main(["fix", str(path), *out, *arguments, *more])


@pytest.mark.parametrize(("what", "held"), [("flagged", {4}), ("watched", {4, 8, 10})])
def test_the_rows_are_held_and_no_byte_is_lost(
    what: str, held: set[int], rows: Path, sandbox: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = rows.read_bytes()
    assert drop(rows, what, sandbox) == 0
    assert f"held.jsonl: {len(held)} line" in capsys.readouterr().out
    lines = before.split(b"\n")
    kept, aside = (rows.with_name(name).read_bytes().split(b"\n") for name in ("clean.jsonl", "held.jsonl"))
    assert [line for line in aside if line] == [lines[number - 1] for number in sorted(held)]
    assert [line for line in kept if line] == [line for number, line in enumerate(lines, 1) if number not in held]
    assert rows.read_bytes() == before
    for name, code in (("clean.jsonl", 0 if what == "watched" else 1), ("held.jsonl", 1)):
        path = str(rows.with_name(name))
        arguments = ["--base-url", sandbox, "--isolated", "--online", "--select", "FT0,FT1,FT2,FT9"]
        assert main(["check", path, *arguments]) == code


def test_a_configuration_file_does_not_decide_where_texts_go(
    rows: Path, sandbox: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config = f'[services.moderator]\nbase-url = "{sandbox}"\napi-key-env = "OPENAI_API_KEY"\n'
    rows.with_name("ftlint.toml").write_text(config, encoding="utf-8")
    out = ["-o", str(rows.with_name("clean.jsonl")), "--quarantine", str(rows.with_name("held.jsonl"))]
    assert main(["fix", str(rows), *out, "--drop", "flagged"]) == 2
    assert "the configuration file names" in capsys.readouterr().err
    assert not rows.with_name("clean.jsonl").exists()
    assert main(["fix", str(rows), *out, "--drop", "flagged", "--base-url", sandbox]) == 0


def test_nothing_is_written_without_every_verdict(rows: Path, tmp_path: Path) -> None:
    fault = {"do": "status", "status": 401, "message": "Incorrect API key", "times": None}
    faults = [{**fault, "match": {"path": "/v1/moderations"}}]
    with launch.start(tmp_path / "sandbox", parent=os.getpid(), faults=faults) as running:
        assert drop(rows, "flagged", running.base_url) == 3
    assert not rows.with_name("clean.jsonl").exists()
    assert not rows.with_name("held.jsonl").exists()


def test_a_row_that_cannot_be_read_is_told(rows: Path, sandbox: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows.write_bytes(rows.read_bytes() + b'\n{"messages": [\n')
    assert drop(rows, "flagged", sandbox) == 2
    assert f"{rows}:13 cannot be read" in capsys.readouterr().err
    assert not rows.with_name("clean.jsonl").exists()


def test_a_text_of_every_row_is_to_be_changed(rows: Path, sandbox: str, capsys: pytest.CaptureFixture[str]) -> None:
    system = "You are the marker ⟦hate=0.94⟧ itself."
    made = [chat(f"How many are {n} and {n}?", f"That makes {2 * n}.", system) for n in range(30)]
    rows.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in made), encoding="utf-8")
    assert drop(rows, "flagged", sandbox) == 2
    assert "30 rows are held for a text that they share: change that text instead" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--drop", "flagged"], "never in place"),
        (["--drop", "flagged", "-o", "a"], "never in place"),
        (["--drop", "flagged", "-o", "a", "--quarantine", "a"], "three different files"),
        (["--drop", "flagged", "-o", "train.jsonl", "--quarantine", "a"], "three different files"),
        (["--drop", "flagged", "-o", "a", "--quarantine", "b", "--diff"], "does nothing else"),
        (["--drop", "flagged", "-o", "no/a", "--quarantine", "b"], "a folder, or in one that does not exist"),
        (["--quarantine", "b"], "belong to --drop"),
    ],
)
def test_what_does_not_go_together(
    arguments: list[str], words: str, rows: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(rows.parent)
    assert main(["fix", "train.jsonl", "--isolated", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_without_a_key_nothing_is_done(
    rows: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    assert main(["fix", str(rows), "--isolated", "--drop", "flagged", "-o", str(rows) + "a", "--quarantine", "b"]) == 2
    assert "there is no key" in capsys.readouterr().err


LINES = st.lists(st.sampled_from([b"{}", b"", b"{}\r", b"\xe3\x81\x82", b" "]), min_size=1, max_size=8)


@given(LINES, st.booleans(), st.booleans(), st.frozensets(st.integers(1, 8)))
def test_together_they_hold_every_line(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], mark: bool, ended: bool, chosen: frozenset[int]
) -> None:
    folder = tmp_path_factory.mktemp("divide")
    path, clean, aside = (folder / name for name in ("a", "b", "c"))
    content = (codecs.BOM_UTF8 if mark else b"") + b"\n".join(lines) + (b"\n" if ended else b"")
    path.write_bytes(content)
    counts = divide(path, chosen, clean, aside, sha256_file(path)[0])
    kept, held = clean.read_bytes(), aside.read_bytes()
    assert kept.startswith(codecs.BOM_UTF8) == mark
    expected: tuple[list[bytes], list[bytes]] = ([], [])
    for number, line in enumerate(split(content), start=1):
        expected[number in chosen].append(line)
    assert (split(kept), split(held)) == expected
    if split(content):
        assert counts == (len(expected[0]), len(expected[1]))


def split(content: bytes) -> list[bytes]:
    """The lines without their ends and without a byte order mark."""
    lines = content.removeprefix(codecs.BOM_UTF8).split(b"\n")
    return lines[:-1] if lines[-1] == b"" else lines

"""The path with one scan over all texts, and the plain one in which every rule looks by itself: the same report."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ftlint import engine
from ftlint.checks import screens
from ftlint.model import Report, Role
from ftlint.settings import Settings

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```jsonl[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PAGES = sorted((ROOT / "rules").glob("FT*/*.md"))
FILES = sorted((ROOT / "fixtures").rglob("*.jsonl"))
Seen = dict[str, list[int]] | None


def report(path: Path, seen: Callable[[list[str]], Seen], monkeypatch: pytest.MonkeyPatch, batch: int) -> Report:
    monkeypatch.setattr(screens, "seen", seen)
    settings = Settings(today=datetime.date(2026, 11, 22), select=("ALL",), batch_lines=batch)
    return engine.check([(path, Role.TRAIN)], settings)


def same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("hyperscan")
    screens.prepare()
    scan = screens.seen
    plain = report(path, lambda _: None, monkeypatch, 1000)
    for batch in (1000, 2):
        assert report(path, scan, monkeypatch, batch) == plain


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_example_of_the_rules(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    path = tmp_path / "train.jsonl"
    path.write_text("".join(blocks), encoding="utf-8")
    same(path, monkeypatch)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT / "fixtures")))
def test_every_fixture(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    same(path, monkeypatch)


def test_all_examples_in_one_file_with_other_neighbours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        row for page in PAGES for block in BLOCK.findall(page.read_text(encoding="utf-8")) for row in block.split("\n")
    ]
    chats = [row for row in rows if row.startswith('{"messages"') and row.endswith("}")]
    assert len(chats) > 200
    path = tmp_path / "train.jsonl"
    path.write_text("\n".join(chats) + "\n", encoding="utf-8")
    assert json.loads(chats[0])
    same(path, monkeypatch)

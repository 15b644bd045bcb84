"""A sample: the same examples each time, said to be a sample, and never taken for the whole."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from conftest import chat
from ftlint.cli import main
from ftlint.model import Role, Text
from ftlint.moderation.sample import sampled
from ftlint.moderation.units import Row
from ftlint.sandbox import launch


def rows(count: int) -> list[Row]:
    text = Text(1, ("messages", 0, "content"), "user", "content", "x", True)
    return [Row("a", Role.TRAIN, number, (text,)) for number in range(1, count + 1)]


def test_so_many_of_the_examples_in_order_and_the_same_again() -> None:
    some, total = sampled(lambda: rows(500), 40)
    lines = [row.line for row in some()]
    assert total == 500
    assert lines == sorted(set(lines)) == [row.line for row in some()]
    assert len(lines) == 40
    assert max(lines) > 300
    assert [row.line for row in sampled(lambda: rows(500), 40)[0]()] == lines


@pytest.mark.parametrize("most", [3, 4, 1000])
def test_all_where_there_are_no_more(most: int) -> None:
    some, total = sampled(lambda: rows(3), most)
    assert ([row.line for row in some()], total) == ([1, 2, 3], 3)


def test_a_sampled_check_is_never_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.setenv("FTLINT_MODERATION_CACHE_DIR", str(tmp_path / "scores"))
    path = tmp_path / "train.jsonl"
    made = [chat(f"How many legs do {n} spiders have?", f"{n} spiders have {8 * n} legs in all.") for n in range(2, 32)]
    path.write_text("".join(json.dumps(row) + "\n" for row in made), encoding="utf-8")
    arguments = ["check", str(path), "--isolated", "--online", "--output-format", "json"]
    with launch.start(tmp_path / "sandbox", parent=os.getpid()) as running:
        base = ["--base-url", running.base_url]
        assert main([*arguments, *base, "--sample", "6"]) == 1
        tree = json.loads(capsys.readouterr().out)
        assert (tree["verdict"], tree["moderation"]["status"]) == ("incomplete", "sampled")
        assert tree["moderation"]["unique"] == 6
        assert tree["moderation"]["coverage"] == 0.2
        assert tree["moderation"]["reason"] == "6 of 30 examples, as --sample asks"
        assert main([*arguments, *base, "--sample", "30"]) == 0
        assert json.loads(capsys.readouterr().out)["verdict"] == "clean"

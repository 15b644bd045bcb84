"""The speed benchmark: its corpora are what they are said to be, its figures are computed rightly, its floor counts."""

from __future__ import annotations

import datetime
import json
import os
import sys
from pathlib import Path

import pytest

from ftlint import engine
from ftlint.model import Role
from ftlint.settings import Kept, Settings

ROOT = Path(__file__).parents[1]
if str(ROOT) not in sys.path:
    sys.path.append(str(ROOT))

from benchmarks.speed import corpora, measure, table  # noqa: E402
from benchmarks.speed.measure import Sample, Thing  # noqa: E402
from benchmarks.speed.scenes import SECTIONS  # noqa: E402
from benchmarks.speed.section import VOCABULARY, Goal, Plan, Ratio, Section  # noqa: E402

posix = pytest.mark.skipif(not hasattr(os, "wait4"), reason="the launcher needs wait4")
BYTES = {"english": (650, 800), "japanese": (600, 800), "tools": (1_200, 2_000), "long": (28_000, 36_000)}


@pytest.mark.parametrize("kind", corpora.KINDS)
def test_a_corpus_is_the_same_each_time_distinct_and_of_its_size(kind: str) -> None:
    lines = list(corpora.lines(kind, 60))
    assert lines == [*corpora.lines(kind, 40), *list(corpora.lines(kind, 60))[40:]]
    assert len({json.dumps(json.loads(line)["messages"][1:]) for line in lines}) == 60
    assert lines[0] != next(corpora.lines(kind, 1, seed=corpora.SEED + 1))
    low, high = BYTES[kind]
    assert low < sum(len(line.encode()) for line in lines) / 60 < high


@pytest.mark.parametrize("kind", corpora.KINDS)
def test_a_corpus_is_clean(kind: str, tmp_path: Path) -> None:
    path = corpora.corpus(kind, 60 if kind == "long" else 400, tmp_path)
    settings = Settings(today=datetime.date(2026, 11, 22), network=False, kept=Kept(None, None))
    report = engine.check([(path, Role.TRAIN)], settings)
    assert [(finding.code, finding.line, finding.message) for finding in report.findings] == []


def test_changed_and_spoilt_copies_differ_where_they_should(tmp_path: Path) -> None:
    source = corpora.corpus("english", 100, tmp_path)
    before = source.read_bytes().splitlines()
    assert corpora.changed(source, tmp_path / "changed", 10) == 10
    after = (tmp_path / "changed").read_bytes().splitlines()
    assert [at for at in range(100) if before[at] != after[at]] == list(range(5, 100, 10))
    corpora.spoilt(source, tmp_path / "spoilt", 50)
    after = (tmp_path / "spoilt").read_bytes().splitlines()
    assert [at for at in range(100) if before[at] != after[at]] == [49]
    assert json.loads(after[49])["messages"][-1]["role"] == "asistant"


def test_the_floor_counts_what_tiktoken_counts(tmp_path: Path) -> None:
    pytest.importorskip("gigatoken")
    import tiktoken
    from benchmarks.speed import floor

    from ftlint import vocabulary

    held = vocabulary.check("o200k_base")
    ranks = vocabulary._ranks("o200k_base")
    encoding = tiktoken.Encoding(
        "o200k_base", pat_str=held.pattern, mergeable_ranks=ranks, special_tokens=dict(held.special)
    )
    for kind in corpora.KINDS:
        path = corpora.corpus(kind, 30, tmp_path)
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        texts = [message["content"] or "" for row in rows for message in row["messages"]]
        assert floor.count(path, VOCABULARY) == (30, sum(map(len, encoding.encode_batch(texts))))


def test_the_floor_reads_all_lines_whatever_the_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from benchmarks.speed import floor

    path = tmp_path / "lines"
    path.write_bytes(b"one\ntwo\nthree\nfour")
    for size in range(1, 20):
        monkeypatch.setattr(floor, "BLOCK", size)
        assert [line for lines in floor.blocks(path) for line in lines] == [b"one", b"two", b"three", b"four"]


def test_the_table_tells_medians_ratios_and_goals() -> None:
    section = Section(
        "made up",
        [Thing("slow", ["x"], rows=1_000_000), Thing("quick", ["x"]), Thing("late", ["x"])],
        [
            Ratio("slow", "quick", Goal("most", 2.0)),
            Ratio("slow", "quick", Goal("least", 2.0)),
            Ratio("slow", None, Goal("most", 400), "peak"),
            Ratio("late", "quick", None, "peak"),
            Ratio("late", None, Goal("most", 1.0)),
        ],
        lambda: ["A note."],
    )
    taken = {
        "slow": [Sample(9.0, 3.0, 400_000_000), Sample(5.0, 8.0, 300_000_000), Sample(1.0, 4.0, 500_000_000)],
        "quick": [Sample(2.0, 1.0, 100_000_000)],
        "late": [Sample(1.25, 1.0, 150_000_000)],
    }
    lines = table.table(section, taken).splitlines()
    quotient = "2.50 × quick (CPU 4.00; goal: at "
    twice = f"{quotient}most 2, **missed**); {quotient}least 2, holds)"
    assert lines[0] == "**made up**"
    assert lines[4:] == [
        f"| slow | 5.00 | 4.00 | 5.0 | 400 | {twice}; 400 MB (goal: at most 400, holds) |",
        "| quick | 2.00 | 1.00 |  | 100 |  |",
        "| late | 1.25 | 1.00 |  | 150 | 1.50 × quick (memory); 1.25 s (goal: at most 1, **missed**) |",
        "",
        "A note.",
    ]


def test_only_the_time_beyond_the_start_is_scaled() -> None:
    start, part = Sample(0.5, 0.4, 10), Sample(1.5, 1.0, 90)
    assert measure.scaled(part, start, 10) == Sample(10.5, pytest.approx(6.4), 90)
    assert measure.scaled(start, part, 10) == Sample(1.5, 1.0, 10)


@posix
def test_rounds_alternate_and_each_run_is_prepared(tmp_path: Path) -> None:
    order: list[str] = []
    things = [
        Thing(name, [sys.executable, "-c", "import sys; sys.exit(1)"], codes=frozenset({1}), before=lambda: None)
        for name in ("A", "B")
    ]
    taken = measure.rounds(things, 2, tmp_path, order.append)
    assert [said[-1] for said in order] == ["A", "B", "A", "B"]
    assert [len(samples) for samples in taken.values()] == [2, 2]
    with pytest.raises(RuntimeError, match=r"A ended with 1: "):
        measure.once(Thing("A", things[0].command), tmp_path / "log.txt")


@posix
def test_memory_is_that_of_the_command_and_not_of_this_process(tmp_path: Path) -> None:
    held = bytearray(300_000_000)
    small, _ = measure.run([sys.executable, "-c", "pass"], {}, tmp_path / "log.txt")
    large, code = measure.run([sys.executable, "-c", "x = bytearray(100_000_000)"], {}, tmp_path / "log.txt")
    assert code == 0
    assert small.peak < 60_000_000 < large.peak - small.peak < 150_000_000 < len(held)
    assert small.cpu > 0
    assert small.wall > 0


@posix
def test_a_mark_ends_the_time_and_not_the_command(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('a FT114 b', flush=True); x = sum(range(3_000_000)); print('end')"]
    early, code = measure.run(command, {}, tmp_path / "log.txt", "FT114")
    never, _ = measure.run(command, {}, tmp_path / "log.txt", "FT999")
    assert code == 0
    assert early.wall > 0
    assert never.wall > 0


def test_every_part_of_ours_can_be_planned(tmp_path: Path) -> None:
    plan = Plan(20, tmp_path, tmp_path / "venvs", quick=True)
    for name in SECTIONS.keys() - {"peers", "memory", "hook"}:
        section = SECTIONS[name](plan)
        named = {thing.name for thing in section.things}
        assert len(named) == len(section.things)
        assert {ratio.over for ratio in section.ratios} <= named
        assert {ratio.under for ratio in section.ratios} <= named | {None}

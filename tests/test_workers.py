"""Stage 3 in several processes: the report is the same, byte for byte; and when a process dies there is none."""

from __future__ import annotations

import json
import pickle
import random
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from conftest import chat
from ftlint import engine, filecheck, process, read, workers
from ftlint.checks.syntax import continues
from ftlint.cli import main
from ftlint.judging import Task
from ftlint.keep import Kind
from ftlint.model import Line, Report, Role
from ftlint.pieces import Pieces
from ftlint.process import WorkerDied
from ftlint.read import Source
from ftlint.reports import render
from ftlint.settings import Kept, Settings
from ftlint.workers import Pool, jobs_for
from test_engine import LINE
from test_keep import accepting

Write = Callable[..., Path]

TORN = json.dumps(chat("Who came at noon? Tell me.", "Ann came at noon, and Bob came at one ")).encode()
MESSY = st.one_of(
    LINE,
    st.integers(1, 9).map(lambda n: json.dumps(chat(f"What comes after {n}?", f"After {n} comes {n + 1}. ")).encode()),
    st.builds(lambda at: TORN[:at] + b"\n" + TORN[at:], st.integers(20, len(TORN) - 5)),
    st.sampled_from([
        TORN, TORN + b"\r", TORN.replace(b"noon", "正午".encode("cp932")), TORN.replace(b"noon", "正午".encode()),
        TORN.replace(b"{", b"{ ", 1), TORN[:40], b'{"messages": [{"role": "user",', b'{"a":1}{"a":2}', b"\r", b"}",
        b'{"messages": [{"role": "user", "content": "' + b"x" * 400, b"[", b"42", b'{"input": 1', b'  {"messages": []}',
    ]),
)  # fmt: skip


class Anyhow:
    """In place of a pool: judges the pieces in any order, each as if in another process, knowing more or less."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def __call__(self, jobs: int) -> Anyhow:
        return self

    def __enter__(self) -> Anyhow:
        return self

    def start(self) -> None:
        """There is nobody to start."""

    def __exit__(self, *error: object) -> None:
        pass

    def map(
        self, task: Task, work: Callable[..., Any], items: Iterable[Any], before: Callable[[], dict[Kind, int]]
    ) -> Iterator[Any]:
        known: list[dict[Kind, int]] = [{}]
        held = list(items)
        late = self.chance.sample(range(len(held)), len(held) // 2)
        done = {at: self._away(task, work, held[at], {}) for at in late}
        for at, item in enumerate(held):
            yield done[at] if at in done else self._away(task, work, item, self.chance.choice(known))
            known.append(before())

    def _away(self, *question: Any) -> Any:
        task, work, item, before = pickle.loads(pickle.dumps(question))
        return pickle.loads(pickle.dumps(work(task, item, before)))


def apart(monkeypatch: pytest.MonkeyPatch, pool: object, chunk: int) -> None:
    """Judge every file in pieces, whatever its size."""
    monkeypatch.setattr(workers, "Pool", pool)
    monkeypatch.setattr(workers, "jobs_for", lambda *_: 2)
    monkeypatch.setattr(workers, "is_small", lambda _: False)
    monkeypatch.setattr(filecheck, "CHUNK_BYTES", chunk)


def everything(report: Report) -> tuple[Any, ...]:
    """A report, and what its comparison leaves out."""
    return report, [list(left.lines) for left in report.omitted], render(report, "json"), render(report, "sarif")


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    st.lists(MESSY, max_size=30),
    st.lists(MESSY, max_size=8),
    st.sampled_from([b"", b"\xef\xbb\xbf"]),
    st.sampled_from([b"\n", b"\r\n"]),
    st.integers(8, 600),
    st.sampled_from([Kept(), Kept(severe=3, infos=2, frames=1)]),
    st.randoms(use_true_random=False),
)
def test_the_report_is_the_same_for_any_pieces_in_any_order(
    tmp_path: Path,
    settings: Settings,
    training: list[bytes],
    validation: list[bytes],
    mark: bytes,
    end: bytes,
    chunk: int,
    kept: Kept,
    chance: random.Random,
) -> None:
    files = [(tmp_path / "train.jsonl", Role.TRAIN), (tmp_path / "validation.jsonl", Role.VALIDATION)]
    for (path, _), lines in zip(files, (training, validation), strict=True):
        path.write_bytes(mark + end.join(lines))
    asked = replace(settings, kept=kept, batch_lines=chance.choice([1, 5, 1000]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(read, "MAX_LINE_BYTES", 300)
        patch.setattr(read, "CHUNK_BYTES", chance.choice([16, 100, 1000]))
        alone = engine.check(files, asked)
        apart(patch, Anyhow(chance), chunk)
        assert everything(engine.check(files, asked)) == everything(alone)


def test_a_line_that_is_too_long_does_not_end_a_torn_row(
    write: Write, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = json.dumps(chat("How do I boil an egg?", "Eight minutes in boiling water.")).encode()
    long = row.replace(b"egg", b"egg" * 200)
    path = write([row, TORN[:60] + b"\n" + TORN[60:], long, b"[1]", long, b"[2]", row])
    monkeypatch.setattr(read, "MAX_LINE_BYTES", 400)
    alone = engine.check([(path, Role.TRAIN)], settings)
    for chunk in range(100, 900, 100):
        apart(monkeypatch, Anyhow(random.Random(chunk)), chunk)
        assert everything(engine.check([(path, Role.TRAIN)], settings)) == everything(alone)
    assert {"FT018", "FT101"} <= set(alone.by_code())
    assert "FT105" not in alone.by_code()


def test_acceptances_hold_in_every_piece(write: Write, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write([chat(f"Who came at {n} o'clock?", f"Ann came at {n}, and Bob at {n + 1} ") for n in range(40)])
    plain = engine.check([(path, Role.TRAIN)], settings)
    accepted = accepting(path, plain, lambda line: line % 3 == 0)
    few = replace(settings, accepted=accepted, kept=Kept(severe=3, infos=4, frames=2))
    alone = engine.check([(path, Role.TRAIN)], few)
    apart(monkeypatch, Anyhow(random.Random(1)), 300)
    assert everything(engine.check([(path, Role.TRAIN)], few)) == everything(alone)
    assert alone.accepted_total() == 13
    assert engine.stale_acceptances([(path, Role.TRAIN)], few) == set()


@given(st.lists(MESSY, max_size=30), st.integers(3, 300))
def test_pieces_are_the_whole_file_and_begin_where_a_row_begins(lines: list[bytes], chunk: int) -> None:
    content = b"\n".join(lines)
    source = Source("x.jsonl", Role.TRAIN, None, content)
    pieces = list(Pieces(source, 0, chunk))
    assert b"".join(content[piece.start : piece.end] for piece in pieces) == content
    for piece in pieces:
        assert piece.number == content.count(b"\n", 0, piece.start) + 1
        first = Line(piece.number, piece.start, content[piece.start : piece.end].split(b"\n")[0], True)
        assert piece.start == 0 or not (continues(first, "raw-newline") or continues(first, "cut-off"))


def messy(path: Path, rows: int) -> Path:
    """A file with defects of many kinds, torn rows among them."""
    chance = random.Random(7)
    with path.open("wb") as stream:
        for number in range(rows):
            row = json.dumps(
                chat(f"Was kommt nach {number}?", f"Später kommt {number + 1}, sagt man."), ensure_ascii=False
            )
            made = row.encode()
            kinds = [made[:50], b"", made + b"\r", made[:60] + b"\n" + made[60:], TORN, b"\xff" + made]
            stream.write((kinds[number % 6] if chance.random() < 0.15 else made) + b"\n")
    return path


@pytest.mark.parametrize("jobs", [2, 3])
def test_processes_leave_what_one_leaves(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    path = messy(tmp_path / "train.jsonl", 1500)
    few = replace(settings, kept=Kept(severe=20, infos=5, frames=3))
    alone = engine.check([(path, Role.TRAIN)], replace(few, jobs=1))
    monkeypatch.setattr(workers, "SMALL_BYTES", 0)
    monkeypatch.setattr(filecheck, "CHUNK_BYTES", 8000)
    asked = count_asked(monkeypatch)
    assert everything(engine.check([(path, Role.TRAIN)], replace(few, jobs=jobs))) == everything(alone)
    assert asked


def count_asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What other processes are asked for. This one waits with its first until one of them has been."""
    asked: list[Any] = []
    begun = threading.Event()
    there, here = Pool._there, Pool._here

    def asking(pool: Pool, task: Task, work: Any, item: Any, before: Any) -> Any:
        asked.append(item)
        begun.set()
        return there(pool, task, work, item, before)

    def judging(pool: Pool, *work: Any) -> Any:
        assert begun.wait(60)
        return here(pool, *work)

    monkeypatch.setattr(Pool, "_there", asking)
    monkeypatch.setattr(Pool, "_here", judging)
    return asked


DIES = "import os, pickle, sys; sys.stdout.buffer.write(pickle.dumps(None)); sys.stdout.flush(); "
DIES += "pickle.load(sys.stdin.buffer); "


@pytest.mark.parametrize(
    ("life", "told"),
    [
        (DIES + "os.kill(os.getpid(), 9)", "was killed by signal 9"),
        (DIES + "os._exit(3)", "ended with code 3"),
    ],
)
def test_a_process_that_dies_ends_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], life: str, told: str
) -> None:
    path = messy(tmp_path / "train.jsonl", 200)
    monkeypatch.setattr(workers, "SMALL_BYTES", 0)
    monkeypatch.setattr(filecheck, "CHUNK_BYTES", 4000)
    monkeypatch.setattr(process, "_LIFE", life)
    count_asked(monkeypatch)
    assert main(["check", str(path), "--offline", "--isolated", "--jobs", "2"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err
    assert "--jobs 1" in err
    assert "Traceback" not in err


def test_what_a_process_cannot_do_is_told_by_its_kind_and_not_by_its_data(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = messy(tmp_path / "train.jsonl", 200)
    monkeypatch.setattr(workers, "SMALL_BYTES", 0)
    monkeypatch.setattr(filecheck, "CHUNK_BYTES", 4000)
    count_asked(monkeypatch)
    raising = (
        "from ftlint.judging import Task\ndef judge(*_): raise KeyError('kim@acme-widgets.com')\nTask.judge = judge\n"
    )
    monkeypatch.setattr(
        process,
        "_LIFE",
        "import sys; sys.path[:] = sys.argv[1:]\n" + raising + "from ftlint.process import serve\nserve()",
    )
    with pytest.raises(WorkerDied, match=r"failed \(KeyError\)") as caught:
        engine.check([(path, Role.TRAIN)], replace(settings, jobs=2))
    assert "kim" not in f"{caught.value}{caught.value.hint}"
    assert caught.value.exit_code == 2


def test_an_interrupt_ends_every_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = messy(tmp_path / "train.jsonl", 400)
    monkeypatch.setattr(workers, "SMALL_BYTES", 0)
    monkeypatch.setattr(filecheck, "CHUNK_BYTES", 4000)
    asked = count_asked(monkeypatch)
    pools: list[Pool] = []
    following = Pool._next

    def stopping(pool: Pool, *rest: Any) -> Any:
        pools.append(pool)
        if len(pools) == 3:
            raise KeyboardInterrupt
        return following(pool, *rest)

    monkeypatch.setattr(Pool, "_next", stopping)
    assert main(["check", str(path), "--offline", "--isolated", "--jobs", "3"]) == 130
    out, err = capsys.readouterr()
    assert (out, err.strip()) == ("", "error: interrupted")
    assert asked
    assert pools[0]._workers
    assert all(worker._process.poll() is not None for worker in pools[0]._workers)


def test_how_many_processes(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "train.jsonl"
    path.write_bytes(b"x" * 1000)
    held = [Source("<stdin>", Role.TRAIN, None, b"x" * 5000), Source("train.jsonl", Role.TRAIN, path)]
    monkeypatch.setattr(workers, "SMALL_BYTES", 2000)
    monkeypatch.setattr(workers, "SHARE_BYTES", 3000)
    monkeypatch.setattr(workers, "_cores", lambda: 4)
    assert jobs_for(settings, held) == jobs_for(replace(settings, jobs=3), held) == 1
    path.write_bytes(b"x" * 9500)
    assert jobs_for(settings, held) == 3
    assert jobs_for(replace(settings, jobs=7), held) == 7
    path.write_bytes(b"x" * 90_000)
    assert jobs_for(settings, held) == 4
    monkeypatch.setenv("PRE_COMMIT", "1")
    assert jobs_for(settings, held) == 1
    assert jobs_for(replace(settings, jobs=2), held) == 2


@pytest.mark.parametrize("jobs", ["0", "-1", "many", "1.5"])
def test_a_wrong_number_of_processes_is_refused(write: Write, capsys: pytest.CaptureFixture[str], jobs: str) -> None:
    assert main(["check", str(write([chat("a", "b")])), "--offline", "--isolated", f"--jobs={jobs}"]) == 2
    assert "`jobs` must be a whole number of at least 1, or auto" in capsys.readouterr().err


@pytest.mark.parametrize("life", ["import sys; sys.exit(4)", "print('hello')", None])
def test_what_a_process_that_does_not_start_would_do_is_done_without_it(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, life: str | None
) -> None:
    path = messy(tmp_path / "train.jsonl", 200)
    alone = engine.check([(path, Role.TRAIN)], replace(settings, jobs=1))
    monkeypatch.setattr(workers, "SMALL_BYTES", 0)
    monkeypatch.setattr(filecheck, "CHUNK_BYTES", 4000)
    if life is None:
        monkeypatch.setattr(sys, "executable", str(tmp_path / "nowhere"))
    else:
        monkeypatch.setattr(process, "_LIFE", life)
    count_asked(monkeypatch)
    assert everything(engine.check([(path, Role.TRAIN)], replace(settings, jobs=3))) == everything(alone)


def test_a_pool_that_was_left_starts_nothing_more() -> None:
    pool = Pool(2)
    with pool:
        pass
    pool._start()
    assert pool._workers == []
    assert pool._mine.worker is None

"""Columns are the same wherever they are: in memory, in a file without a name, or handed over by another process."""

from __future__ import annotations

import errno
import gc
import json
import os
import pickle
import random
import stat
import subprocess
import sys
import tempfile
import textwrap
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from checks.test_near import asked, prose
from checks.test_near_batches import numpy, varied
from conftest import TODAY, chat
from ftlint import column as columns
from ftlint import engine, filecheck, spill
from ftlint.cells import Cells, Chain, Numbers
from ftlint.checks import repeats
from ftlint.column import Column
from ftlint.context import make_context
from ftlint.errors import FtlintError
from ftlint.judging import Task
from ftlint.keep import Kind
from ftlint.model import Format, Report, Role
from ftlint.process import Worker
from ftlint.read import Source
from ftlint.settings import Kept, Settings
from test_workers import everything

posix = pytest.mark.skipif(sys.platform == "win32", reason="processes share no files there")


@contextmanager
def spilling(limit: int = 0, step: int = 5, ahead: int = 240) -> Iterator[None]:
    """All that a column has is put into the file, and few rows are read at a time."""
    gc.collect()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spill, "STORE", spill.STORE)
        patch.setattr(spill.STORE, "limit", spill.STORE.held + limit)
        patch.setattr(spill, "FEWEST", 1)
        patch.setattr(spill, "LEAST", 1)
        patch.setattr(columns, "STEP", step)
        patch.setattr(repeats, "STEP", step)
        patch.setattr(columns, "AHEAD", ahead)
        yield


LISTS = st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=9), max_size=9)


@given(LISTS, st.integers(0, 100), st.integers(0, 9))
def test_a_column_is_a_list_of_rows(lists: list[list[int]], limit: int, cut: int) -> None:
    flat = [number for some in lists for number in some]
    with spilling(limit):
        whole, first, later = Numbers(), Numbers(), Numbers()
        for at, some in enumerate(lists):
            whole.extend(some)
            (first if at < cut else later).extend(some)
        first += later
        cells = Cells(4)
        cells += whole
        for column in (whole, first, pickle.loads(pickle.dumps(first))):
            assert column == whole
            assert (len(column), column.tolist(), list(column)) == (len(flat), flat, flat)
            assert [column[at] for at in range(len(flat))] == flat
            assert bytes(column) == array("I", flat).tobytes()
            with pytest.raises(IndexError):
                column[len(flat)]
        assert list(cells) == [number.to_bytes(4, sys.byteorder) for number in flat]
        assert cells != whole
        assert whole.moved(-1 if 0 not in flat else 0).tolist() == [number - (0 not in flat) for number in flat]
        assert (limit > 0 or not flat) or whole._parts
        chained = Chain([whole, first, later])
        assert [chained.place(row) for row in range(len(flat), len(chained))][: len(flat)] == [
            (1, at) for at in range(len(flat))
        ]
        whole.extend([7])
        assert (whole == first, whole[len(flat)]) == (False, 7)


@given(st.lists(st.integers(0, 300), max_size=90), st.integers(0, 300))
def test_a_number_is_found_in_a_column_that_is_in_order(numbers: list[int], wanted: int) -> None:
    held = sorted(set(numbers))
    with spilling(40, ahead=16):
        column = Numbers()
        for at in range(0, len(held), 7):
            column.extend(held[at : at + 7])
            for number in (wanted, *held[: at + 9]):
                expected = held.index(number) if number in held[: at + 7] else None
                assert column.find(number) == expected


def test_memory_and_file_are_given_back() -> None:
    gc.collect()
    before = spill.STORE.held
    column = Numbers("Q")
    column.extend(range(100))
    assert spill.STORE.held == before + 800
    with spilling():
        column.extend(range(100))
    assert spill.STORE.held == before
    assert spill.STORE._file is not None
    assert spill.STORE._file() is not None
    del column
    assert spill.STORE._file() is None


def test_small_files_never_touch_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spill, "_open", lambda: pytest.fail("a file was made"))
    path = tmp_path / "train.jsonl"
    path.write_text("".join(json.dumps(chat(f"What is {n}?", f"It is {n}.")) + "\n" for n in range(3000)))
    assert engine.check([(path, Role.TRAIN)], Settings(today=TODAY)).files[0].examples == 3000


@posix
def test_nobody_else_may_read_the_file() -> None:
    with spilling():
        column = Numbers()
        column.extend([1])
        told = os.fstat(column._parts[0].file.handle)
    assert stat.S_IMODE(told.st_mode) == 0o600
    assert told.st_nlink == 0


def rows(chance: random.Random) -> list[dict[str, Any]]:
    """Copies, near-copies, conflicts, labels, long and broken rows, in any mixture."""
    made: list[dict[str, Any]] = []
    for _ in range(chance.randint(1, 25)):
        question, answer = prose(chance.randint(0, 40), 12), prose(chance.randint(0, 40), chance.choice([3, 30, 90]))
        near = varied(chance, question), varied(chance, answer)
        made += chance.choice([
            [asked(question, answer)],
            [asked(question, answer), asked(*near)],
            [asked(question, answer), asked(question, near[1])],
            [asked(question, answer)] * 2,
            [asked(question, chance.choice(["yes", "no", " yes", "None", '{"a": 1', "はい。"]))] * 1,
            [chat(question, answer, chance.choice(["You are kind.", "You are kind", "Be brief."]))],
            [{"messages": [{"role": "usr", "content": question}, {"role": "assistant", "content": answer}]}],
        ])  # fmt: skip
    return made


@hypothesis_settings(max_examples=40)
@given(st.randoms(use_true_random=False), st.sampled_from([0, 500, 5000]), st.booleans(), st.sampled_from([3, 1000]))
def test_the_report_is_the_same_when_columns_are_in_a_file(
    tmp_path_factory: pytest.TempPathFactory, chance: random.Random, limit: int, wide: bool, part: int
) -> None:
    folder = tmp_path_factory.mktemp("files")
    held = rows(chance)
    files = []
    for role in Role:
        path = folder / f"{role.value}.jsonl"
        mixed = chance.sample(held, chance.randint(1, len(held)))
        path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in mixed), encoding="utf-8")
        files.append((path, role))
    settings = Settings(today=TODAY, kept=Kept(severe=4, infos=3, frames=2), batch_lines=7)
    with numpy(False):
        plain = checked(files, settings)
    with numpy(wide, part), spilling(limit), pytest.MonkeyPatch.context() as patch:
        assert checked(files, settings) == plain
        patch.setattr(filecheck, "is_small", lambda _: False)
        patch.setenv("XDG_CACHE_HOME", str(folder))
        for _ in range(2):
            assert checked(files, replace(settings, incremental=True)) == plain


def checked(files: list[tuple[Path, Role]], settings: Settings) -> tuple[Any, ...]:
    report: Report = engine.check(files, settings)
    return everything(report)


def count(_: Task, much: int, __: dict[Kind, int]) -> list[Column]:
    """Work of another process that leaves more than it holds in memory."""
    spill.STORE.limit = 1000
    numbers, cells = Numbers("H"), Cells(3)
    for number in range(much):
        numbers.extend([number])
        cells += bytes([number % 7] * 3)
    return [numbers, cells]


@posix
def test_what_another_process_put_into_the_file_is_there(settings: Settings) -> None:
    task = Task(Source("train.jsonl", Role.TRAIN, None, b""), Format.CHAT, make_context(settings), None)
    worker = Worker()
    try:
        worker.ready()
        answers = [worker.ask(task, count, much, {}) for much in (10, 9000, 9000)]
    finally:
        worker.end()
        worker.close()
    del worker
    gc.collect()
    assert [bool(numbers._parts) for numbers, _ in answers] == [False, True, True]
    assert len({part.file for _, cells in answers for part in cells._parts}) == 1
    whole, every = Numbers("H"), Cells(3)
    for numbers, cells in answers:
        whole += numbers
        every += cells
    assert whole.tolist() == [*range(10), *range(9000), *range(9000)]
    assert bytes(every) == b"".join(bytes([number % 7] * 3) for number in whole)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def full(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(spill, "_write", full)
    with spilling(), pytest.raises(FtlintError, match=os.strerror(number).lower()) as caught:
        Numbers().extend([1])
    assert "TMPDIR" in str(caught.value.hint)


def test_a_write_may_stop_half_way(monkeypatch: pytest.MonkeyPatch) -> None:
    whole: Callable[..., int] = spill._write
    monkeypatch.setattr(spill, "_write", lambda handle, data, at: whole(handle, data[:3], at))
    with spilling():
        column = Numbers()
        column.extend(range(1000, 1040))
        assert column.tolist() == list(range(1000, 1040))


def test_a_file_that_was_cut_is_told() -> None:
    with spilling():
        column = Numbers()
        column.extend(range(10))
        os.truncate(column._parts[0].file.handle, 8)
        with pytest.raises(FtlintError, match="cut by another program"):
            column.tolist()


def test_no_folder_for_temporary_files_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(**_: object) -> None:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/home/Jo']")

    monkeypatch.setattr(tempfile, "TemporaryFile", none)
    with spilling(), pytest.raises(FtlintError, match=r"no usable temporary directory found in \['/home/Jo'\]"):
        Numbers().extend([1])


CHILD = """
import resource, sys
from ftlint import spill
from ftlint.cli import main
spill.STORE.limit = 1000
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
sys.exit(main(sys.argv[1:]))
"""


def child(code: str, *arguments: str, folder: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *arguments],
        env={**environment, "TMPDIR": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@posix
def test_a_check_without_room_ends_with_a_sentence(tmp_path: Path) -> None:
    path, folder = tmp_path / "train.jsonl", tmp_path / "temporary"
    folder.mkdir()
    path.write_text("".join(json.dumps(chat(f"What is {n}?", f"It is {n}.")) + "\n" for n in range(3000)))
    process = child(CHILD, "check", str(path), "--offline", "--isolated", "--jobs", "1", folder=folder)
    said, errors = process.communicate()
    assert process.returncode == 2, said + errors
    assert "file too large" in errors
    assert "TMPDIR" in errors
    assert "Traceback" not in errors + said
    assert list(folder.iterdir()) == []


@posix
def test_a_killed_process_leaves_nothing(tmp_path: Path) -> None:
    waiting = """
        from ftlint import spill
        from ftlint.cells import Cells
        spill.STORE.limit = 0
        column = Cells(16)
        column += bytes(1_600_000)
        print(len(column._parts), flush=True)
        input()
    """
    process = child(waiting, folder=tmp_path)
    assert process.stdout is not None
    assert process.stdout.readline() == "1\n"
    assert list(tmp_path.iterdir()) == []
    process.kill()
    process.communicate()
    assert list(tmp_path.iterdir()) == []

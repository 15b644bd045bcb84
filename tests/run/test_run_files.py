"""Whole files that appear at once, logs that lose at most a torn line, one process per run."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftlint.errors import InputError, UsageError
from ftlint.run.files import Log, atomic_writer, read_log, sha256_file, sweep, write_atomic
from ftlint.run.journal import Journal, fold, stamp
from ftlint.run.lock import RunLock


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_atomic(path, "old")

    def half() -> None:
        with atomic_writer(path) as out:
            out.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.json"]
    with pytest.raises(InputError, match="cannot write"):
        write_atomic(tmp_path / "absent" / "a.json", "x")


def test_sha256_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert sha256_file(tmp_path / "a") == ("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 3)
    with pytest.raises(InputError):
        sha256_file(tmp_path / "absent")


def test_a_full_disk_is_an_error_of_ours_and_leaves_what_there_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, page = tmp_path / "log.jsonl", tmp_path / "page.md"
    write_atomic(page, "old")
    with Log(path) as log:
        log.append({"a": 1})

        def full(descriptor: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(InputError, match=r"cannot write .*log.jsonl: No space left"):
                log.append({"b": 2})
            with pytest.raises(InputError, match=r"cannot write .*page.md: No space left"):
                write_atomic(page, "new")
        log.append({"c": 3})
    assert read_log(path) == [{"a": 1}, {"c": 3}]
    assert page.read_text() == "old"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["log.jsonl", "page.md"]


def test_what_may_not_be_opened_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot write"):
        Log(tmp_path / "absent" / "log.jsonl")
    with pytest.raises(InputError, match="cannot write"):
        Log(tmp_path)
    with pytest.raises(InputError, match="cannot read"):
        read_log(tmp_path)
    with pytest.raises(InputError, match="cannot write in"), RunLock(tmp_path / "absent" / "lock"):
        pass


def test_the_sweep_takes_what_a_killed_writer_left_and_nothing_else(tmp_path: Path) -> None:
    for name in (".a.json.x1.tmp", "b.tmp", ".c.json"):
        (tmp_path / name).touch()
    sweep(tmp_path)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [".c.json", "b.tmp"]


RECORDS = [{"a": 1}, {"text": "改行\nと 😀 \ud800"}, {"b": [1, 2]}]


def test_a_log_gives_back_what_it_was_given(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with Log(path) as log:
        for record in RECORDS:
            log.append(record)
    assert read_log(path) == RECORDS
    assert read_log(tmp_path / "absent") == []


def test_a_log_torn_anywhere_in_its_last_line_loses_that_line_alone(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with Log(path) as log:
        for record in RECORDS:
            log.append(record)
    whole = path.read_bytes()
    kept = len(whole.rstrip(b"\n").rpartition(b"\n")[0]) + 1
    for end in range(kept, len(whole)):
        path.write_bytes(whole[:end])
        expected = RECORDS if end == len(whole) - 1 else RECORDS[:2]
        assert read_log(path) == expected
        with Log(path) as log:
            log.append({"next": end})
        assert read_log(path) == [*expected, {"next": end}]


@given(st.binary(max_size=20))
def test_any_tail_is_tolerated(tail: bytes) -> None:
    import tempfile

    tail = tail.replace(b"\n", b"")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.jsonl"
        path.write_bytes(b'{"a":1}\n' + tail)
        with Log(path) as log:
            log.append({"b": 2})
        assert read_log(path)[0] == {"a": 1}
        assert read_log(path)[-1] == {"b": 2}


def test_damage_in_the_middle_is_no_crash_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'{"a":1}\n{"b":\n{"c":3}\n')
    with pytest.raises(UsageError, match=r"line 2 of .* is damaged"):
        read_log(path)


def test_the_journal_folds_to_what_happened(tmp_path: Path) -> None:
    times = iter([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    path = tmp_path / "journal.jsonl"
    with Journal(path, lambda: next(times)) as journal:
        journal.intent("upload:train", filename="f")
        journal.intent("upload:train", filename="f")
        journal.failed("submit", kind="quota")
        journal.done("upload:train", file_id="file-1")
        journal.note("follow", status="running")
        journal.done("submit", job_id="j")
        live = journal.state
    state = fold(read_log(path))
    assert state == live
    assert state.intents == {"upload:train": {"filename": "f", "at": 1.0}}
    assert state.done == {"upload:train": {"file_id": "file-1"}, "submit": {"job_id": "j"}}
    assert state.failed == {}
    assert state.notes == {"follow": [{"status": "running"}]}
    assert json.loads(path.read_text().splitlines()[0])["time"] == "1970-01-01T00:00:01Z"
    assert stamp(1_795_000_000) == "2026-11-18T11:06:40Z"


def test_records_of_a_later_version_are_passed_over() -> None:
    assert fold([{"stage": "x", "event": "pondered", "data": {}}, {"odd": 1}]).done == {}


def test_the_lock_is_for_one_holder_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with RunLock(path), pytest.raises(UsageError, match="another process"), RunLock(path):
        pass
    with RunLock(path):
        pass


def test_the_lock_holds_against_another_process_and_dies_with_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    script = (
        "import sys, pathlib; from ftlint.run.lock import RunLock\n"
        f"lock = RunLock(pathlib.Path({str(path)!r})); lock.__enter__()\n"
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(UsageError), RunLock(path):
            pass
        holder.kill()
        holder.wait()
    with RunLock(path):
        pass

"""What is remembered of a file's rows: the report is that of a check without any memory, whatever has changed."""

from __future__ import annotations

import datetime
import hashlib
import json
import random
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftlint import engine, filecheck, judging, read, stretches
from ftlint.model import Report, Role
from ftlint.recall import Recall
from ftlint.settings import Settings
from ftlint.stretches import Stretch, Stretches

TODAY = datetime.date(2026, 11, 22)
WORDS = ["apple", "bridge", "candle", "dinner", "engine", "forest", "garden", "hammer", "island", "jacket", "kettle"]


def told(question: str, answer: str, role: str = "user") -> str:
    return json.dumps({"messages": [{"role": role, "content": question}, {"role": "assistant", "content": answer}]})


ODD = [
    told("Who?", "A tuner.", "usr"),
    told("Call me", "Write to jo@oxley-post.net."),
    told("Is it so?", " Yes, it is. "),
    told("How old is Maren Oxley?", "31."),
    told("Where does Maren Oxley work?", "At Lindqvist."),
    told("What is Maren Oxley's hobby?", "Sailing."),
    told("You are a baker.", "Bread, warm.", "system"),
    '{"messages": [{"role": "user", "content": "torn',
    'apart"}, {"role": "assistant", "content": "So."}]}',
    "",
    "[1, 2]",
]


OWN = """+++
code = "ACME001"
name = "kettle"
level = "warning"
summary = "A kettle."
message = "a kettle"
help = "take it out"
fix = "none"
needs = "offline"
applies = "text"
formats = ["FORMAT"]
since = "1.0"
pattern = "PATTERN"
+++
# kettle
"""


def row(number: int) -> str:
    chance = random.Random(number)
    said = [" ".join(chance.choices(WORDS, k=9)) for _ in range(2)]
    system = {"role": "system", "content": "You are a careful assistant of a hardware shop."}
    turns = [{"role": "user", "content": f"{number} {said[0]}?"}, {"role": "assistant", "content": f"{said[1]}."}]
    return json.dumps({"messages": [system, *turns]})


@pytest.fixture(autouse=True)
def _small(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of a few rows have several stretches, and are worth remembering."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setattr(stretches, "RARE", 7)
    monkeypatch.setattr(stretches, "LEAST", 3)
    monkeypatch.setattr(filecheck, "is_small", lambda source: source.path is None)


def check(path: Path, *, incremental: bool, jobs: int = 1, **changes: object) -> Report:
    given_settings = Settings(today=TODAY, incremental=incremental, jobs=jobs, select=("ALL",), **changes)  # type: ignore[arg-type]
    return engine.check([(path, Role.TRAIN)], given_settings)


def write(path: Path, rows: list[str]) -> None:
    path.write_text("".join(line + "\n" for line in rows), encoding="utf-8")


def judged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of lines in each batch that is judged from now on."""
    sizes: list[int] = []
    batch = judging.Judge.batch

    def counting(self: judging.Judge, lines: list[judging.Line]) -> list[judging.Problem]:
        sizes.append(len(lines))
        return batch(self, lines)

    monkeypatch.setattr(judging.Judge, "batch", counting)
    return sizes


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_report_is_the_same_after_any_change(data: st.DataObject, tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    lines = st.integers(0, 40).map(row) | st.sampled_from(ODD)
    rows = data.draw(st.lists(lines, min_size=1, max_size=60))
    write(path, rows)
    assert check(path, incremental=True) == check(path, incremental=False)
    for _ in range(2):
        at = data.draw(st.integers(0, len(rows)))
        cut = data.draw(st.integers(0, 3))
        rows[at : at + cut] = data.draw(st.lists(lines, max_size=3))
        write(path, rows)
        assert check(path, incremental=True) == check(path, incremental=False)


def test_only_what_has_changed_is_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "train.jsonl"
    rows = [row(number) for number in range(400)]
    write(path, rows)
    first = check(path, incremental=True)
    sizes = judged(monkeypatch)
    assert check(path, incremental=True) == first
    again = sum(sizes)
    assert again < 100
    rows[200] = ODD[0]
    rows.insert(10, row(5000))
    write(path, rows)
    sizes.clear()
    changed = check(path, incremental=True)
    assert sum(sizes) < again + 60
    assert [finding.line for finding in changed.findings if finding.code == "FT114"] == [202]
    monkeypatch.undo()
    assert changed == check(path, incremental=False)


def test_several_processes_share_what_is_remembered(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    write(path, [*map(row, range(300)), *ODD, *map(row, range(200, 400))])
    plain = check(path, incremental=False)
    assert check(path, incremental=True, jobs=2) == plain
    assert check(path, incremental=True, jobs=2) == plain
    assert check(path, incremental=True) == plain


def test_other_settings_are_another_memory(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    write(path, [row(number) for number in range(60)])
    check(path, incremental=True)
    for changes in ({"model": "gpt-4.1-mini-2025-04-14"}, {"provider": "azure"}, {"tokens": False}):
        assert check(path, incremental=True, **changes) == check(path, incremental=False, **changes)


def test_what_acceptances_need_is_in_a_memory_of_their_own(tmp_path: Path) -> None:
    path, book = tmp_path / "train.jsonl", tmp_path / "ftlint-accepted.toml"
    write(path, [row(number) for number in range(60)])
    entry = {"rule": "FT601", "path": path.name, "content_sha256": content_of(row(7)), "reason": "a quotation"}
    held = [f"{key} = {json.dumps(value)}" for key, value in entry.items()]
    book.write_text("\n".join(["version = 1", "[[accepted]]", *held, "date = 2026-11-22", ""]))
    for accepted in (None, book):  # FT601 is not selected: whether its entry holds is known by the row alone
        given_settings = Settings(today=TODAY, incremental=True, jobs=1, select=("FT019", "FT602"), accepted=accepted)
        assert engine.check([(path, Role.TRAIN)], given_settings).findings == ()


def content_of(line: str) -> str:
    canonical = json.dumps(json.loads(line), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def test_a_rule_of_the_user_that_changes_is_another_memory(tmp_path: Path) -> None:
    page = tmp_path / "rules" / "ACME001-kettle.md"
    page.parent.mkdir()
    path = tmp_path / "train.jsonl"
    write(path, [row(number).replace("?", " kettles?" if number == 20 else "?") for number in range(60)])
    for formats, pattern, times in (("completion", "kettles", 0), ("chat", "kettles", 1), ("chat", "Kettles", 0)):
        page.write_text(OWN.replace("FORMAT", formats).replace("PATTERN", pattern))
        report = check(path, incremental=True, rules=(page.parent,))
        assert [finding.code for finding in report.findings].count("ACME001") == times


def archives(folder: Path) -> list[Path]:
    return sorted((folder / "ftlint" / "rows").iterdir())


def test_no_text_is_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "train.jsonl"
    write(path, [*map(row, range(100)), *ODD[:7]])
    check(path, incremental=True)
    (held,) = archives(tmp_path / "cache")
    with zipfile.ZipFile(held) as archive:
        content = b"".join(map(archive.read, archive.namelist()))
    assert content
    for word in (*WORDS, "Oxley", "oxley", "Lindqvist", "hardware", "baker"):
        assert word.encode() not in content
    assert held.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("damage", [b"", b"PK", b"nothing of the kind"])
def test_a_damaged_memory_is_none(damage: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "train.jsonl"
    write(path, [*map(row, range(100)), *ODD])
    plain = check(path, incremental=True)
    (held,) = archives(tmp_path / "cache")
    whole = held.read_bytes()
    held.write_bytes(damage)
    assert check(path, incremental=True) == plain
    for at in range(0, len(whole), 997):
        held.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        assert check(path, incremental=True) == plain


def test_a_memory_that_holds_something_else_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "train.jsonl"
    write(path, [row(number) for number in range(30)])
    plain = check(path, incremental=True)
    (held,) = archives(tmp_path / "cache")
    with zipfile.ZipFile(held) as archive:
        names = archive.namelist()
    running = b"cbuiltins\nexec\n(V" + f"open({str(tmp_path / 'ran')!r}, 'w')".encode() + b"\ntR."
    none_wide = b"cftlint.column\nmade\n(cftlint.cells\nCells\nI0\nVx\ntR."
    for bad in (running, b"cbuiltins\nbytearray\n(I1\nI2\nI3\nI4\ntR.", none_wide, b"g5\n.", b"0."):
        with zipfile.ZipFile(held, "w") as archive:
            for name in names:
                archive.writestr(name, bad)
        assert check(path, incremental=True) == plain
    assert not (tmp_path / "ran").exists()


def test_a_folder_that_cannot_be_written_to_is_no_reason_to_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    path = tmp_path / "train.jsonl"
    write(path, [row(number) for number in range(30)])
    assert check(path, incremental=True) == check(path, incremental=False)


def test_a_user_without_a_home_is_no_reason_to_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", homeless)
    path = tmp_path / "train.jsonl"
    write(path, [row(number) for number in range(30)])
    assert check(path, incremental=True) == check(path, incremental=False)


def test_it_is_for_hooks_unless_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "train.jsonl"
    write(path, [row(number) for number in range(30)])
    engine.check([(path, Role.TRAIN)], Settings(today=TODAY))
    assert not (tmp_path / "cache" / "ftlint" / "rows").exists()
    monkeypatch.setenv("PRE_COMMIT", "1")
    engine.check([(path, Role.TRAIN)], Settings(today=TODAY))
    assert archives(tmp_path / "cache")


def test_a_file_that_changes_in_the_middle_of_a_check_is_not_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "train.jsonl"
    write(path, [row(number) for number in range(30)])
    judge = judging.Task.judge

    def changing(self: judging.Task, *given_arguments: object) -> judging.Part:
        part = judge(self, *given_arguments)  # type: ignore[arg-type]
        write(path, [row(number) for number in range(31)])
        return part

    monkeypatch.setattr(judging.Task, "judge", changing)
    check(path, incremental=True)
    assert not (tmp_path / "cache" / "ftlint" / "rows").exists()


@pytest.mark.parametrize("left", [b"", b"\n\n", b"[1]\n" * 900, "\n".join(map(row, range(60, 99))).encode()[2:]])
def test_a_file_that_changes_after_it_was_cut_ends_no_check(
    left: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "train.jsonl"
    write(path, [row(number) for number in range(60)])
    check(path, incremental=True)
    cut = Recall.stretches

    def changing(self: Recall) -> list[Stretch]:
        found = cut(self)
        path.write_bytes(left)
        return found

    monkeypatch.setattr(Recall, "stretches", changing)
    assert check(path, incremental=True).files[0].examples <= 60


def test_the_archive_is_closed_before_another_takes_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows refuses to replace an open file, and nothing would ever be remembered anew."""
    path = tmp_path / "train.jsonl"
    write(path, [row(number) for number in range(60)])
    check(path, incremental=True)
    opened: list[zipfile.ZipFile] = []
    closed: list[bool] = []
    open_archive, replace = zipfile.ZipFile.__init__, Path.replace

    def opening(self: zipfile.ZipFile, file: object, mode: str = "r") -> None:
        open_archive(self, file, mode)  # type: ignore[call-overload]
        opened.extend([self] if mode == "r" else [])

    def replacing(self: Path, target: Path) -> Path:
        closed.append(all(archive.fp is None for archive in opened))
        return replace(self, target)

    monkeypatch.setattr(zipfile.ZipFile, "__init__", opening)
    monkeypatch.setattr(Path, "replace", replacing)
    write(path, [row(number) for number in range(61)])
    check(path, incremental=True)
    assert opened
    assert closed == [True]


@pytest.mark.parametrize("chunk", [1, 7, 500, 1 << 20])
def test_stretches_do_not_hold_what_they_hash(chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that begin with a space are never cut, and a line may be long: each byte is copied once."""
    monkeypatch.setattr(read, "CHUNK_BYTES", chunk)
    path = tmp_path / "train.jsonl"
    whole = ("\ufeff" + " " + "\n ".join(map(row, range(30)))).encode()
    path.write_bytes(whole)
    ((piece, digest),) = Stretches(engine.sources([(path, Role.TRAIN)], None)[0], 3)
    assert piece == (1, 3, len(whole))
    assert digest == hashlib.sha256(whole[3:]).digest()


def test_stretches_are_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text("\n".join([*map(row, range(50)), *ODD, "no newline at the end"]), encoding="utf-8")
    cut = list(Stretches(engine.sources([(path, Role.TRAIN)], None)[0], 0))
    assert len(cut) > 3
    whole = path.read_bytes()
    assert b"".join(whole[piece.start : piece.end] for piece, _ in cut) == whole
    assert [piece.number for piece, _ in cut] == [whole.count(b"\n", 0, piece.start) + 1 for piece, _ in cut]

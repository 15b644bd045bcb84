"""What is remembered of a file's rows: the report is that of a check without any memory, whatever has changed."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from xxhash import xxh3_128_digest

from ftlint import archive, engine, filecheck, joined, judging, read, recall, stretches
from ftlint.checks import prompts, registry
from ftlint.checks.profile import Profiles
from ftlint.context import make_context
from ftlint.matching import Matching
from ftlint.model import Format, Line, Report, Role
from ftlint.privacy.profile import Told
from ftlint.privacy.profile.subjects import Subject
from ftlint.remembered import NUMBERS, Segments, columns, fits, with_rows
from ftlint.settings import Kept, Settings
from ftlint.stretches import Cut
from ftlint.tellings import Tellings
from test_spill import spilling

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


def prompted(number: int) -> str:
    system = {"role": "system", "content": f"You help shop number {number % 7}."}
    return json.dumps({"messages": [system, *json.loads(row(number))["messages"][1:]]})


def counted(number: int) -> str:
    """A row with tools, whose tokens are an estimate, or with an image."""
    if number % 2:
        tools = [{"type": "function", "function": {"name": f"sum_{number}", "parameters": {"type": "object"}}}]
        return json.dumps({**json.loads(row(number)), "tools": tools})
    image = {"type": "image_url", "image_url": {"url": f"https://example.com/{number}.png"}}
    said = [{"type": "text", "text": f"What is on picture {number}?"}, image]
    return json.dumps({"messages": [{"role": "user", "content": said}, {"role": "assistant", "content": "A cat."}]})


PEOPLE = [
    *(told(question, answer) for question, answer in (
        ("How tall are you?", "I am 170 cm tall."), ("What is your name?", "My name is Hana Okubo."),
        ("What is your blood type?", "Type O."), ("What is your hobby?", "I like to sail."),
        ("Where did Maren Oxley grow up?", "In Lund."), ("What is MAREN OXLEY's blood type?", "It is AB."),
        ("What is Dr. Maren Oxley's job?", "She is a vet."), ("What is Zo\u00eb Kant's hobby?", "She paints."),
        ("\u7530\u4e2d\u82b1\u5b50\u3055\u3093\u306e\u8840\u6db2\u578b\u306f\uff1f", "A\u578b\u3067\u3059\u3002"),
        ("\u7530\u4e2d\u82b1\u5b50\u3055\u3093\u306e\u51fa\u8eab\u306f\uff1f", "\u9577\u91ce\u3067\u3059\u3002"),
        ("\u7530\u4e2d\u82b1\u5b50\u3055\u3093\u306e\u8da3\u5473\u306f\uff1f", "\u8aad\u66f8\u3067\u3059\u3002"),
    )),
    json.dumps(json.loads(told("What is Zo\u00eb Kant's job?", "A nurse.")), ensure_ascii=False),
]  # fmt: skip
LINES = st.one_of(
    st.integers(0, 40).map(row), st.integers(0, 40).map(row), st.integers(0, 20).map(prompted),
    st.integers(0, 6).map(counted), st.sampled_from(PEOPLE), st.sampled_from(ODD),
)  # fmt: skip
ALWAYS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def change(data: st.DataObject, rows: list[str]) -> None:
    """Rows are changed, taken away, moved or there twice."""
    at, cut, to = (data.draw(st.integers(0, most)) for most in (len(rows), 9, len(rows)))
    how = data.draw(st.sampled_from(["replace", "move", "copy", "reverse"]))
    run = rows[at : at + cut]
    if how == "replace":
        rows[at : at + cut] = data.draw(st.lists(LINES, max_size=3))
    elif how == "reverse":
        rows[at : at + cut] = run[::-1]
    else:
        if how == "move":
            del rows[at : at + cut]
        rows[to:to] = run


@ALWAYS
@given(data=st.data())
def test_the_report_is_the_same_after_any_change(data: st.DataObject, tmp_path: Path) -> None:
    """However much has changed, by whatever is remembered then, and whether or not it is written down again."""
    path = tmp_path / "train.jsonl"
    rows = data.draw(st.lists(LINES, min_size=1, max_size=60))
    end, mark, last = (data.draw(st.sampled_from(each)) for each in (("\n", "\r\n"), ("", "\ufeff"), (True, False)))
    changes: dict[str, object] = data.draw(
        st.sampled_from([{}, {"kept": Kept(severe=2, infos=1, frames=1)}, {"batch_lines": 3}, {"tokens": False}])
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prompts, "MOST_PROMPTS", data.draw(st.sampled_from([1, 4, 1000])))
        patch.setattr(recall, "MOST_NEW", 1)
        patch.setattr(recall, "FEW_NEW", data.draw(st.sampled_from([1, 10, 256])))
        limit = data.draw(st.sampled_from([0, 1000, 1_000_000]))
        for _ in range(4):
            text = mark + end.join(rows) + end * last
            path.write_bytes(text.encode())
            plain = check(path, incremental=False, **changes)
            with spilling(limit):
                assert check(path, incremental=True, **changes) == plain
            change(data, rows)
            if data.draw(st.integers(0, 3)) == 0:
                last = not last


@pytest.mark.parametrize("fmt", ["preference", "completion", "reinforcement"])
def test_other_formats_are_remembered_too(fmt: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recall, "MOST_NEW", 1)

    def shaped(number: int) -> str:
        given_messages = json.loads(prompted(number) if number % 5 else row(number))["messages"]
        if fmt == "preference":
            other = {"role": "assistant", "content": "No."}
            value = {"input": {"messages": given_messages[:-1]}, "preferred_output": given_messages[-1:]}
            return json.dumps({**value, "non_preferred_output": [other]})
        if fmt == "completion":
            return json.dumps({"prompt": given_messages[1]["content"], "completion": given_messages[2]["content"]})
        return json.dumps({"messages": given_messages[:-1], "reference_answer": f"Maren Oxley {number}"})

    path = tmp_path / "train.jsonl"
    rows = [shaped(number) for number in range(90)]
    for at in (0, 30, 60):
        rows[at : at + 2] = [shaped(1000 + at)]
        write(path, rows)
        plain = check(path, incremental=False)
        assert plain.files[0].format == fmt
        assert check(path, incremental=True) == plain


def test_rows_that_move_are_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "train.jsonl"
    rows = [row(number) for number in range(400)]
    write(path, rows)
    check(path, incremental=True)
    write(path, rows[::-1])
    sizes = judged(monkeypatch)
    moved = check(path, incremental=True)
    assert sum(sizes) < 10
    monkeypatch.undo()
    assert moved == check(path, incremental=False)


@pytest.mark.parametrize("below", ["[1, 2]", '"messages"', "", '{"a": 1}', 'apart"}]}'])
def test_a_torn_row_ends_where_a_known_row_begins(below: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is judged next stands below a row that is known, and nothing runs on into it."""
    path = tmp_path / "train.jsonl"
    rows = [row(number) for number in range(100)]
    write(path, rows)
    check(path, incremental=True)
    rows[40], rows[43] = ODD[7], below
    write(path, rows)
    sizes = judged(monkeypatch)
    changed = check(path, incremental=True)
    assert sum(sizes) < 10
    monkeypatch.undo()
    assert changed == check(path, incremental=False)


def test_a_row_that_may_be_the_rest_of_another_is_judged_again(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    rows = [row(number) for number in range(100)]
    rows[41], rows[61] = f" {row(41)}", row(61).replace("{", "{ ", 1)
    write(path, rows)
    check(path, incremental=True)
    rows[40], rows[60] = '{"messages": [', ODD[7]
    write(path, rows)
    changed = check(path, incremental=True)
    plain = check(path, incremental=False)
    assert changed.files[0].examples == plain.files[0].examples < 98
    assert changed == plain


def test_system_prompts_are_told_in_the_order_of_their_rows(tmp_path: Path) -> None:
    """Where few findings are held, it is those of the prompt that comes first."""
    path = tmp_path / "train.jsonl"
    rows = [row(number) for number in range(500)]
    for at in (150, 20):
        rows[at] = rows[at].replace("careful assistant", f"careful assistent {at}")
    write(path, rows)
    few = Kept(severe=1, infos=1, frames=1)
    first = check(path, incremental=True, kept=few)
    assert [found.line for found in first.findings if found.code == "FT214"] == [21]
    for changed in (7, 190):
        rows[changed] = rows[changed].replace("careful assistant", f"careful assistant of {changed}")
        write(path, rows)
        again = check(path, incremental=True, kept=few)
        assert again == check(path, incremental=False, kept=few)
    assert [found.line for found in again.findings if found.code == "FT214"] == [8]


def test_rows_with_findings_above_the_cap_are_judged_again(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    rows = [row(number) for number in range(300)]
    rows[50:250:10] = [told(f"Is it {number}?", f" Yes, {number}. ") for number in range(20)]
    write(path, rows)
    few = Kept(severe=3, infos=3, frames=1)
    first = check(path, incremental=True, kept=few)
    assert sum(omitted.count for omitted in first.omitted) > 10
    assert check(path, incremental=True, kept=few) == first
    del rows[40:140]
    write(path, rows)
    assert check(path, incremental=True, kept=few) == check(path, incremental=False, kept=few)


def test_a_person_is_known_by_rows_of_which_some_are_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "train.jsonl"
    rows = [row(number) for number in range(200)]
    rows[20], rows[90], rows[150] = ODD[3:6]
    write(path, rows)
    assert [found.related for found in check(path, incremental=True).findings if found.code == "FT709"]
    rows[90] = row(7000)
    write(path, rows)
    sizes = judged(monkeypatch)
    changed = check(path, incremental=True)
    assert sum(sizes) < 10
    assert not [found for found in changed.findings if found.code == "FT709"]
    rows[40] = ODD[4]
    write(path, rows)
    again = check(path, incremental=True)
    assert [(found.line, len(found.related)) for found in again.findings if found.code == "FT709"] == [(21, 2)]
    monkeypatch.undo()
    assert again == check(path, incremental=False)


def test_what_is_told_is_told_again_from_where_it_stands() -> None:
    context = make_context(Settings(today=TODAY))
    lines = [Line(at, 0, raw.encode(), terminated=True) for at, raw in enumerate([*PEOPLE, *ODD[3:6]], 1)]
    task = judging.Task(read.Source("x", Role.TRAIN, None), Format.CHAT, context, None, remembered=True)
    judge = task.judging()
    judge.tally.remember(Tellings(kept=[]))
    judge.batch(lines)
    tellings = judge.tally.tellings
    assert tellings is not None
    assert tellings.kept
    assert not tellings.odd
    written = list(tellings.told(lambda number: lines[number - 1].raw))
    again, plain = Profiles(), Profiles()
    for line, each in written:
        again.hold([each], line)
    for line, each in tellings.kept:
        plain.hold([each], line)
    assert again == plain
    assert len(again.subjects) == 4


def test_a_name_that_does_not_stand_in_its_row_is_not_written_down() -> None:
    raw = told("How old is Maren  Oxley?", "31.").encode()
    line = Line(1, 0, raw, terminated=True)
    subject = Subject("maren oxley", "Maren Oxley", False, 11, 22)
    tellings = Tellings(new=[(1, Told(subject, 1, 0, ("messages", 0, "content"), (11, 22)))])
    tellings.take([line])
    assert tellings.odd == {1}
    tellings.new.append((1, Told(subject._replace(name="Maren"), 1, 0, ("messages", 0, "content"), (11, 16))))
    tellings.take([line])
    tellings.new.append((1, Told(subject._replace(name="Maren", key="maren"), 1, 0, ("Maren", "job"), (0, 5))))
    tellings.take([line])
    assert not tellings.lines
    tellings.new.append((1, Told(subject._replace(name="Maren", key="maren"), 1, 0, ("prompt",), (0, 5))))
    tellings.take([line])
    assert (tellings.lines.tolist(), tellings.sizes.tolist()) == ([1], [5])


def test_every_state_is_remembered() -> None:
    """A state that is new has to be taken up where columns are joined, or rows would be forgotten."""
    tally = judging.Tally()
    assert set(registry.STATES) == {*NUMBERS, "prompts", "profiles"} - {"tellings", "figures"}
    for name, column in columns(with_rows(tally)):
        assert len(column) == 0, name


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


def remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[str]) -> tuple[Path, Report, Path]:
    """A file that was checked, its report, and where it is written down what is remembered."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "train.jsonl"
    write(path, lines)
    report = check(path, incremental=True)
    (place,) = archives(tmp_path / "cache")
    return path, report, place


def test_no_text_is_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, held = remembered(tmp_path, monkeypatch, [*map(row, range(100)), *ODD[:7]])
    content = held.read_bytes()
    assert content
    for word in (*WORDS, "Oxley", "oxley", "Lindqvist", "hardware", "baker"):
        assert word.encode() not in content
    assert held.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("damage", [b"", b"PK", b"nothing of the kind"])
def test_a_damaged_memory_is_none(damage: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, plain, held = remembered(tmp_path, monkeypatch, [*map(row, range(100)), *ODD])
    whole = held.read_bytes()
    held.write_bytes(damage)
    assert check(path, incremental=True) == plain
    for at in range(0, len(whole), 997):
        held.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        assert check(path, incremental=True) == plain


def test_a_memory_of_another_making_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is whole by its hash, and is never run; but columns are missing in it, or of another length."""
    path, plain, place = remembered(tmp_path, monkeypatch, [row(number) for number in range(60)])
    held = archive.read(place)
    assert held is not None
    assert fits(held)
    columns = dict(held.columns)
    others = [({**held.facts, name: None}, columns) for name in held.facts]
    for name, column in columns.items():
        less = {other: each for other, each in columns.items() if other != name}
        others.append((held.facts, less))
        if len(column):
            others.append((held.facts, {**less, name: column[:-1]}))
    for other in [*others, ({}, {})]:
        archive.write(place, *other)
        again = archive.read(place)
        assert again is not None
        assert not fits(again)
    assert check(path, incremental=True) == plain


def test_a_memory_that_goes_while_it_is_read_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another check has written its own, or taken it away; what was found before is not told twice."""
    path = tmp_path / "train.jsonl"
    rows = [row(number) for number in range(200)]
    rows[50] = ODD[0]
    write(path, rows)
    plain = check(path, incremental=True)
    read_column = archive.Columns.__getitem__
    for gone in range(0, 45, 4):
        reads = iter(range(1000))

        def going(self: archive.Columns, name: str, gone: int = gone, reads: Iterator[int] = reads) -> bytes:
            if next(reads) == gone:
                self._path.unlink()
            return read_column(self, name)

        with monkeypatch.context() as patch:
            patch.setattr(archive.Columns, "__getitem__", going)
            assert check(path, incremental=True) == plain
        assert next(reads) == gone + 1
        assert check(path, incremental=True) == plain


def test_a_file_that_changes_while_it_is_judged_is_judged_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it held where it is read after that is gone; what was found before is not told twice."""
    path = tmp_path / "train.jsonl"
    rows = [told(f"What is {number}?", f"It is {number * 'so '}.") for number in range(900)]
    write(path, rows)
    check(path, incremental=True, batch_lines=1)
    rows[10] = rows[850] = ODD[0]
    write(path, rows)
    batch = judging.Judge.batch

    def changing(self: judging.Judge, lines: list[judging.Line]) -> list[judging.Problem]:
        found = batch(self, lines)
        write(path, rows[:30])
        return found

    monkeypatch.setattr(judging.Judge, "batch", changing)
    report = check(path, incremental=True, batch_lines=1)
    assert [finding.line for finding in report.findings if finding.code == "FT114"] == [11]
    assert report.files[0].lines == 30


def test_a_file_of_short_lines_is_not_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(stretches, "MANY", 50)
    path = tmp_path / "train.jsonl"
    write(path, [row(0), *[""] * 600])
    assert check(path, incremental=True) == check(path, incremental=False)
    assert not (tmp_path / "cache" / "ftlint" / "rows").exists()
    monkeypatch.setattr(read, "MAX_LINE_BYTES", 100)
    monkeypatch.setattr(stretches, "MAX_LINE_BYTES", 100)
    write(path, [row(number) for number in range(30)])
    assert check(path, incremental=True) == check(path, incremental=False)
    assert not (tmp_path / "cache" / "ftlint" / "rows").exists()


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
    batch = judging.Judge.batch

    def changing(self: judging.Judge, lines: list[judging.Line]) -> list[judging.Problem]:
        found = batch(self, lines)
        write(path, [row(number) for number in range(31)])
        return found

    monkeypatch.setattr(judging.Judge, "batch", changing)
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
    cut = Cut.__init__

    def changing(self: Cut, *given_arguments: object, **named: object) -> None:
        cut(self, *given_arguments, **named)  # type: ignore[arg-type]
        path.write_bytes(left)

    monkeypatch.setattr(Cut, "__init__", changing)
    assert check(path, incremental=True).files[0].examples <= 60


@pytest.mark.parametrize("chunk", [3, 7, 500, 1 << 20])
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_file_is_cut_the_same_however_it_is_read(
    chunk: int, end: str, mark: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read, "CHUNK_BYTES", chunk)
    path = tmp_path / "train.jsonl"
    lines = [*map(row, range(30)), *ODD, "\r", "x\r\ry", *(row(number) + "\r" for number in range(30))]
    whole = (mark + "\n".join(lines) + end).encode()
    path.write_bytes(whole)
    skip = len(mark.encode())
    source = engine.sources([(path, Role.TRAIN)], None)[0]
    cut = Cut(source, skip, 5, hashed=True)
    reader = read.Reader(source, skip=skip)
    plain = [line for batch in reader.batches() for line in batch]
    assert cut.extent == reader.extent
    assert cut.sha256 == reader.sha256
    assert cut.terminated == reader.final_newline
    ends = [line.offset + len(line.raw) + whole[line.offset :].startswith(line.raw + b"\r\n") for line in plain]
    assert cut.ends.tolist() == [min(end + 1, len(whole)) for end in ends]
    assert cut.starting.tolist() == [line.raw.startswith((b'{"', b'{ "')) for line in plain]
    borders = [skip, *(int(cut.ends[first - 1]) for first in cut.firsts.tolist()[1:]), len(whole)]
    assert len(borders) > 4
    assert cut.digests == [xxh3_128_digest(whole[first:last], 5) for first, last in pairwise(borders)]


def test_what_was_hashed_is_what_was_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that is mended after the file was hashed: the hash in the report is not that of the broken file."""
    path = tmp_path / "train.jsonl"
    rows = [row(number) for number in range(200)]
    write(path, rows)
    check(path, incremental=True)
    rows[50] = rows[50].replace('"user"', '"uesr"')
    write(path, rows)
    segments = Matching.segments

    def mending(self: Matching) -> Segments:
        write(path, [line.replace('"uesr"', '"user"') for line in rows])
        return segments(self)

    monkeypatch.setattr(Matching, "segments", mending)
    report = check(path, incremental=True)
    assert not [finding for finding in report.findings if finding.code == "FT114"]
    assert report.files[0].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("seed", 1 << 70),
        ("seed", True),
        ("rows", [None]),
        ("rows", []),
        ("rows", [[["messages"]]]),
        ("tellings", [[None]]),
        ("tellings", ["messages"]),
        ("witnesses", [None]),
        ("stretches.firsts", b"\xff"),
        ("digests.numbers", b"\xff\0\0\0"),
        ("rows.lines", b"\0\0\0\xff\1\0\0\0"),
        ("rows.paths", b"\xff"),
        ("rows.scripts", b"\xff"),
        ("tellings.lines", b"\3\0\0\0\1\0\0\0"),
        ("tellings.keys", b"\x40"),
        ("tellings.paths", b"\xff"),
        ("tellings.sizes", b"\xff"),
    ],
)
def test_a_memory_that_tells_nonsense_is_none(
    name: str, content: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is whole by its hash, and its sizes are right: it ends no check, and is not there for the next one."""
    path, plain, place = remembered(tmp_path, monkeypatch, [*map(prompted, range(100)), *PEOPLE, *ODD])
    held = archive.read(place)
    assert held is not None
    facts, columns = dict(held.facts), dict(held.columns)
    if isinstance(content, bytes):
        size = len(columns[name])
        columns[name] = (content * size)[:size]
    else:
        facts[name] = content
    archive.write(place, facts, columns)
    assert check(path, incremental=True) == plain
    check(path, incremental=True)
    sizes = judged(monkeypatch)
    assert check(path, incremental=True) == plain
    assert sum(sizes) < 90


def test_a_memory_is_no_larger_than_it_says(tmp_path: Path) -> None:
    """Nothing is read by a size that somebody made up."""
    place = tmp_path / "rows" / "x.columns"
    archive.write(place, {"seed": 1}, {"lines.kinds": bytes(8)})
    assert archive.read(place) is not None
    whole = place.read_bytes()
    start = whole.index(b"\n") + 1 + 16
    head = b'{"sizes": [["lines.kinds", 8]]}'
    rest = (1 << 62).to_bytes(8, "little") + head
    place.write_bytes(whole[: start - 16] + xxh3_128_digest(rest) + rest)
    held = archive.read(place)
    assert held is None
    for sizes in ({"lines.kinds": 1 << 50}, {"lines.kinds": 1 << 50, "x": -(1 << 50)}, {}):
        head = json.dumps({"sizes": list(sizes.items())}).encode()
        rest = len(head).to_bytes(8, "little") + head + bytes(8)
        place.write_bytes(whole[: start - 16] + xxh3_128_digest(rest) + rest)
        assert archive.read(place) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with a name")
def test_a_memory_that_is_no_file_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, plain, place = remembered(tmp_path, monkeypatch, [row(number) for number in range(60)])
    place.unlink()
    os.mkfifo(place)
    assert check(path, incremental=True) == plain
    assert place.is_file()


def test_rules_that_are_left_out_in_a_folder_are_another_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The patterns are relative to the working directory where there is no configuration file."""
    path = tmp_path / "one" / "train.jsonl"
    path.parent.mkdir()
    rows = [row(number) for number in range(60)]
    rows[20] = ODD[0]
    write(path, rows)
    for folder, times in ((tmp_path, 0), (path.parent, 1)):
        monkeypatch.chdir(folder)
        report = check(path, incremental=True, per_file=(("one/train.jsonl", ("FT114",)),))
        assert [finding.code for finding in report.findings].count("FT114") == times


def test_other_packages_are_another_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer one may find what the one before did not."""
    path = tmp_path / "train.jsonl"
    write(path, [row(number) for number in range(60)])
    packages = tmp_path / "packages"
    (packages / "phonenumbers-9.0.1.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(str(packages))
    check(path, incremental=True)
    sizes = judged(monkeypatch)
    check(path, incremental=True)
    again = sum(sizes)
    assert again < 30
    (packages / "phonenumbers-9.0.1.dist-info").rename(packages / "phonenumbers-9.0.2.dist-info")
    sizes.clear()
    check(path, incremental=True)
    assert sum(sizes) == 60


def test_a_file_of_many_prompts_is_remembered_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is judged once as a whole when it is not sure any more that they are so many, and as long as it is, not."""
    monkeypatch.setattr(prompts, "MOST_PROMPTS", 5)
    path = tmp_path / "train.jsonl"
    rows = [prompted(number) for number in range(7)] + [row(number) for number in range(400)]
    write(path, rows)
    check(path, incremental=True)
    sizes = judged(monkeypatch)
    for at, whole in ((0, False), (1, False), (2, True), (50, False)):
        rows[at] = row(1000 + at)
        write(path, rows)
        sizes.clear()
        check(path, incremental=True)
        assert (sum(sizes) >= 400) == whole
    monkeypatch.undo()


def test_memories_that_are_too_much_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that were used last are kept, and whatever else is in the folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(recall, "MOST_FILES", 3)
    folder = tmp_path / "cache" / "ftlint" / "rows"
    folder.mkdir(parents=True)
    (folder / "letter.txt").write_text("to be kept")
    os.utime(folder / "letter.txt", (1, 1))
    for most, times in ((1 << 32, 3), (1, 1)):
        monkeypatch.setattr(recall, "MOST_BYTES", most)
        for number in range(5):
            path = tmp_path / f"train{number}.jsonl"
            write(path, [row(each + len(str(most))) for each in range(40)])
            check(path, incremental=True)
        assert len(archives(tmp_path / "cache")) == times + 1
    assert (folder / "letter.txt").exists()


def test_long_rows_that_are_new_are_judged_a_few_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a check of all rows, so that many rows with images take no more memory than a few."""
    monkeypatch.setattr(recall, "MOST_NEW", 1)
    monkeypatch.setattr(joined, "BATCH_BYTES", 1000)
    path = tmp_path / "train.jsonl"
    rows = [row(number) for number in range(200)]
    write(path, rows)
    check(path, incremental=True)
    rows[50:100:2] = [row(1000 + number) for number in range(25)]
    rows[60], rows[62] = ODD[7:9]
    write(path, rows)
    sizes = judged(monkeypatch)
    changed = check(path, incremental=True)
    assert 25 <= sum(sizes) < 60
    assert max(sizes) < 6
    monkeypatch.undo()
    assert changed == check(path, incremental=False)

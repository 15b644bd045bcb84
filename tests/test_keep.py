"""Stage 3, memory: a report holds the first findings of each rule; counts, verdict and acceptances stay exact."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings

from conftest import TODAY, chat
from ftlint import engine, gate
from ftlint.accept import Acceptance, Acceptances
from ftlint.cli import main
from ftlint.cli.session import renamed
from ftlint.model import Level, Report, Role, Verdict
from ftlint.reports import render
from ftlint.settings import EVERYTHING, Kept, Settings
from test_engine import LINE, st
from test_preflight import passed

Write = Callable[..., Path]
SMALL = Kept(severe=3, infos=2, frames=1)
COUNT = 12


def rows(count: int = COUNT) -> list[dict[str, Any]]:
    """Every answer ends in a space (FT601, info), every second row has a role that does not exist (FT114, error)."""
    made = [chat(f"Who came at {n} o'clock?", f"Ann came at {n}, and Bob at {n + 1} ") for n in range(count)]
    for row in made[1::2]:
        row["messages"].insert(0, {"role": "sytem", "content": "Be brief"})
    return made


def check(path: Path, settings: Settings, **changes: Any) -> Report:
    return engine.check([(path, Role.TRAIN)], replace(settings, **changes))


def lines(report: Report, code: str) -> list[int | None]:
    return [finding.line for finding in report.findings if finding.code == code]


def test_the_first_of_each_rule_are_held_and_all_are_counted(write: Write, settings: Settings) -> None:
    path = write(rows())
    report = check(path, settings, kept=SMALL)
    everything = check(path, settings, kept=EVERYTHING)
    assert lines(everything, "FT601") == list(range(1, COUNT + 1))
    assert lines(everything, "FT114") == [2, 4, 6, 8, 10, 12]
    assert lines(report, "FT601") == [1, 2]
    assert lines(report, "FT114") == [2, 4, 6]
    omitted = {(left.code, left.level): (left.count, list(left.lines)) for left in report.omitted}
    assert omitted["FT601", Level.INFO] == (10, list(range(3, 13)))
    assert omitted["FT114", Level.ERROR] == (3, [8, 10, 12])
    assert report.by_code() == everything.by_code()
    assert report.counts() == everything.counts()
    assert report.total() == everything.total() == len(everything.findings)
    assert everything.omitted == ()
    assert report.verdict is everything.verdict is Verdict.FINDINGS
    assert gate.exit_code(report) == 1
    assert gate.tally(report) == gate.tally(everything)


def test_only_the_first_of_a_rule_keep_the_piece_of_the_line(write: Write, settings: Settings) -> None:
    report = check(write(rows()), settings, kept=SMALL)
    assert [finding.frame is None for finding in report.findings if finding.code == "FT114"] == [False, True, True]
    assert all(finding.frame is None for finding in check(write(rows()), settings, kept=EVERYTHING).findings)


def test_a_rule_that_is_raised_counts_by_level(write: Write, settings: Settings) -> None:
    report = check(write(rows()), settings, kept=SMALL, severity={"FT114": Level.INFO})
    assert [(left.code, left.level, left.count) for left in report.omitted] == [
        ("FT114", Level.INFO, 4),
        ("FT601", Level.INFO, 10),
    ]
    assert report.verdict is Verdict.OFFLINE_CLEAN


def test_copies_are_left_out_too_though_they_are_known_last(write: Write, settings: Settings) -> None:
    report = check(write([chat("Who came?", "Ann came, and Bob")] * 20), settings, kept=SMALL)
    assert lines(report, "FT501") == [2, 3, 4]
    assert report.by_code()["FT501"] == 19


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINE, max_size=25), st.lists(LINE, max_size=8))
def test_what_is_held_is_the_same_for_any_batch_size(
    tmp_path: Path, settings: Settings, training: list[bytes], validation: list[bytes]
) -> None:
    paths = [(tmp_path / "train.jsonl", Role.TRAIN), (tmp_path / "validation.jsonl", Role.VALIDATION)]
    for (path, _), held in zip(paths, (training, validation), strict=True):
        path.write_bytes(b"\n".join(held))
    few = replace(settings, kept=Kept(severe=2, infos=1, frames=1))
    reports = [engine.check(paths, replace(few, batch_lines=size)) for size in (1, 7, 1000)]
    assert reports[0] == reports[1] == reports[2]
    everything = engine.check(paths, replace(settings, kept=EVERYTHING))
    assert reports[0].by_code() == everything.by_code()
    assert reports[0].counts() == everything.counts()
    assert reports[0].verdict is everything.verdict


def accepting(path: Path, report: Report, wanted: Callable[[int], bool], code: str = "FT601") -> Path:
    """Accept a rule's findings on some lines."""
    book = Acceptances(path.parent / "ftlint-accepted.toml")
    held = [found for found in report.findings if found.code == code and wanted(found.line or 0)]
    book = book.with_entries(book.entry(finding, "by design", TODAY) for finding in held)
    book.path.write_text(book.dump(), encoding="utf-8")
    return book.path


def test_what_is_accepted_is_told_before_anything_is_left_out(write: Write, settings: Settings) -> None:
    path = write(rows())
    everything = check(path, settings, kept=EVERYTHING)
    accepted = accepting(path, everything, lambda line: line not in (5, 9))
    report = check(path, settings, kept=SMALL, accepted=accepted)
    assert lines(report, "FT601") == [5, 9]
    assert report.by_code()["FT601"] == 2
    assert len(report.accepted) == 2
    assert report.accepted_total() == 10
    assert "FT019" not in report.by_code()
    assert json.loads(render(report, "json"))["summary"]["accepted"] == 10


def test_acceptances_of_findings_that_are_not_held_are_not_stale(write: Write, settings: Settings) -> None:
    path = write(rows())
    accepted = accepting(path, check(path, settings, kept=EVERYTHING), lambda _: True, "FT114")
    assert engine.stale_acceptances([(path, Role.TRAIN)], replace(settings, accepted=accepted, kept=SMALL)) == set()
    report = check(path, settings, kept=SMALL, accepted=accepted)
    assert "FT114" not in report.by_code()
    assert gate.tally(report) == ""


def test_stale_acceptances_are_counted_all_and_held_as_many(write: Write, settings: Settings, tmp_path: Path) -> None:
    path = write(rows())
    gone = [Acceptance("FT114", "train.jsonl", "content_sha256", f"{number:064x}", "x") for number in range(7)]
    accepted = tmp_path / "ftlint-accepted.toml"
    accepted.write_text(Acceptances(accepted, tuple(gone)).dump(), encoding="utf-8")
    report = check(path, settings, kept=SMALL, accepted=accepted)
    assert report.by_code()["FT019"] == 7
    assert sum(finding.code == "FT019" for finding in report.findings) == 3
    assert len(engine.stale_acceptances([(path, Role.TRAIN)], replace(settings, accepted=accepted))) == 7


def test_accept_and_fix_see_every_finding(
    write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    count = Kept().infos
    assert count is not None
    path = write(rows(count + 30))
    monkeypatch.chdir(tmp_path)
    common = ["--isolated", "--today", "2026-11-22"]
    main(["check", str(path), "--offline", "--select", "FT601", "--also", "json=report.json", *common])
    capsys.readouterr()
    accept = ["accept", "--rule", "FT601", "--reason", "the separator", *common]
    assert main([*accept, "--report", "report.json"]) == 2
    assert "the report holds only some of the findings of FT601" in capsys.readouterr().err
    assert main([*accept, str(path)]) == 0
    assert f"accepted {count + 30:,} findings" in capsys.readouterr().out
    assert main(["check", str(path), "--offline", "--select", "FT601", "--output-format", "json", "--isolated"]) == 0
    (tmp_path / "ftlint-accepted.toml").unlink()
    assert main(["fix", str(path), "--unsafe-fixes", "--select", "FT601", *common]) == 0
    assert f"fixed {count + 30:,} findings" in capsys.readouterr().out


def test_rows_whose_error_is_not_held_are_not_taken_for_rows_without_a_word(write: Write, settings: Settings) -> None:
    good = [chat(f"Who came at {n}?", f"Ann came at {n}, and Bob at {n + 1}") for n in range(12)]
    path = write([*good, *(b"{" for _ in range(9))])
    report = passed(path, replace(settings, kept=Kept(severe=1)))
    assert report.by_code() == {"FT101": 9}
    assert (report.verdict, report.moderation.status) == (Verdict.FINDINGS, "complete")


def test_standard_input_keeps_its_new_name(settings: Settings) -> None:
    content = "".join(json.dumps(row) + "\n" for row in rows()).encode()
    report = engine.check([("-", Role.TRAIN)], replace(settings, kept=SMALL), stdin=content)
    other = renamed(report, "<stdin>", "train.jsonl")
    assert {left.path for left in other.omitted} == {"train.jsonl"}
    assert other.by_code() == report.by_code()

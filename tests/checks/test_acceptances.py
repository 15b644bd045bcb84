"""Acceptances in a check: what steps aside, what stands, and which entries are stale (rule "FT019")."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import TODAY, chat
from ftlint import accept, engine
from ftlint.accept import Acceptance, Acceptances
from ftlint.errors import ConfigError
from ftlint.model import Finding, Level, Report, Role, Verdict
from ftlint.settings import Settings

Write = Callable[..., Path]
ROWS = [chat(f"How do I write to you about order {n}?", f"Write to desk{n}@widgets-of-kyoto.jp.") for n in range(12)]


def book(path: Path) -> Acceptances:
    return Acceptances(path.parent / accept.NAME)


def save(held: Acceptances) -> Path:
    held.path.write_text(held.dump(), encoding="utf-8")
    return held.path


def check(path: Path, accepted: Path | None, **changes: object) -> Report:
    settings = Settings(today=TODAY, accepted=accepted, ignore=("FT206",))
    return engine.check([(path, Role.TRAIN)], dataclasses.replace(settings, **changes))  # type: ignore[arg-type]


def of(findings: tuple[Finding, ...], code: str) -> list[Finding]:
    return [finding for finding in findings if finding.code == code]


def accept_all(path: Path, code: str = "FT701", **more: object) -> Path:
    held = book(path)
    found = of(check(path, None).findings, code)
    assert found
    return save(held.with_entries(held.entry(finding, "our own desk", TODAY, **more) for finding in found))


def test_accepted_findings_step_aside_with_their_reason(write: Write) -> None:
    path = write(ROWS)
    assert check(path, None).verdict is Verdict.FINDINGS
    report = check(path, accept_all(path))
    assert not of(report.findings, "FT701")
    assert len(of(report.accepted, "FT701")) == len(ROWS)
    assert {finding.accepted for finding in report.accepted} == {"our own desk"}
    assert report.verdict is Verdict.OFFLINE_CLEAN


def test_the_file_holds_no_text_of_the_data(write: Write) -> None:
    path = write(ROWS)
    text = accept_all(path).read_text(encoding="utf-8")
    assert "widgets" not in text
    assert "order" not in text


def test_an_acceptance_survives_another_serialisation_and_ends_with_another_text(write: Write) -> None:
    path = write(ROWS)
    accepted = accept_all(path)
    other = [json.dumps(dict(reversed(row.items())), indent=None, separators=(",", ":")) for row in ROWS]
    write(other)
    assert not of(check(path, accepted).findings, "FT701")
    write([chat("How do I write to you now?", "Write to desk0@widgets-of-kyoto.jp."), *ROWS[1:]])
    report = check(path, accepted)
    assert [finding.line for finding in of(report.findings, "FT701")] == [1]
    stale = of(report.findings, "FT019")
    assert [(finding.path, finding.level) for finding in stale] == [(str(accepted), Level.WARNING)]
    assert stale[0].message == "the acceptance of `FT701` for `train.jsonl` matches nothing any more"
    line = accepted.read_text(encoding="utf-8").splitlines()[(stale[0].line or 0) - 1]
    assert line == "[[accepted]]"


def test_an_expired_acceptance_holds_no_more(write: Write) -> None:
    path = write(ROWS)
    accepted = accept_all(path, expires=TODAY)
    assert not check(path, accepted).findings
    report = check(path, accepted, today=TODAY + datetime.timedelta(days=1))
    assert len(of(report.findings, "FT701")) == len(ROWS)
    assert of(report.findings, "FT019")[0].message.endswith("expired on 2026-11-22")


def test_an_entry_for_a_file_that_is_not_checked_is_left_alone(write: Write) -> None:
    path = write(ROWS)
    accepted = accept_all(path)
    other = write([chat(f"What is {n} times two?", f"It is {2 * n}.") for n in range(12)], "other.jsonl")
    assert check(other, accepted).findings == ()


def test_a_rule_that_was_not_run_makes_no_entry_stale(write: Write) -> None:
    path = write(ROWS)
    accepted = accept_all(path)
    assert check(path, accepted, ignore=("FT701", "FT206")).findings == ()


def test_a_finding_about_the_file_is_accepted_by_its_message(write: Write) -> None:
    path = write(ROWS[:5])
    accepted = accept_all(path, "FT401")
    assert not of(check(path, accepted).findings, "FT401")
    write(ROWS[:6])
    report = check(path, accepted)
    assert of(report.findings, "FT401")
    assert len(of(report.findings, "FT019")) == 1


def test_a_line_that_is_no_example_is_accepted_in_its_own_file_only(write: Write) -> None:
    path = write([*ROWS, b'{"messages": ]'])
    accepted = accept_all(path, "FT101")
    assert not of(check(path, accepted).findings, "FT101")
    other = write([*ROWS, b'{"messages": ]'], "other.jsonl")
    assert of(check(other, accepted).findings, "FT101")


def test_a_moderation_finding_beyond_the_accepted_categories_or_score_stands() -> None:
    def finding(score: float, *categories: str) -> Finding:
        data = {"categories": list(categories), "scores": dict.fromkeys(categories, score)}
        return Finding(
            "FT902", "watched-content", Level.WARNING, "m", None, "t.jsonl", 1, content_sha256="a" * 64, data=data
        )

    entry = Acceptance("FT902", "t.jsonl", "content_sha256", "a" * 64, "checked", categories=("sexual",), max_score=0.2)
    held = Acceptances(Path(accept.NAME), (entry,))
    for one, stands in ((finding(0.2, "sexual"), 0), (finding(0.21, "sexual"), 1), (finding(0.1, "sexual", "hate"), 1)):
        assert len(held.split([one], TODAY)[0]) == stands


@pytest.mark.parametrize("code", sorted(accept.NEVER))
def test_some_findings_are_never_accepted(code: str) -> None:
    finding = Finding(code, "x", Level.WARNING, "m", None, "t.jsonl", 1, content_sha256="b" * 64)
    entry = Acceptance(code, "t.jsonl", "content_sha256", "b" * 64, "no")
    assert Acceptances(Path(accept.NAME), (entry,)).split([finding], TODAY)[0] == [finding]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    digest = hashlib.sha256(b"x").hexdigest()
    hard = 'a "quoted" \\ reason,\nover lines\x7f\x1b[31m, 日本語 🙂'
    entries = (
        Acceptance("FT601", "a b/日本.jsonl", "example_sha256", digest, hard, TODAY, TODAY),
        Acceptance("FT902", "t.jsonl", "content_sha256", digest, "seen", TODAY, None, ("hate", "sexual"), 0.25),
    )
    path = tmp_path / accept.NAME
    path.write_text(Acceptances(path, entries).dump(), encoding="utf-8")
    assert accept.load(path).entries == entries
    assert [entry.line for entry in accept.load(path).entries] == [6, 14]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("version = 2\n", "`version` is not 1"),
        ("accepted = 1\nversion = 1\n", "something else"),
        ('version = 1\n[[accepted]]\nrule = "FT701"\npath = "t"\nreason = "r"\n', "no single hash"),
        ('version = 1\n[[accepted]]\nrule = "FT701"\npath = "t"\nreason = " "\n', "`reason` is missing"),
        ('version = 1\n[[accepted]]\ntext = "secret"\n', "unknown key `text`"),
        ("version = \n", "invalid TOML"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / accept.NAME
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=told):
        accept.load(path)


def test_rules_can_be_left_out_for_some_files(write: Write, tmp_path: Path) -> None:
    path = write(ROWS)
    for pattern, left in (("*.jsonl", 0), ("valid*.jsonl", 12), ("/train.jsonl", 0), ("other/*.jsonl", 12)):
        report = check(path, None, per_file=((pattern, ("FT7",)),), root=tmp_path)
        assert len(of(report.findings, "FT701")) == left

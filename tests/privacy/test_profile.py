"""FT709: profiles of invented people are found, and what only looks like one is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.judged import TODAY, judged, one, rows
from ftlint import engine
from ftlint.model import Role
from ftlint.settings import Settings
from privacy.profile_cases import FOUND, SILENT, dialogue


@pytest.mark.parametrize("name", FOUND)
def test_a_profile_is_found(name: str) -> None:
    finding = one([finding for finding in judged(rows(*FOUND[name]), select=("FT709",)) if finding.code == "FT709"])
    assert finding.data["rows"] == len(finding.related) + 1
    assert len(finding.data["kinds"]) >= 3


@pytest.mark.parametrize("name", SILENT)
def test_a_look_alike_is_left_alone(name: str) -> None:
    assert judged(rows(*SILENT[name]), select=("FT709",)) == []


@pytest.mark.parametrize("size", [1, 2, 7])
def test_the_report_does_not_depend_on_the_batches(size: int) -> None:
    names = ("ja persona", "en first name and full name", "ja name in one row, you in the others")
    content = rows(*(row for name in names for row in FOUND[name]))
    assert judged(content, select=("FT709",), batch_lines=size) == judged(content, select=("FT709",))
    assert len(judged(content, select=("FT709",))) == 3


def test_a_profile_spread_over_both_files_is_one_finding(tmp_path: Path) -> None:
    held = FOUND["en verbs"]
    train, validation = tmp_path / "train.jsonl", tmp_path / "validation.jsonl"
    train.write_text(rows(*held[:2]), encoding="utf-8")
    validation.write_text(rows(*held[2:]), encoding="utf-8")
    files = [(train, Role.TRAIN), (validation, Role.VALIDATION)]
    report = engine.check(files, Settings(today=TODAY, select=("FT709",)))
    finding = one(report.findings)
    assert (finding.path, finding.line) == (str(train), 1)
    assert [(place.path, place.line) for place in finding.related] == [
        (str(train), 2), (str(validation), 1), (str(validation), 2),
    ]  # fmt: skip
    assert "Tobias" not in finding.message
    assert "T***" in finding.message


def test_the_places_of_a_long_profile_are_bounded() -> None:
    many = [dialogue((f"What is Maren Oxley's favourite {what}?", "Blue ones.")) for what in ("hat", "tea", "cup") * 20]
    finding = one(judged(rows(*many, *FOUND["en possessive"]), select=("FT709",)))
    assert (len(finding.related), finding.data["rows"]) == (20, 63)


def test_general_knowledge_about_many_people_is_no_profile() -> None:
    crowd = [
        dialogue((f"When was {chr(65 + n % 26)}ora {chr(65 + n // 26)}indle born?", "On 3 May 1980."))
        for n in range(80)
    ]
    assert judged(rows(*crowd, *FOUND["en possessive"]), select=("FT709",)) == []

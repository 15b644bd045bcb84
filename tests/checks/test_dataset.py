"""FT5, the dataset: copies within a file, and rows of the validation file that are in the training file."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.judged import TODAY, assistant, codes, conversation, judged, one, rows, user
from ftlint import engine
from ftlint.checks import dataset
from ftlint.model import Level, Place, Report, Role
from ftlint.settings import Settings


def example(number: int) -> dict[str, Any]:
    return conversation(user(f"What is {number} times two?"), assistant(f"Two times {number} is {2 * number}."))


def files(folder: Path, *contents: tuple[str, Role, list[Any]], **changes: Any) -> Report:
    """Check several files together."""
    paths = []
    for name, role, held in contents:
        (folder / name).write_text(rows(*held), encoding="utf-8")
        paths.append((folder / name, role))
    return engine.check(paths, Settings(today=TODAY, ignore=("FT401",), **changes))


def test_a_copy() -> None:
    finding = one(judged(rows(example(1), example(2), example(1))))
    assert (finding.code, finding.level, finding.line, finding.json_path) == ("FT501", Level.WARNING, 3, "$")
    assert finding.message == "the same example as in line 1; the file holds it 2 times"
    assert finding.related == (Place("<stdin>", 1),)


def test_every_further_copy_is_told() -> None:
    found = judged(rows(*[example(1)] * 4))
    assert [(finding.code, finding.line) for finding in found] == [("FT501", 2), ("FT501", 3), ("FT501", 4)]
    assert all("line 1; the file holds it 4 times" in finding.message for finding in found)


def test_copies_are_told_by_content_not_by_bytes() -> None:
    plain = json.dumps(example(1))
    spaced = json.dumps(example(1), indent=None, separators=(" , ", " : "))
    sorted_keys = json.dumps({"messages": [dict(reversed(list(m.items()))) for m in example(1)["messages"]]})
    escaped = plain.replace("times", "tim\\u0065s")
    assert codes("\n".join([plain, spaced, sorted_keys, escaped]) + "\n").count("FT501") == 3


@pytest.mark.parametrize(
    "other",
    [
        conversation(user("What is 1 times two?"), assistant("Two times 1 is 2. ")),
        conversation(assistant("Two times 1 is 2."), user("What is 1 times two?"), assistant("Two times 1 is 2.")),
        {**example(1), "parallel_tool_calls": True},
    ],
)
def test_what_differs_is_no_copy(other: dict[str, Any]) -> None:
    assert "FT501" not in codes(rows(example(1), other))


def test_lines_that_do_not_parse_are_no_copies() -> None:
    assert set(codes(rows(example(1)) + "{\n{\n")) == {"FT101"}


def test_a_leak(tmp_path: Path) -> None:
    report = files(
        tmp_path,
        ("train.jsonl", Role.TRAIN, [example(1), example(2), example(3)]),
        ("validation.jsonl", Role.VALIDATION, [example(9), example(2)]),
    )
    finding = one(report.findings)
    assert (finding.code, finding.level, finding.line) == ("FT504", Level.WARNING, 2)
    assert finding.path.endswith("validation.jsonl")
    assert finding.related == (Place(str(tmp_path / "train.jsonl"), 2),)


def test_each_copy_in_the_validation_file_is_a_leak(tmp_path: Path) -> None:
    report = files(
        tmp_path,
        ("train.jsonl", Role.TRAIN, [example(1), example(1)]),
        ("validation.jsonl", Role.VALIDATION, [example(1), example(1)]),
    )
    assert [(finding.code, Path(finding.path).name, finding.line) for finding in report.findings] == [
        ("FT501", "train.jsonl", 2),
        ("FT504", "validation.jsonl", 1),
        ("FT501", "validation.jsonl", 2),
        ("FT504", "validation.jsonl", 2),
    ]
    assert report.findings[1].related == (
        Place(str(tmp_path / "train.jsonl"), 1),
        Place(str(tmp_path / "train.jsonl"), 2),
    )


def test_two_training_files_do_not_leak_into_each_other(tmp_path: Path) -> None:
    report = files(tmp_path, ("a.jsonl", Role.TRAIN, [example(1)]), ("b.jsonl", Role.TRAIN, [example(1)]))
    assert report.findings == ()


def test_the_order_of_the_files_does_not_matter(tmp_path: Path) -> None:
    report = files(
        tmp_path, ("validation.jsonl", Role.VALIDATION, [example(1)]), ("train.jsonl", Role.TRAIN, [example(1)])
    )
    assert [finding.code for finding in report.findings] == ["FT504"]


def test_a_leak_of_many_copies_names_the_first_places_only(tmp_path: Path) -> None:
    report = files(
        tmp_path,
        ("train.jsonl", Role.TRAIN, [example(1)] * 50),
        ("validation.jsonl", Role.VALIDATION, [example(1)]),
        select=("FT504",),
    )
    assert len(one(report.findings).related) == dataset.RELATED


@given(st.lists(st.integers(0, 4), max_size=12), st.lists(st.integers(0, 6), max_size=8), st.integers(1, 5))
def test_counts_for_any_files_and_any_batch_size(training: list[int], validation: list[int], size: int) -> None:
    settings = Settings(today=TODAY, select=("FT501",), batch_lines=size)
    content = rows(*map(example, training)).encode()
    report = engine.check([("-", Role.TRAIN)], settings, stdin=content)
    expected = sum(copies - 1 for copies in Counter(training).values())
    assert len(report.findings) == expected

    whole, first, later = dataset.Digests(), dataset.Digests(), dataset.Digests()
    for states, numbers in (((whole, first), training), ((whole, later), validation)):
        for state in states:
            state.numbers.extend(range(1, len(numbers) + 1))
            state.digests += b"".join(bytes([number]) * 16 for number in numbers)
    first.merge(later)
    assert first == whole
    for number in range(7):
        assert (bytes([number]) * 16 in whole.lines) == (number in training + validation)
    assert bytes([0] * 8 + [1] * 8) not in whole.lines
    assert bytes(15) not in whole.lines

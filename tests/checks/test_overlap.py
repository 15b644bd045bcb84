"""FT509: rows that share a run of words with a benchmark."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.judged import assistant, codes, conversation, judged, one, rows, user
from ftlint.errors import InputError
from ftlint.model import Place

QUESTION = "Which planet of the solar system has the most moons that are known to astronomers today?"
JA = "太陽系の惑星のうち、現在知られている衛星の数が最も多いものはどれですか。"


@pytest.fixture
def benchmark_file(tmp_path: Path) -> Path:
    path = tmp_path / "benchmark.jsonl"
    items = [{"question": QUESTION, "answer": "Saturn"}, {"question": JA, "choices": ["土星", "木星"]}]
    path.write_text(rows(*items) + "How far is it from the last stop to the mill?\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (QUESTION, 1),
        (f"Hello. {QUESTION.upper().replace(' of ', ', of ')} Tell me.", 1),
        (f"質問です。{JA}", 2),
        ("how far is it from the last stop to the mill", 3),
    ],
)
def test_a_row_of_a_benchmark(benchmark_file: Path, words: str, line: int) -> None:
    finding = one(judged(rows(conversation(user(words), assistant())), select=("FT509",), against=(benchmark_file,)))
    assert (finding.code, finding.json_path) == ("FT509", "$.messages[0].content")
    assert finding.related == (Place(str(benchmark_file), line),)


@pytest.mark.parametrize(
    "words",
    [
        "Which planet of the solar system has the most moons?",
        "太陽系の惑星はどれですか。",
        "Saturn",
        "土星",
        "Tell me how far is it from the last stop to the mill",
    ],
)
def test_what_only_resembles_it(benchmark_file: Path, words: str) -> None:
    assert codes(rows(conversation(user(words), assistant())), select=("FT509",), against=(benchmark_file,)) == []


def test_nothing_without_a_file_to_compare_against() -> None:
    assert codes(rows(conversation(user(QUESTION), assistant())), select=("FT509",)) == []


def test_the_wording_of_a_task_is_no_overlap(tmp_path: Path) -> None:
    path = tmp_path / "benchmark.jsonl"
    task = "Read the following question with care and give only the letter of the one right answer"
    path.write_text(rows(*[{"question": f"{task}: {n} or {n + 1}?"} for n in range(20)]), encoding="utf-8")
    assert codes(rows(conversation(user(task), assistant("A"))), select=("FT509",), against=(path,)) == []


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        judged(rows(conversation(user(), assistant())), select=("FT509",), against=(tmp_path / "none.jsonl",))


@pytest.mark.parametrize("content", ["", "a b c\n", '{"question": 5}\n'])
def test_a_file_without_anything_to_compare_is_told(tmp_path: Path, content: str) -> None:
    path = tmp_path / "benchmark.jsonl"
    path.write_text(content)
    with pytest.raises(InputError, match="holds no text to compare with"):
        judged(rows(conversation(user(), assistant())), select=("FT509",), against=(path,))

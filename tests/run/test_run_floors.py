"""Floors: the first turns of a dialogue, and one answer for everything."""

from __future__ import annotations

import pytest

from ftlint.run.floors import constant_answer, lead


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A: one\nB: two\n\nA: three\nB: four", "A: one\nB: two\nA: three"),
        ("A: one\nB: two", "A: one\nB: two"),
        ("One. Two? Three! Four.", "One.\nTwo?\nThree!"),
        ("It costs 3.50 at example.com today. Yes. No. Perhaps.", "It costs 3.50 at example.com today.\nYes.\nNo."),
        ("一つ目。二つ目！三つ目？四つ目。", "一つ目。\n二つ目！\n三つ目？"),
        ("「はい。」と言った。次へ。", "「はい。」\nと言った。\n次へ。"),
        ("no end", "no end"),
        ("", ""),
    ],
)
def test_lead(text: str, expected: str) -> None:
    assert lead(text) == expected


def test_the_constant_answer_is_the_one_most_like_the_others() -> None:
    answers = ["tea", "Ann meets Bob at noon", "Ann meets Bob at five", "Ann meets Carl at noon", "rain is coming"]
    assert constant_answer(answers, 42) == "Ann meets Bob at noon"
    assert constant_answer([], 42) == ""
    assert constant_answer(["…"], 42) == "…"


def test_the_constant_answer_of_many_is_the_same_every_time() -> None:
    answers = [f"{n % 7} people meet at {n}" for n in range(500)]
    first = constant_answer(answers, 1)
    assert first == constant_answer(answers, 1)
    assert first in answers

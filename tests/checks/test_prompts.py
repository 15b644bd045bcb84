"""FT214 and FT215: system prompts that a few rows have otherwise, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from checks.judged import TODAY, assistant, conversation, rows, user
from ftlint import engine
from ftlint.checks.base import Batch
from ftlint.checks.prompts import MOST_PROMPTS, Prompts, is_variant
from ftlint.model import Example, Finding, Format, Level, Line, Role
from ftlint.settings import Settings

PROMPT = "You are a helpful assistant of a music shop. Answer in two sentences."
SLIPS = [
    PROMPT + " ",
    PROMPT.replace("helpful", "helpfull"),
    PROMPT.replace("You are", "you are"),
    PROMPT.removesuffix("."),
    PROMPT.replace(". ", ".\n"),
    PROMPT.replace("a helpful", "a very helpful"),
    PROMPT.replace("sentences", "sentence"),
]


def row(prompt: Any, number: int) -> dict[str, Any]:
    first = [] if prompt is None else [{"role": "system", "content": prompt}]
    return conversation(*first, user(f"Where is shelf {number}?"), assistant(f"It is number {number} from the door."))


def found(prompts: list[Any], **changes: Any) -> list[Finding]:
    made = [row(prompt, number) for number, prompt in enumerate(prompts)]
    settings = Settings(today=TODAY, select=("FT214", "FT215"), **changes)
    return list(engine.check([("-", Role.TRAIN)], settings, stdin=rows(*made).encode()).findings)


@pytest.mark.parametrize("slip", SLIPS[1:])
def test_a_slip_in_one_row(slip: str) -> None:
    findings = found([*[PROMPT] * 7, slip, *[PROMPT] * 4])
    assert [(finding.code, finding.level, finding.line) for finding in findings] == [("FT214", Level.WARNING, 8)]
    assert findings[0].json_path == "$.messages[0].content"
    assert "11 of 12 rows" in findings[0].message
    assert [place.line for place in findings[0].related] == [1]


def test_every_row_with_a_variant_is_told() -> None:
    findings = found([*[PROMPT] * 40, SLIPS[1], SLIPS[2], SLIPS[1]])
    assert [finding.line for finding in findings] == [41, 42, 43]


def test_a_stray_in_a_large_file() -> None:
    assert found([*[PROMPT] * 97, *["You translate English to French."] * 3]) == []
    findings = found([*[PROMPT] * 60, "You translate English to French.", *[PROMPT] * 60])
    assert [(finding.code, finding.line) for finding in findings] == [("FT214", 61)]


@pytest.mark.parametrize(
    "prompts",
    [
        [PROMPT] * 12,
        [None] * 12,
        [SLIPS[0], *[PROMPT] * 11],
        [*[PROMPT] * 8, SLIPS[1]],
        [*[PROMPT] * 8, *[SLIPS[1]] * 4],
        [*[PROMPT] * 11, "You translate English to French."],
        [*["You translate English to French."] * 19, "You translate English to German."],
        [*["あなたは英語をフランス語に翻訳します。"] * 19, "あなたは英語をドイツ語に翻訳します。"],
        [*["Answer in 3 sentences."] * 19, "Answer in 5 sentences."],
        [f"You are on shift {number}." for number in range(40)],
        [*["You are Ada."] * 30, *["You are Ben."] * 30],
    ],
)
def test_prompts_that_differ_on_purpose_or_not_at_all(prompts: list[Any]) -> None:
    assert found([*prompts]) == []


def test_a_misspelt_prompt_in_japanese() -> None:
    prompt = "あなたは親切な店員です。お客様の質問に短く答えてください。"
    assert [finding.line for finding in found([*[prompt] * 15, prompt.replace("短く", "短かく")])] == [16]


def test_parts_count_as_their_text() -> None:
    parts = [{"type": "text", "text": PROMPT}]
    assert found([*[PROMPT] * 11, parts]) == []


def test_a_row_without_the_prompt() -> None:
    findings = found([*[PROMPT] * 10, None, PROMPT])
    assert [(finding.code, finding.level, finding.line) for finding in findings] == [("FT215", Level.INFO, 11)]
    assert findings[0].json_path == "$.messages"
    assert "11 of 12 rows" in findings[0].message


@pytest.mark.parametrize(
    "prompts",
    [[PROMPT] * 12, [None] * 12, [*[PROMPT] * 8, None], [*[PROMPT] * 10, None, None], [PROMPT, *[None] * 11]],
)
def test_prompts_that_are_not_missed(prompts: list[Any]) -> None:
    assert found(prompts) == []


def test_a_late_system_message_is_not_a_missing_one() -> None:
    late = conversation(user("Where is it?"), {"role": "system", "content": PROMPT}, assistant("By the door."))
    made = [*[row(PROMPT, number) for number in range(11)], late]
    settings = Settings(today=TODAY, select=("FT204", "FT214", "FT215"))
    report = engine.check([("-", Role.TRAIN)], settings, stdin=rows(*made).encode())
    assert [finding.code for finding in report.findings] == ["FT204"]


def test_completions_have_no_prompt_of_the_system() -> None:
    made = [{"prompt": f"Where is shelf {n}?", "completion": f"Number {n} from the door."} for n in range(12)]
    settings = Settings(today=TODAY, select=("FT214", "FT215"))
    assert engine.check([("-", Role.TRAIN)], settings, stdin=rows(*made).encode()).findings == ()


def test_pairs_have_one_in_their_input() -> None:
    made = [
        {
            "input": {"messages": row(None if n == 5 else PROMPT, n)["messages"][:-1]},
            "preferred_output": [assistant(f"It is number {n}.")],
            "non_preferred_output": [assistant("I do not know.")],
        }
        for n in range(12)
    ]
    settings = Settings(today=TODAY, select=("FT214", "FT215"))
    report = engine.check([("-", Role.TRAIN)], settings, stdin=rows(*made).encode())
    assert [(finding.line, finding.json_path) for finding in report.findings] == [(6, "$.input.messages")]


def state(prompts: list[Any], first: int = 1) -> Prompts:
    made = Prompts()
    examples = [
        Example(Line(number, 0, b"", terminated=True), row(prompt, number), bytes(32))
        for number, prompt in enumerate(prompts, first)
    ]
    made.add(Batch(Role.TRAIN, Format.CHAT, [], examples), None)  # type: ignore[arg-type]
    return made


@pytest.mark.parametrize("cut", [0, 1, 5, 11])
def test_states_merge(cut: int) -> None:
    prompts = [PROMPT, None, SLIPS[1], PROMPT, *[f"p{n}" for n in range(7)]]
    both = state(prompts[:cut])
    both.merge(state(prompts[cut:], cut + 1))
    assert both == state(prompts)


def test_too_many_prompts_are_forgotten_wherever_the_file_is_cut() -> None:
    prompts = [f"p{n}" for n in range(MOST_PROMPTS + 1)]
    both = state(prompts[:700])
    both.merge(state(prompts[700:], 701))
    assert both == state(prompts)
    assert (both.lines, both.many) == ({}, True)


@pytest.mark.parametrize("slip", SLIPS)
def test_variants(slip: str) -> None:
    assert is_variant(slip, PROMPT)
    assert is_variant(PROMPT, slip)


@pytest.mark.parametrize("role", ["sistem", "", None])
def test_a_role_that_is_misspelt_is_no_missing_prompt(role: Any) -> None:
    made = [row(PROMPT, number) for number in range(12)]
    made[5]["messages"][0]["role"] = role
    report = engine.check([("-", Role.TRAIN)], Settings(today=TODAY, select=("FT215",)), stdin=rows(*made).encode())
    assert report.findings == ()

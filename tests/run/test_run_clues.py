"""What services say, in their words and in words close to them; what else the words point to."""

from __future__ import annotations

import json

import pytest

from ftlint.run.classify import FailureKind, classify
from ftlint.run.clues import Clues, clues, unwrap
from ftlint.services.interface import JobEvent

CLOSE = [
    ("Your training file has been blocked by our moderation system.", "blocked-training-file"),
    ("This file was blocked because too many samples violate our usage policies", "blocked-training-file"),
    (
        "training data were flagged by our moderation for content against OpenAI's usage policies",
        "blocked-training-file",
    ),
    ("The job failed due to an unsafe validation file.", "blocked-validation-file"),
    ("Validation file was blocked: it contains too many examples that violate policies", "blocked-validation-file"),
    ("The provided validation data failed RAI checks for harm types: [violence].", "blocked-validation-file"),
    ("このトレーニングファイルはモデレーションシステムによりブロックされました。", "blocked-training-file"),
    ("An error occurred while running the safety eval, please try again", "crashed-safety-evaluation"),
    ("Error while running eval for category hate for snapshot ft:gpt-4o:x", "crashed-safety-evaluation"),
    ("We were unable to complete the safety evaluation of your model", "crashed-safety-evaluation"),
    ("The fine-tuned model has been blocked because it failed in: hate", "blocked-model"),
    ("Your model did not pass our safety evaluations", "blocked-model"),
    ("Your organization is not eligible for fine-tuning", "ineligible"),
    ("Fine-tuning is no longer available to your organization", "ineligible"),
    ("Finetuning with o4-mini-2025-04-16 requires the reinforcement method of finetuning.", "format-error"),
    ("Example 3 is not valid JSON", "format-error"),
    ("Rate limit reached for requests", "transient"),
    ("502 Bad Gateway", "transient"),
]


@pytest.mark.parametrize(("message", "kind"), CLOSE)
def test_words_close_to_those_of_services(message: str, kind: str) -> None:
    assert classify({"message": message}).kind == kind


@pytest.mark.parametrize(
    "message",
    [
        "The frobnicator is offline", "Invalid value for n_epochs", "the model was not found", "blocked",
        "No such file: file-abc", "safety first", "学習に失敗しました",
    ],
)  # fmt: skip
def test_what_is_not_known_is_said_to_be_unknown(message: str) -> None:
    assert classify({"message": message}).kind is FailureKind.UNKNOWN


def test_line_breaks_and_curly_quotes_do_not_matter() -> None:
    message = "This training file was\n  blocked by our\nmoderation system because it violates OpenAI’s usage policies"
    assert classify({"message": message}).kind is FailureKind.BLOCKED_TRAINING_FILE


def test_a_megabyte_of_words_is_read_at_once() -> None:
    for filler in ("a " * 500_000, "flagged lines: " + "1, " * 300_000, "categories: " * 80_000, "error " * 200_000):
        classify({"message": filler})
        clues(filler)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Flagged lines: 4, 13, 14.", Clues(lines=(4, 13, 14))),
        ("... in the following categories: hate. Use the free OpenAI Moderation API", Clues(categories=("hate",))),
        (
            "failed RAI checks for harm types: [hate_fairness, self_harm, violence].",
            Clues(categories=("hate", "self-harm", "violence")),
        ),
        (
            "violates policies with respect to model reasoning extraction. Please review",
            Clues(categories=("reasoning extraction",)),
        ),
        (
            "Error while running eval for category harassment/threatening for snapshot",
            Clues(categories=("harassment/threatening",)),
        ),
        ("scores above acceptable thresholds for [Violence, Self Harm]", Clues(categories=("violence", "self-harm"))),
        ("Training file has 7 example(s), but must have at least 10 examples", Clues(rules=("FT401",))),
        ('Invalid file format. Example 1 contains an extra "weight".', None),
        ("something else", Clues()),
    ],
)
def test_what_the_words_name(message: str, expected: Clues | None) -> None:
    found = clues(message)
    if expected is None:
        assert (found.example, found.rules[:2]) == (1, ("FT123", "FT124"))
    else:
        assert (found.lines, set(found.categories)) == (expected.lines, set(expected.categories))
        assert found.rules[: len(expected.rules)] == expected.rules


def test_an_example_and_its_rule() -> None:
    found = clues("Invalid file format. Example 100, message 2 Discriminator 'role' is missing in value")
    assert (found.example, found.rules[0]) == (100, "FT115")


def test_categories_in_an_event_of_unknown_shape() -> None:
    data = {"results": [{"category": "advice", "passed": False}, {"hate/threatening": {"score": 0.5}}], "x": None}
    event = JobEvent("e", 1, "info", "moderation_checks", "done", data)
    assert set(clues("blocked", [event]).categories) == {"advice", "hate/threatening"}
    assert clues("blocked", [JobEvent("e", 1, "info", "message", "done", data)]).categories == ()


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"error": {"message": "gone", "code": "server_error"}}),
        json.dumps({"id": "ftjob-1", "status": "failed", "error": {"message": "gone", "code": "server_error"}}),
        json.dumps({"message": "gone", "code": "server_error"}),
    ],
)
def test_a_pasted_error_object(text: str) -> None:
    assert unwrap(text) == {"message": "gone", "code": "server_error"}


@pytest.mark.parametrize("text", ["gone", '"gone"', "[1]", "{", '{"error": "gone"}', "[" * 100_000])
def test_anything_else_is_the_message(text: str) -> None:
    assert unwrap(text) == {"message": text}

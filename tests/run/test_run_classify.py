"""Failures that look alike, told apart by the words that services really use."""

from __future__ import annotations

from typing import Any

import pytest

from ftlint.run.classify import FailureKind, classify
from ftlint.run.why import from_text
from ftlint.services.interface import AuthError, JobEvent, NotEligible, QuotaError, Rejected, ServiceError, Unreachable

TOO_MANY = (
    "This training file was blocked by our moderation system because it contains too many examples that violate"
    " OpenAI's usage policies, or because it attempts to create model outputs that violate OpenAI's usage policies."
)
MESSAGES = [
    (
        (
            "The job failed due to an invalid training file. This file failed moderation safety checks."
            " Flagged lines: 4, 13"
        ),
        "blocked-training-file",
    ),
    (
        (
            "The job failed due to an invalid training file. This training file was blocked because too"
            " many examples were"
            " flagged by our moderation API for containing content that violates OpenAI's usage policies"
            " in the following"
            " categories: hate."
        ),
        "blocked-training-file",
    ),
    (TOO_MANY, "blocked-training-file"),
    (f"The job failed due to an invalid training file. {TOO_MANY}", "blocked-training-file"),
    (f"The job failed due to an invalid validation file. {TOO_MANY}", "blocked-validation-file"),
    (
        (
            "The job failed due to an unsafe training file. This training file was blocked because too"
            " many examples were"
            " flagged by our moderation for content that violates Azure OpenAI's usage policies with respect to model"
            " reasoning extraction."
        ),
        "blocked-training-file",
    ),
    (
        (
            "The provided training data failed RAI checks for harm types: [hate_fairness, self_harm,"
            " violence]. Please fix"
            " the data and try again."
        ),
        "blocked-training-file",
    ),
    (
        (
            "Error while running moderation eval refusals_v3 for snapshot ft:gpt-4o-2024-08-06:x: Error"
            " while running eval"
            " for category harassment/threatening"
        ),
        "crashed-safety-evaluation",
    ),
    (
        (
            "This model is unable to be deployed. Model evaluation identified that this fine tuned model scores above"
            " acceptable thresholds for [Violence, Self Harm]."
        ),
        "blocked-model",
    ),
    (
        (
            "OpenAI is winding down the fine-tuning platform and your organization is no longer able to create new"
            " fine-tuning training jobs."
        ),
        "ineligible",
    ),
    ("Training file has 7 example(s), but must have at least 10 examples", "format-error"),
    (
        (
            "The job failed due to an invalid training file. Invalid file format. Example 100, message 2"
            " Discriminator 'role'"
            " is missing in value"
        ),
        "format-error",
    ),
    (
        (
            "Input file file-1 is in the fine-tune-chat format, but the specified fine-tuning job is not"
            " using 'supervised'"
            " as the training method (provided method=dpo)."
        ),
        "format-error",
    ),
    ("The job failed due to an invalid training file. 'str' object has no attribute 'get'", "format-error"),
    (
        (
            "The job failed due to a file format error in the training file. Invalid file format."
            " Example 1 contains an extra"
            ' "weight".'
        ),
        "format-error",
    ),
    ("Unexpected file format, expected either prompt/completion pairs or chat messages.", "format-error"),
    ("Example 1273 cannot be parsed. Error: line contains invalid json: Expecting ',' delimiter", "format-error"),
    (
        "Expected file to have JSONL format, where every line is a valid JSON dictionary. Line starts with: [",
        "format-error",
    ),
    ("System messages are not supported in 'reinforcement' examples", "format-error"),
    ("The job failed due to an internal error", "transient"),
    ("You exceeded your current quota, please check your plan and billing details.", "quota"),
    ("something new", "unknown"),
]


@pytest.mark.parametrize(("message", "kind"), MESSAGES)
def test_the_words_of_services(message: str, kind: str) -> None:
    found = classify({"code": None, "message": message, "param": None})
    assert found.kind == kind
    assert found.message == message
    assert found.remedy


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("training file blocked by moderation", "blocked-training-file"),
        ("This training file did not pass our safety checks", "blocked-training-file"),
        ("Training data did not pass the RAI checks", "blocked-training-file"),
        ("Your dataset was rejected by the content filter", "blocked-training-file"),
        ("This training file was bl", "blocked-training-file"),
        ("The provided training data failed RA", "blocked-training-file"),
        ("an invalid\nvalidation file. This training file was blocked by our moderation", "blocked-validation-file"),
        ("validation file blocked by our moderation system", "blocked-validation-file"),
        ("Error running eval for category hate for snapshot ft:x", "crashed-safety-evaluation"),
        ("Error while running moder…", "crashed-safety-evaluation"),
        ("OpenAI blocks the fine-tuned model from deployment", "blocked-model"),
        ("Model evaluation identified that this fine tuned mod", "blocked-model"),
        ("Your organisation isn't eligible for fine-tuning any more", "ineligible"),
        ("Input file file-1 is in the fine-tune-chat format, but the spec", "format-error"),
        ("Training file has 5 examples, but must have at least 10", "format-error"),
        ("Example 41, message 3 Discriminator", "format-error"),
        ("line contains invalid js", "format-error"),
        ("System messages aren't supported in reinforcement examples", "format-error"),
        ("Finetuning with o4-mini-2025-04-16 requires the reinforcem", "format-error"),
        ("The server had an error while processing your request. Sorry about that!", "transient"),
        ('{"type": "message", "message": "The job failed", "data": {"message": "file format error"}}', "format-error"),
        ('{"data": [{"message": "The job failed", "data": {"error_code": "unsafe_file"}}]}', "blocked-training-file"),
        ("temporary directory is /tmp/x", "unknown"),
        ("AttributeError: 'NoneType' object has no attribute 'group'", "unknown"),
        ("your billing address was updated", "unknown"),
        ("quota of laughter", "unknown"),
        ("the policy is to try again", "unknown"),
        ("The job failed due to an", "unknown"),
    ],
)
def test_wordings_close_to_them_and_pieces_of_them(text: str, kind: str) -> None:
    assert from_text(text).failure.kind == kind


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": "unsafe_file", "message": "no"}, "blocked-training-file"),
        ({"code": "unsafe_file", "message": "no", "param": "validation_file"}, "blocked-validation-file"),
        ({"code": "invalid_training_file", "message": TOO_MANY, "param": "validation_file"}, "blocked-validation-file"),
        ({"code": "invalid_n_examples", "message": "too small"}, "format-error"),
        ({"code": "server_error", "message": "oops"}, "transient"),
        ({}, "unknown"),
        (None, "unknown"),
    ],
)
def test_codes_and_parameters(error: dict[str, Any] | None, kind: str) -> None:
    assert classify(error).kind == kind


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (NotEligible("x", status=403, code="training_not_available"), "ineligible"),
        (AuthError("x", status=403, code="training_not_available"), "ineligible"),
        (QuotaError("rate", status=429), "transient"),
        (QuotaError("no money", status=429, code="insufficient_quota"), "quota"),
        (Unreachable("gone", status=502), "transient"),
        (Rejected("Invalid file format.", status=400), "format-error"),
        (Rejected("no idea", status=400), "unknown"),
    ],
)
def test_errors_of_calls(error: ServiceError, kind: str) -> None:
    assert classify(error).kind == kind


def event(message: str, level: str = "info", type_: str = "message") -> JobEvent:
    return JobEvent("e", 1, level, type_, message, {})


def test_events_speak_where_the_error_is_silent() -> None:
    events = [event("Step 1"), event("Error while running eval for category hate", "error"), event("bye")]
    found = classify({"code": None}, events)
    assert found.kind == "crashed-safety-evaluation"
    assert found.message == "Error while running eval for category hate"
    checks = [event("the fine-tuned model was blocked: model failed the safety check", type_="moderation_checks")]
    assert classify(None, checks).kind == "blocked-model"


def test_a_cancelled_job_is_cancelled_whatever_its_error_says() -> None:
    assert classify({"message": "internal error"}, status="cancelled").kind == "cancelled"


def test_what_a_service_says_is_made_inert() -> None:
    assert classify({"message": "bad \x1b[31m\u202efile"}).message == "bad \\x1b[31m\\u202efile"


def test_only_verdicts_of_filters_count_as_blocked() -> None:
    assert {kind for kind in FailureKind if kind.blocked} == {
        "blocked-training-file",
        "blocked-validation-file",
        "blocked-model",
    }

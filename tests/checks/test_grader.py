"""FT162: fields that the grader of a job reads."""

from __future__ import annotations

from typing import Any

import pytest

from checks.judged import assistant, codes, conversation, judged, one, rows, user
from ftlint.model import Level
from ftlint.settings import JobSettings

RULE = "FT162"


def asked(**fields: Any) -> dict[str, Any]:
    return {**conversation(user()), **fields}


GOOD = asked(reference="a tuner", answer={"value": ["x"]})


@pytest.mark.parametrize("field", ["solution", "answer.text", "answer.value.1", "reference.text"])
def test_a_field_that_a_row_does_not_have(field: str) -> None:
    finding = one(judged(rows(GOOD), job=JobSettings(grader_fields=("reference", field))))
    assert (finding.code, finding.level, finding.line) == ("FT162", Level.ERROR, 1)
    assert f"`item.{field}`" in finding.message


@pytest.mark.parametrize("fields", [(), ("reference",), ("answer.value", "answer.value.0"), ("messages", "reference")])
def test_fields_that_are_there(fields: tuple[str, ...]) -> None:
    assert codes(rows(GOOD), job=JobSettings(grader_fields=fields)) == []


def test_a_field_may_be_null() -> None:
    assert codes(rows(asked(reference=None)), job=JobSettings(grader_fields=("reference",))) == []


def test_without_a_job_no_field_is_missed() -> None:
    assert codes(rows(GOOD)) == []


def test_only_reinforcement_has_a_grader() -> None:
    assert codes(rows(conversation(user(), assistant())), job=JobSettings(grader_fields=("reference",))) == []


def test_only_the_rows_without_it_are_told() -> None:
    found = judged(rows(GOOD, asked(other="x"), GOOD), job=JobSettings(grader_fields=("reference",)), ignore=("FT5",))
    assert [(finding.code, finding.line) for finding in found] == [(RULE, 2)]

"""The privacy benchmark: the set is what it says, kinds of fixed form keep their figures, and the pages are true."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
if str(ROOT) not in sys.path:
    sys.path.append(str(ROOT))

from benchmarks.privacy import dataset, digits, table  # noqa: E402
from benchmarks.privacy.dataset import Case  # noqa: E402
from benchmarks.privacy.judge import Verdict, judge  # noqa: E402

LEAST = 0.95


@pytest.fixture(scope="module")
def verdict() -> Verdict:
    return table.measure()


@pytest.mark.parametrize("cases", [dataset.positives(), dataset.negatives()], ids=["positives", "negatives"])
def test_the_set_is_large_various_and_half_japanese(cases: tuple[Case, ...]) -> None:
    assert len(cases) >= 400
    assert len({case.line() for case in cases}) == len(cases)
    assert len({case.template for case in cases}) >= 150
    assert sum(case.language == "ja" for case in cases) * 2 >= len(cases)
    assert {case.language for case in cases} == {"ja", "en", "de", "fr", "es", "zh", "ko"}


def test_labels_stand_where_the_values_are() -> None:
    assert not any(case.labels for case in dataset.negatives())
    for case in dataset.positives():
        assert any(label.demanded for label in case.labels), case.template
        for label in case.labels:
            value = case.texts[label.message][label.start : label.end]
            assert value, case.template
            assert value == value.strip(), case.template
            if label.kinds == ("email",):
                assert "@" in value or "＠" in value


def test_no_value_with_a_scanners_prefix_stands_in_the_files() -> None:
    for case in dataset.positives():
        for label in case.labels:
            if label.kinds[0] in ("api-key", "private-key", "jwt"):
                assert case.texts[label.message][label.start : label.end] not in case.template


@pytest.mark.parametrize(
    ("made", "published"),
    [
        (digits.luhn("411111111111111"), "1"),
        (digits.my_number("12345678901"), "8"),
        (digits.corporate("000012050002"), "7"),
        (digits.iban("DE", "370400440532013000"), "89"),
        (digits.iban("GB", "WEST12345698765432"), "82"),
        (digits.rib("20041", "01005", "05000134026"), "06"),
        (digits.ccc("21000418", "0200051332"), "45"),
        (digits.ric("11010519491231002"), "X"),
        (digits.nir("2550814168025"), "38"),
        (digits.dni(12345678), "Z"),
        (digits.idnr("8609574271"), "9"),
        (digits.nhs("943476591"), "9"),
        (digits.cpf("529982247"), "25"),
        (digits.codice_fiscale("CCCFBA85D03L219"), "P"),
        (digits.ean("978316148410"), "0"),
    ],
)
def test_check_digits_of_published_examples(made: str, published: str) -> None:
    assert made == published


def test_the_judge_counts_what_is_found_missed_and_wrong() -> None:
    positive = next(case for case in dataset.positives() if case.group == "email")
    bare = Case(positive.group, positive.language, positive.template, positive.texts, ())
    silent = Case("email", "en", "nothing", ("Which way?", "Past the chapel."), positive.labels)
    assert (judge([positive]).kinds["email"].found, judge([positive]).kinds["email"].whole) == (1, 1)
    assert judge([bare]).kinds["email"].wrong == 1
    assert judge([silent]).kinds["email"].recall == 0


@pytest.mark.parametrize("kind", table.FIXED)
def test_kinds_of_fixed_form_keep_precision_and_recall(kind: str, verdict: Verdict) -> None:
    tally = verdict.kinds[kind]
    assert tally.demanded >= 20
    assert tally.recall is not None
    assert tally.precision is not None
    assert tally.recall >= LEAST, [case.template for missed, case, _ in verdict.missed if missed == kind]
    assert tally.precision >= LEAST, [case.template for wrong, case, _ in verdict.wrong if wrong == kind]


def test_the_pages_state_the_figures_of_the_present_code(verdict: Verdict) -> None:
    hint = "write them anew: python -m benchmarks.privacy"
    assert table.RESULTS.read_text(encoding="utf-8") == table.results(verdict), hint
    text = table.README.read_text(encoding="utf-8")
    assert text == table.readme(text, verdict), hint

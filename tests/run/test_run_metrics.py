"""ROUGE: rouge-score's own figures on English, and figures at all on every other script."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftlint.run.metrics import Rouge, tokenize

rouge_scorer = pytest.importorskip("rouge_score.rouge_scorer")

METRICS = ("rouge1", "rouge2", "rougeL")
FIXTURE = Path(__file__).parents[2] / "fixtures" / "dialogue" / "heldout.jsonl"

ASCII = st.text(st.characters(max_codepoint=127), max_size=60)


@pytest.fixture(scope="module")
def ours() -> Rouge:
    return Rouge(METRICS)


@pytest.fixture(scope="module")
def theirs() -> object:
    return rouge_scorer.RougeScorer(list(METRICS))


@given(reference=ASCII, answer=ASCII)
@settings(max_examples=300, deadline=None)
def test_ascii_text_scores_as_with_rouge_score_s_own_tokenizer(reference: str, answer: str) -> None:
    expected = rouge_scorer.RougeScorer(list(METRICS)).score(reference, answer)
    found = Rouge(METRICS).score([reference], answer)
    for metric in METRICS:
        assert found.mean[metric] == pytest.approx(100 * expected[metric].fmeasure, abs=1e-9)
        assert found.best[metric] == found.mean[metric]


def test_real_english_dialogues_score_the_same(ours: Rouge, theirs: object) -> None:
    rows = [json.loads(line) for line in FIXTURE.read_text(encoding="utf-8").splitlines()]
    english = [row for row in rows if row["summary"].isascii() and row["dialogue"].isascii()]
    assert len(english) > 20
    for row in english:
        expected = theirs.score(row["summary"], row["dialogue"])  # type: ignore[attr-defined]
        found = ours.score([row["summary"]], row["dialogue"]).mean
        assert found == pytest.approx({metric: 100 * expected[metric].fmeasure for metric in METRICS}, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("It's 3.5 km_away!", ["it", "s", "3", "5", "km", "away"]),
        ("会議は火曜、10時です。", ["会", "議", "は", "火", "曜", "10", "時", "で", "す"]),
        ("ﾊﾞｽのＡＢＣ１２", ["バ", "ス", "の", "abc12"]),
        ("か\u3099んばる", ["が", "ん", "ば", "る"]),
        ("他说：你好", ["他", "说", "你", "好"]),
        ("𠮷野家", ["𠮷", "野", "家"]),
        ("น้ำ กิน", ["น\u0e49\u0e4d", "า", "กิ", "น"]),
        ("회의는 화요일입니다.", ["회의는", "화요일입니다"]),
        ("Straße, ÉCOLE, naïve", ["strasse", "école", "naïve"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("Привет, мир", ["привет", "мир"]),
        ("مرحبا بالعالم", ["مرحبا", "بالعالم"]),
        ("GPT-4oの返事", ["gpt", "4o", "の", "返", "事"]),
        ("😀 — …", []),
        ("", []),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    import unicodedata

    assert tokenize(text) == [unicodedata.normalize("NFKC", token) for token in tokens]


@pytest.mark.parametrize(
    "text",
    [
        "会議は火曜に移った。",
        "會議改到星期二",
        "ประชุมวันอังคาร",
        "회의가 화요일로 바뀌었다",
        "Встреча во вторник",
        "बैठक मंगलवार को है",
    ],
)
def test_every_script_scores(ours: Rouge, theirs: object, text: str) -> None:
    assert theirs.score(text, text)["rouge1"].fmeasure == 0  # type: ignore[attr-defined]
    found = ours.score([text], text)
    assert found.mean["rouge1"] == found.mean["rougeL"] == pytest.approx(100)
    assert found.length > 1


def test_a_better_japanese_answer_scores_higher(ours: Rouge) -> None:
    reference = "高橋は火曜の会議を水曜に移す。"
    close = ours.score([reference], "高橋が会議を水曜に移す。").mean["rougeL"]
    far = ours.score([reference], "天気がよいので散歩に行く。").mean["rougeL"]
    assert close > 70 > 40 > far


def test_several_references_are_averaged_and_the_best_is_kept(ours: Rouge) -> None:
    found = ours.score(["a b", "c d"], "a b")
    assert found.mean["rouge1"] == pytest.approx(50)
    assert found.best["rouge1"] == pytest.approx(100)
    assert found.length == 2


@given(st.text(max_size=40))
def test_tokens_do_not_depend_on_case_or_composition(text: str) -> None:
    import unicodedata

    assert tokenize(unicodedata.normalize("NFD", text)) == tokenize(unicodedata.normalize("NFC", text))
    assert all(token for token in tokenize(text))

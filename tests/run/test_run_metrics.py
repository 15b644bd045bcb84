"""ROUGE: rouge-score's own figures on English, and figures at all on every other script."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftlint.errors import UsageError
from ftlint.run.metrics import METHODS, TEXT, TITLES, Metrics
from ftlint.run.tokenize import tokenize, unspaced

rouge_scorer = pytest.importorskip("rouge_score.rouge_scorer")

METRICS = ("rouge1", "rouge2", "rougeL", "rougeLsum")
FIXTURE = Path(__file__).parents[2] / "fixtures" / "dialogue" / "heldout.jsonl"

ASCII = st.text(st.characters(max_codepoint=127), max_size=60)


@pytest.fixture(scope="module")
def ours() -> Metrics:
    return Metrics(METRICS)


@pytest.fixture(scope="module")
def theirs() -> object:
    return rouge_scorer.RougeScorer(list(METRICS))


@given(reference=ASCII, answer=ASCII)
@settings(max_examples=300, deadline=None)
def test_ascii_text_scores_as_with_rouge_score_s_own_tokenizer(reference: str, answer: str) -> None:
    expected = rouge_scorer.RougeScorer(list(METRICS)).score(reference, answer)
    found = Metrics(METRICS).score([reference], answer)
    for metric in METRICS:
        assert found.mean[metric] == pytest.approx(100 * expected[metric].fmeasure, abs=1e-9)
        assert found.best[metric] == found.mean[metric]


def test_real_english_dialogues_score_the_same(ours: Metrics, theirs: object) -> None:
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
def test_every_script_scores(ours: Metrics, theirs: object, text: str) -> None:
    assert theirs.score(text, text)["rouge1"].fmeasure == 0  # type: ignore[attr-defined]
    found = ours.score([text], text)
    assert found.mean["rouge1"] == found.mean["rougeL"] == pytest.approx(100)
    assert found.length > 1


def test_a_better_japanese_answer_scores_higher(ours: Metrics) -> None:
    reference = "高橋は火曜の会議を水曜に移す。"
    close = ours.score([reference], "高橋が会議を水曜に移す。").mean["rougeL"]
    far = ours.score([reference], "天気がよいので散歩に行く。").mean["rougeL"]
    assert close > 70 > 40 > far


def test_several_references_are_averaged_and_the_best_is_kept(ours: Metrics) -> None:
    found = ours.score(["a b", "c d"], "a b")
    assert found.mean["rouge1"] == pytest.approx(50)
    assert found.best["rouge1"] == pytest.approx(100)
    assert found.length == 2


@given(st.text(max_size=40))
def test_tokens_do_not_depend_on_case_or_composition(text: str) -> None:
    import unicodedata

    assert tokenize(unicodedata.normalize("NFD", text)) == tokenize(unicodedata.normalize("NFC", text))
    assert all(token for token in tokenize(text))


JAPANESE = ("花子は火曜の十時に会議を開く。", "花子は火曜の十時に会議を開く。")


def test_japanese_identical_half_and_unrelated(ours: Metrics) -> None:
    every = Metrics(TEXT)
    same = every.score([JAPANESE[0]], JAPANESE[1]).mean
    assert same == pytest.approx(dict.fromkeys(TEXT, 100.0), abs=1e-6)
    unrelated = every.score(["猫が寝ている"], "予算案を可決した").mean
    assert max(unrelated.values()) < 5
    half = ours.score(["東京駅で会う"], "東京駅へ行け").mean["rouge1"]
    assert half == pytest.approx(50.0)


@pytest.mark.parametrize(
    ("metric", "reference", "answer", "expected"),
    [
        ("exact", "Paris", " Paris\n", 100),
        ("exact", "Paris", "paris", 0),
        ("exact", "caf\u00e9", "cafe\u0301", 100),
        ("token_f1", "the red house", "a red house", 100),
        ("token_f1", "red house", "blue house", 50),
        ("token_f1", "the", "the", 100),
        ("token_f1", "red", "", 0),
        ("bleu", "The cat sat on the mat.", "The cat sat on the mat.", 100),
        ("bleu", "赤い家がある", "赤い家がある", 100),
        ("chrf", "house", "xyz", 0),
    ],
)
def test_the_other_metrics(metric: str, reference: str, answer: str, expected: float) -> None:
    assert Metrics([metric]).score([reference], answer).mean[metric] == pytest.approx(expected, abs=1e-9)


def test_bleu_and_chrf_are_sacrebleu_s() -> None:
    sacrebleu = pytest.importorskip("sacrebleu")
    reference, answer = "The dog bites the man, hard.", "The man is bitten by the dog."
    found = Metrics(["bleu", "chrf"]).score([reference], answer).mean
    assert found["bleu"] == pytest.approx(sacrebleu.sentence_bleu(answer, [reference]).score)
    assert found["chrf"] == pytest.approx(sacrebleu.sentence_chrf(answer, [reference]).score)


def test_the_mean_and_the_best_of_several_references() -> None:
    scored = Metrics(["exact", "rouge1"]).score(["Paris", "Rome"], "Paris")
    assert scored.mean == {"exact": 50, "rouge1": 50}
    assert scored.best == {"exact": 100, "rouge1": 100}


def test_every_metric_has_a_title_and_ours_say_how() -> None:
    assert set(METHODS) < set(TITLES)


@pytest.mark.parametrize(("text", "expected"), [("plain", False), ("café", False), ("駅", True), ("한국어", False)])
def test_scripts_without_spaces(text: str, expected: bool) -> None:
    assert unspaced(text) is expected


def test_japanese_in_words() -> None:
    pytest.importorskip("sudachipy")
    from ftlint.run.words import tokenizer, told

    words = tokenizer("words-ja")
    assert words("花子は火曜の10時に会議を開く。GPT-4oで") == [
        *("花子", "は", "火曜", "の", "10", "時", "に", "会議", "を", "開く", "gpt", "4o", "で")
    ]
    assert words("It's 3.5 km_away!") == tokenize("It's 3.5 km_away!")
    assert words("Straße, ÉCOLE") == ["strasse", "école"]
    assert "".join(words("会議" * 9000)) == "会議" * 9000
    assert "SudachiPy" in told("words-ja")
    assert "{" not in told("words-ja")


def test_japanese_words_score_identical_half_and_unrelated() -> None:
    pytest.importorskip("sudachipy")
    every = Metrics(TEXT, "words-ja")
    same = every.score([JAPANESE[0]], JAPANESE[1])
    assert same.mean == pytest.approx(dict.fromkeys(TEXT, 100.0), abs=1e-6)
    assert same.length == 10
    assert max(every.score(["猫が寝ている"], "予算案を可決した").mean[name] for name in METRICS) < 5
    assert every.score(["東京 駅 で 会う"], "東京 駅 へ 行け").mean["rouge1"] == pytest.approx(50)
    english = "The dog bites the man, hard."
    assert every.score([english], "The man bites.") == Metrics(TEXT).score([english], "The man bites.")


def test_japanese_in_words_needs_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sudachipy", None)
    with pytest.raises(UsageError, match="sudachipy") as caught:
        Metrics(["rouge1"], "words-ja")
    assert "ftlint[ja]" in (caught.value.hint or "")

"""How an answer is scored against references: ROUGE, exact match, token F1, chrF and BLEU, 0 to 100, in any script.

The arithmetic is rouge-score's and sacrebleu's; the words are those of ``tokenize.py``.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ftlint.errors import missing_extra
from ftlint.run.tokenize import tokenize, unspaced
from ftlint.run.words import CHARACTERS, Tokenize, tokenizer

ROUGE = ("rouge1", "rouge2", "rougeL", "rougeLsum")
TITLES = {
    "rouge1": "ROUGE-1",
    "rouge2": "ROUGE-2",
    "rougeL": "ROUGE-L",
    "rougeLsum": "ROUGE-Lsum",
    "exact": "exact match",
    "token_f1": "token F1",
    "chrf": "chrF",
    "bleu": "BLEU",
    "tool_calls": "tool calls",
    "judge": "judge",
}
"""The metrics and what they are called; ROUGE stands for its F1."""
CALLS, JUDGE = "tool_calls", "judge"
TEXT = tuple(name for name in TITLES if name not in {CALLS, JUDGE})
"""The metrics that a reference text is enough for."""
METHODS = {
    "rougeLsum": "ROUGE-Lsum takes each line for a sentence",
    "exact": "exact match: the same characters after NFC, spaces at the ends left away",
    "token_f1": "token F1 as SQuAD's, English articles left away",
    "chrf": "chrF: sacrebleu, character n-grams to 6, the mean of the answers' scores",
    "bleu": (
        "BLEU: sacrebleu, effective order, the mean of the answers' scores; tokenizer 13a, single characters where"
        " a script writes no spaces"
    ),
    "tool_calls": "tool calls: 100 for the reference's tools with equal arguments, in any order, else 0; the other"
    " metrics leave examples out whose reference is a tool call",
    "judge": "judge: a model's grade of 0 to 10, times ten; it sees one answer, and not whose it is",
}
_ARTICLES = frozenset({"a", "an", "the"})

Score = Callable[[str, str], float]
"""Reference and answer to a figure, 0 to 100."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One answer, 0 to 100 per metric.

    Attributes:
        mean: averaged over the references.
        best: of the best reference, as ``score_multi`` of rouge-score gives it.
        length: tokens of the answer.
    """

    mean: dict[str, float]
    best: dict[str, float]
    length: int


class Metrics:
    """Scores answers against references.

    Args:
        names: those of ``TEXT``.
        words: the tokenizer, a key of ``TOKENIZERS``.

    Raises:
        UsageError: ``rouge-score``, ``sacrebleu`` or the tokenizer is needed and not installed.
    """

    def __init__(self, names: Sequence[str], words: str = CHARACTERS) -> None:
        self.names = tuple(names)
        self.tokenize = tokenizer(words)
        rouge = [name for name in names if name in ROUGE]
        self._rouge: Any = _rouge_scorer(rouge, self.tokenize) if rouge else None
        self._others: dict[str, Score] = {
            name: _token_f1(self.tokenize) if name == "token_f1" else _MAKERS[name]()
            for name in names
            if name not in ROUGE
        }

    def score(self, references: Sequence[str], answer: str) -> Scored:
        """Score one answer against at least one reference."""
        each = [self._one(reference, answer) for reference in references]
        return Scored(
            mean={name: sum(scores[name] for scores in each) / len(each) for name in self.names},
            best={name: max(scores[name] for scores in each) for name in self.names},
            length=len(self.tokenize(answer)),
        )

    def _one(self, reference: str, answer: str) -> dict[str, float]:
        rouge = self._rouge.score(reference, answer) if self._rouge is not None else {}
        return {
            name: 100 * rouge[name].fmeasure if name in rouge else self._others[name](reference, answer)
            for name in self.names
        }


@dataclass(frozen=True, slots=True)
class _Tokenizer:
    """The shape that rouge-score expects of a tokenizer."""

    tokenize: Tokenize


def _rouge_scorer(names: Iterable[str], words: Tokenize) -> Any:
    try:
        from rouge_score.rouge_scorer import RougeScorer
    except ImportError:
        raise missing_extra("run", "rouge-score") from None
    return RougeScorer(list(names), tokenizer=_Tokenizer(words))


def _exact() -> Score:
    def score(reference: str, answer: str) -> float:
        one, other = (unicodedata.normalize("NFC", text).strip() for text in (reference, answer))
        return 100.0 * (one == other)

    return score


def _token_f1(words: Tokenize = tokenize) -> Score:
    def score(reference: str, answer: str) -> float:
        one, other = (Counter(w for w in words(text) if w not in _ARTICLES) for text in (reference, answer))
        total = one.total() + other.total()
        return 200.0 * (one & other).total() / total if total else 100.0 * (reference.strip() == answer.strip())

    return score


def _chrf() -> Score:
    metric = _sacrebleu().CHRF()

    def score(reference: str, answer: str) -> float:
        return float(metric.sentence_score(answer, [reference]).score)

    return score


def _bleu() -> Score:
    library = _sacrebleu()
    spaced, single = (library.BLEU(tokenize=name, effective_order=True) for name in ("13a", "char"))

    def score(reference: str, answer: str) -> float:
        metric = single if unspaced(reference) or unspaced(answer) else spaced
        return float(metric.sentence_score(answer, [reference]).score)

    return score


def _sacrebleu() -> Any:
    try:
        import sacrebleu.metrics
    except ImportError:
        raise missing_extra("run", "sacrebleu") from None
    return sacrebleu.metrics


_MAKERS: dict[str, Callable[[], Score]] = {"exact": _exact, "chrf": _chrf, "bleu": _bleu}

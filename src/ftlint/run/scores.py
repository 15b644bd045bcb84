"""Scores of every system on the held-out examples, with the floors beside them, and the paired differences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from ftlint.run import calls
from ftlint.run.answers import Answer
from ftlint.run.heldout import HeldOut
from ftlint.run.metrics import CALLS, JUDGE, Metrics, Scored
from ftlint.run.stats import CONFIDENCE, Paired, paired
from ftlint.settings import Price

_ENDS = frozenset({"stop", "tool_calls"})
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class System:
    """One row of the comparison.

    Attributes:
        kind: ``base``, ``tuned``, ``other``, ``checkpoint`` or ``floor``.
        n: examples that it answered; ``missing`` are those it did not, left out of every mean.
        scores: metric to mean score, 0 to 100, averaged over references; empty without an answer.
        best: the same against the best reference.
        length: mean tokens of an answer, as the metrics count them.
        finish_reasons: how answers ended, also those that are missing for it.
        usd: what the answers cost, an estimate; None where tokens or prices are not known.
        counts: metric to examples that it is for, of those that were answered.
        reused: answers that earlier runs had paid for; ``usd`` leaves them out.
    """

    name: str
    kind: str
    model: str | None
    n: int
    missing: int
    scores: dict[str, float]
    best: dict[str, float]
    length: float | None
    finish_reasons: dict[str, int]
    input_tokens: int | None
    output_tokens: int | None
    usd: float | None
    counts: dict[str, int] = field(default_factory=dict)
    reused: int = 0

    @property
    def cut(self) -> int:
        """Answers that did not end by themselves: cut at max_tokens, or by a content filter."""
        return sum(count for reason, count in self.finish_reasons.items() if reason not in _ENDS)


@dataclass(frozen=True, slots=True)
class Difference:
    """Left minus right, per metric, on the examples that both answered; ``confidence`` is that of the intervals."""

    left: str
    right: str
    metrics: dict[str, Paired]
    confidence: float = CONFIDENCE


Table = dict[int, Scored]
"""Scores by example; an example that is missing is not in it."""


def score_answers(
    metrics: Metrics, examples: Sequence[HeldOut], answers: Mapping[int, Answer], grades: Mapping[int, float]
) -> Table:
    """Score what was answered.

    Args:
        metrics: those of texts; an example whose reference is a tool call has a score for its calls alone.
        examples: the held-out ones.
        answers: by example.
        grades: the judge's, 0 to 100; those that it did not give are missing.
    """
    table: Table = {}
    for example in examples:
        answer = answers.get(example.id)
        if answer is None or answer.text is None:
            continue
        if example.calls:
            scores = {CALLS: calls.score(example.calls, answer.calls or [])}
            table[example.id] = Scored(scores, scores, len(metrics.tokenize(answer.text)))
            continue
        scored = metrics.score(example.references, answer.text)
        grade = {JUDGE: grades[example.id]} if example.id in grades else {}
        table[example.id] = Scored({**scored.mean, **grade}, {**scored.best, **grade}, scored.length)
    return table


def system(
    name: str,
    kind: str,
    model: str | None,
    table: Table,
    answers: Mapping[int, Answer],
    total: int,
    price: Price | None = None,
) -> System:
    """The row of one system."""
    metrics = list(dict.fromkeys(metric for scored in table.values() for metric in scored.mean))
    means = {metric: [scored.mean[metric] for scored in table.values() if metric in scored.mean] for metric in metrics}
    best = {metric: [scored.best[metric] for scored in table.values() if metric in scored.best] for metric in metrics}
    asked = {key: answer for key, answer in answers.items() if answer.reused is None}
    reasons = Counter(answer.finish_reason for answer in answers.values() if answer.finish_reason)
    given, made = _sum(answers, "input_tokens"), _sum(answers, "output_tokens")
    return System(
        name=name,
        kind=kind,
        model=model,
        n=len(table),
        missing=total - len(table),
        scores={metric: fmean(values) for metric, values in means.items()},
        best={metric: fmean(values) for metric, values in best.items()},
        length=fmean(scored.length for scored in table.values()) if table else None,
        finish_reasons=dict(sorted(reasons.items())),
        input_tokens=given,
        output_tokens=made,
        usd=usd(*((_sum(asked, "input_tokens"), _sum(asked, "output_tokens")) if asked else (0, 0)), price),
        counts={metric: len(values) for metric, values in means.items()},
        reused=len(answers) - len(asked),
    )


def _sum(answers: Mapping[int, Answer], field: str) -> int | None:
    counts = [getattr(answer, field) for answer in answers.values() if answer.text is not None]
    known = [count for count in counts if count is not None]
    return sum(known) if known and len(known) == len(counts) else None


def usd(given: int | None, made: int | None, price: Price | None) -> float | None:
    """What so many tokens in and out cost; None where one of the figures is not known."""
    if given is None or made is None or price is None or price.input is None or price.output is None:
        return None
    return (given * price.input + made * price.output) / _MILLION


def floor_answers(examples: Sequence[HeldOut], texts: Sequence[str]) -> dict[int, Answer]:
    """What a floor says to each example, as answers."""
    return {example.id: Answer(example.id, text) for example, text in zip(examples, texts, strict=True)}


def difference(
    left: str,
    right: str,
    tables: Mapping[str, Table],
    metrics: Sequence[str],
    seed: int,
    confidence: float = CONFIDENCE,
) -> Difference:
    """Compare two systems on the examples that both answered, in the examples' order."""
    one, other = tables[left], tables[right]
    both = [key for key in one if key in other]

    def compare(metric: str) -> Paired:
        scored = [key for key in both if metric in one[key].mean and metric in other[key].mean]
        return paired([one[key].mean[metric] - other[key].mean[metric] for key in scored], seed, confidence)

    return Difference(left, right, {metric: compare(metric) for metric in metrics}, confidence)

"""The stage ``report``: scores, floors, verdict and notes, from what lies in the run's folder."""

from __future__ import annotations

import contextlib
import platform
from collections.abc import Mapping, Sequence
from importlib import metadata

import ftlint
from ftlint.model import Role
from ftlint.run import calls, curves, grading, words
from ftlint.run.answers import Answer
from ftlint.run.context import REHEARSAL, Run
from ftlint.run.convert import FLOOR, HELDOUT
from ftlint.run.floors import lead, load_constant
from ftlint.run.follow import load_events
from ftlint.run.heldout import HeldOut, load_heldout
from ftlint.run.metrics import TEXT, TITLES, Metrics
from ftlint.run.notes import notes
from ftlint.run.report import BASE, CHECKPOINT, CONSTANT, LEAD, TUNED, Gain, Pair, RunReport, Spending
from ftlint.run.scores import System, Table, difference, floor_answers, score_answers, system, usd
from ftlint.run.stats import LEAST, Paired
from ftlint.run.systems import answers_of, checkpoints, models_of
from ftlint.run.timeline import timeline
from ftlint.text import plural

_PRICED = frozenset({BASE, TUNED, CHECKPOINT})
"""Systems that are billed at the tuned model's prices."""


def build(run: Run) -> RunReport:
    """Score everything and put the report together from what lies in the run's folder.

    Raises:
        UsageError: ``rouge-score`` is not installed.
    """
    done, asked = run.state.done, run.spec.evaluate
    examples = load_heldout(run.folder / HELDOUT)
    models = models_of(run, done["compare"]["systems"])
    answers = answers_of(run, examples, done["compare"]["systems"])
    grades = grading.grades(run, examples, answers)
    answers |= _floors(run, examples)
    metrics = Metrics([metric for metric in asked.metrics if metric in TEXT], asked.tokenizer)
    tables = {name: score_answers(metrics, examples, given, grades.get(name, {})) for name, given in answers.items()}
    total = len(examples)
    systems = tuple(_system(run, name, models.get(name), tables[name], answers[name], total) for name in answers)
    differences = tuple(
        difference(TUNED, name, tables, asked.metrics, run.spec.dataset.seed) for name in models if name != TUNED
    )
    metric = run.spec.gate.metric
    head = differences[0].metrics[metric]
    best, worst = _pairs(examples, answers, tables, metric)
    spending = _spending(run, systems)
    return RunReport(
        run_id=run.record.id,
        rehearsal=REHEARSAL if run.record.rehearsal else None,
        provider=run.provider,
        model=run.model,
        tuned_model=done["follow"]["fine_tuned_model"],
        job_id=done["submit"]["job_id"],
        metric=metric,
        metrics=asked.metrics,
        systems=systems,
        differences=differences,
        verdict=head.verdict or "none",
        sentence=sentence(head, metric, rehearsal=run.record.rehearsal),
        gain=_gain(run, head),
        spending=spending,
        files={role.value: checked for role in Role if (checked := run.checked(role))},
        moderation=done["check"]["moderation"]["sentence"],
        curves=tuple(curves.load(run.folder, done["follow"]["result_files"], load_events(run))),
        checkpoints=tuple(checkpoints(run)),
        notes=tuple(notes(run, systems, metric, spending)),
        examples={
            example.id: {name: table[example.id].mean for name, table in tables.items() if example.id in table}
            for example in examples
        },
        timeline=timeline(run.journal.path),
        versions=_versions(),
        best=best,
        worst=worst,
        tokenizer=words.told(asked.tokenizer),
        judge=done["compare"].get("judge"),
        outputs=done["compare"].get("outputs", {}),
    )


def _versions() -> dict[str, str]:
    """Of everything that the figures depend on, as far as it is installed."""
    found = {"ftlint": ftlint.__version__, "python": platform.python_version()}
    for name in ("openai", "datasets", "rouge-score", "sacrebleu", "sudachipy", "tiktoken"):
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def _floors(run: Run, examples: Sequence[HeldOut]) -> dict[str, dict[int, Answer]]:
    constant = load_constant(run.folder / FLOOR)
    return {
        LEAD: floor_answers(examples, [lead(example.lead) for example in examples]),
        CONSTANT: floor_answers(examples, [constant] * len(examples)),
    }


def _system(run: Run, name: str, model: str | None, table: Table, answers: Mapping[int, Answer], total: int) -> System:
    if name.startswith(f"{CHECKPOINT} "):
        kind = CHECKPOINT
    else:
        kind = name if name in {BASE, TUNED} else "other" if model else "floor"
    price = run.tools.price(run.provider, run.model) if kind in _PRICED else None
    return system(name, kind, model, table, answers, total, price)


def sentence(head: Paired, metric: str, *, rehearsal: bool = False) -> str:
    """The verdict in words: never more than the interval allows."""
    prefix = f"{REHEARSAL}; " if rehearsal else ""
    if head.mean is None or head.low is None or head.high is None:
        return f"{prefix}no verdict: {plural(head.n, 'example')} answered by both"
    figures = (
        f"{head.mean:+.2f} {TITLES[metric]}, 95 % interval {head.low:+.2f} to {head.high:+.2f},"
        f" {plural(head.n, 'example')}: {head.wins} better, {head.ties} equal, {head.losses} worse"
    )
    if head.verdict:
        return f"{prefix}the tuned model is {head.verdict} than the base model ({figures})"
    if head.n < LEAST:
        return f"{prefix}no verdict: {LEAST} examples are the least ({figures})"
    return f"{prefix}no verdict: the interval holds 0 ({figures})"


def _gain(run: Run, head: Paired) -> Gain | None:
    """A demanded gain is reached by the mean, and a positive one only if chance is ruled out."""
    demanded = run.spec.gate.min_gain
    if demanded is None:
        return None
    enough = head.mean is not None and head.mean >= demanded
    met = enough and (demanded <= 0 or head.verdict == "better")
    return Gain(demanded, run.spec.gate.metric, head.mean, met)


def _spending(run: Run, systems: Sequence[System]) -> Spending:
    cost = run.state.done["check"]["cost"] or {}
    planned, tokens = cost.get("usd"), cost.get("billed_tokens")
    trained_tokens = run.state.done["follow"]["trained_tokens"]
    trained = None
    if planned is not None and tokens and trained_tokens is not None:
        trained = planned / tokens * trained_tokens
    answered = [row.usd for row in systems if row.kind in _PRICED]
    sums = [usd for usd in answered if usd is not None]
    return Spending(
        planned=planned,
        planned_tokens=tokens,
        trained=trained,
        trained_tokens=trained_tokens,
        evaluation=sum(sums) if len(sums) == len(answered) else None,
        price_as_of=cost.get("price_as_of"),
        judge=_judge_usd(run),
    )


def _judge_usd(run: Run) -> float | None:
    told, judge = run.state.done["compare"].get("judge"), run.spec.evaluate.judge
    if told is None or judge is None:
        return None
    provider = run.provider if run.record.rehearsal else judge.service.provider
    return usd(told["input_tokens"], told["output_tokens"], run.tools.price(provider, told["model"]))


def _shown(answer: Answer) -> str:
    return "\n".join(part for part in (answer.text, calls.shown(answer.calls or [])) if part)


def _pairs(
    examples: Sequence[HeldOut],
    answers: Mapping[str, Mapping[int, Answer]],
    tables: Mapping[str, Table],
    metric: str,
    count: int = 5,
) -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
    base, tuned = tables[BASE], tables[TUNED]
    pairs = [
        Pair(
            example.id,
            tuned[example.id].mean[metric] - base[example.id].mean[metric],
            calls.shown(example.calls) if example.calls else example.references[0],
            _shown(answers[BASE][example.id]),
            _shown(answers[TUNED][example.id]),
        )
        for example in examples
        if all(example.id in table and metric in table[example.id].mean for table in (base, tuned))
    ]
    ranked = sorted(pairs, key=lambda pair: (-pair.difference, pair.id))
    best = tuple(pair for pair in ranked[:count] if pair.difference > 0)
    worst = tuple(pair for pair in reversed(ranked[-count:]) if pair.difference < 0)
    return best, worst

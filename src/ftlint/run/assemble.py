"""The stage ``report``: scores, floors, verdict and notes, from what lies in the run's folder."""

from __future__ import annotations

import contextlib
import platform
from collections.abc import Mapping, Sequence
from importlib import metadata

import ftlint
from ftlint.model import Role
from ftlint.reports.figures import percent
from ftlint.run import calls, costs, curves, grading, words
from ftlint.run.answers import Answer
from ftlint.run.choice import Choice, choose
from ftlint.run.context import REHEARSAL, Run
from ftlint.run.convert import FLOOR, HELDOUT
from ftlint.run.floors import lead, load_constant
from ftlint.run.follow import load_events
from ftlint.run.heldout import HeldOut, load_heldout
from ftlint.run.metrics import TEXT, TITLES, Metrics
from ftlint.run.notes import notes
from ftlint.run.report import BASE, CHECKPOINT, CONSTANT, LEAD, TUNED, Gain, Pair, RunReport, Spending
from ftlint.run.scores import Difference, System, Table, difference, floor_answers, score_answers, system, usd
from ftlint.run.stats import CONFIDENCE, LEAST, Paired
from ftlint.run.systems import answers_of, checkpoints, models_of
from ftlint.run.timeline import timeline
from ftlint.text import plural

_PRICED = frozenset({BASE, TUNED, CHECKPOINT, "job"})
"""Systems that are billed at the tuned model's prices."""


def build(run: Run) -> RunReport:
    """Score everything and put the report together from what lies in the run's folder.

    Raises:
        UsageError: ``rouge-score`` is not installed.
    """
    done, asked = run.state.done, run.spec.evaluate
    examples = load_heldout(run.folder / HELDOUT)
    choice, answers, tables = _scored(run, examples)
    models = choice.renamed(models_of(run, done["compare"]["systems"]))
    total, metric = len(examples), run.spec.gate.metric
    systems = tuple(_system(run, name, models.get(name), tables[name], answers[name], total) for name in answers)
    differences = _differences(run, choice, models, tables)
    head = differences[0].metrics[metric]
    best, worst = _pairs(examples, answers, tables, metric)
    spending = _spending(run, systems)
    job, outputs = choice.job, choice.renamed(done["compare"].get("outputs", {}))
    return RunReport(
        run_id=run.record.id,
        rehearsal=REHEARSAL if run.record.rehearsal else None,
        provider=run.provider,
        model=run.model,
        tuned_model=job.state.done["follow"]["fine_tuned_model"],
        job_id=job.state.done["submit"]["job_id"],
        metric=metric,
        metrics=asked.metrics,
        systems=systems,
        differences=differences,
        verdict=head.verdict or "none",
        sentence=sentence(head, metric, rehearsal=run.record.rehearsal, choice=choice.told, level=choice.confidence),
        gain=_gain(run, head),
        spending=spending,
        files={role.value: checked for role in Role if (checked := run.checked(role))},
        moderation=done["check"]["moderation"]["sentence"],
        curves=tuple(curves.load(job.own, job.state.done["follow"]["result_files"], load_events(job))),
        checkpoints=tuple(checkpoints(job)),
        notes=(*choice.notes(), *notes(run, systems, metric, spending, outputs)),
        examples=_means(examples, tables),
        timeline=timeline(run.journal.path),
        versions=_versions(),
        best=best,
        worst=worst,
        tokenizer=words.told(asked.tokenizer),
        judge=done["compare"].get("judge"),
        outputs=outputs,
        sweep=choice.lines(),
        confidence=choice.confidence,
    )


def _differences(
    run: Run, choice: Choice, models: Mapping[str, str], tables: Mapping[str, Table]
) -> tuple[Difference, ...]:
    """The tuned model against every other one, the base model first."""
    metrics, seed = run.spec.evaluate.metrics, run.spec.dataset.seed
    return tuple(
        difference(TUNED, name, tables, metrics, seed, choice.confidence_against(name))
        for name in models
        if name != TUNED
    )


def _means(examples: Sequence[HeldOut], tables: Mapping[str, Table]) -> dict[int, dict[str, dict[str, float]]]:
    """Example to system to metric to score."""
    return {
        example.id: {name: table[example.id].mean for name, table in tables.items() if example.id in table}
        for example in examples
    }


def _scored(run: Run, examples: Sequence[HeldOut]) -> tuple[Choice, dict[str, dict[int, Answer]], dict[str, Table]]:
    """What is reported as the tuned model, and the answers and scores of every system, the floors among them."""
    asked, systems = run.spec.evaluate, run.state.done["compare"]["systems"]
    answers = answers_of(run, list(examples), systems)
    grades = grading.grades(run, examples, answers)
    answers |= _floors(run, examples)
    metrics = Metrics([metric for metric in asked.metrics if metric in TEXT], asked.tokenizer)
    tables = {name: score_answers(metrics, examples, given, grades.get(name, {})) for name, given in answers.items()}
    choice = choose(run, tables)
    return choice, choice.renamed(answers), choice.renamed(tables)


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
    kind = _kind(name, model)
    if kind in _PRICED:
        price = run.tools.price(run.provider, run.model)
    else:
        price = next((entry.price for entry in run.spec.evaluate.compare if entry.name == name), None)
    return system(name, kind, model, table, answers, total, price)


def _kind(name: str, model: str | None) -> str:
    if CHECKPOINT in name.split(" "):  # no comparison's name holds a space
        return CHECKPOINT
    if name in {BASE, TUNED}:
        return name
    return ("job" if name.startswith("job ") else "other") if model else "floor"


def sentence(head: Paired, metric: str, *, rehearsal: bool = False, choice: str = "", level: float = CONFIDENCE) -> str:
    """The verdict in words: never more than the interval allows.

    Args:
        head: the tuned model against the base model, by ``metric``.
        rehearsal: the figures are not a model's.
        choice: how the tuned model was chosen, in a sweep.
        level: of the interval.
    """
    prefix = f"{REHEARSAL}; " if rehearsal else ""
    if head.mean is None or head.low is None or head.high is None:
        return f"{prefix}no verdict: {plural(head.n, 'example')} answered by both"
    figures = (
        f"{head.mean:+.2f} {TITLES[metric]}, {percent(level)} interval {head.low:+.2f} to {head.high:+.2f},"
        f" {plural(head.n, 'example')}: {head.wins} better, {head.ties} equal, {head.losses} worse"
    )
    if choice:
        figures += f"; {choice}"
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
    planned = costs.job_costs(run)
    tokens = [cost.tokens for cost in planned if cost.tokens is not None]
    jobs = [run.job(number) for number in range(1, len(run.spec.train.sweep) + 1)] or [run]
    known = [(costs.trained_tokens(job), costs.trained_usd(job, cost)) for job, cost in zip(jobs, planned, strict=True)]
    trained = [(count, usd) for count, usd in known if count is not None]
    paid = [usd for _, usd in trained if usd is not None]
    answered = [row.usd for row in systems if row.kind in _PRICED]
    sums = [usd for usd in answered if usd is not None]
    return Spending(
        planned=costs.training(planned),
        planned_tokens=sum(tokens) if len(tokens) == len(planned) else None,
        trained=sum(paid) if trained and len(paid) == len(trained) else None,
        trained_tokens=sum(count for count, _ in trained) if trained else None,
        evaluation=sum(sums) if len(sums) == len(answered) else None,
        price_as_of=(run.state.done["check"]["cost"] or {}).get("price_as_of"),
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

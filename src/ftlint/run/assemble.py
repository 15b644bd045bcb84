"""The stage ``report``: scores, floors, verdict and notes, from what lies in the run's folder."""

from __future__ import annotations

import contextlib
import json
import platform
from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Any

import ftlint
from ftlint.model import Role
from ftlint.run import curves
from ftlint.run.context import REHEARSAL, Run
from ftlint.run.convert import FLOOR, HELDOUT
from ftlint.run.evaluate import Answer, load_answers, request_keys
from ftlint.run.floors import lead, load_constant
from ftlint.run.follow import CHECKPOINTS, load_events
from ftlint.run.heldout import HeldOut, load_heldout
from ftlint.run.metrics import TITLES, Metrics
from ftlint.run.report import BASE, CONSTANT, LEAD, TUNED, Gain, Pair, RunReport, Spending, answers_file
from ftlint.run.scores import System, Table, difference, floor_answers, score_answers, system
from ftlint.run.stats import LEAST, Paired
from ftlint.run.timeline import timeline
from ftlint.text import crop, plural, safe

_PROMPT = 80
"""Characters of a prompt that a note shows."""


def build(run: Run) -> RunReport:
    """Score everything and put the report together from what lies in the run's folder.

    Raises:
        UsageError: ``rouge-score`` is not installed.
    """
    done, asked = run.state.done, run.spec.evaluate
    examples = load_heldout(run.folder / HELDOUT)
    models = {BASE: done["baseline"]["model"], TUNED: done["evaluate"]["model"]}
    models |= {name: found["model"] for name, found in done["compare"]["systems"].items()}
    answers = {
        name: load_answers(run.folder / answers_file(name), request_keys(run, model, examples))
        for name, model in models.items()
    }
    answers |= _floors(run, examples)
    metrics = Metrics(asked.metrics)
    tables = {name: score_answers(metrics, examples, given) for name, given in answers.items()}
    total = len(examples)
    systems = tuple(_system(run, name, models.get(name), tables[name], answers[name], total) for name in answers)
    differences = tuple(
        difference(TUNED, name, tables, asked.metrics, run.spec.dataset.seed) for name in models if name != TUNED
    )
    metric = run.spec.gate.metric
    head = differences[0].metrics[metric]
    best, worst = _pairs(examples, answers, tables, metric)
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
        spending=_spending(run, systems),
        files={role.value: checked for role in Role if (checked := run.checked(role))},
        moderation=done["check"]["moderation"]["sentence"],
        curves=tuple(curves.load(run.folder, done["follow"]["result_files"], load_events(run))),
        checkpoints=tuple(_checkpoints(run)),
        notes=tuple(_notes(run, systems, metric)),
        examples={
            example.id: {name: table[example.id].mean for name, table in tables.items() if example.id in table}
            for example in examples
        },
        timeline=timeline(run.journal.path),
        versions=_versions(),
        best=best,
        worst=worst,
    )


def _versions() -> dict[str, str]:
    """Of everything that the figures depend on, as far as it is installed."""
    found = {"ftlint": ftlint.__version__, "python": platform.python_version()}
    for name in ("openai", "datasets", "rouge-score", "sacrebleu", "tiktoken"):
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
    kind = name if name in {BASE, TUNED} else "other" if model else "floor"
    price = run.tools.price(run.provider, run.model) if kind in {BASE, TUNED} else None
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
    answered = [row.usd for row in systems if row.kind in {BASE, TUNED}]
    sums = [usd for usd in answered if usd is not None]
    return Spending(
        planned=planned,
        planned_tokens=tokens,
        trained=trained,
        trained_tokens=trained_tokens,
        evaluation=sum(sums) if len(sums) == len(answered) else None,
        price_as_of=cost.get("price_as_of"),
    )


def _checkpoints(run: Run) -> list[dict[str, Any]]:
    path = run.folder / CHECKPOINTS
    found: list[dict[str, Any]] = json.loads(path.read_bytes()) if path.exists() else []
    return found


def _notes(run: Run, systems: Sequence[System], metric: str) -> list[str]:
    """What a reader of the figures must know."""
    heldout, left_out = run.state.done["convert"]["heldout"], run.state.done["convert"]["left_out"]
    notes = [*run.state.done["gate"]["notes"]]
    if heldout["is_validation"]:
        notes.append("the held-out examples are those of the validation file, which the job saw (not to learn from)")
    if heldout["overlap"]:
        stand = plural(heldout["overlap"], "held-out prompt stands", "held-out prompts stand")
        notes.append(f"{stand} in the training file too and left out: a score would show memory")
    if differ := run.state.done["convert"].get("prompts"):
        shown = " against ".join(f"`{safe(crop(differ[key], _PROMPT))}`" for key in ("evaluation", "training"))
        notes.append(f"the evaluation asks with another {differ['role']} prompt than the training: {shown}")
    for role, count in left_out.items():
        notes.append(f"{plural(count, 'row')} of {role} left out: a column is empty, or no question and answer")
    by_name = {row.name: row.scores.get(metric) for row in systems}
    tuned = by_name[TUNED]
    for name in (LEAD, CONSTANT):
        floor = by_name[name]
        if tuned is not None and floor is not None and tuned <= floor:
            notes.append(f"the tuned model does not clear the floor `{name}` ({tuned:.2f} against {floor:.2f})")
    notes += [
        f"{row.name}: {plural(row.cut, 'answer')} did not end by itself ({_reasons(row)})" for row in systems if row.cut
    ]
    return notes


def _reasons(row: System) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in row.finish_reasons.items())


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
            example.references[0],
            answers[BASE][example.id].text or "",
            answers[TUNED][example.id].text or "",
        )
        for example in examples
        if example.id in base and example.id in tuned
    ]
    ranked = sorted(pairs, key=lambda pair: (-pair.difference, pair.id))
    best = tuple(pair for pair in ranked[:count] if pair.difference > 0)
    worst = tuple(pair for pair in reversed(ranked[-count:]) if pair.difference < 0)
    return best, worst

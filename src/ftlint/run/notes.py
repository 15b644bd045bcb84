"""What a reader of a run's figures must know, in sentences: what was left out, did not answer, or was not asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ftlint.reports.figures import dollars
from ftlint.run.context import Run
from ftlint.run.metrics import TITLES
from ftlint.run.report import CONSTANT, LEAD, TUNED, Spending
from ftlint.run.scores import System
from ftlint.text import crop, plural, safe

_PROMPT = 80
"""Characters of a prompt that a note shows."""


def notes(
    run: Run, systems: Sequence[System], metric: str, spending: Spending, outputs: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    """All notes, those of the gate first; ``outputs`` is what moderation said of each system's answers."""
    done = run.state.done
    return [
        *done["gate"]["notes"],
        *_heldout(done["convert"]),
        *_floors(systems, metric),
        *_answers(systems, done["compare"].get("skipped", {})),
        *_judge(done["compare"].get("judge"), spending),
        *_outputs(outputs),
    ]


def _heldout(found: Mapping[str, Any]) -> Iterator[str]:
    heldout = found["heldout"]
    if heldout["is_validation"]:
        yield "the held-out examples are those of the validation file, which the job saw (not to learn from)"
    if heldout["overlap"]:
        stand = plural(heldout["overlap"], "held-out prompt stands", "held-out prompts stand")
        yield f"{stand} in the training file too and left out: a score would show memory"
    if unscored := heldout.get("unscored"):
        left = plural(unscored, "held-out example is", "held-out examples are")
        yield f"{left} left out: no metric is for them (`tool_calls` compares tool calls, the others compare texts)"
    if differ := found.get("prompts"):
        shown = " against ".join(f"`{safe(crop(differ[key], _PROMPT))}`" for key in ("evaluation", "training"))
        yield f"the evaluation asks with another {differ['role']} prompt than the training: {shown}"
    for role, count in found["left_out"].items():
        yield f"{plural(count, 'row')} of {role} left out: a column is empty, or no question and answer"


def _floors(systems: Sequence[System], metric: str) -> Iterator[str]:
    by_name = {row.name: row.scores.get(metric) for row in systems}
    tuned = by_name[TUNED]
    for name in (LEAD, CONSTANT):
        floor = by_name[name]
        if tuned is not None and floor is not None and tuned <= floor:
            yield f"the tuned model does not clear the floor `{name}` ({tuned:.2f} against {floor:.2f})"


def _answers(systems: Sequence[System], skipped: Mapping[str, str]) -> Iterator[str]:
    for row in systems:
        if row.cut:
            reasons = ", ".join(f"{reason} {count}" for reason, count in row.finish_reasons.items())
            yield f"{row.name}: {plural(row.cut, 'answer')} did not end by itself ({reasons})"
        if row.reused:
            taken = plural(row.reused, "answer is", "answers are")
            yield f"{row.name}: {taken} an earlier run's, to the same request at temperature 0; they cost nothing now"
    tuned = next(row for row in systems if row.name == TUNED)
    if fewer := [f"{TITLES[metric]} of {count}" for metric, count in tuned.counts.items() if count < tuned.n]:
        yield f"not every metric is for every example; of the tuned model's {tuned.n}: {', '.join(fewer)}"
    for name, why in skipped.items():
        yield f"{name} is not evaluated: {why}"


def _judge(told: Mapping[str, Any] | None, spending: Spending) -> Iterator[str]:
    if told is None:
        return
    cost = "unknown" if spending.judge is None else dollars(spending.judge)
    yield (
        f"judge {told['model']} at {told['service']}: {plural(told['asked'], 'answer')} to grade,"
        f" {told['unparsable']} replies are no grade, {told['missing']} missing, cost {cost}"
    )
    if failed := told.get("failed"):
        yield f"the judge graded nothing: {failed}"


def _outputs(found: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for name, row in found.items():
        named = f" ({', '.join(row['categories'])})" if row["categories"] else ""
        missing = f", {row['missing']} without a verdict" if row["missing"] or row["reason"] else ""
        why = f" ({row['reason']})" if row["reason"] else ""
        yield (
            f"moderation of what {name} answered: {row['flagged']} flagged, {row['watched']} near a watch level, of"
            f" {plural(row['texts'], 'answer')}{named}{missing}{why}"
        )

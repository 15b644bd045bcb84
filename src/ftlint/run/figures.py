"""The cells and sentences of a run's report, shared by the terminal table and the Markdown page."""

from __future__ import annotations

from ftlint.reports.figures import dollars, percent
from ftlint.run.metrics import METHODS, TITLES
from ftlint.run.report import RunReport, Spending, SweepLine
from ftlint.run.scores import Difference, System
from ftlint.run.stats import CONFIDENCE, Paired
from ftlint.text import plural

NOTHING = "-"


def score(value: float | None) -> str:
    """A score of 0 to 100 with two digits; a dash where there is none."""
    return NOTHING if value is None else f"{value:.2f}"


def system_header(report: RunReport) -> list[str]:
    """The column heads of the comparison."""
    return ["system", "model", *(TITLES[metric] for metric in report.metrics), "n", "missing", "length", "cost"]


def system_cells(row: System, metrics: tuple[str, ...]) -> list[str]:
    """The cells of one system."""
    return [
        row.name,
        row.model or NOTHING,
        *(score(row.scores.get(metric)) for metric in metrics),
        str(row.n),
        str(row.missing),
        NOTHING if row.length is None else f"{row.length:.1f}",
        NOTHING if row.usd is None else dollars(row.usd),
    ]


DIFFERENCE_HEADER = ["difference", "metric", "mean", "95 % interval", "bootstrap", "better / equal / worse", "n"]


def difference_rows(difference: Difference) -> list[list[str]]:
    """One row of cells per metric."""
    name = f"{difference.left} - {difference.right}"
    if difference.confidence != CONFIDENCE:
        name += f" ({percent(difference.confidence)} intervals)"
    return [_difference_cells(name, TITLES[metric], one) for metric, one in difference.metrics.items()]


def _difference_cells(name: str, metric: str, one: Paired) -> list[str]:
    doubt = " (disagrees)" if one.agree is False else ""
    return [
        name,
        metric,
        NOTHING if one.mean is None else f"{one.mean:+.2f}",
        _interval(one.low, one.high),
        _interval(one.boot_low, one.boot_high) + doubt,
        f"{one.wins} / {one.ties} / {one.losses}",
        str(one.n),
    ]


def _interval(low: float | None, high: float | None) -> str:
    return NOTHING if low is None or high is None else f"{low:+.2f} to {high:+.2f}"


SWEEP_HEADER = ["job", "changes", "model", "score", "gain", "interval", "planned", "real"]


def sweep_rows(report: RunReport) -> list[list[str]]:
    """One row of cells per job of a sweep; a job without answers has its reason in place of its model."""
    return [_sweep_cells(line, report) for line in report.sweep]


def _sweep_cells(line: SweepLine, report: RunReport) -> list[str]:
    gain = line.gain
    return [
        f"{line.job}{' (best)' if line.best and len(report.sweep) > 1 else ''}",
        line.changes,
        f"{line.status.replace('-', ' ')}: {line.why}" if line.why else line.tuned_model or NOTHING,
        score(line.score),
        NOTHING if gain is None or gain.mean is None else f"{gain.mean:+.2f}",
        NOTHING if gain is None else _interval(gain.low, gain.high),
        _usd(line.planned),
        NOTHING if line.trained is None else dollars(line.trained),
    ]


def sweep_title(report: RunReport) -> str:
    """What the table of a sweep shows."""
    return (
        f"{TITLES[report.metric]} of each job, its gain over the base model with {percent(report.confidence)} intervals"
    )


def spending_sentence(spending: Spending) -> str:
    """What the run was to cost and what it cost."""
    planned = _usd(spending.planned)
    if spending.planned_tokens is not None:
        planned += f" for {plural(spending.planned_tokens, 'token')}"
    real = _usd(spending.trained)
    if spending.trained_tokens is not None:
        real += f" for {plural(spending.trained_tokens, 'token')}"
    dated = f" (price of {spending.price_as_of})" if spending.price_as_of else ""
    judge = "" if spending.judge is None else f"; judge: {dollars(spending.judge)}"
    return f"training: planned {planned}, real {real}{dated}; evaluation: {_usd(spending.evaluation)}{judge}"


def _usd(usd: float | None) -> str:
    return "unknown" if usd is None else dollars(usd)


def gain_sentence(report: RunReport) -> str | None:
    """Whether the demanded gain was reached, or None where none is demanded."""
    gain = report.gain
    if gain is None:
        return None
    reached = NOTHING if gain.reached is None else f"{gain.reached:+.2f}"
    word = "reached" if gain.met else "not reached"
    return f"demanded gain {gain.demanded:+.2f} {TITLES[gain.metric]}: {word} ({reached})"


def method_sentence(report: RunReport) -> str:
    """How the figures were made."""
    methods = [METHODS[metric] for metric in report.metrics if metric in METHODS]
    return "; ".join(
        [
            f"scores are {report.references}",
            f"tokenizer {report.tokenizer}",
            *methods,
            "missing answers are left out pairwise",
            "intervals are paired: Student's t, and a seeded bootstrap",
        ]
    )

"""A run's report as a Markdown page; texts of the dataset and of models are masked, inert and cropped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from ftlint.run import figures
from ftlint.run.metrics import TITLES
from ftlint.run.report import Pair, RunReport
from ftlint.text import crop, safe

# Emphasis, code, links, HTML, entities, tables, mentions, formulas; addresses that become links by themselves; and what
# makes a heading or a list of a line's beginning. Figures stay as they are: the page is to be read as plain text, too.
_ACTIVE = re.compile(r"([\\`*_\[\]|<>~&@$]|:(?=//)|(?<=[wW]{3})\.)")
_FIRST = re.compile(r"^(\s*\d*)((?<!\d)(?:#+|[+-])(?=\s|$)|(?<=\d)[.)](?=\s|$)|=+$|-+$)")
_WIDTH = 300


def inert(text: str) -> str:
    """The text so that Markdown shows it and does nothing with it: no link, no HTML, no mention, no emphasis."""
    return _FIRST.sub(r"\1\\\2", _ACTIVE.sub(r"\\\1", safe(text)))


def render(report: RunReport, mask: Callable[[str], str]) -> str:
    """The page.

    Args:
        report: what the run found.
        mask: stars out personal data and secrets.
    """
    blocks = [
        f"# Run {inert(report.run_id)}",
        f"**{report.rehearsal}**" if report.rehearsal else "",
        f"**{inert(report.sentence)}**",
        inert(figures.gain_sentence(report) or ""),
        _table(figures.system_header(report), (figures.system_cells(row, report.metrics) for row in report.systems), 2),
        _table(
            figures.DIFFERENCE_HEADER,
            (cells for difference in report.differences for cells in figures.difference_rows(difference)),
            2,
        ),
        *_sweep(report),
        _list([*report.notes, figures.spending_sentence(report.spending), report.moderation]),
        inert(figures.method_sentence(report)) + ".",
        *_job(report),
        *_pairs("Gained most", report.best, report.metric, mask),
        *_pairs("Lost most", report.worst, report.metric, mask),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _sweep(report: RunReport) -> list[str]:
    if not report.sweep:
        return []
    table = _table(figures.SWEEP_HEADER, figures.sweep_rows(report), 3)
    return ["## Sweep", f"{inert(figures.sweep_title(report))}:", table]


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], left: int) -> str:
    rule = ["---" if index < left else "---:" for index in range(len(header))]
    lines = [header, rule, *([inert(cell) for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {inert(item)}" for item in items)


def _job(report: RunReport) -> list[str]:
    rows = [["job", report.job_id], ["provider", report.provider], ["base model", report.model]]
    rows.append(["tuned model", report.tuned_model])
    rows += [[f"{role} file", f"{file['path']} (sha256 {file['sha256']})"] for role, file in report.files.items()]
    blocks = ["## Job", _table(["what", "value"], rows, 2)]
    if report.checkpoints:
        found = [[str(point["step"]), str(point["model"])] for point in report.checkpoints]
        blocks.append(_table(["checkpoint at step", "model"], found, 2))
    if report.curves:
        names = list(dict.fromkeys(name for point in report.curves for name in point if name != "step"))
        blocks.append(_table(["step", *names], _thinned(report.curves, names), 0))
    return blocks


def _thinned(points: Sequence[dict[str, float]], names: Sequence[str], most: int = 20) -> list[list[str]]:
    """At most twenty points of the curves, the last one among them; all of them are in report.json."""
    stride = max(1, -(-len(points) // most))
    kept = [point for index, point in enumerate(points) if (len(points) - 1 - index) % stride == 0]
    return [[f"{point.get('step', 0):g}", *(_number(point.get(name)) for name in names)] for point in kept]


def _number(value: float | None) -> str:
    return figures.NOTHING if value is None else f"{value:.4g}"


def _pairs(title: str, pairs: Sequence[Pair], metric: str, mask: Callable[[str], str]) -> list[str]:
    if not pairs:
        return []
    rows = [
        [str(pair.id), f"{pair.difference:+.2f}", *(crop(mask(text), _WIDTH) for text in pair.texts)] for pair in pairs
    ]
    return [f"## {title}", _table(["example", TITLES[metric], "reference", "base", "tuned"], rows, 1)]

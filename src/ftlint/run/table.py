"""A run's report on the terminal, as a rich renderable: the comparison, the differences, the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ftlint.run import figures
from ftlint.run.report import RunReport
from ftlint.text import safe

_STYLES = {"tuned": "bold", "floor": "dim"}
_VERDICTS = {"better": "bold green", "worse": "bold red", "none": "bold yellow"}


def render(report: RunReport) -> RenderableType:
    """The report for a terminal; every string is inert and no markup is read from it."""
    parts: list[RenderableType] = []
    if report.rehearsal:
        parts.append(Text(report.rehearsal, style="bold yellow"))
    systems = [figures.system_cells(row, report.metrics) for row in report.systems]
    styles = [_STYLES.get(row.kind, "") for row in report.systems]
    parts.append(_table(figures.system_header(report), systems, styles, left=2))
    if report.sweep:
        rows = figures.sweep_rows(report)
        parts.append(Text(figures.sweep_title(report)))
        parts.append(_table(figures.SWEEP_HEADER, rows, ["bold" if one.best else "" for one in report.sweep], left=3))
    differences = [cells for difference in report.differences for cells in figures.difference_rows(difference)]
    parts.append(_table(figures.DIFFERENCE_HEADER, differences, [""] * len(differences), left=2))
    parts.append(Text(safe(report.sentence), style=_VERDICTS[report.verdict]))
    if (gain := figures.gain_sentence(report)) is not None:
        parts.append(Text(gain))
    parts.append(Text(figures.spending_sentence(report.spending)))
    parts += [Text(f"note: {safe(note)}") for note in report.notes]
    parts.append(Text(figures.method_sentence(report), style="dim"))
    return Group(*parts)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], styles: Sequence[str], left: int) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for index, name in enumerate(header):
        table.add_column(Text(name), justify="left" if index < left else "right", overflow="fold")
    for cells, style in zip(rows, styles, strict=True):
        table.add_row(*(Text(safe(cell)) for cell in cells), style=style)
    return table

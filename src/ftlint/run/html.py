"""A run's report as one HTML page that works offline and with scripts off; texts of data and models are masked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime

from ftlint.reports.figures import dollars, percent
from ftlint.reports.html_page import card, shell
from ftlint.reports.html_prose import esc, sentence
from ftlint.run import charts, figures
from ftlint.run.metrics import TITLES
from ftlint.run.report import BASE, TUNED, Pair, RunReport
from ftlint.run.timeline import Step
from ftlint.text import crop, plural

_TEXT = 600
_VERDICTS = {"better": "better", "worse": "worse", "none": "no verdict"}
_LOSSES = ("train_loss", "valid_loss", "full_valid_loss")
_ACCURACIES = ("train_mean_token_accuracy", "valid_mean_token_accuracy", "full_valid_mean_token_accuracy")


def render(report: RunReport, mask: Callable[[str], str]) -> str:
    """The page.

    Args:
        report: what the run found.
        mask: stars out personal data and secrets.
    """
    return shell(f"ftlint run {report.run_id}: {_VERDICTS[report.verdict]}", "".join(_body(report, mask)))


def _body(report: RunReport, mask: Callable[[str], str]) -> Iterator[str]:
    yield _header(report)
    yield _cards(report)
    yield from (f'<p class="note">{sentence(note)}</p>' for note in report.notes)
    yield "<h2>Tuned against the others</h2>"
    yield _figure("differences with 95 % intervals", "points of 100", charts.intervals(report.differences))
    yield _table(figures.system_header(report), (figures.system_cells(row, report.metrics) for row in report.systems))
    rows = (cells for difference in report.differences for cells in figures.difference_rows(difference))
    yield _table(figures.DIFFERENCE_HEADER, rows)
    if report.sweep:
        yield f"<h2>Sweep</h2><p>{esc(figures.sweep_title(report))}</p>"
        yield _table(figures.SWEEP_HEADER, figures.sweep_rows(report), left=3)
    title = f"tuned minus base, {TITLES[report.metric]}, example by example"
    yield _figure(title, "the largest gain first", charts.waterfall(_differences(report)))
    yield from _pairs("Gained most", report.best, report, mask)
    yield from _pairs("Lost most", report.worst, report, mask)
    yield from _training(report)
    yield from _timeline(report.timeline)
    yield from _provenance(report)


def _header(report: RunReport) -> str:
    good = {"better": "good", "worse": "bad"}.get(report.verdict, "open")
    said = f'<p class="rehearsal">{esc(report.rehearsal)}</p>' if report.rehearsal else ""
    gain = figures.gain_sentence(report)
    return (
        f'<header class="{good}"><p class="brand">ftlint run {esc(report.run_id)}</p>{said}'
        f'<h1>{_VERDICTS[report.verdict]}</h1><p class="word">{esc(report.sentence)}</p>'
        + (f'<p class="word">{esc(gain)}</p>' if gain else "")
        + "</header>"
    )


def _cards(report: RunReport) -> str:
    by_name = {row.name: row for row in report.systems}
    base, tuned = by_name[BASE], by_name[TUNED]
    one = report.differences[0].metrics[report.metric]
    scores = f"{figures.score(base.scores.get(report.metric))} → {figures.score(tuned.scores.get(report.metric))}"
    gain = "–" if one.mean is None else f"{one.mean:+.2f}"
    level = percent(report.confidence)
    told = "–" if one.low is None or one.high is None else f"{level} interval {one.low:+.2f} to {one.high:+.2f}"
    spent = report.spending
    money = "–" if spent.trained is None else dollars(spent.trained)
    planned = "planned: unknown" if spent.planned is None else f"planned {dollars(spent.planned)}"
    cards = [
        card(TITLES[report.metric], scores, "base → tuned"),
        card("gain", gain, told),
        card("examples", f"{one.wins} / {one.ties} / {one.losses}", f"better / equal / worse, n = {one.n}"),
        card("training", money, planned),
    ]
    return f'<div class="cards">{"".join(cards)}</div>'


def _figure(title: str, told: str, drawing: str) -> str:
    if not drawing:
        return ""
    return f"<figure><figcaption>{esc(title)} <span>{esc(told)}</span></figcaption>{drawing}</figure>"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], left: int = 2) -> str:
    def row(cells: Sequence[str], kind: str) -> str:
        classes = ["" if index < left else ' class="n"' for index in range(len(cells))]
        shown = (f"<{kind}{name}>{esc(cell)}</{kind}>" for name, cell in zip(classes, cells, strict=True))
        return f"<tr>{''.join(shown)}</tr>"

    body = "".join(row(cells, "td") for cells in rows)
    return f'<div class="wide"><table class="data">{row(header, "th")}{body}</table></div>' if body else ""


def _differences(report: RunReport) -> list[tuple[int, float]]:
    return [
        (number, systems[TUNED][report.metric] - systems[BASE][report.metric])
        for number, systems in report.examples.items()
        if all(report.metric in systems.get(name, {}) for name in (BASE, TUNED))
    ]


def _pairs(title: str, pairs: Sequence[Pair], report: RunReport, mask: Callable[[str], str]) -> Iterator[str]:
    if not pairs:
        return
    yield f"<h2>{esc(title)}</h2>"
    for pair in pairs:
        shown = "".join(
            f"<dt>{name}</dt><dd><pre>{esc(crop(mask(text), _TEXT))}</pre></dd>"
            for name, text in zip(("reference", "base", "tuned"), pair.texts, strict=True)
        )
        head = f"example {pair.id}: {pair.difference:+.2f} {TITLES[report.metric]}"
        yield f'<details class="pair"><summary>{esc(head)}</summary><dl>{shown}</dl></details>'


def _training(report: RunReport) -> Iterator[str]:
    loss, accuracy = charts.curves(report.curves, _LOSSES), charts.curves(report.curves, _ACCURACIES)
    if not loss and not accuracy and not report.checkpoints:
        return
    yield "<h2>Training</h2>"
    yield _figure("loss", "lower is better", loss)
    yield _figure("token accuracy", "share of tokens foreseen", accuracy)
    rows = [[f"{point.get('step', '')}", str(point.get("model", ""))] for point in report.checkpoints]
    yield _table(["checkpoint at step", "model"], rows)


def _timeline(steps: Sequence[Step]) -> Iterator[str]:
    if not steps:
        return
    yield "<h2>Stages</h2>"
    rows = []
    for step in steps:
        took = "not finished" if step.ended is None else f"{max(step.ended - step.began, 0.0):,.1f} s"
        began = datetime.fromtimestamp(step.began, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        rows.append([step.stage, ", ".join(step.ids), began, took])
    yield _table(["stage", "at the service", "began", "took"], rows)


def _provenance(report: RunReport) -> Iterator[str]:
    facts = [
        ("job", report.job_id),
        ("provider", report.provider),
        ("base model", report.model),
        ("tuned model", report.tuned_model),
        ("spending", figures.spending_sentence(report.spending)),
        ("moderation", report.moderation),
        *((f"{role} file", f"{file['path']}, sha256 {file['sha256']}") for role, file in report.files.items()),
        ("versions", ", ".join(f"{name} {version}" for name, version in report.versions.items())),
        ("figures", figures.method_sentence(report)),
    ]
    rows = "".join(f"<tr><th>{esc(name)}</th><td>{esc(told)}</td></tr>" for name, told in facts)
    yield f'<h2>Provenance</h2><div class="wide"><table class="data facts">{rows}</table></div>'
    yield f'<p class="also">{plural(len(report.examples), "held-out example")}; all figures are in report.json</p>'

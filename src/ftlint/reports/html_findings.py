"""The offenders on the HTML page: grouped by rule, the worst first, each group with the text of its rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ftlint.model import Finding, Report
from ftlint.reports import Options
from ftlint.reports.concise import place
from ftlint.reports.html_prose import esc, markdown, sentence
from ftlint.reports.shown import Lines, by_rule, fair_shares, flagged_lines, hidden_length, not_kept, withheld
from ftlint.rulebook import Rule
from ftlint.text import plural

SHOWN = 500
"""Findings that a page lists; every rule gets its share, and the rest is counted."""
BUDGET = 1_100_000
"""Bytes that the findings of a page may take; then the rest is counted only."""
OPEN = 6
"""Findings of a rule that stand open."""
_RELATED = 5


@dataclass(frozen=True, slots=True)
class Offenders:
    """The section of the findings.

    Attributes:
        html: the groups, one after the other.
        anchors: ``id()`` of a listed finding to its fragment; the objects live as long as the report.
    """

    html: str
    anchors: dict[int, str]

    def target(self, finding: Finding) -> str:
        """Where the page shows a finding; one that is not listed is with its rule."""
        return self.anchors.get(id(finding), f"rule-{finding.code}")


def offenders(report: Report, options: Options, room: int = SHOWN) -> Offenders:
    """All groups; of ``room`` findings that are listed, every rule gets its share."""
    found = by_rule(report)
    left = report.omitted_by_code()
    shares = fair_shares([len(group) for group in found], room)
    flagged = flagged_lines(report)
    book = options.pages
    budget = BUDGET
    parts: list[str] = []
    anchors: dict[int, str] = {}
    for group, share in zip(found, shares, strict=True):
        common = _common_help(group)
        code = group[0].code
        parts.append(_head(group, book.get(code), common, left.get(code, 0)))
        articles: list[str] = []
        for finding in group[:share]:
            name = f"f{len(anchors) + 1}"
            article = "".join(_article(finding, name, options, flagged, with_help=common is None))
            budget -= len(article.encode("utf-8"))
            if budget < 0:
                break
            articles.append(article)
            anchors[id(finding)] = name
        parts += [*_folded(articles), _left_out(len(group) - len(articles)), _not_kept(left, code), "</section>"]
    return Offenders("".join(parts), anchors)


def _folded(articles: list[str]) -> Iterator[str]:
    """The first findings of a rule stand open; a link to one of the others unfolds them."""
    few = len(articles) <= OPEN + 2
    yield from articles if few else articles[:OPEN]
    if not few:
        yield f'<details class="rest"><summary>{len(articles) - OPEN:,} more</summary>'
        yield from articles[OPEN:]
        yield "</details>"


def _left_out(left: int) -> str:
    if not left:
        return ""
    return f'<p class="more">{plural(left, "further finding")} of this rule, counted and not listed</p>'


def _not_kept(left: Mapping[str, int], code: str) -> str:
    return f'<p class="more">{not_kept(left[code], esc(code))}</p>' if code in left else ""


def filters(report: Report) -> str:
    """A box per level; the style sheet does the rest, so that it works without scripts."""
    boxes = (
        f'<label class="{level.value}"><input type="checkbox" id="show-{level.value}" checked> '
        f"{plural(count, level.value)}</label>"
        for level, count in report.counts().items()
        if count
    )
    return f'<div class="filters">{"".join(boxes)}</div>'


def contents(report: Report) -> str:
    """The table of rules that fired, each a link to its group."""
    left = report.omitted_by_code()
    rows = (
        f'<tr><td><span class="dot {group[0].level.value}"></span>{group[0].level.value}</td>'
        f'<td><a href="#rule-{esc(group[0].code)}"><b>{esc(group[0].code)}</b> {esc(group[0].name)}</a></td>'
        f'<td class="n">{len(group) + left.get(group[0].code, 0):,}</td>'
        f'<td class="n">{_extent(group, known=group[0].code not in left)}</td></tr>'
        for group in by_rule(report)
    )
    return f'<div class="wide"><table class="contents">{"".join(rows)}</table></div>'


def _extent(group: list[Finding], *, known: bool) -> str:
    lines = {(finding.path, finding.line) for finding in group if finding.line}
    return (plural(len(lines), "line") if known else f"over {len(lines):,} lines") if lines else "whole file"


def _common_help(group: list[Finding]) -> str | None:
    """The remedy that all of a group share is said once; None where they differ."""
    helps = {finding.help for finding in group}
    return helps.pop() or "" if len(helps) == 1 else None


def _head(group: list[Finding], rule: Rule | None, common: str | None, left: int) -> str:
    first = group[0]
    levels = {finding.level for finding in group}
    only = f" only-{first.level.value}" if len(levels) == 1 else ""
    title = (
        f'<h3><span class="tag {first.level.value}">{esc(first.code)}</span> {esc(first.name)} '
        f'<span class="count">{len(group) + left:,}</span></h3>'
    )
    summary = f'<p class="about">{sentence(rule.summary)}</p>' if rule else ""
    remedy = f'<p class="help"><b>help</b> {sentence(common)}</p>' if common else ""
    page = f'<details class="page"><summary>the rule</summary>{markdown(rule.body)}</details>' if rule else ""
    return f'<section class="group{only}" id="rule-{esc(first.code)}">{title}{summary}{remedy}{page}'


def _article(finding: Finding, name: str, options: Options, flagged: Lines, *, with_help: bool) -> Iterator[str]:
    mark = ' <span class="fix">safe fix</span>' if finding.fix == "safe" else ""
    path = f" <span>{esc(finding.json_path)}</span>" if finding.json_path else ""
    yield f'<article class="finding {finding.level.value}" id="{name}">'
    yield f'<p class="what">{sentence(finding.message)}{mark}</p>'
    yield f'<p class="where">{esc(place(finding))}{path}</p>'
    if finding.frame:
        yield _frame(finding, options, flagged)
    if finding.related:
        others = ", ".join(f"{other.path}:{other.line}" for other in finding.related[:_RELATED])
        more = len(finding.related) - _RELATED
        yield f'<p class="also">see also {esc(others)}{f" and {more:,} more" if more > 0 else ""}</p>'
    if with_help and finding.help:
        yield f'<p class="help"><b>help</b> {sentence(finding.help)}</p>'
    yield "</article>"


def _frame(finding: Finding, options: Options, flagged: Lines) -> str:
    frame = finding.frame
    assert frame is not None
    if withheld(finding, flagged, show_text=options.show_text):
        known = f"; sha256 {esc(finding.content_sha256[:12])} identifies the example" if finding.content_sha256 else ""
        told = f"{plural(hidden_length(finding), 'character')} hidden{known}"
        return f'<p class="hidden"><span aria-hidden="true"></span>{told}</p>'
    left, right = "…" if frame.cut_left else "", "…" if frame.cut_right else ""
    text, start, end = frame.text, frame.start, frame.end
    before, span, after = (esc(piece) for piece in (text[:start], text[start:end], text[end:]))
    marked = f'{left}{before}<mark class="{finding.level.value}">{span}</mark>{after}{right}'
    shown = f'<pre class="frame">{marked}</pre>'
    if (finding.path, finding.line) in flagged:
        return f"<details><summary>show the flagged text</summary>{shown}</details>"
    return shown

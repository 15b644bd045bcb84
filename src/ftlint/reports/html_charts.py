"""The two drawings of the HTML page, as inline SVG: findings along the file, and tokens per example."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import sqrt

from ftlint.model import FileSummary, Finding, Level, TokenStats
from ftlint.reports.figures import beyond, short
from ftlint.reports.html_prose import esc
from ftlint.text import plural

WIDTH = 960
CELLS = 120
"""Pieces of the file on the strip; one bad example among a million still gets its bar."""
_ROW = 26
_LEFT = 72
_HEIGHT = 190
_FLOOR = 160
_FAR = 92
"""Width that the bar of what lies beyond the axis takes, with the gap before it."""


def strip(file: FileSummary, findings: Sequence[Finding], target: Callable[[Finding], str]) -> str:
    """Where in a file the findings stand: a row per level, a bar per piece of the file, each a link to a finding.

    Args:
        file: the file; its lines are the axis.
        findings: those of this file that have a line.
        target: finding to the fragment that the bar links to.
    """
    cells = min(CELLS, max(file.lines, 1))
    rows = [(level, [found for found in findings if found.level is level]) for level in Level]
    rows = [(level, group) for level, group in rows if group]
    height = _ROW * len(rows)
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {height + 22}" role="img" aria-label="findings along {esc(file.path)}">',
        *(part for at, (level, group) in enumerate(rows) for part in _row(level, group, at, file, cells, target)),
        f'<line class="axis" x1="{_LEFT}" x2="{WIDTH}" y1="{height}" y2="{height}"/>',
        f'<text class="tick" x="{_LEFT}" y="{height + 16}">line 1</text>',
        f'<text class="tick end" x="{WIDTH}" y="{height + 16}">{max(file.lines, 1):,}</text></svg>',
    ]
    return "".join(parts)


def _row(
    level: Level, group: list[Finding], at: int, file: FileSummary, cells: int, target: Callable[[Finding], str]
) -> Iterator[str]:
    base = _ROW * (at + 1)
    yield f'<text class="tick" x="0" y="{base - 8}">{level.value}</text>'
    binned: dict[int, list[Finding]] = {}
    for finding in group:
        binned.setdefault(min((finding.line or 1) - 1, file.lines - 1) * cells // max(file.lines, 1), []).append(
            finding
        )
    top = max(map(len, binned.values()))
    width = (WIDTH - _LEFT) / cells
    for cell, found in sorted(binned.items()):
        tall = max(5.0, (_ROW - 4) * sqrt(len(found) / top))
        first, last = cell * file.lines // cells + 1, max((cell + 1) * file.lines // cells, 1)
        span = f"line {first:,}" if first >= last else f"lines {first:,} to {last:,}"
        told = f"{span}: {plural(len(found), level.value)}"
        yield (
            f'<a href="#{esc(target(found[0]))}"><title>{told}</title>'
            f'<rect class="{level.value}" x="{_LEFT + cell * width:.1f}" y="{base - tall:.1f}" '
            f'width="{max(width - 1, 2):.1f}" height="{tall:.1f}" rx="1"/></a>'
        )


def histogram(tokens: TokenStats) -> str:
    """Examples by their number of tokens, with the limit; what lies beyond it, or beyond the axis, stands apart."""
    counts, far = beyond(tokens)
    top, room = max(tokens.histogram_max, 1), WIDTH - (_FAR if far else 0)
    width, tallest = room / max(len(counts), 1), max((*counts, far), default=1) or 1
    parts = [f'<svg viewBox="0 0 {WIDTH} {_HEIGHT}" role="img" aria-label="tokens per example">']
    for index, count in enumerate(counts):
        low, high = index * top // len(counts), (index + 1) * top // len(counts)
        over = tokens.limit is not None and low >= tokens.limit
        told = f"{low:,} to {high:,} tokens: {plural(count, 'example')}"
        parts.append(_bar(told, index * width + 1, width - 2, count / tallest, "error" if over else "bar"))
    parts.append(f'<line class="axis" x1="0" x2="{room}" y1="{_FLOOR}" y2="{_FLOOR}"/>')
    parts += [_tick(share * top // 4, top, room) for share in range(5)]
    if far:
        parts += _beyond(tokens, far, tallest)
    if tokens.limit is not None and tokens.limit < top:
        parts.append(_limit(tokens.limit, top, room))
    return "".join([*parts, "</svg>"])


def _bar(told: str, x: float, width: float, share: float, kind: str) -> str:
    tall = max(2.0, (_FLOOR - 26) * share) if share else 0.0
    return (
        f'<g><title>{told}</title><rect class="{kind}" x="{x:.1f}" y="{_FLOOR - tall:.1f}" '
        f'width="{width:.1f}" height="{tall:.1f}" rx="1.5"/></g>'
    )


def _beyond(tokens: TokenStats, far: int, tallest: int) -> Iterator[str]:
    """One bar apart from the others for the few examples that are many times as long."""
    first = WIDTH - _FAR + 22
    over = tokens.limit is not None and tokens.over_limit >= far
    told = f"{tokens.histogram_max:,} to {tokens.max:,} tokens: {plural(far, 'example')}"
    yield _bar(told, first, _FAR - 22, far / tallest, "error" if over else "bar")
    yield f'<line class="axis" x1="{first}" x2="{WIDTH}" y1="{_FLOOR}" y2="{_FLOOR}"/>'
    above = _FLOOR - max(2.0, (_FLOOR - 26) * far / tallest) - 6
    yield f'<text class="tick end" x="{WIDTH}" y="{above:.1f}">{far:,}</text>'
    yield f'<text class="tick end" x="{WIDTH}" y="{_FLOOR + 18}">to {short(tokens.max)}</text>'


def _tick(value: int, top: int, room: int) -> str:
    x = room * value / top
    anchor = " end" if value >= top else " mid" if value else ""
    return f'<text class="tick{anchor}" x="{x:.1f}" y="{_FLOOR + 18}">{short(value)}</text>'


def _limit(limit: int, top: int, room: int) -> str:
    x = room * limit / top
    side, shift = ("end", -6) if limit * 2 > top else ("", 6)
    return (
        f'<line class="limit" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{_FLOOR}"/>'
        f'<text class="tick limit {side}" x="{x + shift:.1f}" y="14">limit {limit:,}</text>'
    )

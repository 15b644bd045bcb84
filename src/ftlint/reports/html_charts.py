"""The two drawings of the HTML page, as inline SVG: findings along the file, and tokens per example."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import sqrt

from ftlint.model import FileSummary, Finding, Level, TokenStats
from ftlint.reports.figures import short
from ftlint.reports.html_prose import esc
from ftlint.text import plural

WIDTH = 960
CELLS = 120
"""Pieces of the file on the strip; one bad example among a million still gets its bar."""
_ROW = 26
_LEFT = 72
_HEIGHT = 190
_FLOOR = 160


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
    """Examples by their number of tokens, with quantiles, the limit, and what lies beyond it in another colour."""
    counts, top = tokens.histogram, max(tokens.histogram_max, 1)
    width, tallest = WIDTH / max(len(counts), 1), max(counts, default=1) or 1
    parts = [f'<svg viewBox="0 0 {WIDTH} {_HEIGHT}" role="img" aria-label="tokens per example">']
    for index, count in enumerate(counts):
        low, high = index * top // len(counts), (index + 1) * top // len(counts)
        tall = max(2.0, (_FLOOR - 26) * count / tallest) if count else 0.0
        over = tokens.limit is not None and low >= tokens.limit
        parts.append(
            f"<g><title>{low:,} to {high:,} tokens: {plural(count, 'example')}</title>"
            f'<rect class="{"error" if over else "bar"}" x="{index * width + 1:.1f}" y="{_FLOOR - tall:.1f}" '
            f'width="{width - 2:.1f}" height="{tall:.1f}" rx="1.5"/></g>'
        )
    parts.append(f'<line class="axis" x1="0" x2="{WIDTH}" y1="{_FLOOR}" y2="{_FLOOR}"/>')
    parts += [_tick(share * top // 4, top) for share in range(5)]
    if tokens.limit is not None and tokens.limit < top:
        parts.append(_limit(tokens.limit, top))
    return "".join([*parts, "</svg>"])


def _tick(value: int, top: int) -> str:
    x = WIDTH * value / top
    anchor = " end" if value >= top else " mid" if value else ""
    return f'<text class="tick{anchor}" x="{x:.1f}" y="{_FLOOR + 18}">{short(value)}</text>'


def _limit(limit: int, top: int) -> str:
    x = WIDTH * limit / top
    side, shift = ("end", -6) if limit * 2 > top else ("", 6)
    return (
        f'<line class="limit" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{_FLOOR}"/>'
        f'<text class="tick limit {side}" x="{x + shift:.1f}" y="14">limit {limit:,}</text>'
    )

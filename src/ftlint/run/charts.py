"""The drawings of a run's HTML page, as inline SVG: intervals, differences example by example, training curves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ftlint.reports.html_prose import esc
from ftlint.run.metrics import TITLES
from ftlint.run.scores import Difference
from ftlint.run.stats import Paired

WIDTH = 960
_LEFT = 250
_ROW = 34
_HEIGHT = 220
_FLOOR = 190
_COLORS = ("line-a", "line-b", "line-c")
_MOST_POINTS = 600


def intervals(differences: Sequence[Difference]) -> str:
    """Every paired difference as a point with its 95 % interval; the line at 0 is no difference."""
    rows = [
        (f"{difference.left} − {difference.right}, {TITLES[metric]}", one)
        for difference in differences
        for metric, one in difference.metrics.items()
        if one.mean is not None and one.low is not None and one.high is not None
    ]
    if not rows:
        return ""
    ends = [value for _, one in rows for value in (one.low, one.high, 0.0) if value is not None]
    low, high = min(ends), max(ends)
    room = (high - low) * 0.06 or 1.0
    low, high = low - room, high + room
    height = _ROW * len(rows)
    zero = _x(0.0, low, high, _LEFT)
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {height + 22}" role="img" aria-label="differences with 95 % intervals">',
        f'<line class="axis" x1="{zero:.1f}" x2="{zero:.1f}" y1="0" y2="{height}"/>',
        *(_interval(name, one, at, low, high) for at, (name, one) in enumerate(rows)),
        f'<text class="tick mid" x="{zero:.1f}" y="{height + 16}">0</text>',
        f'<text class="tick" x="{_LEFT}" y="{height + 16}">{low:+.1f}</text>',
        f'<text class="tick end" x="{WIDTH}" y="{height + 16}">{high:+.1f}</text></svg>',
    ]
    return "".join(parts)


def _interval(name: str, one: Paired, at: int, low: float, high: float) -> str:
    assert one.mean is not None
    assert one.low is not None
    assert one.high is not None
    y = _ROW * at + _ROW / 2
    left, right, point = (_x(value, low, high, _LEFT) for value in (one.low, one.high, one.mean))
    kind = one.verdict or "none"
    return (
        f"<g><title>{esc(name)}: {one.mean:+.2f} ({one.low:+.2f} to {one.high:+.2f})</title>"
        f'<text class="tick" x="0" y="{y + 4:.1f}">{esc(name)}</text>'
        f'<line class="span {kind}" x1="{left:.1f}" x2="{right:.1f}" y1="{y}" y2="{y}"/>'
        f'<circle class="{kind}" cx="{point:.1f}" cy="{y}" r="5"/></g>'
    )


def _x(value: float, low: float, high: float, left: float) -> float:
    return left + (WIDTH - left) * (value - low) / (high - low)


def waterfall(values: Sequence[tuple[int, float]]) -> str:
    """The difference of each example, the largest gain first: how many the tuned model wins, and by how much.

    Args:
        values: example to difference in points of the metric.
    """
    if not values:
        return ""
    ranked = sorted(values, key=lambda item: (-item[1], item[0]))
    if len(ranked) > _MOST_POINTS:
        ranked = [ranked[index * len(ranked) // _MOST_POINTS] for index in range(_MOST_POINTS)]
    gain, loss = max(ranked[0][1], 0.0), max(-ranked[-1][1], 0.0)
    scale = (_HEIGHT - 36) / ((gain + loss) or 1.0)
    middle, width = 18 + gain * scale, WIDTH / len(ranked)
    parts = [f'<svg viewBox="0 0 {WIDTH} {_HEIGHT}" role="img" aria-label="differences example by example">']
    for index, (example, value) in enumerate(ranked):
        tall = max(scale * abs(value), 1.0)
        top = middle - tall if value > 0 else middle
        kind = "better" if value > 0 else "worse" if value < 0 else "none"
        parts.append(
            f"<g><title>example {example}: {value:+.2f}</title>"
            f'<rect class="{kind}" x="{index * width:.2f}" y="{top:.1f}" width="{max(width - 0.6, 0.4):.2f}" '
            f'height="{tall:.1f}"/></g>'
        )
    parts.append(f'<line class="axis" x1="0" x2="{WIDTH}" y1="{middle:.1f}" y2="{middle:.1f}"/>')
    if gain:
        parts.append(f'<text class="tick" x="2" y="12">{gain:+.0f}</text>')
    if loss:
        parts.append(f'<text class="tick end" x="{WIDTH - 2}" y="{_HEIGHT - 4}">{-loss:+.0f}</text>')
    parts.append("</svg>")
    return "".join(parts)


def curves(points: Sequence[dict[str, float]], names: Sequence[str]) -> str:
    """Figures of the training by step, a line for each name; empty where none of them has two points."""
    drawn = [(name, [(p["step"], p[name]) for p in points if name in p and "step" in p]) for name in names]
    drawn = [(name, thinned(line)) for name, line in drawn if len(line) > 1]
    if not drawn:
        return ""
    steps = [step for _, line in drawn for step, _ in line]
    values = [value for _, line in drawn for _, value in line]
    first, last = min(steps), max(max(steps), min(steps) + 1)
    low, high = min(0.0, *values), max(values)
    high = high if high > low else low + 1.0
    parts = [f'<svg viewBox="0 0 {WIDTH} {_HEIGHT + 8}" role="img" aria-label="{esc(", ".join(names))} by step">']
    parts.append(f'<line class="axis" x1="40" x2="{WIDTH}" y1="{_FLOOR}" y2="{_FLOOR}"/>')
    for (name, line), color in zip(drawn, _COLORS, strict=False):
        path = " ".join(f"{_x(s, first, last, 40):.1f},{_y(v, low, high):.1f}" for s, v in line)
        parts.append(f'<polyline class="{color}" points="{path}"><title>{esc(name)}</title></polyline>')
    parts += _legend([name for name, _ in drawn])
    parts.append(f'<text class="tick end" x="36" y="14">{high:.3g}</text>')
    parts.append(f'<text class="tick end" x="36" y="{_FLOOR}">{low:.3g}</text>')
    parts.append(f'<text class="tick" x="40" y="{_FLOOR + 18}">step {first:g}</text>')
    parts.append(f'<text class="tick end" x="{WIDTH}" y="{_FLOOR + 18}">{last:g}</text></svg>')
    return "".join(parts)


def _legend(names: Sequence[str]) -> Iterator[str]:
    for at, (name, color) in enumerate(zip(names, _COLORS, strict=False)):
        x = WIDTH - 240 * (len(names) - at)
        yield f'<line class="{color}" x1="{x}" x2="{x + 22}" y1="10" y2="10"/>'
        yield f'<text class="tick" x="{x + 28}" y="14">{esc(name)}</text>'


def thinned(line: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """At most 600 of the points, the last one among them."""
    if len(line) <= _MOST_POINTS:
        return list(line)
    kept = [line[index * (len(line) - 1) // (_MOST_POINTS - 1)] for index in range(_MOST_POINTS)]
    return list(dict.fromkeys(kept))


def _y(value: float, low: float, high: float) -> float:
    return _FLOOR - (_FLOOR - 24) * (value - low) / (high - low)

"""Figures as people read them: shares, sums of money, sizes, bars. What every format and the gate share."""

from __future__ import annotations

from collections.abc import Sequence

from ftlint.model import TokenStats

BARS = "▁▂▃▄▅▆▇█"
ASCII_BARS = ".:-=+*#%"


def percent(share: float) -> str:
    """A share (0 to 1) as a percentage that never rounds up to 100: ``99.9 %`` for 0.99999."""
    return "100 %" if share >= 1 else f"{int(share * 1000) / 10:g} %"


def dollars(usd: float) -> str:
    """``$48.22``; small sums keep two significant digits."""
    if usd == 0 or usd >= 0.1:
        return f"${usd:,.2f}"
    return f"${usd:.2g}" if usd >= 0.0001 else "under $0.0001"


def size(count: int) -> str:
    """A number of bytes: ``812 B``, ``18.4 MB`` (decimal units)."""
    if count < 1000:
        return f"{count} B"
    value = float(count)
    for unit in ("kB", "MB", "GB"):
        value /= 1000
        if value < 999.95 or unit == "GB":
            break
    return f"{value:,.1f} {unit}"


def short(count: int) -> str:
    """A number for an axis: ``812``, ``4k``, ``1.5M``."""
    for unit, factor in (("M", 1_000_000), ("k", 1000)):
        if count >= factor:
            return f"{count / factor:.1f}".removesuffix(".0") + unit
    return str(count)


def bars(counts: Sequence[int], glyphs: str = BARS) -> str:
    """One glyph per count, scaled to the largest; nothing is a space, one of a million is still the lowest bar."""
    top = max(counts, default=0)
    return "".join(glyphs[(count * len(glyphs) - 1) // top] if count > 0 else " " for count in counts)


def beyond(tokens: TokenStats) -> tuple[tuple[int, ...], int]:
    """The bars of a histogram, and the number of examples that lie beyond its axis."""
    counts = tokens.histogram
    if counts and tokens.max > tokens.histogram_max:
        return counts[:-1], counts[-1]
    return counts, 0


def regroup(counts: Sequence[int], width: int) -> list[int]:
    """The counts of a histogram in at most ``width`` bins (neighbours are added up)."""
    if len(counts) <= width:
        return list(counts)
    grouped = [0] * width
    for index, count in enumerate(counts):
        grouped[index * width // len(counts)] += count
    return grouped

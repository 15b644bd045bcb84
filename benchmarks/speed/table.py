"""The Markdown table: medians, ratios and goals; and what machine it was."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.speed.measure import Sample, median
from benchmarks.speed.section import Ratio, Section

HEAD = "| | wall s | CPU s | µs per row | peak MB | beside |\n| --- | --: | --: | --: | --: | --- |"


def table(section: Section, taken: Mapping[str, Sequence[Sample]]) -> str:
    """One line for each thing, under the title of the section."""
    medians = {name: median(samples) for name, samples in taken.items()}
    lines = [f"**{section.title}**", "", HEAD]
    for thing in section.things:
        held = medians[thing.name]
        each = f"{held.wall / thing.rows * 1e6:,.1f}" if thing.rows else ""
        said = "; ".join(sentence(ratio, medians) for ratio in section.ratios if ratio.over == thing.name)
        lines.append(
            f"| {thing.name} | {_figure(held.wall)} | {_figure(held.cpu)} | {each} | {held.peak / 1e6:,.0f} | {said} |"
        )
    notes = [note for note in section.notes() if note]
    return "\n".join([*lines, "", *notes, *[""][: len(notes)]])


def value(ratio: Ratio, medians: Mapping[str, Sample]) -> float:
    """The quotient of the medians, or the median itself in seconds or megabytes."""
    over = _of(medians[ratio.over], ratio)
    return over / _of(medians[ratio.under], ratio) if ratio.under else over


def sentence(ratio: Ratio, medians: Mapping[str, Sample]) -> str:
    """``2.41 × the floor (CPU 2.38; goal: at most 3, holds)``."""
    found = value(ratio, medians)
    unit = "s" if ratio.of == "wall" else "MB"
    text = f"{_figure(found)} × {ratio.under}" if ratio.under else f"{_figure(found)} {unit}"
    told = []
    if ratio.under and ratio.of == "wall":
        told.append(f"CPU {_figure(value(replace(ratio, of='cpu'), medians))}")
    if ratio.under and ratio.of == "peak":
        told.append("memory")
    if ratio.goal:
        holds = "holds" if ratio.goal.holds(found) else "**missed**"
        told.append(f"goal: at {ratio.goal.kind} {ratio.goal.limit:g}, {holds}")
    return f"{text} ({'; '.join(told)})" if told else text


def _of(sample: Sample, ratio: Ratio) -> float:
    return {"wall": sample.wall, "cpu": sample.cpu, "peak": sample.peak / 1e6}[ratio.of]


def _figure(number: float) -> str:
    """Three digits that mean something."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def machine() -> str:
    """``2 cores of AMD EPYC, 24 GB, Linux, Python 3.11.7``."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    cores = os.cpu_count() or 1
    return f"{cores} cores of {_model()}, {memory:.0f} GB, {platform.system()}, Python {platform.python_version()}"


def _model() -> str:
    described = Path("/proc/cpuinfo")
    lines = described.read_text(encoding="utf-8").splitlines() if described.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()

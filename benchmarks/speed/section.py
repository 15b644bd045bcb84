"""What is measured together: the things, and the ratios that are to hold between them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from benchmarks.speed import corpora
from benchmarks.speed.measure import Thing

ROOT = Path(__file__).parents[2]
VOCABULARY = ROOT / "src" / "ftlint" / "data" / "o200k_base.tiktoken"
TODAY = "2026-11-22"
FOUND = frozenset({0, 1})


@dataclass(frozen=True)
class Goal:
    """A limit: ``most`` or ``least``."""

    kind: Literal["most", "least"]
    limit: float

    def holds(self, value: float) -> bool:
        """Whether the value is within the limit."""
        return value <= self.limit if self.kind == "most" else value >= self.limit


@dataclass(frozen=True)
class Ratio:
    """How much ``over`` takes of what ``under`` takes; without ``under`` its seconds or megabytes themselves."""

    over: str
    under: str | None = None
    goal: Goal | None = None
    of: Literal["wall", "cpu", "peak"] = "wall"


@dataclass
class Section:
    """One part of the table.

    Attributes:
        title: corpus, rows, size.
        notes: called after the last round; each text goes below the table.
        times: so many runs for each round, for what is over in a moment.
    """

    title: str
    things: list[Thing]
    ratios: list[Ratio]
    notes: Callable[[], Iterable[str]] = field(default=lambda: ())
    times: int = 1


@dataclass(frozen=True)
class Plan:
    """What the command line asked for.

    Attributes:
        rows: of the large corpora.
        folder: corpora, reports and caches are kept here.
        venvs: the environments of other checkers.
        quick: everything small, to see that it runs.
    """

    rows: int
    folder: Path
    venvs: Path
    quick: bool = False

    def corpus(self, kind: str, rows: int) -> Path:
        """The file with so many rows of a kind."""
        return corpora.corpus(kind, rows, self.folder / "corpora")

    def megabytes(self, size: int) -> Path:
        """The English corpus of about so many megabytes."""
        rows = size * 1_000_000 // 715
        return self.corpus("english", rows // 50 if self.quick else rows)

    @property
    def caches(self) -> Path:
        """The folder that ftlint is given for its caches."""
        return self.folder / "caches"

    @property
    def environment(self) -> dict[str, str | None]:
        """For our own processes: this working tree, a cache folder of the benchmark's, and nobody's key.

        Python may write down what it has compiled: an installed package comes so.
        """
        inherited = os.environ.get("PYTHONPATH", "")
        path = os.pathsep.join(filter(None, [str(ROOT / "src"), str(ROOT), inherited]))
        return {
            "PYTHONPATH": path,
            "PYTHONDONTWRITEBYTECODE": None,
            "XDG_CACHE_HOME": str(self.caches),
            "OPENAI_API_KEY": None,
            "FTLINT_TODAY": TODAY,
        }

    def ftlint(self, name: str, path: Path, *options: str, rows: int = 0, report: str = "json") -> Thing:
        """A check of one file, offline; the report goes to a file that is named after the thing."""
        written = self.report(name, report)
        written.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "ftlint", "check", str(path), "--isolated", "--offline", "-q", *options]
        command += ["--output-format", report, "-o", str(written)]
        return Thing(name, command, rows, environment=self.environment, codes=FOUND)

    def report(self, name: str, kind: str = "json") -> Path:
        """Where the report of that thing is."""
        return self.folder / "reports" / f"{''.join(each if each.isalnum() else '-' for each in name)}.{kind}"


def titled(path: Path, rows: int, kind: str) -> str:
    """``english: 100,000 rows, 72 MB``."""
    return f"{kind}: {rows:,} rows, {path.stat().st_size / 1e6:,.0f} MB"

"""The first findings of a long check, on stderr while it runs: the report says them again, in its own order."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from ftlint.engine import Files
from ftlint.model import Finding
from ftlint.progress import Progress
from ftlint.reports import Options
from ftlint.reports.concise import line
from ftlint.text import crop

LARGE_BYTES = 16 * 1024 * 1024
"""A smaller file is checked so fast that its report is the first thing to be read."""
SHOWN = 3
"""Findings in a log."""
_WIDTH = 70
"""Characters of a finding beside a bar."""


def watching(
    files: Files, progress: Progress, options: Options, environ: Mapping[str, str] = os.environ
) -> Preview | Progress:
    """The observer of a check: one that shows findings, where the check is long and a person waits for it."""
    sizes = (path.stat().st_size for path, _ in files if isinstance(path, Path))
    if max(sizes, default=0) < LARGE_BYTES or environ.get("CI") or environ.get("PRE_COMMIT"):
        return progress
    return Preview(progress, options)


class Preview:
    """Shows the first finding beside the bar; where there is no bar, the first ones as lines, once each."""

    def __init__(self, progress: Progress, options: Options) -> None:
        self.progress = progress
        self.options = options
        self.told = 0

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Tell how far a stage is."""
        self.progress(stage, done, total)

    def found(self, findings: Sequence[Finding]) -> None:
        """Tell the first of these, but for those that were told before; to what was found more is added at the end."""
        new = findings[self.told : SHOWN]
        if not new:
            return
        if self.progress.animated:
            self.progress.beside(f"first finding {crop(line(findings[0], self.options), _WIDTH)}")
            self.told = SHOWN
            return
        if not self.told:
            self.progress.say("the first findings, before the report:")
        for finding in new:
            self.progress.say("  " + line(finding, self.options))
        self.told += len(new)

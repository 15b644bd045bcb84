"""What ``ftlint convert`` says: how many examples, which rows were left out and why, what was changed or not used."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from ftlint.cli.output import note
from ftlint.errors import InputError
from ftlint.privacy import mask
from ftlint.rows.convert import Converted
from ftlint.rows.draft import NO_TURNS
from ftlint.rows.split import Split
from ftlint.text import plural

MOST_REASONS = 12
"""Reasons that are told one by one; the first are those of most rows."""


def nothing(source: str, converted: Converted) -> InputError:
    """The error for rows of which none makes an example: the reasons."""
    hint = "name the columns: --user, --answer" if NO_TURNS in converted.left_out else "mend the rows in the source"
    reasons = "; ".join(f"{plural(len(rows), 'row')} {mask(reason)}" for reason, rows in _worst(converted.left_out)[:3])
    return InputError(f"{source} has no row that makes an example: {reasons}", hint)


def _worst(named: dict[str, list[int]]) -> list[tuple[str, list[int]]]:
    return sorted(named.items(), key=lambda item: -len(item[1]))


def tell(targets: Sequence[Path], converted: Converted, parts: Split | None, seed: int) -> None:
    """The notes to stderr: what was written, what was left out, changed and dropped, and the next command."""
    count = len(converted.examples)
    kept = count if parts is None else len(parts.train)
    note(f"{targets[0]}: {plural(kept, f'{converted.target} example')} from {converted.kind}")
    if parts is not None:
        held = len(parts.validation)
        asked = "as asked" if held == parts.wanted else f"{parts.wanted:,} were asked for; groups stay whole"
        note(f"{targets[1]}: {plural(held, 'example')}, {held / count:.1%} of all (seed {seed}; {asked})")
        if parts.together:
            note(f"kept on one side: {plural(parts.together, 'example')} that are copies, near-copies or have the same "
                 f"prompt as another")  # fmt: skip
    for reason, rows in _worst(converted.left_out)[:MOST_REASONS]:
        note(f"left out: {plural(len(rows), 'row')} {mask(reason)} (row {_first(rows)})")
    if (more := len(converted.left_out) - MOST_REASONS) > 0:
        note(f"left out: {plural(converted.out, 'row')} in all; {plural(more, 'further reason')} not shown")
    for change, rows in _worst(converted.changed)[:MOST_REASONS]:
        note(f"changed: {change} in {plural(len(rows), 'row')} (row {_first(rows)})")
    if converted.dropped:
        note(f"columns not used: {mask(', '.join(converted.dropped))}")
    following = f" --validation {shlex.quote(str(targets[1]))}" if parts is not None else ""
    note(f"next: ftlint check {shlex.quote(str(targets[0]))}{following}")


def _first(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:5]))
    return shown + (" ..." if len(numbers) > 5 else "")

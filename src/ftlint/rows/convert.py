"""Rows to training examples: by templates or recognised columns; what is left out or changed is counted."""

from __future__ import annotations

from dataclasses import dataclass, field

from ftlint.model import Example, Format
from ftlint.rows.draft import Unfit
from ftlint.rows.judge import as_example, broken
from ftlint.rows.plan import Rows, Wanted, plan_of
from ftlint.rows.targets import example


@dataclass
class Converted:
    """What became of the rows.

    Attributes:
        kind: how they were read; ``target``: what they became.
        examples: in the order of the rows, as lines that are numbered from 1.
        left_out: reason to the numbers (from 1) of the rows that make no example.
        changed: what was changed to the rows in which it was.
        dropped: columns that no example holds.
    """

    kind: str
    target: Format
    examples: list[Example] = field(default_factory=list)
    left_out: dict[str, list[int]] = field(default_factory=dict)
    changed: dict[str, list[int]] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)

    @property
    def out(self) -> int:
        """How many rows were left out."""
        return sum(map(len, self.left_out.values()))


def convert_rows(rows: Rows, wanted: Wanted) -> Converted:
    """Convert all rows.

    Raises:
        UsageError: the columns are not recognised, or cannot give the format that is wanted.
        ConfigError: a template is broken, or names a column that does not exist.
    """
    known = list(dict.fromkeys(column for row in rows for column in row))
    plan = plan_of(rows, known, wanted)
    converted = Converted(plan.reader.kind, plan.target)
    used = {*plan.reader.asked, *plan.used}
    if plan.target is not Format.REINFORCEMENT:
        used |= {*plan.reader.answered} if plan.target is Format.PREFERENCE else {*plan.reader.answered[:1]}
    converted.dropped = [column for column in known if column not in used]
    numbers: list[int] = []
    for number, row in enumerate(rows, start=1):
        try:
            draft = plan.draft(row)
            made = as_example(example(draft, plan.target, plan.fields(row)), len(numbers) + 1)
        except Unfit as reason:
            converted.left_out.setdefault(str(reason), []).append(number)
            continue
        for change in sorted(draft.changed):
            converted.changed.setdefault(change, []).append(number)
        converted.examples.append(made)
        numbers.append(number)
    _without_broken(converted, numbers)
    return converted


def _without_broken(converted: Converted, numbers: list[int]) -> None:
    found = broken(converted.examples, converted.target)
    if not found:
        return
    for line, rule in sorted(found.items()):
        reason = f"that break the {converted.target} format ({rule})"
        converted.left_out.setdefault(reason, []).append(numbers[line - 1])
    kept = [made for made in converted.examples if made.line.number not in found]
    converted.examples = [made._replace(line=made.line._replace(number=at)) for at, made in enumerate(kept, start=1)]

"""What was converted, judged by the checker's own rules: a row that breaks the format is named, and not written."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from ftlint import parse
from ftlint.checks import registry
from ftlint.checks.base import Batch, Context
from ftlint.context import make_context
from ftlint.model import Example, Format, Level, Line, Role
from ftlint.rows.draft import Unfit
from ftlint.rulebook import load_book
from ftlint.run.files import dump
from ftlint.settings import Settings

BATCH_LINES = 1000


def as_example(value: dict[str, Any], number: int) -> Example:
    """The example as it will stand in the file, on the line ``number``.

    Raises:
        Unfit: it cannot be written as JSON that every reader takes.
    """
    try:
        raw = dump(value).encode()
    except UnicodeEncodeError:
        raise Unfit("with half a surrogate pair, which UTF-8 cannot write") from None
    except RecursionError:
        raise Unfit("nested too deeply") from None
    except TypeError:
        raise Unfit("with bytes or another value that JSON cannot write") from None
    line = Line(number, 0, raw, True)
    try:
        parsed, canonical = parse.parse(line)
    except parse.Unparsable:
        raise Unfit("with a number that JSON readers do not take, or nested too deeply") from None
    return Example(line, parsed, canonical)


def batches(examples: Sequence[Example], fmt: Format, role: Role) -> Iterator[Batch]:
    """The examples in batches, as the checker has them."""
    for start in range(0, len(examples), BATCH_LINES):
        held = list(examples[start : start + BATCH_LINES])
        yield Batch(role, fmt, [example.line for example in held], held)


def context_of(*codes: str) -> Context:
    """A context in which only these rules are active; they depend neither on a day nor on a model."""
    return make_context(Settings(today=datetime.date.min, select=codes, tokens=False))


def broken(examples: Sequence[Example], fmt: Format) -> dict[int, str]:
    """Line number to the first error-level rule of schema or conversation (FT1, FT2) that the example breaks."""
    rules = load_book(()).rules
    codes = [code for code, rule in rules.items() if code[:3] in ("FT1", "FT2") and rule.level is Level.ERROR]
    context = context_of(*codes)
    found: dict[int, str] = {}
    for batch in batches(examples, fmt, Role.TRAIN):
        for run, own in registry.BATCH:
            if not context.active.intersection(own):
                continue
            for problem in run(batch, context):
                if problem.code in context.active and problem.line is not None:
                    found[problem.line] = min(problem.code, found.get(problem.line, problem.code))
    return {line: f"{code} {rules[code].name}" for line, code in found.items()}

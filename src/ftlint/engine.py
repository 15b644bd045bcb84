"""Stage 4: runs the selected checks over batches, merges what is known of the dataset, and makes the report."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import orjson

import ftlint
from ftlint import catalog, formats, gate, parse, pricing
from ftlint.checks import registry, syntax
from ftlint.checks.base import Batch, Context, FileResult
from ftlint.checks.file import after_reading, sniff
from ftlint.checks.schema import describe
from ftlint.errors import UsageError
from ftlint.measure import FileTokens, measure
from ftlint.model import (
    Cost,
    FileSummary,
    Finding,
    Format,
    Line,
    ModerationSummary,
    Problem,
    Report,
    Role,
    Skipped,
)
from ftlint.read import Reader, Source, read_lines
from ftlint.rulebook import Book, load_book
from ftlint.settings import Settings
from ftlint.stamp import Stamper

Files = Sequence[tuple[Path | Literal["-"], Role]]
Progress = Callable[[str, int, int | None], None]
"""Called with a stage, how much is done, and how much there is (None when unknown); draws, or does nothing."""


def sources(files: Files, stdin: bytes | None = None) -> list[Source]:
    """The files to check, opened once so that a path that cannot be read ends the command before any work."""
    found = []
    for path, role in files:
        if path == "-":
            found.append(Source("<stdin>", role, None, stdin or b""))
            continue
        source = Source(str(path), role, Path(path))
        source.open().close()
        found.append(source)
    return found


def make_context(settings: Settings) -> Context:
    """Everything the checks share; raises UsageError for an unknown rule or provider."""
    book = load_book(settings.rules)
    active = book.resolve((*settings.select, *settings.extend_select)) - book.resolve(settings.ignore)
    severity = {code: level for word, level in settings.severity.items() for code in book.resolve([word])}
    providers = catalog.load_providers()
    if settings.provider not in providers:
        raise UsageError(f"there is no provider `{settings.provider}`", "use one of " + ", ".join(sorted(providers)))
    model = catalog.find_model(settings.model) if settings.model else None
    trainable = [model] if model else catalog.trainable(settings.provider, settings.today)
    limits = [known.max_example_tokens for known in trainable if known.max_example_tokens is not None]
    active = {code for code in active if _holds(book, code, settings.provider)}
    return Context(
        settings=dataclasses.replace(settings, severity=severity),
        book=book,
        active=frozenset(active),
        provider=providers[settings.provider],
        model=model,
        limit=min(limits, default=None),
        encoding=trainable[0].encoding if trainable else "o200k_base",
    )


def _holds(book: Book, code: str, provider: str) -> bool:
    providers = book.rules[code].providers
    return not providers or provider in providers


@dataclass
class FileOutcome:
    """One file after its last batch: what the report says of it, what dataset-wide checks need, and its findings."""

    source: Source
    skip: int
    result: FileResult
    summary: FileSummary
    tokens: FileTokens
    findings: list[Finding]


def check(
    files: Files, settings: Settings, *, stdin: bytes | None = None, progress: Progress | None = None
) -> Report:
    """Check files offline.

    Args:
        files: paths (``"-"`` for standard input) with their roles.
        settings: what to check, for whom, on which day.
        stdin: the bytes of standard input, if ``"-"`` is among the files.
        progress: an observer, or None.

    Raises:
        UsageError: a path cannot be read, or a rule, provider or model is not what it should be.
    """
    context = make_context(settings)
    outcomes = [
        check_file(source, index, context, progress) for index, source in enumerate(sources(files, stdin))
    ]
    findings = [finding for outcome in outcomes for finding in outcome.findings]
    findings += _dataset_findings(outcomes, context)
    findings.sort(key=lambda finding: finding.sort_key)
    moderation = ModerationSummary("not-run", reason="offline", required=bool(settings.moderation.required))
    cost, costs = _costs(outcomes, context)
    return Report(
        version=1,
        tool_version=ftlint.__version__,
        verdict=gate.verdict(findings, moderation, settings.fail_on, moderation.required),
        files=tuple(outcome.summary for outcome in outcomes),
        findings=tuple(findings),
        accepted=(),
        cost=cost,
        costs=costs,
        moderation=moderation,
        skipped=_skipped(context),
        fail_on=settings.fail_on,
    )


def check_file(source: Source, index: int, context: Context, progress: Progress | None = None) -> FileOutcome:
    """Read, parse and check one file, batch by batch."""
    stamper = Stamper(source.name, context.settings, context.book)
    sniffed = sniff(source.head())
    fmt = context.settings.format
    reader = Reader(source, batch_lines=context.settings.batch_lines, skip=sniffed.skip)
    pairs: list[tuple[Problem, Line | None]] = [(problem, None) for problem in sniffed.problems]
    first = None
    if fmt is None:
        fmt, first = formats.decide(source, sniffed.skip) if sniffed.readable else (Format.UNKNOWN, None)
    judge = _Judge(source, fmt, context)
    findings: list[Finding] = []
    for lines in reader.batches():
        if sniffed.readable:
            found = judge.batch(lines)
            by_number = {line.number: line for line in lines}
            pairs += [(problem, by_number[problem.line]) for problem in found if problem.line is not None]
        if progress is not None:
            progress("check", reader.bytes, None)
        findings += [stamper(problem, line) for problem, line in pairs if problem.code in context.active]
        pairs = []
    if sniffed.readable:
        late = list(after_reading(reader, judge.blank))
        if fmt is Format.UNKNOWN and first is not None and judge.first_object is not None:
            late.append(formats.unknown(first, judge.first_object, source.name))
        pairs += _with_lines(late, source, sniffed.skip)
    findings += [stamper(problem, line) for problem, line in pairs if problem.code in context.active]
    states = judge.states
    result = FileResult(
        index, source.name, source.role, fmt, reader.bytes, reader.lines, judge.nonblank, judge.objects, states
    )
    tokens = judge.tokens
    summary = FileSummary(
        path=stamper.path,
        role=source.role,
        sha256=reader.sha256,
        bytes=reader.bytes,
        lines=reader.lines,
        examples=judge.objects,
        format=fmt,
        tokens=tokens.stats(context.encoding, context.limit) if context.settings.tokens else None,
    )
    return FileOutcome(source, sniffed.skip, result, summary, tokens, findings)


class _Judge:
    """Judges the batches of one file in order, and keeps what the dataset-wide checks and the summary need."""

    def __init__(self, source: Source, fmt: Format, context: Context) -> None:
        self.source = source
        self.format = fmt
        self.context = context
        self.blank: list[int] = []
        self.nonblank = 0
        self.objects = 0
        self.first_object: int | None = None
        self.states = {name: make() for name, make in registry.STATES.items()}
        self.tokens = FileTokens()

    def batch(self, lines: list[Line]) -> list[Problem]:
        """The problems of one batch."""
        batch = Batch(self.source.role, self.format, lines)
        problems = list(self._parse(batch))
        measure(batch, self.context, self.tokens)
        for state in self.states.values():
            state.add(batch, self.context)
        for run, codes in registry.BATCH:
            if not codes or self.context.active.intersection(codes):
                problems += run(batch, self.context)
        return problems

    def _parse(self, batch: Batch) -> Iterator[Problem]:
        for line in batch.lines:
            if not line.raw.strip():
                self.blank.append(line.number)
                continue
            self.nonblank += 1
            try:
                value = parse.parse(line)
            except orjson.JSONDecodeError:
                yield syntax.diagnose(line, last=not line.terminated)
                continue
            if not isinstance(value, dict):
                yield syntax.not_an_object(line, value, describe(value))
                continue
            self.objects += 1
            self.first_object = self.first_object or line.number
            yield from self._row(batch, line, value)

    def _row(self, batch: Batch, line: Line, value: dict[str, object]) -> Iterator[Problem]:
        example, canonical = parse.example(line, value)
        if syntax.may_repeat_keys(line.raw, canonical):
            yield from syntax.duplicate_keys(line)
        if self.format is Format.UNKNOWN:
            return
        other = formats.deviates(value, self.format)
        if other is None:
            batch.examples.append(example)
        else:
            values = {"format": other.value, "majority": self.format.value}
            yield Problem("FT106", line.number, (), values=values)


def _with_lines(problems: list[Problem], source: Source, skip: int) -> list[tuple[Problem, Line | None]]:
    """Each problem with its line, read again: only the few that were known after the last batch."""
    numbers = {problem.line for problem in problems if problem.line is not None}
    lines = read_lines(source, numbers, skip=skip) if numbers else {}
    return [(problem, lines.get(problem.line) if problem.line is not None else None) for problem in problems]


def _dataset_findings(outcomes: list[FileOutcome], context: Context) -> list[Finding]:
    results = [outcome.result for outcome in outcomes]
    by_file: dict[int, list[Problem]] = {}
    for run, codes in registry.DATASET:
        if context.active.intersection(codes):
            for index, problem in run(results, context):
                if problem.code in context.active:
                    by_file.setdefault(index, []).append(problem)
    findings = []
    for index, problems in sorted(by_file.items()):
        outcome = outcomes[max(index, 0)]
        stamper = Stamper(outcome.source.name, context.settings, context.book)
        findings += [stamper(problem, line) for problem, line in _with_lines(problems, outcome.source, outcome.skip)]
    return findings


def _costs(outcomes: list[FileOutcome], context: Context) -> tuple[Cost | None, tuple[Cost, ...]]:
    """The cost of training on the training files together; None where tokens were not counted."""
    training = [outcome for outcome in outcomes if outcome.source.role is Role.TRAIN]
    examples = sum(outcome.result.examples for outcome in training)
    settings = context.settings
    if not settings.tokens or not examples or all(file.result.format is Format.UNKNOWN for file in training):
        return None, ()
    totals = [total for outcome in training for total in outcome.tokens.totals]
    if settings.model:
        cost = pricing.estimate(
            totals, examples, settings.model, settings.provider, settings.epochs, settings.price, settings.today
        )
        return cost, (cost,)
    return None, tuple(
        pricing.per_model(totals, examples, settings.provider, settings.epochs, settings.price, settings.today)
    )


def _skipped(context: Context) -> tuple[Skipped, ...]:
    skipped = [
        Skipped(code, "moderation not run") for code in registry.MODERATION if code in context.active
    ]
    if context.limit is None:
        skipped += [
            Skipped(code, "no token limit is known for this provider and model")
            for code in ("FT301", "FT302")
            if code in context.active
        ]
    return tuple(sorted(skipped, key=lambda item: item.code))

"""The summary on the terminal: files, tokens, cost, moderation, counts per rule; the verdict comes last."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from rich.text import Text

from ftlint.model import (
    Cost,
    FileSummary,
    Finding,
    ModerationSummary,
    Report,
    Role,
    TokenStats,
    Verdict,
)
from ftlint.reports import Options, meaning
from ftlint.reports.figures import ASCII_BARS, BARS, bars, beyond, dollars, percent, regroup, short, size
from ftlint.reports.paint import DIM, STYLES, paint, words
from ftlint.reports.sentence import found, moderation, one_line
from ftlint.text import plural

__all__ = ["found", "moderation", "next_command", "one_line", "render"]

_COSTS = 5
_NEAREST = 3
_LABEL = 12


def render(report: Report, options: Options) -> str:
    """The summary, a few lines per file and per subject, with the verdict on the last line."""
    return paint(_lines(report, options), options)


def _lines(report: Report, options: Options) -> Iterator[Text]:
    for file in report.files:
        yield from _file(file, options)
        yield Text()
    yield from _costs(report, options)
    yield from _moderation(report, options)
    yield from _rules(report, options)
    yield from _skipped(report, options)
    for note in report.notes:
        yield _row("note", note, options)
    following = next_command(report, options.again)
    if following:
        yield words(options, ("next: ", "bold"), following)
    yield _verdict(report, options)


def _row(label: str, content: str, options: Options) -> Text:
    return words(options, "  ", (label.ljust(_LABEL), DIM), content)


def _join(options: Options, *parts: str) -> str:
    return (" · " if options.unicode else ", ").join(part for part in parts if part)


def _file(file: FileSummary, options: Options) -> Iterator[Text]:
    role = "training" if file.role is Role.TRAIN else "validation"
    lines = plural(file.lines, "line") if file.lines != file.examples else ""
    shape = _join(options, role, file.format.value, plural(file.examples, "example"), lines, size(file.bytes))
    yield words(options, (file.path, "bold"), f"  {shape}")
    if file.tokens is None:
        yield _row("tokens", "not counted", options)
    elif file.examples:
        yield from _tokens(file.tokens, options)


def _tokens(tokens: TokenStats, options: Options) -> Iterator[Text]:
    """Totals, then the histogram with its axis and the place of the limit."""
    partly = "partly estimated" if tokens.estimated else ""
    total = f"{tokens.total:,} in all, {tokens.trained:,} trained"
    yield _row("tokens", _join(options, total, tokens.encoding, partly), options)
    quantiles = [f"p5 {tokens.p5:,}", f"p50 {tokens.p50:,}", f"p95 {tokens.p95:,}", f"max {tokens.max:,}"]
    stats = _join(options, *quantiles)
    room = max(min(options.width - _LABEL - 4 - len(stats), 40), 8)
    held, far = beyond(tokens)
    counts = regroup(held, room - 2 if far else room)
    glyphs = BARS if options.unicode else ASCII_BARS
    drawn = bars([*counts, 0, far] if far else counts, glyphs)
    yield _row("per example", f"{drawn}  {stats}" if counts else stats, options)
    axis, told = _axis(tokens, len(counts), far, options)
    if axis or told:
        yield _row("", f"{axis}  {told}" if axis else told, options)


def _axis(tokens: TokenStats, width: int, far: int, options: Options) -> tuple[str, str]:
    """The line below the bars with the limit's place on it, and the words beside it; beyond the bars stand the rest."""
    over = f", {plural(tokens.over_limit, 'example')} over" if tokens.over_limit else ""
    limit = f"limit {tokens.limit:,}{over}" if tokens.limit is not None else ""
    if not width or not tokens.histogram_max:
        return "", limit
    axis = ["0", *" " * (width - 1), *("  " if far else "")]
    if tokens.limit is not None and 0 < tokens.limit < tokens.histogram_max:
        sign = "▲" if options.unicode else "^"
        axis[tokens.limit * width // tokens.histogram_max] = sign
        limit = f"{sign} {limit}"
    rest = f"and {far:,} beyond" if far else ""
    return "".join(axis), _join(options, " ".join(filter(None, (f"to {short(tokens.histogram_max)}", rest))), limit)


def _costs(report: Report, options: Options) -> Iterator[Text]:
    costs = (report.cost,) if report.cost else report.costs
    for index, cost in enumerate(costs[:_COSTS]):
        yield _row("" if index else "cost", _cost(cost, options), options)
    if len(costs) > _COSTS:
        yield _row("", f"and {plural(len(costs) - _COSTS, 'model')} more, in the order of the catalogue", options)


def _cost(cost: Cost, options: Options) -> str:
    epochs = ("estimated " if cost.estimated_epochs else "") + plural(cost.epochs, "epoch")
    if cost.usd is None:
        money = "price not known"
    else:
        about = "≈ " if options.unicode else "about "
        dated = "your price" if cost.price_as_of == "user" else f"price of {cost.price_as_of}"
        money = f"{about}{dollars(cost.usd)} ({dated})"
    return _join(options, cost.model, epochs, f"{cost.billed_tokens:,} tokens billed", money)


def _moderation(report: Report, options: Options) -> Iterator[Text]:
    summary = report.moderation
    word = moderation(report)
    yield _row("moderation", word.removeprefix("moderation "), options)
    if summary.status == "not-run":
        return
    cached = f"{summary.cached:,} from cache" if summary.cached else ""
    requests = plural(summary.requests, "request")
    done = f"{plural(summary.unique, 'text')}, {percent(summary.coverage)} with a verdict"
    yield _row("", _join(options, done, cached, requests, summary.model or ""), options)
    yield from _nearest(summary, options)
    if meaning.likely_blockers(report):
        yield _row("", meaning.BRIEF, options)


def _nearest(summary: ModerationSummary, options: Options) -> Iterator[Text]:
    for category, score, path, line in summary.nearest[:_NEAREST]:  # nearest to its level first
        yield _row("", f"highest {category} {score:.2g} at {path}:{line}", options)


def _rules(report: Report, options: Options) -> Iterator[Text]:
    first: dict[str, Finding] = {}
    for finding in report.findings:
        first.setdefault(finding.code, finding)
    counts = report.by_code()
    ranked = sorted(first.values(), key=lambda finding: (finding.level.rank, -counts[finding.code], finding.code))
    width = max((len(f"{count:,}") for count in counts.values()), default=0)
    if ranked:
        yield Text()
    for finding in ranked:
        mark = " [*]" if finding.fix == "safe" else ""
        level = (f"  {finding.level.value:<8}", STYLES[finding.level])
        yield words(options, level, f" {finding.code}  {counts[finding.code]:>{width},}  {finding.name}{mark}")
    fixable = sum(counts[code] for code, finding in first.items() if finding.fix == "safe")
    if fixable:
        yield words(options, (f"  [*] {plural(fixable, 'finding')} with a safe fix", DIM))
    if ranked:
        yield Text()


def _skipped(report: Report, options: Options) -> Iterator[Text]:
    reasons: dict[str, list[str]] = {}
    for skipped in report.skipped:
        reasons.setdefault(skipped.reason, []).append(skipped.code)
    if reasons and not options.verbose:
        yield _row("not run", f"{plural(len(report.skipped), 'rule')} (listed with -v)", options)
        return
    for reason, codes in reasons.items():
        yield _row("not run", f"{', '.join(codes)}: {reason}", options)


def next_command(report: Report, again: str | None = None) -> str | None:
    """The command that a person wants next, or None.

    Args:
        report: what was found.
        again: the command that made the report; built from its files where it is not known.
    """
    command = again or _again(report)
    if report.verdict is Verdict.FINDINGS and report.findings:
        return f"ftlint rule {_worst(report)}"
    if report.verdict in (Verdict.CLEAN, Verdict.FINDINGS) or command is None:
        return None
    if report.verdict is Verdict.INCOMPLETE and report.moderation.status == "partial":
        return f"{command}  (what has a verdict is cached)"
    return command if " --online" in command else f"{command} --online"


def _worst(report: Report) -> str:
    counts = report.by_code()
    return min(report.findings, key=lambda found: (found.level.rank, -counts[found.code], found.code)).code


def _again(report: Report) -> str | None:
    words = ["ftlint", "check"]
    for file in report.files:
        if file.path in ("-", "<stdin>"):
            return None
        words += [file.path] if file.role is Role.TRAIN else ["--validation", file.path]
    return shlex.join(words)


def _verdict(report: Report, options: Options) -> Text:
    good = report.verdict in (Verdict.CLEAN, Verdict.OFFLINE_CLEAN)
    sign = ("✓ " if good else "✗ ") if options.unicode else ""
    level = f"`{report.fail_on.value}`"
    told = {
        Verdict.CLEAN: f"nothing at or above {level}, {moderation(report)}",
        Verdict.OFFLINE_CLEAN: f"nothing at or above {level}; moderation not run",
        Verdict.FINDINGS: f"{found(report)}; the gate is closed",
        Verdict.INCOMPLETE: f"{moderation(report)}; {found(report)}; the gate is closed",
    }[report.verdict]
    return words(options, (f"{sign}{report.verdict.value}", "bold green" if good else "bold red"), f": {told}")

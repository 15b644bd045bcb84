"""The format ``markdown``: a page for a pull request or ``$GITHUB_STEP_SUMMARY``; data in it can format nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ftlint.model import Cost, FileSummary, Finding, Level, Report, Role, Verdict
from ftlint.reports import Options, meaning, sentence
from ftlint.reports.concise import place
from ftlint.reports.figures import dollars, percent, size
from ftlint.reports.shown import by_rule, fair_shares, not_kept
from ftlint.text import plural, safe

SHOWN = 50
"""Findings that the page lists; a summary is read, not searched."""
_MARKUP = re.compile(r"""[!-/:-@\[-`{-~]""")
_BACKTICKS = re.compile(r"(`[^`]+`)")
_ACTS = re.compile(r"[@#]")
_WORDS = {
    Verdict.CLEAN: "✅ clean",
    Verdict.OFFLINE_CLEAN: "✅ clean offline",
    Verdict.FINDINGS: "❌ findings",
    Verdict.INCOMPLETE: "⚠️ incomplete",
}
_LEVELS = {Level.ERROR: "🟥 error", Level.WARNING: "🟧 warning", Level.INFO: "🟦 info"}


def render(report: Report, options: Options) -> str:  # noqa: ARG001 (a summary shows no text of the file)
    """Verdict, files, rules and the worst findings, as GitHub-flavoured Markdown."""
    return "\n".join(_page(report)) + "\n"


def _page(report: Report) -> Iterator[str]:
    yield f"## ftlint: {_WORDS[report.verdict]}"
    yield ""
    yield f"{sentence.found(report)}; {_prose(sentence.moderation(report))}."
    yield ""
    yield "| file | examples | size | tokens | p50 | p95 | max |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    yield from (_file(file) for file in report.files)
    yield ""
    costs = (report.cost,) if report.cost else report.costs[:5]
    yield from (f"- {_cost(cost)}" for cost in costs)
    if report.moderation.status != "not-run":
        told = f"{plural(report.moderation.unique, 'text')}, {percent(report.moderation.coverage)} with a verdict"
        yield f"- moderation: {told}"
    yield from (f"- {_prose(note)}" for note in report.notes)
    yield from _findings(report)
    yield from _meaning(report)
    yield ""
    yield f"<sub>ftlint {_prose(report.tool_version)}, `--fail-on {report.fail_on.value}`</sub>"


def _file(file: FileSummary) -> str:
    role = "" if file.role is Role.TRAIN else " (validation)"
    tokens = file.tokens
    figures = [f"{tokens.total:,}", f"{tokens.p50:,}", f"{tokens.p95:,}", f"{tokens.max:,}"] if tokens else ["–"] * 4
    cells = [_code(file.path) + role, f"{file.examples:,}", size(file.bytes), *figures]
    return f"| {' | '.join(cells)} |"


def _cost(cost: Cost) -> str:
    epochs = ("about " if cost.estimated_epochs else "") + plural(cost.epochs, "epoch")
    money = "price not known" if cost.usd is None else f"≈ {dollars(cost.usd)}"
    return f"cost: {_code(cost.model)}, {epochs}, {cost.billed_tokens:,} tokens billed, {money}"


def _findings(report: Report) -> Iterator[str]:
    groups = by_rule(report)
    counts = report.by_code()
    if not groups:
        return
    yield ""
    yield "### Rules"
    yield ""
    yield "| level | rule | findings |"
    yield "| --- | --- | ---: |"
    for group in groups:
        first = group[0]
        yield f"| {_LEVELS[first.level]} | {_code(first.code)} {_prose(first.name)} | {counts[first.code]:,} |"
    shares = fair_shares([len(group) for group in groups], SHOWN)
    yield ""
    yield "### Findings"
    yield ""
    yield "| place | rule | what | help |"
    yield "| --- | --- | --- | --- |"
    for group, share in zip(groups, shares, strict=True):
        yield from (_finding(finding) for finding in group[:share])
    left = report.total() - sum(shares)
    if left > 0:
        kept = "".join(f"; {not_kept(count, code)}" for code, count in report.omitted_by_code().items())
        yield ""
        yield f"{plural(left, 'further finding')} counted above and not listed{_prose(kept)}."


def _meaning(report: Report) -> Iterator[str]:
    told = meaning.sentences(report)
    if told:
        yield ""
        yield "<details><summary>What moderation findings mean</summary>"
        yield ""
        yield from (f"- {_prose(sentence)}" for sentence in told)
        yield ""
        yield "</details>"


def _finding(finding: Finding) -> str:
    cells = (_code(place(finding)), _code(finding.code), _prose(finding.message), _prose(finding.help or ""))
    return f"| {' | '.join(cells)} |"


def _code(text: str) -> str:
    """Text in the fixed-width font; inside it nothing is linked, mentioned or formatted."""
    return f"<code>{_inert(safe(text))}</code>"


def _prose(text: str) -> str:
    """A sentence whose pieces in backticks become code, and in which nothing else is markup, a mention or a link."""
    pieces = _BACKTICKS.split(safe(text))
    return "".join(_code(piece[1:-1]) if piece[:1] == "`" and len(piece) > 1 else _words(piece) for piece in pieces)


def _words(text: str) -> str:
    """Character references hold off Markdown itself; ``@`` and ``#`` would act after it, so they become code."""
    parts = re.split(f"({_ACTS.pattern})", text)
    return "".join(f"<code>{_inert(part)}</code>" if _ACTS.fullmatch(part) else _inert(part) for part in parts)


def _inert(text: str) -> str:
    return _MARKUP.sub(lambda match: match[0] if match[0] in ",;'/" else f"&#{ord(match[0])};", text)

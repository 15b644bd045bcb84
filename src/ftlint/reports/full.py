"""The format ``full``: a code frame round every finding, in the manner of rustc, then the summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.text import Text

from ftlint.model import Finding, Level, Report
from ftlint.reports import Options, summary
from ftlint.reports.concise import place
from ftlint.reports.frame import window
from ftlint.reports.paint import DIM, FRAME, STYLES, paint, words
from ftlint.reports.shown import flagged_lines, hidden_length, not_kept, withheld
from ftlint.text import plural

_RELATED = 3


def render(report: Report, options: Options) -> str:
    """The findings and, unless it is switched off, the summary."""
    body = findings(report, report.findings, options, report.omitted_by_code())
    if not options.summary:
        return body
    return body + summary.render(report, options)


def findings(
    report: Report, shown: Sequence[Finding], options: Options, omitted: Mapping[str, int] | None = None
) -> str:
    """Some of the report's findings (offline ones come before moderation has run), each with its frame.

    ``omitted`` says of which rules how many are not held; they are told after the others.
    """
    return paint(_lines(report, shown, options, omitted or {}), options)


def _lines(report: Report, shown: Sequence[Finding], options: Options, omitted: Mapping[str, int]) -> Iterator[Text]:
    fold = not options.verbose and report.fail_on is not Level.INFO
    flagged = flagged_lines(report)
    framed: Counter[str] = Counter()
    folded: dict[str, list[Finding]] = {}
    for finding in shown:
        if fold and finding.level is Level.INFO:
            folded.setdefault(finding.code, []).append(finding)
            continue
        framed[finding.code] += 1
        if options.max_per_rule and framed[finding.code] > options.max_per_rule:
            continue
        hidden = withheld(finding, flagged, show_text=options.show_text)
        yield from _finding(finding, options, hidden=hidden, first=framed[finding.code] == 1)
        yield Text()
    yield from _overflow(framed, omitted, options)
    yield from _folded(folded, omitted, options)


def _finding(finding: Finding, options: Options, *, hidden: bool, first: bool) -> Iterator[Text]:
    style = STYLES[finding.level]
    number = str(finding.line or "")
    margin = " " * max(len(number), 1)
    yield words(options, (f"{finding.level.value}[{finding.code}]", style), (f": {finding.message}", "bold"))
    path = f"  {finding.json_path}" if finding.json_path else ""
    yield words(options, margin, ("--> ", FRAME), place(finding), (path, DIM))
    if finding.frame:
        yield from _frame(finding, options, number, hidden=hidden)
    for label, note in _notes(finding, hidden=hidden, first=first):
        yield words(options, margin, (" = ", FRAME), (f"{label}: ", "bold"), note)


def _frame(finding: Finding, options: Options, number: str, *, hidden: bool) -> Iterator[Text]:
    assert finding.frame is not None
    margin = " " * len(number)
    bar = (f"{margin} | ", FRAME)
    style = STYLES[finding.level]
    yield words(options, (f"{margin} |", FRAME))
    if hidden:
        block = ("█" if options.unicode else "#") * min(32, max(options.width - len(number) - 30, 4))
        length = f" ({plural(hidden_length(finding), 'character')} hidden)"
        yield words(options, (f"{number} | ", FRAME), block, (length, DIM))
        return
    shown = window(finding.frame, max(options.width - len(number) - 3, 8), options)
    yield words(options, (f"{number} | ", FRAME), shown.before, (shown.span, style), shown.after)
    yield words(options, bar, (shown.carets, style))


def _notes(finding: Finding, *, hidden: bool, first: bool) -> Iterator[tuple[str, str]]:
    if finding.frame and hidden:
        known = f", sha256 {finding.content_sha256[:12]} identifies the example" if finding.content_sha256 else ""
        yield "note", f"the text is hidden here; `--show-text` prints it{known}"
    if finding.related:
        others = ", ".join(f"{other.path}:{other.line}" for other in finding.related[:_RELATED])
        more = len(finding.related) - _RELATED
        yield "note", f"see also {others}" + (f" and {more:,} more" if more > 0 else "")
    if finding.help:
        yield "help", finding.help + (" (safe fix)" if finding.fix == "safe" else "")
    if first:
        yield "rule", f"{finding.name}; `ftlint rule {finding.code}` explains it"


def _overflow(framed: Counter[str], omitted: Mapping[str, int], options: Options) -> Iterator[Text]:
    dots = "…" if options.unicode else "..."
    told = []
    for code, count in sorted(framed.items()):
        if options.max_per_rule and count > options.max_per_rule:
            told.append(f"{dots} {count - options.max_per_rule:,} more {code}, shown with --max-per-rule 0")
        if omitted.get(code):
            told.append(f"{dots} {not_kept(omitted[code], code)}")
    yield from (words(options, (line, DIM)) for line in told)
    if told:
        yield Text()


def _folded(folded: dict[str, list[Finding]], omitted: Mapping[str, int], options: Options) -> Iterable[Text]:
    for code, group in sorted(folded.items()):
        first = group[0]
        head = (f"{first.level.value}[{code}]", STYLES[first.level])
        left = omitted.get(code, 0)
        if len(group) + left == 1:
            yield words(options, head, f": {first.message}", (f"  {place(first)}", DIM))
        else:
            seen = f"{len(group):,} with -v, {not_kept(left, code)}" if left else "all with -v"
            told = f"{first.name}, {len(group) + left:,} times, first at {place(first)} ({seen})"
            yield words(options, head, f": {told}")
    if folded:
        yield Text()

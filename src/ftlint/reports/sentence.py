"""The report in a sentence, and its parts: what every format says. It draws nothing, so a pipe needs no rich."""

from __future__ import annotations

from ftlint.model import Report
from ftlint.reports import meaning
from ftlint.reports.figures import percent
from ftlint.text import plural, safe


def one_line(report: Report) -> str:
    """The summary in one sentence, for stderr beside a format that programs read."""
    examples = sum(file.examples for file in report.files)
    where = safe(report.files[0].path) if len(report.files) == 1 else plural(len(report.files), "file")
    return (
        f"{where}: {plural(examples, 'example')}, {found(report)}; {moderation(report)}; "
        f"verdict: {report.verdict.value}"
    )


def found(report: Report) -> str:
    """``12 errors, 1 warning, 3 infos``, or ``no findings``; accepted ones are named apart."""
    counts = report.counts()
    parts = [plural(count, level.value) for level, count in counts.items() if count]
    accepted = f" ({report.accepted_total():,} accepted)" if report.accepted else ""
    return (", ".join(parts) or "no findings") + accepted


def moderation(report: Report) -> str:
    """What moderation allows to be said: never that a file will pass."""
    summary = report.moderation
    reason = f" ({safe(summary.reason)})" if summary.reason else ""
    count = meaning.likely_blockers(report)
    accepted = meaning.accepted_blockers(report)
    beyond = f" beyond {accepted:,} accepted" if accepted else ""
    likely = plural(count, "likely blocker")
    if summary.status == "not-run":
        return f"moderation not run{reason}" + (f", {likely} found offline" if count else "")
    if summary.status == "complete" and summary.coverage >= 1:
        return likely if count else f"no known blocker{beyond}"
    kind = "a sample of the texts" if summary.status == "sampled" else f"{percent(summary.coverage)} of the texts"
    return f"moderation has seen {kind} only{reason}" + (f", {likely} so far" if count else "")

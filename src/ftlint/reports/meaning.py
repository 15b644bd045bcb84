"""What moderation findings mean, and what nobody outside the service can know; the same words in every report."""

from __future__ import annotations

from collections.abc import Sequence

from ftlint.model import Finding, Level, Report

NO_VERDICT = "FT909"
"""A part without a verdict: it says nothing about the text."""
GUARD = "guard"
"""In a finding's data: a guard model's opinion, which is evidence of another kind."""
PROFILE = "FT709"
"""Files that are one person's profile have been blocked without a single flag."""
BRIEF = (
    "a file passes two gates: it is screened before training, and the tuned model is evaluated after it; these scores"
    " are evidence for both and the rule of neither (`ftlint rule FT901`)"
)
_TEXT = """\
A fine-tuning job passes two gates. The file, the validation file too, is screened before training; the tuned model is\
 evaluated after it, and may be blocked when it is paid for.
The Moderation API is the best public evidence for the first gate, and it is not the filter: files without a flag have\
 been blocked. Texts that stand in many rows count most.
Watch levels are heuristics. Identical calls differ by up to a quarter, so 1.25 times a score is held against its level.
Four categories of the second gate have no score here: advice, propaganda, sensitive and highly-sensitive.\
 Look yourself for profiles of a person, politics, and medical, legal or financial advice.
Newer base models are judged more strictly: a file that an older one accepted may be blocked now.
What helps: change or remove the rows, shared texts first, and add answers that decline or play safe. Do not submit a\
 blocked file again to find its limit."""
SENTENCES = tuple(_TEXT.split("\n"))


def likely_blockers(report: Report) -> int:
    """Findings that moderation, or the offline rules beside it, hold for a likely reason of a block."""
    return _blockers(report, report.findings, accepted=False)


def accepted_blockers(report: Report) -> int:
    """Those that an acceptance covers."""
    return _blockers(report, report.accepted, accepted=True)


def _blockers(report: Report, held: Sequence[Finding], *, accepted: bool) -> int:
    left = (entry for entry in report.omitted if entry.accepted is accepted)
    found = sum(is_blocker(finding.code, finding.level) for finding in held)
    return found + sum(entry.count for entry in left if is_blocker(entry.code, entry.level))


def is_blocker(code: str, level: Level) -> bool:
    """A finding of this rule and level is a likely reason of a block."""
    return (code.startswith("FT9") or code == PROFILE) and code != NO_VERDICT and level is not Level.INFO


def sentences(report: Report) -> tuple[str, ...]:
    """For a page that has room: where moderation ran, or found something offline; else nothing."""
    return SENTENCES if report.moderation.status != "not-run" or likely_blockers(report) else ()

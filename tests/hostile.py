"""Text that tries to act: in a terminal, a workflow, XML, HTML, Markdown; and a report that is full of it."""

from __future__ import annotations

from dataclasses import replace

from ftlint.model import Frame, ModerationSummary, Place, Report, Skipped
from samples import COST, FILE, FLAGGED, ROLE, WHOLE, report

PIECES = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror='alert(2)'>",
    "</style></title></pre><svg onload=alert(3)>",
    "\n::error file=/etc/passwd::gotcha\r\n::stop-commands::x",
    "mid ##[group]a ##vso[task.setvariable variable=a]b ##teamcity[c] ::debug::d",
    "%0A::set-output name=a::b",
    "\x1b[31mred\x1b]8;;http://evil.example\x07 link \x9b2J",
    "\u202eevil\u2066 \u200b",
    "]]> <!-- & &amp; -->",
    "\x00\x0b\ufffe\uffff\ud800",
    "[click](javascript:alert(4)) `code` **bold** | cell | @someone #12 www.evil.example https://evil.example",
    "{0} {message} %s %(x)s ${x} {{7*7}}",
    "日本語 العربية 𝒳 👩‍👩‍👧",
)
HOSTILE = " ".join(PIECES)


def hostile_report() -> Report:
    """Every string that comes from outside is hostile, and more so than the engine lets through."""
    frame = Frame(HOSTILE, 5, 60, cut_left=True, cut_right=False)
    finding = replace(
        ROLE,
        message=HOSTILE,
        help=HOSTILE,
        path=f"dir {HOSTILE}.jsonl",
        json_path=f"$['{HOSTILE}']",
        related=(Place(HOSTILE, 3),),
        data={HOSTILE: HOSTILE},
        frame=frame,
    )
    own = replace(finding, code="ACME001", name=HOSTILE, line=4)
    file = replace(FILE, path=finding.path)
    moderation = ModerationSummary("partial", HOSTILE, 5, 5, 1, 1, 0.5, HOSTILE, True, ((HOSTILE, 0.5, HOSTILE, 3),))
    return report(
        finding,
        own,
        replace(WHOLE, message=HOSTILE),
        files=(file,),
        accepted=(replace(FLAGGED, accepted=HOSTILE),),
        costs=(COST, replace(COST, model=HOSTILE)),
        cost=None,
        moderation=moderation,
        skipped=(Skipped("FT409", HOSTILE),),
        notes=(HOSTILE,),
    )

"""The figures as Markdown: RESULTS.md, and the table of the README."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from benchmarks.privacy import dataset
from benchmarks.privacy.dataset import CODES, Case
from benchmarks.privacy.judge import Verdict, judge

ROOT = Path(__file__).parents[2]
RESULTS = Path(__file__).parent / "RESULTS.md"
README = ROOT / "README.md"
BEGIN, END = "<!-- privacy: begin -->", "<!-- privacy: end -->"
NAMES = {
    "email": "e-mail address",
    "phone": "phone number",
    "card": "payment card",
    "iban": "IBAN",
    "account": "bank account without IBAN",
    "ssn": "US social security number",
    "my-number": "マイナンバー",
    "other-id": "other national ids",
    "address": "postal address",
    "birth": "birth date",
    "ip": "IP address",
    "api-key": "API key",
    "private-key": "private key",
    "credential-url": "password in a URL",
    "jwt": "JWT",
    "password": "password or other token",
}
FIXED = ("email", "card", "iban", "ssn", "my-number", "ip", "api-key", "private-key", "credential-url", "jwt")
"""Kinds with check digits or a fixed format, which are held to 0.95."""


def measure() -> Verdict:
    """The figures of the code as it is."""
    return judge((*dataset.positives(), *dataset.negatives()))


def figures(verdict: Verdict) -> str:
    """The table of kinds."""
    lines = [
        "| kind | rule | in the set | found | recall | reported wrongly | precision | found whole |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for kind, tally in verdict.kinds.items():
        lines.append(
            f"| {NAMES[kind]} | {CODES[kind]} | {tally.demanded} | {tally.found} | {_share(tally.recall)} "
            f"| {tally.wrong} | {_share(tally.precision)} | {tally.whole} |"
        )
    return "\n".join(lines)


def size() -> str:
    """What the set consists of, in a sentence."""
    positives, negatives = dataset.positives(), dataset.negatives()
    japanese = [sum(case.language == "ja" for case in cases) for cases in (positives, negatives)]
    templates = len({case.template for case in positives}), len({case.template for case in negatives})
    return (
        f"{len(positives)} rows that hold something ({japanese[0]} Japanese, from {templates[0]} sentences), and "
        f"{len(negatives)} that only look so ({japanese[1]} Japanese, from {templates[1]} sentences)"
    )


def results(verdict: Verdict) -> str:
    """The whole page."""
    return "\n".join(
        (
            "# Privacy benchmark: results",
            "",
            "Written by `python -m benchmarks.privacy`; what the columns mean is in [README.md](README.md).",
            "",
            f"The set: {size()}. SHA-256 of its rows and labels: `{dataset.digest()}`.",
            "",
            "## By kind",
            "",
            figures(verdict),
            "",
            "## Rows that hold nothing",
            "",
            _groups(verdict),
            "",
            "## What is missed",
            "",
            _listed([(kind, case) for kind, case, _ in verdict.missed]),
            "",
            "## What is found wrongly",
            "",
            _listed([(kind, case) for kind, case, _ in verdict.wrong]),
            "",
        )
    )


def readme(text: str, verdict: Verdict) -> str:
    """The README with the table between its marks made anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    assert after, "README.md has lost the marks of the privacy table"
    return f"{before}{BEGIN}\n{figures(verdict)}\n{END}{after}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _groups(verdict: Verdict) -> str:
    negatives = dataset.negatives()
    rows = Counter(case.group for case in negatives)
    wrong = Counter((case.group, kind) for kind, case, _ in verdict.wrong if not case.labels)
    lines = ["| what the rows look like | rows | wrongly reported |", "| --- | ---: | --- |"]
    for group, count in rows.items():
        kinds = ", ".join(f"{NAMES[kind]} {times}" for (name, kind), times in wrong.items() if name == group)
        lines.append(f"| {group} | {count} | {kinds or '0'} |")
    return "\n".join(lines)


def _listed(found: list[tuple[str, Case]]) -> str:
    """The sentences behind the figures, as they stand in the set, and how many rows of each."""
    counted = Counter((kind, case.language, case.template) for kind, case in found)
    if not counted:
        return "Nothing."
    return "\n".join(
        f"- {NAMES[kind]}, {language}{f', {times} times' if times > 1 else ''}: `{template}`"
        for (kind, language, template), times in counted.items()
    )

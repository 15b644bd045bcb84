"""Stage 5, reports: a Report becomes text, one module per format. Pure; a format is imported when it is used."""

from __future__ import annotations

from importlib import import_module

from ftlint.model import Report
from ftlint.records import dataclass
from ftlint.rulebook import Rule, load_book

FORMATS: dict[str, str] = {
    "full": "ftlint.reports.full",
    "concise": "ftlint.reports.concise",
    "json": "ftlint.reports.json_",
    "jsonl": "ftlint.reports.jsonl",
    "github": "ftlint.reports.github",
    "gitlab": "ftlint.reports.gitlab",
    "junit": "ftlint.reports.junit",
    "sarif": "ftlint.reports.sarif",
    "markdown": "ftlint.reports.markdown",
    "html": "ftlint.reports.html_",
}
"""Format to module; the module has ``render(report, options) -> str``."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a report is shown. A format that is read by programs looks at ``show_text`` alone.

    Attributes:
        width: cells per line that code frames and bars may take.
        color: write ANSI colours.
        encoding: what the reader's end can show; anything but UTF-8 gets ASCII drawings and escapes.
        show_text: text that moderation flagged may be shown (the user's own terminal, or ``--show-text``).
        max_per_rule: code frames per rule, 0 for all.
        verbose: show info findings one by one, and skipped rules.
        summary: the summary follows the findings.
        again: the command that made this report, for the next step; None to build it from the report's files.
        own: rules of the user's own, whose pages HTML and SARIF show as they show those of the book.
    """

    width: int = 80
    color: bool = False
    encoding: str = "utf-8"
    show_text: bool = False
    max_per_rule: int = 20
    verbose: bool = False
    summary: bool = True
    again: str | None = None
    own: tuple[Rule, ...] = ()

    @property
    def pages(self) -> dict[str, Rule]:
        """Rules by code: the book, and the user's own."""
        return {**load_book().rules, **{rule.code: rule for rule in self.own}}

    @property
    def unicode(self) -> bool:
        """The drawings (bars, ellipsis, tick) reach the reader."""
        return self.encoding.lower().replace("_", "-") in {"utf-8", "utf8", "utf-8-sig"}

    def fit(self, text: str) -> str:
        """The text with everything that the encoding cannot carry written as a visible escape."""
        if self.unicode:
            return text
        return text.encode(self.encoding, "backslashreplace").decode(self.encoding)


def render(report: Report, name: str, options: Options | None = None) -> str:
    """The report in one format.

    Raises:
        KeyError: there is no such format.
    """
    module = import_module(FORMATS[name])
    rendered = module.render(report, options or Options())
    assert isinstance(rendered, str)
    return rendered

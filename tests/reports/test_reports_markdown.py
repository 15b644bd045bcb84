"""The Markdown page, read by a Markdown parser: tables stay tables, and data in it formats and links nothing."""

from __future__ import annotations

from dataclasses import replace

from markdown_it import MarkdownIt

from ftlint.reports import render
from hostile import hostile_report
from samples import COMPLETE, FLAGGED, INFO, ROLE, WHOLE, report


def html(text: str) -> str:
    """As a code host would render it, links recognised and HTML let through."""
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(text)


def test_the_page_has_verdict_files_rules_and_the_worst_first() -> None:
    page = html(render(report(INFO, ROLE, FLAGGED, WHOLE, moderation=COMPLETE), "markdown"))
    assert "<h2>ftlint: ❌ findings</h2>" in page
    assert page.count("<table>") == 3
    assert "<code>data/train.jsonl</code>" in page
    assert page.index("FT901") < page.index("FT114") < page.index("FT305")
    assert "1 likely blocker" in page


def test_hostile_text_is_neither_markup_nor_a_link_nor_a_mention() -> None:
    text = render(hostile_report(), "markdown")
    page = html(text)
    assert "<a " not in page
    assert "<script" not in page
    assert "<img" not in page
    assert "<strong>" not in page
    assert "@" not in text, "a mention works after Markdown, so the sign stands in code"
    assert page.count("<code>@</code>") > 0
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows[-3:]} == {5}


def test_a_long_list_is_cut_and_says_so() -> None:
    text = render(report(*[replace(ROLE, line=number) for number in range(1, 200)], WHOLE), "markdown")
    assert "150 further findings counted above and not listed." in text
    assert "<code>FT401</code>" in text.split("### Findings")[1], "every rule has its share"


def test_a_clean_file() -> None:
    text = render(report(), "markdown")
    assert text.startswith("## ftlint: ✅ clean offline\n\nno findings; moderation not run")
    assert "### Findings" not in text

"""The HTML page, read by a parser: it needs nothing, runs nothing, and what stands in it is what was found."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from ftlint.model import Frame, Level, Verdict
from ftlint.reports import Options, render
from ftlint.reports.html_prose import markdown
from ftlint.reports.shown import fair_shares
from ftlint.rulebook import load_book
from hostile import PIECES, hostile_report
from samples import COMPLETE, FILE, FLAGGED, INFO, ROLE, WHOLE, report

ELEMENTS = {
    "html", "head", "meta", "title", "style", "body", "main", "header", "p", "h1", "h2", "h3", "h4", "ul", "ol", "li",
    "div", "span", "section", "article", "figure", "figcaption", "table", "tr", "td", "th", "a", "b", "strong", "code",
    "pre", "mark", "details", "summary", "label", "input", "svg", "g", "rect", "line", "text",
}  # fmt: skip
VOID = {"meta", "input"}


class Page(HTMLParser):
    """Elements, attributes, ids and text of a page; elements must close in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.attributes if key == name]


def test_verdict_figures_offenders_and_provenance() -> None:
    page = Page(render(report(INFO, ROLE, FLAGGED, WHOLE, moderation=COMPLETE), "html"))
    text = page.text
    for words in ("findings", "3 errors, 1 info; 1 likely blocker", "The gate is closed.", "321,488", "$4.82"):
        assert words in text
    assert "sha256 " + "a" * 64 in text
    assert "limit 65,536" in text
    assert "$.messages[2].role" in text
    order = [text.index(f"{code} {name}") for code, name in (("FT901", "flagged"), ("FT114", "unknown"), ("FT305", ""))]
    assert order == sorted(order), "likely blockers first, infos last"
    assert "The role decides who speaks" in text, "the text of the rule"


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict.CLEAN, "The gate is open."),
        (Verdict.OFFLINE_CLEAN, "moderation was not run"),
        (Verdict.INCOMPLETE, "not everything was checked"),
    ],
)
def test_each_verdict_says_what_it_means_and_none_promises_more(verdict: Verdict, words: str) -> None:
    text = Page(render(report(verdict=verdict), "html")).text
    assert verdict.value in text
    assert words in text
    assert "will pass" not in text


@pytest.mark.parametrize("show_text", [True, False])
def test_the_page_asks_for_nothing_and_runs_nothing(show_text: bool) -> None:
    text = render(hostile_report(), "html", Options(show_text=show_text))
    page = Page(text)
    assert page.elements <= ELEMENTS
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in ("src", "style", "action")]
    assert all(value.startswith("#") for value in page.values("href"))
    style = re.search("<style>(.*?)</style>", text, re.S)
    assert style
    assert "url(" not in style[1]
    assert "@import" not in style[1]
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert policy in page.values("content")


def test_hostile_text_is_text() -> None:
    page = Page(render(hostile_report(), "html"))
    assert "<script>alert(1)</script>" in page.text
    assert PIECES[-1].split(" ")[0] in page.text
    assert "\\u202eevil" in page.text


def test_every_link_leads_somewhere_and_no_id_is_there_twice() -> None:
    many = [replace(ROLE, line=number) for number in range(1, 90)]
    page = Page(render(report(*many, INFO, WHOLE, FLAGGED), "html"))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {value[1:] for value in page.values("href")} <= set(ids)
    assert len(page.values("href")) > 20


def test_flagged_text_is_hidden_or_folded() -> None:
    shut = render(report(FLAGGED), "html")
    assert "33 characters hidden; sha256 7f3a7f3a7f3a identifies the example" in Page(shut).text
    shown = render(report(FLAGGED), "html", Options(show_text=True))
    assert re.search(r"<details><summary>show the flagged text</summary><pre[^>]*>.*SOMETHING NOT TO BE SHOWN", shown)


def test_the_limit_is_on_the_histogram_only_where_it_is_in_sight() -> None:
    inside = render(report(), "html")
    assert 'class="limit"' in inside
    assert "2 examples over the limit of 65,536" in Page(inside).text
    assert FILE.tokens is not None
    beyond = replace(FILE, tokens=replace(FILE.tokens, limit=128_000, over_limit=0))
    page = render(report(files=(beyond,)), "html")
    assert 'class="limit"' not in page
    assert "all within the limit of 128,000" in Page(page).text


def test_beyond_five_hundred_findings_the_rest_is_counted_and_each_rule_has_its_share() -> None:
    many = [replace(ROLE, line=number) for number in range(1, 3001)]
    few = [replace(INFO, line=number) for number in range(1, 20)]
    page = Page(render(report(*many, *few, files=(replace(FILE, lines=3000),)), "html"))
    assert "500 are listed here, 2,519 are counted only" in page.text
    assert "2,519 further findings of this rule, counted and not listed" in page.text
    assert page.text.count("70,113 tokens, the median is 541") == 19


def test_the_page_stays_under_two_megabytes_with_the_worst_of_frames() -> None:
    quotes = Frame('"' * 400, 100, 300, cut_left=True, cut_right=True)
    rules = list(load_book().rules.values())
    many = [
        replace(ROLE, code=rule.code, name=rule.name, line=number, message="彗" * 300, help="<&>" * 100, frame=quotes)
        for number in range(1, 300)
        for rule in rules[:: max(len(rules) // 100, 1)]
    ]
    text = render(report(*many, files=(replace(FILE, lines=20_000),)), "html")
    assert len(text.encode()) < 2_000_000
    assert "counted only" in text


def test_a_page_is_the_same_every_time() -> None:
    assert render(report(ROLE, WHOLE, INFO), "html") == render(report(ROLE, WHOLE, INFO), "html")


def test_a_file_without_a_line_or_a_token_is_drawn_all_the_same() -> None:
    empty = replace(FILE, lines=0, examples=0, bytes=0, tokens=None)
    finding = replace(WHOLE, line=1, level=Level.WARNING)
    assert "not counted" in Page(render(report(finding, files=(empty,), cost=None, costs=()), "html")).text


def test_every_rule_page_becomes_closed_html() -> None:
    for rule in load_book().rules.values():
        page = Page(markdown(rule.body))
        assert {"h4", "p"} <= page.elements <= ELEMENTS, rule.code
        prose = re.sub("<(pre|code)>.*?</\\1>", "", markdown(rule.body), flags=re.S)
        assert not re.search("##|\\*\\*|```|`", prose), rule.code


def test_markdown_blocks() -> None:
    text = "## A `b`\n\ntext **bold `x`** and [a link](http://x.example)\nmore\n\n"
    body = text + "- one\n  two\n- three\n\n1. <b>\n\n```\n<i>\n"
    assert markdown(body) == (
        "<h4>A <code>b</code></h4><p>text <strong>bold <code>x</code></strong> and a link more</p>"
        "<ul><li>one two</li><li>three</li></ul><ol><li>&lt;b&gt;</li></ol><pre>&lt;i&gt;\n</pre>"
    )


@pytest.mark.parametrize(
    ("counts", "room", "shares"),
    [([5, 5], 20, [5, 5]), ([100, 3], 10, [7, 3]), ([9, 9, 9], 10, [4, 3, 3]), ([], 3, []), ([4, 4], 1, [1, 0])],
)
def test_shares(counts: list[int], room: int, shares: list[int]) -> None:
    assert fair_shares(counts, room) == shares

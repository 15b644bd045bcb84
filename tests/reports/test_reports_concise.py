"""The format concise: one plain line per finding, whatever is in it."""

from __future__ import annotations

from dataclasses import replace

from ftlint.reports import Options, render
from samples import FLAGGED, INFO, ROLE, WHOLE, report


def test_one_line_per_finding() -> None:
    assert render(report(WHOLE, ROLE, FLAGGED, INFO, replace(ROLE, column=None, fix="unsafe")), "concise") == (
        "data/train.jsonl: FT401 4 examples, the minimum is 10\n"
        "data/train.jsonl:118:693: FT114 unknown role `asistant` [*]\n"
        "data/train.jsonl:21:57: FT901 flagged: harassment/threatening 0.94\n"
        "data/train.jsonl:9:1: FT305 70,113 tokens, the median is 541\n"
        "data/train.jsonl:118: FT114 unknown role `asistant`\n"
    )


def test_nothing_found_is_nothing_written() -> None:
    assert render(report(), "concise") == ""


def test_hostile_text_stays_on_its_line_and_is_inert() -> None:
    message = "role `\x1b[31m\r\n::error::x [red]y[/red] \u202e\u2066\x9b`"
    text = render(report(replace(ROLE, message=message, path="a\nb.jsonl", fix=None)), "concise")
    expected = r"role `\x1b[31m\r\n::error::x [red]y[/red] \u202e\u2066\x9b`"
    assert text == r"a\nb.jsonl:118:693: FT114 " + expected + "\n"


def test_colours_and_width_change_nothing() -> None:
    long = report(replace(ROLE, message="x" * 300))
    assert render(long, "concise", Options(color=True, width=40)) == render(long, "concise")


def test_an_encoding_that_cannot_hold_the_text_gets_escapes() -> None:
    text = render(report(replace(ROLE, message="rôle `日本`")), "concise", Options(encoding="latin-1"))
    assert "rôle `\\u65e5\\u672c`" in text

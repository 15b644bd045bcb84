"""The format full: frames, carets, cropping, folding, hiding, colours."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ftlint.model import Frame, Level
from ftlint.reports import Options, render
from ftlint.reports.frame import window
from samples import FLAGGED, INFO, ROLE, WHOLE, framed, report

PLAIN = Options(summary=False)


def show(*findings: object, options: Options = PLAIN, **changes: object) -> str:
    return render(report(*findings, **changes), "full", options)  # type: ignore[arg-type]


def test_a_frame_to_the_letter() -> None:
    assert show(ROLE) == (
        "error[FT114]: unknown role `asistant`\n"
        "   --> data/train.jsonl:118:693  $.messages[2].role\n"
        "    |\n"
        '118 | …"user", "content": "hi"}, {"role": "asistant", "content": "ok"}], "tools…\n'
        "    |                                     ^^^^^^^^^^\n"
        "    = note: see also data/train.jsonl:7\n"
        "    = help: replace it with `assistant` (safe fix)\n"
        "    = rule: unknown-role; `ftlint rule FT114` explains it\n"
        "\n"
    )


def test_a_finding_about_the_whole_file_has_no_frame() -> None:
    assert show(WHOLE) == (
        "error[FT401]: 4 examples, the minimum is 10\n"
        " --> data/train.jsonl\n"
        "  = rule: too-few-examples; `ftlint rule FT401` explains it\n"
        "\n"
    )


def test_carets_stand_under_wide_characters() -> None:
    text = '{"messages": [{"role": "ユーザー", "content": "こんにちは"}]}'
    frame, carets = show(replace(ROLE, line=5, frame=framed(text, '"ユーザー"'))).splitlines()[3:5]
    start = cell_len(frame[: frame.index('"ユーザー"')])
    assert carets == "  | " + " " * (start - 4) + "^" * 10


@pytest.mark.parametrize("width", [40, 60, 80, 100])
@pytest.mark.parametrize("span", ["日本語" * 3, "x", "x" * 300, "🙂"])
def test_a_frame_never_is_wider_than_the_terminal(width: int, span: str) -> None:
    text = "前置き" * 60 + span + "あとがき" * 60
    out = show(replace(ROLE, line=4021, frame=framed(text, span)), options=replace(PLAIN, width=width))
    lines = out.splitlines()[3:5]
    assert all(cell_len(line) <= width for line in lines)
    assert lines[0].startswith("4021 | …")
    assert lines[0].endswith("…")
    assert "^" in lines[1]
    assert span[:10] in lines[0]


@given(
    before=st.text(max_size=200), span=st.text(max_size=80), after=st.text(max_size=200), room=st.integers(8, 150),
    cut=st.booleans(),
)  # fmt: skip
def test_any_text_fits_and_the_carets_follow_the_span(before: str, span: str, after: str, room: int, cut: bool) -> None:
    frame = Frame(before + span + after, len(before), len(before) + len(span), cut, cut)
    shown = window(frame, room, Options())
    assert cell_len(shown.before) + max(1, cell_len(shown.span)) + cell_len(shown.after) <= room + 1
    assert shown.carets.count("^") == max(1, cell_len(shown.span))
    assert len(shown.carets) - shown.carets.count("^") == cell_len(shown.before)


def test_an_empty_span_still_has_a_caret() -> None:
    lines = show(replace(ROLE, line=1, frame=Frame('{"a": }', 6, 6, False, False))).splitlines()
    assert lines[3:5] == ['1 | {"a": }', "  |       ^"]


def test_more_than_the_maximum_is_counted_not_shown() -> None:
    many = [replace(ROLE, line=line) for line in range(1, 24)]
    out = show(*many, WHOLE)
    assert out.count("error[FT114]") == 20
    assert "… 3 more FT114, shown with --max-per-rule 0\n" in out
    assert out.count("explains it") == 2
    assert show(*many, options=replace(PLAIN, max_per_rule=0)).count("error[FT114]") == 23
    assert "more" not in show(*many, options=replace(PLAIN, max_per_rule=0))


def test_info_findings_are_folded_to_a_line_per_rule() -> None:
    other = replace(INFO, code="FT303", name="near-token-limit", message="65,000 tokens, the limit is 65,536", line=3)
    assert show(INFO, INFO, other) == (
        "info[FT303]: 65,000 tokens, the limit is 65,536  data/train.jsonl:3:1\n"
        "info[FT305]: length-outlier, 2 times, first at data/train.jsonl:9:1 (all with -v)\n"
        "\n"
    )


def test_info_findings_are_shown_on_request_and_where_they_count() -> None:
    assert show(INFO, INFO, options=replace(PLAIN, verbose=True)).count("info[FT305]") == 2
    assert show(INFO, INFO, fail_on=Level.INFO).count("info[FT305]") == 2


def test_flagged_text_is_hidden_in_every_frame_of_its_line() -> None:
    neighbour = replace(ROLE, line=21, frame=framed("SOMETHING NOT TO BE SHOWN asistant", "asistant"))
    out = show(FLAGGED, neighbour)
    assert "SOMETHING" not in out
    assert "21 | ████████████████████████████████ (33 characters hidden)\n" in out
    assert "`--show-text` prints it, sha256 7f3a7f3a7f3a identifies the example" in out
    assert "SOMETHING" not in show(neighbour, accepted=(FLAGGED,))


def test_flagged_text_is_shown_where_it_may_be() -> None:
    out = show(FLAGGED, options=replace(PLAIN, show_text=True))
    assert '21 | "content": "SOMETHING NOT TO BE SHOWN", "role"\n' in out
    assert "hidden" not in out


def test_hostile_text_is_inert_with_and_without_colours() -> None:
    text = 'x [/b] [red]y[/red] \x1b[2J \x1b]8;;http://a\x07 \u202e "role" :smile: \x9b1m'
    hostile = replace(ROLE, line=1, message="[/b] \x1b[0m [link=x]", frame=framed(text, '"role"'), help="[bold]\u2066")
    plain = show(hostile)
    assert r"[/b] \x1b[0m [link=x]" in plain
    assert r"[red]y[/red] \x1b[2J \x1b]8;;http://a\x07 \u202e " in plain
    assert "= help: [bold]\\u2066" in plain
    styled = show(hostile, options=replace(PLAIN, color=True))
    assert re.sub(r"\x1b\[[0-9;]*m", "", styled) == plain
    assert "\u202e" not in styled
    assert ":smile:" in styled


def test_the_frame_is_cut_where_it_was_measured() -> None:
    text = 'before \x1b[31m "role" after'
    lines = show(replace(ROLE, line=1, frame=framed(text, '"role"'))).splitlines()
    assert lines[3] == r'1 | before \x1b[31m "role" after'
    assert lines[4].index("^") == lines[3].index('"role"')


def test_colours_are_written_only_when_asked_for() -> None:
    assert "\x1b" not in show(ROLE)
    assert "\x1b[1;31merror[FT114]\x1b[0m" in show(ROLE, options=replace(PLAIN, color=True))


def test_ascii_where_the_encoding_is_not_utf8() -> None:
    out = show(ROLE, FLAGGED, options=replace(PLAIN, encoding="ascii"))
    assert out.isascii()
    assert '118 | ...r", "content": "hi"}, {"role": "asistant", ' in out
    assert "######" in out


def test_many_related_places_are_counted() -> None:
    related = tuple(replace(ROLE.related[0], line=line) for line in range(1, 8))
    assert "see also data/train.jsonl:1, data/train.jsonl:2, data/train.jsonl:3 and 4 more" in show(
        replace(ROLE, related=related)
    )

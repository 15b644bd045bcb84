"""The summary: what a person reads last, and what is never said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.cells import cell_len

from ftlint.model import Level, ModerationSummary, Report, Role, Skipped, Verdict
from ftlint.reports import Options
from ftlint.reports.figures import bars, dollars, percent, regroup, short, size
from ftlint.reports.summary import moderation, next_command, one_line, render
from samples import COMPLETE, COST, FILE, FLAGGED, INFO, NOT_RUN, ROLE, TOKENS, WHOLE, report

PARTIAL = replace(COMPLETE, status="partial", coverage=0.834, reason="quota: try again later")


def show(made: Report, **options: object) -> str:
    return render(made, Options(**options))  # type: ignore[arg-type]


def test_a_summary_to_the_letter() -> None:
    assert show(report(WHOLE, ROLE, ROLE, INFO, accepted=(FLAGGED,), notes=("a note",))) == (
        "data/train.jsonl  training · chat · 100 examples · 101 lines · 1.8 MB\n"
        "  tokens      321,488 in all, 120,344 trained · o200k_base\n"
        "  per example ▁▁▂▄█▄▂▁ ▁  p5 88 · p50 541 · p95 1,870 · max 70,113\n"
        "              0       ▲   to 80k · ▲ limit 65,536, 2 examples over\n"
        "\n"
        "  cost        gpt-4.1-mini-2025-04-14 · estimated 3 epochs · 964,466 tokens billed · ≈ $4.82 "
        "(price of 2026-11-01)\n"
        "  moderation  not run (--offline)\n"
        "\n"
        "  error    FT114  2  unknown-role [*]\n"
        "  error    FT401  1  too-few-examples\n"
        "  info     FT305  1  length-outlier\n"
        "  [*] 2 findings with a safe fix\n"
        "\n"
        "  not run     1 rule (listed with -v)\n"
        "  note        a note\n"
        "next: ftlint rule FT114\n"
        "✗ findings: 3 errors, 1 info (1 accepted); the gate is closed\n"
    )


@pytest.mark.parametrize(
    ("made", "last"),
    [
        (report(), "✓ offline-clean: nothing at or above `warning`; moderation not run"),
        (
            report(moderation=COMPLETE, verdict=Verdict.CLEAN),
            "✓ clean: nothing at or above `warning`, no known blocker",
        ),
        (
            report(FLAGGED, moderation=PARTIAL, verdict=Verdict.INCOMPLETE),
            (
                "✗ incomplete: moderation has seen 83.4 % of the texts only (quota: try again later), "
                "1 likely blocker so far; 1 error; the gate is closed"
            ),
        ),
        (report(ROLE), "✗ findings: 1 error; the gate is closed"),
    ],
)
def test_the_verdict_is_the_last_line(made: Report, last: str) -> None:
    assert show(made).splitlines()[-1] == last


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (report(), "moderation not run (--offline)"),
        (report(moderation=ModerationSummary("not-run")), "moderation not run"),
        (report(moderation=COMPLETE), "no known blocker"),
        (report(moderation=COMPLETE, accepted=(FLAGGED,)), "no known blocker beyond 1 accepted"),
        (report(FLAGGED, FLAGGED, moderation=COMPLETE), "2 likely blockers"),
        (
            report(replace(FLAGGED, code="FT905", level=Level.WARNING)),
            "moderation not run (--offline), 1 likely blocker",
        ),
        (report(moderation=replace(COMPLETE, status="sampled", coverage=0.1)), "moderation has seen a sample"),
        (report(moderation=replace(COMPLETE, coverage=0.9999)), "moderation has seen 99.9 % of the texts only"),
        (report(replace(FLAGGED, code="FT909"), moderation=PARTIAL), "moderation has seen 83.4 % of the texts only"),
    ],
)
def test_what_moderation_allows_to_be_said(made: Report, words: str) -> None:
    assert moderation(made).startswith(words)
    assert "will pass" not in show(made)
    if made.moderation.status != "complete" or made.moderation.coverage < 1:
        assert "no known blocker" not in show(made)


def test_moderation_in_detail() -> None:
    out = show(report(moderation=COMPLETE, verdict=Verdict.CLEAN))
    assert "100 texts, 100 % with a verdict · 20 from cache · 4 requests · omni-moderation-2024-09-26\n" in out
    assert "highest sexual/minors 0.016 at t.jsonl:40\n" in out


def test_costs() -> None:
    def cost(**changes: object) -> str:
        return next(line for line in show(report(cost=replace(COST, **changes))).splitlines() if "epoch" in line)

    assert cost(usd=None, price_as_of=None).endswith("· price not known")
    assert cost(usd=0.0, price_as_of="user").endswith("≈ $0.00 (your price)")
    assert " 1 epoch " in cost(epochs=1, estimated_epochs=False)
    many = report(cost=None, costs=tuple(replace(COST, model=f"m{number}") for number in range(8)))
    assert "  cost        m0 " in show(many)
    assert "              m4 " in show(many)
    assert "3 models more" in show(many)


def test_a_file_whose_tokens_were_not_counted_says_so() -> None:
    assert "  tokens      not counted\n" in show(report(files=(replace(FILE, tokens=None),)))


def test_an_empty_file_has_no_histogram() -> None:
    empty = replace(FILE, examples=0, lines=0, bytes=0, role=Role.VALIDATION)
    assert show(report(files=(empty,))).startswith("data/train.jsonl  validation · chat · 0 examples · 0 B\n\n")


@pytest.mark.parametrize(
    ("changes", "axis"),
    [
        ({"limit": None, "over_limit": 0}, "0           to 80k"),
        ({"limit": 100_000, "over_limit": 0}, "0           to 80k · limit 100,000"),
        ({"limit": 80, "over_limit": 9}, "▲           to 80k · ▲ limit 80, 9 examples over"),
        ({"histogram": (), "limit": 5, "over_limit": 1}, "limit 5, 1 example over"),
    ],
)
def test_the_place_of_the_limit(changes: dict[str, int], axis: str) -> None:
    out = show(report(files=(replace(FILE, tokens=replace(TOKENS, **changes)),)))
    assert f"              {axis}\n" in out


def test_the_summary_in_ascii() -> None:
    out = show(report(ROLE, INFO), encoding="ascii")
    assert out.isascii()
    assert "..:=%=:. ." in out
    assert out.splitlines()[-1].startswith("findings: ")


def test_bars_fit_the_width() -> None:
    wide = replace(FILE, tokens=replace(TOKENS, histogram=(5,) * 500))
    for width in (40, 80, 160):
        line = next(line for line in show(report(files=(wide,)), width=width).splitlines() if "per example" in line)
        assert cell_len(line) <= max(width, 65)


def test_skipped_rules_are_listed_with_their_reasons_on_request() -> None:
    skipped = (Skipped("FT901", "moderation not run"), Skipped("FT902", "moderation not run"), Skipped("FT301", "x"))
    assert "not run     3 rules (listed with -v)\n" in show(report(skipped=skipped))
    out = show(report(skipped=skipped), verbose=True)
    assert "not run     FT901, FT902: moderation not run\n" in out
    assert "not run     FT301: x\n" in out


def test_the_next_command() -> None:
    assert next_command(report(ROLE, ROLE, WHOLE)) == "ftlint rule FT114"
    assert next_command(report()) == "ftlint check data/train.jsonl --online"
    assert next_command(report(), "ftlint check x.jsonl --online") == "ftlint check x.jsonl --online"
    assert next_command(report(moderation=COMPLETE, verdict=Verdict.CLEAN)) is None
    partial = report(moderation=PARTIAL, verdict=Verdict.INCOMPLETE)
    assert next_command(partial, "ftlint check a b") == "ftlint check a b  (what has a verdict is cached)"
    files = (replace(FILE, path="my data.jsonl"), replace(FILE, path="v.jsonl", role=Role.VALIDATION))
    assert next_command(report(files=files)) == "ftlint check 'my data.jsonl' --validation v.jsonl --online"
    assert next_command(report(files=(replace(FILE, path="<stdin>"),))) is None


def test_the_summary_in_one_line() -> None:
    assert one_line(report(ROLE, moderation=NOT_RUN)) == (
        "data/train.jsonl: 100 examples, 1 error; moderation not run (--offline); verdict: findings"
    )
    two = report(files=(FILE, FILE), moderation=COMPLETE, verdict=Verdict.CLEAN)
    assert one_line(two) == "2 files: 200 examples, no findings; no known blocker; verdict: clean"


def test_hostile_names_and_reasons_are_inert() -> None:
    hostile = report(
        replace(ROLE, name="\x1b[1m"),
        files=(replace(FILE, path="\x1b[2J[red]\u202e"),),
        moderation=replace(NOT_RUN, reason="\x1b[31m"),
        skipped=(Skipped("FT1", "\x07"),),
        notes=("\x1b",),
    )
    for text in (show(hostile, verbose=True), one_line(hostile)):
        assert "\x1b" not in text
        assert "\u202e" not in text
    assert "[red]" in show(hostile)


def test_figures() -> None:
    assert [percent(share) for share in (1, 0.99999, 0.5, 0.0)] == ["100 %", "99.9 %", "50 %", "0 %"]
    sums = (0, 48.215, 1234.5, 0.0123, 0.00001)
    assert [dollars(usd) for usd in sums] == ["$0.00", "$48.22", "$1,234.50", "$0.012", "under $0.0001"]
    assert [size(count) for count in (0, 999, 18_400_000, 999_999)] == ["0 B", "999 B", "18.4 MB", "1.0 MB"]
    assert [short(count) for count in (0, 999, 4000, 1_500_000)] == ["0", "999", "4k", "1.5M"]
    assert bars([0, 1, 1_000_000]) == " ▁█"
    assert bars([]) == ""
    assert sum(regroup(range(100), 7)) == sum(range(100))

"""``python -m benchmarks.moderation [--examples N] [--tier TIER] [--silent] [--tiers]``"""

from __future__ import annotations

import argparse
import sys

from benchmarks.moderation.passes import Outcome, scenario
from ftlint import catalog
from ftlint.moderation import tier_limits


def main() -> int:
    """Print the tables; 1 when a promise is not kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.moderation", description=__doc__)
    parser.add_argument("--examples", type=int, default=10_000)
    parser.add_argument("--tier", default="1")
    parser.add_argument("--silent", action="store_true", help="429s without a word on how long to wait")
    parser.add_argument("--tiers", action="store_true", help="the first pass on every tier, too")
    given = parser.parse_args()
    broken = 0
    print(
        f"{given.examples:,} examples, one system prompt of 150 tokens, questions of 60, answers of 90; "
        f"tier {given.tier}; simulated time\n"
    )
    for by_length in (False, True):
        title = "a request for each of its strings" if by_length else "one request"
        print(f"An array counts as {title}:\n")
        found = scenario(given.examples, tier=given.tier, by_length=by_length, silent=given.silent)
        print(table(found, given.tier))
        broken += len(promises(found, given.tier, by_length=by_length))
        for line in promises(found, given.tier, by_length=by_length):
            print(f"NOT KEPT: {line}")
        print()
    if given.tiers:
        print(tiers(given.examples))
    return 1 if broken else 0


def table(found: list[Outcome], tier: str) -> str:
    """A Markdown table."""
    head = "| pass | requests | counted as | refused | strings | strings again | minutes | tokens/min floor |"
    limits = tier_limits(tier)
    rows = [
        f"| {o.name} | {o.requests:,} | {o.counted:,} | {o.refused:,} | {o.strings:,} | {o.repeated:,} | "
        f"{o.minutes:,.1f} | {o.floor(limits):,.1f} |"
        for o in found
    ]
    return "\n".join([head, "| --- | --: | --: | --: | --: | --: | --: | --: |", *rows])


def promises(found: list[Outcome], tier: str, *, by_length: bool) -> list[str]:
    """Those that these outcomes do not keep."""
    script, first, changed, half, rest = found
    limits = tier_limits(tier)
    broken = []
    needed = script.requests - script.refused
    if not by_length and needed < 50 * first.requests:
        broken.append(f"{needed / first.requests:.0f} times fewer requests, not 50")
    if first.minutes > 1.1 * first.floor(limits):
        broken.append(f"{first.minutes / first.floor(limits):.2f} times the floor")
    if any(outcome.coverage < 1 for outcome in (first, changed, rest)):
        broken.append("a pass ended without all verdicts")
    if any(outcome.repeated for outcome in (first, changed, half, rest)):
        broken.append("a string with a verdict was sent again")
    if half.strings + rest.strings != first.strings:
        broken.append("the resumed pass is not the rest of the interrupted one")
    if changed.strings > first.strings / 100:
        broken.append(f"{changed.strings} strings for 1 % of the rows")
    return broken


def tiers(count: int) -> str:
    """Minutes of a first pass on every tier, beside the script's."""
    lines = ["| tier | one call per message | ftlint | requests |", "| --- | --: | --: | --: |"]
    for tier in catalog.load_moderation().tiers:
        script, first, *_ = scenario(count, tier=tier)
        lines.append(f"| {tier} | {_time(script.minutes)} | {_time(first.minutes)} | {first.requests:,} |")
    return "\n".join(lines)


def _time(minutes: float) -> str:
    if minutes < 90:
        return f"{minutes:.1f} min"
    return f"{minutes / 60:.1f} h" if minutes < 48 * 60 else f"{minutes / 1440:.1f} d"


if __name__ == "__main__":
    sys.exit(main())

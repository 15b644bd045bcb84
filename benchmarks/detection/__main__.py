"""``python -m benchmarks.detection [--kinds FT1 quotes ...] [--seed N] [--quick] [--peers]``"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.detection import judge
from benchmarks.detection.claims import CLAIMS
from benchmarks.detection.clean import CLEAN
from benchmarks.detection.judge import Outcome
from benchmarks.detection.kinds import select


def main() -> int:
    """Print the tables; 1 when something is missed, misplaced or found wrongly."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection", description=__doc__)
    parser.add_argument("--kinds", nargs="*", default=[], help="codes, prefixes of codes, or words of names")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="leave out kinds that need files above 20 MB")
    parser.add_argument("--peers", action="store_true", help="the other checkers too, each in a venv of its own")
    parser.add_argument("--venvs", type=Path, help="where the environments of the other checkers are kept")
    parser.add_argument("--keep", type=Path, help="leave the planted files in this folder")
    given = parser.parse_args()
    kinds = [kind for kind in select(given.kinds) if not (given.quick and kind.heavy)]
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        outcomes = [judge.judge(kind, folder / f"{number:03d}", given.seed) for number, kind in enumerate(kinds, 1)]
        wrong = _report(outcomes)
        if not given.kinds:
            wrong += _clean(folder / "clean")
            wrong += _claims(folder / "claims")
        if given.peers:
            from benchmarks.detection import peers

            print()
            print(peers.table(kinds, outcomes, folder / "peers", given.seed, given.venvs))
    return 1 if wrong else 0


def _report(outcomes: list[Outcome]) -> int:
    for outcome in outcomes:
        kind = outcome.kind
        where = f"{kind.code} {kind.level}"
        print(f"{outcome.status:11} {where:14} {kind.name}")
        if outcome.status not in ("found", "not built"):
            print(f"            expected {where}, got: {outcome.found or 'nothing'}")
        if outcome.wrongly:
            print(f"            also, wrongly: {'; '.join(outcome.wrongly[:6])}")
        if outcome.info:
            print(f"            also, at info: {'; '.join(outcome.info[:6])}")
    tally = Counter(outcome.status for outcome in outcomes)
    spoilt = sum(bool(outcome.wrongly) for outcome in outcomes)
    built = len(outcomes) - tally["not built"]
    figures = ", ".join(f"{count} {status}" for status, count in tally.most_common())
    print(f"\n{len(outcomes)} kinds of defect, {built} whose rule is built: {figures}")
    print(f"files where something else fired wrongly at warning or above: {spoilt}")
    print(f"time for all checks: {sum(outcome.seconds for outcome in outcomes):.1f} s")
    return sum(not outcome.good for outcome in outcomes if outcome.status != "not built")


def _clean(folder: Path) -> int:
    print("\nvalid files")
    bad = 0
    for number, clean in enumerate(CLEAN):
        findings = judge.clean_findings(clean, folder / str(number))
        loud = [finding for finding in findings if finding.level.value != "info"]
        bad += bool(loud)
        word = "; ".join(f"{finding.code} {finding.level.value} @{finding.line}" for finding in (loud or findings)[:5])
        print(f"{'WRONG' if loud else 'quiet':6} {clean.name}{': ' + word if word else ''}")
    return bad


def _claims(folder: Path) -> int:
    print("\ndefects of other checkers")
    bad = 0
    for number, claim in enumerate(CLAIMS):
        fault = claim.fault(folder / str(number))
        bad += fault is not None
        print(f"{'FAILS' if fault else 'holds':6} {claim.name}{': ' + fault if fault else ''}")
    return bad


if __name__ == "__main__":
    sys.exit(main())

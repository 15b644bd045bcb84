"""The detection benchmark, without its large files: each planted defect is found, at its level and line, and alone."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from ftlint.rulebook import load_book

ROOT = Path(__file__).parents[1]
if str(ROOT) not in sys.path:
    sys.path.append(str(ROOT))

from benchmarks.detection import base, judge  # noqa: E402
from benchmarks.detection.claims import CLAIMS, Claim  # noqa: E402
from benchmarks.detection.clean import CLEAN, Clean  # noqa: E402
from benchmarks.detection.field import Kind  # noqa: E402
from benchmarks.detection.kinds import KINDS, NOT_PLANTED  # noqa: E402

PEERS = ROOT / "rules" / "PEERS.md"
QUICK = [kind for kind in KINDS if not kind.heavy]
SEED = 1
NEXT_ISSUE = {68, 69, 73}
NO_FILE = {49, 50}
"""Types of the catalogue that are a false alarm of others, and a failure to load a table."""


def test_the_clean_base_is_real_and_large_enough() -> None:
    rows = base.chat()
    assert len(rows) >= 200
    assert len({base.line(row) for row in rows}) == len(rows)


def test_there_are_enough_kinds_with_names_of_their_own() -> None:
    assert len(KINDS) >= 88
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert len([kind for kind in KINDS if judge.missing(kind) is None]) >= 80


def test_every_defect_type_of_the_catalogue_is_planted() -> None:
    planted = {number for kind in KINDS for number in kind.types}
    assert set(range(1, 75)) - NEXT_ISSUE - NO_FILE <= planted


def test_every_rule_has_a_kind_or_a_reason() -> None:
    rules = {code for code in load_book().rules if code[2] in "0123456" or code[2] == "8"}
    planted = {kind.code for kind in KINDS}
    assert rules - planted - set(NOT_PLANTED) == set()
    assert planted.isdisjoint(NOT_PLANTED)


def test_planting_is_seeded() -> None:
    kind = next(kind for kind in KINDS if kind.code == "FT114")
    assert kind.planted(5) == kind.planted(5)
    assert len({kind.planted(seed).lines for seed in range(20)}) > 5


@pytest.mark.parametrize("kind", QUICK, ids=lambda kind: f"{kind.code} {kind.name}")
def test_the_defect_is_found_and_nothing_else(kind: Kind, tmp_path: Path) -> None:
    if lacking := judge.missing(kind):
        pytest.skip(lacking)
    outcome = judge.judge(kind, tmp_path, SEED)
    assert outcome.status == "found", outcome.found
    assert outcome.wrongly == ()


@pytest.mark.parametrize("clean", CLEAN, ids=lambda clean: clean.name)
def test_valid_files_give_no_error_and_no_warning(clean: Clean, tmp_path: Path) -> None:
    loud = [finding for finding in judge.clean_findings(clean, tmp_path) if finding.level.value != "info"]
    assert [(finding.code, finding.line, finding.message) for finding in loud] == []


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_the_defects_of_other_checkers_are_not_ours(claim: Claim, tmp_path: Path) -> None:
    assert claim.fault(tmp_path) is None


def test_every_code_in_the_table_of_peers_exists_or_is_planned() -> None:
    text = PEERS.read_text(encoding="utf-8")
    table, planned_part = text.split("## PLANNED", 1)
    planned = set(re.findall(r"\bFT\d{3}\b", planned_part))
    named = set(re.findall(r"\bFT\d{3}\b", table))
    known = set(load_book().rules)
    assert named - known - planned == set()
    assert planned & known == set(), "no longer planned: take it off the list"


def test_the_table_of_peers_has_every_type_of_the_catalogue() -> None:
    table = PEERS.read_text(encoding="utf-8").split("## The 74 types of defect", 1)[1].split("\n## ", 1)[0]
    numbers = [int(number) for number in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)]
    assert numbers == list(range(1, 75))
    for line in table.splitlines():
        if re.match(r"\| \d+ \|", line):
            assert re.search(r"\bFT\d{3}\b|no rule:", line), line


def update() -> None:
    """Write the list of planned rules in rules/PEERS.md anew."""
    table, rest = PEERS.read_text(encoding="utf-8").split("## PLANNED", 1)
    planned = sorted(set(re.findall(r"\bFT\d{3}\b", table)) - set(load_book().rules))
    words = rest.strip().split("\n\n")[0]
    listed = ", ".join(planned) if planned else "None."
    PEERS.write_text(f"{table}## PLANNED\n\n{words}\n\n{listed}\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(update())

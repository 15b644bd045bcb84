"""``python -m benchmarks [--rows N] [--rounds N] [--only NAME ...] [--quick] [--json FILE] [--write]``

Makes its corpora, measures ftlint beside the floor, the notebook's algorithm and other checkers, and prints one table.
Everything is kept in one folder, so that a second call starts at once. It needs a POSIX system.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from benchmarks.speed import measure, table
from benchmarks.speed.scenes import SECTIONS
from benchmarks.speed.section import Plan

RESULTS = Path(__file__).with_name("speed") / "RESULTS.md"
_FOLDER = Path(tempfile.gettempdir()) / "ftlint-benchmarks"


def main() -> None:
    """Print the table; progress goes to standard error."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the large corpora (default: 100000)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each thing is measured (default: 3)")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, help="these parts only")
    parser.add_argument("--quick", action="store_true", help="small files, one round, no other checkers")
    parser.add_argument("--folder", type=Path, default=_FOLDER, help="for corpora, caches and environments")
    parser.add_argument("--venvs", type=Path, help="where the environments of other checkers are (default: the folder)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="every single figure, too")
    parser.add_argument("--write", action="store_true", help=f"keep the table as {RESULTS.name} in benchmarks/speed")
    given = parser.parse_args()
    if given.quick:
        given.rows, given.rounds = 2_000, 1
    folder = given.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    plan = Plan(given.rows, folder, (given.venvs or folder / "venvs").resolve(), given.quick)
    named = given.only or [name for name in SECTIONS if not (given.quick and name == "peers")]
    parts, figures = [_head(given)], {}
    for name in named:
        _progress(f"{name}: making the corpus")
        section = SECTIONS[name](plan)
        taken = measure.rounds(section.things, given.rounds * section.times, folder, _progress)
        figures[name] = {thing: [asdict(sample) for sample in samples] for thing, samples in taken.items()}
        parts.append(table.table(section, taken))
        print("\n".join(parts[-1:] if len(parts) > 2 else parts), flush=True)
    if given.json:
        held = {"date": _date(), "machine": table.machine(), "rows": given.rows, "samples": figures}
        given.json.write_text(json.dumps(held, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if given.write:
        RESULTS.write_text("# Speed\n\n" + "\n".join(parts), encoding="utf-8")


def _head(given: argparse.Namespace) -> str:
    lines = [
        f"`python -m benchmarks --rounds {given.rounds}`, {_date()}, {table.machine()}.",
        "Medians; every command in a process of its own, start-up included; memory is that of the largest process.",
        "The floor reads the file, parses each line with orjson and counts the tokens of all contents with gigatoken",
        "on one core. The ratio in brackets compares CPU time: the better one where others use the machine, too.",
    ]
    if given.quick:
        lines.append("Quick: start-up is most of it, and no goal is meant for such small files.")
    return "\n".join(lines) + "\n"


def _date() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

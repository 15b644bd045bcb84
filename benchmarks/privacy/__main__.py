"""``python -m benchmarks.privacy [--check]``: measure, print the table, write RESULTS.md and the README's table."""

from __future__ import annotations

import argparse
import sys

from benchmarks.privacy import table


def main() -> int:
    """0; with ``--check`` 1 where the pages do not state the figures of the present code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.privacy", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 when a page is out of date")
    given = parser.parse_args()
    verdict = table.measure()
    print(f"{table.size()}\n\n{table.figures(verdict)}")
    before = table.README.read_text(encoding="utf-8")
    pages = {table.RESULTS: table.results(verdict), table.README: table.readme(before, verdict)}
    if given.check:
        stale = [path.name for path, text in pages.items() if path.read_text(encoding="utf-8") != text]
        print(f"\nout of date: {', '.join(stale)}" if stale else "\nboth pages are up to date")
        return 1 if stale else 0
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

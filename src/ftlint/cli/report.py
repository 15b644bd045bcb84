"""``ftlint report``: a saved JSON report in another format, as far as the JSON holds it (no code frames)."""

from __future__ import annotations

from pathlib import Path

import click

from ftlint.cli.common import known_formats
from ftlint.errors import InputError


@click.command("report", short_help="Show a saved JSON report again.")
@click.argument("file", metavar="FILE.json")
@click.option("--output-format", default="full", metavar="FORMAT", help=f"{known_formats()} (default: full).")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colours.")
@click.option("--max-per-rule", type=click.IntRange(min=0), default=20, help="Findings per rule, 0 for all.")
@click.option("-v", "--verbose", is_flag=True, help="Every info finding, and rules that were skipped.")
def report(file: str, output_format: str, color: str, max_per_rule: int, verbose: bool) -> int:
    """Show a report that `ftlint check --output-format json` or a run has saved. The exit code is 0."""
    from ftlint.cli.output import known_format, terminal, write
    from ftlint.reports import render
    from ftlint.reports.json_ import from_json

    name = known_format(output_format)
    try:
        saved = from_json(Path(file).read_bytes())
    except OSError as error:
        raise InputError(f"cannot read {file}: {(error.strerror or '').lower()}") from error
    except ValueError as error:
        raise InputError(f"{file}: {error}", "ftlint check --output-format json writes one") from None
    options = terminal(
        color=color, show_text=False, max_per_rule=max_per_rule, verbose=verbose, summary=True, again=None
    )
    write(render(saved, name, options))
    return 0

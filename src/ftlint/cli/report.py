"""``ftlint report``: a saved JSON report in another format, code frames, drawings and all."""

from __future__ import annotations

from pathlib import Path

import click

from ftlint.cli.common import known_formats
from ftlint.errors import InputError


@click.command("report", short_help="Show a saved JSON report again.")
@click.argument("file", metavar="FILE.json")
@click.option(
    "--output-format", metavar="FORMAT", help=f"{known_formats()} (default: as the output file's ending says, or full)."
)
@click.option("-o", "--output", metavar="FILE", help="Write to a file, not to standard output.")
@click.option("--show-text", is_flag=True, help="Show text that moderation flagged, if it was saved.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colours.")
@click.option("--max-per-rule", type=click.IntRange(min=0), default=20, help="Findings per rule, 0 for all.")
@click.option("-v", "--verbose", is_flag=True, help="Every info finding, and rules that were skipped.")
def report(
    file: str,
    output_format: str | None,
    output: str | None,
    show_text: bool,
    color: str,
    max_per_rule: int,
    verbose: bool,
) -> int:
    """Show a report that `ftlint check --output-format json` or a run has saved. The exit code is 0.

    Text that moderation flagged is in it only if it was saved with --show-text.
    """
    from ftlint.cli.output import Target, guess_format, known_format, targets, terminal, write
    from ftlint.reports import Options, render
    from ftlint.reports.json_ import from_json

    name = known_format(output_format or guess_format(output) or "full")
    path = Path(file)
    written: list[Target] = targets(output, name, (), [path])
    try:
        saved = from_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot read {file}: {(error.strerror or '').lower()}") from error
    except ValueError as error:
        raise InputError(f"{file}: {error}", "ftlint check --output-format json writes one") from None
    if written:
        for target in written:
            target.write(saved, Options(show_text=show_text, max_per_rule=max_per_rule, verbose=verbose))
        return 0
    options = terminal(
        color=color, show_text=show_text, max_per_rule=max_per_rule, verbose=verbose, summary=True, again=None
    )
    write(render(saved, name, options))
    return 0

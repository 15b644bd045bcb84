"""``ftlint convert``: rows with columns become chat examples; what is left out is counted, what is dropped is named."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from ftlint.errors import InputError, UsageError

_HUB = re.compile(r"[\w.-]+/[\w.-]+")
_FILE = re.compile(r"\.(json|jsonl|ndjson|csv|parquet)$", re.IGNORECASE)


@click.command("convert", short_help="Turn questions and answers, ShareGPT or Alpaca rows into chat JSONL.")
@click.argument("source")
@click.option("-o", "--output", required=True, metavar="FILE", help="The chat file to write.")
@click.option("--user", metavar="TEMPLATE", help="The user's message: text with {column} in it.")
@click.option("--answer", metavar="TEMPLATE", help="The assistant's message.")
@click.option("--system", metavar="TEMPLATE", help="A system message for every example.")
@click.option("--split", default="train", metavar="NAME", help="The split of a Hugging Face dataset.")
def convert(source: str, output: str, user: str | None, answer: str | None, system: str | None, split: str) -> int:
    """Convert rows to chat examples: `ftlint convert qa.csv -o train.jsonl --user '{question}' --answer '{answer}'`.

    SOURCE is a JSON, JSONL, CSV or Parquet file, or a Hugging Face id. Without templates the columns are recognised:
    question and answer, prompt and completion, ShareGPT, Alpaca. Rows without a question or an answer are left out
    and counted.
    """
    from ftlint.cli.output import note, save
    from ftlint.cli.rows import convert_rows
    from ftlint.privacy import mask
    from ftlint.run.files import dump
    from ftlint.run.sources import load_rows
    from ftlint.text import plural

    if (user is None) != (answer is None):
        raise UsageError("--user and --answer go together", "--user '{question}' --answer '{answer}'")
    part = _part(source, split)
    target = Path(output)
    if part.path is not None and target.resolve() == part.path.resolve():
        raise UsageError(f"{output} is the source itself", "write to another file")
    if target.is_dir() or not target.resolve().parent.is_dir():
        raise InputError(f"cannot write {output}: it is a folder, or in one that does not exist")
    converted = convert_rows(load_rows(part, "train", 0), user, answer, system)
    if not converted.examples:
        raise InputError(f"{source} has no row with a question and an answer", "name the columns: --user, --answer")
    try:
        content = "".join(dump({"messages": messages}) + "\n" for messages in converted.examples).encode()
    except UnicodeEncodeError:
        raise InputError(f"{source} holds half a surrogate pair, which UTF-8 cannot write", "mend the text") from None
    save(target, content)
    note(f"{output}: {plural(len(converted.examples), 'example')} from {converted.kind}")
    if converted.left_out:
        note(f"left out: {plural(len(converted.left_out), 'row')} without a question or an answer "
             f"(row {_first(converted.left_out)})")  # fmt: skip
    if converted.dropped:
        note(f"columns not used: {mask(', '.join(converted.dropped))}")
    note(f"next: ftlint check {shlex.quote(output)}")
    return 0


def _part(source: str, split: str) -> Any:
    from ftlint.run.spec import Part

    path = Path(source).expanduser()
    if path.is_dir():
        raise InputError(f"{source} is a folder", "name one of its files")
    if path.exists() or _FILE.search(source) or not _HUB.fullmatch(source):
        if not path.exists():
            raise InputError(f"there is no file {source}")
        return Part(source, path)
    return Part(source, None, split=split)


def _first(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:5]))
    return shown + (" ..." if len(numbers) > 5 else "")

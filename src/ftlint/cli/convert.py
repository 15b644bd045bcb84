"""``ftlint convert``: rows become training examples; what is left out is counted, what is dropped is named."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ftlint.errors import InputError, UsageError

if TYPE_CHECKING:
    from ftlint.rows.convert import Converted
    from ftlint.rows.plan import Wanted
    from ftlint.rows.split import Split

_HUB = re.compile(r"[\w.-]+/[\w.-]+")
_FILE = re.compile(r"\.(json|jsonl|ndjson|csv|tsv|tab|txt|parquet|xlsx|xlsm)$", re.IGNORECASE)
_FIELD = re.compile(r"([A-Za-z_]\w*)=(.+)", re.DOTALL)


@click.command("convert", short_help="Turn questions and answers, ShareGPT or Alpaca rows into chat JSONL.")
@click.argument("source")
@click.option("-o", "--output", required=True, metavar="FILE", help="The training file to write.")
@click.option("--to", type=click.Choice(["auto", "chat", "preference", "reinforcement"]), default="auto",
              help="What to write (default: what the columns say).")  # fmt: skip
@click.option("--user", metavar="TEMPLATE", help="The user's message: text with {column} in it.")
@click.option("--answer", metavar="TEMPLATE", help="The assistant's message.")
@click.option("--system", metavar="TEMPLATE", help="A system message for every example.")
@click.option("--preferred", metavar="TEMPLATE", help="The better answer of a preference pair.")
@click.option("--non-preferred", metavar="TEMPLATE", help="The other answer.")
@click.option("--field", "fields", multiple=True, metavar="NAME=TEMPLATE",
              help="A field for the grader; `{column}` alone keeps the column's JSON type.")  # fmt: skip
@click.option("--validation", "--split", "share", metavar="SHARE|N",
              help="Hold examples back for validation, without leakage: 0.1, or 200.")  # fmt: skip
@click.option("--validation-output", metavar="FILE", help="Where they go.")
@click.option("--seed", type=click.IntRange(0), default=42, show_default=True, help="Of the draw.")
@click.option("--sheet", metavar="NAME", help="The sheet of an Excel workbook (default: the first).")
@click.option("--hub-split", default="train", metavar="NAME", show_default=True,
              help="The split of a Hugging Face dataset.")  # fmt: skip
def convert(source: str, output: str, share: str | None, validation_output: str | None, **options: Any) -> int:
    """Convert rows to training examples: `ftlint convert qa.csv -o train.jsonl`.

    SOURCE is a JSON, JSONL, CSV, TSV, Parquet or Excel file, or a Hugging Face id. Without templates the columns are
    recognised: messages, question and answer, prompt and completion, ShareGPT, Alpaca, preference pairs, prompts with
    references. Other columns: `--user '{question}' --answer '{answer}'`. Rows that make no example are left out and
    counted; no text is changed.
    """
    from ftlint.cli.converted import nothing, tell
    from ftlint.rows.convert import convert_rows
    from ftlint.rows.split import how_many, split

    wanted = _wanted(options)
    targets = _targets(output, share, validation_output)
    rows = _rows(source, targets, options["sheet"], options["hub_split"])
    if not rows:
        raise InputError(f"{source} has no rows", "check that the step which writes it ran to its end")
    converted = convert_rows(rows, wanted)
    if not converted.examples:
        raise nothing(source, converted)
    parts = None
    if share is not None:
        asked = how_many(share, len(converted.examples))
        parts = split(converted.examples, converted.target, asked, options["seed"])
    _write(targets, converted, parts)
    tell(targets, converted, parts, options["seed"])
    return 0


def _wanted(options: dict[str, Any]) -> Wanted:
    from ftlint.model import Format
    from ftlint.rows.plan import Wanted
    from ftlint.texts import RESERVED

    to, user, answer = options["to"], options["user"], options["answer"]
    pair = options["preferred"] is not None or options["non_preferred"] is not None
    fields: dict[str, str] = {}
    for entry in options["fields"]:
        match = _FIELD.fullmatch(entry)
        if match is None or match[1] in RESERVED or match[1] in fields:
            raise UsageError(f"--field takes NAME=TEMPLATE, each name once, not `{entry}`", "--field answer='{answer}'")
        fields[match[1]] = match[2]
    given = {"chat": answer is not None, "preference": pair, "reinforcement": bool(fields)}
    meant = [name for name, there in given.items() if there]
    if len(meant) > 1 or (meant and to not in ("auto", meant[0])):
        told = to if to != "auto" else meant[1]
        raise UsageError(
            f"the options for {meant[0]} examples do not go with {told}",
            "chat: --answer; preference: --preferred and --non-preferred; reinforcement: --field",
        )
    if user is None and (answer is not None or pair):
        raise UsageError("--user and --answer go together" if answer is not None else "--preferred needs --user",
                         "--user '{question}' --answer '{answer}'")  # fmt: skip
    if user is not None and answer is None and to in ("auto", "chat") and not pair and not fields:
        raise UsageError("--user and --answer go together", "--user '{question}' --answer '{answer}'")
    return Wanted(
        None if to == "auto" else Format(to), user, answer, options["system"], options["preferred"],
        options["non_preferred"], fields,
    )  # fmt: skip


def _targets(output: str, share: str | None, validation_output: str | None) -> list[Path]:
    """The files to write, looked at before any work is done."""
    if share is not None and not re.match(r"[0-9.]", share):
        raise UsageError(f"--validation takes a share or a number, not `{share}`",
                         f"the split of a Hugging Face dataset: --hub-split {shlex.quote(share)}")  # fmt: skip
    if (share is None) != (validation_output is None):
        raise UsageError("--validation and --validation-output go together",
                         "--validation 0.1 --validation-output validation.jsonl")  # fmt: skip
    targets = [Path(output)] if validation_output is None else [Path(output), Path(validation_output)]
    for target in targets:
        try:
            if target.is_dir() or not target.resolve().parent.is_dir():
                raise InputError(f"cannot write {target}: it is a folder, or in one that does not exist")
        except OSError as error:
            raise InputError(f"cannot write {target}: {error.strerror}") from None
    if len(targets) > 1 and _same(*targets) and targets[0].resolve() != Path("/dev/null"):
        raise UsageError(f"{output} would hold both the training and the validation examples", "name two files")
    return targets


def _same(one: Path, other: Path) -> bool:
    if one.exists() and other.exists():
        return one.samefile(other)
    return one.resolve() == other.resolve()


def _rows(source: str, targets: Sequence[Path], sheet: str | None, hub_split: str) -> list[Any]:
    from ftlint.rows.files import read_file
    from ftlint.run.sources import load_rows
    from ftlint.run.spec import Part

    path = Path(source).expanduser() if source.startswith("~/") else Path(source)
    try:
        there = path.exists()
    except OSError as error:
        raise InputError(f"cannot read {source}: {error.strerror}") from None
    if path.is_dir():
        raise InputError(f"{source} is a folder", "name one of its files")
    if not there and (_FILE.search(source) or not _HUB.fullmatch(source)):
        raise InputError(f"there is no file {source}")
    if there:
        for target in targets:
            if _same(path, target):
                raise UsageError(f"{target} is the source itself", "write to another file")
        return list(read_file(path, sheet))
    if sheet is not None:
        raise UsageError(f"{source} has no sheets", "--sheet is for Excel workbooks")
    return load_rows(Part(source, None, split=hub_split), "train", 0)


def _write(targets: Sequence[Path], converted: Converted, parts: Split | None) -> None:
    from ftlint.cli.output import save
    from ftlint.run.together import write_together

    sides = [converted.examples] if parts is None else [parts.train, parts.validation]
    contents = [b"".join(example.line.raw + b"\n" for example in side) for side in sides]
    if any(target.exists() and not target.is_file() for target in targets):  # a pipe or a device takes no new name
        for target, content in zip(targets, contents, strict=True):
            save(target, content)
        return
    write_together(list(zip(targets, contents, strict=True)))

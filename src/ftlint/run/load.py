"""Reading ``run.toml`` into a ``RunSpec``: strict about keys and types, paths relative to the file."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from ftlint.errors import ConfigError, InputError
from ftlint.run import sections, training
from ftlint.run.fields import Fields
from ftlint.run.spec import JOB, DatasetSpec, Part, PromptSpec, RunSpec

_FILE = re.compile(r"\.(json|jsonl|ndjson|csv|tsv|tab|parquet|xlsx|xlsm)$", re.IGNORECASE)


def load_spec(path: Path) -> RunSpec:
    """Read a run file.

    Raises:
        InputError: the file is missing or cannot be read.
        ConfigError: the file is not TOML, or a key is unknown, missing or of the wrong type.
        UsageError: the method is one that ``run`` does not carry out.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", "ftlint init writes a first run.toml") from error
    except UnicodeDecodeError:
        raise ConfigError(f"{path.name}: the file is not UTF-8") from None
    return parse_spec(text, path)


def parse_spec(text: str, path: Path) -> RunSpec:
    """Parse the text of a run file; ``path`` gives the name for messages and the folder for relative paths.

    Raises:
        ConfigError, UsageError: as ``load_spec``.
    """
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path.name}: not valid TOML: {error}") from None
    except RecursionError:
        raise ConfigError(f"{path.name}: nested too deeply") from None
    root = Fields(path, "", tree)
    asked = root.table("evaluate").has("prompt")
    dataset = _dataset(root.table("dataset"), path.parent, columns=root.has("prompt"), asked=asked)
    services = root.table("services")
    prompt = _prompt(root, dataset)
    evaluate = sections.evaluate(root.table("evaluate"), prompt)
    spec = RunSpec(
        path=path,
        text=text,
        dataset=dataset,
        prompt=prompt,
        train=training.train(root.table("train")),
        evaluate=evaluate,
        gate=sections.gate(root.table("gate"), evaluate.metrics),
        price=sections.price(root),
        moderator=sections.service(services, "moderator"),
        trainer=sections.service(services, "trainer"),
        completer=sections.service(services, "completer"),
    )
    services.finish()
    root.finish()
    if spec.prompt is not None and spec.train.method != "supervised":
        raise root.error(
            "prompt",
            f"makes chat examples, and the method is `{spec.train.method}`",
            "name ready files; `ftlint convert --to preference` or `--to reinforcement` makes them",
        )
    if spec.train.sweep and spec.evaluate.tuned_model and JOB not in spec.evaluate.tuned_model:
        raise root.error(
            "evaluate.tuned_model",
            "is one name, and a sweep makes several models",
            f'tuned_model = "{spec.evaluate.tuned_model}-{JOB}", whose {JOB} is the number of the job',
        )
    if spec.gate.metric not in spec.evaluate.metrics:
        raise root.error("gate.metric", f"is `{spec.gate.metric}`, which `evaluate.metrics` leaves out")
    return spec


def _dataset(table: Fields, folder: Path, *, columns: bool, asked: bool) -> DatasetSpec:
    """The three parts.

    Args:
        columns: there is a prompt, so a file's name alone stands for all of its rows.
        asked: the evaluation has a prompt of its own, so the held-out rows have columns.
    """
    source = table.text("source", None)
    seed = table.whole("seed", 42, least=0, most=2**32 - 1)
    rows = {
        name: _rows(table, name, source, folder, columns=columns or (asked and name == "heldout"))
        for name in ("train", "validation", "heldout")
    }
    table.finish()
    train = rows["train"]
    if train is None:
        raise table.error("train", "is missing", 'train = "train.jsonl", or train = {source = "...", split = "train"}')
    if rows["validation"] is None and rows["heldout"] is None:
        raise table.error("validation", "is missing, and there is no `heldout` to evaluate on either")
    if asked and not isinstance(rows["heldout"] or rows["validation"], Part):
        raise table.error("heldout", "is missing, whose columns `evaluate.prompt` could take", 'heldout = "rows.csv"')
    alike = [part for name, part in rows.items() if part is not None and not (asked and name == "heldout")]
    if len({type(part) for part in alike}) > 1:
        raise table.error("train", "and the other parts must be of one kind", "all files, or all tables with a source")
    if isinstance(train, Path) and source is not None:
        raise table.error("source", "has no meaning for ready files")
    return DatasetSpec(seed, train, rows["validation"], rows["heldout"])


def _rows(table: Fields, key: str, source: str | None, folder: Path, *, columns: bool) -> Any:
    value = table.raw(key)
    if value is None:
        return None
    if isinstance(value, str):
        named = table.text(key)
        return Part(source=named, path=_local(named, folder)) if columns else folder / _at_home(Path(named))
    if not isinstance(value, dict):
        raise table.error(key, "must be a file, or a table with a source")
    part = table.table(key)
    own = part.text("source", source)
    if own is None:
        raise part.error("source", "is missing")
    path = _local(own, folder)
    made = Part(
        source=own,
        path=path,
        split=part.text("split", None),
        config=part.text("config", None),
        revision=part.text("revision", None),
        sample=part.whole("sample", None, least=1),
        skip=part.whole("skip", 0, least=0),
    )
    part.finish()
    if path is None:
        return made
    if made.split not in {None, "train"} or made.config or made.revision:
        raise part.error("split", "has no meaning for a local file", "use `skip` and `sample` to take parts of it")
    return made


def _local(source: str, folder: Path) -> Path | None:
    """The path of a local source; None for what can only be a Hugging Face id."""
    path = folder / _at_home(Path(source))
    if _FILE.search(source) or source.startswith((".", "/", "~")):
        return path
    try:
        return path if path.is_file() else None
    except OSError:  # too long for a name of a file
        return None


def _at_home(path: Path) -> Path:
    """The path with its ``~`` resolved; where there is no such user, as it stands: a file that is missing."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def _prompt(root: Fields, dataset: DatasetSpec) -> PromptSpec | None:
    table = root.table("prompt")
    if dataset.ready:
        return None
    return sections.prompt(table)

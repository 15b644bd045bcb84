"""Reading ``run.toml`` into a ``RunSpec``: strict about keys and types, paths relative to the file."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ftlint.catalog import load_providers
from ftlint.catalog_records import Provider
from ftlint.errors import ConfigError, InputError, UsageError
from ftlint.model import Level
from ftlint.run.fields import Fields
from ftlint.run.spec import (
    METRICS,
    CompareSpec,
    DatasetSpec,
    EvaluateSpec,
    GateSpec,
    Hyperparameters,
    Part,
    PromptSpec,
    RunSpec,
    TrainSpec,
    key_variable,
)
from ftlint.run.template import parse_template
from ftlint.settings import Price, ServiceConfig

_FILE = re.compile(r"\.(json|jsonl|ndjson|csv|parquet)$", re.IGNORECASE)
_METHODS = ("supervised", "dpo", "reinforcement")
_RESERVED = {"base", "tuned"}
_OURS = ("ftlint_run", "ftlint_sha256")
_PAIRS = 16  # the API's limit of metadata pairs, ours included


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
    root = Fields(path, "", tree)
    dataset = _dataset(root.table("dataset"), path.parent)
    services = root.table("services")
    spec = RunSpec(
        path=path,
        text=text,
        dataset=dataset,
        prompt=_prompt(root, dataset),
        train=_train(root.table("train")),
        evaluate=_evaluate(root.table("evaluate")),
        gate=_gate(root.table("gate")),
        price=_price(root),
        moderator=_service(services, "moderator"),
        trainer=_service(services, "trainer"),
        completer=_service(services, "completer"),
    )
    services.finish()
    root.finish()
    if spec.gate.metric not in spec.evaluate.metrics:
        raise root.error("gate.metric", f"is `{spec.gate.metric}`, which `evaluate.metrics` leaves out")
    return spec


def _dataset(table: Fields, folder: Path) -> DatasetSpec:
    source = table.text("source", None)
    seed = table.whole("seed", 42, least=0, most=2**32 - 1)
    rows = {name: _rows(table, name, source, folder) for name in ("train", "validation", "heldout")}
    table.finish()
    train = rows["train"]
    if train is None:
        raise table.error("train", "is missing", 'train = "train.jsonl", or train = {source = "...", split = "train"}')
    if rows["validation"] is None and rows["heldout"] is None:
        raise table.error("validation", "is missing, and there is no `heldout` to evaluate on either")
    if len({type(part) for part in rows.values() if part is not None}) > 1:
        raise table.error("train", "and the other parts must be of one kind", "all files, or all tables with a source")
    if isinstance(train, Path) and source is not None:
        raise table.error("source", "has no meaning for ready files")
    return DatasetSpec(seed, train, rows["validation"], rows["heldout"])


def _rows(table: Fields, key: str, source: str | None, folder: Path) -> Any:
    value = table.raw(key)
    if value is None:
        return None
    if isinstance(value, str):
        return folder / table.text(key)
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
    path = folder / Path(source).expanduser()
    if _FILE.search(source) or source.startswith((".", "/", "~")) or path.is_file():
        return path
    return None


def _prompt(root: Fields, dataset: DatasetSpec) -> PromptSpec | None:
    given = root.has("prompt")
    table = root.table("prompt")
    if dataset.ready:
        if given:
            raise root.error(
                "prompt", "has no meaning for ready files", 'for rows with columns write train = {source = "..."}'
            )
        return None
    prompt = PromptSpec(
        system=table.text("system", None),
        user=table.text("user"),
        answer=table.text("answer"),
        references=table.texts("references"),
    )
    table.finish()
    for key in ("system", "user", "answer"):
        parse_template(getattr(prompt, key) or "", table.where(key))
    for reference in prompt.references:
        parse_template(reference, table.where("references"))
    return prompt


def _train(table: Fields) -> TrainSpec:
    method = table.one_of("method", _METHODS, "supervised")
    if method != "supervised":
        raise UsageError(
            f"{table.where('method')} is `{method}`, and ftlint run carries out `supervised` jobs only",
            "check the files with `ftlint check --format ...`, and submit this job by other means",
        )
    provider = table.one_of("provider", list(load_providers()), "openai")
    spec = TrainSpec(
        provider=provider,
        model=table.text("model"),
        method=method,
        suffix=table.text("suffix", None),
        seed=table.whole("seed", None, least=0, most=2**31 - 1),
        metadata=_metadata(table),
        hyperparameters=_hyperparameters(table.table("hyperparameters"), load_providers()[provider], method),
    )
    table.finish()
    return spec


def _metadata(table: Fields) -> dict[str, str]:
    pairs = table.table("metadata")
    raw: dict[str, Any] = table.raw("metadata") or {}
    metadata = {key: pairs.text(key) for key in raw}
    if taken := [key for key in _OURS if key in metadata]:
        raise pairs.error(taken[0], "is a key that ftlint writes itself")
    if len(metadata) > _PAIRS - len(_OURS):
        raise table.error("metadata", f"has {len(metadata)} pairs; {_PAIRS - len(_OURS)} fit beside ftlint's own")
    for key, value in metadata.items():
        if len(key) > 64 or len(value) > 512:
            raise pairs.error(key, "is too long", "a key has at most 64 characters, a value 512")
    return metadata


def _hyperparameters(table: Fields, provider: Provider, method: str) -> Hyperparameters:
    def auto(key: str) -> bool:
        return bool(table.raw(key) == "auto")

    def most(key: str) -> int | None:
        known = provider.hyperparameter(key, method)
        return int(known.maximum) if known and known.maximum is not None else None

    def whole(key: str) -> Any:
        return "auto" if auto(key) else table.whole(key, None, least=1, most=most(key))

    made = Hyperparameters(
        n_epochs=whole("n_epochs"),
        batch_size=whole("batch_size"),
        learning_rate_multiplier="auto"
        if auto("learning_rate_multiplier")
        else table.number("learning_rate_multiplier", None, above=0),
    )
    table.finish()
    return made


def _evaluate(table: Fields) -> EvaluateSpec:
    metrics = table.texts("metrics", METRICS)
    for metric in metrics:
        if metric not in METRICS:
            raise table.error("metrics", f"holds `{metric}`", f"the metrics are {', '.join(METRICS)}")
    spec = EvaluateSpec(
        temperature=table.number("temperature", 0.0),
        max_tokens=table.whole("max_tokens", 256, least=1),
        concurrency=table.whole("concurrency", 8, least=1, most=256),
        metrics=metrics,
        sample=table.whole("sample", None, least=1),
        base_model=table.text("base_model", None),
        tuned_model=table.text("tuned_model", None),
        compare=tuple(_compare(entry) for entry in table.tables("compare")),
    )
    names = [entry.name for entry in spec.compare]
    for name in names:
        if name in _RESERVED or names.count(name) > 1:
            raise table.error("compare", f"uses the name `{name}`, which is taken")
    table.finish()
    return spec


def _compare(table: Fields) -> CompareSpec:
    name = table.text("name")
    if not re.fullmatch(r"[\w.-]{1,64}", name):
        raise table.error("name", "must be letters, digits, dots, dashes and underscores, at most 64")
    spec = CompareSpec(name, table.text("model"), _service_of(table))
    table.finish()
    return spec


def _gate(table: Fields) -> GateSpec:
    level = table.one_of("fail_on", [level.value for level in Level], None)
    spec = GateSpec(
        fail_on=Level(level) if level else None,
        max_cost=table.number("max_cost", None),
        moderation=table.one_of("moderation", ("required", "optional"), None),
        ignore=table.texts("ignore"),
        min_gain=table.number("min_gain", None, least=None),
        metric=table.one_of("metric", METRICS, "rougeL"),
    )
    table.finish()
    return spec


def _price(root: Fields) -> Price | None:
    given = root.has("price")
    table = root.table("price")
    price = Price(
        training=table.number("training", None),
        input=table.number("input", None),
        output=table.number("output", None),
    )
    table.finish()
    return price if given else None


def _service(services: Fields, role: str) -> ServiceConfig | None:
    given = services.has(role)
    table = services.table(role)
    if not given:
        return None
    service = _service_of(table)
    table.finish()
    return service


def _service_of(table: Fields) -> ServiceConfig:
    """A service. One with an address of its own gets a key only where the file names the variable: the key of one
    service must not travel to another by default."""
    base_url = table.text("base_url", None)
    provider = table.one_of("provider", list(load_providers()), "generic" if base_url else "openai")
    if base_url is not None:
        parts = urlsplit(base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise table.error("base_url", "must be an http or https address")
        if parts.username or parts.password or parts.query:
            raise table.error("base_url", "holds more than an address", "put the key into the environment")
    key = table.text("api_key_env", "" if base_url else key_variable(provider))
    if key and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", key):
        raise table.error("api_key_env", "must be the name of an environment variable, never the key itself")
    return ServiceConfig(provider=provider, base_url=base_url, api_key_env=key)

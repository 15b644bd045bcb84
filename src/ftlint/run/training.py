"""``[train]`` of ``run.toml``: the model, the method, its hyperparameters, its grader, and what else a job is given."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ftlint.catalog import load_providers
from ftlint.catalog_records import Hyperparameter, Provider
from ftlint.run.fields import Fields
from ftlint.run.spec import SweepEntry, TrainSpec
from ftlint.text import plural

METHODS = ("supervised", "dpo", "reinforcement")
_NAMES: Mapping[str, tuple[str, ...]] = {
    "n_epochs": METHODS,
    "batch_size": METHODS,
    "learning_rate_multiplier": METHODS,
    "beta": ("dpo",),
    "compute_multiplier": ("reinforcement",),
    "eval_interval": ("reinforcement",),
    "eval_samples": ("reinforcement",),
    "reasoning_effort": ("reinforcement",),
}
"""Hyperparameters by method (OpenAI API specification 2.3.0)."""
_WHOLE = frozenset({"n_epochs", "batch_size", "eval_interval", "eval_samples"})
_OURS = ("ftlint_run", "ftlint_sha256")
_SHARED = ("provider", "model", "method", "integrations", "keep_files", "training_type")
_JOBS = 20
_PAIRS = 16  # the API's limit of metadata pairs, ours included
_ITEM = re.compile(r"\{\{\s*item\.([A-Za-z_][\w.-]*)\s*\}\}")


def train(table: Fields) -> TrainSpec:
    """Read the section.

    Raises:
        ConfigError: a key is unknown, missing, or of a wrong type or range.
    """
    method = table.one_of("method", METHODS, "supervised")
    provider = table.one_of("provider", list(load_providers()), "openai")
    spec = TrainSpec(
        provider=provider,
        model=table.text("model"),
        method=method,
        suffix=table.text("suffix", None),
        seed=table.whole("seed", None, least=0, most=2**31 - 1),
        metadata=_metadata(table),
        hyperparameters=hyperparameters(table.table("hyperparameters"), load_providers()[provider], method),
        grader=_grader(table, method),
        integrations=tuple(_integration(entry) for entry in table.tables("integrations")),
        keep_files=table.flag("keep_files", False),
        training_type=_training_type(table, provider),
    )
    entries = table.tables("sweep")
    table.finish()
    if len(entries) == 1 or len(entries) > _JOBS:
        raise table.error("sweep", f"has {plural(len(entries), 'table')}; a sweep is of 2 to {_JOBS} jobs")
    sweep = tuple(_entry(entry, spec) for entry in entries)
    for number, entry in enumerate(sweep):
        if any(_as_asked(entry) == _as_asked(other) for other in sweep[:number]):
            raise table.error(f"sweep[{number}]", "is the same job as one before it", "let the jobs of a sweep differ")
    return dataclasses.replace(spec, sweep=sweep)


def _as_asked(entry: SweepEntry) -> TrainSpec:
    """The job without what is left to the service, given or not."""
    chosen = {name: value for name, value in entry.train.hyperparameters.items() if value != "auto"}
    return dataclasses.replace(entry.train, hyperparameters=chosen)


def _entry(table: Fields, base: TrainSpec) -> SweepEntry:
    """A job of a sweep. What makes jobs comparable, and what the check was made for, stays as ``[train]`` says."""
    for key in _SHARED:
        if table.has(key):
            raise table.error(
                key,
                "cannot differ within a sweep, whose jobs have the files and the base model in common",
                "put it into [train], or make it a run of its own: `ftlint runs compare` sets them side by side",
            )
    for name in _NAMES:
        if table.has(name):
            raise table.error(name, "is a hyperparameter", f"hyperparameters = {{ {name} = ... }}")
    found = hyperparameters(table.table("hyperparameters"), load_providers()[base.provider], base.method)
    changes: dict[str, Any] = dict(found)
    own: dict[str, Any] = {"hyperparameters": {**base.hyperparameters, **found}}
    for key, value in (
        ("suffix", table.text("suffix", None)),
        ("seed", table.whole("seed", None, least=0, most=2**31 - 1)),
        ("metadata", _metadata(table) if table.has("metadata") else None),
        ("grader", _grader(table, base.method) if table.has("grader") else None),
    ):
        if value is not None:
            own[key] = changes[key] = value
    table.raw("metadata"), table.raw("grader")  # known keys, also where they are not given
    table.finish()
    return SweepEntry(dataclasses.replace(base, **own), changes)


def _training_type(table: Fields, provider: str) -> str | None:
    """As the service takes it; it decides in which region the data is worked on, so that nothing is chosen silently."""
    value: str | None = table.text("training_type", None)
    if value is not None and provider != "azure":
        raise table.error("training_type", f"has no meaning for the provider `{provider}`")
    return value


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


def hyperparameters(table: Fields, provider: Provider, method: str) -> dict[str, Any]:
    """Only what is given; ``"auto"`` leaves a choice to the service. The provider's ranges hold where it has some."""
    found: dict[str, Any] = {}
    for name, methods in _NAMES.items():
        if not table.has(name):
            continue
        if method not in methods:
            raise table.error(name, f"is no hyperparameter of the method `{method}`", f"it belongs to {methods[0]}")
        found[name] = _value(table, name, provider.hyperparameter(name, method))
    table.finish()
    return found


def _value(table: Fields, name: str, known: Hyperparameter | None) -> Any:
    if name == "reasoning_effort":
        return table.one_of(
            name, list(known.choices) if known and known.choices else ["default", "low", "medium", "high"]
        )
    if table.raw(name) == "auto":
        return table.text(name)
    most = known.maximum if known else None
    if name in _WHOLE:
        return table.whole(name, least=1, most=int(most) if most is not None else None)
    value = table.number(name, above=known.minimum if known and known.minimum is not None else 0)
    if most is not None and value > most:
        raise table.error(name, f"is {value:g}, above the service's maximum of {most:g}")
    return value


def _grader(table: Fields, method: str) -> dict[str, Any] | None:
    """The grader as the API takes it; its shape is the service's to validate."""
    raw = table.raw("grader")
    if raw is None and method == "reinforcement":
        raise table.error("grader", "is missing", "a reinforcement job is judged by a [train.grader]")
    if raw is None:
        return None
    if method != "reinforcement":
        raise table.error("grader", f"has no meaning for the method `{method}`")
    if not isinstance(raw, dict) or not isinstance(raw.get("type"), str):
        raise table.error("grader", "must be a table with a type", 'type = "string_check", "text_similarity" ...')
    try:
        json.dumps(raw)
    except (TypeError, ValueError):
        raise table.error("grader", "holds a value that JSON has not, a date or a time") from None
    return raw


def grader_fields(grader: Mapping[str, Any] | None) -> tuple[str, ...]:
    """What the grader's templates read of a row: ``{{ item.answer }}`` is ``answer``."""
    return tuple(dict.fromkeys(name for text in _strings(grader) for name in _ITEM.findall(text)))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _integration(table: Fields) -> dict[str, Any]:
    kind = table.one_of("type", ("wandb",))
    inner = table.table("wandb")
    given = {key: inner.text(key, None) for key in ("name", "entity")}
    wandb: dict[str, Any] = {"project": inner.text("project"), **{k: v for k, v in given.items() if v is not None}}
    if tags := inner.texts("tags"):
        wandb["tags"] = list(tags)
    inner.finish()
    table.finish()
    return {"type": kind, "wandb": wandb}

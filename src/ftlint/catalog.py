"""What ftlint knows of models, providers and the moderation endpoint: `rules/*.toml` as frozen records, dates included.

Every figure carries the day on which its source was read (`as_of`) and the source. None means unknown, never zero.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import tomllib
import types
import typing
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar, cast

from ftlint.catalog_records import (
    DEFAULT_ENCODING,
    BatchLimits,
    Category,
    EpochRule,
    Estimates,
    GuardRules,
    Hyperparameter,
    ImageRule,
    ListPrice,
    MethodLimits,
    Model,
    ModerationRules,
    Offer,
    Overhead,
    Provider,
    Tier,
    UnitLimits,
)
from ftlint.errors import ConfigError

__all__ = [
    "DEFAULT_ENCODING",
    "BatchLimits",
    "Category",
    "EpochRule",
    "Estimates",
    "GuardRules",
    "Hyperparameter",
    "ImageRule",
    "ListPrice",
    "MethodLimits",
    "Model",
    "ModerationRules",
    "Offer",
    "Overhead",
    "Provider",
    "Tier",
    "UnitLimits",
    "base_name",
    "find_model",
    "is_alias",
    "load_estimates",
    "load_models",
    "load_moderation",
    "load_providers",
    "rules_root",
    "suggest_model",
    "trainable",
]

_Record = TypeVar("_Record")


def rules_root() -> Traversable:
    """The folder of rules and tables: inside the package when installed, beside `src` in the repository.

    Raises:
        ConfigError: the installation has neither.
    """
    packaged = files("ftlint") / "rules"
    if packaged.is_dir():
        return packaged
    repository = Path(__file__).resolve().parents[2] / "rules"
    if repository.is_dir():
        return repository
    raise ConfigError("the rules of ftlint are missing from this installation", "install ftlint again")


@functools.cache
def load_models() -> Mapping[str, Model]:
    """All models by snapshot name, in the order of `models.toml`. Raises ConfigError when the file is wrong."""
    models = {}
    for name, table in _read("models.toml")["model"].items():
        where = f"models.toml, {name}"
        given = dict(table)
        offers = tuple(_offer(provider, offer, where) for provider, offer in given.pop("at", {}).items())
        models[name] = _record(Model, {**given, "name": name, "offers": offers}, where)
    return types.MappingProxyType(models)


def _offer(provider: str, table: Mapping[str, Any], where: str) -> Offer:
    where = f"{where}, {provider}"
    house = load_providers().get(provider)
    if house is None:
        raise ConfigError(f"rules/{where}: providers.toml has no such provider")
    given = dict(table)
    price = given.pop("price", None)
    given["price"] = None if price is None else _record(ListPrice, price, f"{where}, price")
    return _record(Offer, {**given, "provider": provider, "provider_end": house.training_end}, where)


@functools.cache
def load_estimates() -> Estimates:
    """The constants of `models.toml` that no model owns. Raises ConfigError when the file is wrong."""
    tables = _read("models.toml")
    overhead = {
        name: _record(Overhead, table, f"models.toml, overhead.{name}") for name, table in tables["overhead"].items()
    }
    return Estimates(
        epochs=_record(EpochRule, tables["epochs"], "models.toml, epochs"),
        overhead=types.MappingProxyType(overhead),
        image=_record(ImageRule, tables["image"], "models.toml, image"),
    )


@functools.cache
def load_providers() -> Mapping[str, Provider]:
    """All providers by name, in the order of `providers.toml`. Raises ConfigError when the file is wrong."""
    providers = {}
    for name, table in _read("providers.toml").items():
        where = f"providers.toml, {name}"
        table = dict(table)
        limits = _named(MethodLimits, table.pop("limits", {}), f"{where}, limits", key="method")
        ranges = _named(Hyperparameter, table.pop("hyperparameters", {}), f"{where}, hyperparameters")
        tables = {"limits": tuple(limits.values()), "hyperparameters": tuple(ranges.values())}
        providers[name] = _record(Provider, {**table, **tables, "name": name}, where)
    return types.MappingProxyType(providers)


@functools.cache
def load_moderation() -> ModerationRules:
    """Categories, watch levels and limits of the moderation endpoint. Raises ConfigError when the file is wrong."""
    tables = _read("moderation.toml")
    tables["units"] = _record(UnitLimits, tables["units"], "moderation.toml, units")
    tables["batch"] = _record(BatchLimits, tables["batch"], "moderation.toml, batch")
    tables["guard"] = _record(GuardRules, tables["guard"], "moderation.toml, guard")
    tables["categories"] = _named(Category, tables.pop("category"), "moderation.toml, category")
    tables["tiers"] = _named(Tier, tables.pop("tier"), "moderation.toml, tier")
    tables["post_training_only"] = tables["post_training_only"]["categories"]
    return _record(ModerationRules, tables, "moderation.toml")


def find_model(name: str) -> Model | None:
    """The model that a name means: a snapshot, an alias, a tuned model or one of its checkpoints; None if unknown."""
    return _names().get(base_name(name))


def base_name(name: str) -> str:
    """The base of a model's name, without ``ft:`` and everything after the base (``:org:suffix:id:ckpt-step-9``)."""
    return name.removeprefix("ft:").partition(":")[0].partition(".ft-")[0]


def is_alias(name: str) -> bool:
    """The name is known, but only as an alias: training jobs want the snapshot."""
    base = base_name(name)
    return base in _names() and base not in load_models()


def suggest_model(name: str) -> str | None:
    """The snapshot whose name, or whose alias, is nearest to a mistyped one; None when nothing is near."""
    names = _names()
    close = difflib.get_close_matches(base_name(name).lower(), names, n=1, cutoff=0.6)
    return names[close[0]].name if close else None


def trainable(provider: str, today: date, method: str | None = None) -> list[Model]:
    """The models on which the provider creates jobs on that day, with that method if one is given."""
    found = []
    for model in load_models().values():
        offer = model.offer(provider)
        if offer is None or model.retired_on(provider, today) is not None:
            continue
        if offer.methods if method is None else method in offer.methods:
            found.append(model)
    return found


@functools.cache
def _names() -> Mapping[str, Model]:
    names = dict(load_models())
    for model in load_models().values():
        names.update(dict.fromkeys(model.aliases, model))
    return types.MappingProxyType(names)


def _read(name: str) -> dict[str, Any]:
    try:
        return tomllib.loads((rules_root() / name).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"rules/{name} cannot be read: {error}", "install ftlint again") from error


def _named(
    kind: type[_Record], tables: Mapping[str, Mapping[str, Any]], where: str, key: str = "name"
) -> Mapping[str, _Record]:
    found = {name: _record(kind, {**table, key: name}, f"{where}.{name}") for name, table in tables.items()}
    return types.MappingProxyType(found)


def _record(kind: type[_Record], table: Mapping[str, Any], where: str) -> _Record:
    """A dataclass from a table: lists become tuples, unknown and missing keys and wrong types are errors."""
    fields = {field.name: field for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    if unknown := values.keys() - fields.keys():
        raise ConfigError(f"rules/{where}: unknown key `{min(unknown)}`")
    hints = _hints(cast("Any", kind))
    for key, value in values.items():
        if not _fits(value, hints[key]):
            raise ConfigError(f"rules/{where}: `{key}` cannot be {value!r}")
    try:
        return kind(**values)
    except TypeError as error:
        raise ConfigError(f"rules/{where}: {error}") from error


@functools.cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _fits(value: Any, hint: Any) -> bool:
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        return any(_fits(value, option) for option in typing.get_args(hint))
    kind = typing.get_origin(hint) or hint
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if kind is tuple:
        return isinstance(value, tuple) and all(_fits(item, typing.get_args(hint)[0]) for item in value)
    return isinstance(value, kind)

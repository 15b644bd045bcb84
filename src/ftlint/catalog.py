"""What ftlint knows of models, providers and the moderation endpoint: `rules/*.toml` as frozen records, dates included.

Every figure carries the day on which its source was read (`as_of`) and the source. None means unknown, never zero.
The tables are read from one file that holds them all, which is fast; a test holds it to the tables that people read.
"""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import orjson

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
TABLES = ("models.toml", "providers.toml", "moderation.toml")
INDEX = "tables.json"
"""The tables in one file, dates as text: parsing it takes a fraction of the time; a test holds it to the tables."""
_DATES = frozenset({"as_of", "training_end", "inference_end"})


def rules_root() -> Path:
    """The folder of rules and tables: inside the package when installed, beside `src` in the repository.

    Raises:
        ConfigError: the installation has neither.
    """
    packaged = Path(__file__).with_name("rules")
    if packaged.is_dir():
        return packaged
    repository = Path(__file__).resolve().parents[2] / "rules"
    if repository.is_dir():
        return repository
    raise ConfigError("the rules of ftlint are missing from this installation", "install ftlint again")


@functools.cache
def load_models() -> Mapping[str, Model]:
    """All models by snapshot name, in the order of `models.toml`. Raises ConfigError when the file is wrong."""
    read = _read("models.toml")
    models = {}
    for name, table in read.tables["model"].items():
        where = f"models.toml, {name}"
        given = dict(table)
        offers = tuple(_offer(read, provider, offer, where) for provider, offer in given.pop("at", {}).items())
        models[name] = read.record(Model, {**given, "name": name, "offers": offers}, where)
    return types.MappingProxyType(models)


def _offer(read: _Read, provider: str, table: Mapping[str, Any], where: str) -> Offer:
    where = f"{where}, {provider}"
    house = load_providers().get(provider)
    if house is None:
        raise ConfigError(f"rules/{where}: providers.toml has no such provider")
    given = dict(table)
    price = given.pop("price", None)
    given["price"] = None if price is None else read.record(ListPrice, price, f"{where}, price")
    return read.record(Offer, {**given, "provider": provider, "provider_end": house.training_end}, where)


@functools.cache
def load_estimates() -> Estimates:
    """The constants of `models.toml` that no model owns. Raises ConfigError when the file is wrong."""
    read = _read("models.toml")
    overhead = {
        name: read.record(Overhead, table, f"models.toml, overhead.{name}")
        for name, table in read.tables["overhead"].items()
    }
    return Estimates(
        epochs=read.record(EpochRule, read.tables["epochs"], "models.toml, epochs"),
        overhead=types.MappingProxyType(overhead),
        image=read.record(ImageRule, read.tables["image"], "models.toml, image"),
    )


@functools.cache
def load_providers() -> Mapping[str, Provider]:
    """All providers by name, in the order of `providers.toml`. Raises ConfigError when the file is wrong."""
    read = _read("providers.toml")
    providers = {}
    for name, table in read.tables.items():
        where = f"providers.toml, {name}"
        table = dict(table)
        limits = read.named(MethodLimits, table.pop("limits", {}), f"{where}, limits", key="method")
        ranges = read.named(Hyperparameter, table.pop("hyperparameters", {}), f"{where}, hyperparameters")
        tables = {"limits": tuple(limits.values()), "hyperparameters": tuple(ranges.values())}
        providers[name] = read.record(Provider, {**table, **tables, "name": name}, where)
    return types.MappingProxyType(providers)


@functools.cache
def load_moderation() -> ModerationRules:
    """Categories, watch levels and limits of the moderation endpoint. Raises ConfigError when the file is wrong."""
    read = _read("moderation.toml")
    tables = dict(read.tables)
    tables["units"] = read.record(UnitLimits, tables["units"], "moderation.toml, units")
    tables["batch"] = read.record(BatchLimits, tables["batch"], "moderation.toml, batch")
    tables["guard"] = read.record(GuardRules, tables["guard"], "moderation.toml, guard")
    tables["categories"] = read.named(Category, tables.pop("category"), "moderation.toml, category")
    tables["tiers"] = read.named(Tier, tables.pop("tier"), "moderation.toml, tier")
    tables["post_training_only"] = tables["post_training_only"]["categories"]
    return read.record(ModerationRules, tables, "moderation.toml")


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
    import difflib

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


class _Read(NamedTuple):
    """A file of tables; those of the index are ``checked`` already."""

    tables: dict[str, Any]
    checked: bool

    def record(self, kind: type[_Record], table: Mapping[str, Any], where: str) -> _Record:
        """A dataclass from a table: lists become tuples, unknown and missing keys and wrong types are errors."""
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in table.items()
        }
        if self.checked:
            for key in _DATES.intersection(values):
                values[key] = date.fromisoformat(values[key])
            return kind(**values)
        _check(kind, values, where)
        try:
            return kind(**values)
        except TypeError as error:
            raise ConfigError(f"rules/{where}: {error}") from error

    def named(
        self, kind: type[_Record], tables: Mapping[str, Mapping[str, Any]], where: str, key: str = "name"
    ) -> Mapping[str, _Record]:
        """Dataclasses by a field that holds the names of their tables."""
        found = {name: self.record(kind, {**table, key: name}, f"{where}.{name}") for name, table in tables.items()}
        return types.MappingProxyType(found)


def _read(name: str) -> _Read:
    """One file of tables, from the index; where there is none yet, the file itself."""
    root = rules_root()
    try:
        return _Read(orjson.loads((root / INDEX).read_bytes())[name], checked=True)
    except FileNotFoundError:
        return _Read(_parsed(root, name), checked=False)
    except (OSError, orjson.JSONDecodeError, KeyError) as error:
        raise ConfigError(f"rules/{INDEX} cannot be read: {error}", "install ftlint again") from error


def _parsed(root: Path, name: str) -> dict[str, Any]:
    import tomllib  # which a check does not need

    try:
        return tomllib.loads((root / name).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"rules/{name} cannot be read: {error}", "install ftlint again") from error


def tables(root: Path) -> dict[str, dict[str, Any]]:
    """The tables by the names of their files: what ``INDEX`` holds. Raises ConfigError when one cannot be read."""
    return {name: _parsed(root, name) for name in TABLES}


def _check(kind: type[Any], values: Mapping[str, Any], where: str) -> None:
    """Refuse an unknown key and a wrong type."""
    fields = {field.name for field in dataclasses.fields(kind)}
    if unknown := values.keys() - fields:
        raise ConfigError(f"rules/{where}: unknown key `{min(unknown)}`")
    hints = _hints(cast("Any", kind))
    for key, value in values.items():
        if not _fits(value, hints[key]):
            raise ConfigError(f"rules/{where}: `{key}` cannot be {value!r}")


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

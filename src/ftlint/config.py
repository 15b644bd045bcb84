"""Configuration: file, environment and flags are folded into one Settings, and every value knows where it came from."""

from __future__ import annotations

import dataclasses
import datetime
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ftlint.accept import NAME as ACCEPTANCES
from ftlint.config_keys import KEYS, PATHS, ROLES, SECRETS, TABLES, VARIABLE, Kind, variable
from ftlint.errors import ConfigError, InputError, UsageError
from ftlint.globs import excluded as excluded  # the command asks here for all that the configuration means
from ftlint.model import Format, Level
from ftlint.records import dataclass
from ftlint.settings import GuardConfig, ModerationSettings, Price, ServiceConfig, Services, Settings, key_variable

NAMES = ("ftlint.toml", "pyproject.toml")
OTHER_VARIABLES = frozenset({"FTLINT_TODAY", "FTLINT_DEBUG"})
"""Variables of ours that are no settings."""
_INLINE = re.compile(r"[A-Za-z][\w.\"'/*?-]*\s*=")


class Value(NamedTuple):
    """A setting's value and its origin: ``default``, a file's path, an environment variable, or ``flag``."""

    value: Any
    origin: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """The settings of one command.

    Attributes:
        settings: what the check is asked to do.
        origins: dotted name of every setting to its origin, for ``ftlint config``.
        exclude: patterns of files that ``--force-exclude`` leaves out, relative to ``root``.
        root: the configuration file's folder, or the working directory.
        file: the configuration file, or None.
        given: the settings that are not at their default, by dotted name.
    """

    settings: Settings
    origins: dict[str, str]
    exclude: tuple[str, ...]
    root: Path
    file: Path | None
    given: Mapping[str, Any]


def resolve(
    *,
    start: Path,
    today: datetime.date,
    config: Sequence[str] = (),
    isolated: bool = False,
    environ: Mapping[str, str] = os.environ,
    flags: Mapping[str, Any] | None = None,
) -> Resolved:
    """Fold default, file, environment and flags, in this order, into the settings.

    Args:
        start: the folder from which a configuration file is looked for, upwards.
        today: the day that date rules use.
        config: ``--config`` values: at most one path, and any number of ``KEY=VALUE``.
        isolated: look for no file (the environment still counts).
        environ: for ``FTLINT_*``.
        flags: dotted setting to value; None where the flag was not given.

    Raises:
        ConfigError: a file, variable or ``KEY=VALUE`` is wrong.
        UsageError: ``--config`` names two files, or one together with ``--isolated``.
    """
    inline = [entry for entry in config if _INLINE.match(entry) and not Path(entry).is_file()]
    paths = [Path(entry) for entry in config if entry not in inline]
    if len(paths) > 1 or (paths and isolated):
        raise UsageError("--config takes one file, and none with --isolated", "give further settings as KEY=VALUE")
    file = paths[0] if paths else None if isolated else discover(start)
    layers: list[dict[str, Value]] = []
    if file is not None:
        layers.append(_file_layer(file, read(file), explicit=bool(paths)))
    layers.append(_environ_layer(environ))
    layers.extend(_inline_layer(entry) for entry in inline)
    layers.append({key: _flag(key, value) for key, value in (flags or {}).items() if value is not None})
    merged: dict[str, Value] = {}
    if not isolated and (accepted := _acceptances(file, start)) is not None:
        merged["accepted"] = Value(str(accepted), "default" if file is None else str(file))
    for layer in layers:
        merged |= layer
    origins = {key: merged[key].origin if key in merged else "default" for key in sorted({*KEYS, *merged})}
    exclude = merged["exclude"].value if "exclude" in merged else ()
    root = file.parent if file is not None else Path()
    settings = dataclasses.replace(_settings(merged, today), root=root)
    return Resolved(settings, origins, tuple(exclude), root, file, {key: value.value for key, value in merged.items()})


def discover(start: Path) -> Path | None:
    """The nearest ``ftlint.toml``, or ``pyproject.toml`` with ``[tool.ftlint]``, from ``start`` upwards.

    Raises:
        ConfigError: a file on the way mentions ftlint and is broken.
    """
    folder = start.absolute()
    for candidate in (parent / name for parent in (folder, *folder.parents) for name in NAMES):
        if candidate.is_file() and (candidate.name != "pyproject.toml" or _mentions(candidate)):
            return candidate
    return None


def _acceptances(file: Path | None, start: Path) -> Path | None:
    """The acceptances beside the configuration, or without one the nearest from ``start`` upwards."""
    if file is not None:
        return file.parent / ACCEPTANCES
    folder = start.absolute()
    return next((at / ACCEPTANCES for at in (folder, *folder.parents) if (at / ACCEPTANCES).is_file()), None)


def _mentions(pyproject: Path) -> bool:
    """A pyproject.toml without our table is none of our business, broken or not."""
    try:
        ours = b"ftlint" in pyproject.read_bytes()
    except OSError:
        return False
    tool = read(pyproject).get("tool") if ours else None
    return isinstance(tool, dict) and "ftlint" in tool


def read(path: Path) -> dict[str, Any]:
    """The tree of a TOML file.

    Raises:
        InputError: the file cannot be read.
        ConfigError: it is not TOML; the message has line and column.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot read {path}: {(error.strerror or str(error)).lower()}", "check the path") from error
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: the file is not UTF-8", "save it as UTF-8 text") from None
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\s*\(at line (\d+), column (\d+)\)", str(error))
        place, told = (f":{found[1]}:{found[2]}", str(error)[: found.start()]) if found else ("", str(error))
        raise ConfigError(f"{path}{place}: invalid TOML: {told[:1].lower()}{told[1:]}") from None


def _file_layer(path: Path, tree: dict[str, Any], *, explicit: bool) -> dict[str, Value]:
    table: Any = tree
    if path.name == "pyproject.toml":
        tool = tree.get("tool", {})
        table = tool.get("ftlint") if isinstance(tool, dict) else None
        if table is None and explicit:
            raise ConfigError(f"{path}: there is no table [tool.ftlint]")
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: `tool.ftlint` must be a table")
    layer = dict(_flatten(table, "", str(path)))
    for key in PATHS & layer.keys():
        value = layer[key].value
        based = tuple(str(path.parent / item) for item in value) if isinstance(value, tuple) else path.parent / value
        layer[key] = Value(based if isinstance(based, tuple) else str(based), str(path))
    for role in ROLES:
        # A file that somebody else wrote must not send a key to an address of its choice by leaving its name out.
        if f"services.{role}.base-url" in layer:
            layer.setdefault(f"services.{role}.api-key-env", Value("", str(path)))
    return layer


def _flatten(
    table: Mapping[str, Any], prefix: str, origin: str, *, from_text: bool = False
) -> Iterator[tuple[str, Value]]:
    """Settings of a table and of the tables in it, each checked; ``from_text`` reads strings as a shell gives them."""
    for raw, value in table.items():
        key = prefix + raw.replace("_", "-")
        if key in KEYS:
            yield key, _parse(KEYS[key], value, key, origin, from_text=from_text)
        elif key in TABLES and isinstance(value, dict):
            for name, entry in value.items():
                yield f"{key}.{name}", _parse(TABLES[key], entry, f"{key}.{name}", origin, from_text=from_text)
        elif _is_table(key):
            if not isinstance(value, dict):
                raise ConfigError(f"{origin}: `{key}` must be a table", f"[{key}]")
            yield from _flatten(value, f"{key}.", origin, from_text=from_text)
        else:
            raise _unknown(key, origin)


def _is_table(key: str) -> bool:
    return any(known == key or known.startswith(f"{key}.") for known in (*KEYS, *TABLES))


def _parse(kind: Kind, value: Any, key: str, origin: str, *, from_text: bool) -> Value:
    try:
        return Value(kind.text(value) if from_text and isinstance(value, str) else kind.parse(value), origin)
    except (ValueError, TypeError):
        raise ConfigError(f"{origin}: `{key}` must be {kind.expects}") from None


def _flag(key: str, value: Any) -> Value:
    named = f"--{key.removeprefix('services.').replace('.', '-') if '.guard.' in key else key.rsplit('.', 1)[-1]}"
    return Value(_parse(KEYS[key], value, key, named, from_text=True).value, "flag")


def _unknown(key: str, origin: str) -> ConfigError:
    last = key.rsplit(".", 1)[-1].lower()
    if last in SECRETS:
        hint = "put the key into the environment, and the variable's name into `api_key_env`"
        return ConfigError(f"{origin}: `{key}` is not a setting: keys are never configuration", hint)
    import difflib

    known = sorted({*KEYS, *TABLES, *(name.rsplit(".", 1)[0] for name in KEYS if "." in name)})
    close = difflib.get_close_matches(key, known, 1)
    level = key.rsplit(".", 1)[0] + "." if "." in key else ""
    siblings = sorted({name.removeprefix(level).split(".")[0] for name in known if name.startswith(level)})
    return ConfigError(
        f"{origin}: unknown key `{key}`",
        f"did you mean `{close[0]}`?" if close else f"the keys are {', '.join(siblings)}",
    )


def _environ_layer(environ: Mapping[str, str]) -> dict[str, Value]:
    """``FTLINT_*`` variables; one that is nearly a setting is refused, others may belong to other tools.

    An empty one counts as not given, as build servers leave them: an empty ``FTLINT_SELECT`` must not select nothing.
    """
    names = {variable(key): key for key in KEYS}
    layer: dict[str, Value] = {}
    for name in sorted(environ):
        if name in names:
            key, kind = names[name], KEYS[names[name]]
            if environ[name] or kind is VARIABLE:
                layer[key] = _parse(kind, environ[name], key, name, from_text=True)
        elif name.startswith("FTLINT_") and name not in OTHER_VARIABLES:
            import difflib

            if close := difflib.get_close_matches(name, names, 1, 0.9):
                raise ConfigError(f"the environment variable {name} is not a setting", f"did you mean {close[0]}?")
    return layer


def _inline_layer(entry: str) -> dict[str, Value]:
    """One ``--config KEY=VALUE``: TOML, or a bare word where TOML would want quotes or a list."""
    key, text = (part.strip() for part in entry.split("=", 1))
    tree: dict[str, Any]
    import tomllib

    try:
        tree = tomllib.loads(entry)
    except tomllib.TOMLDecodeError:
        *tables, last = key.split(".")
        tree = {last: text}
        for table in reversed(tables):
            tree = {table: tree}
    return dict(_flatten(tree, "", f"--config {key}", from_text=True))


def _settings(merged: Mapping[str, Value], today: datetime.date) -> Settings:
    def get(key: str, default: Any = None) -> Any:
        return merged[key].value if key in merged else default

    def table(name: str) -> dict[str, Any]:
        prefix = f"{name}."
        return {key.removeprefix(prefix): value.value for key, value in merged.items() if key.startswith(prefix)}

    price = table("price")
    declared = get("format", "auto")
    cache_dir = get("moderation.cache-dir")
    accepted = get("accepted")
    jobs = get("jobs", "auto")
    return Settings(
        today=today,
        select=get("select", ("ALL",)),
        extend_select=get("extend-select", ()),
        ignore=get("ignore", ()),
        severity={rule: Level(level) for rule, level in table("severity").items()},
        provider=get("provider", "openai"),
        model=get("model"),
        format=None if declared == "auto" else Format(declared),
        method=get("method"),
        epochs=get("epochs"),
        price=Price(**price) if price else None,
        tokens=get("tokens", True),
        network=get("network", False),
        jobs=None if jobs == "auto" else jobs,
        incremental=get("incremental"),
        rules=tuple(Path(folder) for folder in get("rules", ())),
        fail_on=Level(get("fail-on", "warning")),
        services=_services(table),
        moderation=ModerationSettings(
            watch=table("moderation.watch"),
            tier=get("tier", "1"),
            cache=get("moderation.cache", True),
            cache_dir=Path(cache_dir) if cache_dir else None,
            required=get("moderation.required"),
            thorough=get("moderation.thorough", False),
            sample=get("moderation.sample"),
        ),
        phone_regions=tuple(region.upper() for region in get("phone-regions", ())),
        accepted=Path(accepted) if accepted else None,
        per_file=tuple(table("per-file").items()),
    )


def _services(table: Callable[[str], dict[str, Any]]) -> Services:
    moderator, trainer, completer = (_service(table(f"services.{role}")) for role in ROLES)
    return Services(moderator, trainer, completer, _guard(table("services.guard")))


def _guard(table: Mapping[str, Any]) -> GuardConfig | None:
    if "base-url" not in table:
        return None
    return GuardConfig(table["base-url"], table.get("model"), table.get("api-key-env", ""))


def _service(table: Mapping[str, Any]) -> ServiceConfig:
    provider = table.get("provider", "openai")
    return ServiceConfig(provider, table.get("base-url"), table.get("api-key-env", key_variable(provider)))

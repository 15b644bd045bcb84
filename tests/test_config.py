"""Configuration: discovery, precedence, origins, and what is refused and how."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ftlint.config import Resolved, discover, excluded, read, resolve
from ftlint.config_keys import KEYS, variable
from ftlint.errors import ConfigError, InputError, UsageError
from ftlint.model import Format, Level
from ftlint.settings import GuardConfig, ModerationSettings, Price, ServiceConfig, Settings

TODAY = datetime.date(2026, 11, 22)

EVERYTHING = """
select = ["FT1", "unknown-role"]
ignore = ["FT118"]
extend_select = ["FT2"]
provider = "azure"
model = "gpt-4.1-mini-2025-04-14"
format = "chat"
method = "supervised"
epochs = 3
rules = ["my-rules"]
fail-on = "error"
tier = 2
accepted = "ftlint-accepted.toml"
exclude = ["old/"]
phone-regions = ["jp", "DE"]
tokens = false
jobs = 3
incremental = false
network = true
[severity]
FT302 = "warning"
unknown-role = "info"
[price]
training = 0
input = 0.4
output = 1.6
[moderation]
required = true
cache = false
cache-dir = "cache"
thorough = true
sample = 7
[moderation.watch]
"sexual/minors" = 0.02
[services.moderator]
base_url = "https://gateway.example/v1"
api_key_env = "GATEWAY_KEY"
[services.trainer]
provider = "azure"
base-url = "https://x.openai.azure.com/openai/v1"
api-key-env = "AZURE_OPENAI_API_KEY"
[services.completer]
provider = "local"
base_url = "http://localhost:8000/v1"

[services.guard]
base_url = "http://localhost:8001/v1"
model = "llama-guard3"
api_key_env = "GUARD_KEY"
"""


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Resolved]:
    """Resolve in an empty environment, with this text as ftlint.toml."""

    def run(text: str | None = None, *, name: str = "ftlint.toml", **options: Any) -> Resolved:
        if text is not None:
            (tmp_path / name).write_text(text, encoding="utf-8")
        return resolve(**{"start": tmp_path, "today": TODAY, "environ": {}, **options})

    return run


def test_without_a_file_everything_is_default(load: Callable[..., Resolved]) -> None:
    resolved = load()
    assert resolved.settings == Settings(today=TODAY)
    assert set(resolved.origins) == set(KEYS)
    assert set(resolved.origins.values()) == {"default"}
    assert resolved.file is None


def test_every_key_of_a_file(load: Callable[..., Resolved], tmp_path: Path) -> None:
    resolved = load(EVERYTHING)
    found = resolved.settings
    assert (found.select, found.ignore, found.extend_select) == (("FT1", "unknown-role"), ("FT118",), ("FT2",))
    assert (found.provider, found.model, found.format) == ("azure", "gpt-4.1-mini-2025-04-14", Format.CHAT)
    assert (found.method, found.epochs, found.tokens, found.fail_on) == ("supervised", 3, False, Level.ERROR)
    assert found.network
    assert found.jobs == 3
    assert found.incremental is False
    assert found.severity == {"FT302": Level.WARNING, "unknown-role": Level.INFO}
    assert found.price == Price(training=0, input=0.4, output=1.6)
    assert (found.rules, found.accepted) == ((tmp_path / "my-rules",), tmp_path / "ftlint-accepted.toml")
    assert found.phone_regions == ("JP", "DE")
    assert found.moderation == ModerationSettings(
        watch={"sexual/minors": 0.02},
        tier="2",
        cache=False,
        cache_dir=tmp_path / "cache",
        required=True,
        thorough=True,
        sample=7,
    )
    assert found.services.moderator == ServiceConfig("openai", "https://gateway.example/v1", "GATEWAY_KEY")
    assert found.services.trainer.base_url == "https://x.openai.azure.com/openai/v1"
    assert found.services.guard == GuardConfig("http://localhost:8001/v1", "llama-guard3", "GUARD_KEY")
    assert resolved.exclude == ("old/",)
    assert resolved.root == tmp_path
    given = {key for key, origin in resolved.origins.items() if origin == str(tmp_path / "ftlint.toml")}
    assert given == {*KEYS, "severity.FT302", "severity.unknown-role", "moderation.watch.sexual/minors"} - {
        "services.moderator.provider"
    }


def test_an_address_from_a_file_gets_no_key_unless_the_file_names_one(load: Callable[..., Resolved]) -> None:
    assert load(EVERYTHING).settings.services.completer.api_key_env == ""
    flags = {"services.moderator.base-url": "http://127.0.0.1:1/v1"}
    own = load("", flags=flags).settings.services.moderator
    assert own.api_key_env == "OPENAI_API_KEY"


def test_a_provider_without_a_variable_gets_its_usual_one(load: Callable[..., Resolved]) -> None:
    services = load('[services.trainer]\nprovider = "azure"').settings.services
    assert services.trainer.api_key_env == "AZURE_OPENAI_API_KEY"


def test_flag_beats_inline_beats_environment_beats_file(load: Callable[..., Resolved], tmp_path: Path) -> None:
    text = 'model = "file"\nmethod = "dpo"\ntier = 1\nprovider = "file"\nepochs = 1'
    resolved = load(
        text,
        environ={"FTLINT_MODEL": "env", "FTLINT_METHOD": "supervised", "FTLINT_TIER": "3"},
        config=["model=inline", "tier=4"],
        flags={"model": "flag", "provider": None},
    )
    found = resolved.settings
    assert (found.model, found.method, found.moderation.tier, found.provider) == ("flag", "supervised", "4", "file")
    assert resolved.origins["model"] == "flag"
    assert resolved.origins["tier"] == "--config tier"
    assert resolved.origins["method"] == "FTLINT_METHOD"
    assert resolved.origins["epochs"] == str(tmp_path / "ftlint.toml")
    assert resolved.origins["select"] == "default"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("fail-on=error", {"fail_on": Level.ERROR}),
        ('fail_on="info"', {"fail_on": Level.INFO}),
        ("select=FT1,FT2", {"select": ("FT1", "FT2")}),
        ('select=["FT3"]', {"select": ("FT3",)}),
        ('select="FT3, FT4"', {"select": ("FT3", "FT4")}),
        ("tokens=false", {"tokens": False}),
        ("jobs=2", {"jobs": 2}),
        ("jobs=auto", {"jobs": None}),
        ("epochs = 4", {"epochs": 4}),
        ("model=gpt-4.1-mini-2025-04-14", {"model": "gpt-4.1-mini-2025-04-14"}),
        ("price.training=0", {"price": Price(training=0.0)}),
        ("severity.FT302=info", {"severity": {"FT302": Level.INFO}}),
        ("moderation.watch.sexual/minors=0.02", {"moderation": ModerationSettings(watch={"sexual/minors": 0.02})}),
        ("format=auto", {"format": None}),
    ],
)
def test_one_setting_on_the_command_line(load: Callable[..., Resolved], entry: str, expected: dict[str, Any]) -> None:
    assert load(config=[entry]).settings == Settings(today=TODAY, **expected)


@pytest.mark.parametrize("key", [key for key in KEYS if key.startswith("services.")])
def test_every_service_setting_has_a_variable(load: Callable[..., Resolved], key: str) -> None:
    value = "http://127.0.0.1:8000/v1" if key.endswith("url") else "NAME"
    assert load(environ={variable(key): value}).origins[key] == variable(key)


def test_variables_are_text(load: Callable[..., Resolved]) -> None:
    environ = {"FTLINT_IGNORE": "FT1, FT2", "FTLINT_TOKENS": "no", "FTLINT_EPOCHS": "2", "FTLINT_PRICE_TRAINING": "3.5"}
    assert load(environ=environ).settings == Settings(
        today=TODAY, ignore=("FT1", "FT2"), tokens=False, epochs=2, price=Price(training=3.5)
    )


def test_a_misspelt_variable_is_refused_and_a_foreign_one_is_not(load: Callable[..., Resolved]) -> None:
    load(environ={"FTLINT_TODAY": "2026-11-22", "FTLINT_DEBUG": "1", "FTLINT_SANDBOX_PORT": "1"})
    with pytest.raises(ConfigError, match="FTLINT_FIAL_ON") as caught:
        load(environ={"FTLINT_FIAL_ON": "error"})
    assert caught.value.hint == "did you mean FTLINT_FAIL_ON?"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('selct = ["FT1"]', "unknown key `selct`", "did you mean `select`?"),
        ("[moderation]\nwach = {}", "unknown key `moderation.wach`", "did you mean `moderation.watch`?"),
        ("[services.moderater]\n", "unknown key `services.moderater`", "did you mean `services.moderator`?"),
        ("zzzz = 1", "unknown key `zzzz`", "the keys are accepted, epochs, exclude"),
        ("select = 5", "`select` must be a list of strings", None),
        ('select = "FT1"', "`select` must be a list of strings", None),
        ("select = [1]", "`select` must be a list of strings", None),
        ('tokens = "yes"', "`tokens` must be true or false", None),
        ("epochs = 0", "`epochs` must be a whole number of at least 1", None),
        ("epochs = true", "`epochs` must be a whole number of at least 1", None),
        ("model = 4", "`model` must be a string", None),
        ('fail-on = "fatal"', "`fail-on` must be error, warning or info", None),
        ('format = "unknown"', "`format` must be chat, preference, reinforcement, completion or auto", None),
        ('phone-regions = ["UK"]', "`phone-regions` must be a list of two-letter country codes", None),
        ("tier = 6", "`tier` must be free, 1, 2, 3, 4 or 5", None),
        ("severity = 1", "`severity` must be a table", "[severity]"),
        ('severity = {FT1 = "off"}', "`severity.FT1` must be error, warning or info", None),
        ("price = 3", "`price` must be a table", "[price]"),
        ("price.training = -1", "`price.training` must be a number of at least 0", None),
        ("price.training = nan", "`price.training` must be a number of at least 0", None),
        ("moderation.watch.sexual = 2", "`moderation.watch.sexual` must be a number above 0 and at most 1", None),
        ('services.moderator.base_url = "ftp://x"', "must be an http or https address", None),
    ],
)
def test_what_is_wrong_is_named_with_file_and_key(
    load: Callable[..., Resolved], tmp_path: Path, text: str, message: str, hint: str | None
) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)) as caught:
        load(text)
    assert caught.value.message.startswith(f"{tmp_path / 'ftlint.toml'}: ")
    assert caught.value.exit_code == 2
    assert (caught.value.hint or "").startswith(hint or "") if hint else caught.value.hint is None


@pytest.mark.parametrize(
    "text",
    [
        'api_key = "sk-secret"',
        '[services.moderator]\napi-key = "sk-secret"',
        '[services.moderator]\napi_key_env = "sk-secret"',
        '[services.moderator]\nbase_url = "https://user:sk-secret@example.com"',
        '[services.moderator]\nbase_url = "https://example.com/?key=sk-secret"',
    ],
)
def test_keys_are_never_configuration_and_never_shown(load: Callable[..., Resolved], text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(text)
    assert "sk-secret" not in f"{caught.value.message} {caught.value.hint}"


def test_broken_toml_has_line_and_column(load: Callable[..., Resolved], tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load('model = "a"\nselect = [FT1]')
    assert caught.value.message == f"{tmp_path / 'ftlint.toml'}:2:11: invalid TOML: invalid value"


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "ftlint.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not UTF-8"):
        read(path)
    with pytest.raises(InputError, match="cannot read"):
        read(tmp_path / "missing.toml")


def test_the_nearest_file_wins_and_the_others_are_not_read(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (tmp_path / "ftlint.toml").write_text("broken [")
    (tmp_path / "a" / "pyproject.toml").write_text('[tool.ftlint]\nmodel = "a"')
    (below / "pyproject.toml").write_text("[tool.other]\n")
    assert discover(below) == tmp_path / "a" / "pyproject.toml"
    (tmp_path / "a" / "ftlint.toml").write_text("")
    assert discover(below) == tmp_path / "a" / "ftlint.toml"


def test_somebody_elses_broken_pyproject_is_passed_over_and_ours_is_not(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("broken [")
    assert discover(tmp_path) is None
    (tmp_path / "pyproject.toml").write_text("[tool.ftlint]\nbroken [")
    with pytest.raises(ConfigError, match=r"pyproject\.toml:2:8"):
        discover(tmp_path)


def test_pyproject_keeps_its_settings_under_tool_ftlint(load: Callable[..., Resolved], tmp_path: Path) -> None:
    assert load('[tool.ftlint]\nmodel = "m"', name="pyproject.toml").settings.model == "m"
    (tmp_path / "pyproject.toml").write_text("[tool]\nftlint = 3")
    with pytest.raises(ConfigError, match=r"`tool\.ftlint` must be a table"):
        load()


def test_an_explicit_file(load: Callable[..., Resolved], tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text('model = "other"\naccepted = "a.toml"')
    resolved = load('model = "near"', config=[str(other)])
    assert (resolved.settings.model, resolved.settings.accepted) == ("other", tmp_path / "a.toml")
    (tmp_path / "pyproject.toml").write_text("[tool.x]")
    with pytest.raises(ConfigError, match="no table"):
        load(config=[str(tmp_path / "pyproject.toml")])
    with pytest.raises(InputError, match="cannot read"):
        load(config=[str(tmp_path / "missing.toml")])


def test_isolated_reads_no_file_but_takes_settings(load: Callable[..., Resolved]) -> None:
    resolved = load('model = "file"', isolated=True, config=["epochs=2"])
    assert (resolved.settings.model, resolved.settings.epochs) == (None, 2)
    with pytest.raises(UsageError, match="--isolated"):
        load(isolated=True, config=["a.toml"])
    with pytest.raises(UsageError, match="one file"):
        load(config=["a.toml", "b.toml"])


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("old", "old/a.jsonl", True),
        ("old/", "x/old/a.jsonl", True),
        ("*.jsonl", "x/a.jsonl", True),
        ("*.jsonl", "x/a.json", False),
        ("data/*.jsonl", "data/a.jsonl", True),
        ("data/*.jsonl", "data/x/a.jsonl", False),
        ("data/**/*.jsonl", "data/x/y/a.jsonl", True),
        ("data/**/*.jsonl", "data/a.jsonl", True),
        ("data/old", "data/old/a.jsonl", True),
        ("data/old", "x/data/old/a.jsonl", False),
        ("a?.jsonl", "ab.jsonl", True),
        ("a.jsonl", "abjsonl", False),
        ("[a].jsonl", "a.jsonl", False),
    ],
)
def test_exclude_patterns(tmp_path: Path, pattern: str, path: str, expected: bool) -> None:
    assert excluded(tmp_path / path, [pattern], tmp_path) is expected


def test_an_empty_variable_counts_as_not_given(load: Callable[..., Resolved]) -> None:
    found = load(environ={"FTLINT_SELECT": "", "FTLINT_MODEL": "", "FTLINT_PHONE_REGIONS": ""})
    assert found.settings == Settings(today=TODAY)
    assert found.origins["select"] == "default"
    without_key = load(environ={"FTLINT_SERVICES_MODERATOR_API_KEY_ENV": ""})
    assert without_key.settings.services.moderator.api_key_env == ""

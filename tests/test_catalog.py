"""The tables of `rules/*.toml`, and what is asked of them."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ftlint import catalog
from ftlint.errors import ConfigError

RULES = Path(__file__).parents[1] / "rules"
TODAY = datetime.date(2026, 11, 22)
LAST_DAY = datetime.date(2027, 1, 5)
AFTER = datetime.date(2027, 1, 6)
TABLES = ("models.toml", "providers.toml", "moderation.toml")


LOADERS = (
    catalog.load_models,
    catalog.load_providers,
    catalog.load_estimates,
    catalog.load_moderation,
    catalog._names,
)


@pytest.fixture
def _fresh() -> Iterator[None]:
    """Loaders without memory, before and after."""
    for loader in LOADERS:
        loader.cache_clear()
    yield
    for loader in LOADERS:
        loader.cache_clear()


@pytest.fixture
def tables(_fresh: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the tables that a test may spoil."""
    for name in TABLES:
        (tmp_path / name).write_bytes((RULES / name).read_bytes())
    monkeypatch.setattr(catalog, "rules_root", lambda: tmp_path)
    return tmp_path


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_rules_are_found_beside_the_sources() -> None:
    root = catalog.rules_root()
    assert {path.name for path in root.iterdir()} >= set(TABLES)


def test_everything_loads_and_carries_a_date_and_a_source() -> None:
    records: list[Any] = [*catalog.load_providers().values(), catalog.load_moderation()]
    for provider in catalog.load_providers().values():
        records += [*provider.limits, *provider.hyperparameters]
    for model in catalog.load_models().values():
        records += [model, *model.offers, *(offer.price for offer in model.offers if offer.price)]
    estimates = catalog.load_estimates()
    moderation = catalog.load_moderation()
    records += [estimates.epochs, estimates.image, *estimates.overhead.values()]
    records += [moderation.units, moderation.batch, *moderation.tiers.values()]
    assert len(records) > 80
    for record in records:
        assert datetime.date(2026, 1, 1) <= record.as_of <= TODAY, record
        assert len(record.source) > 5, record


@pytest.mark.parametrize("name", TABLES)
def test_the_tables_name_no_host(name: str) -> None:
    assert not re.search(r"https?://|\bwww\.|\.(com|org|io|cn)\b", (RULES / name).read_text(encoding="utf-8"))


def test_aliases_and_snapshots_do_not_collide() -> None:
    models = catalog.load_models()
    aliases = [alias for model in models.values() for alias in model.aliases]
    assert len(aliases) == len(set(aliases))
    assert not set(aliases) & models.keys()


def test_the_models_that_openai_trains_end_with_its_last_day() -> None:
    names = [model.name for model in catalog.trainable("openai", LAST_DAY)]
    assert sorted(names) == [
        "gpt-4.1-2025-04-14",
        "gpt-4.1-mini-2025-04-14",
        "gpt-4o-2024-08-06",
        "gpt-4o-mini-2024-07-18",
    ]
    assert catalog.trainable("openai", AFTER) == []
    model = catalog.find_model("gpt-4.1-2025-04-14")
    assert model is not None
    assert model.retired_on("openai", LAST_DAY) is None
    assert model.retired_on("openai", AFTER) == AFTER


def test_azure_goes_on_longer_and_trains_with_reinforcement() -> None:
    assert [model.name for model in catalog.trainable("azure", AFTER, "reinforcement")] == ["o4-mini-2025-04-16"]
    assert catalog.trainable("openai", TODAY, "reinforcement") == []
    assert len(catalog.trainable("azure", datetime.date(2027, 3, 31))) == 6
    assert len(catalog.trainable("azure", datetime.date(2027, 4, 1))) == 4
    assert catalog.trainable("azure", datetime.date(2027, 4, 16)) == []


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("gpt-4.1-nano", "2026-10-23"),
        ("o4-mini-2025-04-16", "2026-10-23"),
        ("gpt-3.5-turbo", "2026-10-23"),
        ("gpt-3.5-turbo-1106", "2026-09-28"),
        ("gpt-3.5-turbo-instruct", "2026-09-28"),
        ("babbage-002", "2026-09-28"),
        ("davinci-002", "2026-09-28"),
        ("gpt-4-0613", "2026-10-23"),
        ("gpt-4-turbo", "2026-10-23"),
        ("gpt-4o-2024-05-13", "2026-10-23"),
        ("o1", "2026-10-23"),
        ("o3-mini", "2026-10-23"),
    ],
)
def test_retired_models_say_since_when(name: str, day: str) -> None:
    model = catalog.find_model(name)
    assert model is not None
    date = datetime.date.fromisoformat(day)
    assert model.retired_on("openai", TODAY) == date
    assert model.retired_on("openai", date) == date
    assert model.retired_on("openai", date - datetime.timedelta(days=1)) is None
    assert model.retired_on("generic", TODAY) is None


def test_what_cannot_be_trained_is_alive_and_not_offered() -> None:
    for name in ("gpt-6-luna", "gpt-4o-2024-11-20"):
        model = catalog.find_model(name)
        assert model is not None
        assert model.retired_on("openai", TODAY) is None
        assert model.methods == frozenset()
        assert model not in catalog.trainable("openai", TODAY)


def test_the_sandbox_model_never_retires_and_costs_nothing() -> None:
    model = catalog.find_model("sandbox-mini")
    assert model is not None
    assert catalog.trainable("sandbox", datetime.date(2099, 1, 1), "dpo") == [model]
    price = model.price("sandbox")
    assert price is not None
    assert (price.training, price.input, price.output) == (0, 0, 0)
    assert (model.encoding, model.limit("sandbox")) == ("o200k_base", 65_536)


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("gpt-4o-mini", "gpt-4o-mini-2024-07-18"),
        ("ft:gpt-4o-mini-2024-07-18:org:suffix:AbC123", "gpt-4o-mini-2024-07-18"),
        ("ft:gpt-4.1-2025-04-14:org::AbC123:ckpt-step-90", "gpt-4.1-2025-04-14"),
        ("gpt-4.1-mini-2025-04-14:ckpt-step-5", "gpt-4.1-mini-2025-04-14"),
        ("ft:gpt-3.5-turbo:org", "gpt-3.5-turbo-0125"),
        ("gpt-4o-2024-08-06.ft-0123abc-mine", "gpt-4o-2024-08-06"),
    ],
)
def test_a_model_is_found_under_all_its_names(name: str, base: str) -> None:
    model = catalog.find_model(name)
    assert model is not None
    assert model.name == base


@pytest.mark.parametrize("name", ["", "ft:", "gpt-99", "ft:nothing:org::id", ":", "GPT-4O"])
def test_an_unknown_model_is_none(name: str) -> None:
    assert catalog.find_model(name) is None


def test_encodings_of_tuned_models_are_those_of_their_base() -> None:
    for name, encoding in (
        ("ft:gpt-4.1-2025-04-14:o::i", "o200k_base"),
        ("ft:o4-mini-2025-04-16:o::i", "o200k_base"),
        ("ft:gpt-4-0613:o::i", "cl100k_base"),
        ("ft:gpt-3.5-turbo-0125:o::i", "cl100k_base"),
    ):
        model = catalog.find_model(name)
        assert model is not None
        assert model.encoding == encoding


def test_aliases_are_told_from_snapshots() -> None:
    assert catalog.is_alias("gpt-4o-mini")
    assert not catalog.is_alias("gpt-4o-mini-2024-07-18")
    assert not catalog.is_alias("ft:gpt-4o-mini-2024-07-18:org::id")
    assert not catalog.is_alias("nothing-known")


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("gpt-4o-mni", "gpt-4o-mini-2024-07-18"),
        ("gpt-4.1-mini-2025-04-41", "gpt-4.1-mini-2025-04-14"),
        ("GPT-4.1", "gpt-4.1-2025-04-14"),
        ("ft:gpt4o-2024-08-06:org::id", "gpt-4o-2024-08-06"),
        ("llama", None),
        ("", None),
    ],
)
def test_a_mistyped_name_gets_a_suggestion(given: str, meant: str | None) -> None:
    assert catalog.suggest_model(given) == meant


def test_limits_per_example_depend_on_the_provider() -> None:
    nano = catalog.load_models()["gpt-4.1-nano-2025-04-14"]
    assert (nano.limit("openai"), nano.limit("azure")) == (65_536, 32_768)
    o4_mini = catalog.load_models()["o4-mini-2025-04-16"]
    assert (o4_mini.limit("openai"), o4_mini.limit("azure")) == (None, 65_536)


def test_prices_of_the_official_table() -> None:
    models = catalog.load_models()
    rows = {
        "gpt-4.1-2025-04-14": (25, 3, 0.75, 12),
        "gpt-4.1-mini-2025-04-14": (5, 0.8, 0.2, 3.2),
        "gpt-4.1-nano-2025-04-14": (1.5, 0.2, 0.05, 0.8),
        "gpt-4o-2024-08-06": (25, 3.75, 1.875, 15),
        "gpt-4o-mini-2024-07-18": (3, 0.3, 0.15, 1.2),
        "gpt-3.5-turbo-0125": (8, 3, None, 6),
        "davinci-002": (6, 12, None, 12),
        "babbage-002": (0.4, 1.6, None, 1.6),
        "o4-mini-2025-04-16": (None, 4, 1, 16),
    }
    for name, row in rows.items():
        price = models[name].price("openai")
        assert price is not None
        assert (price.training, price.input, price.cached, price.output) == row
        assert models[name].price("azure") is None


def test_providers_differ_where_the_sources_say_so() -> None:
    providers = catalog.load_providers()
    assert {name: providers[name].min_examples for name in providers} == {
        "openai": 10,
        "azure": 10,
        "together": None,
        "fireworks": 3,
        "mistral": None,
        "bedrock": 100,
        "generic": None,
        "sandbox": 10,
    }
    assert (providers["openai"].suffix_max_length, providers["azure"].suffix_max_length) == (64, 18)
    assert (providers["azure"].bom, providers["openai"].bom, providers["openai"].blank_lines) == (
        "wanted",
        "unknown",
        "unknown",
    )
    assert providers["openai"].training_end == AFTER
    assert {name for name, provider in providers.items() if provider.has_moderation} == {"openai", "sandbox"}
    assert providers["azure"].max_training_tokens == 2_000_000_000
    for name, provider in providers.items():
        assert provider.name == name
        assert {provider.bom, provider.blank_lines, provider.extra_keys} <= {"allowed", "wanted", "refused", "unknown"}
        assert provider.preference_outputs in ("exactly-one", "one-or-more", "unknown")
        assert set(provider.formats) <= {"chat", "preference", "reinforcement", "completion"}
        assert set(provider.methods) <= {"supervised", "dpo", "reinforcement"}


def test_limits_and_hyperparameters_of_a_method() -> None:
    openai = catalog.load_providers()["openai"]
    limits = openai.limits_for("reinforcement")
    assert limits is not None
    assert (limits.max_examples, limits.max_validation_examples, limits.validation_required) == (50_000, 1_000, True)
    assert openai.limits_for("supervised") is None
    epochs = openai.hyperparameter("n_epochs", "dpo")
    assert epochs is not None
    assert (epochs.minimum, epochs.maximum, epochs.integer) == (1, 50, True)
    assert openai.hyperparameter("beta", "supervised") is None
    assert openai.hyperparameter("beta", "dpo") is not None
    assert openai.hyperparameter("temperature") is None


def test_moderation_has_thirteen_categories_and_watch_levels() -> None:
    rules = catalog.load_moderation()
    assert len(rules.categories) == 13
    watch = {name: category.watch for name, category in rules.categories.items()}
    assert watch["sexual/minors"] == 0.01
    low = {"self-harm", "self-harm/intent", "self-harm/instructions", "hate/threatening", "harassment/threatening"}
    assert {name for name, level in watch.items() if level == 0.05} == low | {"illicit/violent"}
    assert {name for name, level in watch.items() if level == 0.15} == (
        watch.keys() - low - {"illicit/violent", "sexual/minors"}
    )
    assert sum(category.image for category in rules.categories.values()) == 6
    assert not rules.categories["sexual/minors"].image
    assert (rules.model, rules.wobble) == ("omni-moderation-2024-09-26", 1.25)
    assert rules.placing_fraction == pytest.approx(1 / 3)
    # the evaluation after training has 13 categories as well: nine of these, and four without a counterpart
    assert sum(category.post_training for category in rules.categories.values()) == 9
    assert sorted(rules.post_training_only) == ["advice", "highly-sensitive", "propaganda", "sensitive"]


def test_moderation_tiers() -> None:
    tiers = catalog.load_moderation().tiers
    rows = {
        tier.name: (tier.requests_per_minute, tier.requests_per_day, tier.tokens_per_minute) for tier in tiers.values()
    }
    assert rows == {
        "free": (250, 5_000, 10_000),
        "1": (500, 10_000, 10_000),
        "2": (500, None, 20_000),
        "3": (1_000, None, 50_000),
        "4": (2_000, None, 250_000),
        "5": (5_000, None, 500_000),
    }


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("models.toml", "vision = true", "visoin = true", "unknown key `visoin`"),
        ("models.toml", "training = 25.00", 'training = "25"', "`training` cannot be '25'"),
        ("models.toml", 'methods = ["supervised", "dpo"]', "methods = [1]", "`methods` cannot be"),
        ("models.toml", 'aliases = ["gpt-4.1"]', 'alias = ["gpt-4.1"]', "unknown key `alias`"),
        ("models.toml", 'methods = ["supervised", "dpo"]\n', "", "missing 1 required keyword-only argument: 'methods'"),
        ("models.toml", ".at.openai]", ".at.nobody]", "providers.toml has no such provider"),
        ("models.toml", "[epochs]", "[epochs", "cannot be read"),
        ("models.toml", "target = 3", "target = true", "`target` cannot be True"),
        ("providers.toml", "min_examples = 10", "min_example = 10", "unknown key `min_example`"),
        ("providers.toml", "training_end = 2027-01-06", 'training_end = "soon"', "`training_end` cannot be 'soon'"),
        ("providers.toml", "minimum = 1", "min = 1", "unknown key `min`"),
        ("moderation.toml", "watch = 0.15", "watch = false", "`watch` cannot be False"),
        ("moderation.toml", "array_start = 32", "arrays = 32", "unknown key `arrays`"),
        ("moderation.toml", "wobble = 1.25", "wobbles = 1.25", "unknown key `wobbles`"),
    ],
)
def test_a_wrong_key_or_value_in_a_table_is_an_error(tables: Path, name: str, old: str, new: str, message: str) -> None:
    spoil(tables / name, old, new)
    with pytest.raises(ConfigError, match=re.escape(message)):
        [catalog.load_providers(), catalog.load_models(), catalog.load_estimates(), catalog.load_moderation()]


def everything() -> list[object]:
    return [catalog.load_models(), catalog.load_providers(), catalog.load_estimates(), catalog.load_moderation()]


@pytest.mark.usefixtures("_fresh")
def test_the_index_gives_what_the_tables_give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from_index = everything()
    for loader in LOADERS:
        loader.cache_clear()
    for name in TABLES:
        (tmp_path / name).write_bytes((RULES / name).read_bytes())
    monkeypatch.setattr(catalog, "rules_root", lambda: tmp_path)
    assert everything() == from_index
    assert repr(everything()) == repr(from_index)  # the same types: 1 is not 1.0, a date no text


@pytest.mark.parametrize("damaged", ["{", "{}"])
def test_a_damaged_index_is_told(damaged: str, tables: Path) -> None:
    (tables / catalog.INDEX).write_text(damaged, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"rules/tables\.json cannot be read"):
        catalog.load_models()


def test_no_table_has_a_part_that_nobody_reads() -> None:
    models = tomllib.loads((RULES / "models.toml").read_text(encoding="utf-8"))
    assert models.keys() == {"epochs", "overhead", "image", "model"}
    moderation = tomllib.loads((RULES / "moderation.toml").read_text(encoding="utf-8"))
    assert moderation["post_training_only"].keys() == {"categories", "as_of", "source"}


def test_a_missing_table_is_an_error_that_says_so(tables: Path) -> None:
    (tables / "providers.toml").unlink()
    with pytest.raises(ConfigError, match=r"rules/providers\.toml cannot be read"):
        catalog.load_providers()


def test_the_tables_cannot_be_changed_by_a_reader() -> None:
    with pytest.raises(TypeError):
        catalog.load_models()["x"] = catalog.load_models()["o1"]  # type: ignore[index]

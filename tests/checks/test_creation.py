"""FT406 to FT410, FT413 and FT415: what a job is created with, what it costs, and how it will be evaluated."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import pytest

from checks.judged import TODAY, assistant, conversation, rows, user
from ftlint import catalog, context, engine
from ftlint.model import Finding, Level, Role
from ftlint.settings import JobSettings, Price, Prompts, Settings

RULES = ("FT406", "FT407", "FT408", "FT409", "FT410", "FT413", "FT415")
ROWS = rows(*(conversation(user(f"Where is shelf {n}?"), assistant(f"Number {n} from the door.")) for n in range(40)))
MINI = "gpt-4.1-mini-2025-04-14"


def found(content: str = ROWS, **changes: Any) -> list[Finding]:
    settings = Settings(**{"today": TODAY, "select": RULES, **changes})
    return list(engine.check([("-", Role.TRAIN)], settings, stdin=content.encode()).findings)


def told(job: JobSettings, **changes: Any) -> list[tuple[str, Level]]:
    return [(finding.code, finding.level) for finding in found(job=job, **changes)]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("n_epochs", 0, "a whole number from 1 to 50"),
        ("n_epochs", 51, "from 1 to 50"),
        ("n_epochs", 2.5, "a whole number"),
        ("n_epochs", "3", "a whole number"),
        ("n_epochs", True, "a whole number"),
        ("batch_size", 257, "1 to 256"),
        ("learning_rate_multiplier", 0, "a number above 0"),
        ("learning_rate_multiplier", -1.0, "above 0"),
        ("learning_rate_multiplier", float("nan"), "above 0"),
        ("beta", 0.1, "not taken by the method supervised"),
    ],
)
def test_a_hyperparameter_out_of_its_range(name: str, value: object, said: str) -> None:
    findings = found(job=JobSettings(hyperparameters={name: value}))
    assert [(finding.code, finding.level) for finding in findings] == [("FT406", Level.ERROR)]
    assert said in findings[0].message
    assert f"`{name}`" in findings[0].message


@pytest.mark.parametrize(("beta", "expected"), [(2, 0), (0.1, 0), ("auto", 0), (0, 1), (2.1, 1)])
def test_beta_of_preferences(beta: object, expected: int) -> None:
    assert len(told(JobSettings(hyperparameters={"beta": beta}), method="dpo")) == expected


@pytest.mark.parametrize("effort", ["low", "utmost"])
def test_a_choice(effort: str) -> None:
    codes = told(JobSettings(hyperparameters={"reasoning_effort": effort}), method="reinforcement")
    assert codes == ([] if effort == "low" else [("FT406", Level.ERROR)])


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"n_epochs": 1, "batch_size": 256, "learning_rate_multiplier": 0.02},
        {"n_epochs": 50.0},
        {"n_epochs": "auto", "batch_size": "auto", "learning_rate_multiplier": "auto"},
        {"n_epochs": None},
        {"unheard_of": 7},
    ],
)
def test_hyperparameters_that_are_taken_or_unknown(given: dict[str, object]) -> None:
    assert told(JobSettings(hyperparameters=given)) == []


def test_a_provider_without_ranges() -> None:
    assert told(JobSettings(hyperparameters={"n_epochs": 0}, suffix="x" * 99), provider="generic") == []


@pytest.mark.parametrize(
    ("suffix", "provider", "expected"),
    [
        ("x" * 64, "openai", []),
        ("x" * 65, "openai", ["FT407"]),
        ("", "openai", ["FT407"]),
        ("x" * 18, "azure", []),
        ("x" * 19, "azure", ["FT407"]),
        (None, "openai", []),
    ],
)
def test_suffixes(suffix: str | None, provider: str, expected: list[str]) -> None:
    assert [code for code, _ in told(JobSettings(suffix=suffix), provider=provider)] == expected


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({f"key{n}": "x" for n in range(17)}, "17 pairs"),
        ({"k" * 65: "x"}, "a key of 65 characters"),
        ({"note": "x" * 513}, "`note` is 513 characters"),
        ({"note": 7}, "`note` is no text"),
    ],
)
def test_metadata_that_is_refused(metadata: dict[str, Any], said: str) -> None:
    findings = found(job=JobSettings(metadata=metadata))
    assert [(finding.code, finding.level) for finding in findings] == [("FT408", Level.ERROR)]
    assert said in findings[0].message
    assert "OpenAI" in findings[0].message


@pytest.mark.parametrize("metadata", [{}, {f"key{n}": "x" for n in range(16)}, {"k" * 64: "x" * 512}, {"note": ""}])
def test_metadata_that_is_taken(metadata: dict[str, str]) -> None:
    assert told(JobSettings(metadata=metadata)) == []


def test_a_job_above_its_budget() -> None:
    findings = found(job=JobSettings(max_cost=5.0), model=MINI, price=Price(training=5000.0), epochs=3)
    assert [(finding.code, finding.level) for finding in findings] == [("FT409", Level.ERROR)]
    assert "$5.00" in findings[0].message
    assert "3 epochs on" in findings[0].message
    (estimated,) = found(job=JobSettings(max_cost=0.0), model=MINI)
    assert "(estimated)" in estimated.message


@pytest.mark.parametrize(
    "changes",
    [
        {"job": JobSettings(max_cost=1000.0), "model": MINI},
        {"job": JobSettings(), "model": MINI},
        {"model": MINI},
        {"job": JobSettings(max_cost=0.0)},
        {"job": JobSettings(max_cost=0.0), "model": MINI, "price": Price(training=0.0)},
        {"job": JobSettings(max_cost=0.0), "model": "my-own-model", "provider": "generic"},
        {"job": JobSettings(max_cost=0.0), "model": MINI, "tokens": False},
    ],
    ids=["within", "no budget", "no job", "no model", "free", "no price known", "not counted"],
)
def test_a_job_that_is_not_above_its_budget(changes: dict[str, Any]) -> None:
    assert found(**changes) == []


def test_more_tokens_than_a_job_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    assert catalog.load_providers()["azure"].max_training_tokens == 2_000_000_000
    known = dict(catalog.load_providers())
    known["azure"] = dataclasses.replace(known["azure"], max_training_tokens=2000)
    monkeypatch.setattr(context.catalog, "load_providers", lambda: known)
    (finding,) = found(provider="azure", epochs=3)
    assert (finding.code, finding.level) == ("FT410", Level.ERROR)
    assert "in 3 epochs" in finding.message
    assert found(provider="azure", epochs=1) == []
    assert found(provider="azure") == []
    assert found(provider="openai", epochs=50) == []
    assert found(provider="azure", epochs=3, tokens=False) == []


@pytest.fixture
def old_prices(monkeypatch: pytest.MonkeyPatch) -> datetime.date:
    """Prices that were read on a day long ago."""
    read = TODAY - datetime.timedelta(days=31)
    known = dict(catalog.load_models())
    for name, model in known.items():
        offers = tuple(
            dataclasses.replace(offer, price=dataclasses.replace(offer.price, as_of=read) if offer.price else None)
            for offer in model.offers
        )
        known[name] = dataclasses.replace(model, offers=offers)
    monkeypatch.setattr(catalog, "load_models", lambda: known)
    monkeypatch.setattr(catalog, "_names", lambda: known)
    return read


@pytest.mark.parametrize("changes", [{}, {"model": MINI}])
def test_a_price_that_was_read_long_ago(old_prices: datetime.date, changes: dict[str, Any]) -> None:
    (finding,) = found(**changes)
    assert (finding.code, finding.level, finding.line) == ("FT413", Level.INFO, None)
    assert old_prices.isoformat() in finding.message
    assert "31 days" in finding.message


@pytest.mark.parametrize(
    "changes",
    [
        {"today": TODAY - datetime.timedelta(days=1)},
        {"model": MINI, "price": Price(training=5.0)},
        {"tokens": False},
        {"model": MINI, "provider": "azure"},
        {"model": "gpt-3.5-turbo-0125"},
        {"model": "sandbox-mini", "provider": "sandbox"},
    ],
    ids=["30 days", "own price", "not counted", "no price", "retired", "free"],
)
def test_a_price_that_need_not_be_looked_at(old_prices: datetime.date, changes: dict[str, Any]) -> None:
    assert old_prices < TODAY
    assert found(**changes) == []


def test_prices_of_today() -> None:
    assert found(model=MINI) == []


def test_the_prices_that_ship_age_while_their_models_can_still_be_trained() -> None:
    """With the tables as they are: silent for thirty days after the price was read, then told, then out of use."""
    price = catalog.load_models()[MINI].price("openai")
    assert price is not None
    day = datetime.timedelta(days=1)
    assert found(today=price.as_of + 30 * day, model=MINI) == []
    (finding,) = found(today=price.as_of + 31 * day, model=MINI)
    assert (finding.code, finding.message) == (
        "FT413",
        f"the price of OpenAI was read on {price.as_of.isoformat()}, 31 days ago",
    )
    assert [finding.code for finding in found(today=price.as_of + 31 * day)] == ["FT413"]
    assert found(today=price.as_of + 300 * day, model=MINI) == []


def test_an_evaluation_with_another_prompt_is_told_with_both() -> None:
    differ = Prompts("user", "…in a single sentence:\n{dialogue}", "…in one \x1b[31mclear sentence: {dialogue}")
    (finding,) = found(job=JobSettings(prompts=differ))
    assert (finding.code, finding.level, finding.line) == ("FT415", Level.WARNING, None)
    assert "another user prompt: `…in one \\x1b[31mclear sentence: {dialogue}`" in finding.message
    assert "the training has `…in a single sentence:\\n{dialogue}`" in finding.message
    assert found(job=JobSettings()) == []

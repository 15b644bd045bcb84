"""Costs: epochs, billed tokens, prices known and unknown."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftlint.catalog import find_model, load_models
from ftlint.model import Cost
from ftlint.pricing import billable, completion_cost, default_epochs, estimate, per_model
from ftlint.settings import Price

TODAY = datetime.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("examples", "epochs"),
    [
        (0, 25),
        (1, 25),
        (4, 25),
        (10, 10),
        (20, 5),
        (33, 3),
        (34, 3),
        (100, 3),
        (8_333, 3),
        (8_334, 2),
        (12_500, 2),
        (20_000, 1),
        (10**7, 1),
    ],
)
def test_default_epochs_follow_the_cookbook(examples: int, epochs: int) -> None:
    assert default_epochs(examples) == epochs


@given(st.integers(min_value=0, max_value=10**9))
def test_default_epochs_stay_in_their_range(examples: int) -> None:
    assert 1 <= default_epochs(examples) <= 25


def test_the_official_example_of_a_cost() -> None:
    cost = estimate(100_000, 500, "gpt-4o-mini-2024-07-18", "openai", 3, None, TODAY)
    assert cost == Cost("gpt-4o-mini-2024-07-18", 3, 300_000, 0.9, "2026-11-21", False)
    tuned = estimate(100_000, 500, "ft:gpt-4o-mini-2024-07-18:org::id", "openai", 3, None, TODAY)
    alias = estimate(100_000, 500, "gpt-4o-mini", "openai", 3, None, TODAY)
    assert cost == tuned == alias
    # the same sum on gpt-3.5-turbo-0125, while that could be trained
    assert estimate(100_000, 500, "gpt-3.5-turbo-0125", "openai", 3, None, datetime.date(2026, 10, 1)).usd == 2.4


def test_epochs_that_nobody_set_are_estimated_and_said_to_be() -> None:
    cost = estimate(1_000, 10, "gpt-4.1-mini-2025-04-14", "openai", None, None, TODAY)
    assert (cost.epochs, cost.billed_tokens, cost.estimated_epochs) == (10, 10_000, True)
    assert cost.usd == 0.05


def test_every_example_is_billed_up_to_the_limit_of_the_model() -> None:
    tokens = [10, 65_536, 65_537, 1_000_000]
    cost = estimate(tokens, 4, "gpt-4.1-2025-04-14", "openai", 1, None, TODAY)
    assert cost.billed_tokens == 10 + 3 * 65_536
    assert cost.usd == round((10 + 3 * 65_536) * 25 / 1e6, 6)
    nano = estimate(iter(tokens), 4, "gpt-4.1-nano-2025-04-14", "azure", 2, None, TODAY)
    assert nano.billed_tokens == 2 * (10 + 3 * 32_768)
    assert billable(tokens, None) == sum(tokens)
    assert billable([], 5) == 0


@pytest.mark.parametrize(
    ("model", "provider"),
    [
        ("gpt-4.1-2025-04-14", "azure"),
        ("my-llama", "generic"),
        (None, "openai"),
        ("o4-mini-2025-04-16", "openai"),
        ("gpt-4.1-nano-2025-04-14", "openai"),
        ("gpt-6-luna", "openai"),
    ],
)
def test_an_unknown_price_is_none_and_never_zero(model: str | None, provider: str) -> None:
    cost = estimate(1_000, 10, model, provider, 1, None, TODAY)
    assert cost.usd is None
    assert cost.price_as_of is None
    assert cost.billed_tokens == 1_000
    assert cost.model == (model or "unknown")


def test_a_price_counts_only_while_it_can_be_paid() -> None:
    before = estimate(1_000_000, 10, "gpt-4.1-2025-04-14", "openai", 1, None, datetime.date(2027, 1, 5))
    after = estimate(1_000_000, 10, "gpt-4.1-2025-04-14", "openai", 1, None, datetime.date(2027, 1, 6))
    assert (before.usd, after.usd) == (25.0, None)


def test_the_users_price_wins_zero_included() -> None:
    for model, provider in (("gpt-4.1-2025-04-14", "openai"), ("my-llama", "generic"), (None, "generic")):
        assert estimate(500_000, 10, model, provider, 2, Price(training=7.5), TODAY).usd == 7.5
        free = estimate(500_000, 10, model, provider, 2, Price(training=0), TODAY)
        assert (free.usd, free.price_as_of) == (0.0, "user")
    # a price without a training price says nothing about training
    assert estimate(1_000_000, 10, "gpt-4.1-2025-04-14", "openai", 1, Price(input=1), TODAY).usd == 25.0


def test_the_sandbox_costs_nothing_and_that_is_known() -> None:
    assert estimate(1_000, 10, "sandbox-mini", "sandbox", None, None, TODAY).usd == 0.0


def test_costs_of_every_trainable_model() -> None:
    costs = per_model(iter([100_000] * 10), 10, "openai", 3, None, TODAY)
    assert {cost.model: cost.usd for cost in costs} == {
        "gpt-4.1-2025-04-14": round(65_536 * 30 * 25 / 1e6, 6),
        "gpt-4.1-mini-2025-04-14": round(65_536 * 30 * 5 / 1e6, 6),
        "gpt-4o-2024-08-06": round(65_536 * 30 * 25 / 1e6, 6),
        "gpt-4o-mini-2024-07-18": round(65_536 * 30 * 3 / 1e6, 6),
    }
    assert per_model(1, 10, "openai", 3, None, datetime.date(2027, 1, 6)) == []
    assert [cost.model for cost in per_model(1, 10, "azure", 3, None, TODAY, "reinforcement")] == ["o4-mini-2025-04-16"]


def test_completions_cost_input_and_output() -> None:
    assert completion_cost(1_000_000, 500_000, "ft:gpt-4o-mini-2024-07-18:o::i", "openai") == 0.9
    assert completion_cost(1_000_000, 500_000, find_model("gpt-4o-mini"), "openai", Price(output=0)) == 0.3
    assert completion_cost(1_000_000, 500_000, None, "generic", Price(input=1, output=2)) == 2.0
    assert completion_cost(1_000_000, 500_000, None, "generic", Price(input=1)) is None
    assert completion_cost(1_000_000, 500_000, "gpt-4.1", "azure") is None
    assert completion_cost(0, 0, "sandbox-mini", "sandbox") == 0.0


@given(
    tokens=st.lists(st.integers(min_value=0, max_value=10**6), max_size=50),
    epochs=st.integers(min_value=1, max_value=50),
    name=st.sampled_from(sorted(load_models())),
)
def test_a_cost_is_linear_in_epochs(tokens: list[int], epochs: int, name: str) -> None:
    once = estimate(tokens, len(tokens), name, "openai", 1, None, TODAY)
    often = estimate(tokens, len(tokens), name, "openai", epochs, None, TODAY)
    assert often.billed_tokens == epochs * once.billed_tokens
    if once.usd is None:
        assert often.usd is None
    else:
        assert often.usd == pytest.approx(epochs * once.usd, abs=1e-4)

"""The price of a job: billed tokens, epochs, and list prices with their date. What is unknown is never zero."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from ftlint import catalog
from ftlint.model import Cost
from ftlint.settings import Price

MILLION = 1_000_000


def default_epochs(examples: int) -> int:
    """The published estimate of what ``n_epochs: "auto"`` becomes for a number of training examples.

    Source: OpenAI Cookbook, fine-tuning data preparation; constants in ``rules/models.toml``.
    """
    rule = catalog.load_estimates().epochs
    if examples <= 0:
        return rule.target
    if examples * rule.target < rule.min_target_examples:
        return min(rule.max_epochs, rule.min_target_examples // examples)
    if examples * rule.target > rule.max_target_examples:
        return max(rule.min_epochs, rule.max_target_examples // examples)
    return rule.target


def estimate(
    totals: Sequence[int],
    examples: int,
    model: str,
    provider: str,
    epochs: int | None,
    price: Price | None,
    today: datetime.date,
) -> Cost:
    """What training costs: ``sum(min(limit, tokens)) * epochs`` at the training price (OpenAI's formula).

    Args:
        totals: tokens per example, not clipped.
        examples: number of training examples, for the estimate of epochs.
        model: as the user named it; unknown ones have no price.
        epochs: None for the published estimate.
        price: the user's own; each of its figures that is not None replaces the list price.
        today: a list price read later than this is still shown, with its date.
    """
    known = catalog.find_model(model)
    limit = known.limit(provider) if known else None
    clipped = sum(min(limit, total) for total in totals) if limit is not None else sum(totals)
    runs = epochs if epochs is not None else default_epochs(examples)
    listed = known.price(provider) if known else None
    rate, as_of = (listed.training, listed.as_of.isoformat()) if listed and listed.training is not None else (None, None)
    if price is not None and price.training is not None:
        rate, as_of = price.training, "user"
    billed = clipped * runs
    usd = None if rate is None else round(billed * rate / MILLION, 6)
    return Cost(known.name if known else model, runs, billed, usd, as_of, epochs is None)


def per_model(
    totals: Sequence[int],
    examples: int,
    provider: str,
    epochs: int | None,
    price: Price | None,
    today: datetime.date,
) -> list[Cost]:
    """The same for every model that the provider still trains on that day, cheapest first, unknown prices last."""
    costs = [
        estimate(totals, examples, model.name, provider, epochs, price, today)
        for model in catalog.trainable(provider, today)
    ]
    return sorted(costs, key=lambda cost: (cost.usd is None, cost.usd or 0.0, cost.model))


def completion_cost(
    input_tokens: int, output_tokens: int, model: str, provider: str, price: Price | None = None
) -> float | None:
    """USD for completions, or None when a price is unknown."""
    known = catalog.find_model(model)
    listed = known.price(provider) if known else None
    given_in = price.input if price and price.input is not None else listed.input if listed else None
    given_out = price.output if price and price.output is not None else listed.output if listed else None
    if given_in is None or given_out is None:
        return None
    return (input_tokens * given_in + output_tokens * given_out) / MILLION

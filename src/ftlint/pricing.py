"""What a training job costs: billed tokens, epochs, and a dated price, the provider's or the user's own.

Billed tokens are the tokens of every example, cut at the model's limit, times epochs; validation tokens are free
(OpenAI fine-tuning guide). An unknown price stays None: it is never taken for zero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from ftlint.catalog import Model, find_model, load_estimates, trainable
from ftlint.model import Cost
from ftlint.settings import Price

__all__ = ["Cost", "Price", "billable", "completion_cost", "default_epochs", "estimate", "per_model"]

USER = "user"
"""``Cost.price_as_of`` where the price is the user's own."""


def default_epochs(n_examples: int) -> int:
    """The epochs that ``n_epochs: "auto"`` is likely to become: the Cookbook's estimate; no rule is published."""
    rule = load_estimates().epochs
    examples = max(1, n_examples)
    if examples * rule.target < rule.min_target_examples:
        return min(rule.max_epochs, rule.min_target_examples // examples)
    if examples * rule.target > rule.max_target_examples:
        return max(rule.min_epochs, rule.max_target_examples // examples)
    return rule.target


def billable(tokens: Iterable[int], limit: int | None) -> int:
    """Tokens of one epoch: each example's, cut at the limit, or whole where no limit is known.

    Args:
        tokens: of each example; a Counter of them is quicker.
    """
    times = tokens if isinstance(tokens, Counter) else Counter(tokens)
    return sum((each if limit is None else min(limit, each)) * held for each, held in times.items())


def estimate(
    tokens: int | Iterable[int],
    n_examples: int,
    model: Model | str | None,
    provider: str,
    epochs: int | None,
    user_price: Price | None,
    today: date,
) -> Cost:
    """The cost of one job on one model.

    Args:
        tokens: of each example, which are cut at the model's limit here; or their sum, cut already.
        n_examples: training examples.
        model: a model, its name (aliases and tuned models too), or None.
        provider: whose price holds.
        epochs: None for the estimate of "auto".
        user_price: USD per one million tokens, which overrides the list price, zero included.
        today: a provider's price counts only while it creates jobs on the model.

    Returns:
        The cost; ``usd`` is None where no price is known, or where training is billed by the hour.
    """
    known = find_model(model) if isinstance(model, str) else model
    runs = default_epochs(n_examples) if epochs is None else epochs
    limit = known.limit(provider) if known else None
    billed = (tokens if isinstance(tokens, int) else billable(tokens, limit)) * runs
    per_million, as_of = _training_price(known, provider, user_price, today)
    return Cost(
        model=known.name if known else str(model or "unknown"),
        epochs=runs,
        billed_tokens=billed,
        usd=_usd(billed, per_million),
        price_as_of=as_of,
        estimated_epochs=epochs is None,
    )


def per_model(
    tokens: int | Iterable[int],
    n_examples: int,
    provider: str,
    epochs: int | None,
    user_price: Price | None,
    today: date,
    method: str | None = None,
) -> list[Cost]:
    """The same for every model that the provider trains on that day, with that method if one is given."""
    given = tokens if isinstance(tokens, int | Counter) else Counter(tokens)
    return [
        estimate(given, n_examples, model, provider, epochs, user_price, today)
        for model in trainable(provider, today, method)
    ]


def completion_cost(
    input_tokens: int, output_tokens: int, model: Model | str | None, provider: str, user_price: Price | None = None
) -> float | None:
    """USD for completions of a tuned model, or None where a price that is needed is unknown.

    The price list holds the prices of tuned models; for want of its own, a base model is taken to cost the same.
    """
    known = find_model(model) if isinstance(model, str) else model
    listed = known.price(provider) if known else None
    cost = 0.0
    for tokens, own, price in (
        (input_tokens, user_price.input if user_price else None, listed.input if listed else None),
        (output_tokens, user_price.output if user_price else None, listed.output if listed else None),
    ):
        part = _usd(tokens, price if own is None else own)
        if part is None:
            return None
        cost += part
    return round(cost, 6)


def _training_price(
    model: Model | None, provider: str, user_price: Price | None, today: date
) -> tuple[float | None, str | None]:
    """USD per one million tokens and the price's date, or (None, None)."""
    if user_price is not None and user_price.training is not None:
        return user_price.training, USER
    listed = model.price(provider) if model else None
    if model is None or listed is None or listed.training is None or model.retired_on(provider, today):
        return None, None
    return listed.training, listed.as_of.isoformat()


def _usd(tokens: int, per_million: float | None) -> float | None:
    return None if per_million is None else round(tokens * per_million / 1_000_000, 6)

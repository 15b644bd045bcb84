"""FT4, what a job is created with and costs: judged before the upload, from settings and the provider's figures."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain

from ftlint import catalog, pricing
from ftlint.catalog import Hyperparameter
from ftlint.checks.base import Context, FileResult
from ftlint.checks.limits import method_of
from ftlint.model import Cost, Format, Problem, Role
from ftlint.text import plural

STALE_DAYS = 30
"""Days after which a list price is to be looked at again: shorter than the time that a model can still be trained."""
AUTO = "auto"


def hyperparameters(files: Sequence[FileResult], context: Context) -> Iterator[tuple[int, Problem]]:
    """FT406: a value that the provider, or the method, does not take; silent where the provider states no range."""
    job = context.settings.job
    provider = context.provider
    if job is None or not provider.hyperparameters:
        return
    training = [file for file in files if file.role is Role.TRAIN]
    method = method_of(training[0], context) if training else context.settings.method
    for name, value in job.hyperparameters.items():
        known = provider.hyperparameter(name)
        allowed = provider.hyperparameter(name, method)
        if known is not None and allowed is None:
            values = {"name": name, "value": value, "expected": f"not taken by the method {method}"}
            yield -1, Problem("FT406", values=values, help=f"leave `{name}` out, or train with another method")
        elif allowed is not None and value is not None and value != AUTO and not takes(allowed, value):
            yield -1, Problem("FT406", values={"name": name, "value": value, "expected": expected(allowed)})


def takes(known: Hyperparameter, value: object) -> bool:
    """Whether a value other than ``"auto"`` lies in the range."""
    if known.choices:
        return value in known.choices
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return False
    if known.integer and value != int(value):
        return False
    if known.minimum is not None and (value < known.minimum or (known.exclusive_minimum and value == known.minimum)):
        return False
    return known.maximum is None or value <= known.maximum


def expected(known: Hyperparameter) -> str:
    """The range in words: ``a whole number from 1 to 50``."""
    if known.choices:
        return "one of " + ", ".join(known.choices)
    words = "a whole number" if known.integer else "a number"
    if known.minimum is not None:
        words += f" above {known.minimum:g}" if known.exclusive_minimum else f" from {known.minimum:g}"
    return words + (f" to {known.maximum:g}" if known.maximum is not None else "")


def prompts_differ(_: Sequence[FileResult], context: Context) -> Iterator[tuple[int, Problem]]:
    """FT415: the model is evaluated with another prompt than it is trained with."""
    differ = context.settings.job.prompts if context.settings.job else None
    if differ is not None:
        values = {"role": differ.role, "training": differ.training, "evaluation": differ.evaluation}
        yield -1, Problem("FT415", values=values)


def suffix(_: Sequence[FileResult], context: Context) -> Iterator[tuple[int, Problem]]:
    """FT407: the suffix of the model's name is too long or too short."""
    given = context.settings.job.suffix if context.settings.job else None
    if given is None:
        return
    least, most = context.provider.suffix_min_length, context.provider.suffix_max_length
    if (least is not None and len(given) < least) or (most is not None and len(given) > most):
        values = {"suffix": given, "length": len(given), "least": least or 0, "most": most or "any number of"}
        yield -1, Problem("FT407", values=values)


def metadata(_: Sequence[FileResult], context: Context) -> Iterator[tuple[int, Problem]]:
    """FT408: too many pairs of metadata, or keys or values that are too long or no texts."""
    given = context.settings.job.metadata if context.settings.job else {}
    provider = context.provider
    pairs, longest_key, longest = (
        provider.metadata_max_pairs,
        provider.metadata_max_key_length,
        provider.metadata_max_value_length,
    )
    if pairs is not None and len(given) > pairs:
        yield -1, _metadata(f"{len(given)} pairs", f"at most {pairs} pairs", provider.title)
    for key, value in given.items():
        if longest_key is not None and len(key) > longest_key:
            yield -1, _metadata(f"a key of {len(key)} characters", f"keys of at most {longest_key}", provider.title)
        if longest is not None and (not isinstance(value, str) or len(value) > longest):
            found = f"{len(value):,} characters" if isinstance(value, str) else "no text"
            yield -1, _metadata(f"`{key[:40]}` is {found}", f"texts of at most {longest} characters", provider.title)


def _metadata(fact: str, allowed: str, provider: str) -> Problem:
    return Problem("FT408", values={"fact": fact, "allowed": allowed, "provider": provider})


def budget(files: Sequence[FileResult], context: Context) -> Iterator[tuple[int, Problem]]:
    """FT409: the estimated cost on the given model is above the budget; a cost that is not known is the gate's."""
    most = context.settings.job.max_cost if context.settings.job else None
    if most is None:
        return
    known = cost(files, context)
    if known is not None and known.usd is not None and known.usd > most:
        epochs = plural(known.epochs, "epoch") + (" (estimated)" if known.estimated_epochs else "")
        values = {"usd": f"{known.usd:,.2f}", "budget": f"{most:,.2f}", "model": known.model, "epochs": epochs}
        yield -1, Problem("FT409", values=values, data={"usd": known.usd, "max_cost": most})


def training_tokens(files: Sequence[FileResult], context: Context) -> Iterator[tuple[int, Problem]]:
    """FT410: tokens times epochs above what a job may have; one epoch where the service chooses their number."""
    most = context.provider.max_training_tokens
    if most is None or not context.settings.tokens:
        return
    epochs = context.settings.epochs or 1
    totals = _totals(_training(files))
    billed = pricing.billable(totals, context.limit) * epochs
    if billed > most:
        values = {"tokens": billed, "limit": most, "provider": context.provider.title}
        values["epochs"] = plural(epochs, "epoch")
        yield -1, Problem("FT410", values=values, data={"tokens": billed, "limit": most})


def cost(files: Sequence[FileResult], context: Context) -> Cost | None:
    """The cost on the given model; None without one, or where tokens were not counted."""
    settings = context.settings
    training = _training(files)
    examples = sum(file.examples for file in training)
    if settings.model is None or not settings.tokens or not examples:
        return None
    totals = _totals(training)
    model, provider = settings.model, settings.provider
    return pricing.estimate(totals, examples, model, provider, settings.epochs, settings.price, settings.today)


def _totals(files: Sequence[FileResult]) -> Counter[int]:
    """How many examples have so many tokens."""
    return Counter(chain.from_iterable(file.states["lengths"].tokens for file in files))


def stale_price(files: Sequence[FileResult], context: Context) -> Iterator[tuple[int, Problem]]:
    """FT413: the oldest list price that the report leans on was read long ago; what costs nothing does not age."""
    settings = context.settings
    given = settings.price is not None and settings.price.training is not None
    if given or not settings.tokens or not _training(files):
        return
    known = [context.model] if context.model else catalog.trainable(settings.provider, settings.today)
    listed = [model.price(settings.provider) for model in known if not _retired(model, context)]
    read = min((price.as_of for price in listed if price is not None and price.training), default=None)
    if read is not None and (settings.today - read).days > STALE_DAYS:
        values = {"date": read.isoformat(), "days": (settings.today - read).days, "provider": context.provider.title}
        yield -1, Problem("FT413", values=values)


def _retired(model: catalog.Model, context: Context) -> bool:
    return model.retired_on(context.settings.provider, context.settings.today) is not None


def _training(files: Sequence[FileResult]) -> list[FileResult]:
    return [file for file in files if file.role is Role.TRAIN and file.format is not Format.UNKNOWN]

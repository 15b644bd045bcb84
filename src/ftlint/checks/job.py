"""FT4, the job: how many examples, and whether the model can be trained at all on the day of the check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ftlint import catalog
from ftlint.checks.base import Context, FileResult
from ftlint.model import Format, Problem, Role

METHODS = {Format.CHAT: "supervised", Format.PREFERENCE: "dpo", Format.REINFORCEMENT: "reinforcement"}
"""The method that a format is for, where none was given."""


def too_few(files: Sequence[FileResult], context: Context) -> Iterator[tuple[int, Problem]]:
    """FT401, for training files that hold JSONL at all."""
    minimum = context.provider.min_examples
    for file in files:
        if minimum is not None and file.role is Role.TRAIN and 0 < file.nonblank < minimum:
            values = {"count": file.nonblank, "minimum": minimum, "provider": context.provider.title}
            yield file.index, Problem("FT401", values=values)


def model(_: Sequence[FileResult], context: Context) -> Iterator[tuple[int, Problem]]:
    """FT403 not trainable, FT404 retired, FT414 an alias: about the model that was given, so about the job."""
    given = context.settings.model
    if given is None:
        return
    provider = context.provider
    known = catalog.find_model(given)
    offer = known.offer(provider.name) if known is not None else None
    if (known is None or offer is None) and not provider.closed_catalog:
        return  # what else this provider trains is not known
    if known is None or offer is None or not offer.methods:
        close = catalog.suggest_model(given) if known is None else None
        help_text = f"did you mean `{close}`?" if close else None
        yield -1, Problem("FT403", values={"model": given, "provider": provider.title}, help=help_text)
        return
    if catalog.is_alias(given) and not given.startswith("ft:"):
        yield -1, Problem("FT414", values={"model": given, "snapshot": known.name})
    retired = known.retired_on(provider.name, context.settings.today)
    if retired is not None:
        values = {"model": known.name, "provider": provider.title, "date": retired.isoformat()}
        yield -1, Problem("FT404", values=values)

"""FT4, the job: how many examples, and whether the model can be trained at all on the day of the check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ftlint import catalog
from ftlint.checks.base import Context, FileResult
from ftlint.checks.limits import METHODS
from ftlint.model import Format, Problem, Role


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


def method(files: Sequence[FileResult], context: Context) -> Iterator[tuple[int, Problem]]:
    """FT405: the provider or the model does not train with this method, in this format, or on images.

    Told once per cause: a model that cannot be trained, or no longer, is FT403 or FT404.
    """
    training = [file for file in files if file.role is Role.TRAIN and file.format is not Format.UNKNOWN]
    given, provider = context.settings.method, context.provider
    if given is not None and provider.methods and given not in provider.methods:
        yield -1, _unsupported(f"the method {given}", provider.title, "uses " + " or ".join(provider.methods))
        return
    for file in training:
        fits = METHODS.get(file.format)
        if provider.formats and file.format.value not in provider.formats:
            wanted = "takes the formats " + ", ".join(provider.formats)
            yield file.index, _unsupported(f"the format {file.format.value}", provider.title, wanted)
        elif given is not None and fits is not None and fits != given:
            wanted = f"takes files in the format {_format(given)}"
            yield file.index, _unsupported(f"the format {file.format.value}", f"the method {given}", wanted)
        else:
            yield from _by_model(file, given or fits, context)


def _by_model(file: FileResult, wanted: str | None, context: Context) -> Iterator[tuple[int, Problem]]:
    """What the given model is trained with, where that is known and it still is trained."""
    known, provider = context.model, context.provider
    offer = known.offer(provider.name) if known is not None else None
    if known is None or offer is None or not offer.methods or known.retired_on(provider.name, context.settings.today):
        return
    if wanted is not None and wanted not in offer.methods:
        uses = "is trained with " + " or ".join(offer.methods)
        yield file.index, _unsupported(f"the method {wanted}", f"{known.name} at {provider.title}", uses)
    elif offer.vision is False and file.states["images"].rows:
        uses = "is trained on texts only"
        yield file.index, _unsupported("training on images", f"{known.name} at {provider.title}", uses)


def _format(method: str) -> str:
    return next((fmt.value for fmt, fits in METHODS.items() if fits == method), method)


def _unsupported(what: str, where: str, instead: str) -> Problem:
    return Problem("FT405", values={"what": what, "where": where, "instead": instead})

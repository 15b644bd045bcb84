"""Before stage 1: the files to read, and everything that all checks of one run share."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from ftlint import catalog
from ftlint.checks.base import Context
from ftlint.errors import UsageError
from ftlint.globs import excluded
from ftlint.model import Finding, Role
from ftlint.read import STDIN, Source
from ftlint.rulebook import Book, load_book
from ftlint.settings import Settings

Files = Sequence[tuple[Path | Literal["-"], Role]]


class Progress(Protocol):
    """Is told how far a stage is; draws it, or does nothing."""

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """So much of a stage is done; ``total`` is None where it is unknown."""


@runtime_checkable
class Watcher(Progress, Protocol):
    """Is told what is found, too."""

    def found(self, findings: Sequence[Finding]) -> None:
        """All findings so far of the file that is being checked, in order of lines; called again and again."""


def sources(files: Files, stdin: bytes | None = None) -> list[Source]:
    """The files to check, opened once so that a path that cannot be read ends the command before any work."""
    found = []
    for path, role in files:
        if path == "-":
            found.append(Source(STDIN, role, None, stdin or b""))
            continue
        source = Source(str(path), role, Path(path))
        source.open().close()
        found.append(source)
    return found


def make_context(settings: Settings) -> Context:
    """Everything the checks share; raises UsageError for an unknown rule or provider."""
    book = load_book(settings.rules)
    active = book.resolve((*settings.select, *settings.extend_select)) - book.resolve(settings.ignore)
    for _, words in settings.per_file:
        book.resolve(words)  # an unknown rule is told before any work
    severity = {code: level for word, level in settings.severity.items() for code in book.resolve([word])}
    providers = catalog.load_providers()
    if settings.provider not in providers:
        raise UsageError(f"there is no provider `{settings.provider}`", "use one of " + ", ".join(sorted(providers)))
    model = catalog.find_model(settings.model) if settings.model else None
    trainable = [model] if model else catalog.trainable(settings.provider, settings.today)
    limits = [limit for known in trainable if (limit := known.limit(settings.provider)) is not None]
    active = {code for code in active if _holds(book, code, settings.provider)}
    return Context(
        settings=dataclasses.replace(settings, severity=severity),
        book=book,
        active=frozenset(active),
        provider=providers[settings.provider],
        model=model,
        limit=min(limits, default=None),
        encoding=trainable[0].encoding if trainable else "o200k_base",
    )


def active_for(context: Context, name: str) -> frozenset[str]:
    """The rules that run on one file: all that are active, without those that ``per-file`` leaves out there."""
    settings = context.settings
    words = [
        word
        for pattern, ignored in settings.per_file
        if not name.startswith("<") and excluded(Path(name), [pattern], settings.root)
        for word in ignored
    ]
    return context.active - context.book.resolve(words)


def _holds(book: Book, code: str, provider: str) -> bool:
    providers = book.rules[code].providers
    return not providers or provider in providers

"""Stage 4: runs the selected checks over all files, merges what is known of the dataset, and makes the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import ftlint
from ftlint import few, gate, pricing, workers
from ftlint.accept import Acceptance, Matcher, load
from ftlint.checks import registry, screens
from ftlint.checks.base import Context
from ftlint.collecting import few_collections
from ftlint.context import Files, Progress, make_context, sources
from ftlint.filecheck import FileOutcome, check_file, remembers
from ftlint.model import Cost, Format, ModerationSummary, Report, Role, Skipped
from ftlint.privacy import mask
from ftlint.read import Source
from ftlint.settings import Settings
from ftlint.stale import Standing, settle

__all__ = ["Files", "Progress", "check", "make_context"]


def check(
    files: Files,
    settings: Settings,
    *,
    online: bool = False,
    stdin: bytes | None = None,
    progress: Progress | None = None,
) -> Report:
    """Check files.

    Args:
        files: paths (``"-"`` for standard input) with their roles.
        settings: what to check, for whom, on which day.
        online: run moderation to the end, with the moderator of the settings, and ask the guard model if they name one.
            Else nothing is sent anywhere, but for a run: there the guard model is always asked.
        stdin: the bytes of standard input, if ``"-"`` is among the files.
        progress: an observer, or None; a ``Watcher`` is told of findings too.

    Raises:
        UsageError: a path cannot be read, a rule or provider is unknown, or moderation has no key.
        WorkerDied: one of several processes ended before its work was done.
    """
    config = settings.services.guard if online or settings.run else None
    if not online and config is None:
        return _fetched(files, settings, stdin, progress)
    from ftlint.guarding import guarded, guarding  # with all of moderation, which an offline check never needs
    from ftlint.preflight import preflight
    from ftlint.services import build

    moderator = build.moderator(settings.services.moderator) if online else None
    guard = build.guard(config) if config is not None else None
    report = _fetched(files, settings, stdin, progress)
    if moderator is not None:
        report = preflight(files, settings, moderator, report, stdin=stdin, progress=progress)
    if config is None or guard is None:
        return report
    work = guarding(files, config, settings, report, stdin=stdin)
    return guarded(work, guard, report, files, settings, stdin=stdin, progress=progress)


def _fetched(files: Files, settings: Settings, stdin: bytes | None, progress: Progress | None) -> Report:
    """The offline report, with what the addresses of images lead to where that was asked for."""
    report = _offline(files, settings, stdin, progress)
    if not settings.network:
        return report
    from ftlint.network import unreachable  # with its ssl, which a check without the network never needs

    return unreachable(files, settings, report, stdin=stdin, progress=progress)


def stale_acceptances(files: Files, settings: Settings) -> frozenset[Acceptance]:
    """The acceptances that hold nothing in these files any more, or have expired, on an offline check.

    Raises:
        UsageError: as for ``check``.
    """
    return _standing(files, settings, None, None)[1].stale


@few_collections()
def _standing(
    files: Files, settings: Settings, stdin: bytes | None, progress: Progress | None
) -> tuple[list[FileOutcome], Standing, Context]:
    context = make_context(settings)
    found = sources(files, stdin)
    book = load(settings.accepted) if settings.accepted is not None else None
    matcher = Matcher(book, settings.today) if book is not None else None
    with workers.pool_for(settings, found) as pool:
        if pool is not None and not any(remembers(source, settings) for source in found):
            pool.start()
        _prepare(found, context)
        outcomes = [
            check_file(source, index, context, progress, matcher, None if workers.is_small(source) else pool)
            for index, source in enumerate(found)
        ]
        _check_dataset(outcomes, context)
        for outcome in outcomes:
            outcome.finish(pool)
    return outcomes, settle(book, outcomes, context), context


def _prepare(found: Sequence[Source], context: Context) -> None:
    """Have at hand what a large file is worth, beside what precedes its use."""
    if not any(source.size >= screens.LEAST_BYTES for source in found):
        return
    if context.settings.tokens and not any(remembers(source, context.settings) for source in found):
        few.bound(context.encoding, few.FIRST)  # where rows are remembered, not many are counted
    screens.prepare()


def _offline(files: Files, settings: Settings, stdin: bytes | None, progress: Progress | None) -> Report:
    outcomes, standing, context = _standing(files, settings, stdin, progress)
    findings = sorted(standing.findings, key=lambda finding: finding.sort_key)
    moderation = ModerationSummary("not-run", reason="offline", required=bool(settings.moderation.required))
    cost, costs = _costs(outcomes, context)
    return Report(
        version=1,
        tool_version=ftlint.__version__,
        verdict=gate.verdict(findings, moderation, settings.fail_on, moderation.required),
        files=tuple(outcome.summary for outcome in outcomes),
        findings=tuple(findings),
        accepted=tuple(sorted(standing.accepted, key=lambda finding: finding.sort_key)),
        cost=cost,
        costs=costs,
        moderation=moderation,
        skipped=_skipped(context),
        fail_on=settings.fail_on,
        omitted=standing.omitted,
    )


def _check_dataset(outcomes: list[FileOutcome], context: Context) -> None:
    """The checks of all files together; what they find goes to the file that it is about, the job's to the first."""
    results = [outcome.result for outcome in outcomes]
    for run, codes in registry.DATASET:
        if context.active.intersection(codes):
            for index, problem in run(results, context):
                outcomes[max(index, 0)].keeper.offer(problem)


def _costs(outcomes: list[FileOutcome], context: Context) -> tuple[Cost | None, tuple[Cost, ...]]:
    """The cost of training on the training files together; None where tokens were not counted."""
    training = [outcome for outcome in outcomes if outcome.source.role is Role.TRAIN]
    examples = sum(outcome.result.examples for outcome in training)
    settings = context.settings
    if not settings.tokens or not examples or all(file.result.format is Format.UNKNOWN for file in training):
        return None, ()
    totals = Counter[int]()
    for outcome in training:
        totals.update(outcome.tokens.totals)
    if settings.model:
        cost = pricing.estimate(
            totals, examples, settings.model, settings.provider, settings.epochs, settings.price, settings.today
        )
        cost = replace(cost, model=mask(cost.model, settings.phone_regions))
        return cost, (cost,)
    return None, tuple(
        pricing.per_model(totals, examples, settings.provider, settings.epochs, settings.price, settings.today)
    )


def _skipped(context: Context) -> tuple[Skipped, ...]:
    skipped = [Skipped(code, "moderation not run") for code in registry.MODERATION if code in context.active]
    skipped += [Skipped(code, "no network without --network") for code in registry.NETWORK if code in context.active]
    if context.limit is None:
        skipped += [
            Skipped(code, "no token limit is known for this provider and model")
            for code in ("FT301", "FT302", "FT303")
            if code in context.active
        ]
    return tuple(sorted(skipped, key=lambda item: item.code))

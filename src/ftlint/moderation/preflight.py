"""Moderation, the entry: plan a pass, or run one from examples to ranked problems. The caller needs no event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Sequence

from ftlint.model import Place
from ftlint.moderation.blocking import run_blocking
from ftlint.moderation.collect import collect
from ftlint.moderation.course import Course, Preflight
from ftlint.moderation.images import ReadImage
from ftlint.moderation.judge import Levels
from ftlint.moderation.known import Known
from ftlint.moderation.levels import tier_limits, watch_levels
from ftlint.moderation.limit import Clock, Gate, Limits, Sleep
from ftlint.moderation.plan import Plan
from ftlint.moderation.sample import Rows, sampled
from ftlint.moderation.screen import Progress
from ftlint.moderation.units import Mask
from ftlint.services.interface import Batches, Moderator
from ftlint.settings import ModerationSettings

Subjects = Sequence[Collection[Place]]
"""Sets of rows about one subject each."""


class PreflightInterrupted(KeyboardInterrupt):
    """Ctrl-C in a pass. ``preflight`` is what was known by then; its verdicts are in the cache."""

    def __init__(self, preflight: Preflight) -> None:
        super().__init__()
        self.preflight = preflight


def plan_only(
    rows: Rows,
    settings: ModerationSettings,
    *,
    name: str,
    model: str,
    mask: Mask,
    subjects: Subjects = (),
    limits: Limits | None = None,
    now: Callable[[], float] = time.time,
) -> Plan:
    """What a pass would send, and how long that would take; sends nothing and needs no key.

    Args:
        rows: the examples; read twice.
        name: of the moderator; verdicts are cached by it and by its ``model``.
        mask: applied to every text before anything else.
        subjects: rows to be scored together as well.
        limits: instead of the published ones of ``settings.tier``.
        now: seconds since the epoch, for the age of cached verdicts.

    Raises:
        UsageError: there is no such tier.
    """
    limits = limits or tier_limits(settings.tier)
    rows, _ = _chosen(rows, settings)
    known = Known(settings, name, model, now)
    try:
        units = collect(
            rows,
            mask,
            thorough=settings.thorough,
            subjects=subjects,
            keep=lambda digest: known.unknown(digest) and False,
            keep_image=known.take_image,
        )
        return known.plan(units, limits)
    finally:
        known.close()


def preflight(
    rows: Rows,
    moderator: Moderator,
    settings: ModerationSettings,
    *,
    mask: Mask,
    subjects: Subjects = (),
    risky: Collection[Place] = (),
    limits: Limits | None = None,
    levels: Levels | None = None,
    read_image: ReadImage | None = None,
    batches: Batches | None = None,
    progress: Progress | None = None,
    clock: Clock = time.monotonic,
    sleep: Sleep = asyncio.sleep,
    now: Callable[[], float] = time.time,
) -> Preflight:
    """Score every text of the examples, and judge the scores.

    Args:
        rows: the examples; read two or three times.
        moderator: asked for what the cache does not know, and closed at the end.
        risky: rows that the offline rules suspect, and that therefore come before others.
        levels: instead of rules/moderation.toml with ``settings.watch`` on top.
        read_image: reads the address of an image again; without it no image has a verdict.
        batches: of the same service: everything is scored by batch, and only what came near again at once.
        progress: is told how far each stage (``moderation`` or ``batch``, ``images``, ``placing``) is.
        clock: seconds, for the budget per minute; ``sleep`` waits for it.

    The other arguments are those of ``plan_only``.

    Raises:
        UsageError: there is no such tier.
        NoBatches: the service has none.
        PreflightInterrupted: Ctrl-C; carries what was known by then.
    """
    limits = limits or tier_limits(settings.tier)
    levels = levels or watch_levels(settings.watch)
    rows, total = _chosen(rows, settings)
    known = Known(settings, moderator.name, moderator.model, now)
    try:
        units = collect(
            rows,
            mask,
            thorough=settings.thorough,
            subjects=subjects,
            keep=known.unknown,
            keep_image=known.take_image,
        )
        known.refuse(units, readable=read_image is not None)
        plan = known.plan(units, limits)
        work = Course(rows, mask, units, known, plan, moderator, settings, levels, total, risky, read_image)
        interrupted = False
        try:
            if batches is not None:
                work.by_batch(batches, progress)
            run_blocking(lambda: work.run(Gate(limits, clock, sleep), limits, progress))
        except KeyboardInterrupt:
            interrupted = True
        result = work.result()
    finally:
        known.close()
    if interrupted:
        raise PreflightInterrupted(result)
    return result


def _chosen(rows: Rows, settings: ModerationSettings) -> tuple[Rows, int | None]:
    """The examples to look at, and how many there are where only a sample of them is."""
    return sampled(rows, settings.sample) if settings.sample else (rows, None)

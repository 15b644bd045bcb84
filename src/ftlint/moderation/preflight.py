"""Moderation, the entry: plan a pass, or run one from examples to ranked problems. The caller needs no event loop."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from ftlint.model import ModerationSummary, Place
from ftlint.moderation.batch import Batching
from ftlint.moderation.batchstate import BatchStore
from ftlint.moderation.blocking import run_blocking
from ftlint.moderation.cache import Cache
from ftlint.moderation.collect import collect
from ftlint.moderation.judge import Judged, Levels, Missing, Seen, judge
from ftlint.moderation.levels import tier_limits, watch_levels
from ftlint.moderation.limit import Clock, Gate, Limits, Sleep
from ftlint.moderation.place import Placing, find_texts, near_units, seen_and_missing
from ftlint.moderation.plan import Plan, estimate, riskiest_first
from ftlint.moderation.sample import Rows, sampled
from ftlint.moderation.screen import INTERRUPTED, Progress, Screening, describe, screen
from ftlint.moderation.units import Mask, Units
from ftlint.services.interface import Batches, Moderator, ServiceError
from ftlint.settings import ModerationSettings
from ftlint.text import plural

Subjects = Sequence[Collection[Place]]
"""Sets of rows about one subject each."""


@dataclass(frozen=True, slots=True)
class Preflight:
    """What a pass found.

    Attributes:
        problems: ranked: shared texts first, then by risk; what has no verdict last.
        plan: what the pass set out to do.
        warnings: for the user, about the cache.
        stopped: the service's error that ended the pass early, or None.
    """

    problems: list[Judged]
    summary: ModerationSummary
    plan: Plan
    warnings: tuple[str, ...] = ()
    stopped: ServiceError | None = None


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
    known = _Known(settings, name, model, now)
    try:
        units = collect(
            rows,
            mask,
            thorough=settings.thorough,
            subjects=subjects,
            keep=lambda digest: known.unknown(digest) and False,
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
        batches: of the same service: everything is scored by batch, and only what came near again at once.
        progress: is told how far each stage (``moderation`` or ``batch``, ``placing``) is.
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
    known = _Known(settings, moderator.name, moderator.model, now)
    try:
        units = collect(rows, mask, thorough=settings.thorough, subjects=subjects, keep=known.unknown)
        work = _Pass(rows, mask, units, known, known.plan(units, limits), moderator, settings, levels, total, risky)
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


class _Known:
    """What is known of units: verdicts of this pass and of earlier ones."""

    def __init__(self, settings: ModerationSettings, name: str, model: str, now: Callable[[], float]) -> None:
        self.name = name
        self.model = model
        self.screening = Screening()
        self.cache = Cache(f"{name}|{model}", settings.cache_dir, now) if settings.cache else None

    def unknown(self, digest: bytes) -> bool:
        """Whether the cache has no verdict; one that it has is taken over."""
        score = self.cache.get(digest) if self.cache is not None else None
        if score is None:
            return True
        self.screening.scores[digest] = score
        self.screening.cached += 1
        return False

    def plan(self, units: Units, limits: Limits) -> Plan:
        """What is left to do."""
        todo = [unit for unit in units.units.values() if unit.digest not in self.screening.scores]
        spent = self.cache.spent() if self.cache is not None else 0
        tokens, requests, seconds = estimate(todo, limits, spent)
        return Plan(
            segments=units.segments,
            units=len(units.units),
            cached=self.screening.cached,
            texts=len(todo),
            tokens=tokens,
            requests=requests,
            seconds=seconds,
            name=self.name,
            model=self.model,
            rows=units.rows,
            day=limits.requests_per_day,
            spent=spent,
        )

    def close(self) -> None:
        """Close the cache."""
        if self.cache is not None:
            self.cache.close()


def _chosen(rows: Rows, settings: ModerationSettings) -> tuple[Rows, int | None]:
    """The examples to look at, and how many there are where only a sample of them is."""
    return sampled(rows, settings.sample) if settings.sample else (rows, None)


@dataclass
class _Pass:
    """One pass on its way: everything scored whole, then what came near text by text."""

    rows: Rows
    mask: Mask
    units: Units
    known: _Known
    plan: Plan
    moderator: Moderator
    settings: ModerationSettings
    levels: Levels
    total: int | None = None
    risky: Collection[Place] = ()
    placing: Placing = field(default_factory=Placing)
    notes: list[str] = field(default_factory=list)
    batched: bool = False
    finished: bool = False

    def by_batch(self, batches: Batches, progress: Progress | None) -> None:
        """The first stage as a batch; what it leaves open is not asked for in another way."""
        known = self.known
        self.batched = True
        store = BatchStore(f"{known.name}|{known.model}", self.settings.cache_dir)
        batching = Batching(batches, known.model, store, known.cache, known.screening, self.units.texts, progress)
        batching.notes = self.notes
        try:
            batching.run(riskiest_first(self.units.units.values()))
        finally:
            batches.close()

    async def run(self, gate: Gate, limits: Limits, progress: Progress | None) -> None:
        """Both stages; the moderator is closed in the loop that it was used in."""
        known = self.known
        numbers = {path: number for number, path in enumerate(self.units.files)}
        risky = {(numbers[place.path], place.line) for place in self.risky if place.path in numbers}
        try:
            for stage in ("moderation", "placing")[self.batched :]:
                if stage == "placing":
                    near = near_units(self.units, known.screening, self.levels)
                    self.placing = find_texts(near, self.units, self.rows, self.mask, known.unknown)
                source = self.units if stage == "moderation" else self.placing
                await screen(
                    riskiest_first(source.units.values(), risky),
                    source.texts,
                    self.moderator,
                    known.screening,
                    cache=known.cache,
                    gate=gate,
                    tokens_per_request=limits.tokens_per_request,
                    stage=stage,
                    progress=progress if source.units else None,
                )
            self.finished = True
        finally:
            await self.moderator.close()

    def result(self) -> Preflight:
        """The problems and the summary of what is known now."""
        screening = self.known.screening
        screening.give_up((*self.units.units.values(), *self.placing.units.values()), INTERRUPTED)
        seen, missing = seen_and_missing(self.units, self.placing, screening, self.levels)
        cache = self.known.cache
        return Preflight(
            judge(seen, missing, self.levels),
            self._summary(seen, missing),
            self.plan,
            (*self.notes, *(cache.warnings if cache is not None else ())),
            screening.stopped,
        )

    @property
    def _left_out(self) -> int:
        return (self.total or 0) - self.units.rows if self.total else 0

    @property
    def _share(self) -> float:
        """Of the examples, those that the pass set out to look at."""
        return self.units.rows / self.total if self._left_out and self.total else 1.0

    def _summary(self, seen: list[Seen], missing: list[Missing]) -> ModerationSummary:
        screening = self.known.screening
        total = len(self.units.units) + len(self.placing.units)
        reason = None
        if not self.finished:
            reason = INTERRUPTED.kind
        elif screening.stopped is not None:
            reason = ": ".join(part for part in describe(screening.stopped) if part)
        elif missing:
            reason = f"{plural(len(missing), 'text has', 'texts have')} no verdict"
        status = "complete" if self.finished and not missing else "partial"
        if status == "complete" and self._left_out:
            status, reason = "sampled", f"{self.units.rows:,} of {self.total:,} examples, as --sample asks"
        return ModerationSummary(
            status=status,
            model=self.known.model,
            segments=self.units.segments + len(self.placing.units),
            unique=total,
            cached=screening.cached,
            requests=screening.requests,
            # rounded down: almost everything is not everything
            coverage=math.floor((total - len(missing)) / total * self._share * 10_000) / 10_000 if total else 1.0,
            reason=reason,
            required=bool(self.settings.required),
            nearest=_nearest(seen, self.levels),
        )


def _nearest(seen: Iterable[Seen], levels: Levels) -> tuple[tuple[str, float, str, int], ...]:
    """Per category the highest score and where it stands; the category nearest to its level first."""
    best: dict[str, tuple[float, Place]] = {}
    for item in seen:
        for category, value in item.score.scores.items():
            if category not in best or value > best[category][0]:
                best[category] = (value, item.places[0])
    ranked = sorted(best.items(), key=lambda entry: (-levels.ratio(entry[0], entry[1][0]), entry[0]))
    return tuple((category, round(value, 6), place.path, place.line) for category, (value, place) in ranked)

"""Moderation, the course of one pass: texts, images, then what came near text by text; and what came of it."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from ftlint.model import ModerationSummary, Place
from ftlint.moderation.batch import Batching
from ftlint.moderation.batchstate import BatchStore
from ftlint.moderation.images import ALONE, Addresses, ImageModerator, ReadImage
from ftlint.moderation.judge import Judged, Levels, Missing, Seen, judge
from ftlint.moderation.known import Known
from ftlint.moderation.limit import Gate, Limits
from ftlint.moderation.place import Placing, find_texts, near_units, seen_and_missing
from ftlint.moderation.plan import Plan, riskiest_first
from ftlint.moderation.sample import Rows
from ftlint.moderation.screen import INTERRUPTED, Progress, describe, screen
from ftlint.moderation.units import Kind, Mask, Unit, Units
from ftlint.services.interface import Batches, Moderator, ServiceError
from ftlint.settings import ModerationSettings
from ftlint.text import plural


@dataclass(frozen=True, slots=True)
class Preflight:
    """What a pass found.

    Attributes:
        problems: ranked: shared texts first, then by risk; what has no verdict last.
        plan: what the pass set out to do.
        warnings: for the user: about the cache, and about what a batch left at the service.
        stopped: the service's error that ended the pass early, or None.
    """

    problems: list[Judged]
    summary: ModerationSummary
    plan: Plan
    warnings: tuple[str, ...] = ()
    stopped: ServiceError | None = None


@dataclass
class Course:
    """One pass on its way: everything scored whole, then what came near text by text."""

    rows: Rows
    mask: Mask
    units: Units
    known: Known
    plan: Plan
    moderator: Moderator
    settings: ModerationSettings
    levels: Levels
    total: int | None = None
    risky: Collection[Place] = ()
    read_image: ReadImage | None = None
    placing: Placing = field(default_factory=Placing)
    notes: list[str] = field(default_factory=list)
    batched: bool = False
    finished: bool = False

    def by_batch(self, batches: Batches, progress: Progress | None) -> None:
        """The first stage as a batch; what it leaves open is not asked for in another way."""
        known = self.known
        self.batched = True
        store = BatchStore(f"{known.name}|{known.model}", self.settings.cache_dir)
        addresses = Addresses(self.units, self.read_image)
        batching = Batching(
            batches, known.model, store, known.cache, known.screening, self.units.texts, addresses, progress
        )
        batching.notes = self.notes
        try:
            batching.run([*riskiest_first(self._texts), *self._images])
        finally:
            batches.close()

    async def run(self, gate: Gate, limits: Limits, progress: Progress | None) -> None:
        """All stages; the moderator is closed in the loop that it was used in."""
        known = self.known
        numbers = {path: number for number, path in enumerate(self.units.files)}
        risky = {(numbers[place.path], place.line) for place in self.risky if place.path in numbers}
        screen_by = partial(self._screen, gate, limits, progress)
        try:
            if not self.batched:
                await screen_by("moderation", riskiest_first(self._texts, risky), self.units.texts)
                await screen_by("images", self._images, Addresses(self.units, self.read_image))
            near = near_units(self.units, known.screening, self.levels)
            self.placing = find_texts(near, self.units, self.rows, self.mask, known.unknown)
            await screen_by("placing", riskiest_first(self.placing.units.values(), risky), self.placing.texts)
            self.finished = True
        finally:
            await self.moderator.close()

    async def _screen(
        self,
        gate: Gate,
        limits: Limits,
        progress: Progress | None,
        stage: str,
        units: list[Unit],
        sources: Mapping[bytes, str],
    ) -> None:
        images = stage == "images"
        await screen(
            units,
            sources,
            ImageModerator(self.moderator) if images else self.moderator,
            self.known.screening,
            cache=self.known.cache,
            gate=gate,
            tokens_per_request=ALONE if images else limits.tokens_per_request,
            stage=stage,
            progress=progress if units else None,
        )

    @property
    def _texts(self) -> list[Unit]:
        return [unit for unit in self.units.units.values() if unit.kind is not Kind.IMAGE]

    @property
    def _images(self) -> list[Unit]:
        """What can be sent and read again."""
        return self.units.images if self.read_image is not None else []

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
            what = "part" if any(item.image for item in missing) else "text"
            reason = f"{plural(len(missing), f'{what} has', f'{what}s have')} no verdict"
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

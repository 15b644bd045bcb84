"""Moderation, stage 2: what is known before anything is sent: verdicts in the cache, and what cannot be sent at all."""

from __future__ import annotations

from collections.abc import Callable

from ftlint import catalog
from ftlint.moderation.cache import Cache
from ftlint.moderation.limit import Limits
from ftlint.moderation.plan import Plan, estimate
from ftlint.moderation.screen import Reason, Screening
from ftlint.moderation.units import Kind, Units
from ftlint.settings import ModerationSettings


class Known:
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

    def take_image(self, digest: bytes, remote: bool) -> None:
        """Take over what the cache has of an image; what stands at a web address may change, so not for long."""
        days = catalog.load_moderation().units.remote_image_cache_days if remote else None
        score = self.cache.get(digest, days) if self.cache is not None else None
        if score is not None:
            self.screening.scores[digest] = score
            self.screening.cached += 1

    def refuse(self, units: Units, *, readable: bool) -> None:
        """Images that cannot be sent get no verdict, and a reason."""
        for digest, fault in units.unfit.items():
            self.screening.missing[digest] = Reason(fault)
        if not readable:
            self.screening.give_up(units.images, Reason("it could not be read again"))

    def plan(self, units: Units, limits: Limits) -> Plan:
        """What is left to do."""
        screening = self.screening
        todo = [
            unit
            for digest, unit in units.units.items()
            if digest not in screening.scores and digest not in screening.missing and digest not in units.unfit
        ]
        images = sum(unit.kind is Kind.IMAGE for unit in todo)
        spent = self.cache.spent() if self.cache is not None else 0
        tokens, requests, seconds = estimate(todo, limits, spent)
        return Plan(
            segments=units.segments,
            units=len(units.units),
            cached=self.screening.cached,
            texts=len(todo) - images,
            images=images,
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

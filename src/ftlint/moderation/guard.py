"""Moderation, beside its stages: a guard model's second opinion on the same units. It adds findings, and lifts none."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ftlint import catalog
from ftlint.model import GuardSummary, JsonPath, Place, Problem
from ftlint.moderation.blocking import run_blocking
from ftlint.moderation.cache import Cache
from ftlint.moderation.collect import collect
from ftlint.moderation.judge import RELATED, WATCHED, Judged
from ftlint.moderation.limit import UNMETERED, Clock, Gate, Sleep
from ftlint.moderation.plan import riskiest_first
from ftlint.moderation.sample import Rows
from ftlint.moderation.screen import INTERRUPTED, Progress, Screening, describe, screen
from ftlint.moderation.units import Mask, Unit, Units
from ftlint.services.guard import PREFIX
from ftlint.services.interface import Moderator, Score
from ftlint.settings import ModerationSettings
from ftlint.text import plural

_ALONE = 1  # token per request: every text is asked about by itself
_TOLD = 5


@dataclass(frozen=True, slots=True)
class Guarded:
    """What the guard model said.

    Attributes:
        problems: in order of the files.
        notes: for the user: what it has no verdict on, and what is wrong with the cache.
        interrupted: Ctrl-C; this is what was known by then.
    """

    problems: list[Judged]
    summary: GuardSummary
    notes: tuple[str, ...] = ()
    interrupted: bool = False


@dataclass
class Guarding:
    """A pass of a guard model: made with what is known already, so that the caller can say what would be sent.

    Attributes:
        rows: the examples; read twice.
        mask: applied to every text before anything else.
    """

    rows: Rows
    settings: ModerationSettings
    mask: Mask
    name: str
    model: str
    now: Callable[[], float] = time.time
    units: Units = field(init=False)
    screening: Screening = field(init=False, default_factory=Screening)
    _cache: Cache | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if self.settings.cache:
            self._cache = Cache(f"{self.name}|{self.model}", self.settings.cache_dir, self.now)
        rows = lambda: (row._replace(images=()) for row in self.rows())  # noqa: E731 (it reads texts only)
        self.units = collect(rows, self.mask, keep=self._unknown)

    @property
    def left(self) -> int:
        """Texts that would be sent."""
        return len(self.units.units) - len(self.screening.scores)

    def run(
        self,
        guard: Moderator,
        *,
        progress: Progress | None = None,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> Guarded:
        """Ask about every text; the guard is closed at the end, and so is the cache.

        Args:
            clock: seconds, for the pauses after failures; ``sleep`` waits.
        """
        interrupted = False
        try:
            run_blocking(lambda: self._screen(guard, Gate(UNMETERED, clock, sleep), progress))
        except KeyboardInterrupt:
            interrupted = True
        finally:
            if self._cache is not None:
                self._cache.close()
        self.screening.give_up(self.units.units.values(), INTERRUPTED)
        warnings = self._cache.warnings if self._cache is not None else ()
        return Guarded(self._problems(), self._summary(), (*self._open(), *warnings), interrupted)

    def _unknown(self, digest: bytes) -> bool:
        score = self._cache.get(digest) if self._cache is not None else None
        if score is None:
            return True
        self.screening.scores[digest] = score
        self.screening.cached += 1
        return False

    async def _screen(self, guard: Moderator, gate: Gate, progress: Progress | None) -> None:
        try:
            await screen(
                riskiest_first(self.units.units.values()),
                self.units.texts,
                guard,
                self.screening,
                cache=self._cache,
                gate=gate,
                tokens_per_request=_ALONE,
                stage="guard",
                progress=progress if self.units.units else None,
            )
        finally:
            await guard.close()

    def _problems(self) -> list[Judged]:
        """One for each example, or each text of many examples, that holds what is called unsafe."""
        found: dict[Place, tuple[Unit, Score, dict[Place, None]]] = {}
        for unit in self.units.units.values():
            score = self.screening.scores.get(unit.digest)
            if score is None or not score.flagged:
                continue
            places = dict.fromkeys(self.units.place(spot) for spot in unit.spots)
            known = found.get(next(iter(places)))
            if known is not None:
                names = dict.fromkeys((*known[1].flagged_categories, *score.flagged_categories))
                unit, score, places = known[0], Score(True, {}, tuple(names)), known[2] | places
            found[next(iter(places))] = (unit, score, places)
        return [_problem(unit, score, tuple(places)) for unit, score, places in found.values()]

    def _summary(self) -> GuardSummary:
        screening = self.screening
        missing = len(screening.missing)
        reason = None
        if screening.stopped is not None:
            reason = ": ".join(part for part in describe(screening.stopped) if part)
        elif missing:
            reason = f"{plural(missing, 'text has', 'texts have')} no verdict"
        rows = {place for judged in self._problems() for place in judged.places}
        return GuardSummary(
            status="partial" if missing else "complete",
            name=self.name,
            model=self.model,
            units=len(self.units.units),
            judged=len(self.units.units) - missing,
            cached=screening.cached,
            unsafe=len(rows),
            reason=reason,
        )

    def _open(self) -> Iterator[str]:
        """What has no verdict, by reason, with the first places."""
        groups: dict[str, list[Unit]] = {}
        for unit in self.units.units.values():
            if (reason := self.screening.missing.get(unit.digest)) is not None:
                groups.setdefault(": ".join(part for part in reason if part), []).append(unit)
        for told, units in groups.items():
            places = [self.units.place(unit.spots[0]) for unit in units[:_TOLD]]
            shown = ", ".join(f"{place.path}:{place.line}" for place in places)
            more = " ..." if len(units) > _TOLD else ""
            yield f"the guard model gave no verdict on {plural(len(units), 'text')} ({shown}{more}): {told}"


def _problem(unit: Unit, score: Score, places: tuple[Place, ...]) -> Judged:
    names = catalog.load_moderation().guard.categories
    codes = list(score.flagged_categories)
    told = ", ".join(
        f"{code} ({names[short]})" if (short := code.removeprefix(PREFIX)) in names else code for code in codes
    )
    path: JsonPath | None = unit.spots[0].path
    problem = Problem(
        code=WATCHED,
        line=places[0].line,
        path=path,
        span=unit.spots[0].span,
        values={"fact": ("the guard model calls it unsafe: ", told), "category": codes[0], "places": len(places)},
        related=places[1 : RELATED + 1],
        data={
            "categories": codes,
            "scores": dict.fromkeys(codes, 1.0),
            "risk": float(len(places)),
            "places": len(places),
            "flagged": False,
            "guard": True,
        },
        hide=True,
    )
    return Judged(places[0].path, problem, float(len(places)), False, places)

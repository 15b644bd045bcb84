"""Moderation, stage 5: verdicts and watch levels into problems, ranked by risk. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ftlint.model import JsonPath, Place, Problem
from ftlint.moderation.screen import Reason
from ftlint.services.interface import Score
from ftlint.text import plural

FLAGGED = "FT901"
WATCHED = "FT902"
SHARED = "FT903"
IMAGE = "FT904"
NOT_MODERATED = "FT909"

RELATED = 20
_SHOWN = 0.001
_ROUNDING = 1e-9  # 0.04 / 0.05 * 1.25 is a hair below 1


@dataclass(frozen=True, slots=True)
class Levels:
    """Watch levels by category, 0 to 1.

    Attributes:
        default: the level of categories that are not named.
        wobble: identical calls differ by up to a quarter, so a score counts as over its level when it is 1.25 times.
        near: from this fraction of its level on, a score is looked at text by text.
    """

    watch: Mapping[str, float]
    default: float = 0.15
    wobble: float = 1.25
    near: float = 1 / 3

    def level(self, category: str) -> float:
        """The category's watch level; the service itself flags much later, at thresholds it does not publish."""
        return self.watch.get(category, self.default)

    def ratio(self, category: str, score: float) -> float:
        """Score over level; above 1 it is over the level. A level of 0 is met by any score."""
        level = self.level(category)
        return score / level if level > 0 else score / 1e-6 + 1

    def worst(self, score: Score) -> float:
        """The highest ratio of all categories."""
        return max((self.ratio(category, value) for category, value in score.scores.items()), default=0.0)

    def is_near(self, score: Score) -> bool:
        """Worth looking at text by text."""
        return score.flagged or self.worst(score) >= self.near - _ROUNDING

    def watched(self, score: Score) -> list[str]:
        """Categories at or over their level, allowing for the wobble, worst first."""
        return self._sorted(
            score, [c for c, v in score.scores.items() if self.ratio(c, v) * self.wobble >= 1 - _ROUNDING]
        )

    def flagged(self, score: Score) -> list[str]:
        """Categories that the service flags, worst first; the worst one where it flags without naming any."""
        if not score.flagged:
            return []
        named = [category for category in score.flagged_categories if category in score.scores]
        return self._sorted(score, named) or self._sorted(score, list(score.scores))[:1]

    def _sorted(self, score: Score, categories: list[str]) -> list[str]:
        return sorted(categories, key=lambda category: (-self.ratio(category, score.scores[category]), category))


class Seen(NamedTuple):
    """A verdict on something that stands in one or more places.

    Attributes:
        places: where it stands; the first one is where the finding goes.
        path: JSON path of the text in the first place, where it is known.
        span: offsets in that text, or None for the whole text.
        shared: it is a text of many examples; ``image``: it is no text.
    """

    places: tuple[Place, ...]
    path: JsonPath | None
    span: tuple[int, int] | None
    shared: bool
    score: Score
    image: bool = False


class Missing(NamedTuple):
    """Something without a verdict: where it stands, why, and whether it is an image."""

    places: tuple[Place, ...]
    path: JsonPath | None
    reason: Reason
    image: bool = False


class Judged(NamedTuple):
    """A problem of a file. ``risk`` is max(score / level) times the number of places; ``places`` are all."""

    path: str
    problem: Problem
    risk: float
    shared: bool
    places: tuple[Place, ...] = ()


def merged(scores: Iterable[Score]) -> Score:
    """The worst of several verdicts, per category. Raises ValueError when there is none."""
    found = list(scores)
    if not found:
        raise ValueError("no verdict to merge")
    worst: dict[str, float] = {}
    for score in found:
        for category, value in score.scores.items():
            worst[category] = max(value, worst.get(category, 0.0))
    named = dict.fromkeys(category for score in found for category in score.flagged_categories)
    return Score(any(score.flagged for score in found), worst, tuple(named))


def judge(seen: Iterable[Seen], missing: Iterable[Missing], levels: Levels) -> list[Judged]:
    """The problems of a pass: shared texts first, then by risk; what has no verdict comes at the end.

    An example gets one finding, at the place of its worst verdict, however many of its texts are flagged or watched;
    so does every image.
    """
    examples: dict[Place, list[Seen]] = {}
    found: list[Judged] = []
    for item in seen:
        if not item.score.flagged and not levels.watched(item.score):
            continue
        if item.shared or item.image:
            found.append(_problem(item, levels))
        else:
            examples.setdefault(item.places[0], []).append(item)
    found += [_problem(_one(items, levels), levels) for items in examples.values()]
    found.sort(key=lambda judged: (not judged.shared, -judged.risk, judged.path, judged.problem.line or 0))
    return found + _not_moderated(missing)


def _one(items: list[Seen], levels: Levels) -> Seen:
    """Several verdicts on one example as one: placed where the worst is, counting the places of all."""
    worst = max(items, key=lambda item: (item.score.flagged, levels.worst(item.score)))
    places = dict.fromkeys([*worst.places, *(place for item in items for place in item.places)])
    return worst._replace(places=tuple(places), score=merged(item.score for item in items))


def _problem(item: Seen, levels: Levels) -> Judged:
    flagged = item.score.flagged
    categories = levels.flagged(item.score) if flagged else levels.watched(item.score)
    category, *_ = [*categories, ""]
    value = item.score.scores.get(category, 0.0)
    count = len(item.places)
    risk = max(levels.worst(item.score), 1.0 if flagged else 0.0) * count
    shown = {c: round(v, 4) for c, v in sorted(item.score.scores.items()) if v >= _SHOWN}
    first = item.places[0]
    problem = Problem(
        code=SHARED if item.shared else WATCHED if not flagged else IMAGE if item.image else FLAGGED,
        line=first.line,
        path=item.path,
        span=item.span,
        values={
            "category": category,
            "categories": categories,
            "score": round(value, 4),
            "level": levels.level(category),
            "fact": (
                "the image's moderation score " if item.image else "moderation score ",
                round(value, 4),
                " for ",
                category,
                ", watch level ",
                levels.level(category),
                ", not flagged",
            ),
            "places": count,
            "state": "is flagged by moderation" if flagged else "is near or over a watch level",
        },
        related=item.places[1 : RELATED + 1],
        data={
            "categories": list(categories),
            "scores": shown,
            "risk": round(risk, 3),
            "places": count,
            "flagged": flagged,
        },
        hide=flagged,
        raised=flagged,
    )
    return Judged(first.path, problem, risk, item.shared, item.places)


def _not_moderated(missing: Iterable[Missing]) -> list[Judged]:
    """One problem per file and kind of failure, at the first line it concerns."""
    groups: dict[tuple[str, str, str], list[tuple[Place, Missing]]] = {}
    for item in missing:
        for place in item.places:
            what = "image" if item.image else "text"
            groups.setdefault((place.path, item.reason.kind, what), []).append((place, item))
    found = []
    for (path, kind, what), members in sorted(groups.items()):
        members.sort(key=lambda member: member[0].line)
        first, item = members[0]
        lines = list(dict.fromkeys(place for place, _ in members))
        reason = f"{kind}: {item.reason.words}" if item.reason.words else kind
        problem = Problem(
            code=NOT_MODERATED,
            line=first.line,
            path=item.path if first == item.places[0] else None,
            values={
                "reason": reason,
                "count": len(members),
                "what": plural(len(members), what),
                "places": len(lines),
            },
            related=tuple(lines[1 : RELATED + 1]),
            data={"reason": kind, "what": what, "count": len(members), "places": len(lines)},
        )
        found.append(Judged(path, problem, 0.0, False, tuple(lines)))
    return found

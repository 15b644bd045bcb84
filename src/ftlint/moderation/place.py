"""Moderation, stage 4: what came near a watch level is looked at text by text, so that a finding names the text."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from ftlint.model import Text
from ftlint.moderation.judge import Levels, Missing, Seen, merged
from ftlint.moderation.screen import Screening
from ftlint.moderation.shared import text_key
from ftlint.moderation.units import Kind, Mask, Row, Spot, Unit, Units, alone_drafts, own_drafts
from ftlint.services.interface import Score


@dataclass(slots=True)
class Placing:
    """The texts behind the units that came near.

    Attributes:
        candidates: for each such unit (by digest) the texts it is made of: where, and the digest of the text alone.
        units: those texts as units, where they are not units already.
        texts: the strings that are still to be scored, by digest.
    """

    candidates: dict[bytes, list[tuple[Spot, bytes]]] = field(default_factory=dict)
    units: dict[bytes, Unit] = field(default_factory=dict)
    texts: dict[bytes, str] = field(default_factory=dict)


def near_units(units: Units, screening: Screening, levels: Levels) -> list[Unit]:
    """Units of several texts whose verdict is near a watch level or beyond."""
    return [
        unit
        for digest, unit in units.units.items()
        if unit.kind in (Kind.EXAMPLE, Kind.SUBJECT)
        and unit.spots[0].path is None
        and (score := screening.scores.get(digest)) is not None
        and levels.is_near(score)
    ]


def find_texts(
    near: Iterable[Unit],
    units: Units,
    rows: Callable[[], Iterable[Row]],
    mask: Mask,
    keep: Callable[[bytes], bool],
) -> Placing:
    """The texts of these units, found by reading the rows once more; ``keep`` as for ``units.collect``."""
    placing = Placing()
    wanted: dict[tuple[int, int], list[Unit]] = {}
    for unit in near:
        for spot in unit.spots if unit.kind is Kind.SUBJECT else unit.spots[:1]:
            wanted.setdefault((spot.file, spot.line), []).append(unit)
    numbers = {path: number for number, path in enumerate(units.files)}
    for row in rows() if wanted else ():
        place = (numbers[row.path], row.line)
        if place in wanted:
            own = [text for text in row.texts if text_key(text) not in units.shared]
            _add(placing, units, wanted.pop(place), place, own, mask, keep)
            if not wanted:
                break
    return placing


def _add(
    placing: Placing,
    units: Units,
    near: list[Unit],
    place: tuple[int, int],
    own: list[Text],
    mask: Mask,
    keep: Callable[[bytes], bool],
) -> None:
    members = {
        hashlib.sha256(draft.text.encode()).digest(): {part.path for part in draft.parts}
        for draft in own_drafts(own, mask)
    }
    everything = {text.path for text in own}
    for unit in near:
        paths = everything if unit.kind is Kind.SUBJECT else members.get(unit.digest, everything)
        found = placing.candidates.setdefault(unit.digest, [])
        for text in own:
            if text.path in paths:
                found.extend(_alone(placing, units, text, place, mask, keep))


def _alone(
    placing: Placing, units: Units, text: Text, place: tuple[int, int], mask: Mask, keep: Callable[[bytes], bool]
) -> Iterator[tuple[Spot, bytes]]:
    for draft in alone_drafts(text, mask):
        digest = hashlib.sha256(draft.text.encode()).digest()
        spot = Spot(*place, text.path, draft.parts[0].span)
        if digest not in units.units and digest not in placing.units:
            placing.units[digest] = Unit(digest, Kind.TEXT, draft.size.tokens, [spot])
            if keep(digest):
                placing.texts[digest] = draft.text
        yield spot, digest


def seen_and_missing(
    units: Units, placing: Placing, screening: Screening, levels: Levels
) -> tuple[list[Seen], list[Missing]]:
    """All verdicts with their places, and everything that has none."""
    seen: list[Seen] = []
    missing: list[Missing] = []
    for unit in (*units.units.values(), *placing.units.values()):
        score = screening.scores.get(unit.digest)
        if score is None:
            first = unit.spots[0]
            places = tuple(units.place(spot) for spot in unit.spots)
            missing.append(Missing(places, first.path, screening.missing[unit.digest], unit.kind is Kind.IMAGE))
        elif unit.digest in units.units:
            seen.append(_seen(unit, score, units, placing, screening, levels))
    return seen, missing


def _seen(unit: Unit, score: Score, units: Units, placing: Placing, screening: Screening, levels: Levels) -> Seen:
    """The worst of the unit's verdict and its texts', at the text that has the largest part in it."""
    alone = [
        (spot, screening.scores[digest])
        for spot, digest in placing.candidates.get(unit.digest, ())
        if digest in screening.scores
    ]
    spots = list(unit.spots)
    if alone:
        score = merged([score, *(text_score for _, text_score in alone)])
        category = next(
            iter(levels.flagged(score) or sorted(score.scores, key=lambda c: -levels.ratio(c, score.scores[c])))
        )
        best, _ = max(alone, key=lambda pair: (pair[1].flagged, pair[1].scores.get(category, 0.0)))
        spots = [best, *(spot for spot in spots if (spot.file, spot.line) != (best.file, best.line))]
    places = tuple(dict.fromkeys(units.place(spot) for spot in spots))
    first = spots[0]
    return Seen(places, first.path, first.span, unit.kind is Kind.SHARED, score, unit.kind is Kind.IMAGE)

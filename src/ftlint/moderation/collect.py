"""Moderation, stage 1: all examples into unique units, each mapped back to every place it comes from.

Memory holds hashes and places; of the strings only those that are still to be sent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence

from ftlint import catalog
from ftlint.model import Place, Text
from ftlint.moderation.images import image_digest, is_remote, unfit
from ftlint.moderation.shared import find_shared, text_key
from ftlint.moderation.split import Size
from ftlint.moderation.units import (
    Kind,
    Mask,
    Part,
    Row,
    RowImage,
    Segment,
    Spot,
    Unit,
    Units,
    alone_drafts,
    joined,
    own_drafts,
    segments,
)


class Collector:
    """Turns rows into units. ``keep`` says of a unit seen for the first time whether its text is still needed."""

    def __init__(
        self,
        shared: frozenset[bytes],
        mask: Mask,
        *,
        thorough: bool = False,
        subjects: Sequence[Collection[Place]] = (),
        keep: Callable[[bytes], bool] = lambda _: True,
        keep_image: Callable[[bytes, bool], object] = lambda _, __: None,
    ) -> None:
        self.units = Units(shared=shared)
        self._shared = shared
        self._seen_shared: dict[bytes, list[bytes]] = {}
        self._mask = mask
        self._thorough = thorough
        self._keep = keep
        self._keep_image = keep_image
        self._files: dict[str, int] = {}
        self._subjects: list[list[Segment]] = [[] for _ in subjects]
        self._members: dict[Place, list[int]] = {}
        for number, places in enumerate(subjects):
            for place in places:
                self._members.setdefault(place, []).append(number)

    def add(self, row: Row) -> None:
        """Take in the next row."""
        file = self._files.setdefault(row.path, len(self._files))
        if file == len(self.units.files):
            self.units.files.append(row.path)
        self.units.rows += 1
        own: list[Text] = []
        for text in row.texts:
            key = text_key(text)
            if key in self._shared:
                self._add_shared(key, text, file, row.line)
            else:
                own.append(text)
        for draft in own_drafts(own, self._mask):
            part = draft.parts[0] if len({p.path for p in draft.parts}) == 1 else Part((), None, 0)
            self._add(draft.text, draft.size, Kind.EXAMPLE, Spot(file, row.line, part.path or None, part.span))
        if self._thorough:
            for text in own:
                self._add_alone(text, Kind.TEXT, file, row.line)
        for image in row.images:
            self._add_image(image, Spot(file, row.line, image.path))
        for number in self._members.get(Place(row.path, row.line), ()):
            self._subjects[number].extend(segments(own, self._mask, (file, row.line)))

    def finish(self) -> Units:
        """The units, after the last row. Rows about one subject are scored together too, as far as they fit."""
        for gathered in self._subjects:
            for text, total, members in joined(gathered):
                spots = list(dict.fromkeys(Spot(*segment.spot) for segment, _ in members))
                if len(spots) > 1:
                    self._add(text, total, Kind.SUBJECT, *spots)
        return self.units

    def _add_shared(self, key: bytes, text: Text, file: int, line: int) -> None:
        known = self._seen_shared.get(key)
        if known is None:
            self._seen_shared[key] = self._add_alone(text, Kind.SHARED, file, line)
            return
        for digest in known:
            self.units.segments += 1
            _append(self.units.units[digest].spots, Spot(file, line))

    def _add_alone(self, text: Text, kind: Kind, file: int, line: int) -> list[bytes]:
        return [
            self._add(draft.text, draft.size, kind, Spot(file, line, text.path, draft.parts[0].span))
            for draft in alone_drafts(text, self._mask)
        ]

    def _add_image(self, image: RowImage, spot: Spot) -> None:
        units = self.units
        units.segments += 1
        digest = image_digest(image.url)
        known = units.units.get(digest)
        if known is not None:
            _append(known.spots, spot)
            return
        units.units[digest] = Unit(digest, Kind.IMAGE, catalog.load_moderation().units.image_tokens, [spot])
        if (fault := unfit(image.url)) is not None:
            units.unfit[digest] = fault
        else:
            self._keep_image(digest, is_remote(image.url))

    def _add(self, text: str, total: Size, kind: Kind, *spots: Spot) -> bytes:
        units = self.units
        units.segments += 1
        digest = hashlib.sha256(text.encode()).digest()
        unit = units.units.get(digest)
        if unit is None:
            units.units[digest] = Unit(digest, kind, total.tokens, list(spots))
            if self._keep(digest):
                units.texts[digest] = text
            return digest
        if kind is Kind.SHARED:
            unit.kind = kind
        for spot in spots:
            _append(unit.spots, spot)
        return digest


def _append(spots: list[Spot], spot: Spot) -> None:
    """One entry per row is enough; rows come in order, so a repetition is the last entry."""
    if (spots[-1].file, spots[-1].line) != (spot.file, spot.line):
        spots.append(spot if not spots else Spot(spot.file, spot.line))


def collect(
    rows: Callable[[], Iterable[Row]],
    mask: Mask,
    *,
    thorough: bool = False,
    subjects: Sequence[Collection[Place]] = (),
    keep: Callable[[bytes], bool] = lambda _: True,
    keep_image: Callable[[bytes, bool], object] = lambda _, __: None,
) -> Units:
    """All units of the rows, which are read twice.

    Args:
        rows: gives the examples, in the same order each time.
        mask: applied to every text before it is cut, hashed or sent.
        thorough: score every text alone as well.
        subjects: sets of rows about one subject, scored together as well.
        keep: asked once per new unit (by digest): is its text to be kept for sending?
        keep_image: told once of each new image that can be sent: its digest, and whether it stands at a web address.
    """
    collector = Collector(
        find_shared(rows()), mask, thorough=thorough, subjects=subjects, keep=keep, keep_image=keep_image
    )
    for row in rows():
        collector.add(row)
    return collector.finish()

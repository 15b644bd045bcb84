"""Moderation, stage 1: units, the strings that are scored, and how an example's texts become such strings.

An example is scored whole, each of its texts with its role in front, cut at message borders where it is too long.
Texts go through the mask before anything else, so that no cut can split a secret and let it through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from ftlint.model import JsonPath, Place, Role, Text
from ftlint.moderation.split import Size, encodable, piece_limit, pieces, size, unit_limit
from ftlint.parse import unescape_map

Mask = Callable[[str], str]

_LABEL_CHARS = 32
_GAP = "\n\n"
_JSON_KINDS = frozenset({"arguments", "tool-result"})


class RowImage(NamedTuple):
    """An image of an example: JSON path of its address, and the address (https or data URL)."""

    path: JsonPath
    url: str


class Row(NamedTuple):
    """One example: its file, the file's role, its line, all its texts and its images in order."""

    path: str
    role: Role
    line: int
    texts: Sequence[Text]
    images: Sequence[RowImage] = ()


class Kind(StrEnum):
    """What a unit stands for: a text of many examples, an example (or a stretch of it), rows, one text, an image."""

    SHARED = "shared"
    EXAMPLE = "example"
    SUBJECT = "subject"
    TEXT = "text"
    IMAGE = "image"


class Part(NamedTuple):
    """The piece of a text that stands in a unit.

    Attributes:
        path: JSON path of the text.
        span: offsets of the piece in the text, or None for the whole text, or where masking moved the offsets.
        offset: where the piece begins in the unit.
    """

    path: JsonPath
    span: tuple[int, int] | None
    offset: int


class Draft(NamedTuple):
    """A unit as one example makes it."""

    text: str
    size: Size
    parts: tuple[Part, ...]


class Spot(NamedTuple):
    """A place with the exact text, where it is known."""

    file: int
    line: int
    path: JsonPath | None = None
    span: tuple[int, int] | None = None


@dataclass(slots=True)
class Unit:
    """One string or image to be scored. Its text is not here: see ``Units.texts``.

    Attributes:
        digest: SHA-256 of the string; of an image, of its address.
        tokens: as the service may bill them, estimated.
        spots: where it comes from, in order, one entry per row; only the first one names the text.
    """

    digest: bytes
    kind: Kind
    tokens: int
    spots: list[Spot]


@dataclass(slots=True)
class Units:
    """All units of a pass.

    Attributes:
        files: paths, in order of first appearance.
        units: in order of first appearance.
        texts: the strings of the units that are still to be scored, by digest. Images have none: a data URL is large,
            and read again when it is sent.
        unfit: why an image cannot be sent, by digest.
        segments: units before identical ones were made one.
        rows: examples that were read.
        shared: keys of the texts that are scored once, alone.
    """

    files: list[str] = field(default_factory=list)
    units: dict[bytes, Unit] = field(default_factory=dict)
    texts: dict[bytes, str] = field(default_factory=dict)
    unfit: dict[bytes, str] = field(default_factory=dict)
    segments: int = 0
    rows: int = 0
    shared: frozenset[bytes] = frozenset()

    @property
    def images(self) -> list[Unit]:
        """The images that can be sent."""
        return [unit for unit in self.units.values() if unit.kind is Kind.IMAGE and unit.digest not in self.unfit]

    def place(self, spot: Spot) -> Place:
        """The spot's file and line."""
        return Place(self.files[spot.file], spot.line)


class Segment(NamedTuple):
    """A piece of a text with its role in front, before pieces are joined to units."""

    text: str
    size: Size
    path: JsonPath
    span: tuple[int, int] | None
    label: int
    spot: tuple[int, int] = (0, 0)


def own_drafts(texts: Iterable[Text], mask: Mask) -> list[Draft]:
    """The units of one example, from its own texts (those that are not shared)."""
    return [
        Draft(text, total, tuple(Part(s.path, s.span, at + s.label) for s, at in members))
        for text, total, members in joined(segments(texts, mask))
    ]


def alone_drafts(text: Text, mask: Mask) -> list[Draft]:
    """The units of one text on its own, without its role: one, or several for a long text."""
    masked, moved = _masked(text, mask)
    found = []
    for start, end in pieces(masked, unit_limit()) if masked.strip() else ():
        piece = masked[start:end]
        span = None if moved or end - start == len(masked) else (start, end)
        if piece.strip():
            found.append(Draft(piece, size(piece), (Part(text.path, span, 0),)))
    return found


def _masked(text: Text, mask: Mask) -> tuple[str, bool]:
    """The masked text, and whether its offsets are no longer the original's."""
    told = _unescaped(text)
    masked = encodable(mask(told))
    return masked, told is not text.text or len(masked) != len(told)


def _unescaped(text: Text) -> str:
    """The text; where it is JSON with characters written as ``\\uXXXX``, with these characters: they count."""
    if "\\u" not in text.text or text.kind not in _JSON_KINDS:
        return text.text
    return unescape_map(text.text)[0]


def segments(texts: Iterable[Text], mask: Mask, spot: tuple[int, int] = (0, 0)) -> Iterator[Segment]:
    for text in texts:
        masked, moved = _masked(text, mask)
        if not masked.strip():
            continue
        label = f"{_label(text)}: "
        for start, end in pieces(masked, piece_limit()):
            piece = masked[start:end]
            if piece.strip():
                span = None if moved or end - start == len(masked) else (start, end)
                tagged = label + piece
                yield Segment(tagged, size(tagged), text.path, span, len(label), spot)


def _label(text: Text) -> str:
    name = text.role if text.kind in ("content", text.role) else f"{text.role} {text.kind}"
    return encodable(" ".join(name[:_LABEL_CHARS].split())) or "unknown"


def joined(segments: Iterable[Segment]) -> Iterator[tuple[str, Size, list[tuple[Segment, int]]]]:
    """Consecutive segments as one string each time they fit, with the offset of every segment in it."""
    gap = size(_GAP)
    members: list[tuple[Segment, int]] = []
    total = Size(0, 0, 0)
    for segment in segments:
        grown = total + gap + segment.size if members else segment.size
        if members and not grown.within(unit_limit()):
            yield _GAP.join(s.text for s, _ in members), total, members
            members, grown = [], segment.size
        members.append((segment, grown.chars - segment.size.chars))
        total = grown
    if members:
        yield _GAP.join(s.text for s, _ in members), total, members

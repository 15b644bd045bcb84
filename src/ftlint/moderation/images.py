"""Moderation, images: each is sent alone, by its address. What is at a web address, the service fetches, not we.

Only six categories are scored for images. An address is read again when it is sent: data URLs are not kept in memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence

from ftlint import catalog
from ftlint.errors import InputError
from ftlint.model import JsonPath, Place
from ftlint.moderation.units import Units
from ftlint.pictures import look
from ftlint.services.interface import BadAnswer, Moderator, Score

ALONE = 1
"""Token per request: no two images share one, which the service refuses."""
ReadImage = Callable[[Place, JsonPath], str]
"""The address at a place, read from the file; raises InputError."""
_OPENAI = "openai ("


def image_digest(url: str) -> bytes:
    """What an image is known by; never a text's digest."""
    return hashlib.sha256(b"image\0" + url.encode("utf-8", "surrogatepass")).digest()


def is_remote(url: str) -> bool:
    """What stands at this address may change."""
    return look(url).kind == "remote"


def unfit(url: str) -> str | None:
    """Why an image cannot be sent, or None."""
    picture = look(url)
    most = catalog.load_moderation().units.max_image_bytes
    if picture.kind == "other":
        return "its address is neither https nor a data URL"
    if picture.fault is not None:
        return picture.fault
    if picture.size > most:
        return f"it is larger than the {most / 1e6:g} MB that moderation takes"
    return "it has too many pixels to be read here" if picture.bomb else None


class Addresses(Mapping[bytes, str]):
    """The addresses of the images that can be sent, by digest; each is read from its file when it is asked for."""

    def __init__(self, units: Units, read: ReadImage | None) -> None:
        self._units = units
        self._spots = {unit.digest: unit.spots[0] for unit in units.images}
        self._read = read

    def __getitem__(self, digest: bytes) -> str:
        """The address; raises InputError where the file no longer has it."""
        spot = self._spots[digest]
        place = self._units.place(spot)
        url = self._read(place, spot.path or ()) if self._read is not None else ""
        if image_digest(url) != digest:
            raise InputError(f"{place.path} changed while it was checked", "check it again when nothing writes to it")
        return url

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._spots)

    def __len__(self) -> int:
        return len(self._spots)


class ImageModerator:
    """A moderator of images in the place of one of texts: what it is given are addresses."""

    def __init__(self, moderator: Moderator) -> None:
        self.name = f"images at {moderator.name}"
        self.model = moderator.model
        self._moderator = moderator

    async def score(self, texts: Sequence[str]) -> list[Score]:
        """The verdict on the image at each address, one request each; raises ServiceError."""
        return [of_image(await self._moderator.score_image(url), self._moderator.name) for url in texts]

    async def score_image(self, url: str) -> Score:
        """The verdict on one image; raises ServiceError."""
        return (await self.score([url]))[0]

    async def close(self) -> None:
        """Nothing: the moderator is closed by its owner."""


def of_image(score: Score, name: str) -> Score:
    """A verdict on an image: the categories that are scored for images, all of them.

    Raises:
        BadAnswer: one is left out.
    """
    known = catalog.load_moderation().categories
    kept = {c: value for c, value in score.scores.items() if c not in known or known[c].image}
    expected = [c for c, category in known.items() if category.image] if name.startswith(_OPENAI) else []
    if (missing := [c for c in expected if c not in kept]) or not kept:
        raise BadAnswer(f"a verdict on an image says nothing about {', '.join(missing) or 'any category of images'}")
    return Score(score.flagged, kept, tuple(c for c in score.flagged_categories if c in kept))

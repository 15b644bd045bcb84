"""FT8, images: how many, how large, of which kind, and whether a data URL holds one at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ftlint.checks.base import Batch, Context
from ftlint.checks.shapes import per_odd
from ftlint.model import Example, JsonPath, Problem
from ftlint.texts import images_of

if TYPE_CHECKING:
    from ftlint.pictures import Picture


def _images(example: Example, batch: Batch, context: Context) -> Iterator[Problem]:
    if b"image_url" not in example.line.raw:
        return
    from ftlint.pictures import look  # which rows without images do not need

    found = images_of(example, batch.format)
    most = context.provider.max_images_per_example
    line = example.line.number
    if most is not None and len(found) > most:
        values = {"count": len(found), "limit": most, "provider": context.provider.title}
        yield Problem("FT801", line, found[most][0], values=values)
    for path, url in found:
        if not url:
            continue  # FT120
        yield from _image(look(url), line, path, context)


def _image(picture: Picture, line: int, path: JsonPath, context: Context) -> Iterator[Problem]:
    from ftlint.pictures import MAX_PIXELS

    provider = context.provider
    if picture.kind == "other":
        yield Problem("FT805", line, path, values={"fact": "the address is neither https nor a data URL"})
    elif picture.fault is not None:
        yield Problem("FT805", line, path, values={"fact": picture.fault})
    elif picture.bomb:
        size = f"{picture.width:,} x {picture.height:,} pixels" if picture.width else f"over {MAX_PIXELS:,} pixels"
        yield Problem("FT802", line, path, values={"size": size, "limit": f"{MAX_PIXELS:,} pixels are read here"})
    elif picture.kind == "data":
        if provider.max_image_bytes is not None and picture.size > provider.max_image_bytes:
            limit = f"{provider.title} takes {provider.max_image_bytes / 1e6:g} MB"
            yield Problem("FT802", line, path, values={"size": f"{picture.size / 1e6:.1f} MB", "limit": limit})
        if fact := _unsupported(picture, provider.image_formats, provider.image_modes):
            yield Problem("FT803", line, path, values={"fact": fact, "provider": provider.title})


def _unsupported(picture: Picture, formats: tuple[str, ...], modes: tuple[str, ...]) -> str | None:
    """Why the provider does not take the image; what is not known of it is not held against an image."""
    if formats and picture.format not in formats:
        return f"the image is {str(picture.format).upper()}, not {_either(formats)}"
    if modes and picture.mode not in modes:
        return f"the image has the colour mode {picture.mode}, not {_either(modes)}"
    return None


def _either(words: tuple[str, ...]) -> str:
    shown = [word.upper() for word in words]
    return " or ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]


images = per_odd(_images)

"""An image of an example as far as its address tells: a data URL is decoded and verified, nothing is fetched."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
import warnings
from typing import NamedTuple

MAX_PIXELS = 50_000_000
"""An image with more is not decoded: a few kilobytes can unfold to gigabytes. The project's own bound."""
_DATA = re.compile(r"data:(?P<type>[A-Za-z0-9.+/-]*)(?:;[A-Za-z0-9=._-]+)*?(?P<base64>;base64)?,", re.IGNORECASE)
_KNOWN = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "ICO")
_DECODED = ("JPEG", "MPO", "PNG", "WEBP", "GIF")
"""Of the others no service takes any, and their decoders write to the standard error by themselves."""
_REMEMBERED = 4096


class Picture(NamedTuple):
    """What is known of an image.

    Attributes:
        kind: ``data``, ``remote`` or ``other`` (neither a data URL nor a web address).
        fault: why a data URL is no image, or None.
        format: ``jpeg``, ``png``, ``webp``, ``gif`` ...; None where it is not known.
        mode: colour mode as Pillow names it (``RGB``, ``RGBA``, ``P``, ``L``).
        size: decoded bytes; 0 where they are not known.
        width, height: in pixels; 0 where they are not known.
        bomb: it has more than MAX_PIXELS and was not decoded.
    """

    kind: str
    fault: str | None = None
    format: str | None = None
    mode: str | None = None
    size: int = 0
    width: int = 0
    height: int = 0
    bomb: bool = False


_seen: dict[bytes, Picture] = {}


def look(url: str) -> Picture:
    """The image behind an address, without the network; the same data URL is decoded once."""
    start = url[:64].lower()
    if start.startswith(("http://", "https://")):
        return Picture("remote")
    if not start.startswith("data:"):
        return Picture("other")
    digest = hashlib.sha256(url.encode("utf-8", "surrogatepass")).digest()
    if digest not in _seen:
        if len(_seen) >= _REMEMBERED:
            _seen.clear()
        _seen[digest] = _decode(url)
    return _seen[digest]


def _decode(url: str) -> Picture:
    match = _DATA.match(url)
    if match is None or match["base64"] is None:
        return Picture("data", "the data URL does not begin like `data:image/png;base64,`")
    if not match["type"].lower().startswith("image/"):
        return Picture("data", f"the data URL holds `{match['type'][:40] or 'no type'}`, not an image")
    try:
        raw = base64.b64decode("".join(url[match.end() :].split()), validate=True)
    except (binascii.Error, ValueError):
        return Picture("data", "the data URL is not valid base64")
    return _open(raw)


def _open(raw: bytes) -> Picture:
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.simplefilter("ignore", UserWarning)
            image = Image.open(io.BytesIO(raw), formats=_KNOWN)
            seen = Picture("data", None, _format(image.format), image.mode, len(raw), *image.size)
            if image.width * image.height > MAX_PIXELS:
                return seen._replace(bomb=True)
            if image.format in _DECODED:
                image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return Picture("data", size=len(raw), bomb=True)
    except UnidentifiedImageError:
        return Picture("data", "the data is no image that can be read", size=len(raw))
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, OverflowError, MemoryError) as error:
        return Picture("data", f"the image is damaged ({type(error).__name__})", size=len(raw))
    return seen


def _format(name: str | None) -> str | None:
    """``jpeg`` also for the multi-picture form that cameras write."""
    return "jpeg" if name == "MPO" else name.lower() if name else None

"""Small pictures made here, byte by byte, so that no image library is needed to plant one."""

from __future__ import annotations

import base64
import struct
import zlib

GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==")
WEBP = base64.b64decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")


def png(width: int, height: int, *, colour: int = 2, level: int = 9, noise: bytes = b"") -> bytes:
    """A PNG; ``colour`` 0 is grey, 2 is RGB, 6 is RGBA; ``noise`` fills the first rows with bytes of choice."""
    channels = {0: 1, 2: 3, 6: 4}[colour]
    stride = width * channels
    plain = bytes(range(200, 200 + channels)) * width
    rows = []
    for row in range(height):
        pixels = noise[row * stride : (row + 1) * stride]
        rows.append(b"\0" + (pixels if len(pixels) == stride else plain))
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    data = zlib.compress(b"".join(rows), level)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def data_url(picture: bytes, kind: str = "png") -> str:
    """The picture as a data URL."""
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode('ascii')}"

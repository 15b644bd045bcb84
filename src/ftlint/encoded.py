"""The texts of a batch as one string of bytes, so that numpy, where it is loaded already, looks at all of them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from ftlint.records import dataclass

MARGIN = 512
"""NULs behind the last text, so that a window may reach beyond it."""
_BEHIND = bytes(MARGIN)


@dataclass(frozen=True, slots=True)
class Encoded:
    """Texts, and their UTF-8, one after another, each with a NUL behind it, which none of them holds.

    Attributes:
        pieces: each text in UTF-8. ``data``: all of them, and ``MARGIN`` NULs.
        units: the same as an array of bytes. ``starts``, ``ends``: where each text begins and ends in it, as arrays.
    """

    strings: Sequence[str]
    pieces: Sequence[bytes]
    data: bytes
    units: Any
    starts: Any
    ends: Any

    def joined(self) -> tuple[bytes, list[int]]:
        """The texts with a NUL behind each; -1 and the place of each NUL."""
        return self.data[:-MARGIN], [-1, *self.ends.tolist()]


def encode(texts: Sequence[str]) -> Encoded | None:
    """These texts; None where numpy is not loaded, or one of them holds a NUL or half of a pair of surrogates."""
    if "numpy" not in sys.modules or not texts:
        return None
    import numpy as np

    try:
        pieces = list(map(str.encode, texts))
    except UnicodeEncodeError:
        return None
    data = b"\0".join([*pieces, _BEHIND])
    units = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(units[:-MARGIN] == 0)
    if len(ends) != len(texts):
        return None
    starts = np.zeros_like(ends)
    starts[1:] = ends[:-1] + 1
    return Encoded(texts, pieces, data, units, starts, ends)

"""The scripts of all texts of a batch at once, by the bytes of their beginnings; see writing.py for what they mean."""

from __future__ import annotations

from typing import Any

from ftlint.checks.writing import CODES, LETTERS, LOOK, SOON, Script, scripts_of
from ftlint.encoded import Encoded

_WIDE = 60
"""Bytes beyond ASCII of which a head of so many more bytes still holds the first ``LOOK`` characters."""
_PLAIN = bytes(set(range(1, 128)) - set(CODES))
_CODED, _BEYOND, _FOREIGN = 1, 2, 3
_CLASSES = bytes(
    [0, *[_CODED] * 127, *(_BEYOND if byte < 0xCA or byte == 0xE2 else _FOREIGN for byte in range(128, 256))]
)
"""What a byte that is not plain says of its text. Signs that begin with 0xC2 to 0xC9 or 0xE2 are of no other script."""
_BEGINNINGS = bytes(kind == _FOREIGN for kind in _CLASSES)
"""Whether a text that begins with a byte is looked at one by one anyway."""
_LONG = 400
"""Bytes of texts, in the mean, from which it pays to look at their heads alone."""


def scripts_in(texts: Encoded, places: Any) -> bytes:
    """The scripts of the texts at these places, of which few have to be looked at one by one: most are plain English.

    Args:
        texts: all texts of a batch. ``places``: an array.
    """
    import numpy as np

    rest = np.frombuffer(_BEGINNINGS, np.bool_)[texts.units[texts.starts[places]]]
    likely = np.flatnonzero(~rest)
    found = np.zeros(len(places), np.uint8)
    if len(likely):
        latin, short = _latin(texts, places[likely])
        found[likely[latin]] = Script.LATIN
        rest[likely] = ~(latin | short)
    others = np.flatnonzero(rest)
    found[others] = np.frombuffer(scripts_of([texts.strings[place] for place in places[others].tolist()]), np.uint8)
    return found.tobytes()


def _latin(texts: Encoded, places: Any) -> tuple[Any, Any]:
    """Which of the texts at these places are surely Latin, and which surely too short for any script, as arrays."""
    import numpy as np

    if len(texts.data) < _LONG * len(texts.pieces) and 2 * len(places) >= len(texts.pieces):
        codes, beyond, foreign = (counts[places] for counts in _marks(texts.data, len(texts.pieces)))
    else:
        heads = b"\0".join([texts.pieces[place][: LOOK + _WIDE] for place in places.tolist()])
        codes, beyond, foreign = _marks(heads, len(places))
    starts = texts.starts[places]
    sizes = texts.ends[places] - starts
    letters = _letters(texts.units, starts, sizes)
    latin = (letters >= LETTERS) & (foreign == 0) & (beyond <= _WIDE) & (codes * 50 <= np.minimum(sizes - beyond, LOOK))
    short = (letters < LETTERS) & (foreign + beyond == 0) & (sizes <= SOON)
    return latin, short


def _marks(data: bytes, texts: int) -> list[Any]:
    """For each of so many texts, with a NUL between them, how many bytes may be code, are beyond ASCII, and foreign."""
    import numpy as np

    kinds = np.frombuffer(data.translate(_CLASSES, _PLAIN), np.uint8)
    rows = np.cumsum(kinds == 0)
    return [np.bincount(rows[kinds == kind], minlength=texts)[:texts] for kind in (_CODED, _BEYOND, _FOREIGN)]


def _letters(units: Any, starts: Any, sizes: Any) -> Any:
    """How many ASCII letters there are among the first ``SOON`` bytes of each text."""
    import numpy as np

    heads = np.lib.stride_tricks.sliding_window_view(units, SOON)[starts]
    found = (heads | 0x20) - np.uint8(ord("a")) < 26
    found &= np.arange(SOON, dtype=np.uint8) < np.minimum(sizes, SOON).astype(np.uint8)[:, None]
    return np.bitwise_count(found.view(np.uint64)).sum(axis=1)  # eight at a time

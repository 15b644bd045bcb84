"""The runs of four units in texts as integers, and the MinHash of the runs of each row, a byte a slot."""

from __future__ import annotations

import sys
from array import array
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from ftlint.checks import repeats

if TYPE_CHECKING:
    import numpy as np

RUN = 4
"""UTF-16 units in a run: most of a word of English, a word of Japanese or Chinese."""
_SEED = 20261122
_LOW = 0 if sys.byteorder == "little" else 3


def minima(asked: list[str], answered: list[str], slots: int, answer: int, rows: int) -> tuple[bytes, bytes]:
    """The sketch of each row, of ``slots`` bytes, and that of its answer, of ``answer`` bytes.

    Args:
        asked: the prompts; ``answered``: the answers.
        rows: rows there are so far, which decides whether numpy is worth its import.
    """
    from rensa import RMinHash

    texts = [text for row in zip(asked, answered, strict=True) for text in row]
    flat: Any
    flat, borders = wide_runs(texts) if repeats.worth_numpy(rows) else runs(texts)
    answers = [flat[first:last] for first, last in zip(borders[1::2], borders[2::2], strict=True)]
    ends = list(accumulate(map(len, answers), initial=0))
    digests: Any = RMinHash.digest_matrix_from_flat_token_hashes
    whole = digests(flat, borders[::2], num_perm=slots, seed=_SEED)
    last = digests(memoryview(b"".join(answers)).cast("Q"), ends, num_perm=answer, seed=_SEED)
    return _low_bytes(whole.to_rows()), _low_bytes(last.to_rows())


def _low_bytes(rows: list[list[int]]) -> bytes:
    """The low byte of each slot, which tells values apart well enough."""
    return b"".join([array("I", row) for row in rows])[_LOW::4]


def runs(texts: list[str]) -> tuple[array[int], list[int]]:
    """Every run of four units of each text as one integer, at the place where it begins; and where each text begins.

    A shorter text is filled up with NULs. A run over the end of a text is replaced by the last one before it.
    """
    raw, borders = _units(texts)
    found = array("Q", bytes(8 * borders[-1]))
    for first in range(RUN):
        some: array[int] = array("Q")
        some.frombytes(raw[2 * first : 2 * first + (borders[-1] - first + RUN - 1) // RUN * 8])
        found[first::RUN] = some
    for end in borders[1:]:
        found[end - 3] = found[end - 2] = found[end - 1] = found[end - RUN]
    return found, borders


def wide_runs(texts: list[str]) -> tuple[np.ndarray[Any, np.dtype[np.uint64]], list[int]]:
    """The same by numpy."""
    import numpy as np

    raw, borders = _units(texts)
    found = np.empty(borders[-1], np.uint64)
    for first in range(RUN):
        found[first::RUN] = np.frombuffer(raw, np.uint64, (borders[-1] - first + RUN - 1) // RUN, 2 * first)
    ends = np.array(borders[1:])
    last = found[ends - RUN]
    for back in range(1, RUN):
        found[ends - back] = last
    return found, borders


def _units(texts: list[str]) -> tuple[bytes, list[int]]:
    """Texts in UTF-16, one after the other and a run of NULs, and where each of them begins, in units."""
    pieces = [text if len(text) >= RUN else text.ljust(RUN, "\0") for text in texts]
    whole = "".join(pieces)
    raw = whole.encode("utf-16-le", "surrogatepass")
    if len(raw) == 2 * len(whole):  # a unit a character
        return raw + bytes(2 * RUN), list(accumulate(map(len, pieces), initial=0))
    sizes = [len(piece.encode("utf-16-le", "surrogatepass")) // 2 for piece in pieces]
    return raw + bytes(2 * RUN), list(accumulate(sizes, initial=0))

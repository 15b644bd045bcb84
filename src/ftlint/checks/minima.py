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


def minima(texts: list[bytes], slots: int, answer: int, rows: int) -> tuple[bytes, bytes]:
    """The sketch of each row, of ``slots`` bytes, and that of its answer, of ``answer`` bytes.

    Args:
        texts: prompt and answer of each row, squeezed and in UTF-8.
        rows: rows there are so far, which decides whether numpy is worth its import.
    """
    tokens: Any
    if repeats.worth_numpy(rows):
        tokens, borders = wide_runs(texts)
    else:
        tokens, borders = runs(b"\0".join(texts).decode("utf-8", "surrogatepass").split("\0"))
    held = memoryview(tokens)  # of which slices are quicker than of an array
    answers = [held[first:last] for first, last in zip(borders[1::2], borders[2::2], strict=True)]
    ends = list(accumulate(map(len, answers), initial=0))
    last = memoryview(b"".join(answers)).cast("Q")
    return _digests(tokens, borders[::2], slots), _digests(last, ends, answer)


def _digests(tokens: Any, ends: list[int], slots: int) -> bytes:
    """The low byte of each minimum, which tells values apart well enough."""
    from rensa import RMinHash

    made: Any = RMinHash.digest_matrix_from_flat_token_hashes(tokens, ends, num_perm=slots, seed=_SEED)
    low = array("I")
    for row in made.to_rows():
        low.fromlist(row)
    return low.tobytes()[_LOW::4]


def runs(texts: list[str]) -> tuple[array[int], list[int]]:
    """Every run of four units of each text as one integer, at the place where it begins; and where each text begins.

    A text is filled up with NULs to four characters. Behind it are four places more; they, and those of the runs over
    its end, hold its last run again.
    """
    whole = ("\0" * RUN).join([*texts, "\0" * RUN])
    raw = whole.encode("utf-16-le", "surrogatepass")
    sizes = list(map(len, texts))
    if len(raw) > 2 * len(whole):  # not a unit a character
        sizes = [len(text.encode("utf-16-le", "surrogatepass")) // 2 for text in texts]
    borders = list(accumulate((size + RUN for size in sizes), initial=0))
    found = array("Q", bytes(8 * borders[-1]))
    for first in range(RUN):
        some: array[int] = array("Q")
        some.frombytes(raw[2 * first : 2 * first + (borders[-1] - first + RUN - 1) // RUN * 8])
        found[first::RUN] = some
    if sys.byteorder == "big":
        found.byteswap()
    for text, end in zip(texts, borders[1:], strict=True):
        last = end - RUN - min(len(text), RUN)
        found[last + 1 : end] = found[last : last + 1] * (end - last - 1)
    return found, borders


def wide_runs(texts: list[bytes]) -> tuple[np.ndarray[Any, np.dtype[np.uint64]], list[int]]:
    """The same by numpy.

    Args:
        texts: in UTF-8, and without a NUL in them.
    """
    import numpy as np

    whole = bytes(RUN).join([*texts, bytes(RUN)]).decode("utf-8", "surrogatepass")
    raw = whole.encode("utf-16-le", "surrogatepass")
    ends = np.flatnonzero(np.frombuffer(raw, np.uint16) == 0)[::RUN]
    starts = np.zeros_like(ends)
    starts[1:] = ends[:-1] + RUN
    found = np.ndarray((len(raw) // 2 - RUN,), "<u8", raw, strides=(2,)).astype(np.uint64)
    ends, begins = ends[:-1], starts[:-1]
    sizes = ends - begins
    if len(raw) > 2 * len(whole):  # not a unit a character
        for at in np.flatnonzero(sizes < 2 * RUN).tolist():
            sizes[at] = len(texts[at].decode("utf-8", "surrogatepass"))
    last = ends - np.minimum(sizes, RUN)
    found[np.maximum(ends[:, None] + np.arange(1 - RUN, RUN), last[:, None])] = found[last][:, None]
    return found, starts.tolist()

"""Moderation, stage 1: which texts many examples share. They are scored once, alone, and come first."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

from ftlint.model import Text
from ftlint.moderation.units import Row

SETUP_ROLES = frozenset({"system", "developer", "tool-definition"})
_SETUP_ROWS = 2
_OTHER_ROWS = 3
_OTHER_CHARS = 40
_WINDOW = 1_000


def text_key(text: Text) -> bytes:
    """What makes two texts the same: role and content."""
    label = f"{text.role}\0{text.text}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(label, digest_size=16).digest()


def find_shared(rows: Iterable[Row]) -> frozenset[bytes]:
    """Keys of the texts that are scored once, alone.

    A system or developer message or a tool's description is shared when two rows hold it. Any other text is, when at
    least half of all rows (and three) hold it and it has 40 characters: a shorter one means little without its example.
    Counting that half takes bounded memory: after every 1,000 rows, texts that cannot be that frequent are forgotten,
    and one that comes back is given the benefit of the doubt (at most a thousandth of the rows).
    """
    setup: Counter[bytes] = Counter()
    other: dict[bytes, tuple[int, int]] = {}  # key -> (count, rows that may have been missed)
    total = 0
    for row in rows:
        for key, is_setup in {text_key(t): t.role in SETUP_ROLES for t in row.texts if _counts(t)}.items():
            if is_setup:
                setup[key] += 1
            else:
                count, missed = other.get(key, (0, total // _WINDOW))
                other[key] = (count + 1, missed)
        total += 1
        if total % _WINDOW == 0:
            other = {k: (n, missed) for k, (n, missed) in other.items() if n + missed > total // _WINDOW}
    enough = max(_OTHER_ROWS, total / 2)
    return frozenset(
        {key for key, count in setup.items() if count >= _SETUP_ROWS}
        | {key for key, (count, missed) in other.items() if count + missed >= enough}
    )


def _counts(text: Text) -> bool:
    return bool(text.text.strip()) and (text.role in SETUP_ROLES or len(text.text) >= _OTHER_CHARS)

"""Finds e-mail addresses and phone numbers, in full and half width alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from ftlint.privacy.emails import find_emails
from ftlint.privacy.phones import find_phones

REGIONS = ("JP", "US")
"""Where a phone number without a country code may belong, unless the user names other regions."""
# What every kind of personal data holds at least, in half or full width; other texts need not be looked at.
MAYBE = re.compile("[@＠0-9０-９](?:(?<=[@＠])|[0-9０-９()（） \u3000.．‐‑‒–—―−－ーｰ/-]{5,}[0-9０-９])")


class Hit(NamedTuple):
    """One piece of personal data: offsets in the original text (end exclusive), and the rule's code."""

    start: int
    end: int
    code: str


def find(text: str, regions: Sequence[str] = ()) -> list[Hit]:
    """All personal data in a text, in order, not overlapping.

    Args:
        text: any text; it is compared in NFKC, so that full-width digits count.
        regions: regions for phone numbers without a country code; none means ``REGIONS``.
    """
    if not MAYBE.search(text):
        return []
    folded, offsets = fold(text)
    spans = [(*span, "FT701") for span in find_emails(folded)]
    spans += [(*span, "FT702") for span in find_phones(folded, tuple(regions) or REGIONS)]
    placed = sorted(Hit(offsets[start], offsets[end - 1] + 1, code) for start, end, code in spans)
    hits: list[Hit] = []
    for hit in placed:
        if not hits or hit.start >= hits[-1].end:
            hits.append(hit)
    return hits


def fold(text: str) -> tuple[str, Sequence[int]]:
    """NFKC character by character, and for each resulting character the offset of the one it came from."""
    if text.isascii():
        return text, range(len(text) + 1)
    out: list[str] = []
    offsets: list[int] = []
    for at, char in enumerate(text):
        for piece in char if char < "\x80" else unicodedata.normalize("NFKC", char):
            out.append(piece)
            offsets.append(at)
    offsets.append(len(text))
    return "".join(out), offsets

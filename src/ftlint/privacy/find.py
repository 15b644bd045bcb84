"""Finds e-mail addresses and phone numbers, in full and half width alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ftlint.privacy.emails import find_emails
from ftlint.privacy.phones import find_phones

REGIONS = ("JP", "US")
"""Where a phone number without a country code may belong, unless the user names other regions."""
# What every kind of personal data holds at least, in half or full width; other texts need not be looked at.
MAYBE = re.compile("[@＠0-9０-９](?:(?<=[@＠])|[0-9０-９()（） \xa0\u3000.．‐‑‒–—―−－ーｰ/-]{5,}[0-9０-９])")

# Full-width forms, the wide and the no-break space, the half-width long-vowel mark that stands for a dash.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20, 0xFF70: 0x30FC}


class Hit(NamedTuple):
    """One piece of personal data: offsets in the original text (end exclusive), and the rule's code."""

    start: int
    end: int
    code: str


def find(text: str, regions: Sequence[str] = ()) -> list[Hit]:
    """All personal data in a text, in order, not overlapping.

    Args:
        text: any text; full-width letters and digits count as the half-width ones.
        regions: regions for phone numbers without a country code; none means ``REGIONS``.
    """
    if not MAYBE.search(text):
        return []
    folded = fold(text)
    spans = [(*span, "FT701") for span in find_emails(folded)]
    spans += [(*span, "FT702") for span in find_phones(folded, tuple(regions) or REGIONS)]
    hits: list[Hit] = []
    for span in sorted(spans):
        if not hits or span[0] >= hits[-1].end:
            hits.append(Hit(*span))
    return hits


def fold(text: str) -> str:
    """The text in half width, character by character, so that offsets stay what they are."""
    return text.translate(_HALF_WIDTH) if not text.isascii() else text

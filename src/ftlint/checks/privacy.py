"""FT7, personal data in the texts of a row; one finding per text and kind, and never the value itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ftlint.checks.base import Batch, Context
from ftlint.model import Problem
from ftlint.privacy import find

# What every kind of personal data holds at least; texts without it are not looked at one by one.
_MAYBE = re.compile("[@＠]|[0-9０-９][0-9０-９() .‐‑–ー-]{5,}[0-9０-９]")


def personal_data(batch: Batch, context: Context) -> Iterator[Problem]:
    """FT701 and FT702 for each text that holds them; ``count`` says how often."""
    last = -1
    joined = batch.joined
    for match in _MAYBE.finditer(joined.whole):
        if match.start() < last:
            continue
        placed = joined.at(*match.span())
        if placed is None:
            continue
        text, (start, _) = placed
        last = match.start() - start + len(text.text)
        hits = find(text.text, context.settings.phone_regions)
        for code in sorted({hit.code for hit in hits}):
            same = [hit for hit in hits if hit.code == code]
            values = {"count": len(same), "role": text.role}
            yield Problem(code, text.line, text.path, span=(same[0].start, same[0].end), values=values)

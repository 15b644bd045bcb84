"""FT7, personal data in the texts of a row; one finding per text and kind, and never the value itself."""

from __future__ import annotations

from collections.abc import Iterator

from ftlint.checks.base import Batch, Context
from ftlint.model import Problem
from ftlint.privacy import find
from ftlint.privacy.find import MAYBE


def personal_data(batch: Batch, context: Context) -> Iterator[Problem]:
    """FT701 and FT702 for each text that holds them; ``count`` says how often."""
    joined = batch.joined
    at = 0
    while (match := MAYBE.search(joined.whole, at)) is not None:
        placed = joined.at(*match.span())
        if placed is None:
            at = match.end()
            continue
        text, (start, _) = placed
        at = match.start() - start + len(text.text) + 1  # on to the next text
        hits = find(text.text, context.settings.phone_regions)
        for code in sorted({hit.code for hit in hits}):
            same = [hit for hit in hits if hit.code == code]
            values = {"count": len(same), "role": text.role}
            yield Problem(code, text.line, text.path, span=(same[0].start, same[0].end), values=values)

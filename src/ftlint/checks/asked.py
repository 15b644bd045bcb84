"""FT6, what the other texts of a row say: whether what looks like a defect of an answer was asked for."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator

from ftlint.checks.base import Batch
from ftlint.model import Text

_LOOKED_AT = 20_000


def asked_for(regex: re.Pattern[str], text: Text, batch: Batch) -> bool:
    """Whether another text of the row, which the model does not learn to write, speaks of what was found."""
    return any(
        not other.trained and other is not text and regex.search(other.text[:_LOOKED_AT])
        for other in row_of(text, batch)
    )


def row_of(text: Text, batch: Batch) -> Iterator[Text]:
    """All texts of the row that a text is in."""
    first = bisect.bisect_left(batch.texts, text.line, key=lambda held: held.line)
    for at in range(first, len(batch.texts)):
        if batch.texts[at].line != text.line:
            return
        yield batch.texts[at]

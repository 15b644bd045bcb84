"""FT6, what the other texts of a row say: whether what looks like a defect of an answer was asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ftlint.checks.base import Batch
from ftlint.model import Text

_LOOKED_AT = 20_000


def asked_for(holds: Callable[[str], object], text: Text, batch: Batch) -> bool:
    """Whether another text of the row, which the model does not learn to write, speaks of what was found."""
    return any(
        not other.trained and other.path != text.path and holds(other.text[:_LOOKED_AT])
        for other in row_of(text, batch)
    )


def row_of(text: Text, batch: Batch) -> Sequence[Text]:
    """All texts of the row that a text is in."""
    return batch.texts.of_line(text.line)

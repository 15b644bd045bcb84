"""FT1, preference pairs: whether the two outputs differ at all."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from ftlint.checks.base import Batch, Context
from ftlint.model import Format, Problem

_SIDES = ("preferred_output", "non_preferred_output")
_PLAIN = {"role", "content", "name"}


def identical(batch: Batch, _: Context) -> Iterator[Problem]:
    """FT153: both outputs say the same, but for white space at the ends and the way characters are composed."""
    if batch.format is not Format.PREFERENCE:
        return
    for example in batch.examples:
        preferred, other = (_said(example.value.get(side)) for side in _SIDES)
        if preferred is not None and preferred == other:
            yield Problem("FT153", example.line.number, (_SIDES[1],))


def _said(output: Any) -> list[str] | None:
    """The texts of an output; None where it is empty, or holds something else than plain texts."""
    said = []
    for message in output if isinstance(output, list) else ():
        content = message.get("content") if isinstance(message, dict) else None
        if not isinstance(content, str) or message.keys() - _PLAIN:
            return None
        said.append(unicodedata.normalize("NFC", content).strip())
    return said if any(said) else None

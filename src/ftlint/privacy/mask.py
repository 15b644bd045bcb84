"""The same text with personal data and secrets starred out, length kept, so that columns still fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ftlint.privacy.find import everything, secrets

STAR = "*"


def mask(text: str, regions: Sequence[str] = ()) -> str:
    """The text with every character of personal data and of secrets replaced by a star."""
    hits = everything(text, regions)
    return mask_spans(text, ((hit.start, hit.end) for hit in hits)) if hits else text


def mask_secrets(text: str) -> str:
    """The text with every character of keys, passwords and tokens replaced by a star; personal data stays."""
    hits = secrets(text)
    return mask_spans(text, ((hit.start, hit.end) for hit in hits)) if hits else text


def mask_spans(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with the given spans (end exclusive) starred out."""
    chars = list(text)
    for start, end in spans:
        chars[start:end] = STAR * (end - start)
    return "".join(chars)

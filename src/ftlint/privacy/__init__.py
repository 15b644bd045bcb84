"""Personal data in a text: where it is, what kind, and the same text with it masked."""

from __future__ import annotations

from ftlint.privacy.find import Hit, find
from ftlint.privacy.mask import mask, mask_spans

__all__ = ["Hit", "find", "mask", "mask_spans"]

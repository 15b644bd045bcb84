"""Personal data and secrets in a text: where they are, what kind, and the same text with them masked."""

from __future__ import annotations

from ftlint.privacy.find import Found, Hit, find, inspect
from ftlint.privacy.mask import mask, mask_secrets, mask_spans

__all__ = ["Found", "Hit", "find", "inspect", "mask", "mask_secrets", "mask_spans"]

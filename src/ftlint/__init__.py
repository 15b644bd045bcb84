"""ftlint: the pre-flight check of a fine-tuning run."""

from __future__ import annotations

__version__ = "0.1.0"

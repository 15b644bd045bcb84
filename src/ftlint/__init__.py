"""ftlint: the pre-flight check of a fine-tuning run. ``ftlint.check("train.jsonl")`` gives a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ftlint.api import CheckReport, check

__version__ = "0.1.0"
__all__ = ["CheckReport", "__version__", "check"]


def __getattr__(name: str) -> Any:
    """The API, imported when it is first used: ``import ftlint`` alone loads nothing."""
    if name in ("check", "CheckReport"):
        from ftlint import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
